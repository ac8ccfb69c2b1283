/* SPDX-License-Identifier: MIT */
/*
 * BTF types: what a record says of itself, its members, enumerators, parameters.
 *
 * Invariants: nothing is followed more than BTF_MAX_DEPTH times, and nothing by
 * recursion, so that types that refer to themselves end in an error; sizes are
 * multiplied with a check. Spec: Documentation/bpf/btf.rst.
 */
#include "symbol/btf_impl.h"

#include <inttypes.h>
#include <string.h>

enum { INT_SIGNED = 1, INT_BOOL = 4 };

static struct err *name_of(const struct btf *b, uint64_t id, uint32_t at, const char **ret)
{
	const char *s = btf_string(b, at);

	if (!s)
		return err_new(ERR_CORRUPT, "%s: type %" PRIu64 ": its name at 0x%x is outside of the strings",
			       b->p.path, id, at);
	*ret = s;
	return NULL;
}

/* --- sizes -------------------------------------------------------------------------------- */

static bool is_modifier(enum btf_kind kind)
{
	return kind == BTF_VOLATILE || kind == BTF_CONST || kind == BTF_RESTRICT || kind == BTF_TYPE_TAG;
}

static bool has_size(enum btf_kind kind)
{
	return kind == BTF_INT || kind == BTF_STRUCT || kind == BTF_UNION || kind == BTF_ENUM || kind == BTF_FLOAT ||
	       kind == BTF_ENUM64;
}

/* Bytes of a type; 0 for what has none (functions, void, declarations). */
static struct err *size_of(struct btf *b, uint64_t id, uint64_t *ret)
{
	uint64_t count = 1, size = 0;

	for (int depth = 0; depth < BTF_MAX_DEPTH; depth++) {
		struct btf_type t;

		if (!id) {
			*ret = 0;
			return NULL;
		}
		TRY(btf_type(b, id, &b, &t));
		if (is_modifier(t.kind) || t.kind == BTF_TYPEDEF) {
			id = t.value;
			continue;
		}
		if (t.kind == BTF_ARRAY) {
			id = cursor_u32(&t.rest);
			cursor_skip(&t.rest, 4);
			if (__builtin_mul_overflow(count, cursor_u32(&t.rest), &count))
				return err_new(ERR_CORRUPT, "%s: array %" PRIu64 " is too large", b->p.path, id);
			continue;
		}
		if (t.kind == BTF_PTR)
			size = b->pointer_size;
		else if (has_size(t.kind))
			size = t.value;
		if (__builtin_mul_overflow(count, size, ret))
			return err_new(ERR_CORRUPT, "%s: array of type %" PRIu64 " is too large", b->p.path, id);
		return NULL;
	}
	return err_new(ERR_CORRUPT, "%s: type %" PRIu64 " refers to itself", b->p.path, id);
}

/* --- one type ------------------------------------------------------------------------------ */

static void int_info(struct btf_type *t, struct type_info *ret)
{
	unsigned encoding = cursor_u32(&t->rest) >> 24 & 0xf;

	ret->size = t->value;
	if (encoding & INT_BOOL)
		ret->kind = TYPE_BOOL;
	else if (strcmp(ret->name, "char") == 0)
		ret->kind = TYPE_CHAR;
	else
		ret->kind = encoding & INT_SIGNED ? TYPE_INT : TYPE_UINT;
}

static struct err *array_info(struct btf *b, uint64_t id, struct btf_type *t, struct type_info *ret)
{
	ret->kind = TYPE_ARRAY;
	ret->element = btf_ref(b, cursor_u32(&t->rest));
	cursor_skip(&t->rest, 4);
	ret->count = cursor_u32(&t->rest);
	return size_of(b, id, &ret->size);
}

static void record_info(const struct btf_type *t, struct type_info *ret)
{
	ret->kind = t->kind == BTF_STRUCT ? TYPE_STRUCT : TYPE_UNION;
	ret->size = t->value;
	ret->n_members = t->n;
}

