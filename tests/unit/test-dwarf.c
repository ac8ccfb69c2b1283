/* SPDX-License-Identifier: MIT */
/*
 * Lines, inlining, locals and types against binutils, elfutils, gdb and the
 * compiler itself, for programs compiled here.
 */
#include "symbol/dwarf_expr.h"
#include "symbol/elf.h"
#include "symbol/elf_file.h"
#include "symbol/provider.h"
#include "unit/compile.h"
#include "unit/test.h"

#include <ctype.h>
#include <dwarf.h>
#include <elf.h>

static const char program[] =
	"#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
	"struct node { struct node *next; int value; };\n"
	"static inline int twice(int n) {\n"
	"  return n + n;\n"
	"}\n"
	"static inline int sum(struct node *l, int limit) {\n"
	"  int s = 0;\n"
	"  for (; l && limit--; l = l->next)\n"
	"    s += twice(l->value);\n"
	"  return s;\n"
	"}\n"
	"__attribute__((noinline)) int work(struct node *l, int n) {\n"
	"  int a = sum(l, n);\n"
	"  if (a > 7)\n"
	"    a += twice(sum(l->next, a));\n"
	"  return a * n;\n"
	"}\n"
	"int main(int argc, char **argv) {\n"
	"  struct node v[3] = { { v + 1, 1 }, { v + 2, argc }, { 0, (int)strlen(argv[0]) } };\n"
	"  int r = work(v, argc + 2);\n"
	"  printf(\"%d\\n\", r);\n"
	"  return r & 1;\n"
	"}\n";

static struct err *open_path(const char *path, struct provider **ret)
{
	return elf_open(&(struct elf_request){ .path = path, .no_system_dirs = true }, ret);
}

/* --- lines and inlining against addr2line --------------------------------------------- */

enum { MAX_LEVELS = 16 };

struct level {
	char function[128], file[128];
	unsigned line;		/* 0: not known */
};

struct place {
	uint64_t address;
	struct level v[MAX_LEVELS];
	unsigned n;
};

static void set_level(struct level *l, const char *function, const struct source_line *line)
{
	(void)snprintf(l->function, sizeof(l->function), "%s", function ? function : "??");
	(void)snprintf(l->file, sizeof(l->file), "%s", line->file ? str_basename(line->file) : "??");
	l->line = line->file ? line->line : 0;
}

/* The levels at an address, innermost first, as a stack would show them. */
static void our_place(struct provider *p, uint64_t rva, struct place *ret)
{
	struct arena a = ARENA_INIT;
	struct inline_site *sites = NULL;
	struct source_line line = { 0 };
	struct symbol sym;
	size_t n = 0;

	ret->n = 0;
	if (err_ignore(p->ops->inlines_at(p, rva, &a, &sites, &n)))
		n = 0;
	for (size_t i = 0; i < n && ret->n < MAX_LEVELS - 1; i++)
		set_level(&ret->v[ret->n++], sites[i].function, &sites[i].location);
	if (n)
		line = sites[n - 1].call;
	else if (err_ignore(p->ops->line_at(p, rva, &line)))
		line = (struct source_line){ 0 };
	set_level(&ret->v[ret->n++], err_ignore(p->ops->symbol_at(p, rva, &sym)) ? NULL : sym.name, &line);
	arena_deinit(&a);
}

/* "0x...", then pairs of function and file:line; false: end of the text. */
static bool read_place(FILE *f, struct place *ret)
{
	static char line[1024];
	static bool has_line;

	if (!f) {
		has_line = false;
		return false;
	}
	if (!has_line && !fgets(line, sizeof(line), f))
		return false;
	has_line = false;
	*ret = (struct place){ .address = strtoull(line, NULL, 16) };
	while (fgets(line, sizeof(line), f)) {
		struct level *l = &ret->v[ret->n];
		char *colon;

		if (!strncmp(line, "0x", 2)) {
			has_line = true;
			return true;
		}
		line[strcspn(line, "\n")] = 0;
		(void)snprintf(l->function, sizeof(l->function), "%.127s", line);
		if (!fgets(line, sizeof(line), f))
			break;
		line[strcspn(line, " \n")] = 0; /* " (discriminator 2)" */
		colon = strrchr(line, ':');
		l->line = colon ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
		if (colon)
			*colon = 0;
		(void)snprintf(l->file, sizeof(l->file), "%.127s", str_basename(line));
		if (ret->n < MAX_LEVELS - 1)
			ret->n++;
	}
	return ret->n;
}

