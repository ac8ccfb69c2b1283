/* SPDX-License-Identifier: MIT */
/*
 * Membrane: memory of running processes that is write-protected by userfaultfds
 * until it was saved. Who writes to a page that was not saved yet waits, for
 * microseconds, until a thread of ours has copied the page's surroundings and
 * lifted their protection; all else is saved meanwhile, in order. At the end
 * nothing is protected any more, and the copies are in stores.
 *
 * Three threads, and what each may wait for:
 *	the handler	answers faults. Urgent. It waits for no disk: what it copies
 *			goes into a pool that was locked into memory before.
 *	the caller	(membrane_drain) empties the pool into the stores, and saves the rest.
 *	the watchdog	when the handler gets on no more (a read hangs, the pool stays full),
 *			the userfaultfds are closed: the processes go on, the snapshot is lost.
 * Our death closes them too.
 *
 * One lock, whose holder inherits the handler's urgency, is around each step:
 * read, look, lift, note. Why no page is ever saved wrong:
 *  - Own memory of a process. Its page is read, and after that its page table entry
 *    still says "protected": then nobody has written to it since the pause, as only
 *    we lift protection, and only together with noting that the page is saved.
 *    What was unmapped, given back (MADV_DONTNEED) or mapped anew is not protected: lost.
 *    What mremap() moved keeps its protection, and its new place could be taken for
 *    another's: but the kernel refuses to lift protection (EAGAIN) from the moment of the
 *    move until we have read the event that tells of it, and then the copy counts for nothing.
 *    /proc/PID/mem and pagemap stay those of the same memory when another program is executed.
 *  - Shared memory. It is read through its file; each of its mappings in the set was
 *    protected in the pause, those of children that are forked meanwhile inherit it
 *    (and we their userfaultfd, while fork() waits). So nobody writes to a page
 *    through a mapping unless we lifted its protection there, after saving. Pages that are
 *    removed (MADV_REMOVE) are told before; zeros found there later prove nothing: lost.
 *    Writes through open descriptors are seen by nobody: see capture/engine_membrane.c.
 */
#ifndef OSM_CAPTURE_MEMBRANE_H
#define OSM_CAPTURE_MEMBRANE_H

#include "capture/cover.h"
#include "capture/store.h"
#include "capture/task.h"
#include <stdbool.h>
#include <sys/types.h>

struct membrane;
struct membrane_member;	/* a process whose memory it is */

enum { MEMBRANE_MOST_PAGE = 2 << 20 };	/* larger pages are not for it */

/* Before the pause. UNSUPPORTED: this kernel cannot, or we may not, and why. */
struct err *membrane_probe(void) MUST_USE;
/* Whether a process of this user may make a userfaultfd for us. */
struct err *membrane_permitted(uint32_t euid) MUST_USE;
struct err *membrane_create(struct membrane **ret) MUST_USE;
/* Takes the userfaultfd over. `shares`: it will show shared memory. */
struct err *membrane_add(struct membrane *b, pid_t mm, int uffd, bool shares, struct membrane_member **ret) MUST_USE;

/* In the pause. Own memory, registered, to be protected; copies go to `store` by their addresses. */
struct err *membrane_protect(struct membrane_member *m, uint64_t start, uint64_t end, uint64_t page, struct store *store) MUST_USE;
/* A part of a file, read through `fd`; copies go to `store`, at `key` + offset. */
struct err *membrane_share(struct membrane *b, int fd, uint64_t start, uint64_t end, uint64_t page, struct store *store,
			   uint64_t key) MUST_USE;
/* A mapping, registered, of that file from `offset` on: what is shared of it is protected there. */
struct err *membrane_show(struct membrane_member *m, int fd, uint64_t start, uint64_t end, uint64_t offset) MUST_USE;
/* Saves the page now, and lifts its protection there: for what the kernel writes without asking. */
struct err *membrane_open_page(struct membrane_member *m, uint64_t address) MUST_USE;
/* The same for threads that may end before all is saved: membrane_threads.c. Their registers are known. */
struct err *membrane_open_threads(struct membrane_member *m, pid_t mm, const struct tasks *tasks) MUST_USE;
/* Copies what stands still; as store_copy, but it waits for the disk only when the pool is full. */
struct err *membrane_copy(struct membrane *b, pid_t pid, uint64_t start, uint64_t end, struct store *store) MUST_USE;
/* 0 or errno */
int membrane_register(struct membrane_member *m, uint64_t start, uint64_t end);

/* After it, until all is saved. `settle` is called every so often. */
typedef void membrane_settle_fn(void *arg);
struct err *membrane_drain(struct membrane *b, membrane_settle_fn *settle, void *arg) MUST_USE;
/* Its own memory was gone before all was saved. */
bool membrane_ended(const struct membrane_member *m);
/* Shared mappings were moved or duplicated meanwhile, so that writes may have escaped. */
bool membrane_escaped(const struct membrane *b);
/* The end of all protection; what the processes do is their own business again. Accepts NULL; may be called twice. */
void membrane_lift(struct membrane *b);
/* What became of each page, in runs, added to the touched and the unreadable ones of its store. */
struct err *membrane_tell(const struct membrane *b) MUST_USE;
void membrane_destroy(struct membrane *b); /* accepts NULL */

#endif
