/* SPDX-License-Identifier: MIT */
/*
 * Addresses to names and names to addresses, over all modules. What is found
 * for an address is remembered: a thousand threads wait in the same few places.
 */
#include "symbol/demangle.h"
#include "symbol/undecorate.h"
#include "target/stack_impl.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

enum { MAX_RESOLVED = 1 << 20 };

static void find_symbol(struct target *t, struct module *m, uint64_t rva, struct symbol *ret)
{
	struct provider **providers;
	size_t n = module_providers(t, m, &providers);

	for (size_t i = 0; i < n; i++)
		if (!err_ignore(providers[i]->ops->symbol_at(providers[i], rva, ret)))
			return;
	*ret = (struct symbol){ 0 };
}

void target_symbol_at(struct target *t, uint64_t address, struct symbol_hit *ret)
{
	struct module *m = target_module_at(t, address);

	*ret = (struct symbol_hit){ .module = m };
	if (!m)
		return;
	find_symbol(t, m, address - m->base, &ret->symbol);
	ret->displacement = address - m->base - (ret->symbol.name ? ret->symbol.rva : 0);
}

bool target_symbol_type(struct target *t, struct module *m, uint64_t rva, struct type_ref *ret)
{
	struct provider **providers;
	size_t n = module_providers(t, m, &providers);

	for (size_t i = 0; i < n; i++)
		if (!err_ignore(providers[i]->ops->type_at(providers[i], rva, ret)))
			return true;
	return false;
}

static void find_line(struct target *t, struct module *m, uint64_t rva, struct source_line *ret)
{
	struct provider **providers;
	size_t n = module_providers(t, m, &providers);

	for (size_t i = 0; i < n; i++)
		if (!err_ignore(providers[i]->ops->line_at(providers[i], rva, ret)))
			return;
	*ret = (struct source_line){ 0 };
}

static void find_inlines(struct target *t, struct module *m, uint64_t rva, struct resolved *r)
{
	struct provider **providers;
	size_t n = module_providers(t, m, &providers);

	for (size_t i = 0; i < n; i++)
		if (!err_ignore(providers[i]->ops->inlines_at(providers[i], rva, &t->resolved_arena,
							      &r->sites, &r->n_sites)))
			return;
	r->n_sites = 0;
}

const struct resolved *target_resolve(struct target *t, uint64_t address)
{
	struct resolved *r = u64map_get(&t->resolved, address);

	if (r)
		return r;
	if (t->resolved.n >= MAX_RESOLVED)
		target_forget_resolved(t);
	r = ARENA_NEW(&t->resolved_arena, struct resolved);
	if (!r || !u64map_put(&t->resolved, address, r))
		return NULL;
	target_symbol_at(t, address, &r->hit);
	if (r->hit.module) {
		find_line(t, r->hit.module, address - r->hit.module->base, &r->line);
		find_inlines(t, r->hit.module, address - r->hit.module->base, r);
	}
	return r;
}

void target_forget_resolved(struct target *t)
{
	u64map_deinit(&t->resolved);
	arena_deinit(&t->resolved_arena);
}

void target_add_symbol(struct target *t, uint64_t address, struct strbuf *sb)
{
	struct symbol_hit hit;

	target_symbol_at(t, address, &hit);
	if (!hit.module) {
		strbuf_addf(sb, "0x%" PRIx64, address);
		return;
	}
	strbuf_adds(sb, hit.module->name);
	if (hit.symbol.name)
		strbuf_addf(sb, "!%s", hit.symbol.name);
	if (hit.displacement || !hit.symbol.name)
		strbuf_addf(sb, "+0x%" PRIx64, hit.displacement);
}

static bool name_in_module(struct target *t, struct module *m, const char *name, uint64_t *ret)
{
	struct provider **providers;
	size_t n = module_providers(t, m, &providers);
	struct symbol sym;

	for (size_t i = 0; i < n; i++) {
		/* a thread-local variable has an address in each thread, not one */
		if (err_ignore(providers[i]->ops->symbol_named(providers[i], name, &sym)) ||
		    sym.kind == SYMBOL_TLS)
			continue;
		*ret = sym.kind == SYMBOL_CONSTANT ? (uint64_t)sym.value : m->base + sym.rva;
		return true;
	}
	return false;
}

static struct err *not_found(const char *name)
{
	return err_new(ERR_NOTFOUND, "no symbol '%s'", name);
}

struct err *target_symbol_named(struct target *t, const char *name, uint64_t *ret)
{
	const char *bang = strchr(name, '!');
	struct module **modules;
	size_t n;

