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

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
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
	else if (f->has_regs)
		match_list_end(run, f);
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
		     "allocators fill memory with; on Linux also the number of the page of a writable block, which glibc "
		     "leaves in the first word of a freed one.",
	.false_positives = "Data that happens to look so. The guard behind a block is read by a loop that runs over the "
			   "block's end, not after its free.",
	.recommendation = "Find which object the pointer was read from, and who freed it: run the program with page heap "
			  "(GFlags), AddressSanitizer or valgrind, which keep the stack of the free.",
	.bucket = "USE_AFTER_FREE",
	.needs = NEEDS_FAULT,
	.explains = explains,
	.match = match,
};
