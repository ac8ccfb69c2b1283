/* SPDX-License-Identifier: MIT */
/* Forecasts and obstacles; see plan.h. The figures are those of docs/capture.md, rounded up. */
#include "capture/plan.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "capture/content.h"
#include "capture/membrane.h"

#include <string.h>

enum {
	CLONE_US_PER_MB = 15,	/* page tables of 4 KiB pages: 15 ms a GB */
	CLONE_US_PER_HUGE_MB = 2,
	PROTECT_US_PER_MB = 17,	/* likewise: 17 ms a GB */
	COPY_US_PER_MB = 300,	/* in the pause: 3 GB/s */
	SCAN_US_PER_MB = 2,	/* 1 ms a GB */
	SOFT_US_PER_MB = 20,	/* 15 ms a GB */
	WRITE_US_PER_MB = 3000, /* to disk: 300 MB/s */
	THREAD_US = 25,
	LEAST_US = 300,
};

static uint64_t mb(uint64_t bytes)
{
	return bytes >> 20;
}

static struct err *obstacle(struct plan *p, struct arena *a, const char *fmt, ...) PRINTF(3, 4);
static struct err *obstacle(struct plan *p, struct arena *a, const char *fmt, ...)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	va_list ap;

	if (p->n_obstacles == ARRAY_SIZE(p->obstacles))
		return NULL;
	va_start(ap, fmt);
	strbuf_vaddf(&sb, fmt, ap);
	va_end(ap);
	p->obstacles[p->n_obstacles] = sb.failed ? NULL : arena_strdup(a, sb.s);
	return p->obstacles[p->n_obstacles++] ? NULL : err_nomem();
}

/* --- memory ----------------------------------------------------------------------------------- */

static bool is_unforkable(const struct vma *v)
{
	return v->flags & (VMA_SHARED | VMA_DONTFORK | VMA_WIPEONFORK | VMA_HUGETLB);
}

static void count_memory(struct plan *p, const struct vma_list *vmas, const struct plan_wish *w)
{
	for (size_t i = 0; i < vmas->vmas.n; i++) {
		const struct vma *v = &vmas->vmas.v[i];
		bool whole;
		const char *why;

		p->resident += v->rss;
		p->huge += v->huge;
		p->mapped += v->flags & VMA_SHARED ? v->rss : v->anonymous + v->swap;
		if (!is_unforkable(v))
			p->kept_by_clone += v->anonymous;
		whole = content_of(v, &w->content, &why) == CONTENT_WHOLE;
		if (whole && is_unforkable(v))
			p->to_copy += v->rss;
		if (whole)
			p->expected_size += v->rss + v->swap;
	}
}

/* --- engines ------------------------------------------------------------------------------------ */

static uint64_t clone_us(const struct plan *p)
{
	uint64_t small = p->kept_by_clone > p->huge ? p->kept_by_clone - p->huge : 0;

	return mb(small) * CLONE_US_PER_MB + mb(p->huge) * CLONE_US_PER_HUGE_MB + mb(p->to_copy) * COPY_US_PER_MB;
}

static uint64_t precopy_us(const struct plan *p)
{
	uint64_t each = p->tracked_by == TRACK_SOFT_DIRTY ? SOFT_US_PER_MB : SCAN_US_PER_MB;

	return mb(p->resident) * each + mb(p->to_copy) * COPY_US_PER_MB;
}

/* The budget bounds what it copies besides; each member protects what it shares. */
static uint64_t membrane_us(const struct plan *p)
{
	return mb(p->mapped > p->huge ? p->mapped - p->huge : 0) * PROTECT_US_PER_MB + mb(p->huge) * CLONE_US_PER_HUGE_MB;
}

static uint64_t stop_us(const struct plan *p)
{
	return mb(p->expected_size) * WRITE_US_PER_MB;
}

static const struct {
	const char *name;
	uint64_t (*us)(const struct plan *p);
	bool on_request;
} known[] = { { "clone", clone_us, false }, { "precopy", precopy_us, false }, { "stop", stop_us, false },
	      { "membrane", membrane_us, true } };

static void add_engines(struct plan *p)
{
	for (unsigned i = 0; i < ARRAY_SIZE(known); i++)
		p->engines[p->n_engines++] = (struct plan_engine){ .name = known[i].name, .serves = true, .why = "",
								    .on_request = known[i].on_request };
}

static void forecast_pauses(struct plan *p)
{
	uint64_t least = (uint64_t)p->processes * LEAST_US + (uint64_t)p->threads * THREAD_US;

	for (unsigned i = 0; i < ARRAY_SIZE(known); i++)
		p->engines[i].pause_ns = (known[i].us(p) + least) * 1000;
}

static void refuse(struct plan_engine *e, const char *why)
{
	if (e->serves)
		e->why = why;
	e->serves = false;
}

/* Both make a thread of the process call for them. */
static void refuse_borrowing(struct plan_engine *e, const struct proc_facts *f)
{
	if (f->stat.seccomp == 1)
		refuse(e, "seccomp's strict mode allows no system call to borrow");
	if (f->stat.shadow_stack)
		refuse(e, "it has shadow stacks (CET): a thread that calls for us would be killed if we died meanwhile");
}

