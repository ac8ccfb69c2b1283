/* SPDX-License-Identifier: MIT */
/* Processes of a kernel and whose children they are, for patterns about them. */
#ifndef OSM_PATTERN_FAMILY_H
#define OSM_PATTERN_FAMILY_H

#include "base/map.h"
#include "os/linux/kernel/task.h"
#include "pattern/pattern.h"

struct family {
	struct kernel_tasks tasks;	/* by PID */
	size_t *parents;		/* of each: the place of its parent, tasks.n: none */
	size_t *children, *zombies;	/* of each: how many it has */
};

/* The arrays live in the run's arena. A torn list gives those that were found. */
struct err *family_read(struct pattern_run *run, struct family *ret) MUST_USE;
void family_deinit(struct family *f);

bool family_is_zombie(const struct kernel_task *task);
/* Evidence: a process, with the command that shows it. */
void family_show(struct pattern_run *run, struct finding *f, const struct kernel_task *task, const char *what);
/* The parent with how many children it has, and its thread. */
void family_show_parent(struct pattern_run *run, struct finding *f, const struct family *family, size_t i);

#endif
