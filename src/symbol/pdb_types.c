/* SPDX-License-Identifier: MIT */
/*
 * Types of the TPI stream: what one is, and finding one by name.
 *
 * A class, union or enum is often there twice: as a forward reference, which
 * other types refer to, and as the definition. Every answer is that of the
 * definition where the file has one; the two are tied by the linker's unique
 * name, or else by the name.
 */
#include "symbol/pdb_impl.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_TYPE_DEPTH = 32 };

struct udt {
	uint16_t leaf, count, props;
	uint32_t fields, underlying;
	uint64_t size;
	const char *name, *unique;	/* unique: "" when there is none */
};

struct type_ref pdb_type_ref(struct pdb *pdb, uint32_t index)
{
	return (struct type_ref){ .provider = index ? &pdb->p : NULL, .id = index };
}

static bool is_udt(uint16_t leaf)
{
	return leaf == LF_CLASS || leaf == LF_STRUCTURE || leaf == LF_UNION || leaf == LF_ENUM ||
	       leaf == LF_INTERFACE;
}

static bool read_udt(uint16_t leaf, struct cursor c, struct udt *ret)
{
	struct udt u = { .leaf = leaf, .unique = "" };

	if (!is_udt(leaf))
		return false;
	u.count = cursor_u16(&c);
	u.props = cursor_u16(&c);
	if (leaf == LF_ENUM)
		u.underlying = cursor_u32(&c);
	u.fields = cursor_u32(&c);
	if (leaf != LF_ENUM && leaf != LF_UNION)
		cursor_skip(&c, 8); /* derivation list, shape of the vtable */
	if (leaf != LF_ENUM)
		u.size = pdb_read_number(&c).value;
	u.name = cursor_cstr(&c);
	if (!cursor_ok(&c))
		return false;
	if (u.props & CV_PROP_UNIQUE_NAME)
		u.unique = cursor_cstr(&c);
	*ret = u;
	return true;
}

/* --- from a forward reference to its definition ------------------------------------------ */

struct definition_search {
	const struct udt *wanted;
	uint32_t found;
};

static bool same_kind(uint16_t a, uint16_t b)
{
	/* struct and class may be declared as the other */
	return a == b || (a != LF_UNION && a != LF_ENUM && b != LF_UNION && b != LF_ENUM);
}

static bool is_definition_of(const struct udt *u, const struct udt *wanted)
{
	if ((u->props & CV_PROP_FWDREF) || !same_kind(u->leaf, wanted->leaf))
		return false;
	if (*u->unique && *wanted->unique)
		return !strcmp(u->unique, wanted->unique);
	return !strcmp(u->name, wanted->name);
}

static bool match_definition(void *arg, uint32_t index, uint16_t leaf, struct cursor *c)
{
	struct definition_search *s = arg;
	struct udt u;

	if (!read_udt(leaf, *c, &u) || !is_definition_of(&u, s->wanted))
		return false;
	s->found = index;
	return true;
}

static struct err *map_types(struct pdb *pdb);
static uint32_t mapped_type(struct pdb *pdb, const char *name, bool *ret_defined);

static struct err *find_definition(struct pdb *pdb, const struct udt *u, uint32_t *ret)
{
	struct definition_search s = { .wanted = u };
	bool defined = false;

	TRY(pdb_tpi_chain(pdb, u->name, match_definition, &s));
	if (!s.found && *u->unique)
		TRY(pdb_tpi_chain(pdb, u->unique, match_definition, &s));
	if (!s.found && pdb->tpi.no_hash) {
		TRY(map_types(pdb));
		s.found = mapped_type(pdb, u->name, &defined);
		if (!defined)
			s.found = 0;
	}
	*ret = s.found;
	return NULL;
}

/* Index of the definition of the forward reference `index`; itself when the file has none. */
static struct err *definition_of(struct pdb *pdb, uint32_t index, const struct udt *u, uint32_t *ret)
{
	uint32_t found = (uint32_t)(uintptr_t)u64map_get(&pdb->definitions, index);

	if (!found) {
		TRY(find_definition(pdb, u, &found));
		if (!found)
			found = index;
		if (!u64map_put(&pdb->definitions, index, (void *)(uintptr_t)found))
			return err_nomem();
	}
	*ret = found;
	return NULL;
}

