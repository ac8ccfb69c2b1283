/* SPDX-License-Identifier: MIT */
/*
 * QMP: the protocol by which QEMU is driven. JSON objects, one a line, through
 * a socket; answers come in the order of the commands, events at any time
 * between them. Who connects is alone: QEMU serves one client of a socket at a
 * time.
 *
 * Source: QEMU's docs/interop/qmp-spec and qapi's reference.
 */
#ifndef OSM_CAPTURE_QMP_H
#define OSM_CAPTURE_QMP_H

#include "base/cleanup.h"
#include "base/err.h"
#include "format/json.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct qmp;

/* What events told. Times are QEMU's, microseconds of the real clock; 0: it did not happen. */
struct qmp_seen {
	uint64_t stopped, resumed;	/* STOP, RESUME: the last ones */
	bool dumped;			/* DUMP_COMPLETED */
	bool gone;			/* SHUTDOWN, or the socket was closed */
	char migration[32];		/* last status of MIGRATION; "" */
};

/*
 * Connects, and takes the greeting. OS, UNSUPPORTED: nobody answers within some
 * seconds (another client has the socket), or what answers is not QMP.
 */
struct err *qmp_open(const char *path, struct qmp **ret) MUST_USE;
void qmp_close(struct qmp *q); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct qmp, qmp_close)

int qmp_fd(const struct qmp *q);	/* for poll */
pid_t qmp_pid(const struct qmp *q);	/* of QEMU; 0: not known */
unsigned qmp_version(const struct qmp *q, unsigned *ret_minor); /* major */
struct qmp_seen *qmp_seen(struct qmp *q);

/*
 * Runs a command, `arguments` being JSON or NULL, and waits for the answer, of
 * which "return" is *ret's root (NULL: not wanted). UNSUPPORTED with QEMU's own
 * words when it refuses; OS when it is gone.
 */
struct err *qmp_run(struct qmp *q, const char *command, const char *arguments, struct jdoc **ret) MUST_USE;
/* Gives QEMU a copy of the descriptor, under a name. */
struct err *qmp_give(struct qmp *q, const char *name, int fd) MUST_USE;
/* Takes in events that are there, or come within so many milliseconds. */
struct err *qmp_listen(struct qmp *q, int ms) MUST_USE;

#endif
