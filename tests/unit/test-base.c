/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/cursor.h"
#include "base/map.h"
#include "base/source.h"
#include "base/str.h"
#include "base/vec.h"
#include "unit/test.h"
#include <stdlib.h>
#include <unistd.h>

TEST(err_prefix_puts_context_in_front)
{
	struct err *e = err_new(ERR_CORRUPT, "bad %s", "magic");

	e = err_prefix(e, "file %d", 7);
	EXPECT_STR(err_message(e), "file 7: bad magic");
	EXPECT_EQ(err_code(e), ERR_CORRUPT);
	err_free(e);
	EXPECT(err_prefix(NULL, "x") == NULL);
}

TEST(cursor_is_sticky_at_the_end)
{
	static const uint8_t data[] = { 1, 2, 3, 4, 5 };
	struct cursor c = cursor_init("f", data, sizeof(data), 0x100);
	struct err *e;

	EXPECT_EQ(cursor_u32(&c), 0x04030201);
	EXPECT_EQ(cursor_u16(&c), 0);
	EXPECT(!cursor_ok(&c));
	EXPECT_EQ(cursor_u8(&c), 0);
	e = cursor_check(&c, "trailer");
	EXPECT_STR(err_message(e), "f: trailer at offset 0x104: 2 bytes expected, 1 left");
	err_free(e);
}

TEST(cursor_reads_big_endian)
{
	static const uint8_t data[] = { 0, 0, 1, 2 };
	struct cursor c = cursor_init("f", data, sizeof(data), 0);

	c.big_endian = true;
	EXPECT_EQ(cursor_u32(&c), 0x102);
}

TEST(cursor_over_nothing_is_empty)
{
	struct cursor c = cursor_init("f", NULL, 0, 0), sub = cursor_sub(&c, 0, 0);

	EXPECT(cursor_bytes(&c, 0) && cursor_bytes(&sub, 0));
	EXPECT(cursor_ok(&c) && cursor_ok(&sub));
	EXPECT_STR(cursor_cstr(&c), "");
	EXPECT(!cursor_ok(&c));
}

TEST(cursor_sub_refuses_what_is_outside)
{
	static const uint8_t data[8] = { 0 };
	struct cursor c = cursor_init("f", data, sizeof(data), 0), sub;

	sub = cursor_sub(&c, 4, 5);
	EXPECT(!cursor_ok(&sub));
	sub = cursor_sub(&c, UINT64_MAX, 2);
	EXPECT(!cursor_ok(&sub));
	sub = cursor_sub(&c, 8, 0);
	EXPECT(cursor_ok(&sub));
}

TEST(utf16_becomes_utf8)
{
	static const uint8_t text[] = { 'a', 0, 0x3d, 0xd8, 0x00, 0xde, 0x00, 0xd8, 'b', 0 };
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	strbuf_add_utf16le(&sb, text, sizeof(text));
	EXPECT_STR(sb.s, "a\xf0\x9f\x98\x80\xef\xbf\xbd"
			 "b");
}

TEST(wildcards_match)
{
	EXPECT(str_match("nt!*Wait*", "nt!KeWaitFor", false));
	EXPECT(str_match("*a*b", "xaxxab", false));
	EXPECT(!str_match("a?c", "ac", false));
	EXPECT(str_match("KERNEL32", "kernel32", true));
}

TEST(maps_keep_what_is_put)
{
	struct u64map m = U64MAP_INIT;
	struct strmap s = STRMAP_INIT_NOCASE;
	int x = 0;

	for (uint64_t i = 0; i < 1000; i++)
		EXPECT(u64map_put(&m, i * 4096, (char *)&x + i));
	for (uint64_t i = 0; i < 1000; i++)
		EXPECT(u64map_get(&m, i * 4096) == (char *)&x + i);
	EXPECT(!u64map_has(&m, 5));
	EXPECT(strmap_put(&s, "NTDLL", &x) && strmap_get(&s, "ntdll") == &x);
	u64map_deinit(&m);
	strmap_deinit(&s);
}

TEST(arena_honours_its_limit)
{
	struct arena a = { .limit = 100000 };

	EXPECT(arena_alloc(&a, 50000));
	EXPECT(!arena_alloc(&a, 60000));
	EXPECT(!arena_array(&a, SIZE_MAX / 2, 4));
	EXPECT_STR(arena_printf(&a, "%d-%s", 5, "x"), "5-x");
	arena_deinit(&a);
}

TEST(source_is_bounded)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	char buf[4];

	EXPECT_OK(source_from_memory("m", "abcd", 4, &src));
	EXPECT_ERR(source_read(src, 2, buf, 4), ERR_TRUNCATED);
	EXPECT_EQ(source_read_some(src, 2, buf, 4), 2);
	EXPECT_ERR(source_read(src, UINT64_MAX, buf, 2), ERR_TRUNCATED);
}

/* Pages of files that this process has mapped in, in kB; 0: not known. */
static unsigned long mapped_file_pages(void)
{
	unsigned long kb = 0;
	char line[128];
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "RssFile:", 8) == 0)
			kb = strtoul(line + 8, NULL, 10);
	if (f)
		(void)fclose(f);
	return kb;
}

TEST(reading_a_file_does_not_keep_it_mapped)
{
	enum { MB = 1 << 20, SIZE = 24 * MB };
	char path[] = "/tmp/osmosis-source-XXXXXX";
	struct source *src = NULL;
	struct view first = VIEW_INIT;
	static char block[MB];
	unsigned long before, after;
	bool same = true;
	int fd = mkstemp(path);

	EXPECT(fd >= 0);
	for (int i = 0; i < SIZE / MB; i++) {
		memset(block, i + 1, MB);
		same = same && write(fd, block, MB) == MB;
	}
	(void)close(fd);
	EXPECT(same);
	EXPECT_OK(source_open_file(path, &src));
	(void)unlink(path);
	EXPECT_OK(source_view(src, 100, 10, &first));
	before = mapped_file_pages();
	for (uint64_t at = 1; at + MB <= SIZE; at += MB) { /* across chunks */
		EXPECT_OK(source_read(src, at, block, MB));
		same = same && block[0] == (char)(at / MB + 1) && block[MB - 1] == (char)(at / MB + 2);
	}
	after = mapped_file_pages();
	EXPECT(same);
	EXPECT(after < before + 6 * 1024);
	EXPECT(first.data[0] == 1 && first.data[9] == 1); /* what was handed out stays good */
	source_destroy(src);
}

TESTS(err_prefix_puts_context_in_front, cursor_is_sticky_at_the_end, cursor_reads_big_endian,
      cursor_over_nothing_is_empty, cursor_sub_refuses_what_is_outside, utf16_becomes_utf8, wildcards_match, maps_keep_what_is_put,
      arena_honours_its_limit, source_is_bounded, reading_a_file_does_not_keep_it_mapped)
