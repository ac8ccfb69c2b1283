/* SPDX-License-Identifier: MIT */
/*
 * Version resource of a PE image.
 *
 * Layout: "PE Format", section .rsrc (a tree of type, name, language) and
 * VS_VERSIONINFO with its children in the Win32 documentation. Value lengths
 * of strings are not trusted (resource compilers disagree whether they count
 * bytes or characters): a string ends at its terminator or with its node.
 */
#include "symbol/pe_impl.h"

#include "base/vec.h"
#include <string.h>
#include <strings.h>

enum {
	TYPE_VERSION = 16,
	MAX_ENTRIES = 4096,		/* of one resource directory */
	MAX_VERSION_SIZE = 0x10000,	/* its length field has 16 bits */
	MAX_STRINGS = 1024,
	FIXED_MAGIC = (int)0xfeef04bd,
	FIXED_SIZE = 52,
};
#define SUBDIRECTORY 0x80000000u

/* --- resource tree --------------------------------------------------------------- */

/* The entry with this id, or the first one (id -1), of the directory at `at`. */
static struct err *find_entry(struct pe *pe, uint32_t at, int64_t id, uint32_t *ret)
{
	CLEANUP(view_deinit) struct view head = VIEW_INIT;
	CLEANUP(view_deinit) struct view table = VIEW_INIT;
	uint64_t rva = (uint64_t)pe_directory(pe, PE_DIR_RESOURCE).rva + at;
	struct cursor c;
	unsigned n;

	TRY(pe_cursor(pe, rva, 16, &head, &c));
	cursor_skip(&c, 12);
	n = cursor_u16(&c);
	n += cursor_u16(&c);
	if (n > MAX_ENTRIES)
		return cursor_corrupt(&c, "%u resource entries, at most %d expected", n, MAX_ENTRIES);
	TRY(pe_cursor(pe, rva + 16, (uint64_t)n * 8, &table, &c));
	for (unsigned i = 0; i < n; i++) {
		uint32_t name = cursor_u32(&c), offset = cursor_u32(&c);

		if (id < 0 || name == id) {
			*ret = offset;
			return NULL;
		}
	}
	return err_new(ERR_NOTFOUND, "%s: no version resource", pe->src->name);
}

static struct err *find_version(struct pe *pe, uint32_t *ret_rva, uint32_t *ret_size)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct pe_directory dir = pe_directory(pe, PE_DIR_RESOURCE);
	uint32_t at = SUBDIRECTORY;
	struct cursor c;

	if (!dir.rva || !dir.size)
		return err_new(ERR_NOTFOUND, "%s: no resources", pe->src->name);
	for (int level = 0; level < 3 && (at & SUBDIRECTORY); level++)
		TRY(find_entry(pe, at & ~SUBDIRECTORY, level ? -1 : TYPE_VERSION, &at));
	if (at & SUBDIRECTORY)
		return err_new(ERR_CORRUPT, "%s: resource directory is deeper than 3 levels", pe->src->name);
	TRY(pe_cursor(pe, (uint64_t)dir.rva + at, 16, &view, &c));
	*ret_rva = cursor_u32(&c);
	*ret_size = cursor_u32(&c);
	return NULL;
}

/* --- nodes of VS_VERSIONINFO ------------------------------------------------------- */

struct node {
	const char *key;	/* in the arena */
	struct cursor value;	/* wValueLength bytes, cut to the node */
	struct cursor rest;	/* from the value to the node's end */
	struct cursor children;
};

/* UTF-16 up to a terminator, which is taken too. */
static struct err *read_utf16(struct arena *a, struct cursor *c, const char **ret)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const uint8_t *start = c->data + c->pos;
	uint64_t n = 0;

	while (cursor_left(c) >= 2 && cursor_u16(c))
		n += 2;
	strbuf_add_utf16le(&sb, start, (size_t)n);
	TRY(strbuf_check(&sb));
	*ret = arena_strdup(a, sb.s);
	return *ret ? NULL : err_nomem();
}

/* Takes the next node of c; false: no more. */
static struct err *next_node(struct arena *a, struct cursor *c, struct node *ret, bool *ret_more)
{
	struct cursor body;
	uint64_t value_size;
	uint16_t size, type;

	cursor_align(c, 4);
	*ret_more = false;
	if (cursor_left(c) < 6)
		return NULL;
	body = cursor_sub(c, c->pos, cursor_left(c));
	size = cursor_u16(&body);
	value_size = cursor_u16(&body);
	type = cursor_u16(&body);
	if (size < 6)
		return NULL;
	if (size < body.size)
		body.size = size;
	cursor_skip(c, body.size);
	TRY(read_utf16(a, &body, &ret->key));
	cursor_align(&body, 4);
	if (type == 1)
		value_size *= 2;
	if (value_size > cursor_left(&body))
		value_size = cursor_left(&body);
	ret->rest = cursor_sub(&body, body.pos, cursor_left(&body));
	ret->value = cursor_take(&body, value_size);
	cursor_align(&body, 4);
	/* Offsets of children are aligned from the block's start, as body's are. */
	ret->children = body;
	*ret_more = true;
	return NULL;
}

