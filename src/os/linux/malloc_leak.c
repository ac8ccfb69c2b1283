/* SPDX-License-Identifier: MIT */
/*
 * Blocks of malloc that nothing refers to: see target/reach.h for the method.
 * Roots are the registers and stacks of all threads, the data of modules (what
 * relocation made read-only too), TLS and all other writable memory that is no heap. What malloc itself keeps
 * (arenas, tcaches) is no root: it points to free chunks.
 */
#include "os/linux/malloc_target.h"

#include <stdlib.h>

struct finder {
	struct target *t;
	const struct malloc_heap *h;
	const struct budget *budget;
	struct malloc_leaks *leaks;
	struct reach_block *blocks;
	struct malloc_memory memory;
	struct reach_spans roots;
	VEC(uint64_t) words;
};

static void finder_deinit(struct finder *f)
{
	malloc_memory_deinit(&f->memory);
	vec_deinit(&f->roots);
	vec_deinit(&f->words);
	free(f->blocks);
}

void malloc_leaks_destroy(struct malloc_leaks *l)
{
	if (!l)
		return;
	reach_deinit(&l->marks);
	free(l->groups);
	free(l);
}

/* Whether the chunk is one that is looked for, and what the program may use of it. */
static bool is_block(const struct malloc_heap *h, const struct malloc_chunk *c, struct reach_block *ret)
{
	*ret = (struct reach_block){ malloc_user(h, c), malloc_usable(h, c) };
	return (c->state == CHUNK_IN_USE || c->state == CHUNK_MMAPPED || c->state == CHUNK_UNKNOWN) && ret->size &&
	       ret->address + ret->size >= ret->address;
}

static struct err *list_blocks(struct finder *f)
{
	struct reach_block b;
	size_t n = 0, k = 0;

	for (size_t i = 0; i < f->h->n_chunks; i++)
		n += is_block(f->h, &f->h->chunks[i], &b);
	TRY(budget_memory(f->budget, n * sizeof(*f->blocks)));
	f->blocks = calloc(n + 1, sizeof(*f->blocks));
	if (!f->blocks)
		return err_nomem();
	for (size_t i = 0; i < f->h->n_chunks; i++)
		if (is_block(f->h, &f->h->chunks[i], &b))
			f->blocks[k++] = b;
	f->leaks->n_blocks = k;
	return NULL;
}

static size_t first_segment(const struct malloc_heap *h, uint64_t behind)
{
	size_t low = 0, high = h->n_segments;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (h->segments[mid].end <= behind)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The span without the heaps in it. */
static struct err *add_root(struct finder *f, struct reach_span s)
{
	const struct malloc_heap *h = f->h;

	s.start = malloc_stack_start(&f->memory, &s);
	for (size_t i = first_segment(h, s.start); i < h->n_segments && h->segments[i].base < s.end; i++) {
		const struct malloc_segment *seg = &h->segments[i];

		if (seg->base > s.start && !vec_push(&f->roots, ((struct reach_span){ s.start, seg->base })))
			return err_nomem();
		s.start = seg->end;
	}
	if (s.start < s.end && !vec_push(&f->roots, s))
		return err_nomem();
	return NULL;
}

/*
 * Data of modules, without the main arena: its pointers to free chunks and to top
 * lie in the last word of the block in front, which belongs to that block.
 */
static struct err *add_data(struct finder *f, const struct reach_span *s)
{
	uint64_t start = f->h->arenas[0].address, end = start + f->h->layout.state_size;
	struct reach_span before = { s->start, s->end }, behind = { 0, 0 };

	if (start < s->end && end > s->start) {
		before.end = start;
		behind = (struct reach_span){ end, s->end };
	}
	if ((before.start < before.end && !vec_push(&f->roots, before)) ||
	    (behind.start < behind.end && !vec_push(&f->roots, behind)))
		return err_nomem();
	return NULL;
}

static bool add_all(struct reach_spans *to, const struct reach_spans *from)
{
	for (size_t i = 0; i < from->n; i++)
		if (!vec_push(to, from->v[i]))
			return false;
	return true;
}

static struct err *add_registers(struct finder *f)
{
	struct thread *threads;
	size_t n = target_threads(f->t, &threads);

	for (size_t i = 0; i < n; i++) {
		struct regs r;

		if (err_ignore(thread_regs(f->t, &threads[i], HALF_NATIVE, &r)))
			continue;
		for (unsigned k = 0; k < ARCH_MAX_REGS; k++)
			if (regs_has(&r, k) && !vec_push(&f->words, r.v[k]))
				return err_nomem();
	}
	return NULL;
}

static struct err *list_roots(struct finder *f)
{
	TRY(malloc_memory_init(f->t, &f->memory));
	for (size_t i = 0; i < f->memory.data.n; i++)
		TRY(add_data(f, &f->memory.data.v[i]));
	if (!add_all(&f->roots, &f->memory.constant))
		return err_nomem();
	for (size_t i = 0; i < f->memory.writable.n; i++)
		TRY(add_root(f, f->memory.writable.v[i]));
	return add_registers(f);
}

/* --- groups ---------------------------------------------------------------------- */

static uint64_t vtable_of(struct finder *f, uint64_t block)
{
	uint64_t v;

	if (!arch_read_uint(target_memory(f->t), block, f->h->pointer_size, &v) || !v ||
	    !target_module_at(f->t, v))
		return 0;
	return v;
}

static int by_kind(const void *a, const void *b)
{
	const struct malloc_leak_group *x = a, *y = b;

	if (x->state != y->state)
		return x->state < y->state ? -1 : 1;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	if (x->first_word != y->first_word)
		return x->first_word < y->first_word ? -1 : 1;
	return x->example < y->example ? -1 : x->example > y->example;
}

static int by_bytes(const void *a, const void *b)
{
	const struct malloc_leak_group *x = a, *y = b;

	if (x->state != y->state)
		return x->state < y->state ? -1 : 1;
	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return by_kind(a, b);
}

static size_t merge(struct malloc_leak_group *g, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct malloc_leak_group *last = kept ? &g[kept - 1] : NULL;

		if (last && last->state == g[i].state && last->size == g[i].size &&
		    last->first_word == g[i].first_word) {
			last->n++;
			last->bytes += g[i].bytes;
		} else {
			g[kept++] = g[i];
		}
	}
	return kept;
}

