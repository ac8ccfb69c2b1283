/* SPDX-License-Identifier: MIT */
/* Inside of the log's readers: for the files printk*.c only. */
#ifndef OSM_OS_LINUX_KERNEL_PRINTK_IMPL_H
#define OSM_OS_LINUX_KERNEL_PRINTK_IMPL_H

#include "os/linux/kernel/printk.h"

enum { PRINTK_MAX_TEXT = 1 << 16, PRINTK_MAX_HEAD = 1024, PRINTK_CANCEL_EVERY = 256 };

struct printk_walk {
	const struct arch_memory *memory;
	printk_visitor *visit;
	void *arg;
	struct printk_summary sum;
	bool seen;			/* a first record was told */
	char text[PRINTK_MAX_TEXT];
};

/* Hands a record on; false: the visitor wants no more. */
bool printk_tell(struct printk_walk *w, const struct printk_record *r);
void printk_set_caller(struct printk_record *r, const struct place *p, uint32_t caller);
/* A string of at most `size` bytes at a place of the bytes. */
void printk_copy_string(char *to, size_t size, const struct place *p, const uint8_t *bytes, size_t n);

#endif
