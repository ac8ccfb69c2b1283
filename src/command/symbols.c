/* SPDX-License-Identifier: MIT */
/* x and ln: symbols by pattern and by address. */
#include "command/command.h"

#include "base/cancel.h"
#include "base/vec.h"
#include "command/value.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SYMBOLS = 1 << 20 };

static const struct field symbol_fields[] = {
	{ "address", FIELD_ADDR, "address of the symbol" },
	{ "module", FIELD_STR, "module" },
	{ "name", FIELD_STR, "name" },
	{ "type", FIELD_STR, "type, where symbols tell it" },
	{ "size", FIELD_SIZE, "bytes, where known" },
	{ "value", FIELD_STR, "value of data with a type" },
	{ "symbol_kind", FIELD_STR, "function, data, public, export, constant, tls, label" },
	{ "scope", FIELD_STR, "prv when symbols tell the type, else pub" },
	{ NULL },
};

static const struct record symbol_record = {
	.kind = "symbol",
	.help = "a symbol",
	.fields = symbol_fields,
	.text = "{address}          {module}!{name} = {value|<no type information>}\n",
};
static const char plain_layout[] = "{address}          {module}!{name}\n";
static const char typed_layout[] = "{address} {type} {module}!{name}[ = {value}]\n";
static const char value_layout[] = "{address}          {module}!{name} = {value}\n";
static const char address_layout[] = "{address}\n";
static const char name_layout[] = "{module}!{name}\n";
static const char both_layout[] = "{address} {module}!{name}\n";
static const char verbose_layout[] =
	"{scope} {symbol_kind:-8} {address} {size:5x|     } {module}!{name}[ = {value}]\n";
static const char verbose_typed_layout[] =
	"{scope} {symbol_kind:-8} {address} {size:5x|     } {type} {module}!{name}[ = {value}]\n";

/* In the order that options_parse() knows them. */
static const char x_letters[] = "012tvsqfdanz";
enum { X_ADDRESS = 1, X_NAME = 2, X_BOTH = 4, X_TYPE = 8, X_VERBOSE = 16, X_CODE = 0x80, X_DATA = 0x100 };

struct found {
	uint64_t address;
	struct symbol symbol;
	struct module *module;
};

struct search {
	struct module *module;
	VEC(struct found) found;
	bool no_memory, cancelled;
};

static bool collect(void *arg, const struct symbol *sym)
{
	struct search *x = arg;
	struct found f = { x->module->base + sym->rva, *sym, x->module };

	if (x->found.n >= MAX_SYMBOLS || (x->cancelled = cancel_requested()))
		return false;
	x->no_memory = !vec_push(&x->found, f);
	return !x->no_memory;
}

static int by_address(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return strcmp(x->symbol.name, y->symbol.name);
}

static const char *kind_name(enum symbol_kind kind)
{
	static const char *const names[] = {
		[SYMBOL_FUNCTION] = "function", [SYMBOL_DATA] = "data", [SYMBOL_PUBLIC] = "public",
		[SYMBOL_EXPORT] = "export", [SYMBOL_CONSTANT] = "constant", [SYMBOL_TLS] = "tls",
		[SYMBOL_LABEL] = "label",
	};

	return names[kind];
}

static const char *choose_layout(unsigned options, bool type, bool value, bool is_code)
{
	if (options & (X_ADDRESS | X_NAME | X_BOTH))
		return options & X_ADDRESS ? address_layout : options & X_NAME ? name_layout : both_layout;
	type = type && !is_code && (options & X_TYPE);
	if (options & X_VERBOSE)
		return type ? verbose_typed_layout : verbose_layout;
	if (type)
		return typed_layout;
	return is_code ? plain_layout : value ? value_layout : symbol_record.text;
}

static bool is_wanted(const struct found *f, unsigned options)
{
	if (!(options & (X_CODE | X_DATA)))
		return true;
	return f->symbol.is_code ? options & X_CODE : options & X_DATA;
}

static struct err *emit_found(struct session *s, struct out *o, const struct found *f, unsigned options)
{
	CLEANUP(strbuf_deinit) struct strbuf type = STRBUF_INIT, value = STRBUF_INIT;
	bool is_data = f->symbol.kind == SYMBOL_DATA && f->symbol.type.id;
	struct value v = { .type = f->symbol.type, .in_memory = true, .address = f->address };

