/* SPDX-License-Identifier: MIT */
/* Shared defaults of providers, and walks over type references. */
#include "symbol/provider.h"

#include <stdlib.h>
#include <string.h>

static struct err *unknown(void)
{
	return err_new(ERR_NOTFOUND, "not known to this symbol file");
}

static struct err *no_symbol_at(struct provider *p, uint64_t rva, struct symbol *ret)
{
	return unknown();
}

static struct err *no_symbol_named(struct provider *p, const char *name, struct symbol *ret)
{
	return unknown();
}

static struct err *no_symbols(struct provider *p, const char *pattern, symbol_visitor *v, void *arg)
{
	return NULL;
}

static struct err *no_type_at(struct provider *p, uint64_t rva, struct type_ref *ret)
{
	return unknown();
}

static struct err *no_line_at(struct provider *p, uint64_t rva, struct source_line *ret)
{
	return unknown();
}

static struct err *no_line_named(struct provider *p, const char *file, uint32_t line,
				 line_visitor *v, void *arg)
{
	return NULL;
}

static struct err *no_inlines_at(struct provider *p, uint64_t rva, struct arena *a,
				 struct inline_site **ret, size_t *ret_n)
{
	return unknown();
}

static struct err *no_locals(struct provider *p, const struct frame_context *f, struct arena *a,
			     struct variable **ret, size_t *ret_n)
{
	return unknown();
}

static struct err *no_type_named(struct provider *p, const char *name, struct type_ref *ret)
{
	return unknown();
}

static struct err *no_types(struct provider *p, const char *pattern, type_visitor *v, void *arg)
{
	return NULL;
}

static struct err *no_type_info(struct provider *p, uint64_t id, struct type_info *ret)
{
	return unknown();
}

static struct err *no_members(struct provider *p, uint64_t id, struct arena *a,
			      struct type_member **ret, size_t *ret_n)
{
	return unknown();
}

static struct err *no_enumerators(struct provider *p, uint64_t id, struct arena *a,
				  struct type_enumerator **ret, size_t *ret_n)
{
	return unknown();
}

static struct err *no_params(struct provider *p, uint64_t id, struct arena *a,
			     struct type_ref **ret, size_t *ret_n)
{
	return unknown();
}

static struct err *no_x86_frame(struct provider *p, uint64_t rva, struct x86_frame_data *ret)
{
	return unknown();
}

static struct err *no_param_size(struct provider *p, uint64_t rva, uint32_t *ret)
{
	return unknown();
}

static struct err *no_fixed_frame(struct provider *p, uint64_t rva, struct fixed_frame *ret)
{
	return unknown();
}

static struct err *no_unwind(struct provider *p, uint64_t module_base, bool exact,
			     const struct arch_memory *m, const struct regs *callee,
			     struct regs *ret_caller, struct unwind_result *ret)
{
	return unknown();
}

static void free_provider(struct provider *p)
{
	free(p);
}

#define FILL(slot, fallback)                                                   \
	do {                                                                   \
		if (!ops->slot)                                                \
			ops->slot = fallback;                                  \
	} while (0)

void provider_fill_ops(struct provider_ops *ops)
{
	FILL(symbol_at, no_symbol_at);
	FILL(symbol_named, no_symbol_named);
	FILL(symbols, no_symbols);
	FILL(type_at, no_type_at);
	FILL(line_at, no_line_at);
	FILL(line_named, no_line_named);
	FILL(inlines_at, no_inlines_at);
	FILL(locals, no_locals);
	FILL(type_named, no_type_named);
	FILL(types, no_types);
	FILL(type_info, no_type_info);
	FILL(type_members, no_members);
	FILL(type_enumerators, no_enumerators);
	FILL(type_params, no_params);
	FILL(x86_frame, no_x86_frame);
	FILL(param_size, no_param_size);
	FILL(fixed_frame, no_fixed_frame);
	FILL(unwind, no_unwind);
	FILL(destroy, free_provider);
}

/* __stdcall counts all, __fastcall also the two that are in ecx and edx. */
bool decorated_param_size(const char *name, uint32_t *ret)
{
	enum { MAX_SIZE = 0x10000, IN_REGISTERS = 8 };
	const char *at = strrchr(name, '@'), *p;
	uint32_t n = 0;

	if (*name == '?' || !at || at <= name || at[-1] == '@' || !at[1])
		return false;
	for (p = at + 1; *p >= '0' && *p <= '9' && n < MAX_SIZE; p++)
		n = n * 10 + (uint32_t)(*p - '0');
	if (*p || n >= MAX_SIZE)
		return false;
	*ret = *name != '@' ? n : n > IN_REGISTERS ? n - IN_REGISTERS : 0;
	return true;
}

struct err *provider_init(struct provider *p, const struct provider_ops *ops, const char *path)
{
	p->ops = ops;
	p->refs = 1;
	p->path = strdup(path);
	p->note = strdup("");
	if (p->path && p->note)
		return NULL;
	free(p->path);
	free(p->note);
	p->path = p->note = NULL;
	return err_nomem();
}

struct provider *provider_ref(struct provider *p)
{
	p->refs++;
	return p;
}

void provider_unref(struct provider *p)
{
	if (!p || --p->refs)
		return;
	free(p->path);
	free(p->note);
	p->path = p->note = NULL;
	p->ops->destroy(p);
}

struct err *type_get(struct type_ref t, struct type_info *ret)
{
	if (!t.provider || !t.id)
		return err_new(ERR_NOTFOUND, "no type");
	return t.provider->ops->type_info(t.provider, t.id, ret);
}

struct err *type_strip(struct type_ref t, struct type_ref *ret_type, struct type_info *ret)
{
	struct type_info info;

	for (int depth = 0; depth < 64; depth++) {
		TRY(type_get(t, &info));
		if (info.kind != TYPE_TYPEDEF && info.kind != TYPE_MODIFIER) {
			*ret_type = t;
			*ret = info;
			return NULL;
		}
		t = info.element;
	}
	return err_new(ERR_CORRUPT, "type definition refers to itself");
}
