/* SPDX-License-Identifier: MIT */
/*
 * The Nth allocation fails, for every N: opening a core, listing all of it and
 * reading compressed files end in "no memory" or in success, never in a crash,
 * and nothing stays allocated. Not for sanitized builds, which own malloc.
 */
#include "format/compress.h"
#include "format/dump.h"
#include "format/zstd_seekable.h"
#include "unit/elfcore-build.h"
#include "unit/test.h"

#include <errno.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

static unsigned long fail_at; /* 0: never */
static unsigned long count;
static long live;

#ifndef SANITIZED
/* In place of the C library's own, for its callers inside it too. */
#define EXPORTED __attribute__((visibility("default")))
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void __libc_free(void *p);

static bool failing(void)
{
	if (++count == fail_at) {
		errno = ENOMEM;
		return true;
	}
	return false;
}

EXPORTED void *malloc(size_t n)
{
	void *p = failing() ? NULL : __libc_malloc(n);

	live += p != NULL;
	return p;
}

EXPORTED void *calloc(size_t n, size_t size)
{
	void *p = failing() ? NULL : __libc_calloc(n, size);

	live += p != NULL;
	return p;
}

EXPORTED void *realloc(void *old, size_t n)
{
	void *p = failing() ? NULL : __libc_realloc(old, n);

	live += p && !old;
	return p;
}

EXPORTED void free(void *p)
{
	live -= p != NULL;
	__libc_free(p);
}
#endif

static const char record[] =
	"{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"1\"},\"comment\":\"c\",\"host\":{\"cpus\":2},"
	"\"memory\":{\"ranges\":[{\"class\":\"left-out\",\"reason\":\"r\",\"at\":[\"0x1000-0x1002\",\"0x2003-0x2004\"]}]}}";
static const char lists[] =
	"{\"threads\":[{\"tid\":1,\"name\":\"n\",\"kernel_stack\":[\"a\",\"b\"]}],\"environment\":[\"A=b\"],"
	"\"files\":[{\"fd\":1,\"target\":\"/dev/null\"},{\"fd\":2,\"target\":\"pipe:[1]\"}]}";
static const char closing[] =
	"{\"complete\":true,\"memory\":{\"ranges\":[{\"class\":\"unreadable\",\"at\":[\"0x2000-0x2001\"]}]}}  ";

static struct core small_core(void)
{
	struct core c = { .bits = 64, .machine = 62 };
	struct prstatus t = { .tid = 1, .cursig = 11, .regs = 27, .regs_word = 8, .total = 336 };
	static const uint64_t auxv[4] = { 6, 4096, 0, 0 };
	static const uint64_t files[5] = { 1, 4096, 0x1000, 0x2000, 0 };
	static const uint32_t siginfo[32] = { 11, 0, 1, 0, 0x10 };
	struct buf b = { 0 };

	core_prstatus(&c, &t);
	core_prpsinfo(&c, 4, 1, "prog", "prog arg");
	core_note(&c, "CORE", 0x53494749, siginfo, sizeof(siginfo));
	core_note(&c, "CORE", 6, auxv, sizeof(auxv));
	put(&b, files, sizeof(files));
	put(&b, "/bin/x", 7);
	core_note_buf(&c, "CORE", 0x46494c45, &b);
	core_note(&c, "other", 9, "x", 1);
	core_note(&c, "OSMOSIS", 0x4f534d01, record, sizeof(record) - 1);
	core_note(&c, "OSMOSIS", 0x4f534d02, closing, sizeof(closing) - 1);
	core_note(&c, "OSMOSIS", 0x4f534d03, lists, sizeof(lists) - 1);
	for (unsigned i = 0; i < 20; i++) /* makes vectors grow */
		core_note(&c, "LINUX", 0x400 + i, "y", 1);
	core_load(&c, 0x2000, "memory", 6, 6);
	core_load(&c, 0x1000, "more", 4, 8);
	core_build(&c);
	c.size -= 2; /* a defect, too */
	return c;
}

