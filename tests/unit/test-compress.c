/* SPDX-License-Identifier: MIT */
/*
 * Compressed files: what the command-line tools packed is unpacked here byte
 * for byte, seekable zstd is read in place, and damage ends in a message.
 */
#include "base/cancel.h"
#include "base/str.h"
#include "format/compress.h"
#include "format/zstd_seekable.h"
#include "unit/test.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE = 3 * 1024 * 1024 + 4321 };

static uint8_t *plain; /* SIZE bytes: noise, zeros, text */

static void fill(void)
{
	uint64_t x = 88172645463325252u;

	if (plain)
		return;
	plain = calloc(1, SIZE);
	for (size_t i = 0; i < SIZE; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		if (i < 700000)
			plain[i] = (uint8_t)x;
		else if (i >= 2500000)
			plain[i] = "membrane "[i % 9];
	}
}

/* ---- a folder, and files in it ---- */

static char dir[64];

static const char *path_of(const char *name)
{
	static char path[128];

	if (!*dir) {
		(void)snprintf(dir, sizeof(dir), "/var/tmp/test-compress-XXXXXX");
		if (!mkdtemp(dir))
			abort();
	}
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void clean_up(void)
{
	char command[128];

	if (!*dir)
		return;
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	if (system(command) != 0)
		(void)fprintf(stderr, "%s: not removed\n", dir);
	*dir = 0;
}

static bool write_file(const char *name, const void *data, size_t n)
{
	FILE *f = fopen(path_of(name), "wb");
	bool ok = f && fwrite(data, 1, n, f) == n;

	return f && !fclose(f) && ok;
}

static bool have(const char *tool)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", tool);
	return !system(command);
}

static bool run(const char *command)
{
	char full[512];

	(void)snprintf(full, sizeof(full), "cd '%s' && %s", dir, command);
	return !system(full);
}

static struct err *open_unwrapped(const char *name, struct unwrap *u, struct source **ret)
{
	struct source *src = NULL;

	u->tmpdir = dir;
	TRY(source_open_file(path_of(name), &src));
	return source_unwrap_with(src, u, ret);
}

static bool same(struct source *src, const uint8_t *want, size_t n)
{
	uint8_t *got = malloc(n ? n : 1);
	bool ok = src->size == n && !err_ignore(source_read(src, 0, got, n)) &&
		  !memcmp(got, want, n);

	free(got);
	return ok;
}

/* Packs the plain file with a tool and compares what comes out. */
static void round_trip(const char *tool, const char *command, const char *packed)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	struct unwrap u = { 0 };

	if (!have(tool)) {
		(void)printf("skip: %s is not installed\n", tool);
		return;
	}
	fill();
	EXPECT(write_file("plain", plain, SIZE));
	EXPECT(run(command));
	EXPECT_OK(open_unwrapped(packed, &u, &src));
	EXPECT(!u.damage);
	EXPECT(same(src, plain, SIZE));
}

TEST(zstd_is_unpacked)
{
	round_trip("zstd", "zstd -q -f plain -o p.zst", "p.zst");
	round_trip("zstd", "zstd -q -f --long=30 plain -o p.zst", "p.zst");
	round_trip("zstd", "zstd -q -c < plain > p.zst", "p.zst"); /* size not stated */
}

TEST(gzip_is_unpacked)
{
	round_trip("gzip", "gzip -c plain > p.gz", "p.gz");
}

TEST(xz_is_unpacked)
{
	round_trip("xz", "xz -0 -c plain > p.xz", "p.xz");
	round_trip("xz", "xz -0 --block-size=500000 -c plain > p.xz", "p.xz");
}

TEST(lz4_is_unpacked)
{
	round_trip("lz4", "lz4 -q -f --content-size plain p.lz4", "p.lz4");
	round_trip("lz4", "lz4 -q -f -B4 plain p.lz4", "p.lz4");
}

TEST(bzip2_is_unpacked)
{
	round_trip("bzip2", "bzip2 -c plain > p.bz2", "p.bz2");
}

