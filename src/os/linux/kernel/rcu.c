/* SPDX-License-Identifier: MIT */
/*
 * Read-copy-update: see rcu.h.
 *
 * Each processor has a struct rcu_data with its callbacks and belongs to a leaf of a
 * tree of struct rcu_node, whose masks say for which of its processors the grace
 * period waits. Where readers can be preempted, a leaf has a list of those that were:
 * the ones from gp_tasks on block it. Facts: Documentation/RCU/ of Linux, above all
 * Design/Data-Structures and stallwarn.rst.
 */
#include "os/linux/kernel/rcu.h"

#include "base/cancel.h"
#include "base/vec.h"
#include "os/linux/kernel/path.h"
#include "os/linux/kernel/place.h"
#include "os/linux/kernel/walk.h"
#include "target/bind.h"
#include "target/kernel.h"
#include "target/kernel_types.h"

enum { MAX_BLOCKED = 1 << 20, MAX_GP_STATES = 16 };

struct state {
	uint64_t has;
	uint64_t seq, kthread, flags, state, start, activity, expedited;
};
static const struct bind_member state_members[] = {
	{ "gp_seq", offsetof(struct state, seq), BIND_UINT, false },
	{ "gp_kthread", offsetof(struct state, kthread), BIND_UINT, false },
	{ "gp_flags", offsetof(struct state, flags), BIND_UINT, false },
	{ "gp_state", offsetof(struct state, state), BIND_UINT, false },
	{ "gp_start", offsetof(struct state, start), BIND_UINT, false },
	{ "gp_activity", offsetof(struct state, activity), BIND_UINT, false },
	{ "expedited_sequence", offsetof(struct state, expedited), BIND_UINT, true },
	{ NULL },
};
static const struct binding state_binding = { "vmlinux", "rcu_state", state_members };

struct data {
	uint64_t has;
	uint64_t seq, needed, no_qs, needs, node, mask, ticks, length, lazy, segments;
};
enum { DATA_SEGMENTS = 1 << 9 };
static const struct bind_member data_members[] = {
	{ "gp_seq", offsetof(struct data, seq), BIND_UINT, false },
	{ "gp_seq_needed", offsetof(struct data, needed), BIND_UINT, false },
	{ "cpu_no_qs.b.norm", offsetof(struct data, no_qs), BIND_UINT, false },
	{ "core_needs_qs", offsetof(struct data, needs), BIND_UINT, false },
	{ "mynode", offsetof(struct data, node), BIND_UINT, false },
	{ "grpmask", offsetof(struct data, mask), BIND_UINT, false },
	{ "ticks_this_gp", offsetof(struct data, ticks), BIND_UINT, true },
	{ "cblist.len", offsetof(struct data, length), BIND_UINT, false },
	{ "lazy_len", offsetof(struct data, lazy), BIND_UINT, true },
	{ "cblist.seglen", offsetof(struct data, segments), BIND_ADDRESS_OF, true },
	{ NULL },
};
static const struct binding data_binding = { "vmlinux", "rcu_data", data_members };

struct node {
	uint64_t has;
	uint64_t mask, expedited, blocked, gp_tasks, exp_tasks;
};
static const struct bind_member node_members[] = {
	{ "qsmask", offsetof(struct node, mask), BIND_UINT, false },
	{ "expmask", offsetof(struct node, expedited), BIND_UINT, false },
	{ "blkd_tasks", offsetof(struct node, blocked), BIND_ADDRESS_OF, false },
	{ "gp_tasks", offsetof(struct node, gp_tasks), BIND_UINT, false },
	{ "exp_tasks", offsetof(struct node, exp_tasks), BIND_UINT, false },
	{ NULL },
};
static const struct binding node_binding = { "vmlinux", "rcu_node", node_members };

struct rcu {
	struct target *t;
	struct place entry;		/* in task_struct: what links blocked ones; size 0: readers are not preempted */
	struct place tracking;		/* in context_tracking: its state */
	uint64_t tracking_at;		/* per-CPU variable; 0: none */
	uint64_t watching;		/* bit of the state */
	struct node node;		/* whose list is walked */
	uint64_t node_at;
	bool from_gp, from_exp;		/* what has been passed of it */
	VEC(struct kernel_rcu_cpu) cpus;
	VEC(struct kernel_rcu_task) tasks;
	struct err *error, *trouble;
};

static bool next_task(void *arg, uint64_t at)
{
	struct rcu *r = arg;
	struct kernel_rcu_task one = { .task = at - r->entry.offset };

	r->from_gp |= at == r->node.gp_tasks;
	r->from_exp |= at == r->node.exp_tasks;
	one.blocks = r->from_gp;
	one.blocks_expedited = r->from_exp;
	if (!vec_push(&r->tasks, one))
		r->error = err_nomem();
	return !r->error;
}

/* Processors of one leaf are next to each other: its tasks are taken with the first. */
static struct err *read_node(struct rcu *r, uint64_t at)
{
	struct err *e;

	if (at == r->node_at)
		return NULL;
	TRY(bind_read(r->t, HALF_NATIVE, &node_binding, at, &r->node));
	r->node_at = at;
	r->from_gp = r->from_exp = false;
	if (!r->entry.size)
		return NULL;
	e = kernel_list_each(r->t, r->node.blocked, MAX_BLOCKED, next_task, r);
	if (r->error) {
		err_free(e);
		return r->error;
	}
	if (!e || err_code(e) == ERR_CANCELLED)
		return e;
	if (r->trouble)
		err_free(e);
	else
		r->trouble = err_prefix(e, "preempted readers");
	return NULL;
}

