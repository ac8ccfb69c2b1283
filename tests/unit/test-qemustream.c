/* SPDX-License-Identifier: MIT */
/* Runs of pages of a migration stream: against a plain table of who wrote each page last. */
#include "format/qemustream_impl.h"
#include "test.h"

enum { PAGES = 500, ROUNDS = 200 };

static uint32_t state = 1;

static uint32_t random_below(uint32_t n)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % n;
}

/* Runs as they come in a stream: the offset grows. */
static void fill(struct qs_runs *r, uint64_t table[PAGES], unsigned n)
{
	uint64_t offset = 100;

	for (unsigned i = 0; i < n; i++) {
		uint32_t first = random_below(PAGES), len = 1 + random_below(i % 3 ? 4 : 100);

		for (uint32_t p = first; p < first + len && p < PAGES; p++) {
			struct qs_run run = { .first = p, .n = 1, .kind = QS_DATA, .offset = offset };

			EXPECT_OK(qs_runs_add(r, run));
			table[p] = offset;
			offset += 8 + QS_PAGE;
		}
		offset += 20; /* a name stands between */
	}
}

TEST(the_last_page_stands)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct qs_runs r = { 0 };
		uint64_t table[PAGES] = { 0 }, before = 0;

		fill(&r, table, 1 + random_below(60));
		EXPECT_OK(qs_runs_settle(&r));
		for (size_t i = 0; i < r.v.n; i++) {
			EXPECT(r.v.v[i].n > 0 && r.v.v[i].first >= before);
			before = (uint64_t)r.v.v[i].first + r.v.v[i].n;
		}
		for (uint64_t p = 0; p < PAGES; p++) {
			const struct qs_run *run = qs_runs_find(&r, p);

			EXPECT(table[p] ? run && qs_run_offset(run, p) == table[p] : !run);
		}
		vec_deinit(&r.v);
	}
}

TEST(pages_in_order_are_one_run)
{
	struct qs_runs r = { 0 };

	for (uint32_t p = 0; p < 100000; p++)
		EXPECT_OK(qs_runs_add(&r, (struct qs_run){ .first = p, .n = 1, .kind = QS_FILL, .offset = 50 + (uint64_t)p * 9 }));
	EXPECT(r.v.n == 1);
	vec_deinit(&r.v);
}

/* The same page sent for ever takes no more memory than once. */
TEST(what_no_longer_counts_is_taken_out)
{
	struct qs_runs r = { 0 };

	for (uint64_t i = 0; i < 600000; i++)
		EXPECT_OK(qs_runs_add(&r, (struct qs_run){ .first = (uint32_t)(i % 7) * 2, .n = 1, .kind = QS_DATA, .offset = 100 + i * 5000 }));
	EXPECT(r.v.n <= 1 << 18);
	EXPECT_OK(qs_runs_settle(&r));
	EXPECT(r.v.n == 7);
	vec_deinit(&r.v);
}

TEST(zeros_give_way_to_pages_at_their_place)
{
	struct qs_runs r = { 0 };

	EXPECT_OK(qs_runs_add(&r, (struct qs_run){ .first = 0, .n = 100, .kind = QS_ZERO }));
	EXPECT_OK(qs_runs_add(&r, (struct qs_run){ .first = 40, .n = 3, .kind = QS_PLACED, .offset = 1 << 20 }));
	EXPECT_OK(qs_runs_settle(&r));
	EXPECT(r.v.n == 3);
	EXPECT(qs_runs_find(&r, 39)->kind == QS_ZERO && qs_runs_find(&r, 43)->kind == QS_ZERO);
	EXPECT(qs_run_offset(qs_runs_find(&r, 42), 42) == (1 << 20) + 2 * QS_PAGE);
	EXPECT(!qs_runs_find(&r, 100));
	vec_deinit(&r.v);
}

TESTS(the_last_page_stands, pages_in_order_are_one_run, what_no_longer_counts_is_taken_out, zeros_give_way_to_pages_at_their_place)
