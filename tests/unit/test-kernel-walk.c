/* SPDX-License-Identifier: MIT */
/* The kernel's lists and trees, in memory made here: whole, torn, in a ring, and with bytes of chance. */
#include "os/linux/kernel/walk.h"
#include "unit/test.h"

#include <stdlib.h>

enum { WORDS = 8192, BASE = 0x100000, FOUND = 512 };

static uint64_t words[WORDS];

static size_t read_words(void *arg, uint64_t address, void *buf, size_t len)
{
	size_t size = sizeof(words);

	(void)arg;
	if (address < BASE || address - BASE >= size)
		return 0;
	if (len > size - (address - BASE))
		len = size - (address - BASE);
	memcpy(buf, (const uint8_t *)words + (address - BASE), len);
	return len;
}

static const struct arch_memory memory = { read_words, NULL };

struct found {
	size_t n, stop_at;
	uint64_t start[FOUND], last[FOUND], entry[FOUND];
};

static bool add(struct found *f, uint64_t start, uint64_t last, uint64_t entry)
{
	if (f->n < FOUND) {
		f->start[f->n] = start;
		f->last[f->n] = last;
		f->entry[f->n] = entry;
	}
	f->n++;
	return f->n != f->stop_at;
}

static bool on_node(void *arg, uint64_t node)
{
	return add(arg, 0, 0, node);
}

static bool on_entry(void *arg, uint64_t index, uint64_t entry)
{
	return add(arg, index, index, entry);
}

static bool on_range(void *arg, uint64_t start, uint64_t last, uint64_t entry)
{
	return add(arg, start, last, entry);
}

static uint64_t at(size_t word)
{
	return BASE + word * 8;
}

static void clear(void)
{
	memset(words, 0, sizeof(words));
}

/* A ring of n nodes: the head at word 0, node i at word 8 * i. */
static void make_list(size_t n)
{
	clear();
	for (size_t i = 0; i <= n; i++) {
		words[8 * i] = at(8 * ((i + 1) % (n + 1)));
		words[8 * i + 1] = at(8 * ((i + n) % (n + 1)));
	}
}

TEST(list_is_walked_in_order)
{
	struct found f = { 0 };

	make_list(5);
	EXPECT_OK(walk_list(&memory, at(0), 5, on_node, &f));
	EXPECT_EQ(f.n, 5);
	for (size_t i = 0; i < 5; i++)
		EXPECT_EQ(f.entry[i], at(8 * (i + 1)));
	f = (struct found){ .stop_at = 2 };
	EXPECT_OK(walk_list(&memory, at(0), 5, on_node, &f));
	EXPECT_EQ(f.n, 2);
	f = (struct found){ 0 };
	make_list(0);
	EXPECT_OK(walk_list(&memory, at(0), 5, on_node, &f));
	EXPECT_EQ(f.n, 0);
}

TEST(list_says_where_it_is_torn)
{
	struct found f = { 0 };
	struct err *e;

	make_list(5);
	words[8 * 3] = at(8 * 2); /* a ring without the head */
	e = walk_list(&memory, at(0), 1000, on_node, &f);
	EXPECT(e && err_code(e) == ERR_CORRUPT);
	EXPECT_STR(err_message(e), "list at 0x100000 is torn: 0x1000c0 goes on to 0x100080, which says that "
				   "0x100040 is before it");
	err_free(e);
	EXPECT_EQ(f.n, 3);
	f = (struct found){ 0 };
	make_list(5);
	EXPECT_ERR(walk_list(&memory, at(0), 4, on_node, &f), ERR_CORRUPT);
	EXPECT_EQ(f.n, 4);
	make_list(5);
	words[8 * 4] = 0xdead000000000100;
	EXPECT_ERR(walk_list(&memory, at(0), 10, on_node, &f), ERR_FAULT);
	clear();
	EXPECT_ERR(walk_list(&memory, at(0), 10, on_node, &f), ERR_FAULT);
}