/* The record of a class, union or enum, the definition where there is one. */
static struct err *load_udt(struct pdb *pdb, uint32_t index, struct udt *ret)
{
	uint32_t definition = 0;
	struct cursor c;
	uint16_t leaf;

	TRY(pdb_type_record(pdb, index, &leaf, &c));
	if (!read_udt(leaf, c, ret))
		return err_new(ERR_CORRUPT, "%s: type 0x%" PRIx32 " is no class, union or enum",
			       pdb->src->name, index);
	if (!(ret->props & CV_PROP_FWDREF))
		return NULL;
	TRY(definition_of(pdb, index, ret, &definition));
	TRY(pdb_type_record(pdb, definition, &leaf, &c));
	return read_udt(leaf, c, ret) ? NULL
				      : err_new(ERR_CORRUPT, "%s: type 0x%" PRIx32 " is damaged",
						pdb->src->name, definition);
}

struct err *pdb_field_list(struct pdb *pdb, uint32_t index, uint32_t *ret)
{
	struct cursor c;
	uint16_t leaf;
	struct udt u;

	for (int depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
		if (index < 0x1000)
			break;
		TRY(pdb_type_record(pdb, index, &leaf, &c));
		if (leaf != LF_MODIFIER) {
			TRY(load_udt(pdb, index, &u));
			*ret = u.fields;
			return NULL;
		}
		index = cursor_u32(&c);
	}
	return err_new(ERR_NOTFOUND, "the type has no members");
}

/* --- what a type is ------------------------------------------------------------------------- */

static enum type_kind udt_kind(uint16_t leaf)
{
	switch (leaf) {
	case LF_STRUCTURE:
		return TYPE_STRUCT;
	case LF_UNION:
		return TYPE_UNION;
	case LF_ENUM:
		return TYPE_ENUM;
	default:
		return TYPE_CLASS;
	}
}

static struct err *udt_info(struct pdb *pdb, uint32_t index, struct type_info *ret)
{
	struct udt u;

	TRY(load_udt(pdb, index, &u));
	*ret = (struct type_info){
		.kind = udt_kind(u.leaf),
		.flags = u.props & CV_PROP_FWDREF ? TYPE_IS_INCOMPLETE : 0,
		.name = u.name,
		.size = u.size,
		.n_members = u.count,
	};
	if (u.leaf == LF_ENUM) {
		ret->element = pdb_type_ref(pdb, u.underlying);
		ret->size = pdb_type_size(pdb, u.underlying);
	}
	return NULL;
}

static void pointer_info(struct pdb *pdb, struct cursor *c, struct type_info *ret)
{
	uint32_t element = cursor_u32(c), attributes = cursor_u32(c);
	unsigned mode = attributes >> 5 & 7, size = attributes >> 13 & 0x3f, type = attributes & 0x1f;

	*ret = (struct type_info){ .kind = TYPE_POINTER, .name = "",
				   .element = pdb_type_ref(pdb, element), .size = size };
	if (!size) /* older compilers leave the size to the kind of pointer */
		ret->size = type == 0x0c ? 8 : type == 0x0a ? 4 : 0;
	if (mode == 1)
		ret->flags |= TYPE_IS_REFERENCE;
	if (mode == 4)
		ret->flags |= TYPE_IS_RVALUE_REFERENCE;
	if (mode == 2 || mode == 3)
		ret->flags |= TYPE_IS_MEMBER_POINTER;
	if (attributes & 1 << 9)
		ret->flags |= TYPE_IS_VOLATILE;
	if (attributes & 1 << 10)
		ret->flags |= TYPE_IS_CONST;
}

static void array_info(struct pdb *pdb, struct cursor *c, struct type_info *ret)
{
	uint32_t element = cursor_u32(c);
	uint64_t each;

	cursor_skip(c, 4);
	*ret = (struct type_info){ .kind = TYPE_ARRAY, .name = "",
				   .element = pdb_type_ref(pdb, element) };
	ret->size = pdb_read_number(c).value;
	each = pdb_type_size(pdb, element);
	ret->count = each ? ret->size / each : 0;
}

