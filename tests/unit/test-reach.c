/* SPDX-License-Identifier: MIT */
/* Mark and sweep over memory made here. */
#include "target/reach.h"
#include "unit/test.h"

#include <stdlib.h>

enum { WORDS = 4096 };
static const uint64_t base = 0x10000;

struct fixture {
	uint64_t words[WORDS];
	struct reach_block blocks[8];
	struct reach_span roots[1];
};

/* Roots are the first 64 words, then blocks of 32 words each. */
static struct fixture *fixture_new(void)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		abort();
	for (size_t i = 0; i < ARRAY_SIZE(f->blocks); i++)
		f->blocks[i] = (struct reach_block){ base + (64 + i * 64) * 8, 256 };
	f->roots[0] = (struct reach_span){ base, base + 512 };
	return f;
}

static void point(struct fixture *f, size_t from, size_t to, uint64_t skip)
{
	f->words[64 + from * 64 + 3] = f->blocks[to].address + skip;
}

static struct err *mark_within(struct fixture *f, const uint64_t *words, size_t n, const struct budget *b,
			       struct reach_result *ret)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	CLEANUP(space_destroyp) struct space *s = NULL;
	struct reach_input in = { NULL, 8, f->blocks, ARRAY_SIZE(f->blocks), f->roots, 1, words, n, b };
	struct space_range r = { base, sizeof(f->words), NULL, 0, SPACE_DUMP, 0 };

	TRY(source_from_memory("memory", f->words, sizeof(f->words), &src));
	TRY(space_create(&s));
	r.src = src;
	TRY(space_add(s, &r, 1));
	in.space = s;
	return reach_mark(&in, ret);
}

static struct err *mark(struct fixture *f, const uint64_t *words, size_t n, struct reach_result *ret)
{
	return mark_within(f, words, n, NULL, ret);
}

TEST(chains_rings_and_insides)
{
	CLEANUP(freep) struct fixture *f = fixture_new();
	CLEANUP(reach_deinit) struct reach_result r = { 0 };
	static const uint8_t want[8] = { REACH_REACHED,	 REACH_REACHED, REACH_POSSIBLE,	     REACH_POSSIBLE,
					 REACH_LOST,	 REACH_LOST_INDIRECT, REACH_LOST, REACH_LOST_INDIRECT };

	f->words[5] = f->blocks[0].address;
	point(f, 0, 1, 0);
	f->words[6] = f->blocks[2].address + 8;
	point(f, 2, 3, 0);
	point(f, 4, 5, 16);
	point(f, 5, 5, 0);
	point(f, 6, 7, 0); /* a ring */
	point(f, 7, 6, 0);
	EXPECT_OK(mark(f, NULL, 0, &r));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		EXPECT_EQ(r.states[i], want[i]);
	EXPECT_EQ(r.root_bytes, 512);
	EXPECT_EQ(r.absent_bytes, 0);
}

TEST(a_lost_block_that_another_points_to_is_indirect_in_any_order)
{
	CLEANUP(freep) struct fixture *f = fixture_new();
	CLEANUP(reach_deinit) struct reach_result r = { 0 };

	point(f, 3, 1, 0);
	point(f, 1, 2, 0);
	EXPECT_OK(mark(f, NULL, 0, &r));
	EXPECT_EQ(r.states[3], REACH_LOST);
	EXPECT_EQ(r.states[1], REACH_LOST_INDIRECT);
	EXPECT_EQ(r.states[2], REACH_LOST_INDIRECT);
}

TEST(registers_are_roots_and_ends_are_outside)
{
	CLEANUP(freep) struct fixture *f = fixture_new();
	CLEANUP(reach_deinit) struct reach_result r = { 0 };
	uint64_t words[] = { f->blocks[1].address, f->blocks[2].address + 256, f->blocks[3].address - 1,
			     f->blocks[4].address + 255, 0, UINT64_MAX };

	EXPECT_OK(mark(f, words, ARRAY_SIZE(words), &r));
	EXPECT_EQ(r.states[1], REACH_REACHED);
	EXPECT_EQ(r.states[2], REACH_LOST);
	EXPECT_EQ(r.states[3], REACH_LOST);
	EXPECT_EQ(r.states[4], REACH_POSSIBLE);
}

