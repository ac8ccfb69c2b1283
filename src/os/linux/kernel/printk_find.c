/* SPDX-License-Identifier: MIT */
/* The kernel's log: which layout a target has, and where; see printk.h. */
#include "os/linux/kernel/printk_impl.h"

#include "target/bind.h"
#include "target/kernel.h"

/* --- the ring --------------------------------------------------------------------------- */

struct ring {
	uint64_t has;
	uint64_t count_bits, descs, infos, head, tail, size_bits, text;
};
static const struct bind_member ring_members[] = {
	{ "desc_ring.count_bits", offsetof(struct ring, count_bits), BIND_UINT, false },
	{ "desc_ring.descs", offsetof(struct ring, descs), BIND_UINT, false },
	{ "desc_ring.infos", offsetof(struct ring, infos), BIND_UINT, false },
	{ "desc_ring.head_id.counter", offsetof(struct ring, head), BIND_UINT, false },
	{ "desc_ring.tail_id.counter", offsetof(struct ring, tail), BIND_UINT, false },
	{ "text_data_ring.size_bits", offsetof(struct ring, size_bits), BIND_UINT, false },
	{ "text_data_ring.data", offsetof(struct ring, text), BIND_UINT, false },
	{ NULL },
};
static const struct binding ring_binding = { "vmlinux", "printk_ringbuffer", ring_members };

static struct err *ring_layout(struct target *t, struct printk_ring *r)
{
	TRY(place_size(t, "prb_desc", &r->desc_size));
	TRY(place_size(t, "printk_info", &r->info_size));
	TRY(place_find(t, "prb_desc", "state_var.counter", &r->state));
	TRY(place_find(t, "prb_desc", "text_blk_lpos.begin", &r->begin));
	TRY(place_find(t, "prb_desc", "text_blk_lpos.next", &r->next));
	TRY(place_find(t, "printk_info", "seq", &r->seq));
	TRY(place_find(t, "printk_info", "ts_nsec", &r->ts));
	TRY(place_find(t, "printk_info", "text_len", &r->length));
	TRY(place_find(t, "printk_info", "level", &r->level));
	r->facility = place_optional(t, "printk_info", "facility");
	r->caller = place_optional(t, "printk_info", "caller_id");
	r->subsystem = place_optional(t, "printk_info", "dev_info.subsystem");
	r->device = place_optional(t, "printk_info", "dev_info.device");
	return NULL;
}

static struct err *walk_ring(struct target *t, uint64_t at, printk_visitor *v, void *arg, struct printk_summary *ret)
{
	struct printk_ring r = { 0 };
	struct ring ring;

	TRY(bind_read(t, HALF_NATIVE, &ring_binding, at, &ring));
	TRY(ring_layout(t, &r));
	r.descs = ring.descs;
	r.infos = ring.infos;
	r.text = ring.text;
	r.head = ring.head;
	r.tail = ring.tail;
	r.count_bits = (unsigned)ring.count_bits;
	r.size_bits = (unsigned)ring.size_bits;
	return printk_ring_each(target_memory(t), &r, v, arg, ret);
}

/* --- the buffer before it ------------------------------------------------------------------ */

static struct err *buffer_layout(struct target *t, struct printk_buffer *b)
{
	TRY(place_size(t, "printk_log", &b->head_size));
	TRY(place_find(t, "printk_log", "ts_nsec", &b->ts));
	TRY(place_find(t, "printk_log", "len", &b->total));
	TRY(place_find(t, "printk_log", "text_len", &b->length));
	TRY(place_find(t, "printk_log", "level", &b->level));
	b->dict = place_optional(t, "printk_log", "dict_len");
	b->facility = place_optional(t, "printk_log", "facility");
	b->caller = place_optional(t, "printk_log", "caller_id");
	return NULL;
}

static struct err *walk_buffer(struct target *t, printk_visitor *v, void *arg, struct printk_summary *ret)
{
	struct printk_buffer b = { 0 };

	struct kernel *k = target_kernel(t);

	TRY(kernel_variable(k, "log_buf", 8, &b.text));
	TRY(kernel_variable(k, "log_buf_len", 4, &b.size));
	TRY(kernel_variable(k, "log_first_idx", 4, &b.first));
	TRY(kernel_variable(k, "log_next_idx", 4, &b.next));
	TRY(kernel_variable(k, "log_first_seq", 8, &b.first_seq));
	TRY(kernel_variable(k, "log_next_seq", 8, &b.next_seq));
	TRY(buffer_layout(t, &b));
	return printk_buffer_each(target_memory(t), &b, v, arg, ret);
}

struct err *kernel_printk_each(struct target *t, printk_visitor *v, void *arg, struct printk_summary *ret)
{
	struct kernel *k = target_kernel(t);
	uint64_t prb;
	struct err *e;

	if (!k)
		return err_new(ERR_UNSUPPORTED, "the dump of a process has no kernel log");
	e = kernel_variable(k, "prb", 8, &prb);
	if (!e)
		return walk_ring(t, prb, v, arg, ret);
	if (err_code(e) != ERR_NOTFOUND)
		return e;
	err_free(e);
	return walk_buffer(t, v, arg, ret);
}