/* Only the name counts: addr2line -C writes parameters. */
static bool same_function(const char *ours, const char *theirs)
{
	size_t n = strlen(ours);

	return !strncmp(ours, theirs, n) && (!theirs[n] || theirs[n] == '(');
}

static bool same_place(const struct place *ours, const struct place *theirs)
{
	if (ours->n != theirs->n)
		return false;
	for (unsigned i = 0; i < ours->n; i++) {
		const struct level *a = &ours->v[i], *b = &theirs->v[i];

		if (a->line != b->line || (a->line && strcmp(a->file, b->file) != 0) ||
		    !same_function(a->function, b->function))
			return false;
	}
	return true;
}

static void print_place(const char *who, const struct place *p)
{
	(void)fprintf(stderr, "  %s:", who);
	for (unsigned i = 0; i < p->n; i++)
		(void)fprintf(stderr, " %s %s:%u;", p->v[i].function, p->v[i].file, p->v[i].line);
	(void)fprintf(stderr, "\n");
}

struct tally {
	unsigned compared, inlined, wrong;
};

static struct tally compare_places(struct provider *p, const char *command, uint64_t base)
{
	FILE *f = output_of("%s < addresses", command);
	struct tally t = { 0 };
	struct place theirs, ours = { 0 };

	(void)read_place(NULL, NULL);
	while (f && read_place(f, &theirs)) {
		our_place(p, theirs.address - base, &ours);
		t.compared++;
		t.inlined += theirs.n > 1;
		if (!same_place(&ours, &theirs) && t.wrong++ < 3) {
			(void)fprintf(stderr, "at 0x%llx:\n", (unsigned long long)theirs.address);
			print_place("ours", &ours);
			print_place("theirs", &theirs);
		}
	}
	if (f)
		(void)pclose(f);
	return t;
}

/* Every address of the functions named. */
static bool write_addresses(struct provider *p, const char *const *names, size_t n, uint64_t base)
{
	FILE *f = fopen(in_work_dir("addresses"), "w");
	struct symbol s;

	if (!f)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!err_ignore(p->ops->symbol_named(p, names[i], &s)))
			for (uint64_t a = 0; a < s.size; a++)
				(void)fprintf(f, "0x%llx\n", (unsigned long long)(base + s.rva + a));
	return fclose(f) == 0;
}

static void check_places(const char *tool, const char *compiler, const char *flags)
{
	static const char *const names[] = { "main", "work" };
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct elf_file f;
	struct tally t;
	uint64_t base;
	char command[128];

	if (!have_tool(tool) || !run("%s %s -o places p.c", compiler, flags)) {
		(void)printf("dwarf: %s %s: skipped, does not compile here or no %s\n", compiler, flags, tool);
		return;
	}
	EXPECT_OK(open_path(in_work_dir("places"), &p));
	EXPECT_OK(elf_file_open(&f, in_work_dir("places")));
	base = f.vaddr_base;
	elf_file_deinit(&f);
	EXPECT(write_addresses(p, names, 2, base));
	(void)snprintf(command, sizeof(command), "%s -C -i -f -a -e places", tool);
	t = compare_places(p, command, base);
	(void)printf("dwarf: %s %s: %u addresses compared with %s, %u in inlined code, %u differ\n", compiler, flags,
		     t.compared, tool, t.inlined, t.wrong);
	EXPECT(t.compared > 50);
	EXPECT_EQ(t.wrong, 0);
}