/* cat a.gz b.gz is a gzip file; so for all, with padding as tar leaves it */
TEST(concatenated_streams_are_one_file)
{
	static const struct {
		const char *tool, *command;
	} rows[] = {
		{ "zstd", "zstd -q -c" }, { "gzip", "gzip -c" },   { "xz", "xz -0 -c" },
		{ "lz4", "lz4 -q -c" },	  { "bzip2", "bzip2 -c" },
	};

	fill();
	EXPECT(write_file("plain", plain, SIZE));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(source_destroyp) struct source *src = NULL;
		struct unwrap u = { 0 };
		char command[256];

		if (!have(rows[i].tool)) {
			(void)printf("skip: %s is not installed\n", rows[i].tool);
			continue;
		}
		(void)snprintf(command, sizeof(command),
			       "head -c 1048576 plain | %s > p; tail -c +1048577 plain | %s >> p;"
			       "head -c 2000000 /dev/zero >> p",
			       rows[i].command, rows[i].command);
		EXPECT(run(command));
		EXPECT_OK(open_unwrapped("p", &u, &src));
		EXPECT(!u.damage);
		EXPECT(same(src, plain, SIZE));
	}
}

TEST(two_layers_come_off_and_three_do_not)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	struct unwrap u = { 0 };

	if (!have("gzip") || !have("xz")) {
		(void)printf("skip: gzip or xz is not installed\n");
		return;
	}
	fill();
	EXPECT(write_file("plain", plain, SIZE));
	EXPECT(run("gzip -1 -c plain | xz -0 > p2; gzip -1 -c p2 > p3"));
	EXPECT_OK(open_unwrapped("p2", &u, &src));
	EXPECT(same(src, plain, SIZE));
	source_destroy(src);
	src = NULL;
	EXPECT_ERR(open_unwrapped("p3", &u, &src), ERR_UNSUPPORTED);
}

TEST(plain_files_stay_as_they_are)
{
	static const char text[] = "nothing that is packed";
	struct source *src = NULL, *got = NULL;

	EXPECT_OK(source_from_memory("m", text, sizeof(text), &src));
	EXPECT_OK(source_unwrap(src, NULL, &got));
	EXPECT(got == src);
	source_destroy(got);
	EXPECT_OK(source_from_memory("m", "", 0, &src));
	EXPECT_OK(source_unwrap(src, NULL, &got));
	EXPECT_EQ(got->size, 0);
	source_destroy(got);
}

TEST(a_cut_file_gives_what_came)
{
	static const char *const commands[] = { "gzip -1 -c plain", "zstd -q -c plain",
						"xz -0 -c plain", "lz4 -q -B4 -c plain",
						"bzip2 -1 -c plain" };

	fill();
	EXPECT(write_file("plain", plain, SIZE));
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		CLEANUP(source_destroyp) struct source *src = NULL;
		struct unwrap u = { 0 };
		char command[256];

		(void)snprintf(command, sizeof(command), "%s | head -c 400000 > cut", commands[i]);
		EXPECT(run(command));
		if (err_ignore(open_unwrapped("cut", &u, &src))) /* tool missing: empty file */
			FAIL_("%s: not opened", commands[i]);
		if (!src->size)
			continue;
		if (!u.damage)
			FAIL_("%s: no damage seen", commands[i]);
		EXPECT(strstr(err_message(u.damage), "end early"));
		EXPECT(src->size > 100000 && src->size < SIZE);
		EXPECT(same(src, plain, src->size));
		err_free(u.damage);
	}
}

TEST(damage_in_the_middle_is_told)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	struct unwrap u = { 0 };

	if (!have("gzip"))
		return;
	fill();
	EXPECT(write_file("plain", plain, SIZE));
	EXPECT(run("gzip -c plain > p.gz; head -c 8 /dev/zero | tr '\\0' '\\377' |"
		   "dd of=p.gz bs=1 seek=400000 conv=notrunc 2>/dev/null"));
	EXPECT_OK(open_unwrapped("p.gz", &u, &src));
	EXPECT(u.damage);
	EXPECT(strstr(err_message(u.damage), "p.gz: gzip, offset 0x"));
	err_free(u.damage);
}

