/* SPDX-License-Identifier: MIT */
/* Zombies: processes of a kernel that have ended and whose parent does not fetch their status. */
#include "os/linux/kernel/task.h"
#include "pattern/family.h"

#include <inttypes.h>

static const struct threshold thresholds[] = {
	{ "zombies.count", 100, "processes", "as many of one parent must have ended without being waited for" },
	{ NULL },
};

static void tell(struct pattern_run *run, const struct family *f, size_t parent)
{
	const struct kernel_task *p = &f->tasks.v[parent];
	size_t n = f->zombies[parent];
	struct finding *found;

	found = finding_add(run, SEVERITY_WARNING, 95, "Zombies: process %u (%s) does not wait for its children: %zu of them have ended "
						       "and are kept until it does.",
			    p->pid, p->comm, n);
	family_show_parent(run, found, f, parent);
	for (size_t i = 0, shown = 0; i < f->tasks.n && shown < 2; i++)
		if (f->parents[i] == parent && family_is_zombie(&f->tasks.v[i])) {
			family_show(run, found, &f->tasks.v[i], shown ? "another of them" : "the one with the lowest id");
			shown++;
		}
}

static struct err *match(struct pattern_run *run)
{
	CLEANUP(family_deinit) struct family f = { 0 };

	TRY(family_read(run, &f));
	for (size_t i = 0; i < f.tasks.n; i++) {
		TRY(run_check(run));
		if (f.zombies[i] >= run_threshold(run, "zombies.count"))
			tell(run, &f, i);
	}
	return NULL;
}

const struct pattern pattern_zombies = {
	.id = "resource.zombies",
	.title = "Zombies",
	.category = CATEGORY_RESOURCE,
	.definition = "Many processes have ended, and their parent has not fetched their status: each keeps its process id.",
	.context = "A parent that starts programs and forgets them; one that hangs, so that it does not come to wait for them; a container whose "
		   "first process does not wait for those that are handed to it.",
	.criterion = "At least zombies.count children of one process are in the state Z.",
	.false_positives = "A parent that had just been about to wait for them.",
	.recommendation = "See what the parent does (!process PID 7): if it hangs, that is the cause; else it must call waitpid() or ignore SIGCHLD. "
			  "The end of the parent ends them too. In containers run an init that waits.",
	.bucket = "ZOMBIES",
	.thresholds = thresholds,
	.needs = NEEDS_KERNEL | NEEDS_THREADS,
	.match = match,
};
