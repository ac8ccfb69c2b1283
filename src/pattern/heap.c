/* SPDX-License-Identifier: MIT */
/* The heap as patterns see it: see heap.h. */
#include "pattern/heap.h"

#include "pattern/blame.h"
#include "pattern/facts.h"
#include "pattern/text.h"

#include <inttypes.h>
#include <string.h>

enum { INNERMOST = 12 };

void heap_view_deinit(struct heap_view *v)
{
	malloc_heap_destroy(v->heap);
	v->heap = NULL;
	malloc_census_destroy(v->census);
	v->census = NULL;
}

struct budget heap_budget(const struct pattern_run *run)
{
	return (struct budget){ .deadline_ns = run->deadline_ns, .memory = run->arena->limit };
}

/* --- who was in malloc --------------------------------------------------------------- */

static const char *const allocator[] = {
	"malloc",	"free",		   "cfree",	    "calloc",	     "realloc",	       "memalign",
	"valloc",	"pvalloc",	   "aligned_alloc", "posix_memalign", "reallocarray",  "malloc_trim",
	"mallinfo*",	"__libc_malloc*",  "__libc_free*",  "__libc_calloc*", "__libc_realloc*", "__libc_memalign*",
	"_int_malloc*", "_int_free*",	   "_int_realloc*", "_int_memalign*", "_mid_memalign*", "malloc_consolidate*",
	"sysmalloc*",	"unlink_chunk*",   "tcache_*",	    "__malloc_arena*", "malloc_printerr*", "munmap_chunk*",
	"systrim*",	"__malloc_fork_*", "mtrim*",	    "checked_request2size*", NULL,
};

static bool is_allocators(const char *function)
{
	for (size_t i = 0; function && allocator[i]; i++)
		if (str_match(allocator[i], function, false))
			return true;
	return false;
}

const struct frame *heap_allocator_frame(const struct stack *s, size_t depth)
{
	const struct frame *found = NULL;

	for (size_t i = 0; s && i < s->n && i < depth; i++)
		if (is_allocators(s->frames[i].function))
			found = &s->frames[i];
		else if (found)
			break;
	return found;
}

static bool is_in_malloc(const struct thread_stack *s)
{
	for (size_t i = 0; i < s->n && i < INNERMOST; i++)
		if (is_allocators(s->places[i].function))
			return true;
	return false;
}

static const struct thread *find_at_work(struct target *t, const struct stacks *s, const struct thread *but)
{
	struct thread *threads;
	size_t n = target_threads(t, &threads);

	for (size_t i = 0; s && i < s->n && i < n; i++)
		if (&threads[i] != but && is_in_malloc(&s->v[i]))
			return &threads[i];
	return NULL;
}

/* --- reading --------------------------------------------------------------------------- */

bool heap_is_allocator_message(const char *message)
{
	static const char *const words[] = { "malloc", "free()", "realloc()", "double free", "corrupted", "munmap_chunk", "tcache" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(message, words[i]))
			return true;
	return false;
}

static bool allocator_failed(struct target *t, const struct fault *f, const struct stack *s)
{
	CLEANUP(strbuf_deinit) struct strbuf message = STRBUF_INIT;

	if (f->class == FAULT_ABORT)
		return (linux_abort_message(t, &message) && heap_is_allocator_message(message.s)) ||
		       heap_allocator_frame(s, INNERMOST);
	return f->class == FAULT_ACCESS && heap_allocator_frame(s, 4);
}

static const char late[] = "time";

/* Of the whole heap where its chunks could be kept; what was counted until time was over is of none. */
static void take_census(struct heap_view *v)
{
	for (size_t i = 0; v->heap && i < v->heap->n_chunks; i++)
		malloc_census_add(v->census, v->heap, &v->heap->chunks[i]);
	if (v->heap)
		malloc_census_finish(v->census);
	if (v->census->blocks && (v->heap || strcmp(v->why ? v->why : "", late) != 0))
		return;
	malloc_census_destroy(v->census);
	v->census = NULL;
}

