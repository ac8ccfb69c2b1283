/* SPDX-License-Identifier: MIT */
/*
 * dt: types, and memory seen through them.
 *
 * Layouts come from the symbols of the module (or of any loaded module), else
 * from the built-in types. Each member is one record, with its depth, so that
 * nested structures stay flat in JSON.
 */
#include "command/command.h"

#include "base/cancel.h"
#include "command/type_find.h"
#include "command/value.h"
#include "target/kernel.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 16, MAX_ELEMENTS = 0x1000, MAX_LISTED = 100000, MAX_FIELDS = 16, MAX_MEMBERS = 1 << 20 };

static const struct field member_fields[] = {
	{ "depth", FIELD_UINT, "0 for members of the type asked for" },
	{ "indent", FIELD_STR, "blanks for the depth (text)" },
	{ "offset", FIELD_HEX, "from the start of the containing structure" },
	{ "address", FIELD_ADDR, "of the member, when an address was given" },
	{ "name", FIELD_STR, "name" },
	{ "type", FIELD_STR, "its type" },
	{ "value", FIELD_STR, "its value, when an address was given" },
	{ "static", FIELD_BOOL, "a static member" },
	{ "base", FIELD_BOOL, "a base class" },
	{ NULL },
};

static const struct record member_record = {
	.kind = "member",
	.help = "a member of a structure",
	.fields = member_fields,
	.text = "{indent:r}   +0x{offset:03x} {name:-16} : {type}\n",
};
static const char value_layout[] = "{indent:r}   +0x{offset:03x} {name:-16} : {value|??}\n";
static const char static_layout[] = "{indent:r}   =static {name:-16} : {type}\n";
static const char enum_layout[] = "{indent:r}   {name} = {value}\n";

static const struct field type_fields[] = {
	{ "name", FIELD_STR, "name of the type" },
	{ "module", FIELD_STR, "module it belongs to" },
	{ "size", FIELD_SIZE, "bytes" },
	{ "address", FIELD_ADDR, "where it is shown" },
	{ "value", FIELD_STR, "value of a type without members" },
	{ NULL },
};

static const struct record type_record = {
	.kind = "type",
	.help = "a type",
	.fields = type_fields,
	.text = "[{module}!]{name}\n",
};
static const char simple_layout[] = "[{module}!]{name}[ = {value}]\n";

struct dt {
	struct session *s;
	struct out *o;
	struct arena *arena;
	unsigned depth_limit;	/* -r */
	bool expand_arrays;	/* -a */
	bool sizes;		/* -v */
	bool has_address;
	const char *fields[MAX_FIELDS];	/* only members that match one; none: all */
	size_t n_fields;
	size_t n_members;	/* that were looked at */
};

/* WinDbg's words for types in dt: Ptr64 _PEB, [16] Char, Pos 3, 5 Bits. */
static struct err *type_words(struct type_ref type, struct strbuf *sb, unsigned depth)
{
	struct type_info info;

	if (depth > MAX_DEPTH || !type.id) {
		strbuf_adds(sb, type.id ? "..." : "Void");
		return NULL;
	}
	TRY(type_get(type, &info));
	switch ((int)info.kind) {
	case TYPE_POINTER:
		strbuf_addf(sb, "Ptr%u ", (unsigned)info.size * 8);
		return type_words(info.element, sb, depth + 1);
	case TYPE_ARRAY:
		strbuf_addf(sb, "[%" PRIu64 "] ", info.count);
		return type_words(info.element, sb, depth + 1);
	case TYPE_MODIFIER:
		return type_words(info.element, sb, depth + 1);
	case TYPE_TYPEDEF:
		strbuf_adds(sb, info.name);
		return NULL;
	case TYPE_FUNCTION:
		strbuf_adds(sb, "<function>");
		return NULL;
	case TYPE_BITFIELD:
		strbuf_addf(sb, "Pos %u, %u Bit%s", info.bit_offset, info.bit_size,
			    info.bit_size == 1 ? "" : "s");
		return NULL;
	case TYPE_INT: case TYPE_UINT:
		strbuf_addf(sb, info.size == 1 && info.kind == TYPE_UINT ? "UChar" : "%snt%uB",
			    info.kind == TYPE_UINT ? "Ui" : "I", (unsigned)info.size);
		return NULL;
	case TYPE_CHAR:
		strbuf_adds(sb, "Char");
		return NULL;
	case TYPE_WCHAR:
		strbuf_adds(sb, "Wchar");
		return NULL;
	case TYPE_FLOAT:
		strbuf_adds(sb, info.size == 8 ? "Float" : "Float4");
		return NULL;
	case TYPE_BOOL:
		strbuf_adds(sb, "Bool");
		return NULL;
	case TYPE_VOID:
		strbuf_adds(sb, "Void");
		return NULL;
	default:
		strbuf_adds(sb, *info.name ? info.name : "<unnamed-tag>");
		return NULL;
	}
}

