/* SPDX-License-Identifier: MIT */
/*
 * Register contexts as tables: which register lies where, and which flag of
 * the context says that it was filled. The tables are in each machine's file.
 * Vector registers are collected in a list of their own.
 *
 * A context holds garbage (often zeros) where its flags do not claim a group,
 * so such registers stay unknown.
 */
#include "arch/arch_impl.h"

#include <stdio.h>
#include <string.h>

static void take_field(struct cursor *c, const struct context_field *f, struct regs *r)
{
	unsigned stride = f->stride ? f->stride : f->size;

	for (unsigned i = 0; i < f->count; i++) {
		unsigned bits = r->arch->regs[f->reg + i].bits;
		uint64_t mask = bits < 64 ? ((uint64_t)1 << bits) - 1 : UINT64_MAX;

		/* a slot may be wider than its register (MIPS: sign-extended) */
		cursor_seek(c, f->offset + (uint64_t)i * stride);
		regs_set(r, f->reg + i, cursor_uint(c, f->size) & mask);
	}
}

static struct err *decode_shape(const struct arch *arch, const struct context_shape *s,
				const uint8_t *bytes, size_t size, bool big_endian,
				struct regs *ret)
{
	struct cursor c = cursor_init("context", bytes, size, 0);
	struct regs r = { .arch = arch };
	uint64_t flags = 0;

	if (size < s->size)
		return err_new(ERR_TRUNCATED, "%s context: %u bytes expected, %zu there",
			       arch->name, s->size, size);
	c.big_endian = big_endian;
	if (s->flags_size) {
		cursor_seek(&c, s->flags_offset);
		flags = cursor_uint(&c, s->flags_size);
	}
	for (unsigned i = 0; i < s->n_fields; i++) {
		if (!s->fields[i].needs || (flags & s->fields[i].needs))
			take_field(&c, &s->fields[i], &r);
	}
	TRY(cursor_check(&c, "registers"));
	*ret = r;
	return NULL;
}

struct err *context_decode(const struct arch *arch, const struct context_shape *shapes, unsigned n,
			   enum context_layout layout, const uint8_t *bytes, size_t size,
			   bool big_endian, struct regs *ret)
{
	for (unsigned i = 0; i < n; i++)
		if (shapes[i].layout == layout)
			return decode_shape(arch, &shapes[i], bytes, size, big_endian, ret);
	return err_new(ERR_UNSUPPORTED, "context layout %d is not one of %s", (int)layout,
		       arch->name);
}

/* --- vector registers --------------------------------------------------------- */

void vector_list_init(struct vector_list *l, struct arena *a, size_t cap)
{
	*l = (struct vector_list){ .arena = a, .cap = cap };
	l->v = ARENA_NEW_N(a, struct vector_reg, cap);
	l->failed = !l->v;
}

void vector_take(struct vector_list *l, struct cursor *c, const char *name, unsigned bits,
		 enum vector_kind kind)
{
	struct vector_reg *v;
	unsigned n = bits / 8;

	if (l->failed || l->n == l->cap || n > sizeof(v->bytes)) {
		l->failed = true;
		return;
	}
	v = &l->v[l->n];
	v->name = arena_strdup(l->arena, name);
	v->bits = (uint16_t)bits;
	v->kind = kind;
	cursor_copy(c, v->bytes, n);
	for (unsigned i = 0; c->big_endian && i < n / 2; i++) {
		uint8_t t = v->bytes[i];

		v->bytes[i] = v->bytes[n - 1 - i];
		v->bytes[n - 1 - i] = t;
	}
	if (!v->name)
		l->failed = true;
	else
		l->n++;
}

void vector_take_n(struct vector_list *l, struct cursor *c, const char *prefix, unsigned n,
		   unsigned bits, enum vector_kind kind)
{
	char name[16];

	for (unsigned i = 0; i < n; i++) {
		(void)snprintf(name, sizeof(name), "%s%u", prefix, i);
		vector_take(l, c, name, bits, kind);
	}
}

struct vector_reg *vector_find(struct vector_list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->v[i].name, name))
			return &l->v[i];
	return NULL;
}

struct err *vector_list_finish(struct vector_list *l, const struct cursor *c,
			       struct vector_reg **ret, size_t *ret_n)
{
	TRY(cursor_check(c, "vector registers"));
	if (l->failed)
		return err_nomem();
	*ret = l->v;
	*ret_n = l->n;
	return NULL;
}
