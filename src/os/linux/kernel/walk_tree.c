/* SPDX-License-Identifier: MIT */
/*
 * XArrays and maple trees: see walk.h.
 *
 * An entry of both is a word whose two lowest bits tell what it is: 0 a pointer
 * to an object, 1 a value, 2 internal. Internal words above 4096 are nodes, those
 * below are marks (a sibling of a wider entry, "retry", "zero").
 *
 * XArray: a node's `shift` says how many bits of the index its slots leave to
 * those below; the head is a node, or the entry of index 0.
 *
 * Maple tree: the root is told from an entry as in an xarray; a word for a node has
 * its kind in bits 3 to 6, the node lies at a multiple of 256. Slot i holds what is from behind pivot i-1 up to pivot i,
 * the last one up to the end of its node's range; a pivot of 0 behind the first
 * slot stands for that end. The word `parent`, first in every node, has the parent
 * above its low 8 bits; in the root bit 0 is set.
 */
#include "os/linux/kernel/walk.h"

#include "base/cancel.h"
#include "base/cursor.h"
#include "target/bind.h"

#include <inttypes.h>

enum {
	ENTRY_KIND = 3,
	ENTRY_INTERNAL = 2,
	ENTRY_LAST_MARK = 4096,
	XA_MAX_SLOTS = 64,
	XA_MAX_DEPTH = 16,
	MAPLE_DEPTH = 32,
	MAPLE_KIND_SHIFT = 3,
	MAPLE_KIND_MASK = 15,
	MAPLE_LOW_BITS = 0xff,
	MAPLE_ROOT = 1,
};
enum maple_node_kind { MAPLE_DENSE, MAPLE_LEAF, MAPLE_RANGE, MAPLE_ARANGE };

static bool is_node(uint64_t entry)
{
	return (entry & ENTRY_KIND) == ENTRY_INTERNAL && entry > ENTRY_LAST_MARK;
}

static bool is_mark(uint64_t entry)
{
	return (entry & ENTRY_KIND) == ENTRY_INTERNAL && entry <= ENTRY_LAST_MARK;
}

static struct err *read_array(const struct arch_memory *m, uint64_t address, uint64_t *ret, size_t n)
{
	uint8_t bytes[MAPLE_MAX_SLOTS * 8];
	struct cursor c;

	if (!arch_read(m, address, bytes, n * 8))
		return err_fault(address);
	c = cursor_init("memory", bytes, n * 8, address);
	for (size_t i = 0; i < n; i++)
		ret[i] = cursor_u64(&c);
	return NULL;
}

/* Whether slot i holds what one before it does: a node may be reached from one place only. */
static bool found_before(const uint64_t *slots, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (slots[k] == slots[i])
			return true;
	return false;
}

/* --- xarray ------------------------------------------------------------------- */

struct xa_level {
	uint64_t node, index;	/* of its first slot */
	unsigned shift, next;
	uint64_t slots[XA_MAX_SLOTS];
};

struct xa_walk {
	const struct arch_memory *memory;
	const struct xarray_layout *layout;
	uint64_t xa;
	size_t seen, max;
	kernel_entry_fn *fn;
	void *arg;
	bool stopped;
	size_t depth;
	struct xa_level levels[XA_MAX_DEPTH];
};

static struct err *xa_entry(struct xa_walk *w, uint64_t index, uint64_t entry)
{
	if (!entry || is_mark(entry))
		return NULL;
	if (w->seen++ == w->max)
		return err_new(ERR_CORRUPT, "xarray at 0x%" PRIx64 " has more than %zu members", w->xa, w->max);
	w->stopped = !w->fn(w->arg, index, entry);
	return NULL;
}

static unsigned slot_bits(const struct xarray_layout *l)
{
	return (unsigned)__builtin_ctz(l->n_slots);
}

/* The node must be below the one it was found in: that one its parent, its shift smaller. */
static struct err *xa_check(const struct xa_walk *w, uint64_t node, uint64_t parent, uint64_t found, uint64_t shift)
{
	const struct xa_level *above = w->depth ? &w->levels[w->depth - 1] : NULL;

