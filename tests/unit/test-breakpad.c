/* SPDX-License-Identifier: MIT */
/* Breakpad symbol files: written here, and those of the fixture folder. */
#include "base/arena.h"
#include "base/map.h"
#include "symbol/breakpad.h"
#include "unit/test.h"

#include <glob.h>
#include <stdlib.h>
#include <unistd.h>

static struct err *open_text(const char *text, struct provider **ret)
{
	struct source *src = NULL;
	struct err *e;

	TRY(source_from_memory("t.sym", text, strlen(text), &src));
	e = breakpad_open_source(src, ret);
	if (e)
		source_destroy(src);
	return e;
}

static const char sample[] =
	"MODULE windows x86 5A9832E5287241C1838ED98914E9B7FF1 test_app.pdb\n"
	"INFO CODE_ID 4D6A3B2C8000 test_app.exe\r\n"
	"FILE 1 c:\\src\\one.cc\n"
	"FILE 2 c:\\src\\two.h\n"
	"FUNC 1000 c 8 Function1_1(int, char)\n"
	"1000 4 44 1\r\n"
	"1004 4 45 2\n"
	"garbage here\n"
	"1008 4 46 1\n"
	"FUNC m 1100 8 4 first\n"
	"1100 8 35 2\n"
	"FUNC m 1100 20 4 second name\n"
	"1108 4 9 9\n"
	"PUBLIC 2160 8 Public2_1\n"
	"PUBLIC m 1050 c Public1\n"
	"FUNC x 12 zz broken\n"
	"FUNC 9000 10\n"
	"STACK WIN 4 1000 c 1 0 8 4 10 0 1 $eip 4 + ^ = $esp $ebp 8 + =\n"
	"STACK WIN 4 1000 8 1 0 8 4 14 0 1 inner\n"
	"STACK WIN 0 1100 20 2 0 4 8 c 1 0 1\n";

TEST(identity_without_an_index)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	const struct breakpad_identity *id;

	EXPECT_OK(open_text(sample, &p));
	id = breakpad_identity(p);
	EXPECT_STR(id->os, "windows");
	EXPECT_EQ(id->machine, MACHINE_X86);
	EXPECT_STR(id->debug_id, "5A9832E5287241C1838ED98914E9B7FF1");
	EXPECT_STR(id->name, "test_app.pdb");
	EXPECT_STR(id->code_id, "4D6A3B2C8000");
	EXPECT(p->has_lines && p->is_private && !p->has_types);
	EXPECT_STR(p->note, "breakpad symbols");
}

TEST(symbols_by_address)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct symbol s;
	uint32_t params;

	EXPECT_OK(open_text(sample, &p));
	EXPECT_ERR(p->ops->symbol_at(p, 0xfff, &s), ERR_NOTFOUND);
	EXPECT_OK(p->ops->symbol_at(p, 0x100b, &s));
	EXPECT_STR(s.name, "Function1_1(int, char)");
	EXPECT_EQ(s.rva, 0x1000);
	EXPECT_EQ(s.size, 0xc);
	EXPECT_EQ(s.kind, SYMBOL_FUNCTION);
	EXPECT_ERR(p->ops->symbol_at(p, 0x100c, &s), ERR_NOTFOUND);
	EXPECT_OK(p->ops->symbol_at(p, 0x1060, &s));
	EXPECT_STR(s.name, "Public1");
	EXPECT_EQ(s.kind, SYMBOL_PUBLIC);
	EXPECT_OK(p->ops->symbol_at(p, 0x1107, &s));
	EXPECT_STR(s.name, "first");
	EXPECT_OK(p->ops->symbol_at(p, 0x1108, &s));
	EXPECT_STR(s.name, "second name");
	/* behind the last function, below the next public name */
	EXPECT_ERR(p->ops->symbol_at(p, 0x2000, &s), ERR_NOTFOUND);
	EXPECT_OK(p->ops->symbol_at(p, 0x2170, &s));
	EXPECT_STR(s.name, "Public2_1");
	EXPECT_OK(breakpad_param_size(p, 0x2170, &params));
	EXPECT_EQ(params, 8);
	EXPECT_OK(breakpad_param_size(p, 0x1060, &params));
	EXPECT_EQ(params, 0xc);
}

