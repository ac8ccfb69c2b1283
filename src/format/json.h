/* SPDX-License-Identifier: MIT */
/*
 * Reading JSON (RFC 8259), by jansson, which nothing else uses.
 *
 * Values are borrowed from their document. Every question may be asked of
 * every value, also of none (NULL): what is not there, or is of another kind,
 * answers NULL, 0 or false, so that a reader of optional members needs no tests.
 */
#ifndef OSM_FORMAT_JSON_H
#define OSM_FORMAT_JSON_H

#include "base/cleanup.h"
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jdoc;
struct jval;

/* CORRUPT with the offset (`origin` added), for broken JSON and for strings that hold a NUL. Memory for it
 * is in proportion to `size`, which the caller bounds. */
struct err *jdoc_parse(const char *name, const void *text, size_t size, uint64_t origin, struct jdoc **ret) MUST_USE;
void jdoc_free(struct jdoc *d); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct jdoc, jdoc_free)
const struct jval *jdoc_root(const struct jdoc *d);

const struct jval *jval_get(const struct jval *object, const char *key);
size_t jval_count(const struct jval *array);
const struct jval *jval_at(const struct jval *array, size_t i);
bool jval_is_object(const struct jval *v);
/* Valid UTF-8; "" for what is no string. */
const char *jval_text(const struct jval *v);
/* The integer is in range of the type. */
bool jval_u64(const struct jval *v, uint64_t *ret);
bool jval_s64(const struct jval *v, int64_t *ret);
bool jval_true(const struct jval *v);
/* Strings "0x..." of at most 16 digits. */
bool jval_hex(const struct jval *v, uint64_t *ret);

/* The members of an object, in the order of the text:
 * for (struct jval_member m = jval_first(o); m.value; m = jval_next(o, m)) */
struct jval_member {
	const char *key;
	const struct jval *value;
	void *iterator;
};
struct jval_member jval_first(const struct jval *object);
struct jval_member jval_next(const struct jval *object, struct jval_member m);

/* Removes a member of the root (object NULL), or of an object in it; what was borrowed of it is gone. */
void jdoc_drop(struct jdoc *d, const char *object, const char *key);
/* The document without superfluous blanks, to be freed; NULL: no memory. */
char *jdoc_text(const struct jdoc *d);

#endif
