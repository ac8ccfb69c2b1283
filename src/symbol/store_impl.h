/* SPDX-License-Identifier: MIT */
/* Inside of the symbol store: for the files store*.c only. */
#ifndef OSM_SYMBOL_STORE_IMPL_H
#define OSM_SYMBOL_STORE_IMPL_H

#include "base/map.h"
#include "base/vec.h"
#include "symbol/store.h"

struct kernel_tree;

struct symbol_store {
	struct arena arena;		/* options, places, keys of the maps */
	struct symbol_place *places;
	size_t n_places;
	struct symbol_place *images;	/* --image-path */
	size_t n_images;
	const char *sysroot;
	struct symbol_store_options o;
	struct strmap refused;		/* URL -> why it is not asked again */
	struct strmap servers_down;	/* base URL -> why */
	void *curl;			/* one handle, made at the first download */
	VEC(struct kernel_tree *) trees; /* store_kernel.c; owned */
};

/* One search. */
struct search {
	struct symbol_store *s;
	const struct symbol_request *r;
	struct arena *a;
	const char *name;		/* base name, checked */
	const char *key;		/* "" none */
	VEC(struct symbol_attempt) attempts;
	struct symbol_search found;
};

/* Records an attempt; strings are copied. */
struct err *search_note(struct search *q, const char *where, const char *rule, enum symbol_outcome o,
			const char *why) MUST_USE;
/* A file that is there: checks its identity, records the outcome, and sets
 * q->found.path when it is the one. */
struct err *search_try(struct search *q, const char *path, const char *rule) MUST_USE;

/* --- file names ---------------------------------------------------------------------- */
/* A name from a dump may become part of a path: no separators, no "..". */
bool store_safe_name(const char *name);
/* Appends the entry of `dir` called `name`, no case, to `dir`: the path of an
 * existing file or folder. false: there is none. */
bool store_find_entry(const char *dir, const char *name, struct strbuf *ret);
/* Several levels; each is safe or the answer is false. */
bool store_find_path(const char *dir, const char *const *names, size_t n, struct strbuf *ret);
bool store_is_file(const char *path);
bool store_is_folder(const char *path);
/* Makes a folder and those above it, 0700. */
struct err *store_make_folder(const char *path) MUST_USE;
/* "foo.pdb" -> "foo.pd_" */
bool store_packed_name(const char *name, char *buf, size_t size);
/* The .sym file's name: "foo.pdb" -> "foo.sym", others get ".sym" behind. */
void store_sym_name(const char *name, struct strbuf *sb);

/* --- identity --------------------------------------------------------------------------- */
/* NULL: the file is what was asked for. NOTFOUND: another one, both identities
 * in the message. UNSUPPORTED: compressed. *ret_verified: there was something
 * to compare. */
struct err *store_check(const char *path, const struct symbol_request *r, enum symbol_file_type *ret_type,
			bool *ret_verified) MUST_USE;
/* Breakpad's id of the request: GUID and age, for ELF made of the build id. "" none. */
struct err *store_breakpad_id(const struct symbol_request *r, struct strbuf *sb) MUST_USE;

/* --- a kernel's debug files ---------------------------------------------------------------- */
/* Looks in `dir`; `given`: the user named it, which may be the file itself. */
struct err *store_probe_kernel(struct search *q, const char *dir, bool given) MUST_USE;
void store_kernel_end(struct symbol_store *s);

/* --- downloading -------------------------------------------------------------------------- */
/* base/name/key/file into folder/name/key/file, by a temporary file that is
 * checked and renamed. Records the attempt. *ret_path: "" when not had. */
struct err *store_download(struct search *q, const char *base, const char *folder, const char *key,
			   const char *file) MUST_USE;
void store_download_end(struct symbol_store *s);

#endif
