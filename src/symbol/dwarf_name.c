/* SPDX-License-Identifier: MIT */
/*
 * The index of names: types and global variables of all units, made once when
 * somebody asks by name (libdw gives no access to .debug_names or .gdb_index).
 * Only units, namespaces and types are walked, never functions' bodies.
 *
 * One name is defined in many units: the first complete definition stands for
 * all; a declaration is kept only until a definition comes. Tags ("struct x")
 * and other type names ("typedef ... x") are apart, as in C.
 */
#include "symbol/dwarf_info_impl.h"

#include "base/cancel.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

struct name_entry {
	const char *name;	/* qualified */
	uint64_t id;
	bool is_declaration, is_tag;
};

struct dwarf_names {
	VEC(struct name_entry *) types;	/* in order of the file; entries in the arena */
	struct strmap tags, others;	/* name -> struct name_entry */
	struct u64map variables;	/* vaddr -> id of the DIE */
	struct arena arena;
};

void dwarf_names_free(struct dwarf_names *n)
{
	if (!n)
		return;
	vec_deinit(&n->types);
	strmap_deinit(&n->tags);
	strmap_deinit(&n->others);
	u64map_deinit(&n->variables);
	arena_deinit(&n->arena);
	free(n);
}

/* --- qualified names ----------------------------------------------------------------------- */

/* Languages whose types live in namespaces. */
static bool has_namespaces(Dwarf_Die *cu)
{
	switch (dwarf_srclang(cu)) {
	case DW_LANG_C_plus_plus: case DW_LANG_C_plus_plus_03: case DW_LANG_C_plus_plus_11:
	case DW_LANG_C_plus_plus_14: case DW_LANG_Rust: case DW_LANG_D: case DW_LANG_Swift:
	case 0x2b: /* DW_LANG_C_plus_plus_17 */
	case 0x2c: /* DW_LANG_C_plus_plus_20 */
		return true;
	default:
		return false;
	}
}

static bool is_type_tag(int tag)
{
	switch (tag) {
	case DW_TAG_structure_type: case DW_TAG_class_type: case DW_TAG_union_type: case DW_TAG_enumeration_type:
	case DW_TAG_interface_type: case DW_TAG_typedef: case DW_TAG_base_type: case DW_TAG_template_alias:
	case DW_TAG_unspecified_type:
		return true;
	default:
		return false;
	}
}

static bool is_tag_type(int tag)
{
	switch (tag) {
	case DW_TAG_structure_type: case DW_TAG_class_type: case DW_TAG_union_type: case DW_TAG_enumeration_type:
	case DW_TAG_interface_type:
		return true;
	default:
		return false;
	}
}

static const char *join(struct arena *a, const char *prefix, const char *name)
{
	return *prefix ? arena_printf(a, "%s::%s", prefix, name) : name;
}

static const char *scope_name(Dwarf_Die *die)
{
	const char *name = die_name(die);

	return name && *name ? name : dwarf_tag(die) == DW_TAG_namespace ? "(anonymous namespace)" : "";
}

/* Records "ns::type" for all types below `parent`. */
static struct err *qualify_below(struct dwarf_info *d, Dwarf_Die *parent, const char *prefix, unsigned depth)
{
	Dwarf_Die c;

	for (bool ok = depth < DIE_MAX_DEPTH && die_child(parent, &c); ok; ok = die_next(&c, &c)) {
		int tag = dwarf_tag(&c);
		const char *name = scope_name(&c), *full;

		if (tag != DW_TAG_namespace && tag != DW_TAG_module && !is_type_tag(tag))
			continue;
		full = *name ? join(&d->arena, prefix, name) : prefix;
		if (!full || (*prefix && *name && is_type_tag(tag) &&
			      !u64map_put(&d->qualified, dwarf_type_id(d, &c), (void *)(uintptr_t)full)))
			return err_nomem();
		if (dwarf_haschildren(&c))
			TRY(qualify_below(d, &c, full, depth + 1));
	}
	return NULL;
}

const char *dwarf_qualified_name(struct dwarf_info *d, Dwarf_Die *die)
{
	const char *plain = die_name(die), *full;
	struct dwarf_unit *u;

	if (!plain || !*plain)
		return "";
	if (err_ignore(dwarf_unit_of(d, die, &u)))
		return plain;
	if (!u->has_names) {
		u->has_names = true;
		if (has_namespaces(&u->die))
			err_free(qualify_below(d, &u->die, "", 0)); /* what is missing keeps its plain name */
	}
	full = u64map_get(&d->qualified, dwarf_type_id(d, die));
	return full ? full : plain;
}

