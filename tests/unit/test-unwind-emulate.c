/* SPDX-License-Identifier: MIT */
/*
 * The strongest test of the x64 and ARM64 unwinders: real compiled functions
 * (tests/unit/unwind) run on an emulated processor, and after every single
 * instruction, in prologs, bodies and epilogs alike, the stack is unwound to
 * its bottom. What comes out must be what a shadow stack, kept by watching
 * calls and returns, knows: return address, stack pointer and the nonvolatile
 * registers of each caller.
 *
 * Needs clang, lld-link and Unicorn (loaded at run time); skips without them.
 */
#include "test.h"

#include "arch/unwind.h"
#include "base/cursor.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

#if __has_include(<unicorn/unicorn.h>)
#define arm64_reg uc_arm64_reg_tag
#define x86_reg uc_x86_reg_tag
#define arm_reg uc_arm_reg_tag
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <unicorn/unicorn.h>
#pragma GCC diagnostic pop

enum {
	STACK_SIZE = 4 << 20, MAX_IMAGE = 1 << 20, MAX_DEPTH = 32, MAX_STEPS = 200000,
	END = 0x7700000,	/* the return address of the outermost function */
};
#define STACK_BASE 0x10000000ull

static struct {
	void *lib;
	uc_err (*open)(uc_arch arch, uc_mode mode, uc_engine **uc);
	uc_err (*close)(uc_engine *uc);
	uc_err (*reg_read)(uc_engine *uc, int regid, void *value);
	uc_err (*reg_write)(uc_engine *uc, int regid, const void *value);
	uc_err (*mem_map_ptr)(uc_engine *uc, uint64_t address, size_t size, uint32_t perms, void *p);
	uc_err (*emu_start)(uc_engine *uc, uint64_t begin, uint64_t until, uint64_t timeout, size_t n);
} u;

struct shadow {
	uint64_t ret, sp;		/* of the caller, after the call returns */
	uint64_t regs[ARCH_MAX_REGS];	/* at the call */
};

struct emu {
	const struct arch *arch;
	uc_engine *uc;
	struct unwind_image image;
	uint64_t entry;
	uint8_t *bytes, *stack;
	const int *uc_regs;		/* of each index */
	const uint8_t *saved;		/* nonvolatile, ends with ARCH_NO_REG */
	struct shadow shadow[MAX_DEPTH];
	unsigned depth;
	struct regs now;
	unsigned long steps, frames;
};

/* --- memory of the emulated process ------------------------------------------------ */

static size_t read_memory(void *arg, uint64_t address, void *buf, size_t len)
{
	const struct emu *e = arg;
	const uint8_t *from = e->bytes;
	uint64_t base = e->image.base, size = e->image.size;

	if (address >= STACK_BASE && address < STACK_BASE + STACK_SIZE) {
		from = e->stack;
		base = STACK_BASE;
		size = STACK_SIZE;
	}
	if (address < base || address - base >= size)
		return 0;
	if (len > size - (address - base))
		len = (size_t)(size - (address - base));
	memcpy(buf, from + (address - base), len);
	return len;
}

/* --- loading ------------------------------------------------------------------------- */

static bool load_image(struct emu *e, const char *path)
{
	static uint8_t file[MAX_IMAGE];
	struct cursor c;
	unsigned n_sections, opt_size;
	uint64_t pe, size;
	FILE *f = fopen(path, "rb");

	if (!f)
		return false;
	size = fread(file, 1, sizeof(file), f);
	(void)fclose(f);
	c = cursor_init(path, file, size, 0);
	cursor_seek(&c, 0x3c);
	pe = cursor_u32(&c);
	cursor_seek(&c, pe + 6);
	n_sections = cursor_u16(&c);
	cursor_seek(&c, pe + 20);
	opt_size = cursor_u16(&c);
	cursor_seek(&c, pe + 24 + 16);
	e->entry = cursor_u32(&c);
	cursor_seek(&c, pe + 24 + 24);
	e->image.base = cursor_u64(&c);
	e->image.size = MAX_IMAGE;
	cursor_seek(&c, pe + 24 + 112 + 3 * 8);
	e->image.pdata_rva = cursor_u32(&c);
	e->image.pdata_size = cursor_u32(&c);
	e->entry += e->image.base;
	for (unsigned i = 0; i < n_sections; i++) {
		uint64_t rva, raw_size, raw;

		cursor_seek(&c, pe + 24 + opt_size + 40 * (uint64_t)i + 12);
		rva = cursor_u32(&c);
		raw_size = cursor_u32(&c);
		raw = cursor_u32(&c);
		if (!range_in(rva, raw_size, MAX_IMAGE) || !range_in(raw, raw_size, size))
			return false;
		memcpy(e->bytes + rva, file + raw, raw_size);
	}
	return cursor_ok(&c) && e->image.pdata_size;
}