TEST(bad_lines_are_counted)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	size_t bad;

	EXPECT_OK(open_text(sample, &p));
	EXPECT_OK(breakpad_bad_lines(p, &bad));
	EXPECT_EQ(bad, 3);
}

struct names {
	char text[256];
	size_t limit;
};

static bool add_name(void *arg, const struct symbol *s)
{
	struct names *n = arg;
	size_t len = strlen(n->text);

	(void)snprintf(n->text + len, sizeof(n->text) - len, "%s;", s->name);
	return --n->limit;
}

TEST(symbols_by_name)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct names all = { .limit = 99 }, one = { .limit = 1 };
	struct symbol s;

	EXPECT_OK(open_text(sample, &p));
	EXPECT_OK(p->ops->symbol_named(p, "Function1_1", &s));
	EXPECT_EQ(s.rva, 0x1000);
	EXPECT_OK(p->ops->symbol_named(p, "SECOND NAME", &s));
	EXPECT_EQ(s.rva, 0x1100);
	EXPECT_OK(p->ops->symbol_named(p, "Public2_1", &s));
	EXPECT_EQ(s.rva, 0x2160);
	EXPECT_ERR(p->ops->symbol_named(p, "Function", &s), ERR_NOTFOUND);
	EXPECT_OK(p->ops->symbols(p, "*1*", add_name, &all));
	EXPECT_STR(all.text, "Function1_1(int, char);Public1;Public2_1;");
	EXPECT_OK(p->ops->symbols(p, "*", add_name, &one));
	EXPECT_STR(one.text, "Function1_1(int, char);");
}

static bool first_line(void *arg, const struct source_line *line)
{
	*(struct source_line *)arg = *line;
	return false;
}

TEST(lines)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct source_line l = { 0 };

	EXPECT_OK(open_text(sample, &p));
	EXPECT_OK(p->ops->line_at(p, 0x1003, &l));
	EXPECT_STR(l.file, "c:\\src\\one.cc");
	EXPECT_EQ(l.line, 44);
	EXPECT_OK(p->ops->line_at(p, 0x1005, &l));
	EXPECT_STR(l.file, "c:\\src\\two.h");
	EXPECT_OK(p->ops->line_at(p, 0x1009, &l));
	EXPECT_EQ(l.line, 46);
	EXPECT_EQ(l.rva, 0x1008);
	EXPECT_EQ(l.size, 4);
	EXPECT_ERR(p->ops->line_at(p, 0x1109, &l), ERR_NOTFOUND); /* no FILE 9 */
	l = (struct source_line){ 0 };
	EXPECT_OK(p->ops->line_named(p, "src/TWO.H", 35, first_line, &l));
	EXPECT_EQ(l.rva, 0x1100);
	l = (struct source_line){ 0 };
	EXPECT_OK(p->ops->line_named(p, "wo.h", 35, first_line, &l));
	EXPECT(!l.file);
}

TEST(stack_win_records)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct x86_frame_data d;

	EXPECT_OK(open_text(sample, &p));
	EXPECT_OK(p->ops->x86_frame(p, 0x1007, &d));
	EXPECT_EQ(d.kind, X86_FRAME_DATA);
	EXPECT_STR(d.program, "inner");
	EXPECT_EQ(d.locals_size, 0x14);
	EXPECT_OK(p->ops->x86_frame(p, 0x1008, &d));
	EXPECT_STR(d.program, "$eip 4 + ^ = $esp $ebp 8 + =");
	EXPECT_EQ(d.params_size, 8);
	EXPECT_EQ(d.saved_regs_size, 4);
	EXPECT_EQ(d.prolog_size, 1);
	EXPECT_OK(p->ops->x86_frame(p, 0x1110, &d));
	EXPECT_EQ(d.kind, X86_FRAME_FPO);
	EXPECT(d.uses_ebp);
	EXPECT(!d.program);
	EXPECT_EQ(d.locals_size, 0xc);
	EXPECT_ERR(p->ops->x86_frame(p, 0x1120, &d), ERR_NOTFOUND);
}