TEST(lines_and_inlining_agree_with_addr2line)
{
	EXPECT(write_text("p.c", program));
	check_places("addr2line", "gcc", "-g -O0");
	check_places("addr2line", "gcc", "-g -O2");
	check_places("addr2line", "gcc", "-g -O2 -gdwarf-4 -no-pie");
	check_places("addr2line", "gcc", "-g -O2 -gdwarf-3");
	check_places("addr2line", "gcc", "-g -O1 -gz=zlib -fdebug-types-section -gdwarf-4");
	check_places("addr2line", "gcc", "-g -O2 -m32");
	check_places("addr2line", "clang", "-g -O0");
	check_places("addr2line", "clang", "-g -O2 -fuse-ld=lld");
	check_places("addr2line", "clang", "-g -O2 -gdwarf-5");
	/* binutils does not open .dwo files */
	check_places("llvm-addr2line", "gcc", "-g -O2 -gsplit-dwarf");
	check_places("llvm-addr2line", "gcc", "-g -O2 -gsplit-dwarf -gdwarf-4");
}

static bool remember_first(void *arg, const struct source_line *line)
{
	struct source_line *first = arg;

	if (!first->file)
		*first = *line;
	return true;
}

TEST(lines_lead_to_addresses)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct source_line first = { 0 }, back;

	if (!write_text("p.c", program) || !run("gcc -g -O0 -o lines p.c")) {
		(void)printf("dwarf: skipped: no gcc\n");
		return;
	}
	EXPECT_OK(open_path(in_work_dir("lines"), &p));
	EXPECT_OK(p->ops->line_named(p, "P.C", 22, remember_first, &first));
	EXPECT(first.file && first.line == 22);
	EXPECT_OK(p->ops->line_at(p, first.rva, &back));
	EXPECT_EQ(back.line, 22);
	first = (struct source_line){ 0 };
	EXPECT_OK(p->ops->line_named(p, "p.c", 4, remember_first, &first)); /* no code there: the next line */
	EXPECT(first.line == 5 || first.line == 6);
	first = (struct source_line){ 0 };
	EXPECT_OK(p->ops->line_named(p, "xp.c", 22, remember_first, &first));
	EXPECT(!first.file);
}

/* --- types against gdb's ptype /o ------------------------------------------------------- */

static const char types_source[] =
	"#include <stdint.h>\n#include <stddef.h>\n#include <stdio.h>\n"
	"enum colour { RED, GREEN = 5, BLUE = -2 };\n"
	"typedef unsigned long word;\n"
	"struct inner { char c; short s; };\n"
	"struct flags { unsigned a : 3; unsigned b : 7; unsigned : 0; unsigned c : 31; uint64_t d : 40; signed char e : 2; };\n"
	"struct all {\n"
	"  char c; int i; double d; struct inner in; struct all *self; enum colour col;\n"
	"  int matrix[3][5]; const char *name; word w; union { int x; float y; }; struct inner arr[2];\n"
	"  int (*fn)(int, const char *); volatile int v; char tail[];\n"
	"};\n"
	"struct opaque;\n"
	"struct all g_all; struct flags g_flags; struct opaque *g_opaque; static const struct inner g_inner = { 1, 2 };\n"
	"int call(struct all *a, enum colour c) { return a->fn ? a->fn(c, a->name) : g_inner.s; }\n"
	"int main(void) { printf(\"%p %d\\n\", (void *)g_opaque, (int)g_flags.a); return call(&g_all, RED); }\n";

static const struct type_member *member(const struct type_member *m, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(m[i].name, name))
			return &m[i];
	return NULL;
}

/* Offset and size of each direct member as `ptype /o` prints them, in a comment:
 * "4      |       4", and "0: 3   |       4" for bit fields. */
