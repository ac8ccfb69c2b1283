/* SPDX-License-Identifier: MIT */
/* The PDB provider over PDBs built here; real ones are compared in conf-pdb.py. */
#include "base/arena.h"
#include "symbol/pdb.h"
#include "unit/pdb-build.h"
#include "unit/test.h"

static struct err *open_built(struct pdb_build *b, struct provider **ret)
{
	struct source *src;

	pdb_build(b);
	TRY(source_from_memory("built.pdb", b->file.p, b->file.n, &src));
	return pdb_open_source(src, ret);
}

#define BUILD(...)                                                             \
	struct pdb_build b = { __VA_ARGS__ };                                  \
	struct provider *p = NULL;                                             \
	EXPECT_OK(open_built(&b, &p))

#define DONE                                                                   \
	do {                                                                   \
		provider_unref(p);                                             \
		pdb_build_free(&b);                                            \
	} while (0)

TEST(identity_is_that_of_the_dbi_stream)
{
	BUILD(.x86 = false);
	struct pdb_identity id = pdb_identity(p);

	EXPECT_EQ(id.age, 5);
	EXPECT_EQ(id.info_age, 7);
	EXPECT_EQ(id.guid[15], 0xaf);
	EXPECT_EQ(id.machine, MACHINE_X64);
	EXPECT(pdb_matches(p, id.guid, 5));
	EXPECT(!pdb_matches(p, id.guid, 7));
	id.guid[3]++;
	EXPECT(!pdb_matches(p, id.guid, 5));
	EXPECT(p->is_private && p->has_types && p->has_lines && provider_is_pdb(p));
	EXPECT_STR(p->note, "private pdb symbols");
	DONE;
}

static void expect_symbol(struct provider *p, uint64_t at, uint64_t rva, uint64_t size,
			  enum symbol_kind kind, const char *name)
{
	struct symbol s;

	EXPECT_OK(p->ops->symbol_at(p, at, &s));
	EXPECT_STR(s.name, name);
	EXPECT_EQ(s.rva, rva);
	EXPECT_EQ(s.size, size);
	EXPECT_EQ(s.kind, kind);
}

TEST(symbols_by_address)
{
	BUILD(.x86 = false);
	struct symbol s;

	expect_symbol(p, 0x1010, 0x1010, 0x40, SYMBOL_FUNCTION, "work");
	expect_symbol(p, 0x104f, 0x1010, 0x40, SYMBOL_FUNCTION, "work");
	expect_symbol(p, 0x1052, 0x1010, 0x40, SYMBOL_FUNCTION, "work"); /* padding */
	expect_symbol(p, 0x1065, 0x1060, 0x10, SYMBOL_FUNCTION, "hidden");
	expect_symbol(p, 0x1071, 0x1070, 8, SYMBOL_FUNCTION, "imported");
	expect_symbol(p, 0x107c, 0x107a, 0, SYMBOL_LABEL, "landing");
	expect_symbol(p, 0x1085, 0x1080, 0, SYMBOL_PUBLIC, "_start");
	expect_symbol(p, 0x1fff, 0x1090, 0, SYMBOL_PUBLIC, "NtAlpha"); /* first of two names */
	expect_symbol(p, 0x3044, 0x3040, 24, SYMBOL_DATA, "table");
	EXPECT_ERR(p->ops->symbol_at(p, 0x100f, &s), ERR_NOTFOUND);
	EXPECT_ERR(p->ops->symbol_at(p, 0x3010, &s), ERR_NOTFOUND);
	EXPECT_ERR(p->ops->symbol_at(p, 0x9000, &s), ERR_NOTFOUND);
	EXPECT_ERR(p->ops->symbol_at(p, UINT64_MAX, &s), ERR_NOTFOUND);
	DONE;
}

TEST(stripped_files_have_publics)
{
	BUILD(.stripped = true);

	EXPECT(!p->is_private && !p->has_lines);
	EXPECT_STR(p->note, "pdb symbols");
	DONE;
}

