/* SPDX-License-Identifier: MIT */
/*
 * The wait graph and the engine, over dumps built from recipes: a thread that
 * sleeps in futex(2) has orig_rax=202 and the word's address in rdi.
 */
#include "pattern/engine.h"
#include "unit/mkdump.h"
#include "unit/test.h"

#define HEAD "elfcore x64\nprocess pid=100 ppid=1 uid=0 gid=0 name=demo args=demo\n"
#define TAIL "memory 0x401000 prot=rx fill 0x20 0x90\nmemory 0x7ffc00001000 prot=rw zero 0x200\n"
#define SLEEPS(tid) "thread " tid " rsp=0x7ffc00001000 rip=0x401000 orig_rax=230\n"
#define RUNS(tid) "thread " tid " rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff\n"
#define WAITS(tid, at) "thread " tid " rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=" at " rsi=0x80 rdx=2\n"
#define MUTEX(at, owner) "memory " at " prot=rw u32 2 0 " owner " 1 0 zero 0x14\n"

struct opened {
	struct built built;
	struct target *target;
	struct arena arena;
	struct wait_graph graph;
};
#define OPENED_INIT { BUILT_INIT, NULL, ARENA_INIT, { 0 } }

static void opened_deinit(struct opened *x)
{
	target_destroy(x->target);
	built_deinit(&x->built);
	arena_deinit(&x->arena);
}

static struct err *open_text(const char *text, struct opened *x)
{
	struct target_options o = { .symbol_path = "", .image_path = "" };

	if (!build_text(text, &x->built))
		return err_new(ERR_UNSUPPORTED, "mkdump failed");
	TRY(open_built(&x->built));
	TRY(target_create(x->built.d, &o, &x->target));
	return wait_graph_build(x->target, &x->arena, &x->graph);
}

TEST(a_line_ends_at_its_root)
{
	CLEANUP(opened_deinit) struct opened x = OPENED_INIT;
	const struct wait_node *n;

	if (!have_mkdump())
		return;
	EXPECT_OK(open_text(HEAD SLEEPS("100") WAITS("101", "0x500000") WAITS("102", "0x500100")
			    MUTEX("0x500000", "100") MUTEX("0x500100", "101") TAIL, &x));
	n = x.graph.nodes;
	EXPECT_EQ(x.graph.n_threads, 3);
	EXPECT_EQ(x.graph.n, 5);
	EXPECT_EQ(x.graph.n_rings, 0);
	EXPECT_EQ(n[2].root, 0);
	EXPECT_EQ(n[1].root, 0);
	EXPECT_EQ(n[0].root, 0);
	EXPECT_EQ(n[0].behind, 2);
	EXPECT_EQ(n[0].depth, 2);
	EXPECT_EQ(n[0].waiters, 1);
	EXPECT_EQ(n[1].behind, 1);
	EXPECT(!n[0].next && !n[0].in_ring);
	EXPECT_EQ(n[0].activity, ACTIVITY_SYSTEM_CALL);
}

TEST(a_ring_is_found_with_what_waits_behind_it)
{
	CLEANUP(opened_deinit) struct opened x = OPENED_INIT;
	const struct wait_graph *g = &x.graph;

	if (!have_mkdump())
		return;
	EXPECT_OK(open_text(HEAD RUNS("100") WAITS("101", "0x500100") WAITS("102", "0x500000")
			    WAITS("103", "0x500000") WAITS("104", "0x500100") MUTEX("0x500000", "101")
			    MUTEX("0x500100", "102") TAIL, &x));
	EXPECT_EQ(g->n_rings, 1);
	EXPECT_EQ(g->rings[0].n, 4);
	EXPECT_EQ(g->rings[0].nodes[0], 1);
	EXPECT_EQ(g->rings[0].nodes[2], 2);
	EXPECT(g->nodes[1].in_ring && g->nodes[2].in_ring && !g->nodes[3].in_ring);
	EXPECT_EQ(g->nodes[3].root, 1);
	EXPECT_EQ(g->nodes[4].root, 1);
	EXPECT_EQ(g->nodes[0].activity, ACTIVITY_RUNS);
	/* the lock of 101 has one in the queue, and so has that of 102 */
	EXPECT_EQ(g->nodes[g->rings[0].nodes[1]].behind + g->nodes[g->rings[0].nodes[3]].behind, 2);
}

