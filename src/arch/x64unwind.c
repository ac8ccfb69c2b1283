/* SPDX-License-Identifier: MIT */
/*
 * x64 unwinding by .pdata and .xdata.
 *
 * Source: Microsoft's "x64 exception handling" (RUNTIME_FUNCTION, UNWIND_INFO,
 * unwind codes, epilogs). Not documented there, but seen in images of Windows:
 * - bit 0 of UnwindData: the rest is the RVA of another RUNTIME_FUNCTION;
 * - version 2: code 6 is EPILOG. The codes come first. Of the first one the
 *   offset is the size of every epilog, and bit 0 of its info says that one
 *   ends the function; each other one's offset (with 4 more bits from its
 *   info) counts back from the function's end to an epilog's start; 0 pads
 *   them to an even number. An epilog is here the pops and the return only,
 *   the stack allocation is gone before it starts.
 * Version 3 (APX) is refused.
 *
 * What the caller gets: nonvolatile registers, as restored; volatile ones are
 * unknown to it. XMM registers are skipped over, not restored.
 */
#include "arch/unwind_impl.h"

#include <inttypes.h>
#include <string.h>

enum {
	UWOP_PUSH_NONVOL, UWOP_ALLOC_LARGE, UWOP_ALLOC_SMALL, UWOP_SET_FPREG, UWOP_SAVE_NONVOL,
	UWOP_SAVE_NONVOL_FAR, UWOP_EPILOG, UWOP_SPARE, UWOP_SAVE_XMM128, UWOP_SAVE_XMM128_FAR,
	UWOP_PUSH_MACHFRAME,
};
enum { FLAG_CHAININFO = 4 };

struct unwind_info {
	uint8_t version, flags, prolog_size, n_codes, frame_reg;
	uint32_t frame_offset;
	uint8_t codes[512];		/* 2 bytes each */
	uint32_t chained[3];		/* RUNTIME_FUNCTION, when flags say so */
};

struct unwind {
	const struct arch_memory *m;
	const struct unwind_image *image;
	uint32_t rva;			/* of the instruction pointer */
	uint32_t words[3];		/* the RUNTIME_FUNCTION */
	struct regs r;
	uint64_t frame;
	bool machine_frame;
};

/* --- reading ------------------------------------------------------------------- */

static struct err *read_info(const struct arch_memory *m, const struct unwind_image *image,
			     uint32_t rva, struct unwind_info *ret)
{
	uint8_t b[4 + 512 + 12];
	struct unwind_info u = { 0 };
	uint64_t size = 4;
	struct cursor c;

	if (!image_read(m, image, rva, b, 4))
		return err_new(ERR_NOTFOUND, "unwind info at RVA 0x%x is not there", rva);
	u.version = b[0] & 7;
	u.flags = b[0] >> 3;
	u.prolog_size = b[1];
	u.n_codes = b[2];
	u.frame_reg = b[3] & 15;
	u.frame_offset = (uint32_t)(b[3] >> 4) * 16;
	if (u.version == 3)
		return err_new(ERR_UNSUPPORTED, "unwind info at RVA 0x%x is of version 3", rva);
	if (u.version != 1 && u.version != 2)
		return err_new(ERR_CORRUPT, "unwind info at RVA 0x%x: version %u, expected 1 or 2",
			       rva, u.version);
	size += ((uint64_t)u.n_codes + 1) / 2 * 4;
	if (u.flags & FLAG_CHAININFO)
		size += 12;
	if (!image_read(m, image, rva, b, size))
		return err_new(ERR_NOTFOUND, "unwind codes at RVA 0x%x are not there", rva);
	memcpy(u.codes, b + 4, (size_t)u.n_codes * 2);
	c = cursor_init("unwind info", b, size, rva);
	cursor_seek(&c, size - 12);
	for (unsigned i = 0; (u.flags & FLAG_CHAININFO) && i < 3; i++)
		u.chained[i] = cursor_u32(&c);
	*ret = u;
	return NULL;
}

/* Entry for an RVA, an indirect one replaced by what it stands for. */
static struct err *find_entry(const struct arch_memory *m, const struct unwind_image *image,
			      uint32_t rva, bool *ret_found, uint32_t words[3])
{
	bool found;

	TRY(pdata_find(m, image, 12, rva, &found, words));
	found = found && rva < words[1];
	for (unsigned n = 0; found && (words[2] & 1); n++) {
		uint32_t at = words[2] & ~(uint32_t)1;
		struct cursor c;
		uint8_t b[12];

		if (n == MAX_CHAIN)
			return err_new(ERR_CORRUPT, "function table entries forward in a circle");
		if (!image_read(m, image, at, b, 12))
			return err_new(ERR_NOTFOUND, "function table entry at RVA 0x%x is not there",
				       at);
		c = cursor_init(".pdata", b, 12, at);
		for (unsigned i = 0; i < 3; i++)
			words[i] = cursor_u32(&c);
	}
	*ret_found = found;
	return NULL;
}

