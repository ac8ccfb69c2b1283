/* SPDX-License-Identifier: MIT */
/* Forecasts for sets: sums, what is shared, who stands in the way of an engine. */
#include "capture/engine.h"
#include "capture/plan.h"

#include "test.h"


enum { MB = 1 << 20 };

static struct vma private(uint64_t start, uint64_t rss)
{
	return (struct vma){ .start = start, .end = start + rss, .prot = 6, .flags = VMA_DETAILED, .path = "", .rss = rss, .pss = rss,
			     .anonymous = rss };
}

/* A part of the file `inode`, that `mappers` processes have in memory. */
static struct vma shared(uint64_t start, uint64_t inode, uint64_t rss, unsigned mappers)
{
	struct vma v = private(start, rss);

	v.flags |= VMA_SHARED;
	v.inode = inode;
	v.path = "/dev/zero";
	v.pss = rss / mappers;
	v.anonymous = 0;
	return v;
}

struct set {
	struct plan_set plans;
	struct plan_wish wish;
	struct arena arena;
	struct proc_facts facts;
};

static struct set set_init(uint64_t budget_ns)
{
	return (struct set){ .wish = { .budget_ns = budget_ns, .content.filter = FILTER_ALL }, .arena = ARENA_INIT,
			     .facts = { .memory_max = UINT64_MAX, .stat.threads = 2 } };
}

static void set_deinit(struct set *s)
{
	plan_set_deinit(&s->plans);
	arena_deinit(&s->arena);
}

static struct err *add(struct set *s, pid_t pid, const struct vma *v, size_t n)
{
	struct vma_list l = VMA_LIST_INIT;
	struct err *e = NULL;
	struct plan plan;

	for (size_t i = 0; !e && i < n; i++)
		e = vec_push(&l.vmas, v[i]) ? NULL : err_nomem();
	if (!e)
		e = plan_make(&s->facts, &l, &s->wish, &s->arena, &plan);
	if (!e)
		e = plan_set_add(&s->plans, pid, &l, &s->wish, &plan, &s->arena);
	vma_list_deinit(&l);
	return e;
}

static const struct plan_engine *of_engine(const struct plan *p, const char *name)
{
	for (size_t i = 0; i < p->n_engines; i++)
		if (strcmp(p->engines[i].name, name) == 0)
			return &p->engines[i];
	return NULL;
}

static size_t count_engines(void)
{
	size_t n = 0;

	while (engines[n])
		n++;
	return n;
}

TEST(what_is_shared_counts_once)
{
	const struct vma v[] = { private(MB, 4 * MB), shared((uint64_t)64 * MB, 7, 6 * MB, 3) };
	struct set s = set_init(0);
	const struct plan *p = &s.plans.total;

	for (pid_t pid = 1; pid <= 3; pid++)
		EXPECT_OK(add(&s, pid, v, 2));
	EXPECT_OK(plan_set_end(&s.plans, &s.wish, &s.arena));
	EXPECT_EQ(p->processes, 3);
	EXPECT_EQ(p->threads, 6);
	EXPECT_EQ(p->shared, 6 * MB);
	EXPECT_EQ(p->to_copy, 6 * MB);
	EXPECT_EQ(p->resident, 18 * MB);
	EXPECT_EQ(p->kept_by_clone, 12 * MB);
	EXPECT_EQ(p->expected_size, 30 * MB);
	EXPECT_EQ(p->n_engines, count_engines());
	EXPECT_STR(p->choice, "clone");
	EXPECT_STR(p->choice_why, PLAN_FIRST_FOR_ALL);
	EXPECT(of_engine(p, "stop")->pause_ns > of_engine(p, "clone")->pause_ns);
	EXPECT_EQ(p->n_obstacles, 0);
	set_deinit(&s);
}

/* Somebody outside maps it as well: what the members have of it is no less for that. */
TEST(what_others_share_too_is_not_divided_by_them)
{
	const struct vma v[] = { shared(MB, 7, 8 * MB, 8), shared((uint64_t)64 * MB, 9, 2 * MB, 1) };
	struct set s = set_init(0);

	EXPECT_OK(add(&s, 1, v, 2));
	EXPECT_OK(plan_set_end(&s.plans, &s.wish, &s.arena));
	EXPECT_EQ(s.plans.total.to_copy, 10 * MB);
	set_deinit(&s);
}

TEST(what_no_dump_has_is_not_copied)
{
	const struct vma v[] = { shared(MB, 7, 8 * MB, 1) };
	struct set s = set_init(0);

	s.wish.content.filter = 0;
	EXPECT_OK(add(&s, 1, v, 1));
	EXPECT_OK(plan_set_end(&s.plans, &s.wish, &s.arena));
	EXPECT_EQ(s.plans.total.to_copy, 0);
	EXPECT_EQ(s.plans.total.shared, 8 * MB);
	set_deinit(&s);
}

TEST(one_member_stands_in_the_way)
{
	const struct vma v[] = { private(MB, 4 * MB) };
	struct set s = set_init(0);
	const struct plan *p = &s.plans.total;

	EXPECT_OK(add(&s, 1, v, 1));
	s.facts.stat.seccomp = 1;
	EXPECT_OK(add(&s, 22, v, 1));
	s.facts.stat.seccomp = 0;
	EXPECT_OK(add(&s, 3, v, 1));
	EXPECT_OK(plan_set_end(&s.plans, &s.wish, &s.arena));
	EXPECT(!p->engines[0].serves && strncmp(p->engines[0].why, "process 22: ", 12) == 0);
	EXPECT(strcmp(p->choice, "clone") != 0 && strstr(p->choice_why, "process 22: "));
	set_deinit(&s);
}

TEST(the_budget_is_of_all)
{
	const struct vma v[] = { shared(MB, 7, 30 * MB, 1) };
	struct set s = set_init((uint64_t)1000000);

	EXPECT_OK(add(&s, 1, v, 1));
	EXPECT_OK(plan_set_end(&s.plans, &s.wish, &s.arena));
	EXPECT_EQ(s.plans.total.n_obstacles, 1);
	EXPECT(strstr(s.plans.total.obstacles[0], "the budget is 1 ms"));
	set_deinit(&s);
}

TEST(a_cgroup_has_room_for_one_but_not_for_all)
{
	const struct vma v[] = { private(MB, 100 * MB) };
	struct set s = set_init(0);

	s.facts.memory_max = (uint64_t)1000 * MB;
	s.facts.memory_current = (uint64_t)992 * MB;
	EXPECT_OK(add(&s, 1, v, 1));
	EXPECT(s.plans.total.engines[0].serves);
	EXPECT_OK(add(&s, 2, v, 1));
	EXPECT_OK(plan_set_end(&s.plans, &s.wish, &s.arena));
	EXPECT(!s.plans.total.engines[0].serves);
	set_deinit(&s);
}

TEST(nobody_is_no_set)
{
	struct set s = set_init(0);

	EXPECT_ERR(plan_set_end(&s.plans, &s.wish, &s.arena), ERR_NOTFOUND);
	set_deinit(&s);
}

TESTS(what_is_shared_counts_once, what_others_share_too_is_not_divided_by_them, what_no_dump_has_is_not_copied,
      one_member_stands_in_the_way, the_budget_is_of_all, a_cgroup_has_room_for_one_but_not_for_all, nobody_is_no_set)
