/* SPDX-License-Identifier: MIT */
/*
 * Which pages of a range hold anything: runs of equal kind, from PAGEMAP_SCAN
 * (Linux 6.7, Documentation/admin-guide/mm/pagemap.rst), else from
 * /proc/PID/pagemap itself.
 *
 * These are the process's own page tables. A page without a run reads as zeros
 * only in private anonymous memory: behind a mapped file, and behind shared or
 * hugetlb memory that other processes fill, there may be contents that this
 * process has not touched yet (shared memory that was swapped out looks so too).
 */
#ifndef OSM_CAPTURE_PAGEMAP_H
#define OSM_CAPTURE_PAGEMAP_H

#include "base/cleanup.h"
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum page_kind {
	PAGE_TOUCHED = 1 << 0,	/* present or swapped out: has contents of its own or of its file */
	PAGE_FILE = 1 << 1,	/* of a file or shared memory */
	PAGE_SWAPPED = 1 << 2,
	PAGE_ZERO = 1 << 3,	/* the kernel's zero page; only by scan */
	PAGE_GUARD = 1 << 4,	/* MADV_GUARD_INSTALL: cannot be read (6.15; elsewhere such pages look swapped). Alone */
	PAGE_HUGE = 1 << 5,	/* mapped by a huge page; only by scan */
	PAGE_WRITTEN = 1 << 6,	/* since it was last protected; only where writes are tracked */
};

struct page_run {
	uint64_t start, end;
	uint32_t kind;		/* enum page_kind; where not said otherwise, PAGE_TOUCHED or PAGE_GUARD is among them */
};

struct pagemap;

/* NOTFOUND when there is no such process. */
struct err *pagemap_open(pid_t pid, struct pagemap **ret) MUST_USE;
void pagemap_close(struct pagemap *p);
DEFINE_CLEANUP_PTR(struct pagemap, pagemap_close)
/* Runs of [start, end) in order, neighbours of equal kind joined; each goes to `each`. May be called from
 * several threads. Whole pages: start is rounded down, end up. NOTFOUND when the process has ended; one
 * that ends during the call may yield runs that are already incomplete, so who walks a whole process asks
 * at the end whether it still lives. */
typedef struct err *page_run_fn(void *arg, const struct page_run *run);
struct err *pagemap_runs(struct pagemap *p, uint64_t start, uint64_t end, page_run_fn *each, void *arg) MUST_USE;
/* The same without PAGE_FILE, PAGE_ZERO and PAGE_HUGE where the kernel finds the others faster. */
struct err *pagemap_present(struct pagemap *p, uint64_t start, uint64_t end, page_run_fn *each, void *arg) MUST_USE;
/* Of each page whether it is write-protected by a userfaultfd (Linux 5.13). */
struct err *pagemap_protected(struct pagemap *p, uint64_t start, uint64_t end, bool *ret) MUST_USE;
/* NOTFOUND when the process has ended. */
struct err *pagemap_check(const struct pagemap *p) MUST_USE;

/*
 * Where writes are tracked (capture/track.h; elsewhere UNSUPPORTED): the pages written since the last such call,
 * which are protected anew before they are told. `all`: all pages are told, PAGE_WRITTEN and PAGE_FILE among their
 * kinds, and where there are none, runs without a kind. Those are protected too, which takes the process a page
 * table: they look swapped out until they are written to, and written when they were and then were given back.
 * An UNSUPPORTED for a part of the range may have swallowed pages before it: all of it has to be tracked anew.
 */
struct err *pagemap_written(struct pagemap *p, uint64_t start, uint64_t end, bool all, page_run_fn *each,
			    void *arg) MUST_USE;
/* ... all pages and gaps as with `all`, without protecting any; 16 ms a GB ... */
struct err *pagemap_state(struct pagemap *p, uint64_t start, uint64_t end, page_run_fn *each, void *arg) MUST_USE;
/*
 * ... and all that is not present and unwritten, 1 ms a GB: pages that were written, swapped out, or guarded, and runs
 * without a kind where there is nothing (any more). What is between the runs is as it was. Says nothing of a process
 * that has ended: pagemap_check.
 */
struct err *pagemap_changes(struct pagemap *p, uint64_t start, uint64_t end, page_run_fn *each, void *arg) MUST_USE;
/*
 * By the plain file, where the kernel has soft-dirty marks: one word for each page of [start, end), to be compared
 * later; `marks` starts as zeros.
 */
struct err *pagemap_soft_marks(struct pagemap *p, uint64_t start, uint64_t end, uint64_t *marks) MUST_USE;
/*
 * All pages: written are those that are soft-dirty or not those they were (`marks` of this range; NULL: it had none).
 * Runs without a kind, or of PAGE_WRITTEN alone, where there is nothing. 15 ms a GB, and 1 of addresses without pages.
 */
struct err *pagemap_soft_changes(struct pagemap *p, uint64_t start, uint64_t end, const uint64_t *marks,
				 page_run_fn *each, void *arg) MUST_USE;
/* Whether the page at the address, just mapped and written, has all that it takes: the kernel's and our rights. */
bool pagemap_has_soft_marks(const struct pagemap *p, uint64_t address);
/* Whether the kernel has PAGEMAP_SCAN (tests try both ways). */
bool pagemap_can_scan(const struct pagemap *p);
void pagemap_force_plain(struct pagemap *p); /* for tests */

#endif