static void modifier_info(struct pdb *pdb, struct cursor *c, struct type_info *ret)
{
	uint32_t element = cursor_u32(c);
	uint16_t attributes = cursor_u16(c);

	*ret = (struct type_info){ .kind = TYPE_MODIFIER, .name = "",
				   .element = pdb_type_ref(pdb, element),
				   .size = pdb_type_size(pdb, element) };
	if (attributes & 1)
		ret->flags |= TYPE_IS_CONST;
	if (attributes & 2)
		ret->flags |= TYPE_IS_VOLATILE;
}

static void bitfield_info(struct pdb *pdb, struct cursor *c, struct type_info *ret)
{
	uint32_t element = cursor_u32(c);

	*ret = (struct type_info){ .kind = TYPE_BITFIELD, .name = "",
				   .element = pdb_type_ref(pdb, element),
				   .size = pdb_type_size(pdb, element) };
	ret->bit_size = cursor_u8(c);
	ret->bit_offset = cursor_u8(c);
}

static void function_info(struct pdb *pdb, uint16_t leaf, struct cursor *c, struct type_info *ret)
{
	*ret = (struct type_info){ .kind = TYPE_FUNCTION, .name = "",
				   .element = pdb_type_ref(pdb, cursor_u32(c)) };
	cursor_skip(c, leaf == LF_MFUNCTION ? 10 : 2);
	ret->n_members = cursor_u16(c);
}

/* The shape of a virtual function table, told as an array of pointers. */
static void vtable_info(struct pdb *pdb, struct cursor *c, struct type_info *ret)
{
	bool is_64 = machine_pointer_size(pdb->identity.machine) != 4;

	*ret = (struct type_info){ .kind = TYPE_ARRAY, .name = "", .count = cursor_u16(c),
				   .element = pdb_type_ref(pdb, is_64 ? 0x603 : 0x403) };
	ret->size = ret->count * (is_64 ? 8 : 4);
}

static struct err *record_info(struct pdb *pdb, uint32_t index, uint16_t leaf, struct cursor *c,
			       struct type_info *ret)
{
	switch (leaf) {
	case LF_POINTER:
		pointer_info(pdb, c, ret);
		break;
	case LF_ARRAY:
		array_info(pdb, c, ret);
		break;
	case LF_MODIFIER:
		modifier_info(pdb, c, ret);
		break;
	case LF_BITFIELD:
		bitfield_info(pdb, c, ret);
		break;
	case LF_PROCEDURE:
	case LF_MFUNCTION:
		function_info(pdb, leaf, c, ret);
		break;
	case LF_VTSHAPE:
		vtable_info(pdb, c, ret);
		break;
	case LF_LABEL:
		*ret = (struct type_info){ .kind = TYPE_VOID, .name = "void" };
		break;
	default:
		return err_new(ERR_UNSUPPORTED, "%s: type 0x%" PRIx32 " is of kind 0x%04x",
			       pdb->src->name, index, leaf);
	}
	return cursor_check(c, "type record");
}

struct err *pdb_type_info(struct provider *p, uint64_t id, struct type_info *ret)
{
	struct pdb *pdb = pdb_of(p);
	struct type_info info;
	struct cursor c;
	uint16_t leaf;

	if (id > UINT32_MAX || !id)
		return err_new(ERR_NOTFOUND, "%s: no type %" PRIu64, pdb->src->name, id);
	if (id < 0x1000) {
		if (!pdb_simple_type(pdb, (uint32_t)id, ret))
			return err_new(ERR_UNSUPPORTED, "%s: simple type 0x%" PRIx64,
				       pdb->src->name, id);
		return NULL;
	}
	TRY(pdb_type_record(pdb, (uint32_t)id, &leaf, &c));
	if (is_udt(leaf))
		return udt_info(pdb, (uint32_t)id, ret);
	TRY(record_info(pdb, (uint32_t)id, leaf, &c, &info));
	*ret = info;
	return NULL;
}