TEST(hash_chain)
{
	struct found f = { 0 };

	clear();
	words[0] = at(8);
	words[8] = at(16), words[9] = at(0);
	words[16] = 0, words[17] = at(8);
	EXPECT_OK(walk_hlist(&memory, at(0), 10, on_node, &f));
	EXPECT_EQ(f.n, 2);
	EXPECT_EQ(f.entry[1], at(16));
	words[16] = at(8);
	EXPECT_ERR(walk_hlist(&memory, at(0), 10, on_node, &f), ERR_CORRUPT);
	words[16] = 0;
	EXPECT_ERR(walk_hlist(&memory, at(0), 1, on_node, &f), ERR_CORRUPT);
	words[0] = 0;
	f.n = 0;
	EXPECT_OK(walk_hlist(&memory, at(0), 10, on_node, &f));
	EXPECT_EQ(f.n, 0);
}

/* A tree of the numbers [low, high): node i at word 8 * (i + 1). */
static uint64_t make_tree(size_t low, size_t high, uint64_t parent)
{
	size_t middle = (low + high) / 2, word = 8 * (middle + 1);

	if (low == high)
		return 0;
	words[word] = parent | (middle & 1);
	words[word + 1] = make_tree(middle + 1, high, at(word));
	words[word + 2] = make_tree(low, middle, at(word));
	return at(word);
}

TEST(rbtree_is_walked_in_order)
{
	struct found f = { 0 };

	clear();
	words[0] = make_tree(0, 100, 0);
	EXPECT_OK(walk_rbtree(&memory, at(0), 100, on_node, &f));
	EXPECT_EQ(f.n, 100);
	for (size_t i = 0; i < 100; i++)
		EXPECT_EQ(f.entry[i], at(8 * (i + 1)));
	words[0] = 0;
	f.n = 0;
	EXPECT_OK(walk_rbtree(&memory, at(0), 100, on_node, &f));
	EXPECT_EQ(f.n, 0);
}

TEST(rbtree_damage_is_told)
{
	struct found f = { 0 };
	uint64_t root;

	clear();
	root = words[0] = make_tree(0, 100, 0);
	words[8 * 100 + 1] = root; /* round to the top */
	EXPECT_ERR(walk_rbtree(&memory, at(0), 1000, on_node, &f), ERR_CORRUPT);
	words[8 * 100 + 1] = at(8 * 50);
	EXPECT_ERR(walk_rbtree(&memory, at(0), 1000, on_node, &f), ERR_CORRUPT);
	words[8 * 100 + 1] = 0;
	EXPECT_ERR(walk_rbtree(&memory, at(0), 99, on_node, &f), ERR_CORRUPT);
	words[8 * 52] = at(8 * 52); /* its own parent, and child on both sides */
	words[8 * 52 + 1] = words[8 * 52 + 2] = at(8 * 52);
	EXPECT_ERR(walk_rbtree(&memory, at(0), 1000, on_node, &f), ERR_CORRUPT);
}

/* xa_head at word 1; nodes of 64 slots from word 8 on: shift, parent, slots. */
static const struct xarray_layout xa_layout = { .head = 8, .shift = 0, .parent = 8, .slots = 16, .n_slots = 64 };

TEST(xarray_entries)
{
	struct found f = { 0 };

	clear();
	words[1] = 0x1000;
	EXPECT_OK(walk_xarray(&memory, &xa_layout, at(0), 10, on_entry, &f));
	EXPECT_EQ(f.n, 1);
	EXPECT_EQ(f.start[0], 0);
	words[1] = at(8) | 2;
	words[8] = 6;
	words[8 + 2 + 3] = at(128) | 2;
	words[8 + 2 + 63] = 0x7; /* a value at 63 << 6 */
	words[128] = 0, words[129] = at(8);
	words[128 + 2 + 5] = 0x2000;
	words[128 + 2 + 6] = 5 << 2 | 2; /* its sibling */
	f.n = 0;
	EXPECT_OK(walk_xarray(&memory, &xa_layout, at(0), 10, on_entry, &f));
	EXPECT_EQ(f.n, 2);
	EXPECT_EQ(f.start[0], 3 * 64 + 5);
	EXPECT_EQ(f.entry[0], 0x2000);
	EXPECT_EQ(f.start[1], 63 * 64);
	EXPECT_EQ(f.entry[1], 7);
}

