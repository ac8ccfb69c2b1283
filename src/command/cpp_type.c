/* SPDX-License-Identifier: MIT */
/* C++ expressions: types, members, and values out of memory. */
#include "command/cpp.h"

#include "command/type_find.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NESTING = 16 };

struct cpp_type cpp_int(unsigned size, bool is_signed)
{
	static const char *const names[2][4] = {
		{ "unsigned char", "unsigned short", "unsigned int", "unsigned int64" },
		{ "char", "short", "int", "int64" },
	};
	unsigned log = size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3;

	return (struct cpp_type){ .kind = CPP_INT, .name = names[is_signed][log], .size = size,
				  .is_signed = is_signed };
}

static enum cpp_kind kind_of(enum type_kind kind)
{
	switch (kind) {
	case TYPE_BOOL: return CPP_BOOL;
	case TYPE_CHAR:
	case TYPE_WCHAR: return CPP_CHAR;
	case TYPE_FLOAT: return CPP_FLOAT;
	case TYPE_NONE:
	case TYPE_VOID: return CPP_VOID;
	case TYPE_ARRAY: return CPP_ARRAY;
	case TYPE_STRUCT:
	case TYPE_CLASS:
	case TYPE_UNION: return CPP_AGGREGATE;
	case TYPE_FUNCTION: return CPP_FUNCTION;
	case TYPE_INT:
	case TYPE_UINT:
	case TYPE_HRESULT:
	case TYPE_ENUM:
	case TYPE_BITFIELD:
	case TYPE_POINTER:
	case TYPE_TYPEDEF:
	case TYPE_MODIFIER: break;
	}
	return CPP_INT;
}

struct err *cpp_type_of(struct type_ref ref, struct cpp_type *ret)
{
	struct type_info info;
	unsigned pointers = 0;

	TRY(type_strip(ref, &ref, &info));
	while (info.kind == TYPE_POINTER && pointers < MAX_NESTING) {
		pointers++;
		if (!info.element.id) { /* void * */
			info = (struct type_info){ .kind = TYPE_VOID, .name = "void" };
			break;
		}
		TRY(type_strip(info.element, &ref, &info));
	}
	*ret = (struct cpp_type){
		.pointers = pointers,
		.kind = kind_of(info.kind),
		.ref = ref,
		.name = info.name && *info.name ? info.name : info.kind == TYPE_VOID ? "void" : "",
		.size = info.size,
		.is_signed = info.kind == TYPE_INT || info.kind == TYPE_CHAR || info.kind == TYPE_HRESULT,
	};
	if (info.kind == TYPE_ENUM || info.kind == TYPE_BITFIELD) {
		struct type_info base;

		if (!err_ignore(type_strip(info.element, &ref, &base)))
			ret->is_signed = base.kind == TYPE_INT;
	}
	return NULL;
}

bool cpp_float_literal(const char **p, struct cpp_value *ret)
{
	size_t n = strspn(*p, "0123456789");
	char *end;

	if (!n || ((*p)[n] != '.' && !((*p)[n] == 'e' && strchr("+-0123456789", (*p)[n + 1]) && (*p)[n + 1])))
		return false;
	*ret = (struct cpp_value){ .type = { .kind = CPP_FLOAT, .name = "double", .size = 8, .is_signed = true },
				   .f = strtod(*p, &end) };
	*p = end + (*end == 'f' || *end == 'F');
	return true;
}

bool cpp_is_partial(const struct cpp_type *t)
{
	struct type_info info;

	return !t->pointers && t->ref.provider && !err_ignore(type_get(t->ref, &info)) &&
	       (info.flags & TYPE_IS_PARTIAL);
}

uint64_t cpp_size(const struct cpp *x, const struct cpp_type *t)
{
	return t->pointers ? session_pointer_size(x->s) : t->size;
}

bool cpp_is_scalar(const struct cpp_type *t)
{
	return t->pointers || t->kind == CPP_INT || t->kind == CPP_FLOAT || t->kind == CPP_BOOL ||
	       t->kind == CPP_CHAR;
}

