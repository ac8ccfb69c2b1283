/* SPDX-License-Identifier: MIT */
/* !workqueue: pools of workers, what they do, and what waits for them. */
#include "command/kernel.h"

#include "base/cancel.h"
#include "os/linux/kernel/workqueue.h"

static const struct field pool_fields[] = {
	{ "address", FIELD_ADDR, "of struct worker_pool" },
	{ "id", FIELD_UINT, "number of the pool" },
	{ "cpu", FIELD_INT, "processor whose works it does; absent: of no one processor" },
	{ "workers", FIELD_UINT, "workers that it has" },
	{ "idle", FIELD_UINT, "of them, those that wait for a work" },
	{ "pending", FIELD_UINT, "works that wait for a worker" },
	{ NULL },
};
static const struct record pool_record = {
	.kind = "worker_pool",
	.help = "a pool of workers",
	.fields = pool_fields,
	.text = "pool {id:3}  {address:p}  cpu {cpu:3|any}  workers {workers}, idle {idle}, pending works {pending}\n",
};

static const struct field worker_fields[] = {
	{ "pool", FIELD_UINT, "number of its pool" },
	{ "address", FIELD_ADDR, "of struct worker" },
	{ "task_addr", FIELD_ADDR, "its task_struct; absent: it works in softirqs (6.9), and has no task" },
	{ "thread", FIELD_UINT, "the debugger's number of the task" },
	{ "pid", FIELD_UINT, "its thread id" },
	{ "work", FIELD_ADDR, "struct work_struct that it does; absent: none" },
	{ "function", FIELD_SYM, "what it does" },
	{ "queue", FIELD_STR, "work queue that it does it for" },
	{ "name", FIELD_STR, "name of the task" },
	{ NULL },
};
static const struct record worker_record = {
	.kind = "worker",
	.help = "a worker",
	.fields = worker_fields,
	.text = "    worker  {task_addr:p|(softirq)}  {pid:7|-}  {name:-16|-}[ (thread {thread})]  {function|idle}[  for {queue}]\n",
};

static const struct field work_fields[] = {
	{ "pool", FIELD_UINT, "number of the pool that is to do it" },
	{ "address", FIELD_ADDR, "of struct work_struct" },
	{ "function", FIELD_SYM, "what is to be done" },
	{ "queue", FIELD_STR, "work queue that it is in" },
	{ NULL },
};
static const struct record work_record = {
	.kind = "pending_work",
	.help = "a work that waits for a worker",
	.fields = work_fields,
	.text = "    pending {address:p}  {function}[  in {queue}]\n",
};
static const struct record *const workqueue_records[] = { &pool_record, &worker_record, &work_record, NULL };

static void add_function(struct target *t, struct out *o, uint64_t function)
{
	struct symbol_hit hit = { 0 };

	target_symbol_at(t, function, &hit);
	out_sym(o, "function", hit.module ? hit.module->name : NULL, hit.symbol.name, hit.displacement, function);
}

static const struct thread *thread_of(struct target *t, uint64_t task)
{
	struct thread *v;
	size_t n = target_threads(t, &v);

	for (size_t i = 0; i < n; i++)
		if (v[i].task == task)
			return &v[i];
	return NULL;
}

static struct err *show_worker(struct target *t, struct out *o, const struct kernel_pool *pool, const struct kernel_worker *w)
{
	const struct thread *th = w->task ? thread_of(t, w->task) : NULL;

	out_begin(o, &worker_record);
	out_uint(o, "pool", pool->id);
	out_addr(o, "address", w->address);
	if (w->task)
		out_addr(o, "task_addr", w->task);
	if (th) {
		out_uint(o, "thread", th->index);
		out_uint(o, "pid", th->tid);
		out_name(o, "name", th->name);
	}
	if (w->current.address) {
		out_addr(o, "work", w->current.address);
		add_function(t, o, w->current.function);
		out_name(o, "queue", w->current.queue);
	}
	return out_end(o);
}

static struct err *show_work(struct target *t, struct out *o, const struct kernel_pool *pool, const struct kernel_work *w)
{
	out_begin(o, &work_record);
	out_uint(o, "pool", pool->id);
	out_addr(o, "address", w->address);
	add_function(t, o, w->function);
	out_name(o, "queue", w->queue);
	return out_end(o);
}

static struct err *show_pool(struct target *t, struct out *o, const struct kernel_pool *pool, bool idle)
{
	out_begin(o, &pool_record);
	out_addr(o, "address", pool->address);
	out_uint(o, "id", pool->id);
	if (pool->cpu >= 0)
		out_int(o, "cpu", pool->cpu);
	out_uint(o, "workers", pool->n_workers);
	out_uint(o, "idle", pool->n_idle);
	out_uint(o, "pending", pool->n_pending);
	TRY(out_end(o));
	for (size_t i = 0; i < pool->n_found; i++) {
		TRY(cancel_check());
		if (idle || pool->workers[i].current.address)
			TRY(show_worker(t, o, pool, &pool->workers[i]));
	}
	for (size_t i = 0; i < pool->n_pending; i++)
		TRY(show_work(t, o, pool, &pool->pending[i]));
	return NULL;
}

static struct err *run_workqueue(struct session *s, const struct args *args, struct out *o)
{
	const char *p = str_skip_space(args->tail);
	bool all = str_starts(p, "-a") && (!p[2] || p[2] == ' ');
	struct kernel_pool *v = NULL;
	struct kernel *k;
	size_t n = 0;

	if (all)
		p = str_skip_space(p + 2);
	TRY(end_parse(args, p));
	TRY(kernel_need(s, args, &k));
	TRY(kernel_pools(session_target(s), args->arena, &v, &n));
	for (size_t i = 0; i < n; i++)
		if (all || v[i].n_pending || v[i].n_workers != v[i].n_idle)
			TRY(show_pool(session_target(s), o, &v[i], all));
	return NULL;
}

const struct command command_workqueue = {
	.name = "!workqueue",
	.summary = "show the kernel's workers, what they do, and the works that wait",
	.usage = "[-a]",
	.help = "Each pool of workers that has something to do: the workers that do something, with the\n"
		"function and the work queue it is for, and the works that wait for a worker. A pool whose\n"
		"works wait while its workers are all asleep in one function is why a device or a flush hangs:\n"
		"~Nk shows where. -a: idle pools and workers too.",
	.records = workqueue_records,
	.needs = NEEDS_TARGET,
	.whole_word = true,
	.run = run_workqueue,
};