/* --- inlined calls, in both spellings ------------------------------------------------ */

static const char inline_new[] =
	"MODULE Linux x86_64 BBA6FA10B8AAB33D00000000000000000 linux_inline\n"
	"FILE 0 a.cpp\nFILE 1 b.cpp\nFILE 2 c.cpp\nFILE 3 d.cpp\n"
	"INLINE_ORIGIN 0 bar()\nINLINE_ORIGIN 1 foo()\nINLINE_ORIGIN 2 func()\n"
	"FUNC 15b30 6cf 0 main\n"
	"INLINE 0 42 0 1 15b45 6b1\n"
	"INLINE 1 39 1 0 15b72 684 15b50 10\n"
	"INLINE 2 32 2 2 15b83 673\n"
	"15b30 15 41 0\n15b45 11 36 1\n15b56 2d 37 1\n15b83 a 9 3\n";

static const char inline_old[] =
	"MODULE Linux x86_64 BBA6FA10B8AAB33D00000000000000000 linux_inline\n"
	"FILE 0 a.cpp\nFILE 1 b.cpp\nFILE 2 c.cpp\nFILE 3 d.cpp\n"
	"INLINE_ORIGIN 0 2 bar()\nINLINE_ORIGIN 1 1 foo()\nINLINE_ORIGIN 2 3 func()\n"
	"FUNC 15b30 6cf 0 main\n"
	"INLINE 0 42 1 15b45 6b1\n"
	"INLINE 1 39 0 15b72 684 15b50 10\n"
	"INLINE 2 32 2 15b83 673\n"
	"15b30 15 41 0\n15b45 11 36 1\n15b56 2d 37 1\n15b83 a 9 3\n";

static void expect_site(const struct inline_site *s, const char *function, const char *file, uint32_t line,
			const char *call_file, uint32_t call_line)
{
	EXPECT_STR(s->function, function);
	EXPECT_STR(s->location.file, file);
	EXPECT_EQ(s->location.line, line);
	EXPECT_STR(s->call.file, call_file);
	EXPECT_EQ(s->call.line, call_line);
}

