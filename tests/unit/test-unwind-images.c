/* SPDX-License-Identifier: MIT */
/*
 * The x64 unwinder against functions of real Windows images, which hold what
 * no compiler at hand makes: version 2 unwind info, separated parts, epilogs
 * through other registers. Each function is entered on an emulated processor
 * with calls stepped over, memory that appears where it is touched, and
 * conditional jumps taken by lot, so that its paths are walked whatever they
 * are for. After each instruction one frame is unwound and must give the
 * return address, stack pointer and nonvolatile registers of the entry.
 *
 * Needs the fixtures and Unicorn; skips without them.
 */
#include "test.h"

#include "fixtures.h"
#include "format/dump.h"
#include "unwind/emulator.h"
#include <inttypes.h>

#ifdef HAVE_UNICORN

enum { MAX_PATH_STEPS = 300, PATHS = 3, MAX_PAGES = 64 };

struct walk {
	struct emu *e;
	struct arch_memory m;
	struct x64_function f;
	uint64_t seed;
	unsigned pages;
	unsigned long checked, v2, functions, wrong;
};

static uint64_t next_random(struct walk *w)
{
	w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
	return w->seed >> 33;
}

/* Memory the function touches appears, zeroed. */
static bool on_fault(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value,
		     void *arg)
{
	struct walk *w = arg;

	return w->pages++ < MAX_PAGES &&
	       u.mem_map(uc, address & ~(uint64_t)0xfff, 0x2000, UC_PROT_ALL) == UC_ERR_OK;
}

static void set_reg(struct emu *e, unsigned reg, uint64_t v)
{
	(void)u.reg_write(e->uc, e->uc_regs[reg], &v);
}

/* The instruction pointer is in the function, separated parts included. */
static bool in_function(struct walk *w, uint64_t ip)
{
	struct x64_function f;
	uint64_t rva = ip - w->e->image.base;

	if (rva >= w->f.begin && rva < w->f.end)
		return true;
	return rva < w->e->image.size &&
	       !err_ignore(x64_function_at(&w->m, &w->e->image, (uint32_t)rva, &f)) &&
	       f.primary_begin == w->f.begin && rva != w->f.begin;
}

/*
 * Functions that cannot be right: entries of the system have a machine frame on
 * the stack, not a return address; RtlRestoreContext loads the registers of
 * somebody else (rsi from CONTEXT + 0xa8); the C run time's memset and memmove
 * of old push without a word in their (empty) unwind info.
 */
static bool is_odd(const struct walk *w)
{
	const uint8_t *info = w->e->bytes + w->f.unwind_info, *code = w->e->bytes + w->f.begin;

	if (!info[2])
		return !memcmp(code, "\x4c\x8b\xd9", 3);
	if (!info[1] && !(info[0] >> 5 & 1))
		return true; /* entered with the frame already there */
	if (memmem(code, w->f.end - w->f.begin, "\x48\x8b\xb1\xa8\x00\x00\x00", 7))
		return true;
	for (unsigned i = 0; i < info[2]; i++)
		if ((info[5 + 2 * i] & 15) == 10)
			return true;
	return false;
}

static bool check(struct walk *w, const struct insn *in)
{
	struct emu *e = w->e;
	const struct shadow *want = &e->shadow[0];
	struct unwind_result res;
	struct regs caller;
	struct err *err = x64_unwind(&w->m, &e->image, false, &e->now, &caller, &res);
	const char *what = "";

	w->checked++;
	if (err)
		what = err_message(err);
	else if (regs_ip(&caller) != want->ret || regs_sp(&caller) != want->sp)
		what = "other return address";
	else
		for (const uint8_t *s = e->saved; *s != ARCH_NO_REG && !*what; s++)
			if (caller.v[*s] != want->regs[*s])
				what = e->arch->regs[*s].name;
	if (*what)
		(void)fprintf(stderr, "function 0x%x at 0x%" PRIx64 ": %s: %s %s\n", w->f.begin,
			      regs_ip(&e->now) - e->image.base, what, in->mnemonic, in->operands);
	err_free(err);
	return !*what;
}

