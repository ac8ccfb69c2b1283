/* SPDX-License-Identifier: MIT */
/* BTF, built here byte by byte: all kinds, split BTF, names, bit fields, damage. */
#include "base/arena.h"
#include "base/budget.h"
#include "symbol/btf.h"
#include "unit/test.h"

#include <stdlib.h>

enum { INT = 1, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, PROTO, VAR, DATASEC,
       FLOAT, DECL_TAG, TYPE_TAG, ENUM64, FLAG = 1 << 7 };

struct build {
	uint8_t types[1 << 20], strings[4096], out[(1 << 20) + 8192];
	size_t n_types, n_strings, n_out;
	uint32_t first_string;	/* split: where its strings begin */
	bool big_endian;
};

static void put32(struct build *b, uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[b->big_endian ? 3 - i : i] = (uint8_t)(v >> 8 * i);
}

static void word(struct build *b, uint32_t v)
{
	put32(b, b->types + b->n_types, v);
	b->n_types += 4;
}

static uint32_t string(struct build *b, const char *s)
{
	uint32_t at = (uint32_t)b->n_strings;

	if (!*s)
		return 0;
	memcpy(b->strings + b->n_strings, s, strlen(s) + 1);
	b->n_strings += strlen(s) + 1;
	return b->first_string + at;
}

static void head(struct build *b, const char *name, unsigned kind, unsigned n, uint32_t value)
{
	word(b, string(b, name));
	word(b, (uint32_t)(kind & ~(unsigned)FLAG) << 24 | (kind & FLAG ? 1u << 31 : 0) | n);
	word(b, value);
}

static void member(struct build *b, const char *name, uint32_t type, uint32_t bits)
{
	word(b, string(b, name));
	word(b, type);
	word(b, bits);
}

static struct btf_input finish(struct build *b)
{
	b->out[b->big_endian ? 0 : 1] = 0xeb;
	b->out[b->big_endian ? 1 : 0] = 0x9f;
	b->out[2] = 1;
	put32(b, b->out + 4, 24);
	put32(b, b->out + 8, 0);
	put32(b, b->out + 12, (uint32_t)b->n_types);
	put32(b, b->out + 16, (uint32_t)b->n_types);
	put32(b, b->out + 20, (uint32_t)b->n_strings);
	memcpy(b->out + 24, b->types, b->n_types);
	memcpy(b->out + 24 + b->n_types, b->strings, b->n_strings);
	b->n_out = 24 + b->n_types + b->n_strings;
	return (struct btf_input){ .name = "built", .data = b->out, .size = b->n_out };
}

static struct build *new_build(void)
{
	struct build *b = calloc(1, sizeof(*b));

	b->n_strings = 1; /* the empty name */
	return b;
}

/* Every kind once; the numbers are the ids. */
static void all_kinds(struct build *b)
{
	head(b, "int", INT, 0, 4), word(b, 1 << 24 | 32);			/* 1 */
	head(b, "long unsigned int", INT, 0, 8), word(b, 64);			/* 2 */
	head(b, "char", INT, 0, 1), word(b, 8);					/* 3 */
	head(b, "_Bool", INT, 0, 1), word(b, 4 << 24 | 8);			/* 4 */
	head(b, "", PTR, 0, 7);							/* 5: struct node * */
	head(b, "", ARRAY, 0, 0), word(b, 3), word(b, 2), word(b, 16);		/* 6: char [16] */
	head(b, "node", STRUCT | FLAG, 5, 40);					/* 7 */
	member(b, "next", 5, 0), member(b, "name", 6, 64), member(b, "", 8, 192);
	member(b, "low", 1, 3 << 24 | 256), member(b, "high", 1, 7 << 24 | 259);
	head(b, "", UNION, 2, 8), member(b, "whole", 2, 0), member(b, "half", 1, 0); /* 8 */
	head(b, "color", ENUM | FLAG, 2, 4);					/* 9 */
	word(b, string(b, "RED")), word(b, (uint32_t)-1), word(b, string(b, "BLUE")), word(b, 7);
	head(b, "hidden", FWD, 0, 0);						/* 10 */
	head(b, "hidden_u", FWD | FLAG, 0, 0);					/* 11 */
	head(b, "node_t", TYPEDEF, 0, 7);					/* 12 */
	head(b, "", VOLATILE, 0, 12);						/* 13 */
	head(b, "", CONST, 0, 13);						/* 14 */
	head(b, "", RESTRICT, 0, 5);						/* 15 */
	head(b, "", PROTO, 2, 1), word(b, string(b, "a")), word(b, 14), word(b, string(b, "b")), word(b, 5); /* 16 */
	head(b, "walk", FUNC, 1, 16);						/* 17 */
	head(b, "counter", VAR, 0, 9), word(b, 1);				/* 18 */
	head(b, ".data..percpu", DATASEC, 1, 64), word(b, 18), word(b, 32), word(b, 4); /* 19 */
	head(b, "double", FLOAT, 0, 8);						/* 20 */
	head(b, "tag", DECL_TAG, 0, 7), word(b, (uint32_t)-1);			/* 21 */
	head(b, "rcu", TYPE_TAG, 0, 7);						/* 22 */
	head(b, "big", ENUM64, 1, 8);						/* 23 */
	word(b, string(b, "HUGE")), word(b, 0x89abcdef), word(b, 0x01234567);
	head(b, "", CONST, 0, 0);						/* 24: const void */
	head(b, "node", FWD, 0, 0);						/* 25 */
	head(b, "", ARRAY, 0, 0), word(b, 6), word(b, 2), word(b, 3);		/* 26: char [3][16] */
}

