/* SPDX-License-Identifier: MIT */
/*
 * Hung tasks: tasks of a kernel that have been in an uninterruptible sleep for
 * minutes, gathered by what they wait for in the end.
 */
#include "os/linux/kernel/lock.h"
#include "pattern/waits.h"
#include "target/kernel.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_GROUPS = 24, MAX_SHOWN = 12, NS = 1000000000 };

static const struct threshold thresholds[] = {
	{ "hung.seconds", 120, "seconds", "as long must a task have slept without being interruptible" },
	{ NULL },
};

/* Those with the same end of their line, or that sleep in the same function without a line. */
struct group {
	size_t root;		/* node */
	const char *function;	/* without a line */
	size_t n;
	size_t longest;		/* thread */
	uint64_t waits;
};

static bool is_hung(const struct klock_waiter *w, uint64_t least)
{
	return w->thread->record->live && w->thread->record->live->state == 'D' && w->waits_known && w->waits / NS >= least;
}

static bool belongs(const struct group *x, const struct wait_graph *g, size_t i, const struct klock_waiter *w)
{
	if (x->function)
		return !g->nodes[i].next && strcmp(x->function, w->function) == 0;
	return g->nodes[i].next && g->nodes[i].root == x->root;
}

static size_t gather(struct pattern_run *run, const struct wait_graph *g, struct group *v, uint64_t least)
{
	size_t n = 0, k;

	for (size_t i = 0; i < g->n_threads && i < g->kernel->n_waits; i++) {
		const struct klock_waiter *w = &g->kernel->waits[i];

		if (!w->thread || !is_hung(w, least))
			continue;
		for (k = 0; k < n && !belongs(&v[k], g, i, w);)
			k++;
		if (k == MAX_GROUPS)
			continue;
		if (k == n)
			v[n++] = (struct group){ .root = g->nodes[i].root, .function = g->nodes[i].next ? NULL : w->function };
		v[k].n++;
		if (w->waits > v[k].waits) {
			v[k].waits = w->waits;
			v[k].longest = i;
		}
	}
	return n;
}

/* "waits for mutex m, which A holds, who waits for mutex n, which B holds, who sleeps, in msleep" */
static const char *line_text(struct pattern_run *run, const struct wait_graph *g, size_t from)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const struct wait_node *n = &g->nodes[from];
	size_t links = 0;

	for (; n->next && links < 6; links++) {
		const struct wait_node *to = &g->nodes[n->next->to];

		if (n->kind == WAIT_THREAD)
			strbuf_addf(&sb, "%swaits for %s", links ? ", which " : "", waits_node_text(run, to));
		else
			strbuf_addf(&sb, n->next->sure < 75 ? ", which %s may hold" : ", which %s holds", waits_node_text(run, to));
		n = to;
		if (n == &g->nodes[from])
			break;
	}
	if (n == &g->nodes[from] && links)
		strbuf_adds(&sb, ": a ring");
	else if (n->kind == WAIT_THREAD && links)
		strbuf_addf(&sb, "; that one %s%s%s", activity_name(n->activity), *n->function ? ", in " : "", n->function);
	else if (n->kind == WAIT_LOCK && n->state && *n->state)
		strbuf_addf(&sb, " (%s)", n->state);
	return run_text(run, "%s", sb.s);
}

static const char *what_text(struct pattern_run *run, const struct wait_graph *g, const struct group *x)
{
	const struct klock_waiter *w = &g->kernel->waits[x->longest];

	if (!x->function)
		return line_text(run, g, x->longest);
	if (!*x->function)
		return "sleeps, and its stack does not tell in what";
	return run_text(run, *w->what ? "sleeps in %s, that is, waits for %s" : "sleeps in %s%s", w->function, w->what);
}

static void show(struct pattern_run *run, struct finding *f, const struct wait_graph *g, const struct group *x, uint64_t least)
{
	size_t shown = 0;

	for (size_t i = 0; i < g->n_threads && i < g->kernel->n_waits; i++) {
		const struct klock_waiter *w = &g->kernel->waits[i];

		if (!w->thread || !is_hung(w, least) || !belongs(x, g, i, w))
			continue;
		finding_thread(run, f, w->thread);
		if (shown++ < MAX_SHOWN)
			evidence_stack(run, f, w->thread, "%s has slept for %" PRIu64 " s%s%s", run_thread_text(run, w->thread), w->waits / NS,
				       g->nodes[i].next ? ": waits for " : ", in ",
				       g->nodes[i].next ? waits_node_text(run, &g->nodes[g->nodes[i].next->to]) : w->function);
	}
	for (size_t i = g->n_threads; i < g->n && !x->function; i++)
		if (g->nodes[i].kind == WAIT_LOCK && g->nodes[i].waiters && g->nodes[i].root == x->root)
			waits_show_owner(run, f, g, i);
}

static void tell(struct pattern_run *run, const struct wait_graph *g, const struct group *x, uint64_t least)
{
	struct finding *f;

	f = finding_add(run, SEVERITY_PROBLEM, 95, "Hung task%s: %s has been in an uninterruptible sleep for %" PRIu64 " s; it %s.%s",
			x->n == 1 ? "" : "s", run_thread_text(run, g->nodes[x->longest].thread), x->waits / NS, what_text(run, g, x),
			x->n == 1 ? "" : run_text(run, " %zu tasks hang on that.", x->n));
	finding_thread(run, f, g->nodes[x->longest].thread);
	show(run, f, g, x, least);
	waits_show_unread(run, f, g);
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;
	struct group v[MAX_GROUPS];
	uint64_t least = run_threshold(run, "hung.seconds");
	size_t n;

	TRY(facts_wait_graph(run->facts, &g));
	if (!g->kernel)
		return NULL;
	n = gather(run, g, v, least);
	for (size_t i = 0; i < n; i++) {
		TRY(run_check(run));
		tell(run, g, &v[i], least);
	}
	return NULL;
}

const struct pattern pattern_hung_task = {
	.id = "kernel.hung-task",
	.title = "Hung task",
	.category = CATEGORY_WAIT,
	.definition = "A task of the kernel has been in an uninterruptible sleep (state D) for minutes: no signal ends it, and what it waits "
		      "for does not come.",
	.context = "Locks that are taken in different order; a disk or a server of a network file system that does not answer; a task that "
		   "holds a lock and waits for memory; a lost completion.",
	.criterion = "The state is D, and by the scheduler's clock the task left the processor at least hung.seconds ago. Tasks are told together "
		     "when their lines end at the same place, or when they sleep in the same function.",
	.false_positives = "Drivers that sleep that way while they wait for something that may take long by nature; a machine that was suspended or "
			   "stopped, whose clock ran on.",
	.recommendation = "Look at the end of the line: the stack of the task that holds the lock says what it waits for. A ring never resolves; "
			  "a disk or server may. The machine has to be restarted to be rid of such tasks.",
	.bucket = "HUNG_TASK",
	.thresholds = thresholds,
	.needs = NEEDS_KERNEL | NEEDS_THREADS,
	.match = match,
};