TEST(symbols_by_name)
{
	BUILD(.x86 = false);
	struct symbol s;

	EXPECT_OK(p->ops->symbol_named(p, "work", &s));
	EXPECT_EQ(s.rva, 0x1010);
	EXPECT_EQ(s.type.id, 0x1007);
	EXPECT_OK(p->ops->symbol_named(p, "HIDDEN", &s));
	EXPECT_STR(s.name, "hidden");
	EXPECT_OK(p->ops->symbol_named(p, "limit", &s));
	EXPECT(s.kind == SYMBOL_CONSTANT && s.value == -70000);
	EXPECT_OK(p->ops->symbol_named(p, "?work@@YAHHPEAUnode@@@Z", &s));
	EXPECT_EQ(s.kind, SYMBOL_PUBLIC);
	EXPECT_STR(s.name, "work");
	EXPECT_OK(p->ops->symbol_named(p, "_start", &s)); /* with one underscore less */
	EXPECT_EQ(s.rva, 0x1080);
	EXPECT_OK(p->ops->symbol_named(p, "zwalpha", &s)); /* by the display names */
	EXPECT_EQ(s.rva, 0x1090);
	EXPECT_ERR(p->ops->symbol_named(p, "nothing", &s), ERR_NOTFOUND);
	DONE;
}

TEST(x86_publics_lose_their_decoration)
{
	BUILD(.x86 = true);
	struct symbol s;

	expect_symbol(p, 0x1082, 0x1080, 0, SYMBOL_PUBLIC, "start");
	EXPECT_OK(p->ops->symbol_named(p, "start", &s));
	EXPECT_EQ(s.rva, 0x1080);
	DONE;
}

static bool join_names(void *arg, const struct symbol *s)
{
	struct strbuf *sb = arg;

	strbuf_addf(sb, "%s,", s->name);
	return sb->len < 60;
}

TEST(patterns_show_each_symbol_once)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	BUILD(.x86 = false);

	EXPECT_OK(p->ops->symbols(p, "*", join_names, &sb));
	EXPECT_STR(sb.s, "work,hidden,table,limit,_start,NtAlpha,ZwAlpha,");
	strbuf_reset(&sb);
	EXPECT_OK(p->ops->symbols(p, "?talpha", join_names, &sb));
	EXPECT_STR(sb.s, "NtAlpha,");
	strbuf_reset(&sb);
	EXPECT_OK(p->ops->symbols(p, "WORK", join_names, &sb));
	EXPECT_STR(sb.s, "work,");
	DONE;
}

/* --- lines ---------------------------------------------------------------------------- */

TEST(lines_by_address)
{
	BUILD(.x86 = false);
	struct source_line l;

	EXPECT_OK(p->ops->line_at(p, 0x1025, &l));
	EXPECT_STR(l.file, "c:\\src\\a.c");
	EXPECT_EQ(l.line, 11);
	EXPECT_EQ(l.column, 5);
	EXPECT_EQ(l.rva, 0x1020);
	EXPECT_EQ(l.size, 0x10);
	EXPECT_OK(p->ops->line_at(p, 0x104f, &l));
	EXPECT_EQ(l.line, 14);
	EXPECT_EQ(l.size, 8);
	EXPECT_ERR(p->ops->line_at(p, 0x1041, &l), ERR_NOTFOUND); /* 0xfeefee */
	EXPECT_ERR(p->ops->line_at(p, 0x1060, &l), ERR_NOTFOUND);
	DONE;
}

static bool take_line(void *arg, const struct source_line *l)
{
	*(struct source_line *)arg = *l;
	return true;
}

TEST(addresses_of_lines)
{
	BUILD(.x86 = false);
	struct source_line l = { 0 };

	EXPECT_OK(p->ops->line_named(p, "A.C", 12, take_line, &l));
	EXPECT_EQ(l.rva, 0x1030);
	l.rva = 0;
	EXPECT_OK(p->ops->line_named(p, "src/a.c", 10, take_line, &l));
	EXPECT_EQ(l.rva, 0x1010);
	l.rva = 0;
	EXPECT_OK(p->ops->line_named(p, "rc/a.c", 10, take_line, &l));
	EXPECT_OK(p->ops->line_named(p, "a.c", 13, take_line, &l));
	EXPECT_EQ(l.rva, 0);
	DONE;
}

