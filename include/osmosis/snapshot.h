/* SPDX-License-Identifier: MIT */
/*
 * libosmosis, snapshots: one instant of a running Linux process, kept while the
 * process lives on. It is walked and read in place, opened like any dump, or
 * written to a file; no step needs the one before it.
 *
 *	struct osm_snapshot *s;
 *	struct osm_error *error = osm_snapshot_take(pid, NULL, &s);
 *	if (error) ...
 *	struct osm_dump *dump;
 *	error = osm_snapshot_open(s, NULL, &dump);	// stacks, symbols, commands: osmosis.h
 *	...
 *	struct osm_write_options to = { .struct_size = sizeof(to), .path = "core.1234" };
 *	error = osm_snapshot_write(s, &to, NULL);
 *	osm_close(dump);
 *	osm_snapshot_free(s);
 *
 * Other processes: what osmodump snap may do, this may (ptrace and kernel.yama.ptrace_scope
 * decide), with the same care for the process: docs/capture.md. The calling program itself:
 * osm_snapshot_self(). Several processes in one pause: osm_snapshot_set_take().
 *
 * x86-64 Linux, for programs of 64 and of 32 bits.
 *
 * Threads: any thread may take snapshots, also several at once, and different
 * snapshots do not know of each other. One snapshot may be used by several
 * threads at a time, but for osm_snapshot_free, which comes last. An osm_dump
 * opened over it is for one thread at a time, as all are. Not for signal handlers.
 *
 * Ownership: a snapshot owns the strings and bytes it hands out: they are good
 * until osm_snapshot_free. A dump opened over it keeps what it needs itself.
 *
 * Costs while it is held: pages that the process writes to meanwhile are copied
 * (engine clone); a sleeping clone of the process, which nobody's wait() finds;
 * and a thread of ours, in the calling process. After fork() the child must not
 * use its parent's snapshots.
 *
 * Structures: the caller sets struct_size to sizeof its own, and zeroes the
 * rest of those it fills in: 0 is the default everywhere. A struct_size
 * that no version ever had is OSM_USAGE; so are fields this version does not
 * know that are not 0. Addresses are those of the process; times are
 * nanoseconds, sizes bytes.
 */
#ifndef OSMOSIS_SNAPSHOT_H
#define OSMOSIS_SNAPSHOT_H

#include <osmosis/osmosis.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- taking ------------------------------------------------------------------ */

struct osm_snapshot;

enum osm_snapshot_flag {
	OSM_SNAPSHOT_FILTER = 1 << 0,		/* `filter` is meant */
	OSM_SNAPSHOT_ALL_MEMORY = 1 << 1,	/* whatever coredump_filter and MADV_DONTDUMP say */
	OSM_SNAPSHOT_ENVIRONMENT = 1 << 2,	/* environment variables go into dumps: they often hold secrets */
};

struct osm_snapshot_options {
	size_t struct_size;		/* set by the caller */
	const char *engine;		/* "clone", "precopy", "membrane", "stop"; NULL or "auto": chosen */
	uint64_t budget_ns;		/* of the pause, for what a clone does not keep; 0: 50 ms */
	uint32_t flags;			/* enum osm_snapshot_flag */
	uint32_t filter;		/* bits of /proc/PID/coredump_filter, core(5); else those of the process */
	const char *tmpdir;		/* for engines precopy and membrane; NULL: TMPDIR, or /var/tmp */
	/* Classes of memory, ',' between, as osmodump snap --include and --exclude have them ("heap,stack");
	 * they are stronger than filter and flags. NULL: none. */
	const char *include, *exclude;
};

/*
 * The process runs again when this returns, but for the engine "stop", which holds it until
 * osm_snapshot_free. `options` may be NULL. OSM_NOTFOUND: no such process, or it ended;
 * OSM_UNSUPPORTED: it may not be traced, is traced already, or the engine does not
 * serve, and why; OSM_OS. After a failure nothing is left in the process. The
 * caller's own pid is osm_snapshot_self().
 */
OSM_API struct osm_error *osm_snapshot_take(int pid, const struct osm_snapshot_options *options,
					    struct osm_snapshot **ret) OSM_MUST_USE;
/*
 * Of the calling process: all its threads with their registers, the caller's as it waits in
 * here. A helper process that shares the memory does it (docs/capture.md, "From within a
 * program"). Only the engine "clone" serves. While the snapshot is held the process has two
 * children that wait(), waitpid(-1) and SIGCHLD do not tell of (waiting for any with __WALL or
 * __WCLONE would: do not), and a thread "osm-snapshot", which is in the snapshot too.
 */