struct err *heap_view_read(struct target *t, const struct fault *f, const struct stack *fault_stack,
			   const struct stacks *stacks, const struct budget *b, struct heap_view *ret)
{
	const struct dump_snapshot *s = NULL;
	struct thread *threads;
	struct err *e;

	ret->census = malloc_census_create();
	if (!ret->census)
		return err_nomem();
	e = malloc_of_target(t, b, ret->census, &ret->heap);
	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	/* no heap is no news: other allocators, dumps without memory */
	if (e && err_code(e) == ERR_UNSUPPORTED && !target_is_windows(t))
		ret->why = b->deadline_ns && monotonic_ns() >= b->deadline_ns ? late : "memory";
	err_free(e);
	take_census(ret);
	ret->smeared = !err_ignore(dump_snapshot(target_dump(t), &s)) && s && s->consistency == CONSISTENCY_SMEARED;
	ret->found_broken = allocator_failed(t, f, fault_stack);
	ret->at_work = find_at_work(t, stacks, ret->found_broken ? f->thread : NULL);
	ret->one_thread = target_threads(t, &threads) == 1;
	return NULL;
}

struct err *heap_of_run(struct pattern_run *run, const struct heap_view **ret)
{
	const struct budget b = heap_budget(run);

	return facts_heap(run->facts, &b, ret);
}

/* --- what is sure -------------------------------------------------------------------------- */

bool heap_is_certain(const struct heap_view *v, const struct malloc_damage *d)
{
	bool passing = d->passing || (v->at_work && v->one_thread && d->arena != MALLOC_NO_ARENA);

	return !v->smeared && (!passing || (v->found_broken && !v->at_work));
}

bool heap_is_consequence(const struct malloc_heap *h, const struct malloc_damage *d)
{
	if (d->kind == DAMAGE_COUNT)
		return true;
	/* chunks behind a place where a list was left, or whose bit was overwritten with the size */
	return d->kind == DAMAGE_UNLISTED && h->damages_seen > 1;
}

/* --- words ------------------------------------------------------------------------------------ */

const struct malloc_chunk *heap_block_at(const struct malloc_heap *h, uint64_t address)
{
	const struct malloc_chunk *c = malloc_chunk_at(h, address), *before = NULL;

	if (c && c->state != CHUNK_MMAPPED && address - c->address < h->pointer_size)
		before = malloc_chunk_at(h, c->address - 1);
	return before && before->state != CHUNK_MMAPPED && address - malloc_user(h, before) < malloc_usable(h, before) ? before : c;
}

const char *heap_block_text(struct pattern_run *run, const struct malloc_heap *h, const struct malloc_chunk *c)
{
	if (c->state == CHUNK_TOP)
		return run_text(run, "the top chunk at 0x%" PRIx64, (uint64_t)c->address);
	return run_text(run, "the block of %" PRIu64 " bytes at 0x%" PRIx64, malloc_usable(h, c), malloc_user(h, c));
}

void heap_block_evidence(struct pattern_run *run, struct finding *f, const struct malloc_heap *h,
			 const struct malloc_chunk *c, const char *meaning)
{
	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = malloc_user(h, c),
					   .command = run_text(run, "!heap -x 0x%" PRIx64, malloc_user(h, c)),
					   .gdb = run_text(run, "x/4xg 0x%" PRIx64, (uint64_t)c->address) },
		       "%s (%s)", meaning, malloc_state_name((enum malloc_chunk_state)c->state));
}

const char *heap_value_text(struct pattern_run *run, uint64_t value, unsigned size)
{
	char text[TEXT_WORD];

	if (text_of_word(value, size, text) != TEXT_NONE)
		return run_text(run, "\"%s\"", text);
	if (value && target_module_at(run->target, value))
		return run_symbol_text(run, value);
	return run_text(run, "0x%" PRIx64, value);
}

