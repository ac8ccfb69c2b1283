/* SPDX-License-Identifier: MIT */
/* The walk over glibc's malloc: heaps made in memory, whole and damaged. */
#include "unit/heap-image.h"
#include "unit/test.h"

static const struct malloc_damage *only(const struct malloc_heap *h)
{
	return h->damages_seen == 1 ? h->damages : NULL;
}

static enum malloc_chunk_state state_of(const struct malloc_heap *h, uint64_t chunk)
{
	const struct malloc_chunk *c = malloc_chunk_at(h, chunk);

	return c && c->address == chunk ? (enum malloc_chunk_state)c->state : N_CHUNK_STATES;
}

/* Ten chunks of 0x30 and their addresses. */
static void ten(struct heap_image *m, uint64_t *c)
{
	for (unsigned i = 0; i < 10; i++)
		c[i] = image_chunk(m, 0x30, 1);
}

static uint64_t safe(uint64_t place, uint64_t value)
{
	return value ^ place >> 12;
}

TEST(a_whole_heap_has_no_damage)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10], small = 0, large = 0;

	ten(m, c);
	small = image_chunk(m, 0x110, 1);
	(void)image_chunk(m, 0x30, 1);
	large = image_chunk(m, 0x810, 1);
	(void)image_chunk(m, 0x30, 1);
	(void)image_finish(m);
	image_free_in_bin(m, small, 0x11);
	image_free_in_bin(m, large, 1);
	image_fastbin(m, 1, c[2]);
	image_put(m, c[2] + 16, safe(c[2] + 16, c[4]));
	image_put(m, c[4] + 16, safe(c[4] + 16, 0));
	EXPECT_OK(image_read(m, &h));
	EXPECT_EQ(h->damages_seen, 0);
	EXPECT_EQ(h->n_chunks, 15);
	EXPECT_EQ(h->links, LINKS_SAFE);
	EXPECT_EQ(state_of(h, c[0]), CHUNK_IN_USE);
	EXPECT_EQ(state_of(h, c[2]), CHUNK_FAST);
	EXPECT_EQ(state_of(h, c[4]), CHUNK_FAST);
	EXPECT_EQ(state_of(h, small), CHUNK_SMALL);
	EXPECT_EQ(state_of(h, large), CHUNK_UNSORTED);
	EXPECT_EQ(h->arenas[0].bytes[CHUNK_IN_USE], 10 * 0x30);
	EXPECT_EQ(h->n_doubts, 1); /* no mp_ in this image */
	EXPECT(malloc_chunk_at(h, c[3] + 0x2f)->address == c[3]);
	EXPECT(!malloc_chunk_at(h, image_heap - 1));
}

TEST(plain_links_are_seen)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10];

	ten(m, c);
	(void)image_finish(m);
	image_fastbin(m, 1, c[2]);
	image_put(m, c[2] + 16, c[4]);
	EXPECT_OK(image_read(m, &h));
	EXPECT_EQ(h->links, LINKS_PLAIN);
	EXPECT_EQ(h->damages_seen, 0);
	EXPECT_EQ(h->arenas[0].chunks[CHUNK_FAST], 2);
}

TEST(a_broken_size_names_the_block_in_front)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10];

	ten(m, c);
	(void)image_finish(m);
	image_put(m, c[5] + 8, 0x4141414141414141);
	EXPECT_OK(image_read(m, &h));
	EXPECT(only(h));
	EXPECT_EQ(only(h)->kind, DAMAGE_SIZE);
	EXPECT_EQ(only(h)->chunk, c[5]);
	EXPECT_EQ(only(h)->culprit, c[4]);
	EXPECT_EQ(only(h)->found, 0x4141414141414141);
	EXPECT_EQ(only(h)->expected, 0x31);
	EXPECT_EQ(state_of(h, c[5]), CHUNK_UNKNOWN);
	EXPECT_EQ(state_of(h, c[6]), CHUNK_IN_USE);
}

TEST(a_possible_but_wrong_size_is_found)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10];

	ten(m, c);
	(void)image_finish(m);
	image_put(m, c[5] + 8, 0x41);
	EXPECT_OK(image_read(m, &h));
	EXPECT(only(h));
	EXPECT_EQ(only(h)->kind, DAMAGE_SIZE);
	EXPECT_EQ(only(h)->chunk, c[5]);
	EXPECT_EQ(only(h)->culprit, c[4]);
	EXPECT_EQ(only(h)->found, 0x41);
	EXPECT_EQ(only(h)->expected, 0x31);
	EXPECT_EQ(state_of(h, c[6]), CHUNK_IN_USE);
}

