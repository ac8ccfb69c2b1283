/* SPDX-License-Identifier: MIT */
/* Double free (Windows): ntdll says that a block which was to be freed is not busy, or
 * the thread that failed was freeing a block that is free. */
#include "pattern/access.h"
#include "pattern/nt_heap.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_DEPTH = 16 };

static void show_block(struct pattern_run *run, struct finding *f, const struct nt_heaps *h, uint64_t address)
{
	const struct nt_block *b = h ? nt_block_at(h, address) : NULL;

	if (!b)
		return;
	nt_block_evidence(run, f, h, b, run_text(run, "the block is %s", nt_block_state_name((enum nt_block_state)b->state)));
	nt_contents_evidence(run, f, h, b, "what it holds");
}

static bool tell_failure(struct pattern_run *run, const struct fault *fault, const struct nt_heaps *h)
{
	struct nt_failure failure;
	const struct nt_block *b;
	struct finding *f;
	bool is_free;

	if (err_ignore(nt_failure_read(run->target, nt_heap_half(run), fault->record, &failure)) ||
	    !nt_failure_is_double_free(&failure))
		return false;
	b = h ? nt_block_at(h, failure.address) : NULL;
	is_free = b && nt_block_is_free(b);
	f = finding_add(run, SEVERITY_PROBLEM, is_free ? 96 : 85,
			"Double free: %s used the block at header 0x%" PRIx64 " of heap 0x%" PRIx64 ", which had been freed.",
			fault_place_in_code(run, fault), failure.address, failure.heap);
	if (!is_free)
		f->confidence_why = "ntdll says so; the block itself was not found free";
	nt_failure_evidence(run, f, &failure);
	show_block(run, f, h, failure.address);
	fault_evidence(run, f, fault);
	return true;
}

static bool frees(const char *function)
{
	static const char *const names[] = { "RtlFreeHeap", "RtlpFreeHeap", "RtlpFreeHeapInternal", "RtlDebugFreeHeap",
					     "HeapFree", "free", "_free", "_free_dbg", "SysFreeString", "CoTaskMemFree" };

	for (size_t i = 0; function && i < ARRAY_SIZE(names); i++)
		if (strcmp(function, names[i]) == 0)
			return true;
	return false;
}

/* The free block whose user's address is among the arguments of a function that frees. */
static const struct nt_block *freed_again(const struct stack *s, const struct nt_heaps *h, const struct frame **ret)
{
	for (size_t i = 0; i < s->n && i < MAX_DEPTH; i++)
		for (unsigned k = 0; frees(s->frames[i].function) && k < s->frames[i].n_params; k++) {
			const struct nt_block *b = nt_block_at(h, s->frames[i].params[k]);

			if (b && nt_block_is_free(b) && nt_block_user(h, b) == s->frames[i].params[k]) {
				*ret = &s->frames[i];
				return b;
			}
		}
	return NULL;
}

static void tell_frame(struct pattern_run *run, const struct fault *fault, const struct nt_heaps *h)
{
	const struct blame *blame = facts_blame(run->facts);
	const struct frame *frame = NULL;
	const struct nt_block *b = blame->stack ? freed_again(blame->stack, h, &frame) : NULL;
	struct finding *f;

	if (!b)
		return;
	f = finding_add(run, SEVERITY_PROBLEM, 80, "Double free: %s failed while %s freed %s.", fault_place_in_code(run, fault),
			frame->function, nt_block_text(run, h, b));
	f->confidence_why = "the address is taken from the arguments on the stack";
	nt_block_evidence(run, f, h, b, "the block is free");
	nt_contents_evidence(run, f, h, b, "what it holds");
	fault_evidence(run, f, fault);
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *fault = facts_fault(run->facts);
	const struct nt_heaps *h = NULL;

	TRY(nt_heaps_of_run(run, &h));
	if (!tell_failure(run, fault, h) && h)
		tell_frame(run, fault, h);
	return NULL;
}

static const char *const explains[] = { "exception.software", "exception.wild-pointer", "exception.freed-memory",
					"exception.breakpoint", "corruption.nt-heap", NULL };

const struct pattern pattern_nt_double_free = {
	.id = "corruption.nt-double-free",
	.title = "Double free (process heap)",
	.category = CATEGORY_CORRUPTION,
	.definition = "The program freed a block of a heap that it had freed before.",
	.context = "Two owners of one object, an error path that frees what its caller frees too, an object that is copied by its bytes.",
	.criterion = "STATUS_HEAP_CORRUPTION with what ntdll found: block not busy, or LFH double free; or the thread that failed is in a "
		     "function that frees, and one of its arguments is the address of a free block.",
	.false_positives = "ntdll says the same of a size query (HeapSize) of a free block, and of a block whose header was overwritten so "
			   "that it looks free.",
	.recommendation = "The first frame of your own that frees is the second free. What the block holds tells whose it was; page heap "
			  "with stack traces (gflags /p, +ust) tells who freed it first.",
	.bucket = "DOUBLE_FREE",
	.needs = NEEDS_FAULT | NEEDS_SYSTEM_WINDOWS,
	.explains = explains,
	.match = match,
};
