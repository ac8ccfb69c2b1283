/* SPDX-License-Identifier: MIT */
/* !net: network devices and sockets of each network namespace. */
#include "command/kernel.h"

#include "base/cancel.h"
#include "os/linux/kernel/net.h"

static const struct field device_fields[] = {
	{ "address", FIELD_ADDR, "of struct net_device" },
	{ "namespace", FIELD_UINT, "number of the network namespace, as /proc/PID/ns/net shows it" },
	{ "index", FIELD_UINT, "number of the device" },
	{ "name", FIELD_STR, "name of the device" },
	{ "flags", FIELD_STRS, "up, loopback, broadcast ..." },
	{ "mtu", FIELD_UINT, "largest packet" },
	{ "mac", FIELD_STR, "hardware address" },
	{ "addresses", FIELD_STRS, "of IPv4 and IPv6, with the bits of the prefix" },
	{ "rx_bytes", FIELD_UINT, "bytes received; absent, as all that follow: only the driver knows where it counts" },
	{ "rx_packets", FIELD_UINT, "packets received" },
	{ "rx_errors", FIELD_UINT, "bad ones" },
	{ "rx_dropped", FIELD_UINT, "received and dropped" },
	{ "tx_bytes", FIELD_UINT, "bytes sent" },
	{ "tx_packets", FIELD_UINT, "packets sent" },
	{ "tx_errors", FIELD_UINT, "not sent because of an error" },
	{ "tx_dropped", FIELD_UINT, "dropped instead of sent" },
	{ NULL },
};
static const struct record device_record = {
	.kind = "net_device",
	.help = "a network device",
	.fields = device_fields,
	.text = "{address:p}  {namespace:10}  {index:3}  {name:-15}  mtu {mtu:5}  {mac:-17|-}  {flags|-}\n[    {addresses}\n]"
		"[    received {rx_bytes} bytes, {rx_packets} packets, {rx_errors} errors, {rx_dropped} dropped; "
		"sent {tx_bytes} bytes, {tx_packets} packets, {tx_errors} errors, {tx_dropped} dropped\n]",
};

static const struct field socket_fields[] = {
	{ "address", FIELD_ADDR, "of struct sock, or of what stands for it while a connection begins or ends" },
	{ "namespace", FIELD_UINT, "number of the network namespace" },
	{ "protocol", FIELD_STR, "tcp, tcp6, udp, udp6" },
	{ "state", FIELD_STR, "of TCP; of UDP ESTABLISHED (connected) or CLOSE, as in /proc/net/udp" },
	{ "local", FIELD_STR, "local address and port" },
	{ "remote", FIELD_STR, "address and port of the peer" },
	{ "rx_queue", FIELD_UINT, "bytes received and not read; of a listening socket connections not accepted" },
	{ "tx_queue", FIELD_UINT, "bytes sent and not acknowledged, or not sent" },
	{ "inode", FIELD_UINT, "of the socket, as socket:[N] in a list of files; absent: no process has it" },
	{ "uid", FIELD_UINT, "user that owns it" },
	{ NULL },
};
static const struct record socket_record = {
	.kind = "net_socket",
	.help = "a socket of TCP or UDP",
	.fields = socket_fields,
	.text = "{address:p}  {protocol:-4}  {state:-12|?}  {rx_queue:8}  {tx_queue:8}  {inode:8|-}  {local:-22}  {remote}\n",
};
static const struct record *const net_records[] = { &device_record, &socket_record, NULL };

static void add_flags(struct out *o, uint32_t flags)
{
	static const struct flag_name names[] = { /* netdevice(7) */
		{ 0x1, "up" }, { 0x2, "broadcast" }, { 0x8, "loopback" }, { 0x10, "pointopoint" }, { 0x80, "noarp" },
		{ 0x100, "promisc" }, { 0x200, "allmulti" }, { 0x400, "master" }, { 0x800, "slave" }, { 0x1000, "multicast" },
	};

	out_flag_names(o, "flags", flags, names, ARRAY_SIZE(names));
}

static struct err *show_device(struct out *o, const struct kernel_net_device *d)
{
	const struct kernel_net_counts *c = &d->counts;

