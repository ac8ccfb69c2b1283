/* SPDX-License-Identifier: MIT */
/*
 * Answers of the PDB provider as lines of text, for conf-pdb.py to compare with
 * what other tools say of the same file.
 *
 *	answer-pdb FILE.pdb < requests
 *
 * A request is a line: a word and its arguments; every answer ends with a line
 * that is a dot. Numbers are hexadecimal.
 */
#include "base/str.h"
#include "symbol/pdb.h"
#include "symbol/undecorate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct provider *p;

static void fail(struct err *e)
{
	printf("error %s %s\n", err_code_name(err_code(e)), err_message(e));
	err_free(e);
}

static void show_symbol(const struct symbol *s)
{
	static const char *const kinds[] = { "function", "data", "public", "export",
					     "constant", "tls",	 "label" };

	printf("%s %" PRIx64 " %" PRIx64 " %d %" PRIx64 " %" PRId64 " %s\n", kinds[s->kind], s->rva,
	       s->size, s->is_code, s->type.id, s->value, s->name);
}

static bool symbol_visit(void *arg, const struct symbol *s)
{
	show_symbol(s);
	return true;
}

static bool line_visit(void *arg, const struct source_line *l)
{
	printf("%" PRIx64 " %" PRIx64 " %" PRIu32 " %" PRIu32 " %s\n", l->rva, l->size, l->line,
	       l->column, l->file ? l->file : "?");
	return true;
}

static bool type_visit(void *arg, struct type_ref t, const char *name)
{
	printf("%" PRIx64 " %s\n", t.id, name);
	return true;
}

static void show_type(uint64_t id)
{
	struct type_info t;
	struct err *e = p->ops->type_info(p, id, &t);

	if (e)
		fail(e);
	else
		printf("%d %x %" PRIx64 " %" PRIx64 " %" PRIx64 " %zu %u %u %s\n", t.kind, t.flags,
		       t.size, t.element.id, t.count, t.n_members, t.bit_offset, t.bit_size, t.name);
}

static void members(uint64_t id, struct arena *a)
{
	struct type_member *m;
	size_t n;
	struct err *e = p->ops->type_members(p, id, a, &m, &n);

	if (e)
		fail(e);
	for (size_t i = 0; !e && i < n; i++)
		printf("%d %" PRIx64 " %" PRIx64 " %u %u %s\n", m[i].kind, m[i].offset, m[i].type.id,
		       m[i].bit_offset, m[i].bit_size, m[i].name);
}

static void enumerators(uint64_t id, struct arena *a)
{
	struct type_enumerator *v;
	size_t n;
	struct err *e = p->ops->type_enumerators(p, id, a, &v, &n);

	if (e)
		fail(e);
	for (size_t i = 0; !e && i < n; i++)
		printf("%" PRId64 " %s\n", v[i].value, v[i].name);
}

static void params(uint64_t id, struct arena *a)
{
	struct type_ref *v;
	size_t n;
	struct err *e = p->ops->type_params(p, id, a, &v, &n);

	if (e)
		fail(e);
	for (size_t i = 0; !e && i < n; i++)
		printf("%" PRIx64 "\n", v[i].id);
}

static void inlines(uint64_t rva, struct arena *a)
{
	struct inline_site *v;
	size_t n;
	struct err *e = p->ops->inlines_at(p, rva, a, &v, &n);

	if (e)
		fail(e);
	for (size_t i = 0; !e && i < n; i++)
		printf("%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIu32 " %s\t%s\n",
		       v[i].scope, v[i].rva, v[i].size, v[i].location.rva + v[i].location.size,
		       v[i].location.line, v[i].function,
		       v[i].location.file ? v[i].location.file : "?");
}

static void frame(uint64_t rva)
{
	struct x86_frame_data d;
	struct err *e = p->ops->x86_frame(p, rva, &d);

	if (e)
		fail(e);
	else
		printf("%d %x %x %x %x %x %x %x %d %d %s\n", d.kind, d.rva, d.size, d.prolog_size,
		       d.params_size, d.saved_regs_size, d.locals_size, d.max_stack, d.uses_ebp,
		       d.has_seh, d.program ? d.program : "");
}

static size_t no_memory(void *arg, uint64_t address, void *buf, size_t len)
{
	return 0;
}

