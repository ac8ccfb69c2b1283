/* SPDX-License-Identifier: MIT */
/*
 * Tasks: see task.h. The bits of __state, of exit_state and of flags are part of
 * what /proc shows (proc(5), and the list of letters in ps(1)); the rest is read
 * where the dump's types say that it lies.
 */
#include "os/linux/kernel/task.h"

#include "base/cancel.h"
#include "base/map.h"
#include "base/vec.h"
#include "target/bind.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	STATE_UNINTERRUPTIBLE = 0x2,
	STATE_REPORTED = 0x7f,		/* what ps has letters for */
	STATE_NOLOAD = 0x400,
	STATE_LOCK_WAIT = 0x1000,	/* of PREEMPT_RT: waits for a spinlock */
	STATE_FROZEN = 0x8000,
	MIN_STACK = 4096, MAX_STACK = 1 << 18,
};

struct task_facts {
	uint64_t has;
	uint64_t pid, tgid, comm, state, old_state, exit_state, exit_code, flags, info_cpu, cpu, on_cpu, on_rq, iowait;
	uint64_t prio, static_prio, normal_prio, rt_priority, policy, utime, stime, boot, real_start;
	uint64_t nvcsw, nivcsw, arrival, exec_start, stack, parent, leader, children, signal, mm, files, fs, cred;
	uint64_t nsproxy, cgroups, pid_struct;
};

#define MEMBER(path, local, kind, optional) { path, offsetof(struct task_facts, local), kind, optional }
static const struct bind_member task_members[] = {
	MEMBER("pid", pid, BIND_UINT, false),
	MEMBER("tgid", tgid, BIND_UINT, false),
	MEMBER("comm", comm, BIND_ADDRESS_OF, false),
	MEMBER("__state", state, BIND_UINT, true),
	MEMBER("state", old_state, BIND_UINT, true),
	MEMBER("exit_state", exit_state, BIND_INT, false),
	MEMBER("exit_code", exit_code, BIND_INT, true),
	MEMBER("flags", flags, BIND_UINT, false),
	MEMBER("thread_info.cpu", info_cpu, BIND_UINT, true),
	MEMBER("cpu", cpu, BIND_UINT, true),
	MEMBER("on_cpu", on_cpu, BIND_UINT, true),
	MEMBER("on_rq", on_rq, BIND_UINT, true),
	MEMBER("in_iowait", iowait, BIND_UINT, true),
	MEMBER("prio", prio, BIND_INT, true),
	MEMBER("static_prio", static_prio, BIND_INT, true),
	MEMBER("normal_prio", normal_prio, BIND_INT, true),
	MEMBER("rt_priority", rt_priority, BIND_UINT, true),
	MEMBER("policy", policy, BIND_UINT, true),
	MEMBER("utime", utime, BIND_UINT, true),
	MEMBER("stime", stime, BIND_UINT, true),
	MEMBER("start_boottime", boot, BIND_UINT, true),
	MEMBER("real_start_time", real_start, BIND_UINT, true),
	MEMBER("nvcsw", nvcsw, BIND_UINT, true),
	MEMBER("nivcsw", nivcsw, BIND_UINT, true),
	MEMBER("sched_info.last_arrival", arrival, BIND_UINT, true),
	MEMBER("se.exec_start", exec_start, BIND_UINT, true),
	MEMBER("stack", stack, BIND_UINT, true),
	MEMBER("real_parent", parent, BIND_UINT, false),
	MEMBER("group_leader", leader, BIND_UINT, false),
	MEMBER("children", children, BIND_ADDRESS_OF, false),
	MEMBER("signal", signal, BIND_UINT, false),
	MEMBER("mm", mm, BIND_UINT, false),
	MEMBER("files", files, BIND_UINT, true),
	MEMBER("fs", fs, BIND_UINT, true),
	MEMBER("real_cred", cred, BIND_UINT, true),
	MEMBER("nsproxy", nsproxy, BIND_UINT, true),
	MEMBER("cgroups", cgroups, BIND_UINT, true),
	MEMBER("thread_pid", pid_struct, BIND_UINT, true),
	{ NULL },
};
#undef MEMBER
static const struct binding task_binding = { "vmlinux", "task_struct", task_members };

/* What is asked of a parent, and of a task that a list leads to. */
struct name_facts {
	uint64_t has;
	uint64_t tgid, pid;
};
static const struct bind_member name_members[] = {
	{ "tgid", offsetof(struct name_facts, tgid), BIND_UINT, false },
	{ "pid", offsetof(struct name_facts, pid), BIND_UINT, false },
	{ NULL },
};
static const struct binding name_binding = { "vmlinux", "task_struct", name_members };

