/* SPDX-License-Identifier: MIT */
/*
 * Every user minidump of the fixture folder against the facts that its
 * MANIFEST.tsv states (made by another program): OS, header flags, counts,
 * exception, memory ranges. Damaged files must open or fail with an error.
 */
#include "test.h"

#include "base/str.h"
#include "fixtures.h"
#include "format/dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
	char *path, *what;
};

static FILE *open_manifest(void)
{
	const char *root = fixtures();
	char path[4200];

	if (!root)
		return NULL;
	(void)snprintf(path, sizeof(path), "%s/MANIFEST.tsv", root);
	return fopen(path, "r");
}

/* Splits a manifest line: column 0 the path, column 5 what the header says. */
static bool parse_row(char *line, struct row *ret)
{
	char *at = line;

	for (unsigned column = 0; column < 6; column++) {
		char *end = strpbrk(at, "\t\n");

		if (!end)
			return false;
		*end = '\0';
		if (column == 0)
			ret->path = at;
		if (column == 5)
			ret->what = at;
		at = end + 1;
	}
	return str_starts(ret->what, "USER MDMP ");
}

/* The number after `key`; false when the key is not there. */
static bool number(const char *what, const char *key, int base, uint64_t *ret)
{
	const char *at = strstr(what, key);

	if (at)
		*ret = strtoull(at + strlen(key), NULL, base);
	return at;
}

static bool check(const char *path, const char *name, uint64_t got, uint64_t want)
{
	if (got == want)
		return true;
	(void)fprintf(stderr, "%s: %s is 0x%" PRIx64 ", expected 0x%" PRIx64 "\n", path, name, got,
		      want);
	return false;
}

static bool check_facts(const struct row *r, const struct dump_facts *f)
{
	static const struct {
		const char *text;
		enum machine machine;
	} machines[] = { { " x64 ", MACHINE_X64 }, { " x86 ", MACHINE_X86 }, { " ? ", MACHINE_UNKNOWN },
			 { " arm64(bp) ", MACHINE_ARM64 } };
	unsigned major, minor, build;
	const char *win = strstr(r->what, "Win ");
	bool ok = true;
	uint64_t v;

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (str_starts(r->what + strlen("USER MDMP"), machines[i].text))
			ok &= check(r->path, "machine", f->machine, machines[i].machine);
	if (win && sscanf(win, "Win %u.%u.%u", &major, &minor, &build) == 3) {
		ok &= check(r->path, "os", f->os, OS_WINDOWS);
		ok &= check(r->path, "major", f->os_major, major);
		ok &= check(r->path, "minor", f->os_minor, minor);
		ok &= check(r->path, "build", f->os_build, build);
	}
	if (strstr(r->what, " Linux "))
		ok &= check(r->path, "os", f->os, OS_LINUX);
	if (strstr(r->what, " macOS "))
		ok &= check(r->path, "os", f->os, OS_MACOS);
	if (number(r->what, "flags=", 16, &v))
		ok &= check(r->path, "flags", f->flags, v);
	return ok;
}

static bool check_exception(const struct row *r, struct dump *d)
{
	const struct dump_exception *x;
	uint64_t code, address, tid;
	const char *at = strstr(r->what, "exc=");
	bool ok;

	if (err_ignore(dump_exception(d, &x)) || !at)
		return check(r->path, "exception", at != NULL, 0);
	if (!x)
		return check(r->path, "exception", 0, 1);
	code = strtoull(at + 4, (char **)(uintptr_t)&at, 16);
	address = strtoull(at + 1, NULL, 16);
	ok = check(r->path, "exception code", x->code, code);
	ok &= check(r->path, "exception address", x->address, address);
	if (number(r->what, "tid=", 16, &tid))
		ok &= check(r->path, "exception tid", x->tid, tid);
	return ok && check(r->path, "exception context", x->layout != CONTEXT_NONE, 1);
}

#define CHECK_COUNT(list, type, key)                                           \
	do {                                                                   \
		const struct type *v_;                                         \
		size_t n_;                                                     \
		uint64_t want_;                                                \
		if (!number(r->what, key, 10, &want_))                         \
			break;                                                 \
		if (err_ignore(dump_##list(d, &v_, &n_)))                      \
			n_ = 0;                                                \
		if (n_ < want_ && strstr(r->path, "/trunc_"))                  \
			want_ = n_; /* the list is cut off */                  \
		ok &= check(r->path, #list, n_, want_);                        \
	} while (0)

static bool check_counts(const struct row *r, struct dump *d)
{
	bool ok = true;

	CHECK_COUNT(threads, dump_thread, "threads=");
	CHECK_COUNT(modules, dump_module, "modules=");
	CHECK_COUNT(handles, dump_handle, "handles=");
	CHECK_COUNT(segments, dump_segment, "memlist ");
	CHECK_COUNT(segments, dump_segment, "mem64 ");
	if (!strstr(r->what, " ? ") && !strstr(r->what, " 0x444d "))
		CHECK_COUNT(streams, dump_stream, "streams=");
	return ok;
}

static bool check_dump(const struct row *r)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct err *e;
	char path[8192];
	bool ok;

	(void)snprintf(path, sizeof(path), "%s/%s", fixtures(), r->path);
	e = dump_open(path, NULL, &d);
	if (e) {
		bool damaged = strstr(r->what, " ? ") || strstr(r->path, "invalid-") ||
			       strstr(r->path, "fuzzed");

		(void)fprintf(stderr, "%s: %s\n", damaged ? "refused" : "FAIL", err_message(e));
		err_free(e);
		return damaged;
	}
	ok = check_facts(r, dump_facts(d));
	ok &= check_counts(r, d);
	return ok & check_exception(r, d);
}

TEST(manifest)
{
	size_t size = 1 << 20, seen = 0, bad = 0;
	CLEANUP(freep) char *line = malloc(size);
	FILE *f = open_manifest();

	if (!f)
		return;
	while (line && fgets(line, (int)size, f)) {
		struct row r;

		if (!parse_row(line, &r))
			continue;
		seen++;
		bad += !check_dump(&r);
	}
	(void)fclose(f);
	EXPECT(seen >= 40);
	EXPECT_EQ(bad, 0);
}

TESTS(manifest)
