/* SPDX-License-Identifier: MIT */
/*
 * Block devices: disks and their partitions, what /proc/diskstats counts of them, and
 * the requests that they have not finished.
 */
#ifndef OSM_OS_LINUX_KERNEL_BLOCK_H
#define OSM_OS_LINUX_KERNEL_BLOCK_H

#include "target/target.h"

enum kernel_disk_group { DISK_READ, DISK_WRITE, DISK_DISCARD, DISK_FLUSH, N_DISK_GROUPS };

struct kernel_disk_figures {
	uint64_t requests[N_DISK_GROUPS], merged[N_DISK_GROUPS], sectors[N_DISK_GROUPS], ns[N_DISK_GROUPS];
	uint64_t busy;		/* ticks for which something was in flight */
};

struct kernel_block {
	uint64_t address;	/* of struct block_device */
	uint64_t disk, queue;	/* of its gendisk and request_queue */
	const char *name;	/* "vda1"; "" not known */
	uint32_t major, minor;
	unsigned partition;	/* number, 0: the whole disk */
	uint64_t start, sectors;/* of 512 bytes */
	uint64_t openers;
	bool listed;		/* in sysfs: neither on its way in nor gone */
	bool by_bio;		/* it has no queue of requests: device mapper, loop's kin ... */
	uint64_t in_flight;	/* as /proc/diskstats counts them */
	bool has_figures;
	struct kernel_disk_figures figures;
};

struct kernel_request {
	uint64_t address;	/* of struct request */
	uint64_t queue;
	uint64_t device;	/* block_device that it is for, a partition perhaps; 0: not known */
	const char *disk;	/* name of the disk */
	const char *operation;	/* "read", "flush"; "?" */
	const char *state;	/* "queued", "in flight", "complete" */
	bool in_flight;
	int64_t tag;		/* below 0: it has none yet */
	uint64_t sector, bytes;
	bool has_age;
	uint64_t age;		/* nanoseconds since it was made */
};

struct kernel_blocks {
	struct kernel_block *devices;	/* by number; partitions behind their disk */
	struct kernel_request *requests;/* the oldest first */
	size_t n_devices, n_requests;
	struct err *trouble;		/* to be freed: the first that could not be walked; NULL: none */
};

/* Into the arena: what could be walked. NOTFOUND, FAULT: not kept as is known here. */
struct err *kernel_blocks_read(struct target *t, struct arena *a, struct kernel_blocks *ret) MUST_USE;

#endif
