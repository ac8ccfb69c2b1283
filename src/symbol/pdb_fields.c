/* SPDX-License-Identifier: MIT */
/*
 * Field lists: members of classes, enumerators of enums. A list that is longer
 * than a record ends with the index of the list that goes on; that one was
 * written before it, so indices fall and the walk ends.
 */
#include "symbol/pdb_impl.h"

#include <inttypes.h>

enum {
	METHOD_INTRO = 4,	/* introduces a slot in the vtable, which follows */
	METHOD_PURE_INTRO = 6,
};

static bool introduces_slot(uint16_t attributes)
{
	unsigned kind = attributes >> 2 & 7;

	return kind == METHOD_INTRO || kind == METHOD_PURE_INTRO;
}

typedef VEC(struct type_member) member_vec;

struct fields {
	struct pdb *pdb;
	member_vec members;
	VEC(struct type_enumerator) enumerators;
	uint32_t next;		/* list that goes on, 0: none */
	bool failed;		/* no memory */
};

static void add(struct fields *f, enum member_kind kind, uint32_t type, uint64_t offset,
		const char *name)
{
	struct type_member m = { .kind = kind, .name = name, .offset = offset,
				 .type = pdb_type_ref(f->pdb, type) };
	struct cursor c;
	uint16_t leaf;

	if (kind == MEMBER_DATA && type >= 0x1000 &&
	    !err_ignore(pdb_type_record(f->pdb, type, &leaf, &c)) && leaf == LF_BITFIELD) {
		m.type = pdb_type_ref(f->pdb, cursor_u32(&c));
		m.bit_size = cursor_u8(&c);
		m.bit_offset = cursor_u8(&c);
	}
	f->failed |= !vec_push(&f->members, m);
}

/* One name, several methods: each becomes a member. */
static void add_overloads(struct fields *f, uint32_t list, const char *name)
{
	struct cursor c;
	uint16_t leaf;

	if (err_ignore(pdb_type_record(f->pdb, list, &leaf, &c)) || leaf != LF_METHODLIST)
		return;
	while (cursor_left(&c) >= 8 && !f->failed) {
		uint16_t attributes = cursor_u16(&c);

		cursor_skip(&c, 2);
		add(f, MEMBER_METHOD, cursor_u32(&c), 0, name);
		if (introduces_slot(attributes))
			cursor_skip(&c, 4);
	}
}

static void read_member(struct fields *f, struct cursor *c)
{
	uint64_t offset;
	uint32_t type;

	cursor_skip(c, 2);
	type = cursor_u32(c);
	offset = pdb_read_number(c).value;
	add(f, MEMBER_DATA, type, offset, cursor_cstr(c));
}

static void read_base(struct fields *f, struct cursor *c)
{
	uint32_t type;

	cursor_skip(c, 2);
	type = cursor_u32(c);
	add(f, MEMBER_BASE, type, pdb_read_number(c).value, "");
}

/* Where a virtual base lies is only known at run time: none is told. */
static void skip_virtual_base(struct cursor *c)
{
	cursor_skip(c, 10);
	(void)pdb_read_number(c);
	(void)pdb_read_number(c);
}

static void read_method(struct fields *f, struct cursor *c)
{
	uint16_t attributes = cursor_u16(c);
	uint32_t type = cursor_u32(c);

	if (introduces_slot(attributes))
		cursor_skip(c, 4);
	add(f, MEMBER_METHOD, type, 0, cursor_cstr(c));
}

static void read_methods(struct fields *f, struct cursor *c)
{
	uint32_t list;

	cursor_skip(c, 2);
	list = cursor_u32(c);
	add_overloads(f, list, cursor_cstr(c));
}

static void read_named(struct fields *f, struct cursor *c, enum member_kind kind)
{
	uint32_t type;

	cursor_skip(c, 2);
	type = cursor_u32(c);
	add(f, kind, type, 0, cursor_cstr(c));
}

static void read_vtable(struct fields *f, struct cursor *c, bool has_offset)
{
	uint32_t type;

	cursor_skip(c, 2);
	type = cursor_u32(c);
	add(f, MEMBER_VTABLE, type, has_offset ? cursor_u32(c) : 0, "__VFN_table");
}

static void read_enumerator(struct fields *f, struct cursor *c)
{
	struct type_enumerator e;

	cursor_skip(c, 2);
	e.value = (int64_t)pdb_read_number(c).value;
	e.name = cursor_cstr(c);
	if (cursor_ok(c))
		f->failed |= !vec_push(&f->enumerators, e);
}

