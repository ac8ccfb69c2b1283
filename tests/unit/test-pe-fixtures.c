/* SPDX-License-Identifier: MIT */
/*
 * Real images against other programs: identity and PDB reference of every PE
 * image of the fixture folder against its MANIFEST.tsv, exports and imports
 * against llvm-readobj; images of an installed Wine too. Skips what is absent.
 */
#include "unit/test.h"

#include "base/str.h"
#include "base/vec.h"
#include "symbol/pe.h"

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *fixtures(void)
{
	static const char *const tries[] = { "../shared/fixtures", "../../shared/fixtures",
					     "../../../shared/fixtures" };
	const char *env = getenv("OSMOSIS_FIXTURES");

	if (env)
		return env;
	for (size_t i = 0; i < ARRAY_SIZE(tries); i++)
		if (access(tries[i], R_OK) == 0)
			return tries[i];
	return "../../../shared/fixtures";
}

struct row {
	char *path, *what;
};

static bool parse_row(char *line, struct row *ret)
{
	char *at = line, *end;

	for (unsigned column = 0; column < 6; column++, at = end + 1) {
		end = strpbrk(at, "\t\n");
		if (!end)
			return false;
		*end = '\0';
		if (column == 0)
			ret->path = at;
		if (column == 5)
			ret->what = at;
	}
	return str_starts(ret->what, "PE ") && strstr(ret->what, " ts=");
}

/* What the manifest would say of this image. */
static struct err *describe(struct pe *pe, struct strbuf *sb)
{
	static const uint8_t order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	const struct pe_headers *h = pe_headers(pe);
	struct pe_codeview cv;

	strbuf_addf(sb, "PE %s ts=%08X size=%x", machine_name(h->machine), h->timestamp, h->size_of_image);
	TRY(pe_codeview(pe, &cv));
	strbuf_adds(sb, " RSDS ");
	for (unsigned i = 0; i < 16; i++)
		strbuf_addf(sb, "%02X", cv.guid[order[i]]);
	strbuf_addf(sb, "%X %s", cv.age, cv.path);
	return NULL;
}

TEST(identities_are_those_of_the_manifest)
{
	char path[4200], *line = NULL;
	size_t cap = 0, n = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/MANIFEST.tsv", fixtures());
	f = fopen(path, "r");
	if (!f) {
		(void)printf("skipped: no fixtures at %s\n", path);
		return;
	}
	while (getline(&line, &cap, f) > 0) {
		CLEANUP(pe_destroyp) struct pe *pe = NULL;
		CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
		struct row r = { 0 };

		if (!parse_row(line, &r))
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", fixtures(), r.path);
		EXPECT_OK(pe_open_file(path, &pe));
		EXPECT_OK(describe(pe, &sb));
		EXPECT_STR(sb.s, r.what);
		n++;
	}
	free(line);
	(void)fclose(f);
	EXPECT(n > 0);
	(void)printf("%zu images have the identity and PDB of the manifest\n", n);
}

/* --- llvm-readobj ---------------------------------------------------------------- */

struct export {
	unsigned long ordinal, rva;
	char name[256];
};
typedef VEC(struct export) export_vec;

static FILE *readobj(const char *option, const char *path)
{
	char command[4400];

	(void)snprintf(command, sizeof(command), "llvm-readobj %s '%s' 2>/dev/null", option, path);
	return popen(command, "r");
}

/* Exports with an address, as llvm-readobj prints them; false: it gives up
 * (tables without any name). */
static bool their_exports(const char *path, export_vec *ret)
{
	FILE *f = readobj("--coff-exports", path);
	struct export e = { 0 };
	char line[1024];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, " Ordinal: %lu", &e.ordinal) == 1)
			e.name[0] = '\0';
		(void)sscanf(line, " Name: %255s", e.name);
		if (sscanf(line, " RVA: %lx", &e.rva) == 1 && e.rva)
			(void)vec_push(ret, e);
	}
	return f && pclose(f) == 0;
}

static bool add_export(void *arg, const struct pe_export *x)
{
	export_vec *ret = arg;
	struct export e = { .ordinal = x->ordinal, .rva = x->rva };

	if (ret->n && ret->v[ret->n - 1].ordinal == x->ordinal)
		return true; /* readobj prints the first name only */
	(void)snprintf(e.name, sizeof(e.name), "%s", x->name ? x->name : "");
	return vec_push(ret, e);
}

