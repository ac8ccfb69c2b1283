/* SPDX-License-Identifier: MIT */
/* Warnings of the kernel: checks that failed, after which it went on. */
#include "pattern/kernel_log.h"

static void tell(struct pattern_run *run, const struct troubles *x, enum trouble kind, const char *what)
{
	const struct trouble_line *l = trouble_first(x, kind);
	struct finding *f;

	if (!l)
		return;
	f = finding_add(run, SEVERITY_WARNING, 93, "%s: %s%s", what, l->text,
			x->count[kind] > 1 ? run_text(run, "; its log has %zu such lines.", x->count[kind]) : ".");
	kernel_log_show(run, f, x, kind);
}

static struct err *match(struct pattern_run *run)
{
	const struct troubles *x = NULL;

	TRY(facts_troubles(run->facts, &x));
	if (kernel_log_unread(run, x, "Whether the kernel reported trouble"))
		return NULL;
	tell(run, x, TROUBLE_BUG, "The kernel reported a defect and went on");
	tell(run, x, TROUBLE_WARNING, "The kernel warned");
	tell(run, x, TROUBLE_HARDWARE, "The kernel reported a failure of the hardware");
	return NULL;
}

static const char *const explains[] = { "kernel.oops", "kernel.panic", NULL };

const struct pattern pattern_kernel_warning = {
	.id = "kernel.warning",
	.title = "Warnings of the kernel",
	.category = CATEGORY_EXCEPTION,
	.definition = "A check inside the kernel failed, or the hardware reported a failure, and the kernel went on.",
	.context = "WARN() in the kernel's code, \"BUG:\" lines of its debugging aids (sleeping in atomic context, KASAN, bad pages), reports of lockdep, "
		   "machine checks that were corrected.",
	.criterion = "The kernel's log has lines that begin with \"WARNING: \" or \"BUG: \" (those of an oops and of lockups are told by themselves), or "
		     "that say \"[Hardware Error]\".",
	.false_positives = "Many warnings are about something harmless; that there is one does not mean that it has to do with the trouble at hand.",
	.recommendation = "Read the report in the log (!dmesg): what it says and which function it names. Look for it in the change logs of newer kernels.",
	.bucket = "KERNEL_WARNING",
	.needs = NEEDS_KERNEL,
	.explains = explains,
	.match = match,
};
