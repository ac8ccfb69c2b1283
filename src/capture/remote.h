/* SPDX-License-Identifier: MIT */
/* Memory of another process, without stopping it. */
#ifndef OSM_CAPTURE_REMOTE_H
#define OSM_CAPTURE_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* How many bytes came, from the front; 0 when none. */
size_t remote_read(pid_t pid, uint64_t address, void *buf, size_t size);
/* All or false. `force`: also where the process itself may not write (through /proc/PID/mem). */
bool remote_write(pid_t pid, uint64_t address, const void *buf, size_t size, bool force);

#endif
