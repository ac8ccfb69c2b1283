/* SPDX-License-Identifier: MIT */
/*
 * Requests of block devices: see block.h.
 *
 * A disk's queue has hardware queues, each with numbers (tags) for what the device
 * works on; behind each number is a request. With a scheduler there is a second set,
 * from which requests are made. A request that is in use has a count of references.
 */
#include "os/linux/kernel/block_impl.h"

#include "base/cancel.h"
#include "base/map.h"
#include "os/linux/kernel/now.h"
#include "os/linux/kernel/walk.h"
#include "target/bind.h"
#include "target/kernel_types.h"

enum { MAX_HARDWARE_QUEUES = 1 << 14, MAX_TAGS = 1 << 16, OPERATION_MASK = 255 };

struct queue {
	uint64_t has;
	uint64_t table, array, n;
};
enum { QUEUE_TABLE = 1 << 0, QUEUE_ARRAY = 1 << 1 };
static const struct bind_member queue_members[] = {
	{ "hctx_table", offsetof(struct queue, table), BIND_ADDRESS_OF, true },
	{ "queue_hw_ctx", offsetof(struct queue, array), BIND_UINT, true },
	{ "nr_hw_queues", offsetof(struct queue, n), BIND_UINT, false },
	{ NULL },
};
static const struct binding queue_binding = { "vmlinux", "request_queue", queue_members };

struct hardware {
	uint64_t has;
	uint64_t tags, sched_tags;
};
static const struct bind_member hardware_members[] = {
	{ "tags", offsetof(struct hardware, tags), BIND_UINT, false },
	{ "sched_tags", offsetof(struct hardware, sched_tags), BIND_UINT, false },
	{ NULL },
};
static const struct binding hardware_binding = { "vmlinux", "blk_mq_hw_ctx", hardware_members };

struct tags {
	uint64_t has;
	uint64_t n, by_tag, all;
};
static const struct bind_member tags_members[] = {
	{ "nr_tags", offsetof(struct tags, n), BIND_UINT, false },
	{ "rqs", offsetof(struct tags, by_tag), BIND_UINT, false },
	{ "static_rqs", offsetof(struct tags, all), BIND_UINT, false },
	{ NULL },
};
static const struct binding tags_binding = { "vmlinux", "blk_mq_tags", tags_members };

struct request {
	uint64_t has;
	uint64_t queue, flags, tag, bytes, sector, part, start, state, references;
};
enum { REQUEST_PART = 1 << 5 };
static const struct bind_member request_members[] = {
	{ "q", offsetof(struct request, queue), BIND_UINT, false },
	{ "cmd_flags", offsetof(struct request, flags), BIND_UINT, false },
	{ "tag", offsetof(struct request, tag), BIND_INT, false },
	{ "__data_len", offsetof(struct request, bytes), BIND_UINT, false },
	{ "__sector", offsetof(struct request, sector), BIND_UINT, false },
	{ "part", offsetof(struct request, part), BIND_UINT, true },
	{ "start_time_ns", offsetof(struct request, start), BIND_UINT, true },
	{ "state", offsetof(struct request, state), BIND_UINT, false },
	{ "ref", offsetof(struct request, references), BIND_UINT, false },
	{ NULL },
};
static const struct binding request_binding = { "vmlinux", "request", request_members };

static const struct {
	const char *constant, *name;
} operations[] = {
	{ "REQ_OP_READ", "read" }, { "REQ_OP_WRITE", "write" }, { "REQ_OP_FLUSH", "flush" },
	{ "REQ_OP_DISCARD", "discard" }, { "REQ_OP_SECURE_ERASE", "secure erase" },
	{ "REQ_OP_WRITE_ZEROES", "write zeroes" }, { "REQ_OP_DRV_IN", "driver in" }, { "REQ_OP_DRV_OUT", "driver out" },
};

struct requests {
	struct block_reader *r;
	const struct kernel_block *disk;
	struct kernel_now now;
	int64_t in_flight, complete;		/* values of request.state */
	int64_t operation[ARRAY_SIZE(operations)];
	struct u64map seen;
	struct err *error;
};

static const char *operation_name(const struct requests *x, uint64_t flags)
{
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		if (x->operation[i] == (int64_t)(flags & OPERATION_MASK))
			return operations[i].name;
	return "?";
}

/* Times are those of the monotonic clock; a request may be younger than the clock's last update. */
static void set_age(const struct requests *x, const struct request *q, struct kernel_request *ret)
{
	if (!q->start || !x->now.has_monotonic)
		return;
	ret->has_age = true;
	ret->age = x->now.monotonic > q->start ? x->now.monotonic - q->start : 0;
}

