/* SPDX-License-Identifier: MIT */
/* Names of a kernel and of its modules out of memory that is built here, in every layout. */
#include "base/cleanup.h"
#include "symbol/kallsyms.h"
#include "unit/kallsyms-build.h"
#include "unit/test.h"

#include <elf.h>

enum { N = 1500, FIXED = 14 };

static struct kb_symbol symbols[N];
static char generated[N][24];

static struct kb kernel;
static uint64_t hole_from, hole_to; /* absent */

static size_t read_image(void *arg, uint64_t address, void *buf, size_t len)
{
	if (address < KB_BASE || address - KB_BASE >= KB_SIZE || (address >= hole_from && address < hole_to))
		return 0;
	if (address < hole_from && len > hole_from - address)
		len = (size_t)(hole_from - address);
	if (len > KB_SIZE - (address - KB_BASE))
		len = (size_t)(KB_SIZE - (address - KB_BASE));
	memcpy(buf, kernel.image + (address - KB_BASE), len);
	return len;
}

static char long_name[400] = "Tlong_";

/* Per-CPU variables first where they are values; then code with aliases, filler, data. */
static uint32_t make_symbols(bool percpu)
{
	static const struct kb_symbol fixed[FIXED] = {
		{ 0, "Dfixed_percpu_data" }, { 0x1a000, "Dpcpu_hot" },
		{ KB_BASE, "T_text" }, { KB_BASE, "T_stext" }, { KB_BASE, "tstartup" },
		{ KB_BASE + 0x100, "t__pfx_ksys_read" }, { KB_BASE + 0x110, "Tksys_read" },
		{ KB_BASE + 0x180, "T__x64_sys_read" }, { KB_BASE + 0x180, "W__ia32_sys_read" },
		{ KB_BASE + 0x200, "Wmemcpy" }, { KB_BASE + 0x200, "T__memcpy" }, { KB_BASE + 0x200, "tmemcpy_orig" },
		{ KB_BASE + 0x280, "T__entry_text_start" }, { KB_BASE + 0x280, "Tentry_SYSCALL_64" },
	};
	uint32_t n = 0;

	memset(long_name + 6, 'x', sizeof(long_name) - 7);
	for (unsigned i = percpu ? 0 : 2; i < FIXED; i++)
		symbols[n++] = fixed[i];
	symbols[n++] = (struct kb_symbol){ KB_BASE + 0x300, long_name };
	while (n < N - 2) {
		(void)snprintf(generated[n], sizeof(generated[n]), n % 3 ? "tfn_%u" : "Tfn_%u", n);
		symbols[n] = (struct kb_symbol){ KB_BASE + 0x400 + n * 0x20, generated[n] };
		n++;
	}
	symbols[n++] = (struct kb_symbol){ KB_BASE + 0x20000, "dtwin" };
	symbols[n++] = (struct kb_symbol){ KB_BASE + 0x20040, "Dtwin" };
	return n;
}

static struct kallsyms_input given(void)
{
	return (struct kallsyms_input){
		.memory = { read_image, NULL }, .base = KB_BASE, .end = KB_BASE + KB_SIZE,
		.names = kernel.names, .num_syms = kernel.num_syms, .token_table = kernel.token_table,
		.token_index = kernel.token_index, .offsets = kernel.offsets, .relative_base = kernel.relative_base,
	};
}

static struct kallsyms_input to_be_found(void)
{
	return (struct kallsyms_input){ .memory = { read_image, NULL }, .base = KB_BASE, .end = KB_BASE + KB_SIZE };
}

static struct kallsyms_input from_6_0(void) /* as VMCOREINFO has it */
{
	struct kallsyms_input in = given();

	if (!in.relative_base)
		in.offsets = 0;
	return in;
}

/* --- layouts ----------------------------------------------------------------------------- */

struct seen {
	uint32_t n, wrong;
};

static bool next_symbol(void *arg, const struct symbol *s)
{
	struct seen *seen = arg;

	if (seen->n >= N || strcmp(s->name, symbols[seen->n].name + 1) != 0 ||
	    KB_BASE + s->rva != symbols[seen->n].address)
		seen->wrong++;
	seen->n++;
	return true;
}

/* Every name at its address, in order, and each is found by it. */
static bool is_whole(struct provider *p, uint32_t n)
{
	struct seen seen = { 0 };
	struct symbol s;

	if (err_ignore(p->ops->symbols(p, "*", next_symbol, &seen)) || seen.n != n || seen.wrong)
		return false;
	for (uint32_t i = 0; i + 2 < n; i++)
		if (err_ignore(p->ops->symbol_named(p, symbols[i].name + 1, &s)) ||
		    KB_BASE + s.rva != symbols[i].address)
			return false;
	return true;
}