static void compare_ptype(struct provider *p, const char *path, const char *type, struct tally *t)
{
	FILE *f = output_of("gdb -q -nx -batch -ex 'ptype /o %s' '%s'", type, path);
	struct arena a = ARENA_INIT;
	struct type_member *m = NULL;
	struct type_ref ref;
	size_t n = 0;
	char line[512];
	int depth = 0;

	EXPECT_OK(p->ops->type_named(p, type, &ref));
	EXPECT_OK(p->ops->type_members(p, ref.id, &a, &m, &n));
	while (f && fgets(line, sizeof(line), f)) {
		char *text = strstr(line, "*/"), name[64], *end;
		unsigned long offset, bit = 0;
		bool is_bit;
		const struct type_member *got;
		int before = depth;

		for (const char *c = line; *c; c++)
			depth += (*c == '{') - (*c == '}');
		if (before != 1 || depth != 1 || !text || !(end = strrchr(line, ';')) || strstr(line, "XXX"))
			continue;
		offset = strtoul(line + 2, &text, 10);
		is_bit = *text == ':';
		if (is_bit)
			bit = strtoul(text + 1, NULL, 10);
		*end = 0;
		if (strstr(line, "(*"))
			(void)snprintf(name, sizeof(name), "%s", strstr(line, "(*") + 2);
		else {
			char *at = is_bit ? strrchr(line, ':') : NULL;

			if (at)
				*at = 0;
			for (at = line + strlen(line); at > line && (isspace((unsigned char)at[-1])); at--)
				at[-1] = 0;
			text = strrchr(line, ' ');
			(void)snprintf(name, sizeof(name), "%.63s", text + 1 + strspn(text + 1, "*"));
		}
		name[strcspn(name, "[)")] = 0;
		got = member(m, n, name);
		t->compared++;
		/* gdb counts bits from the byte it prints, we from the storage unit */
		if (!got || (is_bit ? got->offset * 8 + got->bit_offset != offset * 8 + bit || !got->bit_size
				    : got->offset != offset)) {
			t->wrong++;
			(void)fprintf(stderr, "%s.%s: gdb has offset %lu bit %lu, we %lu bit %u\n", type, name, offset,
				      bit, got ? (unsigned long)got->offset : 0, got ? got->bit_offset : 0);
		}
	}
	if (f)
		(void)pclose(f);
	arena_deinit(&a);
}

static void check_types(const char *compiler, const char *flags)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct tally t = { 0 };

	if (!run("%s %s -o types types.c", compiler, flags)) {
		(void)printf("dwarf: types: %s %s: skipped, does not compile here\n", compiler, flags);
		return;
	}
	EXPECT_OK(open_path(in_work_dir("types"), &p));
	compare_ptype(p, "types", "struct all", &t);
	compare_ptype(p, "types", "struct flags", &t);
	compare_ptype(p, "types", "struct inner", &t);
	(void)printf("dwarf: types: %s %s: %u members compared with gdb, %u differ\n", compiler, flags, t.compared,
		     t.wrong);
	EXPECT(t.compared >= 17);
	EXPECT_EQ(t.wrong, 0);
}

TEST(member_offsets_agree_with_gdb)
{
	if (!have_tool("gcc") || !have_tool("gdb")) {
		(void)printf("dwarf: skipped: no gcc or gdb\n");
		return;
	}
	EXPECT(write_text("types.c", types_source));
	check_types("gcc", "-g -O0");
	check_types("gcc", "-g -O0 -gdwarf-2 -gstrict-dwarf");
	check_types("gcc", "-g -O0 -gdwarf-4 -fdebug-types-section");
	check_types("gcc", "-g -O0 -m32");
	check_types("clang", "-g -O0");
	check_types("gcc", "-g -O0 -gsplit-dwarf");
	check_types("clang", "-g -O0 -gdwarf-5 -gsplit-dwarf");
}

