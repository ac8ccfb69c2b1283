/* SPDX-License-Identifier: MIT */
/* C++ exception: one that nobody caught. */
#include "os/linux/thrown.h"
#include "os/windows/thrown.h"
#include "pattern/access.h"

#include <string.h>

enum { THROWN_HEADER = 32 };	/* _Unwind_Exception, which the object follows */

/* The functions by which an exception that nobody catches ends a program. */
static const struct frame *terminate_frame(const struct stack *s)
{
	static const char *const names[] = { "std::terminate", "__cxxabiv1::__terminate", "__cxa_throw", "_ZSt9terminatev",
					     "__terminate" };

	for (size_t i = 0; s && i < s->n; i++)
		for (size_t k = 0; k < ARRAY_SIZE(names) && s->frames[i].function; k++)
			if (str_starts(s->frames[i].function, names[k]))
				return &s->frames[i];
	return NULL;
}

static void match_windows(struct pattern_run *run, const struct fault *f)
{
	CLEANUP(strbuf_deinit) struct strbuf what = STRBUF_INIT;
	struct finding *found;

	thrown_describe(run->target, target_facts(run->target)->pointer_size, f->record, &what);
	found = finding_add(run, SEVERITY_PROBLEM, 96, "A C++ exception that nobody caught: %s threw %s.",
			    fault_place_in_code(run, f), what.len ? what.s : "an object whose type is not in the dump");
	evidence_other(run, found, &(struct evidence){ .command = ".exr -1", .windbg = ".exr -1" },
		       "exception 0xe06d7363, parameters: magic number, object, type%s%s", what.len ? "; " : "", what.s);
	if (!what.len)
		finding_unread(run, found, "type and message of the object: its memory, or that of its type, is not "
					   "in the dump");
	fault_evidence(run, found, f);
}

static void show_thrown(struct pattern_run *run, struct finding *found, const struct linux_thrown *x)
{
	unsigned size = target_arch(run->target)->pointer_size;

	evidence_memory(run, found, x->object - THROWN_HEADER, 8, "class of the exception, in front of the object: that of "
								   "libstdc++");
	evidence_memory(run, found, x->type_info + size, size, "its type's name, by the type_info");
}

static void match_linux(struct pattern_run *run, const struct fault *f)
{
	const struct frame *frame = terminate_frame(facts_blame(run->facts)->stack);
	CLEANUP(strbuf_deinit) struct strbuf what = STRBUF_INIT;
	struct linux_thrown thrown;
	struct finding *found;
	bool has;

	if (!frame)
		return;
	has = f->has_regs && linux_thrown_describe(run->target, regs_sp(&f->regs), &thrown, &what);
	found = finding_add(run, SEVERITY_PROBLEM, 93, "A C++ exception that nobody caught: %s threw %s.",
			    fault_place_in_code(run, f), has ? what.s : "an object that was not found");
	evidence_other(run, found, &(struct evidence){ .command = ".ecxr; k", .windbg = ".ecxr; k", .gdb = "bt" },
		       "%s in frame %u", frame->function, frame->index);
	if (has)
		show_thrown(run, found, &thrown);
	else
		finding_unread(run, found, "type and message of the object: none is found on the stack");
	fault_evidence(run, found, f);
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);

	if (f->class == FAULT_CPP)
		match_windows(run, f);
	else if (f->class == FAULT_ABORT && target_facts(run->target)->os == OS_LINUX)
		match_linux(run, f);
	return NULL;
}

static const char *const explains[] = { "exception.abort", NULL };

const struct pattern pattern_cpp_exception = {
	.id = "exception.cpp",
	.title = "C++ exception",
	.category = CATEGORY_EXCEPTION,
	.definition = "The program threw a C++ exception that no handler took.",
	.context = "An error that the caller did not expect, an exception out of a destructor, a function that promised "
		   "not to throw, or a thread's outermost function.",
	.criterion = "Windows: exception 0xE06D7363. Linux: SIGABRT with std::terminate or __cxa_throw on the "
		     "stack.",
	.false_positives = "A dump that was taken at the first chance, before handlers were asked, shows exceptions that "
			   "are handled.",
	.recommendation = "Type and message say what went wrong. Find the first frame of your own below the throw: either "
			  "it must not throw there, or a caller has to catch it.",
	.bucket = "CPP_EXCEPTION",
	.needs = NEEDS_FAULT,
	.explains = explains,
	.match = match,
};