/* Everything of a source; the first error. */
static struct err *list_all(struct dump *d)
{
	const struct dump_segment *s;
	const struct dump_thread *t;
	const struct dump_file_mapping *m;
	const struct dump_stream *st;
	const struct dump_auxv *a;
	const struct dump_annotation *an;
	const struct dump_exception *e;
	const struct dump_snapshot *sn;
	const struct dump_handle *h;
	size_t n;

	TRY(dump_segments(d, &s, &n));
	TRY(dump_threads(d, &t, &n));
	TRY(dump_file_mappings(d, &m, &n));
	TRY(dump_streams(d, &st, &n));
	TRY(dump_auxv(d, &a, &n));
	TRY(dump_annotations(d, &an, &n));
	TRY(dump_handles(d, &h, &n));
	TRY(dump_snapshot(d, &sn));
	return dump_exception(d, &e);
}

static struct err *use(const void *data, size_t size, const char *name)
{
	struct unwrap u = { .tmpdir = "/var/tmp" };
	struct source *src;
	struct dump *d;
	struct err *e;

	TRY(source_from_memory(name, data, size, &src));
	TRY(source_unwrap_with(src, &u, &src));
	err_free(u.damage);
	TRY(dump_open_source(src, &d));
	e = list_all(d);
	dump_unref(d);
	return e;
}

/* Until a run needs fewer allocations than N: it succeeds. */
static void fail_each(const void *data, size_t size, const char *name)
{
	for (unsigned long n = 1; n < 5000; n++) {
		long before = live;
		enum err_code code = 0;
		struct err *e;
		bool reached;

		count = 0;
		fail_at = n;
		e = use(data, size, name);
		reached = count >= n;
		fail_at = 0;
		if (e)
			code = err_code(e);
		if (e && code != ERR_NOMEM)
			FAIL_("%s: allocation %lu: %s", name, n, err_message(e));
		err_free(e);
		if (live != before)
			FAIL_("%s: allocation %lu: %ld blocks left", name, n, live - before);
		if (!reached) {
			EXPECT(!e);
			(void)printf("%s: %lu allocations failed in turn\n", name, n - 1);
			return;
		}
	}
	FAIL_("%s: no end", name);
}

static struct err *to_buf(void *arg, const void *p, size_t n)
{
	put(arg, p, n);
	return NULL;
}

TEST(no_memory_for_a_core)
{
	CLEANUP(core_free) struct core c = small_core();

	fail_each(c.file, c.size, "core");
}

TEST(no_memory_for_a_seekable_core)
{
	CLEANUP(core_free) struct core c = small_core();
	CLEANUP(zstd_seekable_writer_destroyp) struct zstd_seekable_writer *w = NULL;
	struct buf b = { 0 };

	EXPECT_OK(zstd_seekable_writer_create(to_buf, &b, 1, 700, &w));
	EXPECT_OK(zstd_seekable_writer_append(w, c.file, c.size));
	EXPECT_OK(zstd_seekable_writer_finish(w));
	fail_each(b.p, b.n, "core.zst, seekable");
	b.n -= 9; /* no table: it is unpacked */
	fail_each(b.p, b.n, "core.zst");
	free(b.p);
}

TEST(no_memory_for_the_writer)
{
	for (unsigned long n = 1; n < 50; n++) {
		struct zstd_seekable_writer *w = NULL;
		long before = live;
		struct err *e;

		count = 0;
		fail_at = n;
		e = zstd_seekable_writer_create(to_buf, NULL, 1, 0, &w);
		fail_at = 0;
		EXPECT(!e || err_code(e) == ERR_NOMEM);
		err_free(e);
		zstd_seekable_writer_destroy(w);
		EXPECT_EQ(live, before);
	}
}

TESTS(no_memory_for_a_core, no_memory_for_a_seekable_core, no_memory_for_the_writer)