TEST(stale_headers_inside_a_block_mislead_nobody)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10], big;

	big = image_chunk(m, 0x300, 1);
	for (unsigned i = 1; i < 16; i++) /* what it was before it was one block */
		image_put(m, big + i * 0x30 + 8, 0x31);
	ten(m, c);
	(void)image_finish(m);
	image_put(m, c[0] + 8, 0x4242424242424242);
	EXPECT_OK(image_read(m, &h));
	EXPECT(only(h));
	EXPECT_EQ(only(h)->chunk, c[0]);
	EXPECT_EQ(only(h)->culprit, big);
}

TEST(a_cleared_flag_is_told_with_prev_size)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10];

	ten(m, c);
	(void)image_finish(m);
	image_put(m, c[5] + 8, 0x30);
	EXPECT_OK(image_read(m, &h));
	EXPECT_EQ(h->damages_seen, 2);
	EXPECT_EQ(h->damages[0].kind, DAMAGE_PREV_SIZE);
	EXPECT_EQ(h->damages[0].culprit, c[4]);
	EXPECT_EQ(h->damages[1].kind, DAMAGE_UNLISTED);
	EXPECT_EQ(h->damages[1].chunk, c[4]);
}

TEST(an_unlisted_chunk_is_no_damage_while_the_arena_is_locked)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10];

	ten(m, c);
	(void)image_finish(m);
	image_put(m, c[5], 0x30);
	image_put(m, c[5] + 8, 0x30);
	image_put(m, image_arena, 1);
	EXPECT_OK(image_read(m, &h));
	EXPECT_EQ(h->damages_seen, 0);
	EXPECT(h->arenas[0].locked);
	EXPECT_EQ(state_of(h, c[4]), CHUNK_UNLISTED);
}

TEST(a_list_that_returns_to_its_head_is_a_double_free)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10];

	ten(m, c);
	(void)image_finish(m);
	image_fastbin(m, 1, c[2]);
	image_put(m, c[2] + 16, safe(c[2] + 16, c[4]));
	image_put(m, c[4] + 16, safe(c[4] + 16, c[2]));
	EXPECT_OK(image_read(m, &h));
	EXPECT(only(h));
	EXPECT_EQ(only(h)->kind, DAMAGE_DOUBLE_FREE);
	EXPECT_EQ(only(h)->chunk, c[2]);
	EXPECT_EQ(only(h)->place, c[4] + 16);
	EXPECT_EQ(only(h)->found, safe(c[4] + 16, c[2]));
}

TEST(a_list_that_returns_elsewhere_is_a_loop)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10];

	ten(m, c);
	(void)image_finish(m);
	image_fastbin(m, 1, c[2]);
	image_put(m, c[2] + 16, safe(c[2] + 16, c[4]));
	image_put(m, c[4] + 16, safe(c[4] + 16, c[6]));
	image_put(m, c[6] + 16, safe(c[6] + 16, c[4]));
	EXPECT_OK(image_read(m, &h));
	EXPECT(only(h));
	EXPECT_EQ(only(h)->kind, DAMAGE_LOOP);
	EXPECT_EQ(only(h)->chunk, c[4]);
}

TEST(a_list_that_leads_into_a_block_is_wild)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10];

	ten(m, c);
	(void)image_finish(m);
	image_fastbin(m, 1, c[2]);
	image_put(m, c[2] + 16, safe(c[2] + 16, 0));
	image_fastbin(m, 2, c[6] + 16);
	EXPECT_OK(image_read(m, &h));
	EXPECT(only(h));
	EXPECT_EQ(only(h)->kind, DAMAGE_WILD);
	EXPECT_EQ(only(h)->leads_to, c[6] + 16);
	EXPECT_EQ(only(h)->chunk, c[6]);
}

TEST(a_broken_back_link_is_told_and_the_rest_still_read)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10];

	ten(m, c);
	(void)image_finish(m);
	image_free_in_bin(m, c[2], 3);
	image_put(m, c[2] + 24, 0x4141414141414141);
	EXPECT_OK(image_read(m, &h));
	EXPECT(only(h));
	EXPECT_EQ(only(h)->kind, DAMAGE_LINK);
	EXPECT_EQ(only(h)->place, c[2] + 24);
	EXPECT_EQ(state_of(h, c[2]), CHUNK_SMALL);
	EXPECT(!only(h)->passing);
}

TEST(in_a_locked_arena_damage_may_be_passing)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10];

	ten(m, c);
	(void)image_finish(m);
	image_free_in_bin(m, c[2], 3);
	image_put(m, c[2] + 24, 0x4141414141414141);
	image_put(m, image_arena, 1);
	EXPECT_OK(image_read(m, &h));
	EXPECT(only(h));
	EXPECT(only(h)->passing);
}