static struct err *read_field(struct fields *f, struct cursor *c)
{
	uint16_t leaf = cursor_u16(c);

	switch (leaf) {
	case LF_MEMBER:
		read_member(f, c);
		break;
	case LF_BCLASS:
	case LF_BINTERFACE:
		read_base(f, c);
		break;
	case LF_VBCLASS:
	case LF_IVBCLASS:
		skip_virtual_base(c);
		break;
	case LF_ONEMETHOD:
		read_method(f, c);
		break;
	case LF_METHOD:
		read_methods(f, c);
		break;
	case LF_STMEMBER:
		read_named(f, c, MEMBER_STATIC);
		break;
	case LF_NESTTYPE:
	case LF_NESTTYPEEX:
		read_named(f, c, MEMBER_NESTED);
		break;
	case LF_VFUNCTAB:
	case LF_VFUNCOFF:
		read_vtable(f, c, leaf == LF_VFUNCOFF);
		break;
	case LF_ENUMERATE:
		read_enumerator(f, c);
		break;
	case LF_FRIENDFCN:
		cursor_skip(c, 6);
		(void)cursor_cstr(c);
		break;
	case LF_FRIENDCLS:
		cursor_skip(c, 6);
		break;
	case LF_INDEX:
		cursor_skip(c, 2);
		f->next = cursor_u32(c);
		break;
	default:
		return err_new(ERR_UNSUPPORTED, "%s: offset 0x%" PRIx64 ": field of kind 0x%04x",
			       c->name, cursor_offset(c) - 2, leaf);
	}
	return NULL;
}

static struct err *read_list(struct fields *f, uint32_t list)
{
	struct cursor c;
	uint16_t leaf;

	TRY(pdb_type_record(f->pdb, list, &leaf, &c));
	if (leaf != LF_FIELDLIST)
		return cursor_corrupt(&c, "members of kind 0x%04x", leaf);
	while (cursor_left(&c) && !f->failed) {
		if (c.data[c.pos] >= LF_PAD0) {
			uint64_t pad = c.data[c.pos] & 0xf;

			cursor_skip(&c, pad && pad < cursor_left(&c) ? pad : cursor_left(&c));
			continue;
		}
		TRY(read_field(f, &c));
		TRY(cursor_check(&c, "member"));
	}
	return f->failed ? err_nomem() : NULL;
}

static struct err *read_fields(struct fields *f, uint64_t type)
{
	uint32_t list;

	if (type > UINT32_MAX)
		return err_new(ERR_NOTFOUND, "no such type");
	TRY(pdb_field_list(f->pdb, (uint32_t)type, &list));
	while (list >= 0x1000) {
		TRY(cancel_check());
		f->next = 0;
		TRY(read_list(f, list));
		if (f->next >= list)
			return err_new(ERR_CORRUPT, "%s: the members of type 0x%" PRIx64
				       " go on in list 0x%" PRIx32 " after list 0x%" PRIx32,
				       f->pdb->src->name, type, f->next, list);
		list = f->next;
	}
	return NULL;
}

static void fields_deinit(struct fields *f)
{
	vec_deinit(&f->members);
	vec_deinit(&f->enumerators);
}

struct err *pdb_type_members(struct provider *p, uint64_t id, struct arena *a,
			     struct type_member **ret, size_t *ret_n)
{
	CLEANUP(fields_deinit) struct fields f = { .pdb = pdb_of(p) };
	struct type_member *members;

	TRY(read_fields(&f, id));
	members = ARENA_NEW_N(a, struct type_member, f.members.n + 1);
	if (!members)
		return err_nomem();
	for (size_t i = 0; i < f.members.n; i++)
		members[i] = f.members.v[i];
	*ret = members;
	*ret_n = f.members.n;
	return NULL;
}

struct err *pdb_type_enumerators(struct provider *p, uint64_t id, struct arena *a,
				 struct type_enumerator **ret, size_t *ret_n)
{
	CLEANUP(fields_deinit) struct fields f = { .pdb = pdb_of(p) };
	struct type_enumerator *e;

	TRY(read_fields(&f, id));
	e = ARENA_NEW_N(a, struct type_enumerator, f.enumerators.n + 1);
	if (!e)
		return err_nomem();
	for (size_t i = 0; i < f.enumerators.n; i++)
		e[i] = f.enumerators.v[i];
	*ret = e;
	*ret_n = f.enumerators.n;
	return NULL;
}
