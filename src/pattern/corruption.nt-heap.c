/* SPDX-License-Identifier: MIT */
/* Heap corruption (Windows): headers, lists and fill patterns of ntdll's heaps that
 * contradict each other, and what ntdll itself found. */
#include "pattern/access.h"
#include "pattern/nt_heap.h"

#include <inttypes.h>

enum { MAX_FINDINGS = 4 };

/* `"text"` or a number */
static const char *value_text(struct pattern_run *run, const struct nt_damage *d)
{
	char text[9] = { 0 };

	for (unsigned i = 0; i < d->size; i++) {
		text[i] = (char)(d->found >> 8 * i);
		if (text[i] < 0x20 || text[i] == 0x7f)
			return run_text(run, "0x%" PRIx64, d->found);
	}
	return run_text(run, "\"%s\"", text);
}

static const char *what_happened(struct pattern_run *run, const struct nt_heaps *h, const struct nt_damage *d)
{
	const struct nt_block *b = d->block ? nt_block_at(h, d->block) : NULL;
	const char *where = b ? nt_block_text(run, h, b) : run_text(run, "0x%" PRIx64, d->place);

	switch (d->kind) {
	case NT_DAMAGE_CODE:
	case NT_DAMAGE_SIZE:
	case NT_DAMAGE_PREVIOUS:
	case NT_DAMAGE_LFH:
		return run_text(run, "the header of the block at 0x%" PRIx64 " was overwritten", d->block + h->header);
	case NT_DAMAGE_TAIL:
		return run_text(run, "%s was written to behind its end", where);
	case NT_DAMAGE_FREE_FILL:
		return run_text(run, "%s was written to after it was freed", where);
	case NT_DAMAGE_LINK:
	case NT_DAMAGE_WILD:
	case NT_DAMAGE_LOOP:
		return run_text(run, "a link of the list of free blocks was overwritten at 0x%" PRIx64, d->place);
	case NT_DAMAGE_SEGMENT:
	case N_NT_DAMAGE_KINDS:
		break;
	}
	return run_text(run, "the heap's description of its memory was overwritten, as 0x%" PRIx64 " shows", d->place);
}

static void tell_damage(struct pattern_run *run, const struct nt_heaps *h, const struct nt_damage *d)
{
	const struct nt_block *culprit = d->culprit ? nt_block_at(h, d->culprit) : NULL;
	struct finding *f;

	f = finding_add(run, d->passing ? SEVERITY_WARNING : SEVERITY_PROBLEM, d->passing ? 50 : 95,
			"Heap corruption: in heap 0x%" PRIx64 " %s%s%s.", h->heaps[d->heap].address, what_happened(run, h, d),
			culprit && culprit->address != d->block ? ", behind " : "",
			culprit && culprit->address != d->block ? nt_block_text(run, h, culprit) : "");
	if (d->passing)
		f->confidence_why = "a thread was at work in the heap when the dump was made";
	evidence_memory(run, f, d->place, d->size, "%s: %s", nt_damage_meaning(d->kind), value_text(run, d));
	if (culprit) {
		nt_block_evidence(run, f, h, culprit, "the block whose user may have written on");
		nt_contents_evidence(run, f, h, culprit, "its contents");
	}
}

/* Double frees are another pattern's. */
static void tell_failure(struct pattern_run *run)
{
	const struct fault *fault = facts_fault(run->facts);
	struct nt_failure failure;
	struct finding *f;

	if (err_ignore(nt_failure_read(run->target, nt_heap_half(run), fault->record, &failure)) ||
	    nt_failure_is_double_free(&failure))
		return;
	f = finding_add(run, SEVERITY_PROBLEM, 95,
			"Heap corruption: ntdll found heap 0x%" PRIx64 " broken at block 0x%" PRIx64 ": %s.", failure.heap,
			failure.address, nt_failure_name(failure.type));
	nt_failure_evidence(run, f, &failure);
	fault_evidence(run, f, fault);
}

static struct err *match(struct pattern_run *run)
{
	const struct nt_heaps *h = NULL;

	tell_failure(run);
	TRY(nt_heaps_of_run(run, &h));
	for (size_t i = 0; h && i < h->n_damages && run->n_findings < MAX_FINDINGS; i++) {
		TRY(run_check(run));
		tell_damage(run, h, &h->damages[i]);
	}
	return NULL;
}

static const char *const explains[] = { "exception.software", "exception.wild-pointer", "exception.null-data",
					"exception.freed-memory", NULL };

const struct pattern pattern_nt_heap = {
	.id = "corruption.nt-heap",
	.title = "Dynamic memory corruption (process heap)",
	.category = CATEGORY_CORRUPTION,
	.definition = "The structures of a heap of ntdll contradict themselves: the program wrote to where it has no block.",
	.context = "A write behind the end of a block, into a block that was freed, or through a pointer that was never right. The "
		   "program fails later, in another thread's allocation.",
	.criterion = "A block's header whose checksum does not hold or whose size leads nowhere, a previous size that is not the size "
		     "of the block in front, links of free blocks that do not agree, fill patterns behind busy blocks and in free ones "
		     "that were overwritten, an LFH block without its mark, or STATUS_HEAP_CORRUPTION with what ntdll found.",
	.false_positives = "A dump of a process that ran while it was copied, or whose thread was inside the heap: such findings are "
			   "warnings.",
	.recommendation = "Find who owns the block in front of the damage (!heap -x, its contents) and which of its writes can be too "
			  "long. Page heap (gflags /p /enable app.exe /full) stops the writer when it happens again.",
	.bucket = "HEAP_CORRUPTION",
	.needs = NEEDS_SYSTEM_WINDOWS,
	.explains = explains,
	.match = match,
};
