/* SPDX-License-Identifier: MIT */
/*
 * Timers: see timer.h.
 *
 * Each processor has some struct timer_base, each with an array of lists (the wheel),
 * and a struct hrtimer_cpu_base with a tree for each clock, in softirqs and in
 * interrupts. Facts: Documentation/timers/hrtimers.rst, clock_gettime(2), what
 * /proc/timer_list shows.
 */
#include "os/linux/kernel/timer.h"

#include "base/cancel.h"
#include "base/cursor.h"
#include "base/vec.h"
#include "os/linux/kernel/now.h"
#include "os/linux/kernel/place.h"
#include "os/linux/kernel/walk.h"
#include "target/bind.h"
#include "target/kernel.h"
#include "target/kernel_types.h"

#include <stdlib.h>

enum { MAX_TIMERS = 1 << 20, MAX_BASES = 16, MAX_VECTORS = 4096 };

struct wheel_timer {
	uint64_t has;
	uint64_t expires, function, flags;
};
static const struct bind_member wheel_members[] = {
	{ "expires", offsetof(struct wheel_timer, expires), BIND_UINT, false },
	{ "function", offsetof(struct wheel_timer, function), BIND_UINT, false },
	{ "flags", offsetof(struct wheel_timer, flags), BIND_UINT, false },
	{ NULL },
};
static const struct binding wheel_binding = { "vmlinux", "timer_list", wheel_members };

struct hr_timer {
	uint64_t has;
	uint64_t expires, soft_expires, function, is_soft;
};
static const struct bind_member hr_members[] = {
	{ "node.expires", offsetof(struct hr_timer, expires), BIND_UINT, false },
	{ "_softexpires", offsetof(struct hr_timer, soft_expires), BIND_UINT, false },
	{ "function", offsetof(struct hr_timer, function), BIND_UINT, false },
	{ "is_soft", offsetof(struct hr_timer, is_soft), BIND_UINT, true },
	{ NULL },
};
static const struct binding hr_binding = { "vmlinux", "hrtimer", hr_members };

struct clock_base {
	uint64_t has;
	uint64_t clock, tree, offset;
};
static const struct bind_member clock_members[] = {
	{ "clockid", offsetof(struct clock_base, clock), BIND_INT, false },
	{ "active.rb_root.rb_root", offsetof(struct clock_base, tree), BIND_ADDRESS_OF, false },
	{ "offset", offsetof(struct clock_base, offset), BIND_UINT, false },
	{ NULL },
};
static const struct binding clock_binding = { "vmlinux", "hrtimer_clock_base", clock_members };

struct owner {
	uint64_t has;
	uint64_t what;
};
static const struct bind_member process_members[] = {
	{ "task", offsetof(struct owner, what), BIND_UINT, false }, { NULL }
};
static const struct binding process_binding = { "vmlinux", "process_timer", process_members };
static const struct bind_member sleeper_members[] = {
	{ "task", offsetof(struct owner, what), BIND_UINT, false }, { NULL }
};
static const struct binding sleeper_binding = { "vmlinux", "hrtimer_sleeper", sleeper_members };
static const struct bind_member work_members[] = {
	{ "work.func", offsetof(struct owner, what), BIND_UINT, false }, { NULL }
};
static const struct binding work_binding = { "vmlinux", "delayed_work", work_members };

struct timers {
	struct target *t;
	struct kernel_now now;
	VEC(struct kernel_timer) v;
	struct kernel_timer at;		/* processor, base and clock of those that are walked */
	uint64_t link;			/* offset in a timer of what links it */
	uint64_t offset;		/* of the clock, from the monotonic one */
	uint64_t wakes_process, wakes_sleeper, queues_work;	/* functions; 0: not known */
	uint64_t process_timer, sleeper_timer, work_timer;	/* offsets of the timers in what they are part of */
	struct err *error;		/* of what a walk called */
	struct err **trouble;
};

static uint64_t owner_of(struct timers *x, const struct binding *b, uint64_t address, uint64_t offset)
{
	struct owner o = { 0 };

	return err_ignore(bind_read(x->t, HALF_NATIVE, b, address - offset, &o)) ? 0 : o.what;
}