/* false: the unwinder was wrong */
static bool walk_path(struct walk *w)
{
	struct emu *e = w->e;

	read_regs(e);
	for (unsigned n = 0; n < MAX_PATH_STEPS && in_function(w, regs_ip(&e->now)); n++) {
		uint8_t code[16];
		size_t got = read_memory(e, regs_ip(&e->now), code, sizeof(code));
		uint64_t ip = regs_ip(&e->now), after;
		struct insn in;

		e->arch->disassemble(code, got, ip, NULL, NULL, &in);
		after = ip + in.length;
		if (!check(w, &in))
			return false;
		if (in.flags & (INSN_TRAP | INSN_INTERRUPT | INSN_INVALID))
			break;
		if ((in.flags & INSN_CONDITIONAL) && (in.flags & INSN_HAS_TARGET)) {
			set_reg(e, X64_RIP, next_random(w) & 1 ? in.target : after);
		} else if (in.flags & INSN_CALL) {
			/* to a place behind which nothing returns: stop there */
			if (!in_function(w, after))
				break;
			set_reg(e, X64_RIP, after);
			/* what it returned must not be a pointer to the stack; but
			 * the stack probe leaves the size in rax */
			if (e->now.v[X64_RAX] > STACK_BASE - 0x10000)
				set_reg(e, X64_RAX, 0x20000000 + (next_random(w) & 0xff0));
		} else if (u.emu_start(e->uc, ip, 0, 0, 1) != UC_ERR_OK) {
			break;
		}
		read_regs(e);
		/* data led the stack pointer astray (allocation of a garbage size) */
		if (regs_sp(&e->now) < STACK_BASE + 0x1000 || regs_sp(&e->now) > STACK_BASE + STACK_SIZE)
			break;
	}
	return true;
}

static void enter(struct walk *w)
{
	struct emu *e = w->e;
	uint64_t sp = STACK_BASE + STACK_SIZE - 0x8000, end = END;

	memset(e->stack + (sp - STACK_BASE) - 0x4000, 0, 0x8000);
	for (unsigned i = X64_RAX; i <= X64_R15; i++)
		set_reg(e, i, 0x20000000 + 0x1000 * (uint64_t)i + (next_random(w) & 0xff0));
	memcpy(e->stack + (sp - STACK_BASE), &end, 8);
	set_reg(e, X64_RSP, sp);
	set_reg(e, X64_RIP, e->image.base + w->f.begin);
	read_regs(e);
	memcpy(e->shadow[0].regs, e->now.v, sizeof(e->shadow[0].regs));
	e->shadow[0].ret = END;
	e->shadow[0].sp = sp + 8;
}

static bool open_engine(struct walk *w)
{
	bool (*fault)(uc_engine *, uc_mem_type, uint64_t, int, int64_t, void *) = on_fault;
	uc_hook hook;

	if (w->e->uc)
		(void)u.close(w->e->uc);
	w->e->uc = NULL;
	return start(w->e, true) && u.hook_add(w->e->uc, &hook, UC_HOOK_MEM_UNMAPPED,
					       *(void **)&fault, w, 1, 0) == UC_ERR_OK;
}

static bool walk_function(struct walk *w)
{
	for (unsigned p = 0; p < PATHS; p++) {
		w->pages = 0;
		enter(w);
		if (!walk_path(w))
			return false;
	}
	return true;
}

/*
 * Every `stride`-th function, and all with version 2 info. Random data now and
 * then make a function overwrite its own frame, or translated code is stale: a
 * function counts as wrong when it is so again in a fresh engine.
 */
static void walk_image(struct walk *w, unsigned stride)
{
	struct emu *e = w->e;
	struct cursor c = cursor_init("pdata", e->bytes + e->image.pdata_rva, e->image.pdata_size, 0);
	bool ok = open_engine(w);

	w->m = (struct arch_memory){ read_memory, e };
	for (unsigned i = 0; ok && cursor_left(&c) >= 12; i++) {
		bool v2;

		w->f.begin = cursor_u32(&c);
		w->f.end = cursor_u32(&c);
		w->f.unwind_info = cursor_u32(&c);
		if (!w->f.begin || (w->f.unwind_info & 1))
			continue;
		v2 = (e->bytes[w->f.unwind_info] & 7) == 2;
		if (is_odd(w) || (!v2 && i % stride) || (e->bytes[w->f.unwind_info] & 0x20))
			continue; /* parts are reached through their function */
		w->functions++;
		w->v2 += v2;
		if (!walk_function(w)) {
			ok = open_engine(w);
			w->wrong += !ok || !walk_function(w);
		}
	}
}

