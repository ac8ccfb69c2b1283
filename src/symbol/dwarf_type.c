/* SPDX-License-Identifier: MIT */
/*
 * Types: a type's id is its DIE; a dimension of an array but the first is the
 * array's DIE with the dimension's number in the id. Nothing is kept: DIEs are
 * read when asked for. Spec: DWARF 5, chapter 5; bit fields also in the form
 * of DWARF 2 and 3 (DW_AT_bit_offset, counted from the most significant bit of
 * the storage unit).
 */
#include "symbol/dwarf_info_impl.h"

#include <string.h>

static struct err *info_of(struct dwarf_info *d, uint64_t id, unsigned depth, struct type_info *ret);

static struct type_ref ref(struct dwarf_info *d, uint64_t id)
{
	return (struct type_ref){ .provider = id ? d->provider : NULL, .id = id };
}

/* --- kinds ---------------------------------------------------------------------------- */

static enum type_kind base_kind(Dwarf_Die *die, const char *name)
{
	uint64_t enc = 0;

	(void)die_udata(die, DW_AT_encoding, &enc);
	if (!strcmp(name, "char") || !strcmp(name, "char8_t"))
		return TYPE_CHAR;
	if (!strcmp(name, "wchar_t"))
		return TYPE_WCHAR;
	switch (enc) {
	case DW_ATE_boolean: return TYPE_BOOL;
	case DW_ATE_signed: case DW_ATE_signed_char: return TYPE_INT;
	case DW_ATE_unsigned: case DW_ATE_unsigned_char: case DW_ATE_address: return TYPE_UINT;
	case DW_ATE_UTF: return TYPE_WCHAR;
	case DW_ATE_float: return TYPE_FLOAT;
	case DW_ATE_void: return TYPE_VOID;
	default: return TYPE_NONE; /* complex, decimal, packed ... : shown as bytes */
	}
}

static unsigned address_size(Dwarf_Die *die)
{
	Dwarf_Die cu;
	uint8_t size = 0;

	return dwarf_diecu(die, &cu, &size, NULL) ? size : 0;
}

/* --- arrays ---------------------------------------------------------------------------- */

/* Elements of a dimension; 0: not known before run time, or flexible. */
static uint64_t dimension(Dwarf_Die *range)
{
	uint64_t count, upper, lower = 0;

	if (dwarf_tag(range) == DW_TAG_enumeration_type) { /* indexed by an enumeration */
		Dwarf_Die c;

		count = 0;
		for (bool ok = die_child(range, &c); ok; ok = die_next(&c, &c))
			count++;
		return count;
	}
	if (die_udata(range, DW_AT_count, &count))
		return count;
	if (!die_udata(range, DW_AT_upper_bound, &upper))
		return 0;
	if (!die_udata(range, DW_AT_lower_bound, &lower)) {
		Dwarf_Die cu;
		Dwarf_Word def = 0;
		int lang = dwarf_diecu(range, &cu, NULL, NULL) ? dwarf_srclang(&cu) : -1;

		if (lang >= 0 && dwarf_default_lower_bound(lang, (Dwarf_Sword *)&def) == 0)
			lower = def;
	}
	/* [0] is written with an upper bound of -1 */
	return upper + 1 - lower <= INT64_MAX ? upper + 1 - lower : 0;
}

/* Number of dimensions; the size of each. */
static unsigned dimensions(Dwarf_Die *die, uint64_t *dims)
{
	unsigned n = 0;
	Dwarf_Die c;

	for (bool ok = die_child(die, &c); ok && n < TYPE_ID_MAX_DIMS; ok = die_next(&c, &c))
		if (dwarf_tag(&c) == DW_TAG_subrange_type || dwarf_tag(&c) == DW_TAG_enumeration_type)
			dims[n++] = dimension(&c);
	if (!n)
		dims[n++] = 0;
	return n;
}

static void array_info(struct dwarf_info *d, Dwarf_Die *die, uint64_t id, unsigned depth, struct type_info *ret)
{
	uint64_t dims[TYPE_ID_MAX_DIMS], whole;
	unsigned n = dimensions(die, dims), dim = (id >> TYPE_ID_DIM_SHIFT) & (TYPE_ID_MAX_DIMS - 1);
	struct type_ref element = die_type(d, die);
	struct type_info e = { .size = 0 };

	ret->kind = TYPE_ARRAY;
	ret->element = element;
	if (dim >= n)
		dim = n - 1;
	ret->count = dims[dim];
	if (dim + 1 < n)
		ret->element.id = (id & ~((uint64_t)(TYPE_ID_MAX_DIMS - 1) << TYPE_ID_DIM_SHIFT)) |
				  (uint64_t)(dim + 1) << TYPE_ID_DIM_SHIFT;
	if (element.id)
		err_free(info_of(d, element.id, depth + 1, &e));
	ret->size = e.size;
	for (unsigned i = dim; i < n; i++)
		if (__builtin_mul_overflow(ret->size, dims[i], &ret->size))
			ret->size = 0;
	if (!dim && !ret->size && die_udata(die, DW_AT_byte_size, &whole))
		ret->size = whole;
}