OSM_API struct osm_error *osm_snapshot_self(const struct osm_snapshot_options *options,
					    struct osm_snapshot **ret) OSM_MUST_USE;
/* Lets go of all that it holds, in the process too. Dumps opened over it live on. Accepts NULL. */
OSM_API void osm_snapshot_free(struct osm_snapshot *s);

/* --- what was reached ---------------------------------------------------------- */

enum osm_consistency {
	OSM_CONSISTENCY_UNKNOWN,
	OSM_INSTANTANEOUS,	/* as if the process had been stopped and read */
	OSM_QUASI_INSTANTANEOUS, /* somebody outside (the kernel, a process that shares memory) may have written meanwhile */
	OSM_SMEARED,		/* parts were, or are, read while the process runs */
};

struct osm_snapshot_info {
	size_t struct_size;		/* set by the caller */
	int pid;
	const char *name;		/* of the process, as the kernel has it */
	const char *engine, *engine_reason;
	enum osm_consistency consistency;
	const char *consistency_reason;	/* "" for OSM_INSTANTANEOUS */
	uint64_t time_ns;		/* of the pause, since 1970 UTC */
	uint64_t pause_ns;		/* first thread stopped to last one resumed; 0: it stands still yet */
	/* parts of the pause: stopping, reading registers, cloning, copying what a clone does not keep, resuming */
	uint64_t interrupt_ns, registers_ns, clone_ns, copy_ns, release_ns;
	size_t threads, mappings;
	unsigned pointer_size;		/* 8, or 4 of a 32-bit program */
	bool stopped;			/* until osm_snapshot_free: engine "stop" */
};
OSM_API struct osm_error *osm_snapshot_info(const struct osm_snapshot *s, struct osm_snapshot_info *ret) OSM_MUST_USE;
/* OSM_NOTFOUND when what is read from has ended (a clone killed for want of memory, a stopped process
 * that was killed): what was read since is not to be trusted. */
OSM_API struct osm_error *osm_snapshot_check(const struct osm_snapshot *s) OSM_MUST_USE;

/* --- threads --------------------------------------------------------------------- */

enum osm_registers_from {
	OSM_REGISTERS_ALL = 1,		/* read from the stopped thread */
	OSM_REGISTERS_SYSCALL,		/* it slept where nothing wakes it: rip, rsp, orig_rax, the six arguments */
};

/* Of the interrupted instruction; in a system call, of its return, with orig_rax its number.
 * 32-bit programs use the low halves. */
struct osm_registers {
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rip, eflags, orig_rax;	/* orig_rax: UINT64_MAX outside of system calls */
	uint64_t cs, ss, ds, es, fs, gs, fs_base, gs_base;
};

struct osm_snapshot_thread {
	size_t struct_size;		/* set by the caller */
	uint32_t tid;
	const char *name;		/* "" when it came too late to be asked */
	char state;			/* before the pause, as in proc(5): R S D T ...; '?' not known */
	enum osm_registers_from from;
	uint64_t ip, sp;
	uint64_t tls;			/* thread control block; 0: none */
	uint64_t signal_mask;		/* bit 0: signal 1 */
	const char *wait_channel;	/* kernel function it slept in; "" */
	struct osm_registers registers;
	/* pr_reg of NT_PRSTATUS (27 words of 8 bytes; 17 of 4 of a 32-bit program), as in a core */
	const void *prstatus_registers;
	size_t prstatus_registers_size;
	/* NT_X86_XSTATE: XSAVE area in the standard format, FXSAVE first; 0 bytes: not known */
	const void *xsave;
	size_t xsave_size;
};
/* From 0 to osm_snapshot_info.threads, the order in which a core has them: the first thread first. */
OSM_API struct osm_error *osm_snapshot_thread(const struct osm_snapshot *s, size_t index,
					      struct osm_snapshot_thread *ret) OSM_MUST_USE;

/* --- memory ------------------------------------------------------------------------ */

enum osm_protection { OSM_READ = 4, OSM_WRITE = 2, OSM_EXECUTE = 1 };

