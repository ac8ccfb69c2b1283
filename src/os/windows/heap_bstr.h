/* SPDX-License-Identifier: MIT */
/*
 * BSTRs in the heaps of a process. SysAllocString puts the number of the text's bytes
 * in front of it (4 bytes; with 64 bits 4 unused ones before them) and a zero
 * character behind it (MSDN, BSTR); what it asks of the heap is rounded up to 16.
 */
#ifndef OSM_OS_WINDOWS_HEAP_BSTR_H
#define OSM_OS_WINDOWS_HEAP_BSTR_H

#include "os/windows/heap.h"

struct bstr {
	uint64_t block;		/* address of the header */
	uint64_t text;
	uint32_t bytes;		/* of the text, without its end */
};

struct bstr_sum {
	uint64_t busy;		/* blocks that are in use */
	uint64_t n, bytes;	/* those that hold a BSTR; their sizes */
	struct bstr first, last;
	struct bstr example;	/* of the length that most have, where one has the majority */
	uint64_t vote;
};

/* Looks at all busy blocks. `check` is called now and then; its error ends the search. */
struct err *bstr_search(struct target *t, const struct nt_heaps *h, struct err *(*check)(void *arg), void *arg,
			struct bstr_sum *ret) MUST_USE;

#endif
