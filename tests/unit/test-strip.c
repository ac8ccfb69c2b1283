/* SPDX-License-Identifier: MIT */
/* The plan of a stripped dump: pieces, patches, and what is read through them. */
#include "format/strip.h"
#include "test.h"

static const uint8_t bytes[16] = "abcdefghijklmnop";

static void expect_text(const struct strip_plan *p, uint64_t offset, size_t n, const char *expected)
{
	struct source *src = NULL;
	uint8_t buf[32] = { 0 };
	char text[33] = "";
	bool zero;

	EXPECT_OK(source_from_memory("test", bytes, sizeof(bytes), &src));
	EXPECT_OK(strip_plan_read(p, src, offset, buf, n, &zero));
	for (size_t i = 0; i < n; i++)
		text[i] = !zero && buf[i] ? (char)buf[i] : '.';
	source_destroy(src);
	EXPECT_STR(text, expected);
}

TEST(pieces_in_any_order_that_overlap)
{
	struct strip_plan p = { 0 };
	struct source *src = NULL;

	EXPECT_OK(strip_plan_keep(&p, 10, 2));
	EXPECT_OK(strip_plan_keep(&p, 2, 3));
	EXPECT_OK(strip_plan_keep(&p, 4, 2));
	EXPECT_OK(strip_plan_keep(&p, 11, 1));
	EXPECT_OK(strip_plan_keep(&p, 8, 0));
	strip_plan_finish(&p);
	EXPECT_EQ(p.keep.n, 2);
	EXPECT_OK(source_from_memory("test", bytes, sizeof(bytes), &src));
	EXPECT_EQ(strip_plan_kept(&p, src), 6);
	source_destroy(src);
	expect_text(&p, 0, 16, "..cdef....kl....");
	expect_text(&p, 3, 2, "de");
	expect_text(&p, 6, 4, "....");
	expect_text(&p, 9, 2, ".k");
	strip_plan_deinit(&p);
}

TEST(patches_lie_over_pieces_and_behind_the_end)
{
	struct strip_plan p = { 0 };

	EXPECT_OK(strip_plan_keep(&p, 0, 16));
	EXPECT_OK(strip_plan_patch(&p, 18, "END", 3));
	EXPECT_OK(strip_plan_patch(&p, 2, "XY", 2));
	strip_plan_finish(&p);
	expect_text(&p, 0, 22, "abXYefghijklmnop..END.");
	expect_text(&p, 3, 1, "Y");
	expect_text(&p, 19, 3, "ND.");
	strip_plan_deinit(&p);
}

TEST(pieces_beyond_any_file)
{
	struct strip_plan p = { 0 };
	struct source *src = NULL;

	EXPECT_OK(strip_plan_keep(&p, 14, UINT64_MAX - 4));
	EXPECT_OK(strip_plan_keep(&p, UINT64_MAX - 2, UINT64_MAX));
	strip_plan_finish(&p);
	EXPECT_OK(source_from_memory("test", bytes, sizeof(bytes), &src));
	EXPECT_EQ(strip_plan_kept(&p, src), 2);
	source_destroy(src);
	expect_text(&p, 12, 8, "..op....");
	expect_text(&p, UINT64_MAX - 20, 8, "........");
	strip_plan_deinit(&p);
}

TESTS(pieces_in_any_order_that_overlap, patches_lie_over_pieces_and_behind_the_end, pieces_beyond_any_file)