static void parse_fixed(struct cursor *c, struct pe_version *v)
{
	uint32_t ms[4], high;

	if (cursor_left(c) < FIXED_SIZE || cursor_u32(c) != (uint32_t)FIXED_MAGIC)
		return;
	cursor_skip(c, 4);
	for (int i = 0; i < 4; i++)
		ms[i] = cursor_u32(c);
	for (int i = 0; i < 2; i++) {
		v->file[2 * i] = (uint16_t)(ms[i] >> 16);
		v->file[2 * i + 1] = (uint16_t)ms[i];
		v->product[2 * i] = (uint16_t)(ms[2 + i] >> 16);
		v->product[2 * i + 1] = (uint16_t)ms[2 + i];
	}
	v->flags_mask = cursor_u32(c);
	v->flags = cursor_u32(c);
	v->os = cursor_u32(c);
	v->type = cursor_u32(c);
	v->subtype = cursor_u32(c);
	high = cursor_u32(c);
	v->date = (uint64_t)high << 32 | cursor_u32(c);
	v->has_fixed = true;
}

typedef VEC(struct pe_version_string) string_vec;
typedef VEC(uint32_t) u32_vec;

static struct err *parse_string_table(struct arena *a, struct node *table, string_vec *strings)
{
	uint32_t language = (uint32_t)strtoul(table->key, NULL, 16);
	struct node n;
	bool more;

	while (strings->n < MAX_STRINGS) {
		struct pe_version_string s = { .language = language };

		TRY(next_node(a, &table->children, &n, &more));
		if (!more)
			break;
		s.key = n.key;
		TRY(read_utf16(a, &n.rest, &s.value));
		if (!vec_push(strings, s))
			return err_nomem();
	}
	return NULL;
}

static struct err *parse_translations(struct node *var, u32_vec *translations)
{
	while (cursor_left(&var->value) >= 4 && translations->n < MAX_STRINGS) {
		uint32_t language = (uint32_t)cursor_u16(&var->value) << 16;

		language |= cursor_u16(&var->value);
		if (!vec_push(translations, language))
			return err_nomem();
	}
	return NULL;
}

/* StringFileInfo holds string tables, VarFileInfo translations. */
static struct err *parse_info(struct arena *a, struct node *info, string_vec *strings, u32_vec *translations)
{
	struct node n;
	bool more;

	for (;;) {
		TRY(next_node(a, &info->children, &n, &more));
		if (!more)
			return NULL;
		if (!strcmp(info->key, "StringFileInfo"))
			TRY(parse_string_table(a, &n, strings));
		else if (!strcmp(info->key, "VarFileInfo") && !strcmp(n.key, "Translation"))
			TRY(parse_translations(&n, translations));
	}
}

static struct err *parse_version(struct pe *pe, struct cursor *c, struct pe_version *v,
				 string_vec *strings, u32_vec *translations)
{
	struct node root, info;
	bool more;

	TRY(next_node(&pe->arena, c, &root, &more));
	if (!more || strcmp(root.key, "VS_VERSION_INFO") != 0)
		return cursor_corrupt(c, "no VS_VERSION_INFO");
	parse_fixed(&root.value, v);
	for (;;) {
		TRY(next_node(&pe->arena, &root.children, &info, &more));
		if (!more)
			return NULL;
		TRY(parse_info(&pe->arena, &info, strings, translations));
	}
}

static struct err *keep(struct pe *pe, struct pe_version *v, const string_vec *strings,
			const u32_vec *translations)
{
	v->n_strings = strings->n;
	v->strings = arena_memdup(&pe->arena, strings->v, strings->n * sizeof(*strings->v));
	v->n_translations = translations->n;
	v->translations = arena_memdup(&pe->arena, translations->v, translations->n * sizeof(uint32_t));
	return v->strings && v->translations ? NULL : err_nomem();
}

static struct err *read_version(struct pe *pe, struct pe_version *v)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	string_vec strings = { 0 };
	u32_vec translations = { 0 };
	uint32_t rva = 0, size = 0;
	struct cursor c;
	struct err *e;

	TRY(find_version(pe, &rva, &size));
	TRY(pe_cursor(pe, rva, size < MAX_VERSION_SIZE ? size : MAX_VERSION_SIZE, &view, &c));
	e = parse_version(pe, &c, v, &strings, &translations);
	if (!e)
		e = keep(pe, v, &strings, &translations);
	vec_deinit(&strings);
	vec_deinit(&translations);
	return e;
}

struct err *pe_version(struct pe *pe, const struct pe_version **ret)
{
	if (!pe->version) {
		struct pe_version *v = ARENA_NEW(&pe->arena, struct pe_version);

		if (!v)
			return err_nomem();
		TRY(err_prefix(read_version(pe, v), "version resource"));
		pe->version = v;
	}
	*ret = pe->version;
	return NULL;
}

const char *pe_version_string(const struct pe_version *v, const char *key)
{
	for (size_t i = 0; i < v->n_strings; i++)
		if (!strcasecmp(v->strings[i].key, key))
			return v->strings[i].value;
	return NULL;
}
