/* SPDX-License-Identifier: MIT */
/*
 * jansson behind our own names. Its limits are ours: nesting is bounded
 * (JSON_PARSER_MAX_DEPTH), integers are 64-bit and signed, hashes are seeded.
 */
#include "format/json.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

/* Both types are json_t; they exist so that no caller sees it. */
static const json_t *of(const struct jval *v)
{
	return (const json_t *)(const void *)v;
}

static const struct jval *out(const json_t *v)
{
	return (const struct jval *)(const void *)v;
}

struct err *jdoc_parse(const char *name, const void *text, size_t size, uint64_t origin, struct jdoc **ret)
{
	json_error_t error;
	json_t *root = json_loadb(text, size, 0, &error);

	if (root) {
		*ret = (struct jdoc *)(void *)root;
		return NULL;
	}
	/* Where memory is out it mostly says nothing at all. */
	if (json_error_code(&error) == json_error_out_of_memory || !*error.text)
		return err_nomem();
	return err_new(ERR_CORRUPT, "%s: offset 0x%" PRIx64 ": JSON: %s", name,
		       origin + (error.position > 0 ? (uint64_t)error.position : 0), error.text);
}

void jdoc_free(struct jdoc *d)
{
	json_decref((json_t *)(void *)d);
}

const struct jval *jdoc_root(const struct jdoc *d)
{
	return (const struct jval *)(const void *)d;
}

const struct jval *jval_get(const struct jval *object, const char *key)
{
	return out(json_object_get(of(object), key));
}

size_t jval_count(const struct jval *array)
{
	return json_array_size(of(array));
}

const struct jval *jval_at(const struct jval *array, size_t i)
{
	return out(json_array_get(of(array), i));
}

bool jval_is_object(const struct jval *v)
{
	return json_is_object(of(v));
}

const char *jval_text(const struct jval *v)
{
	const char *s = json_string_value(of(v));

	return s ? s : "";
}

bool jval_s64(const struct jval *v, int64_t *ret)
{
	if (!json_is_integer(of(v)))
		return false;
	*ret = json_integer_value(of(v));
	return true;
}

bool jval_u64(const struct jval *v, uint64_t *ret)
{
	int64_t n;

	if (!jval_s64(v, &n) || n < 0)
		return false;
	*ret = (uint64_t)n;
	return true;
}

bool jval_true(const struct jval *v)
{
	return json_is_true(of(v));
}

bool jval_hex(const struct jval *v, uint64_t *ret)
{
	const char *s = jval_text(v);
	size_t n = strlen(s);

	if (n < 3 || n > 18 || s[0] != '0' || s[1] != 'x' || strspn(s + 2, "0123456789abcdefABCDEF") != n - 2)
		return false;
	*ret = strtoull(s + 2, NULL, 16);
	return true;
}

static struct jval_member member(const struct jval *object, void *iterator)
{
	struct jval_member m = { .iterator = iterator };

	(void)object;
	if (iterator) {
		m.key = json_object_iter_key(iterator);
		m.value = out(json_object_iter_value(iterator));
	}
	return m;
}

static json_t *writable(const struct jval *v)
{
	return (json_t *)(uintptr_t)v;
}

struct jval_member jval_first(const struct jval *object)
{
	return member(object, json_object_iter(writable(object)));
}

struct jval_member jval_next(const struct jval *object, struct jval_member m)
{
	return member(object, json_object_iter_next(writable(object), m.iterator));
}

void jdoc_drop(struct jdoc *d, const char *object, const char *key)
{
	json_t *from = (json_t *)(void *)d;

	if (object)
		from = json_object_get(from, object);
	(void)json_object_del(from, key);
}

char *jdoc_text(const struct jdoc *d)
{
	return json_dumps(of(jdoc_root(d)), JSON_COMPACT);
}