TEST(xarray_damage_is_told)
{
	struct found f = { 0 };

	clear();
	words[1] = at(8) | 2;
	words[8] = 6;
	words[8 + 2] = at(128) | 2;
	words[128] = 0, words[129] = at(8);
	EXPECT_OK(walk_xarray(&memory, &xa_layout, at(0), 10, on_entry, &f));
	words[8 + 2 + 1] = at(128) | 2;
	EXPECT_ERR(walk_xarray(&memory, &xa_layout, at(0), 10, on_entry, &f), ERR_CORRUPT);
	words[8 + 2 + 1] = at(8) | 2;
	EXPECT_ERR(walk_xarray(&memory, &xa_layout, at(0), 10, on_entry, &f), ERR_CORRUPT);
	words[8 + 2 + 1] = 0;
	words[128] = 6; /* no smaller than the one above */
	EXPECT_ERR(walk_xarray(&memory, &xa_layout, at(0), 10, on_entry, &f), ERR_CORRUPT);
	words[128] = 0;
	words[130] = 0x1000;
	words[131] = 0x1000;
	EXPECT_ERR(walk_xarray(&memory, &xa_layout, at(0), 1, on_entry, &f), ERR_CORRUPT);
	words[1] = 0xffff0000 | 2;
	EXPECT_ERR(walk_xarray(&memory, &xa_layout, at(0), 1, on_entry, &f), ERR_FAULT);
}

static const struct maple_layout maple_layout = {
	.root = 8, .dense_slot = 8, .n_dense = 31, .range = { 8, 128, 16 }, .arange = { 8, 80, 10 },
};
enum { KIND_DENSE, KIND_LEAF, KIND_RANGE, KIND_ARANGE, LINK = 4, TOP = 2 };

/* Node i lies at word 32 * (i + 1). */
static uint64_t *node(size_t i)
{
	return &words[32 * (i + 1)];
}

static uint64_t node_word(size_t i, uint64_t kind)
{
	return at(32 * (i + 1)) | kind << 3 | LINK;
}

/* An arange root with a leaf up to 0x7fff and another behind it. */
static void make_maple(void)
{
	clear();
	words[1] = node_word(0, KIND_ARANGE) | TOP;
	node(0)[0] = at(0) | 1;
	node(0)[1] = 0x7fff;
	node(0)[10] = node_word(1, KIND_LEAF);
	node(0)[11] = node_word(2, KIND_LEAF);
	node(0)[12] = 0xbad0; /* left over: behind the last */
	node(1)[0] = at(32) | 0 << 3 | 6;
	node(1)[1] = 0xfff, node(1)[2] = 0x2fff, node(1)[3] = 0x7fff;
	node(1)[17] = 0x111000;
	node(1)[19] = 2;
	node(2)[0] = at(32) | 1 << 3 | 6;
	node(2)[1] = 0x8fff;
	node(2)[16] = 0x222000, node(2)[17] = 0x333000;
	node(2)[31] = 1; /* how many: not an entry */
}

TEST(maple_ranges)
{
	struct found f = { 0 };

	make_maple();
	EXPECT_OK(walk_maple(&memory, &maple_layout, at(0), 10, on_range, &f));
	EXPECT_EQ(f.n, 3);
	EXPECT_EQ(f.start[0], 0x1000);
	EXPECT_EQ(f.last[0], 0x2fff);
	EXPECT_EQ(f.entry[0], 0x111000);
	EXPECT_EQ(f.start[1], 0x8000);
	EXPECT_EQ(f.last[1], 0x8fff);
	EXPECT_EQ(f.entry[1], 0x222000);
	EXPECT_EQ(f.start[2], 0x9000);
	EXPECT_EQ(f.last[2], UINT64_MAX);
	EXPECT_EQ(f.entry[2], 0x333000);
	f = (struct found){ .stop_at = 1 };
	EXPECT_OK(walk_maple(&memory, &maple_layout, at(0), 10, on_range, &f));
	EXPECT_EQ(f.n, 1);
}