static void check_clone(const struct plan *p, const struct proc_facts *f, struct plan_engine *e)
{
	if (f->overcommit == 2 && f->committed + p->kept_by_clone > f->commit_limit)
		refuse(e, "vm.overcommit_memory is 2, and a clone does not fit the commit limit");
	if (p->headroom < p->kept_by_clone / 20)
		refuse(e, "the memory cgroup has no room for the pages that are written to meanwhile");
	refuse_borrowing(e, f);
}

static void check_precopy(const struct plan *p, const struct proc_facts *f, struct plan_engine *e)
{
	e->why = p->tracked_by == TRACK_SOFT_DIRTY ? "and what it writes while the copy is made; clears its soft-dirty marks"
						   : "and what it writes while the last copies are made";
	if (p->tracked_by == TRACK_NONE)
		refuse(e, "this kernel cannot track writes (PAGEMAP_SCAN, Linux 6.7; or soft-dirty), or userfaultfd is forbidden");
	if (p->tracked_by == TRACK_WP_ASYNC)
		refuse_borrowing(e, f);
}

static struct err *check_membrane(const struct proc_facts *f, const struct vma_list *vmas, struct arena *a, struct plan_engine *e)
{
	struct err *why = membrane_probe();

	e->why = "and the copy of shared memory that others can write to; on request only";
	if (!why)
		why = membrane_permitted(f->stat.euid);
	if (why) {
		const char *text = arena_strdup(a, err_message(why));

		err_free(why);
		if (!text)
			return err_nomem();
		refuse(e, text);
	}
	for (size_t i = 0; i < vmas->vmas.n; i++)
		if (vmas->vmas.v[i].flags & VMA_UFFD)
			refuse(e, "it uses userfaultfd itself");
	refuse_borrowing(e, f);
	return NULL;
}

static void choose(struct plan *p, const struct plan_wish *w)
{
	for (size_t i = 0; i < p->n_engines && !p->choice; i++)
		if (p->engines[i].serves && !p->engines[i].on_request && w->budget_ns && p->engines[i].pause_ns <= w->budget_ns) {
			p->choice = p->engines[i].name;
			p->choice_why = "the first that serves within the budget";
		}
	for (size_t i = 0; i < p->n_engines && !p->choice; i++)
		if (p->engines[i].serves && !p->engines[i].on_request) {
			p->choice = p->engines[i].name;
			p->choice_why = w->budget_ns ? "none is likely to keep the budget: the first that serves"
						     : "the first that serves";
		}
}

/* --- what is in the way ---------------------------------------------------------------------------- */

static struct err *look_for_obstacles(struct plan *p, const struct proc_facts *f, struct arena *a)
{
	if (f->stat.tracer)
		TRY(obstacle(p, a, "process %d traces it: only one can", (int)f->stat.tracer));
	if (f->stat.state == 'Z')
		TRY(obstacle(p, a, "it is a zombie: there is no memory left"));
	if (f->stat.state == 'D')
		TRY(obstacle(p, a, "its main thread sleeps in the kernel: of its registers only some will be known"));
	if (f->stat.state == 'T')
		TRY(obstacle(p, a, "it is stopped by a signal, and will stay so"));
	if (f->ptrace_scope > 1)
		TRY(obstacle(p, a, "kernel.yama.ptrace_scope is %d: only privileged processes may trace", f->ptrace_scope));
	if (f->stat.seccomp == 2)
		TRY(obstacle(p, a, "it has seccomp filters: without CAP_SYS_ADMIN they may refuse the borrowed call"));
	if (p->headroom != UINT64_MAX && p->headroom < p->kept_by_clone / 5)
		TRY(obstacle(p, a, "its memory cgroup has %llu MB left: a busy process may reach its limit while the clone lives",
			     (unsigned long long)mb(p->headroom)));
	if (p->to_copy > (uint64_t)150 << 20)
		TRY(obstacle(p, a, "%llu MB of shared memory have to be copied in the pause: a small budget leaves some of it smeared",
			     (unsigned long long)mb(p->to_copy)));
	return NULL;
}

struct err *plan_make(const struct proc_facts *facts, const struct vma_list *vmas, const struct plan_wish *wish,
		      struct arena *a, struct plan *ret)
{
	struct plan p = { .processes = 1, .threads = facts->stat.threads, .choice_why = "", .headroom = UINT64_MAX,
			  .tracked_by = track_probe() };

	if (facts->memory_max != UINT64_MAX)
		p.headroom = facts->memory_max > facts->memory_current ? facts->memory_max - facts->memory_current : 0;
	count_memory(&p, vmas, wish);
	add_engines(&p);
	forecast_pauses(&p);
	check_clone(&p, facts, &p.engines[0]);
	check_precopy(&p, facts, &p.engines[1]);
	TRY(check_membrane(facts, vmas, a, &p.engines[3]));
	TRY(look_for_obstacles(&p, facts, a));
	choose(&p, wish);
	*ret = p;
	return NULL;
}