static void member_words(const struct type_member *m, struct strbuf *sb)
{
	if (m->bit_size)
		strbuf_addf(sb, "Pos %u, %u Bit%s", m->bit_offset, m->bit_size, m->bit_size == 1 ? "" : "s");
	else if (err_ignore(type_words(m->type, sb, 0)))
		strbuf_adds(sb, "<unknown type>");
}

/* What dt adds to the names of well-known structures. */
static void add_contents(struct dt *d, const char *name, uint64_t address, struct strbuf *sb)
{
	const struct arch_memory *m = target_memory(session_target(d->s));
	unsigned size = session_pointer_size(d->s);
	uint64_t a, b;

	if ((strcmp(name, "_LIST_ENTRY") == 0 || strcmp(name, "list_head") == 0) && arch_read_uint(m, address, size, &a) &&
	    arch_read_uint(m, address + size, size, &b)) {
		strbuf_addf(sb, " [ 0x%" PRIx64 " - 0x%" PRIx64 " ]", a, b);
	} else if (strcmp(name, "_UNICODE_STRING") == 0 && arch_read_uint(m, address, 2, &a) &&
		   arch_read_uint(m, address + size, size, &b) && b) {
		uint8_t text[512];
		size_t n = m->read(m->arg, b, text, a < sizeof(text) ? (size_t)a : sizeof(text));

		strbuf_adds(sb, " \"");
		strbuf_add_utf16le(sb, text, n);
		strbuf_adds(sb, "\"");
	}
}

/* Linux's counters are structures with a number in them. */
static void add_counter(struct dt *d, struct type_ref type, uint64_t size, uint64_t address, struct strbuf *sb)
{
	static const char *const names[] = { "atomic_t", "atomic64_t", "atomic_long_t", "refcount_t", "refcount_struct", "kref" };
	const struct arch_memory *m = target_memory(session_target(d->s));
	struct type_info info;
	uint64_t v;

	if ((size != 4 && size != 8) || err_ignore(type_get(type, &info)))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(info.name, names[i]) == 0 && arch_read_uint(m, address, (unsigned)size, &v))
			strbuf_addf(sb, " 0n%" PRId64, size == 4 ? (int64_t)(int32_t)v : (int64_t)v);
}

/* Arrays of characters are shown as text: [8]  "first". */
static struct err *array_value(struct dt *d, const struct value *v, struct strbuf *sb)
{
	CLEANUP(strbuf_deinit) struct strbuf text = STRBUF_INIT;
	struct type_ref stripped;
	struct type_info info;
	const char *quoted;

	TRY(type_strip(v->type, &stripped, &info));
	TRY(value_describe(d->s, v, &text));
	TRY(strbuf_check(&text));
	quoted = strstr(text.s, " \"");
	if (!quoted)
		return type_words(v->type, sb, 0);
	strbuf_addf(sb, "[%" PRIu64 "] %s", info.count, quoted);
	return NULL;
}

