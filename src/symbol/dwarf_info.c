/* SPDX-License-Identifier: MIT */
/*
 * Opening debug information, units by address, and small helpers over libdw's
 * DIEs. libdw answers -1/NULL for damage: here that is the same as "not there".
 */
#include "symbol/dwarf_info_impl.h"

#include "base/cancel.h"
#include "symbol/demangle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- opening ------------------------------------------------------------------------ */

static struct err *open_dwarf(const char *path, int *ret_fd, Dwarf **ret)
{
	*ret_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*ret_fd < 0)
		return err_os(errno, "%s", path);
	*ret = dwarf_begin(*ret_fd, DWARF_C_READ);
	if (!*ret)
		return err_new(ERR_CORRUPT, "%s: debug information cannot be read: %s", path, dwarf_errmsg(-1));
	return NULL;
}

static struct err *open_all(struct dwarf_info *d, const struct dwarf_request *req)
{
	d->path = strdup(req->path);
	if (!d->path)
		return err_nomem();
	if (req->n_placed)
		TRY(dwarf_relocate(req, &d->relocated, &d->dbg));
	else
		TRY(open_dwarf(req->path, &d->fd, &d->dbg));
	if (req->alt_path && !err_ignore(open_dwarf(req->alt_path, &d->alt_fd, &d->alt)))
		dwarf_setalt(d->dbg, d->alt);
	return NULL;
}

struct err *dwarf_info_open(const struct dwarf_request *req, struct dwarf_info **ret)
{
	struct dwarf_info *d = calloc(1, sizeof(*d));
	struct err *e;

	if (!d)
		return err_nomem();
	d->provider = req->provider;
	d->unwinder = req->unwinder;
	d->vaddr_base = req->vaddr_base;
	d->big_endian = req->big_endian;
	d->fd = d->alt_fd = -1;
	e = open_all(d, req);
	if (e) {
		dwarf_info_close(d);
		return e;
	}
	*ret = d;
	return NULL;
}

void dwarf_info_close(struct dwarf_info *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->units.n; i++) {
		vec_deinit(&d->units.v[i]->funcs);
		free(d->units.v[i]);
	}
	vec_deinit(&d->units);
	vec_deinit(&d->splits);
	vec_deinit(&d->ranges);
	u64map_deinit(&d->unit_by_cu);
	u64map_deinit(&d->qualified);
	strmap_deinit(&d->enumerators);
	dwarf_names_free(d->names);
	arena_deinit(&d->arena);
	if (d->dbg && !d->relocated)
		(void)dwarf_end(d->dbg);
	dwarf_relocated_free(d->relocated);
	if (d->alt)
		(void)dwarf_end(d->alt);
	if (d->fd >= 0)
		(void)close(d->fd);
	if (d->alt_fd >= 0)
		(void)close(d->alt_fd);
	free(d->path);
	free(d);
}

/* --- DIEs ------------------------------------------------------------------------------- */

bool die_child(Dwarf_Die *die, Dwarf_Die *ret)
{
	return dwarf_child(die, ret) == 0;
}

bool die_next(Dwarf_Die *die, Dwarf_Die *ret)
{
	Dwarf_Off at = dwarf_dieoffset(die);
	Dwarf_Die next;

	/* DW_AT_sibling could lead back */
	if (dwarf_siblingof(die, &next) != 0 || dwarf_dieoffset(&next) <= at)
		return false;
	*ret = next;
	return true;
}

bool die_udata(Dwarf_Die *die, unsigned attr, uint64_t *ret)
{
	Dwarf_Attribute a;
	Dwarf_Word v;

	if (!dwarf_attr(die, attr, &a) || dwarf_formudata(&a, &v) != 0)
		return false;
	*ret = v;
	return true;
}

bool die_flag(Dwarf_Die *die, unsigned attr)
{
	Dwarf_Attribute a;
	bool v;

	return dwarf_attr_integrate(die, attr, &a) && dwarf_formflag(&a, &v) == 0 && v;
}