/* Follows chained infos to the function's first part. */
static struct err *find_primary(const struct arch_memory *m, const struct unwind_image *image,
				const uint32_t words[3], uint32_t *ret_begin)
{
	uint32_t begin = words[0], info = words[2];

	for (unsigned n = 0; n <= MAX_CHAIN; n++) {
		struct unwind_info u;

		TRY(read_info(m, image, info, &u));
		if (!(u.flags & FLAG_CHAININFO)) {
			*ret_begin = begin;
			return NULL;
		}
		begin = u.chained[0];
		info = u.chained[2] & ~(uint32_t)1;
	}
	return err_new(ERR_CORRUPT, "unwind infos chain for more than %d steps", MAX_CHAIN);
}

struct err *x64_function_at(const struct arch_memory *m, const struct unwind_image *image,
			    uint32_t rva, struct x64_function *ret)
{
	uint32_t words[3], primary;
	bool found;

	TRY(find_entry(m, image, rva, &found, words));
	if (!found)
		return err_new(ERR_NOTFOUND, "no function table entry for RVA 0x%x", rva);
	/* without its unwind info the part is still a part */
	if (err_ignore(find_primary(m, image, words, &primary)))
		primary = words[0];
	*ret = (struct x64_function){ words[0], words[1], words[2], primary };
	return NULL;
}

/* --- codes ----------------------------------------------------------------------- */

static unsigned code_op(const struct unwind_info *u, unsigned i)
{
	return u->codes[2 * i + 1] & 15;
}

static unsigned code_info(const struct unwind_info *u, unsigned i)
{
	return u->codes[2 * i + 1] >> 4;
}

static unsigned code_offset(const struct unwind_info *u, unsigned i)
{
	return u->codes[2 * i];
}

/* The 16-bit (n = 1) or 32-bit (n = 2) operand after code i. */
static uint32_t code_operand(const struct unwind_info *u, unsigned i, unsigned n)
{
	struct cursor c = cursor_init("unwind codes", u->codes, (uint64_t)u->n_codes * 2, 0);

	cursor_seek(&c, 2 * ((uint64_t)i + 1));
	return (uint32_t)cursor_uint(&c, n * 2);
}

/* Slots that code i takes, 0 when it is no code or runs over the end. */
static unsigned code_slots(const struct unwind_info *u, unsigned i)
{
	static const uint8_t slots[] = { 1, 2, 1, 1, 2, 3, 2, 3, 2, 3, 1 };
	unsigned op = code_op(u, i), n;

	if (op >= sizeof(slots))
		return 0;
	n = slots[op];
	if (op == UWOP_ALLOC_LARGE && code_info(u, i))
		n = code_info(u, i) == 1 ? 3 : 0;
	if (op == UWOP_PUSH_MACHFRAME && code_info(u, i) > 1)
		n = 0;
	if (u->version == 2 && op == UWOP_EPILOG)
		n = 1;
	return n <= u->n_codes - i ? n : 0;
}

static struct err *bad_code(const struct unwind_info *u, unsigned i)
{
	return err_new(ERR_CORRUPT, "unwind code %u of %u: bytes %02x %02x", i, u->n_codes,
		       u->codes[2 * i], u->codes[2 * i + 1]);
}

static struct err *pop_to(struct unwind *w, unsigned reg)
{
	uint64_t v;

	TRY(stack_word(w->m, regs_sp(&w->r), 8, &v));
	w->r.v[X64_RSP] += 8;
	if (reg == X64_RSP)	/* pop rsp: not something compilers make */
		return err_new(ERR_CORRUPT, "unwind code restores rsp by a pop");
	regs_set(&w->r, reg, v);
	return NULL;
}

static struct err *load_from_frame(struct unwind *w, unsigned reg, uint64_t offset)
{
	uint64_t v;

	TRY(stack_word(w->m, w->frame + offset, 8, &v));
	if (reg == X64_RSP)
		return err_new(ERR_CORRUPT, "unwind code restores rsp by a load");
	regs_set(&w->r, reg, v);
	return NULL;
}

/* rip, cs, eflags, rsp, ss: what the processor pushed; an error code may lie below. */
static struct err *pop_machine_frame(struct unwind *w, bool error_code)
{
	static const uint8_t order[] = { X64_RIP, X64_CS, X64_EFL, X64_RSP, X64_SS };
	uint64_t at = regs_sp(&w->r) + (error_code ? 8 : 0), v[5];