/* Follows only what has a size of another type, so that it ends. */
uint64_t pdb_type_size(struct pdb *pdb, uint32_t index)
{
	for (int depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
		struct type_info info;
		struct cursor c;
		uint16_t leaf;
		struct udt u;

		if (index < 0x1000)
			return pdb_simple_type(pdb, index, &info) ? info.size : 0;
		if (err_ignore(pdb_type_record(pdb, index, &leaf, &c)))
			return 0;
		switch (leaf) {
		case LF_MODIFIER:
		case LF_BITFIELD:
			index = cursor_u32(&c);
			continue;
		case LF_POINTER:
			pointer_info(pdb, &c, &info);
			return info.size;
		case LF_ARRAY:
			cursor_skip(&c, 8);
			return pdb_read_number(&c).value;
		case LF_ENUM:
			if (err_ignore(load_udt(pdb, index, &u)))
				return 0;
			index = u.underlying;
			continue;
		default:
			return is_udt(leaf) && !err_ignore(load_udt(pdb, index, &u)) ? u.size : 0;
		}
	}
	return 0;
}

/* --- parameters -------------------------------------------------------------------------------- */

static struct err *argument_list(struct pdb *pdb, uint32_t type, struct cursor *ret, uint32_t *ret_n,
				 bool *ret_this)
{
	struct cursor c;
	uint16_t leaf;

	TRY(pdb_type_record(pdb, type, &leaf, &c));
	if (leaf != LF_PROCEDURE && leaf != LF_MFUNCTION)
		return err_new(ERR_NOTFOUND, "not a function");
	cursor_skip(&c, 4);
	*ret_this = false;
	if (leaf == LF_MFUNCTION) {
		cursor_skip(&c, 4);
		*ret_this = cursor_u32(&c) != 0;
	}
	cursor_skip(&c, 4);
	type = cursor_u32(&c);
	TRY(cursor_check(&c, "function type"));
	TRY(pdb_type_record(pdb, type, &leaf, ret));
	if (leaf != LF_ARGLIST)
		return cursor_corrupt(ret, "parameters of kind 0x%04x", leaf);
	*ret_n = cursor_u32(ret);
	if (*ret_n > cursor_left(ret) / 4)
		return cursor_corrupt(ret, "%" PRIu32 " parameters in %" PRIu64 " bytes", *ret_n,
				      cursor_left(ret));
	return NULL;
}

struct err *pdb_type_params(struct provider *p, uint64_t id, struct arena *a, struct type_ref **ret,
			    size_t *ret_n)
{
	struct pdb *pdb = pdb_of(p);
	struct type_ref *params;
	bool has_this;
	struct cursor c;
	uint32_t n;

	if (id < 0x1000 || id > UINT32_MAX)
		return err_new(ERR_NOTFOUND, "not a function");
	TRY(argument_list(pdb, (uint32_t)id, &c, &n, &has_this));
	params = ARENA_NEW_N(a, struct type_ref, n + 1);
	if (!params)
		return err_nomem();
	for (uint32_t i = 0; i < n; i++)
		params[i] = pdb_type_ref(pdb, cursor_u32(&c));
	*ret = params;
	*ret_n = n;
	return NULL;
}

uint32_t pdb_n_params(struct pdb *pdb, uint32_t type)
{
	bool has_this;
	struct cursor c;
	uint32_t n;

	if (type < 0x1000 || err_ignore(argument_list(pdb, type, &c, &n, &has_this)))
		return 0;
	return n + has_this;
}

/* --- by name -------------------------------------------------------------------------------------- */

static bool is_anonymous(const char *name)
{
	return !*name || strstr(name, "<unnamed-") || strstr(name, "__unnamed") ||
	       strstr(name, "<anonymous-");
}

/* Values of the map: index * 2 + "is a definition". */
static uint32_t mapped_type(struct pdb *pdb, const char *name, bool *ret_defined)
{
	uintptr_t v = (uintptr_t)strmap_get(&pdb->type_names, name);

	*ret_defined = v & 1;
	return (uint32_t)(v >> 1);
}

static struct err *map_type(struct pdb *pdb, uint32_t index, const struct udt *u)
{
	bool is_definition = !(u->props & CV_PROP_FWDREF), defined;

	if (!is_definition && mapped_type(pdb, u->name, &defined))
		return NULL;
	if (!strmap_put(&pdb->type_names, u->name,
			(void *)((uintptr_t)index << 1 | is_definition)))
		return err_nomem();
	return NULL;
}

typedef struct err *udt_visitor(struct pdb *pdb, uint32_t index, const struct udt *u, void *arg);

static struct err *each_udt(struct pdb *pdb, udt_visitor *v, void *arg)
{
	struct cursor c;
	uint16_t leaf;
	struct udt u;