bool die_ref(Dwarf_Die *die, unsigned attr, Dwarf_Die *ret)
{
	Dwarf_Attribute a;

	return dwarf_attr_integrate(die, attr, &a) && dwarf_formref_die(&a, ret);
}

const char *die_name(Dwarf_Die *die)
{
	Dwarf_Attribute a;

	return dwarf_attr_integrate(die, DW_AT_name, &a) ? dwarf_formstring(&a) : NULL;
}

const char *die_function_name(struct dwarf_info *d, Dwarf_Die *die)
{
	Dwarf_Attribute a;
	const char *name = NULL;

	if (dwarf_attr_integrate(die, DW_AT_linkage_name, &a) ||
	    dwarf_attr_integrate(die, DW_AT_MIPS_linkage_name, &a))
		name = dwarf_formstring(&a);
	if (name && is_mangled(name)) {
		const char *shown = demangle(&d->arena, name, 0);

		if (shown)
			return shown;
	}
	name = die_name(die);
	return name ? name : "";
}

/* --- type ids ---------------------------------------------------------------------------- */

static bool in_debug_types(Dwarf_Die *die)
{
	Dwarf_Half version;
	uint8_t type;

	return dwarf_cu_info(die->cu, &version, &type, NULL, NULL, NULL, NULL, NULL) == 0 && version == 4 &&
	       type == DW_UT_type;
}

/* What is in neither of our files is in a .dwo; its number, counted from 1.
 * Entries of one file come in runs: the search begins with the latest. */
static uint64_t split_number(struct dwarf_info *d, Dwarf *of)
{
	for (size_t i = d->splits.n; i-- > 0;)
		if (d->splits.v[i] == of)
			return i + 1;
	return d->splits.n < TYPE_ID_MAX_SPLITS && vec_push(&d->splits, of) ? d->splits.n : 0;
}

uint64_t dwarf_type_id(struct dwarf_info *d, Dwarf_Die *die)
{
	Dwarf *of = dwarf_cu_getdwarf(die->cu);
	uint64_t id = dwarf_dieoffset(die), number = 0;

	if (!of || id > TYPE_ID_OFFSET)
		return 0;
	if (d->alt && of == d->alt)
		return id | TYPE_ID_ALT;
	if (of != d->dbg) {
		number = split_number(d, of);
		if (!number)
			return 0;
	}
	id |= number << TYPE_ID_SPLIT_SHIFT;
	return in_debug_types(die) ? id | TYPE_ID_TYPES : id;
}

struct err *dwarf_type_die(struct dwarf_info *d, uint64_t id, Dwarf_Die *ret)
{
	uint64_t split = id >> TYPE_ID_SPLIT_SHIFT & TYPE_ID_MAX_SPLITS;
	Dwarf *of = id & TYPE_ID_ALT ? d->alt : d->dbg;
	Dwarf_Off off = id & TYPE_ID_OFFSET;
	Dwarf_Die *got = NULL;

	if (split)
		of = split <= d->splits.n ? d->splits.v[split - 1] : NULL;

	if (of)
		got = id & TYPE_ID_TYPES ? dwarf_offdie_types(of, off, ret) : dwarf_offdie(of, off, ret);
	return got ? NULL : err_new(ERR_NOTFOUND, "%s: no type 0x%llx", d->path, (unsigned long long)id);
}

struct type_ref die_type(struct dwarf_info *d, Dwarf_Die *die)
{
	Dwarf_Die type;
	uint64_t id = TYPE_ID_VOID;

	if (die_ref(die, DW_AT_type, &type))
		id = dwarf_type_id(d, &type);
	return (struct type_ref){ .provider = id ? d->provider : NULL, .id = id };
}

/* --- units --------------------------------------------------------------------------------- */