TEST(inlined_functions)
{
	struct arena a = ARENA_INIT;
	struct inline_site *s;
	size_t n;
	BUILD(.x86 = false);

	EXPECT_OK(p->ops->inlines_at(p, 0x1035, &a, &s, &n));
	EXPECT_EQ(n, 1);
	EXPECT_STR(s[0].function, "ns::helper");
	EXPECT_EQ(s[0].rva, 0x1030);
	EXPECT_EQ(s[0].size, 10);
	EXPECT_EQ(s[0].location.line, 22);
	EXPECT_EQ(s[0].location.rva, 0x1034);
	EXPECT_EQ(s[0].location.size, 6);
	EXPECT_STR(s[0].location.file, "c:\\src\\a.h");
	EXPECT_OK(p->ops->inlines_at(p, 0x1030, &a, &s, &n));
	EXPECT_EQ(s[0].location.line, 21);
	EXPECT_ERR(p->ops->inlines_at(p, 0x103a, &a, &s, &n), ERR_NOTFOUND);
	EXPECT_ERR(p->ops->inlines_at(p, 0x1060, &a, &s, &n), ERR_NOTFOUND);
	arena_deinit(&a);
	DONE;
}

/* --- variables -------------------------------------------------------------------------- */

static size_t no_memory(void *arg, uint64_t address, void *buf, size_t len)
{
	return 0;
}

/* Register n holds (n + 1) * 0x10000. */
static struct err *locals_at(struct provider *p, uint64_t rva, uint64_t scope, struct arena *a,
			     struct variable **ret, size_t *ret_n)
{
	static const struct arch arch = { .name = "test" };
	struct arch_memory memory = { no_memory, NULL };
	struct regs regs = { .arch = &arch, .valid = UINT64_MAX };
	struct frame_context f = { .rva = rva, .module_base = 0x400000, .regs = &regs,
				   .memory = &memory, .scope = scope };

	for (unsigned i = 0; i < ARCH_MAX_REGS; i++)
		regs.v[i] = (i + 1) * 0x10000ull + 0x4321;
	return p->ops->locals(p, &f, a, ret, ret_n);
}

static const struct variable *named(const struct variable *v, size_t n, const char *name)
{
	static const struct variable none = { .name = "", .location = (enum location_kind)99 };

	for (size_t i = 0; i < n; i++)
		if (!strcmp(v[i].name, name))
			return &v[i];
	return &none;
}

TEST(variables_have_places)
{
	const uint64_t rsp = (X64_RSP + 1) * 0x10000 + 0x4321;
	struct arena a = ARENA_INIT;
	struct variable *v;
	size_t n;
	BUILD(.x86 = false);

	EXPECT_OK(locals_at(p, 0x1018, 0, &a, &v, &n));
	EXPECT_EQ(n, 7);
	EXPECT_STR(v[0].name, "count");
	EXPECT(v[0].is_parameter && v[0].location == LOCATION_ADDRESS);
	EXPECT_EQ(v[0].value, rsp + 0x30);
	EXPECT(v[1].is_parameter && v[1].type.id == 0x1001);
	EXPECT(!named(v, n, "sum")->is_parameter);
	EXPECT_EQ(named(v, n, "calls")->value, 0x403020);
	EXPECT_EQ(named(v, n, "where")->location, LOCATION_REGISTER);
	EXPECT_EQ(named(v, n, "where")->reg, X64_RCX); /* CodeView's order is rax, rbx, rcx, rdx */
	EXPECT_EQ(named(v, n, "fast")->location, LOCATION_REGISTER);
	EXPECT_EQ(named(v, n, "fast")->reg, X64_RBX);
	EXPECT_EQ(named(v, n, "gone")->location, LOCATION_NONE);
	EXPECT_STR(named(v, n, "gone")->reason, "optimised away");
	EXPECT_OK(locals_at(p, 0x1015, 0, &a, &v, &n)); /* in the gap */
	EXPECT_EQ(named(v, n, "fast")->location, LOCATION_NONE);
	arena_deinit(&a);
	DONE;
}