/* A function's prototype is a type of its own; FUNC gives it a name. */
static struct err *function_info(struct btf *b, const struct btf_type *t, struct type_info *ret)
{
	struct btf_type proto = *t;

	if (t->kind == BTF_FUNC)
		TRY(btf_type(b, t->value, &b, &proto));
	if (proto.kind != BTF_FUNC_PROTO)
		return err_new(ERR_CORRUPT, "%s: function '%s' has no prototype", b->p.path, ret->name);
	ret->kind = TYPE_FUNCTION;
	ret->element = btf_ref(b, proto.value);
	return NULL;
}

static struct err *alias_info(struct btf *b, uint64_t id, const struct btf_type *t, struct type_info *ret)
{
	ret->kind = t->kind == BTF_TYPEDEF ? TYPE_TYPEDEF : TYPE_MODIFIER;
	ret->flags = t->kind == BTF_CONST ? TYPE_IS_CONST : t->kind == BTF_VOLATILE ? TYPE_IS_VOLATILE : 0;
	if (t->kind == BTF_TYPE_TAG)
		ret->name = ""; /* the tag's */
	ret->element = btf_ref(b, t->value);
	return size_of(b, id, &ret->size);
}

static struct err *info_by_kind(struct btf *b, uint64_t id, struct btf_type *t, struct type_info *ret)
{
	switch ((int)t->kind) {
	case BTF_INT: int_info(t, ret); return NULL;
	case BTF_FLOAT:
		ret->kind = TYPE_FLOAT;
		ret->size = t->value;
		return NULL;
	case BTF_PTR:
		ret->kind = TYPE_POINTER;
		ret->size = b->pointer_size;
		ret->element = btf_ref(b, t->value);
		return NULL;
	case BTF_ARRAY: return array_info(b, id, t, ret);
	case BTF_STRUCT: case BTF_UNION: record_info(t, ret); return NULL;
	case BTF_FWD:
		ret->kind = t->flag ? TYPE_UNION : TYPE_STRUCT;
		ret->flags = TYPE_IS_INCOMPLETE;
		return NULL;
	case BTF_ENUM: case BTF_ENUM64:
		ret->kind = TYPE_ENUM;
		ret->size = t->value;
		ret->n_members = t->n;
		return NULL;
	case BTF_FUNC: case BTF_FUNC_PROTO: return function_info(b, t, ret);
	case BTF_TYPEDEF: case BTF_VOLATILE: case BTF_CONST: case BTF_RESTRICT: case BTF_TYPE_TAG:
		return alias_info(b, id, t, ret);
	default:
		return err_new(ERR_NOTFOUND, "%s: %" PRIu64 " is no type: a variable, section or tag", b->p.path, id);
	}
}

struct err *btf_type_info(struct provider *p, uint64_t id, struct type_info *ret)
{
	struct type_info info = { .name = "" };
	struct btf *b = btf_of(p);
	struct btf_type t;

	if (id == BTF_VOID_ID) {
		*ret = (struct type_info){ .kind = TYPE_VOID, .name = "void" };
		return NULL;
	}
	TRY(btf_type(b, id, &b, &t));
	TRY(name_of(b, id, t.name, &info.name));
	TRY(info_by_kind(b, id, &t, &info));
	*ret = info;
	return NULL;
}

/* --- members ------------------------------------------------------------------------------- */

/*
 * A bit field's place as other providers tell it: the offset is that of its
 * storage unit (the declared type), bits count from the least significant one.
 */
static void place_bits(const struct btf *b, uint64_t unit, uint64_t at, uint32_t size, struct type_member *m)
{
	uint64_t bits = unit * 8, inside;

	if (!bits || unit > 16 || size > 64) { /* no unit to count in */
		bits = 8;
		unit = 1;
	}
	m->offset = at / bits * unit;
	inside = at % bits;
	if (inside + size > bits) { /* straddles units: begin at its byte */
		m->offset += inside / 8;
		inside %= 8;
		bits = (inside + size + 7) / 8 * 8;
	}
	if (b->big_endian)
		inside = bits - inside - size;
	m->bit_offset = (uint8_t)inside;
	m->bit_size = (uint8_t)size;
}

