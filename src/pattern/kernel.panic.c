/* SPDX-License-Identifier: MIT */
/* Panic: the kernel gave up. */
#include "pattern/kernel_log.h"
#include "target/kernel.h"

#include <string.h>

#define NO_CPU UINT64_C(0xffffffff)

/* panic_cpu: which processor is in panic(), PANIC_CPU_INVALID (-1) while none is. */
static bool cpu_in_panic(struct target *t, uint64_t *ret)
{
	return !err_ignore(kernel_variable(target_kernel(t), "panic_cpu", 4, ret)) && *ret != NO_CPU;
}

static const char *reason(const struct trouble_line *l)
{
	const char *colon = l ? strstr(l->text, ": ") : NULL;

	return colon ? colon + 2 : "its log does not say why";
}

static struct err *match(struct pattern_run *run)
{
	const struct troubles *x = NULL;
	const struct trouble_line *l;
	struct thread *threads;
	uint64_t cpu = NO_CPU;
	bool in_panic = cpu_in_panic(run->target, &cpu);
	struct finding *f;

	TRY(facts_troubles(run->facts, &x));
	l = trouble_first(x, TROUBLE_PANIC);
	if (!in_panic && !l)
		return NULL;
	f = finding_add(run, SEVERITY_PROBLEM, in_panic && l ? 99 : 95, "The kernel panicked%s: %s.",
			in_panic ? run_text(run, " on processor %u", (unsigned)cpu) : "", reason(l));
	if (in_panic && cpu < target_threads(run->target, &threads) && threads[cpu].on_cpu) {
		finding_thread(run, f, &threads[cpu]);
		evidence_stack(run, f, &threads[cpu], "what processor %u runs", (unsigned)cpu);
	}
	kernel_log_show(run, f, x, TROUBLE_PANIC);
	(void)kernel_variable_show(run, f, "panic_cpu", 4, in_panic ? "the processor that panicked" : "no processor is in a panic");
	if (x->why)
		finding_unread(run, f, "the kernel's log: %s", x->why);
	return NULL;
}

const struct pattern pattern_kernel_panic = {
	.id = "kernel.panic",
	.title = "Kernel panic",
	.category = CATEGORY_EXCEPTION,
	.definition = "The kernel gave up: it met something after which it would not go on.",
	.context = "An oops in an interrupt or with panic_on_oops, a lockup or hung task with the matching panic setting, a root file system that "
		   "cannot be mounted, the end of the first process, a machine check.",
	.criterion = "panic_cpu names a processor, or the kernel's log has a line \"Kernel panic - not syncing\".",
	.false_positives = "A log that was carried over from before a restart (pstore) is another memory and is not looked at: none is known.",
	.recommendation = "The line says why; what came before it in the log is the cause (!dmesg). The stack of the processor that panicked shows "
			  "where.",
	.bucket = "KERNEL_PANIC",
	.needs = NEEDS_KERNEL,
	.match = match,
};
