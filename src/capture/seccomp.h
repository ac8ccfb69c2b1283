/* SPDX-License-Identifier: MIT */
/* Seccomp and the calls that a thread of the target makes for us: its filter may kill it for them. */
#ifndef OSM_CAPTURE_SECCOMP_H
#define OSM_CAPTURE_SECCOMP_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * The thread is stopped and ours. True: its filters are suspended (which takes
 * CAP_SYS_ADMIN, and that we have none ourselves), it has none, or it has no
 * more of them than we have: those of a container, which let us do the like.
 */
bool seccomp_stands_aside(pid_t tid);

#endif