static bool same_exports(const char *path, const export_vec *ours, const export_vec *theirs)
{
	if (ours->n != theirs->n) {
		(void)fprintf(stderr, "%s: %zu exports, expected %zu\n", path, ours->n, theirs->n);
		return false;
	}
	for (size_t i = 0; i < ours->n; i++) {
		const struct export *a = &ours->v[i], *b = &theirs->v[i];

		if (a->ordinal == b->ordinal && a->rva == b->rva && !strcmp(a->name, b->name))
			continue;
		(void)fprintf(stderr, "%s: export %lu %lx %s, expected %lu %lx %s\n", path, a->ordinal,
			      a->rva, a->name, b->ordinal, b->rva, b->name);
		return false;
	}
	return true;
}

/* Symbols by address: each code export's first byte names that address. */
static bool lookups_hit(struct pe *pe, const export_vec *exports)
{
	struct provider *p = NULL;
	struct symbol s;
	bool ok = true;

	if (err_ignore(pe_export_provider(pe, false, &p)))
		return exports->n == 0;
	for (size_t i = 0; i < exports->n && ok; i++) {
		const struct export *x = &exports->v[i];

		if (x->name[0] && !err_ignore(p->ops->symbol_named(p, x->name, &s)))
			ok = s.rva == x->rva;
		else
			ok = !x->name[0];
		if (ok && !s.forwarder && x->name[0])
			ok = !err_ignore(p->ops->symbol_at(p, x->rva, &s)) && s.rva == x->rva;
		if (!ok)
			(void)fprintf(stderr, "%s: lookup of %s failed\n", pe_name(pe), x->name);
	}
	provider_unref(p);
	return ok;
}

static bool count_import(void *arg, const struct pe_import *i)
{
	size_t *n = arg;

	if (!i->delayed)
		++*n;
	return true;
}

static size_t their_imports(const char *path)
{
	FILE *f = readobj("--coff-imports", path);
	char line[1024];
	size_t n = 0;
	bool delayed = false;

	while (f && fgets(line, sizeof(line), f)) {
		if (line[0] != ' ')
			delayed = str_starts(line, "DelayImport");
		n += !delayed && strstr(line, "  Symbol:");
	}
	if (f)
		(void)pclose(f);
	return n;
}

static bool compare(const char *path, size_t *exports, size_t *imports)
{
	CLEANUP(pe_destroyp) struct pe *pe = NULL;
	export_vec ours = { 0 }, theirs = { 0 };
	size_t n = 0, want;
	bool ok = true;

	if (err_ignore(pe_open_file(path, &pe)))
		return false;
	if (their_exports(path, &theirs))
		ok = !err_ignore(pe_exports(pe, add_export, &ours)) && same_exports(path, &ours, &theirs) &&
	     lookups_hit(pe, &theirs);
	*exports += theirs.n;
	vec_deinit(&ours);
	vec_deinit(&theirs);
	want = their_imports(path);
	if (err_ignore(pe_imports(pe, count_import, &n)) || n != want) {
		(void)fprintf(stderr, "%s: %zu imports, expected %zu\n", path, n, want);
		ok = false;
	}
	*imports += want;
	return ok;
}

/* OSMOSIS_PE_GLOB: other images to compare. */
TEST(exports_and_imports_are_those_of_readobj)
{
	static const char *const wine = "/usr/lib/*/wine/x86_64-windows/{ntdll,kernel32,kernelbase,"
					"comctl32,msvcp140,win32u}.dll";
	const char *more = getenv("OSMOSIS_PE_GLOB");
	size_t exports = 0, imports = 0;
	char pattern[4200];
	glob_t g;

	if (system("command -v llvm-readobj >/dev/null 2>&1") != 0) {
		(void)printf("skipped: llvm-readobj is not installed\n");
		return;
	}
	(void)snprintf(pattern, sizeof(pattern), "%s/rizinorg*/pe/*/*/*.{exe,dll}", fixtures());
	(void)glob(pattern, GLOB_BRACE, NULL, &g);
	(void)snprintf(pattern, sizeof(pattern), "%s/*/*/bin/*.exe", fixtures());
	(void)glob(pattern, GLOB_BRACE | GLOB_APPEND, NULL, &g);
	(void)glob(more ? more : wine, GLOB_BRACE | GLOB_APPEND, NULL, &g);
	for (size_t i = 0; i < g.gl_pathc; i++)
		EXPECT(compare(g.gl_pathv[i], &exports, &imports));
	(void)printf("%zu exports, %zu imports of %zu images are as llvm-readobj says\n", exports, imports,
		     g.gl_pathc);
	globfree(&g);
}

TESTS(identities_are_those_of_the_manifest, exports_and_imports_are_those_of_readobj)
