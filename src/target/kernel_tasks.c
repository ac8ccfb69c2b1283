/* SPDX-License-Identifier: MIT */
/*
 * Threads of a kernel: the list of thread group leaders that begins with
 * init_task, and of each its group. What the CPUs were running comes first.
 */
#include "target/bind.h"
#include "target/kernel_impl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	COMM = 16,		/* TASK_COMM_LEN */
	NICE_0 = 120,		/* static_prio of nice 0 */
	MAX_FRAME = 256,	/* bytes of struct inactive_task_frame, at most */
};

struct task_facts {
	uint64_t has;
	uint64_t pid, comm, state, old_state, exit_state, next, signal, cpu, info_cpu;
	uint64_t prio, static_prio, policy, nvcsw, nivcsw, utime, stime, start;
};

static const struct bind_member task_members[] = {
	{ "pid", offsetof(struct task_facts, pid), BIND_UINT, false },
	{ "comm", offsetof(struct task_facts, comm), BIND_ADDRESS_OF, false },
	{ "tasks.next", offsetof(struct task_facts, next), BIND_UINT, false },
	{ "signal", offsetof(struct task_facts, signal), BIND_UINT, false },
	{ "__state", offsetof(struct task_facts, state), BIND_UINT, true },
	{ "state", offsetof(struct task_facts, old_state), BIND_UINT, true },
	{ "exit_state", offsetof(struct task_facts, exit_state), BIND_UINT, true },
	{ "cpu", offsetof(struct task_facts, cpu), BIND_UINT, true },
	{ "thread_info.cpu", offsetof(struct task_facts, info_cpu), BIND_UINT, true },
	{ "prio", offsetof(struct task_facts, prio), BIND_INT, true },
	{ "static_prio", offsetof(struct task_facts, static_prio), BIND_INT, true },
	{ "policy", offsetof(struct task_facts, policy), BIND_UINT, true },
	{ "nvcsw", offsetof(struct task_facts, nvcsw), BIND_UINT, true },
	{ "nivcsw", offsetof(struct task_facts, nivcsw), BIND_UINT, true },
	{ NULL },
};
static const struct binding task_binding = { "vmlinux", "task_struct", task_members };

enum { HAS_STATE = 1 << 4, HAS_OLD_STATE = 1 << 5, HAS_CPU = 1 << 7, HAS_INFO_CPU = 1 << 8, HAS_PRIO = 1 << 9, HAS_POLICY = 1 << 11 };

struct group_facts {
	uint64_t has;
	uint64_t head, next;
};

static const struct bind_member group_members[] = {
	{ "thread_head", offsetof(struct group_facts, head), BIND_ADDRESS_OF, false },
	{ "thread_head.next", offsetof(struct group_facts, next), BIND_UINT, false },
	{ NULL },
};
static const struct binding group_binding = { "vmlinux", "signal_struct", group_members };

struct node_facts {
	uint64_t has;
	uint64_t next;
};

static const struct bind_member node_members[] = {
	{ "thread_node.next", offsetof(struct node_facts, next), BIND_UINT, false },
	{ NULL },
};
static const struct binding node_binding = { "vmlinux", "task_struct", node_members };

struct found_task {
	uint64_t address, pid;
	uint32_t cpu;
	bool on_cpu;
};

struct task_list {
	struct kernel *k;
	VEC(struct found_task) v;
	struct u64map seen;
	uint64_t thread_node, tasks;	/* offsets */
};

static struct err *read_task(struct kernel *k, uint64_t address, struct task_facts *ret)
{
	*ret = (struct task_facts){ .has = 0 };
	return err_prefix(bind_read(k->t, HALF_NATIVE, &task_binding, address, ret), "task at 0x%" PRIx64, address);
}

static uint32_t cpu_of(const struct task_facts *f)
{
	return (uint32_t)(f->has & HAS_CPU ? f->cpu : f->has & HAS_INFO_CPU ? f->info_cpu : 0);
}

static struct err *add_task(struct task_list *l, uint64_t address, int on_cpu)
{
	struct task_facts f;

	if (u64map_has(&l->seen, address) || l->v.n >= MAX_THREADS)
		return NULL;
	TRY(read_task(l->k, address, &f));
	if (!u64map_put(&l->seen, address, l) ||
	    !vec_push(&l->v, ((struct found_task){ address, f.pid, on_cpu < 0 ? cpu_of(&f) : (uint32_t)on_cpu, on_cpu >= 0 })))
		return err_nomem();
	return NULL;
}

static struct err *add_group(struct task_list *l, uint64_t leader, uint64_t signal)
{
	struct group_facts g = { 0 };
	uint64_t at;