/* --- one type ---------------------------------------------------------------------------- */

static void pointer_info(struct dwarf_info *d, Dwarf_Die *die, struct type_info *ret)
{
	ret->kind = TYPE_POINTER;
	ret->element = die_type(d, die);
	if (!ret->size)
		ret->size = address_size(die);
}

static void record_info(struct dwarf_info *d, Dwarf_Die *die, enum type_kind kind, struct type_info *ret)
{
	ret->kind = kind;
	ret->name = dwarf_qualified_name(d, die);
	if (die_flag(die, DW_AT_declaration))
		ret->flags |= TYPE_IS_INCOMPLETE;
}

/* A typedef or modifier is as large as what it stands for. */
static void alias_info(struct dwarf_info *d, Dwarf_Die *die, enum type_kind kind, unsigned flags, unsigned depth,
		       struct type_info *ret)
{
	struct type_info e;

	ret->kind = kind;
	ret->flags = flags;
	ret->element = die_type(d, die);
	if (ret->element.id && depth < DIE_MAX_REFS && !err_ignore(info_of(d, ret->element.id, depth + 1, &e)))
		ret->size = e.size;
}

static void plain_info(struct dwarf_info *d, Dwarf_Die *die, int tag, unsigned depth, struct type_info *ret)
{
	const char *name = die_name(die);

	switch (tag) {
	case DW_TAG_base_type:
		ret->name = name ? name : "";
		ret->kind = base_kind(die, ret->name);
		break;
	case DW_TAG_unspecified_type:
		ret->name = name ? name : "";
		ret->kind = TYPE_VOID;
		break;
	case DW_TAG_typedef: case DW_TAG_template_alias:
		alias_info(d, die, TYPE_TYPEDEF, 0, depth, ret);
		ret->name = dwarf_qualified_name(d, die);
		break;
	case DW_TAG_const_type: alias_info(d, die, TYPE_MODIFIER, TYPE_IS_CONST, depth, ret); break;
	case DW_TAG_volatile_type: alias_info(d, die, TYPE_MODIFIER, TYPE_IS_VOLATILE, depth, ret); break;
	case DW_TAG_restrict_type: case DW_TAG_atomic_type: case DW_TAG_immutable_type: case DW_TAG_packed_type:
	case DW_TAG_shared_type:
		alias_info(d, die, TYPE_MODIFIER, 0, depth, ret);
		break;
	case DW_TAG_subrange_type: /* a range type of Ada, Pascal ...: its base type's values */
		alias_info(d, die, TYPE_TYPEDEF, 0, depth, ret);
		ret->name = name ? name : "";
		break;
	default:
		ret->kind = TYPE_NONE;
		ret->name = name ? name : "";
	}
}

static void enum_info(struct dwarf_info *d, Dwarf_Die *die, unsigned depth, struct type_info *ret)
{
	struct type_info e;

	record_info(d, die, TYPE_ENUM, ret);
	if (dwarf_hasattr_integrate(die, DW_AT_type))
		ret->element = die_type(d, die);
	if (!ret->size && ret->element.id && !err_ignore(info_of(d, ret->element.id, depth + 1, &e)))
		ret->size = e.size;
}

static struct err *info_of(struct dwarf_info *d, uint64_t id, unsigned depth, struct type_info *ret)
{
	struct type_info info = { .name = "" };
	Dwarf_Die die;
	int tag;