static struct err *group(struct finder *f)
{
	struct malloc_leaks *l = f->leaks;
	size_t n = (size_t)(l->n[REACH_LOST] + l->n[REACH_LOST_INDIRECT]), k = 0, block = 0;

	TRY(budget_memory(f->budget, n * sizeof(*l->groups)));
	l->groups = calloc(n + 1, sizeof(*l->groups));
	if (!l->groups)
		return err_nomem();
	for (size_t i = 0; i < f->h->n_chunks; i++) {
		const struct malloc_chunk *c = &f->h->chunks[i];
		enum reach_state state;
		struct reach_block b;

		if (!is_block(f->h, c, &b))
			continue;
		state = (enum reach_state)l->marks.states[block++];
		if (state != REACH_LOST && state != REACH_LOST_INDIRECT)
			continue;
		l->groups[k++] = (struct malloc_leak_group){ c->size, vtable_of(f, b.address), state, 1, c->size, b.address };
		if (k % 65536 == 0)
			TRY(budget_check(f->budget));
	}
	qsort(l->groups, k, sizeof(*l->groups), by_kind);
	l->n_groups = merge(l->groups, k);
	qsort(l->groups, l->n_groups, sizeof(*l->groups), by_bytes);
	return NULL;
}

static void sum_up(struct finder *f)
{
	struct malloc_leaks *l = f->leaks;
	struct reach_block b;
	size_t block = 0;

	for (size_t i = 0; i < f->h->n_chunks; i++)
		if (is_block(f->h, &f->h->chunks[i], &b)) {
			uint8_t state = l->marks.states[block++];

			l->n[state]++;
			l->bytes[state] += f->h->chunks[i].size;
		}
}

static struct err *find(struct finder *f)
{
	struct malloc_leaks *l = f->leaks;
	struct reach_input in = { .space = target_space(f->t), .pointer_size = f->h->pointer_size,
				  .budget = f->budget };

	TRY(list_blocks(f));
	TRY(list_roots(f));
	in.blocks = f->blocks;
	in.n_blocks = l->n_blocks;
	in.roots = f->roots.v;
	in.n_roots = f->roots.n;
	in.words = f->words.v;
	in.n_words = f->words.n;
	TRY(reach_mark(&in, &l->marks));
	sum_up(f);
	return group(f);
}

struct err *malloc_find_leaks(struct target *t, const struct malloc_heap *h, const struct budget *b,
			      struct malloc_leaks **ret)
{
	CLEANUP(malloc_leaks_destroyp) struct malloc_leaks *l = calloc(1, sizeof(*l));
	CLEANUP(finder_deinit) struct finder f = { .t = t, .h = h, .budget = b, .leaks = l };

	if (!l)
		return err_nomem();
	TRY(find(&f));
	*ret = TAKE_PTR(l);
	return NULL;
}

/* --- samples ----------------------------------------------------------------------- */

/* Heaps are roots here like other memory. */
static struct err *list_all_memory(struct finder *f)
{
	TRY(malloc_memory_init(f->t, &f->memory));
	for (size_t i = 0; i < f->memory.writable.n; i++)
		f->memory.writable.v[i].start = malloc_stack_start(&f->memory, &f->memory.writable.v[i]);
	if (!add_all(&f->roots, &f->memory.data) || !add_all(&f->roots, &f->memory.constant) ||
	    !add_all(&f->roots, &f->memory.writable))
		return err_nomem();
	return add_registers(f);
}

struct err *malloc_find_unreferenced(struct target *t, const struct malloc_census *c, const struct budget *b,
				     struct reach_result *ret)
{
	CLEANUP(finder_deinit) struct finder f = { .t = t, .budget = b };
	struct reach_input in = { .space = target_space(t), .pointer_size = target_arch(t)->pointer_size,
				  .blocks = c->samples, .n_blocks = c->n_samples, .budget = b };

	TRY(list_all_memory(&f));
	in.roots = f.roots.v;
	in.n_roots = f.roots.n;
	in.words = f.words.v;
	in.n_words = f.words.n;
	return reach_mark(&in, ret);
}
