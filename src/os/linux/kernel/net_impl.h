/* SPDX-License-Identifier: MIT */
/* What net.c, net_count.c and net_socket.c share. */
#ifndef OSM_OS_LINUX_KERNEL_NET_IMPL_H
#define OSM_OS_LINUX_KERNEL_NET_IMPL_H

#include "base/map.h"
#include "base/vec.h"
#include "os/linux/kernel/net.h"
#include "os/linux/kernel/place.h"
#include "target/kernel.h"

struct net_space {
	uint64_t address;	/* of struct net */
	uint64_t number;
	uint64_t devices;	/* list head */
	uint64_t tcp, udp;	/* inet_hashinfo, udp_table; 0: not known */
};

struct net_reader {
	struct target *t;
	struct arena *a;
	VEC(struct net_space) spaces;
	VEC(struct kernel_net_device) devices;
	VEC(struct kernel_net_socket) sockets;
	VEC(const char *) addresses;	/* of the device at hand */
	uint64_t link;			/* offset in a structure of what links it */
	const struct net_space *space;
	struct err *error;		/* of what a walk called */
	struct err *trouble;
};

/* What a device has counted; false: not known. */
bool net_read_counts(struct target *t, uint64_t device, struct kernel_net_counts *ret);
struct err *net_read_sockets(struct net_reader *r) MUST_USE;

#endif
