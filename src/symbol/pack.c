/* SPDX-License-Identifier: MIT */
/* Type packs: see pack.h. Types are numbered from 1 in order of appearance. */
#include "symbol/pack.h"

#include "base/map.h"
#include "base/vec.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct pack_type {
	struct type_info info;
	struct type_member *members;
	size_t n;
	uint64_t align;
};

struct pack {
	struct provider base;
	unsigned pointer_size;
	struct arena arena;
	VEC(struct pack_type) types;	/* id - 1 */
	struct strmap names;		/* "_TEB" -> (void *)id */
	const char *p;			/* parsing */
};

struct members {
	VEC(struct type_member) v;
	uint64_t offset, align;
	bool partial;
};

static uint64_t add_type(struct pack *k, const struct pack_type *t)
{
	return vec_push(&k->types, *t) ? k->types.n : 0;
}

static struct pack_type *type_by_id(struct pack *k, uint64_t id)
{
	return id && id <= k->types.n ? &k->types.v[id - 1] : NULL;
}

/* --- tokens ----------------------------------------------------------------- */

static void skip_space(struct pack *k)
{
	for (;;) {
		k->p = str_skip_space(k->p);
		if (!str_starts(k->p, "//"))
			return;
		k->p += strcspn(k->p, "\n");
	}
}

static bool accept(struct pack *k, char c)
{
	skip_space(k);
	if (*k->p != c)
		return false;
	k->p++;
	return true;
}

static char *word(struct pack *k)
{
	const char *start;

	skip_space(k);
	start = k->p;
	while (isalnum((unsigned char)*k->p) || *k->p == '_')
		k->p++;
	return arena_strndup(&k->arena, start, (size_t)(k->p - start));
}

static struct err *expect(struct pack *k, char c)
{
	if (accept(k, c))
		return NULL;
	return err_new(ERR_CORRUPT, "type pack %s: '%c' expected before \"%.20s\"", k->base.path, c,
		       k->p);
}

/* --- types ------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum type_kind kind;
	unsigned size;	/* 0: pointer size */
	const char *shown;
} scalars[] = {
	{ "u8", TYPE_UINT, 1, "UChar" },	{ "u16", TYPE_UINT, 2, "Uint2B" },
	{ "u32", TYPE_UINT, 4, "Uint4B" },	{ "u64", TYPE_UINT, 8, "Uint8B" },
	{ "i8", TYPE_INT, 1, "Int1B" },		{ "i16", TYPE_INT, 2, "Int2B" },
	{ "i32", TYPE_INT, 4, "Int4B" },	{ "i64", TYPE_INT, 8, "Int8B" },
	{ "char", TYPE_CHAR, 1, "Char" },	{ "wchar", TYPE_WCHAR, 2, "Wchar" },
	{ "uptr", TYPE_UINT, 0, "UintPtr" },	{ "ptr", TYPE_POINTER, 0, "" },
};

static uint64_t scalar_type(struct pack *k, const char *name)
{
	uint64_t known = (uint64_t)(uintptr_t)strmap_get(&k->names, name);

	if (known)
		return known;
	for (size_t i = 0; i < ARRAY_SIZE(scalars); i++) {
		unsigned size = scalars[i].size ? scalars[i].size : k->pointer_size;
		struct pack_type t = {
			.info = { .kind = scalars[i].kind, .name = scalars[i].shown, .size = size },
			.align = size,
		};

		if (strcmp(scalars[i].name, name) != 0)
			continue;
		known = add_type(k, &t);
		(void)strmap_put(&k->names, scalars[i].name, (void *)(uintptr_t)known);
		return known;
	}
	return 0;
}

static uint64_t derived(struct pack *k, enum type_kind kind, uint64_t element, uint64_t count)
{
	struct pack_type *e = type_by_id(k, element), t = { .align = k->pointer_size };

	t.info = (struct type_info){ .kind = kind, .name = "", .size = k->pointer_size,
				     .element = { &k->base, element } };
	if (kind == TYPE_ARRAY && e) {
		t.info.count = count;
		t.info.size = count * e->info.size;
		t.align = e->align;
	}
	return add_type(k, &t);
}

/* A structure that is named before it is laid out is an incomplete one. */
static uint64_t struct_type(struct pack *k, const char *name)
{
	uint64_t id = (uint64_t)(uintptr_t)strmap_get(&k->names, name);
	struct pack_type t = { .align = 1,
			       .info = { .kind = TYPE_STRUCT, .name = name,
					 .flags = TYPE_IS_INCOMPLETE } };

	if (id)
		return id;
	id = add_type(k, &t);
	(void)strmap_put(&k->names, name, (void *)(uintptr_t)id);
	return id;
}

static struct err *parse_type(struct pack *k, uint64_t *ret)
{
	const char *name = word(k);
	uint64_t id;

	if (!name)
		return err_nomem();
	if (strcmp(name, "struct") == 0) {
		name = word(k);
		if (!name)
			return err_nomem();
		id = struct_type(k, name);
	} else {
		id = scalar_type(k, name);
	}
	if (!id)
		return err_new(ERR_CORRUPT, "type pack %s: unknown type '%s'", k->base.path, name);
	while (accept(k, '*'))
		id = derived(k, TYPE_POINTER, id, 0);
	*ret = id;
	return NULL;
}

static struct err *parse_member(struct pack *k, struct members *m)
{
	struct type_member member = { .kind = MEMBER_DATA };
	struct pack_type *t;
	uint64_t id = 0;