	for (unsigned i = 0; i < 5; i++)
		TRY(stack_word(w->m, at + 8 * i, 8, &v[i]));
	for (unsigned i = 0; i < 5; i++) {
		bool segment = order[i] == X64_CS || order[i] == X64_SS;

		regs_set(&w->r, order[i], segment ? v[i] & 0xffff : v[i]);
	}
	w->machine_frame = true;
	return NULL;
}

static struct err *set_sp_from_frame(struct unwind *w, const struct unwind_info *u)
{
	if (!u->frame_reg)
		return err_new(ERR_CORRUPT, "unwind code sets a frame register, the header has none");
	if (!regs_has(&w->r, u->frame_reg))
		return err_new(ERR_NOTFOUND, "frame register %s is not known",
			       w->r.arch->regs[u->frame_reg].name);
	w->r.v[X64_RSP] = w->r.v[u->frame_reg] - u->frame_offset;
	return NULL;
}

static struct err *run_code(struct unwind *w, const struct unwind_info *u, unsigned i)
{
	unsigned info = code_info(u, i);

	switch (code_op(u, i)) {
	case UWOP_PUSH_NONVOL:
		return pop_to(w, info);
	case UWOP_ALLOC_LARGE:
		w->r.v[X64_RSP] += info ? code_operand(u, i, 2) : code_operand(u, i, 1) * (uint64_t)8;
		return NULL;
	case UWOP_ALLOC_SMALL:
		w->r.v[X64_RSP] += info * 8 + 8;
		return NULL;
	case UWOP_SET_FPREG:
		return set_sp_from_frame(w, u);
	case UWOP_SAVE_NONVOL:
		return load_from_frame(w, info, code_operand(u, i, 1) * (uint64_t)8);
	case UWOP_SAVE_NONVOL_FAR:
		return load_from_frame(w, info, code_operand(u, i, 2));
	case UWOP_PUSH_MACHFRAME:
		return pop_machine_frame(w, info);
	default:	/* XMM saves, epilog codes */
		return NULL;
	}
}

/* All codes whose instruction is done: those with an offset up to `done`. */
static struct err *run_codes(struct unwind *w, const struct unwind_info *u, unsigned done)
{
	for (unsigned i = 0, n; i < u->n_codes; i += n) {
		n = code_slots(u, i);
		if (!n)
			return bad_code(u, i);
		if (code_offset(u, i) <= done || (u->version == 2 && code_op(u, i) == UWOP_EPILOG))
			TRY(run_code(w, u, i));
	}
	return NULL;
}

/* The prolog up to `done` has made the frame register point to the frame. */
static bool frame_is_set(const struct unwind_info *u, unsigned done)
{
	if (!u->frame_reg)
		return false;
	if ((u->flags & FLAG_CHAININFO) || done >= u->prolog_size)
		return true;
	for (unsigned i = 0, n; i < u->n_codes; i += n) {
		n = code_slots(u, i);
		if (!n)
			return false;
		if (code_op(u, i) == UWOP_SET_FPREG)
			return code_offset(u, i) <= done;
	}
	return false;
}

static struct err *set_frame(struct unwind *w, const struct unwind_info *u, unsigned done)
{
	w->frame = regs_sp(&w->r);
	if (!frame_is_set(u, done))
		return NULL;
	if (!regs_has(&w->r, u->frame_reg))
		return err_new(ERR_NOTFOUND, "frame register %s is not known",
			       w->r.arch->regs[u->frame_reg].name);
	w->frame = w->r.v[u->frame_reg] - u->frame_offset;
	return NULL;
}

/* --- version 2 epilogs --------------------------------------------------------------- */

/* How far into an epilog the instruction pointer is. */
static bool in_listed_epilog(const struct unwind *w, const struct unwind_info *u, uint32_t *ret)
{
	uint32_t size = code_offset(u, 0);

	if (u->version != 2 || !u->n_codes || code_op(u, 0) != UWOP_EPILOG)
		return false;
	for (unsigned i = 0; i < u->n_codes && code_op(u, i) == UWOP_EPILOG; i++) {
		uint32_t back = i ? code_offset(u, i) | code_info(u, i) << 8 : size;

		if (i ? !back : !(code_info(u, 0) & 1))
			continue;
		if (back <= w->words[1] - w->words[0] && w->rva - (w->words[1] - back) < size) {
			*ret = w->rva - (w->words[1] - back);
			return true;
		}
	}
	return false;
}

/*
 * The pops that are still to come: the codes of the pushes in order, each a
 * pop of 1 byte, or 2 for r8 to r15; an 8-byte allocation among them is a push
 * of something that needs no name.
 */
static struct err *run_listed_epilog(struct unwind *w, const struct unwind_info *u, uint32_t into)
{
	bool popping = false;
	uint32_t at = 0;

