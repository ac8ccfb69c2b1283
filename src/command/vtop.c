/* SPDX-License-Identifier: MIT */
/*
 * !vtop, !pte: the way from a virtual address to a physical one, level by level.
 */
#include "command/kernel.h"

#include <inttypes.h>

struct err *kernel_need(struct session *s, const struct args *args, struct kernel **ret)
{
	struct kernel *k = target_kernel(session_target(s));

	if (!k)
		return err_new(ERR_UNSUPPORTED, "%s works on dumps of a Linux kernel; this is none", args->name);
	*ret = k;
	return NULL;
}

static const struct field level_fields[] = {
	{ "level", FIELD_STR, "name of the table: PGD, P4D, PUD, PMD, PTE" },
	{ "entry_address", FIELD_ADDR, "physical address of the entry" },
	{ "entry", FIELD_ADDR, "what it holds" },
	{ "flags", FIELD_STR, "its bits: present, write, user, accessed, dirty, large, global, no execute" },
	{ "frame", FIELD_ADDR, "physical address of what it leads to" },
	{ NULL },
};

static const struct record level_record = {
	.kind = "page_table_entry",
	.help = "one level of the translation of an address",
	.fields = level_fields,
	.text = "{level:-4} at {entry_address}: {entry}  {flags}\n",
};

static const struct field result_fields[] = {
	{ "address", FIELD_ADDR, "virtual" },
	{ "physical", FIELD_ADDR, "physical; absent: not mapped" },
	{ "page_size", FIELD_SIZE, "of the page" },
	{ "in_dump", FIELD_BOOL, "whether the dump holds what is there" },
	{ "page", FIELD_ADDR, "struct page of the frame" },
	{ "why", FIELD_STR, "why there is no physical address" },
	{ NULL },
};

static const struct record result_record = {
	.kind = "translation",
	.help = "where an address leads to",
	.fields = result_fields,
	.text = "{address}[ -> {physical}, page of {page_size}][, struct page {page}][: {why}]\n",
};

static const struct record *const vtop_records[] = { &level_record, &result_record, NULL };

static const char *level_name(unsigned level, unsigned levels)
{
	static const char *const names[] = { "", "PTE", "PMD", "PUD", "P4D", "PGD" };

	return level == levels ? "PGD" : names[level];
}

/* The letters of WinDbg's !pte: V valid, W writable, U user, A accessed, D dirty, L large, G global, E executable. */
static void flag_letters(uint64_t entry, char ret[9])
{
	static const struct {
		uint64_t bit;
		char letter;
	} all[] = { { PAGE_DIRTY, 'D' }, { PAGE_ACCESSED, 'A' }, { PAGE_GLOBAL, 'G' }, { PAGE_LARGE, 'L' },
		    { PAGE_USER, 'U' }, { PAGE_WRITABLE, 'W' }, { PAGE_NO_EXECUTE, 'E' }, { PAGE_PRESENT, 'V' } };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		bool set = entry & all[i].bit;

		if (all[i].letter == 'E')
			set = !set && (entry & PAGE_PRESENT);
		ret[i] = set ? all[i].letter : '-';
	}
	ret[ARRAY_SIZE(all)] = '\0';
}

static struct err *emit_level(struct out *o, const struct paging *p, const struct paging_step *s)
{
	char letters[9];

	flag_letters(s->entry, letters);
	out_begin(o, &level_record);
	out_str(o, "level", level_name(s->level, p->levels));
	out_addr(o, "entry_address", s->entry_address);
	out_addr(o, "entry", s->entry);
	out_str(o, "flags", letters);
	if (s->entry & PAGE_PRESENT)
		out_addr(o, "frame", s->entry & 0x000ffffffffff000 & ~p->encrypted);
	return out_end(o);
}

static const char *why_not(const struct paging *p, uint64_t address, const struct paging_walk *w)
{
	if (!paging_is_canonical(p, address))
		return "not an address of this machine";
	if (w->unreadable)
		return "the table is not in the dump";
	return w->n && w->steps[w->n - 1].entry ? "not present (swapped out, or known only to the kernel)" : "not mapped";
}

static struct err *emit_result(struct kernel *k, struct out *o, const struct paging *p, uint64_t address,
			       const struct paging_walk *w)
{
	uint64_t page;

	out_begin(o, &result_record);
	out_addr(o, "address", address);
	if (w->mapped) {
		out_addr(o, "physical", w->physical);
		out_uint(o, "page_size", w->page_size);
		out_bool(o, "in_dump", space_has(kernel_physical_space(k), w->physical));
		if (kernel_frame_page(k, w->physical, &page))
			out_addr(o, "page", page);
		if (!space_has(kernel_physical_space(k), w->physical))
			out_str(o, "why", "its page is not in the dump");
	} else {
		out_str(o, "why", why_not(p, address, w));
	}
	return out_end(o);
}

static struct err *run_vtop(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	struct paging paging;
	struct paging_walk w;
	struct kernel *k = NULL;
	uint64_t address, pgd;

	TRY(kernel_need(s, args, &k));
	paging = kernel_paging(k);
	TRY(expr_parse(s, &p, &address));
	if (expr_ahead(p)) {
		TRY(expr_parse(s, &p, &pgd));
		if (!kernel_process_paging(k, pgd, &paging))
			return err_new(ERR_NOTFOUND, "no table of pages at 0x%" PRIx64, pgd);
	}
	TRY(end_parse(args, p));
	(void)paging_walk(&paging, address, &w);
	for (unsigned i = 0; i < w.n; i++)
		TRY(emit_level(o, &paging, &w.steps[i]));
	return emit_result(k, o, &paging, address, &w);
}

static const char *const vtop_aliases[] = { "!pte", "vtop", NULL };
const struct command command_vtop = {
	.name = "!vtop",
	.aliases = vtop_aliases,
	.summary = "translate a virtual address, level by level",
	.usage = "ADDRESS [PGD]",
	.help = "Every table of pages that the translation of ADDRESS passes: where the entry lies in\n"
		"physical memory, what it holds, and its bits: D dirty, A accessed, G global, L large page,\n"
		"U user, W writable, E executable, V valid. Then the physical address, the size of the page\n"
		"and its struct page.\n"
		"Without PGD by the tables of the kernel; PGD is the address of another table, as\n"
		"mm_struct.pgd has it: `!vtop ADDRESS poi(MM+offset)`.\n"
		"Dumps of Linux kernels only.",
	.records = vtop_records,
	.needs = NEEDS_TARGET,
	.run = run_vtop,
};