TEST(maple_single_entry_full_and_dense_nodes)
{
	struct found f = { 0 };

	clear();
	words[1] = 0x5000;
	EXPECT_OK(walk_maple(&memory, &maple_layout, at(0), 10, on_range, &f));
	EXPECT_EQ(f.n, 1);
	EXPECT_EQ(f.last[0], 0);
	words[1] = node_word(0, KIND_LEAF) | TOP;
	node(0)[0] = at(0) | 1;
	for (size_t i = 0; i < 16; i++) {
		node(0)[1 + i] = i; /* the last one is slot 0 */
		node(0)[16 + i] = 0x1000 * (i + 1);
	}
	f.n = 0;
	EXPECT_OK(walk_maple(&memory, &maple_layout, at(0), 16, on_range, &f));
	EXPECT_EQ(f.n, 16);
	EXPECT_EQ(f.start[15], 15);
	EXPECT_EQ(f.last[15], UINT64_MAX);
	EXPECT_EQ(f.last[0], 0);
	EXPECT_ERR(walk_maple(&memory, &maple_layout, at(0), 15, on_range, &f), ERR_CORRUPT);
	make_maple();
	node(0)[10] = node_word(1, KIND_DENSE);
	memset(node(1) + 1, 0, 31 * 8);
	node(1)[1 + 7] = 0x777000;
	f.n = 0;
	EXPECT_OK(walk_maple(&memory, &maple_layout, at(0), 16, on_range, &f));
	EXPECT_EQ(f.n, 3);
	EXPECT_EQ(f.start[0], 7);
	EXPECT_EQ(f.last[0], 7);
	EXPECT_EQ(f.entry[0], 0x777000);
}

TEST(maple_damage_is_told)
{
	struct found f = { 0 };

	make_maple();
	node(1)[2] = 0x9000; /* beyond its parent's range */
	EXPECT_ERR(walk_maple(&memory, &maple_layout, at(0), 10, on_range, &f), ERR_CORRUPT);
	make_maple();
	node(1)[2] = 0x800; /* backwards */
	EXPECT_ERR(walk_maple(&memory, &maple_layout, at(0), 10, on_range, &f), ERR_CORRUPT);
	make_maple();
	node(2)[0] = at(64) | 6;
	EXPECT_ERR(walk_maple(&memory, &maple_layout, at(0), 10, on_range, &f), ERR_CORRUPT);
	make_maple();
	node(0)[11] = node(0)[10];
	EXPECT_ERR(walk_maple(&memory, &maple_layout, at(0), 10, on_range, &f), ERR_CORRUPT);
	make_maple();
	node(0)[11] = node_word(0, KIND_ARANGE);
	EXPECT_ERR(walk_maple(&memory, &maple_layout, at(0), 10, on_range, &f), ERR_CORRUPT);
	make_maple();
	node(0)[11] = node_word(2, 9);
	EXPECT_ERR(walk_maple(&memory, &maple_layout, at(0), 10, on_range, &f), ERR_CORRUPT);
	make_maple();
	node(0)[11] = 0xffffff00 | LINK | KIND_LEAF << 3;
	EXPECT_ERR(walk_maple(&memory, &maple_layout, at(0), 10, on_range, &f), ERR_FAULT);
	make_maple();
	node(0)[0] = at(0);
	EXPECT_ERR(walk_maple(&memory, &maple_layout, at(0), 10, on_range, &f), ERR_CORRUPT);
}

/* Words of chance that often point into the memory: each walk ends. */
TEST(chance_ends)
{
	struct found f = { 0 };
	uint64_t seed = 12345;

	for (unsigned round = 0; round < 2000; round++) {
		for (size_t i = 0; i < 1024; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			words[i] = seed >> 60 ? at((seed >> 33) % 1024 & ~(uint64_t)31) | (seed >> 20 & 0x1f) : seed >> 50;
		}
		err_ignore(walk_list(&memory, at(0), 1000, on_node, &f));
		err_ignore(walk_hlist(&memory, at(0), 1000, on_node, &f));
		err_ignore(walk_rbtree(&memory, at(0), 1000, on_node, &f));
		err_ignore(walk_xarray(&memory, &xa_layout, at(0), 1000, on_entry, &f));
		err_ignore(walk_maple(&memory, &maple_layout, at(0), 1000, on_range, &f));
	}
	EXPECT(f.n < 2000u * 5000u);
}

TESTS(list_is_walked_in_order, list_says_where_it_is_torn, hash_chain, rbtree_is_walked_in_order,
      rbtree_damage_is_told, xarray_entries, xarray_damage_is_told, maple_ranges,
      maple_single_entry_full_and_dense_nodes, maple_damage_is_told, chance_ends)
