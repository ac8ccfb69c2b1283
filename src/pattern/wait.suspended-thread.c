/* SPDX-License-Identifier: MIT */
/*
 * Suspended threads. Who writes a dump of Windows from outside, or from within,
 * suspends all threads but its own, and SuspendCount says so: what is more than
 * the least count of all threads but one is the program's doing. On Linux a stopped
 * process stops with all of its threads; the state is that of before the snapshot.
 */
#include "pattern/waits.h"

/* What the writer of the dump did to all threads, but perhaps to its own: the
 * least count but one. */
static uint32_t common_count(struct target *t)
{
	uint32_t least = UINT32_MAX, second = UINT32_MAX;
	struct thread *v;
	size_t n = target_threads(t, &v);

	for (size_t i = 0; i < n; i++) {
		uint32_t c = v[i].record->suspend_count;

		if (!(v[i].record->has & THREAD_HAS_SUSPEND))
			continue;
		if (c < least) {
			second = least;
			least = c;
		} else if (c < second) {
			second = c;
		}
	}
	return second;
}

static bool is_suspended(const struct thread *th, uint32_t common)
{
	const struct dump_thread_live *live = th->record->live;

	if (th->record->has & THREAD_HAS_SUSPEND)
		return th->record->suspend_count > common;
	return live && live->state == 'T';
}

static void show(struct pattern_run *run, struct finding *f, const struct thread *th)
{
	const char *command = run_text(run, "~%zu", th->index);

	if (th->record->has & THREAD_HAS_SUSPEND)
		evidence_other(run, f,
			       &(struct evidence){ .has_value = true, .value = th->record->suspend_count, .size = 4,
						   .command = command, .windbg = command },
			       "suspend count of %s", run_thread_text(run, th));
	else
		evidence_stack(run, f, th, "%s is in state T (stopped)", run_thread_text(run, th));
}

struct suspended {
	size_t n, behind, all;
	struct thread *worst;	/* for which most wait */
	size_t worst_behind;
};

static void count(const struct wait_graph *g, uint32_t common, struct suspended *s)
{
	*s = (struct suspended){ .all = g->n_threads };
	for (size_t i = 0; i < g->n_threads; i++) {
		if (!is_suspended(g->nodes[i].thread, common))
			continue;
		s->n++;
		s->behind += g->nodes[i].behind;
		if (!s->worst || g->nodes[i].behind > s->worst_behind) {
			s->worst = g->nodes[i].thread;
			s->worst_behind = g->nodes[i].behind;
		}
	}
}

static struct finding *tell(struct pattern_run *run, const struct suspended *s)
{
	if (s->n == s->all)
		return finding_add(run, SEVERITY_WARNING, 90, "Suspended threads: all %zu threads of the process %s %s.", s->n,
				   s->n == 1 ? "was" : "were", target_is_windows(run->target) ? "suspended" : "stopped");
	if (s->behind)
		return finding_add(run, SEVERITY_PROBLEM, 90,
				   "Suspended threads: %s is suspended, and %zu thread%s for what it holds.",
				   run_thread_text(run, s->worst), s->worst_behind, s->worst_behind == 1 ? " waits" : "s wait");
	return finding_add(run, SEVERITY_WARNING, 80, "Suspended threads: %zu of %zu threads %s suspended, the first is %s.",
			   s->n, s->all, s->n == 1 ? "is" : "are", run_thread_text(run, s->worst));
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;
	uint32_t common = common_count(run->target);
	struct suspended s;
	struct finding *f;

	TRY(facts_wait_graph(run->facts, &g));
	count(g, common, &s);
	if (!s.n)
		return NULL;
	f = tell(run, &s);
	finding_thread(run, f, s.worst);
	for (size_t i = 0; i < g->n_threads && f->n_evidence < 16; i++) {
		TRY(run_check(run));
		if (!is_suspended(g->nodes[i].thread, common))
			continue;
		finding_thread(run, f, g->nodes[i].thread);
		show(run, f, g->nodes[i].thread);
	}
	return NULL;
}

static const char *const explains[] = { "wait.chain", NULL };

const struct pattern pattern_suspended_thread = {
	.id = "wait.suspended-thread",
	.title = "Suspended threads",
	.category = CATEGORY_WAIT,
	.definition = "Threads were suspended or stopped when the dump was taken, not by the tool that took it.",
	.context = "SuspendThread that is not followed by ResumeThread; a debugger, a profiler or a garbage collector that was "
		   "interrupted; on Linux SIGSTOP, or a terminal that stopped the program.",
	.criterion = "The suspend count of a thread is greater than the least one of all other threads but one, which may "
		     "have written the dump: so many are the writer's own. On Linux the snapshot says that the thread's state was T. It is a "
		     "problem when others wait for what a suspended thread holds.",
	.false_positives = "A profiler or a garbage collector that suspends threads for moments. Tools that suspend some "
			   "threads twice while they write.",
	.recommendation = "Find who suspended them: never suspend a thread of the own process that may hold a lock. A process "
			  "that was stopped goes on with SIGCONT.",
	.bucket = "SUSPENDED_THREAD",
	.needs = NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