/* A pointer that is null, absent or shown with its text has no type behind it. */
static bool says_address(const char *text)
{
	return text && str_starts(text, "0x") && !strchr(text, '"');
}

static struct err *member_value(struct dt *d, const struct type_member *m, uint64_t address,
				struct strbuf *sb)
{
	struct value v = { .type = m->type, .in_memory = true, .address = address,
			   .bit_offset = m->bit_offset, .bit_size = m->bit_size };
	struct type_ref stripped;
	struct type_info info;

	TRY(type_strip(m->type, &stripped, &info));
	if (info.kind == TYPE_ARRAY)
		TRY(array_value(d, &v, sb));
	else if (info.kind != TYPE_STRUCT && info.kind != TYPE_CLASS && info.kind != TYPE_UNION)
		TRY(value_describe(d->s, &v, sb));
	else
		TRY(type_words(m->type, sb, 0));
	if (info.kind == TYPE_STRUCT) {
		add_contents(d, info.name, address, sb);
		add_counter(d, m->type, info.size, address, sb);
	}
	if (info.kind == TYPE_POINTER && says_address(sb->s)) {
		strbuf_addc(sb, ' ');
		(void)err_ignore(type_words(info.element, sb, 0));
	}
	return NULL;
}

static void add_indent(struct out *o, unsigned depth)
{
	static const char blanks[] = "                                                ";
	size_t n = depth * 3 < sizeof(blanks) - 1 ? depth * 3 : sizeof(blanks) - 1;

	out_uint(o, "depth", depth);
	out_str(o, "indent", blanks + sizeof(blanks) - 1 - n);
}

static struct err *show_members(struct dt *d, struct type_ref type, uint64_t address, unsigned depth,
				const char *path);

static bool has_members(struct type_ref type, struct type_ref *ret, struct type_info *info)
{
	return !err_ignore(type_strip(type, ret, info)) &&
	       (info->kind == TYPE_STRUCT || info->kind == TYPE_CLASS || info->kind == TYPE_UNION);
}

static struct err *emit_member(struct dt *d, const struct type_member *m, uint64_t address,
			       unsigned depth)
{
	CLEANUP(strbuf_deinit) struct strbuf type = STRBUF_INIT;
	CLEANUP(strbuf_deinit) struct strbuf value = STRBUF_INIT;
	bool is_static = m->kind == MEMBER_STATIC;

	member_words(m, &type);
	if (d->has_address && !is_static)
		TRY(member_value(d, m, address + m->offset, &value));
	TRY(strbuf_check(&type));
	TRY(strbuf_check(&value));
	out_begin_as(d->o, &member_record, is_static ? static_layout
			     : d->has_address ? value_layout : member_record.text);
	add_indent(d->o, depth);
	out_uint(d->o, "offset", m->offset);
	if (d->has_address && !is_static)
		out_addr(d->o, "address", address + m->offset);
	out_str(d->o, "name", m->kind == MEMBER_VTABLE ? "__VFN_table"
			      : m->kind == MEMBER_BASE ? "__BaseClass" : m->name);
	out_str(d->o, "type", type.s);
	if (value.len)
		out_str(d->o, "value", value.s);
	if (is_static)
		out_bool(d->o, "static", true);
	if (m->kind == MEMBER_BASE)
		out_bool(d->o, "base", true);
	return out_end(d->o);
}

static struct err *show_elements(struct dt *d, const struct type_info *array, uint64_t address,
				 unsigned depth)
{
	struct type_ref stripped;
	struct type_info element;

	if (err_ignore(type_strip(array->element, &stripped, &element)))
		return NULL;
	for (uint64_t i = 0; i < array->count && i < MAX_ELEMENTS; i++) {
		char name[32];
		struct type_member m = { .kind = MEMBER_DATA, .name = name, .type = array->element,
					 .offset = i * element.size };

		TRY(cancel_check());
		(void)snprintf(name, sizeof(name), "[%02" PRIu64 "]", i);
		TRY(emit_member(d, &m, address, depth));
		if (has_members(array->element, &stripped, &element) && depth < d->depth_limit + 1)
			TRY(show_members(d, stripped, address + m.offset, depth + 1, NULL));
	}
	return NULL;
}

