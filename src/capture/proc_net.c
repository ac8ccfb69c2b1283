/* SPDX-License-Identifier: MIT */
/*
 * What sockets are: /proc/PID/net/{tcp,tcp6,udp,udp6,unix}, read once for all
 * of a process's sockets and only when it has any. Only the rows of its own
 * sockets are kept, whatever the host has.
 *
 * A row of tcp and udp: "sl: local:port remote:port state tx:rx tr:when
 * retransmits uid timeout inode ...", addresses as 32-bit words in hex, each
 * in the machine's byte order. A row of unix: "Num: RefCount Protocol Flags
 * Type St Inode Path".
 *
 * Sources: proc(5), kernel Documentation/networking/proc_net_tcp.rst;
 * states: <netinet/tcp.h>, <linux/net.h>.
 */
#include "capture/proc_impl.h"
#include "base/map.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

struct tables {
	struct proc_facts *f;
	struct u64map wanted;	/* inode: the first proc_fd of it */
	const char *name;	/* of the table being read */
	bool v6, tcp;
};

static const char *tcp_state(uint64_t state)
{
	static const char *const names[] = {
		"",	     "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",	 "TIME_WAIT",
		"CLOSE", "CLOSE_WAIT",	"LAST_ACK", "LISTEN",	"CLOSING",   "NEW_SYN_RECV",
	};

	return state < ARRAY_SIZE(names) ? names[state] : "";
}

struct endpoint {
	char text[INET6_ADDRSTRLEN + 16];
	bool none; /* address and port are zero */
};

static uint64_t hex_of(const char *s, size_t n)
{
	struct scan scan = scan_init(s, n);

	return scan_hex(&scan);
}

/* "0100007F:1538" or 32 digits and a port. */
static void scan_endpoint(struct scan *s, bool v6, struct endpoint *ret)
{
	char address[INET6_ADDRSTRLEN] = "?";
	unsigned words = v6 ? 4 : 1;
	uint32_t raw[4] = { 0 };
	uint64_t port;

	scan_blanks(s);
	for (unsigned i = 0; i < words && !s->failed; i++) {
		s->failed |= scan_left(s) < 8;
		raw[i] = s->failed ? 0 : (uint32_t)hex_of(s->p, 8);
		s->p += s->failed ? 0 : 8;
	}
	scan_char(s, ':');
	port = scan_hex(s);
	(void)inet_ntop(v6 ? AF_INET6 : AF_INET, raw, address, sizeof(address));
	ret->none = !port && !(raw[0] | raw[1] | raw[2] | raw[3]);
	(void)snprintf(ret->text, sizeof(ret->text), v6 ? "[%s]:%u" : "%s:%u", address, (unsigned)port & 0xffff);
}

static struct err *set_detail(struct tables *t, uint64_t inode, const char *detail)
{
	struct proc_fd *fd = u64map_get(&t->wanted, inode);

	if (!detail)
		return err_nomem();
	if (fd)
		fd->detail = detail;
	return NULL;
}

static struct err *inet_line(void *arg, const struct line *line)
{
	struct tables *t = arg;
	struct scan s = scan_line(line);
	struct endpoint local, remote;
	uint64_t state, inode;
	const char *word;

	scan_skip(&s, 1);
	scan_endpoint(&s, t->v6, &local);
	scan_endpoint(&s, t->v6, &remote);
	scan_blanks(&s);
	state = scan_hex(&s);
	scan_skip(&s, 5); /* queues, timer, retransmits, uid, timeout */
	inode = scan_u64(&s);
	if (s.failed || !u64map_has(&t->wanted, inode))
		return NULL;
	word = t->tcp ? tcp_state(state) : "";
	return set_detail(t, inode,
			  arena_printf(&t->f->arena, "%s %s%s%s%s%s", t->name, local.text, remote.none ? "" : " -> ",
				       remote.none ? "" : remote.text, *word ? " " : "", word));
}

