/* SPDX-License-Identifier: MIT */
/*
 * Block devices: see block.h.
 *
 * Each disk and partition is a struct block_device beside an inode of the file system
 * "bdev", whose list of inodes has them all; what they count is kept by each
 * processor. Facts: Documentation/admin-guide/iostats.rst, Documentation/block/ of Linux.
 */
#include "os/linux/kernel/block_impl.h"

#include "base/cancel.h"
#include "os/linux/kernel/path.h"
#include "os/linux/kernel/walk.h"
#include "target/bind.h"

#include <stdlib.h>

enum { MAX_DEVICES = 1 << 20, MINOR_BITS = 20, PARTITION_MASK = 255 };

struct device {
	uint64_t has;
	uint64_t start, sectors, stats, number, openers, partition, flags, disk, queue, name, listed;
};
enum { DEVICE_PARTITION = 1 << 5, DEVICE_FLAGS = 1 << 6 };
static const struct bind_member device_members[] = {
	{ "bd_start_sect", offsetof(struct device, start), BIND_UINT, false },
	{ "bd_nr_sectors", offsetof(struct device, sectors), BIND_UINT, false },
	{ "bd_stats", offsetof(struct device, stats), BIND_UINT, false },
	{ "bd_dev", offsetof(struct device, number), BIND_UINT, false },
	{ "bd_openers", offsetof(struct device, openers), BIND_UINT, true },
	{ "bd_partno", offsetof(struct device, partition), BIND_UINT, true },
	{ "__bd_flags", offsetof(struct device, flags), BIND_UINT, true },
	{ "bd_disk", offsetof(struct device, disk), BIND_UINT, false },
	{ "bd_queue", offsetof(struct device, queue), BIND_UINT, false },
	{ "bd_device.kobj.name", offsetof(struct device, name), BIND_UINT, false },
	{ "bd_device.kobj.state_in_sysfs", offsetof(struct device, listed), BIND_UINT, false },
	{ NULL },
};
static const struct binding device_binding = { "vmlinux", "block_device", device_members };

struct queue_kind {
	uint64_t has;
	uint64_t ops;
};
static const struct bind_member queue_members[] = {
	{ "mq_ops", offsetof(struct queue_kind, ops), BIND_UINT, false },
	{ NULL },
};
static const struct binding queue_binding = { "vmlinux", "request_queue", queue_members };

struct super {
	uint64_t has;
	uint64_t inodes;
};
static const struct bind_member super_members[] = {
	{ "s_inodes", offsetof(struct super, inodes), BIND_ADDRESS_OF, false }, { NULL }
};
static const struct binding super_binding = { "vmlinux", "super_block", super_members };

struct walk_state {
	struct block_reader *r;
	uint64_t link;		/* from the block_device to what links its inode */
	struct place ios, merges, sectors, nsecs, busy, in_flight;
	uint32_t stats_size;
	struct err *error;
};

/* --- figures ---------------------------------------------------------------------------------- */

static uint64_t element(const uint8_t *bytes, const struct place *p, unsigned i)
{
	uint64_t v = 0;

	if (i >= p->count || p->size / p->count != 8)
		return 0;
	for (unsigned k = 0; k < 8; k++)
		v |= (uint64_t)bytes[p->offset + i * 8 + k] << 8 * k;
	return v;
}

static void add_figures(struct walk_state *w, const uint8_t *bytes, struct kernel_block *b)
{
	struct kernel_disk_figures *f = &b->figures;

	for (unsigned i = 0; i < N_DISK_GROUPS; i++) {
		f->requests[i] += element(bytes, &w->ios, i);
		f->merged[i] += element(bytes, &w->merges, i);
		f->sectors[i] += element(bytes, &w->sectors, i);
		f->ns[i] += element(bytes, &w->nsecs, i);
	}
	f->busy += element(bytes, &w->busy, 0);
	if (b->by_bio)
		b->in_flight += element(bytes, &w->in_flight, 0) + element(bytes, &w->in_flight, 1);
}

static void read_figures(struct walk_state *w, uint64_t variable, struct kernel_block *b)
{
	struct kernel *k = target_kernel(w->r->t);
	uint8_t bytes[MAX_DISK_STATS];

	for (unsigned i = 0; w->stats_size && i < kernel_cpus(k); i++) {
		uint64_t at = kernel_percpu(k, variable, i);

		if (!at || !arch_read(target_memory(w->r->t), at, bytes, w->stats_size))
			continue;
		b->has_figures = true;
		add_figures(w, bytes, b);
	}
}

static void find_figures(struct walk_state *w)
{
	struct target *t = w->r->t;

	w->ios = place_optional(t, "disk_stats", "ios");
	w->merges = place_optional(t, "disk_stats", "merges");
	w->sectors = place_optional(t, "disk_stats", "sectors");
	w->nsecs = place_optional(t, "disk_stats", "nsecs");
	w->busy = place_optional(t, "disk_stats", "io_ticks");
	w->in_flight = place_optional(t, "disk_stats", "in_flight");
	if (err_ignore(place_size(t, "disk_stats", &w->stats_size)) || w->stats_size > MAX_DISK_STATS)
		w->stats_size = 0;
}

