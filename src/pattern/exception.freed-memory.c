/* SPDX-License-Identifier: MIT */
/*
 * Freed or uninitialised memory: a pointer that is what an allocator writes into
 * blocks that it hands out or takes back.
 *
 * The fill patterns are those of the Windows heap under a debugger, of the debug
 * C run-time library (crtdbg.h: memory is filled so that errors show), of
 * Application Verifier, jemalloc and Firefox (mfbt/Poison), PartitionAlloc and
 * AddressSanitizer. glibc since 2.32 keeps a list's next pointer as
 * (address of the chunk >> 12) ^ next, which at the list's end leaves the address
 * of the chunk's page, shifted.
 */
#include "pattern/access.h"
#include "pattern/heap.h"
#include "target/regions.h"

#include <inttypes.h>

enum { MAX_OFFSET = 0x1000, PAGE_SHIFT = 12 };

static const struct fill {
	uint32_t word;
	const char *means;
	bool freed;
} fills[] = {
	{ 0xfeeefeee, "a block of the Windows heap that was freed", true },
	{ 0xdddddddd, "memory that the debug run-time library freed", true },
	{ 0xf0f0f0f0, "a block that was freed under Application Verifier", true },
	{ 0xe5e5e5e5, "memory that jemalloc freed", true },
	{ 0xefefefef, "a slot that PartitionAlloc freed", true },
	{ 0xf0dea7ff, "memory of a Mozilla arena that was freed", true },
	{ 0xcdcdcdcd, "memory of the debug run-time library that was never written", false },
	{ 0xbaadf00d, "a block of the Windows heap that was never written", false },
	{ 0xcccccccc, "a local variable that was never written", false },
	{ 0xc0c0c0c0, "a block under Application Verifier that was never written", false },
	{ 0xa5a5a5a5, "memory of jemalloc that was never written", false },
	{ 0xbebebebe, "memory of AddressSanitizer that was never written", false },
	{ 0xabababab, "the guard behind a block of the Windows heap", false },
	{ 0xfdfdfdfd, "the guard around a block of the debug run-time library", false },
};

/* As the program reads a pointer out of filled memory. */
static uint64_t pointer_of(const struct fill *f, unsigned size)
{
	return size == 8 ? (uint64_t)f->word << 32 | f->word : f->word;
}

static const struct fill *fill_of(uint64_t pointer, unsigned size)
{
	for (size_t i = 0; i < ARRAY_SIZE(fills); i++)
		if (pointer_of(&fills[i], size) == pointer)
			return &fills[i];
	return NULL;
}

static const struct fill *fill_near(uint64_t address, unsigned size)
{
	for (size_t i = 0; i < ARRAY_SIZE(fills); i++)
		if (address - pointer_of(&fills[i], size) < MAX_OFFSET)
			return &fills[i];
	return NULL;
}

/* The register that the access went through and the pattern that it holds. */
static unsigned find_register(struct pattern_run *run, const struct fault *f, const struct fill **ret)
{
	const unsigned size = f->regs.arch->pointer_size;
	struct insn i;

	if (!fault_instruction(run, f, &i))
		return ARCH_NO_REG;
	if (i.flags & INSN_HAS_MEMORY) {
		const unsigned parts[] = { i.mem_base, i.mem_index };

		for (size_t k = 0; k < ARRAY_SIZE(parts); k++)
			if (regs_has(&f->regs, parts[k]) && (*ret = fill_of(f->regs.v[parts[k]], size)) != NULL)
				return parts[k];
		return ARCH_NO_REG;
	}
	/* a call through a register has no memory operand */
	for (unsigned k = 0; k < f->regs.arch->n_regs && (i.flags & (INSN_CALL | INSN_JUMP)); k++)
		if (regs_has(&f->regs, k) && (*ret = fill_of(f->regs.v[k], size)) != NULL)
			return k;
	return ARCH_NO_REG;
}

