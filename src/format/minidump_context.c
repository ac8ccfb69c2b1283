/* SPDX-License-Identifier: MIT */
/*
 * Minidump: which layout a register context has.
 *
 * Each layout marks its ContextFlags with a bit of its own (CONTEXT_AMD64 and
 * kin in winnt.h, MD_CONTEXT_* in Breakpad's minidump_cpu_*.h). A context
 * whose flags lack the mark of the machine is not one: dumps exist whose
 * thread records point into other streams. Where the machine is not known
 * (no SystemInfo) mark and size together decide.
 *
 * Extended state: with CONTEXT_XSTATE (0x40) set, CONTEXT_EX follows the
 * legacy context: three {s32 offset from CONTEXT_EX, u32 length}, for all,
 * legacy and XSTATE. The XSTATE part starts with the 64-byte XSAVE header;
 * the 512 bytes of FXSAVE that stand before it in XSAVE memory are not in it.
 * (winnt.h; seen in dumps of Windows 10 19045, where the writer cuts the
 * record to the ContextSize of MiscInfo although the parts are spread wider.)
 */
#include "format/minidump.h"

static const struct layout {
	enum context_layout layout;
	enum machine machine;
	unsigned size, flags_at, flags_size;
	uint32_t mark;
	unsigned min_size; /* of older writers */
} layouts[] = {
	{ CONTEXT_WIN_X86, MACHINE_X86, 716, 0, 4, 0x00010000, 204 },
	{ CONTEXT_WIN_X64, MACHINE_X64, 1232, 0x30, 4, 0x00100000, 1232 },
	{ CONTEXT_WIN_ARM64, MACHINE_ARM64, 912, 0, 4, 0x00400000, 912 },
	{ CONTEXT_BREAKPAD_ARM64_OLD, MACHINE_ARM64, 796, 0, 8, 0x80000000, 796 },
	{ CONTEXT_WIN_ARM, MACHINE_ARM, 416, 0, 4, 0x00200000, 416 },
	{ CONTEXT_BREAKPAD_ARM, MACHINE_ARM, 368, 0, 4, 0x40000000, 368 },
	{ CONTEXT_BREAKPAD_PPC, MACHINE_PPC, 1004, 0, 4, 0x20000000, 164 },
	{ CONTEXT_BREAKPAD_PPC64, MACHINE_PPC64, 1156, 0, 8, 0x01000000, 312 },
	{ CONTEXT_BREAKPAD_SPARC, MACHINE_SPARC, 584, 0, 4, 0x10000000, 312 },
	{ CONTEXT_BREAKPAD_MIPS, MACHINE_MIPS, 600, 0, 4, 0x00040000, 320 },
	{ CONTEXT_BREAKPAD_MIPS64, MACHINE_MIPS64, 600, 0, 4, 0x00080000, 320 },
	{ CONTEXT_BREAKPAD_RISCV64, MACHINE_RISCV64, 528, 0, 4, 0x08000000, 264 },
};

enum {
	CONTEXT_XSTATE = 0x40,
	CONTEXT_EX_SIZE = 24,
	XSAVE_HEADER_SIZE = 64,
};

static uint64_t flags_of(struct cursor c, const struct layout *l)
{
	cursor_seek(&c, l->flags_at);
	return cursor_uint(&c, l->flags_size);
}

static const struct layout *find(const struct minidump *md, const struct cursor *c,
				 uint64_t *ret_flags)
{
	enum machine machine = md->d.facts.machine;

	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		const struct layout *l = &layouts[i];
		bool fits = machine ? machine == l->machine && c->size >= l->min_size :
				      c->size == l->size;

		if (!fits)
			continue;
		*ret_flags = flags_of(*c, l);
		if (*ret_flags & l->mark)
			return l;
	}
	return NULL;
}

static bool has_xstate(enum context_layout layout)
{
	return layout == CONTEXT_WIN_X86 || layout == CONTEXT_WIN_X64 ||
	       layout == CONTEXT_WIN_ARM64;
}

/* The tail of a context that is longer than its layout. */
static struct dump_piece xstate(const struct cursor *c, const struct layout *l)
{
	struct cursor ex = cursor_sub(c, l->size, CONTEXT_EX_SIZE);
	struct dump_piece none = { 0, 0 };
	int64_t start;
	uint32_t length;

	cursor_skip(&ex, 16); /* all, legacy */
	start = (int64_t)l->size + cursor_s32(&ex);
	length = cursor_u32(&ex);
	if (!cursor_ok(&ex) || start < (int64_t)l->size || (uint64_t)start >= c->size)
		return none;
	if (length > c->size - (uint64_t)start)
		length = (uint32_t)(c->size - (uint64_t)start);
	if (length < XSAVE_HEADER_SIZE)
		return none;
	return (struct dump_piece){ c->origin + (uint64_t)start, length };
}

static void say_unknown(struct minidump *md, const struct cursor *c, const char *whose,
			uint64_t flags)
{
	enum machine machine = md->d.facts.machine;

	MD_DEFECT(md, ERR_CORRUPT,
		  "context of %s at offset 0x%" PRIx64 ": %" PRIu64
		  " bytes with flags 0x%" PRIx64 " are not a context of %s",
		  whose, c->origin, c->size, flags,
		  machine ? machine_name(machine) : "a known machine");
}

struct md_context md_context(struct minidump *md, struct dump_piece stated, const char *whose)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	struct md_context ret = { CONTEXT_NONE, { 0, 0 }, { 0, 0 } };
	const struct layout *l;
	uint64_t flags = 0;
	struct err *e;

	if (!stated.size || !stated.offset) { /* the writer could not get it */
		MD_DEFECT(md, ERR_NOTFOUND, "the dump has no register context of %s", whose);
		return ret;
	}
	e = md_open(md, stated, "register context", &in);
	if (e) {
		dump_add_defect(&md->d, err_prefix(e, "%s", whose));
		return ret;
	}
	ret.general = (struct dump_piece){ in.c.origin, in.c.size };
	l = find(md, &in.c, &flags);
	if (!l) {
		say_unknown(md, &in.c, whose, flags);
		return ret;
	}
	ret.layout = l->layout;
	if (flags & CONTEXT_XSTATE && has_xstate(l->layout))
		ret.xstate = xstate(&in.c, l);
	return ret;
}
