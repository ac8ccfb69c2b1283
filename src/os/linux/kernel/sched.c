/* SPDX-License-Identifier: MIT */
/* Scheduler of a Linux kernel: see sched.h. */
#include "os/linux/kernel/sched.h"

#include "base/cancel.h"
#include "base/vec.h"
#include "os/linux/kernel/walk.h"
#include "target/bind.h"
#include "target/kernel.h"

#include <stddef.h>

enum {
	MAX_QUEUED = 1 << 20,
	MAX_GROUP_DEPTH = 32,
	RT_QUEUES = 100,	/* priorities of realtime tasks */
	POLICY_EXT = 7,
	PRIO_FAIR = 100,	/* lowest number that is no realtime priority */
};

const char *sched_class_name(enum sched_class c)
{
	static const char *const names[] = {
		[SCHED_CLASS_UNKNOWN] = "not known", [SCHED_CLASS_STOP] = "stop", [SCHED_CLASS_DEADLINE] = "deadline",
		[SCHED_CLASS_RT] = "realtime",	     [SCHED_CLASS_FAIR] = "fair", [SCHED_CLASS_EXT] = "ext",
		[SCHED_CLASS_IDLE] = "idle",
	};

	return names[c];
}

/* --- a task ---------------------------------------------------------------------------------- */

#define AT(member) offsetof(struct sched_task, member)
static const struct bind_member task_members[] = {
	{ "__state", AT(state), BIND_UINT, true },	/* 5.14; before it: below */
	{ "on_rq", AT(on_rq), BIND_UINT, false },
	{ "stack", AT(stack), BIND_UINT, false },
	{ "pid", AT(pid), BIND_UINT, false },
	{ "tgid", AT(tgid), BIND_UINT, false },
	{ "comm", AT(comm_at), BIND_ADDRESS_OF, false },
	{ "prio", AT(prio), BIND_INT, false },
	{ "static_prio", AT(static_prio), BIND_INT, false },
	{ "policy", AT(policy), BIND_UINT, false },
	{ "sched_class", AT(class_at), BIND_UINT, true },
	{ "on_cpu", AT(on_cpu), BIND_UINT, true },
	{ "thread_info.cpu", AT(cpu), BIND_UINT, true },	/* 5.16; before it task_struct.cpu */
	{ "flags", AT(flags), BIND_UINT, true },
	{ "mm", AT(mm), BIND_UINT, true },
	{ "exit_state", AT(exit_state), BIND_UINT, true },
	{ "se.vruntime", AT(vruntime), BIND_UINT, true },
	{ "se.deadline", AT(deadline), BIND_UINT, true },
	{ "se.exec_start", AT(exec_start), BIND_UINT, true },
	{ "se.sum_exec_runtime", AT(sum_exec_runtime), BIND_UINT, true },
	{ "se.sched_delayed", AT(delayed), BIND_UINT, true },
	{ "sched_info.last_arrival", AT(last_arrival), BIND_UINT, true },
	{ "sched_info.last_queued", AT(last_queued), BIND_UINT, true },
	{ "sched_info.run_delay", AT(run_delay), BIND_UINT, true },
	{ "sched_info.pcount", AT(run_count), BIND_UINT, true },
	{ "dl.deadline", AT(dl_deadline), BIND_UINT, true },
	{ "rt_priority", AT(rt_priority), BIND_UINT, true },
	{ "nr_cpus_allowed", AT(allowed), BIND_UINT, true },
	{ "pi_blocked_on", AT(pi_blocked_on), BIND_UINT, true },
	{ "blocked_on", AT(blocked_on), BIND_UINT, true },
	{ "in_iowait", AT(in_iowait), BIND_UINT, true },
	{ "nvcsw", AT(switches), BIND_UINT, true },
	{ "nivcsw", AT(switches_forced), BIND_UINT, true },
	{ NULL },
};
static const struct binding task_binding = { "vmlinux", "task_struct", task_members };

struct old_task {
	uint64_t has, state, cpu;
};
static const struct bind_member old_task_members[] = {
	{ "state", offsetof(struct old_task, state), BIND_UINT, true },
	{ "cpu", offsetof(struct old_task, cpu), BIND_UINT, true },
	{ NULL },
};
static const struct binding old_task_binding = { "vmlinux", "task_struct", old_task_members };