static const char *unix_type(uint64_t type)
{
	switch (type) {
	case 1: return "stream";
	case 2: return "dgram";
	case 5: return "seqpacket";
	default: return "other";
	}
}

/* SO_ACCEPTCON is bit 16 of the flags; SS_* of <linux/net.h> are the states. */
static const char *unix_state(uint64_t flags, uint64_t state)
{
	static const char *const names[] = { "", "", "CONNECTING", "CONNECTED", "DISCONNECTING" };

	if (flags & 1 << 16)
		return "LISTEN";
	return state < ARRAY_SIZE(names) ? names[state] : "";
}

static struct err *unix_line(void *arg, const struct line *line)
{
	struct tables *t = arg;
	struct scan s = scan_line(line);
	uint64_t flags, type, state, inode;
	const char *word, *path;

	scan_skip(&s, 3);
	scan_blanks(&s);
	flags = scan_hex(&s);
	scan_blanks(&s);
	type = scan_hex(&s);
	scan_blanks(&s);
	state = scan_hex(&s);
	inode = scan_u64(&s);
	if (s.failed || !u64map_has(&t->wanted, inode))
		return NULL;
	scan_blanks(&s);
	path = arena_strndup(&t->f->arena, s.p, scan_left(&s));
	if (!path)
		return err_nomem();
	word = unix_state(flags, state);
	return set_detail(t, inode,
			  arena_printf(&t->f->arena, "unix %s%s%s%s%s", unix_type(type), *path ? " " : "", path,
				       *word ? " " : "", word));
}

static bool socket_inode(const char *target, uint64_t *ret)
{
	struct scan s = scan_init(target, strlen(target));

	if (!scan_prefix(&s, "socket:["))
		return false;
	*ret = scan_u64(&s);
	return !s.failed;
}

static struct err *collect(struct tables *t)
{
	for (size_t i = 0; i < t->f->fds.n; i++) {
		struct proc_fd *fd = &t->f->fds.v[i];
		uint64_t inode;

		if (socket_inode(fd->target, &inode) && !u64map_has(&t->wanted, inode) &&
		    !u64map_put(&t->wanted, inode, fd))
			return err_nomem();
	}
	return NULL;
}

/* Duplicates of a descriptor share the detail and the peer. */
static void share(struct tables *t)
{
	for (size_t i = 0; i < t->f->fds.n; i++) {
		struct proc_fd *fd = &t->f->fds.v[i];
		const struct proc_fd *first;
		uint64_t inode;

		if (!socket_inode(fd->target, &inode))
			continue;
		first = u64map_get(&t->wanted, inode);
		fd->detail = first->detail;
		fd->peer = first->peer;
	}
}

static struct err *read_table(struct tables *t, pid_t pid, const char *name, proc_line_fn *each)
{
	char path[PROC_PATH];
	struct err *e;

	t->name = name;
	t->tcp = str_starts(name, "tcp");
	t->v6 = str_ends_nocase(name, "6");
	(void)snprintf(path, sizeof(path), "/proc/%d/net/%s", (int)pid, name);
	e = proc_each_line(path, each, t);
	if (e && err_code(e) == ERR_NOMEM)
		return e;
	err_free(e); /* a kernel without IPv6 has no tcp6 */
	return NULL;
}

static struct err *read_tables(struct tables *t, pid_t pid)
{
	TRY(collect(t));
	if (!t->wanted.n)
		return NULL;
	TRY(read_table(t, pid, "unix", unix_line));
	TRY(proc_unix_peers(&t->wanted, &t->f->arena));
	TRY(read_table(t, pid, "tcp", inet_line));
	TRY(read_table(t, pid, "tcp6", inet_line));
	TRY(read_table(t, pid, "udp", inet_line));
	TRY(read_table(t, pid, "udp6", inet_line));
	share(t);
	return NULL;
}

struct err *proc_sockets(pid_t pid, struct proc_facts *f)
{
	struct tables t = { .f = f, .wanted = U64MAP_INIT };
	struct err *e = read_tables(&t, pid);

	u64map_deinit(&t.wanted);
	return e;
}
