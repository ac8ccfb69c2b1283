/* SPDX-License-Identifier: MIT */
/*
 * Call frame rows against those that `readelf --debug-dump=frames-interp`
 * prints, for programs compiled here and for the C library.
 */
#include "symbol/dwarf_cfi.h"
#include "unit/compile.h"
#include "unit/test.h"

#include <ctype.h>

static const char program[] =
	"#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <alloca.h>\n"
	"static int fact(int n) { return n < 2 ? 1 : n * fact(n - 1); }\n"
	"static int cmp(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }\n"
	"int big(int n, double d, char *s) {\n"
	"  char *p = alloca(n * 16); memset(p, n, n * 16);\n"
	"  int v[64]; for (int i = 0; i < 64; i++) v[i] = rand() % (n + 1) + (int)d;\n"
	"  qsort(v, 64, sizeof(int), cmp);\n"
	"  if (n > 3) { printf(\"%s %d %d\\n\", s, v[0], p[1]); return v[n % 64]; }\n"
	"  if (n == 2) abort();\n"
	"  return fact(n) + v[3] + big(n - 1, d * 2, s); }\n"
	"int main(int argc, char **argv) { return big(argc, argc * 1.5, argv[0]); }\n";

/* --- readelf's text -------------------------------------------------------------- */

enum { MAX_COLUMNS = 40, MAX_ROWS = 512 };

struct text_row {
	uint64_t loc;
	char cell[MAX_COLUMNS][24];
	unsigned n;
};

struct text_table {
	char column[MAX_COLUMNS][12];	/* "CFA", "rbx", "ra" */
	unsigned n_columns;
	struct text_row rows[MAX_ROWS];
	unsigned n_rows;
	uint64_t start, end;		/* FDE's range */
	unsigned ra;
	bool is_fde;
};

static unsigned split(char *line, char out[][24], unsigned max)
{
	unsigned n = 0;

	for (char *save = NULL, *p = strtok_r(line, " \n", &save); p && n < max; p = strtok_r(NULL, " \n", &save))
		if (*p != '(') /* "r1 (rdx)" */
			(void)snprintf(out[n++], 24, "%s", p);
	return n;
}

static int dwarf_number(const char *name, bool is64, unsigned ra)
{
	static const char *const x64[] = { "rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8", "r9",
					   "r10", "r11", "r12", "r13", "r14", "r15", "rip" };
	static const char *const x86[] = { "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip" };
	const char *const *names = is64 ? x64 : x86;
	size_t n = is64 ? sizeof(x64) / sizeof(x64[0]) : sizeof(x86) / sizeof(x86[0]);

	if (!strcmp(name, "ra"))
		return (int)ra;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return (int)i;
	return name[0] == 'r' && isdigit((unsigned char)name[1]) ? (int)strtol(name + 1, NULL, 10) : -1;
}

/* Does our rule say what readelf's cell says? */
static bool same_rule(const struct cfi_rule *r, const char *cell, bool is64, unsigned ra)
{
	enum cfi_rule_kind kind = r ? (enum cfi_rule_kind)r->kind : CFI_UNSPECIFIED;

	if (!strcmp(cell, "u"))
		return kind == CFI_UNSPECIFIED || kind == CFI_UNDEFINED;
	if (!strcmp(cell, "s"))
		return kind == CFI_SAME;
	if (!strcmp(cell, "exp"))
		return kind == CFI_EXPRESSION;
	if (!strcmp(cell, "vexp"))
		return kind == CFI_VAL_EXPRESSION;
	if (cell[0] == 'c' && strchr("+-", cell[1]))
		return kind == CFI_OFFSET && r->value == strtoll(cell + 1, NULL, 10);
	if (cell[0] == 'v' && strchr("+-", cell[1]))
		return kind == CFI_VAL_OFFSET && r->value == strtoll(cell + 1, NULL, 10);
	return kind == CFI_REGISTER && cell[0] == 'r' && r->value == strtoll(cell + 1, NULL, 10);
}

static bool same_cfa(const struct cfi_rule *r, const char *cell, bool is64)
{
	char name[24];
	size_t n = strcspn(cell, "+-");

	if (!strcmp(cell, "exp"))
		return r->kind == CFI_EXPRESSION;
	(void)snprintf(name, sizeof(name), "%.*s", (int)n, cell);
	return r->kind == CFI_REGISTER && r->reg == dwarf_number(name, is64, 0) &&
	       r->value == strtoll(cell + n, NULL, 10);
}