TEST(variables_of_blocks_and_inlined_functions)
{
	const uint64_t rsp = (X64_RSP + 1) * 0x10000 + 0x4321;
	struct arena a = ARENA_INIT;
	struct inline_site *s;
	struct variable *v;
	size_t n;
	BUILD(.x86 = false);

	EXPECT_OK(locals_at(p, 0x1022, 0, &a, &v, &n));
	EXPECT_EQ(named(v, n, "fast")->value, rsp + 8);
	EXPECT_STR(named(v, n, "inner")->name, "");
	EXPECT_OK(locals_at(p, 0x1032, 0, &a, &v, &n));
	EXPECT_EQ(named(v, n, "fast")->location, LOCATION_NONE);
	EXPECT_EQ(named(v, n, "inner")->location, LOCATION_NONE); /* older record behind S_LOCALs */
	EXPECT_STR(named(v, n, "v")->name, "");
	EXPECT_OK(p->ops->inlines_at(p, 0x1032, &a, &s, &n));
	EXPECT_OK(locals_at(p, 0x1032, s[0].scope, &a, &v, &n));
	EXPECT_EQ(n, 1);
	EXPECT_STR(v[0].name, "v");
	EXPECT(v[0].is_parameter && v[0].location == LOCATION_REGISTER && v[0].reg == X64_RDX);
	EXPECT_ERR(locals_at(p, 0x1032, s[0].scope + 4, &a, &v, &n), ERR_NOTFOUND);
	EXPECT_ERR(locals_at(p, 0x1085, 0, &a, &v, &n), ERR_NOTFOUND);
	arena_deinit(&a);
	DONE;
}

TEST(x86_variables)
{
	const uint64_t ebp = (X86_EBP + 1) * 0x10000 + 0x4321;
	struct arena a = ARENA_INIT;
	struct variable *v;
	size_t n;
	BUILD(.x86 = true);

	EXPECT_OK(locals_at(p, 0x1020, 0, &a, &v, &n));
	EXPECT_EQ(named(v, n, "sum")->value, ebp + 0x20);
	EXPECT_EQ(named(v, n, "where")->location, LOCATION_VALUE); /* ah */
	EXPECT_EQ(named(v, n, "where")->value, 0x43);
	arena_deinit(&a);
	DONE;
}

/* --- types -------------------------------------------------------------------------------- */

static void expect_types(struct provider *p)
{
	struct arena a = ARENA_INIT;
	struct type_member *m;
	struct type_enumerator *e;
	struct type_ref t, *params;
	struct type_info info;
	size_t n;

	EXPECT_OK(p->ops->type_named(p, "node", &t));
	EXPECT_EQ(t.id, 0x1005);
	EXPECT_OK(p->ops->type_info(p, 0x1000, &info)); /* the declaration tells the definition */
	EXPECT(info.kind == TYPE_STRUCT && info.size == 32 && !info.flags);
	EXPECT_OK(p->ops->type_members(p, 0x1000, &a, &m, &n));
	EXPECT_EQ(n, 4);
	EXPECT_STR(m[0].name, "next");
	EXPECT_EQ(m[0].type.id, 0x1001);
	EXPECT(m[1].offset == 8 && m[1].bit_offset == 3 && m[1].bit_size == 5 && m[1].type.id == 0x74);
	EXPECT(m[2].kind == MEMBER_METHOD && !strcmp(m[2].name, "go"));
	EXPECT(m[3].offset == 24 && !strcmp(m[3].name, "tail"));
	EXPECT_OK(p->ops->type_enumerators(p, 0x1009, &a, &e, &n));
	EXPECT_EQ(n, 2);
	EXPECT(e[0].value == -1 && e[1].value == 70000 && !strcmp(e[1].name, "BIG"));
	EXPECT_OK(p->ops->type_info(p, 0x1009, &info));
	EXPECT(info.kind == TYPE_ENUM && info.size == 4 && info.element.id == 0x74);
	EXPECT_OK(p->ops->type_info(p, 0x100a, &info));
	EXPECT(info.kind == TYPE_ARRAY && info.count == 6 && info.size == 24);
	EXPECT_OK(type_strip((struct type_ref){ p, 0x100b }, &t, &info));
	EXPECT(t.id == 0x1005 && info.kind == TYPE_STRUCT);
	EXPECT_OK(p->ops->type_params(p, 0x1007, &a, &params, &n));
	EXPECT(n == 2 && params[1].id == 0x1001);
	EXPECT_OK(p->ops->type_named(p, "node_t", &t));
	EXPECT_EQ(t.id, 0x1005);
	EXPECT_OK(p->ops->type_named(p, "Colour", &t)); /* no case */
	EXPECT_EQ(t.id, 0x1009);
	EXPECT_ERR(p->ops->type_named(p, "nothing", &t), ERR_NOTFOUND);
	EXPECT_ERR(p->ops->type_info(p, 0x2000, &info), ERR_CORRUPT);
	EXPECT_ERR(p->ops->type_members(p, 0x1001, &a, &m, &n), ERR_CORRUPT);
	arena_deinit(&a);
}

