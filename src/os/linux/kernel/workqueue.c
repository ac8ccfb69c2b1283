/* SPDX-License-Identifier: MIT */
/*
 * Work queues: see workqueue.h.
 *
 * worker_pool_idr numbers all pools. A work that waits points with its upper bits to the
 * pool_workqueue that it was queued through, which knows the queue's name; what a worker does
 * is copied into it. Facts: Documentation/core-api/workqueue.rst.
 */
#include "os/linux/kernel/workqueue.h"

#include "base/cancel.h"
#include "base/vec.h"
#include "os/linux/kernel/walk.h"
#include "target/bind.h"
#include "target/kernel.h"
#include "target/kernel_types.h"

#include <string.h>

enum { MAX_POOLS = 1 << 16, MAX_LISTED = 1 << 16, MAX_NAME = 64 };

struct idr {
	uint64_t has;
	uint64_t tree;
};
static const struct bind_member idr_members[] = {
	{ "idr_rt", offsetof(struct idr, tree), BIND_ADDRESS_OF, false },
	{ NULL },
};
static const struct binding idr_binding = { "vmlinux", "idr", idr_members };

struct pool {
	uint64_t has;
	uint64_t cpu, id, n_workers, n_idle, pending, workers;
};
static const struct bind_member pool_members[] = {
	{ "cpu", offsetof(struct pool, cpu), BIND_INT, false },
	{ "id", offsetof(struct pool, id), BIND_UINT, false },
	{ "nr_workers", offsetof(struct pool, n_workers), BIND_UINT, false },
	{ "nr_idle", offsetof(struct pool, n_idle), BIND_UINT, false },
	{ "worklist", offsetof(struct pool, pending), BIND_ADDRESS_OF, false },
	{ "workers", offsetof(struct pool, workers), BIND_ADDRESS_OF, false },
	{ NULL },
};
static const struct binding pool_binding = { "vmlinux", "worker_pool", pool_members };

struct worker {
	uint64_t has;
	uint64_t work, function, pwq, task, node;
};
static const struct bind_member worker_members[] = {
	{ "current_work", offsetof(struct worker, work), BIND_UINT, false },
	{ "current_func", offsetof(struct worker, function), BIND_UINT, false },
	{ "current_pwq", offsetof(struct worker, pwq), BIND_UINT, false },
	{ "task", offsetof(struct worker, task), BIND_UINT, false },
	{ "node", offsetof(struct worker, node), BIND_ADDRESS_OF, false },
	{ NULL },
};
static const struct binding worker_binding = { "vmlinux", "worker", worker_members };

struct work {
	uint64_t has;
	uint64_t data, function, entry;
};
static const struct bind_member work_members[] = {
	{ "data", offsetof(struct work, data), BIND_UINT, false },
	{ "func", offsetof(struct work, function), BIND_UINT, false },
	{ "entry", offsetof(struct work, entry), BIND_ADDRESS_OF, false },
	{ NULL },
};
static const struct binding work_binding = { "vmlinux", "work_struct", work_members };

struct pwq {
	uint64_t has;
	uint64_t queue;
};
static const struct bind_member pwq_members[] = {
	{ "wq", offsetof(struct pwq, queue), BIND_UINT, false },
	{ NULL },
};
static const struct binding pwq_binding = { "vmlinux", "pool_workqueue", pwq_members };

struct queue {
	uint64_t has;
	uint64_t name;
};
static const struct bind_member queue_members[] = {
	{ "name", offsetof(struct queue, name), BIND_ADDRESS_OF, false },
	{ NULL },
};
static const struct binding queue_binding = { "vmlinux", "workqueue_struct", queue_members };

struct pools {
	struct target *t;
	struct arena *a;
	uint64_t worker_node, work_entry;	/* offsets of what links them */
	uint64_t pwq_mask;			/* of work_struct.data */
	VEC(struct kernel_pool) v;
	VEC(struct kernel_worker) workers;	/* of the pool at hand */
	VEC(struct kernel_work) works;
	struct err *error;
};

static const char *queue_name(struct pools *p, uint64_t pwq)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const struct arch_memory *m = target_memory(p->t);
	struct pwq w = { 0 };
	struct queue q = { 0 };
	char buf[MAX_NAME];
	const char *copy;

	if (!pwq || err_ignore(bind_read(p->t, HALF_NATIVE, &pwq_binding, pwq, &w)) ||
	    err_ignore(bind_read(p->t, HALF_NATIVE, &queue_binding, w.queue, &q)))
		return "";
	strbuf_add_utf8(&sb, buf, strnlen(buf, m->read(m->arg, q.name, buf, sizeof(buf))));
	copy = sb.failed ? NULL : arena_strdup(p->a, sb.s);
	return copy ? copy : "";
}