/* Before BTF had bit fields in members, their integer said how many bits it has. */
static uint32_t bits_of_int(struct btf *b, uint64_t id, uint64_t *at)
{
	struct btf_type t;
	uint32_t data;

	if (err_ignore(btf_type(b, id, &b, &t)) || t.kind != BTF_INT)
		return 0;
	data = cursor_u32(&t.rest);
	if (!(data & 0xff) || (data & 0xff) == (uint64_t)t.value * 8)
		return 0;
	*at += data >> 16 & 0xff;
	return data & 0xff;
}

static struct err *read_member(struct btf *b, uint64_t id, struct btf_type *t, struct type_member *m)
{
	uint32_t name = cursor_u32(&t->rest), type = cursor_u32(&t->rest), where = cursor_u32(&t->rest), bits;
	uint64_t at = t->flag ? where & 0xffffff : where, unit;

	TRY(name_of(b, id, name, &m->name));
	m->kind = MEMBER_DATA;
	m->type = btf_ref(b, type);
	m->offset = at / 8;
	bits = t->flag ? where >> 24 : bits_of_int(b, type, &at);
	if (bits) {
		TRY(size_of(b, type, &unit));
		place_bits(b, unit, at, bits, m);
	}
	return NULL;
}

struct err *btf_type_members(struct provider *p, uint64_t id, struct arena *a, struct type_member **ret,
			     size_t *ret_n)
{
	struct btf *b = btf_of(p);
	struct type_member *v;
	struct btf_type t;

	TRY(btf_type(b, id, &b, &t));
	if (t.kind != BTF_STRUCT && t.kind != BTF_UNION)
		t.n = 0;
	v = ARENA_NEW_N(a, struct type_member, t.n + 1);
	if (!v)
		return err_nomem();
	for (uint32_t i = 0; i < t.n; i++)
		TRY(read_member(b, id, &t, &v[i]));
	*ret = v;
	*ret_n = t.n;
	return NULL;
}

/* --- enumerators and parameters --------------------------------------------------------------- */

struct err *btf_type_enumerators(struct provider *p, uint64_t id, struct arena *a, struct type_enumerator **ret,
				 size_t *ret_n)
{
	struct btf *b = btf_of(p);
	struct type_enumerator *v;
	struct btf_type t;

	TRY(btf_type(b, id, &b, &t));
	if (t.kind != BTF_ENUM && t.kind != BTF_ENUM64)
		t.n = 0;
	v = ARENA_NEW_N(a, struct type_enumerator, t.n + 1);
	if (!v)
		return err_nomem();
	for (uint32_t i = 0; i < t.n; i++) {
		uint32_t name = cursor_u32(&t.rest), low = cursor_u32(&t.rest);
		uint32_t high = t.kind == BTF_ENUM64 ? cursor_u32(&t.rest) : 0;

		TRY(name_of(b, id, name, &v[i].name));
		v[i].value = btf_enum_value(&t, low, high);
	}
	*ret = v;
	*ret_n = t.n;
	return NULL;
}

struct err *btf_type_params(struct provider *p, uint64_t id, struct arena *a, struct type_ref **ret, size_t *ret_n)
{
	struct btf *b = btf_of(p);
	struct type_ref *v;
	struct btf_type t;

	TRY(btf_type(b, id, &b, &t));
	if (t.kind == BTF_FUNC)
		TRY(btf_type(b, t.value, &b, &t));
	if (t.kind != BTF_FUNC_PROTO)
		t.n = 0;
	v = ARENA_NEW_N(a, struct type_ref, t.n + 1);
	if (!v)
		return err_nomem();
	for (uint32_t i = 0; i < t.n; i++) {
		cursor_skip(&t.rest, 4);
		v[i] = btf_ref(b, cursor_u32(&t.rest));
	}
	*ret = v;
	*ret_n = t.n;
	return NULL;
}
