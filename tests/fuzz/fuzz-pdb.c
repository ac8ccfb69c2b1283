/* SPDX-License-Identifier: MIT */
/* A PDB from the fuzzer: everything is asked of it. */
#include "base/arena.h"
#include "symbol/pdb.h"
#include "symbol/undecorate.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_SEEN = 2000, STEP = 0x29, END = 0x3400 };

static bool see_symbol(void *arg, const struct symbol *s)
{
	unsigned *n = arg;

	return strlen(s->name) < SIZE_MAX && ++*n < MAX_SEEN;
}

static bool see_line(void *arg, const struct source_line *l)
{
	unsigned *n = arg;

	return ++*n < MAX_SEEN;
}

static bool see_type(void *arg, struct type_ref t, const char *name)
{
	struct type_info info;
	unsigned *n = arg;

	(void)err_ignore(type_strip(t, &t, &info));
	return ++*n < MAX_SEEN;
}

static size_t read_memory(void *arg, uint64_t address, void *buf, size_t len)
{
	memset(buf, 0x41, len);
	return len;
}

static void ask_address(struct provider *p, uint64_t rva)
{
	static const struct arch arch = { .name = "any" };
	struct regs regs = { .arch = &arch, .valid = UINT64_MAX };
	struct arch_memory memory = { read_memory, NULL };
	struct frame_context f = { .rva = rva, .regs = &regs, .memory = &memory, .frame_base = 0x1000 };
	struct x86_frame_data frame;
	struct inline_site *sites;
	struct arena a = ARENA_INIT;
	struct source_line line;
	struct variable *v;
	struct symbol s;
	size_t n, n_sites;

	(void)err_ignore(p->ops->symbol_at(p, rva, &s));
	(void)err_ignore(p->ops->line_at(p, rva, &line));
	(void)err_ignore(p->ops->x86_frame(p, rva, &frame));
	(void)err_ignore(p->ops->locals(p, &f, &a, &v, &n));
	f.frame_base = 0;
	if (!err_ignore(p->ops->inlines_at(p, rva, &a, &sites, &n_sites)))
		for (size_t i = 0; i < n_sites; i++) {
			f.scope = sites[i].scope;
			(void)err_ignore(p->ops->locals(p, &f, &a, &v, &n));
		}
	arena_deinit(&a);
}

static void ask_type(struct provider *p, uint64_t id)
{
	struct arena a = ARENA_INIT;
	struct type_enumerator *e;
	struct type_member *m;
	struct type_ref *params;
	struct type_info info;
	size_t n;

	(void)err_ignore(p->ops->type_info(p, id, &info));
	(void)err_ignore(p->ops->type_members(p, id, &a, &m, &n));
	(void)err_ignore(p->ops->type_enumerators(p, id, &a, &e, &n));
	(void)err_ignore(p->ops->type_params(p, id, &a, &params, &n));
	arena_deinit(&a);
}

static void ask(struct provider *p)
{
	struct pdb_identity id = pdb_identity(p);
	struct type_ref t;
	struct symbol s;
	unsigned n = 0;

	(void)pdb_matches(p, id.guid, id.age);
	/* the code of small programs, and some of what is behind it */
	for (uint64_t rva = 0xff0; rva < 0x1180; rva += STEP)
		ask_address(p, rva);
	for (uint64_t rva = 0x1180; rva < END; rva += 16 * STEP)
		ask_address(p, rva);
	(void)err_ignore(p->ops->symbol_named(p, "main", &s));
	(void)err_ignore(p->ops->symbol_named(p, "nothing", &s));
	(void)err_ignore(p->ops->symbols(p, "*", see_symbol, &n));
	n = 0;
	(void)err_ignore(p->ops->line_named(p, "a.c", 3, see_line, &n));
	n = 0;
	(void)err_ignore(p->ops->types(p, "*", see_type, &n));
	(void)err_ignore(p->ops->type_named(p, "node", &t));
	(void)err_ignore(p->ops->type_named(p, "no such type", &t));
	for (uint64_t i = 0; i < 0x1040; i = i == 0x80 ? 0x400 : i == 0x480 ? 0xff0 : i + 1)
		ask_type(p, i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source *src = NULL;
	struct provider *p = NULL;

	if (err_ignore(source_from_memory("fuzz", data, size, &src)))
		return 0;
	if (err_ignore(pdb_open_source(src, &p)))
		return 0;
	ask(p);
	provider_unref(p);
	return 0;
}
