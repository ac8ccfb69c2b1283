/* SPDX-License-Identifier: MIT */
/* Redacted dump: stacks whose contents were taken out. */
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>
#include <string.h>

enum { LOOK = 1024, MAX_THREADS = 1024 };

/* What Breakpad's sanitizer writes over words that are no pointers. */
static const uint64_t defaced64 = UINT64_C(0x0defaced0defaced);

static const struct threshold thresholds[] = {
	{ "redacted.threads", 90, "percent", "of the threads whose stacks can be read must have nothing on them" },
	{ NULL },
};

struct count {
	size_t looked, zero, sanitized;
	const struct thread *first;
	uint64_t sp;
};

static bool is_zero(const uint8_t *bytes, size_t n)
{
	size_t i = 0;

	while (i < n && !bytes[i])
		i++;
	return i == n;
}

static bool is_sanitized(const uint8_t *bytes, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i + 8 <= n; i += 8)
		found += memcmp(bytes + i, &defaced64, 8) == 0;
	return found >= 4;
}

static void look(struct pattern_run *run, struct thread *th, struct count *c)
{
	uint8_t bytes[LOOK];
	struct regs regs;
	bool zero, sanitized;

	if (err_ignore(thread_regs(run->target, th, HALF_NATIVE, &regs)) || !regs_has(&regs, regs.arch->sp) ||
	    space_read_some(target_space(run->target), regs_sp(&regs), bytes, LOOK) < LOOK)
		return;
	zero = is_zero(bytes, LOOK);
	sanitized = !zero && is_sanitized(bytes, LOOK);
	c->looked++;
	c->zero += zero;
	c->sanitized += sanitized;
	if ((zero || sanitized) && !c->first) {
		c->first = th;
		c->sp = regs_sp(&regs);
	}
}

/* The dump says it itself: what it has as zeros may have been data. */
static void tell_stripped(struct pattern_run *run, const char *by)
{
	struct finding *f;

	f = finding_add(run, SEVERITY_NOTE, 98, "The dump was redacted: %s took out all that its stacks do not need.", by);
	evidence_other(run, f, &(struct evidence){ .command = ".dumpdebug" }, "the dump's own record of it");
}

static struct err *match(struct pattern_run *run)
{
	struct count c = { 0 };
	struct thread *threads;
	size_t n = target_threads(run->target, &threads);
	struct finding *f;
	const char *show;

	if (*target_facts(run->target)->stripped) {
		tell_stripped(run, target_facts(run->target)->stripped);
		return NULL;
	}
	for (size_t i = 0; i < n && i < MAX_THREADS; i++) {
		TRY(run_check(run));
		look(run, &threads[i], &c);
	}
	if (!c.first || (c.zero + c.sanitized) * 100 < c.looked * run_threshold(run, "redacted.threads"))
		return NULL;
	/* one stack alone may be that of a large array */
	f = finding_add(run, c.looked > 1 ? SEVERITY_WARNING : SEVERITY_NOTE, c.looked > 1 ? 90 : 60, "The dump was redacted: the stacks of %zu of %zu threads hold %s.", c.zero + c.sanitized,
			c.looked, c.zero ? "nothing but zeros" : "markers in place of data");
	show = run_text(run, "dq 0x%" PRIx64 " L80", c.sp);
	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = c.sp, .command = show, .windbg = show,
					   .gdb = run_text(run, "x/128xg 0x%" PRIx64, c.sp) },
		       "the stack of %s, from its stack pointer on", run_thread_text(run, c.first));
	return NULL;
}

const struct pattern pattern_redacted = {
	.id = "quality.redacted",
	.title = "Redacted dump",
	.category = CATEGORY_QUALITY,
	.definition = "Contents were taken out of the dump: memory that must hold something is zero or was written over.",
	.context = "Dumps that go to others, crash reporters that keep data private.",
	.criterion = "The kilobyte from the stack pointer on is zero, or holds the words that Breakpad's sanitizer writes, for at least "
		     "redacted.threads of the threads whose stacks can be read so far. Of a single thread it is a note, and so is the record that osmodump "
		     "strip leaves.",
	.false_positives = "A thread that has just started and made a large array on its stack.",
	.recommendation = "What is zero is no data: null pointers, locks that are free and empty lists in such memory mean nothing. Ask for the "
			  "full dump if the question is about them.",
	.thresholds = thresholds,
	.match = match,
};
