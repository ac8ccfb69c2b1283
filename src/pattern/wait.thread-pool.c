/* SPDX-License-Identifier: MIT */
/*
 * Thread pool exhaustion: all workers wait inside of their work, so that nobody
 * is there for what is queued. Windows: threads of TppWorkerThread, which idle
 * directly below it in NtWaitForWorkViaWorkerFactory (NtRemoveIoCompletion before).
 * Without that name (Wine, no symbols) those that ntdll started for itself: the
 * function between kernel32's start of a thread and the rest is its own. They idle
 * while nobody but ntdll is on their stack.
 * Linux knows no pools: threads with the same start function are taken for one,
 * when none of them idles and all wait at the same place for a lock, a name, a
 * connection or another process - or for another thread's answer, told by
 * nothing, which is why that is not looked for.
 */
#include "pattern/outside.h"

#include "os/linux/libc.h"

#include <string.h>
#include <strings.h>

static const struct threshold thresholds[] = {
	{ "pool.workers", 4, "threads", "as many workers must there be" },
	{ NULL },
};

enum worker { WORKER_NONE, WORKER_IDLE, WORKER_RUNS, WORKER_WAITS };

static bool has(const struct thread_stack *s, size_t from, size_t to, const char *part)
{
	for (size_t i = from; i < to && i < s->n; i++)
		if (s->places[i].function && strstr(s->places[i].function, part))
			return true;
	return false;
}

/* --- Windows ---------------------------------------------------------------------------- */

static bool is_of(const struct stack_place *p, const char *module)
{
	return p->module && strcasecmp(p->module->name, module) == 0;
}

/* kernel32's start of a thread calls what the thread was made for: ntdll's own function. */
static bool is_started_by_ntdll(const struct thread_stack *s)
{
	for (size_t i = s->n; i-- > 1;) {
		const struct stack_place *p = &s->places[i];

		if (!is_of(p, "kernel32") || !p->function || !strstr(p->function, "BaseThreadInitThunk"))
			continue;
		return is_of(p - 1, "ntdll") && !(p[-1].function && strstr(p[-1].function, "DbgUi"));
	}
	return false;
}

static bool is_only_of_system(const struct thread_stack *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (!is_of(&s->places[i], "ntdll") && !is_of(&s->places[i], "kernel32"))
			return false;
	return true;
}

static enum worker windows_worker(const struct wait_graph *g, const struct stacks *s, size_t i)
{
	const struct thread_stack *st = &s->v[i];
	bool named = has(st, 0, st->n, "TppWorkerThread");

	if (!named && !is_started_by_ntdll(st))
		return WORKER_NONE;
	if (has(st, 0, 2, "WaitForWorkViaWorkerFactory") || has(st, 0, 2, "RemoveIoCompletion") ||
	    (!named && is_only_of_system(st)))
		return WORKER_IDLE;
	return g->nodes[i].activity == ACTIVITY_SYSTEM_CALL ? WORKER_WAITS : WORKER_RUNS;
}

/* --- Linux --------------------------------------------------------------------------------- */

struct pool {
	uint64_t start;		/* function of the workers; Windows: 0 */
	bool windows;
};

static bool waits_for_others(struct pattern_run *run, const struct wait_graph *g, const struct stacks *s,
					  size_t i)
{
	const struct wait_edge *e = g->nodes[i].next, *owned = e ? g->nodes[e->to].next : NULL;
	struct outside_wait w;

	/* an owner that runs may release the lock in a moment */
	if (e && g->nodes[e->to].kind == WAIT_LOCK)
		return owned && g->nodes[owned->to].activity != ACTIVITY_RUNS;
	/* reads of a connection are how a worker idles that serves one */
	return outside_of(run, g, s, i, &w) && (w.kind == OUTSIDE_FILE_LOCK || w.kind == OUTSIDE_CHILD || *w.function);
}

static enum worker linux_worker(struct pattern_run *run, const struct wait_graph *g, const struct stacks *s, size_t i,
				const struct pool *p)
{
	uint64_t start = 0;

	if (!s->v[i].n || !linux_thread_start(run->target, g->nodes[i].thread, &start) || start != p->start)
		return WORKER_NONE;
	if (g->nodes[i].activity == ACTIVITY_RUNS)
		return WORKER_RUNS;
	return waits_for_others(run, g, s, i) ? WORKER_WAITS : WORKER_IDLE;
}

/* --- both ------------------------------------------------------------------------------------ */

