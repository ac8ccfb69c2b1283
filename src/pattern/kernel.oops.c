/* SPDX-License-Identifier: MIT */
/* Oops: the kernel met a fault or a failed assertion of its own, and ended what it was doing. */
#include "pattern/kernel_log.h"

static struct err *match(struct pattern_run *run)
{
	const struct troubles *x = NULL;
	const struct trouble_line *l;
	struct finding *f;

	TRY(facts_troubles(run->facts, &x));
	l = trouble_first(x, TROUBLE_OOPS);
	if (!l)
		return NULL;
	f = finding_add(run, SEVERITY_PROBLEM, 97, "The kernel had an oops: %s%s", l->text,
			x->count[TROUBLE_OOPS] > 4 ? run_text(run, "; its log has %zu such lines.", x->count[TROUBLE_OOPS]) : ".");
	kernel_log_show(run, f, x, TROUBLE_OOPS);
	(void)kernel_variable_show(run, f, "die_counter", 4, "how often the kernel has died so far");
	return NULL;
}

static const char *const explains[] = { "kernel.panic", "kernel.hung-task", "wait.orphaned-lock", "kernel.lockup", NULL };

const struct pattern pattern_kernel_oops = {
	.id = "kernel.oops",
	.title = "Kernel oops or BUG",
	.category = CATEGORY_EXCEPTION,
	.definition = "Code of the kernel accessed memory that is not there, executed what it must not, or found one of its own assertions wrong.",
	.context = "A null or freed pointer in a driver, an assertion (BUG) that failed, memory that was overwritten. The task that ran is ended, and "
		   "what it held is never released.",
	.criterion = "The kernel's log has a line by which an oops begins: \"BUG: kernel NULL pointer dereference\", \"BUG: unable to handle\", "
		     "\"general protection fault\", \"kernel BUG at\", \"Oops:\" and the like.",
	.false_positives = "Tests that make a kernel fail on purpose (lkdtm).",
	.recommendation = "Read the whole report in the log (!dmesg): the line RIP names the function, the call trace how it came there; the first one "
			  "counts, those after it may be its consequence.",
	.bucket = "KERNEL_OOPS",
	.needs = NEEDS_KERNEL,
	.explains = explains,
	.match = match,
};
