/* SPDX-License-Identifier: MIT */
/*
 * Sockets: what /proc/net tells of one. Address families and types as in
 * socket(2), states of TCP as in <netinet/tcp.h>, of others as in <linux/net.h>.
 */
#include "os/linux/kernel/file.h"

#include "target/bind.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum {
	TCP = 6, UDP = 17, ICMP = 1,
	STATE_TCP_LISTEN = 10,
	MAX_UNIX_PATH = 108,
};

struct socket_facts {
	uint64_t has;
	uint64_t state, type, sock;
};
static const struct bind_member socket_members[] = {
	{ "state", offsetof(struct socket_facts, state), BIND_UINT, false },
	{ "type", offsetof(struct socket_facts, type), BIND_UINT, false },
	{ "sk", offsetof(struct socket_facts, sock), BIND_UINT, false },
	{ NULL },
};
static const struct binding socket_binding = { "vmlinux", "socket", socket_members };

struct sock_facts {
	uint64_t has;
	uint64_t family, state, port, peer_port, address, peer, address6, peer6, protocol, socket;
};
static const struct bind_member sock_members[] = {
	{ "__sk_common.skc_family", offsetof(struct sock_facts, family), BIND_UINT, false },
	{ "__sk_common.skc_state", offsetof(struct sock_facts, state), BIND_UINT, false },
	{ "__sk_common.skc_num", offsetof(struct sock_facts, port), BIND_UINT, true },
	{ "__sk_common.skc_dport", offsetof(struct sock_facts, peer_port), BIND_UINT, true },
	{ "__sk_common.skc_rcv_saddr", offsetof(struct sock_facts, address), BIND_ADDRESS_OF, true },
	{ "__sk_common.skc_daddr", offsetof(struct sock_facts, peer), BIND_ADDRESS_OF, true },
	{ "__sk_common.skc_v6_rcv_saddr", offsetof(struct sock_facts, address6), BIND_ADDRESS_OF, true },
	{ "__sk_common.skc_v6_daddr", offsetof(struct sock_facts, peer6), BIND_ADDRESS_OF, true },
	{ "sk_protocol", offsetof(struct sock_facts, protocol), BIND_UINT, true },
	{ "sk_socket", offsetof(struct sock_facts, socket), BIND_UINT, true },
	{ NULL },
};
static const struct binding sock_binding = { "vmlinux", "sock", sock_members };

struct unix_facts {
	uint64_t has;
	uint64_t address, peer;
};
static const struct bind_member unix_members[] = {
	{ "addr", offsetof(struct unix_facts, address), BIND_UINT, false },
	{ "peer", offsetof(struct unix_facts, peer), BIND_UINT, false },
	{ NULL },
};
static const struct binding unix_binding = { "vmlinux", "unix_sock", unix_members };

struct address_facts {
	uint64_t has;
	uint64_t length, name;
};
static const struct bind_member address_members[] = {
	{ "len", offsetof(struct address_facts, length), BIND_UINT, false },
	{ "name", offsetof(struct address_facts, name), BIND_ADDRESS_OF, false },
	{ NULL },
};
static const struct binding address_binding = { "vmlinux", "unix_address", address_members };

/* Sockets lie beside their inode: struct socket_alloc { socket; vfs_inode }. */
struct alloc_facts {
	uint64_t has;
	uint64_t number;
};
static const struct bind_member alloc_members[] = {
	{ "vfs_inode.i_ino", offsetof(struct alloc_facts, number), BIND_UINT, false }, { NULL }
};
static const struct binding alloc_binding = { "vmlinux", "socket_alloc", alloc_members };

struct netlink_facts {
	uint64_t has;
	uint64_t port;
};
static const struct bind_member netlink_members[] = {
	{ "portid", offsetof(struct netlink_facts, port), BIND_UINT, false }, { NULL }
};
static const struct binding netlink_binding = { "vmlinux", "netlink_sock", netlink_members };

static const char *type_name(uint64_t type)
{
	switch (type) {
	case SOCK_STREAM: return "stream";
	case SOCK_DGRAM: return "dgram";
	case SOCK_RAW: return "raw";
	case SOCK_SEQPACKET: return "seqpacket";
	default: return "other";
	}
}

const char *kernel_tcp_state(uint64_t state)
{
	static const char *const names[] = {
		"",	 "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",   "TIME_WAIT",
		"CLOSE", "CLOSE_WAIT",	"LAST_ACK", "LISTEN",	"CLOSING",   "NEW_SYN_RECV",
	};

	return state < ARRAY_SIZE(names) ? names[state] : "";
}

/* --- Internet ------------------------------------------------------------------------------ */

struct endpoint {
	char text[INET6_ADDRSTRLEN + 16];
	bool none;	/* address and port are zero */
};