struct signal_facts {
	uint64_t has;
	uint64_t threads, n;
};
static const struct bind_member signal_members[] = {
	{ "thread_head", offsetof(struct signal_facts, threads), BIND_ADDRESS_OF, false },
	{ "nr_threads", offsetof(struct signal_facts, n), BIND_UINT, true },
	{ NULL },
};
static const struct binding signal_binding = { "vmlinux", "signal_struct", signal_members };

static bool bound(const struct task_facts *f, const char *path)
{
	for (size_t i = 0; task_members[i].path; i++)
		if (strcmp(task_members[i].path, path) == 0)
			return f->has >> i & 1;
	return false;
}

/* The letters of ps: a running task has none of the bits; else the highest one that is set counts. */
static char letter_of(const struct task_facts *f, uint64_t state)
{
	static const char letters[] = "RSDTtXZP";
	uint64_t bits = (state | f->exit_state) & STATE_REPORTED;
	unsigned n = 0;

	if (!bound(f, "__state") && !bound(f, "state"))
		return '?';
	if ((state & (STATE_UNINTERRUPTIBLE | STATE_NOLOAD)) == (STATE_UNINTERRUPTIBLE | STATE_NOLOAD))
		return 'I';
	if (state & (STATE_LOCK_WAIT | STATE_FROZEN))
		bits |= STATE_UNINTERRUPTIBLE;
	for (; bits; bits >>= 1)
		n++;
	return letters[n];
}

static void read_group(struct target *t, const struct task_facts *f, struct kernel_task *ret)
{
	struct signal_facts g = { 0 };
	struct name_facts parent = { 0 };

	if (f->signal && !err_ignore(bind_read(t, HALF_NATIVE, &signal_binding, f->signal, &g))) {
		ret->threads = g.threads;
		ret->n_threads = (uint32_t)g.n;
	}
	if (f->parent && !err_ignore(bind_read(t, HALF_NATIVE, &name_binding, f->parent, &parent)))
		ret->ppid = (uint32_t)parent.tgid;
}

struct err *kernel_task_read(struct target *t, uint64_t address, struct kernel_task *ret)
{
	struct task_facts f = { 0 };
	struct kernel_task k = { .address = address };

	TRY(err_prefix(bind_read(t, HALF_NATIVE, &task_binding, address, &f), "task at 0x%" PRIx64, address));
	if (f.pid > INT32_MAX || f.tgid > INT32_MAX || (f.pid && !f.parent))
		return err_new(ERR_CORRUPT, "0x%" PRIx64 " is no task: pid 0x%" PRIx64 ", of process 0x%" PRIx64, address,
			       f.pid, f.tgid);
	if (!arch_read(target_memory(t), f.comm, k.comm, sizeof(k.comm) - 1))
		return err_prefix(err_fault(f.comm), "task at 0x%" PRIx64, address);
	k.pid = (uint32_t)f.pid, k.tgid = (uint32_t)f.tgid;
	k.state = bound(&f, "__state") ? f.state : f.old_state;
	k.letter = letter_of(&f, k.state);
	k.exit_state = (int32_t)f.exit_state, k.exit_code = (int32_t)f.exit_code;
	k.flags = f.flags;
	k.cpu = (uint32_t)(bound(&f, "thread_info.cpu") ? f.info_cpu : f.cpu);
	k.on_cpu = f.on_cpu, k.on_rq = f.on_rq, k.in_iowait = f.iowait;
	k.prio = (int32_t)f.prio, k.static_prio = (int32_t)f.static_prio;
	k.normal_prio = (int32_t)f.normal_prio, k.rt_priority = (int32_t)f.rt_priority;
	k.policy = (uint32_t)f.policy;
	k.utime = f.utime, k.stime = f.stime;
	k.start_boottime = bound(&f, "start_boottime") ? f.boot : f.real_start;
	k.voluntary = f.nvcsw, k.involuntary = f.nivcsw;
	k.last_arrival = f.arrival, k.last_ran = f.exec_start;
	k.stack = f.stack, k.parent = f.parent, k.group_leader = f.leader, k.children = f.children;
	k.signal = f.signal, k.mm = f.mm, k.files = f.files, k.fs = f.fs, k.cred = f.cred;
	k.nsproxy = f.nsproxy, k.cgroups = f.cgroups, k.pid_struct = f.pid_struct;
	read_group(t, &f, &k);
	*ret = k;
	return NULL;
}

/* --- lists ------------------------------------------------------------------------- */

struct collection {
	struct target *target;
	uint64_t offset;		/* of the member that links, in the task */
	VEC(struct kernel_task) v;
	struct u64map seen;
	struct err *trouble;
};