static void check_kinds(struct provider *p)
{
	struct type_ref all, t;
	struct type_info i;
	struct arena a = ARENA_INIT;
	struct type_member *m;
	struct type_enumerator *e;
	struct type_ref *params;
	const struct type_member *x;
	struct symbol s;
	size_t n;

	EXPECT_OK(p->ops->type_named(p, "all", &all));
	EXPECT_OK(type_get(all, &i));
	EXPECT_EQ(i.kind, TYPE_STRUCT);
	EXPECT_STR(i.name, "all");
	EXPECT_OK(p->ops->type_members(p, all.id, &a, &m, &n));
	x = member(m, n, "matrix");
	EXPECT_OK(type_get(x->type, &i));
	EXPECT(i.kind == TYPE_ARRAY && i.count == 3 && i.size == 60);
	EXPECT_OK(type_get(i.element, &i));
	EXPECT(i.kind == TYPE_ARRAY && i.count == 5 && i.size == 20);
	EXPECT_OK(type_get(i.element, &i));
	EXPECT(i.kind == TYPE_INT && i.size == 4);
	EXPECT_STR(i.name, "int");
	EXPECT_OK(type_get(member(m, n, "tail")->type, &i));
	EXPECT(i.kind == TYPE_ARRAY && i.count == 0 && i.size == 0);
	EXPECT_OK(type_get(member(m, n, "name")->type, &i));
	EXPECT(i.kind == TYPE_POINTER && i.size == 8);
	EXPECT_OK(type_get(i.element, &i));
	EXPECT(i.kind == TYPE_MODIFIER && (i.flags & TYPE_IS_CONST) && i.size == 1);
	EXPECT_OK(type_strip(i.element, &t, &i));
	EXPECT_EQ(i.kind, TYPE_CHAR);
	EXPECT_OK(type_get(member(m, n, "w")->type, &i));
	EXPECT(i.kind == TYPE_TYPEDEF && i.size == 8);
	EXPECT_STR(i.name, "word");
	EXPECT_OK(type_get(member(m, n, "")->type, &i));
	EXPECT_EQ(i.kind, TYPE_UNION);
	EXPECT_OK(type_get(member(m, n, "fn")->type, &i));
	EXPECT_OK(type_get((t = i.element), &i));
	EXPECT_EQ(i.kind, TYPE_FUNCTION);
	EXPECT_OK(p->ops->type_params(p, t.id, &a, &params, &n));
	EXPECT_EQ(n, 2);
	EXPECT_OK(p->ops->type_named(p, "enum colour", &t));
	EXPECT_OK(type_get(t, &i));
	EXPECT(i.kind == TYPE_ENUM && i.size == 4);
	EXPECT_OK(p->ops->type_enumerators(p, t.id, &a, &e, &n));
	EXPECT_EQ(n, 3);
	EXPECT_STR(e[2].name, "BLUE");
	EXPECT(e[1].value == 5 && e[2].value == -2);
	EXPECT_OK(p->ops->symbol_named(p, "g_inner", &s));
	EXPECT_OK(type_strip(s.type, &t, &i));
	EXPECT_STR(i.name, "inner");
	EXPECT_OK(p->ops->symbol_named(p, "call", &s));
	EXPECT_OK(type_get(s.type, &i));
	EXPECT_EQ(i.kind, TYPE_FUNCTION);
	EXPECT_ERR(p->ops->type_named(p, "nothing", &t), ERR_NOTFOUND);
	arena_deinit(&a);
}

static bool count_type(void *arg, struct type_ref type, const char *name)
{
	++*(unsigned *)arg;
	return true;
}

TEST(kinds_of_types)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	unsigned n = 0;

	if (!write_text("types.c", types_source) || !run("gcc -g -O0 -o kinds types.c")) {
		(void)printf("dwarf: skipped: no gcc\n");
		return;
	}
	EXPECT_OK(open_path(in_work_dir("kinds"), &p));
	check_kinds(p);
	EXPECT_OK(p->ops->types(p, "INN*", count_type, &n));
	EXPECT_EQ(n, 1);
}