/* Every register holds its number << 32 (x86: << 16), so that places can be told. */
static void locals(uint64_t rva, uint64_t scope, struct arena *a)
{
	static const struct arch x86 = { .name = "x86", .ip = X86_EIP, .sp = X86_ESP };
	struct regs regs = { .arch = &x86, .valid = UINT64_MAX };
	struct arch_memory memory = { no_memory, NULL };
	struct frame_context f = { .rva = rva, .module_base = 0, .regs = &regs, .memory = &memory,
				   .frame_base = 0x7fff0000, .scope = scope };
	bool is_x86 = pdb_identity(p).machine == MACHINE_X86;
	struct variable *v;
	struct err *e;
	size_t n;

	for (unsigned i = 0; i < ARCH_MAX_REGS; i++)
		regs.v[i] = (uint64_t)(i + 1) << (is_x86 ? 16 : 32);
	e = p->ops->locals(p, &f, a, &v, &n);
	if (e)
		fail(e);
	for (size_t i = 0; !e && i < n; i++)
		printf("%d %" PRIx64 " %u %d %" PRIx64 " %s\t%s\n", v[i].location, v[i].value, v[i].reg,
		       v[i].is_parameter, v[i].type.id, v[i].name, v[i].reason ? v[i].reason : "");
}

static void by_name(const char *name)
{
	struct symbol s;
	struct err *e = p->ops->symbol_named(p, name, &s);

	if (e)
		fail(e);
	else
		show_symbol(&s);
}

static void at(uint64_t rva)
{
	struct symbol s;
	struct err *e = p->ops->symbol_at(p, rva, &s);

	if (e)
		fail(e);
	else
		show_symbol(&s);
}

static void line(uint64_t rva)
{
	struct source_line l;
	struct err *e = p->ops->line_at(p, rva, &l);

	if (e)
		fail(e);
	else
		line_visit(NULL, &l);
}

static void type_by_name(const char *name)
{
	struct type_ref t;
	struct err *e = p->ops->type_named(p, name, &t);

	if (e)
		fail(e);
	else
		printf("%" PRIx64 "\n", t.id);
}

static void identity(void)
{
	struct pdb_identity id = pdb_identity(p);

	for (int i = 0; i < 16; i++)
		printf("%02x", id.guid[i]);
	printf(" %" PRIu32 " %" PRIu32 " %s %s\n", id.age, id.info_age, machine_name(id.machine), p->note);
}

static void plain(enum undecorate_what what, const char *name)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	puts(undecorate(name, what, &sb) ? sb.s : "error");
}

static void answer(const char *word, const char *rest)
{
	struct arena a = ARENA_INIT;
	char *end;
	uint64_t n = strtoull(rest, &end, 16);
	struct err *e = NULL;

	if (!strcmp(word, "at"))
		at(n);
	else if (!strcmp(word, "line"))
		line(n);
	else if (!strcmp(word, "inlines"))
		inlines(n, &a);
	else if (!strcmp(word, "locals"))
		locals(n, strtoull(end, NULL, 16), &a);
	else if (!strcmp(word, "frame"))
		frame(n);
	else if (!strcmp(word, "named"))
		by_name(rest);
	else if (!strcmp(word, "symbols"))
		e = p->ops->symbols(p, rest, symbol_visit, NULL);
	else if (!strcmp(word, "lines"))
		e = p->ops->line_named(p, str_skip_space(end), (uint32_t)n, line_visit, NULL);
	else if (!strcmp(word, "types"))
		e = p->ops->types(p, rest, type_visit, NULL);
	else if (!strcmp(word, "typenamed"))
		type_by_name(rest);
	else if (!strcmp(word, "type"))
		show_type(n);
	else if (!strcmp(word, "members"))
		members(n, &a);
	else if (!strcmp(word, "enumerators"))
		enumerators(n, &a);
	else if (!strcmp(word, "params"))
		params(n, &a);
	else if (!strcmp(word, "plain"))
		plain(UNDECORATE_NAME_ONLY, rest);
	else if (!strcmp(word, "complete"))
		plain(UNDECORATE_COMPLETE, rest);
	else if (!strcmp(word, "identity"))
		identity();
	else
		printf("error usage %s\n", word);
	if (e)
		fail(e);
	arena_deinit(&a);
	puts(".");
}

int main(int argc, char **argv)
{
	char request[4096];
	struct err *e;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: answer-pdb FILE.pdb < requests\n");
		return 2;
	}
	e = pdb_open(argv[1], &p);
	if (e) {
		fail(e);
		return 1;
	}
	while (fgets(request, sizeof(request), stdin)) {
		char *space;

		request[strcspn(request, "\n")] = '\0';
		space = strchr(request, ' ');
		if (space)
			*space++ = '\0';
		answer(request, space ? space : "");
	}
	provider_unref(p);
	return 0;
}
