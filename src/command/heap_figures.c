/* SPDX-License-Identifier: MIT */
/* Heap figures: see heap_figures.h. */
#include "command/heap_figures.h"

#include "os/linux/malloc.h"
#include "os/windows/heap.h"

/* --- sources ----------------------------------------------------------------------------------- */

static bool is_busy(enum malloc_chunk_state s)
{
	return s == CHUNK_IN_USE || s == CHUNK_MMAPPED;
}

static struct err *add_mapped(struct heap_figures *f, const struct malloc_heap *h)
{
	struct heap_figure mapped = { .kind = "glibc mapped blocks" };

	for (size_t i = 0; i < h->n_segments; i++)
		if (h->segments[i].arena == MALLOC_NO_ARENA) {
			mapped.blocks++;
			mapped.busy += h->segments[i].end - h->segments[i].start;
			mapped.committed += h->segments[i].end - h->segments[i].base;
		}
	return heap_figures_add(f, &mapped);
}

static struct err *read_glibc(struct target *t, struct heap_figures *f)
{
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;

	TRY(malloc_of_target(t, NULL, NULL, &h));
	for (size_t i = 0; i < h->n_arenas; i++) {
		const struct malloc_arena *a = &h->arenas[i];
		struct heap_figure figure = { "glibc arena", a->address, a->system, a->bytes[CHUNK_IN_USE],
					      a->chunks[CHUNK_IN_USE] };

		TRY(heap_figures_add(f, &figure));
	}
	TRY(add_mapped(f, h));
	for (size_t i = 0; i < h->n_chunks; i++)
		if (is_busy((enum malloc_chunk_state)h->chunks[i].state))
			TRY(heap_figures_block(f, h->chunks[i].size));
	return NULL;
}

static struct err *add_nt_heaps(struct heap_figures *f, const struct nt_heaps *h)
{
	for (size_t i = 0; i < h->n_heaps; i++) {
		const struct nt_heap *one = &h->heaps[i];
		struct heap_figure figure = { "NT heap", one->address, one->committed, 0, 0 };

		for (unsigned s = 0; s < N_NT_BLOCK_STATES; s++) {
			if (s != NT_BLOCK_BUSY && s != NT_BLOCK_LFH_BUSY && s != NT_BLOCK_VIRTUAL)
				continue;
			figure.busy += one->bytes[s];
			figure.blocks += one->blocks[s];
		}
		if (!one->trouble)
			TRY(heap_figures_add(f, &figure));
	}
	for (size_t i = 0; i < h->n_blocks; i++)
		if (nt_block_is_busy(&h->blocks[i]))
			TRY(heap_figures_block(f, h->blocks[i].size));
	return NULL;
}

static struct err *read_nt_half(struct target *t, enum thread_half half, struct heap_figures *f)
{
	CLEANUP(nt_heaps_destroyp) struct nt_heaps *h = NULL;
	size_t n = f->heaps.n;

	TRY(nt_heaps_of_target(t, half, &h));
	TRY(add_nt_heaps(f, h));
	if (!h->n_heaps)
		return err_new(ERR_NOTFOUND, "the list of heaps is empty");
	if (f->heaps.n == n)
		return err_new(ERR_UNSUPPORTED, "none of %zu heaps was walked: %s", h->n_heaps, h->heaps[0].trouble);
	return NULL;
}

/* The program's heaps are those of the 32-bit half, where there is one. */
static struct err *read_nt(struct target *t, struct heap_figures *f)
{
	return read_nt_half(t, target_has_wow(t) ? HALF_WOW : HALF_NATIVE, f);
}

static const struct heap_source {
	bool windows;		/* of such a target; else of a Linux one */
	struct err *(*read)(struct target *t, struct heap_figures *f);
} sources[] = {
	{ false, read_glibc },
	{ true, read_nt },
};

/* --- counting ---------------------------------------------------------------------------------- */

struct err *heap_figures_add(struct heap_figures *f, const struct heap_figure *heap)
{
	return vec_push(&f->heaps, *heap) ? NULL : err_nomem();
}

struct err *heap_figures_block(struct heap_figures *f, uint64_t size)
{
	uintptr_t at = (uintptr_t)u64map_get(&f->by_size, size);

	if (at) {
		f->classes.v[at - 1].blocks++;
		return NULL;
	}
	if (!vec_push(&f->classes, ((struct heap_class){ size, 1 })) ||
	    !u64map_put(&f->by_size, size, (void *)(uintptr_t)f->classes.n))
		return err_nomem();
	return NULL;
}

static int by_address(const void *a, const void *b)
{
	const struct heap_figure *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

static int by_size(const void *a, const void *b)
{
	const struct heap_class *x = a, *y = b;

	return x->size < y->size ? -1 : x->size > y->size;
}

static struct err *read_all(struct target *t, struct heap_figures *f)
{
	struct err *e = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(sources) && !f->known; i++) {
		if (sources[i].windows != target_is_windows(t))
			continue;
		err_free(e);
		e = sources[i].read(t, f);
		f->known = !e;
	}
	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	if (!f->known)
		strbuf_adds(&f->trouble, e ? err_message(e) : "the heaps of this system are not walked");
	err_free(e);
	return strbuf_check(&f->trouble);
}

struct err *heap_figures_init(struct target *t, struct heap_figures *ret)
{
	struct heap_figures f = { .trouble = STRBUF_INIT };
	struct err *e = read_all(t, &f);

	u64map_deinit(&f.by_size);
	if (e) {
		heap_figures_deinit(&f);
		return e;
	}
	if (f.heaps.n)
		qsort(f.heaps.v, f.heaps.n, sizeof(*f.heaps.v), by_address);
	if (f.classes.n)
		qsort(f.classes.v, f.classes.n, sizeof(*f.classes.v), by_size);
	*ret = f;
	return NULL;
}

void heap_figures_deinit(struct heap_figures *f)
{
	vec_deinit(&f->heaps);
	vec_deinit(&f->classes);
	u64map_deinit(&f->by_size);
	strbuf_deinit(&f->trouble);
}
