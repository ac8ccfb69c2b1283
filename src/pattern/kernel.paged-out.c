/* SPDX-License-Identifier: MIT */
/*
 * Paged-out user stacks: processes that have slept for so long that the pages on
 * which their threads stand were swapped out; what they did is not in the dump.
 */
#include "os/linux/kernel/meminfo.h"
#include "os/linux/kernel/paged_out.h"
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include "base/map.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MAX_SHOWN = 12, PAGE_KB = 4, HUNDRED = 100, NS = 1000000000 };

static const struct threshold thresholds[] = {
	{ "paged-out.processes", 1, "processes", "as many must have a thread whose user stack is swapped out" },
	{ "paged-out.percent", 50, "percent", "of the memory that it uses must a process have in swap space to be called stale" },
	{ NULL },
};

struct owner {
	const struct memory_user *user;
	size_t threads, out, blind;
	struct thread *first;		/* whose stack is swapped out */
	struct user_stack stack;	/* of it */
	bool ran_known;
	uint64_t not_run;		/* ns since any of its threads ran */
};

struct gathering {
	struct owner *v;
	size_t n;
	struct u64map by_mm;		/* struct owner */
};

static void gathering_deinit(struct gathering *g)
{
	u64map_deinit(&g->by_mm);
}

static struct err *start(struct pattern_run *run, struct gathering *g, uint64_t *ret_swapped)
{
	struct memory_user *users = NULL;
	size_t n = 0;

	*ret_swapped = 0;
	TRY(kernel_memory_users(run->target, run->arena, &users, &n));
	g->v = ARENA_NEW_N(run->arena, struct owner, n + 1);
	if (!g->v)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		g->v[i].user = &users[i];
		*ret_swapped += users[i].swap;
		if (!u64map_put(&g->by_mm, users[i].mm, &g->v[i]))
			return err_nomem();
	}
	g->n = n;
	return NULL;
}

static void look_at(struct pattern_run *run, struct gathering *g, struct thread *th)
{
	struct kernel_task task = { 0 };
	struct user_stack s = { 0 };
	struct owner *o;
	uint64_t ns;

	if (!th->task || err_ignore(kernel_task_read(run->target, th->task, &task)) || (task.flags & TASK_IS_KTHREAD) || !task.mm)
		return;
	o = u64map_get(&g->by_mm, task.mm);
	if (!o)
		return;
	kernel_user_stack(run->target, &task, &s);
	o->threads++;
	o->blind += s.state == STACK_NOT_KNOWN;
	if (kernel_not_run_for(run->target, &task, &ns) && (!o->ran_known || ns < o->not_run)) {
		o->ran_known = true;
		o->not_run = ns;
	}
	if (s.state != STACK_PAGED_OUT || !o->user->swap)
		return;
	if (!o->out++) {
		o->first = th;
		o->stack = s;
	}
}

static bool is_stale(const struct owner *o, uint64_t percent)
{
	uint64_t all = memory_resident(o->user) + o->user->swap;

	return o->out && o->user->swap >= all / HUNDRED * percent;
}

static int by_swap(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;
	uint64_t n = x->out ? x->user->swap : 0, m = y->out ? y->user->swap : 0;

	return n != m ? (n < m ? 1 : -1) : x->user->pid < y->user->pid ? -1 : x->user->pid > y->user->pid;
}

static void show_one(struct pattern_run *run, struct finding *f, const struct owner *o, uint64_t percent)
{
	finding_thread(run, f, o->first);
	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = o->stack.sp,
					   .command = run_text(run, "!vtop %" PRIx64 " %" PRIx64, o->stack.sp, o->stack.pgd) },
		       "\"%s\" (pid %" PRIu32 "): the user stacks of %zu of its %zu threads are swapped out; %" PRIu64 " kB in swap, %" PRIu64
		       " kB in memory%s%s; entry of the page table for the stack pointer of the first: 0x%" PRIx64,
		       o->user->name, o->user->pid, o->out, o->threads, o->user->swap * PAGE_KB, memory_resident(o->user) * PAGE_KB,
		       o->ran_known ? run_text(run, "; it has not run for %" PRIu64 " s", o->not_run / NS) : "",
		       is_stale(o, percent) ? ": stale" : "", o->stack.entry);
}

