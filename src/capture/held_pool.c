/* SPDX-License-Identifier: MIT */
/*
 * The pool: which items there are, which of them fit, and where their copies
 * go. Windows of one file that overlap become one item. Without the file itself
 * (map_files takes privileges) each mapping is an item of its own, and all of it
 * has to be read, as the process's page tables know only what it touched itself.
 */
#include "capture/held_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct fresh { /* a range that has no item yet */
	struct held *h;
	struct held_range *r;
};

struct fresh_list {
	VEC(struct fresh) v;
};

static uint64_t window_end(const struct held_range *r)
{
	return r->file_offset + (r->end - r->start);
}

static bool by_file(const struct held_range *r)
{
	return r->fd >= 0 && r->file.inode;
}

static void count(struct held *h, uint64_t start, uint64_t end, void *arg)
{
	(void)h;
	*(uint64_t *)arg += end - start;
}

/* --- items ------------------------------------------------------------------------------------------- */

/* One that shows all of the window, of an earlier call: it may be copied already, or be left for want of room. */
static struct held_item *item_of(const struct held_pool *p, const struct held_range *r, size_t n)
{
	for (size_t i = 0; by_file(r) && i < n; i++) {
		struct held_item *item = p->items.v[i];

		if (item->fd >= 0 && file_same(&item->file, &r->file) && item->start <= r->file_offset &&
		    item->end >= window_end(r))
			return item;
	}
	return NULL;
}

/* The item keeps the descriptor; those of others that show the same are closed. */
static void link_item(struct held_range *r, struct held_item *item)
{
	if (r->fd >= 0 && r->fd != item->fd)
		(void)close(r->fd);
	r->fd = item->fd;
	r->item = item;
}

static struct held_item *new_item(struct held_pool *p, const struct held_range *r)
{
	struct held_item *item = calloc(1, sizeof(*item));

	if (!item)
		return NULL;
	*item = (struct held_item){ .fd = r->fd, .start = r->start, .end = r->end,
				    .keep = r->keep, .open = r->open, .blind = r->fd < 0 && r->file.inode && !r->kernel };
	if (by_file(r)) {
		item->file = r->file;
		item->start = r->file_offset;
		item->end = window_end(r);
	}
	if (vec_push(&p->items, item))
		return item;
	free(item);
	return NULL;
}

static int by_place(const void *a, const void *b)
{
	const struct held_range *x = ((const struct fresh *)a)->r, *y = ((const struct fresh *)b)->r;

	if (by_file(x) != by_file(y))
		return by_file(x) ? -1 : 1;
	if (x->file.inode != y->file.inode)
		return x->file.inode < y->file.inode ? -1 : 1;
	if (x->file.dev_major != y->file.dev_major)
		return x->file.dev_major < y->file.dev_major ? -1 : 1;
	if (x->file.dev_minor != y->file.dev_minor)
		return x->file.dev_minor < y->file.dev_minor ? -1 : 1;
	return (x->file_offset > y->file_offset) - (x->file_offset < y->file_offset);
}

/* Sorted by place: what overlaps the item before it makes that one longer. */
static struct err *add_items(struct fresh_list *l, struct held_pool *p)
{
	struct held_item *item = NULL;

	if (l->v.n)
		qsort(l->v.v, l->v.n, sizeof(l->v.v[0]), by_place);
	for (size_t i = 0; i < l->v.n; i++) {
		struct held_range *r = l->v.v[i].r;

		if (!item || !by_file(r) || item->fd < 0 || !file_same(&item->file, &r->file) || r->file_offset > item->end)
			item = new_item(p, r);
		if (!item)
			return err_nomem();
		if (by_file(r) && window_end(r) > item->end)
			item->end = window_end(r);
		link_item(r, item);
	}
	return NULL;
}

/* How much there is of each; any process that shows the item can tell. */
static void weigh(struct fresh_list *l)
{
	for (size_t i = 0; i < l->v.n; i++) {
		struct held_item *item = l->v.v[i].r->item;

		if (!i || item != l->v.v[i - 1].r->item)
			held_pieces(l->v.v[i].h, item, count, &item->expected);
	}
}

static struct err *find_fresh(struct held *const *v, size_t n, struct held_pool *p, struct fresh_list *ret)
{
	size_t known = p->items.n;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < v[i]->ranges.n; k++) {
			struct held_range *r = &v[i]->ranges.v[k];
			struct held_item *item = r->item ? r->item : item_of(p, r, known);

			if (r->still)
				continue;
			if (!item && !vec_push(&ret->v, ((struct fresh){ v[i], r })))
				return err_nomem();
			if (item && !r->item)
				link_item(r, item);
		}
	return NULL;
}

/* --- room ---------------------------------------------------------------------------------------------- */