/* --- one step --------------------------------------------------------------------------- */

static void read_regs(struct emu *e)
{
	e->now = (struct regs){ .arch = e->arch };
	for (unsigned i = 0; i < e->arch->n_regs; i++) {
		uint64_t v = 0;

		if (!e->uc_regs[i] || u.reg_read(e->uc, e->uc_regs[i], &v) != UC_ERR_OK)
			continue;
		regs_set(&e->now, i, v);
	}
}

/* Unwinds to the bottom and compares each frame with the shadow stack. */
static bool check_stack(struct emu *e)
{
	struct arch_memory m = { read_memory, e };
	struct regs r = e->now, caller;

	for (unsigned d = e->depth; d-- > 0;) {
		const struct shadow *want = &e->shadow[d];
		struct unwind_result res;
		bool innermost = d == e->depth - 1;
		struct err *err = e->arch->machine == MACHINE_X64
					  ? x64_unwind(&m, &e->image, innermost, &r, &caller, &res)
					  : arm64_unwind(&m, &e->image, innermost, &r, &caller, &res);

		e->frames++;
		if (err) {
			(void)fprintf(stderr, "at 0x%" PRIx64 ", frame %u of 0x%" PRIx64 ": %s\n",
				      regs_ip(&e->now), e->depth - 1 - d, regs_ip(&r), err_message(err));
			err_free(err);
			return false;
		}
		if (regs_ip(&caller) != want->ret || regs_sp(&caller) != want->sp) {
			(void)fprintf(stderr, "at 0x%" PRIx64 ", frame %u of 0x%" PRIx64
				      ": ip 0x%" PRIx64 " sp 0x%" PRIx64 ", expected 0x%" PRIx64
				      " 0x%" PRIx64 "\n", regs_ip(&e->now), e->depth - 1 - d,
				      regs_ip(&r), regs_ip(&caller), regs_sp(&caller), want->ret,
				      want->sp);
			return false;
		}
		for (const uint8_t *s = e->saved; *s != ARCH_NO_REG; s++) {
			if (regs_has(&caller, *s) && caller.v[*s] == want->regs[*s])
				continue;
			(void)fprintf(stderr, "at 0x%" PRIx64 ", frame %u: %s 0x%" PRIx64
				      ", expected 0x%" PRIx64 "\n", regs_ip(&e->now), e->depth - 1 - d,
				      e->arch->regs[*s].name, caller.v[*s], want->regs[*s]);
			return false;
		}
		r = caller;
	}
	return true;
}

static bool push_shadow(struct emu *e, uint64_t ret)
{
	struct shadow *s = &e->shadow[e->depth];

	if (e->depth == MAX_DEPTH)
		return false;
	e->depth++;
	s->ret = ret;
	s->sp = regs_sp(&e->now);
	memcpy(s->regs, e->now.v, sizeof(s->regs));
	return true;
}

/* Runs from the entry to its return; true when every stack was right. */
static bool run(struct emu *e)
{
	uc_err failed = UC_ERR_OK;

	read_regs(e);
	while (regs_ip(&e->now) != END && e->steps++ < MAX_STEPS) {
		struct insn in;
		uint8_t code[16];
		size_t n = read_memory(e, regs_ip(&e->now), code, sizeof(code));

		e->arch->disassemble(code, n, regs_ip(&e->now), NULL, NULL, &in);
		if (!check_stack(e)) {
			(void)fprintf(stderr, "\t%s %s\n", in.mnemonic, in.operands);
			return false;
		}
		if ((in.flags & INSN_CALL) && !push_shadow(e, regs_ip(&e->now) + in.length))
			return false;
		if ((in.flags & INSN_RET) && e->depth-- == 0)
			return false;
		failed = u.emu_start(e->uc, regs_ip(&e->now), 0, 0, 1);
		if (failed != UC_ERR_OK)
			break;
		read_regs(e);
	}
	if (regs_ip(&e->now) != END || e->depth)
		(void)fprintf(stderr, "stopped at 0x%" PRIx64 ", depth %u, Unicorn says %d\n",
			      regs_ip(&e->now), e->depth, (int)failed);
	return regs_ip(&e->now) == END && !e->depth;
}

