/* SPDX-License-Identifier: MIT */
/*
 * Unwinding without unwind data: by frame pointers, and by looking for return
 * addresses on the stack.
 *
 * Frame records: x86 and x64 [fp] saved fp, [fp+word] return address; ARM64 the
 * same at x29 (AAPCS64, 6.4.6), the return address possibly signed; ARM at r11
 * (Windows, clang), at r7 (Thumb of Apple and clang), or at r11 with the return
 * address in [fp] and the saved fp below it (GCC).
 */
#include "arch/unwind_impl.h"

#include <inttypes.h>
#include <string.h>

/* A caller's frame may be this far up and no farther: 8 MB stacks are usual. */
enum { MAX_FRAME = 16 << 20 };

struct record {
	uint8_t fp;		/* register */
	int8_t fp_at, ra_at;	/* from what it points to */
};

/* --- frame pointers ------------------------------------------------------------------ */

static struct err *try_record(const struct arch_memory *m, const struct regs *callee,
			      const struct record *rec, struct regs *ret_caller,
			      struct unwind_result *ret)
{
	const struct arch *arch = callee->arch;
	unsigned word = arch->pointer_size;
	uint64_t fp = callee->v[rec->fp], sp = regs_sp(callee), saved, ip;
	struct unwind_result res = { .trust = TRUST_FRAME_POINTER, .frame = fp };
	struct regs r = { .arch = arch };
	int8_t low = rec->fp_at < 0 ? rec->fp_at : 0;

	if (!regs_has(callee, rec->fp) || !regs_has(callee, arch->sp))
		return err_new(ERR_NOTFOUND, "%s or the stack pointer is not known",
			       arch->regs[rec->fp].name);
	if (fp % word || fp + (uint64_t)(int64_t)low < sp || fp - sp > MAX_FRAME)
		return err_new(ERR_CORRUPT, "%s 0x%" PRIx64 " is no frame above 0x%" PRIx64,
			       arch->regs[rec->fp].name, fp, sp);
	TRY(stack_word(m, fp + (uint64_t)(int64_t)rec->fp_at, word, &saved));
	TRY(stack_word(m, fp + (uint64_t)(int64_t)rec->ra_at, word, &ip));
	if (arch->machine == MACHINE_ARM64)
		ip = arm64_strip(ip, regs_ip(callee) | sp);
	if (arch->machine == MACHINE_ARM)
		ip &= ~(uint64_t)1;
	regs_set(&r, arch->ip, ip);
	regs_set(&r, rec->fp, saved);
	regs_set(&r, arch->sp, fp + (uint64_t)(rec->ra_at > rec->fp_at ? rec->ra_at : rec->fp_at) +
				       word);
	res.return_slot = fp + (uint64_t)(int64_t)rec->ra_at;
	res.end = !ip;
	TRY(unwind_check(callee, &r, &res));
	*ret_caller = r;
	*ret = res;
	return NULL;
}

/* ARM code does not say which record it keeps: the first that leads to a
 * plausible caller counts. */
static struct err *arm_fp_unwind(const struct arch_memory *m, const struct regs *callee,
				 struct regs *ret_caller, struct unwind_result *ret)
{
	static const struct record kinds[] = {
		{ ARM_R11, 0, 4 }, { ARM_R0 + 7, 0, 4 }, { ARM_R11, -4, 0 },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct unwind_result res;
		struct regs r;
		uint64_t fp = callee->v[kinds[i].fp], byte;

		if (err_ignore(try_record(m, callee, &kinds[i], &r, &res)))
			continue;
		/* the outermost record holds zeros; else the chain goes up and
		 * the return address is not on this stack */
		if (res.end && r.v[kinds[i].fp])
			continue;
		if (!res.end && (r.v[kinds[i].fp] <= fp || r.v[kinds[i].fp] - fp > MAX_FRAME))
			continue;
		if (!res.end && (regs_ip(&r) - regs_sp(callee) < MAX_FRAME ||
				 !arch_read_uint(m, r.v[kinds[i].fp], 1, &byte)))
			continue;
		*ret_caller = r;
		*ret = res;
		return NULL;
	}
	return err_new(ERR_NOTFOUND, "neither r11 nor r7 points to a frame");
}

/*
 * x86 functions that align their stack (GCC: push [ecx-4]; push ebp. Visual C++:
 * by ebx) copy the return address to where a frame pointer's record has it. The
 * original stands a few words above; a frame of a recursion has its saved ebp
 * right below instead, which the record points to.
 */
static void undo_realignment(const struct arch_memory *m, struct regs *caller, struct unwind_result *res)
{
	enum { ALIGNMENT = 8, MAX_GAP = 20 };
	uint64_t copy = res->return_slot, word;

	if ((copy + 4) % ALIGNMENT || res->end)
		return;
	for (uint64_t at = copy + 4; at <= copy + 4 + MAX_GAP; at += 4) {
		if (!arch_read_uint(m, at, 4, &word))
			return;
		if (word != regs_ip(caller))
			continue;
		if (!regs_has(caller, X86_EBP) || caller->v[X86_EBP] <= at)
			return;
		regs_set(caller, X86_ESP, at + 4);
		res->return_slot = at;
		return;
	}
}

struct err *fp_unwind(const struct arch_memory *m, const struct regs *callee,
		      struct regs *ret_caller, struct unwind_result *ret)
{
	const struct arch *arch = callee->arch;
	struct record rec = { arch->fp, 0, (int8_t)arch->pointer_size };

