/* SPDX-License-Identifier: MIT */
/*
 * Dumps built from recipes at run time, for unit tests. The recipe language is
 * tests/mkdump/README.md. Without python3 the tests that need it are skipped.
 */
#ifndef OSM_TEST_MKDUMP_H
#define OSM_TEST_MKDUMP_H

#include "base/source.h"
#include "format/dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct built {
	uint8_t *bytes;
	size_t size;
	struct dump *d;
};
#define BUILT_INIT { NULL, 0, NULL }

static inline void built_deinit(struct built *b)
{
	dump_unref(b->d);
	free(b->bytes);
	*b = (struct built)BUILT_INIT;
}

/* The source tree: $OSM_SOURCE_ROOT or a folder above this one. */
static inline const char *source_root(void)
{
	static const char *const guesses[] = { ".", "..", "../..", "../../.." };
	const char *env = getenv("OSM_SOURCE_ROOT");
	char path[64];

	if (env)
		return env;
	for (size_t i = 0; i < ARRAY_SIZE(guesses); i++) {
		(void)snprintf(path, sizeof(path), "%s/tests/mkdump/mkdump", guesses[i]);
		if (access(path, R_OK) == 0)
			return guesses[i];
	}
	return ".";
}

static inline bool have_mkdump(void)
{
	static int known = -1;

	if (known < 0)
		known = system("python3 -S -E -c '' 2>/dev/null") == 0;
	if (!known)
		(void)printf("skipped: no python3 to build dumps with\n");
	return known;
}

static inline bool read_all(FILE *f, struct built *b)
{
	size_t cap = 1 << 16;

	b->bytes = malloc(cap);
	while (b->bytes) {
		size_t n = fread(b->bytes + b->size, 1, cap - b->size, f);
		uint8_t *more;

		b->size += n;
		if (!n)
			return b->size;
		if (b->size < cap)
			continue;
		cap *= 2;
		more = realloc(b->bytes, cap);
		if (!more)
			return false;
		b->bytes = more;
	}
	return false;
}

static inline bool run_mkdump(const char *recipe, struct built *ret)
{
	char command[8400];
	FILE *f;
	bool ok;

	(void)snprintf(command, sizeof(command), "python3 -S -E '%s/tests/mkdump/mkdump' '%s'",
		       source_root(), recipe);
	f = popen(command, "r");
	if (!f)
		return false;
	ok = read_all(f, ret);
	return pclose(f) == 0 && ok;
}

/* The bytes of tests/mkdump/recipes/NAME.recipe. */
static inline bool build_recipe(const char *name, struct built *ret)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/tests/mkdump/recipes/%s.recipe", source_root(), name);
	return run_mkdump(path, ret);
}

/* The bytes of a recipe that the test states itself. */
static inline bool build_text(const char *text, struct built *ret)
{
	char path[] = "/tmp/osm-recipe-XXXXXX";
	int fd = mkstemp(path);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	(void)close(fd);
	ok = ok && run_mkdump(path, ret);
	(void)unlink(path);
	return ok;
}

/* Opens what was built. */
static inline struct err *open_built(struct built *b)
{
	struct source *src = NULL;

	TRY(source_from_memory("built", b->bytes, b->size, &src));
	return dump_open_source(src, &b->d);
}

/* Asks for everything; errors are fine, crashes are not. Returns a count. */
static inline size_t ask_everything(struct dump *d)
{
	const struct dump_exception *x = NULL;
	const struct dump_defect *defects;
	size_t total = 0, n;

#define ASK_(type, list)                                                       \
	do {                                                                   \
		const struct type *v_ = NULL;                                  \
		n = 0;                                                         \
		(void)err_ignore(dump_##list(d, &v_, &n));                     \
		total += n;                                                    \
	} while (0)
	ASK_(dump_segment, segments);
	ASK_(dump_thread, threads);
	ASK_(dump_module, modules);
	ASK_(dump_unloaded, unloaded);
	ASK_(dump_handle, handles);
	ASK_(dump_region, regions);
	ASK_(dump_file_mapping, file_mappings);
	ASK_(dump_stream, streams);
	ASK_(dump_auxv, auxv);
	ASK_(dump_annotation, annotations);
#undef ASK_
	(void)err_ignore(dump_exception(d, &x));
	return total + dump_defects(d, &defects) + (x != NULL);
}

#endif
