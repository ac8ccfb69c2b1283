/* SPDX-License-Identifier: MIT */
/* Out of memory: the kernel ended processes, or could not get memory for itself. */
#include "pattern/kernel_log.h"

#include <string.h>

static void tell(struct pattern_run *run, const struct troubles *x, enum trouble kind, enum severity severity, const char *what)
{
	const struct trouble_line *l = trouble_first(x, kind);
	struct finding *f;

	for (size_t i = 0; i < x->n && kind == TROUBLE_OOM; i++)
		if (x->lines[i].kind == kind && strstr(x->lines[i].text, "Kill")) {
			l = &x->lines[i];
			break;
		}
	if (!l)
		return;
	f = finding_add(run, severity, 95, "%s: %s%s", what, l->text,
			x->count[kind] > 2 ? run_text(run, " (%zu such lines in the log).", x->count[kind]) : ".");
	kernel_log_show(run, f, x, kind);
}

static struct err *match(struct pattern_run *run)
{
	const struct troubles *x = NULL;

	TRY(facts_troubles(run->facts, &x));
	tell(run, x, TROUBLE_OOM, SEVERITY_PROBLEM, "Out of memory");
	tell(run, x, TROUBLE_ALLOCATION, SEVERITY_WARNING, "The kernel could not get memory");
	return NULL;
}

const struct pattern pattern_kernel_out_of_memory = {
	.id = "kernel.out-of-memory",
	.title = "Out of memory",
	.category = CATEGORY_RESOURCE,
	.definition = "The machine, or a control group of it, ran out of memory: the kernel ended a process to go on, or an allocation of its own failed.",
	.context = "A process that grows without end, a limit of a control group that is too low, memory that the kernel itself has lost (slab), no swap.",
	.criterion = "The kernel's log has the lines of the OOM killer (\"invoked oom-killer\", \"Out of memory: Killed process\"), or a \"page allocation "
		     "failure\".",
	.false_positives = "A control group that is meant to be ended at its limit. Allocation failures of high order that their caller can do without.",
	.recommendation = "See who has the memory: !vm and !slab, and the table of tasks that the log has in front of the line (!dmesg).",
	.bucket = "OUT_OF_MEMORY",
	.needs = NEEDS_KERNEL,
	.match = match,
};