bool dwarf_next_readable_unit(Dwarf *dbg, Dwarf_CU **cu, uint8_t *ret_type, Dwarf_Die *ret, Dwarf_Die *ret_body)
{
	Dwarf_Die body = { 0 };

	*ret = body;
	while (dwarf_get_units(dbg, *cu, cu, NULL, ret_type, ret, ret_body ? &body : NULL) == 0) {
		if (!ret->cu || !ret->addr)
			continue; /* its abbreviations are damaged */
		if (ret_body)
			*ret_body = body.cu && body.addr && *ret_type == DW_UT_skeleton ? body : *ret;
		return true;
	}
	return false;
}

/* The .dwo's unit that a skeleton unit stands for, if that file is there. */
static void find_body(struct dwarf_unit *u)
{
	Dwarf_Die body = { 0 };
	Dwarf_Half version;
	uint8_t type;

	u->body = u->die;
	if (dwarf_cu_info(u->die.cu, &version, &type, NULL, &body, NULL, NULL, NULL) == 0 &&
	    type == DW_UT_skeleton && body.cu && body.addr)
		u->body = body;
}

struct err *dwarf_unit_of(struct dwarf_info *d, Dwarf_Die *die, struct dwarf_unit **ret)
{
	struct dwarf_unit *u = u64map_get(&d->unit_by_cu, (uintptr_t)die->cu);
	Dwarf_Die cu;

	if (u) {
		*ret = u;
		return NULL;
	}
	if (!dwarf_diecu(die, &cu, NULL, NULL) || !cu.cu)
		return err_new(ERR_CORRUPT, "%s: unit of an entry cannot be read: %s", d->path, dwarf_errmsg(-1));
	u = calloc(1, sizeof(*u));
	if (!u || !vec_push(&d->units, u)) {
		free(u);
		return err_nomem();
	}
	u->die = cu;
	find_body(u);
	if (!u64map_put(&d->unit_by_cu, (uintptr_t)die->cu, u))
		return err_nomem();
	*ret = u;
	return NULL;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct dwarf_range *x = a, *y = b;

	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

static struct err *add_unit_ranges(struct dwarf_info *d, Dwarf_Die *cu)
{
	Dwarf_Off unit = dwarf_dieoffset(cu);
	Dwarf_Addr base, lo, hi;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(cu, at, &base, &lo, &hi)) > 0) {
		/* Address 0: of sections that the linker dropped. */
		if (lo && lo < hi && !vec_push(&d->ranges, ((struct dwarf_range){ lo, hi, unit })))
			return err_nomem();
	}
	return NULL;
}

/* The ranges of all units: reads one DIE of each. */
static struct err *load_ranges(struct dwarf_info *d)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;
	uint8_t type;
	unsigned n = 0;

	if (d->has_ranges)
		return NULL;
	while (dwarf_next_readable_unit(d->dbg, &cu, &type, &die, NULL)) {
		if (!(++n & 255))
			TRY(cancel_check());
		if (type != DW_UT_type && type != DW_UT_split_type)
			TRY(add_unit_ranges(d, &die));
	}
	if (d->ranges.n)
		qsort(d->ranges.v, d->ranges.n, sizeof(*d->ranges.v), compare_ranges);
	d->has_ranges = true;
	return NULL;
}

static bool unit_by_aranges(struct dwarf_info *d, uint64_t vaddr, Dwarf_Die *ret)
{
	Dwarf_Arange *a;
	Dwarf_Off off;
	size_t n;

	if (!d->has_aranges) {
		d->has_aranges = true;
		if (dwarf_getaranges(d->dbg, &d->aranges, &n) != 0)
			d->aranges = NULL;
	}
	a = d->aranges ? dwarf_getarange_addr(d->aranges, vaddr) : NULL;
	return a && dwarf_getarangeinfo(a, NULL, NULL, &off) == 0 && dwarf_offdie(d->dbg, off, ret);
}