	if (found != parent)
		return err_new(ERR_CORRUPT,
			       "xarray at 0x%" PRIx64 " is torn: 0x%" PRIx64 " lies below 0x%" PRIx64
			       " and says that its parent is 0x%" PRIx64,
			       w->xa, node, parent, found);
	if (shift % slot_bits(w->layout) || shift > 63 || (above && shift + slot_bits(w->layout) != above->shift))
		return err_new(ERR_CORRUPT, "xarray at 0x%" PRIx64 " is torn: 0x%" PRIx64 " has the shift %" PRIu64
			       ", below one of %u", w->xa, node, shift, above ? above->shift : 64);
	if (w->depth == XA_MAX_DEPTH)
		return err_new(ERR_CORRUPT, "xarray at 0x%" PRIx64 " is too deep at 0x%" PRIx64, w->xa, node);
	return NULL;
}

static struct err *xa_enter(struct xa_walk *w, uint64_t entry, uint64_t index)
{
	const struct xarray_layout *l = w->layout;
	uint64_t node = entry & ~(uint64_t)ENTRY_KIND, parent = w->depth ? w->levels[w->depth - 1].node : 0;
	struct xa_level *level;
	uint64_t found = 0, shift = 0;

	TRY(cancel_check());
	if (!arch_read_uint(w->memory, node + l->shift, 1, &shift) ||
	    !arch_read_uint(w->memory, node + l->parent, 8, &found))
		return err_prefix(err_fault(node), "xarray at 0x%" PRIx64 ": node 0x%" PRIx64, w->xa, node);
	TRY(xa_check(w, node, parent, found, shift));
	level = &w->levels[w->depth];
	TRY(err_prefix(read_array(w->memory, node + l->slots, level->slots, l->n_slots),
		       "xarray at 0x%" PRIx64 ": node 0x%" PRIx64, w->xa, node));
	level->node = node;
	level->index = index;
	level->shift = (unsigned)shift;
	level->next = 0;
	w->depth++;
	return NULL;
}

struct err *walk_xarray(const struct arch_memory *m, const struct xarray_layout *l, uint64_t xa, size_t max,
			kernel_entry_fn *fn, void *arg)
{
	struct xa_walk w = { .memory = m, .layout = l, .xa = xa, .max = max, .fn = fn, .arg = arg };
	uint64_t head;

	if (!l->n_slots || l->n_slots > XA_MAX_SLOTS || (l->n_slots & (l->n_slots - 1)) || l->n_slots < 2)
		return err_new(ERR_UNSUPPORTED, "xa_node with %u slots", l->n_slots);
	if (!arch_read_uint(m, xa + l->head, 8, &head))
		return err_prefix(err_fault(xa + l->head), "xarray at 0x%" PRIx64, xa);
	if (!is_node(head))
		return xa_entry(&w, 0, head);
	TRY(xa_enter(&w, head, 0));
	while (w.depth && !w.stopped) {
		struct xa_level *level = &w.levels[w.depth - 1];
		unsigned i = level->next++;
		uint64_t index = level->index + ((uint64_t)i << level->shift);

		if (i == l->n_slots)
			w.depth--;
		else if (!is_node(level->slots[i]))
			TRY(xa_entry(&w, index, level->slots[i]));
		else if (found_before(level->slots, i))
			return err_new(ERR_CORRUPT, "xarray at 0x%" PRIx64 " is torn: node 0x%" PRIx64
				       " has a node below it twice", xa, level->node);
		else
			TRY(xa_enter(&w, level->slots[i], index));
	}
	return NULL;
}

/* --- maple tree ------------------------------------------------------------------ */

struct maple_level {
	uint64_t node;
	uint64_t next_start, last;	/* of what the slots from `next` on hold */
	unsigned next, n;
	bool is_leaf, is_dense;
	uint64_t slots[MAPLE_MAX_SLOTS], pivots[MAPLE_MAX_SLOTS];
};

struct maple_walk {
	const struct arch_memory *memory;
	const struct maple_layout *layout;
	uint64_t tree;
	size_t seen, max;
	kernel_range_fn *fn;
	void *arg;
	bool stopped;
	size_t depth;
	struct maple_level levels[MAPLE_DEPTH];
};