TEST(trailing_rubbish_is_damage)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	struct unwrap u = { 0 };

	if (!have("gzip"))
		return;
	fill();
	EXPECT(write_file("plain", plain, SIZE));
	EXPECT(run("gzip -1 -c plain > p.gz; echo rubbish >> p.gz"));
	EXPECT_OK(open_unwrapped("p.gz", &u, &src));
	EXPECT(same(src, plain, SIZE));
	EXPECT(u.damage);
	EXPECT(strstr(err_message(u.damage), "8 bytes that are not gzip data follow"));
	err_free(u.damage);
}

TEST(a_bomb_is_stopped_at_the_limit)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	struct unwrap u = { .max_size = 4 << 20 };
	struct err *e;

	if (!have("gzip"))
		return;
	path_of("");
	EXPECT(run("head -c 50000000 /dev/zero | gzip -9 > bomb.gz"));
	e = open_unwrapped("bomb.gz", &u, &src);
	EXPECT(e);
	EXPECT_EQ(err_code(e), ERR_UNSUPPORTED);
	EXPECT(strstr(err_message(e), "stopped after unpacking 4194304 bytes"));
	err_free(e);
}

static bool begins_with_a(struct source *head)
{
	uint8_t b;

	return source_read_some(head, 0, &b, 1) == 1 && b == 'a';
}

TEST(what_nobody_wants_is_not_unpacked)
{
	static const char *const commands[] = { "gzip -1", "bzip2 -1", "gzip -1 | gzip -1" };

	if (!have("gzip") || !have("bzip2"))
		return;
	path_of("");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		for (const char *first = "ab"; *first; first++) {
			CLEANUP(source_destroyp) struct source *src = NULL;
			struct unwrap u = { .wanted = begins_with_a };
			char command[128];

			(void)snprintf(command, sizeof(command), "{ printf %c; head -c 3000000 /dev/urandom; } | %s > some", *first,
				       commands[i]);
			EXPECT(run(command));
			EXPECT_OK(open_unwrapped("some", &u, &src));
			EXPECT(!u.damage);
			EXPECT_EQ(src->size, *first == 'a' ? 3000001 : 1 << 20);
		}
}

TEST(a_stated_size_beyond_the_disk_is_refused)
{
	/* a zstd frame header that states 2^60 bytes, single segment */
	static const uint8_t head[] = { 0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x10,
					1,    0,    0 };
	CLEANUP(source_destroyp) struct source *src = NULL;
	struct unwrap u = { 0 };
	struct err *e;

	EXPECT(write_file("huge.zst", head, sizeof(head)));
	e = open_unwrapped("huge.zst", &u, &src);
	EXPECT(e);
	EXPECT_EQ(err_code(e), ERR_UNSUPPORTED);
	EXPECT(strstr(err_message(e), "needs 1152921504606846976 bytes"));
	err_free(e);
}

TEST(zeros_take_no_disk)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	struct unwrap u = { 0 };
	uint8_t b[2];

	if (!have("gzip"))
		return;
	path_of("");
	EXPECT(run("{ echo a; head -c 50000000 /dev/zero; echo z; } | gzip -1 > zeros.gz"));
	EXPECT_OK(open_unwrapped("zeros.gz", &u, &src));
	EXPECT_EQ(src->size, 50000004);
	EXPECT_OK(source_read(src, 50000002, b, 2));
	EXPECT_EQ(b[0], 'z');
	EXPECT_OK(source_read(src, 25000000, b, 2));
	EXPECT_EQ(b[0], 0);
}

TEST(no_file_is_left_behind)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	struct unwrap u = { 0 };

	if (!have("gzip"))
		return;
	fill();
	EXPECT(write_file("plain", plain, SIZE));
	EXPECT(run("rm -f *; head -c 100000 /dev/zero | gzip -c > only.gz"));
	EXPECT_OK(open_unwrapped("only.gz", &u, &src));
	EXPECT(run("test \"$(ls)\" = only.gz"));
}

TEST(a_folder_that_is_not_there_is_named)
{
	static const uint8_t gz[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };
	struct unwrap u = { .tmpdir = "/nonexistent-folder" };
	struct source *src = NULL;
	struct err *e;

	EXPECT_OK(source_from_memory("m.gz", gz, sizeof(gz), &src));
	e = source_unwrap_with(src, &u, &src);
	EXPECT(e);
	EXPECT(strstr(err_message(e), "/nonexistent-folder"));
	err_free(e);
}