/* --- machines ---------------------------------------------------------------------------- */

static const int x64_uc[X64_N_REGS] = {
	UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RBX, UC_X86_REG_RSP,
	UC_X86_REG_RBP, UC_X86_REG_RSI, UC_X86_REG_RDI, UC_X86_REG_R8, UC_X86_REG_R9,
	UC_X86_REG_R10, UC_X86_REG_R11, UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14,
	UC_X86_REG_R15, UC_X86_REG_RIP,
};
static const uint8_t x64_saved[] = { X64_RBX, X64_RBP, X64_RSI, X64_RDI, X64_R12, X64_R13,
				     X64_R14, X64_R15, ARCH_NO_REG };

static const int arm64_uc[ARM64_N_REGS] = {
	UC_ARM64_REG_X0, UC_ARM64_REG_X1, UC_ARM64_REG_X2, UC_ARM64_REG_X3, UC_ARM64_REG_X4,
	UC_ARM64_REG_X5, UC_ARM64_REG_X6, UC_ARM64_REG_X7, UC_ARM64_REG_X8, UC_ARM64_REG_X9,
	UC_ARM64_REG_X10, UC_ARM64_REG_X11, UC_ARM64_REG_X12, UC_ARM64_REG_X13, UC_ARM64_REG_X14,
	UC_ARM64_REG_X15, UC_ARM64_REG_X16, UC_ARM64_REG_X17, UC_ARM64_REG_X18, UC_ARM64_REG_X19,
	UC_ARM64_REG_X20, UC_ARM64_REG_X21, UC_ARM64_REG_X22, UC_ARM64_REG_X23, UC_ARM64_REG_X24,
	UC_ARM64_REG_X25, UC_ARM64_REG_X26, UC_ARM64_REG_X27, UC_ARM64_REG_X28, UC_ARM64_REG_X29,
	UC_ARM64_REG_X30, UC_ARM64_REG_SP, UC_ARM64_REG_PC,
};
static const uint8_t arm64_saved[] = { 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, ARM64_X29,
				       ARCH_NO_REG };

static bool start(struct emu *e, bool x64)
{
	static _Alignas(4096) uint8_t last_page[4096];	/* the processor looks where it returns to */
	uint64_t sp = STACK_BASE + STACK_SIZE - 0x1000, end = END, fpen = 3 << 20;

	e->arch = arch_for(x64 ? MACHINE_X64 : MACHINE_ARM64);
	e->uc_regs = x64 ? x64_uc : arm64_uc;
	e->saved = x64 ? x64_saved : arm64_saved;
	if (u.open(x64 ? UC_ARCH_X86 : UC_ARCH_ARM64, x64 ? UC_MODE_64 : UC_MODE_ARM, &e->uc) ||
	    u.mem_map_ptr(e->uc, e->image.base, MAX_IMAGE, UC_PROT_ALL, e->bytes) ||
	    u.mem_map_ptr(e->uc, END, sizeof(last_page), UC_PROT_ALL, last_page) ||
	    u.mem_map_ptr(e->uc, STACK_BASE, STACK_SIZE, UC_PROT_ALL, e->stack))
		return false;
	/* nonvolatile registers start with values that tell them apart */
	for (const uint8_t *s = e->saved; *s != ARCH_NO_REG; s++) {
		uint64_t v = 0x1111111111111111u * (*s & 15) + *s;

		(void)u.reg_write(e->uc, e->uc_regs[*s], &v);
	}
	(void)u.reg_write(e->uc, e->uc_regs[e->arch->sp], &sp);
	(void)u.reg_write(e->uc, e->uc_regs[e->arch->ip], &e->entry);
	read_regs(e);
	e->depth = 1;
	e->shadow[0].ret = END;
	e->shadow[0].sp = sp;
	memcpy(e->shadow[0].regs, e->now.v, sizeof(e->shadow[0].regs));
	if (x64) {
		sp -= 8;
		memcpy(e->stack + (sp - STACK_BASE), &end, 8);
		(void)u.reg_write(e->uc, UC_X86_REG_RSP, &sp);
	} else {
		(void)u.reg_write(e->uc, UC_ARM64_REG_X30, &end);
		(void)u.reg_write(e->uc, UC_ARM64_REG_CPACR_EL1, &fpen);
	}
	return true;
}