static bool push(struct timers *x, struct kernel_timer one)
{
	if (one.function && one.function == x->wakes_process)
		one.task = owner_of(x, &process_binding, one.address, x->process_timer);
	else if (one.function && one.function == x->wakes_sleeper)
		one.task = owner_of(x, &sleeper_binding, one.address, x->sleeper_timer);
	else if (one.function && one.function == x->queues_work)
		one.work = owner_of(x, &work_binding, one.address, x->work_timer);
	if (!vec_push(&x->v, one))
		x->error = err_nomem();
	return !x->error;
}

/* --- the wheel ----------------------------------------------------------------------------- */

static bool next_wheel(void *arg, uint64_t node)
{
	struct timers *x = arg;
	struct kernel_timer one = x->at;
	struct wheel_timer w = { 0 };

	one.address = node - x->link;
	x->error = bind_read(x->t, HALF_NATIVE, &wheel_binding, one.address, &w);
	if (x->error)
		return false;
	one.function = w.function;
	one.flags = w.flags;
	one.expires = one.soft_expires = w.expires;
	one.has_left = x->now.has_jiffies && x->now.tick &&
		       !__builtin_mul_overflow((int64_t)(w.expires - x->now.jiffies), (int64_t)x->now.tick, &one.left);
	return push(x, one);
}

static struct err *walk_vectors(struct timers *x, uint64_t at, const struct place *vectors)
{
	size_t n = vectors->size / 8;
	uint8_t *bytes = n > MAX_VECTORS ? NULL : malloc(vectors->size + 1);
	struct err *e = NULL;
	struct cursor c;

	if (!bytes)
		return n > MAX_VECTORS ? err_new(ERR_CORRUPT, "timer_base has %zu lists", n) : err_nomem();
	if (!arch_read(target_memory(x->t), at, bytes, vectors->size))
		e = err_fault(at);
	c = cursor_init("timer_base", bytes, vectors->size, at);
	for (size_t i = 0; !e && i < n; i++)
		if (cursor_u64(&c))
			e = walk_note(x->trouble, walk_first_error(&x->error, kernel_hlist_each(x->t, at + i * 8, MAX_TIMERS, next_wheel, x)));
	free(bytes);
	return e;
}

static struct err *add_wheels(struct timers *x, uint64_t variable)
{
	struct kernel *k = target_kernel(x->t);
	struct type_ref type;
	struct type_info info;
	struct place link, vectors;
	uint32_t size;

	TRY(place_find(x->t, "timer_list", "entry", &link));
	TRY(place_find(x->t, "timer_base", "vectors", &vectors));
	TRY(place_size(x->t, "timer_base", &size));
	TRY(kernel_variable_type(x->t, "timer_bases", &type));
	TRY(type_strip(type, &type, &info));
	x->link = link.offset;
	for (unsigned cpu = 0; cpu < kernel_cpus(k); cpu++) {
		uint64_t at = kernel_percpu(k, variable, cpu);
		unsigned n = info.kind == TYPE_ARRAY && info.count < MAX_BASES ? (unsigned)info.count : 1;

		for (unsigned i = 0; at && i < n; i++) {
			TRY(cancel_check());
			x->at = (struct kernel_timer){ .cpu = cpu, .base = i };
			TRY(walk_note(x->trouble, err_prefix(walk_vectors(x, at + (uint64_t)i * size + vectors.offset, &vectors),
					       "timers of CPU %u", cpu)));
		}
	}
	return NULL;
}

/* --- high resolution ------------------------------------------------------------------------- */

static bool next_hr(void *arg, uint64_t node)
{
	struct timers *x = arg;
	struct kernel_timer one = x->at;
	struct hr_timer h = { 0 };

	one.address = node - x->link;
	x->error = bind_read(x->t, HALF_NATIVE, &hr_binding, one.address, &h);
	if (x->error)
		return false;
	one.function = h.function;
	one.expires = h.expires;
	one.soft_expires = h.soft_expires;
	one.is_soft = h.is_soft;
	one.left = (int64_t)(h.expires - x->now.monotonic - x->offset);
	one.has_left = x->now.has_monotonic;
	return push(x, one);
}