void cpp_add_name(const struct cpp_type *t, struct strbuf *sb)
{
	struct type_info info;

	if (t->kind == CPP_AGGREGATE && !err_ignore(type_get(t->ref, &info)))
		strbuf_adds(sb, info.kind == TYPE_UNION ? "union " : info.kind == TYPE_CLASS ? "class " : "struct ");
	if (t->kind == CPP_ARRAY && !err_ignore(type_get(t->ref, &info))) {
		struct cpp_type element;

		if (!err_ignore(cpp_type_of(info.element, &element)) && element.kind != CPP_ARRAY)
			cpp_add_name(&element, sb);
		strbuf_addf(sb, " [%llu]", (unsigned long long)info.count);
	}
	strbuf_adds(sb, t->kind == CPP_FUNCTION ? "<function>" : t->kind == CPP_ARRAY ? "" : t->name);
	if (t->pointers)
		strbuf_addc(sb, ' ');
	strbuf_pad(sb, '*', t->pointers);
}

/* --- parsing a type ----------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum cpp_kind kind;
	uint8_t size;	/* 0: a pointer's */
	bool is_signed;
} builtins[] = {
	{ "char", CPP_CHAR, 1, true },		{ "wchar_t", CPP_CHAR, 2, false },
	{ "bool", CPP_BOOL, 1, false },		{ "void", CPP_VOID, 1, false },
	{ "short", CPP_INT, 2, true },		{ "int", CPP_INT, 4, true },
	{ "long", CPP_INT, 4, true },		{ "__int64", CPP_INT, 8, true },
	{ "__int32", CPP_INT, 4, true },	{ "__int16", CPP_INT, 2, true },
	{ "__int8", CPP_INT, 1, true },		{ "float", CPP_FLOAT, 4, true },
	{ "double", CPP_FLOAT, 8, true },	{ "unsigned", CPP_INT, 4, false },
	{ "signed", CPP_INT, 4, true },		{ "size_t", CPP_INT, 0, false },
	{ "BYTE", CPP_INT, 1, false },		{ "WORD", CPP_INT, 2, false },
	{ "DWORD", CPP_INT, 4, false },		{ "ULONG", CPP_INT, 4, false },
	{ "LONG", CPP_INT, 4, true },		{ "ULONG64", CPP_INT, 8, false },
	{ "LONG64", CPP_INT, 8, true },		{ "ULONG_PTR", CPP_INT, 0, false },
	{ "LONG_PTR", CPP_INT, 0, true },
};

static size_t name_span(const char *p)
{
	size_t n = 0;

	for (;;) {
		if (isalnum((unsigned char)p[n]) || p[n] == '_' || p[n] == '!' || p[n] == '$')
			n++;
		else if (p[n] == ':' && p[n + 1] == ':')
			n += 2;
		else if (p[n] == '<' && n) {
			int depth = 0;
			size_t m = n;

			do {
				depth += p[m] == '<';
				depth -= p[m] == '>';
			} while (p[m++] && depth);
			if (depth)
				return n;
			n = m;
		} else
			return n;
	}
}

static bool take_word(struct cpp *x, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(x->p, word, n) != 0 || isalnum((unsigned char)x->p[n]) || x->p[n] == '_')
		return false;
	x->p = str_skip_space(x->p + n);
	return true;
}

static bool builtin_named(struct cpp *x, const char *name, struct cpp_type *ret)
{
	bool linux_process = x->s->target && !target_is_windows(x->s->target);

	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++) {
		if (strcmp(builtins[i].name, name) != 0)
			continue;
		*ret = (struct cpp_type){ .kind = builtins[i].kind, .name = builtins[i].name,
					  .size = builtins[i].size, .is_signed = builtins[i].is_signed };
		/* LP64 and LLP64, 4-byte wchar_t (System V psABI; MSVC) */
		if (!ret->size || (linux_process && strcmp(name, "long") == 0))
			ret->size = session_pointer_size(x->s);
		if (linux_process && strcmp(name, "wchar_t") == 0)
			ret->size = 4;
		return true;
	}
	return false;
}