/* --- the index ------------------------------------------------------------------------------ */

static struct name_entry *new_entry(struct dwarf_info *d, Dwarf_Die *die, const char *name)
{
	struct name_entry *e = ARENA_NEW(&d->names->arena, struct name_entry);

	if (e) {
		e->name = name;
		e->id = dwarf_type_id(d, die);
		e->is_declaration = dwarf_hasattr(die, DW_AT_declaration);
		e->is_tag = is_tag_type(dwarf_tag(die));
	}
	return e;
}

static struct err *add_type(struct dwarf_info *d, Dwarf_Die *die, const char *name)
{
	struct dwarf_names *n = d->names;
	struct strmap *map = is_tag_type(dwarf_tag(die)) ? &n->tags : &n->others;
	struct name_entry *had = strmap_get(map, name), *e;

	if (had) {
		if (had->is_declaration && !dwarf_hasattr(die, DW_AT_declaration)) {
			had->id = dwarf_type_id(d, die);
			had->is_declaration = false;
		}
		return NULL;
	}
	e = new_entry(d, die, name);
	return e && vec_push(&n->types, e) && strmap_put(map, name, e) ? NULL : err_nomem();
}

/* Where a global variable is, as vaddr. */
static bool variable_address(Dwarf_Die *die, uint64_t *ret)
{
	Dwarf_Attribute attr, indexed;
	Dwarf_Op *ops;
	size_t n;

	if (!dwarf_attr_integrate(die, DW_AT_location, &attr) || dwarf_getlocation(&attr, &ops, &n) != 0 || n != 1)
		return false;
	if (ops[0].atom == DW_OP_addr) {
		*ret = ops[0].number;
		return true;
	}
	return ops[0].atom == DW_OP_addrx && dwarf_getlocation_attr(&attr, &ops[0], &indexed) == 0 &&
	       dwarf_formaddr(&indexed, ret) == 0;
}

/* By address: names are shared by static variables, and symbols spell them in
 * ways of their own ("name[abi:cxx11]"). */
static struct err *add_variable(struct dwarf_info *d, Dwarf_Die *die)
{
	struct u64map *map = &d->names->variables;
	uint64_t vaddr;

	if (dwarf_hasattr(die, DW_AT_declaration) || !variable_address(die, &vaddr) || u64map_has(map, vaddr))
		return NULL;
	return u64map_put(map, vaddr, (void *)(uintptr_t)dwarf_type_id(d, die)) ? NULL : err_nomem();
}

static struct err *index_below(struct dwarf_info *d, Dwarf_Die *parent, const char *prefix, bool nested,
			       unsigned depth)
{
	Dwarf_Die c;

	for (bool ok = depth < DIE_MAX_DEPTH && die_child(parent, &c); ok; ok = die_next(&c, &c)) {
		int tag = dwarf_tag(&c);
		bool is_scope = tag == DW_TAG_namespace || tag == DW_TAG_module, is_type = is_type_tag(tag);
		const char *name, *full;

		if (!is_scope && !is_type && tag != DW_TAG_variable)
			continue;
		name = scope_name(&c);
		full = *name ? join(&d->names->arena, prefix, name) : prefix;
		if (!full)
			return err_nomem();
		if (*name && is_type)
			TRY(add_type(d, &c, full));
		else if (tag == DW_TAG_variable)
			TRY(add_variable(d, &c));
		if (is_scope || (is_type && nested && *name && dwarf_haschildren(&c) && tag != DW_TAG_enumeration_type))
			TRY(index_below(d, &c, full, nested, depth + 1));
	}
	return NULL;
}

static struct err *index_units(struct dwarf_info *d, Dwarf *dbg)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die, body;
	unsigned n = 0;
	uint8_t type;

	while (dwarf_next_readable_unit(dbg, &cu, &type, &die, &body)) {
		TRY(cancel_check());
		if (!(++n & 63))
			progress_report("indexing types", dwarf_dieoffset(&die), 0);
		TRY(index_below(d, &body, "", has_namespaces(&body), 0));
	}
	return NULL;
}

static struct err *need_names(struct dwarf_info *d)
{
	struct err *e;

	if (d->names)
		return NULL;
	d->names = calloc(1, sizeof(*d->names));
	if (!d->names)
		return err_nomem();
	e = index_units(d, d->dbg);
	if (!e && d->alt)
		e = index_units(d, d->alt);
	if (e) { /* cancelled: the next one who asks begins again */
		dwarf_names_free(d->names);
		d->names = NULL;
	}
	return e;
}

/* --- asking ------------------------------------------------------------------------------------- */

