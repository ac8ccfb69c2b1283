/* SPDX-License-Identifier: MIT */
/*
 * libosmosis: open a memory dump, look around in it, run debugger commands.
 * Snapshots of running processes: snapshot.h.
 *
 *	struct osm_dump *dump;
 *	struct osm_error *error = osm_open("core.1234", NULL, &dump);
 *	if (error) {
 *		fprintf(stderr, "%s\n", osm_error_message(error));
 *		osm_error_free(error);
 *		return 1;
 *	}
 *	osm_run(dump, "~*k; !locks", print_line, NULL);
 *	osm_close(dump);
 *
 * Errors: a function that can fail returns NULL for success or an error that
 * the caller owns and frees. Results come through the last pointers and are
 * untouched on failure.
 *
 * Ownership: an osm_dump owns everything it hands out; strings and structures
 * are good until osm_close, those given to a callback until it returns.
 *
 * Absent memory is normal in dumps: osm_read says how many bytes came and does
 * not fail. Addresses are those of the dumped process.
 *
 * Threads: a dump may be used by one thread at a time. Symbol files are looked
 * for where osm_options, _NT_SYMBOL_PATH and the system's debug folders say;
 * nothing is fetched over the network unless the symbol path names a server.
 *
 * Versions: OSM_VERSION_MAJOR changes when something here breaks; fields are
 * only ever added at the end of structures that the library fills in, whose
 * `struct_size` the caller sets to sizeof its own.
 */
#ifndef OSMOSIS_OSMOSIS_H
#define OSMOSIS_OSMOSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OSM_VERSION_MAJOR 0
#define OSM_VERSION_MINOR 1

#define OSM_API __attribute__((visibility("default")))
#define OSM_MUST_USE __attribute__((warn_unused_result))

/* "0.1.0" of the library that is running */
OSM_API const char *osm_version(void);

/* --- errors ----------------------------------------------------------------- */

struct osm_error;

enum osm_error_code {
	OSM_NOMEM = 1,
	OSM_OS,			/* a system call failed */
	OSM_CORRUPT,		/* the file contradicts its format */
	OSM_TRUNCATED,		/* the file ends too early */
	OSM_FAULT,		/* memory that is not in the dump */
	OSM_NOTFOUND,		/* no such thread, symbol, file ... */
	OSM_UNSUPPORTED,
	OSM_USAGE,
	OSM_CANCELLED,
};

OSM_API enum osm_error_code osm_error_code(const struct osm_error *e);
/* One line without a full stop, naming file and offset where there are any. */
OSM_API const char *osm_error_message(const struct osm_error *e);
OSM_API void osm_error_free(struct osm_error *e); /* accepts NULL */

/* Makes running calls end with OSM_CANCELLED, and later ones too until
 * osm_cancel_clear; both are safe in a signal handler. */
OSM_API void osm_cancel(void);
OSM_API void osm_cancel_clear(void);

/* --- opening ----------------------------------------------------------------- */

struct osm_dump;

struct osm_options {
	const char *symbol_path;	/* _NT_SYMBOL_PATH syntax; NULL: the environment's */
	const char *image_path;		/* folders of images, ';' between; NULL: none */
	const char *sysroot;		/* before module paths of Linux cores; NULL: "/" */
	const char *tmpdir;		/* where compressed dumps are unpacked; NULL: TMPDIR */
};

/* Opens by content: minidumps, full user dumps, ELF cores, and these packed
 * with zstd, gzip, xz, lz4 or bzip2. `options` may be NULL. */
OSM_API struct osm_error *osm_open(const char *path, const struct osm_options *options,
				   struct osm_dump **ret) OSM_MUST_USE;
OSM_API void osm_close(struct osm_dump *dump); /* accepts NULL */

struct osm_info {
	size_t struct_size;		/* set by the caller */
	const char *format;		/* "minidump", "userdump", "elfcore" */
	const char *title;		/* one line for people */
	const char *machine;		/* "x64", "x86", "ARM64" ... */
	const char *os;			/* "Windows", "Linux" ... */
	unsigned pointer_size;		/* bytes */
	uint32_t pid;			/* 0: not stated */
	uint64_t dump_time;		/* Unix seconds, 0: not stated */
	const char *process_name;	/* "" when not stated */
	bool has_wow64;			/* a 32-bit process in a 64-bit dump */
};
OSM_API void osm_info(struct osm_dump *dump, struct osm_info *ret);

/* --- threads and modules ------------------------------------------------------ */