static bool report(const struct walk *w, const char *name)
{
	(void)printf("%s: %lu functions (%lu of version 2), %lu instructions, %lu functions wrong\n",
		     name, w->functions, w->v2, w->checked, w->wrong);
	return w->functions && !w->wrong;
}

TEST(executables)
{
	static const char *const names[] = {
		"rizinorg-rizin-testbins/pe/microsoft_seh_tests/x64/nested_collided.exe",
		"rizinorg-rizin-testbins/pe/microsoft_seh_tests/x64/xcpt4.exe",
		"rizinorg-rizin-testbins/pe/microsoft_seh_tests/x64/xframe_eh_exe.exe",
		"rizinorg-rizin-testbins/pe/microsoft_seh_tests/x64/xframe_eh_dll.dll",
		"getsentry-symbolic/symbolic-testutils/fixtures/windows/CrashWithException.exe",
		"google-breakpad/src/tools/windows/dump_syms/testdata/dump_syms_regtest64.exe",
		"google-breakpad/src/tools/windows/dump_syms/testdata/pe_only_symbol_test.dll",
	};
	const char *root = fixtures();
	bool ok = true;

	if (!root || !load_unicorn())
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct emu *e = emu_create();
		struct walk w = { .e = e, .seed = 1 };
		char path[8192];

		EXPECT(e);
		(void)snprintf(path, sizeof(path), "%s/%s", root, names[i]);
		if (!load_image(e, path)) {
			(void)printf("skipped: %s is no x64 image with a function table\n", names[i]);
		} else {
			walk_image(&w, 1);
			ok = report(&w, names[i]) && ok;
		}
		emu_destroy(e);
	}
	EXPECT(ok);
}

/* Loads a module as it lay in memory; false when parts are missing. */
static bool load_module(struct emu *e, struct dump *d, const struct dump_module *mod)
{
	const struct dump_segment *segs;
	unsigned n_sections;
	uint64_t got = 0;
	struct cursor c;
	size_t n;

	if (mod->size > MAX_IMAGE || err_ignore(dump_segments(d, &segs, &n)))
		return false;
	for (size_t i = 0; i < n; i++) {
		uint64_t from = segs[i].address < mod->base ? mod->base : segs[i].address;
		uint64_t to = segs[i].address + segs[i].file_size;
		struct dump_piece piece;

		if (to > mod->base + mod->size)
			to = mod->base + mod->size;
		if (from >= to)
			continue;
		piece = (struct dump_piece){ segs[i].offset + (from - segs[i].address), to - from };
		if (err_ignore(dump_read_piece(d, piece, e->bytes + (from - mod->base),
					       (size_t)(to - from))))
			return false;
		got += to - from;
	}
	c = cursor_init("module", e->bytes, mod->size, 0);
	(void)read_headers(e, &c, &n_sections);
	e->image.base = mod->base;
	return got == mod->size && cursor_ok(&c) && e->image.pdata_size;
}

static bool walk_modules(struct dump *d, unsigned long *ret_v2)
{
	const struct dump_module *mods;
	bool ok = true;
	size_t n;

	if (err_ignore(dump_modules(d, &mods, &n)))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct emu *e = emu_create();
		struct walk w = { .e = e, .seed = 7 };

		if (e && load_module(e, d, &mods[i])) {
			walk_image(&w, 40);
			ok = report(&w, mods[i].path) && ok;
			*ret_v2 += w.v2;
		}
		emu_destroy(e);
	}
	return ok;
}

TEST(modules_of_a_dump)
{
	const char *root = fixtures();
	struct dump *d = NULL;
	unsigned long v2 = 0;
	char path[8192];
	bool ok;

	if (!root || !load_unicorn())
		return;
	(void)snprintf(path, sizeof(path), "%s/ivellioscolin-kdlibcpp/kdlib/tests/dumps/"
		       "targetapp_stacktest_x64_release/targetapp_stacktest_x64_release.x/"
		       "targetapp_stacktest_x64_release.dmp", root);
	if (access(path, R_OK)) {
		(void)printf("skipped: %s is missing\n", path);
		return;
	}
	EXPECT_OK(dump_open(path, NULL, &d));
	ok = walk_modules(d, &v2);
	dump_unref(d);
	EXPECT(ok);
	EXPECT(v2 > 50);
}

TESTS(executables, modules_of_a_dump)
#else
TEST(skipped)
{
	(void)printf("skipped: built without Unicorn's header\n");
}

TESTS(skipped)
#endif