TEST(a_declared_type_is_found_in_another_unit)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct arena a = ARENA_INIT;
	struct type_member *m;
	struct type_info i;
	struct symbol s;
	size_t n;

	if (!write_text("a.c", "struct opaque; struct opaque *g; int main(void) { return !g; }\n") ||
	    !write_text("b.c", "struct opaque { int first; long second; }; struct opaque o;\n") ||
	    !run("gcc -g -o two a.c b.c")) {
		(void)printf("dwarf: skipped: no gcc\n");
		return;
	}
	EXPECT_OK(open_path(in_work_dir("two"), &p));
	EXPECT_OK(p->ops->symbol_named(p, "g", &s));
	EXPECT_OK(type_get(s.type, &i));
	s.type = i.element;
	EXPECT_OK(type_get(s.type, &i));
	EXPECT(i.flags & TYPE_IS_INCOMPLETE);
	EXPECT_OK(p->ops->type_members(p, s.type.id, &a, &m, &n));
	EXPECT_EQ(n, 2);
	EXPECT_STR(m[1].name, "second");
	arena_deinit(&a);
}

static const char cxx_source[] =
	"namespace ns { struct Base { int b; virtual ~Base() {} virtual int f(int) { return b; } };\n"
	"template <class T> struct Box : Base { T value; static int count; struct Nested { T t; } nested;\n"
	"  int f(int n) override { return (int)value + n; } };\n"
	"template <class T> int Box<T>::count = 0; namespace { enum class E : unsigned char { A = 200 }; E e = E::A; } }\n"
	"ns::Box<int> box; int main(int argc, char **) { ns::Base &r = box; return r.f(argc) + (int)ns::e; }\n";

TEST(cplusplus_types_are_qualified)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct arena a = ARENA_INIT;
	struct type_member *m;
	struct type_enumerator *e;
	struct type_info i;
	struct type_ref t;
	size_t n;

	if (!write_text("x.cc", cxx_source) || !(run("clang++ -g -O0 -o cxx x.cc") || run("g++ -g -O0 -o cxx x.cc"))) {
		(void)printf("dwarf: skipped: no C++ compiler\n");
		return;
	}
	EXPECT_OK(open_path(in_work_dir("cxx"), &p));
	EXPECT_OK(p->ops->type_named(p, "ns::Box<int>", &t));
	EXPECT_OK(type_get(t, &i));
	EXPECT_STR(i.name, "ns::Box<int>");
	EXPECT_OK(p->ops->type_members(p, t.id, &a, &m, &n));
	EXPECT(n >= 4 && m[0].kind == MEMBER_BASE && m[0].offset == 0);
	EXPECT_EQ(member(m, n, "value")->offset, 12);
	EXPECT_EQ(member(m, n, "count")->kind, MEMBER_STATIC);
	EXPECT_EQ(member(m, n, "f")->kind, MEMBER_METHOD);
	EXPECT_OK(p->ops->type_named(p, "ns::Box<int>::Nested", &t));
	EXPECT_OK(p->ops->type_named(p, "ns::(anonymous namespace)::E", &t));
	EXPECT_OK(type_get(t, &i));
	EXPECT_EQ(i.size, 1);
	EXPECT_OK(p->ops->type_enumerators(p, t.id, &a, &e, &n));
	EXPECT_EQ(e[0].value, 200);
	arena_deinit(&a);
}

/* --- expressions ------------------------------------------------------------------------- */

static struct expr_result eval(const uint8_t *bytes, size_t n, const struct expr_context *x)
{
	struct expr_op ops[EXPR_MAX_OPS];
	struct expr_result r = { .kind = EXPR_NONE, .reason = "not decoded" };
	size_t n_ops;

	if (!err_ignore(expr_decode(cursor_init("expr", bytes, n, 0), x->address_size, ops, &n_ops)))
		expr_evaluate(x, ops, n_ops, &r);
	return r;
}

