/* SPDX-License-Identifier: MIT */
/*
 * An emulated processor over a loaded image, for tests of the unwinders:
 * Unicorn, loaded at run time. HAVE_UNICORN says whether its header was there
 * to build with; load_unicorn() whether the library is.
 */
#ifndef OSM_TEST_UNWIND_EMULATOR_H
#define OSM_TEST_UNWIND_EMULATOR_H

#include "arch/unwind.h"
#include "base/cursor.h"
#include <stdlib.h>
#include <string.h>

#if __has_include(<unicorn/unicorn.h>)
#define HAVE_UNICORN 1
#include <dlfcn.h>
/* Its enum tags are arch.h's too. */
#define arm64_reg uc_arm64_reg_tag
#define x86_reg uc_x86_reg_tag
#define arm_reg uc_arm_reg_tag
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <unicorn/unicorn.h>
#pragma GCC diagnostic pop

enum {
	STACK_SIZE = 4 << 20, MAX_IMAGE = 4 << 20, MAX_DEPTH = 32, MAX_STEPS = 200000,
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
	uc_err (*mem_map)(uc_engine *uc, uint64_t address, size_t size, uint32_t perms);
	uc_err (*hook_add)(uc_engine *uc, uc_hook *hh, int type, void *callback, void *arg,
			   uint64_t begin, uint64_t end, ...);
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
	uint8_t *live;			/* the processor's copy of bytes: it may write */
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

/* What the headers of an image say; returns where its section table starts. */
static uint64_t read_headers(struct emu *e, struct cursor *c, unsigned *ret_sections)
{
	uint64_t pe;
	unsigned opt_size;

	cursor_seek(c, 0x3c);
	pe = cursor_u32(c);
	cursor_seek(c, pe + 6);
	*ret_sections = cursor_u16(c);
	cursor_seek(c, pe + 20);
	opt_size = cursor_u16(c);
	cursor_seek(c, pe + 24 + 16);
	e->entry = cursor_u32(c);
	cursor_seek(c, pe + 24 + 24);
	e->image.base = cursor_u64(c);
	e->image.size = MAX_IMAGE;
	cursor_seek(c, pe + 24 + 112 + 3 * 8);
	e->image.pdata_rva = cursor_u32(c);
	e->image.pdata_size = cursor_u32(c);
	e->entry += e->image.base;
	return pe + 24 + opt_size;
}

static bool load_image(struct emu *e, const char *path)
{
	static uint8_t file[MAX_IMAGE];
	struct cursor c;
	unsigned n_sections;
	uint64_t sections, size;
	FILE *f = fopen(path, "rb");

	if (!f)
		return false;
	size = fread(file, 1, sizeof(file), f);
	(void)fclose(f);
	c = cursor_init(path, file, size, 0);
	sections = read_headers(e, &c, &n_sections);
	for (unsigned i = 0; i < n_sections; i++) {
		uint64_t rva, raw_size, raw;

		cursor_seek(&c, sections + 40 * (uint64_t)i + 12);
		rva = cursor_u32(&c);
		raw_size = cursor_u32(&c);
		raw = cursor_u32(&c);
		if (!range_in(rva, raw_size, MAX_IMAGE) || !range_in(raw, raw_size, size))
			return false;
		memcpy(e->bytes + rva, file + raw, raw_size);
	}
	return cursor_ok(&c) && e->image.pdata_size;
}

/* --- registers ---------------------------------------------------------------------- */

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

/* Maps memory, sets registers, and puts the outermost return address in place. */
static bool start(struct emu *e, bool x64)
{
	static _Alignas(4096) uint8_t last_page[4096];	/* the processor looks where it returns to */
	uint64_t sp = STACK_BASE + STACK_SIZE - 0x1000, end = END, fpen = 3 << 20;

	e->arch = arch_for(x64 ? MACHINE_X64 : MACHINE_ARM64);
	e->uc_regs = x64 ? x64_uc : arm64_uc;
	e->saved = x64 ? x64_saved : arm64_saved;
	memcpy(e->live, e->bytes, MAX_IMAGE);
	if (u.open(x64 ? UC_ARCH_X86 : UC_ARCH_ARM64, x64 ? UC_MODE_64 : UC_MODE_ARM, &e->uc) ||
	    u.mem_map_ptr(e->uc, e->image.base, MAX_IMAGE, UC_PROT_ALL, e->live) ||
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
	SYM(mem_map);
	SYM(hook_add);
	SYM(emu_start);
	return u.open && u.close && u.reg_read && u.reg_write && u.mem_map_ptr &&
	       u.mem_map && u.hook_add && u.emu_start;
}


static struct emu *emu_create(void)
{
	struct emu *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->bytes = aligned_alloc(4096, MAX_IMAGE);
	e->stack = aligned_alloc(4096, STACK_SIZE);
	e->live = aligned_alloc(4096, MAX_IMAGE);
	if (!e->bytes || !e->stack || !e->live)
		return NULL;
	memset(e->bytes, 0, MAX_IMAGE);
	memset(e->stack, 0xcc, STACK_SIZE);
	return e;
}

static void emu_destroy(struct emu *e)
{
	if (!e)
		return;
	if (e->uc)
		(void)u.close(e->uc);
	free(e->bytes);
	free(e->stack);
	free(e->live);
	free(e);
}
#endif
#endif
