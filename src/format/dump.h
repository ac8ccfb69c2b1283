/* SPDX-License-Identifier: MIT */
/*
 * Dump: a container opened over a source.
 *
 * It knows the facts that the container states (kind, machine, OS, times,
 * trigger), where each byte of memory lies in the file, and the records the
 * container lists: threads, modules, handles, regions ... as they are written
 * there. It knows nothing of processes: what the records mean, and what must
 * be read out of the memory itself, is the target's business (src/target).
 *
 * Opening reads headers only. Each list is parsed when first asked for and
 * then kept: arrays and strings belong to the dump and live as long as it.
 * A list that the container does not have is empty, not an error. A list
 * that is damaged yields what could be read, and a soft error (dump_defects)
 * that says what is missing; only when nothing can be made of it, an error.
 *
 * Strings are valid UTF-8. Times: Unix seconds; durations: 100 ns units.
 * Presence of optional facts is told by `has` bits, never by a magic value.
 */
#ifndef OSM_FORMAT_DUMP_H
#define OSM_FORMAT_DUMP_H

#include "base/cleanup.h"
#include "base/err.h"
#include "base/machine.h"
#include "base/source.h"
#include "format/snapshot.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dump;

enum dump_kind {
	DUMP_MINIDUMP,	/* Windows MDMP, Breakpad, Crashpad */
	DUMP_USERDUMP,	/* Windows USERDUMP / USERDU64 full user dump */
	DUMP_ELFCORE,
	DUMP_KDUMP,	/* makedumpfile's and QEMU's compressed kernel dumps */
	DUMP_LIME,	/* LiME, AVML */
	DUMP_QEMU,	/* a migration stream of QEMU's */
	DUMP_RAW,	/* physical memory and nothing else */
};

enum dump_fact {
	FACT_OS_VERSION = 1 << 0,	/* os_major.os_minor.os_build */
	FACT_DUMP_TIME = 1 << 1,
	FACT_PID = 1 << 2,
	FACT_PROCESS_TIMES = 1 << 3,	/* create, user, kernel */
	FACT_CPUS = 1 << 4,
	FACT_UPTIME = 1 << 5,
	FACT_PPID = 1 << 6,
	FACT_TIMEZONE = 1 << 7,
	FACT_INTEGRITY = 1 << 8,
	FACT_PROTECTED = 1 << 9,
	FACT_WRITER_TID = 1 << 10,
	FACT_REQUESTING_TID = 1 << 11,
};

struct dump_facts {
	enum dump_kind kind;
	const char *format;		/* "minidump", "userdump", "elfcore": row name */
	const char *title;		/* WinDbg's words: "User Mini Dump File with Full Memory: Only application data is available" */
	enum machine machine;		/* of the dumped program as the container has it */
	enum dump_os os;
	bool big_endian;
	bool whole_system;		/* of a machine: memory is physical (dump_physical), threads are its processors */
	unsigned pointer_size;
	unsigned has;			/* enum dump_fact */

	uint32_t os_major, os_minor, os_build;
	const char *os_text;		/* service pack, uname, "macOS 10.14": "" when none */
	uint32_t os_platform_id, os_product_type, os_suite_mask; /* Windows SystemInfo */
	const char *build_string, *debug_build_string; /* MiscInfo4; "" when none */
	uint32_t cpu_count;
	const char *cpu_text;		/* vendor / brand: "" when none */
	uint32_t cpu_family, cpu_model_stepping;

	uint64_t dump_time;		/* Unix seconds */
	uint64_t uptime;		/* of the system, 100 ns */
	uint32_t pid, ppid;
	uint64_t process_create_time;	/* Unix seconds */
	uint64_t process_user_time, process_kernel_time; /* 100 ns */
	const char *process_name;	/* image or comm: "" when not stated */
	const char *command_line;	/* PRPSINFO psargs, Breakpad cmdline: "" */
	int32_t timezone_bias;		/* minutes, UTC = local + bias */
	uint32_t timezone_id;
	const char *timezone_name;
	uint32_t integrity_level, execute_flags, protected_process;
	uint64_t flags;			/* MINIDUMP_TYPE or format's own */
	uint32_t writer_tid;		/* thread that wrote the dump */
	uint32_t requesting_tid;	/* thread that asked for it: of interest without an exception */
	const char *writer;		/* tool that wrote it where it says so, or "" */
	const char *stripped;		/* tool that took out all but what stacks need: zeros may have been data; or "" */
};

/* Memory present in the file (or known to be absent: file_size 0). */
struct dump_segment {
	uint64_t address;
	uint64_t size;			/* in memory */
	uint64_t file_size;		/* leading bytes that are in the file, <= size */
	uint64_t offset;		/* in the file */
	uint32_t prot;			/* PROT_* bits below */
	bool prot_known;
	bool zero;			/* file_size is 0 and the memory known to be zero: never touched */
	bool continued;			/* of one mapping with the segment before, which ends where this begins */
};
enum { DUMP_PROT_R = 4, DUMP_PROT_W = 2, DUMP_PROT_X = 1 };