/* A set of numbers may be shared by disks, and a number may still lead to what used it last. */
static struct err *add_request(struct requests *x, uint64_t address, bool by_tag, uint64_t tag)
{
	struct kernel_request out = { .address = address, .queue = x->disk->queue, .disk = x->disk->name };
	struct request q = { 0 };

	if (u64map_get(&x->seen, address))
		return NULL;
	TRY(bind_read(x->r->t, HALF_NATIVE, &request_binding, address, &q));
	if (q.queue != x->disk->queue || !(uint32_t)q.references)
		return NULL;
	if (by_tag && (!q.state || q.tag != tag))
		return NULL;
	out.in_flight = (int64_t)q.state == x->in_flight;
	out.state = out.in_flight ? "in flight" : (int64_t)q.state == x->complete ? "complete" : "queued";
	out.operation = operation_name(x, q.flags);
	out.device = q.part;
	out.tag = (int64_t)q.tag;
	out.sector = q.sector;
	out.bytes = q.bytes;
	set_age(x, &q, &out);
	if (!u64map_put(&x->seen, address, x) || !vec_push(&x->r->requests, out))
		return err_nomem();
	return NULL;
}

static struct err *walk_array(struct requests *x, uint64_t at, uint64_t n, bool by_tag)
{
	for (uint64_t i = 0; at && i < n; i++) {
		uint64_t request;

		TRY(cancel_check());
		if (!arch_read_uint(target_memory(x->r->t), at + i * 8, 8, &request))
			return err_fault(at + i * 8);
		if (request)
			TRY(add_request(x, request, by_tag, i));
	}
	return NULL;
}

static struct err *walk_tags(struct requests *x, uint64_t at)
{
	struct tags tags = { 0 };

	if (!at)
		return NULL;
	TRY(bind_read(x->r->t, HALF_NATIVE, &tags_binding, at, &tags));
	if (tags.n > MAX_TAGS)
		return err_new(ERR_CORRUPT, "blk_mq_tags has %u numbers", (unsigned)tags.n);
	TRY(walk_array(x, tags.by_tag, tags.n, true));
	return walk_array(x, tags.all, tags.n, false);
}

static bool next_hardware(void *arg, uint64_t index, uint64_t entry)
{
	struct requests *x = arg;
	struct hardware h = { 0 };

	(void)index;
	x->error = bind_read(x->r->t, HALF_NATIVE, &hardware_binding, entry, &h);
	if (!x->error)
		x->error = walk_tags(x, h.tags);
	if (!x->error)
		x->error = walk_tags(x, h.sched_tags);
	return !x->error;
}

static struct err *walk_queue(struct requests *x)
{
	struct queue q = { 0 };
	struct err *e = NULL;

	TRY(bind_read(x->r->t, HALF_NATIVE, &queue_binding, x->disk->queue, &q));
	if (q.has & QUEUE_TABLE)
		e = kernel_xarray_each(x->r->t, q.table, MAX_HARDWARE_QUEUES, next_hardware, x);
	for (uint64_t i = 0; q.has & QUEUE_ARRAY && q.array && i < q.n && i < MAX_HARDWARE_QUEUES; i++) {
		uint64_t at;

		if (!arch_read_uint(target_memory(x->r->t), q.array + i * 8, 8, &at))
			return err_fault(q.array + i * 8);
		if (at && !next_hardware(x, i, at))
			break;
	}
	if (!x->error)
		return e;
	err_free(e);
	e = x->error;
	x->error = NULL;
	return e;
}

static int64_t constant(struct target *t, const char *name)
{
	int64_t v;

	return err_ignore(kernel_constant(t, name, &v)) ? -1 : v;
}

struct err *block_read_requests(struct block_reader *r)
{
	struct requests x = { .r = r, .now = kernel_now(r->t) };
	struct err *e = NULL;

	x.in_flight = constant(r->t, "MQ_RQ_IN_FLIGHT");
	x.complete = constant(r->t, "MQ_RQ_COMPLETE");
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		x.operation[i] = constant(r->t, operations[i].constant);
	for (size_t i = 0; !e && i < r->devices.n; i++) {
		x.disk = &r->devices.v[i];
		if (x.disk->partition || x.disk->by_bio)
			continue;
		e = walk_note(&r->trouble, err_prefix(walk_queue(&x), "requests of %s", x.disk->name));
	}
	u64map_deinit(&x.seen);
	return e;
}
