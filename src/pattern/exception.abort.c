/* SPDX-License-Identifier: MIT */
/* Abort: the program found something wrong and ended itself. */
#include "os/linux/fault.h"
#include "pattern/access.h"

#include <string.h>


/* glibc's words: an assertion, or a check of the allocator or of the stack. */
static const struct {
	const char *words, *means, *bucket;
} messages[] = {
	{ "Assertion", "an assertion of the program failed", "ASSERT" },
	{ "double free", "a block was freed twice", "DOUBLE_FREE" },
	{ "free():", "the allocator's checks found the heap broken", "HEAP_CORRUPTION" },
	{ "malloc", "the allocator's checks found the heap broken", "HEAP_CORRUPTION" },
	{ "realloc():", "the allocator's checks found the heap broken", "HEAP_CORRUPTION" },
	{ "corrupted", "the allocator's checks found the heap broken", "HEAP_CORRUPTION" },
	{ "stack smashing", "a function's stack frame was overwritten", "STACK_BUFFER_OVERRUN" },
	{ "buffer overflow", "a checked copy would have overrun its buffer", "BUFFER_OVERRUN" },
};

static size_t meaning_of(const char *message)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(messages) && !strstr(message, messages[i].words))
		i++;
	return i;
}

static void show_message(struct pattern_run *run, struct finding *found, const char *message)
{
	size_t i = meaning_of(message);

	evidence_other(run, found, &(struct evidence){ .command = ".exr -1", .gdb = "p (char *)__abort_msg + 4" },
		       "what the C library said: %s%s%s", message, i < ARRAY_SIZE(messages) ? "; that is, " : "",
		       i < ARRAY_SIZE(messages) ? messages[i].means : "");
	if (i < ARRAY_SIZE(messages))
		found->bucket = messages[i].bucket;
}

static struct err *match(struct pattern_run *run)
{
	CLEANUP(strbuf_deinit) struct strbuf message = STRBUF_INIT;
	const struct fault *f = facts_fault(run->facts);
	bool is_linux = target_facts(run->target)->os == OS_LINUX, has = false;
	struct finding *found;

	if (f->class != FAULT_ABORT)
		return NULL;
	if (is_linux)
		has = linux_abort_message(run->target, &message);
	found = finding_add(run, SEVERITY_PROBLEM, has ? 97 : 88, "The program ended itself: %s called abort%s%s%s",
			    fault_place_in_code(run, f), has ? ": " : "", has ? message.s : "",
			    has && str_ends_nocase(message.s, ".") ? "" : ".");
	evidence_other(run, found, &(struct evidence){ .command = ".lastevent", .windbg = ".lastevent",
						       .gdb = "p $_siginfo" },
		       "%s, raised by the process itself", *f->name ? f->name : "the exception");
	if (has)
		show_message(run, found, message.s);
	else if (is_linux)
		finding_unread(run, found, "a message: the C library keeps none, or where it does is not known");
	fault_evidence(run, found, f);
	return NULL;
}

const struct pattern pattern_abort = {
	.id = "exception.abort",
	.title = "Abort, failed assertion",
	.category = CATEGORY_EXCEPTION,
	.definition = "The program, or a check in a library, found a state that must not be, and ended the process.",
	.context = "Failed assertions, checks of the allocator, smashed stacks, exceptions that nobody caught, explicit "
		   "calls of abort.",
	.criterion = "SIGABRT that the process sent itself; on Windows the fast fail or exception of abort() and of failed "
		     "assertions. The message is the one that the C library keeps.",
	.false_positives = "A supervisor that sends SIGABRT to a process that hangs: that is told as a forced dump.",
	.recommendation = "Read the message: it names the condition, or the check. After a check of the allocator the cause "
			  "is a write that happened earlier; run the program under a sanitizer or valgrind.",
	.bucket = "ABORT",
	.needs = NEEDS_FAULT,
	.match = match,
};