static struct type_info info_of(struct provider *p, uint64_t id)
{
	struct type_info info = { .kind = TYPE_NONE, .name = "?" };

	err_free(p->ops->type_info(p, id, &info));
	return info;
}

struct fixture {
	struct build *b;
	struct provider *p;
	struct arena a;
};

static void fixture_deinit(struct fixture *f)
{
	provider_unref(f->p);
	arena_deinit(&f->a);
	free(f->b);
}

static struct fixture open_all(bool big_endian)
{
	struct fixture f = { .b = new_build() };
	struct btf_input in;

	f.b->big_endian = big_endian;
	all_kinds(f.b);
	in = finish(f.b);
	err_free(btf_open(&in, &f.p));
	return f;
}

TEST(every_kind)
{
	static const struct { uint64_t id; enum type_kind kind; uint64_t size; const char *name; } want[] = {
		{ 1, TYPE_INT, 4, "int" }, { 2, TYPE_UINT, 8, "long unsigned int" }, { 3, TYPE_CHAR, 1, "char" },
		{ 4, TYPE_BOOL, 1, "_Bool" }, { 5, TYPE_POINTER, 8, "" }, { 6, TYPE_ARRAY, 16, "" },
		{ 7, TYPE_STRUCT, 40, "node" }, { 8, TYPE_UNION, 8, "" }, { 9, TYPE_ENUM, 4, "color" },
		{ 10, TYPE_STRUCT, 0, "hidden" }, { 11, TYPE_UNION, 0, "hidden_u" }, { 12, TYPE_TYPEDEF, 40, "node_t" },
		{ 13, TYPE_MODIFIER, 40, "" }, { 14, TYPE_MODIFIER, 40, "" }, { 15, TYPE_MODIFIER, 8, "" },
		{ 16, TYPE_FUNCTION, 0, "" }, { 17, TYPE_FUNCTION, 0, "walk" }, { 20, TYPE_FLOAT, 8, "double" },
		{ 22, TYPE_MODIFIER, 40, "" }, { 23, TYPE_ENUM, 8, "big" }, { 24, TYPE_MODIFIER, 0, "" },
		{ 26, TYPE_ARRAY, 48, "" },
	};

	for (int big = 0; big < 2; big++) {
		CLEANUP(fixture_deinit) struct fixture f = open_all(big);

		EXPECT(f.p && f.p->has_types && btf_is(f.p));
		for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
			struct type_info info = info_of(f.p, want[i].id);

			EXPECT_EQ(info.kind, want[i].kind);
			EXPECT_EQ(info.size, want[i].size);
			EXPECT_STR(info.name, want[i].name);
		}
	}
}

