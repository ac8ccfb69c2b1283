/* SPDX-License-Identifier: MIT */
/*
 * Sockets of TCP and UDP: see net.h.
 *
 * Those of TCP that are connected, begin or end are in one table of chains (ehash),
 * those that listen in another (lhash2); a chain ends in an odd word. Those of UDP
 * are in a table by port. A namespace may have tables of its own. While a connection
 * begins or has ended, something smaller than a socket stands for it, which begins
 * with the same struct sock_common. Facts: what /proc/net/tcp and udp show, proc(5).
 */
#include "os/linux/kernel/net_impl.h"

#include "base/cancel.h"
#include "base/cursor.h"
#include "os/linux/kernel/file.h"
#include "os/linux/kernel/place.h"
#include "os/linux/kernel/walk.h"
#include "target/bind.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <sys/socket.h>

enum {
	MAX_SOCKETS = 1 << 22, MAX_CHAINS = 1 << 26, BLOCK = 1 << 14, MAX_TABLES = 1 << 12,
	TCP_TIME_WAIT = 6, TCP_LISTEN = 10, TCP_NEW_SYN_RECV = 12,
};

struct common {
	uint64_t has;
	uint64_t family, state, port, peer_port, address, peer, address6, peer6, space;
};
enum { COMMON_V6 = 3 << 6 };
static const struct bind_member common_members[] = {
	{ "skc_family", offsetof(struct common, family), BIND_UINT, false },
	{ "skc_state", offsetof(struct common, state), BIND_UINT, false },
	{ "skc_num", offsetof(struct common, port), BIND_UINT, false },
	{ "skc_dport", offsetof(struct common, peer_port), BIND_UINT, false },
	{ "skc_rcv_saddr", offsetof(struct common, address), BIND_ADDRESS_OF, false },
	{ "skc_daddr", offsetof(struct common, peer), BIND_ADDRESS_OF, false },
	{ "skc_v6_rcv_saddr", offsetof(struct common, address6), BIND_ADDRESS_OF, true },
	{ "skc_v6_daddr", offsetof(struct common, peer6), BIND_ADDRESS_OF, true },
	{ "skc_net.net", offsetof(struct common, space), BIND_UINT, false },
	{ NULL },
};
static const struct binding common_binding = { "vmlinux", "sock_common", common_members };

struct whole {
	uint64_t has;
	uint64_t sent, received, backlog, uid;
};
static const struct bind_member whole_members[] = {
	{ "sk_wmem_alloc", offsetof(struct whole, sent), BIND_UINT, false },
	{ "sk_backlog.rmem_alloc", offsetof(struct whole, received), BIND_UINT, false },
	{ "sk_ack_backlog", offsetof(struct whole, backlog), BIND_UINT, false },
	{ "sk_uid", offsetof(struct whole, uid), BIND_UINT, true },
	{ NULL },
};
static const struct binding whole_binding = { "vmlinux", "sock", whole_members };

struct tcp {
	uint64_t has;
	uint64_t received, copied, written, acknowledged;
};
static const struct bind_member tcp_members[] = {
	{ "rcv_nxt", offsetof(struct tcp, received), BIND_UINT, false },
	{ "copied_seq", offsetof(struct tcp, copied), BIND_UINT, false },
	{ "write_seq", offsetof(struct tcp, written), BIND_UINT, false },
	{ "snd_una", offsetof(struct tcp, acknowledged), BIND_UINT, false },
	{ NULL },
};
static const struct binding tcp_binding = { "vmlinux", "tcp_sock", tcp_members };

/* Memory of packets that were read already is given back late: it is not queued. */
struct udp {
	uint64_t has;
	uint64_t deficit;
};
static const struct bind_member udp_members[] = {
	{ "forward_deficit", offsetof(struct udp, deficit), BIND_INT, true }, { NULL }
};
static const struct binding udp_binding = { "vmlinux", "udp_sock", udp_members };

struct tcp_tables {
	uint64_t has;
	uint64_t connected, connected_mask, listening, listening_mask;
};
enum { TABLES_LISTENING = 3 << 2 };
static const struct bind_member tables_members[] = {
	{ "ehash", offsetof(struct tcp_tables, connected), BIND_UINT, false },
	{ "ehash_mask", offsetof(struct tcp_tables, connected_mask), BIND_UINT, false },
	{ "lhash2", offsetof(struct tcp_tables, listening), BIND_UINT, true },
	{ "lhash2_mask", offsetof(struct tcp_tables, listening_mask), BIND_UINT, true },
	{ NULL },
};
static const struct binding tables_binding = { "vmlinux", "inet_hashinfo", tables_members };

