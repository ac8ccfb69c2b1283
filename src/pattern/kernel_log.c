/* SPDX-License-Identifier: MIT */
/* The kernel's log as evidence: see kernel_log.h. */
#include "pattern/kernel_log.h"

#include "target/kernel.h"

#include <inttypes.h>

enum { NS = 1000000000, US = 1000 };

const char *kernel_log_text(struct pattern_run *run, const struct trouble_line *l)
{
	return run_text(run, "[%" PRIu64 ".%06" PRIu64 "] %s", l->ts_ns / NS, l->ts_ns % NS / US, l->text);
}

void kernel_log_show(struct pattern_run *run, struct finding *f, const struct troubles *x, enum trouble kind)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->lines[i].kind == kind)
			evidence_other(run, f, &(struct evidence){ .command = "!dmesg" }, "the kernel's log: %s",
				       kernel_log_text(run, &x->lines[i]));
	if (x->dropped)
		finding_unread(run, f, "%" PRIu64 " older lines of the log, which were overwritten", x->dropped);
}

bool kernel_log_unread(struct pattern_run *run, const struct troubles *x, const char *question)
{
	if (!x->why)
		return false;
	finding_undecidable(run, "%s: the kernel's log cannot be read: %s.", question, x->why);
	return true;
}

bool kernel_variable_show(struct pattern_run *run, struct finding *f, const char *name, unsigned size, const char *meaning)
{
	struct kernel *k = target_kernel(run->target);
	uint64_t at = 0, v = 0;

	if (!k || err_ignore(kernel_symbol(k, name, &at)) || !arch_read_uint(target_memory(run->target), at, size, &v))
		return false;
	evidence_memory(run, f, at, size, "%s: %s", name, meaning);
	return true;
}
