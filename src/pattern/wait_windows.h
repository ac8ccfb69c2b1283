/* SPDX-License-Identifier: MIT */
/* Waits of Windows threads, for the files that know one kind of them each. */
#ifndef OSM_PATTERN_WAIT_WINDOWS_H
#define OSM_PATTERN_WAIT_WINDOWS_H

#include "os/windows/wait.h"
#include "pattern/wait_graph_impl.h"

/* Percent: how sure what was found by an argument is. */
unsigned wait_sureness(enum argument_how how);

/* Edges from the thread to what it waits for. */
struct err *wait_windows_handle(struct wait_builder *b, struct thread *th, enum thread_half half,
				const struct windows_wait *w) MUST_USE;
struct err *wait_windows_lock(struct wait_builder *b, struct thread *th, enum thread_half half,
			      const struct windows_wait *w) MUST_USE;
/* Last: who may hold the SRW locks that somebody waits for. */
struct err *wait_srw_owners(struct wait_builder *b) MUST_USE;

#endif