static bool unit_by_ranges(struct dwarf_info *d, uint64_t vaddr, Dwarf_Die *ret)
{
	size_t lo = 0, hi = d->ranges.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (d->ranges.v[mid].lo <= vaddr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo && vaddr < d->ranges.v[lo - 1].hi && dwarf_offdie(d->dbg, d->ranges.v[lo - 1].unit, ret);
}

struct err *dwarf_unit_at(struct dwarf_info *d, uint64_t vaddr, struct dwarf_unit **ret)
{
	Dwarf_Die die;

	if (!unit_by_aranges(d, vaddr, &die)) {
		TRY(load_ranges(d));
		if (!unit_by_ranges(d, vaddr, &die))
			return err_new(ERR_NOTFOUND, "no debug information at 0x%llx", (unsigned long long)vaddr);
	}
	return dwarf_unit_of(d, &die, ret);
}

/* --- functions of a unit ------------------------------------------------------------------------ */

static struct err *add_function(struct dwarf_unit *u, Dwarf_Die *die)
{
	Dwarf_Addr base, lo, hi;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(die, at, &base, &lo, &hi)) > 0)
		if (lo && lo < hi && !vec_push(&u->funcs, ((struct dwarf_func){ lo, hi, *die })))
			return err_nomem();
	return NULL;
}

/* Functions stand in the unit, in namespaces and classes; nested ones, and those
 * of classes that are local to a function (lambdas), in functions and blocks. */
static struct err *collect_functions(struct dwarf_unit *u, Dwarf_Die *parent, unsigned depth)
{
	Dwarf_Die c;

	for (bool ok = depth < DIE_MAX_DEPTH && die_child(parent, &c); ok; ok = die_next(&c, &c)) {
		switch (dwarf_tag(&c)) {
		case DW_TAG_subprogram:
			TRY(add_function(u, &c));
			TRY(collect_functions(u, &c, depth + 1));
			break;
		case DW_TAG_lexical_block:
		case DW_TAG_namespace:
		case DW_TAG_module:
		case DW_TAG_class_type:
		case DW_TAG_structure_type:
		case DW_TAG_union_type:
			TRY(collect_functions(u, &c, depth + 1));
			break;
		default:
			break;
		}
	}
	return NULL;
}

static int compare_funcs(const void *a, const void *b)
{
	const struct dwarf_func *x = a, *y = b;

	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

struct err *dwarf_func_at(struct dwarf_info *d, struct dwarf_unit *u, uint64_t vaddr, const struct dwarf_func **ret)
{
	size_t lo = 0, hi;

	if (!u->has_funcs) {
		u->funcs.n = 0;
		TRY(collect_functions(u, &u->body, 0));
		if (u->funcs.n)
			qsort(u->funcs.v, u->funcs.n, sizeof(*u->funcs.v), compare_funcs);
		u->has_funcs = true;
	}
	hi = u->funcs.n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (u->funcs.v[mid].lo <= vaddr)
			lo = mid + 1;
		else
			hi = mid;
	}
	*ret = lo && vaddr < u->funcs.v[lo - 1].hi ? &u->funcs.v[lo - 1] : NULL;
	return NULL;
}

struct err *dwarf_function_at(struct dwarf_info *d, uint64_t rva, struct symbol *ret)
{
	const struct dwarf_func *f;
	struct dwarf_unit *u;
	Dwarf_Die die;

	TRY(dwarf_unit_at(d, rva + d->vaddr_base, &u));
	TRY(dwarf_func_at(d, u, rva + d->vaddr_base, &f));
	if (!f)
		return err_new(ERR_NOTFOUND, "no function at 0x%llx", (unsigned long long)rva);
	die = f->die;
	*ret = (struct symbol){
		.name = die_function_name(d, &die), .rva = f->lo - d->vaddr_base, .size = f->hi - f->lo,
		.kind = SYMBOL_FUNCTION, .is_code = true, .type = { d->provider, dwarf_type_id(d, &die) },
	};
	return NULL;
}
