/* SPDX-License-Identifier: MIT */
/*
 * ELF files and modules in memory as a dump gives them: headers, dynamic
 * symbols, build id, call frame information and its expressions, unwinding.
 * The input is taken both as a file and as an image at a base address; libdw
 * is never given any of it (a provider is opened over the image alone).
 */
#include "symbol/demangle.h"
#include "symbol/dwarf_expr.h"
#include "symbol/dwarf_unwind.h"
#include "symbol/elf.h"
#include "symbol/elf_symtab.h"
#include "symbol/provider.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BASE 0x7f0000000ull

struct input {
	const uint8_t *data;
	size_t size;
};

/* The input is all the memory there is: stack, module and all. */
static size_t read_input(void *arg, uint64_t address, void *buf, size_t len)
{
	const struct input *in = arg;
	uint64_t at = address - BASE;

	if (at >= in->size)
		return 0;
	if (len > in->size - at)
		len = in->size - at;
	memcpy(buf, in->data + at, len);
	return len;
}

static void try_symbols(const struct elf_file *f)
{
	struct elf_symtab t = { 0 };
	const struct elf_symbol *s;

	err_free(elf_symtab_add_static(&t, f));
	err_free(elf_symtab_add_dynamic(&t, f));
	elf_symtab_sort(&t);
	for (size_t i = 0; i < t.n && i < 64; i++) {
		(void)elf_symbol_name(&t, &t.v[i]);
		(void)elf_symtab_at(&t, f, t.v[i].rva + t.v[i].size / 2);
	}
	err_free(elf_symtab_named(&t, "main", &s));
	elf_symtab_deinit(&t);
}

/* Addresses to look up: the beginning of each segment and of some in between. */
static void try_rows(const struct elf_file *f)
{
	struct cfi_section s;
	struct cfi_row row;

	if (err_ignore(cfi_init_eh(&s, f)))
		return;
	for (size_t i = 0; i < f->n_segments && i < 8; i++)
		for (uint64_t at = 0; at < 256; at += 17) {
			struct arena a = ARENA_INIT;

			err_free(cfi_row_at(&s, f->segments[i].vaddr + at, &a, &row));
			arena_deinit(&a);
		}
	cfi_deinit(&s);
}

static void try_unwind(struct source *src, struct input *in)
{
	struct arch_memory m = { read_input, in };
	struct provider *p = NULL;
	struct unwind_result r;
	struct regs regs = { .arch = arch_for(MACHINE_X64) }, next;

	if (err_ignore(elf_open(&(struct elf_request){ .image = src, .base = BASE, .no_system_dirs = true }, &p)))
		return;
	for (unsigned i = 0; i < regs.arch->n_regs; i++)
		regs_set(&regs, i, BASE + in->size / 2 + 8 * i);
	for (unsigned i = 0; i < 32; i++) {
		regs_set(&regs, X64_RIP, BASE + i * 64);
		err_free(p->ops->unwind(p, BASE, i & 1, &m, &regs, &next, &r));
	}
	provider_unref(p);
}

static void try_expression(const uint8_t *data, size_t size, struct input *in)
{
	static struct expr_op ops[EXPR_MAX_OPS];
	struct arch_memory m = { read_input, in };
	struct regs regs = { .arch = arch_for(MACHINE_X64) };
	struct expr_context x = {
		.regs = &regs, .memory = &m, .address_size = size & 1 ? 8 : 4, .has_cfa = true, .cfa = BASE,
		.has_frame_base = true, .frame_base = BASE, .has_initial = true, .initial = 1,
	};
	struct expr_result r;
	size_t n;

	for (unsigned i = 0; i < regs.arch->n_regs; i += 2)
		regs_set(&regs, i, BASE + 8 * i);
	if (!err_ignore(expr_decode(cursor_init("fuzz", data, size, 0), x.address_size, ops, &n)))
		expr_evaluate(&x, ops, n, &r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct source *src;
	struct elf_file f;

	if (err_ignore(source_from_memory("fuzz", data, size, &src)))
		return 0;
	if (!err_ignore(elf_file_init(&f, src))) {
		try_symbols(&f);
		try_rows(&f);
		elf_file_deinit(&f);
	}
	if (!err_ignore(elf_image_init(&f, src, BASE))) {
		try_symbols(&f);
		try_rows(&f);
		elf_file_deinit(&f);
	}
	try_unwind(src, &in);
	try_expression(data, size < 256 ? size : 256, &in);
	source_destroy(src);
	return 0;
}