	if (id == TYPE_ID_VOID) {
		*ret = (struct type_info){ .kind = TYPE_VOID, .name = "void" };
		return NULL;
	}
	if (depth > DIE_MAX_REFS)
		return err_new(ERR_CORRUPT, "%s: type 0x%llx refers to itself", d->path, (unsigned long long)id);
	TRY(dwarf_type_die(d, id, &die));
	(void)die_udata(&die, DW_AT_byte_size, &info.size);
	tag = dwarf_tag(&die);
	switch (tag) {
	case DW_TAG_pointer_type: pointer_info(d, &die, &info); break;
	case DW_TAG_reference_type:
		pointer_info(d, &die, &info);
		info.flags = TYPE_IS_REFERENCE;
		break;
	case DW_TAG_rvalue_reference_type:
		pointer_info(d, &die, &info);
		info.flags = TYPE_IS_RVALUE_REFERENCE;
		break;
	case DW_TAG_ptr_to_member_type:
		pointer_info(d, &die, &info);
		info.flags = TYPE_IS_MEMBER_POINTER;
		break;
	case DW_TAG_array_type: case DW_TAG_string_type: array_info(d, &die, id, depth, &info); break;
	case DW_TAG_structure_type: record_info(d, &die, TYPE_STRUCT, &info); break;
	case DW_TAG_class_type: case DW_TAG_interface_type: record_info(d, &die, TYPE_CLASS, &info); break;
	case DW_TAG_union_type: record_info(d, &die, TYPE_UNION, &info); break;
	case DW_TAG_enumeration_type: enum_info(d, &die, depth, &info); break;
	case DW_TAG_subroutine_type: case DW_TAG_subprogram:
		info.kind = TYPE_FUNCTION;
		info.element = die_type(d, &die);
		break;
	default: plain_info(d, &die, tag, depth, &info);
	}
	*ret = info;
	return NULL;
}

struct err *dwarf_type_info(struct dwarf_info *d, uint64_t id, struct type_info *ret)
{
	return info_of(d, id, 0, ret);
}

/* --- members ------------------------------------------------------------------------------- */

typedef VEC(struct type_member) member_vec;

/* A constant, or the expression DW_OP_plus_uconst of DWARF 2; false: only an
 * object can tell (virtual bases). */
static bool member_offset(Dwarf_Die *die, uint64_t *ret)
{
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t n;

	*ret = 0;
	if (!dwarf_attr(die, DW_AT_data_member_location, &attr))
		return true; /* unions; bit fields of DWARF 4 and later */
	if (dwarf_formudata(&attr, ret) == 0)
		return true;
	if (dwarf_getlocation(&attr, &ops, &n) != 0 || n != 1 ||
	    (ops[0].atom != DW_OP_plus_uconst && ops[0].atom != DW_OP_constu))
		return false;
	*ret = ops[0].number;
	return true;
}

/* Storage unit of a bit field: the size of its type. */
static uint64_t storage_size(struct dwarf_info *d, Dwarf_Die *die, const struct type_member *m)
{
	struct type_info info;
	uint64_t size;

	if (die_udata(die, DW_AT_byte_size, &size) && size)
		return size;
	if (m->type.id && !err_ignore(info_of(d, m->type.id, 0, &info)) && info.size)
		return info.size;
	return 1;
}

/*
 * Offset becomes that of the storage unit, bit_offset counts from its least
 * significant bit. Big-endian files count from the most significant one.
 */
static void bit_field(struct dwarf_info *d, Dwarf_Die *die, struct type_member *m)
{
	uint64_t size, at, storage = storage_size(d, die, m), bits = storage * 8, inside;

	if (!die_udata(die, DW_AT_bit_size, &size) || !size || size > 64 || storage > 16)
		return;
	if (die_udata(die, DW_AT_data_bit_offset, &at)) {
		m->offset += at / bits * storage;
		inside = at % bits;
		if (inside + size > bits) { /* straddles units: begin at its byte */
			m->offset += inside / 8;
			inside %= 8;
			bits = (inside + size + 7) / 8 * 8;
		}
		if (d->big_endian)
			inside = bits - inside - size;
	} else if (die_udata(die, DW_AT_bit_offset, &at) && at + size <= bits) {
		inside = bits - at - size;
	} else {
		inside = 0;
	}
	m->bit_offset = (uint8_t)inside;
	m->bit_size = (uint8_t)size;
}

static struct err *add(member_vec *v, const struct type_member *m)
{
	return vec_push(v, *m) ? NULL : err_nomem();
}

static struct err *add_data(struct dwarf_info *d, Dwarf_Die *die, member_vec *v)
{
	const char *name = die_name(die);
	struct type_member m = { .kind = MEMBER_DATA, .name = name ? name : "", .type = die_type(d, die) };

	if (dwarf_hasattr(die, DW_AT_external) || dwarf_hasattr(die, DW_AT_const_value))
		m.kind = MEMBER_STATIC;
	else if (!member_offset(die, &m.offset))
		return NULL;
	else
		bit_field(d, die, &m);
	return add(v, &m);
}

static struct err *add_base(struct dwarf_info *d, Dwarf_Die *die, member_vec *v)
{
	struct type_member m = { .kind = MEMBER_BASE, .name = "", .type = die_type(d, die) };

	/* Where a virtual base lies is in the object's vtable, not here. */
	return member_offset(die, &m.offset) ? add(v, &m) : NULL;
}