/* A piece of the file; size 0: absent. */
struct dump_piece {
	uint64_t offset, size;
};

enum dump_thread_has {
	THREAD_HAS_SUSPEND = 1 << 0,	/* suspend_count */
	THREAD_HAS_PRIORITY = 1 << 1,	/* priority_class, priority */
	THREAD_HAS_TEB = 1 << 2,
	THREAD_HAS_STACK = 1 << 3,	/* stack_base .. + stack_size: memory saved */
	THREAD_HAS_TIMES = 1 << 4,	/* create, exit, user, kernel */
	THREAD_HAS_START = 1 << 5,	/* start_address */
	THREAD_HAS_AFFINITY = 1 << 6,
	THREAD_HAS_SIGNAL = 1 << 7,	/* cursig, sigpend, sighold (PRSTATUS) */
	THREAD_HAS_CPU_TIMES = 1 << 8,	/* user_time, kernel_time only (PRSTATUS) */
	THREAD_HAS_DUMP_ERROR = 1 << 9,	/* dump_error: the writer could not read it */
};

/* What a snapshot saw of a Linux thread from outside. Strings are "" when not known. */
struct dump_thread_live {
	char state;			/* R S D T t Z X I, 0: not known */
	const char *wchan;		/* kernel function it waits in */
	const char **kernel_stack;	/* innermost first */
	size_t n_kernel_stack;
	const char *policy;		/* "other", "fifo" ... */
	int32_t priority, nice;		/* as in /proc/PID/stat */
	uint32_t cpu;			/* last ran on */
	uint64_t voluntary_switches, involuntary_switches;
	uint64_t user_ticks, system_ticks, start_ticks;
	bool has_syscall, has_syscall_args;
	int64_t syscall;		/* number; -1: waits outside of a call */
	uint64_t syscall_args[6], syscall_sp, syscall_pc;
	const char *registers;		/* how they were had: "ptrace", "/proc syscall (partial)" */
};

struct dump_thread {
	uint32_t tid;
	unsigned has;
	enum context_layout layout;
	struct dump_piece context;	/* general registers */
	struct dump_piece fpregs;	/* ELF NT_FPREGSET, when apart */
	struct dump_piece xstate;	/* ELF NT_X86_XSTATE; or CONTEXT_EX tail */
	struct dump_piece siginfo;	/* ELF NT_SIGINFO of this thread */
	struct dump_piece tls;		/* ELF NT_ARM_TLS, NT_386_TLS ... */
	struct dump_piece pac_mask;	/* ELF NT_ARM_PAC_MASK: data mask, insn mask (u64) */
	uint32_t suspend_count;
	uint32_t priority_class, priority;
	uint64_t teb;
	uint64_t stack_base, stack_size;
	uint64_t create_time, exit_time; /* Unix seconds, 0: not */
	uint64_t user_time, kernel_time; /* 100 ns */
	uint64_t start_address;
	uint64_t affinity;
	uint32_t dump_flags, dump_error, exit_status;
	uint32_t cursig;
	uint64_t sigpend, sighold;
	const char *name;		/* "" when none */
	const struct dump_thread_live *live; /* NULL: not a snapshot */
};

enum codeview_kind {
	CODEVIEW_NONE,
	CODEVIEW_RSDS,		/* PDB 7: guid + age */
	CODEVIEW_NB10,		/* PDB 2: timestamp + age */
	CODEVIEW_EMBEDDED,	/* NB09, NB11: debug data inside the image */
	CODEVIEW_ELF,		/* BpEL: build_id */
	CODEVIEW_OTHER,
};

struct dump_codeview {
	enum codeview_kind kind;
	uint8_t guid[16];	/* as in the file (little-endian fields) */
	uint32_t timestamp, age;
	const char *pdb_path;	/* "" when none */
	uint8_t build_id[64];
	size_t build_id_size;
};

struct dump_version {	/* VS_FIXEDFILEINFO; all zero: absent */
	bool present;
	uint32_t file_ms, file_ls, product_ms, product_ls;
	uint32_t flags, os, type, subtype;
};

struct dump_module {
	uint64_t base, size;
	uint32_t checksum, timestamp;
	const char *path;		/* as stored */
	struct dump_codeview codeview;
	struct dump_version version;
	struct dump_piece codeview_record, misc_record;
};

struct dump_unloaded {
	uint64_t base, size;
	uint32_t checksum, timestamp;
	const char *name;
};

struct dump_handle {
	uint64_t handle;
	const char *type, *name;	/* "" when none */
	uint32_t attributes, granted_access, handle_count, pointer_count;
	struct dump_handle_info {
		uint32_t type;		/* MINIDUMP_HANDLE_OBJECT_INFORMATION_TYPE */
		struct dump_piece data;
	} *info;
	size_t n_info;
	/* Linux: `handle` is the descriptor, `name` the file, `attributes` O_* */
	bool is_descriptor;
	const char *detail;		/* of a socket: "tcp 127.0.0.1:80 LISTEN"; NULL, "": none */
	uint32_t locked_by;		/* of a file: process that has a lock on it; 0: none, not known */
	uint64_t peer;			/* of a Unix socket: inode of the one it is connected with; 0: not known */
	uint64_t position;
};