static int by_expected(const void *a, const void *b)
{
	const struct held_item *const *x = a, *const *y = b;

	return (*x)->expected < (*y)->expected ? 1 : (*x)->expected > (*y)->expected ? -1 : 0;
}

/* Keys of different items lie apart, and are multiples of huge pages. */
static void keep(struct held_pool *p, struct held_item *item)
{
	static const uint64_t huge = 2 << 20;

	item->kept = true;
	item->key = p->next_key;
	p->next_key += (item->end / huge + 2) * huge;
}

/* Largest first, as long as it fits; a little more than is there now, as it may grow. */
static struct err *choose(struct held_pool *p, size_t first, size_t *ret_size)
{
	CLEANUP(freep) struct held_item **order = calloc(p->items.n + 1, sizeof(struct held_item *));
	size_t n = p->items.n - first;

	*ret_size = 0;
	if (!order)
		return err_nomem();
	if (n)
		memcpy(order, &p->items.v[first], n * sizeof(struct held_item *));
	qsort(order, n, sizeof(struct held_item *), by_expected);
	for (size_t i = 0; i < n; i++) {
		uint64_t room = order[i]->expected + order[i]->expected / 8 + 65536;

		if (room > order[i]->end - order[i]->start)
			room = order[i]->end - order[i]->start;
		order[i]->chosen = room <= p->left && (!order[i]->keep || order[i]->open);
		if (order[i]->keep && !order[i]->chosen)
			keep(p, order[i]);
		if (order[i]->chosen) {
			p->left -= room;
			*ret_size += room;
		}
	}
	return NULL;
}

static void free_block(struct held_block *b)
{
	if (b->map)
		(void)munmap(b->map, b->size);
	if (b->fd >= 0)
		(void)close(b->fd);
	free(b);
}

static struct err *fill_block(struct held_block *b, size_t size)
{
	void *map;

	b->size = size;
	b->fd = memfd_create("osmosis-held", MFD_CLOEXEC);
	if (b->fd < 0 || ftruncate(b->fd, (off_t)size) < 0)
		return err_os(errno, "memory for %zu bytes that are copied in the pause", size);
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, b->fd, 0);
	if (map == MAP_FAILED)
		return err_os(errno, "memory for %zu bytes that are copied in the pause", size);
	b->map = map;
	/* A program that takes a snapshot of itself has it too: it is ours, and no part of that. */
	(void)madvise(map, size, MADV_DONTFORK);
	(void)madvise(map, size, MADV_DONTDUMP);
	return NULL;
}

static struct err *add_block(struct held_pool *p, size_t size)
{
	struct held_block *b = calloc(1, sizeof(*b));

	if (!b)
		return err_nomem();
	b->fd = -1;
	if (!vec_push(&p->blocks, b)) {
		free(b);
		return err_nomem();
	}
	return fill_block(b, size);
}

/* The copies of the items from `first` on go into one block. */
static struct err *make_block(struct held_pool *p, size_t first)
{
	enum { SPARE_PIECES = 1024 };
	size_t size;

	TRY(choose(p, first, &size));
	if (!size)
		return NULL;
	TRY(add_block(p, size));
	for (size_t i = first; i < p->items.n; i++)
		p->items.v[i]->block = p->blocks.v[p->blocks.n - 1];
	return vec_reserve(&p->pieces, p->pieces.n + p->items.n + SPARE_PIECES) ? NULL : err_nomem();
}

struct err *held_make_room(struct held *const *v, size_t n, struct held_pool *p)
{
	struct fresh_list fresh = { 0 };
	size_t first = p->items.n;
	struct err *e = find_fresh(v, n, p, &fresh);

	if (!e)
		e = add_items(&fresh, p);
	if (!e)
		weigh(&fresh);
	vec_deinit(&fresh.v);
	return e ? e : make_block(p, first);
}

void held_pool_reset(struct held_pool *p)
{
	for (size_t i = 0; i < p->items.n; i++)
		p->items.v[i]->done = false;
	for (size_t i = 0; i < p->blocks.n; i++)
		p->blocks.v[i]->used = 0;
	p->pieces.n = 0;
}

void held_pool_deinit(struct held_pool *p)
{
	for (size_t i = 0; i < p->items.n; i++) {
		if (p->items.v[i]->fd >= 0)
			(void)close(p->items.v[i]->fd);
		free(p->items.v[i]);
	}
	for (size_t i = 0; i < p->blocks.n; i++)
		free_block(p->blocks.v[i]);
	vec_deinit(&p->items);
	vec_deinit(&p->pieces);
	vec_deinit(&p->blocks);
	sharers_deinit(&p->sharers);
	if (p->store)
		store_close(p->store);
	free(p->store);
	*p = (struct held_pool){ 0 };
}