	if (f->symbol.type.id && err_ignore(type_describe(f->symbol.type, &type)))
		strbuf_reset(&type);
	if (is_data && err_ignore(value_describe(s, &v, &value)))
		strbuf_reset(&value);
	if (f->symbol.kind == SYMBOL_TLS)
		strbuf_adds(&value, "<thread-local: at this offset of each thread's block>");
	out_begin_as(o, &symbol_record, choose_layout(options, type.len, value.len, f->symbol.is_code));
	out_addr(o, "address", f->symbol.kind == SYMBOL_CONSTANT ? (uint64_t)f->symbol.value
			       : f->symbol.kind == SYMBOL_TLS	 ? f->symbol.rva : f->address);
	out_str(o, "module", f->module->name);
	out_str(o, "name", f->symbol.name);
	if (type.len)
		out_str(o, "type", type.s);
	if (f->symbol.size)
		out_uint(o, "size", f->symbol.size);
	if (value.len)
		out_str(o, "value", value.s);
	out_str(o, "symbol_kind", kind_name(f->symbol.kind));
	out_str(o, "scope", f->symbol.type.id ? "prv" : "pub");
	return out_end(o);
}

/* Another of the module's symbol files may have the types: asked for what was named, not for lists. */
static void add_types(struct target *t, struct search *x, size_t from, const char *pattern)
{
	for (size_t i = from; !strpbrk(pattern, "*?") && i < x->found.n; i++) {
		struct symbol *sym = &x->found.v[i].symbol;

		if (!sym->type.id && sym->kind != SYMBOL_CONSTANT && sym->kind != SYMBOL_TLS)
			(void)target_symbol_type(t, x->module, sym->rva, &sym->type);
	}
}

static struct err *search_module(struct target *t, struct module *m, const char *pattern,
				 struct search *x)
{
	struct provider **providers;
	size_t n = module_providers(t, m, &providers);

	x->module = m;
	for (size_t i = 0; i < n; i++) {
		size_t before = x->found.n;

		TRY(providers[i]->ops->symbols(providers[i], pattern, collect, x));
		if (x->no_memory)
			return err_nomem();
		TRY(cancel_check());
		if (x->found.n > before) { /* the best that knows any */
			add_types(t, x, before, pattern);
			break;
		}
	}
	return NULL;
}

/* "module!name" with wildcards in both; without '!' all modules. */
static struct err *search_all(struct session *s, const char *text, struct search *x)
{
	const char *bang = strchr(text, '!'), *name = bang ? bang + 1 : text;
	CLEANUP(strbuf_deinit) struct strbuf wanted = STRBUF_INIT;
	struct target *t = session_target(s);
	struct module **modules;
	size_t n = target_modules(t, &modules);

	if (bang)
		strbuf_add(&wanted, text, (size_t)(bang - text));
	else
		strbuf_addc(&wanted, '*');
	TRY(strbuf_check(&wanted));
	for (size_t i = 0; i < n; i++)
		if (str_match(wanted.s, modules[i]->name, true))
			TRY(search_module(t, modules[i], *name ? name : "*", x));
	return NULL;
}

/* /0 /1 /2: digits are no options elsewhere. */
static const char *parse_digits(const char *p, unsigned *bits)
{
	for (p = str_skip_space(p); *p == '/' && p[1] >= '0' && p[1] <= '2' && (p[2] == ' ' || !p[2]);
	     p = str_skip_space(p + 2))
		*bits |= 1U << (p[1] - '0');
	return p;
}

static struct err *run_x(struct session *s, const struct args *args, struct out *o)
{
	struct search x = { 0 };
	const char *p = args->tail;
	unsigned options = 0, digits = 0;
	char *pattern = NULL;
	struct err *e;

	p = parse_digits(p, &digits);
	TRY(options_parse(&p, x_letters, &options));
	p = parse_digits(p, &digits);
	options |= digits;
	TRY(word_parse(args->arena, &p, &pattern));
	TRY(end_parse(args, p));
	if (!pattern)
		return usage_error(args, "a pattern is missing");
	e = search_all(s, pattern, &x);
	if (!e && x.found.n)
		qsort(x.found.v, x.found.n, sizeof(*x.found.v), by_address);
	for (size_t i = 0; !e && i < x.found.n; i++)
		if (is_wanted(&x.found.v[i], options))
			e = emit_found(s, o, &x.found.v[i], options);
	vec_deinit(&x.found);
	return e;
}

