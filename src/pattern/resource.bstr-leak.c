/* SPDX-License-Identifier: MIT */
/* BSTR leak: very many busy blocks of heaps hold a BSTR. */
#include "os/windows/heap_bstr.h"
#include "pattern/nt_heap.h"

#include <inttypes.h>

static const struct threshold thresholds[] = {
	{ "bstr-leak.count", 10000, "BSTRs", "as many must be in use" },
	{ "bstr-leak.percent", 20, "percent", "as many of all blocks in use must be BSTRs" },
	{ NULL },
};

static void show(struct pattern_run *run, struct finding *f, const struct bstr *s, const char *which)
{
	const char *command = run_text(run, "du 0x%" PRIx64, s->text);

	evidence_memory(run, f, s->text - 4, 4, "the length of %s: %" PRIu32 " bytes", which, s->bytes);
	evidence_other(run, f, &(struct evidence){ .has_address = true, .address = s->text, .command = command, .windbg = command },
		       "its text");
}

static void tell(struct pattern_run *run, const struct bstr_sum *found)
{
	struct finding *f;

	f = finding_add(run, SEVERITY_WARNING, 75,
			"BSTR leak: %" PRIu64 " busy blocks hold BSTRs, %" PRIu64 " kB, which is %" PRIu64 " %% of all busy blocks.",
			found->n, found->bytes >> 10, found->n * 100 / found->busy);
	f->confidence_why = "a program may mean to keep so many strings";
	finding_module(run, f, "oleaut32");
	show(run, f, &found->first, "the first of them");
	if (found->example.block != found->first.block)
		show(run, f, &found->example, "one of the commonest length");
	if (found->last.block != found->first.block && found->last.block != found->example.block)
		show(run, f, &found->last, "the last, by address");
}

static struct err *check(void *arg)
{
	return run_check(arg);
}

static struct err *match(struct pattern_run *run)
{
	const struct nt_heaps *h = NULL;
	struct bstr_sum found = { 0 };

	if (!target_module_named(run->target, "oleaut32"))
		return NULL;
	TRY(nt_heaps_of_run(run, &h));
	if (!h)
		return NULL;
	TRY(bstr_search(run->target, h, check, run, &found));
	if (found.n >= run_threshold(run, "bstr-leak.count") &&
	    found.n * 100 >= found.busy * run_threshold(run, "bstr-leak.percent"))
		tell(run, &found);
	return NULL;
}

static const char *const explains[] = { "resource.nt-heap-leak", "resource.address-space", "resource.memory-limit", NULL };

const struct pattern pattern_bstr_leak = {
	.id = "resource.bstr-leak",
	.title = "Memory leak (BSTR)",
	.category = CATEGORY_RESOURCE,
	.definition = "The process holds very many strings of COM and Automation: somebody is given them and does not free them.",
	.context = "A component that returns BSTRs by reference, called again and again by script or managed code whose variable is not "
		   "empty; the process's private memory grows, managed memory does not.",
	.criterion = "Very many busy blocks whose first word is the number of bytes of the UTF-16 text that follows, with a zero behind it, "
		     "and whose size fits that length; oleaut32 is loaded.",
	.false_positives = "Strings that are meant to be kept. oleaut32 keeps freed BSTRs in a cache of its own, where they stay busy for the "
			   "heap; they are some hundreds at most.",
	.recommendation = "The texts tell what they are. A BSTR passed by reference must be set to null before each call that fills it, and "
			  "freed with SysFreeString by who received it. DebugDiag's leak tracking names the allocating function.",
	.bucket = "BSTR_LEAK",
	.thresholds = thresholds,
	.needs = NEEDS_SYSTEM_WINDOWS,
	.explains = explains,
	.match = match,
};