TEST(cancelling_stops_it)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	struct unwrap u = { 0 };

	if (!have("gzip"))
		return;
	fill();
	EXPECT(write_file("plain", plain, SIZE));
	EXPECT(run("gzip -1 -c plain > p.gz"));
	cancel_request();
	EXPECT_ERR(open_unwrapped("p.gz", &u, &src), ERR_CANCELLED);
	cancel_clear();
}

/* ---- seekable zstd ---- */

static struct err *to_strbuf(void *arg, const void *buf, size_t len)
{
	strbuf_add(arg, buf, len);
	return strbuf_check(arg);
}

static struct err *make_seekable(struct strbuf *sb, const uint8_t *data, size_t n, size_t frame)
{
	CLEANUP(zstd_seekable_writer_destroyp) struct zstd_seekable_writer *w = NULL;

	TRY(zstd_seekable_writer_create(to_strbuf, sb, 1, frame, &w));
	for (size_t at = 0; at < n; at += 12345)
		TRY(zstd_seekable_writer_append(w, data + at, n - at < 12345 ? n - at : 12345));
	return zstd_seekable_writer_finish(w);
}

TEST(hash_is_xxh64)
{
	/* XXH64 of "" and "abc" with seed 0, from the xxHash documents */
	EXPECT_EQ(zstd_seekable_hash("", 0), UINT64_C(0xef46db3751d8e999));
	EXPECT_EQ(zstd_seekable_hash("abc", 3), UINT64_C(0x44bc2cf5ad770999));
}

TEST(seekable_is_read_in_place)
{
	static const size_t frames[] = { 1000, 65536, 1 << 20, 0 };

	fill();
	for (size_t i = 0; i < ARRAY_SIZE(frames); i++) {
		CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
		CLEANUP(source_destroyp) struct source *src = NULL;
		uint64_t x = 1;
		uint8_t b[5000];

		EXPECT_OK(make_seekable(&sb, plain, SIZE, frames[i]));
		EXPECT_OK(source_from_memory("s.zst", sb.s, sb.len, &src));
		EXPECT_OK(source_unwrap(src, NULL, &src));
		EXPECT(!src->map);
		EXPECT(same(src, plain, SIZE));
		for (unsigned k = 0; k < 300; k++) {
			size_t at, n;

			x = x * 6364136223846793005u + 1442695040888963407u;
			at = (size_t)(x >> 33) % SIZE;
			n = (size_t)(x >> 20) % sizeof(b);
			n = n < SIZE - at ? n : SIZE - at;
			EXPECT_OK(source_read(src, at, b, n));
			EXPECT(!memcmp(b, plain + at, n));
		}
	}
}

TEST(seekable_of_nothing)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	CLEANUP(source_destroyp) struct source *src = NULL;

	EXPECT_OK(make_seekable(&sb, (const uint8_t *)"", 0, 0));
	EXPECT_OK(source_from_memory("s.zst", sb.s, sb.len, &src));
	EXPECT_OK(source_unwrap(src, NULL, &src));
	EXPECT_EQ(src->size, 0);
}

TEST(the_zstd_tool_reads_what_the_writer_made)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	if (!have("zstd")) {
		(void)printf("skip: zstd is not installed\n");
		return;
	}
	fill();
	EXPECT_OK(make_seekable(&sb, plain, SIZE, 100000));
	EXPECT(write_file("s.zst", sb.s, sb.len));
	EXPECT(write_file("plain", plain, SIZE));
	EXPECT(run("zstd -q -d -c s.zst | cmp - plain"));
}

TEST(seekable_checksum_is_checked)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	CLEANUP(source_destroyp) struct source *src = NULL;
	uint8_t b;

	fill();
	EXPECT_OK(make_seekable(&sb, plain, SIZE, 1 << 20));
	sb.s[sb.len - 9 - 12 + 8] ^= 1; /* the last frame's sum */
	EXPECT_OK(source_from_memory("s.zst", sb.s, sb.len, &src));
	EXPECT_OK(source_unwrap(src, NULL, &src));
	EXPECT_OK(source_read(src, 0, &b, 1));
	EXPECT_ERR(source_read(src, SIZE - 1, &b, 1), ERR_CORRUPT);
}