static void collection_deinit(struct collection *c)
{
	vec_deinit(&c->v);
	u64map_deinit(&c->seen);
	err_free(c->trouble);
}

/* The first trouble is told, the rest follows from it as a rule. */
static void trouble(struct collection *c, struct err *e)
{
	if (c->trouble)
		err_free(e);
	else
		c->trouble = e;
}

static void collect(struct collection *c, uint64_t address)
{
	struct kernel_task k;
	struct err *e;

	if (u64map_has(&c->seen, address))
		return;
	e = kernel_task_read(c->target, address, &k);
	if (!e && (!u64map_put(&c->seen, address, c) || !vec_push(&c->v, k)))
		e = err_nomem();
	trouble(c, e);
}

static bool on_node(void *arg, uint64_t node)
{
	struct collection *c = arg;

	collect(c, node - c->offset);
	return true;
}

static int by_pid(const void *a, const void *b)
{
	const struct kernel_task *x = a, *y = b;

	return x->pid != y->pid ? (x->pid < y->pid ? -1 : 1) : x->address < y->address ? -1 : x->address > y->address;
}

static void hand_out(struct collection *c, struct kernel_tasks *ret)
{
	if (c->v.n)
		qsort(c->v.v, c->v.n, sizeof(*c->v.v), by_pid);
	*ret = (struct kernel_tasks){ .v = c->v.v, .n = c->v.n, .trouble = TAKE_PTR(c->trouble) };
	c->v.v = NULL;
}

void kernel_tasks_deinit(struct kernel_tasks *tasks)
{
	free(tasks->v);
	err_free(tasks->trouble);
	*tasks = (struct kernel_tasks){ 0 };
}

static struct err *offset_of(struct target *t, const char *member, uint64_t *ret)
{
	return bind_offset(t, HALF_NATIVE, &task_binding, member, ret);
}

/* A torn list: what the target knows of tasks besides, which looked at it in its own way. */
static void add_known(struct collection *c)
{
	struct thread *threads;
	size_t n = target_threads(c->target, &threads);

	for (size_t i = 0; i < n; i++) {
		struct kernel_task k;

		if (!threads[i].task || err_ignore(kernel_task_read(c->target, threads[i].task, &k)))
			continue;
		if (k.pid && k.pid == k.tgid)
			collect(c, k.address);
	}
}

struct err *kernel_processes(struct target *t, struct kernel_tasks *ret)
{
	CLEANUP(collection_deinit) struct collection c = { .target = t };
	uint64_t first;
	struct err *e;

	TRY(kernel_symbol(target_kernel(t), "init_task", &first));
	TRY(offset_of(t, "tasks", &c.offset));
	e = kernel_list_each(t, first + c.offset, KERNEL_MAX_TASKS, on_node, &c);
	if (e && err_code(e) == ERR_CANCELLED)
		return e;
	if (e) {
		err_free(c.trouble);
		c.trouble = err_prefix(e, "the list of processes");
		add_known(&c);
	}
	hand_out(&c, ret);
	return NULL;
}

struct err *kernel_threads(struct target *t, const struct kernel_task *process, struct kernel_tasks *ret)
{
	CLEANUP(collection_deinit) struct collection c = { .target = t };
	struct err *e;

	TRY(offset_of(t, "thread_node", &c.offset));
	collect(&c, process->group_leader ? process->group_leader : process->address);
	if (process->threads) {
		e = kernel_list_each(t, process->threads, KERNEL_MAX_TASKS, on_node, &c);
		if (e && err_code(e) == ERR_CANCELLED)
			return e;
		trouble(&c, err_prefix(e, "the threads of process %u", process->tgid));
	}
	hand_out(&c, ret);
	for (size_t i = 1; i < ret->n; i++) { /* the leader first, also if its PID is not the lowest */
		struct kernel_task k = ret->v[i];

		if (k.pid != k.tgid)
			continue;
		memmove(&ret->v[1], &ret->v[0], i * sizeof(k));
		ret->v[0] = k;
		break;
	}
	return NULL;
}

struct err *kernel_task_by_pid(struct target *t, uint32_t pid, struct kernel_task *ret)
{
	struct thread *th = pid ? target_thread_by_tid(t, pid) : NULL;

	if (!th || !th->task)
		return err_new(ERR_NOTFOUND, "there is no task %u", pid);
	return kernel_task_read(t, th->task, ret);
}

/* --- words ---------------------------------------------------------------------------- */

