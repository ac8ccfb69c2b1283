/* SPDX-License-Identifier: MIT */
/*
 * A process inside the dump of a machine, as a dump of its own: what it has mapped
 * is read through its page tables, so that a target over it works like one over a
 * core of the process.
 *
 * Its source has the process's virtual addresses for offsets; register contexts lie
 * beyond all of them. Only memory that is mapped and in the dump counts as there:
 * what was swapped out, never touched or left out by the dump stays a hole, and is
 * counted. A page of a file that the process has not touched is taken from the
 * page cache where the caller finds it there: that is what the process would read.
 */
#ifndef OSM_TARGET_KERNEL_PROCESS_H
#define OSM_TARGET_KERNEL_PROCESS_H

#include "format/dump.h"
#include "format/snapshot.h"
#include "memory/paging.h"
#include "memory/space.h"

enum {
	KERNEL_PROCESS_REGS = 27 * 8,	/* elf_gregset_t */
	KERNEL_PROCESS_REGS_32 = 17 * 4, /* of i386 */
	KERNEL_PROCESS_FPREGS = 512,	/* elf_fpregset_t: FXSAVE */
};

struct kernel_process_range {
	uint64_t start, end;	/* whole pages, by address, apart */
	uint32_t prot;		/* DUMP_PROT_* */
	const char *path;	/* of a file: begins with '/'; else "" or "[heap]" and the like */
	uint64_t offset;	/* in the file */
	bool anonymous;		/* of no file and no device: pages that were never touched read as zeros */
};

struct kernel_process_thread {
	uint32_t tid;
	const char *name;
	bool has_regs, has_fpregs;
	uint64_t user_time, kernel_time;	/* 100 ns */
	uint8_t regs[KERNEL_PROCESS_REGS], fpregs[KERNEL_PROCESS_FPREGS];
	const struct dump_thread_live *live; /* NULL: nothing; lives as long as the kernel's target */
};

/* What is given is copied, but for memory and `live`, which must outlive the dump. */
struct kernel_process {
	const char *label;		/* shown as the dump's path */
	struct paging paging;
	struct space *physical;
	const struct kernel_process_range *ranges;
	size_t n_ranges;
	bool is_32;			/* registers and auxiliary vector are those of i386 */
	const struct kernel_process_thread *threads; /* the first is the current one */
	size_t n_threads;
	const struct dump_auxv *auxv;
	size_t n_auxv;
	const struct dump_handle *handles;	/* open files */
	size_t n_handles;
	uint32_t pid, ppid;
	const char *name, *command_line, *release;
	uint64_t time;			/* of the machine's dump, Unix seconds; 0: not known */
	/* The first page in the page cache of range i at or behind `from` and before `end`; false: none. Asked
	 * for ranges in order, while the dump is made. NULL: no page cache. */
	bool (*cached)(void *arg, size_t i, uint64_t from, uint64_t end, uint64_t *ret_address, uint64_t *ret_physical);
	void *arg;
};

struct kernel_process_figures {	/* bytes */
	uint64_t mapped;	/* all ranges */
	uint64_t in_dump;	/* to be read: by page tables ... */
	uint64_t from_cache;	/* ... and of these from the page cache */
	uint64_t untouched;	/* anonymous memory without a page: zeros */
	uint64_t swapped;	/* not present, and the entry says something: swapped out, or on its way */
	uint64_t missing;	/* present in the process, but not in the dump of the machine */
};

struct err *kernel_process_dump(const struct kernel_process *p, struct dump **ret) MUST_USE;
/* NULL: the dump is none that kernel_process_dump() made. */
const struct kernel_process_figures *kernel_process_figures(const struct dump *d);
/* What the i-th of its segments is: RANGE_PAUSE where its bytes are there. *ret_reason: "" when none. */
enum range_class kernel_process_class(const struct dump *d, size_t i, const char **ret_reason);

#endif