/* Whether a member is the first part of "Ldr", "NtTib.StackBase", "Ldr->Length" or
 * "NtTib."; *ret_rest: what is behind the dot, "" for all of it, NULL without one. */
static bool matches_path(const struct type_member *m, const char *path, const char **ret_rest)
{
	size_t n = strcspn(path, ".-");
	char first[128];

	if (n >= sizeof(first))
		return false;
	memcpy(first, path, n);
	first[n] = '\0';
	*ret_rest = !path[n] ? NULL : path + n + (path[n] == '-' && path[n + 1] == '>' ? 2 : 1);
	return str_match(first, m->name, true);
}

/* path: what is asked for of this structure; NULL or "": all. */
static bool is_wanted(const struct dt *d, const struct type_member *m, unsigned depth,
		      const char *path, const char **ret_rest)
{
	*ret_rest = NULL;
	if (m->kind == MEMBER_METHOD || m->kind == MEMBER_NESTED)
		return false;
	if (path && *path)
		return matches_path(m, path, ret_rest);
	if (depth || !d->n_fields)
		return true;
	for (size_t i = 0; i < d->n_fields; i++)
		if (matches_path(m, d->fields[i], ret_rest))
			return true;
	return false;
}

/* "Ldr." of a pointer shows what it points to. */
static struct err *follow_path(struct dt *d, const struct type_member *m, uint64_t address,
			       unsigned depth, const char *rest)
{
	struct value v = { .type = m->type, .in_memory = true, .address = address + m->offset };
	struct type_ref stripped, inner;
	struct type_info info, inner_info;
	uint64_t to;

	if (depth >= MAX_DEPTH)
		return NULL;
	if (has_members(m->type, &stripped, &info))
		return show_members(d, stripped, address + m->offset, depth + 1, rest);
	if (info.kind != TYPE_POINTER || !has_members(info.element, &inner, &inner_info))
		return NULL;
	if (!d->has_address)
		return show_members(d, inner, 0, depth + 1, rest);
	return err_ignore(value_scalar(d->s, &v, &to)) ? NULL
						       : show_members(d, inner, to, depth + 1, rest);
}

static struct err *descend(struct dt *d, const struct type_member *m, uint64_t address,
			   unsigned depth)
{
	struct type_ref stripped;
	struct type_info info;

	if (m->kind == MEMBER_STATIC || m->bit_size)
		return NULL;
	/* a base class and an anonymous member are part of the type itself */
	if (has_members(m->type, &stripped, &info) && depth < MAX_DEPTH &&
	    (depth < d->depth_limit || m->kind == MEMBER_BASE))
		return show_members(d, stripped, address + m->offset, depth + 1, NULL);
	if (d->expand_arrays && d->has_address && info.kind == TYPE_ARRAY)
		return show_elements(d, &info, address + m->offset, depth + 1);
	return NULL;
}

static struct err *show_member(struct dt *d, const struct type_member *m, uint64_t address, unsigned depth,
			       const char *path)
{
	const char *rest;

	if (!is_wanted(d, m, depth, path, &rest))
		return NULL;
	TRY(emit_member(d, m, address, depth));
	return rest ? follow_path(d, m, address, depth, rest) : descend(d, m, address, depth);
}

/* The members of an anonymous structure or union are the type's own: they are shown as such. */
static bool is_anonymous(const struct type_member *m, struct type_ref *ret)
{
	struct type_info info;

	return m->kind == MEMBER_DATA && !*m->name && !m->bit_size && has_members(m->type, ret, &info);
}