static const struct {
	const char *form;
	struct kb_layout layout;
} layouts[] = {
	{ "absolute", { KB_ABSOLUTE, false, false, 8 } },		/* 4.14 */
	{ "base-relative", { KB_RELATIVE, false, false, 8 } },
	{ "per-CPU absolute", { KB_PERCPU, false, false, 8 } },		/* x86-64 */
	{ "per-CPU absolute", { KB_PERCPU, false, false, 4 } },		/* 4.20 */
	{ "per-CPU absolute", { KB_PERCPU, false, true, 4 } },		/* 6.2 */
	{ "base-relative", { KB_RELATIVE, false, true, 4 } },
	{ "absolute", { KB_ABSOLUTE, true, true, 4 } },
	{ "per-CPU absolute", { KB_PERCPU, true, true, 4 } },		/* 6.4 */
	{ "base-relative", { KB_RELATIVE, true, true, 4 } },		/* 6.15 */
	{ "place-relative", { KB_PLACE, true, true, 4 } },
};

TEST(all_layouts_are_read_and_found)
{
	struct kallsyms_input (*const ways[])(void) = { given, to_be_found, from_6_0 };

	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		uint32_t n = make_symbols(layouts[i].layout.form == KB_PERCPU || layouts[i].layout.form == KB_ABSOLUTE);

		kb_build(&kernel, &layouts[i].layout, symbols, n);
		for (size_t j = 0; j < ARRAY_SIZE(ways); j++) {
			CLEANUP(provider_unrefp) struct provider *p = NULL;
			struct kallsyms_input in = ways[j]();
			struct kallsyms_facts facts;

			EXPECT_OK(kallsyms_open(&in, &p));
			EXPECT(is_whole(p, n));
			EXPECT_OK(kallsyms_facts(p, &facts));
			EXPECT_STR(facts.form, layouts[i].form);
			EXPECT_EQ(facts.n, n);
			EXPECT_EQ(facts.at.names, kernel.names);
			EXPECT_EQ(facts.at.token_table, kernel.token_table);
			EXPECT_EQ(facts.at.offsets, kernel.offsets);
		}
		free(kernel.image);
	}
}

/* --- lookups -------------------------------------------------------------------------------- */

static struct err *open_usual(struct provider **ret, uint32_t *ret_n)
{
	struct kallsyms_input in;

	*ret_n = make_symbols(true);
	kb_build(&kernel, &layouts[4].layout, symbols, *ret_n);
	in = given();
	return kallsyms_open(&in, ret);
}

TEST(aliases_and_sizes)
{
	static const struct { uint64_t at; const char *name; uint64_t from, size; bool is_code; } rows[] = {
		{ 0x0, "startup", 0, 0x100, true },		/* no mark of the linker's */
		{ 0x105, "__pfx_ksys_read", 0x100, 0x10, true },	/* the only name there */
		{ 0x110, "ksys_read", 0x110, 0x70, true },
		{ 0x17f, "ksys_read", 0x110, 0x70, true },
		{ 0x1ff, "__x64_sys_read", 0x180, 0x80, true },	/* global before weak */
		{ 0x210, "__memcpy", 0x200, 0x80, true },
		{ 0x280, "entry_SYSCALL_64", 0x280, 0x80, true },
		{ 0x20050, "twin", 0x20040, KB_SIZE - 0x20040, false },
	};
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct symbol s;
	uint32_t n;

	EXPECT_OK(open_usual(&p, &n));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		EXPECT_OK(p->ops->symbol_at(p, rows[i].at, &s));
		EXPECT_STR(s.name, rows[i].name);
		EXPECT_EQ(s.rva, rows[i].from);
		EXPECT_EQ(s.size, rows[i].size);
		EXPECT_EQ(s.is_code, rows[i].is_code);
	}
	EXPECT_OK(p->ops->symbol_named(p, "memcpy", &s));
	EXPECT(s.is_code && s.rva == 0x200);
	EXPECT_OK(p->ops->symbol_named(p, "twin", &s));
	EXPECT_EQ(s.rva, 0x20040); /* the global one of two */
	EXPECT_OK(p->ops->symbol_named(p, long_name + 1, &s));
	EXPECT_EQ(s.rva, 0x300);
	EXPECT_ERR(p->ops->symbol_named(p, "ksys_rea", &s), ERR_NOTFOUND);
	free(kernel.image);
}

