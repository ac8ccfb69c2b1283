/* SPDX-License-Identifier: MIT */
/*
 * The tree that a mangled name is parsed into. Substitutions make it a graph
 * without cycles whose text can be exponentially longer than the name: so the
 * printer counts what it does, and gives up.
 */
#ifndef OSM_SYMBOL_DEMANGLE_IMPL_H
#define OSM_SYMBOL_DEMANGLE_IMPL_H

#include "base/arena.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DM_MAX_NAME = 1 << 14,	/* mangled */
	DM_MAX_TEXT = 1 << 15,	/* demangled */
	DM_MAX_NODES = 1 << 16,
	DM_MAX_DEPTH = 192,
	DM_MAX_STEPS = 1 << 18,	/* of the printer */
};

enum dm_kind {
	DM_TEXT,	/* text */
	DM_NESTED,	/* left::right */
	DM_TEMPLATE,	/* left<list of right> */
	DM_LIST,	/* list, with commas */
	DM_PACK,	/* list: an argument pack */
	DM_EXPANSION,	/* left, once for each element of the packs in it */
	DM_CTOR,	/* name of the class `left` */
	DM_DTOR,
	DM_OPERATOR,	/* operator text */
	DM_CONVERSION,	/* operator left */
	DM_TAGGED,	/* left[abi:text] */
	DM_QUALIFIED,	/* left and text behind it: " const" */
	DM_POINTER,	/* left and text: "*", "&", "&&" */
	DM_MEMBER,	/* right left::* */
	DM_FUNCTION,	/* left(list of right) text */
	DM_ARRAY,	/* left [right] */
	DM_ENCODING,	/* left: name, right: parameters, extra: return type, text: qualifiers */
	DM_LOCAL,	/* left: encoding, right: entity */
	DM_LAMBDA,	/* list of right, number */
	DM_SPECIAL,	/* text, then left; right: "-in-" right */
	DM_PARAM,	/* template parameter `number`: left once it is known */
	DM_LITERAL,	/* left: type, text: value */
	DM_PREFIX,	/* text(left) */
	DM_POSTFIX,	/* (left)text */
	DM_BINARY,	/* (left)text(right) */
	DM_TERNARY,	/* (left)?(right):(extra) */
	DM_CALL,	/* left(list of right) */
	DM_BRACED,	/* left{list of right} */
	DM_CAST,	/* text<left>(right), or (left)(right) when no text */
	DM_WRAP,	/* text(left): sizeof (x) */
};

struct dm_node {
	uint8_t kind;
	bool is_simple;		/* expressions: needs no brackets */
	uint16_t len;		/* of text */
	unsigned number;
	const char *text;
	struct dm_node *left, *right, *extra;
	struct dm_node **list;	/* DM_LIST, DM_PACK */
	size_t n_list;
};

/* A list as it grows. */
typedef VEC(struct dm_node *) dm_vec;

/* What follows "_Z"; *ret_suffix: what is behind the name (".cold"), or its
 * end. NULL: not a name of this kind, or past a limit. */
struct dm_node *dm_parse(struct arena *a, const char *s, const char **ret_suffix);
/* Writes at most DM_MAX_TEXT bytes; false: too long. */
bool dm_print(const struct dm_node *n, bool parameters, char *buf, size_t size);

/* --- within the parser ------------------------------------------------------------ */

struct dm_parser {
	const char *p;
	struct arena *a;
	dm_vec subs;
	struct dm_node *args;	/* DM_LIST: what T_ means here, NULL: not known yet */
	dm_vec pending;		/* DM_PARAM nodes before their arguments */
	unsigned depth, nodes;
	bool no_args;		/* in a conversion's type: "I" belongs to the operator */
	bool failed;
};

/* How a name ended: what follows depends on it. */
struct dm_name_state {
	bool has_args, is_special;	/* is_special: constructor, destructor, conversion */
	const char *quals;		/* of a member function: " const" ... */
};

struct dm_node *dm_new(struct dm_parser *p, enum dm_kind kind, struct dm_node *left, struct dm_node *right);
struct dm_node *dm_text(struct dm_parser *p, const char *s, size_t n);
struct dm_node *dm_fail(struct dm_parser *p);
struct dm_node *dm_list(struct dm_parser *p, enum dm_kind kind, dm_vec *v); /* ends v */
bool dm_push(struct dm_parser *p, dm_vec *v, struct dm_node *n);
bool dm_eat(struct dm_parser *p, const char *s);
bool dm_number(struct dm_parser *p, unsigned *ret);
struct dm_node *dm_type(struct dm_parser *p);
struct dm_node *dm_types_until_end(struct dm_parser *p);
struct dm_node *dm_name(struct dm_parser *p, struct dm_name_state *st);
struct dm_node *dm_unqualified(struct dm_parser *p, struct dm_node *scope, struct dm_name_state *st);
struct dm_node *dm_source_name(struct dm_parser *p);
struct dm_node *dm_template_args(struct dm_parser *p, bool tag);
struct dm_node *dm_template_param(struct dm_parser *p);
struct dm_node *dm_substitution(struct dm_parser *p);
struct dm_node *dm_encoding(struct dm_parser *p);
struct dm_node *dm_expression(struct dm_parser *p);
struct dm_node *dm_literal(struct dm_parser *p);	/* behind 'L' */
const char *dm_qualifiers(struct dm_parser *p);		/* r V K: " const" ..., "" none */

enum dm_operator_use { OP_PREFIX, OP_POSTFIX, OP_BINARY, OP_OTHER };
struct dm_operator {
	char code[3];
	const char *text;
	enum dm_operator_use use;
};
const struct dm_operator *dm_operator(const char *code);

#endif
