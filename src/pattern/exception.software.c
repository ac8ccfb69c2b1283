/* SPDX-License-Identifier: MIT */
/* Software exception: one that the program raised itself, with a code of its own. */
#include "os/windows/thrown.h"
#include "pattern/access.h"

#include <inttypes.h>

#define CUSTOMER_BIT 0x20000000u	/* winerror.h: not a code of Microsoft's */

static const struct {
	uint32_t code;
	const char *what;
	const char *bucket;
	bool harmless;		/* meant for a debugger, and handled without one */
} known[] = {
	{ 0x0eedfade, "an exception of Delphi", "DELPHI_EXCEPTION" },
	{ 0x0eedfae4, "an exception of Delphi that is raised again", "DELPHI_EXCEPTION" },
	{ 0xe0000008, "out of memory, as Chromium raises it", "OUT_OF_MEMORY" },
	{ 0xc0000017, "out of memory", "OUT_OF_MEMORY" },
	{ 0x40010005, "Control-C", "CONTROL_C", true },
	{ 0x40010006, "text for a debugger (OutputDebugString)", "DEBUG_PRINT", true },
	{ 0x4001000a, "text for a debugger (OutputDebugString)", "DEBUG_PRINT", true },
	{ 0x406d1388, "the name of a thread, for a debugger", "THREAD_NAME", true },
	{ 0xc0000374, "the heap was found broken", "HEAP_CORRUPTION" },
	{ 0xc000027b, "an exception of the Windows Runtime", "STOWED_EXCEPTION" },
	{ 0xc0000194, "a wait for a lock took too long", "POSSIBLE_DEADLOCK" },
	{ 0xc0000008, "a handle that is none", "INVALID_HANDLE" },
	{ 0xc0000235, "a handle that is protected was closed", "HANDLE_NOT_CLOSABLE" },
	{ 0xc0000025, "a handler wanted to go on where that cannot be", "NONCONTINUABLE_EXCEPTION" },
	{ 0x80000001, "the first touch of a guard page", "GUARD_PAGE" },
	{ 0x80000002, "an access to an address that is not aligned", "MISALIGNMENT" },
	{ 0xc000041d, "an exception in a callback of the window manager", "USER_CALLBACK" },
};

static size_t index_of(uint32_t code)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(known) && known[i].code != code)
		i++;
	return i;
}

/* Other patterns have what compilers and runtimes raise by the customer bit. */
static bool is_others(uint32_t code)
{
	return code == 0xe06d7363 || code == 0xe0434352 || code == 0xe0434f4d;
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	uint32_t code = f->record ? f->record->code : 0;
	size_t i = index_of(code);
	struct finding *found;

	if (f->class != FAULT_OTHER || is_others(code) || (i == ARRAY_SIZE(known) && !(code & CUSTOMER_BIT)))
		return NULL;
	found = finding_add(run, i < ARRAY_SIZE(known) && known[i].harmless ? SEVERITY_NOTE : SEVERITY_PROBLEM,
			    i < ARRAY_SIZE(known) ? 92 : 80, "Software exception: %s raised 0x%08" PRIx32 ": %s.",
			    fault_place_in_code(run, f), code,
			    i < ARRAY_SIZE(known) ? known[i].what : "a code of the program's own");
	record_evidence(run, found, f, i < ARRAY_SIZE(known) ? known[i].what : "the customer bit is set");
	if (i < ARRAY_SIZE(known))
		found->bucket = known[i].bucket;
	for (uint32_t k = 0; k < f->record->n_parameters && k < 4; k++)
		evidence_other(run, found,
			       &(struct evidence){ .has_value = true, .value = f->record->parameters[k],
						   .size = target_facts(run->target)->pointer_size, .command = ".exr -1",
						   .windbg = ".exr -1" },
			       "parameter %u", k);
	fault_evidence(run, found, f);
	return NULL;
}

const struct pattern pattern_software = {
	.id = "exception.software",
	.title = "Software exception",
	.category = CATEGORY_EXCEPTION,
	.definition = "The program, its language's runtime or the system raised an exception by a call, not by an instruction that "
		      "failed.",
	.context = "Runtimes of languages other than C++, libraries with codes of their own, checks of the system for handles and heaps.",
	.criterion = "An exception code with the customer bit (0x20000000) that no other pattern has, or one of a list of codes that "
		     "are known to be raised so.",
	.false_positives = "Text and thread names for a debugger are no failures: such a dump was taken at the first chance.",
	.recommendation = "The first frame of your own below RaiseException tells who raised it; code and parameters are its message.",
	.bucket = "SOFTWARE_EXCEPTION",
	.needs = NEEDS_FAULT | NEEDS_SYSTEM_WINDOWS,
	.match = match,
};