TEST(types_by_hash_and_by_scan)
{
	for (int no_hash = 0; no_hash < 2; no_hash++) {
		BUILD(.no_hash = no_hash);

		expect_types(p);
		DONE;
	}
}

TEST(simple_types_need_no_record)
{
	struct type_ref t;
	struct type_info info;
	BUILD(.x86 = false);

	EXPECT_OK(p->ops->type_info(p, 0x22, &info));
	EXPECT(info.kind == TYPE_UINT && info.size == 4);
	EXPECT_STR(info.name, "unsigned long");
	EXPECT_OK(p->ops->type_info(p, 0x603, &info));
	EXPECT(info.kind == TYPE_POINTER && info.size == 8 && info.element.id == 3);
	EXPECT_OK(p->ops->type_info(p, 0x474, &info));
	EXPECT(info.kind == TYPE_POINTER && info.size == 4);
	EXPECT_OK(p->ops->type_named(p, "unsigned __int64", &t));
	EXPECT_EQ(t.id, 0x77);
	EXPECT_ERR(p->ops->type_info(p, 0, &info), ERR_NOTFOUND);
	EXPECT_ERR(p->ops->type_info(p, 0xff, &info), ERR_UNSUPPORTED);
	DONE;
}

static bool join_types(void *arg, struct type_ref t, const char *name)
{
	strbuf_addf(arg, "%s,", name);
	return true;
}

TEST(type_patterns)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	BUILD(.x86 = false);

	EXPECT_OK(p->ops->types(p, "*o*", join_types, &sb));
	EXPECT_STR(sb.s, "node,colour,node_t,");
	DONE;
}

/* --- frames and rearranged images ------------------------------------------------------------ */

TEST(framedata_is_preferred_to_fpo)
{
	struct x86_frame_data d;
	BUILD(.x86 = true);

	EXPECT_OK(p->ops->x86_frame(p, 0x1020, &d));
	EXPECT(d.kind == X86_FRAME_DATA && d.rva == 0x1010 && d.size == 0x40);
	EXPECT(d.locals_size == 0x28 && d.params_size == 8 && d.prolog_size == 3 && d.saved_regs_size == 4);
	EXPECT(d.is_start && !d.has_seh);
	EXPECT_STR(d.program, "$T0 .raSearch = $eip $T0 ^ = $esp $T0 4 + =");
	EXPECT_OK(p->ops->x86_frame(p, 0x106f, &d));
	EXPECT(d.kind == X86_FRAME_FPO && d.rva == 0x1060 && !d.program);
	EXPECT(d.locals_size == 12 && d.params_size == 8 && d.prolog_size == 5);
	EXPECT(d.saved_regs_size == 4 && d.uses_ebp);
	EXPECT_ERR(p->ops->x86_frame(p, 0x1070, &d), ERR_NOTFOUND);
	DONE;
}

