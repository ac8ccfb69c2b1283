/* SPDX-License-Identifier: MIT */
/*
 * osmodump symbolize: addresses from standard input, one a line, to functions
 * and source lines, by one symbol file or by the modules of a dump.
 */
#include "base/cancel.h"
#include "main/main.h"
#include "symbol/breakpad.h"
#include "symbol/elf.h"
#include "symbol/pdb.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct field fields[] = {
	{ "address", FIELD_ADDR, "as read" },
	{ "level", FIELD_UINT, "0 innermost; the last is the function itself, those before are inlined" },
	{ "symbol", FIELD_SYM, "function" },
	{ "inlined", FIELD_BOOL, "whether the function is inlined into the next level" },
	{ "file", FIELD_STR, "source file" },
	{ "line", FIELD_UINT, "line in it" },
	{ "column", FIELD_UINT, "column in it" },
	{ NULL },
};
static const struct record record = {
	.kind = "location",
	.help = "What lies at an address",
	.fields = fields,
	.text = "{address} {symbol}[ \\[{file}[ @ {line}]\\]]\n",
};
#define INLINER "                  (inlined by) {symbol}[ \\[{file}[ @ {line}]\\]]\n"
static const struct record *const records[] = { &record, NULL };

struct symbolizer {
	struct provider *provider;	/* of a symbol file ... */
	struct target *target;		/* ... or a dump's modules */
	const char *module;
	uint64_t base;
	struct arena arena;		/* of one address */
	struct out *o;
};

/* --- one address ---------------------------------------------------------------------------- */

struct location {
	const char *module;
	struct symbol symbol;		/* name NULL: none */
	uint64_t rva;
	bool in_module;
	struct source_line line;	/* file NULL: not known */
	struct inline_site *sites;
	size_t n_sites;
};

static void ask(struct symbolizer *z, struct provider *p, struct location *l)
{
	if (!l->symbol.name && err_ignore(p->ops->symbol_at(p, l->rva, &l->symbol)))
		l->symbol = (struct symbol){ 0 };
	if (!l->line.file && err_ignore(p->ops->line_at(p, l->rva, &l->line)))
		l->line = (struct source_line){ 0 };
	if (!l->n_sites &&
	    err_ignore(p->ops->inlines_at(p, l->rva, &z->arena, &l->sites, &l->n_sites)))
		l->n_sites = 0;
}

static void look_up(struct symbolizer *z, uint64_t address, struct location *ret)
{
	struct provider **providers;
	struct module *m;
	size_t n;

	*ret = (struct location){ .module = z->module, .rva = address - z->base };
	if (z->provider) {
		ret->in_module = true;
		ask(z, z->provider, ret);
		return;
	}
	m = target_module_at(z->target, address);
	if (!m)
		return;
	ret->in_module = true;
	ret->module = m->name;
	ret->rva = address - m->base;
	n = module_providers(z->target, m, &providers);
	for (size_t i = 0; i < n; i++)
		ask(z, providers[i], ret);
}

static struct err *emit(struct symbolizer *z, uint64_t address, size_t level, const struct location *l,
			const char *function, uint64_t start, const struct source_line *line)
{
	out_begin_as(z->o, &record, level ? INLINER : record.text);
	out_addr(z->o, "address", address);
	out_uint(z->o, "level", level);
	out_sym(z->o, "symbol", l->in_module ? l->module : NULL, function, l->rva - start, address);
	out_bool(z->o, "inlined", level < l->n_sites);
	if (line->file) {
		out_str(z->o, "file", line->file);
		out_uint(z->o, "line", line->line);
		if (line->column)
			out_uint(z->o, "column", line->column);
	}
	return out_end(z->o);
}

static struct err *symbolize(struct symbolizer *z, uint64_t address, bool inlines)
{
	const struct source_line *line;
	struct location l;

	look_up(z, address, &l);
	if (!inlines)
		l.n_sites = 0;
	for (size_t i = 0; i < l.n_sites; i++)
		TRY(emit(z, address, i, &l, l.sites[i].function, l.sites[i].rva, &l.sites[i].location));
	line = &l.line;
	if (l.n_sites && l.sites[l.n_sites - 1].call.file)
		line = &l.sites[l.n_sites - 1].call;
	return emit(z, address, l.n_sites, &l, l.symbol.name, l.symbol.name ? l.symbol.rva : 0, line);
}

