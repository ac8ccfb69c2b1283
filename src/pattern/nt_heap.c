/* SPDX-License-Identifier: MIT */
/* Windows heaps as patterns see them: see nt_heap.h. */
#include "pattern/nt_heap.h"

#include <inttypes.h>

enum thread_half nt_heap_half(struct pattern_run *run)
{
	return target_has_wow(run->target) ? HALF_WOW : HALF_NATIVE;
}

struct err *nt_heaps_of_run(struct pattern_run *run, const struct nt_heaps **ret)
{
	return facts_nt_heaps(run->facts, nt_heap_half(run), ret);
}

const char *nt_block_text(struct pattern_run *run, const struct nt_heaps *h, const struct nt_block *b)
{
	if (!nt_block_is_busy(b))
		return run_text(run, "the %s block at 0x%" PRIx64, nt_block_state_name((enum nt_block_state)b->state),
				nt_block_user(h, b));
	return run_text(run, "the block of %" PRIu64 " bytes at 0x%" PRIx64, nt_block_requested(h, b), nt_block_user(h, b));
}

/* A command that knows heaps works on the half that is in effect. */
static const char *in_half(struct pattern_run *run, const char *command)
{
	return nt_heap_half(run) == HALF_WOW ? run_text(run, ".effmach x86; %s", command) : command;
}

void nt_block_evidence(struct pattern_run *run, struct finding *f, const struct nt_heaps *h, const struct nt_block *b,
		       const char *meaning)
{
	const char *show = in_half(run, run_text(run, "!heap -x 0x%" PRIx64, nt_block_user(h, b)));

	evidence_other(run, f, &(struct evidence){ .has_address = true, .address = nt_block_user(h, b), .command = show,
						   .windbg = show }, "%s", meaning);
}

void nt_contents_evidence(struct pattern_run *run, struct finding *f, const struct nt_heaps *h, const struct nt_block *b,
			  const char *meaning)
{
	const char *show = run_text(run, "db 0x%" PRIx64 " L40", nt_block_user(h, b));

	evidence_other(run, f, &(struct evidence){ .has_address = true, .address = nt_block_user(h, b), .command = show,
						   .windbg = show }, "%s", meaning);
}

void nt_failure_evidence(struct pattern_run *run, struct finding *f, const struct nt_failure *failure)
{
	evidence_memory(run, f, failure->type_at, 4, "ntdll found this: %s, at block 0x%" PRIx64 " of heap 0x%" PRIx64,
			nt_failure_name(failure->type), failure->address, failure->heap);
}