TEST(decorated_names)
{
	static const struct {
		const char *name;
		int size;
	} names[] = {
		{ "_wait@12", 12 }, { "wait@8", 8 }, { "@fast@12", 4 }, { "@fast@4", 0 }, { "_none@0", 0 },
		{ "_plain", -1 }, { "?f@@YAXXZ", -1 }, { "?f@1", -1 }, { "vector@@16", -1 }, { "_at@", -1 },
		{ "_at@1x", -1 }, { "@12", -1 }, { "_big@99999999999", -1 }, { "", -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		uint32_t n = 1;

		EXPECT_EQ(decorated_param_size(names[i].name, &n), names[i].size >= 0);
		if (names[i].size >= 0)
			EXPECT_EQ(n, names[i].size);
	}
}

TEST(procedures_with_decorated_names)
{
	uint32_t n = 0;
	BUILD(.x86 = true);

	EXPECT_OK(p->ops->param_size(p, 0x1085, &n));
	EXPECT_EQ(n, 8);
	EXPECT_ERR(p->ops->param_size(p, 0x1020, &n), ERR_NOTFOUND); /* a C++ name */
	EXPECT_ERR(p->ops->param_size(p, 0x9000, &n), ERR_NOTFOUND);
	DONE;
}

TEST(frame_sizes_are_of_x64)
{
	struct fixed_frame f;
	BUILD(.frame_size = 0x28, .frame_saved = 0x10, .body = 9, .epilog = 0x30);

	EXPECT_OK(p->ops->fixed_frame(p, 0x1020, &f));
	EXPECT(f.rva == 0x1010 && f.size == 0x38 && !f.pushes && f.body == 9 && f.epilog == 0x30);
	EXPECT_ERR(p->ops->fixed_frame(p, 0x1065, &f), ERR_NOTFOUND);
	EXPECT_ERR(p->ops->fixed_frame(p, 0x1085, &f), ERR_NOTFOUND);
	DONE;
}

TEST(frame_sizes_without_pushes)
{
	struct fixed_frame f;
	BUILD(.frame_size = 0x28, .body = 9);

	EXPECT_OK(p->ops->fixed_frame(p, 0x1020, &f));
	EXPECT(f.size == 0x28 && f.pushes == 4 && f.epilog == 0x40);
	DONE;
}

TEST(omap_is_applied_both_ways)
{
	struct source_line l = { 0 };
	struct symbol s;
	BUILD(.omap = true);

	EXPECT_OK(p->ops->symbol_named(p, "work", &s));
	EXPECT_EQ(s.rva, 0x5010);
	expect_symbol(p, 0x5012, 0x5010, 0x40, SYMBOL_FUNCTION, "work");
	EXPECT_OK(p->ops->line_at(p, 0x5024, &l));
	EXPECT(l.line == 11 && l.rva == 0x5020 && l.size == 0x10);
	EXPECT_OK(p->ops->line_at(p, 0x4005, &l)); /* of the half that moved elsewhere */
	EXPECT_EQ(l.line, 12);
	EXPECT_EQ(l.rva, 0x4000);
	EXPECT_OK(p->ops->symbol_at(p, 0x4005, &s));
	EXPECT_STR(s.name, "work");
	EXPECT_EQ(s.rva, 0x4005 - 0x25); /* the distance is kept */
	EXPECT_OK(p->ops->line_named(p, "a.c", 12, take_line, &l));
	EXPECT_EQ(l.rva, 0x4000);
	expect_symbol(p, 0x3041, 0x3040, 24, SYMBOL_DATA, "table");
	EXPECT_ERR(p->ops->symbol_at(p, 0x4100, &s), ERR_NOTFOUND); /* put in later */
	DONE;
}

TEST(fastlink_says_what_is_missing)
{
	struct source_line l;
	struct type_ref t;
	BUILD(.fastlink = true);

	EXPECT(!p->is_private);
	EXPECT_ERR(p->ops->line_at(p, 0x1020, &l), ERR_UNSUPPORTED);
	EXPECT_ERR(p->ops->type_named(p, "nothing", &t), ERR_UNSUPPORTED);
	expect_symbol(p, 0x1085, 0x1080, 0, SYMBOL_PUBLIC, "_start");
	DONE;
}

/* --- containers ---------------------------------------------------------------------------------- */

TEST(page_sizes_and_scattered_pages)
{
	for (uint32_t page = 512; page <= 0x10000; page *= 2)
		for (int scatter = 0; scatter < 2; scatter++) {
			BUILD(.page_size = page, .scatter = scatter);

			expect_symbol(p, 0x1025, 0x1010, 0x40, SYMBOL_FUNCTION, "work");
			expect_types(p);
			DONE;
		}
}

static struct err *open_bytes(const void *bytes, size_t n)
{
	struct provider *p = NULL;
	struct source *src;

	TRY(source_from_memory("x.pdb", bytes, n, &src));
	TRY(pdb_open_source(src, &p));
	provider_unref(p);
	return NULL;
}

TEST(other_files_are_named)
{
	struct pdb_build b = { 0 };
	static const uint32_t bad_sizes[] = { 0, 1, 256, 513, 0x20000 };
	struct err *e;

	EXPECT_ERR(open_bytes("BSJB\1\0\1\0", 8), ERR_UNSUPPORTED);
	EXPECT_ERR(open_bytes("Microsoft C/C++ program database 2.00\r\n\x1aJG\0\0", 44), ERR_UNSUPPORTED);
	EXPECT_ERR(open_bytes("MZ", 2), ERR_CORRUPT);
	EXPECT_ERR(open_bytes("", 0), ERR_TRUNCATED);
	EXPECT_ERR(open_bytes("Microsoft C/C++ MSF 7.00\r\n\x1a" "DS\0\0", 32), ERR_TRUNCATED);
	pdb_build(&b);
	for (size_t i = 0; i < sizeof(bad_sizes) / sizeof(bad_sizes[0]); i++) {
		bb_patch(&b.file, 32, bad_sizes[i], 4);
		EXPECT_ERR(open_bytes(b.file.p, b.file.n), ERR_CORRUPT);
	}
	bb_patch(&b.file, 32, 512, 4);
	bb_patch(&b.file, 52, 0x100000, 4);
	e = open_bytes(b.file.p, b.file.n);
	EXPECT(e && strstr(err_message(e), "x.pdb") && err_code(e) == ERR_TRUNCATED);
	err_free(e);
	pdb_build_free(&b);
}

static void ask_everything(struct provider *p)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct arena a = ARENA_INIT;
	struct x86_frame_data d;
	struct inline_site *s;
	struct source_line l;
	struct type_member *m;
	struct symbol sym;
	struct variable *v;
	size_t n;

	for (uint64_t rva = 0x1000; rva < 0x1090; rva += 0xb) {
		(void)err_ignore(p->ops->symbol_at(p, rva, &sym));
		(void)err_ignore(p->ops->line_at(p, rva, &l));
		(void)err_ignore(p->ops->inlines_at(p, rva, &a, &s, &n));
		(void)err_ignore(locals_at(p, rva, 0, &a, &v, &n));
		(void)err_ignore(p->ops->x86_frame(p, rva, &d));
	}
	(void)err_ignore(p->ops->symbols(p, "*", join_names, &sb));
	(void)err_ignore(p->ops->types(p, "*", join_types, &sb));
	(void)err_ignore(p->ops->line_named(p, "a.c", 12, take_line, &l));
	for (uint64_t id = 0x1000; id < 0x1010; id++)
		(void)err_ignore(p->ops->type_members(p, id, &a, &m, &n));
	arena_deinit(&a);
}

