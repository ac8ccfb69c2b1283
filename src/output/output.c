/* SPDX-License-Identifier: MIT */
/*
 * Collects the fields of one record and hands it, complete, to the filling.
 * Memory that runs out is remembered and reported by out_end, so that callers
 * check once a record.
 */
#include "output/output_impl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct err *create(const struct out_ops *ops, out_write *write, void *arg, struct out **ret)
{
	struct out *o = calloc(1, sizeof(*o));

	if (!o)
		return err_nomem();
	o->ops = ops;
	o->write = write;
	o->arg = arg;
	o->pointer_size = 8;
	strbuf_init(&o->buf);
	arena_init(&o->arena);
	*ret = o;
	return NULL;
}

struct err *out_create_text(out_write *write, void *arg, struct out **ret)
{
	return create(&out_text_ops, write, arg, ret);
}

struct err *out_create_json(out_write *write, void *arg, struct out **ret)
{
	return create(&out_json_ops, write, arg, ret);
}

void out_destroy(struct out *o)
{
	if (!o)
		return;
	strbuf_deinit(&o->buf);
	arena_deinit(&o->arena);
	free(o);
}

bool out_is_text(const struct out *o)
{
	return o->ops->is_text;
}

void out_set_pointer_size(struct out *o, unsigned bytes)
{
	o->pointer_size = bytes == 4 ? 4 : 8;
}

unsigned out_pointer_size(const struct out *o)
{
	return o->pointer_size;
}

int out_pointer_width(const struct out *o)
{
	return o->pointer_size == 4 ? 8 : 17;
}

void out_set_sink(struct out *o, out_write *write, void *arg)
{
	o->write = write;
	o->arg = arg;
}

void out_sink(const struct out *o, out_write **ret_write, void **ret_arg)
{
	*ret_write = o->write;
	*ret_arg = o->arg;
}

void out_set_tag(struct out *o, const char *key, uint64_t tag)
{
	o->tag = (struct out_tag){ key, tag };
}

void out_set_outer_tag(struct out *o, const char *key, uint64_t tag)
{
	o->outer_tag = (struct out_tag){ key, tag };
}

int out_field_index(const struct field *fields, const char *key, size_t len)
{
	for (int i = 0; fields[i].key; i++)
		if (strncmp(fields[i].key, key, len) == 0 && !fields[i].key[len])
			return i;
	return -1;
}

void out_begin_as(struct out *o, const struct record *rec, const char *text_template)
{
	size_t n = 0;

	assert(!o->rec);
	while (rec->fields[n].key)
		n++;
	assert(n <= OUT_MAX_FIELDS);
	o->rec = rec;
	o->text_template = text_template;
	o->n_fields = n;
	o->n_order = 0;
	memset(o->values, 0, n * sizeof(o->values[0]));
}

void out_begin(struct out *o, const struct record *rec)
{
	out_begin_as(o, rec, rec->text);
}

#define BIT(type) (1u << (type))
#define ANY_UINT (BIT(FIELD_UINT) | BIT(FIELD_HEX) | BIT(FIELD_SIZE) | BIT(FIELD_ADDR))

/* The value's place; each field is given once a record. */
static struct out_value *value(struct out *o, const char *key, unsigned types)
{
	int i;

	assert(o->rec);
	i = out_field_index(o->rec->fields, key, strlen(key));
	assert(i >= 0);
	assert(types >> o->rec->fields[i].type & 1);
	assert(!o->values[i].present);
	o->values[i].present = true;
	o->order[o->n_order++] = (uint8_t)i;
	return &o->values[i];
}

static void *keep_alloc(struct out *o, size_t n, size_t size)
{
	size_t bytes, left = sizeof(o->near) - o->near_used;
	void *p = NULL;

	if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX - 8) {
		o->nomem = true;
		return NULL;
	}
	bytes = (bytes + 8) & ~(size_t)7; /* at least 8: never NULL for nothing */
	if (bytes <= left) {
		p = o->near + o->near_used;
		o->near_used += bytes;
		return p;
	}
	p = arena_alloc(&o->arena, bytes);
	if (!p)
		o->nomem = true;
	return p;
}

static const void *keep(struct out *o, const void *p, size_t n, size_t size)
{
	void *copy = keep_alloc(o, n, size);

	if (copy && n)
		memcpy(copy, p, n * size);
	return copy;
}