TEST(per_cpu_variables_are_values_and_no_addresses)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct symbol s;
	uint32_t n;

	EXPECT_OK(open_usual(&p, &n));
	EXPECT_OK(p->ops->symbol_named(p, "pcpu_hot", &s));
	EXPECT_EQ(KB_BASE + s.rva, 0x1a000);
	EXPECT_EQ(s.size, 0);
	EXPECT_ERR(p->ops->symbol_at(p, 0x1a000 - KB_BASE, &s), ERR_NOTFOUND);
	EXPECT_ERR(p->ops->symbol_at(p, KB_SIZE, &s), ERR_NOTFOUND);
	free(kernel.image);
}

static bool count(void *arg, const struct symbol *s)
{
	return ++*(uint32_t *)arg < 3;
}

TEST(patterns)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	uint32_t n, hits = 0;

	EXPECT_OK(open_usual(&p, &n));
	EXPECT_OK(p->ops->symbols(p, "*SYS_read", count, &hits)); /* no case; stops at the third */
	EXPECT_EQ(hits, 3);
	hits = 0;
	EXPECT_OK(p->ops->symbols(p, "*memcpy", count, &hits));
	EXPECT_EQ(hits, 2);
	free(kernel.image);
}

/* --- damage -------------------------------------------------------------------------------------- */

TEST(names_up_to_a_hole_stay)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct kallsyms_input in;
	struct symbol s;
	uint32_t n = make_symbols(true);

	kb_build(&kernel, &layouts[7].layout, symbols, n);
	hole_from = kernel.names + 4000;
	hole_to = kernel.names + 4096;
	in = given();
	EXPECT_OK(kallsyms_open(&in, &p));
	EXPECT_OK(p->ops->symbol_named(p, "ksys_read", &s));
	EXPECT_EQ(s.rva, 0x110);
	EXPECT_ERR(p->ops->symbol_named(p, "twin", &s), ERR_NOTFOUND);
	EXPECT_ERR(p->ops->symbol_at(p, 0x20050, &s), ERR_NOTFOUND);
	hole_from = hole_to = 0;
	free(kernel.image);
}

TEST(holes_do_not_hide_what_is_behind_them)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct kallsyms_input in;
	uint32_t n = make_symbols(true);

	kb_build(&kernel, &layouts[4].layout, symbols, n);
	hole_from = KB_BASE + 0x1000;
	hole_to = KB_BASE + 0x3000;
	in = to_be_found();
	EXPECT_OK(kallsyms_open(&in, &p));
	EXPECT(is_whole(p, n));
	hole_from = hole_to = 0;
	free(kernel.image);
}

TEST(what_is_no_table_is_refused)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct kallsyms_input in;
	uint32_t n = make_symbols(true);

	kb_build(&kernel, &layouts[7].layout, symbols, n);
	in = given();
	in.token_table += 4;
	EXPECT_ERR(kallsyms_open(&in, &p), ERR_CORRUPT);
	in = given();
	in.names += 1;
	EXPECT_ERR(kallsyms_open(&in, &p), ERR_CORRUPT);
	in = given();
	in.num_syms = kernel.token_table;
	EXPECT_ERR(kallsyms_open(&in, &p), ERR_CORRUPT);
	in = given();
	in.end = in.base;
	EXPECT_ERR(kallsyms_open(&in, &p), ERR_CORRUPT);
	in = to_be_found();
	in.end = KB_BASE + KB_TABLES; /* code only */
	EXPECT_ERR(kallsyms_open(&in, &p), ERR_NOTFOUND);
	kernel.image[kernel.markers - KB_BASE] = 1; /* the first marker is 0 */
	in = to_be_found();
	EXPECT_ERR(kallsyms_open(&in, &p), ERR_NOTFOUND);
	EXPECT(!p);
	free(kernel.image);
}

TEST(addresses_that_do_not_ascend_are_refused)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct kallsyms_input in;
	struct kallsyms_facts facts;
	struct symbol s;
	uint32_t n = make_symbols(true);

	kb_build(&kernel, &layouts[7].layout, symbols, n);
	kernel.image[kernel.offsets - KB_BASE + 4 * 100 + 2] ^= 0x40;
	in = given();
	EXPECT_OK(kallsyms_open(&in, &p));
	EXPECT_ERR(p->ops->symbol_named(p, "ksys_read", &s), ERR_NOTFOUND);
	EXPECT_ERR(p->ops->symbol_at(p, 0x110, &s), ERR_NOTFOUND);
	EXPECT_OK(kallsyms_facts(p, &facts));
	EXPECT_STR(facts.form, "");
	free(kernel.image);
}

/* --- modules ------------------------------------------------------------------------------------- */

#define MODULE (KB_BASE + 0x1000)
enum letters_in { IN_INFO, IN_SIZE, IN_TABLE, IN_NONE };

static void put_entry(Elf64_Sym *e, uint32_t name, unsigned char info, uint16_t section, uint64_t at, uint64_t size)
{
	*e = (Elf64_Sym){ .st_name = name, .st_info = info, .st_shndx = section, .st_value = at, .st_size = size };
}