static void set_has(struct sched_task *s, const uint64_t *member)
{
	s->has |= (uint64_t)1 << (member - &s->has - 1);
}

struct err *sched_task_read(struct target *t, uint64_t task, struct sched_task *ret)
{
	struct sched_task s = { 0 };
	struct old_task old = { 0 };

	TRY(bind_read(t, HALF_NATIVE, &task_binding, task, &s));
	if (!sched_has(&s, state) || !sched_has(&s, cpu))
		TRY(bind_read(t, HALF_NATIVE, &old_task_binding, task, &old));
	if (!sched_has(&s, state) && (old.has & 1)) {
		s.state = old.state;
		set_has(&s, &s.state);
	}
	if (!sched_has(&s, cpu) && (old.has & 2)) {
		s.cpu = old.cpu;
		set_has(&s, &s.cpu);
	}
	*ret = s;
	return NULL;
}

bool sched_left(const struct sched_task *s, uint64_t *ret)
{
	uint64_t arrival = sched_has(s, last_arrival) ? s->last_arrival : 0;
	uint64_t account = sched_has(s, exec_start) ? s->exec_start : 0;

	/* the account is closed when a task leaves, in a clock that may lag behind */
	*ret = arrival > account ? arrival : account;
	return *ret != 0;
}

enum sched_class sched_class_of(struct target *t, const struct sched_task *s)
{
	static const struct {
		const char *symbol;
		enum sched_class class;
	} symbols[] = {
		{ "fair_sched_class", SCHED_CLASS_FAIR }, { "idle_sched_class", SCHED_CLASS_IDLE },
		{ "rt_sched_class", SCHED_CLASS_RT },	  { "dl_sched_class", SCHED_CLASS_DEADLINE },
		{ "stop_sched_class", SCHED_CLASS_STOP }, { "ext_sched_class", SCHED_CLASS_EXT },
	};
	struct kernel *k = target_kernel(t);
	uint64_t at = 0;

	for (size_t i = 0; k && sched_has(s, class_at) && i < ARRAY_SIZE(symbols); i++)
		if (!err_ignore(kernel_symbol(k, symbols[i].symbol, &at)) && at == s->class_at)
			return symbols[i].class;
	if (s->policy == POLICY_EXT)
		return SCHED_CLASS_EXT;
	if ((int64_t)s->prio < 0)
		return SCHED_CLASS_DEADLINE;	/* or stop, whose tasks say so by their class alone */
	return s->prio < PRIO_FAIR ? SCHED_CLASS_RT : s->pid ? SCHED_CLASS_FAIR : SCHED_CLASS_IDLE;
}

/* --- threads by task ------------------------------------------------------------------------------ */

struct err *sched_map_tasks(struct target *t, struct u64map *map)
{
	struct thread *v;
	size_t n = target_threads(t, &v);

	for (size_t i = 0; i < n; i++)
		if (v[i].task && !u64map_has(map, v[i].task) && !u64map_put(map, v[i].task, (void *)(uintptr_t)(i + 1)))
			return err_nomem();
	return NULL;
}

struct thread *sched_thread(struct target *t, const struct u64map *map, uint64_t task)
{
	uintptr_t found = (uintptr_t)u64map_get(map, task);
	struct thread *v;

	return found && found <= target_threads(t, &v) ? &v[found - 1] : NULL;
}

/* --- a run queue ------------------------------------------------------------------------------------ */

struct rq {
	uint64_t has;
	uint64_t nr_running, curr, idle, clock, clock_task, switches, iowait, fair_nr, fair_nr_new, rt_nr, dl_nr;
	uint64_t fair_at, rt_at, dl_root_at, load;
};
#undef AT
#define AT(member) offsetof(struct rq, member)
static const struct bind_member rq_members[] = {
	{ "nr_running", AT(nr_running), BIND_UINT, false },
	{ "curr", AT(curr), BIND_UINT, false },
	{ "idle", AT(idle), BIND_UINT, true },
	{ "clock", AT(clock), BIND_UINT, true },
	{ "clock_task", AT(clock_task), BIND_UINT, true },
	{ "nr_switches", AT(switches), BIND_UINT, true },
	{ "nr_iowait", AT(iowait), BIND_UINT, true },
	{ "cfs.h_nr_running", AT(fair_nr), BIND_UINT, true },
	{ "cfs.h_nr_queued", AT(fair_nr_new), BIND_UINT, true },	/* 6.14 */
	{ "rt.rt_nr_running", AT(rt_nr), BIND_UINT, true },
	{ "dl.dl_nr_running", AT(dl_nr), BIND_UINT, true },
	{ "cfs.tasks_timeline", AT(fair_at), BIND_ADDRESS_OF, true },
	{ "rt.active.queue", AT(rt_at), BIND_ADDRESS_OF, true },
	{ "dl.root", AT(dl_root_at), BIND_ADDRESS_OF, true },
	{ "cfs.load.weight", AT(load), BIND_UINT, true },
	{ NULL },
};
static const struct binding rq_binding = { "vmlinux", "rq", rq_members };