TEST(a_damaged_frame_fails_alone)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	CLEANUP(source_destroyp) struct source *src = NULL;
	uint8_t b;

	fill();
	EXPECT_OK(make_seekable(&sb, plain, SIZE, 100000));
	sb.s[50000] ^= 0x55; /* noise: frame 0 is about as long as its input */
	EXPECT_OK(source_from_memory("s.zst", sb.s, sb.len, &src));
	EXPECT_OK(source_unwrap(src, NULL, &src));
	EXPECT_ERR(source_read(src, 10, &b, 1), ERR_CORRUPT);
	EXPECT_OK(source_read(src, 100001, &b, 1));
	EXPECT_EQ(b, plain[100001]);
}

TEST(a_false_seek_table_is_passed_over)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	fill();
	EXPECT_OK(make_seekable(&sb, plain, SIZE, 1 << 20));
	for (size_t back = 1; back <= 9 + 4 * 12 + 8; back++) {
		CLEANUP(source_destroyp) struct source *src = NULL;
		struct unwrap u = { 0 };

		sb.s[sb.len - back] ^= 0x40;
		EXPECT_OK(source_from_memory("s.zst", sb.s, sb.len, &src));
		EXPECT_OK(source_unwrap_with(src, &u, &src));
		EXPECT(src->size >= SIZE - (1 << 20));
		sb.s[sb.len - back] ^= 0x40;
		err_free(u.damage);
	}
}

/* Every short prefix and every flipped byte of small files: no crash. */
static void abuse(const char *name)
{
	uint8_t data[512];
	FILE *f = fopen(path_of(name), "rb");
	size_t n = f ? fread(data, 1, sizeof(data), f) : 0;

	if (f)
		(void)fclose(f);
	for (size_t i = 0; i < 2 * n; i++) {
		struct unwrap u = { .tmpdir = dir, .max_size = 1 << 20 };
		struct source *src = NULL;

		if (i >= n)
			data[i - n] ^= 0xff;
		if (err_ignore(source_from_memory(name, data, i < n ? i : n, &src)))
			continue;
		if (!err_ignore(source_unwrap_with(src, &u, &src))) {
			uint8_t b[64];

			(void)source_read_some(src, 0, b, sizeof(b));
			source_destroy(src);
			err_free(u.damage);
		}
		if (i >= n)
			data[i - n] ^= 0xff;
	}
}

TEST(broken_headers_do_no_harm)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	path_of("");
	EXPECT(run("seq 1 40 > text; gzip -c text > a.gz 2>/dev/null; xz -c text > a.xz 2>/dev/null;"
		   "zstd -q -c text > a.zst 2>/dev/null; lz4 -q -c text > a.lz4 2>/dev/null;"
		   "bzip2 -c text > a.bz2 2>/dev/null; true"));
	fill();
	EXPECT_OK(make_seekable(&sb, plain + 2500000, 400, 100));
	EXPECT(write_file("s.zst", sb.s, sb.len));
	abuse("a.gz");
	abuse("a.xz");
	abuse("a.zst");
	abuse("a.lz4");
	abuse("a.bz2");
	abuse("s.zst");
}

TEST(last_clean_up)
{
	clean_up();
	free(plain);
	plain = NULL;
	EXPECT(!*dir);
}

TESTS(zstd_is_unpacked, gzip_is_unpacked, xz_is_unpacked, lz4_is_unpacked, bzip2_is_unpacked,
      concatenated_streams_are_one_file, two_layers_come_off_and_three_do_not,
      plain_files_stay_as_they_are, a_cut_file_gives_what_came, damage_in_the_middle_is_told,
      trailing_rubbish_is_damage, a_bomb_is_stopped_at_the_limit,
      what_nobody_wants_is_not_unpacked, a_stated_size_beyond_the_disk_is_refused, zeros_take_no_disk, no_file_is_left_behind,
      a_folder_that_is_not_there_is_named, cancelling_stops_it, hash_is_xxh64,
      seekable_is_read_in_place, seekable_of_nothing, the_zstd_tool_reads_what_the_writer_made,
      seekable_checksum_is_checked, a_damaged_frame_fails_alone,
      a_false_seek_table_is_passed_over, broken_headers_do_no_harm, last_clean_up)