/* --- input ------------------------------------------------------------------------------------ */

/* Hex with or without 0x, back-quotes allowed; what follows a blank is ignored. */
static struct err *parse_address(const char *line, uint64_t *ret)
{
	const char *p = str_skip_space(line);
	uint64_t v = 0;
	unsigned n = 0;

	if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
		p += 2;
	for (; isxdigit((unsigned char)*p) || (*p == '`' && n); p++) {
		if (*p == '`')
			continue;
		v = v << 4 | (uint64_t)(isdigit((unsigned char)*p) ? *p - '0'
								  : tolower((unsigned char)*p) - 'a' + 10);
		n++;
	}
	if (!n || n > 16 || (*p && !isspace((unsigned char)*p)))
		return err_new(ERR_USAGE, "no address: '%.60s'", line);
	*ret = v;
	return NULL;
}

static struct err *each_line(struct symbolizer *z, const struct settings *s)
{
	CLEANUP(freep) char *line = NULL;
	size_t cap = 0;
	uint64_t v;

	while (getline(&line, &cap, stdin) >= 0) {
		TRY(cancel_check());
		line[strcspn(line, "\r\n")] = '\0';
		if (!*str_skip_space(line))
			continue;
		TRY(parse_address(line, &v));
		TRY(symbolize(z, v, !s->no_inlines));
		if (z->arena.chunks) {
			arena_deinit(&z->arena);
			arena_init(&z->arena);
		}
	}
	return NULL;
}

/* "big.pdb" -> "big" */
static char *module_name(const char *path)
{
	const char *base = str_basename(path), *dot = strchr(base, '.');

	return strndup(base, dot ? (size_t)(dot - base) : strlen(base));
}

static struct err *open_symbols(const struct settings *s, struct provider **ret)
{
	struct elf_request elf = { .path = s->elf, .name = s->elf };

	if (s->pdb)
		return pdb_open(s->pdb, ret);
	if (s->sym)
		return breakpad_open(s->sym, ret);
	return elf_open(&elf, ret);
}

static int run_all(struct symbolizer *z, const struct settings *s)
{
	struct err *e = NULL;

	if (s->base)
		e = parse_address(s->base, &z->base);
	if (!e)
		e = open_output(s, &z->o);
	if (!e)
		e = each_line(z, s);
	report_error(z->o, e);
	arena_deinit(&z->arena);
	out_destroy(z->o);
	return e ? EXIT_FAILED : EXIT_OK;
}

static int run_file(const struct settings *s)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	const char *path = s->pdb ? s->pdb : s->sym ? s->sym : s->elf;
	CLEANUP(freep) char *name = s->module ? strdup(s->module) : module_name(path);
	struct symbolizer z = { .module = name };
	struct err *e = open_symbols(s, &p);

	if (e) {
		terminal_error("%s", err_message(e));
		err_free(e);
		return EXIT_OPEN;
	}
	z.provider = p;
	return run_all(&z, s);
}

static int run(const struct settings *s)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	CLEANUP(target_destroyp) struct target *t = NULL;
	struct symbolizer z = { 0 };
	int rc;

	if (!!s->pdb + !!s->elf + !!s->sym + !!s->words.n != 1) {
		terminal_error("one of --pdb, --elf, --sym and a dump, please");
		return EXIT_USAGE;
	}
	if (!s->words.n)
		return run_file(s);
	rc = open_dump(s, &d);
	if (rc == EXIT_OK)
		rc = open_target(s, d, &t);
	z.target = t;
	return rc == EXIT_OK ? run_all(&z, s) : rc;
}

const struct subcommand subcommand_symbolize = {
	.name = "symbolize",
	.usage = "[options] --pdb FILE | --elf FILE | --sym FILE | DUMP",
	.summary = "turn addresses into functions and source lines",
	.help = "Reads addresses in hex from standard input, one a line, and prints for each the\n"
		"function, the displacement in it and the source line; functions that were inlined\n"
		"there come first, innermost on top. With a symbol file the addresses are relative\n"
		"to the image, unless --image-base says what to subtract; with a dump they are those\n"
		"of the process.",
	.takes_files = true,
	.records = records,
	.run = run,
};