static struct err *walk_clock(struct timers *x, uint64_t at)
{
	struct clock_base b = { 0 };

	TRY(cancel_check());
	TRY(bind_read(x->t, HALF_NATIVE, &clock_binding, at, &b));
	x->at.clock = (int64_t)b.clock;
	x->offset = b.offset;
	return walk_first_error(&x->error, kernel_rbtree_each(x->t, b.tree, MAX_TIMERS, next_hr, x));
}

static struct err *add_hr(struct timers *x, uint64_t variable)
{
	struct kernel *k = target_kernel(x->t);
	struct place link, bases;

	TRY(place_find(x->t, "hrtimer", "node.node", &link));
	TRY(place_find(x->t, "hrtimer_cpu_base", "clock_base", &bases));
	if (!bases.count || bases.count > MAX_BASES)
		return err_new(ERR_CORRUPT, "hrtimer_cpu_base has %u clocks", bases.count);
	x->link = link.offset;
	for (unsigned cpu = 0; cpu < kernel_cpus(k); cpu++) {
		uint64_t at = kernel_percpu(k, variable, cpu);

		for (unsigned i = 0; at && i < bases.count; i++) {
			x->at = (struct kernel_timer){ .cpu = cpu, .base = i, .high_resolution = true };
			TRY(walk_note(x->trouble, err_prefix(walk_clock(x, at + bases.offset + (uint64_t)i * (bases.size / bases.count)),
					       "hrtimers of CPU %u", cpu)));
		}
	}
	return NULL;
}

/* --- all --------------------------------------------------------------------------------------- */

static uint64_t function_of(struct target *t, const char *name, const char *type, const char *member, uint64_t *ret_offset)
{
	struct place p = place_optional(t, type, member);
	uint64_t v;

	*ret_offset = p.offset;
	return p.size && !err_ignore(kernel_symbol(target_kernel(t), name, &v)) ? v : 0;
}

static int by_expiry(const void *a, const void *b)
{
	const struct kernel_timer *x = a, *y = b;

	if (x->cpu != y->cpu)
		return x->cpu < y->cpu ? -1 : 1;
	if (x->high_resolution != y->high_resolution)
		return x->high_resolution ? 1 : -1;
	if (x->has_left && y->has_left && x->left != y->left)
		return x->left < y->left ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

static struct err *collect(struct timers *x)
{
	struct kernel *k = target_kernel(x->t);
	uint64_t wheels, hr;

	x->now = kernel_now(x->t);
	x->wakes_process = function_of(x->t, "process_timeout", "process_timer", "timer", &x->process_timer);
	x->wakes_sleeper = function_of(x->t, "hrtimer_wakeup", "hrtimer_sleeper", "timer", &x->sleeper_timer);
	x->queues_work = function_of(x->t, "delayed_work_timer_fn", "delayed_work", "timer", &x->work_timer);
	TRY(kernel_symbol(k, "timer_bases", &wheels));
	TRY(kernel_symbol(k, "hrtimer_bases", &hr));
	TRY(add_wheels(x, wheels));
	return add_hr(x, hr);
}

struct err *kernel_timers(struct target *t, struct arena *a, struct kernel_timer **ret, size_t *ret_n, struct err **trouble)
{
	struct timers x = { .t = t, .trouble = trouble };
	struct kernel_timer *v = NULL;
	struct err *e;

	*trouble = NULL;
	e = collect(&x);
	if (!e && x.v.n) {
		qsort(x.v.v, x.v.n, sizeof(*x.v.v), by_expiry);
		v = arena_memdup(a, x.v.v, x.v.n * sizeof(*v));
		if (!v)
			e = err_nomem();
	}
	if (!e) {
		*ret = v;
		*ret_n = x.v.n;
	} else {
		err_free(*trouble);
		*trouble = NULL;
	}
	vec_deinit(&x.v);
	return err_prefix(e, "timers");
}

const char *kernel_clock_name(int64_t clock)
{
	switch (clock) {
	case 0: return "realtime";
	case 1: return "monotonic";
	case 7: return "boottime";
	case 11: return "tai";
	default: return "?";
	}
}
