/* SPDX-License-Identifier: MIT */
/*
 * Lockups: a processor that did nothing but one thing for many seconds. The
 * kernel's watchdog notes on each processor when it last ran there (in units of
 * 2^30 ns of the scheduler's clock); it reports in the log.
 */
#include "os/linux/kernel/sched.h"
#include "pattern/kernel_log.h"
#include "target/kernel.h"

#include <inttypes.h>

enum { SECOND_SHIFT = 30, DEFAULT_THRESHOLD = 10 };

static const struct threshold thresholds[] = {
	{ "lockup.factor", 2, "times", "the watchdog's threshold (watchdog_thresh) must have passed without the watchdog running on a processor" },
	{ NULL },
};

/* Seconds since the watchdog ran there; false: it is off, or was told to begin anew. */
static bool silent_for(struct pattern_run *run, const struct sched_view *v, const struct sched_cpu *c, uint64_t *ret, uint64_t *ret_at)
{
	struct kernel *k = target_kernel(run->target);
	uint64_t variable = 0, touched = 0, now = v->now >> SECOND_SHIFT;

	if (err_ignore(kernel_symbol(k, "watchdog_touch_ts", &variable)))
		return false;
	*ret_at = kernel_percpu(k, variable, c->cpu);
	if (!*ret_at || !arch_read_uint(target_memory(run->target), *ret_at, 8, &touched) || !touched || touched > now)
		return false;
	*ret = now - touched;
	return true;
}

static void tell_silent(struct pattern_run *run, const struct sched_cpu *c, uint64_t seconds, uint64_t at, const struct troubles *x)
{
	struct finding *f;

	f = finding_add(run, SEVERITY_PROBLEM, 93, "Lockup: the watchdog has not run on processor %u for %" PRIu64 " s%s.", c->cpu, seconds,
			c->thread ? run_text(run, ", where %s runs", run_thread_text(run, c->thread)) : "");
	if (c->thread) {
		finding_thread(run, f, c->thread);
		evidence_stack(run, f, c->thread, "what processor %u does", c->cpu);
	}
	evidence_memory(run, f, at, 8, "watchdog_touch_ts of processor %u, in units of 2^30 ns; its clock is at %" PRIu64, c->cpu,
			c->clock >> SECOND_SHIFT);
	kernel_log_show(run, f, x, TROUBLE_SOFT_LOCKUP);
	kernel_log_show(run, f, x, TROUBLE_HARD_LOCKUP);
}

static void tell_logged(struct pattern_run *run, const struct troubles *x, enum trouble kind, const char *what)
{
	const struct trouble_line *l = trouble_first(x, kind);
	struct finding *f;

	if (!l)
		return;
	f = finding_add(run, SEVERITY_WARNING, 90, "%s were reported (%zu times), the first: %s.", what, x->count[kind], l->text);
	f->confidence_why = "it was so when it was reported; by the watchdog's notes no processor is silent now";
	kernel_log_show(run, f, x, kind);
}

static struct err *match(struct pattern_run *run)
{
	uint64_t limit = DEFAULT_THRESHOLD, seconds = 0, at = 0;
	const struct sched_view *v = NULL;
	const struct troubles *x = NULL;

	TRY(facts_sched(run->facts, &v));
	TRY(facts_troubles(run->facts, &x));
	(void)err_ignore(kernel_variable(target_kernel(run->target), "watchdog_thresh", 4, &limit));
	limit *= run_threshold(run, "lockup.factor");
	for (size_t i = 0; i < v->n && limit; i++) {
		TRY(run_check(run));
		if (v->cpus[i].online && silent_for(run, v, &v->cpus[i], &seconds, &at) && seconds >= limit)
			tell_silent(run, &v->cpus[i], seconds, at, x);
	}
	if (run->n_findings)
		return NULL;
	tell_logged(run, x, TROUBLE_SOFT_LOCKUP, "Soft lockups");
	tell_logged(run, x, TROUBLE_HARD_LOCKUP, "Hard lockups");
	return NULL;
}

static const char *const explains[] = { "kernel.rcu-stall", "cpu.starved-queue", "wait.starved-owner", "wait.chain", "kernel.hung-task",
					"kernel.panic", NULL };

const struct pattern pattern_kernel_lockup = {
	.id = "kernel.lockup",
	.title = "Soft or hard lockup",
	.category = CATEGORY_CPU,
	.definition = "A processor stayed in the kernel for many seconds without letting anything else run (soft lockup), or without even taking "
		      "interrupts (hard lockup).",
	.context = "An endless loop in the kernel, a spinlock whose owner never comes, a list without an end, a storm of interrupts; in a virtual "
		   "machine a host that does not give it time.",
	.criterion = "By watchdog_touch_ts of the processor the watchdog has not run there for lockup.factor times watchdog_thresh; or the kernel's log "
		     "has a report of a soft or hard lockup.",
	.false_positives = "A virtual machine that its host did not run for that long. Consoles that are slow and print much.",
	.recommendation = "The stack of the processor says where it loops; if it spins for a lock, who holds that is on another processor (!running -t). "
			  "The log has the registers of the moment when it was reported (!dmesg).",
	.bucket = "LOCKUP",
	.thresholds = thresholds,
	.needs = NEEDS_KERNEL | NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