static const struct cfi_rule *rule_of(const struct cfi_row *row, int reg)
{
	for (size_t i = 0; i < row->n_rules; i++)
		if (row->rules[i].reg == reg)
			return &row->rules[i];
	return NULL;
}

/* --- comparing ---------------------------------------------------------------------- */

struct comparison {
	struct cfi_section *s;
	bool is64, every_pc;
	unsigned long long pcs, rows, entries, wrong;
	struct text_table cies[64];
	uint64_t cie_at[64];
	unsigned n_cies;
};

static bool same_row(const struct comparison *c, const struct text_table *t, const struct text_row *row,
		     const struct cfi_row *ours)
{
	for (unsigned i = 0; i < row->n && i < t->n_columns; i++) {
		if (i == 0 ? !same_cfa(&ours->cfa, row->cell[0], c->is64)
			   : !same_rule(rule_of(ours, dwarf_number(t->column[i], c->is64, t->ra)), row->cell[i],
					c->is64, t->ra))
			return false;
	}
	return ours->ra == t->ra;
}

static void compare_at(struct comparison *c, const struct text_table *t, const struct text_row *row, uint64_t pc,
		       uint64_t start, uint64_t end)
{
	struct arena a = ARENA_INIT;
	struct cfi_row ours;
	struct err *e = cfi_row_at(c->s, pc, &a, &ours);

	c->pcs++;
	if (e || !same_row(c, t, row, &ours) || pc < ours.start || pc >= ours.end || ours.start < start ||
	    ours.end > end) {
		if (c->wrong++ < 5)
			(void)fprintf(stderr, "pc %#llx (row %#llx, CFA %s): %s\n", (unsigned long long)pc,
				      (unsigned long long)row->loc, row->cell[0],
				      e ? err_message(e) : "differs");
	}
	err_free(e);
	arena_deinit(&a);
}

static void compare_entry(struct comparison *c, const struct text_table *t)
{
	for (unsigned i = 0; i < t->n_rows; i++) {
		uint64_t start = t->rows[i].loc < t->start ? t->start : t->rows[i].loc, end = t->end;

		/* Rows of one address: the last one holds. */
		if (i + 1 < t->n_rows)
			end = t->rows[i + 1].loc;
		if (start >= end)
			continue;
		c->rows++;
		for (uint64_t pc = start; pc < end; pc += c->every_pc || pc == end - 1 ? 1 : end - 1 - pc)
			compare_at(c, t, &t->rows[i], pc, t->start, t->end);
	}
	c->entries++;
}

static void finish_table(struct comparison *c, struct text_table *t, uint64_t at, uint64_t cie)
{
	if (!t->is_fde) {
		if (c->n_cies < 64) {
			c->cie_at[c->n_cies] = at;
			c->cies[c->n_cies++] = *t;
		}
		return;
	}
	for (unsigned i = 0; i < c->n_cies; i++)
		if (c->cie_at[i] == cie) {
			t->ra = c->cies[i].ra;
			if (!t->n_rows) { /* nothing but what the CIE says */
				uint64_t start = t->start, end = t->end;

				*t = c->cies[i];
				t->start = start;
				t->end = end;
				t->rows[0].loc = start;
			}
		}
	if (t->start < t->end)
		compare_entry(c, t);
}

/* "00000018 0000000000000024 0000001c FDE cie=00000000 pc=0000000000026000..0000000000026360" */
static bool is_heading(const char *line, struct text_table *t, uint64_t *at, uint64_t *cie)
{
	const char *fde = strstr(line, " FDE "), *p;

	if (!fde && !strstr(line, " CIE "))
		return false;
	memset(t, 0, sizeof(*t));
	*at = strtoull(line, NULL, 16);
	t->is_fde = fde;
	p = strstr(line, "cie=");
	*cie = p ? strtoull(p + 4, NULL, 16) : 0;
	p = strstr(line, "pc=");
	if (p) {
		char *dots;

		t->start = strtoull(p + 3, &dots, 16);
		t->end = strtoull(dots + 2, NULL, 16);
	}
	p = strstr(line, " ra=");
	t->ra = p ? (unsigned)strtoul(p + 4, NULL, 10) : 0;
	return true;
}