static struct err *add_named(struct dwarf_info *d, Dwarf_Die *die, enum member_kind kind, member_vec *v)
{
	const char *name = die_name(die);
	uint64_t id = dwarf_type_id(d, die);
	struct type_member m = { .kind = kind, .name = name ? name : "", .type = ref(d, id) };

	if (kind == MEMBER_STATIC)
		m.type = die_type(d, die);
	return *m.name ? add(v, &m) : NULL;
}

static struct err *add_child(struct dwarf_info *d, Dwarf_Die *c, member_vec *v)
{
	switch (dwarf_tag(c)) {
	case DW_TAG_member: return add_data(d, c, v);
	case DW_TAG_inheritance: return add_base(d, c, v);
	case DW_TAG_variable: return add_named(d, c, MEMBER_STATIC, v);
	case DW_TAG_subprogram: return add_named(d, c, MEMBER_METHOD, v);
	case DW_TAG_structure_type: case DW_TAG_class_type: case DW_TAG_union_type: case DW_TAG_enumeration_type:
	case DW_TAG_typedef:
		return add_named(d, c, MEMBER_NESTED, v);
	default: return NULL;
	}
}

static struct err *hand_over(struct arena *a, const void *v, size_t n, size_t size, void **ret)
{
	void *p = arena_array(a, n + 1, size);

	if (!p)
		return err_nomem();
	if (n)
		memcpy(p, v, n * size);
	*ret = p;
	return NULL;
}

struct err *dwarf_type_members(struct dwarf_info *d, uint64_t id, struct arena *a, struct type_member **ret,
			       size_t *ret_n)
{
	member_vec v = { 0 };
	struct err *e = NULL;
	Dwarf_Die die, c, full;
	void *made = NULL;

	TRY(dwarf_type_die(d, id, &die));
	if (die_flag(&die, DW_AT_declaration) && dwarf_find_definition(d, &die, &full))
		die = full;
	for (bool ok = die_child(&die, &c); ok && !e; ok = die_next(&c, &c))
		e = add_child(d, &c, &v);
	if (!e)
		e = hand_over(a, v.v, v.n, sizeof(*v.v), &made);
	if (!e) {
		*ret = made;
		*ret_n = v.n;
	}
	vec_deinit(&v);
	return e;
}

/* --- enumerators and parameters -------------------------------------------------------------- */

static int64_t enumerator_value(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Sword s = 0;
	Dwarf_Word u = 0;

	if (!dwarf_attr(die, DW_AT_const_value, &attr))
		return 0;
	/* data1..data8 have no sign: writers use sdata for negative values */
	switch (dwarf_whatform(&attr)) {
	case DW_FORM_sdata:
	case DW_FORM_implicit_const:
		return dwarf_formsdata(&attr, &s) == 0 ? s : 0;
	default:
		return dwarf_formudata(&attr, &u) == 0 ? (int64_t)u : 0;
	}
}

struct err *dwarf_type_enumerators(struct dwarf_info *d, uint64_t id, struct arena *a, struct type_enumerator **ret,
				   size_t *ret_n)
{
	VEC(struct type_enumerator) v = { 0 };
	struct err *e = NULL;
	Dwarf_Die die, c;
	void *made = NULL;

	TRY(dwarf_type_die(d, id, &die));
	for (bool ok = die_child(&die, &c); ok && !e; ok = die_next(&c, &c)) {
		struct type_enumerator item = { .name = die_name(&c), .value = enumerator_value(&c) };

		if (dwarf_tag(&c) == DW_TAG_enumerator && item.name && !vec_push(&v, item))
			e = err_nomem();
	}
	if (!e)
		e = hand_over(a, v.v, v.n, sizeof(*v.v), &made);
	if (!e) {
		*ret = made;
		*ret_n = v.n;
	}
	vec_deinit(&v);
	return e;
}

struct err *dwarf_type_params(struct dwarf_info *d, uint64_t id, struct arena *a, struct type_ref **ret, size_t *ret_n)
{
	VEC(struct type_ref) v = { 0 };
	struct err *e = NULL;
	Dwarf_Die die, c;
	void *made = NULL;

	TRY(dwarf_type_die(d, id, &die));
	for (bool ok = die_child(&die, &c); ok && !e; ok = die_next(&c, &c))
		if (dwarf_tag(&c) == DW_TAG_formal_parameter && !vec_push(&v, die_type(d, &c)))
			e = err_nomem();
	if (!e)
		e = hand_over(a, v.v, v.n, sizeof(*v.v), &made);
	if (!e) {
		*ret = made;
		*ret_n = v.n;
	}
	vec_deinit(&v);
	return e;
}
