/* SPDX-License-Identifier: MIT */
/*
 * Tables of names in hostile memory: found by looking, or where the input says they
 * are. Input: one byte of flags, seven 32-bit offsets (names, num_syms, token_table,
 * token_index, offsets, relative_base, end), then the kernel's image. Odd flags: a
 * module's table with its symbols' number, strings and letters.
 */
#include "base/cursor.h"
#include "symbol/kallsyms.h"

#include <stdlib.h>
#include <string.h>

#define BASE 0xffffffff81000000ull
enum { SCAN = 2, PLACES = 7, LOOKUPS = 64, MAX_READS = 2000000 };

struct world {
	const uint8_t *data;
	uint64_t size;
	unsigned long reads;
};

static size_t read_world(void *arg, uint64_t address, void *buf, size_t len)
{
	struct world *w = arg;

	if (++w->reads > MAX_READS)
		abort(); /* unbounded work */
	if (address < BASE || address - BASE >= w->size)
		return 0;
	if (len > w->size - (address - BASE))
		len = (size_t)(w->size - (address - BASE));
	memcpy(buf, w->data + (address - BASE), len);
	return len;
}

static bool visit(void *arg, const struct symbol *s)
{
	if (!s->name[0])
		abort();
	return ++*(unsigned *)arg < LOOKUPS;
}

static void look_up(struct provider *p, uint64_t size)
{
	struct symbol s;
	unsigned n = 0;

	for (uint64_t i = 0; i < LOOKUPS; i++)
		if (!err_ignore(p->ops->symbol_at(p, size / LOOKUPS * i, &s)) &&
		    (!s.name[0] || s.rva > size / LOOKUPS * i))
			abort();
	if (!err_ignore(p->ops->symbol_named(p, "init_task", &s)) && strcmp(s.name, "init_task") != 0)
		abort();
	(void)err_ignore(p->ops->symbols(p, "*", visit, &n));
}

static struct err *open_kernel(struct world *w, unsigned flags, const uint32_t at[PLACES], struct provider **ret)
{
	struct kallsyms_input in = { .memory = { read_world, w }, .base = BASE, .end = BASE + at[6] };

	if (!(flags & SCAN)) {
		in.names = BASE + at[0];
		in.num_syms = BASE + at[1];
		in.token_table = BASE + at[2];
		in.token_index = BASE + at[3];
		in.offsets = at[4] ? BASE + at[4] : 0;
		in.relative_base = BASE + at[5];
	}
	return kallsyms_open(&in, ret);
}

static struct err *open_module(struct world *w, const uint32_t at[PLACES], struct provider **ret)
{
	struct kallsyms_module_input in = {
		.memory = { read_world, w }, .name = "fuzz", .base = BASE, .size = at[6], .symtab = BASE + at[0],
		.num_symtab = at[1], .strtab = BASE + at[2], .typetab = at[3] ? BASE + at[3] : 0,
	};

	return kallsyms_open_module(&in, ret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_init("input", data, size, 0);
	struct provider *p = NULL;
	struct world w = { 0 };
	uint32_t at[PLACES];
	unsigned flags = cursor_u8(&c);

	for (unsigned i = 0; i < PLACES; i++)
		at[i] = cursor_u32(&c);
	if (!cursor_ok(&c))
		return 0;
	w.size = cursor_left(&c);
	w.data = cursor_bytes(&c, w.size);
	if (at[6] > 16 << 20)
		at[6] = 16 << 20;
	if (!err_ignore(flags & 1 ? open_module(&w, at, &p) : open_kernel(&w, flags, at, &p)))
		look_up(p, at[6]);
	provider_unref(p);
	return 0;
}