static struct err *show_members_at(struct dt *d, struct type_ref type, uint64_t base, uint64_t address,
				   unsigned depth, unsigned nested, const char *path)
{
	struct type_member *members = NULL;
	struct type_ref inner;
	size_t n = 0;

	TRY(type.provider->ops->type_members(type.provider, type.id, d->arena, &members, &n));
	for (size_t i = 0; i < n; i++) {
		struct type_member m = members[i];

		TRY(cancel_check());
		if (d->n_members++ > MAX_MEMBERS)
			return err_new(ERR_UNSUPPORTED, "more than %d members: -r and -b go too deep here", MAX_MEMBERS);
		m.offset += base;
		if (nested < MAX_DEPTH && is_anonymous(&m, &inner))
			TRY(show_members_at(d, inner, m.offset, address, depth, nested + 1, path));
		else
			TRY(show_member(d, &m, address, depth, path));
	}
	return NULL;
}

static struct err *show_members(struct dt *d, struct type_ref type, uint64_t address, unsigned depth,
				const char *path)
{
	return show_members_at(d, type, 0, address, depth, 0, path);
}

static struct err *show_enum(struct dt *d, struct type_ref type)
{
	struct type_enumerator *names = NULL;
	size_t n = 0;

	TRY(type.provider->ops->type_enumerators(type.provider, type.id, d->arena, &names, &n));
	for (size_t i = 0; i < n; i++) {
		out_begin_as(d->o, &member_record, enum_layout);
		add_indent(d->o, 0);
		out_str(d->o, "name", names[i].name);
		out_strf(d->o, "value", "0n%" PRId64, names[i].value);
		TRY(out_end(d->o));
	}
	return NULL;
}

static struct err *emit_type(struct dt *d, const char *module, const struct type_info *info,
			     struct type_ref type, uint64_t address)
{
	CLEANUP(strbuf_deinit) struct strbuf value = STRBUF_INIT;
	CLEANUP(strbuf_deinit) struct strbuf name = STRBUF_INIT;
	struct value v = { .type = type, .in_memory = true, .address = address };
	bool simple = info->kind != TYPE_STRUCT && info->kind != TYPE_CLASS && info->kind != TYPE_UNION;

	if (simple && d->has_address)
		TRY(value_describe(d->s, &v, &value));
	if (*info->name)
		strbuf_adds(&name, info->name);
	else
		TRY(type_describe(type, &name));
	TRY(strbuf_check(&name));
	out_begin_as(d->o, &type_record, simple ? simple_layout : type_record.text);
	out_str(d->o, "module", module);
	out_str(d->o, "name", name.s);
	out_uint(d->o, "size", info->size);
	if (d->has_address)
		out_addr(d->o, "address", address);
	if (value.len)
		out_str(d->o, "value", value.s);
	TRY(out_end(d->o));
	return d->sizes ? out_heading(d->o, "   size 0x%" PRIx64 "\n", info->size) : NULL;
}

static struct err *show_type(struct dt *d, const char *module, struct type_ref type,
			     uint64_t address)
{
	struct type_ref stripped;
	struct type_info info;

	TRY(type_strip(type, &stripped, &info));
	TRY(emit_type(d, module, &info, stripped, address));
	if (has_members(stripped, &stripped, &info))
		return show_members(d, stripped, address, 0, NULL);
	return info.kind == TYPE_ENUM && !d->has_address ? show_enum(d, stripped) : NULL;
}

/* --- names ------------------------------------------------------------------------------ */

struct err *dt_show(struct session *s, struct arena *a, struct out *o, struct type_ref type, uint64_t address)
{
	struct dt d = { .s = s, .o = o, .arena = a, .has_address = true };

	return show_type(&d, NULL, type, address);
}

struct listing {
	struct dt *d;
	const char *module;
	size_t n;
	struct err *e;
};

static bool list_type(void *arg, struct type_ref type, const char *name)
{
	struct listing *l = arg;
	struct type_info info;

	if (err_ignore(type_get(type, &info)) || l->n++ > MAX_LISTED)
		return false;
	out_begin_as(l->d->o, &type_record, "          {module}!{name}\n");
	out_str(l->d->o, "module", l->module);
	out_str(l->d->o, "name", name);
	out_uint(l->d->o, "size", info.size);
	l->e = out_end(l->d->o);
	return !l->e && !cancel_requested();
}