const char *kernel_state_word(char letter)
{
	switch (letter) {
	case 'R': return "running";
	case 'S': return "sleeping";
	case 'D': return "disk sleep";
	case 'T': return "stopped";
	case 't': return "tracing stop";
	case 'X': return "dead";
	case 'Z': return "zombie";
	case 'P': return "parked";
	case 'I': return "idle";
	default: return "not known";
	}
}

const char *kernel_policy_name(uint32_t policy)
{
	static const char *const names[] = { "other", "fifo", "rr", "batch", "iso", "idle", "deadline", "ext" };

	return policy < ARRAY_SIZE(names) ? names[policy] : "unknown";
}

/* --- waiting ------------------------------------------------------------------------------ */

/* The section that the kernel keeps the scheduler and what sleeps in it in: /proc leaves it out of what it
 * calls the wait channel. */
struct sched_text {
	uint64_t start, end;
};

static struct sched_text sched_text(struct target *t)
{
	struct kernel *k = target_kernel(t);
	struct sched_text s = { 0 };

	if (err_ignore(kernel_symbol(k, "__sched_text_start", &s.start)) ||
	    err_ignore(kernel_symbol(k, "__sched_text_end", &s.end)))
		return (struct sched_text){ 0 };
	return s;
}

static bool is_scheduler(const struct sched_text *s, const struct frame *f)
{
	if (s->end)
		return f->lookup >= s->start && f->lookup < s->end;
	return str_starts(f->function, "__schedule") || str_starts(f->function, "schedule");
}

const char *kernel_wait_channel(struct target *t, const struct kernel_task *task, struct arena *a)
{
	struct stack_options o = { .max_frames = 16, .no_inlines = true };
	struct thread *th = target_thread_by_tid(t, task->pid);
	struct sched_text scheduler = sched_text(t);
	struct stack stack = { 0 };

	if (!th || th->task != task->address || th->on_cpu || task->letter == 'R' || !task->stack)
		return NULL;
	if (err_ignore(stack_walk(t, th, &o, a, &stack)))
		return NULL;
	for (size_t i = 0; i < stack.n; i++)
		if (stack.frames[i].function && !is_scheduler(&scheduler, &stack.frames[i]))
			return stack.frames[i].function;
	return NULL;
}

/* The stack of the first task lies between two symbols, whose names have changed once. */
uint64_t kernel_stack_size(struct target *t)
{
	static const char *const names[][2] = { { "__start_init_task", "__end_init_task" },
						{ "__start_init_stack", "__end_init_stack" } };
	struct kernel *k = target_kernel(t);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		uint64_t start, end, size;

		if (err_ignore(kernel_symbol(k, names[i][0], &start)) || err_ignore(kernel_symbol(k, names[i][1], &end)))
			continue;
		size = end - start;
		if (size >= MIN_STACK && size <= MAX_STACK && !(size & (size - 1)))
			return size;
	}
	return 0;
}

struct queue_facts {
	uint64_t has;
	uint64_t clock, task_clock;
};
static const struct bind_member queue_members[] = {
	{ "clock", offsetof(struct queue_facts, clock), BIND_UINT, false },
	{ "clock_task", offsetof(struct queue_facts, task_clock), BIND_UINT, false },
	{ NULL },
};
static const struct binding queue_binding = { "vmlinux", "rq", queue_members };

static bool read_queue(struct kernel *k, struct target *t, uint64_t variable, unsigned cpu, struct queue_facts *ret)
{
	uint64_t at = kernel_cpu_possible(k, cpu) ? kernel_percpu(k, variable, cpu) : 0;

	return at && !err_ignore(bind_read(t, HALF_NATIVE, &queue_binding, at, ret));
}

/*
 * A CPU that idles does not keep its clock going: the latest clock of all tells
 * the time, and the task clock of this CPU is behind it by what interrupts took.
 */
bool kernel_not_run_for(struct target *t, const struct kernel_task *task, uint64_t *ret)
{
	struct kernel *k = target_kernel(t);
	struct queue_facts own = { 0 }, q = { 0 };
	uint64_t variable, now;

	if (err_ignore(kernel_symbol(k, "runqueues", &variable)) || !read_queue(k, t, variable, task->cpu, &own))
		return false;
	now = own.clock;
	for (unsigned i = 0; i < kernel_cpus(k); i++)
		if (read_queue(k, t, variable, i, &q) && q.clock > now)
			now = q.clock;
	if (task->last_ran && own.clock >= own.task_clock && now - (own.clock - own.task_clock) >= task->last_ran)
		*ret = now - (own.clock - own.task_clock) - task->last_ran;
	else if (task->last_arrival && now >= task->last_arrival)
		*ret = now - task->last_arrival;
	else
		return false;
	return true;
}
