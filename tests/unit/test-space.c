/* SPDX-License-Identifier: MIT */
#include "base/source.h"
#include "base/vec.h"
#include "memory/space.h"
#include "unit/test.h"

#include <stdlib.h>
#include <time.h>

static uint8_t bytes[4096]; /* bytes[i] tells i */

static struct source *numbered(void)
{
	struct source *src = NULL;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 8));
	err_free(source_from_memory("numbered", bytes, sizeof(bytes), &src));
	return src;
}

static struct space_range range(uint64_t address, uint64_t size, struct source *src,
				uint64_t offset, uint32_t tag)
{
	return (struct space_range){
		.address = address, .size = size, .src = src, .offset = offset,
		.origin = src ? SPACE_DUMP : SPACE_ZERO, .tag = tag,
	};
}

/* --- holes, borders, provenance ------------------------------------------------ */

TEST(holes_are_faults_and_reads_cross_pieces)
{
	CLEANUP(source_destroyp) struct source *src = numbered();
	CLEANUP(space_destroyp) struct space *s = NULL;
	struct space_range r[] = { range(0x2000, 0x10, src, 0x100, 1), range(0x1000, 0x1000, src, 0, 0) };
	uint8_t buf[32];
	struct err *e;
	uint64_t v;

	EXPECT_OK(space_create(&s));
	EXPECT_OK(space_add(s, r, 2));
	EXPECT_OK(space_read(s, 0x1ffc, buf, 8));
	EXPECT(!memcmp(buf, bytes + 0xffc, 4) && !memcmp(buf + 4, bytes + 0x100, 4));
	EXPECT_EQ(space_read_some(s, 0x2008, buf, 32), 8);
	EXPECT_EQ(space_read_some(s, 0xfff, buf, 32), 0);
	e = space_read(s, 0x2008, buf, 32);
	EXPECT(e && err_code(e) == ERR_FAULT);
	EXPECT_EQ(err_address(e), 0x2010);
	err_free(e);
	EXPECT_OK(space_read_uint(s, 0x1001, 2, &v));
	EXPECT_EQ(v, bytes[1] | bytes[2] << 8);
	EXPECT_ERR(space_read_uint(s, 0x1001, 9, &v), ERR_USAGE);
	EXPECT_OK(space_read(s, 0x9999, buf, 0));
}

TEST(find_gives_the_piece_or_the_next)
{
	CLEANUP(source_destroyp) struct source *src = numbered();
	CLEANUP(space_destroyp) struct space *s = NULL;
	struct space_range r[] = { range(0x2000, 0x10, src, 0x100, 1), range(0x1000, 0x100, src, 0, 2) }, got;

	EXPECT_OK(space_create(&s));
	EXPECT(!space_find(s, 0, &got));
	EXPECT_OK(space_add(s, r, 2));
	EXPECT(space_find(s, 0, &got));
	EXPECT_EQ(got.address, 0x1000);
	EXPECT_EQ(got.tag, 2);
	EXPECT(space_find(s, 0x1100, &got));
	EXPECT_EQ(got.address, 0x2000);
	EXPECT_EQ(got.size, 0x10);
	EXPECT_EQ(got.offset, 0x100);
	EXPECT(space_find(s, 0x200f, &got));
	EXPECT_EQ(got.address, 0x2000);
	EXPECT(!space_find(s, 0x2010, &got));
	EXPECT(space_has(s, 0x10ff) && !space_has(s, 0x1100));
}

TEST(first_added_has_authority)
{
	CLEANUP(source_destroyp) struct source *src = numbered();
	CLEANUP(space_destroyp) struct space *s = NULL;
	struct space_range dump = range(0x1100, 0x100, src, 0x800, 1), image = range(0x1000, 0x1000, src, 0, 2),
			   zero = range(0x1f00, 0x200, NULL, 0, 3), got;
	uint8_t b;

	EXPECT_OK(space_create(&s));
	EXPECT_OK(space_add(s, &dump, 1));
	EXPECT(space_find(s, 0x1100, &got)); /* in order already: the next ones merge */
	EXPECT_OK(space_add(s, &image, 1));
	EXPECT_OK(space_add(s, &zero, 1));
	EXPECT_OK(space_read(s, 0x1110, &b, 1));
	EXPECT_EQ(b, bytes[0x810]);
	EXPECT_OK(space_read(s, 0x1200, &b, 1));
	EXPECT_EQ(b, bytes[0x200]);
	EXPECT(space_find(s, 0x1200, &got));
	EXPECT_EQ(got.address, 0x1200);
	EXPECT_EQ(got.size, 0xe00);
	EXPECT_EQ(got.offset, 0x200);
	EXPECT_OK(space_read(s, 0x2000, &b, 1));
	EXPECT_EQ(b, 0);
	EXPECT(space_find(s, 0x2000, &got));
	EXPECT_EQ(got.origin, SPACE_ZERO);
	EXPECT_EQ(got.size, 0x100);
}

