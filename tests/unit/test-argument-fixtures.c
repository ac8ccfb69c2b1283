/* SPDX-License-Identifier: MIT */
/*
 * Arguments by code, against those that lie on the stack: a thread of WOW64 that
 * waits has made the same call twice, from 32-bit code, whose arguments are on the
 * stack, and below it from 64-bit code, whose arguments are in registers that are
 * long overwritten. Both must name one handle. Needs the fixtures; skips without.
 */
#include "fixtures.h"
#include "os/windows/wait.h"
#include "test.h"

#define FOLDER "ivellioscolin-kdlibcpp/kdlib/tests/dumps/"

struct opened {
	struct dump *dump;
	struct target *target;
};

static void opened_deinit(struct opened *x)
{
	target_destroy(x->target);
	dump_unref(x->dump);
}

/* false: skipped */
static bool open_fixture(const char *name, struct opened *x, bool *ret)
{
	struct target_options o = { .symbol_path = "", .image_path = "" };
	const char *root = fixtures();
	char path[4300];

	if (!root)
		return false;
	(void)snprintf(path, sizeof(path), "%s/" FOLDER "%s", root, name);
	if (access(path, R_OK) != 0) {
		(void)printf("skipped: no %s\n", name);
		return false;
	}
	*ret = !err_ignore(dump_open(path, NULL, &x->dump)) && !err_ignore(target_create(x->dump, &o, &x->target));
	return true;
}

TEST(both_halves_of_wow64_wait_for_one_handle)
{
	CLEANUP(opened_deinit) struct opened x = { NULL, NULL };
	struct thread *threads;
	size_t n, waiting = 0;
	bool is_open = false;

	if (!open_fixture("targetapp_stacktest_wow64.x/targetapp_stacktest_wow64.cab.dmp", &x, &is_open))
		return;
	EXPECT(is_open);
	n = target_threads(x.target, &threads);
	for (size_t i = 0; i < n; i++) {
		CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
		struct windows_wait narrow, wide;

		windows_wait_of(x.target, &threads[i], HALF_WOW, &a, &narrow);
		windows_wait_of(x.target, &threads[i], HALF_NATIVE, &a, &wide);
		if (narrow.kind == WINDOWS_WAIT_NONE)
			continue;
		waiting++;
		EXPECT_EQ(wide.kind, narrow.kind);
		EXPECT_EQ(narrow.how, ARGUMENT_STACK);
		EXPECT_EQ(wide.how, ARGUMENT_CODE);
		EXPECT_EQ(narrow.n_handles, 1);
		EXPECT_EQ(wide.n_handles, 1);
		EXPECT_EQ(wide.handles[0], narrow.handles[0]);
	}
	EXPECT_EQ(waiting, 3);
}

TEST(workers_of_one_pool_wait_for_one_factory)
{
	CLEANUP(opened_deinit) struct opened x = { NULL, NULL };
	struct windows_wait w[2];
	struct arena a = ARENA_INIT;
	struct thread *threads;
	bool is_open = false;

	if (!open_fixture("targetapp_stacktest_x64_release/targetapp_stacktest_x64_release.x/"
			  "targetapp_stacktest_x64_release.dmp", &x, &is_open))
		return;
	EXPECT(is_open);
	EXPECT(target_threads(x.target, &threads) > 2);
	for (size_t i = 0; i < 2; i++) {
		windows_wait_of(x.target, &threads[i + 1], HALF_NATIVE, &a, &w[i]);
		EXPECT_EQ(w[i].kind, WINDOWS_WAIT_QUEUE);
		EXPECT_EQ(w[i].how, ARGUMENT_CODE);
		EXPECT(w[i].handles[0] && !(w[i].handles[0] & 3) && w[i].handles[0] < 0x10000);
	}
	EXPECT_EQ(w[0].handles[0], w[1].handles[0]);
	arena_deinit(&a);
}

TESTS(both_halves_of_wow64_wait_for_one_handle, workers_of_one_pool_wait_for_one_factory)