/* One block at a multiple of 8 makes the tables finer for all. */
TEST(blocks_may_begin_at_any_multiple_of_eight)
{
	CLEANUP(freep) struct fixture *f = fixture_new();
	CLEANUP(reach_deinit) struct reach_result r = { 0 };

	f->blocks[1].address += 8;
	f->blocks[1].size -= 8;
	f->words[5] = f->blocks[0].address;
	f->words[6] = f->blocks[1].address;
	f->words[7] = f->blocks[2].address + 8;
	f->words[8] = f->blocks[3].address + 256; /* just behind it */
	point(f, 2, 4, 4);
	EXPECT_OK(mark(f, NULL, 0, &r));
	EXPECT_EQ(r.states[0], REACH_REACHED);
	EXPECT_EQ(r.states[1], REACH_REACHED);
	EXPECT_EQ(r.states[2], REACH_POSSIBLE);
	EXPECT_EQ(r.states[3], REACH_LOST);
	EXPECT_EQ(r.states[4], REACH_POSSIBLE);
	reach_deinit(&r);
	f->words[6] -= 8; /* just in front of it */
	EXPECT_OK(mark(f, NULL, 0, &r));
	EXPECT_EQ(r.states[1], REACH_LOST);
}

TEST(marking_keeps_to_its_budget)
{
	CLEANUP(freep) struct fixture *f = fixture_new();
	CLEANUP(reach_deinit) struct reach_result r = { 0 };
	const struct budget little = { .memory = 64 }, late = { .deadline_ns = 1 },
			    enough = { .memory = 1 << 20, .deadline_ns = monotonic_ns() + 60000000000u };

	EXPECT_ERR(mark_within(f, NULL, 0, &little, &r), ERR_UNSUPPORTED);
	EXPECT_ERR(mark_within(f, NULL, 0, &late, &r), ERR_UNSUPPORTED);
	EXPECT_OK(mark_within(f, NULL, 0, &enough, &r));
}

TEST(absent_memory_is_counted)
{
	CLEANUP(freep) struct fixture *f = fixture_new();
	CLEANUP(reach_deinit) struct reach_result r = { 0 };

	f->roots[0].end = base + sizeof(f->words) + 4096;
	f->roots[0].start = base + sizeof(f->words) - 64;
	EXPECT_OK(mark(f, NULL, 0, &r));
	EXPECT_EQ(r.root_bytes, 64);
	EXPECT_EQ(r.absent_bytes, 4096);
}

/* Memory that was never touched may be as large as it likes. */
TEST(memory_known_to_be_zero_is_passed_over)
{
	CLEANUP(freep) struct fixture *f = fixture_new();
	CLEANUP(reach_deinit) struct reach_result r = { 0 };
	static const uint64_t size = (uint64_t)1 << 38;
	struct reach_span root = { 0x100000, 0x100000 + size };
	struct reach_input in = { .pointer_size = 8, .roots = &root, .n_roots = 1, .blocks = f->blocks,
				  .n_blocks = ARRAY_SIZE(f->blocks) };
	struct space_range zero = { root.start, size, NULL, 0, SPACE_ZERO, 0 };
	CLEANUP(space_destroyp) struct space *s = NULL;

	EXPECT_OK(space_create(&s));
	EXPECT_OK(space_add(s, &zero, 1));
	in.space = s;
	EXPECT_OK(reach_mark(&in, &r));
	EXPECT_EQ(r.root_bytes, size);
	EXPECT_EQ(r.absent_bytes, ARRAY_SIZE(f->blocks) * 256); /* only the zeros are there */
}

TEST(blocks_out_of_order_are_refused)
{
	CLEANUP(freep) struct fixture *f = fixture_new();
	CLEANUP(reach_deinit) struct reach_result r = { 0 };

	f->blocks[2].size = 1024;
	EXPECT_ERR(mark(f, NULL, 0, &r), ERR_CORRUPT);
	f->blocks[2].size = 0;
	EXPECT_ERR(mark(f, NULL, 0, &r), ERR_CORRUPT);
	f->blocks[2].size = UINT64_MAX;
	EXPECT_ERR(mark(f, NULL, 0, &r), ERR_CORRUPT);
}

TEST(no_blocks_at_all)
{
	CLEANUP(reach_deinit) struct reach_result r = { 0 };
	struct reach_input in = { .pointer_size = 8, .roots = NULL };

	EXPECT_OK(space_create(&in.space));
	EXPECT_OK(reach_mark(&in, &r));
	space_destroy(in.space);
}

TESTS(chains_rings_and_insides, a_lost_block_that_another_points_to_is_indirect_in_any_order,
      registers_are_roots_and_ends_are_outside, blocks_may_begin_at_any_multiple_of_eight,
      marking_keeps_to_its_budget, absent_memory_is_counted,
      memory_known_to_be_zero_is_passed_over, blocks_out_of_order_are_refused, no_blocks_at_all)
