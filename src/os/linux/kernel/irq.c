/* SPDX-License-Identifier: MIT */
/*
 * Interrupts: see irq.h.
 *
 * Descriptors are in a tree by number: irq_desc_tree, since 6.5 sparse_irqs. Each
 * has a list of handlers and a count for every CPU: a number, since 6.10 the first
 * of struct irqstat. What processors count of their own is in irq_stat. Facts:
 * Documentation/core-api/genericirq.rst, proc(5), and the labels that
 * /proc/interrupts shows.
 */
#include "os/linux/kernel/irq.h"

#include "base/cancel.h"
#include "base/vec.h"
#include "os/linux/kernel/place.h"
#include "os/linux/kernel/walk.h"
#include "target/bind.h"
#include "target/kernel.h"

#include <string.h>

enum { MAX_IRQS = 1 << 16, MAX_HANDLERS = 256, MAX_NAME = 64, COUNT = 4 };

struct desc {
	uint64_t has;
	uint64_t number, hardware, chip, action, counts, depth, flow;
};
static const struct bind_member desc_members[] = {
	{ "irq_data.irq", offsetof(struct desc, number), BIND_UINT, false },
	{ "irq_data.hwirq", offsetof(struct desc, hardware), BIND_UINT, false },
	{ "irq_data.chip", offsetof(struct desc, chip), BIND_UINT, false },
	{ "action", offsetof(struct desc, action), BIND_UINT, false },
	{ "kstat_irqs", offsetof(struct desc, counts), BIND_UINT, false },
	{ "depth", offsetof(struct desc, depth), BIND_UINT, false },
	{ "name", offsetof(struct desc, flow), BIND_UINT, false },
	{ NULL },
};
static const struct binding desc_binding = { "vmlinux", "irq_desc", desc_members };

struct action {
	uint64_t has;
	uint64_t function, next, thread, name;
};
static const struct bind_member action_members[] = {
	{ "handler", offsetof(struct action, function), BIND_UINT, false },
	{ "next", offsetof(struct action, next), BIND_UINT, false },
	{ "thread", offsetof(struct action, thread), BIND_UINT, false },
	{ "name", offsetof(struct action, name), BIND_UINT, false },
	{ NULL },
};
static const struct binding action_binding = { "vmlinux", "irqaction", action_members };

struct chip {
	uint64_t has;
	uint64_t name;
};
static const struct bind_member chip_members[] = {
	{ "name", offsetof(struct chip, name), BIND_UINT, false },
	{ NULL },
};
static const struct binding chip_binding = { "vmlinux", "irq_chip", chip_members };

static const struct {
	const char *label, *member;
} counted[] = {
	{ "NMI", "__nmi_count" }, { "LOC", "apic_timer_irqs" }, { "SPU", "irq_spurious_count" },
	{ "PMI", "apic_perf_irqs" }, { "IWI", "apic_irq_work_irqs" }, { "RTR", "icr_read_retry_count" },
	{ "PLT", "x86_platform_ipis" }, { "RES", "irq_resched_count" }, { "CAL", "irq_call_count" },
	{ "TLB", "irq_tlb_count" }, { "TRM", "irq_thermal_count" }, { "THR", "irq_threshold_count" },
	{ "DFR", "irq_deferred_error_count" },
};

struct irqs {
	struct target *t;
	struct arena *a;
	VEC(struct kernel_irq) v;
	struct err *error;
};

static const char *name_at(struct irqs *q, uint64_t address)
{
	const struct arch_memory *m = target_memory(q->t);
	char buf[MAX_NAME];
	size_t n = address ? m->read(m->arg, address, buf, sizeof(buf)) : 0;
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const char *copy;

	strbuf_add_utf8(&sb, buf, strnlen(buf, n));
	copy = sb.failed ? NULL : arena_strdup(q->a, sb.s);
	return copy ? copy : "";
}

static const char *chip_name(struct irqs *q, uint64_t chip)
{
	struct chip c = { 0 };

	if (!chip || err_ignore(bind_read(q->t, HALF_NATIVE, &chip_binding, chip, &c)))
		return "";
	return name_at(q, c.name);
}

/* `variable`: what kernel_percpu() takes, with the member's offset. */
static struct err *read_counts(struct irqs *q, struct kernel_irq *irq, uint64_t variable, uint64_t offset)
{
	struct kernel *k = target_kernel(q->t);