TEST(top_of_the_address_space)
{
	CLEANUP(source_destroyp) struct source *src = numbered();
	CLEANUP(space_destroyp) struct space *s = NULL;
	struct space_range r[] = { range(UINT64_MAX - 7, 0x100, src, 0, 1), range(UINT64_MAX - 15, 0x100, src, 16, 2) };
	struct space_range got;
	uint8_t buf[32];
	struct source *view;

	EXPECT_OK(space_create(&s));
	EXPECT_OK(space_add(s, r, 2));
	EXPECT_EQ(space_read_some(s, UINT64_MAX - 15, buf, 32), 16);
	EXPECT(!memcmp(buf, bytes + 16, 8) && !memcmp(buf + 8, bytes, 8));
	EXPECT(space_find(s, UINT64_MAX, &got));
	EXPECT_EQ(got.size, 8);
	EXPECT_ERR(space_source(s, "v", UINT64_MAX - 7, 9, &view), ERR_CORRUPT);
	EXPECT_OK(space_source(s, "v", UINT64_MAX - 7, 8, &view));
	EXPECT(view->map == bytes);
	source_destroy(view);
}

TEST(past_the_end_of_a_source_is_absent)
{
	CLEANUP(source_destroyp) struct source *src = numbered();
	CLEANUP(space_destroyp) struct space *s = NULL;
	struct space_range r[] = {
		range(0x1000, 0x1000, src, sizeof(bytes) - 0x10, 1), range(0x5000, 0x1000, src, sizeof(bytes) + 1, 2),
		range(0x6000, 0, src, 0, 3), range(0x1000, 0x20, NULL, 0, 4),
	};
	struct space_range got;

	EXPECT_OK(space_create(&s));
	EXPECT_OK(space_add(s, r, 4));
	EXPECT(space_find(s, 0x100f, &got));
	EXPECT_EQ(got.tag, 1);
	EXPECT(space_find(s, 0x1010, &got));
	EXPECT_EQ(got.tag, 4);
	EXPECT(!space_find(s, 0x1020, &got));
}

/* --- source ---------------------------------------------------------------------- */

TEST(source_reads_across_and_stops_at_holes)
{
	CLEANUP(source_destroyp) struct source *src = numbered();
	CLEANUP(source_destroyp) struct source *view = NULL;
	CLEANUP(space_destroyp) struct space *s = NULL;
	struct space_range r[] = { range(0x1000, 0x10, src, 0, 1), range(0x1010, 0x10, src, 0x40, 1) };
	uint8_t buf[0x40];

	EXPECT_OK(space_create(&s));
	EXPECT_OK(space_add(s, r, 2));
	EXPECT_OK(space_source(s, "v", 0x1000, 0x1000, &view));
	EXPECT(!view->map);
	EXPECT_OK(source_read(view, 8, buf, 16));
	EXPECT(!memcmp(buf, bytes + 8, 8) && !memcmp(buf + 8, bytes + 0x40, 8));
	EXPECT_ERR(source_read(view, 0x18, buf, 16), ERR_FAULT);
	EXPECT_ERR(source_read(view, 0xff8, buf, 16), ERR_TRUNCATED);
}

/* --- fill --------------------------------------------------------------------------- */

struct filler {
	struct source *src;
	unsigned calls, nested;
	bool give;
};

static bool fill(void *arg, struct space *s, uint64_t address)
{
	struct filler *f = arg;
	struct space_range r = range(address & ~0xfffull, 0x1000, f->src, 0, 9);
	uint8_t b;

	f->calls++;
	f->nested += (unsigned)space_read_some(s, address + 0x100000, &b, 1); /* must not ask again */
	return f->give && !err_ignore(space_add(s, &r, 1));
}

TEST(fill_is_asked_once_a_page_and_not_from_inside)
{
	CLEANUP(source_destroyp) struct source *src = numbered();
	CLEANUP(space_destroyp) struct space *s = NULL;
	struct filler f = { .src = src, .give = true };
	uint8_t b;

	EXPECT_OK(space_create(&s));
	space_set_fill(s, fill, &f);
	EXPECT_OK(space_read(s, 0x41005, &b, 1));
	EXPECT_EQ(b, bytes[5]);
	EXPECT_EQ(f.calls, 1);
	EXPECT_ERR(space_read(s, 0x42000, &b, 1), ERR_FAULT); /* same 64K page */
	EXPECT_EQ(f.calls, 1);
	f.give = false;
	EXPECT_ERR(space_read(s, 0x50000, &b, 1), ERR_FAULT);
	EXPECT_ERR(space_read(s, 0x50000, &b, 1), ERR_FAULT);
	EXPECT_EQ(f.calls, 2);
	EXPECT_EQ(f.nested, 0);
	EXPECT_OK(space_read(s, 0x41fff, &b, 1));
}

