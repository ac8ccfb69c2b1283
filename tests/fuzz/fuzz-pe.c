/* SPDX-License-Identifier: MIT */
/* A PE image from the fuzzer, as file or as memory: everything is asked of it. */
#include "base/arena.h"
#include "symbol/pe.h"

#include <stdlib.h>

static bool see_export(void *arg, const struct pe_export *e)
{
	unsigned *n = arg;

	return ++*n < 10000;
}

static bool see_import(void *arg, const struct pe_import *i)
{
	unsigned *n = arg;

	return ++*n < 10000;
}

static bool see_symbol(void *arg, const struct symbol *s)
{
	unsigned *n = arg;

	return ++*n < 1000;
}

static void ask_provider(struct pe *pe)
{
	struct provider *p = NULL;
	struct symbol s;
	unsigned n = 0;

	if (err_ignore(pe_export_provider(pe, /* own= */ false, &p)))
		return;
	for (uint64_t rva = 0; rva < 0x10000; rva += 0x777)
		(void)err_ignore(p->ops->symbol_at(p, rva, &s));
	(void)err_ignore(p->ops->symbol_named(p, "alpha", &s));
	(void)err_ignore(p->ops->symbols(p, "*a*", see_symbol, &n));
	provider_unref(p);
}

static void ask_image(struct pe *pe, uint64_t base)
{
	struct pe_image *im = NULL;
	const struct space_range *r;
	uint8_t buf[512];
	size_t n;

	if (err_ignore(pe_image_create(pe, base, 0, &im)))
		return;
	r = pe_image_ranges(im, &n);
	for (size_t i = 0; i < n && i < 64; i++) {
		size_t len = r[i].size < sizeof(buf) ? (size_t)r[i].size : sizeof(buf);

		if (r[i].src)
			(void)source_read_some(r[i].src, r[i].offset, buf, len);
	}
	pe_image_destroy(im);
}

static void ask_tables(struct pe *pe)
{
	const struct pe_debug_entry *d;
	const struct pe_version *v;
	struct pe_load_config lc;
	struct pe_codeview cv;
	struct pe_tls tls;
	unsigned exports = 0, imports = 0;
	const char *dll;
	size_t n;

	(void)err_ignore(pe_debug_entries(pe, &d, &n));
	(void)err_ignore(pe_codeview(pe, &cv));
	(void)err_ignore(pe_exports(pe, see_export, &exports));
	(void)err_ignore(pe_export_dll_name(pe, &dll));
	(void)err_ignore(pe_imports(pe, see_import, &imports));
	(void)err_ignore(pe_version(pe, &v));
	(void)err_ignore(pe_load_config(pe, &lc));
	(void)err_ignore(pe_tls(pe, &tls));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int layout = PE_FILE; layout <= PE_MEMORY; layout++) {
		struct source *src = NULL;
		struct pe *pe = NULL;

		if (err_ignore(source_from_memory("fuzz", data, size, &src)))
			return 0;
		if (err_ignore(pe_open(src, (enum pe_layout)layout, &pe))) {
			source_destroy(src);
			continue;
		}
		ask_tables(pe);
		ask_provider(pe);
		ask_image(pe, 0x7ff812340000);
		pe_destroy(pe);
	}
	return 0;
}