static void read_watching(struct rcu *r, struct kernel_rcu_cpu *c)
{
	uint64_t at = r->tracking_at ? kernel_percpu(target_kernel(r->t), r->tracking_at, c->cpu) : 0, state;

	if (!at || !arch_read_uint(target_memory(r->t), at + r->tracking.offset, (unsigned)r->tracking.size, &state))
		return;
	c->has_watching = true;
	c->watching = state & r->watching;
}

static struct err *add_cpu(struct rcu *r, unsigned cpu, uint64_t at)
{
	struct kernel_rcu_cpu c = { .address = at, .cpu = cpu };
	struct data d = { 0 };

	TRY(cancel_check());
	TRY(bind_read(r->t, HALF_NATIVE, &data_binding, at, &d));
	TRY(read_node(r, d.node));
	c.online = kernel_cpu_online(target_kernel(r->t), cpu);
	c.gp_seq = d.seq;
	c.gp_seq_needed = d.needed;
	c.blocks = r->node.mask & d.mask;
	c.blocks_expedited = r->node.expedited & d.mask;
	c.no_qs = d.no_qs;
	c.core_needs_qs = d.needs;
	c.ticks = d.ticks;
	c.callbacks = d.length;
	c.lazy = d.lazy;
	c.has_segments = d.has & DATA_SEGMENTS;
	for (unsigned i = 0; c.has_segments && i < RCU_SEGMENTS; i++)
		c.has_segments = arch_read_uint(target_memory(r->t), d.segments + i * 8, 8, &c.segment[i]);
	read_watching(r, &c);
	return vec_push(&r->cpus, c) ? NULL : err_nomem();
}

/* The bit is the lowest of a counter above the kinds of context, whose number is an enumerator. */
static void find_tracking(struct rcu *r)
{
	static const char *const names[] = { "CT_RCU_WATCHING", "RCU_DYNTICKS_IDX", "CT_STATE_MAX", "CONTEXT_MAX" };
	int64_t bit = 0;

	r->tracking = place_optional(r->t, "context_tracking", "state");
	for (size_t i = 0; !bit && i < ARRAY_SIZE(names); i++)
		if (err_ignore(kernel_constant(r->t, names[i], &bit)))
			bit = 0;
	r->watching = bit > 0 ? (uint64_t)bit : 0;
	if (r->tracking.size != 4 || !r->watching ||
	    err_ignore(kernel_symbol(target_kernel(r->t), "context_tracking", &r->tracking_at)))
		r->tracking_at = 0;
}

static struct err *collect(struct rcu *r, uint64_t variable)
{
	struct kernel *k = target_kernel(r->t);

	r->entry = place_optional(r->t, "task_struct", "rcu_node_entry");
	find_tracking(r);
	for (unsigned i = 0; i < kernel_cpus(k); i++) {
		uint64_t at = kernel_percpu(k, variable, i);

		if (at && kernel_cpu_possible(k, i))
			TRY(err_prefix(add_cpu(r, i, at), "RCU of CPU %u", i));
	}
	return NULL;
}

static struct err *read_state(struct target *t, struct arena *a, struct kernel_rcu *ret)
{
	struct kernel *k = target_kernel(t);
	uint64_t names, name;
	struct state s = { 0 };

	TRY(kernel_symbol(k, "rcu_state", &ret->address));
	TRY(bind_read(t, HALF_NATIVE, &state_binding, ret->address, &s));
	ret->gp_seq = s.seq;
	ret->kthread = s.kthread;
	ret->flags = s.flags;
	ret->start = s.start;
	ret->activity = s.activity;
	ret->expedited = s.expedited;
	ret->state = "";
	if (s.state < MAX_GP_STATES && !err_ignore(kernel_symbol(k, "gp_state_names", &names)) &&
	    arch_read_uint(target_memory(t), names + s.state * 8, 8, &name)) {
		const char *text = kernel_string(t, name, a);

		ret->state = text && str_starts(text, "RCU_GP_") ? text : "";
	}
	if (err_ignore(kernel_variable(k, "rcu_cpu_stall_timeout", 4, &ret->timeout)))
		ret->timeout = 0;
	return NULL;
}

struct err *kernel_rcu_read(struct target *t, struct arena *a, struct kernel_rcu *ret)
{
	struct rcu r = { .t = t };
	struct kernel_rcu out = { 0 };
	uint64_t variable;
	struct err *e = read_state(t, a, &out);

	if (!e)
		e = kernel_symbol(target_kernel(t), "rcu_data", &variable);
	if (!e)
		e = collect(&r, variable);
	if (!e) {
		out.n_cpus = r.cpus.n;
		out.n_tasks = r.tasks.n;
		out.cpus = arena_memdup(a, r.cpus.v, r.cpus.n * sizeof(*r.cpus.v));
		out.tasks = arena_memdup(a, r.tasks.v, r.tasks.n * sizeof(*r.tasks.v));
		if ((r.cpus.n && !out.cpus) || (r.tasks.n && !out.tasks))
			e = err_nomem();
	}
	if (!e) {
		out.trouble = r.trouble;
		*ret = out;
	} else {
		err_free(r.trouble);
	}
	vec_deinit(&r.cpus);
	vec_deinit(&r.tasks);
	return err_prefix(e, "RCU");
}