/* At the image's start: entries, strings, letters. */
static struct kallsyms_module_input make_module(enum letters_in where)
{
	static const char strings[] = "\0cleanup_module\0foo_exit\0printk\0foo_lock\0foo_work";
	static const char letters[] = "?tTtdT";
	Elf64_Sym e[6];

	kernel.image = calloc(1, KB_SIZE);
	put_entry(&e[0], 0, 0, 0, 0, 0);
	put_entry(&e[1], 16, ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 2, MODULE + 0x40, 0x20);
	put_entry(&e[2], 1, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 2, MODULE + 0x40, 0x20);
	put_entry(&e[3], 25, ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE), SHN_UNDEF, 0xffffffff90000000, 0);
	put_entry(&e[4], 32, ELF64_ST_INFO(STB_LOCAL, STT_OBJECT), 5, MODULE + 0x1000, 0);
	put_entry(&e[5], 41, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 2, MODULE, 0x38);
	for (unsigned i = 0; i < 6; i++) {
		if (where == IN_INFO)
			e[i].st_info = (unsigned char)letters[i];
		if (where == IN_SIZE)
			e[i].st_size = (unsigned char)letters[i];
	}
	memcpy(kernel.image, e, sizeof(e));
	memcpy(kernel.image + 0x200, strings, sizeof(strings));
	memcpy(kernel.image + 0x400, letters, 6);
	return (struct kallsyms_module_input){
		.memory = { read_image, NULL }, .name = "foo", .base = MODULE, .size = 0x3000, .symtab = KB_BASE,
		.num_symtab = 6, .strtab = KB_BASE + 0x200, .typetab = where == IN_TABLE ? KB_BASE + 0x400 : 0,
	};
}

TEST(modules_of_all_ages)
{
	for (unsigned where = IN_INFO; where <= IN_NONE; where++) {
		struct kallsyms_module_input in = make_module((enum letters_in)where);
		CLEANUP(provider_unrefp) struct provider *p = NULL;
		struct symbol s;

		EXPECT_OK(kallsyms_open_module(&in, &p));
		EXPECT_OK(p->ops->symbol_at(p, 0x44, &s));
		EXPECT_STR(s.name, "cleanup_module"); /* the global one */
		EXPECT_EQ(s.is_code, true);
		EXPECT_EQ(s.size, where == IN_SIZE ? 0x1000 - 0x40 : 0x20);
		EXPECT_OK(p->ops->symbol_at(p, 0x1008, &s));
		EXPECT_STR(s.name, "foo_lock");
		EXPECT_EQ(s.is_code, false);
		EXPECT_EQ(s.size, 0x2000); /* to the end */
		EXPECT_OK(p->ops->symbol_named(p, "foo_work", &s));
		EXPECT_EQ(s.rva, 0);
		EXPECT_ERR(p->ops->symbol_named(p, "printk", &s), ERR_NOTFOUND); /* another's */
		if (where != IN_SIZE)
			EXPECT_ERR(p->ops->symbol_at(p, 0x3c, &s), ERR_NOTFOUND); /* between two */
		free(kernel.image);
	}
}

TEST(modules_that_are_damaged)
{
	struct kallsyms_module_input in = make_module(IN_TABLE);
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	CLEANUP(provider_unrefp) struct provider *q = NULL;
	struct symbol s;

	in.num_symtab = UINT32_MAX;
	EXPECT_ERR(kallsyms_open_module(&in, &p), ERR_CORRUPT);
	in.num_symtab = 6;
	in.typetab = 0x1000; /* not there: as the ELF file had it */
	kernel.image[24] = 0xff; /* name of the second: far off */
	kernel.image[27] = 0x7f;
	EXPECT_OK(kallsyms_open_module(&in, &p));
	EXPECT_OK(p->ops->symbol_at(p, 0x44, &s));
	EXPECT_STR(s.name, "cleanup_module");
	in.symtab = 0x1000;
	EXPECT_OK(kallsyms_open_module(&in, &q));
	EXPECT_ERR(q->ops->symbol_at(q, 0x44, &s), ERR_FAULT);
	EXPECT_ERR(q->ops->symbol_at(q, 0x44, &s), ERR_NOTFOUND); /* is not tried again */
	free(kernel.image);
}

TESTS(all_layouts_are_read_and_found, aliases_and_sizes, per_cpu_variables_are_values_and_no_addresses, patterns,
      names_up_to_a_hole_stay, holes_do_not_hide_what_is_behind_them, what_is_no_table_is_refused,
      addresses_that_do_not_ascend_are_refused, modules_of_all_ages, modules_that_are_damaged)