/* --- building ------------------------------------------------------------------------------ */

static bool load_unicorn(void)
{
	u.lib = dlopen("libunicorn.so.2", RTLD_NOW);
	if (!u.lib)
		return false;
#define SYM(name) *(void **)&u.name = dlsym(u.lib, "uc_" #name)
	SYM(open);
	SYM(close);
	SYM(reg_read);
	SYM(reg_write);
	SYM(mem_map_ptr);
	SYM(emu_start);
	return u.open && u.close && u.reg_read && u.reg_write && u.mem_map_ptr && u.emu_start;
}

static bool PRINTF(1, 2) shell(const char *fmt, ...)
{
	char cmd[2048];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	return system(cmd) == 0;
}

/* The folder of the sources, beside this file. */
static const char *source_dir(void)
{
	static char dir[512];
	const char *slash = strrchr(__FILE__, '/');

	(void)snprintf(dir, sizeof(dir), "%.*s/unwind", slash ? (int)(slash - __FILE__) : 1,
		       slash ? __FILE__ : ".");
	return dir;
}

static bool build(const char *dir, bool x64, const char *options)
{
	const char *triple = x64 ? "x86_64-pc-windows-msvc" : "aarch64-pc-windows-msvc";
	const char *src = source_dir();

	return shell("clang --target=%s %s -c %s/functions.c -o %s/f.obj", triple, options, src, dir) &&
	       shell("clang --target=%s -c %s/%s.s -o %s/a.obj", triple, src, x64 ? "x64" : "arm64",
		     dir) &&
	       shell("lld-link /nologo /entry:asm_entry /subsystem:console /nodefaultlib "
		     "/out:%s/t.exe %s/f.obj %s/a.obj", dir, dir, dir);
}

static bool have_tools(void)
{
	static int known; /* 1 yes, 2 no */

	if (!known) {
		bool ok = load_unicorn() &&
			  shell("command -v clang >/dev/null && command -v lld-link >/dev/null");

		if (!ok)
			(void)printf("skipped: Unicorn, clang or lld-link is missing\n");
		known = ok ? 1 : 2;
	}
	return known == 1;
}

static void emulate(bool x64, const char *options, unsigned long min_steps)
{
	char dir[] = "/tmp/test-unwind-XXXXXX", path[64];
	struct emu *e = calloc(1, sizeof(*e));
	bool ok;

	EXPECT(e && mkdtemp(dir));
	e->bytes = aligned_alloc(4096, MAX_IMAGE);
	e->stack = aligned_alloc(4096, STACK_SIZE);
	EXPECT(e->bytes && e->stack);
	memset(e->bytes, 0, MAX_IMAGE);
	memset(e->stack, 0xcc, STACK_SIZE);
	(void)snprintf(path, sizeof(path), "%s/t.exe", dir);
	ok = build(dir, x64, options) && load_image(e, path) && start(e, x64) && run(e);
	if (ok && e->steps < min_steps)
		ok = false;
	(void)printf("%s %s: %lu instructions, %lu frames\n", x64 ? "x64" : "arm64", options,
		     e->steps, e->frames);
	if (e->uc)
		(void)u.close(e->uc);
	free(e->bytes);
	free(e->stack);
	free(e);
	(void)shell("rm -rf %s", dir);
	EXPECT(ok);
}

static void emulate_all(bool x64)
{
	static const char *const options[] = {
		"-O0", "-O1", "-O2", "-Os", "-O2 -fno-omit-frame-pointer",
	};

	if (!have_tools())
		return;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		emulate(x64, options[i], 1000);
		if (test_failures)
			return;
	}
}

TEST(x64_every_instruction)
{
	emulate_all(true);
}

TEST(arm64_every_instruction)
{
	emulate_all(false);
}
#else
TEST(x64_every_instruction)
{
	(void)printf("skipped: built without Unicorn's header\n");
}

TEST(arm64_every_instruction)
{
	(void)printf("skipped: built without Unicorn's header\n");
}
#endif

TESTS(x64_every_instruction, arm64_every_instruction)
