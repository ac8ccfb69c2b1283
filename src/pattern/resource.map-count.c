/* SPDX-License-Identifier: MIT */
/*
 * Map count: the kernel lets a process have vm.max_map_count mappings (65530
 * unless raised); then mmap, mprotect and the start of threads fail with ENOMEM
 * although there is memory. A core of the kernel and a snapshot have a segment
 * for each mapping.
 */
#include "pattern/pattern.h"

#include "target/regions.h"

static const struct threshold thresholds[] = {
	{ "maps.count", 58000, "mappings", "as many are near the limit of 65530 that is usual" },
	{ NULL },
};

static struct err *match(struct pattern_run *run)
{
	const struct region *v = NULL;
	size_t n = 0;
	struct finding *f;

	if (target_facts(run->target)->kind != DUMP_ELFCORE)
		return NULL;
	TRY(target_regions(run->target, &v, &n));
	if (!n || n < run_threshold(run, "maps.count"))
		return NULL;
	f = finding_add(run, SEVERITY_WARNING, 75, "Map count: the process has %zu mappings; 65530 are as many as it may have "
						   "unless vm.max_map_count was raised.",
			n);
	f->confidence_why = "the dump does not have vm.max_map_count";
	evidence_other(run, f, &(struct evidence){ .command = "!address -summary", .windbg = "!address -summary",
						   .gdb = "info proc mappings" },
		       "%zu mappings", n);
	return NULL;
}

const struct pattern pattern_map_count = {
	.id = "resource.map-count",
	.title = "Insufficient memory (mappings)",
	.category = CATEGORY_RESOURCE,
	.definition = "The process has nearly as many mappings as the kernel allows: soon mmap, mprotect and new threads fail "
		      "with ENOMEM although memory is free.",
	.context = "Allocators with guard pages, a mapping for each file of a data base, JIT code that is protected page by "
		   "page, thousands of threads.",
	.criterion = "There are at least maps.count mappings, by the segments of the core.",
	.false_positives = "Systems on which vm.max_map_count was raised, as some data bases demand.",
	.recommendation = "Raise vm.max_map_count, and find who makes the mappings: regions of one size point to it.",
	.bucket = "MAP_COUNT",
	.thresholds = thresholds,
	.needs = NEEDS_SYSTEM_LINUX,
	.match = match,
};