static void match_fill(struct pattern_run *run, const struct fault *f, const struct fill *fill, unsigned reg)
{
	struct finding *found;

	found = access_finding(run, f, reg != ARCH_NO_REG ? 92 : 85,
			       run_text(run, "a pointer out of %s",
					fill->freed ? "freed memory" : "memory that was never initialised"));
	if (reg != ARCH_NO_REG)
		register_evidence(run, found, f, reg, run_text(run, "filled with what fills %s", fill->means));
	else
		evidence_other(run, found,
			       &(struct evidence){ .has_address = true, .address = f->address, .command = ".exr -1",
						   .windbg = ".exr -1", .gdb = "p $_siginfo" },
			       "the address is near 0x%08" PRIx32 ", which fills %s", fill->word, fill->means);
	if (!fill->freed)
		found->bucket = "UNINITIALIZED_MEMORY";
}

/* The page of a glibc chunk, shifted: 0x555555559 for one at 0x5555555592a0. */
static bool is_list_end(struct pattern_run *run, uint64_t v, struct region *ret)
{
	struct region r;

	if (v < MAX_OFFSET || v >> (48 - PAGE_SHIFT) ||
	    !err_ignore(target_region_at(run->target, v, &r)) /* a pointer like others */ ||
	    err_ignore(target_region_at(run->target, v << PAGE_SHIFT, ret)))
		return false;
	return ret->usage != USAGE_IMAGE && ret->usage != USAGE_STACK && ret->has_prot && (ret->prot & DUMP_PROT_W);
}

static void match_list_end(struct pattern_run *run, const struct fault *f)
{
	struct finding *found;
	struct region r;
	struct insn i;

	if (target_facts(run->target)->os != OS_LINUX || !fault_instruction(run, f, &i) ||
	    !(i.flags & INSN_HAS_MEMORY) || !regs_has(&f->regs, i.mem_base) ||
	    !is_list_end(run, f->regs.v[i.mem_base], &r))
		return;
	found = access_finding(run, f, 75, "a pointer out of freed memory");
	finding_doubt(run, found, 75, "a small number may be the page of a block by chance");
	register_evidence(run, found, f, i.mem_base, "the number of a page of memory that is written to: what glibc leaves "
						     "in the first word of a freed block");
	evidence_other(run, found,
		       &(struct evidence){ .has_address = true, .address = r.base,
					   .command = run_text(run, "!address 0x%" PRIx64, f->regs.v[i.mem_base] << PAGE_SHIFT),
					   .gdb = "info proc mappings" },
		       "the memory that the page is of");
}

/* --- read out of a block that malloc has free ------------------------------------------ */

/* A word of a free block that a register points to. */
struct stale {
	const struct malloc_chunk *chunk;
	uint64_t place;
	unsigned reg;
};

/* The word in the free block that the register points into. */
static bool find_in_block(struct pattern_run *run, const struct malloc_heap *h, uint64_t pointer, uint64_t value, struct stale *ret)
{
	const struct malloc_chunk *c = heap_block_at(h, pointer);
	uint64_t from, to, word;

	if (!c || c->state == CHUNK_UNLISTED || !malloc_state_is_free((enum malloc_chunk_state)c->state) || pointer < malloc_user(h, c))
		return false;
	from = malloc_user(h, c);
	to = from + malloc_usable(h, c);
	for (uint64_t at = from; at < to && at < from + MAX_OFFSET; at += h->pointer_size)
		if (arch_read_uint(target_memory(run->target), at, h->pointer_size, &word) && word == value) {
			ret->chunk = c;
			ret->place = at;
			return true;
		}
	return false;
}

static bool find_stale(struct pattern_run *run, const struct fault *f, const struct malloc_heap *h, uint64_t value, struct stale *ret)
{
	for (unsigned k = 0; value >= MAX_OFFSET && k < f->regs.arch->n_regs; k++)
		if (regs_has(&f->regs, k) && f->regs.v[k] != value && find_in_block(run, h, f->regs.v[k], value, ret)) {
			ret->reg = k;
			return true;
		}
	return false;
}