/* --- against a naive model ------------------------------------------------------------ */

enum { MODEL = 600, BASE = 0x10000 };

static unsigned long long seed = 1;

static unsigned rnd(unsigned n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(seed >> 33) % n;
}

/* model[a]: tag of the range that must answer, 0 none; offs[a]: its source offset */
static bool agrees(struct space *s, const uint32_t *model, const uint64_t *offs)
{
	struct space_range got;
	uint8_t buf[MODEL];

	for (unsigned a = 0; a < MODEL; a++) {
		unsigned len = 1 + rnd(40), want = 0;
		bool has = space_find(s, BASE + a, &got) && got.address <= BASE + a;

		if (has != (model[a] != 0) || (has && got.tag != model[a]))
			return false;
		if (has && got.offset + (BASE + a - got.address) != offs[a])
			return false;
		while (want < len && a + want < MODEL && model[a + want])
			want++;
		if (space_read_some(s, BASE + a, buf, len) != want)
			return false;
		for (unsigned i = 0; i < want; i++)
			if (buf[i] != bytes[offs[a + i]])
				return false;
	}
	return true;
}

static bool pieces_apart(struct space *s)
{
	struct space_range got;
	uint64_t at = 0;

	while (space_find(s, at, &got)) {
		if (got.address < at || !got.size)
			return false;
		at = got.address + got.size;
	}
	return true;
}

TEST(random_ranges_agree_with_a_naive_model)
{
	CLEANUP(source_destroyp) struct source *src = numbered();

	for (unsigned round = 0; round < 400; round++) {
		CLEANUP(space_destroyp) struct space *s = NULL;
		uint32_t model[MODEL] = { 0 };
		uint64_t offs[MODEL] = { 0 };
		unsigned n = 1 + rnd(60), longest = 1 + rnd(200);

		EXPECT_OK(space_create(&s));
		for (unsigned i = 0; i < n; i++) {
			unsigned from = rnd(MODEL), len = rnd(longest), off = rnd(2048);
			struct space_range r = range(BASE + from, len, src, off, i + 1);

			if (from + len > MODEL)
				r.size = MODEL - from;
			EXPECT_OK(space_add(s, &r, 1));
			for (unsigned k = 0; k < r.size; k++)
				if (!model[from + k]) {
					model[from + k] = i + 1;
					offs[from + k] = off + k;
				}
			if (!rnd(8))
				(void)space_has(s, BASE); /* puts in order in between */
		}
		EXPECT(agrees(s, model, offs));
		EXPECT(pieces_apart(s));
	}
}

/* --- size ---------------------------------------------------------------------------- */

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

TEST(many_ranges_stay_fast)
{
	enum { N = 200000 };
	CLEANUP(source_destroyp) struct source *src = numbered();
	CLEANUP(space_destroyp) struct space *s = NULL;
	CLEANUP(freep) struct space_range *r = calloc(N, sizeof(*r));
	struct space_range got;
	double start = now(), built;
	uint64_t sum = 0, v;

	EXPECT(r);
	for (unsigned i = 0; i < N; i++) /* downwards, all overlapping the neighbour */
		r[i] = range((uint64_t)(N - i) * 0x1000, 0x1800, src, 0, i);
	EXPECT_OK(space_create(&s));
	EXPECT_OK(space_add(s, r, N));
	EXPECT(space_find(s, 0, &got));
	built = now();
	for (unsigned i = 0; i < 1000000; i++)
		if (!err_ignore(space_read_uint(s, (uint64_t)(1 + rnd(N)) * 0x1000 + 16, 8, &v)))
			sum++;
	EXPECT_EQ(sum, 1000000);
	(void)printf("space: %d ranges in order in %.3f s, 1000000 random reads in %.3f s\n", (int)N,
		     built - start, now() - built);
	EXPECT(built - start < 20 && now() - built < 20); /* quadratic would be minutes */
}

TESTS(holes_are_faults_and_reads_cross_pieces, find_gives_the_piece_or_the_next, first_added_has_authority,
      top_of_the_address_space, past_the_end_of_a_source_is_absent, source_reads_across_and_stops_at_holes,
      fill_is_asked_once_a_page_and_not_from_inside, random_ranges_agree_with_a_naive_model,
      many_ranges_stay_fast)
