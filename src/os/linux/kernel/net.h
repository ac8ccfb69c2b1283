/* SPDX-License-Identifier: MIT */
/*
 * Network: devices of each network namespace, and sockets of TCP and UDP, as
 * /proc/net/dev, tcp, tcp6, udp and udp6 show them.
 */
#ifndef OSM_OS_LINUX_KERNEL_NET_H
#define OSM_OS_LINUX_KERNEL_NET_H

#include "target/target.h"

struct kernel_net_counts {
	uint64_t rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors, tx_errors, rx_dropped, tx_dropped;
};

struct kernel_net_device {
	uint64_t address;	/* of struct net_device */
	uint64_t space;		/* number of the namespace, as /proc/PID/ns/net shows it */
	uint64_t index;
	char name[17];
	uint32_t flags;		/* IFF_* of netdevice(7) */
	uint32_t mtu, type;	/* type: ARPHRD_* */
	const char *mac;	/* "52:54:00:12:34:56"; "" none */
	const char **addresses;	/* "10.0.2.15/24", "fe80::1/64" */
	size_t n_addresses;
	bool has_counts;	/* false: only the driver knows where it counts */
	struct kernel_net_counts counts;
};

struct kernel_net_socket {
	uint64_t address;	/* of struct sock, or what stands for it while it begins or ends */
	uint64_t space;		/* 0: not known */
	const char *protocol;	/* tcp, tcp6, udp, udp6 */
	const char *state;	/* "ESTABLISHED"; a socket of UDP that is not connected is "CLOSE" */
	const char *local, *remote;	/* "127.0.0.1:80", "[::1]:22" */
	uint64_t rx, tx;	/* bytes queued, of one that listens: connections that wait, and 0 */
	uint64_t inode;		/* 0: no process owns it */
	uint64_t uid;		/* owner */
};

struct kernel_net {
	struct kernel_net_device *devices;	/* by namespace in the kernel's order, then as the kernel lists them */
	struct kernel_net_socket *sockets;
	size_t n_devices, n_sockets;
	struct err *trouble;	/* to be freed: the first that could not be walked; NULL: none */
};

/* Into the arena: what could be walked. `sockets` false: devices only. NOTFOUND: not kept as is known here. */
struct err *kernel_net_read(struct target *t, struct arena *a, bool sockets, struct kernel_net *ret) MUST_USE;

#endif
