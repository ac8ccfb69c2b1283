/* SPDX-License-Identifier: MIT */
/*
 * Which inlined functions an address lies in: DW_TAG_inlined_subroutine DIEs
 * nest inside the function as the calls did (DWARF 5, section 3.3.8). Where
 * code of a function is called from is told by the DIE of the call, so that
 * each level's own position is the call site of the level inside it.
 */
#include "symbol/dwarf_info_impl.h"

struct chain {
	Dwarf_Die v[DIE_MAX_DEPTH];	/* outermost first */
	size_t n;
	unsigned steps;		/* DIEs looked at in all */
};

enum { MAX_STEPS = 1 << 20 };

/* The one DIE below `parent` that is inlined code around vaddr, looking
 * through blocks; false: none. */
static bool find_inlined(struct chain *c, Dwarf_Die *parent, uint64_t vaddr, unsigned depth, Dwarf_Die *ret)
{
	Dwarf_Die kid;

	for (bool ok = depth < DIE_MAX_DEPTH && die_child(parent, &kid); ok; ok = die_next(&kid, &kid)) {
		int tag = dwarf_tag(&kid);

		if (++c->steps > MAX_STEPS)
			return false;
		if (tag == DW_TAG_inlined_subroutine && dwarf_haspc(&kid, vaddr) == 1) {
			*ret = kid;
			return true;
		}
		/* gcc gives some blocks no range: look into those too */
		if ((tag == DW_TAG_lexical_block || tag == DW_TAG_try_block || tag == DW_TAG_catch_block) &&
		    (dwarf_haspc(&kid, vaddr) == 1 ||
		     !(dwarf_hasattr(&kid, DW_AT_low_pc) || dwarf_hasattr(&kid, DW_AT_ranges))) &&
		    find_inlined(c, &kid, vaddr, depth + 1, ret))
			return true;
	}
	return false;
}

static void find_chain(Dwarf_Die *func, uint64_t vaddr, struct chain *c)
{
	Dwarf_Die at = *func;

	while (c->n < DIE_MAX_DEPTH && find_inlined(c, &at, vaddr, 0, &c->v[c->n]))
		at = c->v[c->n++];
}

/* The range of the DIE that vaddr is in. */
static void range_around(Dwarf_Die *die, uint64_t vaddr, uint64_t *ret_lo, uint64_t *ret_hi)
{
	Dwarf_Addr base, lo, hi;
	ptrdiff_t at = 0;

	*ret_lo = *ret_hi = vaddr;
	while ((at = dwarf_ranges(die, at, &base, &lo, &hi)) > 0)
		if (vaddr >= lo && vaddr < hi) {
			*ret_lo = lo;
			*ret_hi = hi;
			return;
		}
}

static void describe(struct dwarf_info *d, Dwarf_Die *die, uint64_t vaddr, struct inline_site *ret)
{
	uint64_t lo, hi;

	range_around(die, vaddr, &lo, &hi);
	ret->function = die_function_name(d, die);
	ret->rva = lo - d->vaddr_base;
	ret->size = hi - lo;
	ret->scope = dwarf_type_id(d, die);
	die_source_position(d, die, DW_AT_call_file, DW_AT_call_line, DW_AT_call_column, &ret->call);
	ret->call.rva = ret->rva;
	ret->call.size = ret->size;
}

struct err *dwarf_inlines_at(struct dwarf_info *d, uint64_t rva, struct arena *a, struct inline_site **ret,
			     size_t *ret_n)
{
	uint64_t vaddr = rva + d->vaddr_base;
	const struct dwarf_func *f;
	struct inline_site *sites;
	struct chain c = { .n = 0 };
	struct dwarf_unit *u;
	Dwarf_Die die;

	TRY(dwarf_unit_at(d, vaddr, &u));
	TRY(dwarf_func_at(d, u, vaddr, &f));
	if (f) {
		die = f->die;
		find_chain(&die, vaddr, &c);
	}
	if (!c.n)
		return err_new(ERR_NOTFOUND, "no inlined function at this address");
	sites = ARENA_NEW_N(a, struct inline_site, c.n);
	if (!sites)
		return err_nomem();
	for (size_t i = 0; i < c.n; i++) {
		describe(d, &c.v[c.n - 1 - i], vaddr, &sites[i]);
		if (i)
			sites[i].location = sites[i - 1].call;
	}
	if (err_ignore(dwarf_line_at(d, rva, &sites[0].location)))
		sites[0].location = (struct source_line){ 0 };
	*ret = sites;
	*ret_n = c.n;
	return NULL;
}
