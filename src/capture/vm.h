/* SPDX-License-Identifier: MIT */
/*
 * Snapshots of virtual machines, through QEMU's monitor.
 *
 *	background	QEMU stops the machine for milliseconds, saves the devices, write-protects the
 *			memory and lets it run on; each page is saved before it is first written to
 *	stop		dump-guest-memory: the machine stands still until all of the memory is written
 *	migrate		the machine is stopped, migrated to us, and told to go on
 *
 * What comes is kept in a nameless file, which is then converted.
 *
 * The machine must live on whatever happens to us. For stop QEMU writes to a
 * pipe: when we die its next write fails, it gives up and lets the machine run on
 * by itself. A background snapshot, on the other hand, must never fail on its
 * way: QEMU (7.2) keeps the memory write-protected then, and a processor that
 * writes to it while it holds QEMU's lock hangs all of it. So QEMU writes to the
 * file itself, for which all room was taken beforehand, and nobody breaks it off:
 * neither our death nor Ctrl-C, which leave it to come to its end.
 *
 * What is left to be undone then (a machine that we stopped, a capability that
 * was set) a child of ours does: it holds the monitor's socket, and notices our
 * end.
 */
#ifndef OSM_CAPTURE_VM_H
#define OSM_CAPTURE_VM_H

#include "base/cleanup.h"
#include "base/err.h"
#include "base/source.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct vm_options {
	const char *monitor;	/* path of the QMP socket, or a domain's name (libvirt) */
	const char *engine;	/* "auto", "migrate", "stop" */
	const char *folder;	/* where the nameless file is made: that of the dump */
};

struct vm_snapshot {
	char name[128];		/* the machine's; "vm" */
	pid_t pid;		/* of QEMU; 0: not known */
	const char *engine;	/* "background", "stop", "migrate" */
	char reason[512];	/* why not a better one; "" */
	bool was_running;	/* else it stood still before, and still does: no pause */
	double pause_ms;	/* between QEMU's events STOP and RESUME; less than 0: not told */
	uint64_t memory;	/* bytes of RAM */
	uint64_t received;
	uint64_t nanoseconds;	/* that receiving took */
	uint64_t time;		/* Unix seconds of the pause */
	int fd;			/* of the nameless file */
};

/* The machine runs on, or stands still as before, also when this fails. CANCELLED; UNSUPPORTED: QEMU refuses, with its words; OS. */
struct err *vm_take(const struct vm_options *o, struct vm_snapshot *ret) MUST_USE;
void vm_snapshot_deinit(struct vm_snapshot *s);

/* Path of the QMP socket of what was named: a socket itself, or a libvirt domain's. To be freed. NOTFOUND. */
struct err *vm_find_monitor(const char *name, char **ret) MUST_USE;

/* --- vm_guard.c: a process that undoes what we did to QEMU when we cannot any more, or do not want to wait */
struct vm_guard;
/* `undo`: QMP commands, a line each, that it sends through fd, each again and again until it is granted. NULL: there is none, for want of a process. */
struct vm_guard *vm_guard_start(int fd, const char *undo);
void vm_guard_dismiss(struct vm_guard *g); /* accepts NULL; there is nothing to be undone */
void vm_guard_leave(struct vm_guard *g);   /* accepts NULL; it does its work now, and ends by itself */

#endif