TEST(two_rings_and_one_of_a_single_thread)
{
	CLEANUP(opened_deinit) struct opened x = OPENED_INIT;

	if (!have_mkdump())
		return;
	EXPECT_OK(open_text(HEAD WAITS("101", "0x500100") WAITS("102", "0x500000") WAITS("103", "0x500200")
			    WAITS("104", "0x500400") WAITS("105", "0x500300") MUTEX("0x500000", "101")
			    MUTEX("0x500100", "102") MUTEX("0x500200", "103") MUTEX("0x500300", "104")
			    MUTEX("0x500400", "105") TAIL, &x));
	EXPECT_EQ(x.graph.n_rings, 3);
	EXPECT_EQ(x.graph.rings[0].n + x.graph.rings[1].n + x.graph.rings[2].n, 10);
}

TEST(an_empty_dump_has_an_empty_graph)
{
	CLEANUP(opened_deinit) struct opened x = OPENED_INIT;

	if (!have_mkdump())
		return;
	EXPECT_OK(open_text(HEAD TAIL, &x));
	EXPECT_EQ(x.graph.n_rings, 0);
	EXPECT_EQ(x.graph.n_edges, 0);
}

static const char deadlock[] = HEAD RUNS("100") WAITS("101", "0x500100") WAITS("102", "0x500000")
	WAITS("103", "0x500000") WAITS("104", "0x500000") WAITS("105", "0x500000") MUTEX("0x500000", "101")
		MUTEX("0x500100", "102") TAIL;

TEST(a_consequence_follows_its_cause)
{
	CLEANUP(analysis_destroyp) struct analysis *an = NULL;
	CLEANUP(opened_deinit) struct opened x = OPENED_INIT;

	if (!have_mkdump())
		return;
	EXPECT_OK(open_text(deadlock, &x));
	EXPECT_OK(analysis_create(x.target, NULL, &an));
	EXPECT(an->top && an->n >= 2);
	EXPECT_STR(an->findings[0]->pattern->id, "deadlock.lock-cycle");
	EXPECT_STR(an->findings[1]->pattern->id, "wait.chain");
	EXPECT(an->findings[1]->cause == an->findings[0]);
	EXPECT_EQ(an->findings[1]->depth, 1);
	EXPECT_EQ(an->findings[1]->number, 2);
}

TEST(a_pattern_that_needs_too_much_says_so)
{
	struct analysis_options o = { .memory = 64 };
	CLEANUP(analysis_destroyp) struct analysis *an = NULL;
	CLEANUP(opened_deinit) struct opened x = OPENED_INIT;
	size_t exceeded = 0;

	if (!have_mkdump())
		return;
	EXPECT_OK(open_text(deadlock, &x));
	EXPECT_OK(analysis_create(x.target, &o, &an));
	for (size_t i = 0; i < an->n; i++)
		exceeded += an->findings[i]->decision == EXCEEDED;
	EXPECT(exceeded > 0);
	EXPECT(!an->top);
}

TEST(a_threshold_decides)
{
	struct threshold_setting setting = { 0 };
	struct analysis_options o = { .settings = &setting, .n_settings = 1 };
	CLEANUP(analysis_destroyp) struct analysis *an = NULL;
	CLEANUP(opened_deinit) struct opened x = OPENED_INIT;

	if (!have_mkdump())
		return;
	EXPECT_OK(threshold_parse("chain.waiters=4", &setting));
	EXPECT_OK(open_text(deadlock, &x));
	EXPECT_OK(analysis_create(x.target, &o, &an));
	for (size_t i = 0; i < an->n; i++)
		EXPECT(strcmp(an->findings[i]->pattern->id, "wait.chain") != 0);
}

TESTS(a_line_ends_at_its_root, a_ring_is_found_with_what_waits_behind_it, two_rings_and_one_of_a_single_thread,
      an_empty_dump_has_an_empty_graph, a_consequence_follows_its_cause, a_pattern_that_needs_too_much_says_so,
      a_threshold_decides)
