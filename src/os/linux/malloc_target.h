/* SPDX-License-Identifier: MIT */
/* The memory of a process as malloc's walk and the search for leaks need it; for the
 * files src/os/linux/malloc*.c only. */
#ifndef OSM_OS_LINUX_MALLOC_TARGET_H
#define OSM_OS_LINUX_MALLOC_TARGET_H

#include "base/vec.h"
#include "os/linux/malloc.h"

struct reach_spans {
	struct reach_span *v;
	size_t n, cap;
};

struct malloc_stack {
	uint64_t sp, tp;		/* stack and thread pointer of a thread; tp 0: not known */
};

struct malloc_memory {
	struct reach_spans data;	/* writable memory of modules, libc's first */
	struct reach_spans constant;	/* data of modules that is read-only: what relocation made
					   so may point to blocks */
	struct reach_spans writable;	/* other writable memory, by address */
	struct reach_spans tls;		/* one for each thread, empty where not known */
	VEC(struct malloc_stack) stacks;
	uint64_t arguments;		/* address among the program's arguments; 0: not known */
};

struct err *malloc_memory_init(struct target *t, struct malloc_memory *ret) MUST_USE;
void malloc_memory_deinit(struct malloc_memory *m);
/* Where the part of the span begins that is in use, where it is a stack; else its start. */
uint64_t malloc_stack_start(const struct malloc_memory *m, const struct reach_span *s);

#endif
