/* SPDX-License-Identifier: MIT */
/* Tainted kernel: what the kernel remembers of its past that a reader of its dump should know. */
#include "pattern/kernel_log.h"
#include "target/kernel.h"

enum { MAX_BITS = 32 };

static struct err *match(struct pattern_run *run)
{
	CLEANUP(strbuf_deinit) struct strbuf letters = STRBUF_INIT, text = STRBUF_INIT;
	uint64_t mask = 0;
	struct finding *f;

	if (err_ignore(kernel_variable(target_kernel(run->target), "tainted_mask", 8, &mask)) || !mask)
		return NULL;
	for (unsigned bit = 0; bit < MAX_BITS; bit++) {
		const struct taint *t = kernel_taint(bit);

		if (!(mask >> bit & 1))
			continue;
		strbuf_addc(&letters, t ? t->letter : '?');
		strbuf_addf(&text, "%s%s", text.len ? "; " : "", t ? t->meaning : "a mark that is not known here");
	}
	TRY(strbuf_check(&letters));
	TRY(strbuf_check(&text));
	f = finding_add(run, SEVERITY_NOTE, 97, "The kernel is tainted (%s): %s.", letters.s, text.s);
	(void)kernel_variable_show(run, f, "tainted_mask", 8, "one bit for each mark");
	return NULL;
}

const struct pattern pattern_kernel_tainted = {
	.id = "kernel.tainted",
	.title = "Tainted kernel",
	.category = CATEGORY_EXCEPTION,
	.definition = "The kernel keeps marks of what may make its state less trustworthy: foreign or forced modules, earlier failures, machine checks.",
	.context = "Proprietary drivers, modules that were built outside of the kernel's sources, a kernel that goes on after an oops, a warning or a "
		   "lockup.",
	.criterion = "tainted_mask is not zero; each bit is told in words.",
	.false_positives = "Most systems with drivers of others carry O, E or P and are sound.",
	.recommendation = "After D, W, L or M look in the log for what happened (!dmesg). With P, O or E see whether the trouble is the same without that "
			  "module (lm).",
	.needs = NEEDS_KERNEL,
	.match = match,
};