const char *heap_list_text(struct pattern_run *run, enum malloc_chunk_state list, unsigned bin)
{
	if (list == CHUNK_UNSORTED)
		return "the unsorted bin";
	return run_text(run, list == CHUNK_TCACHE ? "%s list %u" : "%s %u", malloc_state_name(list), bin);
}

void heap_damage_evidence(struct pattern_run *run, struct finding *f, const struct malloc_heap *h,
			  const struct malloc_damage *d)
{
	static const char *const what[N_DAMAGE_KINDS] = {
		[DAMAGE_SIZE] = "the size of a chunk",
		[DAMAGE_PREV_SIZE] = "the size of the free chunk in front, as the one behind it has it",
		[DAMAGE_TOP] = "the size of the top chunk",
		[DAMAGE_LINK] = "a link of a free list that does not lead back",
		[DAMAGE_LOOP] = "a link of a free list that leads back into it",
		[DAMAGE_DOUBLE_FREE] = "a link of a free list to a block that is in a free list already",
		[DAMAGE_WILD] = "a link of a free list that leads to no chunk",
		[DAMAGE_COUNT] = "how many chunks a tcache counts in a list",
		[DAMAGE_BIN_SIZE] = "the size of a chunk in the list of another",
		[DAMAGE_IN_USE] = "the header behind a free chunk, which says that it is in use",
		[DAMAGE_UNLISTED] = "the header behind a chunk in no list, which says that it is free",
	};
	char text[TEXT_WORD];
	const char *reads = "", *should = "";
	unsigned size = d->kind == DAMAGE_COUNT ? (h->layout.tcache_count_size == 1 ? 1 : 2) : h->pointer_size;

	if (text_of_word(d->found, h->pointer_size, text) != TEXT_NONE)
		reads = run_text(run, ", which reads \"%s\"", text);
	if (d->has_expected)
		should = run_text(run, "; 0x%" PRIx64 " should be there", d->expected);
	evidence_memory(run, f, d->place, size, "%s%s%s", what[d->kind], reads, should);
}

/* --- overruns ----------------------------------------------------------------------------------- */

static const struct malloc_chunk *culprit_of(const struct malloc_heap *h, const struct malloc_damage *d)
{
	return d->culprit ? malloc_chunk_at(h, d->culprit) : NULL;
}

/* Text begins the word and a zero, or the word's end, ends it. */
static bool begins_with_text(uint64_t word, unsigned size)
{
	unsigned n = 0;

	for (; n < size && (word & 0xff) >= ' ' && (word & 0xff) <= '~'; n++)
		word >>= 8;
	return n && (n == size || !(word & 0xff));
}

enum heap_overrun heap_overrun(struct pattern_run *run, const struct malloc_heap *h, const struct malloc_damage *d)
{
	const struct malloc_chunk *c = culprit_of(h, d);
	const unsigned size = h->pointer_size;
	uint64_t end, last, head;
	char text[TEXT_WORD];

	if (!c || (c->state != CHUNK_IN_USE && c->state != CHUNK_UNLISTED) || malloc_usable(h, c) < size)
		return OVERRUN_NONE;
	end = malloc_user(h, c) + malloc_usable(h, c);
	if (!arch_read_uint(target_memory(run->target), end - size, size, &last) ||
	    !arch_read_uint(target_memory(run->target), end, size, &head))
		return OVERRUN_NONE;
	if (text_of_word(last, size, text) == TEXT_ASCII && strlen(text) == size) {
		if (begins_with_text(head, size))
			return OVERRUN_TEXT;
		return (head & 0xff) == 0 ? OVERRUN_TERMINATOR : OVERRUN_NONE;
	}
	return last == head && d->kind != DAMAGE_PREV_SIZE ? OVERRUN_REPEAT : OVERRUN_NONE;
}
