/* SPDX-License-Identifier: MIT */
/* Resource limit: the kernel ended the program because it used more than it may. */
#include "pattern/access.h"
#include "pattern/limits.h"

#include <inttypes.h>

enum { SIGXCPU_ = 24, SIGXFSZ_ = 25 };

/* As /proc/PID/limits names them (proc(5)). */
static const struct {
	uint32_t signal;
	const char *key, *unit, *what;
} limits[] = {
	{ SIGXCPU_, "limits.Max cpu time", "s", "used more processor time than its limit allows (RLIMIT_CPU)" },
	{ SIGXFSZ_, "limits.Max file size", "bytes", "made a file larger than its limit allows (RLIMIT_FSIZE)" },
};

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	struct finding *found;
	size_t i = 0;
	uint64_t v;

	while (i < ARRAY_SIZE(limits) && !fault_is_signal(run->target, f, limits[i].signal))
		i++;
	if (i == ARRAY_SIZE(limits) || f->class == FAULT_REQUESTED)
		return NULL;
	found = finding_add(run, SEVERITY_PROBLEM, 92, "%s: the process %s; %s.", f->name, limits[i].what,
			    run_text(run, "the signal came to %s", fault_place_in_code(run, f)));
	record_evidence(run, found, f, limits[i].what);
	if (limits_value(run->target, limits[i].key, &v))
		evidence_other(run, found, &(struct evidence){ 0 }, "the limit: %" PRIu64 " %s", v, limits[i].unit);
	else
		finding_unread(run, found, "the limit itself: a core does not hold it");
	fault_evidence(run, found, f);
	found->bucket = run_text(run, "%s_%s", found->bucket, limits[i].signal == SIGXCPU_ ? "CPU" : "FILE_SIZE");
	return NULL;
}

const struct pattern pattern_resource_limit = {
	.id = "exception.resource-limit",
	.title = "Resource limit exceeded",
	.category = CATEGORY_EXCEPTION,
	.definition = "The kernel ended the program because it used more processor time, or wrote a larger file, than its limits allow.",
	.context = "Batch systems, services with LimitCPU= or LimitFSIZE=, shells with ulimit; a loop that does not end, a log that grows.",
	.criterion = "SIGXCPU or SIGXFSZ that no other process sent.",
	.false_positives = "A program may send itself either signal.",
	.recommendation = "SIGXCPU: the stack is where the time went last; take a profile, or raise the limit. SIGXFSZ: the stack shows which "
			  "file was being written; a program that ignores the signal gets EFBIG instead.",
	.bucket = "RESOURCE_LIMIT",
	.needs = NEEDS_FAULT | NEEDS_SYSTEM_LINUX,
	.match = match,
};