static void inlines_of(const char *text)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct inline_site *sites;
	size_t n;

	EXPECT_OK(open_text(text, &p));
	EXPECT_ERR(p->ops->inlines_at(p, 0x15b30, &a, &sites, &n), ERR_NOTFOUND);
	EXPECT_OK(p->ops->inlines_at(p, 0x15b45, &a, &sites, &n));
	EXPECT_EQ(n, 1);
	expect_site(&sites[0], "foo()", "b.cpp", 36, "a.cpp", 42);
	EXPECT_OK(p->ops->inlines_at(p, 0x15b84, &a, &sites, &n));
	EXPECT_EQ(n, 3);
	expect_site(&sites[0], "func()", "d.cpp", 9, "c.cpp", 32);
	expect_site(&sites[1], "bar()", "c.cpp", 32, "b.cpp", 39);
	expect_site(&sites[2], "foo()", "b.cpp", 39, "a.cpp", 42);
	EXPECT_EQ(sites[1].rva, 0x15b72);
	EXPECT_OK(p->ops->inlines_at(p, 0x15b51, &a, &sites, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(sites[0].rva, 0x15b50);
	EXPECT_EQ(sites[0].size, 0x10);
}

TEST(inlines_new_spelling)
{
	inlines_of(inline_new);
}

TEST(inlines_old_spelling)
{
	inlines_of(inline_old);
}

/* --- STACK CFI ---------------------------------------------------------------------------- */

struct stack_memory {
	uint64_t base;
	const uint8_t *bytes;
	size_t size;
};

static size_t read_stack(void *arg, uint64_t address, void *buf, size_t len)
{
	const struct stack_memory *m = arg;
	size_t n;

	if (address < m->base || address - m->base >= m->size)
		return 0;
	n = m->size - (size_t)(address - m->base);
	n = n < len ? n : len;
	memcpy(buf, m->bytes + (address - m->base), n);
	return n;
}

static const struct arch x64 = { .name = "x64", .machine = MACHINE_X64, .pointer_size = 8, .ip = X64_RIP,
				 .sp = X64_RSP, .fp = X64_RBP };
static const struct arch x86 = { .name = "x86", .machine = MACHINE_X86, .pointer_size = 4, .ip = X86_EIP,
				 .sp = X86_ESP, .fp = X86_EBP };
static const struct arch arm64 = { .name = "arm64", .machine = MACHINE_ARM64, .pointer_size = 8,
				   .ip = ARM64_PC, .sp = ARM64_SP, .fp = ARM64_X29, .ra = ARM64_LR };

static const char cfi_x64[] =
	"MODULE Linux x86_64 0 x\n"
	"STACK CFI INIT 100 40 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n"
	"STACK CFI 101 .cfa: $rsp 16 + $rbp: .cfa -16 + ^\n"
	"STACK CFI 104 .cfa: $rbp 16 +\n"
	"STACK CFI INIT 200 10 .cfa: $rsp 8 + .ra: .undef\n"
	"STACK CFI INIT 300 10 .cfa: $rsp 8 +\n"
	"STACK CFI INIT 400 10 .cfa: $rsp 8 - .ra: .cfa -8 + ^\n"
	"STACK CFI INIT 500 10 .cfa: $rax 8 + .ra: .cfa -8 + ^\n"
	"STACK CFI INIT 600 10 .cfa: $rsp 8 + .ra: .cfa -8 + ^ $rbx: 7 3 % 10 * 100 4 / + $r12: .undef $r13: $rsp 4096 @\n"
	"STACK CFI INIT 700 10 .cfa: $rsp + .ra: 1\n"
	"FUNC 100 40 0 f\n"
	"STACK CFI 602 $rbx: 77\n";

static void put64(uint8_t *p, uint64_t v)
{
	for (unsigned i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static struct regs callee_at(uint64_t ip)
{
	struct regs r = { .arch = &x64 };

	regs_set(&r, X64_RIP, ip);
	regs_set(&r, X64_RSP, 0x7000);
	regs_set(&r, X64_RBP, 0x7010);
	regs_set(&r, X64_RBX, 0xb);
	regs_set(&r, X64_R12, 0x12);
	regs_set(&r, X64_RDI, 0xd1);
	return r;
}

TEST(cfi_follows_the_deltas)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	uint8_t stack[64] = { 0 };
	struct stack_memory sm = { 0x7000, stack, sizeof(stack) };
	struct arch_memory m = { read_stack, &sm };
	struct unwind_result u;
	struct regs callee, caller;

	put64(stack, 0x1111);
	put64(stack + 8, 0x2222);
	put64(stack + 0x10, 0x3333);
	put64(stack + 0x18, 0x4444);
	EXPECT_OK(open_text(cfi_x64, &p));
	callee = callee_at(0x400100);
	EXPECT_OK(p->ops->unwind(p, 0x400000, true, &m, &callee, &caller, &u));
	EXPECT_EQ(regs_ip(&caller), 0x1111);
	EXPECT_EQ(regs_sp(&caller), 0x7008);
	EXPECT_EQ(u.return_slot, 0x7000);
	EXPECT_EQ(u.trust, TRUST_CFI);
	EXPECT_EQ(caller.v[X64_RBP], 0x7010);
	EXPECT_EQ(caller.v[X64_RBX], 0xb);
	EXPECT(!regs_has(&caller, X64_RDI));
	/* a return address belongs to the instruction before it */
	callee = callee_at(0x400101);
	EXPECT_OK(p->ops->unwind(p, 0x400000, false, &m, &callee, &caller, &u));
	EXPECT_EQ(regs_ip(&caller), 0x1111);
	EXPECT_OK(p->ops->unwind(p, 0x400000, true, &m, &callee, &caller, &u));
	EXPECT_EQ(regs_ip(&caller), 0x2222);
	EXPECT_EQ(caller.v[X64_RBP], 0x1111);
	callee = callee_at(0x40013f);
	EXPECT_OK(p->ops->unwind(p, 0x400000, true, &m, &callee, &caller, &u));
	EXPECT_EQ(u.frame, 0x7020);
	EXPECT_EQ(regs_ip(&caller), 0x4444);
	EXPECT_EQ(caller.v[X64_RBP], 0x3333);
	callee = callee_at(0x400140);
	EXPECT_ERR(p->ops->unwind(p, 0x400000, true, &m, &callee, &caller, &u), ERR_NOTFOUND);
}

TEST(cfi_operators_and_what_is_not_known)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	uint8_t stack[64] = { 0 };
	struct stack_memory sm = { 0x7000, stack, sizeof(stack) };
	struct arch_memory m = { read_stack, &sm };
	struct unwind_result u;
	struct regs callee = callee_at(0x600), caller;

	EXPECT_OK(open_text(cfi_x64, &p));
	EXPECT_OK(p->ops->unwind(p, 0, true, &m, &callee, &caller, &u));
	EXPECT_EQ(caller.v[X64_RBX], 35);
	EXPECT(!regs_has(&caller, X64_R12));
	EXPECT_EQ(caller.v[X64_R13], 0x7000);
	callee = callee_at(0x602); /* a delta that stands elsewhere in the file */
	EXPECT_OK(p->ops->unwind(p, 0, true, &m, &callee, &caller, &u));
	EXPECT_EQ(caller.v[X64_RBX], 77);
	callee = callee_at(0x200);
	EXPECT_OK(p->ops->unwind(p, 0, true, &m, &callee, &caller, &u));
	EXPECT(u.end && !regs_has(&caller, X64_RIP));
	callee = callee_at(0x300);
	EXPECT_ERR(p->ops->unwind(p, 0, true, &m, &callee, &caller, &u), ERR_CORRUPT);
	callee = callee_at(0x400);
	EXPECT_ERR(p->ops->unwind(p, 0, true, &m, &callee, &caller, &u), ERR_FAULT);
	callee = callee_at(0x500);
	EXPECT_ERR(p->ops->unwind(p, 0, true, &m, &callee, &caller, &u), ERR_NOTFOUND);
	callee = callee_at(0x700);
	EXPECT_ERR(p->ops->unwind(p, 0, true, &m, &callee, &caller, &u), ERR_CORRUPT);
}

TEST(cfi_must_go_up)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	uint8_t stack[64] = { 0 };
	struct stack_memory sm = { 0x6ff0, stack, sizeof(stack) };
	struct arch_memory m = { read_stack, &sm };
	struct unwind_result u;
	struct regs callee = callee_at(0x400), caller;

	EXPECT_OK(open_text(cfi_x64, &p));
	EXPECT_ERR(p->ops->unwind(p, 0, true, &m, &callee, &caller, &u), ERR_CORRUPT);
}