static const struct record *const symbol_records[] = { &symbol_record, NULL };

const struct command command_x = {
	.name = "x",
	.summary = "list symbols that match a pattern",
	.usage = "[/0 | /1 | /2] [/t] [/v] [/f] [/d] [module!]pattern",
	.help = "* and ? are wildcards in both parts; case does not matter. Symbols of matching\n"
		"modules are loaded. Values are shown where the symbols tell types; exports and\n"
		"public symbols have none. /t shows types, /v kind and size, /f functions only,\n"
		"/d data only; /0 shows addresses, /1 names, /2 both and nothing else.",
	.records = symbol_records,
	.needs = NEEDS_TARGET,
	.run = run_x,
};

/* --- ln ---------------------------------------------------------------------------------- */

static const struct field near_fields[] = {
	{ "address", FIELD_ADDR, "address of the symbol" },
	{ "symbol", FIELD_SYM, "the symbol, and how far the asked address is behind it" },
	{ "next", FIELD_SYM, "the next symbol" },
	{ "next_address", FIELD_ADDR, "its address" },
	{ "exact", FIELD_BOOL, "the address is the symbol's own" },
	{ "file", FIELD_STR, "source file" },
	{ "line", FIELD_UINT, "source line" },
	{ NULL },
};

static const struct record near_record = {
	.kind = "nearest_symbol",
	.help = "the symbol at or before an address, and the next",
	.fields = near_fields,
	.text = "[{file}({line})\n]({address})   {symbol}[   |  ({next_address})   {next}]\n",
};

struct next {
	uint64_t above, best;
	struct symbol symbol;
	bool found;
};

static bool find_next(void *arg, const struct symbol *sym)
{
	struct next *x = arg;

	if (sym->kind != SYMBOL_CONSTANT && sym->rva > x->above && (!x->found || sym->rva < x->best)) {
		x->best = sym->rva;
		x->symbol = *sym;
		x->found = true;
	}
	return !cancel_requested();
}

static struct err *run_ln(struct session *s, const struct args *args, struct out *o)
{
	struct target *t = session_target(s);
	struct provider **providers;
	struct source_line line;
	const char *p = args->tail;
	struct next next = { 0 };
	struct symbol_hit hit;
	uint64_t address;
	size_t n;

	if (!*p)
		return usage_error(args, "an address is missing");
	TRY(expr_parse(s, &p, &address));
	TRY(end_parse(args, p));
	target_symbol_at(t, address, &hit);
	if (!hit.module || !hit.symbol.name)
		return err_new(ERR_NOTFOUND, "no symbol at or before 0x%" PRIx64, address);
	next.above = address - hit.module->base;
	n = module_providers(t, hit.module, &providers);
	for (size_t i = 0; i < n && !next.found; i++)
		TRY(providers[i]->ops->symbols(providers[i], "*", find_next, &next));
	out_begin(o, &near_record);
	out_addr(o, "address", address - hit.displacement);
	out_sym(o, "symbol", hit.module->name, hit.symbol.name, hit.displacement, address);
	if (next.found) {
		out_sym(o, "next", hit.module->name, next.symbol.name, 0,
			hit.module->base + next.symbol.rva);
		out_addr(o, "next_address", hit.module->base + next.symbol.rva);
	}
	out_bool(o, "exact", !hit.displacement);
	if (!err_ignore(target_line_at(t, address, &line))) {
		out_str(o, "file", line.file);
		out_uint(o, "line", line.line);
	}
	TRY(out_end(o));
	return hit.displacement ? NULL : out_heading(o, "Exact matches:\n    %s!%s\n", hit.module->name,
						    hit.symbol.name);
}

static const struct record *const near_records[] = { &near_record, NULL };

const struct command command_ln = {
	.name = "ln",
	.summary = "show the symbols nearest to an address",
	.usage = "address",
	.help = "The symbol at or before the address, the next one behind it, and the source line.",
	.records = near_records,
	.needs = NEEDS_TARGET,
	.run = run_ln,
};