static struct err *maple_torn(const struct maple_walk *w, uint64_t node, const char *what)
{
	return err_new(ERR_CORRUPT, "maple tree at 0x%" PRIx64 " is torn: node 0x%" PRIx64 " %s", w->tree, node, what);
}

static struct err *maple_entry(struct maple_walk *w, uint64_t start, uint64_t last, uint64_t entry)
{
	if (!entry || is_mark(entry))
		return NULL;
	if (w->seen++ == w->max)
		return err_new(ERR_CORRUPT, "maple tree at 0x%" PRIx64 " has more than %zu members", w->tree, w->max);
	w->stopped = !w->fn(w->arg, start, last, entry);
	return NULL;
}

/* The node's parent is the one it was found in; of the root: the tree. */
static struct err *maple_check_parent(const struct maple_walk *w, uint64_t node)
{
	uint64_t parent, expected = w->depth ? w->levels[w->depth - 1].node : 0;

	if (!arch_read_uint(w->memory, node, 8, &parent))
		return err_prefix(err_fault(node), "maple tree at 0x%" PRIx64 ": node", w->tree);
	if (!expected)
		return parent & MAPLE_ROOT ? NULL : maple_torn(w, node, "is at the top and has a parent");
	if ((parent & ~(uint64_t)MAPLE_LOW_BITS) != expected || (parent & MAPLE_ROOT))
		return err_new(ERR_CORRUPT,
			       "maple tree at 0x%" PRIx64 " is torn: 0x%" PRIx64 " lies below 0x%" PRIx64
			       " and says that its parent is 0x%" PRIx64,
			       w->tree, node, expected, parent);
	return NULL;
}

static struct err *maple_read(struct maple_walk *w, struct maple_level *level, unsigned kind)
{
	const struct maple_layout *l = w->layout;
	const struct maple_kind *k = kind == MAPLE_ARANGE ? &l->arange : &l->range;
	uint64_t slots = kind == MAPLE_DENSE ? l->dense_slot : k->slot;

	level->is_dense = kind == MAPLE_DENSE;
	level->is_leaf = kind == MAPLE_DENSE || kind == MAPLE_LEAF;
	level->n = level->is_dense ? l->n_dense : k->n_slots;
	if (!level->is_dense)
		TRY(read_array(w->memory, level->node + k->pivot, level->pivots, level->n - 1));
	return read_array(w->memory, level->node + slots, level->slots, level->n);
}

static struct err *maple_enter(struct maple_walk *w, uint64_t entry, uint64_t start, uint64_t last)
{
	unsigned kind = (unsigned)(entry >> MAPLE_KIND_SHIFT) & MAPLE_KIND_MASK;
	uint64_t node = entry & ~(uint64_t)MAPLE_LOW_BITS;
	struct maple_level *level;

	TRY(cancel_check());
	if (kind > MAPLE_ARANGE)
		return maple_torn(w, node, "is of no kind that is known");
	if (w->depth == MAPLE_DEPTH)
		return maple_torn(w, node, "lies too deep");
	TRY(maple_check_parent(w, node));
	level = &w->levels[w->depth];
	*level = (struct maple_level){ .node = node, .next_start = start, .last = last };
	TRY(err_prefix(maple_read(w, level, kind), "maple tree at 0x%" PRIx64 ": node 0x%" PRIx64, w->tree, node));
	w->depth++;
	return NULL;
}

/* Up to where slot i reaches. */
static uint64_t reach_of(const struct maple_level *level, unsigned i)
{
	if (level->is_dense)
		return level->next_start;
	if (i + 1 >= level->n || (i && !level->pivots[i]))
		return level->last;
	return level->pivots[i];
}

static struct err *maple_step(struct maple_walk *w)
{
	struct maple_level *level = &w->levels[w->depth - 1];
	unsigned i = level->next++;
	uint64_t start, last, entry;

	if (i >= level->n || level->next_start > level->last) {
		w->depth--;
		return NULL;
	}
	start = level->next_start;
	last = reach_of(level, i);
	entry = level->slots[i];
	if (last < start || last > level->last)
		return maple_torn(w, level->node, "has pivots that are not in order");
	if (last == level->last)
		level->next = level->n; /* what is behind it is left over */
	else
		level->next_start = last + 1;
	if (level->is_leaf)
		return maple_entry(w, start, last, entry);
	if (entry && found_before(level->slots, i))
		return maple_torn(w, level->node, "has a node below it twice");
	return entry ? maple_enter(w, entry, start, last) : NULL;
}

