/* SPDX-License-Identifier: MIT */
/*
 * The 32-bit half of a WOW64 process in a 64-bit dump.
 *
 * Facts (phnt ntwow64.h, ntpebteb.h; checked on dumps): TEB64.TlsSlots[1]
 * (0x1480 + 8) points to WOW64_CPURESERVED {u16 Flags, u16 Machine}, followed
 * by the 32-bit CONTEXT, at +4 or aligned to 16. Which of the two is told by
 * ContextFlags, whose CONTEXT_i386 bit must be set. TEB32 lies at TEB64 +
 * WowTebOffset (0x180c, signed) on newer systems, at TEB64.Tib.ExceptionList
 * on older; it proves itself by its Self pointer (+0x18).
 */
#include "target/target_impl.h"

enum {
	TEB64_WOW_CPU_AREA = 0x1488,
	TEB64_WOW_TEB_OFFSET = 0x180c,
	TEB32_SELF = 0x18,
	CONTEXT32_SIZE = 716,
	CONTEXT_I386 = 0x10000,
	USER32_CS = 0x23,
};

static bool is_teb32(struct target *t, uint64_t teb32)
{
	uint64_t self;

	return teb32 && teb32 < UINT32_MAX &&
	       arch_read_uint(&t->memory, teb32 + TEB32_SELF, 4, &self) && self == teb32;
}

uint64_t wow_teb32(struct target *t, uint64_t teb)
{
	uint64_t v;

	if (!teb)
		return 0;
	if (arch_read_uint(&t->memory, teb + TEB64_WOW_TEB_OFFSET, 4, &v) && v &&
	    is_teb32(t, teb + (uint64_t)(int64_t)(int32_t)v))
		return teb + (uint64_t)(int64_t)(int32_t)v;
	if (arch_read_uint(&t->memory, teb, 8, &v) && is_teb32(t, v))
		return v;
	return 0;
}

static bool module_says_wow(struct target *t)
{
	const struct dump_module *modules;
	size_t n;

	if (err_ignore(dump_modules(t->dump, &modules, &n)))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_ends_nocase(modules[i].path, "\\wow64cpu.dll") ||
		    str_ends_nocase(modules[i].path, "\\wow64.dll"))
			return true;
	return false;
}

bool target_has_wow(struct target *t)
{
	if (t->has_wow < 0)
		t->has_wow = target_is_windows(t) && t->facts->machine == MACHINE_X64 &&
			     module_says_wow(t);
	return t->has_wow;
}

static bool looks_like_context32(struct target *t, uint64_t address)
{
	uint64_t flags;

	return arch_read_uint(&t->memory, address, 4, &flags) &&
	       (flags & ~(uint64_t)0x7f) == CONTEXT_I386 && flags != CONTEXT_I386;
}

/* The processor runs 32-bit code of the process, which a 64-bit context holds. */
static bool is_wow_code(struct target *t, const struct regs *wide)
{
	return target_is_windows(t) && wide->arch->machine == MACHINE_X64 &&
	       regs_has(wide, X64_CS) && wide->v[X64_CS] == USER32_CS;
}

bool wow_narrow(struct target *t, const struct regs *wide, struct regs *ret)
{
	static const struct {
		uint8_t to, from;
	} map[] = {
		{ X86_EAX, X64_RAX }, { X86_ECX, X64_RCX }, { X86_EDX, X64_RDX },
		{ X86_EBX, X64_RBX }, { X86_ESP, X64_RSP }, { X86_EBP, X64_RBP },
		{ X86_ESI, X64_RSI }, { X86_EDI, X64_RDI }, { X86_EIP, X64_RIP },
		{ X86_EFL, X64_EFL }, { X86_CS, X64_CS },   { X86_SS, X64_SS },
		{ X86_DS, X64_DS },   { X86_ES, X64_ES },   { X86_FS, X64_FS },
		{ X86_GS, X64_GS },
	};

	struct regs r = { .arch = arch_for(MACHINE_X86) };

	if (!is_wow_code(t, wide))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(map); i++)
		if (regs_has(wide, map[i].from))
			regs_set(&r, map[i].to, (uint32_t)wide->v[map[i].from]);
	*ret = r;
	return true;
}

bool thread_runs_wow(struct target *t, struct thread *th)
{
	struct regs wide;

	return th && th->record && t->facts->machine == MACHINE_X64 && target_is_windows(t) &&
	       !err_ignore(thread_regs(t, th, HALF_NATIVE, &wide)) && is_wow_code(t, &wide);
}

struct err *wow_thread_regs(struct target *t, struct thread *th, struct regs *ret)
{
	const struct arch *x86 = arch_for(MACHINE_X86);
	uint8_t bytes[CONTEXT32_SIZE];
	uint64_t area, at;
	struct regs wide;

	/* dumped while it ran 32-bit code: its x64 context is the one */
	if (!err_ignore(thread_regs(t, th, HALF_NATIVE, &wide)) && wow_narrow(t, &wide, ret))
		return NULL;
	if (!th->teb || !arch_read_uint(&t->memory, th->teb + TEB64_WOW_CPU_AREA, 8, &area) || !area)
		return err_new(ERR_NOTFOUND, "thread %u has no 32-bit half in the dump", th->tid);
	at = looks_like_context32(t, area + 4) ? area + 4 : ((area + 4 + 15) & ~(uint64_t)15);
	if (!looks_like_context32(t, at))
		return err_new(ERR_NOTFOUND, "the 32-bit context of thread %u is not where it should be",
			       th->tid);
	if (!arch_read(&t->memory, at, bytes, sizeof(bytes)))
		return err_fault(at);
	return x86->decode(CONTEXT_WIN_X86, bytes, sizeof(bytes), false, ret);
}