	for (unsigned i = 0, n; i < u->n_codes; i += n) {
		unsigned op = code_op(u, i), info = code_info(u, i);
		bool push = op == UWOP_PUSH_NONVOL, small = op == UWOP_ALLOC_SMALL && !info;

		n = code_slots(u, i);
		if (!n)
			return bad_code(u, i);
		popping = popping || push;
		if (op == UWOP_PUSH_MACHFRAME)
			return pop_machine_frame(w, info);
		if (!push && !(popping && small))
			continue;
		if (at >= into && push)
			TRY(pop_to(w, info));
		else if (at >= into)
			w->r.v[X64_RSP] += 8;
		at += push && info >= 8 ? 2 : 1;
	}
	return NULL;
}

/* --- one frame -------------------------------------------------------------------------- */

static struct err *run_chain(struct unwind *w, const struct unwind_info *first, unsigned done)
{
	struct unwind_info u = *first;

	TRY(run_codes(w, &u, done));
	for (unsigned n = 0; u.flags & FLAG_CHAININFO; n++) {
		if (n == MAX_CHAIN)
			return err_new(ERR_CORRUPT, "unwind infos chain for more than %d steps",
				       MAX_CHAIN);
		TRY(read_info(w->m, w->image, u.chained[2] & ~(uint32_t)1, &u));
		TRY(run_codes(w, &u, UINT32_MAX));
	}
	return NULL;
}

static struct err *run_function(struct unwind *w)
{
	uint32_t offset = w->rva - w->words[0], into, primary = w->words[0];
	struct unwind_info u;
	bool chained, in_prolog;

	TRY(read_info(w->m, w->image, w->words[2], &u));
	chained = u.flags & FLAG_CHAININFO;
	in_prolog = !chained && offset < u.prolog_size;
	TRY(set_frame(w, &u, offset));
	if (in_listed_epilog(w, &u, &into))
		return run_listed_epilog(w, &u, into);
	if (u.version == 1 && !in_prolog) {
		struct x64_epilog_place p = { .m = w->m, .image = w->image, .begin = w->words[0],
					      .end = w->words[1], .chained = chained,
					      .frame_reg = u.frame_reg };

		if (chained)
			(void)err_ignore(find_primary(w->m, w->image, w->words, &primary));
		p.primary = primary;
		if (x64_run_epilog(&p, &w->r))
			return NULL;
	}
	return run_chain(w, &u, offset);
}

static const uint8_t volatile_regs[] = {
	X64_RAX, X64_RCX, X64_RDX, X64_R8, X64_R9, X64_R10, X64_R11, X64_DR0, X64_DR1, X64_DR2,
	X64_DR3, X64_DR6, X64_DR7, X64_ORIG_RAX,
};

static struct err *finish(struct unwind *w, const struct regs *callee, struct regs *ret_caller,
			  struct unwind_result *ret)
{
	struct unwind_result res = { .trust = TRUST_CFI, .frame = w->frame,
				     .machine_frame = w->machine_frame };

	if (!w->machine_frame) {
		uint64_t ip;

		res.return_slot = regs_sp(&w->r);
		TRY(stack_word(w->m, res.return_slot, 8, &ip));
		w->r.v[X64_RSP] += 8;
		regs_set(&w->r, X64_RIP, ip);
		regs_forget(&w->r, X64_EFL);
	}
	for (size_t i = 0; i < sizeof(volatile_regs); i++)
		regs_forget(&w->r, volatile_regs[i]);
	res.end = !regs_ip(&w->r);
	TRY(unwind_check(callee, &w->r, &res));
	*ret_caller = w->r;
	*ret = res;
	return NULL;
}

struct err *x64_unwind(const struct arch_memory *m, const struct unwind_image *image,
		       bool leaf_allowed, const struct regs *callee, struct regs *ret_caller,
		       struct unwind_result *ret)
{
	struct unwind w = { .m = m, .image = image, .r = *callee };
	bool found;

	if (!regs_has(callee, X64_RIP) || !regs_has(callee, X64_RSP))
		return err_new(ERR_NOTFOUND, "rip or rsp is not known");
	if (regs_ip(callee) - image->base > UINT32_MAX ||
	    (image->size && regs_ip(callee) - image->base >= image->size))
		return err_new(ERR_NOTFOUND, "rip is not in the image");
	w.rva = (uint32_t)(regs_ip(callee) - image->base);
	w.frame = regs_sp(callee);
	TRY(find_entry(m, image, w.rva, &found, w.words));
	if (found)
		TRY(run_function(&w));
	else if (!leaf_allowed)
		return err_new(ERR_NOTFOUND, "no function table entry for RVA 0x%x", w.rva);
	return finish(&w, callee, ret_caller, ret);
}