	TRY(pdb_tpi_load(pdb, &pdb->tpi, PDB_STREAM_TPI));
	for (uint32_t i = pdb->tpi.begin; i < pdb->tpi.end; i++) {
		if (i % 4096 == 0) {
			TRY(cancel_check());
			progress_report(pdb->src->name, i - pdb->tpi.begin,
					pdb->tpi.end - pdb->tpi.begin);
		}
		if (err_ignore(pdb_type_record(pdb, i, &leaf, &c)) || !read_udt(leaf, c, &u) ||
		    is_anonymous(u.name))
			continue;
		TRY(v(pdb, i, &u, arg));
	}
	return NULL;
}

static struct err *map_visitor(struct pdb *pdb, uint32_t index, const struct udt *u, void *arg)
{
	return map_type(pdb, index, u);
}

static struct err *map_types(struct pdb *pdb)
{
	if (pdb->types_mapped)
		return NULL;
	TRY(each_udt(pdb, map_visitor, NULL));
	pdb->types_mapped = true;
	return NULL;
}

struct name_search {
	const char *name;
	uint32_t definition, forward;
};

static bool match_name(void *arg, uint32_t index, uint16_t leaf, struct cursor *c)
{
	struct name_search *s = arg;
	struct udt u;

	if (!read_udt(leaf, *c, &u) || strcmp(u.name, s->name) != 0)
		return false;
	if (u.props & CV_PROP_FWDREF)
		s->forward = index;
	else
		s->definition = index;
	return s->definition;
}

static struct err *no_types_in_fastlink(const struct pdb *pdb)
{
	if (!pdb->identity.fastlink)
		return NULL;
	return err_new(ERR_UNSUPPORTED,
		       "%s: linked with /DEBUG:FASTLINK: types and lines are in the object files",
		       pdb->src->name);
}

struct err *pdb_type_named(struct provider *p, const char *name, struct type_ref *ret)
{
	struct pdb *pdb = pdb_of(p);
	struct name_search s = { .name = name };
	uint32_t index;
	bool defined;

	TRY(pdb_tpi_chain(pdb, name, match_name, &s));
	index = s.definition;
	if (!index)
		index = pdb_simple_named(name);
	if (!index)
		TRY(pdb_udt_named(pdb, name, &index));
	if (!index) {
		TRY(map_types(pdb));
		index = mapped_type(pdb, name, &defined);
	}
	if (!index)
		index = s.forward;
	if (!index) {
		TRY(no_types_in_fastlink(pdb));
		return err_new(ERR_NOTFOUND, "%s: no type %s", pdb->src->name, name);
	}
	*ret = pdb_type_ref(pdb, index);
	return NULL;
}

struct type_enumeration {
	struct pdb *pdb;
	const char *pattern;
	type_visitor *visit;
	void *arg;
	struct strmap seen;
	bool stopped, failed;
};

/* Each name once; true: go on. */
static bool show_type(struct type_enumeration *e, const char *name, uint32_t index)
{
	if (e->stopped || !str_match(e->pattern, name, true) || strmap_has(&e->seen, name))
		return !e->stopped;
	if (!strmap_put(&e->seen, name, NULL)) {
		e->failed = e->stopped = true;
		return false;
	}
	e->stopped = !e->visit(e->arg, pdb_type_ref(e->pdb, index), name);
	return !e->stopped;
}

static struct err *enumerate_visitor(struct pdb *pdb, uint32_t index, const struct udt *u, void *arg)
{
	if (!(u->props & CV_PROP_FWDREF))
		(void)show_type(arg, u->name, index);
	return NULL;
}

static bool typedef_visitor(void *arg, const char *name, uint32_t index)
{
	return !show_type(arg, name, index);
}

struct err *pdb_types(struct provider *p, const char *pattern, type_visitor *v, void *arg)
{
	struct type_enumeration e = { .pdb = pdb_of(p), .pattern = pattern, .visit = v, .arg = arg };
	struct err *err = each_udt(e.pdb, enumerate_visitor, &e);

	if (!err && !e.stopped)
		err = pdb_udts(e.pdb, typedef_visitor, &e);
	if (!err && e.failed)
		err = err_nomem();
	strmap_deinit(&e.seen);
	return err;
}
