/* SPDX-License-Identifier: MIT */
/* Typed values as text; see value.h. Nesting of types is bounded. */
#include "command/value.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_DEPTH = 16, MAX_TEXT = 128 };

static const char *kind_word(enum type_kind kind)
{
	switch ((int)kind) {
	case TYPE_STRUCT: return "struct ";
	case TYPE_CLASS: return "class ";
	case TYPE_UNION: return "union ";
	case TYPE_ENUM: return "enum ";
	default: return "";
	}
}

static struct err *describe_type(struct type_ref type, struct strbuf *sb, unsigned depth);

static struct err *describe_element(const struct type_info *info, struct strbuf *sb, unsigned depth)
{
	if (!info->element.id) {
		strbuf_adds(sb, "void");
		return NULL;
	}
	return describe_type(info->element, sb, depth + 1);
}

/* "const char *" is a pointer to what does not change, "char * const" one that
 * does not change itself. Of an array it is its elements' property, which
 * compilers state once or twice. */
static struct err *describe_modifier(const struct type_info *info, struct strbuf *sb, unsigned depth)
{
	const char *c = info->flags & TYPE_IS_CONST ? "const" : "";
	const char *v = info->flags & TYPE_IS_VOLATILE ? "volatile" : "";
	struct type_info inner = { 0 }, element = { 0 };

	if (info->element.id)
		TRY(type_get(info->element, &inner));
	if (inner.kind == TYPE_POINTER) {
		TRY(describe_element(info, sb, depth));
		strbuf_addf(sb, "%s%s%s%s", *c ? " " : "", c, *v ? " " : "", v);
		return NULL;
	}
	if (inner.kind == TYPE_ARRAY && inner.element.id && !err_ignore(type_get(inner.element, &element)) &&
	    element.kind == TYPE_MODIFIER && (element.flags & info->flags) == info->flags)
		return describe_element(info, sb, depth);
	strbuf_addf(sb, "%s%s%s%s", c, *c ? " " : "", v, *v ? " " : "");
	return describe_element(info, sb, depth);
}

static struct err *describe_type(struct type_ref type, struct strbuf *sb, unsigned depth)
{
	struct type_info info;

	if (depth > MAX_DEPTH) {
		strbuf_adds(sb, "...");
		return NULL;
	}
	TRY(type_get(type, &info));
	switch ((int)info.kind) {
	case TYPE_POINTER:
		TRY(describe_element(&info, sb, depth));
		strbuf_adds(sb, info.flags & TYPE_IS_REFERENCE ? " &" : " *");
		return NULL;
	case TYPE_ARRAY:
		TRY(describe_element(&info, sb, depth));
		strbuf_addf(sb, " [%" PRIu64 "]", info.count);
		return NULL;
	case TYPE_FUNCTION:
		strbuf_adds(sb, "<function>");
		return NULL;
	case TYPE_MODIFIER:
		return describe_modifier(&info, sb, depth);
	case TYPE_BITFIELD:
		return describe_element(&info, sb, depth);
	default:
		strbuf_addf(sb, "%s%s", kind_word(info.kind), *info.name ? info.name : "<unnamed>");
		return NULL;
	}
}

struct err *type_describe(struct type_ref type, struct strbuf *sb)
{
	if (!type.id) {
		strbuf_adds(sb, "<no type>");
		return NULL;
	}
	return describe_type(type, sb, 0);
}

static uint64_t mask_bits(uint64_t v, unsigned bits)
{
	return bits >= 64 ? v : v & (((uint64_t)1 << bits) - 1);
}

static int64_t sign_extend(uint64_t v, unsigned bits)
{
	if (!bits || bits >= 64)
		return (int64_t)v;
	v = mask_bits(v, bits);
	return (int64_t)(v ^ (uint64_t)1 << (bits - 1)) - (int64_t)((uint64_t)1 << (bits - 1));
}