/* The kernel's own types are always at hand. */
static bool is_vmlinux(struct target *t, const struct module *m)
{
	return target_kernel(t) && strcmp(m->name, "vmlinux") == 0;
}

static struct err *list_types(struct dt *d, const char *pattern)
{
	const char *module = type_module(d->arena, pattern), *bang = strchr(pattern, '!');
	struct target *t = session_target(d->s);
	struct module **modules;
	size_t n = target_modules(t, &modules);

	for (size_t i = 0; i < n; i++) {
		struct listing l = { .d = d, .module = modules[i]->name };
		struct provider **providers;
		size_t n_providers;

		if (module ? !str_match(module, modules[i]->name, true)
			   : module_symbol_status(modules[i]) == SYMBOLS_DEFERRED && !is_vmlinux(t, modules[i]))
			continue;
		n_providers = module_providers(t, modules[i], &providers);
		for (size_t k = 0; k < n_providers; k++) {
			TRY(providers[k]->ops->types(providers[k], bang ? bang + 1 : pattern, list_type, &l));
			if (l.e)
				return l.e;
			TRY(cancel_check());
		}
	}
	return NULL;
}

/* -r3 -b -v -a: letters before the name, as often as wanted */
static void parse_options(struct dt *d, const char **p)
{
	while (**p == '-' || **p == '/') {
		for ((*p)++; **p && !isspace((unsigned char)**p); (*p)++) {
			if (**p == 'r') {
				d->depth_limit = isdigit((unsigned char)(*p)[1]) ? (unsigned)((*p)[1] - '0') : 5;
				*p += isdigit((unsigned char)(*p)[1]) != 0;
			}
			if (**p == 'b')
				d->depth_limit = MAX_DEPTH;
			d->expand_arrays |= **p == 'a' || **p == 'b';
			d->sizes |= **p == 'v';
		}
		*p = str_skip_space(*p);
	}
}

/* A name that is no number: a field, or a pattern or path of fields. */
static bool is_field_name(const char *p)
{
	size_t n = strcspn(p, " "), known = 0;

	if (!isalpha((unsigned char)*p) && *p != '_')
		return false;
	while (known < n && (isalnum((unsigned char)p[known]) || strchr("_*?.", p[known]) ||
			     (p[known] == '-' && p[known + 1] == '>') ||
			     (p[known] == '>' && p[known - 1] == '-')))
		known++;
	return known == n && strspn(p, "0123456789abcdefABCDEF") != n;
}

/* Fields and the address, in any order: dt _PEB @$peb Ldr, dt _PEB Ldr @$peb. */
static struct err *parse_fields(struct dt *d, const struct args *args, const char *p,
				uint64_t *ret_address)
{
	while (*p) {
		if (is_field_name(p) && d->n_fields < MAX_FIELDS) {
			char *field;

			TRY(word_parse(args->arena, &p, &field));
			d->fields[d->n_fields++] = field;
		} else if (!d->has_address) {
			TRY(expr_parse(d->s, &p, ret_address));
			d->has_address = true;
		} else {
			break;
		}
		p = str_skip_space(p);
	}
	return end_parse(args, p);
}

/* A local is shown as WinDbg does: where it is, then what it is or points to. */
static struct err *show_local(struct dt *d, const struct value *v)
{
	CLEANUP(strbuf_deinit) struct strbuf name = STRBUF_INIT;
	struct type_ref type = v->type, inner;
	struct type_info info, inner_info;
	uint64_t address = v->address;