#define rq_has(r, member) ((r)->has >> ((const uint64_t *)&(r)->member - &(r)->has - 1) & 1)

/* Where a task's entities lie in it, and the nodes in them. */
struct offsets {
	uint64_t fair_node, fair, rt_list, dl_node, my_q, timeline;
	bool has_fair, has_rt, has_dl, has_groups;
};

static bool member_offset(struct target *t, const char *type, const char *path, uint64_t *ret)
{
	struct binding b = { "vmlinux", type, NULL };

	return !err_ignore(bind_offset(t, HALF_NATIVE, &b, path, ret));
}

static void find_offsets(struct target *t, struct offsets *o)
{
	o->has_fair = member_offset(t, "task_struct", "se.run_node", &o->fair_node) && member_offset(t, "task_struct", "se", &o->fair);
	o->has_rt = member_offset(t, "task_struct", "rt.run_list", &o->rt_list);
	o->has_dl = member_offset(t, "task_struct", "dl.rb_node", &o->dl_node);
	o->has_groups = member_offset(t, "sched_entity", "my_q", &o->my_q) && member_offset(t, "cfs_rq", "tasks_timeline", &o->timeline);
}

struct queue {
	struct target *t;
	const struct u64map *tasks;
	const struct offsets *at;
	struct sched_cpu *cpu;
	struct u64map seen;		/* tasks and group queues */
	VEC(struct sched_queued) v;
	enum sched_class class;
	uint64_t from;			/* of the node in the task */
	unsigned depth;
	uint64_t now;
	struct err *error;
};

static void queue_deinit(struct queue *q)
{
	vec_deinit(&q->v);
	u64map_deinit(&q->seen);
	err_free(q->error);
}

static bool fail(struct queue *q, struct err *e)
{
	if (q->error)
		err_free(e);
	else
		q->error = e;
	return false;
}

static struct err *add_task(struct queue *q, uint64_t task)
{
	struct sched_queued e = { .task = task, .class = q->class, .depth = q->depth };

	if (task == q->cpu->current || u64map_has(&q->seen, task))
		return NULL;
	TRY(sched_task_read(q->t, task, &e.info));
	e.thread = sched_thread(q->t, q->tasks, task);
	e.delayed = sched_has(&e.info, delayed) && e.info.delayed;
	e.waits_known = sched_has(&e.info, last_queued) && e.info.last_queued && e.info.last_queued <= q->now;
	e.waits = e.waits_known ? q->now - e.info.last_queued : 0;
	if (q->v.n >= MAX_QUEUED || !vec_push(&q->v, e) || !u64map_put(&q->seen, task, q))
		return err_nomem();
	return NULL;
}

static bool visit_task(void *arg, uint64_t node)
{
	struct queue *q = arg;
	struct err *e = add_task(q, node - q->from);

	return e ? fail(q, e) : true;
}

static bool visit_fair(void *arg, uint64_t node);

static struct err *enter_group(struct queue *q, uint64_t my_q)
{
	if (q->depth >= MAX_GROUP_DEPTH || u64map_has(&q->seen, my_q))
		return err_new(ERR_CORRUPT, "group queue 0x%llx is met twice", (unsigned long long)my_q);
	if (!u64map_put(&q->seen, my_q, q))
		return err_nomem();
	q->depth++;
	TRY(kernel_rbtree_each(q->t, my_q + q->at->timeline, MAX_QUEUED, visit_fair, q));
	q->depth--;
	return NULL;
}

