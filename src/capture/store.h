/* SPDX-License-Identifier: MIT */
/*
 * Store: copies of a process's memory by address, in a nameless file on disk.
 * Pages may be written again; at the end it is told which of them hold
 * anything, all others read as zero.
 */
#ifndef OSM_CAPTURE_STORE_H
#define OSM_CAPTURE_STORE_H

#include "base/err.h"
#include "base/vec.h"
#include "capture/direct.h"
#include "capture/remote.h"
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct store_region {	/* addresses that have a place in the file */
	uint64_t start, end, at;
};

struct store_run {
	uint64_t start, end;
};

struct store {
	int fd;			/* -1: none */
	struct direct *direct;	/* past the page cache */
	bool in_pause;		/* somebody waits, who must not wait for the disk */
	uint64_t size;
	VEC(struct store_region) regions;	/* by address, apart */
	VEC(struct store_run) touched;		/* by address, joined */
	VEC(struct store_run) unreadable;	/* in no order */
	uint8_t *buffer;
	struct remote from;	/* the process that was copied from last */
};

enum { STORE_STEP = 1 << 20 };

/* folder NULL: $TMPDIR or /var/tmp */
struct err *store_open(const char *folder, struct store *ret) MUST_USE;
/* Gives [start, end) places where it has none. Not for the pause. */
struct err *store_reserve(struct store *s, uint64_t start, uint64_t end) MUST_USE;
/* Copies from the process; what cannot be read is noted. *ret_bytes grows by what came. */
struct err *store_copy(struct store *s, pid_t pid, uint64_t start, uint64_t end, uint64_t *ret_bytes) MUST_USE;
/* Bytes that were copied otherwise. NOTFOUND: no place was reserved; OS: the disk is full. */
struct err *store_put(struct store *s, uint64_t address, const uint8_t *buf, size_t size) MUST_USE;
/* In order of addresses. False: no room was kept for so many (store_expect). */
bool store_touch(struct store *s, uint64_t start, uint64_t end);
struct err *store_expect(struct store *s, size_t runs) MUST_USE;
/* From here on it is written to through the page cache: nobody waits for the disk then. */
void store_begin_pause(struct store *s);
/* Sorts runs, and joins them; how many are left. */
size_t store_join(struct store_run *v, size_t n);
/* Runs may have been touched in any order before that. */
void store_order(struct store *s);
/* Marks pages as such that cannot be read. False: no room was kept for so many. */
bool store_refuse(struct store *s, uint64_t start, uint64_t end);
/* The touched runs within [start, end), in order. */
typedef struct err *store_run_fn(void *arg, uint64_t start, uint64_t end);
struct err *store_runs(const struct store *s, uint64_t start, uint64_t end, store_run_fn *each, void *arg) MUST_USE;
/* As snapshot_read. */
size_t store_read(const struct store *s, uint64_t address, void *buf, size_t size);
void store_close(struct store *s);

#endif
