/* SPDX-License-Identifier: MIT */
/* A Breakpad symbol file from the fuzzer: everything is asked of it. */
#include "base/arena.h"
#include "symbol/breakpad.h"

#include <string.h>

static size_t read_zero(void *arg, uint64_t address, void *buf, size_t len)
{
	memset(buf, (int)(address & 0x70), len);
	return address < 0x1000 ? 0 : len;
}

static bool see_symbol(void *arg, const struct symbol *s)
{
	unsigned *n = arg;

	return ++*n < 1000;
}

static bool see_line(void *arg, const struct source_line *l)
{
	unsigned *n = arg;

	return ++*n < 1000;
}

static void unwind(struct provider *p, uint64_t rva)
{
	static const struct arch arches[] = {
		{ .machine = MACHINE_X64, .pointer_size = 8, .ip = X64_RIP, .sp = X64_RSP },
		{ .machine = MACHINE_X86, .pointer_size = 4, .ip = X86_EIP, .sp = X86_ESP },
		{ .machine = MACHINE_ARM64, .pointer_size = 8, .ip = ARM64_PC, .sp = ARM64_SP },
		{ .machine = MACHINE_ARM, .pointer_size = 4, .ip = ARM_PC, .sp = ARM_SP },
	};
	struct arch_memory m = { read_zero, NULL };

	for (unsigned i = 0; i < 4; i++) {
		struct regs callee = { .arch = &arches[i] }, caller;
		struct unwind_result u;

		for (unsigned k = 0; k < 32; k++)
			regs_set(&callee, k, 0x2000 + 8 * k);
		regs_set(&callee, arches[i].ip, rva);
		(void)err_ignore(p->ops->unwind(p, 0, true, &m, &callee, &caller, &u));
	}
}

static void ask(struct provider *p, uint64_t rva)
{
	struct arena a = ARENA_INIT;
	struct inline_site *sites;
	struct x86_frame_data d;
	struct source_line l;
	struct symbol s;
	uint32_t params;
	size_t n;

	(void)err_ignore(p->ops->symbol_at(p, rva, &s));
	(void)err_ignore(p->ops->line_at(p, rva, &l));
	(void)err_ignore(p->ops->inlines_at(p, rva, &a, &sites, &n));
	(void)err_ignore(p->ops->x86_frame(p, rva, &d));
	(void)err_ignore(breakpad_param_size(p, rva, &params));
	unwind(p, rva);
	arena_deinit(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t rvas[] = { 0, 1, 0x10, 0x100, 0x1000, 0x1004, 0x1108, 0x15b84, UINT64_MAX };
	struct source *src = NULL;
	struct provider *p = NULL;
	unsigned symbols = 0, lines = 0;
	struct symbol s;

	if (err_ignore(source_from_memory("fuzz", data, size, &src)))
		return 0;
	if (err_ignore(breakpad_open_source(src, &p))) {
		source_destroy(src);
		return 0;
	}
	for (size_t i = 0; i < sizeof(rvas) / sizeof(rvas[0]); i++)
		ask(p, rvas[i]);
	(void)err_ignore(p->ops->symbol_named(p, "main", &s));
	(void)err_ignore(p->ops->symbols(p, "*a*", see_symbol, &symbols));
	(void)err_ignore(p->ops->line_named(p, "a.c", 35, see_line, &lines));
	provider_unref(p);
	return 0;
}
