/* SPDX-License-Identifier: MIT */
/*
 * The kernel's lists and trees, in memory from the fuzzer, which lies at 0x100000 and begins with the head. The
 * first byte of the input says which walk.
 */
#include "os/linux/kernel/walk.h"

#include <string.h>

enum { BASE = 0x100000, MAX = 4096 };

struct bytes {
	const uint8_t *data;
	size_t size;
	size_t calls;
};

static size_t read_bytes(void *arg, uint64_t address, void *buf, size_t len)
{
	const struct bytes *b = arg;

	if (address < BASE || address - BASE >= b->size)
		return 0;
	if (len > b->size - (address - BASE))
		len = b->size - (address - BASE);
	memcpy(buf, b->data + (address - BASE), len);
	return len;
}

static bool on_node(void *arg, uint64_t node)
{
	(void)node;
	if (++((struct bytes *)arg)->calls > MAX)
		__builtin_trap(); /* the bound does not hold */
	return true;
}

static bool on_entry(void *arg, uint64_t index, uint64_t entry)
{
	(void)index;
	return on_node(arg, entry);
}

static bool on_range(void *arg, uint64_t start, uint64_t last, uint64_t entry)
{
	if (start > last)
		__builtin_trap();
	return on_node(arg, entry);
}

static struct err *walk(unsigned which, const struct arch_memory *m, struct bytes *b)
{
	static const struct xarray_layout xarray = { .head = 8, .shift = 0, .parent = 8, .slots = 16, .n_slots = 16 };
	static const struct maple_layout maple = {
		.root = 8, .dense_slot = 8, .n_dense = 31, .range = { 8, 128, 16 }, .arange = { 8, 80, 10 },
	};

	switch (which % 5) {
	case 0: return walk_list(m, BASE, MAX, on_node, b);
	case 1: return walk_hlist(m, BASE, MAX, on_node, b);
	case 2: return walk_rbtree(m, BASE, MAX, on_node, b);
	case 3: return walk_xarray(m, &xarray, BASE, MAX, on_entry, b);
	default: return walk_maple(m, &maple, BASE, MAX, on_range, b);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { data + 1, size ? size - 1 : 0, 0 };
	const struct arch_memory m = { read_bytes, &b };

	if (size)
		err_free(walk(data[0], &m, &b));
	return 0;
}