TEST(cfi_of_other_machines)
{
	static const char text32[] = "MODULE Linux x86 0 x\n"
		"STACK CFI INIT 10 8 .cfa: $esp 8 + .ra: .cfa 4 - ^ $ebp: .cfa 8 - ^\n";
	static const char text_arm64[] = "MODULE Linux arm64 0 x\n"
		"STACK CFI INIT 10 8 .cfa: sp 32 + .ra: x30 x19: .cfa -16 + ^ x29: .cfa -32 + ^\n";
	CLEANUP(provider_unrefp) struct provider *p32 = NULL;
	CLEANUP(provider_unrefp) struct provider *p64 = NULL;
	uint8_t stack[32] = { 1, 0, 0, 0, 2, 0, 0, 0 };
	struct stack_memory sm = { 0x7000, stack, sizeof(stack) };
	struct arch_memory m = { read_stack, &sm };
	struct regs callee = { .arch = &x86 }, caller;
	struct unwind_result u;

	EXPECT_OK(open_text(text32, &p32));
	regs_set(&callee, X86_EIP, 0x10);
	regs_set(&callee, X86_ESP, 0x7000);
	EXPECT_OK(p32->ops->unwind(p32, 0, true, &m, &callee, &caller, &u));
	EXPECT_EQ(regs_ip(&caller), 2);
	EXPECT_EQ(caller.v[X86_EBP], 1);
	EXPECT_OK(open_text(text_arm64, &p64));
	EXPECT_ERR(p64->ops->unwind(p64, 0, true, &m, &callee, &caller, &u), ERR_NOTFOUND);
	callee = (struct regs){ .arch = &arm64 };
	regs_set(&callee, ARM64_PC, 0x10);
	regs_set(&callee, ARM64_SP, 0x7000);
	regs_set(&callee, ARM64_LR, 0x999);
	EXPECT_OK(p64->ops->unwind(p64, 0, true, &m, &callee, &caller, &u));
	EXPECT_EQ(regs_ip(&caller), 0x999);
	EXPECT_EQ(u.return_slot, 0);
	EXPECT_EQ(caller.v[ARM64_X29], 0x200000001);
	EXPECT_EQ(regs_sp(&caller), 0x7020);
}