static void read_line(struct text_table *t, char *line)
{
	char cells[MAX_COLUMNS + 1][24];
	unsigned n = split(line, cells, MAX_COLUMNS + 1);

	if (n > 1 && !strcmp(cells[0], "LOC")) {
		t->n_columns = n - 1;
		for (unsigned i = 1; i < n; i++)
			(void)snprintf(t->column[i - 1], sizeof(t->column[0]), "%.11s", cells[i]);
	} else if (n > 1 && t->n_columns && t->n_rows < MAX_ROWS && strcmp(cells[1], "ZERO") != 0) {
		struct text_row *row = &t->rows[t->n_rows++];

		row->loc = strtoull(cells[0], NULL, 16);
		row->n = n - 1;
		memcpy(row->cell, cells[1], sizeof(cells[0]) * (n - 1));
	}
}

static void compare_with_readelf(struct comparison *c, const char *path, const char *section)
{
	FILE *f = output_of("readelf -wN --debug-dump=frames-interp '%s'", path);
	static struct text_table t, empty;
	char line[1024];
	uint64_t at = 0, cie = 0;
	bool inside = false, open = false;

	t = empty;
	while (f && fgets(line, sizeof(line), f)) {
		struct text_table next;
		uint64_t next_at, next_cie;

		if (!strncmp(line, "Contents of the ", 16)) {
			inside = !strncmp(line + 16, section, strlen(section));
			continue;
		}
		if (!inside)
			continue;
		if (is_heading(line, &next, &next_at, &next_cie)) {
			if (open)
				finish_table(c, &t, at, cie);
			t = next;
			at = next_at;
			cie = next_cie;
			open = true;
		} else {
			read_line(&t, line);
		}
	}
	if (open)
		finish_table(c, &t, at, cie);
	if (f)
		(void)pclose(f);
}

static struct comparison *compared;

static struct err *compare_file(const char *path, bool every_pc)
{
	struct cfi_section s;
	struct elf_file f;
	struct err *e;

	free(compared);
	compared = calloc(1, sizeof(*compared));
	if (!compared)
		return err_nomem();
	TRY(elf_file_open(&f, path));
	e = cfi_init_eh(&s, &f);
	if (!e) {
		*compared = (struct comparison){ .s = &s, .is64 = f.is64, .every_pc = every_pc };
		compare_with_readelf(compared, path, ".eh_frame");
		(void)printf("cfi: %s: %llu entries, %llu rows, %llu addresses compared, %llu differ\n",
			     strrchr(path, '/') + 1, compared->entries, compared->rows, compared->pcs,
			     compared->wrong);
		cfi_deinit(&s);
	}
	elf_file_deinit(&f);
	return e;
}

static void check_build(const char *name, const char *compiler, const char *flags)
{
	if (!run("%s %s -o %s p.c", compiler, flags, name)) {
		(void)printf("cfi: %s %s: skipped, does not compile here\n", compiler, flags);
		return;
	}
	EXPECT_OK(compare_file(in_work_dir(name), true));
	EXPECT(compared->entries > 3 && compared->pcs > 200);
	EXPECT_EQ(compared->wrong, 0);
}

TEST(rows_of_compiled_programs)
{
	EXPECT(write_text("p.c", program));
	if (!have_tool("readelf") || !have_tool("gcc")) {
		(void)printf("cfi: skipped: no readelf or gcc\n");
		return;
	}
	check_build("gcc-O0", "gcc", "-O0 -g");
	check_build("gcc-O2", "gcc", "-O2 -g");
	check_build("gcc-O2-m32", "gcc", "-O2 -m32");
	check_build("gcc-O2-nopie", "gcc", "-O2 -no-pie -fno-pic");
	check_build("gcc-nohdr", "gcc", "-O2 -Wl,--no-eh-frame-hdr");
	check_build("clang-O0", "clang", "-O0 -g");
	check_build("clang-O2", "clang", "-O2 -g -fuse-ld=lld");
	check_build("gcc-push", "gcc", "-Os -m32 -mno-accumulate-outgoing-args");
	check_build("gcc-static", "gcc", "-O2 -static");
}

TEST(rows_of_the_c_library)
{
	static const char path[] = "/lib/x86_64-linux-gnu/libc.so.6";

	if (access(path, R_OK) != 0 || !have_tool("readelf")) {
		(void)printf("cfi: skipped: no C library or readelf\n");
		return;
	}
	EXPECT_OK(compare_file(path, false));
	EXPECT(compared->entries > 1000);
	EXPECT_EQ(compared->wrong, 0);
}

TESTS(rows_of_compiled_programs, rows_of_the_c_library)