/* "unsigned long long", "int": one or several words. */
static struct err *parse_builtin(struct cpp *x, const char *name, struct cpp_type *ret)
{
	bool is_unsigned = strcmp(name, "unsigned") == 0, is_signed = strcmp(name, "signed") == 0;
	bool twice = false;

	if (!builtin_named(x, name, ret))
		return err_new(ERR_NOTFOUND, "no builtin type");
	if (is_unsigned || is_signed || strcmp(name, "long") == 0) {
		static const char *const more[] = { "char", "short", "int", "long", "__int64", "double" };

		for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
			if (!take_word(x, more[i]))
				continue;
			if (strcmp(more[i], "int") == 0 && twice)
				continue;
			if (strcmp(more[i], "long") == 0 && (strcmp(name, "long") == 0 || twice))
				ret->size = 8;
			else
				(void)builtin_named(x, more[i], ret);
			twice = true;
			i = (size_t)-1;
		}
	}
	if (is_unsigned) {
		ret->is_signed = false;
		if (ret->kind == CPP_INT || ret->kind == CPP_CHAR)
			*ret = cpp_int((unsigned)ret->size, false);
	} else if (ret->kind == CPP_INT && ret->size == 8) {
		*ret = cpp_int(8, ret->is_signed);
	}
	return NULL;
}

static struct err *parse_name(struct cpp *x, struct cpp_type *ret)
{
	size_t n = name_span(x->p);
	char *name = arena_strndup(x->a, x->p, n);
	struct type_ref ref;
	const char *start = x->p;

	if (!name)
		return err_nomem();
	if (!n || isdigit((unsigned char)*name))
		return err_new(ERR_NOTFOUND, "no type");
	x->p = str_skip_space(x->p + n);
	if (!err_ignore(parse_builtin(x, name, ret)))
		return NULL;
	x->p = start;
	if (!x->s->target)
		return err_new(ERR_NOTFOUND, "no type");
	TRY(type_find(x->s, x->a, name, &ref));
	TRY(cpp_type_of(ref, ret));
	x->p = str_skip_space(start + n);
	return NULL;
}

struct err *cpp_parse_type(struct cpp *x, struct cpp_type *ret)
{
	static const char *const prefixes[] = { "const", "volatile", "struct", "class", "union", "enum" };
	struct cpp_type t;

	x->p = str_skip_space(x->p);
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (take_word(x, prefixes[i]))
			i = (size_t)-1;
	TRY(parse_name(x, &t));
	while (*x->p == '*' && t.pointers < MAX_NESTING) {
		t.pointers++;
		x->p = str_skip_space(x->p + 1);
		(void)take_word(x, "const");
	}
	*ret = t;
	return NULL;
}

/* --- members and elements -------------------------------------------------------------------- */

static struct err *find_member(struct cpp *x, struct type_ref type, const char *name, uint64_t base,
			       unsigned depth, struct type_member *ret, uint64_t *ret_offset)
{
	struct type_member *v;
	size_t n;

	TRY(type.provider->ops->type_members(type.provider, type.id, x->a, &v, &n));
	for (size_t i = 0; i < n; i++) {
		if (v[i].kind != MEMBER_DATA || strcmp(v[i].name, name) != 0)
			continue;
		*ret = v[i];
		*ret_offset = base + v[i].offset;
		return NULL;
	}
	for (size_t i = 0; i < n && depth < MAX_NESTING; i++) { /* bases and anonymous parts */
		struct type_ref inner;
		struct type_info info;

		if (v[i].kind != MEMBER_BASE && (v[i].kind != MEMBER_DATA || *v[i].name))
			continue;
		if (err_ignore(type_strip(v[i].type, &inner, &info)))
			continue;
		if (!err_ignore(find_member(x, inner, name, base + v[i].offset, depth + 1, ret, ret_offset)))
			return NULL;
	}
	return err_new(ERR_NOTFOUND, "no such member");
}

