/* SPDX-License-Identifier: MIT */
/* Inside of a BTF provider: for the files btf*.c only. */
#ifndef OSM_SYMBOL_BTF_IMPL_H
#define OSM_SYMBOL_BTF_IMPL_H

#include "base/cursor.h"
#include "base/vec.h"
#include "symbol/btf.h"

enum btf_kind {
	BTF_VOID, BTF_INT, BTF_PTR, BTF_ARRAY, BTF_STRUCT, BTF_UNION, BTF_ENUM, BTF_FWD, BTF_TYPEDEF,
	BTF_VOLATILE, BTF_CONST, BTF_RESTRICT, BTF_FUNC, BTF_FUNC_PROTO, BTF_VAR, BTF_DATASEC, BTF_FLOAT,
	BTF_DECL_TAG, BTF_TYPE_TAG, BTF_ENUM64, BTF_N_KINDS
};

/* No BTF id is as large: void as a type that can be referred to. */
#define BTF_VOID_ID ((uint64_t)1 << 32)

enum { BTF_MAX_DEPTH = 64, BTF_MAX_NAME = 4096, BTF_MAX_SAME = 256 /* types of one name that are looked at */ };

struct btf {
	struct provider p;
	struct btf *base;	/* of split BTF, referenced */
	const uint8_t *data;
	bool big_endian;
	uint32_t types_at, types_size, strings_at, strings_size; /* in data */
	uint64_t strings_start;	/* name offsets below are the base's */

	bool indexed;
	uint64_t first_id;	/* ids below are the base's */
	uint32_t pointer_size;
	VEC(uint32_t) types;	/* offset of type first_id + i in the type section */
	VEC(uint32_t) named;	/* those that can be looked for by name: index in types */
	VEC(uint32_t) enums;	/* enumerations: index in types */
	char *cut;		/* why the index ends early, NULL: it does not */

	uint32_t *slots;	/* hash of names: 1 + index in named of the first, 0: free */
	uint32_t *next;		/* of each named one: 1 + index of the next of the same name */
	size_t n_slots;
};

/* The head of a type's record. */
struct btf_type {
	uint32_t name, value;	/* value: size or type */
	enum btf_kind kind;
	bool flag;
	uint32_t n;		/* entries behind it */
	struct cursor rest;	/* at what follows the head */
};

static inline struct btf *btf_of(const struct provider *p)
{
	return (struct btf *)(uintptr_t)p;
}

static inline int64_t btf_enum_value(const struct btf_type *t, uint32_t low, uint32_t high)
{
	if (t->kind == BTF_ENUM64)
		return (int64_t)(low | (uint64_t)high << 32);
	return t->flag ? (int32_t)low : (int64_t)low;
}

struct err *btf_index(struct btf *b) MUST_USE;		/* once; cheap afterwards */
/* The record of an id, in the BTF that has it. NOTFOUND, CORRUPT. */
struct err *btf_type(struct btf *b, uint64_t id, struct btf **ret_owner, struct btf_type *ret) MUST_USE;
/* NULL: an offset outside of the strings. */
const char *btf_string(const struct btf *b, uint64_t at);
/* A reference of b's to a BTF id. */
struct type_ref btf_ref(struct btf *b, uint32_t id);

/* Provider slots that live in btf_type.c. */
struct err *btf_type_info(struct provider *p, uint64_t id, struct type_info *ret);
struct err *btf_type_members(struct provider *p, uint64_t id, struct arena *a, struct type_member **ret,
			     size_t *ret_n);
struct err *btf_type_enumerators(struct provider *p, uint64_t id, struct arena *a, struct type_enumerator **ret,
				 size_t *ret_n);
struct err *btf_type_params(struct provider *p, uint64_t id, struct arena *a, struct type_ref **ret,
			    size_t *ret_n);

#endif