TEST(a_chunk_in_a_bin_and_in_use)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10];

	ten(m, c);
	(void)image_finish(m);
	image_free_in_bin(m, c[2], 3);
	*image_word(m, c[3] + 8) |= 1;
	EXPECT_OK(image_read(m, &h));
	EXPECT(only(h));
	EXPECT_EQ(only(h)->kind, DAMAGE_IN_USE);
	EXPECT_EQ(only(h)->chunk, c[2]);
}

TEST(a_chunk_in_the_bin_of_another_size)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10];

	ten(m, c);
	(void)image_finish(m);
	image_free_in_bin(m, c[2], 5);
	EXPECT_OK(image_read(m, &h));
	EXPECT(only(h));
	EXPECT_EQ(only(h)->kind, DAMAGE_BIN_SIZE);
	EXPECT_EQ(only(h)->found, 0x31);
	EXPECT_EQ(only(h)->expected, 0x51);
}

TEST(a_broken_top_is_told_and_the_heap_still_walked)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10], top;

	ten(m, c);
	top = image_finish(m);
	image_put(m, top + 8, UINT64_MAX);
	EXPECT_OK(image_read(m, &h));
	EXPECT(only(h));
	EXPECT_EQ(only(h)->kind, DAMAGE_TOP);
	EXPECT_EQ(only(h)->culprit, c[9]);
	EXPECT_EQ(state_of(h, c[9]), CHUNK_IN_USE);
}

TEST(a_few_damaged_bins_hide_no_arena)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10];

	ten(m, c);
	(void)image_finish(m);
	for (unsigned i = 1; i < 12; i++)
		image_put(m, image_bin(i * 3) + 16, 0x6161616161616161);
	EXPECT_OK(image_read(m, &h));
	EXPECT_EQ(h->arenas[0].address, image_arena);
	EXPECT(h->damages_seen >= 11);
}

/* As 2.26 had it: the arena is one word shorter in front of its bins. */
TEST(an_arena_without_have_fastchunks)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10];

	ten(m, c);
	(void)image_finish(m);
	image_put(m, image_arena + 2160, image_arena + 8);
	image_fastbin(m, 1, c[2]);
	EXPECT_OK(image_read(m, &h));
	EXPECT_EQ(h->arenas[0].address, image_arena + 8);
	EXPECT_EQ(h->layout.bins, IMAGE_HEAD - 8);
	EXPECT_EQ(state_of(h, c[2]), CHUNK_FAST);
	EXPECT_EQ(h->damages_seen, 0);
}

/* A tcache with two chunks of 0x30, found by its contents. Counts of 1 or 2 bytes. */
static uint64_t add_tcache(struct heap_image *m, unsigned count_size, const uint64_t *c, unsigned count)
{
	uint64_t t = image_chunk(m, 64 * count_size + 64 * 8 + 16, 1) + 16;

	image_put(m, t, (uint64_t)count << 8 * count_size);
	image_put(m, t + 64 * count_size + 8, c[3] + 16);
	image_put(m, c[3] + 16, count_size == 1 ? c[7] + 16 : safe(c[3] + 16, c[7] + 16));
	image_put(m, c[7] + 16, count_size == 1 ? 0 : safe(c[7] + 16, 0));
	return t;
}

static void check_tcache(unsigned count_size, unsigned count)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10], t;

	ten(m, c);
	t = add_tcache(m, count_size, c, count);
	(void)image_finish(m);
	EXPECT_OK(image_read(m, &h));
	EXPECT_EQ(h->n_tcaches, 1);
	EXPECT_EQ(h->tcaches[0].address, t);
	EXPECT_EQ(h->tcaches[0].chunks, 2);
	EXPECT_EQ(state_of(h, c[3]), CHUNK_TCACHE);
	EXPECT_EQ(state_of(h, c[7]), CHUNK_TCACHE);
	EXPECT_EQ(state_of(h, t - 16), CHUNK_OWN);
	EXPECT_EQ(h->links, count_size == 1 ? LINKS_PLAIN : LINKS_SAFE);
	EXPECT_EQ(h->damages_seen, count != 2);
	if (count != 2) {
		EXPECT_EQ(h->damages[0].kind, DAMAGE_COUNT);
		EXPECT_EQ(h->damages[0].found, count);
		EXPECT_EQ(h->damages[0].expected, 2);
		EXPECT_EQ(h->damages[0].place, t + count_size);
		EXPECT_EQ(h->damages[0].passing, count == 3);
	}
}

TEST(a_tcache_of_either_form)
{
	check_tcache(1, 2);
	check_tcache(2, 2);
}

TEST(a_tcache_that_counts_wrong)
{
	check_tcache(1, 3);
	check_tcache(2, 7);
}

