/* SPDX-License-Identifier: MIT */
/* What block.c and block_request.c share. */
#ifndef OSM_OS_LINUX_KERNEL_BLOCK_IMPL_H
#define OSM_OS_LINUX_KERNEL_BLOCK_IMPL_H

#include "base/vec.h"
#include "os/linux/kernel/block.h"
#include "os/linux/kernel/place.h"
#include "target/kernel.h"

enum { MAX_DISK_STATS = 1024 };

struct block_reader {
	struct target *t;
	struct arena *a;
	VEC(struct kernel_block) devices;
	VEC(struct kernel_request) requests;
	struct err *trouble;	/* the first; NULL: none */
};

/* Of all disks, in any order. A queue that cannot be walked becomes the trouble. */
struct err *block_read_requests(struct block_reader *r) MUST_USE;

#endif
