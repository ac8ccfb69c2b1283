/* SPDX-License-Identifier: MIT */
/*
 * Damaged files: recipes cut at every 64th byte and with single bytes changed.
 * Each must give an error that says where, or a partial view; under the
 * sanitizers this is where a crash would show.
 */
#include "test.h"

#include "mkdump.h"

static const char *const recipes[] = { "win-x64",	 "win-x64-full",   "win-x86",
				       "linux-breakpad", "macos-crashpad", "big-endian-ppc",
				       "thread-ex",	 "damaged",	   "userdump64",
				       "userdump32" };

struct tally {
	size_t opened, refused, mute; /* mute: an error that names no place */
};

static void try_bytes(const uint8_t *bytes, size_t size, struct tally *tally)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct source *src = NULL;
	struct err *e = source_from_memory("cut", bytes, size, &src);

	if (!e)
		e = dump_open_source(src, &d);
	if (e) {
		const char *text = err_message(e);

		tally->refused++;
		tally->mute += !strstr(text, "offset 0x") && err_code(e) != ERR_UNSUPPORTED;
		err_free(e);
		return;
	}
	tally->opened++;
	(void)ask_everything(d);
}

TEST(cut_anywhere)
{
	if (!have_mkdump())
		return;
	for (size_t i = 0; i < ARRAY_SIZE(recipes); i++) {
		CLEANUP(built_deinit) struct built b = BUILT_INIT;
		struct tally tally = { 0 };

		EXPECT(build_recipe(recipes[i], &b));
		for (size_t size = 0; size < b.size; size += size < 256 ? 1 : 64) {
			/* a copy of its own, so that a read past it is seen */
			uint8_t *copy = malloc(size ? size : 1);

			EXPECT(copy);
			memcpy(copy, b.bytes, size);
			try_bytes(copy, size, &tally);
			free(copy);
		}
		EXPECT(tally.opened > 0);
		EXPECT(tally.refused >= 32);
		EXPECT_EQ(tally.mute, 0);
	}
}

TEST(bytes_changed)
{
	static const uint8_t values[] = { 0xff, 0x01, 0x80 };

	if (!have_mkdump())
		return;
	for (size_t i = 0; i < ARRAY_SIZE(recipes); i++) {
		CLEANUP(built_deinit) struct built b = BUILT_INIT;
		struct tally tally = { 0 };

		EXPECT(build_recipe(recipes[i], &b));
		for (size_t at = 0; at < b.size; at += at < 512 ? 1 : 13) {
			uint8_t old = b.bytes[at];

			b.bytes[at] ^= values[at % ARRAY_SIZE(values)];
			try_bytes(b.bytes, b.size, &tally);
			b.bytes[at] = old;
		}
		EXPECT(tally.opened > 400);
		EXPECT_EQ(tally.mute, 0);
	}
}

TESTS(cut_anywhere, bytes_changed)