	TRY(type_describe(v->type, &name));
	if (v->in_memory)
		TRY(out_heading(d->o, "Local var @ 0x%" PRIx64 " Type %s\n", address, name.s));
	TRY(type_strip(v->type, &type, &info));
	if (info.kind == TYPE_POINTER && has_members(info.element, &inner, &inner_info) &&
	    !err_ignore(value_scalar(d->s, v, &address)))
		type = inner;
	else if (!v->in_memory)
		return err_new(ERR_UNSUPPORTED, "the variable is in a register: dv shows it");
	d->has_address = true;
	return show_type(d, NULL, type, address);
}

/* "task_struct.pid,comm", as users of crash type it: the members become fields. */
static struct err *split_fields(struct dt *d, char *name)
{
	char *p = strchr(name, '.');

	while (p && d->n_fields < MAX_FIELDS) {
		*p++ = '\0';
		d->fields[d->n_fields++] = p;
		p = strchr(p, ',');
	}
	return p ? err_new(ERR_USAGE, "more than %d members", MAX_FIELDS) : NULL;
}

/* A type's name; "struct x" is x. */
static struct err *parse_name(struct dt *d, const struct args *args, const char **p, char **ret)
{
	static const char *const words[] = { "struct", "union", "enum", "class" };

	TRY(word_parse(args->arena, p, ret));
	for (size_t i = 0; *ret && i < ARRAY_SIZE(words); i++)
		if (strcmp(*ret, words[i]) == 0 && (isalpha((unsigned char)**p) || **p == '_')) {
			TRY(word_parse(args->arena, p, ret));
			break;
		}
	if (!*ret)
		return usage_error(args, "a type is missing");
	return strcmp(args->name, "dt") == 0 ? NULL : split_fields(d, *ret);
}

/* A variable, a type, or a local variable. */
static struct err *run_dt(struct session *s, const struct args *args, struct out *o)
{
	struct dt d = { .s = s, .o = o, .arena = args->arena };
	const char *p = args->tail;
	struct type_ref type;
	struct value local;
	uint64_t address = 0;
	char *name = NULL;

	parse_options(&d, &p);
	TRY(parse_name(&d, args, &p, &name));
	TRY(parse_fields(&d, args, p, &address));
	if (strpbrk(name, "*?"))
		return list_types(&d, name);
	if (!d.has_address && type_find_variable(s, name, &type, &address)) {
		d.has_address = true;
	} else {
		struct err *e = type_find(s, args->arena, name, &type);

		if (e && !d.has_address && err_code(e) == ERR_NOTFOUND &&
		    type_find_local(s, args->arena, name, &local)) {
			err_free(e);
			return show_local(&d, &local);
		}
		TRY(e);
	}
	return show_type(&d, type_module(args->arena, name), type, address);
}

static const char *const dt_aliases[] = { "struct", "union", NULL };
static const struct record *const dt_records[] = { &type_record, &member_record, NULL };

const struct command command_dt = {
	.name = "dt",
	.aliases = dt_aliases,
	.summary = "show a type, or memory as a type",
	.usage = "[-r[depth]] [-a] [-b] [-v] [module!]type|variable [field...] [address]",
	.help = "Without an address: members with offsets and types. With one: their values. A\n"
		"variable's name, of the current frame or global, shows it at its own address.\n"
		"Fields (before or behind the address, patterns with *) are shown alone; NtTib. and\n"
		"NtTib.StackBase look into one, also through a pointer. -r goes into nested structures (to\n"
		"a depth, 5 by default), -b into all, -a shows array elements, -v the size. A\n"
		"pattern with * or ? lists types. Types come from the module's symbols, then from\n"
		"any symbols loaded, then from built-in public layouts (_PEB, _TEB,\n"
		"_RTL_CRITICAL_SECTION, pthread objects ...). The members of anonymous structures and\n"
		"unions are shown as those of the type around them.\n"
		"Of a Linux kernel the types are its own (BTF). A per-CPU variable is that of the current\n"
		"thread's processor; runqueues:1 is processor 1's. struct is another name, for users of\n"
		"crash: struct task_struct.pid,comm ADDRESS.",
	.records = dt_records,
	.needs = NEEDS_TARGET,
	.run = run_dt,
};
