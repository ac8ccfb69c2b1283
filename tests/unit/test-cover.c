/* SPDX-License-Identifier: MIT */
/* Which pages are saved, and where they lie by now (capture/cover.h). */
#include "capture/cover.h"
#include "unit/test.h"

enum { K = 4096 };

TEST(pages_go_one_way_once)
{
	struct cover_area *a = cover_area_create(16 * K, 32 * K, K);

	EXPECT_EQ(a->left, 16);
	cover_mark(a, 18 * K, 20 * K, COVER_DOUBTFUL);
	EXPECT_EQ(a->left, 16);
	cover_mark(a, 19 * K, 22 * K, COVER_SAVED);
	EXPECT_EQ(a->left, 13);
	cover_mark(a, 16 * K, 32 * K, COVER_LOST);
	EXPECT_EQ(a->left, 0);
	EXPECT_EQ(cover_state(a, 18 * K), COVER_LOST);
	EXPECT_EQ(cover_state(a, 21 * K), COVER_SAVED);
	cover_area_destroy(a);
}

TEST(runs_end_at_blocks_and_saved_pages)
{
	struct cover_area *a = cover_area_create(6 * K, 32 * K, K);
	uint64_t from = 0, to = 0;

	cover_mark(a, 10 * K, 11 * K, COVER_SAVED);
	EXPECT(cover_next(a, 0, 8 * K, &from, &to));
	EXPECT_EQ(from, 6 * K);
	EXPECT_EQ(to, 8 * K);
	EXPECT(cover_next(a, to, 8 * K, &from, &to));
	EXPECT_EQ(from, 8 * K);
	EXPECT_EQ(to, 10 * K);
	EXPECT(cover_next(a, to, 8 * K, &from, &to));
	EXPECT_EQ(from, 11 * K);
	EXPECT_EQ(to, 16 * K);
	cover_mark(a, 6 * K, 32 * K, COVER_SAVED);
	EXPECT(!cover_next(a, 0, 8 * K, &from, &to));
	cover_area_destroy(a);
}

TEST(huge_pages_are_one)
{
	const uint64_t huge = 512 * K;
	struct cover_area *a = cover_area_create(huge, 3 * huge, huge);
	uint64_t from = 0, to = 0;

	EXPECT_EQ(a->left, 2);
	EXPECT(cover_next(a, 0, huge, &from, &to));
	EXPECT_EQ(to - from, huge);
	cover_mark(a, huge, 2 * huge, COVER_SAVED);
	EXPECT_EQ(cover_state(a, 2 * huge - K), COVER_SAVED);
	EXPECT_EQ(a->left, 1);
	cover_area_destroy(a);
}

TEST(moved_memory_is_found_where_it_is)
{
	struct cover_area *a = cover_area_create(0, 16 * K, K);
	struct cover_map m = { 0 };
	uint64_t address = 0, size = 0;

	EXPECT(cover_add(&m, 100 * K, a, 0, 16 * K));
	EXPECT(cover_reserve(&m, 8));
	EXPECT(cover_move(&m, 104 * K, 200 * K, 4 * K));
	EXPECT_EQ(m.pieces.n, 3);
	EXPECT(cover_where(&m, a, 5 * K, &address, &size));
	EXPECT_EQ(address, 201 * K);
	EXPECT_EQ(size, 3 * K);
	EXPECT(!cover_at(&m, 104 * K));
	EXPECT_EQ(cover_at(&m, 108 * K)->origin, 8 * K);
	/* onto what is there: that is nowhere any more */
	EXPECT(cover_move(&m, 200 * K, 108 * K, 4 * K));
	EXPECT(cover_where(&m, a, 4 * K, &address, &size));
	EXPECT_EQ(address, 108 * K);
	EXPECT(!cover_where(&m, a, 8 * K, &address, &size));
	EXPECT(cover_where(&m, a, 12 * K, &address, &size));
	EXPECT_EQ(address, 112 * K);
	EXPECT(cover_touches(&m, 99 * K, 101 * K));
	EXPECT(!cover_touches(&m, 200 * K, 300 * K));
	cover_deinit(&m);
	cover_area_destroy(a);
}

TEST(without_room_what_moves_is_lost_and_not_wrong)
{
	struct cover_area *a = cover_area_create(0, 16 * K, K);
	struct cover_map m = { 0 };
	uint64_t address, size;

	EXPECT(cover_add(&m, 100 * K, a, 0, 16 * K));
	m.pieces.cap = m.pieces.n;
	EXPECT(!cover_move(&m, 104 * K, 200 * K, 4 * K));
	EXPECT(!cover_where(&m, a, 5 * K, &address, &size));
	cover_deinit(&m);
	cover_area_destroy(a);
}

TEST(a_copy_stands_for_itself)
{
	struct cover_area *a = cover_area_create(0, 4 * K, K);
	struct cover_map m = { 0 }, copy = { 0 };

	EXPECT(cover_add(&m, 100 * K, a, 0, 4 * K));
	EXPECT(cover_copy(&m, &copy));
	EXPECT(cover_move(&m, 100 * K, 200 * K, 4 * K));
	EXPECT(cover_at(&copy, 100 * K) && !cover_at(&copy, 200 * K));
	cover_deinit(&m);
	cover_deinit(&copy);
	cover_area_destroy(a);
}

TESTS(pages_go_one_way_once, runs_end_at_blocks_and_saved_pages, huge_pages_are_one, moved_memory_is_found_where_it_is,
      without_room_what_moves_is_lost_and_not_wrong, a_copy_stands_for_itself)