static bool read_endpoint(struct target *t, uint64_t address, bool v6, uint16_t port, struct endpoint *ret)
{
	uint8_t raw[16] = { 0 };
	char text[INET6_ADDRSTRLEN] = "?";
	size_t n = v6 ? 16 : 4;

	if (!address || !arch_read(target_memory(t), address, raw, n))
		return false;
	(void)inet_ntop(v6 ? AF_INET6 : AF_INET, raw, text, sizeof(text));
	ret->none = !port;
	for (size_t i = 0; i < n; i++)
		ret->none &= !raw[i];
	(void)snprintf(ret->text, sizeof(ret->text), v6 ? "[%s]:%u" : "%s:%u", text, (unsigned)port);
	return true;
}

static const char *inet_detail(struct target *t, const struct sock_facts *f, const struct socket_facts *s, struct arena *a)
{
	bool v6 = f->family == AF_INET6;
	struct endpoint local, remote;
	uint16_t peer_port = (uint16_t)((f->peer_port & 0xff) << 8 | (f->peer_port >> 8 & 0xff)); /* network order */
	const char *name = f->protocol == TCP ? "tcp" : f->protocol == UDP ? "udp" : type_name(s->type);
	const char *state = f->protocol == TCP ? kernel_tcp_state(f->state) : "";

	if (!read_endpoint(t, v6 ? f->address6 : f->address, v6, (uint16_t)f->port, &local) ||
	    !read_endpoint(t, v6 ? f->peer6 : f->peer, v6, peer_port, &remote))
		return name;
	return arena_printf(a, "%s%s %s%s%s%s%s", name, v6 ? "6" : "", local.text, remote.none ? "" : " -> ",
			    remote.none ? "" : remote.text, *state ? " " : "", state);
}

/* --- Unix ------------------------------------------------------------------------------------ */

/* A name that begins with a zero byte is shown with @, as /proc/net/unix does. */
static const char *unix_path(struct target *t, uint64_t address, struct arena *a)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct address_facts f = { 0 };
	char path[MAX_UNIX_PATH];
	size_t n;

	if (!address || err_ignore(bind_read(t, HALF_NATIVE, &address_binding, address, &f)) || f.length <= 2)
		return "";
	n = f.length - 2 < sizeof(path) ? (size_t)f.length - 2 : sizeof(path);
	if (!arch_read(target_memory(t), f.name + 2, path, n))
		return "";
	if (path[0])
		n = strnlen(path, n);
	else
		path[0] = '@';
	strbuf_add_utf8(&sb, path, n);
	return sb.failed ? "" : arena_strdup(a, sb.s);
}

uint64_t kernel_sock_inode(struct target *t, uint64_t sock)
{
	struct alloc_facts alloc = { 0 };
	struct sock_facts f = { 0 };

	if (!sock || err_ignore(bind_read(t, HALF_NATIVE, &sock_binding, sock, &f)) || !f.socket ||
	    err_ignore(bind_read(t, HALF_NATIVE, &alloc_binding, f.socket, &alloc)))
		return 0;
	return alloc.number;
}

static const char *unix_state(const struct sock_facts *f, uint64_t state)
{
	static const char *const names[] = { "", "", "CONNECTING", "CONNECTED", "DISCONNECTING" };

	if (f->state == STATE_TCP_LISTEN)
		return "LISTEN";
	return state < ARRAY_SIZE(names) ? names[state] : "";
}

static const char *unix_detail(struct target *t, const struct sock_facts *f, const struct socket_facts *s, struct arena *a,
			       uint64_t *ret_peer)
{
	struct unix_facts u = { 0 };
	const char *path = "", *state = unix_state(f, s->state);

	if (!err_ignore(bind_read(t, HALF_NATIVE, &unix_binding, s->sock, &u))) {
		path = unix_path(t, u.address, a);
		*ret_peer = kernel_sock_inode(t, u.peer);
	}
	if (!path)
		return NULL;
	return arena_printf(a, "unix %s%s%s%s%s", type_name(s->type), *path ? " " : "", path, *state ? " " : "", state);
}

static const char *netlink_detail(struct target *t, const struct sock_facts *f, uint64_t sock, struct arena *a)
{
	struct netlink_facts n = { 0 };

	if (err_ignore(bind_read(t, HALF_NATIVE, &netlink_binding, sock, &n)))
		return arena_printf(a, "netlink protocol %" PRIu64, f->protocol);
	return arena_printf(a, "netlink protocol %" PRIu64 " port %" PRIu64, f->protocol, n.port);
}

const char *kernel_socket_detail(struct target *t, uint64_t socket, struct arena *a, uint64_t *ret_peer)
{
	struct socket_facts s = { 0 };
	struct sock_facts f = { 0 };

	if (!socket || err_ignore(bind_read(t, HALF_NATIVE, &socket_binding, socket, &s)) || !s.sock ||
	    err_ignore(bind_read(t, HALF_NATIVE, &sock_binding, s.sock, &f)))
		return "";
	switch (f.family) {
	case AF_UNIX: return unix_detail(t, &f, &s, a, ret_peer);
	case AF_INET:
	case AF_INET6: return inet_detail(t, &f, &s, a);
	case AF_NETLINK: return netlink_detail(t, &f, s.sock, a);
	case AF_PACKET: return arena_printf(a, "packet %s", type_name(s.type));
	default: return arena_printf(a, "family %" PRIu64 " %s", f.family, type_name(s.type));
	}
}
