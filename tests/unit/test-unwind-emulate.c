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

#include "unwind/emulator.h"
#include <unistd.h>

#ifdef HAVE_UNICORN
/* --- one step --------------------------------------------------------------------------- */

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

/* --- building ------------------------------------------------------------------------------ */

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
	struct emu *e = emu_create();
	bool ok;

	EXPECT(e && mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/t.exe", dir);
	ok = build(dir, x64, options) && load_image(e, path) && start(e, x64) && run(e);
	if (ok && e->steps < min_steps)
		ok = false;
	(void)printf("%s %s: %lu instructions, %lu frames\n", x64 ? "x64" : "arm64", options,
		     e->steps, e->frames);
	emu_destroy(e);
	(void)shell("rm -rf %s", dir);
	EXPECT(ok);
}

static void emulate_all(bool x64)
{
	static const char *const options[] = {
		"-O0", "-O1", "-O2", "-Os", "-O2 -fno-omit-frame-pointer",
		"-O2 -mbranch-protection=pac-ret+leaf", "-O0 -mbranch-protection=pac-ret",
	};

	if (!have_tools())
		return;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		/* clang before 16 signs addresses, but its unwind data do not say so */
		if (strstr(options[i], "pac-ret") &&
		    (x64 || !shell("clang -dumpversion | awk -F. '$1 < 16 { exit 1 }'")))
			continue;
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
