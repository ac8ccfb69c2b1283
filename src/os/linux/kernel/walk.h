/* SPDX-License-Identifier: MIT */
/*
 * Walkers over the containers that the Linux kernel links its objects with:
 * list_head, hlist, rbtree, xarray (and what is built on it: radix tree, IDR)
 * and maple tree.
 *
 * Every link may be torn: a dump of a running system is smeared, and a dump of
 * one that crashed may hold what crashed it. A walk calls `fn` for each member
 * up to the place where the structure contradicts itself and then returns
 * CORRUPT, naming the address, what was read there and what was expected;
 * FAULT where memory is not in the dump; CORRUPT too when there are more than
 * `max` members; CANCELLED. No walk visits a node twice: each checks that the
 * node points back to the one it was reached from, which can hold for one of
 * them only, so that a cycle ends where it closes.
 *
 * `fn` returns false to stop, which is no error. It is given the address of the
 * member that links (list, hlist, rbtree), or the entry (xarray, maple tree):
 * for a pointer the pointer, for a value entry the value with its tag (bit 0 set).
 *
 * The kernel_ forms read the target's memory, with the layouts of its own types
 * where members matter (xarray, xa_node, maple_*); the walk_ forms below are what
 * they are made of. list_head, hlist and rb_node are words in an order that never
 * changed. Facts: the kernel's Documentation (core-api/xarray.rst, rbtree.rst,
 * core-api/maple_tree.rst) and what dumps show.
 */
#ifndef OSM_OS_LINUX_KERNEL_WALK_H
#define OSM_OS_LINUX_KERNEL_WALK_H

#include "target/target.h"

typedef bool kernel_node_fn(void *arg, uint64_t node);
typedef bool kernel_entry_fn(void *arg, uint64_t index, uint64_t entry);
typedef bool kernel_range_fn(void *arg, uint64_t start, uint64_t last, uint64_t entry);

/* The ring from `head`, exclusive. */
struct err *kernel_list_each(struct target *t, uint64_t head, size_t max, kernel_node_fn *fn, void *arg) MUST_USE;
/* `head`: of struct hlist_head. */
struct err *kernel_hlist_each(struct target *t, uint64_t head, size_t max, kernel_node_fn *fn, void *arg) MUST_USE;
/* In order. `root`: of struct rb_root (the first member of rb_root_cached). */
struct err *kernel_rbtree_each(struct target *t, uint64_t root, size_t max, kernel_node_fn *fn, void *arg) MUST_USE;
/* By index, entries that are not empty. UNSUPPORTED: a kernel without struct xarray (before 4.20). */
struct err *kernel_xarray_each(struct target *t, uint64_t xa, size_t max, kernel_entry_fn *fn, void *arg) MUST_USE;
/* By range, entries that are not empty. UNSUPPORTED: a kernel without maple trees (before 6.1). */
struct err *kernel_maple_each(struct target *t, uint64_t tree, size_t max, kernel_range_fn *fn, void *arg) MUST_USE;

/* --- over any memory --------------------------------------------------------- */
struct xarray_layout {
	uint64_t head;			/* in struct xarray: xa_head */
	uint64_t shift, parent, slots;	/* in struct xa_node */
	unsigned n_slots;		/* 64, or 16 with CONFIG_BASE_SMALL */
};

/* One kind of node of a maple tree. */
struct maple_kind {
	uint64_t pivot, slot;
	unsigned n_slots;		/* at most MAPLE_MAX_SLOTS; pivots: one less */
};
enum { MAPLE_MAX_SLOTS = 64 };

struct maple_layout {
	uint64_t root;			/* in struct maple_tree: ma_root */
	uint64_t dense_slot;		/* in struct maple_node: slot, for nodes without pivots */
	unsigned n_dense;
	struct maple_kind range, arange;/* maple_range_64 (leaves too) and maple_arange_64 */
};

/* For a reader of several structures, whose damage must not hide one another: keeps the first trouble in *first,
 * ends later ones, and hands on only what ends everything (CANCELLED, NOMEM). */
struct err *walk_note(struct err **first, struct err *e) MUST_USE;
/* The error that fn left, and stopped the walk with, comes before what the walk returned; *inner becomes NULL. */
struct err *walk_first_error(struct err **inner, struct err *walk) MUST_USE;

struct err *walk_list(const struct arch_memory *m, uint64_t head, size_t max, kernel_node_fn *fn, void *arg) MUST_USE;
struct err *walk_hlist(const struct arch_memory *m, uint64_t head, size_t max, kernel_node_fn *fn, void *arg) MUST_USE;
struct err *walk_rbtree(const struct arch_memory *m, uint64_t root, size_t max, kernel_node_fn *fn, void *arg) MUST_USE;
struct err *walk_xarray(const struct arch_memory *m, const struct xarray_layout *l, uint64_t xa, size_t max,
			kernel_entry_fn *fn, void *arg) MUST_USE;
struct err *walk_maple(const struct arch_memory *m, const struct maple_layout *l, uint64_t tree, size_t max,
		       kernel_range_fn *fn, void *arg) MUST_USE;

#endif
