/* SPDX-License-Identifier: MIT */
/* Managed code: an exception of .NET that nobody caught. */
#include "os/windows/thrown.h"
#include "pattern/access.h"

static struct err *match(struct pattern_run *run)
{
	CLEANUP(strbuf_deinit) struct strbuf what = STRBUF_INIT;
	const struct fault *f = facts_fault(run->facts);
	bool current = fault_is_exception(run->target, f, 0xe0434352);
	struct finding *found;

	if (!current && !fault_is_exception(run->target, f, 0xe0434f4d))
		return NULL;
	thrown_describe(run->target, target_facts(run->target)->pointer_size, f->record, &what);
	found = finding_add(run, SEVERITY_PROBLEM, 96, "A .NET exception that nobody caught: %s%s%s.", fault_place_in_code(run, f),
			    what.len ? ", " : "", what.s);
	record_evidence(run, found, f, current ? "the common language runtime raised it" : "a runtime before version 4 raised it");
	finding_unread(run, found, "type, message and managed frames: they are in the runtime's own structures");
	fault_evidence(run, found, f);
	return NULL;
}

const struct pattern pattern_managed = {
	.id = "exception.managed",
	.title = "Managed code exception",
	.category = CATEGORY_EXCEPTION,
	.definition = "A .NET program threw an exception that no handler took.",
	.context = "Errors of managed code, and errors of native code that the runtime turned into exceptions.",
	.criterion = "Exception 0xE0434352 (\"CCR\"), or 0xE0434F4D (\"COM\") of runtimes before version 4. The first parameter is the "
		     "HRESULT.",
	.false_positives = "A dump at the first chance shows exceptions that are handled.",
	.recommendation = "The HRESULT names the kind of exception. The managed stack and the object are shown by the runtime's debugger "
			  "extension (SOS: !pe, !clrstack), which needs a dump with full memory.",
	.bucket = "CLR_EXCEPTION",
	.needs = NEEDS_FAULT | NEEDS_SYSTEM_WINDOWS,
	.match = match,
};