static const char *keep_str(struct out *o, const char *s)
{
	return s ? keep(o, s, strlen(s) + 1, 1) : NULL;
}

void out_addr(struct out *o, const char *key, uint64_t v)
{
	value(o, key, BIT(FIELD_ADDR))->u = v;
}

void out_uint(struct out *o, const char *key, uint64_t v)
{
	value(o, key, ANY_UINT)->u = v;
}

void out_int(struct out *o, const char *key, int64_t v)
{
	value(o, key, BIT(FIELD_INT))->u = (uint64_t)v;
}

void out_str(struct out *o, const char *key, const char *s)
{
	if (s)
		value(o, key, BIT(FIELD_STR))->s = keep_str(o, s);
}

void out_name(struct out *o, const char *key, const char *s)
{
	if (s && *s)
		out_str(o, key, s);
}

void out_strf(struct out *o, const char *key, const char *fmt, ...)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&sb, fmt, ap);
	va_end(ap);
	if (sb.failed)
		o->nomem = true;
	out_str(o, key, sb.s);
}

void out_bool(struct out *o, const char *key, bool v)
{
	value(o, key, BIT(FIELD_BOOL))->u = v;
}

void out_time(struct out *o, const char *key, uint64_t unix_seconds)
{
	value(o, key, BIT(FIELD_TIME))->u = unix_seconds;
}

void out_duration(struct out *o, const char *key, uint64_t hundred_ns)
{
	value(o, key, BIT(FIELD_DURATION))->u = hundred_ns;
}

void out_sym(struct out *o, const char *key, const char *module, const char *name,
	     uint64_t displacement, uint64_t address)
{
	struct out_value *v = value(o, key, BIT(FIELD_SYM));

	v->module = keep_str(o, module);
	v->s = keep_str(o, name);
	v->disp = displacement;
	v->u = address;
}

void out_bytes(struct out *o, const char *key, const uint8_t *bytes, size_t n)
{
	struct out_value *v;

	if (!bytes)
		return;
	v = value(o, key, BIT(FIELD_BYTES));
	v->packed = true;
	v->data = keep(o, bytes, n, 1);
	v->n = v->data ? n : 0;
	v->size = 1;
}

void out_words(struct out *o, const char *key, const struct out_word *words, size_t n, unsigned size)
{
	struct out_value *v = value(o, key, BIT(FIELD_WORDS));

	assert(size == 1 || size == 2 || size == 4 || size == 8);
	v->data = keep(o, words, n, sizeof(*words));
	v->n = v->data ? n : 0;
	v->size = size;
}

void out_strs(struct out *o, const char *key, const char *const *strs, size_t n)
{
	struct out_value *v = value(o, key, BIT(FIELD_STRS));
	const char **copy = keep_alloc(o, n, sizeof(*copy));

	if (!copy)
		return;
	for (size_t i = 0; i < n; i++)
		if (!(copy[i] = keep_str(o, strs[i])))
			return;
	v->data = copy;
	v->n = n;
}

void out_flags(struct out *o, const char *key, uint64_t flags, const char *names)
{
	struct out_value *v = value(o, key, BIT(FIELD_FLAGS));

	v->u = flags;
	v->s = keep_str(o, names);
}

void out_float(struct out *o, const char *key, double f)
{
	value(o, key, BIT(FIELD_FLOAT))->f = f;
}

static struct err *flush(struct out *o)
{
	struct err *e = NULL;

	if (o->nomem || o->buf.failed)
		e = err_nomem();
	else if (o->buf.len)
		e = o->write(o->arg, o->buf.s, o->buf.len);
	strbuf_reset(&o->buf);
	o->buf.failed = o->nomem = false;
	return e;
}


struct err *out_end(struct out *o)
{
	struct err *e;

	assert(o->rec);
	if (!o->nomem)
		o->ops->record(o);
	o->rec = NULL;
	e = flush(o);
	o->near_used = 0;
	if (o->arena.chunks)
		arena_deinit(&o->arena);
	return e;
}

struct err *out_heading(struct out *o, const char *fmt, ...)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	va_list ap;

	assert(!o->rec);
	if (!o->ops->is_text)
		return NULL;
	va_start(ap, fmt);
	strbuf_vaddf(&sb, fmt, ap);
	va_end(ap);
	TRY(strbuf_check(&sb));
	out_add_safe(&o->buf, sb.s, sb.len, true);
	return flush(o);
}
