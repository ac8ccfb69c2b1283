/* SPDX-License-Identifier: MIT */
/*
 * Clocks: see now.h. The timekeeper has the time of its last update: whole
 * nanoseconds and, shifted left, a part. Facts: Documentation/timers/timekeeping.rst
 * of Linux, and what /proc/timer_list shows as now.
 */
#include "os/linux/kernel/now.h"

#include "target/bind.h"
#include "target/kernel.h"

struct keeper {
	uint64_t has;
	uint64_t base, shift, part;
};
static const struct bind_member keeper_members[] = {
	{ "tkr_mono.base", offsetof(struct keeper, base), BIND_UINT, false },
	{ "tkr_mono.shift", offsetof(struct keeper, shift), BIND_UINT, false },
	{ "tkr_mono.xtime_nsec", offsetof(struct keeper, part), BIND_UINT, false },
	{ NULL },
};
static const struct binding keeper_binding = { "vmlinux", "timekeeper", keeper_members };

/* 6.13 and later keep both copies in one structure that has a name. */
static const struct bind_member data_members[] = {
	{ "timekeeper.tkr_mono.base", offsetof(struct keeper, base), BIND_UINT, false },
	{ "timekeeper.tkr_mono.shift", offsetof(struct keeper, shift), BIND_UINT, false },
	{ "timekeeper.tkr_mono.xtime_nsec", offsetof(struct keeper, part), BIND_UINT, false },
	{ NULL },
};
static const struct binding data_binding = { "vmlinux", "tk_data", data_members };

static bool read_keeper(struct target *t, struct keeper *ret)
{
	struct kernel *k = target_kernel(t);
	uint64_t at;

	if (!err_ignore(kernel_symbol(k, "shadow_timekeeper", &at)) &&
	    !err_ignore(bind_read(t, HALF_NATIVE, &keeper_binding, at, ret)))
		return true;
	return (!err_ignore(kernel_symbol(k, "tk_core", &at)) || !err_ignore(kernel_symbol(k, "timekeeper_data", &at))) &&
	       !err_ignore(bind_read(t, HALF_NATIVE, &data_binding, at, ret));
}

struct kernel_now kernel_now(struct target *t)
{
	struct kernel *k = target_kernel(t);
	struct kernel_now now = { 0 };
	struct keeper keeper = { 0 };

	now.has_jiffies = !err_ignore(kernel_variable(k, "jiffies", 8, &now.jiffies));
	if (err_ignore(kernel_variable(k, "tick_nsec", 8, &now.tick)))
		now.tick = 0;
	if (read_keeper(t, &keeper) && keeper.shift < 64) {
		now.monotonic = keeper.base + (keeper.part >> keeper.shift);
		now.has_monotonic = true;
	}
	return now;
}

int64_t kernel_ticks_ms(const struct kernel_now *now, uint64_t jiffies)
{
	int64_t ticks = (int64_t)(jiffies - now->jiffies), ms;

	if (!now->has_jiffies || __builtin_mul_overflow(ticks, (int64_t)now->tick, &ms))
		return 0;
	return ms / 1000000;
}