struct err *cpp_member(struct cpp *x, const struct cpp_value *v, const char *name, const char *at,
		       struct cpp_value *ret)
{
	struct cpp_value r = { .in_memory = true };
	struct type_member m = { 0 };
	struct type_ref type = m.type;
	struct type_info info;
	uint64_t offset = 0;

	if (v->type.pointers || v->type.kind != CPP_AGGREGATE || !v->in_memory)
		return expr_error("Type is not struct/class/union", at);
	if (err_ignore(find_member(x, v->type.ref, name, 0, 0, &m, &offset)))
		return expr_error("Type does not have given member error", at);
	type = m.type;
	r.bit_offset = m.bit_offset;
	r.bit_size = m.bit_size;
	if (!err_ignore(type_get(type, &info)) && info.kind == TYPE_BITFIELD) {
		type = info.element;
		r.bit_offset = info.bit_offset;
		r.bit_size = info.bit_size;
	}
	TRY(cpp_type_of(type, &r.type));
	r.address = v->address + offset;
	*ret = r;
	return NULL;
}

struct err *cpp_element(struct cpp *x, const struct cpp_value *v, struct cpp_value *ret)
{
	struct cpp_value r = { .in_memory = true, .type = v->type };
	struct type_info info;

	if (v->type.pointers) {
		r.type.pointers--;
		r.address = v->v;
	} else if (v->type.kind == CPP_ARRAY) {
		TRY(type_get(v->type.ref, &info));
		TRY(cpp_type_of(info.element, &r.type));
		r.address = v->address;
	} else {
		return err_new(ERR_USAGE, "Type is not pointer");
	}
	if (!r.type.pointers && r.type.kind == CPP_VOID)
		return err_new(ERR_USAGE, "Type is void");
	*ret = r;
	return NULL;
}

static uint64_t extend(uint64_t v, unsigned bits, bool is_signed)
{
	if (!bits || bits >= 64)
		return v;
	v &= ((uint64_t)1 << bits) - 1;
	return is_signed && v >> (bits - 1) ? v | ~(((uint64_t)1 << bits) - 1) : v;
}

static struct err *load_number(struct cpp *x, struct cpp_value *v, const char *at)
{
	uint64_t size = cpp_size(x, &v->type), raw;
	struct expr memory = { .s = x->s };
	uint32_t narrow;
	float f;

	if (size != 1 && size != 2 && size != 4 && size != 8)
		return err_new(ERR_UNSUPPORTED, "a number of %llu bytes", (unsigned long long)size);
	TRY(expr_memory(&memory, v->address, (unsigned)size, at, &raw));
	if (v->bit_size)
		v->v = extend(raw >> v->bit_offset, v->bit_size, v->type.is_signed);
	else
		v->v = extend(raw, (unsigned)size * 8, v->type.is_signed && !v->type.pointers);
	if (!v->type.pointers && v->type.kind == CPP_FLOAT) {
		narrow = (uint32_t)raw;
		memcpy(&f, &narrow, sizeof(f));
		memcpy(&v->f, &raw, sizeof(v->f));
		v->f = size == 4 ? (double)f : v->f;
	}
	return NULL;
}

struct err *cpp_load(struct cpp *x, struct cpp_value *v, const char *at)
{
	if (!v->in_memory)
		return NULL;
	if (!v->type.pointers && (v->type.kind == CPP_ARRAY || v->type.kind == CPP_FUNCTION)) {
		struct cpp_value element;

		v->v = v->address;
		if (v->type.kind == CPP_ARRAY) {
			TRY(cpp_element(x, v, &element));
			v->type = element.type;
		}
		v->type.pointers++;
	} else if (cpp_is_scalar(&v->type)) {
		TRY(load_number(x, v, at));
	} else {
		return expr_error("Type conflict error", at);
	}
	v->in_memory = false;
	v->bit_size = 0;
	return NULL;
}

/* --- names ------------------------------------------------------------------------------------- */

static struct err *from_variable(const struct variable *var, const struct regs *regs, const char *at,
				 struct cpp_value *ret)
{
	struct cpp_value v = { 0 };