struct udp_tables {
	uint64_t has;
	uint64_t chains, mask;
};
static const struct bind_member udp_tables_members[] = {
	{ "hash", offsetof(struct udp_tables, chains), BIND_UINT, false },
	{ "mask", offsetof(struct udp_tables, mask), BIND_UINT, false },
	{ NULL },
};
static const struct binding udp_tables_binding = { "vmlinux", "udp_table", udp_tables_members };

/* --- one socket ------------------------------------------------------------------------------ */

static const char *endpoint(struct net_reader *r, uint64_t address, bool v6, uint64_t port)
{
	char text[INET6_ADDRSTRLEN] = "?";
	uint8_t raw[16];
	const char *s;

	if (arch_read(target_memory(r->t), address, raw, v6 ? 16 : 4))
		(void)inet_ntop(v6 ? AF_INET6 : AF_INET, raw, text, sizeof(text));
	s = arena_printf(r->a, v6 ? "[%s]:%" PRIu64 : "%s:%" PRIu64, text, port);
	return s ? s : "";
}

static uint64_t difference(uint64_t a, uint64_t b)
{
	int32_t d = (int32_t)((uint32_t)a - (uint32_t)b);

	return d > 0 ? (uint64_t)d : 0;
}

static struct err *read_queues(struct net_reader *r, uint64_t sock, bool tcp, uint64_t state, struct kernel_net_socket *s)
{
	struct whole w = { 0 };
	struct udp u = { 0 };
	struct tcp f = { 0 };

	TRY(bind_read(r->t, HALF_NATIVE, &whole_binding, sock, &w));
	s->uid = w.uid;
	s->inode = kernel_sock_inode(r->t, sock);
	if (!tcp) {
		TRY(bind_read(r->t, HALF_NATIVE, &udp_binding, sock, &u));
		s->rx = difference(w.received, u.deficit);
		s->tx = difference(w.sent, 1); /* one stands for the socket itself */
		return NULL;
	}
	if (state == TCP_LISTEN) {
		s->rx = w.backlog;
		return NULL;
	}
	TRY(bind_read(r->t, HALF_NATIVE, &tcp_binding, sock, &f));
	s->rx = difference(f.received, f.copied);
	s->tx = difference(f.written, f.acknowledged);
	return NULL;
}

static struct err *add_socket(struct net_reader *r, uint64_t sock, bool tcp)
{
	struct kernel_net_socket s = { .address = sock };
	struct common c = { 0 };
	bool v6;

	TRY(cancel_check());
	if (r->sockets.n == MAX_SOCKETS)
		return err_new(ERR_CORRUPT, "there are more than %d sockets", MAX_SOCKETS);
	TRY(bind_read(r->t, HALF_NATIVE, &common_binding, sock, &c));
	v6 = c.family == AF_INET6 && (c.has & COMMON_V6) == COMMON_V6;
	s.protocol = tcp ? v6 ? "tcp6" : "tcp" : v6 ? "udp6" : "udp";
	s.state = kernel_tcp_state(c.state);
	s.local = endpoint(r, v6 ? c.address6 : c.address, v6, c.port);
	s.remote = endpoint(r, v6 ? c.peer6 : c.peer, v6, ntohs((uint16_t)c.peer_port));
	for (size_t i = 0; i < r->spaces.n; i++)
		if (r->spaces.v[i].address == c.space)
			s.space = r->spaces.v[i].number;
	if (!tcp || (c.state != TCP_TIME_WAIT && c.state != TCP_NEW_SYN_RECV))
		TRY(read_queues(r, sock, tcp, c.state, &s));
	return vec_push(&r->sockets, s) ? NULL : err_nomem();
}

/* --- chains ------------------------------------------------------------------------------------ */

/* `at`: of the word that leads to the first. Each says which word leads to it, so that no cycle is walked. */
static struct err *walk_nulls(struct net_reader *r, uint64_t at)
{
	const struct arch_memory *m = target_memory(r->t);
	uint64_t node, back;

	if (!arch_read_uint(m, at, 8, &node))
		return err_fault(at);
	while (node && !(node & 1)) {
		if (!arch_read_uint(m, node + 8, 8, &back))
			return err_fault(node);
		if (back != at)
			return err_new(ERR_CORRUPT, "chain is torn: 0x%" PRIx64 " leads to 0x%" PRIx64 ", which says 0x%" PRIx64,
				       at, node, back);
		TRY(add_socket(r, node - r->link, true));
		at = node;
		if (!arch_read_uint(m, at, 8, &node))
			return err_fault(at);
	}
	return NULL;
}

