/* SPDX-License-Identifier: MIT */
/* Abridged dump: a file that was meant to hold only part of the memory. */
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>

static const struct threshold thresholds[] = {
	{ "partial.stacks", 80, "percent", "fewer threads than this with a stack in the dump make it a warning" },
	{ "partial.missing", 1, "percent", "of the memory that a core lists: when less is missing it is taken for whole" },
	{ NULL },
};

/* MiniDumpWithFullMemory, or what a core lists and has no bytes of. */
static bool is_partial(struct pattern_run *run, const struct coverage *c)
{
	enum { FULL_MEMORY = 2 };
	uint64_t missing = c->stated > c->present ? c->stated - c->present : 0;

	if (target_facts(run->target)->kind == DUMP_MINIDUMP)
		return !(target_facts(run->target)->flags & FULL_MEMORY);
	return missing && missing / (c->stated / 100 + 1) >= run_threshold(run, "partial.missing");
}

static struct err *match(struct pattern_run *run)
{
	const struct coverage *c = NULL;
	enum severity severity;
	struct finding *f;

	TRY(facts_coverage(run->facts, &c));
	if (!is_partial(run, c))
		return NULL;
	severity = c->with_stack * 100 < c->threads * run_threshold(run, "partial.stacks") ? SEVERITY_WARNING
											   : SEVERITY_NOTE;
	f = finding_add(run, severity, 97, "The dump is partial: it has %" PRIu64 " kB of memory%s, and the stacks of "
					  "%zu of %zu threads.",
			(c->present + 1023) >> 10,
			c->stated > c->present ? run_text(run, " of the %" PRIu64 " kB that it lists", c->stated >> 10) : "",
			c->with_stack, c->threads);
	evidence_other(run, f, &(struct evidence){ .command = ".dumpdebug", .windbg = "!address -summary",
						   .gdb = "maintenance info sections" },
		       "what of the address space the file holds");
	if (c->with_registers < c->threads)
		finding_unread(run, f, "registers of %zu threads", c->threads - c->with_registers);
	if (c->with_stack < c->with_registers)
		finding_unread(run, f, "stacks of %zu threads", c->with_registers - c->with_stack);
	return NULL;
}

const struct pattern pattern_partial = {
	.id = "quality.partial",
	.title = "Abridged dump",
	.category = CATEGORY_QUALITY,
	.definition = "The dump holds part of the process's memory only, on purpose: a minidump, a filtered core.",
	.context = "Crash reporters, dumps that go by mail, core filters, memory that was declared to be left out.",
	.criterion = "A minidump without the flag of full memory, or at least partial.missing of the memory that the "
		     "container lists without its bytes. It is a warning when threads lack their stacks.",
	.false_positives = "Cores leave out files that are mapped and unchanged, which are read from disk where they "
			   "are: then little is missed in truth.",
	.recommendation = "Stacks and exceptions can be trusted; that something was not found in such a dump says "
			  "little. Take a full dump if the question is about heaps, locks or leaks.",
	.thresholds = thresholds,
	.match = match,
};