	TRY(cpp_type_of(var->type, &v.type));
	if (var->location == LOCATION_NONE ||
	    (var->location == LOCATION_REGISTER && !regs_has(regs, var->reg)))
		return err_new(ERR_NOTFOUND, "'%s' cannot be located: %s", var->name,
			       var->reason ? var->reason : "its register is not known");
	v.in_memory = var->location == LOCATION_ADDRESS;
	v.address = var->value;
	v.v = var->location == LOCATION_REGISTER
		      ? extend(regs->v[var->reg], v.type.pointers ? 64 : (unsigned)v.type.size * 8,
			       v.type.is_signed)
		      : var->value;
	if (!cpp_is_scalar(&v.type) && !v.in_memory)
		return expr_error("Type conflict error", at);
	*ret = v;
	return NULL;
}

static struct err *local_named(struct cpp *x, const char *name, const char *at, struct cpp_value *ret)
{
	struct stack stack;
	struct variable *v;
	struct frame *f;
	size_t n;

	if (!x->s->thread)
		return err_new(ERR_NOTFOUND, "no thread");
	TRY(session_stack(x->s, x->a, x->s->frame + 1, &stack));
	if (x->s->frame >= stack.n)
		return err_new(ERR_NOTFOUND, "no frame");
	f = &stack.frames[x->s->frame];
	TRY(frame_locals(x->s->target, f, x->a, &v, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].name, name) == 0)
			return from_variable(&v[i], &f->regs, at, ret);
	return err_new(ERR_NOTFOUND, "no local");
}

/* The symbol with its type, where the symbol file tells it. */
static bool typed_symbol(struct cpp *x, struct module *m, const char *name, struct cpp_value *ret)
{
	struct provider **providers;
	size_t n = m ? module_providers(x->s->target, m, &providers) : 0;
	struct symbol sym;

	for (size_t i = 0; i < n; i++) {
		if (err_ignore(providers[i]->ops->symbol_named(providers[i], name, &sym)) ||
		    sym.kind == SYMBOL_TLS)
			continue;
		if (!sym.type.id)
			(void)target_symbol_type(x->s->target, m, sym.rva, &sym.type);
		if (!sym.type.id || err_ignore(cpp_type_of(sym.type, &ret->type)))
			ret->type = (struct cpp_type){ .kind = CPP_FUNCTION, .name = "" };
		ret->in_memory = sym.kind != SYMBOL_CONSTANT;
		ret->address = m->base + sym.rva;
		ret->v = (uint64_t)sym.value;
		return true;
	}
	return false;
}

static struct module *current_module(struct cpp *x)
{
	struct regs regs;

	if (err_ignore(session_regs(x->s, &regs)))
		return NULL;
	return target_module_at(x->s->target, regs_ip(&regs));
}

struct err *cpp_name(struct cpp *x, const char *name, const char *at, struct cpp_value *ret)
{
	const char *bang = strchr(name, '!');
	struct cpp_value v = { 0 };
	struct err *e;
	uint64_t address;

	if (!x->s->target)
		return expr_error("Couldn't resolve error", at);
	if (!bang) {
		e = local_named(x, name, at, ret);
		if (!e || strstr(err_message(e), "cannot be located"))
			return e;
		err_free(e);
	}
	if (bang) {
		char *module = arena_strndup(x->a, name, (size_t)(bang - name));

		if (!module)
			return err_nomem();
		if (typed_symbol(x, target_module_named(x->s->target, module), bang + 1, &v))
			goto found;
	} else if (typed_symbol(x, current_module(x), name, &v)) {
		goto found;
	}
	if (err_ignore(target_symbol_named(x->s->target, name, &address)))
		return expr_error("Couldn't resolve error", at);
	if (!bang && typed_symbol(x, target_module_at(x->s->target, address), name, &v))
		goto found;
	v = (struct cpp_value){ .in_memory = true, .address = address,
				.type = { .kind = CPP_FUNCTION, .name = "" } };
found:
	*ret = v;
	return NULL;
}