	TRY(add_task(l, leader, -1));
	TRY(bind_read(l->k->t, HALF_NATIVE, &group_binding, signal, &g));
	at = g.next;
	for (size_t i = 0; at != g.head; i++) {
		struct node_facts n = { 0 };

		TRY(cancel_check());
		if (i > MAX_THREADS)
			return err_new(ERR_CORRUPT, "the threads of the task at 0x%" PRIx64 " form no ring", leader);
		TRY(bind_read(l->k->t, HALF_NATIVE, &node_binding, at - l->thread_node, &n));
		TRY(add_task(l, at - l->thread_node, -1));
		at = n.next;
	}
	return NULL;
}

/* A list that is torn gives what lies before the tear; the reader is told. */
static struct err *add_leaders(struct task_list *l)
{
	struct u64map walked = U64MAP_INIT;
	struct err *e, *lost = NULL;
	uint64_t first, at;

	TRY(kernel_symbol(l->k, "init_task", &first));
	TRY(bind_offset(l->k->t, HALF_NATIVE, &task_binding, "tasks.next", &l->tasks));
	TRY(bind_offset(l->k->t, HALF_NATIVE, &node_binding, "thread_node.next", &l->thread_node));
	for (at = first, e = NULL; !e && !u64map_has(&walked, at);) {
		struct task_facts f;

		e = u64map_put(&walked, at, l) ? read_task(l->k, at, &f) : err_nomem();
		if (e)
			break;
		if (at != first) {
			struct err *group = add_group(l, at, f.signal);

			if (lost)
				err_free(group);
			else
				lost = group;
		}
		at = f.next - l->tasks;
	}
	if (!e && at != first)
		e = err_new(ERR_CORRUPT, "the list of tasks comes back to 0x%" PRIx64 " instead of its head", at);
	u64map_deinit(&walked);
	if (e)
		err_free(lost);
	return e ? e : lost;
}

static struct err *add_running(struct task_list *l)
{
	unsigned n = kernel_cpus(l->k);
	uint64_t task;

	for (unsigned i = 0; i < n; i++)
		if ((kernel_cpu_online(l->k, i) || l->k->cpus[i].regs.size) && kernel_cpu_task(l->k, i, &task))
			TRY(add_task(l, task, (int)i));
	return NULL;
}

static int by_place(const void *a, const void *b)
{
	const struct found_task *x = a, *y = b;

	if (x->on_cpu != y->on_cpu)
		return x->on_cpu ? -1 : 1;
	if (x->on_cpu)
		return x->cpu < y->cpu ? -1 : x->cpu > y->cpu;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

/* ---- records ------------------------------------------------------------------------------ */

/* The letters of ps: bit n of the state is the n-th after R. */
static char state_letter(const struct task_facts *f)
{
	static const char letters[] = "SDTtXZP";
	uint64_t state = f->has & HAS_STATE ? f->state : f->old_state;
	enum { NOLOAD = 0x400, UNINTERRUPTIBLE = 2 };

	if (!(f->has & (HAS_STATE | HAS_OLD_STATE)))
		return 0;
	if (f->exit_state)
		return f->exit_state & 0x20 ? 'Z' : 'X';
	if ((state & (NOLOAD | UNINTERRUPTIBLE)) == (NOLOAD | UNINTERRUPTIBLE))
		return 'I';
	if (!state)
		return 'R';
	for (unsigned i = 0; letters[i]; i++)
		if (state >> i & 1)
			return letters[i];
	return 0;
}

static const char *policy_name(uint64_t policy)
{
	static const char *const names[] = { "other", "fifo", "rr", "batch", "iso", "idle", "deadline", "ext" };

	return policy < ARRAY_SIZE(names) ? names[policy] : "";
}

static const char *comm_of(struct kernel *k, uint64_t address)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	char comm[COMM] = "";

	if (!arch_read(target_memory(k->t), address, comm, sizeof(comm)))
		return "";
	strbuf_add_utf8(&sb, comm, strnlen(comm, sizeof(comm)));
	return sb.failed ? NULL : arena_strdup(&k->arena, sb.s);
}

static struct err *fill_thread(struct kernel *k, struct thread *th, const struct found_task *from)
{
	struct dump_thread *r = ARENA_NEW(&k->arena, struct dump_thread);
	struct dump_thread_live *live = ARENA_NEW(&k->arena, struct dump_thread_live);
	struct task_facts f;

