/* SPDX-License-Identifier: MIT */
/*
 * C++ expressions (@@c++, ??): values with types. A type is that of a symbol
 * file, or a builtin one, behind some pointers.
 */
#ifndef OSM_COMMAND_CPP_H
#define OSM_COMMAND_CPP_H

#include "command/session_impl.h"

enum cpp_kind { CPP_INT, CPP_FLOAT, CPP_BOOL, CPP_CHAR, CPP_VOID, CPP_AGGREGATE, CPP_ARRAY, CPP_FUNCTION };

struct cpp_type {
	unsigned pointers;	/* to ... */
	enum cpp_kind kind;	/* ... this */
	struct type_ref ref;	/* stripped, provider NULL: builtin */
	const char *name;	/* shown: "int", "_PEB" */
	uint64_t size;
	bool is_signed;
};

struct cpp_value {
	struct cpp_type type;
	bool in_memory;		/* at `address`; else `v` or `f` is it */
	uint64_t address;
	uint64_t v;		/* integers, sign- or zero-extended, and pointers */
	double f;
	uint8_t bit_offset, bit_size; /* bit_size 0: no bit field */
};

struct cpp {
	struct session *s;
	const char *p;
	struct arena *a;
	unsigned depth;
};

/* The whole comma-free expression at *p. The value's names live in `a`. */
struct err *cpp_evaluate(struct session *s, struct arena *a, const char **p, struct cpp_value *ret) MUST_USE;

/* --- cpp_type.c -------------------------------------------------------------------------- */
struct cpp_type cpp_int(unsigned size, bool is_signed);
/* "3.5", "1e6", "2.f": moves *p behind it; false: no such number. */
bool cpp_float_literal(const char **p, struct cpp_value *ret);
/* From a symbol file's type: typedefs, pointers and enums resolved. */
struct err *cpp_type_of(struct type_ref ref, struct cpp_type *ret) MUST_USE;
/* "unsigned int", "struct mod!_FOO *", without the closing bracket. NOTFOUND:
 * no type begins at *p. */
struct err *cpp_parse_type(struct cpp *x, struct cpp_type *ret) MUST_USE;
/* A built-in layout of which only the beginning is known. */
bool cpp_is_partial(const struct cpp_type *t);
uint64_t cpp_size(const struct cpp *x, const struct cpp_type *t);
bool cpp_is_scalar(const struct cpp_type *t);	/* a number or a pointer */
/* "int", "struct _PEB *" */
void cpp_add_name(const struct cpp_type *t, struct strbuf *sb);
/* Element of an array or what one pointer points to. */
struct err *cpp_element(struct cpp *x, const struct cpp_value *v, struct cpp_value *ret) MUST_USE;
struct err *cpp_member(struct cpp *x, const struct cpp_value *v, const char *name, const char *at,
		       struct cpp_value *ret) MUST_USE;
/* Reads what is in memory; arrays decay to pointers. */
struct err *cpp_load(struct cpp *x, struct cpp_value *v, const char *at) MUST_USE;
/* A symbol or local as a typed value. */
struct err *cpp_name(struct cpp *x, const char *name, const char *at, struct cpp_value *ret) MUST_USE;

#endif
