/* SPDX-License-Identifier: MIT */
/*
 * Which Unix sockets are connected with which: /proc/net/unix does not tell, but
 * sock_diag(7) does, in one dump of all sockets of our network namespace. Inodes
 * of sockets are unique on the machine, so that those of a process in another
 * namespace are not found, rather than mistaken.
 */
#include "capture/proc_impl.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER = 32 << 10, MOST_ANSWERS = 4096, PATIENCE_MS = 500 };

struct request {
	struct nlmsghdr head;
	struct unix_diag_req body;
};

static bool ask(int fd)
{
	const struct timeval patience = { .tv_usec = PATIENCE_MS * 1000L };
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct request r = {
		.head = { .nlmsg_len = sizeof(r), .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.body = { .sdiag_family = AF_UNIX, .udiag_states = UINT32_MAX, .udiag_show = UDIAG_SHOW_PEER },
	};

	return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0 &&
	       sendto(fd, &r, sizeof(r), 0, (struct sockaddr *)&kernel, sizeof(kernel)) == (ssize_t)sizeof(r);
}

static void take_peer(struct u64map *sockets, const struct nlmsghdr *h)
{
	const struct unix_diag_msg *m = NLMSG_DATA(h);
	unsigned left = h->nlmsg_len < NLMSG_LENGTH(sizeof(*m)) ? 0 : (unsigned)(h->nlmsg_len - NLMSG_LENGTH(sizeof(*m)));
	struct proc_fd *fd = left ? u64map_get(sockets, m->udiag_ino) : NULL;
	uint32_t peer;

	if (!fd)
		return;
	for (const struct rtattr *a = (const struct rtattr *)(m + 1); RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type == UNIX_DIAG_PEER && RTA_PAYLOAD(a) >= sizeof(peer)) {
			memcpy(&peer, RTA_DATA(a), sizeof(peer));
			fd->peer = peer;
		}
}

/* False: that was the last one. */
static bool take_answer(struct u64map *sockets, const void *buf, size_t n)
{
	size_t left = n;

	for (const struct nlmsghdr *h = buf; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
		if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
			return false;
		if (h->nlmsg_type == SOCK_DIAG_BY_FAMILY)
			take_peer(sockets, h);
	}
	return true;
}

struct err *proc_unix_peers(struct u64map *sockets, struct arena *a)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	void *buf = arena_alloc(a, BUFFER);
	bool more = fd >= 0 && buf && ask(fd);

	for (size_t i = 0; more && i < MOST_ANSWERS; i++) {
		ssize_t n = recv(fd, buf, BUFFER, 0);

		more = n > 0 ? take_answer(sockets, buf, (size_t)n) : n < 0 && errno == EINTR;
	}
	if (fd >= 0)
		(void)close(fd);
	return buf ? NULL : err_nomem();
}
