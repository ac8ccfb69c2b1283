/* SPDX-License-Identifier: MIT */
/*
 * What the two halves of the undecorator share: names and symbols
 * (undecorate.c), types (undecorate_type.c).
 *
 * Both read one string from left to right. A failure is sticky: after it every
 * function returns at once and nothing read counts. All text is in one arena
 * with a limit, since back references let a short name say a long one.
 */
#ifndef OSM_SYMBOL_UNDECORATE_IMPL_H
#define OSM_SYMBOL_UNDECORATE_IMPL_H

#include "base/arena.h"

enum { MAX_BACKREFS = 10, MAX_UNDECORATE_DEPTH = 64 };

enum type_shape { SHAPE_PLAIN, SHAPE_POINTER, SHAPE_FUNCTION, SHAPE_ARRAY };

/* A type as the text before and after the name that is declared with it. */
struct type_text {
	enum type_shape shape;
	const char *pre, *post;
	const char *convention;	/* SHAPE_FUNCTION */
	bool qualified;		/* const or volatile at its end */
};

struct undecorator {
	const char *p;
	struct arena arena;
	bool complete;		/* class keys, access, arguments ... are wanted */
	bool failed;
	unsigned depth;
	const char *names[MAX_BACKREFS];
	unsigned n_names;
	struct type_text types[MAX_BACKREFS];
	unsigned n_types;
};

enum cv { CV_NONE = 0, CV_CONST = 1, CV_VOLATILE = 2 };

/* --- reading ------------------------------------------------------------------ */
static inline bool take(struct undecorator *u, char c)
{
	if (u->failed || *u->p != c)
		return false;
	u->p++;
	return true;
}

bool undecorate_take(struct undecorator *u, const char *s);
const char *undecorate_fail(struct undecorator *u); /* returns "" */
const char *undecorate_text(struct undecorator *u, const char *fmt, ...) PRINTF(2, 3);
bool undecorate_enter(struct undecorator *u); /* false: too deep; else leave with depth-- */
/* Encoded number; *ret_negative may be NULL */
uint64_t undecorate_number(struct undecorator *u, bool *ret_negative);

/* --- names (undecorate.c) ------------------------------------------------------- */
/* "ns::C<int>" up to and with the closing @ */
const char *undecorate_type_name(struct undecorator *u);
/* A symbol that starts with '?'; what is told follows u->complete. */
const char *undecorate_symbol(struct undecorator *u);

/* --- types (undecorate_type.c) --------------------------------------------------- */
struct type_text undecorate_type(struct undecorator *u);
/* A function's: convention, return type and parameters. `this_cv`: of the method. */
struct type_text undecorate_function(struct undecorator *u, const char *after);
const char *undecorate_plain(struct undecorator *u, struct type_text t); /* without a name */
const char *undecorate_template_args(struct undecorator *u);
/* Qualifiers of a method's this, e.g. " const &" */
const char *undecorate_this(struct undecorator *u);
/* const and volatile letter; *ret_member: of a pointer to member */
enum cv undecorate_cv(struct undecorator *u, bool *ret_member);
const char *undecorate_cv_text(enum cv cv); /* "", " const" ... */
/* Letters before a pointer's qualifiers: 64-bit (not told), __unaligned, __restrict */
struct pointer_extras {
	const char *pointee, *own;
};
struct pointer_extras undecorate_pointer_extras(struct undecorator *u);

#endif