struct osm_thread {
	size_t struct_size;		/* set by the caller */
	uint32_t tid;
	const char *name;		/* "" when none */
	uint64_t teb;			/* TEB, or thread pointer on Linux; 0 not known */
	uint64_t ip, sp;		/* 0 when the context is not in the dump */
};
OSM_API size_t osm_thread_count(struct osm_dump *dump);
OSM_API struct osm_error *osm_thread(struct osm_dump *dump, size_t index,
				     struct osm_thread *ret) OSM_MUST_USE;
/* Index of the thread of the exception or signal; SIZE_MAX: none. */
OSM_API size_t osm_event_thread(struct osm_dump *dump);

struct osm_module {
	size_t struct_size;		/* set by the caller */
	uint64_t base, size;
	const char *name;		/* "ntdll" */
	const char *image_name;		/* "ntdll.dll" */
	const char *path;
	uint32_t timestamp, checksum;	/* PE; 0 else */
};
OSM_API size_t osm_module_count(struct osm_dump *dump); /* ordered by base */
OSM_API struct osm_error *osm_module(struct osm_dump *dump, size_t index,
				     struct osm_module *ret) OSM_MUST_USE;

/* --- memory ------------------------------------------------------------------- */

/* Leading bytes of the range that are in the dump (or in image files). */
OSM_API size_t osm_read(struct osm_dump *dump, uint64_t address, void *buf, size_t size);

/* --- symbols and types --------------------------------------------------------- */

struct osm_symbol {
	size_t struct_size;		/* set by the caller */
	const char *module;		/* NULL: the address is in no module */
	const char *name;		/* NULL: no symbol known */
	uint64_t displacement;		/* from the symbol, or from the module's base */
	const char *file;		/* NULL: source not known */
	uint32_t line;
};
OSM_API void osm_symbol_at(struct osm_dump *dump, uint64_t address, struct osm_symbol *ret);
/* "module!name" or "name" */
OSM_API struct osm_error *osm_symbol_address(struct osm_dump *dump, const char *name,
					     uint64_t *ret) OSM_MUST_USE;

struct osm_member {
	const char *name;		/* "" for anonymous members and base classes */
	uint64_t offset, size;		/* bytes */
	unsigned bit_offset, bit_size;	/* bit_size 0: not a bit field */
};
/* false ends the walk */
typedef bool osm_member_fn(void *arg, const struct osm_member *member);
/* "module!type" or "type": its size, and its members through the callback
 * (which may be NULL). */
OSM_API struct osm_error *osm_type(struct osm_dump *dump, const char *name, osm_member_fn *fn,
				   void *arg, uint64_t *ret_size) OSM_MUST_USE;

/* --- stacks --------------------------------------------------------------------- */

enum osm_trust {
	OSM_TRUST_NONE,
	OSM_TRUST_SCAN,			/* a guess: a word that looks like a return address */
	OSM_TRUST_CFI_SCAN,		/* a guess within bounds that symbols set */
	OSM_TRUST_FRAME_POINTER,
	OSM_TRUST_CFI,			/* unwind data */
	OSM_TRUST_CONTEXT,		/* saved registers */
	OSM_TRUST_INLINE,		/* inlined into the next frame that is not */
	OSM_TRUST_FRAME_SIZE,		/* frame size that symbols state; registers not restored */
};

struct osm_frame {
	unsigned index;
	uint64_t ip, sp;
	uint64_t return_address;	/* 0: outermost */
	enum osm_trust trust;
	bool wow64;			/* 32-bit half of the thread */
	const char *module;		/* NULL: in no module */
	const char *function;		/* NULL: no symbol */
	uint64_t displacement;
	const char *file;		/* NULL: source not known */
	uint32_t line;
};
/* false ends the walk */
typedef bool osm_frame_fn(void *arg, const struct osm_frame *frame);
/* The stack of thread `index`, innermost first; for WOW64 the 32-bit half
 * follows the 64-bit one. */
OSM_API struct osm_error *osm_stack(struct osm_dump *dump, size_t index, osm_frame_fn *fn,
				    void *arg) OSM_MUST_USE;

/* --- commands -------------------------------------------------------------------- */

/* One JSON object a call, terminated, without the new line; false ends the run. */
typedef bool osm_record_fn(void *arg, const char *json);
/* Runs a line of debugger commands ("~*k; lm"); state (current thread, aliases)
 * stays with the dump from call to call. */
OSM_API struct osm_error *osm_run(struct osm_dump *dump, const char *commands, osm_record_fn *fn,
				  void *arg) OSM_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