static struct err *read_scalar(struct session *s, const struct value *v,
			       const struct type_info *info, uint64_t *ret)
{
	const struct arch_memory *m = target_memory(session_target(s));
	unsigned size = info->size == 1 || info->size == 2 || info->size == 4 ? (unsigned)info->size : 8;
	uint64_t bits = v->bits;

	if (v->in_memory && !arch_read_uint(m, v->address, size, &bits))
		return err_fault(v->address);
	if (v->bit_size)
		bits = mask_bits(bits >> v->bit_offset, v->bit_size);
	else if (info->size && info->size < 8)
		bits = mask_bits(bits, (unsigned)info->size * 8);
	*ret = bits;
	return NULL;
}

struct err *value_scalar(struct session *s, const struct value *v, uint64_t *ret)
{
	struct type_ref type;
	struct type_info info;

	TRY(type_strip(v->type, &type, &info));
	return read_scalar(s, v, &info, ret);
}

/* Text behind a pointer or in an array, quoted; nothing when there is none. */
static void add_text(struct session *s, uint64_t address, uint64_t limit, unsigned unit,
		     struct strbuf *sb)
{
	const struct arch_memory *m = target_memory(session_target(s));
	uint8_t bytes[MAX_TEXT * 2];
	size_t want = limit < MAX_TEXT ? (size_t)limit * unit : (size_t)MAX_TEXT * unit;
	size_t n = m->read(m->arg, address, bytes, want < sizeof(bytes) ? want : sizeof(bytes));

	if (!n)
		return;
	strbuf_adds(sb, " \"");
	if (unit == 2)
		strbuf_add_utf16le(sb, bytes, n);
	else
		strbuf_add_utf8(sb, (const char *)bytes, strnlen((const char *)bytes, n));
	strbuf_adds(sb, "\"");
}

/* The width of characters that a pointer or array element has, 0: not text. */
static unsigned text_unit(struct type_ref element)
{
	struct type_ref stripped;
	struct type_info info;

	if (err_ignore(type_strip(element, &stripped, &info)))
		return 0;
	if (info.kind == TYPE_CHAR)
		return 1;
	return info.kind == TYPE_WCHAR && info.size == 2 ? 2 : 0;
}

static void add_char(uint64_t bits, unsigned size, struct strbuf *sb)
{
	int64_t c = size == 1 ? (int8_t)bits : (int64_t)bits;

	strbuf_addf(sb, "0n%" PRId64, c);
	if (bits >= ' ' && bits < 0x7f)
		strbuf_addf(sb, " '%c'", (char)bits);
	else
		strbuf_adds(sb, " ''");
}

static void add_float(uint64_t bits, uint64_t size, struct strbuf *sb)
{
	union {
		uint64_t u;
		double d;
		float f[2];
	} pun = { .u = bits };

	if (size == 4)
		strbuf_addf(sb, "%.8g", (double)pun.f[0]);
	else if (size == 8)
		strbuf_addf(sb, "%.16g", pun.d);
	else
		strbuf_addf(sb, "<%" PRIu64 "-byte float>", size);
}

static struct err *add_enum(struct type_ref type, uint64_t bits, unsigned size, struct strbuf *sb)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct type_enumerator *names;
	int64_t v = sign_extend(bits, size * 8);
	size_t n;

	if (!err_ignore(type.provider->ops->type_enumerators(type.provider, type.id, &a, &names, &n)))
		for (size_t i = 0; i < n; i++)
			if (names[i].value == v || (uint64_t)names[i].value == bits) {
				strbuf_addf(sb, "0n%" PRId64 " ( %s )", v, names[i].name);
				return NULL;
			}
	strbuf_addf(sb, "0n%" PRId64 " (No matching name)", v);
	return NULL;
}

static void add_pointer(struct session *s, const struct type_info *info, uint64_t bits,
			struct strbuf *sb)
{
	unsigned unit = text_unit(info->element);
	struct type_ref element;
	struct type_info pointee;

