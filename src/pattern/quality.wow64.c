/* SPDX-License-Identifier: MIT */
/* Bitness: a dump with 64 bits of a program with 32. */
#include "pattern/facts.h"
#include "pattern/pattern.h"

static struct err *match(struct pattern_run *run)
{
	struct thread *threads, *first = NULL;
	size_t n = target_threads(run->target, &threads), halves = 0;
	struct finding *f;

	if (!target_has_wow(run->target))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		halves += threads[i].teb32 != 0;
		if (threads[i].teb32 && !first)
			first = &threads[i];
	}
	f = finding_add(run, SEVERITY_NOTE, 90, "A 64-bit tool wrote the dump of a 32-bit program: %zu of %zu threads have both halves in it.",
			halves, n);
	if (first)
		evidence_stack(run, f, first, "a thread whose 32-bit half is found by its 64-bit one");
	else
		finding_unread(run, f, "the 32-bit halves of the threads: their memory is not in the dump");
	return NULL;
}

const struct pattern pattern_wow64 = {
	.id = "quality.wow64",
	.title = "Virtualized process (WOW64)",
	.category = CATEGORY_QUALITY,
	.definition = "The dump has the 64-bit side of a 32-bit program, whose own state lies behind it.",
	.context = "Task Manager and other 64-bit tools on a 64-bit system.",
	.criterion = "A 64-bit dump with the modules or the structures of WOW64.",
	.false_positives = "None is known; a 64-bit program that loads a file named wow64.dll would do.",
	.recommendation = "Nothing is lost where the memory is in the dump: stacks are shown by their 32-bit half, .effmach changes. Tools that "
			  "need the program's own bitness want a dump by a 32-bit tool.",
	.needs = NEEDS_SYSTEM_WINDOWS,
	.match = match,
};