/* What osm_snapshot_read returns of a mapping. */
enum osm_memory_class {
	OSM_MEMORY_SNAPSHOT = 1,	/* of the instant: kept by the clone, or tracked */
	OSM_MEMORY_PAUSE,		/* of the instant: copied while the process stood still */
	OSM_MEMORY_LIVE,		/* read while the process runs */
};

/* What a full dump has of it. */
enum osm_dump_content {
	OSM_CONTENT_NONE,		/* `left_out` says why */
	OSM_CONTENT_HEADER,		/* the first page, where it is an ELF header */
	OSM_CONTENT_WHOLE,
};

struct osm_mapping {
	size_t struct_size;		/* set by the caller */
	uint64_t start, end;
	uint32_t protection;		/* enum osm_protection */
	bool shared;
	bool deleted;			/* the file has no name any more */
	const char *path;		/* file, "[heap]", "[stack]", "[vdso]" ...; "" when none */
	uint64_t offset;		/* in the file */
	uint64_t inode;			/* 0: no file */
	uint32_t dev_major, dev_minor;
	enum osm_memory_class memory_class;
	enum osm_dump_content content;
	const char *left_out;
};
/* From 0 to osm_snapshot_info.mappings, by address. */
OSM_API struct osm_error *osm_snapshot_mapping(const struct osm_snapshot *s, size_t index,
					       struct osm_mapping *ret) OSM_MUST_USE;
/* The mapping that holds the address; OSM_NOTFOUND. */
OSM_API struct osm_error *osm_snapshot_mapping_at(const struct osm_snapshot *s, uint64_t address,
						  struct osm_mapping *ret) OSM_MUST_USE;
/*
 * Copies up to `size` bytes to `buf` and returns how many came, from the front: less than `size`
 * where the next byte cannot be read (no mapping, a guard page, a device). Nothing behind those
 * is written to buf. Memory that a dump leaves out can be read as well (precopy: that is all it has).
 */
OSM_API size_t osm_snapshot_read(const struct osm_snapshot *s, uint64_t address, void *buf, size_t size);

/* --- as a dump ------------------------------------------------------------------------ */

/*
 * An osm_dump without a file: what osm_snapshot_write would write is read from the snapshot
 * when somebody asks for it. May be opened several times. Of memory that the filter leaves
 * out there is nothing in it, as in the file.
 */
OSM_API struct osm_error *osm_snapshot_open(struct osm_snapshot *s, const struct osm_options *options,
					    struct osm_dump **ret) OSM_MUST_USE;

enum osm_packing { OSM_PACK_NONE, OSM_PACK_ZSTD, OSM_PACK_LZ4 };

enum osm_write_flag {
	OSM_WRITE_MINI = 1 << 0,	/* stacks, registers, what they point to, what readers need to find modules */
	OSM_WRITE_REPLACE = 1 << 1,	/* an existing file; else that is an error */
	OSM_WRITE_KEEP_PARTIAL = 1 << 2, /* when it fails: what is there, whole in itself, as PATH.partial */
};

/* From the calling thread, some times a second; total may be 0. false ends the call with OSM_CANCELLED. */
typedef bool osm_progress_fn(void *arg, uint64_t done, uint64_t total);

struct osm_write_options {
	size_t struct_size;		/* set by the caller */
	const char *path;		/* "-": standard output */
	enum osm_packing packing;	/* zstd: seekable, opened in place */
	int level;			/* of the packing; 0: its default */
	uint32_t flags;			/* enum osm_write_flag */
	unsigned threads;		/* 0: processors, at most 8 */
	uint64_t limit_rate;		/* bytes a second that reach the file; 0: none */
	const char *comment;		/* the user's words, kept in the dump */
	osm_progress_fn *progress;
	void *progress_arg;
};

struct osm_write_result {
	size_t struct_size;		/* set by the caller */
	uint64_t size;			/* of the file, holes counted */
	uint64_t written;		/* bytes that reached it */
	uint64_t unreadable;		/* bytes of memory that could not be read: listed in the dump, zero in it */
	uint64_t nanoseconds;
	bool partial;			/* the call failed, and PATH.partial was kept */
};

/*
 * An ELF core that gdb, lldb and osmodump open. It appears under its name when it is whole, with
 * mode 0600. OSM_OS: disk full and the like; OSM_CANCELLED; OSM_NOTFOUND: osm_snapshot_check. `result` may be
 * NULL; it is filled in on failure too.
 */