/* "struct x" means the tag only. */
static const char *without_keyword(const char *name, bool *ret_tag)
{
	static const char *const words[] = { "struct ", "class ", "union ", "enum " };

	*ret_tag = false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_starts(name, words[i])) {
			*ret_tag = true;
			return str_skip_space(name + strlen(words[i]));
		}
	return name;
}

/* A complete tag, else another name, else a declared tag. */
static const struct name_entry *find_type(const struct dwarf_names *n, const char *name)
{
	bool only_tag;
	const char *plain = without_keyword(name, &only_tag);
	const struct name_entry *tag = strmap_get(&n->tags, plain), *other;

	if (only_tag || (tag && !tag->is_declaration))
		return tag;
	other = strmap_get(&n->others, plain);
	return other ? other : tag;
}

struct err *dwarf_type_named(struct dwarf_info *d, const char *name, struct type_ref *ret)
{
	const struct name_entry *e;

	TRY(need_names(d));
	e = find_type(d->names, name);
	if (!e)
		return err_new(ERR_NOTFOUND, "no type %s", name);
	*ret = (struct type_ref){ .provider = d->provider, .id = e->id };
	return NULL;
}

struct err *dwarf_types(struct dwarf_info *d, const char *pattern, type_visitor *v, void *arg)
{
	TRY(need_names(d));
	for (size_t i = 0; i < d->names->types.n; i++) {
		const struct name_entry *e = d->names->types.v[i];

		if (!(i & 0xfff))
			TRY(cancel_check());
		if (str_match(pattern, e->name, true) &&
		    !v(arg, (struct type_ref){ .provider = d->provider, .id = e->id }, e->name))
			break;
	}
	return NULL;
}

bool dwarf_find_definition(struct dwarf_info *d, Dwarf_Die *die, Dwarf_Die *ret)
{
	const char *name = dwarf_qualified_name(d, die);
	const struct name_entry *e;

	/* A type unit has it. */
	if (die_ref(die, DW_AT_signature, ret))
		return true;
	if (!*name || err_ignore(need_names(d)))
		return false;
	e = strmap_get(is_tag_type(dwarf_tag(die)) ? &d->names->tags : &d->names->others, name);
	return e && !e->is_declaration && !err_ignore(dwarf_type_die(d, e->id, ret));
}

struct type_ref dwarf_variable_type(struct dwarf_info *d, uint64_t rva)
{
	const struct type_ref unknown = { 0 };
	uint64_t id;
	Dwarf_Die die;

	if (err_ignore(need_names(d)))
		return unknown;
	id = (uintptr_t)u64map_get(&d->names->variables, rva + d->vaddr_base);
	return id && !err_ignore(dwarf_type_die(d, id, &die)) ? die_type(d, &die) : unknown;
}

/* --- enumerators --------------------------------------------------------------------------------- */

/* Of a header's enumeration every unit has a copy: the first counts. */
static struct err *add_enumerators(struct dwarf_info *d, Dwarf_Die *type)
{
	Dwarf_Die c;

	for (bool ok = die_child(type, &c); ok; ok = die_next(&c, &c)) {
		const char *name = dwarf_tag(&c) == DW_TAG_enumerator ? die_name(&c) : NULL;
		Dwarf_Attribute attr;
		Dwarf_Sword value;
		int64_t *kept;

		if (!name || !*name || strmap_get(&d->enumerators, name))
			continue;
		if (!dwarf_attr(&c, DW_AT_const_value, &attr) || dwarf_formsdata(&attr, &value) != 0)
			continue;
		kept = ARENA_NEW(&d->arena, int64_t);
		if (!kept || !strmap_put(&d->enumerators, name, kept))
			return err_nomem();
		*kept = value;
	}
	return NULL;
}

static struct err *need_enumerators(struct dwarf_info *d)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die, body, c;
	uint8_t type;

	if (d->has_enumerators)
		return NULL;
	while (dwarf_next_readable_unit(d->dbg, &cu, &type, &die, &body)) {
		TRY(cancel_check());
		for (bool ok = die_child(&body, &c); ok; ok = die_next(&c, &c))
			if (dwarf_tag(&c) == DW_TAG_enumeration_type)
				TRY(add_enumerators(d, &c));
	}
	d->has_enumerators = true;
	return NULL;
}

struct err *dwarf_enumerator(struct dwarf_info *d, const char *name, int64_t *ret)
{
	const int64_t *v;

	TRY(need_enumerators(d));
	v = strmap_get(&d->enumerators, name);
	if (!v)
		return err_new(ERR_NOTFOUND, "no enumerator %s", name);
	*ret = *v;
	return NULL;
}
