/* SPDX-License-Identifier: MIT */
/*
 * Symbol store: finds the symbol file or image file that belongs to a module.
 *
 * It is told where to look in the syntax of _NT_SYMBOL_PATH (folders, srv*
 * chains, cache*) and looks there in that order, in the layouts that symbol
 * servers, WinDbg, Breakpad and Linux distributions use. Names match without
 * case. A file whose identity is another one is never returned: it becomes an
 * attempt with both identities in its text. Nothing is downloaded unless the
 * path has a URL; a kernel's debug files never are. docs/formats/symbol-path.md
 */
#ifndef OSM_SYMBOL_STORE_H
#define OSM_SYMBOL_STORE_H

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"

#define SYMBOL_DEFAULT_SERVER "https://msdl.microsoft.com/download/symbols"

/* --- paths ------------------------------------------------------------------------ */

enum symbol_place_kind {
	SYMBOL_PLACE_FOLDER,	/* a plain folder */
	SYMBOL_PLACE_CHAIN,	/* srv*: stores, nearest first; the last may be a URL */
};

struct symbol_place {
	enum symbol_place_kind kind;
	const char *text;		/* as written */
	const char *const *stores;	/* folders or URLs; FOLDER: one */
	size_t n_stores;
	const char *cache;		/* cache* before it, or NULL */
};

/* Everything lives in the arena. Never fails for odd text: what makes no sense
 * is a folder that will not be found. NULL or "": no places. */
struct err *symbol_path_parse(const char *text, struct arena *a, struct symbol_place **ret,
			      size_t *ret_n) MUST_USE;
/* The path with its defaults written out: "cache*;SRV*url" as `.sympath` tells it. */
struct err *symbol_path_expand(const char *text, struct strbuf *sb) MUST_USE;
/* What `.symfix [cache]` sets; cache NULL or "": "srv*". */
struct err *symbol_path_fix(const char *cache, struct strbuf *sb) MUST_USE;
/* ${XDG_CACHE_HOME:-~/.cache}/osmodump/symbols. NOTFOUND: no home. */
struct err *symbol_default_cache(struct strbuf *sb) MUST_USE;
bool symbol_is_url(const char *s);

/* --- requests --------------------------------------------------------------------- */

enum symbol_request_kind {
	SYMBOL_WANT_PDB,	/* or a Breakpad .sym in its place */
	SYMBOL_WANT_IMAGE,	/* PE image */
	SYMBOL_WANT_ELF,	/* ELF image */
	SYMBOL_WANT_ELF_SYM,	/* Breakpad .sym of an ELF module */
	SYMBOL_WANT_KERNEL,	/* ELF file with the debug information of a Linux kernel ("vmlinux") or its module */
};

struct symbol_request {
	enum symbol_request_kind kind;
	const char *name;	/* file name or path as the dump has it */
	const char *image;	/* of a PDB: the image's name, for its extension; may be NULL */
	bool has_guid;		/* PDB */
	uint8_t guid[16];	/* as stored */
	uint32_t age;
	bool has_signature;	/* PDB of an NB10 record */
	uint32_t signature;
	uint32_t timestamp, size_of_image;	/* PE image; 0, 0: not known */
	const char *release;			/* KERNEL: "6.1.0-18-amd64" */
	const uint8_t *build_id;		/* ELF */
	size_t build_id_size;			/* 0: none */
};

/* The store's key: "89284D0C...1", "5C9E09599000", build id; "" not known. */
struct err *symbol_request_key(const struct symbol_request *r, struct strbuf *sb) MUST_USE;
/* Where a server with this base URL has it: for `.symlist`. USAGE: no key, bad name. */
struct err *symbol_request_url(const char *base, const struct symbol_request *r, struct strbuf *sb) MUST_USE;

/* --- searching -------------------------------------------------------------------- */

enum symbol_file_type { SYMBOL_FILE_UNKNOWN, SYMBOL_FILE_PDB, SYMBOL_FILE_PE, SYMBOL_FILE_ELF,
			SYMBOL_FILE_BREAKPAD };

enum symbol_outcome {
	SYMBOL_FOUND,
	SYMBOL_ABSENT,
	SYMBOL_MISMATCH,	/* another identity: both in `why` */
	SYMBOL_COMPRESSED,	/* foo.pd_: there, but packed */
	SYMBOL_UNREADABLE,	/* damaged, no permission ... */
	SYMBOL_FAILED,		/* download: `why` */
	SYMBOL_NOT_ASKED,	/* server that failed before, or said no before */
};

/* "found", "file not found", "mismatched" ...: for `!sym noisy`. */
const char *symbol_outcome_text(enum symbol_outcome o);

struct symbol_attempt {
	const char *where;	/* path or URL */
	const char *rule;	/* "folder", "symbol store", "server", "build id" ... */
	enum symbol_outcome outcome;
	const char *why;	/* "" when the outcome says all */
};

struct symbol_search {
	const char *path;	/* NULL: not found */
	const char *rule;	/* that found it */
	enum symbol_file_type type;
	bool unverified;	/* the request had no identity to compare */
	const struct symbol_attempt *attempts;	/* in order; the last is the finding one */
	size_t n_attempts;
	/* The attempt that tells best why there is none; NULL: nothing was tried. */
	const struct symbol_attempt *trouble;
};

struct symbol_store;

struct symbol_store_options {
	const char *symbol_path;	/* NULL: none */
	const char *image_path;		/* ';' list of folders; NULL: none */
	const char *sysroot;		/* for ELF images: prefix of module paths; NULL: none */
	bool offline;			/* never ask a server */
	unsigned connect_timeout;	/* seconds; 0: 15 */
	unsigned stall_timeout;		/* seconds without a byte; 0: 30 */
	uint64_t max_size;		/* of a download; 0: 4 GB */
};

struct err *symbol_store_create(const struct symbol_store_options *o, struct symbol_store **ret) MUST_USE;
void symbol_store_destroy(struct symbol_store *s); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct symbol_store, symbol_store_destroy)

/* Not finding is no error. CANCELLED, NOMEM. The result lives in the arena. */
struct err *symbol_store_find(struct symbol_store *s, const struct symbol_request *r, struct arena *a,
			      struct symbol_search *ret) MUST_USE;
/* Servers that failed and files they did not have are asked again (`.reload`). */
void symbol_store_retry(struct symbol_store *s);

#endif
