/* SPDX-License-Identifier: MIT */
/* Critical section corruption: contents that no Enter and Leave can produce. */
#include "pattern/waits.h"

#include <inttypes.h>

static void tell(struct pattern_run *run, const struct wait_graph *g, size_t lock)
{
	const struct wait_node *n = &g->nodes[lock];
	const char *show = run_text(run, "!cs 0x%" PRIx64, n->address);
	struct finding *f;

	f = finding_add(run, SEVERITY_PROBLEM, 88, "Critical section corruption: %s holds what no program can have put "
						  "there: %s.",
			waits_node_text(run, n), n->corrupt);
	evidence_other(run, f, &(struct evidence){ .has_address = true, .address = n->address, .command = show,
						   .windbg = show },
		       "%s", n->corrupt);
	waits_show_owner(run, f, g, lock);
	for (size_t i = 0; i < g->n_threads; i++)
		if (g->nodes[i].next && g->nodes[i].next->to == lock)
			waits_show_wait(run, f, g, i);
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;

	TRY(facts_wait_graph(run->facts, &g));
	for (size_t i = g->n_threads; i < g->n; i++) {
		TRY(run_check(run));
		if (g->nodes[i].corrupt)
			tell(run, g, i);
	}
	return NULL;
}

static const char *const explains[] = { "wait.chain", "wait.orphaned-lock", "exception.wild-pointer", NULL };

const struct pattern pattern_critical_section = {
	.id = "corruption.critical-section",
	.title = "Critical section corruption",
	.category = CATEGORY_CORRUPTION,
	.definition = "The contents of a critical section contradict themselves or the process: its memory was overwritten "
		      "or freed.",
	.context = "An object that was freed while it was in use, an overrun of the data before it, a section that was "
		   "never initialised or was deleted.",
	.criterion = "LockCount that means more waiting threads than there are, an owner that is no thread id or an address "
		     "near by, a negative or absurd recursion count, debug information that does not point back.",
	.false_positives = "A dump of a process that ran while it was copied. Memory that ntdll's list still leads to after "
			   "a library was unloaded.",
	.recommendation = "Look at the memory around the section (dps, db) for the data of another object, and find who "
			  "owns that. Page heap finds the writer when it happens again.",
	.bucket = "CRITICAL_SECTION_CORRUPTION",
	.needs = NEEDS_SYSTEM_WINDOWS,
	.explains = explains,
	.match = match,
};