	out_begin(o, &device_record);
	out_addr(o, "address", d->address);
	out_uint(o, "namespace", d->space);
	out_uint(o, "index", d->index);
	out_str(o, "name", d->name);
	add_flags(o, d->flags);
	out_uint(o, "mtu", d->mtu);
	out_name(o, "mac", d->mac);
	if (d->n_addresses)
		out_strs(o, "addresses", d->addresses, d->n_addresses);
	if (d->has_counts) {
		out_uint(o, "rx_bytes", c->rx_bytes);
		out_uint(o, "rx_packets", c->rx_packets);
		out_uint(o, "rx_errors", c->rx_errors);
		out_uint(o, "rx_dropped", c->rx_dropped);
		out_uint(o, "tx_bytes", c->tx_bytes);
		out_uint(o, "tx_packets", c->tx_packets);
		out_uint(o, "tx_errors", c->tx_errors);
		out_uint(o, "tx_dropped", c->tx_dropped);
	}
	return out_end(o);
}

static struct err *show_socket(struct out *o, const struct kernel_net_socket *x)
{
	out_begin(o, &socket_record);
	out_addr(o, "address", x->address);
	if (x->space)
		out_uint(o, "namespace", x->space);
	out_str(o, "protocol", x->protocol);
	out_name(o, "state", x->state);
	out_str(o, "local", x->local);
	out_str(o, "remote", x->remote);
	out_uint(o, "rx_queue", x->rx);
	out_uint(o, "tx_queue", x->tx);
	if (x->inode) {
		out_uint(o, "inode", x->inode);
		out_uint(o, "uid", x->uid);
	}
	return out_end(o);
}

static struct err *show_sockets(struct out *o, const struct kernel_net *v, const char *word)
{
	if (v->n_sockets)
		TRY(out_heading(o, "%-*s  %-4s  %-12s  %8s  %8s  %8s  %-22s  %s\n", out_pointer_width(o), "Socket", "", "State",
				"Recv-Q", "Send-Q", "Inode", "Local", "Remote"));
	for (size_t i = 0; i < v->n_sockets; i++) {
		const struct kernel_net_socket *x = &v->sockets[i];

		TRY(cancel_check());
		if (!word || str_match(word, x->protocol, true) || str_match(word, x->state, true))
			TRY(show_socket(o, x));
	}
	return NULL;
}

static struct err *run_net(struct session *s, const struct args *args, struct out *o)
{
	const char *p = str_skip_space(args->tail);
	bool only_devices = option_word(&p, "-d");
	struct kernel_net v = { 0 };
	struct kernel *k;
	char *word = NULL;

	TRY(word_parse(args->arena, &p, &word));
	TRY(end_parse(args, p));
	TRY(kernel_need(s, args, &k));
	TRY(kernel_net_read(session_target(s), args->arena, !only_devices, &v));
	session_report(s, v.trouble);
	TRY(out_heading(o, "%-*s  %10s  %3s  %s\n", out_pointer_width(o), "Device", "Namespace", "", "Name"));
	for (size_t i = 0; i < v.n_devices; i++)
		if (!word || str_match(word, v.devices[i].name, false))
			TRY(show_device(o, &v.devices[i]));
	return show_sockets(o, &v, word);
}

static const char *const net_aliases[] = { "net", NULL };

const struct command command_net = {
	.name = "!net",
	.aliases = net_aliases,
	.summary = "show network devices and the sockets of TCP and UDP",
	.usage = "[-d] [device|protocol|state]",
	.help = "The devices of each network namespace: struct net_device, number, name, largest packet, hardware\n"
		"address, flags, addresses, and what they have counted, unless only their driver knows where it\n"
		"counts; then the sockets of TCP and UDP with state, bytes in their queues, inode and addresses,\n"
		"as /proc/net/tcp and udp show them (!handle shows which process has an inode open). -d: devices\n"
		"only. A word (* and ? may stand for anything) shows the devices of that name, and the sockets\n"
		"of that protocol (tcp, tcp6, udp, udp6) or state (LISTEN ...).",
	.records = net_records,
	.needs = NEEDS_TARGET,
	.whole_word = true,
	.run = run_net,
};
