/* SPDX-License-Identifier: MIT */
/*
 * A snapshot of the running kernel's memory, and the ELF vmcore that is
 * written of it.
 *
 * With osmosis.ko (kmod/) the memory is of one instant: the module has copied
 * it, and it is drained from there while the system runs. Without it, pages
 * are read from /proc/kcore while the system writes on, and read once more to
 * tell which of them changed: a smeared dump that says so.
 *
 * Facts: kmod/osmosis_uapi.h; proc(5), Documentation/admin-guide/kdump of
 * Linux. docs/kernel-capture.md.
 */
#ifndef OSM_CAPTURE_KERNEL_H
#define OSM_CAPTURE_KERNEL_H

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/vec.h"
#include "capture/sink.h"
#include "format/kdump_write.h"
#include "format/snapshot.h"
#include <sys/types.h>

enum { KERNEL_PAGE = 4096, KERNEL_REGS = 27 };

/* Classes are numbered as in the module; names as the record has them. */
unsigned kernel_class_count(void);
const char *kernel_class_name(unsigned class);
/* "slab,stack", "default" (all of the kernel's own), "all". USAGE. */
struct err *kernel_read_classes(const char *text, uint32_t *ret) MUST_USE;

struct kernel_options {
	uint32_t classes;	/* mask; 0: default */
	uint64_t pause_max_ns;	/* 0: the module's default */
	bool hold;		/* for tests: all CPUs stand still until the longest pause has passed */
	bool no_module;		/* /proc/kcore, even if the module is there */
	const pid_t *processes;	/* whose memory comes before that of others */
	size_t n_processes;
};

struct kernel_figures {
	uint64_t pages, captured, live, changed, fresh; /* changed: bytes that the second pass copied */
	bool wanted, whole;
};

struct kernel_cpu {
	uint32_t cpu;
	int32_t pid;
	uint64_t task, regs[KERNEL_REGS];
	bool displaced, user;
	int32_t displaced_pid;
	char displaced_name[17];
	uint64_t displaced_task, displaced_sp, displaced_ns, user_regs[KERNEL_REGS];
};

struct kernel_process {
	int32_t pid;
	char name[64];
	uint64_t resident, swapped, captured; /* pages */
};

/* Physical; of one state. */
struct kernel_range {
	uint64_t start, end;
	bool live;
};

struct kernel_snapshot {
	const struct kernel_source *source;
	int fd;
	struct arena arena;
	const char *engine, *why, *consistency_why;
	enum consistency consistency;
	const char *partial;	/* why not all was captured; NULL: it was */
	uint64_t page_offset;	/* virtual address of physical 0 */
	uint64_t image_start, image_size, image_physical;
	const char *vmcoreinfo;	/* text; NULL: none */
	size_t vmcoreinfo_size;
	VEC(struct kernel_range) ranges; /* by address, neighbours of one state joined */
	VEC(struct kernel_cpu) cpus;
	VEC(struct kernel_process) processes;
	VEC(struct kernel_figures) classes; /* by number; empty without the module */
	uint64_t time_ns;	/* Unix */
	bool paused;
	uint64_t pause_ns, inside_ns, call_ns, predicted_ns, first_pass_ns, cycles;
	uint64_t compared, changed_pages, changed_bytes, fresh_pages, dropped_pages; /* of the second pass */
	uint64_t reserved, reserve_used; /* pages */
	void *state;		/* the source's */
};

/*
 * Arms the module, captures, and finds out what it has; or opens /proc/kcore.
 * OS, UNSUPPORTED with a sentence that says what refuses; CANCELLED.
 */
struct err *kernel_take(const struct kernel_options *options, struct kernel_snapshot **ret) MUST_USE;
/* The module wipes what it captured. */
void kernel_snapshot_destroy(struct kernel_snapshot *s);
DEFINE_CLEANUP_PTR(struct kernel_snapshot, kernel_snapshot_destroy)

/* What a capture would need, by the module: pages of each class (kernel_class_count() of them), and what there is. */
struct kernel_need {
	VEC(uint64_t) pages;
	uint64_t available, tables; /* pages; bytes */
};
struct err *kernel_count(struct kernel_need *ret) MUST_USE;
static inline void kernel_need_deinit(struct kernel_need *n) { vec_deinit(&n->pages); }

/*
 * Processes whose memory is most likely swapped out: those with the largest part
 * of it in swap, at most `most`. None where nothing is swapped.
 */
struct err *kernel_stale(size_t most, struct kernel_process *ret, size_t *ret_n) MUST_USE;

/*
 * --- the file: an ELF vmcore. Or, apart: what such a file would be, but for the closing record, as a dump to be
 * written in another container, which has the closing record as a note of its own.
 */
struct kernel_image;
struct err *kernel_image_create(struct kernel_snapshot *s, bool apart, struct kernel_image **ret) MUST_USE;
void kernel_image_destroy(struct kernel_image *k);
DEFINE_CLEANUP_PTR(struct kernel_image, kernel_image_destroy)
struct sink_image kernel_image_sink(struct kernel_image *k);
/* The image must outlive the dump; memory is read from several threads. */
struct err *kernel_image_open(struct kernel_image *k, struct dump **ret) MUST_USE;
/* To be filled when all memory was read. */
struct kdump_late_note kernel_image_closing(struct kernel_image *k);
/* After writing: pages that could not be read, and that changed between two readings (/proc/kcore). */
void kernel_image_totals(const struct kernel_image *k, uint64_t *ret_unreadable, uint64_t *ret_changed, uint64_t *ret_changed_ranges);

#endif