static bool visit_fair(void *arg, uint64_t node)
{
	struct queue *q = arg;
	uint64_t entity = node - (q->at->fair_node - q->at->fair), my_q = 0;
	struct err *e;

	if (q->at->has_groups && !arch_read_uint(target_memory(q->t), entity + q->at->my_q, 8, &my_q))
		return fail(q, err_fault(entity + q->at->my_q));
	e = my_q ? enter_group(q, my_q) : add_task(q, entity - q->at->fair);
	return e ? fail(q, e) : true;
}

/* A group whose task runs is in no tree either: its queue is reached from that task. */
static struct err *enter_current_groups(struct queue *q)
{
	struct {
		uint64_t has, parent, cfs_rq;
	} se;
	static const struct bind_member members[] = {
		{ "parent", 8, BIND_UINT, false },
		{ "cfs_rq", 16, BIND_UINT, false },
		{ NULL },
	};
	static const struct binding b = { "vmlinux", "sched_entity", members };
	uint64_t entity = q->cpu->current + q->at->fair;

	for (unsigned depth = 0; q->at->has_groups && depth < MAX_GROUP_DEPTH; depth++) {
		TRY(bind_read(q->t, HALF_NATIVE, &b, entity, &se));
		if (!se.parent)
			return NULL;
		if (!u64map_has(&q->seen, se.cfs_rq))
			TRY(enter_group(q, se.cfs_rq));
		entity = se.parent;
	}
	return NULL;
}

static struct err *walk_fair(struct queue *q, const struct rq *rq)
{
	q->class = SCHED_CLASS_FAIR;
	if (!q->at->has_fair || !rq_has(rq, fair_at))
		return err_new(ERR_NOTFOUND, "the layout of the fair queue is not known");
	TRY(kernel_rbtree_each(q->t, rq->fair_at, MAX_QUEUED, visit_fair, q));
	if (q->error)
		return NULL;
	return q->cpu->class == SCHED_CLASS_FAIR ? enter_current_groups(q) : NULL;
}

static struct err *walk_rt(struct queue *q, const struct rq *rq)
{
	q->class = SCHED_CLASS_RT;
	q->from = q->at->rt_list;
	if (rq_has(rq, rt_nr) && !rq->rt_nr)
		return NULL;
	if (!q->at->has_rt || !rq_has(rq, rt_at))
		return err_new(ERR_NOTFOUND, "the layout of the realtime queues is not known");
	for (unsigned i = 0; i < RT_QUEUES && !q->error; i++)
		TRY(kernel_list_each(q->t, rq->rt_at + (uint64_t)i * 16, MAX_QUEUED, visit_task, q));
	return NULL;
}

static struct err *walk_deadline(struct queue *q, const struct rq *rq)
{
	q->class = SCHED_CLASS_DEADLINE;
	q->from = q->at->dl_node;
	if (rq_has(rq, dl_nr) && !rq->dl_nr)	/* servers of the other classes are in the tree, but no tasks */
		return NULL;
	if (!q->at->has_dl || !rq_has(rq, dl_root_at))
		return err_new(ERR_NOTFOUND, "the layout of the deadline queue is not known");
	return kernel_rbtree_each(q->t, rq->dl_root_at, MAX_QUEUED, visit_task, q);
}

/* What is wrong with one queue does not take the others away. */
static struct err *note(struct queue *q, struct arena *a, struct err *e)
{
	struct err *worst = e ? e : q->error;
	const char *text;

	if (e && q->error) {
		err_free(q->error);
		q->error = NULL;
	}
	q->error = NULL;
	q->depth = 0;
	if (!worst)
		return NULL;
	if (err_code(worst) == ERR_NOMEM || err_code(worst) == ERR_CANCELLED)
		return worst;
	text = arena_printf(a, "%s queue: %s", sched_class_name(q->class), err_message(worst));
	err_free(worst);
	if (!text)
		return err_nomem();
	if (!q->cpu->trouble)
		q->cpu->trouble = text;
	return NULL;
}

static struct err *walk_queues(struct queue *q, struct arena *a, const struct rq *rq)
{
	TRY(note(q, a, walk_deadline(q, rq)));
	TRY(note(q, a, walk_rt(q, rq)));
	TRY(note(q, a, walk_fair(q, rq)));
	q->cpu->n = q->v.n;
	if (!q->v.n)
		return NULL;
	q->cpu->queued = arena_memdup(a, q->v.v, q->v.n * sizeof(*q->v.v));
	return q->cpu->queued ? NULL : err_nomem();
}

