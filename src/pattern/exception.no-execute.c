/* SPDX-License-Identifier: MIT */
/* Execution of data: a jump into memory that is there and may not be executed. */
#include "pattern/access.h"
#include "target/regions.h"

#include <inttypes.h>

static const char *what_is_there(struct pattern_run *run, const struct region *r)
{
	static const char *const words[N_USAGES] = {
		[USAGE_FREE] = "data",	[USAGE_UNKNOWN] = "data",	 [USAGE_IMAGE] = "data of a module",
		[USAGE_MAPPED_FILE] = "a mapped file", [USAGE_STACK] = "a stack", [USAGE_TEB] = "a structure of the system",
		[USAGE_PEB] = "a structure of the system", [USAGE_HEAP] = "a heap",
	};

	if (r->usage == USAGE_STACK && r->thread)
		return run_text(run, "the stack of %s", run_thread_text(run, r->thread));
	if (r->usage == USAGE_IMAGE && r->module)
		return run_text(run, "data of %s", r->module->name);
	if (r->usage == USAGE_MAPPED_FILE && r->path)
		return run_text(run, "data of the file %s", str_basename(r->path));
	return words[r->usage];
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	const char *what = "data", *show;
	struct finding *found;
	struct region r;
	bool known;

	if (f->class != FAULT_ACCESS || f->access != ACCESS_EXECUTE || f->place != PLACE_PROTECTED || !f->has_address)
		return NULL;
	known = !err_ignore(target_region_at(run->target, f->address, &r));
	if (known)
		what = what_is_there(run, &r);
	found = access_finding(run, f, known ? 95 : 88, what);
	if (known) {
		show = run_text(run, "!address 0x%" PRIx64, f->address);
		evidence_other(run, found,
			       &(struct evidence){ .has_address = true, .address = r.base, .command = show, .windbg = show,
						   .gdb = "info proc mappings" },
			       "%s, which may not be executed", what);
		if (r.usage == USAGE_STACK)
			found->bucket = "DEP_STACK";
	}
	return NULL;
}

const struct pattern pattern_no_execute = {
	.id = "exception.no-execute",
	.title = "Execution of data (DEP)",
	.category = CATEGORY_EXCEPTION,
	.definition = "The program jumped into memory that holds data and may not be executed.",
	.context = "A return address or a pointer to a function that was overwritten, an object whose table of functions is "
		   "gone, generated code whose memory was not made executable, an attack.",
	.criterion = "An access violation by the execution of an instruction, at an address where there is memory without the "
		     "right to be executed.",
	.false_positives = "Old programs that make code on their stack or heap, and rely on the lack of this protection.",
	.recommendation = "The return address on top of the stack tells who called. If the stack is overwritten, look at its "
			  "words for text or for what a buffer held; the function whose frame was there overran it.",
	.bucket = "DEP",
	.needs = NEEDS_FAULT,
	.match = match,
};