OSM_API struct osm_error *osm_snapshot_write(struct osm_snapshot *s, const struct osm_write_options *options,
					     struct osm_write_result *result) OSM_MUST_USE;

/* --- several processes in one pause ------------------------------------------------------ */

/*
 * A set: all threads of all its processes stand still before the first is captured, and none
 * goes on before the last one is. Its members are snapshots like others, but belong to the set:
 *
 *	struct osm_set_choice who = { .struct_size = sizeof(who), .kind = OSM_SET_TREE, .root = pid };
 *	struct osm_snapshot_set *set;
 *	struct osm_error *error = osm_snapshot_set_take(&who, NULL, &set);
 *	...
 *	for (size_t i = 0; i < info.members; i++)
 *		look_at(osm_snapshot_set_member(set, i));
 *	error = osm_snapshot_set_write(set, &to, NULL);	// to.path is a folder
 *	osm_snapshot_set_free(set);
 */
struct osm_snapshot_set;

enum osm_set_kind {
	OSM_SET_LIST = 1,	/* processes that are named */
	OSM_SET_TREE,		/* one and its descendants */
	OSM_SET_CGROUP,		/* of a cgroup of version 2 and those below it */
};

/* Who is in it. Children that are forked while a tree or cgroup is being stopped are, too; who ends before is not. */
struct osm_set_choice {
	size_t struct_size;		/* set by the caller */
	enum osm_set_kind kind;
	int root;			/* OSM_SET_TREE; OSM_SET_CGROUP: that of this process, when `cgroup` is NULL */
	const int *pids;		/* OSM_SET_LIST: each once */
	size_t pid_count;
	const char *cgroup;		/* OSM_SET_CGROUP: its folder, "/sys/fs/cgroup/..." */
};

/*
 * As osm_snapshot_take, with one engine and one budget for all. When a member cannot be taken,
 * none is, and the message names it. The calling process is never a member; named in a list it
 * is OSM_USAGE.
 */
OSM_API struct osm_error *osm_snapshot_set_take(const struct osm_set_choice *choice,
						const struct osm_snapshot_options *options,
						struct osm_snapshot_set **ret) OSM_MUST_USE;
/* Lets go of all members. Dumps opened over them live on, and keep what they need. Accepts NULL. */
OSM_API void osm_snapshot_set_free(struct osm_snapshot_set *set);

struct osm_snapshot_set_info {
	size_t struct_size;		/* set by the caller */
	enum osm_set_kind kind;
	int root;			/* of OSM_SET_TREE, else 0 */
	const char *cgroup;		/* folder of OSM_SET_CGROUP, else "" */
	size_t members;
	size_t late;			/* of them: appeared while the others were being stopped */
	const char *engine, *engine_reason;
	enum osm_consistency consistency; /* of the weakest member */
	uint64_t time_ns;		/* of the pause, since 1970 UTC */
	uint64_t pause_ns;		/* first thread stopped to last one resumed, over all; 0: they stand still yet */
	uint64_t skew_ns;		/* first thread asked to stop to last one that stood still, over all */
	bool stopped;			/* until osm_snapshot_set_free: engine "stop" */
};
OSM_API struct osm_error *osm_snapshot_set_info(const struct osm_snapshot_set *set,
						struct osm_snapshot_set_info *ret) OSM_MUST_USE;
/* From 0 to osm_snapshot_set_info.members, parents before their children; NULL beyond. Good until
 * osm_snapshot_set_free; osm_snapshot_free does nothing to it. */
OSM_API struct osm_snapshot *osm_snapshot_set_member(const struct osm_snapshot_set *set, size_t index);

struct osm_set_write_result {
	size_t struct_size;		/* set by the caller */
	const char *manifest;		/* its path, until the set is written again or freed; NULL: failed */
	size_t files;			/* dumps that are there */
	uint64_t size, written;		/* sums over them, as in osm_write_result */
	uint64_t unreadable;
	uint64_t nanoseconds;
};

/*
 * A dump of each member, and last the manifest that opens all as one system. options->path is a
 * folder, or a name with {pid} in it; names are those of osmodump snap --set. The other options
 * are of each dump; progress is told of one after the other. When something fails, nothing is
 * kept (OSM_WRITE_KEEP_PARTIAL: what is there).
 */
OSM_API struct osm_error *osm_snapshot_set_write(struct osm_snapshot_set *set, const struct osm_write_options *options,
						 struct osm_set_write_result *result) OSM_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