	if (!r || !live)
		return err_nomem();
	TRY(read_task(k, from->address, &f));
	th->name = comm_of(k, f.comm);
	if (!th->name)
		return err_nomem();
	th->tid = (uint32_t)f.pid;
	th->task = from->address;
	th->cpu = from->cpu;
	th->on_cpu = from->on_cpu;
	th->record = r;
	*r = (struct dump_thread){ .tid = th->tid, .name = th->name, .live = live };
	*live = (struct dump_thread_live){
		.state = state_letter(&f), .wchan = "", .policy = f.has & HAS_POLICY ? policy_name(f.policy) : "",
		.priority = (int32_t)f.prio - 100, .nice = (int32_t)f.static_prio - NICE_0, .cpu = from->cpu,
		.voluntary_switches = f.nvcsw, .involuntary_switches = f.nivcsw, .registers = "",
	};
	return NULL;
}

static struct err *publish(struct kernel *k, struct task_list *l)
{
	struct target *t = k->t;

	if (!l->v.n)
		return NULL;
	qsort(l->v.v, l->v.n, sizeof(*l->v.v), by_place);
	t->threads = ARENA_NEW_N(&t->arena, struct thread, l->v.n);
	if (!t->threads)
		return err_nomem();
	for (size_t i = 0; i < l->v.n; i++) {
		t->threads[i].index = i;
		TRY(fill_thread(k, &t->threads[i], &l->v.v[i]));
		t->n_threads = i + 1;
		if (!u64map_has(&t->threads_by_tid, t->threads[i].tid) &&
		    !u64map_put(&t->threads_by_tid, t->threads[i].tid, &t->threads[i]))
			return err_nomem();
	}
	return NULL;
}

static void tell(struct err *e)
{
	if (e)
		notice("tasks: %s", err_message(e));
	err_free(e);
}

void kernel_load_threads(struct kernel *k)
{
	struct task_list l = { .k = k };

	if (kernel_types(k)) {
		tell(add_running(&l));
		tell(add_leaders(&l));
		tell(publish(k, &l));
	}
	vec_deinit(&l.v);
	u64map_deinit(&l.seen);
}

/* ---- registers ------------------------------------------------------------------------------ */

struct stack_facts {
	uint64_t has;
	uint64_t sp, stack;
};
enum { HAS_STACK = 2 };

static const struct bind_member stack_members[] = {
	{ "thread.sp", offsetof(struct stack_facts, sp), BIND_UINT, false },
	{ "stack", offsetof(struct stack_facts, stack), BIND_UINT, true },
	{ NULL },
};
static const struct binding stack_binding = { "vmlinux", "task_struct", stack_members };

/* What __switch_to_asm() pushes, lowest address first, and the place it returns to. */
struct switch_frame {
	uint64_t has;
	uint64_t r15, r14, r13, r12, bx, bp, ip;
};

static const struct bind_member frame_members[] = {
	{ "r15", offsetof(struct switch_frame, r15), BIND_UINT, false },
	{ "r14", offsetof(struct switch_frame, r14), BIND_UINT, false },
	{ "r13", offsetof(struct switch_frame, r13), BIND_UINT, false },
	{ "r12", offsetof(struct switch_frame, r12), BIND_UINT, false },
	{ "bx", offsetof(struct switch_frame, bx), BIND_UINT, false },
	{ "bp", offsetof(struct switch_frame, bp), BIND_UINT, false },
	{ "ret_addr", offsetof(struct switch_frame, ip), BIND_UINT, false },
	{ NULL },
};
static const struct binding frame_binding = { "vmlinux", "inactive_task_frame", frame_members };

struct err *kernel_thread_regs(struct kernel *k, struct thread *th, struct regs *ret)
{
	struct stack_facts s = { 0 };
	struct switch_frame f = { 0 };
	uint64_t size;

	if (th->on_cpu)
		return kernel_cpu_regs(k, th->cpu, ret);
	TRY(bind_read(k->t, HALF_NATIVE, &stack_binding, th->task, &s));
	/* others may have it by now, and thread.sp stays */
	if ((s.has & HAS_STACK) && !s.stack)
		return err_new(ERR_NOTFOUND, "task %u has ended and given back its kernel stack", th->tid);
	TRY(bind_offset(k->t, HALF_NATIVE, &frame_binding, "ret_addr", &size));
	TRY(err_prefix(bind_read(k->t, HALF_NATIVE, &frame_binding, s.sp, &f), "stack of task %u", th->tid));
	*ret = (struct regs){ .arch = k->t->arch };
	regs_set(ret, X64_R15, f.r15);
	regs_set(ret, X64_R14, f.r14);
	regs_set(ret, X64_R13, f.r13);
	regs_set(ret, X64_R12, f.r12);
	regs_set(ret, X64_RBX, f.bx);
	regs_set(ret, X64_RBP, f.bp);
	regs_set(ret, X64_RIP, f.ip);
	regs_set(ret, X64_RSP, s.sp + size + 8);
	return NULL;
}
