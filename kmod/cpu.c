// SPDX-License-Identifier: GPL-2.0
/*
 * What each CPU was doing. At the instant every CPU runs its stopper thread,
 * whose registers are those of the capturing function; the task that it took
 * the CPU from was switched out before, so its stack can be unwound from its
 * saved stack pointer like that of any sleeper. Which one it was is seen by a
 * probe on the scheduler's tracepoint sched_switch. To set one and to take it off
 * patches code that every CPU runs all the time: captures in a row share one, which
 * stays for some seconds after the last.
 */
#include <linux/sched/task_stack.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#include <asm/msr.h>

#include "osmosis.h"

struct seen {
	struct task_struct *from, *to;
	u64 at;
};

#define LINGER (10 * HZ)

static void take_off(struct work_struct *work);

static DEFINE_PER_CPU(struct seen, seen);
static struct tracepoint *sched_switch;	/* the probe is set */
static DECLARE_DELAYED_WORK(later, take_off);

/* The tracepoint has more arguments, in later kernels more still. */
static void see_switch(void *data, bool preempt, struct task_struct *from, struct task_struct *to)
{
	struct seen *s = this_cpu_ptr(&seen);

	if (likely(to->policy != SCHED_FIFO || to->rt_priority != MAX_RT_PRIO - 1))
		return;
	s->from = from;
	s->to = to;
	s->at = ktime_get_raw_fast_ns();
}

static void find_tracepoint(struct tracepoint *t, void *arg)
{
	if (strcmp(t->name, "sched_switch") == 0)
		sched_switch = t;
}

static void take_off(struct work_struct *work)
{
	if (!sched_switch)
		return;
	tracepoint_probe_unregister(sched_switch, see_switch, NULL);
	tracepoint_synchronize_unregister();
	sched_switch = NULL;
}

int osm_cpu_watch(void)
{
	unsigned int cpu;

	cancel_delayed_work_sync(&later);
	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(&seen, cpu), 0, sizeof(struct seen));
	if (sched_switch)
		return 0;
	for_each_kernel_tracepoint(find_tracepoint, NULL);
	/* without it, what was displaced is not known, and that is said */
	if (sched_switch && tracepoint_probe_register(sched_switch, see_switch, NULL))
		sched_switch = NULL;
	return 0;
}

void osm_cpu_unwatch(void)
{
	schedule_delayed_work(&later, LINGER);
}

void osm_cpu_exit(void)
{
	cancel_delayed_work_sync(&later);
	take_off(NULL);
}

u64 osm_cpu_displaced_at(unsigned int cpu)
{
	return per_cpu_ptr(&seen, cpu)->at;
}

static void put_regs(u64 *to, const struct pt_regs *regs)
{
	BUILD_BUG_ON(sizeof(*regs) > OSMOSIS_N_REGS * sizeof(*to));
	memcpy(to, regs, offsetofend(struct pt_regs, ip));
	to[17] = regs->cs & 0xffff;
	to[18] = regs->flags;
	to[19] = regs->sp;
	to[20] = regs->ss & 0xffff;
}

static void put_displaced(struct osmosis_cpu *out, struct task_struct *task)
{
	out->flags |= OSMOSIS_CPU_DISPLACED;
	out->displaced_pid = task->pid;
	out->displaced_task = (unsigned long)task;
	out->displaced_sp = task->thread.sp;
	memcpy(out->displaced_comm, task->comm, sizeof(out->displaced_comm));
	if (task->flags & PF_KTHREAD || !task->mm)
		return;
	out->flags |= OSMOSIS_CPU_USER;
	put_regs(out->user_regs, task_pt_regs(task));
	out->user_regs[21] = task->thread.fsbase;
	out->user_regs[22] = task->thread.gsbase;
	out->user_regs[23] = task->thread.ds;
	out->user_regs[24] = task->thread.es;
	out->user_regs[25] = task->thread.fsindex;
	out->user_regs[26] = task->thread.gsindex;
}

void osm_cpu_record(struct osm_cpu *c, struct pt_regs *regs, u64 now)
{
	const struct seen *s = this_cpu_ptr(&seen);
	struct osmosis_cpu *out = &c->out;

	regs->cs = __KERNEL_CS;
	regs->ss = __KERNEL_DS;
	regs->flags = native_save_fl();
	put_regs(out->regs, regs);
	rdmsrl(MSR_GS_BASE, out->regs[22]);
	out->cpu = smp_processor_id();
	out->flags = OSMOSIS_CPU_ONLINE;
	out->pid = current->pid;
	out->task = (unsigned long)current;
	if (s->to != current || !s->from)
		return;
	out->displaced_ns = now - s->at;
	put_displaced(out, s->from);
}