/* Old headers all over a large block, and what follows it broken: must not take long. */
TEST(many_stale_headers_take_no_time)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t big = image_chunk(m, 0x20000, 1), c[10];

	for (uint64_t at = big + 0x20; at < big + 0x20000; at += 0x20)
		image_put(m, at + 8, 0x21);
	ten(m, c);
	(void)image_finish(m);
	image_put(m, c[0] + 8, 0x4242424242424242);
	EXPECT_OK(image_read(m, &h));
	EXPECT(only(h));
	EXPECT_EQ(only(h)->chunk, c[0]);
}

TEST(memory_without_a_heap_has_none)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;

	memset(m->data, 0, sizeof(m->data));
	EXPECT_ERR(image_read(m, &h), ERR_NOTFOUND);
	memset(m->data, 0x41, sizeof(m->data));
	EXPECT_ERR(image_read(m, &h), ERR_NOTFOUND);
}

TEST(the_walk_keeps_to_its_budget)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	const struct budget little = { .memory = 1000 }, late = { .deadline_ns = 1 }, enough = { .memory = 1 << 20 };
	uint64_t c[10];

	ten(m, c);
	(void)image_finish(m);
	EXPECT_ERR(image_read_within(m, &little, NULL, &h), ERR_UNSUPPORTED);
	EXPECT_ERR(image_read_within(m, &late, NULL, &h), ERR_UNSUPPORTED);
	EXPECT_OK(image_read_within(m, &enough, NULL, &h));
	EXPECT_EQ(h->n_chunks, 11);
}

TEST(a_heap_beyond_the_budget_is_counted)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	const struct budget little = { .memory = 1000 }, enough = { .memory = 1 << 20 };
	struct malloc_census *c = malloc_census_create();
	uint64_t last = 0;

	for (unsigned i = 0; i < 400; i++)
		last = image_chunk(m, i % 4 ? 0x40 : 0x80, 1);
	(void)image_finish(m);
	EXPECT(c);
	EXPECT_OK(image_read_within(m, &enough, c, &h));
	EXPECT_EQ(c->blocks, 0);
	malloc_heap_destroy(h);
	h = NULL;
	EXPECT_ERR(image_read_within(m, &little, c, &h), ERR_UNSUPPORTED);
	EXPECT_EQ(c->blocks, 400);
	EXPECT_EQ(c->bytes, 300 * 0x40 + 100 * 0x80);
	EXPECT_EQ(c->most, 300);
	EXPECT_EQ(c->most_size, 0x40);
	EXPECT_EQ(c->n_samples, CENSUS_SAMPLES);
	for (size_t i = 1; i < c->n_samples; i++)
		EXPECT(c->samples[i - 1].address + c->samples[i - 1].size < c->samples[i].address);
	EXPECT(c->samples[c->n_samples - 1].address <= last + 16);
	malloc_census_destroy(c);
}

/* What no list has may be in a list of the part that is not known. */
TEST(an_unlisted_chunk_is_no_damage_in_a_heap_that_is_known_in_part)
{
	CLEANUP(freep) struct heap_image *m = image_new();
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	uint64_t c[10];

	ten(m, c);
	(void)image_finish(m);
	image_put(m, c[4], 0x30);
	*image_word(m, c[4] + 8) &= ~(uint64_t)1;
	EXPECT_OK(image_read(m, &h));
	EXPECT_EQ(h->damages_seen, 1);
	EXPECT(!h->partial);
	malloc_heap_destroy(h);
	h = NULL;
	image_put(m, image_arena + 2184, 2 * IMAGE_HEAP_SIZE); /* malloc had another stretch before */
	image_put(m, image_arena + 2192, 2 * IMAGE_HEAP_SIZE);
	EXPECT_OK(image_read(m, &h));
	EXPECT(h->partial);
	EXPECT_EQ(h->damages_seen, 0);
}

TESTS(a_heap_beyond_the_budget_is_counted, a_whole_heap_has_no_damage, plain_links_are_seen, a_broken_size_names_the_block_in_front,
      a_possible_but_wrong_size_is_found, stale_headers_inside_a_block_mislead_nobody,
      a_cleared_flag_is_told_with_prev_size, an_unlisted_chunk_is_no_damage_while_the_arena_is_locked,
      a_list_that_returns_to_its_head_is_a_double_free, a_list_that_returns_elsewhere_is_a_loop,
      a_list_that_leads_into_a_block_is_wild, a_broken_back_link_is_told_and_the_rest_still_read,
      in_a_locked_arena_damage_may_be_passing, a_chunk_in_a_bin_and_in_use, a_chunk_in_the_bin_of_another_size,
      a_broken_top_is_told_and_the_heap_still_walked, a_few_damaged_bins_hide_no_arena,
      an_arena_without_have_fastchunks, a_tcache_of_either_form, a_tcache_that_counts_wrong,
      many_stale_headers_take_no_time, the_walk_keeps_to_its_budget,
      an_unlisted_chunk_is_no_damage_in_a_heap_that_is_known_in_part, memory_without_a_heap_has_none)
