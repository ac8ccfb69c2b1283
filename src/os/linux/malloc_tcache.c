/* SPDX-License-Identifier: MIT */
/*
 * The caches that threads keep of freed chunks.
 *
 * struct tcache_perthread_struct is `counts`, then `entries`, 64 of each; the
 * counts have 16 bits since 2.30, 8 before. It lies in a chunk in use, of which only
 * a variable in the TLS of libc knows. No symbol tells where: of the words below the
 * thread pointer (x86: above it where TLS lies there) that point to a chunk of the
 * right size, the one that is a tcache inside is it. Where TLS is not in the dump, a
 * chunk of that size is taken for one when it has lists and all of them are whole.
 */
#include "os/linux/malloc_lists.h"

#include "base/map.h"

struct form {
	uint64_t counts, entries, count_size, chunk_size;
};

struct finder {
	struct malloc_walk *w;
	struct form forms[2];
	unsigned n_forms;
};

static void set_forms(struct finder *f)
{
	const struct malloc_heap *h = f->w->h;
	const struct malloc_layout *l = &h->layout;

	if (l->tcache_size) {
		f->forms[0] = (struct form){ l->tcache_counts, l->tcache_entries, l->tcache_count_size,
					     malloc_request_size(h, l->tcache_size) };
		f->n_forms = 1;
		return;
	}
	for (unsigned size = 2; size; size--) {
		uint64_t counts = MALLOC_TCACHE_BINS * size;

		f->forms[f->n_forms++] = (struct form){
			0, counts, size, malloc_request_size(h, counts + MALLOC_TCACHE_BINS * h->pointer_size) };
	}
}

static const struct form *form_of(const struct finder *f, uint64_t chunk_size)
{
	for (unsigned i = 0; i < f->n_forms; i++)
		if (f->forms[i].chunk_size == chunk_size)
			return &f->forms[i];
	return NULL;
}

static bool read_count(struct malloc_walk *w, uint64_t tcache, const struct form *f, unsigned bin, uint64_t *ret)
{
	uint64_t at = tcache + f->counts + bin * f->count_size, v;

	/* the counts begin at a multiple of four */
	if (!window_read(&w->window, at & ~(uint64_t)3, 4, &v))
		return false;
	*ret = v >> at % 4 * 8 & (f->count_size == 1 ? 0xff : 0xffff);
	return true;
}

static uint64_t bin_size(const struct malloc_heap *h, unsigned bin)
{
	return h->min_size + (uint64_t)bin * h->alignment;
}

/* How many lists have what they count; -1: it cannot be a tcache. */
static int judge(struct malloc_walk *w, uint64_t tcache, const struct form *f, bool strict)
{
	enum { MAX_WRONG = 6 };
	uint64_t count, entry;
	int lists = 0, wrong = 0;

	for (unsigned i = 0; i < MALLOC_TCACHE_BINS; i++) {
		const struct malloc_chunk *c;

		if (!read_count(w, tcache, f, i, &count) ||
		    !malloc_word(w, tcache + f->entries + i * w->h->pointer_size, &entry))
			return -1;
		c = entry ? malloc_find_chunk(w, entry - 2 * w->h->pointer_size) : NULL;
		wrong += !count != !entry || (entry && (!c || c->size != bin_size(w->h, i)));
		lists += count && c;
	}
	return wrong > (strict ? 0 : MAX_WRONG) ? -1 : lists;
}

static struct err *add(struct finder *f, struct malloc_chunk *c, size_t thread)
{
	struct malloc_tcache t = { .address = c->address + 2 * f->w->h->pointer_size, .thread = thread };

	c->state = CHUNK_OWN;
	return vec_push(&f->w->tcaches, t) ? NULL : err_nomem();
}

static struct err *find_in_tls(struct finder *f, size_t thread)
{
	const struct reach_span *s = &f->w->in->tls[thread];
	uint64_t p = f->w->h->pointer_size, v;

	/* the thread pointer's side first: libc's TLS is near it */
	for (uint64_t at = s->end & ~(p - 1); at >= p && at - p >= s->start; at -= p) {
		struct malloc_chunk *c;
		const struct form *form;

		if (!malloc_word(f->w, at - p, &v) || v % f->w->h->alignment || v < 2 * p)
			continue;
		c = malloc_find_chunk(f->w, v - 2 * p);
		form = c && c->state == CHUNK_IN_USE ? form_of(f, c->size) : NULL;
		if (form && judge(f->w, v, form, false) >= 0)
			return add(f, c, thread);
	}
	return NULL;
}

static struct err *find_by_contents(struct finder *f)
{
	for (size_t i = 0; i < f->w->chunks.n; i++) {
		struct malloc_chunk *c = &f->w->chunks.v[i];
		const struct form *form = c->state == CHUNK_IN_USE ? form_of(f, c->size) : NULL;

		if (i % 65536 == 0)
			TRY(budget_check(f->w->in->budget));
		if (form && judge(f->w, c->address + 2 * f->w->h->pointer_size, form, true) > 0)
			TRY(add(f, c, SIZE_MAX));
	}
	return NULL;
}

struct err *malloc_find_tcaches(struct malloc_walk *w)
{
	struct finder f = { .w = w };

	set_forms(&f);
	for (size_t i = 0; i < w->in->n_tls; i++)
		TRY(find_in_tls(&f, i));
	return find_by_contents(&f);
}

static struct err *walk_list(struct malloc_walk *w, size_t tcache, const struct form *f, unsigned bin)
{
	struct malloc_tcache *t = &w->tcaches.v[tcache];
	uint64_t header = 2 * w->h->pointer_size, count, at;
	struct malloc_list l = {
		.w = w, .state = CHUNK_TCACHE, .bin = bin, .arena = MALLOC_NO_ARENA, .tcache = tcache,
		.place = t->address + f->entries + bin * w->h->pointer_size, .size = bin_size(w->h, bin),
	};
	struct malloc_damage d = { .kind = DAMAGE_COUNT, .arena = MALLOC_NO_ARENA, .list = CHUNK_TCACHE,
				   .bin = bin, .tcache = tcache, .has_expected = true };
	bool more = malloc_word(w, l.place, &at);

	while (more && at) {
		TRY(malloc_list_take(&l, at - header, &more));
		if (!more)
			break;
		l.place = at;
		more = malloc_next_single(w, l.place, &at);
	}
	t->chunks += l.n;
	t->bytes += l.bytes;
	if (!more || !read_count(w, t->address, f, bin, &count) || count == l.n)
		return NULL;
	d.place = t->address + f->counts + bin * f->count_size;
	d.found = count;
	d.expected = l.n;
	return malloc_damage_add(w, &d);
}

struct err *malloc_walk_tcaches(struct malloc_walk *w)
{
	struct finder f = { .w = w };

	set_forms(&f);
	for (size_t i = 0; i < w->tcaches.n; i++) {
		const struct malloc_chunk *c = malloc_find_chunk(w, w->tcaches.v[i].address - 2 * w->h->pointer_size);
		const struct form *form = c ? form_of(&f, c->size) : NULL;

		TRY(budget_check(w->in->budget));
		for (unsigned bin = 0; form && bin < MALLOC_TCACHE_BINS; bin++)
			TRY(walk_list(w, i, form, bin));
	}
	return NULL;
}