static struct err *read_rq(struct target *t, unsigned cpu, struct rq *rq, uint64_t *ret_at)
{
	struct kernel *k = target_kernel(t);
	uint64_t variable = 0;

	if (!k)
		return err_new(ERR_UNSUPPORTED, "this is the dump of a process: it has no run queues");
	TRY(kernel_symbol(k, "runqueues", &variable));
	*ret_at = kernel_percpu(k, variable, cpu);
	if (!*ret_at)
		return err_new(ERR_NOTFOUND, "processor %u has no run queue", cpu);
	return bind_read(t, HALF_NATIVE, &rq_binding, *ret_at, rq);
}

static void fill_cpu(struct target *t, const struct u64map *tasks, const struct rq *rq, struct sched_cpu *c)
{
	c->clock = rq->clock;
	c->clock_task = rq->clock_task;
	c->current = rq->curr;
	c->idle = rq->idle;
	c->nr_running = rq->nr_running;
	c->has_fair = rq_has(rq, fair_nr) || rq_has(rq, fair_nr_new);
	c->nr_fair = rq_has(rq, fair_nr) ? rq->fair_nr : rq->fair_nr_new;
	c->has_rt = rq_has(rq, rt_nr);
	c->nr_rt = rq->rt_nr;
	c->has_deadline = rq_has(rq, dl_nr);
	c->nr_deadline = rq->dl_nr;
	c->switches = rq->switches;
	c->nr_iowait = rq->iowait;
	c->load = rq->load;
	c->thread = sched_thread(t, tasks, c->current);
	if (!c->current || err_ignore(sched_task_read(t, c->current, &c->info)))
		return;
	c->class = sched_class_of(t, &c->info);
	/* the idle task's arrival is not noted */
	c->runs_known = c->current != c->idle && sched_has(&c->info, last_arrival) && c->info.last_arrival &&
			c->info.last_arrival <= c->clock;
	c->runs = c->runs_known ? c->clock - c->info.last_arrival : 0;
}

uint64_t sched_now(struct target *t)
{
	struct kernel *k = target_kernel(t);
	unsigned n = k ? kernel_cpus(k) : 0;
	uint64_t now = 0, at;
	struct rq rq;

	for (unsigned i = 0; i < n; i++)
		if (!err_ignore(read_rq(t, i, &rq, &at)) && rq.clock > now)
			now = rq.clock;
	return now;
}

static struct err *read_cpu(struct target *t, const struct u64map *tasks, const struct offsets *at, struct arena *a,
			    uint64_t now, struct sched_cpu *c)
{
	struct queue q __attribute__((cleanup(queue_deinit))) = { .t = t, .tasks = tasks, .at = at, .cpu = c, .now = now };
	struct rq rq = { 0 };
	struct err *e = read_rq(t, c->cpu, &rq, &c->rq);

	c->online = kernel_cpu_online(target_kernel(t), c->cpu);
	if (e && (err_code(e) == ERR_FAULT || err_code(e) == ERR_NOTFOUND) && c->rq) {
		c->trouble = arena_printf(a, "%s", err_message(e));
		err_free(e);
		return c->trouble ? NULL : err_nomem();
	}
	TRY(e);
	fill_cpu(t, tasks, &rq, c);
	return walk_queues(&q, a, &rq);
}

static void map_deinit(struct u64map *m)
{
	u64map_deinit(m);
}

struct err *sched_view_read(struct target *t, struct arena *a, struct sched_view *ret)
{
	CLEANUP(map_deinit) struct u64map tasks = U64MAP_INIT;
	struct kernel *k = target_kernel(t);
	struct offsets at = { 0 };
	struct sched_view v = { 0 };
	unsigned n = k ? kernel_cpus(k) : 0;

	if (!k)
		return err_new(ERR_UNSUPPORTED, "this is the dump of a process: it has no run queues");
	find_offsets(t, &at);
	TRY(sched_map_tasks(t, &tasks));
	v.now = sched_now(t);
	v.cpus = ARENA_NEW_N(a, struct sched_cpu, n ? n : 1);
	if (!v.cpus)
		return err_nomem();
	for (unsigned i = 0; i < n; i++) {
		TRY(cancel_check());
		v.cpus[v.n].cpu = i;
		TRY(read_cpu(t, &tasks, &at, a, v.now, &v.cpus[v.n]));
		v.n++;
	}
	*ret = v;
	return NULL;
}
