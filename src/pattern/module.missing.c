/* SPDX-License-Identifier: MIT */
/* Missing component: a library, or a function of it, could not be had. */
#include "os/windows/thrown.h"
#include "pattern/access.h"

static const struct {
	uint32_t code;
	const char *what, *bucket;
} codes[] = {
	{ 0xc06d007e, "a library that is loaded when first used was not found", "DLL_NOT_FOUND" },
	{ 0xc06d007f, "a library lacks a function that is looked up when first used", "ENTRY_POINT_NOT_FOUND" },
	{ 0xc0000135, "a library that the program needs was not found", "DLL_NOT_FOUND" },
	{ 0xc0000138, "a library lacks an ordinal that the program needs", "ENTRY_POINT_NOT_FOUND" },
	{ 0xc0000139, "a library lacks a function that the program needs", "ENTRY_POINT_NOT_FOUND" },
	{ 0xc0000142, "the initialisation of a library failed", "DLL_INIT_FAILED" },
	{ 0xc000007b, "a library is for another machine, or broken", "INVALID_IMAGE_FORMAT" },
};

static struct err *match(struct pattern_run *run)
{
	CLEANUP(strbuf_deinit) struct strbuf what = STRBUF_INIT;
	const struct fault *f = facts_fault(run->facts);
	struct finding *found;
	size_t i = 0;

	while (i < ARRAY_SIZE(codes) && !fault_is_exception(run->target, f, codes[i].code))
		i++;
	if (i == ARRAY_SIZE(codes))
		return NULL;
	thrown_describe(run->target, target_facts(run->target)->pointer_size, f->record, &what);
	found = finding_add(run, SEVERITY_PROBLEM, what.len ? 97 : 93, "Missing component: %s%s%s: %s.", codes[i].what,
			    what.len ? ": " : "", what.s, fault_place_in_code(run, f));
	record_evidence(run, found, f, codes[i].what);
	if (what.len)
		evidence_other(run, found, &(struct evidence){ .command = ".exr -1", .windbg = ".exr -1" },
			       "what the exception's parameters point to: %s", what.s);
	else
		finding_unread(run, found, "the name of the library or function");
	found->bucket = codes[i].bucket;
	fault_evidence(run, found, f);
	return NULL;
}

const struct pattern pattern_missing_component = {
	.id = "module.missing",
	.title = "Missing component",
	.category = CATEGORY_MODULE,
	.definition = "A library that the program needs, or a function of it, could not be had.",
	.context = "An installation that is not whole, an older version in front of the right one on the search path, a library for "
		   "another machine.",
	.criterion = "The exceptions of delay loading (0xC06D007E, 0xC06D007F), or STATUS_DLL_NOT_FOUND, STATUS_ORDINAL_NOT_FOUND, "
		     "STATUS_ENTRYPOINT_NOT_FOUND, STATUS_DLL_INIT_FAILED, STATUS_INVALID_IMAGE_FORMAT.",
	.false_positives = "A program may try libraries that are optional and handle the exception: a dump at the first chance shows it.",
	.recommendation = "Look along the search path of the process whether the library is there, for this machine, in the version that "
			  "has the function.",
	.bucket = "DLL_NOT_FOUND",
	.needs = NEEDS_FAULT | NEEDS_SYSTEM_WINDOWS,
	.match = match,
};