#define EVAL(x, ...) eval((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }), (x))

TEST(expressions_compute)
{
	static const uint8_t map[] = { 0, 1, 2 };
	static const struct reg_desc descs[3] = { { "a", 64, 0 }, { "b", 64, 0 }, { "c", 64, 0 } };
	static const struct arch arch = { .name = "test", .regs = descs, .n_regs = 3, .dwarf = map, .n_dwarf = 3 };
	struct regs regs = { .arch = &arch };
	struct expr_context x = { .regs = &regs, .address_size = 8, .has_cfa = true, .cfa = 0x1000 }, narrow = x;

	narrow.address_size = 4;
	regs_set(&regs, 1, 0x500);
	EXPECT_EQ(EVAL(&x, DW_OP_breg0 + 1, 0x70).value, 0x4f0);
	EXPECT_EQ(EVAL(&x, DW_OP_breg0 + 2, 0).kind, EXPR_NONE);
	EXPECT_EQ(EVAL(&x, DW_OP_reg0 + 1).kind, EXPR_REGISTER);
	EXPECT_EQ(EVAL(&x, DW_OP_call_frame_cfa, DW_OP_lit8, DW_OP_minus).value, 0xff8);
	EXPECT_EQ(EVAL(&x, DW_OP_const1s, 0xf9, DW_OP_lit2, DW_OP_div).value, (uint64_t)-3);
	EXPECT_EQ(EVAL(&x, DW_OP_lit1, DW_OP_lit0, DW_OP_div).kind, EXPR_NONE);
	EXPECT_EQ(EVAL(&x, DW_OP_const1s, 0xff, DW_OP_lit4, DW_OP_shr).value, UINT64_MAX >> 4);
	EXPECT_EQ(EVAL(&narrow, DW_OP_const1s, 0xff, DW_OP_lit4, DW_OP_shr).value, UINT32_MAX >> 4);
	EXPECT_EQ(EVAL(&x, DW_OP_const1s, 0xff, DW_OP_lit4, DW_OP_shra).value, UINT64_MAX);
	EXPECT_EQ(EVAL(&narrow, DW_OP_const1s, 0xff, DW_OP_lit1, DW_OP_lt).value, 1);
	EXPECT_EQ(EVAL(&x, DW_OP_lit1, DW_OP_lit2, DW_OP_lit3, DW_OP_rot).value, 2);
	EXPECT_EQ(EVAL(&x, DW_OP_lit1, DW_OP_bra, 1, 0, DW_OP_lit5, DW_OP_lit7).value, 7);
	EXPECT_EQ(EVAL(&x, DW_OP_lit7, DW_OP_stack_value).kind, EXPR_VALUE);
	EXPECT_EQ(EVAL(&x, DW_OP_implicit_value, 2, 0x34, 0x12).value, 0x1234);
	EXPECT_STR(EVAL(&x, DW_OP_entry_value, 1, DW_OP_reg0, DW_OP_stack_value).reason, "optimised away (entry value)");
	EXPECT_EQ(EVAL(&x, DW_OP_skip, 0xfd, 0xff).kind, EXPR_NONE); /* jumps to itself */
	EXPECT_EQ(EVAL(&x, DW_OP_dup).kind, EXPR_NONE);
	EXPECT_EQ(EVAL(&x, DW_OP_addr, 1, 2).kind, EXPR_NONE); /* cut off */
	EXPECT_EQ(EVAL(&x, DW_OP_lit1, DW_OP_dup, DW_OP_skip, 0xfc, 0xff).kind, EXPR_NONE); /* grows for ever */
}

TESTS(lines_and_inlining_agree_with_addr2line, lines_lead_to_addresses, member_offsets_agree_with_gdb, kinds_of_types,
      a_declared_type_is_found_in_another_unit, cplusplus_types_are_qualified, expressions_compute)
