/* SPDX-License-Identifier: MIT */
/* Forecasts and obstacles; see plan.h. The figures are those of docs/capture.md, rounded up. */
#include "capture/plan.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "capture/content.h"
#include "capture/track.h"

#include <string.h>

enum {
	CLONE_US_PER_MB = 15,	/* page tables of 4 KiB pages: 15 ms a GB */
	CLONE_US_PER_HUGE_MB = 2,
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

static struct plan_engine *add_engine(struct plan *p, const char *name, uint64_t us)
{
	struct plan_engine *e = &p->engines[p->n_engines++];

	*e = (struct plan_engine){ .name = name, .serves = true, .why = "",
				   .pause_ns = (us + LEAST_US + (uint64_t)p->threads * THREAD_US) * 1000 };
	return e;
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

static void plan_clone(struct plan *p, const struct proc_facts *f)
{
	uint64_t small = p->kept_by_clone > p->huge ? p->kept_by_clone - p->huge : 0;
	struct plan_engine *e = add_engine(p, "clone", mb(small) * CLONE_US_PER_MB + mb(p->huge) * CLONE_US_PER_HUGE_MB +
							       mb(p->to_copy) * COPY_US_PER_MB);

	if (f->overcommit == 2 && f->committed + p->kept_by_clone > f->commit_limit)
		refuse(e, "vm.overcommit_memory is 2, and a clone does not fit the commit limit");
	if (p->headroom < p->kept_by_clone / 20)
		refuse(e, "the memory cgroup has no room for the pages that are written to meanwhile");
	refuse_borrowing(e, f);
}

static void plan_precopy(struct plan *p, const struct proc_facts *f)
{
	enum track_way way = track_probe();
	uint64_t each = way == TRACK_SOFT_DIRTY ? SOFT_US_PER_MB : SCAN_US_PER_MB;
	struct plan_engine *e = add_engine(p, "precopy", mb(p->resident) * each + mb(p->to_copy) * COPY_US_PER_MB);

	e->why = way == TRACK_SOFT_DIRTY ? "and what it writes while the copy is made; clears its soft-dirty marks"
					 : "and what it writes while the last copies are made";
	if (way == TRACK_NONE)
		refuse(e, "this kernel cannot track writes (PAGEMAP_SCAN, Linux 6.7; or soft-dirty), or userfaultfd is forbidden");
	if (way == TRACK_WP_ASYNC)
		refuse_borrowing(e, f);
}

static void choose(struct plan *p, const struct plan_wish *w)
{
	for (size_t i = 0; i < p->n_engines && !p->choice; i++)
		if (p->engines[i].serves && w->budget_ns && p->engines[i].pause_ns <= w->budget_ns) {
			p->choice = p->engines[i].name;
			p->choice_why = "the first that serves within the budget";
		}
	for (size_t i = 0; i < p->n_engines && !p->choice; i++)
		if (p->engines[i].serves) {
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
	struct plan p = { .threads = facts->stat.threads, .choice_why = "", .headroom = UINT64_MAX };

	if (facts->memory_max != UINT64_MAX)
		p.headroom = facts->memory_max > facts->memory_current ? facts->memory_max - facts->memory_current : 0;
	count_memory(&p, vmas, wish);
	plan_clone(&p, facts);
	plan_precopy(&p, facts);
	(void)add_engine(&p, "stop", mb(p.expected_size) * WRITE_US_PER_MB);
	TRY(look_for_obstacles(&p, facts, a));
	choose(&p, wish);
	*ret = p;
	return NULL;
}
