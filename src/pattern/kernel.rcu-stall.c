/* SPDX-License-Identifier: MIT */
/*
 * RCU stall: a grace period that does not end, since a processor or a task has not
 * gone through a quiescent state. struct rcu_state has when it began, in jiffies;
 * a processor still owes its state while its bit is set in the leaf of its rcu_node.
 */
#include "os/linux/kernel/sched.h"
#include "pattern/kernel_log.h"
#include "target/bind.h"
#include "target/kernel.h"

#include <inttypes.h>
#include <stddef.h>

enum { RUNNING = 3, NS = 1000000000, DEFAULT_TIMEOUT = 21 };

static const struct threshold thresholds[] = {
	{ "rcu-stall.factor", 1, "times", "the kernel's own timeout (rcu_cpu_stall_timeout) must have passed since the grace period began" },
	{ NULL },
};

struct state {
	uint64_t has, gp_seq, gp_start, start_at;
};
static const struct bind_member state_members[] = {
	{ "gp_seq", offsetof(struct state, gp_seq), BIND_UINT, false },
	{ "gp_start", offsetof(struct state, gp_start), BIND_UINT, false },
	{ "gp_start", offsetof(struct state, start_at), BIND_ADDRESS_OF, false },
	{ NULL },
};
static const struct binding state_binding = { "vmlinux", "rcu_state", state_members };

struct data {
	uint64_t has, node, mask;
};
static const struct bind_member data_members[] = {
	{ "mynode", offsetof(struct data, node), BIND_UINT, false },
	{ "grpmask", offsetof(struct data, mask), BIND_UINT, false },
	{ NULL },
};
static const struct binding data_binding = { "vmlinux", "rcu_data", data_members };

struct node {
	uint64_t has, owed;
};
static const struct bind_member node_members[] = {
	{ "qsmask", offsetof(struct node, owed), BIND_UINT, false },
	{ NULL },
};
static const struct binding node_binding = { "vmlinux", "rcu_node", node_members };

static bool owes(struct target *t, unsigned cpu)
{
	struct kernel *k = target_kernel(t);
	struct data d = { 0 };
	struct node n = { 0 };
	uint64_t variable = 0, at;

	if (err_ignore(kernel_symbol(k, "rcu_data", &variable)))
		return false;
	at = kernel_percpu(k, variable, cpu);
	return at && !err_ignore(bind_read(t, HALF_NATIVE, &data_binding, at, &d)) && d.node &&
	       !err_ignore(bind_read(t, HALF_NATIVE, &node_binding, d.node, &n)) && (n.owed & d.mask);
}

/* How long the present grace period has lasted, in seconds; false: none is under way, or that is not known. */
static bool lasts(struct target *t, struct state *s, uint64_t *ret)
{
	struct kernel *k = target_kernel(t);
	uint64_t at = 0, now = 0, tick = 0;

	if (err_ignore(kernel_symbol(k, "rcu_state", &at)) || err_ignore(bind_read(t, HALF_NATIVE, &state_binding, at, s)) ||
	    err_ignore(kernel_variable(k, "jiffies", 8, &now)) || err_ignore(kernel_variable(k, "tick_nsec", 8, &tick)))
		return false;
	if (!(s->gp_seq & RUNNING) || now < s->gp_start || !tick || tick > NS)
		return false;
	*ret = (now - s->gp_start) / (NS / tick);
	return true;
}

static void show_cpus(struct pattern_run *run, struct finding *f, const struct sched_view *v)
{
	for (size_t i = 0; i < v->n && f->n_evidence < 16; i++) {
		const struct sched_cpu *c = &v->cpus[i];

		if (!c->online || !owes(run->target, c->cpu) || !c->thread)
			continue;
		finding_thread(run, f, c->thread);
		evidence_stack(run, f, c->thread, "processor %u has not gone through a quiescent state; it runs %s", c->cpu,
			       run_thread_text(run, c->thread));
	}
}

static size_t count_owing(struct pattern_run *run, const struct sched_view *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++)
		n += v->cpus[i].online && owes(run->target, v->cpus[i].cpu);
	return n;
}

static void tell_now(struct pattern_run *run, const struct sched_view *v, const struct state *s, uint64_t seconds, const struct troubles *x)
{
	size_t n = count_owing(run, v);
	struct finding *f;

	f = finding_add(run, SEVERITY_PROBLEM, 93, "RCU stall: a grace period has lasted for %" PRIu64 " s; %s.", seconds,
			n ? run_text(run, "%zu processor%s not gone through a quiescent state", n, n == 1 ? " has" : "s have")
			  : "it waits for tasks that were preempted while they read");
	evidence_memory(run, f, s->start_at, 8, "rcu_state.gp_start: when the grace period began, in jiffies");
	show_cpus(run, f, v);
	kernel_log_show(run, f, x, TROUBLE_RCU_STALL);
}

static struct err *match(struct pattern_run *run)
{
	uint64_t timeout = DEFAULT_TIMEOUT, seconds = 0;
	const struct sched_view *v = NULL;
	const struct troubles *x = NULL;
	const struct trouble_line *l;
	struct state s = { 0 };
	struct finding *f;

	TRY(facts_sched(run->facts, &v));
	TRY(facts_troubles(run->facts, &x));
	(void)err_ignore(kernel_variable(target_kernel(run->target), "rcu_cpu_stall_timeout", 4, &timeout));
	timeout *= run_threshold(run, "rcu-stall.factor");
	if (timeout && lasts(run->target, &s, &seconds) && seconds >= timeout) {
		tell_now(run, v, &s, seconds, x);
		return NULL;
	}
	l = trouble_first(x, TROUBLE_RCU_STALL);
	if (!l)
		return NULL;
	f = finding_add(run, SEVERITY_WARNING, 90, "RCU stalls were reported, the first: %s.", l->text);
	f->confidence_why = "it was so when it was reported; no grace period lasts that long now";
	kernel_log_show(run, f, x, TROUBLE_RCU_STALL);
	return NULL;
}

static const char *const explains[] = { "kernel.hung-task", "kernel.panic", NULL };

const struct pattern pattern_kernel_rcu_stall = {
	.id = "kernel.rcu-stall",
	.title = "RCU stall",
	.category = CATEGORY_CPU,
	.definition = "A grace period of RCU does not end: memory that was given up by its users cannot be freed, and who waits for the grace period "
		      "waits on.",
	.context = "A processor that loops in the kernel with interrupts or preemption off; a realtime task that keeps the RCU threads from running; a "
		   "task that was preempted inside a read-side section and does not get a processor.",
	.criterion = "A grace period is under way and began rcu-stall.factor times rcu_cpu_stall_timeout ago, by rcu_state and jiffies; or the kernel's log "
		     "has a report of a stall.",
	.false_positives = "A virtual machine that its host did not run for that long.",
	.recommendation = "Look at the stacks of the processors that owe their quiescent state (!running -t), and at what runs where the RCU threads are "
			  "ready (!ready).",
	.bucket = "RCU_STALL",
	.thresholds = thresholds,
	.needs = NEEDS_KERNEL | NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
