/* SPDX-License-Identifier: MIT */
/*
 * Network devices: see net.h. All namespaces are in one list, the devices of each in
 * its own. Facts: netdevice(7), network_namespaces(7), Documentation/networking/.
 */
#include "os/linux/kernel/net_impl.h"

#include "base/cancel.h"
#include "os/linux/kernel/place.h"
#include "os/linux/kernel/walk.h"
#include "target/bind.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAX_SPACES = 1 << 18, MAX_DEVICES = 1 << 20, MAX_ADDRESSES = 1 << 14, MAX_MAC = 32 };

struct space {
	uint64_t has;
	uint64_t number, devices, tcp, udp;
};
static const struct bind_member space_members[] = {
	{ "ns.inum", offsetof(struct space, number), BIND_UINT, false },
	{ "dev_base_head", offsetof(struct space, devices), BIND_ADDRESS_OF, false },
	{ "ipv4.tcp_death_row.hashinfo", offsetof(struct space, tcp), BIND_UINT, true },
	{ "ipv4.udp_table", offsetof(struct space, udp), BIND_UINT, true },
	{ NULL },
};
static const struct binding space_binding = { "vmlinux", "net", space_members };

struct device {
	uint64_t has;
	uint64_t name, index, flags, mtu, type, length, mac, ip4, ip6;
};
static const struct bind_member device_members[] = {
	{ "name", offsetof(struct device, name), BIND_ADDRESS_OF, false },
	{ "ifindex", offsetof(struct device, index), BIND_UINT, false },
	{ "flags", offsetof(struct device, flags), BIND_UINT, false },
	{ "mtu", offsetof(struct device, mtu), BIND_UINT, false },
	{ "type", offsetof(struct device, type), BIND_UINT, false },
	{ "addr_len", offsetof(struct device, length), BIND_UINT, false },
	{ "dev_addr", offsetof(struct device, mac), BIND_UINT, false },
	{ "ip_ptr", offsetof(struct device, ip4), BIND_UINT, true },
	{ "ip6_ptr", offsetof(struct device, ip6), BIND_UINT, true },
	{ NULL },
};
static const struct binding device_binding = { "vmlinux", "net_device", device_members };

struct one {
	uint64_t has;
	uint64_t at;
};
static const struct bind_member in4_members[] = {
	{ "ifa_list", offsetof(struct one, at), BIND_UINT, false }, { NULL }
};
static const struct binding in4_binding = { "vmlinux", "in_device", in4_members };
static const struct bind_member in6_members[] = {
	{ "addr_list", offsetof(struct one, at), BIND_ADDRESS_OF, false }, { NULL }
};
static const struct binding in6_binding = { "vmlinux", "inet6_dev", in6_members };

struct address {
	uint64_t has;
	uint64_t at, prefix, next;
};
static const struct bind_member address4_members[] = {
	{ "ifa_local", offsetof(struct address, at), BIND_ADDRESS_OF, false },
	{ "ifa_prefixlen", offsetof(struct address, prefix), BIND_UINT, false },
	{ "ifa_next", offsetof(struct address, next), BIND_UINT, false },
	{ NULL },
};
static const struct binding address4_binding = { "vmlinux", "in_ifaddr", address4_members };
static const struct bind_member address6_members[] = {
	{ "addr", offsetof(struct address, at), BIND_ADDRESS_OF, false },
	{ "prefix_len", offsetof(struct address, prefix), BIND_UINT, false },
	{ NULL },
};
static const struct binding address6_binding = { "vmlinux", "inet6_ifaddr", address6_members };

/* --- addresses ----------------------------------------------------------------------------- */

static struct err *add_address(struct net_reader *r, const struct address *f, bool v6)
{
	char text[INET6_ADDRSTRLEN] = "?";
	uint8_t raw[16];
	const char *s;

	if (!arch_read(target_memory(r->t), f->at, raw, v6 ? 16 : 4))
		return err_fault(f->at);
	(void)inet_ntop(v6 ? AF_INET6 : AF_INET, raw, text, sizeof(text));
	s = arena_printf(r->a, "%s/%" PRIu64, text, f->prefix);
	return s && vec_push(&r->addresses, s) ? NULL : err_nomem();
}

static struct err *read_ip4(struct net_reader *r, uint64_t in_device)
{
	struct one in = { 0 };

	TRY(bind_read(r->t, HALF_NATIVE, &in4_binding, in_device, &in));
	for (size_t i = 0; in.at; i++) {
		struct address f = { 0 };

		TRY(cancel_check());
		if (i == MAX_ADDRESSES)
			return err_new(ERR_CORRUPT, "a device has more than %d addresses", MAX_ADDRESSES);
		TRY(bind_read(r->t, HALF_NATIVE, &address4_binding, in.at, &f));
		TRY(add_address(r, &f, false));
		in.at = f.next;
	}
	return NULL;
}

static bool next_ip6(void *arg, uint64_t node)
{
	struct net_reader *r = arg;
	struct address f = { 0 };

	r->error = bind_read(r->t, HALF_NATIVE, &address6_binding, node - r->link, &f);
	if (!r->error)
		r->error = add_address(r, &f, true);
	return !r->error;
}