	if (bang) {
		char module[256];
		struct module *m;

		if ((size_t)(bang - name) >= sizeof(module))
			return not_found(name);
		memcpy(module, name, (size_t)(bang - name));
		module[bang - name] = '\0';
		m = target_module_named(t, module);
		if (!m)
			return err_new(ERR_NOTFOUND, "no module '%s'", module);
		return name_in_module(t, m, bang + 1, ret) ? NULL : not_found(name);
	}
	n = target_modules(t, &modules);
	/* those whose symbols are there already come first and cost nothing */
	for (int loaded = 1; loaded >= 0; loaded--)
		for (size_t i = 0; i < n; i++) {
			TRY(cancel_check());
			if ((module_symbol_status(modules[i]) != SYMBOLS_DEFERRED) == loaded &&
			    name_in_module(t, modules[i], name, ret))
				return NULL;
		}
	return not_found(name);
}

static bool take_first_line(void *arg, const struct source_line *line)
{
	*(uint64_t *)arg = line->rva;
	return false;
}

static bool line_in_module(struct target *t, struct module *m, const char *file, uint32_t line,
			   uint64_t *ret)
{
	struct provider **providers;
	size_t n = module_providers(t, m, &providers);
	uint64_t rva = UINT64_MAX;

	for (size_t i = 0; i < n && rva == UINT64_MAX; i++)
		(void)err_ignore(providers[i]->ops->line_named(providers[i], file, line,
							       take_first_line, &rva));
	if (rva == UINT64_MAX)
		return false;
	*ret = m->base + rva;
	return true;
}

struct err *target_line_address(struct target *t, const char *module, const char *file,
				uint32_t line, uint64_t *ret)
{
	struct module **modules;
	size_t n = target_modules(t, &modules);

	for (size_t i = 0; i < n; i++) {
		TRY(cancel_check());
		if (module && strcasecmp(modules[i]->name, module) != 0)
			continue;
		if (line_in_module(t, modules[i], file, line, ret))
			return NULL;
	}
	return err_new(ERR_NOTFOUND, "no code for %s:%u", file, line);
}

struct err *target_line_at(struct target *t, uint64_t address, struct source_line *ret)
{
	struct module *m = target_module_at(t, address);
	struct source_line line = { 0 };

	if (m)
		find_line(t, m, address - m->base, &line);
	if (!line.file)
		return err_new(ERR_NOTFOUND, "no source line for 0x%" PRIx64, address);
	line.rva += m->base;
	*ret = line;
	return NULL;
}

static bool type_in_module(struct target *t, struct module *m, const char *name,
			   struct type_ref *ret)
{
	struct provider **providers;
	size_t n = module_providers(t, m, &providers);

	for (size_t i = 0; i < n; i++)
		if (!err_ignore(providers[i]->ops->type_named(providers[i], name, ret)))
			return true;
	return false;
}

static bool is_incomplete(struct type_ref type)
{
	struct type_info info;

	return !err_ignore(type_get(type, &info)) && (info.flags & TYPE_IS_INCOMPLETE);
}

struct err *target_type_named(struct target *t, const char *name, struct type_ref *ret)
{
	const char *bang = strchr(name, '!');
	struct module **modules;
	size_t n = target_modules(t, &modules);
	bool declared = false; /* a definition elsewhere is better */

	for (int loaded = 1; loaded >= 0; loaded--)
		for (size_t i = 0; i < n; i++) {
			struct type_ref found;

			TRY(cancel_check());
			if (bang && (strncasecmp(modules[i]->name, name, (size_t)(bang - name)) ||
				     modules[i]->name[bang - name]))
				continue;
			if ((module_symbol_status(modules[i]) != SYMBOLS_DEFERRED) != loaded ||
			    !type_in_module(t, modules[i], bang ? bang + 1 : name, &found))
				continue;
			if (declared && is_incomplete(found))
				continue;
			*ret = found;
			declared = is_incomplete(found);
			if (!declared)
				return NULL;
		}
	return declared ? NULL : err_new(ERR_NOTFOUND, "no type '%s'", name);
}

/* A type_info's name is that of the symbol _ZTI without its prefix. */
bool typeinfo_type_name(const char *raw, struct strbuf *sb)
{
	static const char before[] = "typeinfo for ";
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	CLEANUP(strbuf_deinit) struct strbuf symbol = STRBUF_INIT;
	const char *text;

	strbuf_addf(&symbol, "_ZTI%s", raw);
	text = symbol.failed ? NULL : demangle(&a, symbol.s, 0);
	if (!text || !str_starts(text, before))
		return false;
	strbuf_adds(sb, text + sizeof(before) - 1);
	return true;
}

/* ".?AVbad_alloc@std@@" is decorated as the type of a variable would be. */
bool rtti_type_name(const char *raw, struct strbuf *sb)
{
	CLEANUP(strbuf_deinit) struct strbuf decorated = STRBUF_INIT, text = STRBUF_INIT;

	raw += *raw == '.';
	if (str_starts(raw, "?A")) /* class, struct, union, enum: no modifiers */
		raw += 2;
	strbuf_addf(&decorated, "?x@@3%sA", raw);
	if (!decorated.s || !undecorate(decorated.s, UNDECORATE_COMPLETE, &text) || text.len < 3)
		return false;
	strbuf_add(sb, text.s, text.len - 2); /* " x" */
	return true;
}