static bool survives(const void *bytes, size_t n)
{
	struct provider *p = NULL;
	struct source *src;

	if (err_ignore(source_from_memory("x.pdb", bytes, n, &src)) ||
	    err_ignore(pdb_open_source(src, &p)))
		return false;
	ask_everything(p);
	provider_unref(p);
	return true;
}

TEST(damage_is_an_error_and_no_more)
{
	struct pdb_build b = { .x86 = true, .omap = true };
	size_t whole = 0, opened = 0;

	pdb_build(&b);
	for (size_t n = 0; n < b.file.n; n += 64) {
		uint8_t *cut = malloc(n + 1); /* of its own, for the sanitizer */

		memcpy(cut, b.file.p, n);
		opened += survives(cut, n);
		free(cut);
	}
	EXPECT(opened < b.file.n / 64);
	for (size_t i = 0; i < b.file.n; i += 3) {
		uint8_t was = b.file.p[i];

		b.file.p[i] ^= (uint8_t)(i % 5 ? 0xff : 1 << (i % 8));
		whole += survives(b.file.p, b.file.n);
		b.file.p[i] = was;
	}
	EXPECT(whole > b.file.n / 6 && survives(b.file.p, b.file.n));
	pdb_build_free(&b);
}

TESTS(identity_is_that_of_the_dbi_stream, symbols_by_address, stripped_files_have_publics, symbols_by_name,
      x86_publics_lose_their_decoration, patterns_show_each_symbol_once, lines_by_address,
      addresses_of_lines, inlined_functions, variables_have_places,
      variables_of_blocks_and_inlined_functions, x86_variables, types_by_hash_and_by_scan,
      simple_types_need_no_record, type_patterns, framedata_is_preferred_to_fpo,
      decorated_names, procedures_with_decorated_names, frame_sizes_are_of_x64, frame_sizes_without_pushes,
      omap_is_applied_both_ways, fastlink_says_what_is_missing, page_sizes_and_scattered_pages,
      other_files_are_named, damage_is_an_error_and_no_more)
