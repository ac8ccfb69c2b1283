/* SPDX-License-Identifier: MIT */
/* Memory of another process, without stopping it. */
#ifndef OSM_CAPTURE_REMOTE_H
#define OSM_CAPTURE_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* For many reads: of the program that the process runs when it is attached to. All zero: nobody's. */
struct remote {
	pid_t pid;	/* 0: none */
	int fd;
};

void remote_attach(struct remote *r, pid_t pid); /* where that fails, nothing can be read */
void remote_detach(struct remote *r);
/* How many bytes came, from the front; 0 when none. From any thread. */
size_t remote_pull(const struct remote *r, uint64_t address, void *buf, size_t size);
/* The same once. */
size_t remote_read(pid_t pid, uint64_t address, void *buf, size_t size);
/* All or false. `force`: also where the process itself may not write (through /proc/PID/mem). */
bool remote_write(pid_t pid, uint64_t address, const void *buf, size_t size, bool force);

#endif