	irq->n_cpus = kernel_cpus(k);
	irq->counts = ARENA_NEW_N(q->a, uint64_t, irq->n_cpus);
	irq->counted = ARENA_NEW_N(q->a, bool, irq->n_cpus);
	if (!irq->counts || !irq->counted)
		return err_nomem();
	for (unsigned i = 0; i < irq->n_cpus; i++) {
		uint64_t at = variable ? kernel_percpu(k, variable, i) : 0;

		irq->counted[i] = at && arch_read_uint(target_memory(q->t), at + offset, COUNT, &irq->counts[i]);
	}
	return NULL;
}

static struct err *read_handlers(struct irqs *q, struct kernel_irq *irq, uint64_t at)
{
	VEC(struct kernel_irq_handler) v = { 0 };
	struct err *e = NULL;

	while (at && !e && v.n < MAX_HANDLERS) {
		struct action f = { 0 };

		e = bind_read(q->t, HALF_NATIVE, &action_binding, at, &f);
		if (!e && !vec_push(&v, ((struct kernel_irq_handler){ at, f.function, f.thread, name_at(q, f.name) })))
			e = err_nomem();
		at = f.next;
	}
	if (at && !e)
		e = err_new(ERR_CORRUPT, "interrupt %u has more than %d handlers", (unsigned)irq->number, MAX_HANDLERS);
	irq->handlers = e || !v.n ? NULL : arena_memdup(q->a, v.v, v.n * sizeof(*v.v));
	irq->n_handlers = irq->handlers ? v.n : 0;
	if (!e && v.n && !irq->handlers)
		e = err_nomem();
	vec_deinit(&v);
	return e;
}

static struct err *add(struct irqs *q, uint64_t address)
{
	struct kernel_irq irq = { .address = address };
	struct desc d = { 0 };

	TRY(cancel_check());
	TRY(bind_read(q->t, HALF_NATIVE, &desc_binding, address, &d));
	irq.number = d.number;
	irq.hardware = d.hardware;
	irq.chip = chip_name(q, d.chip);
	irq.flow = name_at(q, d.flow);
	irq.disabled = d.depth;
	TRY(read_counts(q, &irq, d.counts, 0));
	TRY(read_handlers(q, &irq, d.action));
	return vec_push(&q->v, irq) ? NULL : err_nomem();
}

static bool next_entry(void *arg, uint64_t index, uint64_t entry)
{
	struct irqs *q = arg;

	q->error = add(q, entry);
	return !q->error;
}

static bool next_range(void *arg, uint64_t start, uint64_t last, uint64_t entry)
{
	return next_entry(arg, start, entry);
}

static struct err *add_described(struct irqs *q)
{
	struct kernel *k = target_kernel(q->t);
	uint64_t root;
	struct err *e;

	if (!err_ignore(kernel_symbol(k, "sparse_irqs", &root)))
		e = kernel_maple_each(q->t, root, MAX_IRQS, next_range, q);
	else if (!err_ignore(kernel_symbol(k, "irq_desc_tree", &root)))
		e = kernel_xarray_each(q->t, root, MAX_IRQS, next_entry, q);
	else
		return err_new(ERR_UNSUPPORTED, "the kernel has no tree of interrupts (sparse_irqs, irq_desc_tree)");
	if (q->error) {
		err_free(e);
		e = q->error;
		q->error = NULL;
	}
	return err_prefix(e, "interrupts");
}

/* Of a kernel that does not count something there is no row. */
static struct err *add_counted(struct irqs *q)
{
	uint64_t variable;

	if (err_ignore(kernel_symbol(target_kernel(q->t), "irq_stat", &variable)))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(counted); i++) {
		struct place p = place_optional(q->t, "irq_cpustat_t", counted[i].member);
		struct kernel_irq irq = { .label = counted[i].label, .chip = "", .flow = "" };

		if (p.size != COUNT)
			continue;
		TRY(read_counts(q, &irq, variable, p.offset));
		if (!vec_push(&q->v, irq))
			return err_nomem();
	}
	return NULL;
}

struct err *kernel_irqs(struct target *t, struct arena *a, struct kernel_irq **ret, size_t *ret_n)
{
	struct irqs q = { .t = t, .a = a };
	struct kernel_irq *v = NULL;
	struct err *e = add_described(&q);

	if (!e)
		e = add_counted(&q);
	if (!e && q.v.n) {
		v = arena_memdup(a, q.v.v, q.v.n * sizeof(*v));
		if (!v)
			e = err_nomem();
	}
	if (!e) {
		*ret = v;
		*ret_n = q.v.n;
	}
	vec_deinit(&q.v);
	return e;
}

uint64_t kernel_irq_total(const struct kernel_irq *irq)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < irq->n_cpus; i++)
		n += irq->counted[i] ? irq->counts[i] : 0;
	return n;
}