TEST(hostile_files)
{
	struct provider *p = NULL;

	EXPECT_ERR(open_text("", &p), ERR_CORRUPT);
	EXPECT_ERR(open_text("MODULES x", &p), ERR_CORRUPT);
	EXPECT_ERR(open_text("MODULE Linux x86\n", &p), ERR_CORRUPT);
	for (size_t n = 0; n < sizeof(sample); n += 3) {
		struct source *src = NULL;
		struct symbol s;

		p = NULL;
		EXPECT_OK(source_from_memory("cut", sample, n, &src));
		if (err_ignore(breakpad_open_source(src, &p))) {
			source_destroy(src);
			continue;
		}
		(void)err_ignore(p->ops->symbol_at(p, 0x1000, &s));
		provider_unref(p);
	}
}

/* --- fixtures ---------------------------------------------------------------------------------- */

static const char *fixtures(void)
{
	static const char *const tries[] = { "../shared/fixtures", "../../shared/fixtures",
					     "../../../shared/fixtures" };
	const char *env = getenv("OSMOSIS_FIXTURES");

	for (size_t i = 0; !env && i < ARRAY_SIZE(tries); i++)
		if (access(tries[i], R_OK) == 0)
			return tries[i];
	return env ? env : tries[2];
}

struct counts {
	size_t files, funcs, publics, lines, win, cfi, wrong;
};

/* What a first pass saw: files that have a name, addresses with several FUNCs
 * (folded functions: any one's lines may answer). */
struct seen {
	struct u64map files, funcs, folded;
	char name[4096];	/* of the last FUNC; its parts */
	unsigned long long parts[64][2];
	unsigned n_parts;
};

static void see_part(struct seen *seen, const char *name, unsigned long long rva, unsigned long long size)
{
	if (strcmp(seen->name, name) != 0 || seen->n_parts == 64)
		seen->n_parts = 0;
	(void)snprintf(seen->name, sizeof(seen->name), "%s", name);
	seen->parts[seen->n_parts][0] = rva;
	seen->parts[seen->n_parts++][1] = u64map_has(&seen->folded, rva) ? 0 : size;
}

static bool in_part(const struct seen *seen, unsigned long long rva)
{
	for (unsigned i = 0; i < seen->n_parts; i++)
		if (rva >= seen->parts[i][0] && rva - seen->parts[i][0] < seen->parts[i][1])
			return true;
	return false;
}

static void see_line(struct seen *seen, const char *line)
{
	unsigned long long n;

	if (sscanf(line, "FILE %llu", &n) == 1)
		(void)u64map_put(&seen->files, n, NULL);
	if (sscanf(line, "FUNC %llx", &n) == 1 || sscanf(line, "FUNC m %llx", &n) == 1)
		(void)u64map_put(u64map_has(&seen->funcs, n) ? &seen->folded : &seen->funcs, n, NULL);
}