struct err *walk_maple(const struct arch_memory *m, const struct maple_layout *l, uint64_t tree, size_t max,
		       kernel_range_fn *fn, void *arg)
{
	struct maple_walk w = { .memory = m, .layout = l, .tree = tree, .max = max, .fn = fn, .arg = arg };
	uint64_t root;

	if (l->range.n_slots < 2 || l->range.n_slots > MAPLE_MAX_SLOTS || l->arange.n_slots < 2 ||
	    l->arange.n_slots > MAPLE_MAX_SLOTS || l->n_dense > MAPLE_MAX_SLOTS)
		return err_new(ERR_UNSUPPORTED, "nodes of maple trees with %u and %u slots", l->range.n_slots,
			       l->arange.n_slots);
	if (!arch_read_uint(m, tree + l->root, 8, &root))
		return err_prefix(err_fault(tree + l->root), "maple tree at 0x%" PRIx64, tree);
	if (!is_node(root))
		return maple_entry(&w, 0, 0, root);
	TRY(maple_enter(&w, root, 0, UINT64_MAX));
	while (w.depth && !w.stopped)
		TRY(maple_step(&w));
	return NULL;
}

/* --- layouts ------------------------------------------------------------------------ */

/* Offset of a member, and how many elements it has if it is an array. */
static struct err *member(struct target *t, const char *type, const char *path, uint64_t *ret, unsigned *ret_n)
{
	struct type_ref ref, stripped;
	struct type_member m;
	struct type_info info;

	TRY(bind_type(t, HALF_NATIVE, "vmlinux", type, &ref));
	TRY(err_prefix(type_find_member(ref, path, &m), "%s", type));
	if (ret_n) {
		TRY(type_strip(m.type, &stripped, &info));
		if (info.kind != TYPE_ARRAY || info.count > MAPLE_MAX_SLOTS)
			return err_new(ERR_UNSUPPORTED, "%s.%s is no array of at most %d", type, path, MAPLE_MAX_SLOTS);
		*ret_n = (unsigned)info.count;
	}
	*ret = m.offset;
	return NULL;
}

static struct err *has_type(struct target *t, const char *type, const char *since)
{
	struct type_ref ref;

	if (!err_ignore(bind_type(t, HALF_NATIVE, "vmlinux", type, &ref)))
		return NULL;
	return err_new(ERR_UNSUPPORTED, "the dump's types have no struct %s (kernels have it since %s)", type, since);
}

struct err *kernel_xarray_each(struct target *t, uint64_t xa, size_t max, kernel_entry_fn *fn, void *arg)
{
	struct xarray_layout l = { 0 };

	TRY(has_type(t, "xarray", "4.20"));
	TRY(member(t, "xarray", "xa_head", &l.head, NULL));
	TRY(member(t, "xa_node", "shift", &l.shift, NULL));
	TRY(member(t, "xa_node", "parent", &l.parent, NULL));
	TRY(member(t, "xa_node", "slots", &l.slots, &l.n_slots));
	return walk_xarray(target_memory(t), &l, xa, max, fn, arg);
}

struct err *kernel_maple_each(struct target *t, uint64_t tree, size_t max, kernel_range_fn *fn, void *arg)
{
	struct maple_layout l = { 0 };

	TRY(has_type(t, "maple_tree", "6.1"));
	TRY(member(t, "maple_tree", "ma_root", &l.root, NULL));
	TRY(member(t, "maple_node", "slot", &l.dense_slot, &l.n_dense));
	TRY(member(t, "maple_range_64", "pivot", &l.range.pivot, NULL));
	TRY(member(t, "maple_range_64", "slot", &l.range.slot, &l.range.n_slots));
	TRY(member(t, "maple_arange_64", "pivot", &l.arange.pivot, NULL));
	TRY(member(t, "maple_arange_64", "slot", &l.arange.slot, &l.arange.n_slots));
	return walk_maple(target_memory(t), &l, tree, max, fn, arg);
}