static bool next_udp(void *arg, uint64_t node)
{
	struct net_reader *r = arg;

	r->error = add_socket(r, node - r->link, false);
	return !r->error;
}

static struct err *walk_chain(struct net_reader *r, uint64_t at, bool tcp)
{
	if (tcp)
		return walk_note(&r->trouble, walk_nulls(r, at));
	return walk_note(&r->trouble, walk_first_error(&r->error, kernel_hlist_each(r->t, at, MAX_SOCKETS, next_udp, r)));
}

/* A table of n elements with a chain each, read in blocks: most are empty. */
static struct err *walk_table(struct net_reader *r, uint64_t table, uint64_t n, const char *type, const char *member, bool tcp)
{
	uint8_t bytes[BLOCK];
	struct place head;
	uint32_t size;

	TRY(place_size(r->t, type, &size));
	TRY(place_find(r->t, type, member, &head));
	if (!size || size > BLOCK || head.offset + 8 > size || n > MAX_CHAINS)
		return err_new(ERR_CORRUPT, "%s: a table of %" PRIu64 " elements of %u bytes", type, n, size);
	for (uint64_t i = 0; i < n;) {
		uint64_t at = table + i * size, count = BLOCK / size < n - i ? BLOCK / size : n - i;

		TRY(cancel_check());
		if (!arch_read(target_memory(r->t), at, bytes, (size_t)(count * size)))
			return err_prefix(err_fault(at), "table of %s", type);
		for (uint64_t k = 0; k < count; k++) {
			struct cursor c = cursor_init("table", bytes, sizeof(bytes), at);
			uint64_t first;

			cursor_seek(&c, k * size + head.offset);
			first = cursor_u64(&c);
			if (first && !(tcp && first & 1))
				TRY(walk_chain(r, at + k * size + head.offset, tcp));
		}
		i += count;
	}
	return NULL;
}

/* --- tables -------------------------------------------------------------------------------------- */

static struct err *walk_tcp(struct net_reader *r, uint64_t address)
{
	struct tcp_tables t = { 0 };
	struct place link;

	TRY(bind_read(r->t, HALF_NATIVE, &tables_binding, address, &t));
	TRY(place_find(r->t, "sock_common", "skc_nulls_node", &link));
	r->link = link.offset;
	if ((t.has & TABLES_LISTENING) == TABLES_LISTENING && t.listening)
		TRY(walk_note(&r->trouble, walk_table(r, t.listening, t.listening_mask + 1, "inet_listen_hashbucket", "nulls_head.first", true)));
	return walk_table(r, t.connected, t.connected_mask + 1, "inet_ehash_bucket", "chain.first", true);
}

static struct err *walk_udp(struct net_reader *r, uint64_t address)
{
	struct udp_tables t = { 0 };
	struct place link;

	TRY(bind_read(r->t, HALF_NATIVE, &udp_tables_binding, address, &t));
	TRY(place_find(r->t, "sock_common", "skc_node", &link));
	r->link = link.offset;
	return walk_table(r, t.chains, t.mask + 1, "udp_hslot", "head.first", false);
}

/* The one that most namespaces share first, then those that some have of their own. */
static struct err *each_table(struct net_reader *r, bool tcp)
{
	uint64_t done[MAX_TABLES];
	size_t n = 0;

	if (err_ignore(kernel_symbol(target_kernel(r->t), tcp ? "tcp_hashinfo" : "udp_table", &done[0])))
		return err_new(ERR_NOTFOUND, "the kernel has no table %s", tcp ? "tcp_hashinfo" : "udp_table");
	TRY(walk_note(&r->trouble, tcp ? walk_tcp(r, done[0]) : walk_udp(r, done[0])));
	n = 1;
	for (size_t i = 0; i < r->spaces.n && n < MAX_TABLES; i++) {
		uint64_t at = tcp ? r->spaces.v[i].tcp : r->spaces.v[i].udp;
		bool seen = !at;

		for (size_t d = 0; d < n && !seen; d++)
			seen = done[d] == at;
		if (seen)
			continue;
		done[n++] = at;
		TRY(walk_note(&r->trouble, tcp ? walk_tcp(r, at) : walk_udp(r, at)));
	}
	return NULL;
}

struct err *net_read_sockets(struct net_reader *r)
{
	TRY(walk_note(&r->trouble, err_prefix(each_table(r, true), "TCP")));
	return walk_note(&r->trouble, err_prefix(each_table(r, false), "UDP"));
}