/* A second reading of the file, line by line with sscanf. */
static void check_line(struct provider *p, const char *line, struct seen *seen, struct counts *c)
{
	unsigned long long rva, size, params, number, file, type, v[8];
	struct x86_frame_data d;
	struct source_line l;
	struct symbol s;
	bool ok = true;
	char name[4096];

	if (sscanf(line, "FUNC %llx %llx %llx %4095[^\r\n]", &rva, &size, &params, name) == 4 ||
	    sscanf(line, "FUNC m %llx %llx %llx %4095[^\r\n]", &rva, &size, &params, name) == 4) {
		see_part(seen, name, rva, size);
		if (!size)
			return;
		ok = !err_ignore(p->ops->symbol_at(p, rva, &s)) && s.rva == rva && s.kind == SYMBOL_FUNCTION;
		c->funcs++;
	} else if (sscanf(line, "PUBLIC %llx %llx %4095[^\r\n]", &rva, &params, name) == 3) {
		ok = !err_ignore(p->ops->symbol_at(p, rva, &s)) && s.rva <= rva;
		c->publics++;
	} else if (sscanf(line, "STACK WIN %llx %llx %llx %llx %llx %llx", &type, &rva, &size, &v[0], &v[1],
			  &v[2]) == 6) {
		if (!size)
			return;
		ok = !err_ignore(p->ops->x86_frame(p, rva, &d)) && d.size && rva - d.rva < d.size;
		c->win++;
	} else if (str_starts(line, "STACK CFI INIT")) {
		c->cfi++;
	} else if (seen->n_parts && sscanf(line, "%llx %llx %llu %llu", &rva, &size, &number, &file) == 4) {
		if (!size || !number || !in_part(seen, rva) || !u64map_has(&seen->files, file))
			return;
		ok = !err_ignore(p->ops->line_at(p, rva, &l)) && l.rva == rva && l.line == number;
		c->lines++;
	}
	if (!ok && c->wrong++ < 5)
		(void)fprintf(stderr, "%s: %s", p->path, line);
}

static void check_file(const char *path, struct counts *c)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0, bad = 0;
	struct seen seen = { 0 };

	while (f && getline(&line, &cap, f) > 0)
		see_line(&seen, line);
	if (f)
		rewind(f);
	if (f && !err_ignore(breakpad_open(path, &p))) {
		while (getline(&line, &cap, f) > 0)
			check_line(p, line, &seen, c);
		c->files++;
		if (err_ignore(breakpad_bad_lines(p, &bad)) || bad)
			(void)printf("%s: %zu bad lines\n", path, bad);
	}
	free(line);
	u64map_deinit(&seen.files);
	u64map_deinit(&seen.funcs);
	u64map_deinit(&seen.folded);
	if (f)
		(void)fclose(f);
}

TEST(fixtures_read_twice)
{
	static const char *const patterns[] = {
		"google-breakpad/src/processor/testdata/symbols/*/*/*.sym",
		"google-breakpad/src/processor/testdata/symbols/*/*/*/*.sym",
		"google-breakpad/src/processor/testdata/module[012].out",
		"google-breakpad/src/tools/windows/dump_syms/testdata/*.sym",
		"getsentry-symbolic/*/*/*/*.sym", "llvm-*/lldb/test/Shell/Minidump/Inputs/*.syms",
	};
	struct counts c = { 0 };

	if (access(fixtures(), R_OK) != 0) {
		(void)printf("skipped: no fixtures at %s\n", fixtures());
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		char pattern[4200];
		glob_t g;

		(void)snprintf(pattern, sizeof(pattern), "%s/%s", fixtures(), patterns[i]);
		if (glob(pattern, 0, NULL, &g) == 0)
			for (size_t k = 0; k < g.gl_pathc; k++)
				check_file(g.gl_pathv[k], &c);
		globfree(&g);
	}
	(void)printf("%zu symbol files: %zu functions, %zu public names, %zu lines, %zu STACK WIN, "
		     "%zu STACK CFI INIT; %zu differ\n", c.files, c.funcs, c.publics, c.lines, c.win, c.cfi,
		     c.wrong);
	EXPECT(c.files > 0);
	EXPECT_EQ(c.wrong, 0);
}

TESTS(identity_without_an_index, symbols_by_address, bad_lines_are_counted, symbols_by_name, lines,
      stack_win_records, inlines_new_spelling, inlines_old_spelling, cfi_follows_the_deltas,
      cfi_operators_and_what_is_not_known, cfi_must_go_up, cfi_of_other_machines, hostile_files,
      fixtures_read_twice)