/* MemoryInfoList; Windows numbers. Also made from /proc maps streams. */
struct dump_region {
	uint64_t base, size;
	uint64_t allocation_base;
	uint32_t allocation_protect, state, protect, type;
	const char *path;		/* maps streams: file; "" else */
	uint64_t file_offset;
};

/* ELF NT_FILE, or the maps stream of Linux minidumps */
struct dump_file_mapping {
	uint64_t start, end;
	uint64_t file_offset;		/* bytes */
	const char *path;
};

/*
 * ELF cores: the signal that ended the process. code si_signo, flags si_errno,
 * parameters[0] si_code, [1] si_addr of a fault (also `address`) or si_pid,
 * [2] si_uid ...: docs/formats/elfcore.md. No parameters: no siginfo saved.
 */
struct dump_exception {
	uint32_t tid;
	uint32_t code, flags;
	uint64_t nested_record;		/* address */
	uint64_t address;
	uint32_t n_parameters;
	uint64_t parameters[15];
	enum context_layout layout;
	struct dump_piece context;	/* may differ from the thread's own */
	struct dump_piece xstate;	/* as in dump_thread */
};

/* One stream, note or table of the container, for `info` and `.dumpdebug`. */
struct dump_stream {
	uint32_t type;
	const char *name;		/* "ThreadListStream", "NT_PRSTATUS" */
	const char *owner;		/* ELF note owner "CORE"; "" else */
	struct dump_piece piece;
};

struct dump_auxv {
	uint64_t type, value;
};

struct dump_annotation {	/* Crashpad/Breakpad key=value, comments */
	const char *kind;	/* "comment", "crashpad", "assertion", "lsb-release", "environ", ... */
	const char *key, *value;
};

/* A damage or omission that did not stop us. */
struct dump_defect {
	const char *text;	/* "file: what at offset ...: expected ..., found ..." */
	enum err_code code;	/* ERR_TRUNCATED: the file ends too early; ERR_CORRUPT ... */
};

#define DUMP_LIST(type, name) struct err *dump_##name(struct dump *d, const type **ret, size_t *ret_n) MUST_USE

DUMP_LIST(struct dump_segment, segments);	/* sorted by address, overlaps kept in file order */
/* Physical memory of a machine, sorted, without overlaps; `offset` is in dump_memory(). None in a process's dump. */
DUMP_LIST(struct dump_segment, physical);
DUMP_LIST(struct dump_thread, threads);		/* in file order */
DUMP_LIST(struct dump_module, modules);
DUMP_LIST(struct dump_unloaded, unloaded);
DUMP_LIST(struct dump_handle, handles);
DUMP_LIST(struct dump_region, regions);
DUMP_LIST(struct dump_file_mapping, file_mappings);
DUMP_LIST(struct dump_stream, streams);
DUMP_LIST(struct dump_auxv, auxv);
DUMP_LIST(struct dump_annotation, annotations);

/* Sets *ret NULL when the container states none. */
struct err *dump_exception(struct dump *d, const struct dump_exception **ret) MUST_USE;

/* Sets *ret NULL when the container does not say how it was taken. */
struct err *dump_snapshot(struct dump *d, const struct dump_snapshot **ret) MUST_USE;

/* What was found damaged so far; grows as more is read. Borrowed. */
size_t dump_defects(const struct dump *d, const struct dump_defect **ret);

const struct dump_facts *dump_facts(const struct dump *d);
struct source *dump_source(const struct dump *d);	/* borrowed */
/* What the offsets of dump_physical() are in: the file itself, or a view that unpacks its pages. Borrowed. */
struct source *dump_memory(const struct dump *d);
const char *dump_path(const struct dump *d);		/* as opened, before decompression */
/* Reads a piece (context, note ...) of the file. */
struct err *dump_read_piece(struct dump *d, struct dump_piece piece, void *buf, size_t len) MUST_USE;

struct dump_open_options {
	const char *tmpdir;	/* for unpacking; NULL: $TMPDIR or /var/tmp */
	const char *format;	/* force a row of the list; NULL: by content */
};

/*
 * Opens by content. Compressed files are unwrapped first (format/compress.h).
 * UNSUPPORTED when no format recognises it: the message says what the file
 * looks like and what is understood.
 */
struct err *dump_open(const char *path, const struct dump_open_options *options,
		      struct dump **ret) MUST_USE;
/* Takes ownership of `src`, also on failure. */
struct err *dump_open_source(struct source *src, struct dump **ret) MUST_USE;
struct dump *dump_ref(struct dump *d);
void dump_unref(struct dump *d); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct dump, dump_unref)

#endif