	TRY(parse_type(k, &id));
	member.name = word(k);
	if (accept(k, '[')) {
		uint64_t count = strtoull(k->p, (char **)&k->p, 0);

		TRY(expect(k, ']'));
		id = derived(k, TYPE_ARRAY, id, count);
	}
	TRY(expect(k, ';'));
	t = type_by_id(k, id);
	if (!t || !member.name)
		return err_nomem();
	if (t->info.flags & TYPE_IS_INCOMPLETE)
		return err_new(ERR_CORRUPT, "type pack %s: '%s' used before its layout",
			       k->base.path, t->info.name);
	m->offset = (m->offset + t->align - 1) & ~(t->align - 1);
	m->align = t->align > m->align ? t->align : m->align;
	member.offset = m->offset;
	member.type = (struct type_ref){ &k->base, id };
	m->offset += t->info.size;
	return vec_push(&m->v, member) ? NULL : err_nomem();
}

static void skip_block(struct pack *k)
{
	while (*k->p && *k->p != '}')
		k->p++;
	(void)accept(k, '}');
}

static struct err *parse_members(struct pack *k, struct members *m, unsigned depth)
{
	while (!accept(k, '}')) {
		bool is32 = str_starts(k->p, "only32"), is64 = str_starts(k->p, "only64");

		if (str_starts(k->p, "...")) {
			k->p += 3;
			m->partial = true;
			continue;
		}
		if (!is32 && !is64) {
			TRY(parse_member(k, m));
			continue;
		}
		k->p += 6;
		TRY(expect(k, '{'));
		if ((is32 ? 4u : 8u) != k->pointer_size)
			skip_block(k);
		else if (depth)
			return err_new(ERR_CORRUPT, "type pack %s: nested width", k->base.path);
		else
			TRY(parse_members(k, m, depth + 1));
	}
	return NULL;
}

static struct err *parse_struct(struct pack *k)
{
	struct members m = { .align = 1 };
	struct pack_type *t;
	const char *name;
	struct err *e;
	uint64_t id;

	if (strcmp(word(k), "struct") != 0)
		return err_new(ERR_CORRUPT, "type pack %s: 'struct' expected", k->base.path);
	name = word(k);
	TRY(expect(k, '{'));
	e = parse_members(k, &m, 0);
	if (!e)
		e = expect(k, ';');
	id = struct_type(k, name);
	t = type_by_id(k, id);
	if (!e && t) {
		t->members = arena_memdup(&k->arena, m.v.v, m.v.n * sizeof(*m.v.v));
		t->n = m.v.n;
		t->align = m.align;
		t->info = (struct type_info){ .kind = TYPE_STRUCT, .name = name, .n_members = m.v.n,
					      .flags = m.partial ? TYPE_IS_PARTIAL : 0,
					      .size = (m.offset + m.align - 1) & ~(m.align - 1) };
	}
	vec_deinit(&m.v);
	return e;
}

/* --- the provider -------------------------------------------------------------- */

static struct err *not_here(const char *what)
{
	return err_new(ERR_NOTFOUND, "%s is not in the type pack", what);
}

static struct err *type_named(struct provider *p, const char *name, struct type_ref *ret)
{
	struct pack *k = (struct pack *)p;
	uint64_t id = (uint64_t)(uintptr_t)strmap_get(&k->names, name);
	struct pack_type *t = type_by_id(k, id);

	if (!t || t->info.kind != TYPE_STRUCT || (t->info.flags & TYPE_IS_INCOMPLETE))
		return not_here(name);
	*ret = (struct type_ref){ p, id };
	return NULL;
}

static struct err *types(struct provider *p, const char *pattern, type_visitor *v, void *arg)
{
	struct pack *k = (struct pack *)p;

	for (size_t i = 0; i < k->types.n; i++) {
		const struct type_info *info = &k->types.v[i].info;

		if (info->kind == TYPE_STRUCT && !(info->flags & TYPE_IS_INCOMPLETE) &&
		    str_match(pattern, info->name, true) &&
		    !v(arg, (struct type_ref){ p, i + 1 }, info->name))
			return NULL;
	}
	return NULL;
}

static struct err *type_info(struct provider *p, uint64_t id, struct type_info *ret)
{
	struct pack_type *t = type_by_id((struct pack *)p, id);

	if (!t)
		return not_here("the type");
	*ret = t->info;
	return NULL;
}

static struct err *type_members(struct provider *p, uint64_t id, struct arena *a,
				struct type_member **ret, size_t *ret_n)
{
	struct pack_type *t = type_by_id((struct pack *)p, id);

	if (!t || !t->members)
		return not_here("the type");
	*ret = arena_memdup(a, t->members, t->n * sizeof(*t->members));
	*ret_n = t->n;
	return *ret ? NULL : err_nomem();
}

static void destroy(struct provider *p)
{
	struct pack *k = (struct pack *)p;

	vec_deinit(&k->types);
	strmap_deinit(&k->names);
	arena_deinit(&k->arena);
	free(k);
}

static struct provider_ops ops = {
	.name = "pack",
	.type_named = type_named,
	.types = types,
	.type_info = type_info,
	.type_members = type_members,
	.destroy = destroy,
};

static struct err *parse(struct pack *k, const char *text)
{
	k->p = text;
	for (skip_space(k); *k->p; skip_space(k))
		TRY(parse_struct(k));
	return NULL;
}

struct err *pack_open(const char *name, const char *const *texts, unsigned pointer_size,
		      struct provider **ret)
{
	struct pack *k = calloc(1, sizeof(*k));
	struct err *e;

	if (!k)
		return err_nomem();
	provider_fill_ops(&ops);
	e = provider_init(&k->base, &ops, name);
	if (e) {
		free(k);
		return e;
	}
	k->pointer_size = pointer_size;
	k->base.has_types = true;
	while (*texts && !e)
		e = parse(k, *texts++);
	if (e) {
		provider_unref(&k->base);
		return e;
	}
	*ret = &k->base;
	return NULL;
}