/* --- a set ------------------------------------------------------------------------------------------ */

static struct plan_shared *shared_by(struct plan_set *set, const struct vma *v)
{
	struct plan_shared fresh = { .dev_major = v->dev_major, .dev_minor = v->dev_minor, .inode = v->inode };

	for (size_t i = 0; i < set->shared.n; i++) {
		struct plan_shared *s = &set->shared.v[i];

		if (s->inode == v->inode && s->dev_major == v->dev_major && s->dev_minor == v->dev_minor)
			return s;
	}
	return vec_push(&set->shared, fresh) ? &set->shared.v[set->shared.n - 1] : NULL;
}

/* smaps divides no pages of hugetlbfs. */
static uint64_t part_of(const struct vma *v)
{
	return v->flags & VMA_HUGETLB ? v->rss : v->pss;
}

static struct err *add_mapping(struct plan_set *set, const struct vma *v, bool whole)
{
	struct plan_shared *s;

	if (!(v->flags & VMA_SHARED)) {
		set->total.resident += part_of(v);
		set->total.to_copy += whole && is_unforkable(v) ? v->rss : 0;
		return NULL;
	}
	s = shared_by(set, v);
	if (!s)
		return err_nomem();
	s->pss += v->pss;
	s->most = v->rss > s->most ? v->rss : s->most;
	s->wanted |= whole;
	return NULL;
}

/* Who does not serve one member, does not serve the set. */
static struct err *add_refusals(struct plan *p, pid_t pid, const struct plan *member, struct arena *a)
{
	for (size_t i = 0; i < p->n_engines; i++) {
		struct plan_engine *e = &p->engines[i];
		const struct plan_engine *m = &member->engines[i];

		if (!e->serves)
			continue;
		e->serves = m->serves;
		e->why = m->serves ? m->why : arena_printf(a, "process %d: %s", (int)pid, m->why);
		if (!e->why)
			return err_nomem();
	}
	return NULL;
}

struct err *plan_set_add(struct plan_set *set, pid_t pid, const struct vma_list *vmas, const struct plan_wish *wish,
			 const struct plan *member, struct arena *a)
{
	struct plan *p = &set->total;
	const char *why;

	if (!p->processes) {
		*p = (struct plan){ .choice_why = "", .headroom = UINT64_MAX, .tracked_by = member->tracked_by };
		add_engines(p);
	}
	p->processes++;
	p->threads += member->threads;
	p->huge += member->huge;
	p->kept_by_clone += member->kept_by_clone;
	p->mapped += member->mapped;
	p->expected_size += member->expected_size;
	p->headroom = member->headroom < p->headroom ? member->headroom : p->headroom;
	for (size_t i = 0; i < vmas->vmas.n; i++) {
		const struct vma *v = &vmas->vmas.v[i];

		TRY(add_mapping(set, v, content_of(v, &wish->content, &why) == CONTENT_WHOLE));
	}
	return add_refusals(p, pid, member, a);
}

static void add_shared(struct plan_set *set)
{
	for (size_t i = 0; i < set->shared.n; i++) {
		const struct plan_shared *s = &set->shared.v[i];
		uint64_t size = s->pss > s->most ? s->pss : s->most;

		set->total.shared += size;
		set->total.to_copy += s->wanted ? size : 0;
	}
	set->total.resident += set->total.shared;
}

/* The first that serves; why not the one before it. */
static struct err *choose_for_all(struct plan *p, struct arena *a)
{
	p->choice_why = PLAN_FIRST_FOR_ALL;
	for (size_t i = 0; i < p->n_engines && !p->engines[i].on_request && !p->choice; i++) {
		if (p->engines[i].serves)
			p->choice = p->engines[i].name;
		else
			p->choice_why = arena_printf(a, "%s: %s", p->engines[i].name, p->engines[i].why);
		if (!p->choice_why)
			return err_nomem();
	}
	return NULL;
}

static uint64_t pause_of_choice(const struct plan *p)
{
	for (size_t i = 0; i < p->n_engines; i++)
		if (p->choice && strcmp(p->choice, p->engines[i].name) == 0)
			return p->engines[i].pause_ns;
	return 0;
}

struct err *plan_set_end(struct plan_set *set, const struct plan_wish *wish, struct arena *a)
{
	struct plan *p = &set->total;

	if (!p->processes)
		return err_new(ERR_NOTFOUND, "the set has no process");
	add_shared(set);
	forecast_pauses(p);
	if (p->headroom < p->kept_by_clone / 20)
		refuse(&p->engines[0], "the memory cgroup has no room for the pages that all of them write to meanwhile");
	TRY(choose_for_all(p, a));
	if (wish->budget_ns && pause_of_choice(p) > wish->budget_ns)
		TRY(obstacle(p, a, "all %u processes stand still for about %llu ms; the budget is %llu ms", (unsigned)p->processes,
			     (unsigned long long)(pause_of_choice(p) / 1000000), (unsigned long long)(wish->budget_ns / 1000000)));
	return NULL;
}

void plan_set_deinit(struct plan_set *set)
{
	vec_deinit(&set->shared);
}
