/* SPDX-License-Identifier: MIT */
/*
 * Lists, hash chains and red-black trees of the kernel: see walk.h. Their words:
 *
 *	list_head	next, prev
 *	hlist_head	first
 *	hlist_node	next, pprev: the address of the word that points to this node
 *	rb_root		rb_node
 *	rb_node		__rb_parent_color (bit 0: the colour, bit 1: free), rb_right, rb_left
 *
 * All are read as words of 8 bytes: the kernels that are understood are 64-bit ones.
 */
#include "os/linux/kernel/walk.h"

#include "base/cancel.h"
#include "base/cursor.h"

#include <inttypes.h>

enum {
	RB_DEPTH = 128,	/* twice the logarithm of more nodes than memory holds */
	RB_FLAGS = 3,
};

static struct err *read_words(const struct arch_memory *m, uint64_t address, uint64_t *ret, size_t n,
			      const char *what)
{
	uint8_t bytes[3 * 8];
	struct cursor c;

	if (!arch_read(m, address, bytes, n * 8))
		return err_prefix(err_fault(address), "%s at 0x%" PRIx64, what, address);
	c = cursor_init("memory", bytes, n * 8, address);
	for (size_t i = 0; i < n; i++)
		ret[i] = cursor_u64(&c);
	return NULL;
}

static struct err *too_many(const char *what, uint64_t head, size_t max)
{
	return err_new(ERR_CORRUPT, "%s at 0x%" PRIx64 " has more than %zu members", what, head, max);
}

struct err *walk_note(struct err **first, struct err *e)
{
	if (!e || err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED)
		return e;
	if (*first)
		err_free(e);
	else
		*first = e;
	return NULL;
}

struct err *walk_first_error(struct err **inner, struct err *walk)
{
	struct err *e = *inner;

	*inner = NULL;
	if (!e)
		return walk;
	err_free(walk);
	return e;
}

struct err *walk_list(const struct arch_memory *m, uint64_t head, size_t max, kernel_node_fn *fn, void *arg)
{
	uint64_t at = head, words[2] = { 0 };

	TRY(read_words(m, head, words, 2, "list"));
	for (size_t n = 0;; n++) {
		uint64_t next = words[0];

		TRY(cancel_check());
		TRY(err_prefix(read_words(m, next, words, 2, "node"), "list at 0x%" PRIx64 " behind 0x%" PRIx64,
			       head, at));
		if (words[1] != at)
			return err_new(ERR_CORRUPT,
				       "list at 0x%" PRIx64 " is torn: 0x%" PRIx64 " goes on to 0x%" PRIx64
				       ", which says that 0x%" PRIx64 " is before it",
				       head, at, next, words[1]);
		if (next == head)
			return NULL;
		if (n == max)
			return too_many("list", head, max);
		if (!fn(arg, next))
			return NULL;
		at = next;
	}
}

struct err *walk_hlist(const struct arch_memory *m, uint64_t head, size_t max, kernel_node_fn *fn, void *arg)
{
	uint64_t at = head, words[2] = { 0 };

	TRY(read_words(m, head, words, 1, "hash chain"));
	for (size_t n = 0; words[0]; n++) {
		uint64_t next = words[0];

		TRY(cancel_check());
		TRY(err_prefix(read_words(m, next, words, 2, "node"),
			       "hash chain at 0x%" PRIx64 " behind 0x%" PRIx64, head, at));
		if (words[1] != at)
			return err_new(ERR_CORRUPT,
				       "hash chain at 0x%" PRIx64 " is torn: 0x%" PRIx64 " goes on to 0x%" PRIx64
				       ", which says that 0x%" PRIx64 " points to it",
				       head, at, next, words[1]);
		if (n == max)
			return too_many("hash chain", head, max);
		if (!fn(arg, next))
			return NULL;
		at = next;
	}
	return NULL;
}

/* --- red-black trees ----------------------------------------------------------- */

struct rb_step {
	uint64_t node, right;
};

struct rb_walk {
	const struct arch_memory *memory;
	uint64_t root;
	size_t seen, max;
	struct rb_step stack[RB_DEPTH];	/* nodes whose left half is being visited */
	size_t depth;
};

/* Puts `node` and all that lies to the left of it on the stack. */
static struct err *rb_descend(struct rb_walk *w, uint64_t node, uint64_t parent)
{
	while (node) {
		uint64_t words[3] = { 0 };

		TRY(cancel_check());
		TRY(err_prefix(read_words(w->memory, node, words, 3, "node"),
			       "tree at 0x%" PRIx64 " below 0x%" PRIx64, w->root, parent));
		if ((words[0] & ~(uint64_t)RB_FLAGS) != parent)
			return err_new(ERR_CORRUPT,
				       "tree at 0x%" PRIx64 " is torn: 0x%" PRIx64 " lies below 0x%" PRIx64
				       " and says that its parent is 0x%" PRIx64,
				       w->root, node, parent, words[0] & ~(uint64_t)RB_FLAGS);
		if (words[1] && words[1] == words[2])
			return err_new(ERR_CORRUPT,
				       "tree at 0x%" PRIx64 " is torn: 0x%" PRIx64 " has 0x%" PRIx64 " on both sides",
				       w->root, node, words[1]);
		if (w->depth == RB_DEPTH)
			return err_new(ERR_CORRUPT, "tree at 0x%" PRIx64 " is more than %d deep at 0x%" PRIx64,
				       w->root, RB_DEPTH, node);
		if (w->seen++ == w->max)
			return too_many("tree", w->root, w->max);
		w->stack[w->depth++] = (struct rb_step){ node, words[1] };
		parent = node;
		node = words[2];
	}
	return NULL;
}

struct err *walk_rbtree(const struct arch_memory *m, uint64_t root, size_t max, kernel_node_fn *fn, void *arg)
{
	struct rb_walk w = { .memory = m, .root = root, .max = max };
	uint64_t top = 0;

	TRY(read_words(m, root, &top, 1, "tree"));
	TRY(rb_descend(&w, top, 0));
	while (w.depth) {
		struct rb_step s = w.stack[--w.depth];

		if (!fn(arg, s.node))
			return NULL;
		TRY(rb_descend(&w, s.right, s.node));
	}
	return NULL;
}

struct err *kernel_list_each(struct target *t, uint64_t head, size_t max, kernel_node_fn *fn, void *arg)
{
	return walk_list(target_memory(t), head, max, fn, arg);
}

struct err *kernel_hlist_each(struct target *t, uint64_t head, size_t max, kernel_node_fn *fn, void *arg)
{
	return walk_hlist(target_memory(t), head, max, fn, arg);
}

struct err *kernel_rbtree_each(struct target *t, uint64_t root, size_t max, kernel_node_fn *fn, void *arg)
{
	return walk_rbtree(target_memory(t), root, max, fn, arg);
}