/* The pointers that the fault was made of. */
static bool find_any_stale(struct pattern_run *run, const struct fault *f, const struct malloc_heap *h, struct stale *ret)
{
	struct insn i;

	if (f->access == ACCESS_EXECUTE && f->has_address && find_stale(run, f, h, f->address, ret))
		return true;
	if (!fault_instruction(run, f, &i) || !(i.flags & INSN_HAS_MEMORY))
		return false;
	return (regs_has(&f->regs, i.mem_base) && find_stale(run, f, h, f->regs.v[i.mem_base], ret)) ||
	       (regs_has(&f->regs, i.mem_index) && find_stale(run, f, h, f->regs.v[i.mem_index], ret));
}

/* malloc's links are in the first two words: what is there was written by free(). Behind them
 * the object's own words remain. */
static bool match_block(struct pattern_run *run, const struct fault *f, const struct heap_view *v)
{
	struct stale s = { .reg = ARCH_NO_REG };
	struct finding *found;
	bool is_link;

	if (!v || !v->heap || !find_any_stale(run, f, v->heap, &s))
		return false;
	is_link = s.place < malloc_user(v->heap, s.chunk) + 2 * v->heap->pointer_size;
	found = access_finding(run, f, is_link ? 94 : 80, "a pointer out of freed memory");
	if (!is_link)
		finding_doubt(run, found, 80, "the block may have been freed after the pointer was read");
	register_evidence(run, found, f, s.reg, "which points into the block");
	heap_block_evidence(run, found, v->heap, s.chunk,
			    run_text(run, "the block of %" PRIu64 " bytes that the pointer was read from, which is free",
				     malloc_usable(v->heap, s.chunk)));
	evidence_memory(run, found, s.place, v->heap->pointer_size, "the pointer, in the block%s", is_link ? ": a link of malloc's" : "");
	return true;
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	const struct heap_view *v = NULL;
	const struct fill *fill = NULL;
	unsigned reg = ARCH_NO_REG;

	if (f->class != FAULT_ACCESS || f->place == PLACE_NULL || f->place == PLACE_STACK_END)
		return NULL;
	if (f->has_regs)
		reg = find_register(run, f, &fill);
	if (!fill && f->has_address)
		fill = fill_near(f->address, target_facts(run->target)->pointer_size == 8 ? 8 : 4);
	if (fill)
		match_fill(run, f, fill, reg);
	else if (f->has_regs) {
		TRY(heap_of_run(run, &v));
		if (!match_block(run, f, v))
			match_list_end(run, f);
	}
	return NULL;
}

static const char *const explains[] = { "exception.wild-pointer", NULL };

const struct pattern pattern_freed_memory = {
	.id = "exception.freed-memory",
	.title = "Use of freed or uninitialised memory",
	.category = CATEGORY_EXCEPTION,
	.definition = "The program took a pointer out of memory that had been freed, or that nobody had written yet, and "
		      "used it.",
	.context = "An object that is used after its end: a callback that comes late, a reference that was not counted, "
		   "a race between threads; or a member that the constructor leaves out.",
	.criterion = "An access violation whose address, or whose instruction's address register, is one of the values that "
		     "allocators fill memory with; on Linux also a word of a block that malloc has free and that a register "
		     "points into, and the number of the page of a writable block, which glibc leaves in the first word of a "
		     "freed one.",
	.false_positives = "Data that happens to look so. The guard behind a block is read by a loop that runs over the "
			   "block's end, not after its free.",
	.recommendation = "Find which object the pointer was read from, and who freed it: run the program with page heap "
			  "(GFlags), AddressSanitizer or valgrind, which keep the stack of the free.",
	.bucket = "USE_AFTER_FREE",
	.needs = NEEDS_FAULT,
	.explains = explains,
	.match = match,
};