static bool next_work(void *arg, uint64_t node)
{
	struct pools *p = arg;
	struct work w = { 0 };
	uint64_t address = node - p->work_entry;

	p->error = bind_read(p->t, HALF_NATIVE, &work_binding, address, &w);
	if (!p->error && !vec_push(&p->works, ((struct kernel_work){
				      address, w.function, queue_name(p, p->pwq_mask ? w.data & p->pwq_mask : 0) })))
		p->error = err_nomem();
	return !p->error;
}

static bool next_worker(void *arg, uint64_t node)
{
	struct pools *p = arg;
	struct worker w = { 0 };
	struct kernel_worker out = { .address = node - p->worker_node };

	p->error = bind_read(p->t, HALF_NATIVE, &worker_binding, out.address, &w);
	if (p->error)
		return false;
	out.task = w.task;
	if (w.work)
		out.current = (struct kernel_work){ w.work, w.function, queue_name(p, w.pwq) };
	if (!vec_push(&p->workers, out))
		p->error = err_nomem();
	return !p->error;
}

static struct err *add_pool(struct pools *p, uint64_t address)
{
	struct pool f = { 0 };
	struct kernel_pool out = { .address = address };

	TRY(cancel_check());
	TRY(bind_read(p->t, HALF_NATIVE, &pool_binding, address, &f));
	p->workers.n = p->works.n = 0;
	TRY(walk_first_error(&p->error, kernel_list_each(p->t, f.workers, MAX_LISTED, next_worker, p)));
	TRY(walk_first_error(&p->error, kernel_list_each(p->t, f.pending, MAX_LISTED, next_work, p)));
	out.id = f.id;
	out.cpu = (int64_t)f.cpu;
	out.n_workers = f.n_workers;
	out.n_idle = f.n_idle;
	out.n_found = p->workers.n;
	out.n_pending = p->works.n;
	out.workers = arena_memdup(p->a, p->workers.v, p->workers.n * sizeof(*p->workers.v));
	out.pending = arena_memdup(p->a, p->works.v, p->works.n * sizeof(*p->works.v));
	if ((p->workers.n && !out.workers) || (p->works.n && !out.pending) || !vec_push(&p->v, out))
		return err_nomem();
	return NULL;
}

static bool next_pool(void *arg, uint64_t index, uint64_t entry)
{
	struct pools *p = arg;
	struct err *e = add_pool(p, entry);

	p->error = err_prefix(e, "worker pool %u", (unsigned)index);
	return !e;
}

/* The flags below a work's pointer are so many bits as the kernel's own enumerators say: since 6.11
 * WORK_STRUCT_PWQ_SHIFT, before WORK_STRUCT_FLAG_BITS. 0: not known, and so are the queues. */
static uint64_t find_pwq_mask(struct target *t)
{
	static const char *const names[] = { "WORK_STRUCT_PWQ_SHIFT", "WORK_STRUCT_FLAG_BITS" };
	int64_t bits;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!err_ignore(kernel_constant(t, names[i], &bits)))
			return bits > 0 && bits < 32 ? ~(uint64_t)0 << bits : 0;
	return 0;
}

static struct err *collect(struct pools *p)
{
	struct idr idr = { 0 };
	uint64_t root;

	TRY(kernel_symbol(target_kernel(p->t), "worker_pool_idr", &root));
	TRY(bind_read(p->t, HALF_NATIVE, &idr_binding, root, &idr));
	TRY(bind_offset(p->t, HALF_NATIVE, &worker_binding, "node", &p->worker_node));
	TRY(bind_offset(p->t, HALF_NATIVE, &work_binding, "entry", &p->work_entry));
	p->pwq_mask = find_pwq_mask(p->t);
	return walk_first_error(&p->error, kernel_xarray_each(p->t, idr.tree, MAX_POOLS, next_pool, p));
}

struct err *kernel_pools(struct target *t, struct arena *a, struct kernel_pool **ret, size_t *ret_n)
{
	struct pools p = { .t = t, .a = a };
	struct err *e = collect(&p);
	struct kernel_pool *v = NULL;

	if (!e && p.v.n) {
		v = arena_memdup(a, p.v.v, p.v.n * sizeof(*v));
		if (!v)
			e = err_nomem();
	}
	if (!e) {
		*ret = v;
		*ret_n = p.v.n;
	}
	vec_deinit(&p.v);
	vec_deinit(&p.workers);
	vec_deinit(&p.works);
	return err_prefix(e, "work queues");
}
