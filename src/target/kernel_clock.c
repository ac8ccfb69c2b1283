/* SPDX-License-Identifier: MIT */
/*
 * What the kernel's own clocks say: the timekeeper counts seconds of the wall
 * clock, of the time since boot, and what suspends took.
 */
#include "target/bind.h"
#include "target/kernel_impl.h"

enum { SECOND = 10000000 };

struct clock_facts {
	uint64_t has;
	uint64_t wall, monotonic, slept;
};

static const struct bind_member keeper_members[] = {
	{ "xtime_sec", offsetof(struct clock_facts, wall), BIND_UINT, false },
	{ "ktime_sec", offsetof(struct clock_facts, monotonic), BIND_UINT, true },
	{ "offs_boot", offsetof(struct clock_facts, slept), BIND_INT, true },
	{ NULL },
};
static const struct binding keeper_binding = { "vmlinux", "timekeeper", keeper_members };

/* 6.13 and later keep both copies in one structure that has a name. */
static const struct bind_member core_members[] = {
	{ "timekeeper.xtime_sec", offsetof(struct clock_facts, wall), BIND_UINT, false },
	{ "timekeeper.ktime_sec", offsetof(struct clock_facts, monotonic), BIND_UINT, true },
	{ "timekeeper.offs_boot", offsetof(struct clock_facts, slept), BIND_INT, true },
	{ NULL },
};
static const struct binding core_binding = { "vmlinux", "tk_data", core_members };

/* The copy is brought up to date at each tick, as the one that is read is. */
static bool read_clock(struct kernel *k, struct clock_facts *ret)
{
	uint64_t at;

	*ret = (struct clock_facts){ .has = 0 };
	if (!err_ignore(kernel_symbol(k, "shadow_timekeeper", &at)) &&
	    !err_ignore(bind_read(k->t, HALF_NATIVE, &keeper_binding, at, ret)))
		return true;
	*ret = (struct clock_facts){ .has = 0 };
	return (!err_ignore(kernel_symbol(k, "tk_core", &at)) || !err_ignore(kernel_symbol(k, "timekeeper_data", &at))) &&
	       !err_ignore(bind_read(k->t, HALF_NATIVE, &core_binding, at, ret));
}

void kernel_state_facts(struct kernel *k, struct dump_facts *f)
{
	struct clock_facts c;
	unsigned online = 0;

	for (unsigned i = 0; i < kernel_cpus(k); i++)
		online += kernel_cpu_online(k, i);
	if (online) {
		f->cpu_count = online;
		f->has |= FACT_CPUS;
	}
	if (!read_clock(k, &c) || !c.wall)
		return;
	f->dump_time = c.wall;
	f->has |= FACT_DUMP_TIME;
	if (c.has & 1 << 1) {
		f->uptime = c.monotonic * SECOND + c.slept / 100;
		f->has |= FACT_UPTIME;
	}
}