TEST(what_types_refer_to)
{
	CLEANUP(fixture_deinit) struct fixture f = open_all(false);
	struct type_ref stripped, *params;
	struct type_info info;
	size_t n;

	EXPECT_EQ(info_of(f.p, 5).element.id, 7);
	EXPECT_EQ(info_of(f.p, 6).count, 16);
	EXPECT_EQ(info_of(f.p, 14).flags, TYPE_IS_CONST);
	EXPECT_EQ(info_of(f.p, 13).flags, TYPE_IS_VOLATILE);
	EXPECT_EQ(info_of(f.p, 10).flags, TYPE_IS_INCOMPLETE);
	EXPECT_OK(type_strip((struct type_ref){ f.p, 14 }, &stripped, &info));
	EXPECT_EQ(stripped.id, 7);
	EXPECT_OK(type_strip((struct type_ref){ f.p, 24 }, &stripped, &info));
	EXPECT_EQ(info.kind, TYPE_VOID);
	EXPECT_OK(f.p->ops->type_params(f.p, 17, &f.a, &params, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(params[0].id, 14);
	EXPECT_EQ(params[1].id, 5);
	EXPECT_EQ(info_of(f.p, 17).element.id, 1);
	/* variables, sections and tags are no types */
	for (uint64_t id = 18; id <= 21; id += id == 19 ? 2 : 1)
		EXPECT_ERR(f.p->ops->type_info(f.p, id, &info), ERR_NOTFOUND);
	EXPECT_ERR(f.p->ops->type_info(f.p, 27, &info), ERR_NOTFOUND);
	EXPECT_ERR(f.p->ops->type_info(f.p, 0, &info), ERR_NOTFOUND);
}

TEST(members_and_bit_fields)
{
	for (int big = 0; big < 2; big++) {
		CLEANUP(fixture_deinit) struct fixture f = open_all(big);
		struct type_member *m;
		size_t n;

		EXPECT_OK(f.p->ops->type_members(f.p, 7, &f.a, &m, &n));
		EXPECT_EQ(n, 5);
		EXPECT_STR(m[0].name, "next");
		EXPECT_EQ(m[1].offset, 8);
		EXPECT_STR(m[2].name, "");
		EXPECT_EQ(m[2].offset, 24);
		EXPECT_EQ(m[2].type.id, 8);
		EXPECT_EQ(m[3].offset, 32);
		EXPECT_EQ(m[3].bit_size, 3);
		EXPECT_EQ(m[3].bit_offset, big ? 29 : 0);
		EXPECT_EQ(m[4].offset, 32);
		EXPECT_EQ(m[4].bit_size, 7);
		EXPECT_EQ(m[4].bit_offset, big ? 22 : 3);
		EXPECT_OK(f.p->ops->type_members(f.p, 1, &f.a, &m, &n));
		EXPECT_EQ(n, 0);
	}
}

/* The older way: the integer itself says how many bits, from which one. */
TEST(bit_fields_of_old_integers)
{
	CLEANUP(fixture_deinit) struct fixture f = { .b = new_build() };
	struct type_member *m;
	struct btf_input in;
	size_t n;

	head(f.b, "unsigned int", INT, 0, 4), word(f.b, 32);		/* 1 */
	head(f.b, "unsigned int", INT, 0, 4), word(f.b, 2 << 16 | 5);	/* 2: 5 bits from bit 2 */
	head(f.b, "s", STRUCT, 3, 8), member(f.b, "a", 2, 32), member(f.b, "b", 1, 0), member(f.b, "c", 2, 37);
	in = finish(f.b);
	EXPECT_OK(btf_open(&in, &f.p));
	EXPECT_OK(f.p->ops->type_members(f.p, 3, &f.a, &m, &n));
	EXPECT_EQ(m[0].offset, 4);
	EXPECT_EQ(m[0].bit_offset, 2);
	EXPECT_EQ(m[0].bit_size, 5);
	EXPECT_EQ(m[1].bit_size, 0);
	EXPECT_EQ(m[2].bit_offset, 7);
}

TEST(enumerators)
{
	CLEANUP(fixture_deinit) struct fixture f = open_all(false);
	struct type_enumerator *e;
	int64_t value;
	size_t n;

	EXPECT_OK(f.p->ops->type_enumerators(f.p, 9, &f.a, &e, &n));
	EXPECT_EQ(n, 2);
	EXPECT_STR(e[0].name, "RED");
	EXPECT_EQ(e[0].value, -1);
	EXPECT_EQ(e[1].value, 7);
	EXPECT_OK(f.p->ops->type_enumerators(f.p, 23, &f.a, &e, &n));
	EXPECT_EQ(n, 1);
	EXPECT_EQ(e[0].value, 0x0123456789abcdef);
	EXPECT_OK(btf_enumerator(f.p, "BLUE", &value));
	EXPECT_EQ(value, 7);
	EXPECT_OK(btf_enumerator(f.p, "RED", &value));
	EXPECT_EQ(value, -1);
	EXPECT_OK(btf_enumerator(f.p, "HUGE", &value));
	EXPECT_EQ(value, 0x0123456789abcdef);
	EXPECT_ERR(btf_enumerator(f.p, "node", &value), ERR_NOTFOUND);
}

static bool list_type(void *arg, struct type_ref t, const char *name)
{
	strbuf_addf(arg, "%s ", name);
	return true;
}

TEST(names)
{
	static const struct { const char *name; uint64_t id; } want[] = {
		{ "node", 7 }, { "struct node", 7 }, { "struct  node", 7 }, { "node_t", 12 }, { "hidden", 10 },
		{ "struct hidden", 10 }, { "union hidden_u", 11 }, { "color", 9 }, { "enum color", 9 },
		{ "enum big", 23 }, { "int", 1 }, { "long unsigned int", 2 }, { "double", 20 },
	};
	static const char *const none[] = { "Node", "union node", "enum node", "struct color", "struct node_t",
					    "counter", "walk", "", "struct ", "nod", "rcu", "RED", "struct void" };
	CLEANUP(fixture_deinit) struct fixture f = open_all(false);
	CLEANUP(strbuf_deinit) struct strbuf seen = STRBUF_INIT;
	struct type_info info;
	struct type_ref t;

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		EXPECT_OK(f.p->ops->type_named(f.p, want[i].name, &t));
		EXPECT_EQ(t.id, want[i].id);
	}
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		EXPECT_ERR(f.p->ops->type_named(f.p, none[i], &t), ERR_NOTFOUND);
	EXPECT_OK(f.p->ops->type_named(f.p, "void", &t));
	EXPECT_OK(type_get(t, &info));
	EXPECT_EQ(info.kind, TYPE_VOID);
	EXPECT_OK(f.p->ops->types(f.p, "*", list_type, &seen));
	EXPECT_STR(seen.s, "int long unsigned int char _Bool node color hidden hidden_u node_t double big ");
	strbuf_reset(&seen);
	EXPECT_OK(f.p->ops->types(f.p, "NO?E*", list_type, &seen));
	EXPECT_STR(seen.s, "node node_t ");
	EXPECT_OK(btf_variable(f.p, "counter", &t));
	EXPECT_EQ(t.id, 9);
	EXPECT_ERR(btf_variable(f.p, "node", &t), ERR_NOTFOUND);
}

/* A module's BTF: its ids and strings go on where the kernel's end. */
TEST(split_over_a_base)
{
	CLEANUP(fixture_deinit) struct fixture base = open_all(false);
	CLEANUP(fixture_deinit) struct fixture f = { .b = new_build() };
	struct type_member *m;
	struct btf_input in;
	struct type_ref t;
	size_t n;

	EXPECT(base.p);
	f.b->n_strings = 0;
	f.b->first_string = (uint32_t)base.b->n_strings;
	head(f.b, "mine", STRUCT, 3, 48);			/* 27 */
	member(f.b, "node", 7, 0), member(f.b, "self", 28, 320);
	word(f.b, 1 /* the base's first string: "int" */), word(f.b, 1), word(f.b, 352);
	head(f.b, "", PTR, 0, 27);				/* 28 */
	head(f.b, "node", STRUCT, 0, 4);			/* 29: another of that name */
	in = finish(f.b);
	in.base = base.p;
	EXPECT_OK(btf_open(&in, &f.p));
	EXPECT_OK(f.p->ops->type_named(f.p, "mine", &t));
	EXPECT_EQ(t.id, 27);
	EXPECT_OK(f.p->ops->type_members(f.p, 27, &f.a, &m, &n));
	EXPECT_EQ(n, 3);
	EXPECT(m[0].type.provider == base.p);
	EXPECT(m[1].type.provider == f.p);
	EXPECT_STR(m[2].name, "int");
	EXPECT_EQ(info_of(f.p, 28).element.id, 27);
	EXPECT_STR(info_of(f.p, 7).name, "node");	/* the base's by its number */
	EXPECT_EQ(info_of(f.p, 29).size, 4);
	EXPECT_OK(f.p->ops->type_named(f.p, "node", &t));
	EXPECT_EQ(t.id, 29);
	EXPECT_ERR(f.p->ops->type_named(f.p, "color", &t), ERR_NOTFOUND);
	EXPECT_ERR(base.p->ops->type_info(base.p, 27, &(struct type_info){ 0 }), ERR_NOTFOUND);
}

TEST(types_that_refer_to_themselves)
{
	CLEANUP(fixture_deinit) struct fixture f = { .b = new_build() };
	struct type_ref stripped;
	struct type_info info;
	struct btf_input in;

	head(f.b, "loop", TYPEDEF, 0, 2);						/* 1 */
	head(f.b, "", CONST, 0, 1);							/* 2 */
	head(f.b, "", ARRAY, 0, 0), word(f.b, 3), word(f.b, 1), word(f.b, 2);		/* 3: of itself */
	head(f.b, "s", STRUCT, 1, 8), member(f.b, "s", 4, 0);				/* 4: holds itself */
	head(f.b, "", PTR, 0, 5);							/* 5: to itself */
	head(f.b, "f", FUNC, 0, 6);							/* 6 */
	head(f.b, "", ARRAY, 0, 0), word(f.b, 8), word(f.b, 1), word(f.b, UINT32_MAX);	/* 7 */
	head(f.b, "", ARRAY, 0, 0), word(f.b, 9), word(f.b, 1), word(f.b, UINT32_MAX);	/* 8 */
	head(f.b, "", ARRAY, 0, 0), word(f.b, 4), word(f.b, 1), word(f.b, UINT32_MAX);	/* 9 */
	head(f.b, "", CONST, 0, 4000);							/* 10: of nothing */
	in = finish(f.b);
	EXPECT_OK(btf_open(&in, &f.p));
	EXPECT_ERR(f.p->ops->type_info(f.p, 1, &info), ERR_CORRUPT);
	EXPECT_ERR(f.p->ops->type_info(f.p, 3, &info), ERR_CORRUPT);
	EXPECT_OK(f.p->ops->type_info(f.p, 4, &info));
	EXPECT_OK(f.p->ops->type_info(f.p, 5, &info));
	EXPECT_ERR(f.p->ops->type_info(f.p, 6, &info), ERR_CORRUPT);
	EXPECT_ERR(f.p->ops->type_info(f.p, 7, &info), ERR_CORRUPT);
	EXPECT_ERR(f.p->ops->type_info(f.p, 10, &info), ERR_NOTFOUND);
	EXPECT(err_ignore(type_strip((struct type_ref){ f.p, 2 }, &stripped, &info)));
}

/* What lies before a record that cannot be read stays usable. */
TEST(a_record_that_cannot_be_read)
{
	CLEANUP(fixture_deinit) struct fixture f = { .b = new_build() };
	struct type_info info;
	struct btf_input in;
	struct type_ref t;

	head(f.b, "first", STRUCT, 0, 4);
	head(f.b, "odd", 25, 0, 4);
	head(f.b, "last", STRUCT, 0, 4);
	in = finish(f.b);
	EXPECT_OK(btf_open(&in, &f.p));
	EXPECT_OK(f.p->ops->type_named(f.p, "first", &t));
	EXPECT_ERR(f.p->ops->type_named(f.p, "last", &t), ERR_CORRUPT);
	EXPECT_ERR(f.p->ops->type_info(f.p, 2, &info), ERR_CORRUPT);
	EXPECT_ERR(btf_variable(f.p, "last", &t), ERR_CORRUPT);
}

TEST(headers_that_lie)
{
	CLEANUP(fixture_deinit) struct fixture f = open_all(false);
	struct btf_input in = { .name = "bad", .data = f.b->out, .size = f.b->n_out };
	struct provider *p = NULL;
	uint8_t *last = f.b->out + f.b->n_out - 1;

	*last = 'x';
	EXPECT_ERR(btf_open(&in, &p), ERR_CORRUPT);
	*last = 0;
	f.b->out[2] = 2;
	EXPECT_ERR(btf_open(&in, &p), ERR_UNSUPPORTED);
	f.b->out[2] = 1;
	f.b->out[0] = 0x9e;
	EXPECT_ERR(btf_open(&in, &p), ERR_CORRUPT);
	f.b->out[0] = 0x9f;
	put32(f.b, f.b->out + 4, UINT32_MAX);
	EXPECT_ERR(btf_open(&in, &p), ERR_CORRUPT);
	put32(f.b, f.b->out + 4, 24);
	put32(f.b, f.b->out + 16, UINT32_MAX);
	EXPECT_ERR(btf_open(&in, &p), ERR_TRUNCATED);
	EXPECT(!p);
}

static void ask_all(struct provider *p)
{
	struct arena a = ARENA_INIT;
	struct type_enumerator *e;
	struct strbuf seen = STRBUF_INIT;
	struct type_member *m;
	struct type_ref *r;
	size_t n;

	for (uint64_t id = 0; id < 32; id++) {
		(void)info_of(p, id);
		(void)err_ignore(p->ops->type_members(p, id, &a, &m, &n));
		(void)err_ignore(p->ops->type_enumerators(p, id, &a, &e, &n));
		(void)err_ignore(p->ops->type_params(p, id, &a, &r, &n));
	}
	(void)err_ignore(p->ops->types(p, "node*", list_type, &seen));
	arena_deinit(&a);
	strbuf_deinit(&seen);
}

/* In a block of its own size, so that a sanitizer sees a read behind it. */
static void try_copy(const uint8_t *data, size_t n)
{
	uint8_t *copy = malloc(n + !n);
	struct btf_input in = { .name = "cut", .data = copy, .size = n };
	struct provider *p = NULL;

	if (n)
		memcpy(copy, data, n);
	if (!err_ignore(btf_open(&in, &p)))
		ask_all(p);
	provider_unref(p);
	free(copy);
}

TEST(cut_and_flipped)
{
	CLEANUP(fixture_deinit) struct fixture f = open_all(false);

	for (size_t n = 0; n < f.b->n_out; n++)
		try_copy(f.b->out, n);
	for (size_t i = 0; i < f.b->n_out; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			f.b->out[i] ^= (uint8_t)(1 << bit);
			try_copy(f.b->out, f.b->n_out);
			f.b->out[i] ^= (uint8_t)(1 << bit);
		}
}

/* Many types of one name, and one long name shared by all: not the square of it. */
TEST(names_that_are_made_to_be_slow)
{
	CLEANUP(fixture_deinit) struct fixture f = { .b = new_build() };
	uint64_t start = monotonic_ns();
	struct btf_input in;
	struct type_ref t;
	CLEANUP(strbuf_deinit) struct strbuf seen = STRBUF_INIT;

	memset(f.b->strings + 1, 'x', 3000);
	f.b->n_strings = 3002;
	while (f.b->n_types + 12 <= sizeof(f.b->types)) {
		word(f.b, 1 + (uint32_t)f.b->n_types / 12 % 2);
		word(f.b, FWD << 24);
		word(f.b, 0);
	}
	in = finish(f.b);
	EXPECT_OK(btf_open(&in, &f.p));
	EXPECT_ERR(f.p->ops->type_named(f.p, "y", &t), ERR_NOTFOUND);
	EXPECT_OK(f.p->ops->types(f.p, "y", list_type, &seen));
	EXPECT(monotonic_ns() - start < (uint64_t)20000000000);
}

TESTS(every_kind, what_types_refer_to, members_and_bit_fields, bit_fields_of_old_integers, enumerators, names,
      split_over_a_base, types_that_refer_to_themselves, a_record_that_cannot_be_read, headers_that_lie,
      cut_and_flipped, names_that_are_made_to_be_slow)