	if (arch->machine == MACHINE_ARM)
		return arm_fp_unwind(m, callee, ret_caller, ret);
	if (arch->machine != MACHINE_X86 && arch->machine != MACHINE_X64 &&
	    arch->machine != MACHINE_ARM64)
		return err_new(ERR_UNSUPPORTED, "frame records of %s are not known", arch->name);
	TRY(try_record(m, callee, &rec, ret_caller, ret));
	if (arch->machine == MACHINE_X86)
		undo_realignment(m, ret_caller, ret);
	return NULL;
}

/* --- scan ------------------------------------------------------------------------------- */

/* The callee's prolog pushed the caller's frame pointer next to the return
 * address; or it left the register alone. */
static void guess_fp(const struct arch_memory *m, const struct regs *callee, uint64_t slot,
		     struct regs *r)
{
	const struct arch *arch = callee->arch;
	unsigned word = arch->pointer_size;
	bool link = arch->ra != ARCH_NO_REG;	/* record in the order of the push: fp, lr */
	uint64_t saved, now = callee->v[arch->fp];

	if (arch_read_uint(m, slot - word, word, &saved) && saved > slot &&
	    saved - slot < MAX_FRAME / 128 && saved % word == 0)
		regs_set(r, arch->fp, saved);
	else if (!link && regs_has(callee, arch->fp) && now > slot && now - slot < MAX_FRAME)
		regs_set(r, arch->fp, now);
}

struct err *scan_unwind(const struct arch_memory *m, const struct regs *callee, unsigned max_words,
			return_address_test *is_return, void *arg, struct regs *ret_caller,
			struct unwind_result *ret)
{
	const struct arch *arch = callee->arch;
	unsigned word = arch->pointer_size;
	uint64_t at;

	if (!regs_has(callee, arch->sp))
		return err_new(ERR_NOTFOUND, "the stack pointer is not known");
	at = (regs_sp(callee) + word - 1) & ~(uint64_t)(word - 1);
	for (unsigned i = 0; i < max_words; i++, at += word) {
		struct regs r = { .arch = arch };
		uint64_t v;

		if (!arch_read_uint(m, at, word, &v))
			break;
		if (arch->machine == MACHINE_ARM64)
			v = arm64_strip(v, regs_ip(callee) | regs_sp(callee));
		if (!v || !is_return(arg, v))
			continue;
		regs_set(&r, arch->ip, arch->machine == MACHINE_ARM ? v & ~(uint64_t)1 : v);
		regs_set(&r, arch->sp, at + word);
		guess_fp(m, callee, at, &r);
		*ret = (struct unwind_result){ .trust = TRUST_SCAN, .frame = at - word,
					       .return_slot = at };
		*ret_caller = r;
		return NULL;
	}
	return err_new(ERR_NOTFOUND, "no return address in %u words from 0x%" PRIx64, max_words,
		       regs_sp(callee));
}

/* --- calls -------------------------------------------------------------------------------- */

static bool after_call_arm64(const struct arch_memory *m, uint64_t address)
{
	uint64_t w;

	if (address % 4 || address < 4 || !arch_read_uint(m, address - 4, 4, &w))
		return false;
	return (w & 0xfc000000) == 0x94000000 ||	/* bl */
	       (w & 0xfefff000) == 0xd63f0000;		/* blr, blraa, blrab */
}

/* Bit 0 of a return address says Thumb. */
static bool after_call_arm(const struct arch_memory *m, uint64_t address)
{
	bool thumb = address & 1;
	uint64_t w, half;

	address &= ~(uint64_t)1;
	if (address < 4)
		return false;
	if (!thumb)
		return address % 4 == 0 && arch_read_uint(m, address - 4, 4, &w) &&
		       ((w & 0x0f000000) == 0x0b000000 ||	/* bl */
			(w & 0xfe000000) == 0xfa000000 ||	/* blx label */
			(w & 0x0ffffff0) == 0x012fff30);	/* blx reg */
	if (arch_read_uint(m, address - 2, 2, &half) && (half & 0xff87) == 0x4780) /* blx reg */
		return true;
	return arch_read_uint(m, address - 4, 4, &w) &&
	       (w & 0xc000f800) == 0xc000f000; /* bl, blx label: two halves */
}

static bool after_call_x86(const struct arch *arch, const struct arch_memory *m, uint64_t address)
{
	/* e8 rel32, 9a ptr16:32, ff /2 with all its forms and REX: 2 to 8 bytes */
	for (unsigned n = 2; n <= 8 && n <= address; n++) {
		uint8_t b[8];
		struct insn in;

		if (!arch_read(m, address - n, b, n))
			return false;
		if (b[0] != 0xe8 && b[0] != 0xff && b[0] != 0x9a && (b[0] & 0xf0) != 0x40)
			continue;
		arch->disassemble(b, n, address - n, NULL, NULL, &in);
		if (in.length == n && (in.flags & INSN_CALL))
			return true;
	}
	return false;
}

bool after_call(const struct arch *arch, const struct arch_memory *m, uint64_t address)
{
	if (arch->machine == MACHINE_X86 || arch->machine == MACHINE_X64)
		return after_call_x86(arch, m, address);
	if (arch->machine == MACHINE_ARM64)
		return after_call_arm64(m, address);
	return arch->machine == MACHINE_ARM && after_call_arm(m, address);
}
