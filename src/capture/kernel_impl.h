/* SPDX-License-Identifier: MIT */
/* What kernel*.c share. */
#ifndef OSM_CAPTURE_KERNEL_IMPL_H
#define OSM_CAPTURE_KERNEL_IMPL_H

#include "capture/json_write.h"
#include "capture/kernel.h"

struct kernel_source {
	/* Bytes of physical memory within one range; false: not to be had. From several threads. */
	bool (*read)(struct kernel_snapshot *s, uint64_t physical, uint8_t *buf, size_t len);
	/* NULL, or: when all was read. Ranges (physical) that changed meanwhile. */
	struct err *(*again)(struct kernel_snapshot *s, struct arena *a, struct kernel_range **ret, size_t *ret_n);
	void (*close)(struct kernel_snapshot *s);
};

struct err *kernel_module_take(const struct kernel_options *options, struct kernel_snapshot *s) MUST_USE;
struct err *kernel_kcore_open(struct kernel_snapshot *s) MUST_USE;
/* Sets vmcoreinfo, which does not change while the kernel runs, as far as it can be had. */
void kernel_kcore_vmcoreinfo(struct kernel_snapshot *s);

/* Joins it with the last one where they touch. */
struct err *kernel_add_range(struct kernel_snapshot *s, uint64_t start, uint64_t end, bool live) MUST_USE;
/* An ELF note's content of VMCOREINFO, `data` is borrowed; NULL: it is none. */
const char *kernel_vmcoreinfo(const uint8_t *data, size_t size, size_t *ret_size);

/* kernel_record.c: the member "kernel" of our record */
void kernel_write_record(const void *snapshot, struct json_write *j);

#endif
