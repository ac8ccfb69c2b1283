/* SPDX-License-Identifier: MIT */
/*
 * Memory limit: the process's cgroup, its limit of addresses, or the system's
 * commit limit has next to no room left. Numbers of the snapshot, from outside.
 */
#include "pattern/limits.h"
#include "pattern/pattern.h"

#include <inttypes.h>

static const struct threshold thresholds[] = {
	{ "memory.used", 95, "percent", "of a limit of memory that must be used" },
	{ NULL },
};
enum { OVERCOMMIT_NEVER = 2 };

static const struct limit {
	const char *used, *limit, *name, *then;
} limits[] = {
	{ "cgroup.memory_current", "cgroup.memory_max", "the memory of its cgroup", "the kernel kills processes of the cgroup" },
	{ "process.vm_size", "limits.Max address space", "its address space (RLIMIT_AS)", "allocations fail" },
	{ "process.vm_locked", "limits.Max locked memory", "its locked memory (RLIMIT_MEMLOCK)", "mlock fails" },
	{ "host.committed", "host.commit_limit", "what the system may commit", "allocations of all processes fail" },
};

static bool is_near(struct pattern_run *run, const struct limit *l, uint64_t *used, uint64_t *limit)
{
	uint64_t overcommit = 0;

	if (!limits_value(run->target, l->used, used) || !limits_value(run->target, l->limit, limit) || !*limit || !*used)
		return false;
	/* the commit limit binds nobody unless the kernel was told so */
	if (str_starts(l->limit, "host.") &&
	    (!limits_value(run->target, "host.overcommit", &overcommit) || overcommit != OVERCOMMIT_NEVER))
		return false;
	return (double)*used * 100 >= (double)*limit * (double)run_threshold(run, "memory.used");
}

static struct err *match(struct pattern_run *run)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		uint64_t used, limit;
		struct finding *f;

		TRY(run_check(run));
		if (!is_near(run, &limits[i], &used, &limit))
			continue;
		f = finding_add(run, SEVERITY_WARNING, 90, "Memory limit: %" PRIu64 " of %" PRIu64 " MB of %s are used; beyond "
							   "that %s.",
				used >> 20, limit >> 20, limits[i].name, limits[i].then);
		evidence_other(run, f, &(struct evidence){ .command = NULL }, "%s %" PRIu64 ", %s %" PRIu64, limits[i].used,
			       used, limits[i].limit, limit);
	}
	return NULL;
}

const struct pattern pattern_memory_limit = {
	.id = "resource.memory-limit",
	.title = "Insufficient memory (limits)",
	.category = CATEGORY_RESOURCE,
	.definition = "A limit of memory that binds the process is nearly reached: of its cgroup, its addresses, what it may "
		      "lock, or what the system may commit.",
	.context = "Containers with a limit below what the program needs; leaks; caches that fill what there is.",
	.criterion = "As much as memory.used of a limit is used, by what the snapshot was told. The system's commit limit counts "
		     "only where the kernel holds to it (vm.overcommit_memory 2).",
	.false_positives = "A cgroup whose memory is mostly page cache, which the kernel takes back when it is needed.",
	.recommendation = "Find what has the memory (!address -summary), or raise the limit. Of a cgroup look at memory.stat for "
			  "how much of it is cache.",
	.bucket = "MEMORY_LIMIT",
	.thresholds = thresholds,
	.needs = NEEDS_SYSTEM_LINUX,
	.match = match,
};
