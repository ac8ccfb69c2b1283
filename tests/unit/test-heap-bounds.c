/* SPDX-License-Identifier: MIT */
/*
 * The leak pattern over a heap that is larger than what a pattern may have: what is
 * lost is then told by samples. The bound is lowered, so that a small heap will do.
 */
#include "pattern/engine.h"
#include "unit/mkdump.h"
#include "unit/test.h"

static const char heap[] = "a busy 0x40 1\nkeep a+0x10\n20000 busy 0x40 7\n";

struct opened {
	struct built built;
	struct target *target;
};
#define OPENED_INIT { BUILT_INIT, NULL }

static void opened_deinit(struct opened *x)
{
	target_destroy(x->target);
	built_deinit(&x->built);
}

/* By way of tests/mkdump/mkheap. */
static bool build_heap(const char *text, struct built *ret)
{
	char recipe[] = "/tmp/osm-heap-XXXXXX", command[8400];
	int fd = mkstemp(recipe);
	FILE *f;
	bool ok;

	if (fd < 0)
		return false;
	(void)close(fd);
	(void)snprintf(command, sizeof(command), "python3 -S -E '%s/tests/mkdump/mkheap' >'%s'", source_root(), recipe);
	f = popen(command, "w");
	ok = f && fputs(text, f) >= 0;
	ok = f && pclose(f) == 0 && ok && run_mkdump(recipe, ret);
	(void)unlink(recipe);
	return ok;
}

static struct err *open_heap(const char *text, struct opened *x)
{
	struct target_options o = { .symbol_path = "", .image_path = "" };

	if (!build_heap(text, &x->built))
		return err_new(ERR_UNSUPPORTED, "mkheap or mkdump failed");
	TRY(open_built(&x->built));
	return target_create(x->built.d, &o, &x->target);
}

static struct err *analyze(struct opened *x, size_t memory, struct analysis **ret)
{
	static struct threshold_setting s;
	struct analysis_options o = { .settings = &s, .n_settings = 1, .memory = memory, .time_ms = 600000 };

	TRY(threshold_parse("heap-leak.lost=1", &s));
	return analysis_create(x->target, &o, ret);
}

static const struct finding *leak_of(const struct analysis *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->findings[i]->pattern->id, "resource.heap-leak") == 0)
			return a->findings[i];
	return NULL;
}

static bool says(const struct finding *f, const char *words)
{
	return f && f->decision == DECIDED && strstr(f->verdict, words);
}

TEST(a_heap_within_the_bounds_is_searched)
{
	CLEANUP(opened_deinit) struct opened x = OPENED_INIT;
	CLEANUP(analysis_destroyp) struct analysis *a = NULL;

	if (!have_mkdump())
		return;
	EXPECT_OK(open_heap(heap, &x));
	EXPECT_OK(analyze(&x, 0, &a));
	EXPECT(says(leak_of(a), "20000 blocks of 64 bytes are in use, but nothing points to them"));
}

/* The chunks are too many to keep; or they are kept, and the groups of the lost are too many. */
TEST(a_larger_heap_is_sampled)
{
	static const size_t bounds[] = { 100000, 500000 };

	for (size_t i = 0; i < ARRAY_SIZE(bounds) && have_mkdump(); i++) {
		CLEANUP(opened_deinit) struct opened x = OPENED_INIT;
		CLEANUP(analysis_destroyp) struct analysis *a = NULL;

		EXPECT_OK(open_heap(heap, &x));
		EXPECT_OK(analyze(&x, bounds[i], &a));
		EXPECT(says(leak_of(a), "of 256 blocks picked at random"));
		EXPECT(says(leak_of(a), "at least about 100 % of all are lost") || says(leak_of(a), "at least about 99 %"));
	}
}

TESTS(a_heap_within_the_bounds_is_searched, a_larger_heap_is_sampled)