	if (!bits) {
		strbuf_adds(sb, "(null)");
		return;
	}
	if (info->size == 8)
		strbuf_addf(sb, "0x%08" PRIx64 "`%08" PRIx64, bits >> 32, bits & UINT32_MAX);
	else
		strbuf_addf(sb, "0x%08" PRIx64, bits);
	if (unit) {
		add_text(s, bits, MAX_TEXT, unit, sb);
	} else if (!err_ignore(type_strip(info->element, &element, &pointee)) &&
		   pointee.kind == TYPE_FUNCTION) {
		strbuf_addc(sb, ' ');
		target_add_symbol(session_target(s), bits, sb);
	}
}

static void add_binary(uint64_t bits, unsigned n, struct strbuf *sb)
{
	strbuf_adds(sb, "0y");
	while (n--)
		strbuf_addc(sb, bits >> n & 1 ? '1' : '0');
}

static struct err *add_scalar(struct session *s, struct type_ref type, const struct type_info *info,
			      const struct value *v, struct strbuf *sb)
{
	unsigned size = (unsigned)(info->size ? info->size : 4);
	uint64_t bits = 0;

	if (err_ignore(read_scalar(s, v, info, &bits))) {
		strbuf_adds(sb, "??");
		return NULL;
	}
	switch ((int)info->kind) {
	case TYPE_BOOL:
		strbuf_adds(sb, bits ? bits == 1 ? "true" : "true (not 1)" : "false");
		return NULL;
	case TYPE_CHAR:
	case TYPE_WCHAR:
		add_char(bits, size, sb);
		return NULL;
	case TYPE_FLOAT:
		add_float(bits, info->size, sb);
		return NULL;
	case TYPE_ENUM:
		return add_enum(type, bits, v->bit_size ? 8 : size, sb);
	case TYPE_POINTER:
		add_pointer(s, info, bits, sb);
		return NULL;
	case TYPE_INT:
		if (!v->bit_size) {
			strbuf_addf(sb, "0n%" PRId64, sign_extend(bits, size * 8));
			return NULL;
		}
		break;
	default:
		break;
	}
	if (v->bit_size)
		add_binary(bits, v->bit_size, sb);
	else
		strbuf_addf(sb, "0x%" PRIx64, bits);
	return NULL;
}

struct err *value_describe(struct session *s, const struct value *v, struct strbuf *sb)
{
	struct type_ref type;
	struct type_info info;

	TRY(type_strip(v->type, &type, &info));
	if (info.kind == TYPE_BITFIELD) {
		struct value inner = *v;

		inner.type = info.element;
		inner.bit_offset = info.bit_offset;
		inner.bit_size = info.bit_size;
		TRY(type_strip(info.element, &type, &info));
		return add_scalar(s, type, &info, &inner, sb);
	}
	if (info.kind == TYPE_ARRAY) {
		TRY(type_describe(v->type, sb));
		if (v->in_memory && text_unit(info.element))
			add_text(s, v->address, info.count, text_unit(info.element), sb);
		return NULL;
	}
	if (info.kind == TYPE_STRUCT || info.kind == TYPE_CLASS || info.kind == TYPE_UNION)
		return type_describe(v->type, sb);
	if (info.kind == TYPE_FUNCTION) {
		target_add_symbol(session_target(s), v->address, sb);
		return NULL;
	}
	return add_scalar(s, type, &info, v, sb);
}

bool value_of_variable(const struct variable *var, const struct frame *f, struct value *ret)
{
	*ret = (struct value){ .type = var->type };
	switch (var->location) {
	case LOCATION_ADDRESS:
		ret->in_memory = true;
		ret->address = var->value;
		return true;
	case LOCATION_REGISTER:
		ret->bits = f->regs.v[var->reg];
		return regs_has(&f->regs, var->reg);
	case LOCATION_VALUE:
		ret->bits = var->value;
		return true;
	case LOCATION_NONE:
		break;
	}
	return false;
}