static void tell(struct pattern_run *run, const struct gathering *g, size_t out, size_t blind)
{
	uint64_t percent = run_threshold(run, "paged-out.percent");
	size_t stale = 0;
	struct finding *f;

	for (size_t i = 0; i < g->n; i++)
		stale += is_stale(&g->v[i], percent);
	f = finding_add(run, SEVERITY_NOTE, 90,
			"Paged-out user stacks: in %zu of %zu processes threads stand on memory that is swapped out; %zu of these processes %s stale, "
			"with most of their memory in swap space.",
			out, g->n, stale, stale == 1 ? "is" : "are");
	for (size_t i = 0; i < out && i < MAX_SHOWN; i++)
		show_one(run, f, &g->v[i], percent);
	if (out > MAX_SHOWN)
		evidence_other(run, f, &(struct evidence){ .command = "!vm" }, "%zu more such processes", out - MAX_SHOWN);
	if (blind)
		finding_unread(run, f, "where the user stacks of %zu threads are: their registers or page tables are not in the dump", blind);
}

static struct err *match(struct pattern_run *run)
{
	CLEANUP(gathering_deinit) struct gathering g = { .by_mm = U64MAP_INIT };
	uint64_t swapped = 0, least = run_threshold(run, "paged-out.processes");
	struct thread *threads;
	size_t n = target_threads(run->target, &threads), out = 0, blind = 0;

	TRY(start(run, &g, &swapped));
	if (!swapped)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		TRY(run_check(run));
		look_at(run, &g, &threads[i]);
	}
	for (size_t i = 0; i < g.n; i++) {
		out += g.v[i].out != 0;
		/* workers of the kernel in a process have no registers of user mode, and no stack there */
		blind += g.v[i].user->swap && g.v[i].blind == g.v[i].threads ? g.v[i].blind : 0;
	}
	qsort(g.v, g.n, sizeof(*g.v), by_swap);
	if (out && out >= least)
		tell(run, &g, out, blind);
	else if (blind && !out)
		finding_unread(run, finding_undecidable(run, "Whether user stacks are swapped out, though %" PRIu64 " kB of processes are.", swapped * PAGE_KB),
			       "where the user stacks of %zu threads are: their registers or page tables are not in the dump", blind);
	return NULL;
}

const struct pattern pattern_kernel_paged_out = {
	.id = "kernel.paged-out",
	.title = "Paged-out user stacks",
	.category = CATEGORY_RESOURCE,
	.definition = "Threads of user processes stand on stacks that were swapped out: they have not run for long, and their stacks are not in the dump.",
	.context = "Services that nobody asks any more, sessions that were left open, machines that were short of memory for a while; a process "
		   "that is to answer now waits for its pages first.",
	.criterion = "The entry of the page table for the page at a thread's user stack pointer is not present and not empty, and its process has "
		     "pages in swap space; at least paged-out.processes processes have such threads. Stale is one of them that has "
		     "paged-out.percent of its memory in swap space.",
	.false_positives = "Systems that swap what sleeps on purpose (memory.reclaim, zram): nothing is wrong with that. A page that was being moved "
			   "at that instant looks alike. The page of the first thread's stack comes back when somebody reads the arguments "
			   "of the process, as ps does.",
	.recommendation = "Do not look for these stacks in this dump; swap a process in before its core is taken (osmodump snap reads its pages). "
			  "See whether what is stale is still needed.",
	.bucket = "PAGED_OUT",
	.thresholds = thresholds,
	.needs = NEEDS_KERNEL | NEEDS_THREADS,
	.match = match,
};
