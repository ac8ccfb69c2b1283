/* SPDX-License-Identifier: MIT */
/*
 * What network devices count: see net.h. A driver that has a function of its own for
 * it keeps its figures where only it knows; understood are those that use the
 * kernel's: counters of the device, and of each processor. Facts:
 * Documentation/networking/statistics.rst.
 */
#include "os/linux/kernel/net_impl.h"

#include "os/linux/kernel/place.h"
#include "target/bind.h"
#include "target/kernel_types.h"

#include <string.h>

struct stats_device {
	uint64_t has;
	uint64_t ops, kind, per_cpu, core, rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors, tx_errors, rx_dropped,
		tx_dropped;
};
static const struct bind_member stats_members[] = {
	{ "netdev_ops", offsetof(struct stats_device, ops), BIND_UINT, false },
	{ "pcpu_stat_type", offsetof(struct stats_device, kind), BIND_UINT, true },
	{ "lstats", offsetof(struct stats_device, per_cpu), BIND_UINT, false },
	{ "core_stats", offsetof(struct stats_device, core), BIND_UINT, true },
	{ "stats.rx_packets", offsetof(struct stats_device, rx_packets), BIND_UINT, false },
	{ "stats.tx_packets", offsetof(struct stats_device, tx_packets), BIND_UINT, false },
	{ "stats.rx_bytes", offsetof(struct stats_device, rx_bytes), BIND_UINT, false },
	{ "stats.tx_bytes", offsetof(struct stats_device, tx_bytes), BIND_UINT, false },
	{ "stats.rx_errors", offsetof(struct stats_device, rx_errors), BIND_UINT, false },
	{ "stats.tx_errors", offsetof(struct stats_device, tx_errors), BIND_UINT, false },
	{ "stats.rx_dropped", offsetof(struct stats_device, rx_dropped), BIND_UINT, false },
	{ "stats.tx_dropped", offsetof(struct stats_device, tx_dropped), BIND_UINT, false },
	{ NULL },
};
static const struct binding stats_binding = { "vmlinux", "net_device", stats_members };

struct ops {
	uint64_t has;
	uint64_t stats64, stats;
};
static const struct bind_member ops_members[] = {
	{ "ndo_get_stats64", offsetof(struct ops, stats64), BIND_UINT, false },
	{ "ndo_get_stats", offsetof(struct ops, stats), BIND_UINT, false },
	{ NULL },
};
static const struct binding ops_binding = { "vmlinux", "net_device_ops", ops_members };

/* Sum of a 64-bit counter over all processors. */
static uint64_t sum(struct target *t, uint64_t per_cpu, const char *type, const char *member)
{
	struct place p = place_optional(t, type, member);
	struct kernel *k = target_kernel(t);
	uint64_t total = 0, v;

	for (unsigned i = 0; per_cpu && p.size == 8 && i < kernel_cpus(k); i++) {
		uint64_t at = kernel_percpu(k, per_cpu, i);

		if (at && arch_read_uint(target_memory(t), at + p.offset, 8, &v))
			total += v;
	}
	return total;
}

static void from_device(const struct stats_device *d, struct kernel_net_counts *c)
{
	*c = (struct kernel_net_counts){ d->rx_packets, d->tx_packets, d->rx_bytes, d->tx_bytes,
					 d->rx_errors, d->tx_errors, d->rx_dropped, d->tx_dropped };
}

static void add_tunnel(struct target *t, const struct stats_device *d, struct kernel_net_counts *c)
{
	c->rx_packets += sum(t, d->per_cpu, "pcpu_sw_netstats", "rx_packets");
	c->tx_packets += sum(t, d->per_cpu, "pcpu_sw_netstats", "tx_packets");
	c->rx_bytes += sum(t, d->per_cpu, "pcpu_sw_netstats", "rx_bytes");
	c->tx_bytes += sum(t, d->per_cpu, "pcpu_sw_netstats", "tx_bytes");
}

/* What is sent through the loopback device is received by it; a dummy receives nothing. */
static bool from_lstats(struct target *t, const char *function, const struct stats_device *d, struct kernel_net_counts *c)
{
	bool loopback = strcmp(function, "loopback_get_stats64") == 0;

	if (!loopback && strcmp(function, "dummy_get_stats64") != 0)
		return false;
	c->tx_packets = sum(t, d->per_cpu, "pcpu_lstats", "packets");
	c->tx_bytes = sum(t, d->per_cpu, "pcpu_lstats", "bytes");
	if (loopback) {
		c->rx_packets = c->tx_packets;
		c->rx_bytes = c->tx_bytes;
	}
	return true;
}

static bool is_kind(struct target *t, const struct stats_device *d, const char *name)
{
	int64_t v;

	return !err_ignore(kernel_constant(t, name, &v)) && v && (int64_t)d->kind == v;
}

static bool by_kernel(struct target *t, const struct stats_device *d, struct kernel_net_counts *c)
{
	if (is_kind(t, d, "NETDEV_PCPU_STAT_DSTATS"))
		return false;
	from_device(d, c);
	if (is_kind(t, d, "NETDEV_PCPU_STAT_TSTATS"))
		add_tunnel(t, d, c);
	return true;
}

static bool by_driver(struct target *t, uint64_t function, const struct stats_device *d, struct kernel_net_counts *c)
{
	struct symbol_hit hit = { 0 };

	target_symbol_at(t, function, &hit);
	if (!hit.symbol.name || hit.displacement)
		return false;
	if (strcmp(hit.symbol.name, "dev_get_tstats64") == 0) {
		from_device(d, c);
		add_tunnel(t, d, c);
		return true;
	}
	return from_lstats(t, hit.symbol.name, d, c);
}

bool net_read_counts(struct target *t, uint64_t device, struct kernel_net_counts *ret)
{
	struct stats_device d = { 0 };
	struct ops ops = { 0 };

	*ret = (struct kernel_net_counts){ 0 };
	if (err_ignore(bind_read(t, HALF_NATIVE, &stats_binding, device, &d)) ||
	    err_ignore(bind_read(t, HALF_NATIVE, &ops_binding, d.ops, &ops)) ||
	    (!ops.stats64 && ops.stats) || !(ops.stats64 ? by_driver(t, ops.stats64, &d, ret) : by_kernel(t, &d, ret)))
		return false;
	ret->rx_dropped += sum(t, d.core, "net_device_core_stats", "rx_dropped");
	ret->tx_dropped += sum(t, d.core, "net_device_core_stats", "tx_dropped");
	return true;
}
