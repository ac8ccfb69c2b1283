/* SPDX-License-Identifier: MIT */
/* Blocking module: one library stands above the wait of threads that others wait for. */
#include "pattern/stacks.h"
#include "pattern/waits.h"

#include <string.h>

static const struct threshold thresholds[] = {
	{ "blocking.waiters", 3, "threads", "as many must stand behind threads that wait below one module" },
	{ NULL },
};

/* What was counted of one module. */
struct count {
	struct module *module;
	size_t threads, behind;
	struct thread *first;
};

struct counts {
	struct count *v;
	size_t n;
};

/* The end of a line, which waits itself, below a library that is not the system's. */
static struct module *blocker_of(struct pattern_run *run, const struct wait_graph *g, const struct stacks *s, size_t i)
{
	const struct wait_node *n = &g->nodes[i];
	const struct stack_place *p;

	if (!n->behind || n->in_ring || n->activity == ACTIVITY_RUNS || (n->next && g->nodes[n->next->to].next))
		return NULL;
	p = stacks_suspect(&s->v[i]);
	return p && !stacks_is_program(run->target, p->module) ? p->module : NULL;
}

/* NULL: neither there nor to be added. */
static struct count *count_of(struct pattern_run *run, struct counts *c, struct module *m, struct thread *first)
{
	enum { MOST = 64 };

	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].module == m)
			return &c->v[i];
	if (!c->v)
		c->v = ARENA_NEW_N(run->arena, struct count, MOST);
	if (!c->v || c->n == MOST)
		return NULL;
	c->v[c->n] = (struct count){ .module = m, .first = first };
	return &c->v[c->n++];
}

static struct err *add(struct pattern_run *run, struct counts *c, struct module *m, const struct wait_node *n)
{
	struct count *at = count_of(run, c, m, n->thread);

	if (!c->v)
		return err_nomem();
	if (!at)
		return NULL;
	at->threads++;
	at->behind += n->behind;
	return NULL;
}

static void tell(struct pattern_run *run, const struct wait_graph *g, const struct stacks *s, const struct count *c)
{
	struct finding *f = finding_add(run, SEVERITY_WARNING, 60,
					"Blocking module: %s is above the wait of %zu thread%s that %zu other%s.",
					c->module->name, c->threads, c->threads == 1 ? "" : "s", c->behind,
					c->behind == 1 ? " waits for" : "s wait for");

	f->confidence_why = "who stands first on a stack need not be who errs";
	finding_module(run, f, c->module->name);
	for (size_t i = 0; i < g->n_threads && f->n_evidence < 16; i++)
		if (blocker_of(run, g, s, i) == c->module) {
			finding_thread(run, f, g->nodes[i].thread);
			evidence_stack(run, f, g->nodes[i].thread, "%s waits below %s", run_thread_text(run, g->nodes[i].thread),
				       run_symbol_text(run, stacks_suspect(&s->v[i])->ip));
		}
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;
	const struct stacks *s = NULL;
	struct counts c = { 0 };

	TRY(facts_wait_graph(run->facts, &g));
	TRY(facts_stacks(run->facts, &s));
	for (size_t i = 0; i < g->n_threads; i++) {
		struct module *m = blocker_of(run, g, s, i);

		TRY(run_check(run));
		if (m)
			TRY(add(run, &c, m, &g->nodes[i]));
	}
	for (size_t i = 0; i < c.n; i++)
		if (c.v[i].behind >= run_threshold(run, "blocking.waiters"))
			tell(run, g, s, &c.v[i]);
	return NULL;
}

const struct pattern pattern_blocking_module = {
	.id = "wait.blocking-module",
	.title = "Blocking module",
	.category = CATEGORY_WAIT,
	.definition = "Threads that others wait for wait themselves, and the first functions above their waits that are not the "
		      "system's belong to one library.",
	.context = "Hooks, drivers' libraries, virus scanners, plug-ins and client libraries that call out while the program "
		   "holds its locks.",
	.criterion = "At least blocking.waiters threads stand behind threads at the end of lines of the wait graph that wait, "
		     "and whose innermost frame outside of the system's and run-time libraries is in one module that is not "
		     "the program itself.",
	.false_positives = "A library that everything goes through, as a framework, is above every wait.",
	.recommendation = "Look at what the module waits for, and whether a newer version of it is known to do better. Ask its "
			  "vendor with the stacks.",
	.bucket = "BLOCKING_MODULE",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS,
	.match = match,
};
