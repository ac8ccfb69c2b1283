/* SPDX-License-Identifier: MIT */
/*
 * Sets of processes, over dumps built from recipes: who is alive because whom, and
 * the rings that are left. A member is a process that reads from one pipe and has
 * the writing end of another.
 */
#include "pattern/process_set.h"
#include "unit/mkdump.h"
#include "unit/test.h"

enum { MOST = 4 };

struct opened {
	struct built built[MOST];
	struct target *targets[MOST];
	struct set_member members[MOST];
	struct process_set *set;
	size_t n;
};

static void opened_deinit(struct opened *x)
{
	process_set_destroy(x->set);
	for (size_t i = 0; i < x->n; i++) {
		target_destroy(x->targets[i]);
		built_deinit(&x->built[i]);
	}
}

/* A process with pid `pid`, of which a thread reads from pipe `reads`, and which has the other end of `writes`;
 * `more` adds threads. */
static struct err *add(struct opened *x, unsigned pid, unsigned reads, unsigned writes, const char *more)
{
	struct target_options o = { .symbol_path = "", .image_path = "" };
	size_t i = x->n++;
	char text[2048];

	x->built[i] = (struct built)BUILT_INIT;
	(void)snprintf(text, sizeof(text),
		       "elfcore x64\nprocess pid=%u ppid=1 uid=0 gid=0 name=demo args=demo\n"
		       "thread %u rsp=0x7ffc00001000 rip=0x401000 orig_rax=0 rdi=3\n%s"
		       "note OSMOSIS 0x4f534d01 \"{\\\"format\\\":1,\\\"process\\\":{\\\"pid\\\":%u,\\\"signals_caught\\\":\\\"0x0\\\"}}\"\n"
		       "note OSMOSIS 0x4f534d03 \"{\\\"format\\\":1,\\\"files\\\":[{\\\"fd\\\":3,\\\"target\\\":\\\"pipe:[%u]\\\",\\\"flags\\\":"
		       "\\\"0x0\\\"},{\\\"fd\\\":4,\\\"target\\\":\\\"pipe:[%u]\\\",\\\"flags\\\":\\\"0x1\\\"}]}\"\n"
		       "memory 0x401000 prot=rx fill 0x20 0x90\nmemory 0x7ffc00001000 prot=rw zero 0x200\n",
		       pid, pid, more, pid, reads, writes);
	if (!build_text(text, &x->built[i]))
		return err_new(ERR_UNSUPPORTED, "mkdump failed");
	TRY(open_built(&x->built[i]));
	TRY(target_create(x->built[i].d, &o, &x->targets[i]));
	x->members[i] = (struct set_member){ .target = x->targets[i], .name = "demo", .pid = pid, .index = i };
	return NULL;
}

TEST(a_ring_of_three_is_one)
{
	CLEANUP(opened_deinit) struct opened x = { .n = 0 };

	if (!have_mkdump())
		return;
	EXPECT_OK(add(&x, 100, 5, 6, ""));
	EXPECT_OK(add(&x, 200, 6, 7, ""));
	EXPECT_OK(add(&x, 300, 7, 5, ""));
	EXPECT_OK(process_set_create(x.members, x.n, &x.set));
	EXPECT_EQ(x.set->n_rings, 1);
	EXPECT_EQ(x.set->rings[0].n, 3);
	EXPECT_EQ(x.set->rings[0].links[0].member, 0);
	EXPECT_EQ(x.set->rings[0].links[0].to, 2);
	EXPECT_EQ(x.set->rings[0].links[1].member, 2);
	EXPECT_EQ(x.set->rings[0].links[2].member, 1);
	EXPECT_EQ(x.set->rings[0].links[0].to_fd, 4);
	EXPECT(set_ring_has(&x.set->rings[0], 1));
	EXPECT(!set_ring_has(&x.set->rings[0], 3));
	EXPECT(process_set_has_thread(x.set, 0, 200));
	EXPECT(!process_set_has_thread(x.set, 1, 200));
	EXPECT(!process_set_has_thread(x.set, 0, 999));
}

TEST(one_that_goes_on_keeps_all_alive)
{
	CLEANUP(opened_deinit) struct opened x = { .n = 0 };

	if (!have_mkdump())
		return;
	EXPECT_OK(add(&x, 100, 5, 6, ""));
	EXPECT_OK(add(&x, 200, 6, 7, "thread 201 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff\n"));
	EXPECT_OK(add(&x, 300, 7, 5, ""));
	EXPECT_OK(process_set_create(x.members, x.n, &x.set));
	EXPECT_EQ(x.set->n_rings, 0);
}

/* A thread that is parked until a signal comes, which nobody handles, keeps nobody alive. */
TEST(one_that_is_parked_keeps_nobody_alive)
{
	CLEANUP(opened_deinit) struct opened x = { .n = 0 };

	if (!have_mkdump())
		return;
	EXPECT_OK(add(&x, 100, 5, 6, "thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=34\n"));
	EXPECT_OK(add(&x, 200, 6, 5, ""));
	EXPECT_OK(process_set_create(x.members, x.n, &x.set));
	EXPECT_EQ(x.set->n_rings, 1);
}

/* What two members could write is told of neither; what none could may come from elsewhere. */
TEST(a_pipe_that_two_have_is_undecided)
{
	CLEANUP(opened_deinit) struct opened x = { .n = 0 };

	if (!have_mkdump())
		return;
	EXPECT_OK(add(&x, 100, 5, 6, ""));
	EXPECT_OK(add(&x, 200, 6, 5, ""));
	EXPECT_OK(add(&x, 300, 8, 5, ""));
	EXPECT_OK(process_set_create(x.members, x.n, &x.set));
	EXPECT_EQ(x.set->n_rings, 0);
}

TEST(a_process_alone_is_no_ring)
{
	CLEANUP(opened_deinit) struct opened x = { .n = 0 };

	if (!have_mkdump())
		return;
	EXPECT_OK(add(&x, 100, 5, 5, ""));
	EXPECT_OK(process_set_create(x.members, x.n, &x.set));
	EXPECT_EQ(x.set->n_rings, 0);
}

TESTS(a_ring_of_three_is_one, one_that_goes_on_keeps_all_alive, one_that_is_parked_keeps_nobody_alive,
      a_pipe_that_two_have_is_undecided, a_process_alone_is_no_ring)