/* --- devices ----------------------------------------------------------------------------------- */

static struct err *add_device(struct walk_state *w, uint64_t address)
{
	struct kernel_block b = { .address = address };
	struct queue_kind kind = { 0 };
	struct device d = { 0 };
	const char *name;

	TRY(cancel_check());
	TRY(bind_read(w->r->t, HALF_NATIVE, &device_binding, address, &d));
	if (!d.disk) /* the file system's own root */
		return NULL;
	name = kernel_string(w->r->t, d.name, w->r->a);
	b.name = name ? name : "";
	b.disk = d.disk;
	b.queue = d.queue;
	b.major = (uint32_t)(d.number >> MINOR_BITS);
	b.minor = (uint32_t)d.number & ((1u << MINOR_BITS) - 1);
	b.partition = (unsigned)(d.has & DEVICE_PARTITION ? d.partition : d.has & DEVICE_FLAGS ? d.flags & PARTITION_MASK : 0);
	b.start = d.start;
	b.sectors = d.sectors;
	b.openers = d.openers;
	b.listed = d.listed;
	b.by_bio = !d.queue || err_ignore(bind_read(w->r->t, HALF_NATIVE, &queue_binding, d.queue, &kind)) || !kind.ops;
	read_figures(w, d.stats, &b);
	return vec_push(&w->r->devices, b) ? NULL : err_nomem();
}

static bool next_inode(void *arg, uint64_t node)
{
	struct walk_state *w = arg;

	w->error = add_device(w, node - w->link);
	return !w->error;
}

static struct err *walk_devices(struct block_reader *r)
{
	struct walk_state w = { .r = r };
	struct place bdev, link;
	struct super super = { 0 };
	uint64_t at;
	struct err *e;

	TRY(kernel_variable(target_kernel(r->t), "blockdev_superblock", 8, &at));
	TRY(place_find(r->t, "bdev_inode", "bdev", &bdev));
	TRY(place_find(r->t, "bdev_inode", "vfs_inode.i_sb_list", &link));
	TRY(bind_read(r->t, HALF_NATIVE, &super_binding, at, &super));
	w.link = (uint64_t)link.offset - bdev.offset;
	find_figures(&w);
	e = kernel_list_each(r->t, super.inodes, MAX_DEVICES, next_inode, &w);
	if (w.error) {
		err_free(e);
		e = w.error;
	}
	return walk_note(&r->trouble, err_prefix(e, "devices"));
}

static int by_number(const void *a, const void *b)
{
	const struct kernel_block *x = a, *y = b;

	if (x->major != y->major)
		return x->major < y->major ? -1 : 1;
	return x->minor < y->minor ? -1 : x->minor > y->minor;
}

static int by_age(const void *a, const void *b)
{
	const struct kernel_request *x = a, *y = b;

	if (x->has_age != y->has_age)
		return x->has_age ? -1 : 1;
	if (x->age != y->age)
		return x->age > y->age ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

/* Of a disk all that are in flight, of a partition those for it. */
static void count_in_flight(struct block_reader *r)
{
	for (size_t i = 0; i < r->requests.n; i++) {
		const struct kernel_request *q = &r->requests.v[i];

		for (size_t d = 0; q->in_flight && d < r->devices.n; d++) {
			struct kernel_block *b = &r->devices.v[d];

			if (b->queue == q->queue && !b->by_bio && (!b->partition || b->address == q->device))
				b->in_flight++;
		}
	}
}

static struct err *keep(struct block_reader *r, struct kernel_blocks *ret)
{
	size_t n_devices = r->devices.n, n_requests = r->requests.n;

	if (n_requests)
		qsort(r->requests.v, n_requests, sizeof(*r->requests.v), by_age);
	count_in_flight(r);
	ret->devices = arena_memdup(r->a, r->devices.v, n_devices * sizeof(*r->devices.v));
	ret->requests = arena_memdup(r->a, r->requests.v, n_requests * sizeof(*r->requests.v));
	if ((n_devices && !ret->devices) || (n_requests && !ret->requests))
		return err_nomem();
	ret->n_devices = n_devices;
	ret->n_requests = n_requests;
	return NULL;
}

struct err *kernel_blocks_read(struct target *t, struct arena *a, struct kernel_blocks *ret)
{
	struct block_reader r = { .t = t, .a = a };
	struct err *e = walk_devices(&r);

	*ret = (struct kernel_blocks){ 0 };
	if (r.devices.n)
		qsort(r.devices.v, r.devices.n, sizeof(*r.devices.v), by_number);
	if (!e)
		e = block_read_requests(&r);
	if (!e)
		e = keep(&r, ret);
	if (!e)
		ret->trouble = r.trouble;
	else
		err_free(r.trouble);
	vec_deinit(&r.devices);
	vec_deinit(&r.requests);
	return err_prefix(e, "block devices");
}
