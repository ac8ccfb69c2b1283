/* SPDX-License-Identifier: MIT */
/*
 * Line tables. libdw gives a unit's table in order of address; an end mark is
 * the first address behind a sequence and sorts before what begins there.
 */
#include "symbol/dwarf_info_impl.h"

#include "base/cancel.h"
#include "base/str.h"

#include <string.h>
#include <strings.h>

struct err *dwarf_unit_lines(struct dwarf_info *d, struct dwarf_unit *u)
{
	if (u->has_lines)
		return NULL;
	u->has_lines = true;
	if (dwarf_getsrclines(&u->die, &u->lines, &u->n_lines) != 0)
		u->n_lines = 0;
	return NULL;
}

static uint64_t address_of(Dwarf_Line *l)
{
	Dwarf_Addr a = 0;

	(void)dwarf_lineaddr(l, &a);
	return a;
}

static bool ends_sequence(Dwarf_Line *l)
{
	bool end = false;

	return dwarf_lineendsequence(l, &end) == 0 && end;
}

static uint32_t number_of(Dwarf_Line *l)
{
	int n = 0;

	return dwarf_lineno(l, &n) == 0 && n > 0 ? (uint32_t)n : 0;
}

/* Number of entries at or below vaddr. */
static size_t upper_bound(const struct dwarf_unit *u, uint64_t vaddr)
{
	size_t lo = 0, hi = u->n_lines;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (address_of(dwarf_onesrcline(u->lines, mid)) <= vaddr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void describe(struct dwarf_info *d, const struct dwarf_unit *u, size_t i, struct source_line *ret)
{
	Dwarf_Line *l = dwarf_onesrcline(u->lines, i);
	uint64_t start = address_of(l), end = start;
	const char *file = dwarf_linesrc(l, NULL, NULL);
	int column = 0;

	for (size_t k = i + 1; k < u->n_lines && end == start; k++)
		end = address_of(dwarf_onesrcline(u->lines, k));
	(void)dwarf_linecol(l, &column);
	*ret = (struct source_line){
		.file = file ? file : "", .line = number_of(l), .column = column > 0 ? (uint32_t)column : 0,
		.rva = start - d->vaddr_base, .size = end - start,
	};
}

struct err *dwarf_line_at(struct dwarf_info *d, uint64_t rva, struct source_line *ret)
{
	uint64_t vaddr = rva + d->vaddr_base;
	struct dwarf_unit *u;
	Dwarf_Line *l;
	size_t n;

	TRY(dwarf_unit_at(d, vaddr, &u));
	TRY(dwarf_unit_lines(d, u));
	n = upper_bound(u, vaddr);
	l = n ? dwarf_onesrcline(u->lines, n - 1) : NULL;
	if (!l || ends_sequence(l))
		return err_new(ERR_NOTFOUND, "no line at 0x%llx", (unsigned long long)rva);
	if (!number_of(l))
		return err_new(ERR_NOTFOUND, "code at 0x%llx belongs to no line", (unsigned long long)rva);
	describe(d, u, n - 1, ret);
	return NULL;
}

void die_source_position(struct dwarf_info *d, Dwarf_Die *die, unsigned file_attr, unsigned line_attr,
			 unsigned column_attr, struct source_line *ret)
{
	uint64_t file = 0, line = 0, column = 0;
	Dwarf_Files *files;
	struct dwarf_unit *u;
	size_t n;
	const char *name;

	*ret = (struct source_line){ 0 };
	if (!die_udata(die, file_attr, &file) || !die_udata(die, line_attr, &line))
		return;
	(void)die_udata(die, column_attr, &column);
	if (err_ignore(dwarf_unit_of(d, die, &u)) || dwarf_getsrcfiles(&u->die, &files, &n) != 0 || file >= n)
		return;
	name = dwarf_filesrc(files, file, NULL, NULL);
	if (!name)
		return;
	ret->file = name;
	ret->line = (uint32_t)line;
	ret->column = (uint32_t)column;
}

/* --- lines by name ---------------------------------------------------------------------- */

/* `want` is the file or the end of its path, at a separator. */
static bool file_matches(const char *file, const char *want)
{
	size_t n = strlen(file), w = strlen(want);

	if (!w || w > n || strcasecmp(file + n - w, want) != 0)
		return false;
	return w == n || want[0] == '/' || file[n - w - 1] == '/' || file[n - w - 1] == '\\';
}

struct line_search {
	struct dwarf_info *d;
	const char *file;
	uint32_t line;		/* wanted */
	uint32_t best;		/* the least line >= line that has code; UINT32_MAX none */
	line_visitor *visit;
	void *arg;
	bool stop;
};

static bool unit_has_file(struct dwarf_unit *u, const char *file)
{
	Dwarf_Files *files;
	size_t n;

	if (dwarf_getsrcfiles(&u->die, &files, &n) != 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *name = dwarf_filesrc(files, i, NULL, NULL);

		if (name && file_matches(name, file))
			return true;
	}
	return false;
}

static bool is_candidate(const struct line_search *s, Dwarf_Line *l)
{
	const char *file;
	bool begins = false;

	if (ends_sequence(l) || number_of(l) < s->line || dwarf_linebeginstatement(l, &begins) != 0 || !begins)
		return false;
	file = dwarf_linesrc(l, NULL, NULL);
	return file && file_matches(file, s->file);
}

static void find_best(struct line_search *s, struct dwarf_unit *u)
{
	for (size_t i = 0; i < u->n_lines; i++) {
		Dwarf_Line *l = dwarf_onesrcline(u->lines, i);

		if (number_of(l) < s->best && is_candidate(s, l))
			s->best = number_of(l);
	}
}

/* Each run of entries of the line is told once. */
static void visit_best(struct line_search *s, struct dwarf_unit *u)
{
	bool inside = false;

	for (size_t i = 0; i < u->n_lines && !s->stop; i++) {
		Dwarf_Line *l = dwarf_onesrcline(u->lines, i);
		bool hit = number_of(l) == s->best && is_candidate(s, l);
		struct source_line line;

		if (hit && !inside) {
			describe(s->d, u, i, &line);
			s->stop = !s->visit(s->arg, &line);
		}
		inside = number_of(l) == s->best && !ends_sequence(l);
	}
}

static struct err *each_unit(struct line_search *s, void (*fn)(struct line_search *s, struct dwarf_unit *u))
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;
	uint8_t type;

	while (!s->stop && dwarf_next_readable_unit(s->d->dbg, &cu, &type, &die, NULL)) {
		struct dwarf_unit *u;

		TRY(cancel_check());
		if (type == DW_UT_type || type == DW_UT_split_type || type == DW_UT_partial)
			continue;
		TRY(dwarf_unit_of(s->d, &die, &u));
		if (!unit_has_file(u, s->file))
			continue;
		TRY(dwarf_unit_lines(s->d, u));
		fn(s, u);
	}
	return NULL;
}

struct err *dwarf_line_named(struct dwarf_info *d, const char *file, uint32_t line, line_visitor *v, void *arg)
{
	struct line_search s = {
		.d = d, .file = file, .line = line ? line : 1, .best = UINT32_MAX, .visit = v, .arg = arg,
	};

	TRY(each_unit(&s, find_best));
	return s.best == UINT32_MAX ? NULL : each_unit(&s, visit_best);
}