static struct err *read_ip6(struct net_reader *r, uint64_t inet6_dev)
{
	struct place link;
	struct one in = { 0 };

	TRY(place_find(r->t, "inet6_ifaddr", "if_list", &link));
	TRY(bind_read(r->t, HALF_NATIVE, &in6_binding, inet6_dev, &in));
	r->link = link.offset;
	return walk_first_error(&r->error, kernel_list_each(r->t, in.at, MAX_ADDRESSES, next_ip6, r));
}

/* --- devices ------------------------------------------------------------------------------- */

static const char *mac_of(struct net_reader *r, const struct device *d)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	uint8_t raw[MAX_MAC];
	const char *copy;
	bool any = false;

	if (!d->length || d->length > MAX_MAC || !arch_read(target_memory(r->t), d->mac, raw, (size_t)d->length))
		return "";
	for (size_t i = 0; i < d->length; i++) {
		strbuf_addf(&sb, "%s%02x", i ? ":" : "", raw[i]);
		any |= raw[i];
	}
	copy = sb.failed || !any ? NULL : arena_strdup(r->a, sb.s);
	return copy ? copy : "";
}

/* Each device costs the walk of its addresses, whose link is another one. */
static struct err *add_device(struct net_reader *r, uint64_t address)
{
	const struct arch_memory *m = target_memory(r->t);
	struct kernel_net_device out = { .address = address, .space = r->space->number };
	uint64_t link = r->link;
	struct device d = { 0 };

	TRY(cancel_check());
	TRY(bind_read(r->t, HALF_NATIVE, &device_binding, address, &d));
	(void)m->read(m->arg, d.name, out.name, sizeof(out.name) - 1);
	out.index = d.index;
	out.flags = (uint32_t)d.flags;
	out.mtu = (uint32_t)d.mtu;
	out.type = (uint32_t)d.type;
	out.mac = mac_of(r, &d);
	r->addresses.n = 0;
	if (d.ip4)
		TRY(walk_note(&r->trouble, err_prefix(read_ip4(r, d.ip4), "addresses of %s", out.name)));
	if (d.ip6)
		TRY(walk_note(&r->trouble, err_prefix(read_ip6(r, d.ip6), "addresses of %s", out.name)));
	r->link = link;
	out.n_addresses = r->addresses.n;
	out.addresses = arena_memdup(r->a, r->addresses.v, r->addresses.n * sizeof(*r->addresses.v));
	out.has_counts = net_read_counts(r->t, address, &out.counts);
	if ((out.n_addresses && !out.addresses) || !vec_push(&r->devices, out))
		return err_nomem();
	return NULL;
}

static bool next_device(void *arg, uint64_t node)
{
	struct net_reader *r = arg;

	r->error = add_device(r, node - r->link);
	return !r->error;
}

static bool next_space(void *arg, uint64_t node)
{
	struct net_reader *r = arg;
	struct net_space out = { .address = node - r->link };
	struct space s = { 0 };

	r->error = bind_read(r->t, HALF_NATIVE, &space_binding, out.address, &s);
	if (r->error)
		return false;
	out.number = s.number;
	out.devices = s.devices;
	out.tcp = s.tcp;
	out.udp = s.udp;
	if (!vec_push(&r->spaces, out))
		r->error = err_nomem();
	return !r->error;
}

static struct err *collect(struct net_reader *r, bool sockets)
{
	struct place link;
	uint64_t head;

	TRY(kernel_symbol(target_kernel(r->t), "net_namespace_list", &head));
	TRY(place_find(r->t, "net", "list", &link));
	r->link = link.offset;
	TRY(walk_note(&r->trouble, err_prefix(walk_first_error(&r->error, kernel_list_each(r->t, head, MAX_SPACES, next_space, r)), "namespaces")));
	TRY(place_find(r->t, "net_device", "dev_list", &link));
	for (size_t i = 0; i < r->spaces.n; i++) {
		r->space = &r->spaces.v[i];
		r->link = link.offset;
		TRY(walk_note(&r->trouble, walk_first_error(&r->error, kernel_list_each(r->t, r->space->devices, MAX_DEVICES, next_device, r))));
	}
	return sockets ? net_read_sockets(r) : NULL;
}

struct err *kernel_net_read(struct target *t, struct arena *a, bool sockets, struct kernel_net *ret)
{
	struct net_reader r = { .t = t, .a = a };
	struct err *e = collect(&r, sockets);

	*ret = (struct kernel_net){ 0 };
	if (!e) {
		ret->devices = arena_memdup(a, r.devices.v, r.devices.n * sizeof(*r.devices.v));
		ret->sockets = arena_memdup(a, r.sockets.v, r.sockets.n * sizeof(*r.sockets.v));
		ret->n_devices = r.devices.n;
		ret->n_sockets = r.sockets.n;
		if ((r.devices.n && !ret->devices) || (r.sockets.n && !ret->sockets))
			e = err_nomem();
	}
	if (!e)
		ret->trouble = r.trouble;
	else
		err_free(r.trouble);
	vec_deinit(&r.spaces);
	vec_deinit(&r.devices);
	vec_deinit(&r.sockets);
	vec_deinit(&r.addresses);
	return err_prefix(e, "network");
}