static enum worker worker_of(struct pattern_run *run, const struct wait_graph *g, const struct stacks *s, size_t i,
			     const struct pool *p)
{
	return p->windows ? windows_worker(g, s, i) : linux_worker(run, g, s, i, p);
}

struct pool_count {
	size_t of[WORKER_WAITS + 1];
	struct thread *first;
};

static struct err *count(struct pattern_run *run, const struct wait_graph *g, const struct stacks *s,
			 const struct pool *p, struct pool_count *ret)
{
	struct pool_count c = { 0 };

	for (size_t i = 0; i < g->n_threads; i++) {
		enum worker w = worker_of(run, g, s, i, p);

		TRY(run_check(run));
		c.of[w]++;
		if (w == WORKER_WAITS && !c.first)
			c.first = g->nodes[i].thread;
	}
	*ret = c;
	return NULL;
}

static void tell(struct pattern_run *run, const struct wait_graph *g, const struct stacks *s, const struct pool *p,
		 const struct pool_count *c)
{
	size_t n = c->of[WORKER_WAITS];
	struct finding *f = finding_add(run, SEVERITY_WARNING, p->windows ? 80 : 60,
					"Thread pool exhaustion: all %zu worker threads%s%s wait, and none is left for what "
					"comes.",
					n, p->windows ? "" : " of ", p->windows ? "" : run_symbol_text(run, p->start));

	if (!p->windows)
		f->confidence_why = "that the threads are a pool is inferred from their equal start";
	for (size_t i = 0; i < g->n_threads && f->n_evidence < 16; i++)
		if (worker_of(run, g, s, i, p) == WORKER_WAITS)
			waits_show_wait(run, f, g, i);
	waits_show_unread(run, f, g);
}

static struct err *look_at(struct pattern_run *run, const struct wait_graph *g, const struct stacks *s, struct pool p)
{
	size_t least = run_threshold(run, "pool.workers");
	struct pool_count c;

	TRY(count(run, g, s, &p, &c));
	if (c.of[WORKER_WAITS] && c.of[WORKER_WAITS] >= least && !c.of[WORKER_IDLE] && !c.of[WORKER_RUNS])
		tell(run, g, s, &p, &c);
	return NULL;
}

/* The start functions of threads of the largest groups of equal stacks. */
static struct err *linux_pools(struct pattern_run *run, const struct wait_graph *g, const struct stacks *s)
{
	uint64_t seen[8], start = 0;
	struct thread *v;
	size_t n = 0;

	(void)target_threads(run->target, &v);
	for (size_t i = 0; i < s->n_groups && n < ARRAY_SIZE(seen); i++) {
		bool known = false;

		if (s->groups[i].n < run_threshold(run, "pool.workers") ||
		    !linux_thread_start(run->target, &v[s->groups[i].first], &start))
			continue;
		for (size_t k = 0; k < n; k++)
			known |= seen[k] == start;
		if (known)
			continue;
		seen[n++] = start;
		TRY(look_at(run, g, s, (struct pool){ .start = start }));
	}
	return NULL;
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;
	const struct stacks *s = NULL;

	TRY(facts_wait_graph(run->facts, &g));
	TRY(facts_stacks(run->facts, &s));
	if (target_is_windows(run->target))
		return look_at(run, g, s, (struct pool){ .windows = true });
	return linux_pools(run, g, s);
}

const struct pattern pattern_thread_pool = {
	.id = "wait.thread-pool",
	.title = "Thread pool exhaustion",
	.category = CATEGORY_WAIT,
	.definition = "All workers of a pool wait inside of their work, so that nobody is there for work that is queued.",
	.context = "Work items that wait for other work items of the same pool, for a lock, or for a server that does not "
		   "answer; a pool whose limit is too low for work that blocks.",
	.criterion = "There are at least pool.workers workers, none of them is idle and none runs. Windows: threads with "
		     "TppWorkerThread on the stack, or that ntdll started for itself; those idle that wait for work directly below it. Linux: threads with one "
		     "start function, of which at least pool.workers have equal stacks, and all wait for a lock whose owner does not run, the name "
		     "service, a child process or a lock on a file.",
	.false_positives = "Workers that are all busy for a moment. Threads with one start function that are no pool.",
	.recommendation = "See what the workers wait for: it should be waited for without occupying a worker. A work item "
			  "must not wait for another one of its own pool.",
	.bucket = "THREAD_POOL_EXHAUSTION",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS,
	.match = match,
};
