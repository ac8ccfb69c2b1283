/* SPDX-License-Identifier: MIT */
/*
 * S_FRAMEPROC: the size of a procedure's frame, and what its variables count
 * from (FRAMEPROCSYM and its flags in cvinfo.h).
 *
 * On x64 the frame's bytes and those of the pushed registers together lie
 * between the stack pointer and the return address, unless the procedure
 * allocates at run time or aligns its frame; Visual C++ then counts locals from
 * another register than parameters, and clang says "alloca" or does the same.
 * Visual C++ before 2019 states no bytes of pushed registers: their number is
 * then bounded by the bytes that the prolog has left for pushes. Seen in PDBs
 * whose images have unwind codes to compare with (conf-frameproc).
 */
#include "symbol/pdb_impl.h"

enum {
	FLAG_ALLOCA = 1 << 0,
	FLAG_INLINE_ASM = 1 << 3,
	FLAG_NAKED = 1 << 7,
	MAX_PUSHES = 8,		/* nonvolatile integer registers of x64 */
	PROBED_SIZE = 0x1000,	/* allocations from here on call __chkstk */
};

/* Register that an encoded base stands for (cvinfo.h, EncodedFramePtrReg). */
static uint32_t base_register(enum machine m, unsigned code)
{
	static const uint16_t x86[4] = { 0, CV_REG_VFRAME, 22, 20 };
	static const uint16_t x64[4] = { 0, 335, 334, 341 };
	static const uint16_t arm64[4] = { 0, 81, 79, 0 };

	return m == MACHINE_X86 ? x86[code] : m == MACHINE_X64 ? x64[code] : m == MACHINE_ARM64 ? arm64[code] : 0;
}

static bool read_frameproc(struct pdb *pdb, struct cursor c, struct pdb_frameproc *ret)
{
	struct pdb_frameproc f = { .size = cursor_u32(&c) };

	cursor_skip(&c, 8);
	f.saved = cursor_u32(&c);
	cursor_skip(&c, 6);
	f.flags = cursor_u32(&c);
	if (!cursor_ok(&c))
		return false;
	f.local_base = base_register(pdb->identity.machine, f.flags >> 14 & 3);
	f.param_base = base_register(pdb->identity.machine, f.flags >> 16 & 3);
	*ret = f;
	return true;
}

/* It stands beside the procedure's own variables. */
bool pdb_find_frameproc(struct pdb *pdb, struct cursor records, uint32_t end,
			struct pdb_frameproc *ret)
{
	struct cursor content;
	uint16_t kind;
	uint32_t at;

	while (pdb_next_record(&records, &kind, &content, &at) && at < end) {
		if (kind == S_FRAMEPROC)
			return read_frameproc(pdb, content, ret);
		if (kind == S_BLOCK32 || kind == S_INLINESITE || kind == S_INLINESITE2)
			pdb_seek_record(&records, at, pdb_end_of_scope(content));
	}
	return false;
}

static bool is_fixed(const struct pdb_frameproc *f)
{
	return !(f->flags & (FLAG_ALLOCA | FLAG_INLINE_ASM | FLAG_NAKED)) &&
	       f->local_base == f->param_base && f->size % 8 == 0 && f->saved % 8 == 0 &&
	       f->saved <= MAX_PUSHES * 8;
}

/* How many pushes a prolog of so many bytes has room for beside its allocation:
 * sub rsp of 4 or 7 bytes, or a call of __chkstk; a first push takes two. */
static uint32_t uncounted_pushes(const struct pdb_frameproc *f, uint32_t prolog)
{
	uint32_t taken = !f->size ? 0 : f->size <= 0x80 ? 4 : f->size < PROBED_SIZE ? 7 : 13;

	if (f->saved || prolog <= taken + 1)
		return 0;
	return prolog - taken - 1 < MAX_PUSHES ? prolog - taken - 1 : MAX_PUSHES;
}

struct err *pdb_fixed_frame(struct provider *p, uint64_t rva, struct fixed_frame *ret)
{
	struct pdb *pdb = pdb_of(p);
	struct pdb_frameproc f;
	struct cursor records, content;
	struct pdb_module *m;
	struct pdb_proc proc;
	uint32_t place, offset, at;
	uint16_t kind;

	if (pdb->identity.machine != MACHINE_X64 || !pdb_to_source(pdb, rva, &place))
		return err_new(ERR_NOTFOUND, "no frame size for this address");
	TRY(pdb_proc_at(pdb, place, &m, &proc, &offset));
	TRY(pdb_module_records(pdb, m, &records));
	cursor_seek(&records, offset - records.origin);
	(void)pdb_next_record(&records, &kind, &content, &at);
	if (!pdb_find_frameproc(pdb, records, proc.end, &f) || !is_fixed(&f))
		return err_new(ERR_NOTFOUND, "the procedure's frame has no fixed size");
	*ret = (struct fixed_frame){
		.rva = rva - (place - proc.place),
		.size = f.size + f.saved,
		.pushes = uncounted_pushes(&f, proc.body),
		.body = proc.body,
		.epilog = proc.epilog ? proc.epilog : proc.size,
	};
	return NULL;
}
