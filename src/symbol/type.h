/* SPDX-License-Identifier: MIT */
/*
 * Types as every provider (PDB, DWARF, later BTF and type packs) tells them.
 * A type is named by (provider, id); id 0 is "none". Nothing is built ahead:
 * members are parsed when asked for.
 */
#ifndef OSM_SYMBOL_TYPE_H
#define OSM_SYMBOL_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct provider;

struct type_ref {
	struct provider *provider;	/* borrowed */
	uint64_t id;			/* 0: none */
};

enum type_kind {
	TYPE_NONE,
	TYPE_VOID,
	TYPE_BOOL,
	TYPE_INT,	/* signed */
	TYPE_UINT,
	TYPE_CHAR,	/* 8-bit character */
	TYPE_WCHAR,	/* 16- or 32-bit character */
	TYPE_FLOAT,
	TYPE_HRESULT,
	TYPE_POINTER,	/* element: what it points to; reference: see flags */
	TYPE_ARRAY,	/* element, count */
	TYPE_STRUCT,
	TYPE_CLASS,
	TYPE_UNION,
	TYPE_ENUM,	/* element: integer type */
	TYPE_FUNCTION,	/* element: return type */
	TYPE_BITFIELD,	/* element: integer type; bit_offset, bit_size */
	TYPE_TYPEDEF,	/* element */
	TYPE_MODIFIER,	/* const/volatile of element */
};

enum type_flags {
	TYPE_IS_REFERENCE = 1 << 0,
	TYPE_IS_RVALUE_REFERENCE = 1 << 1,
	TYPE_IS_CONST = 1 << 2,
	TYPE_IS_VOLATILE = 1 << 3,
	TYPE_IS_INCOMPLETE = 1 << 4,	/* declared, not defined here */
	TYPE_IS_MEMBER_POINTER = 1 << 5,
	TYPE_IS_PARTIAL = 1 << 6,	/* more members follow: the size is not known */
};

struct type_info {
	enum type_kind kind;
	unsigned flags;
	const char *name;	/* "_TEB", "unsigned int": "" for derived types */
	uint64_t size;		/* bytes */
	struct type_ref element;
	uint64_t count;		/* array elements */
	size_t n_members;	/* estimate, 0 when not known */
	uint8_t bit_offset, bit_size;
};

enum member_kind { MEMBER_DATA, MEMBER_STATIC, MEMBER_BASE, MEMBER_VTABLE, MEMBER_METHOD, MEMBER_NESTED };

struct type_member {
	enum member_kind kind;
	const char *name;	/* "" for anonymous members and bases */
	uint64_t offset;
	struct type_ref type;	/* bit fields: a TYPE_BITFIELD or bit_size set here */
	uint8_t bit_offset, bit_size; /* bit_size 0: no bit field */
};

struct type_enumerator {
	const char *name;
	int64_t value;
};

#endif
