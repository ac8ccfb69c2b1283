/* SPDX-License-Identifier: MIT */
/*
 * Minidump: what of it stays when it is stripped.
 *
 * Streams that describe threads, modules, memory and the system stay, with
 * the names and contexts that they point to; the rest (handles, comments,
 * environment, annotations, whatever is not known here) goes. A new directory
 * of what stays, and a comment that says so, are put behind the old end: the
 * header's RVA of the directory has 32 bits, so a dump that ends beyond 4 GiB
 * cannot be stripped.
 *
 * In contexts only integer registers stay: vector registers hold pieces of
 * the strings that were copied last.
 */
#include "base/cancel.h"
#include "format/minidump.h"
#include "format/strip.h"

#include <string.h>

enum {
	HEADER_SIZE = 32,
	HEADER_COUNT = 8,
	MODULE_SIZE = 108,
	UNLOADED_SIZE = 24,
	NAME_AT = 20,		/* the name's RVA in both */
	THREAD_NAME_SIZE = 12,
	CRASHPAD_HEAD = 36,	/* version and ids, without annotations */
	CSD_VERSION_AT = 24,
	MAX_STRING = 0x10000,
	MAX_CODEVIEW = 0x10000,
};

static bool stays(uint32_t type)
{
	static const uint32_t types[] = {
		MD_THREAD_LIST, MD_MODULE_LIST, MD_MEMORY_LIST, MD_EXCEPTION, MD_SYSTEM_INFO, MD_THREAD_EX_LIST,
		MD_MEMORY64_LIST, MD_FUNCTION_TABLE, MD_UNLOADED_MODULE_LIST, MD_MISC_INFO, MD_MEMORY_INFO_LIST,
		MD_THREAD_INFO_LIST, MD_THREAD_NAMES, MD_CRASHPAD_INFO, MD_BREAKPAD_INFO, MD_LINUX_CPU_INFO,
		MD_LINUX_LSB_RELEASE, MD_LINUX_AUXV, MD_LINUX_MAPS,
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i] == type)
			return true;
	return false;
}

/* The bytes of a context that hold integer registers and flags, from its start. */
static uint64_t integer_part(enum context_layout layout, uint64_t size, struct dump_piece *ret_hole)
{
	*ret_hole = (struct dump_piece){ 0, 0 };
	if (layout == CONTEXT_WIN_X64)
		return 0x100;
	if (layout == CONTEXT_WIN_ARM64)
		return 0x110;
	if (layout == CONTEXT_WIN_ARM || layout == CONTEXT_BREAKPAD_ARM)
		return 0x48;
	if (layout != CONTEXT_WIN_X86)
		return size;
	*ret_hole = (struct dump_piece){ 0x1c, 0x70 };	/* FloatSave */
	return 0xcc;
}

static struct err *keep_context(struct strip_plan *p, enum context_layout layout, struct dump_piece context)
{
	struct dump_piece hole;
	uint64_t n = integer_part(layout, context.size, &hole);

	if (n > context.size)
		n = context.size;
	if (hole.size && hole.offset + hole.size < n) {
		TRY(strip_plan_keep(p, context.offset, hole.offset));
		hole.offset += hole.size;
		return strip_plan_keep(p, context.offset + hole.offset, n - hole.offset);
	}
	return strip_plan_keep(p, context.offset, n);
}

static struct err *keep_contexts(struct minidump *md, struct strip_plan *p)
{
	const struct dump_exception *x;
	const struct dump_thread *threads;
	size_t n;

	TRY(dump_threads(&md->d, &threads, &n));
	for (size_t i = 0; i < n; i++)
		TRY(keep_context(p, threads[i].layout, threads[i].context));
	TRY(dump_exception(&md->d, &x));
	return x ? keep_context(p, x->layout, x->context) : NULL;
}

/* A string at an RVA: u32 length in bytes, the text, a terminator. */
static struct err *keep_string(struct minidump *md, struct strip_plan *p, uint64_t rva)
{
	uint8_t bytes[4];
	struct cursor c;
	uint32_t n;

	if (!rva || source_read_some(md->d.src, rva, bytes, sizeof(bytes)) < sizeof(bytes))
		return NULL;
	c = cursor_init(md->d.src->name, bytes, sizeof(bytes), rva);
	c.big_endian = md->d.facts.big_endian;
	n = cursor_u32(&c);
	return strip_plan_keep(p, rva, sizeof(bytes) + (n < MAX_STRING ? n : MAX_STRING));
}

/* The strings that the records of a list name, at `name_at` in each. */
static struct err *keep_names(struct minidump *md, struct strip_plan *p, const struct md_in *in,
			      const struct md_array *a, unsigned name_at, unsigned name_size)
{
	for (uint64_t i = 0; i < a->count; i++) {
		struct cursor c = md_item(in, a, i);

		if (!(i & 0xff))
			TRY(cancel_check());
		cursor_skip(&c, name_at);
		TRY(keep_string(md, p, cursor_uint(&c, name_size)));
	}
	return NULL;
}

static struct err *keep_codeview(struct minidump *md, struct strip_plan *p)
{
	const struct dump_module *modules;
	size_t n;

	TRY(dump_modules(&md->d, &modules, &n));
	for (size_t i = 0; i < n; i++) {
		struct dump_piece cv = modules[i].codeview_record;

		TRY(strip_plan_keep(p, cv.offset, cv.size < MAX_CODEVIEW ? cv.size : MAX_CODEVIEW));
	}
	return NULL;
}

static struct err *keep_modules(struct minidump *md, struct strip_plan *p)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	static const unsigned sizes[] = { MODULE_SIZE };
	struct md_array a;
	bool found;

	TRY(md_open_stream(md, MD_MODULE_LIST, &in, &found));
	if (!found)
		return NULL;
	TRY(md_counted(md, &in, "module list", sizes, 1, &a));
	TRY(keep_names(md, p, &in, &a, NAME_AT, 4));
	return keep_codeview(md, p);
}

static struct err *keep_unloaded(struct minidump *md, struct strip_plan *p)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	struct md_array a;
	bool found;

	TRY(md_open_stream(md, MD_UNLOADED_MODULE_LIST, &in, &found));
	if (!found)
		return NULL;
	TRY(md_headed(md, &in, "unloaded module list", UNLOADED_SIZE, false, &a));
	return keep_names(md, p, &in, &a, NAME_AT, 4);
}

static struct err *keep_thread_names(struct minidump *md, struct strip_plan *p)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	static const unsigned sizes[] = { THREAD_NAME_SIZE };
	struct md_array a;
	bool found;

	TRY(md_open_stream(md, MD_THREAD_NAMES, &in, &found));
	if (!found)
		return NULL;
	TRY(md_counted(md, &in, "thread names", sizes, 1, &a));
	return keep_names(md, p, &in, &a, 4, 8);
}

static struct err *keep_service_pack(struct minidump *md, struct strip_plan *p)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	bool found;

	TRY(md_open_stream(md, MD_SYSTEM_INFO, &in, &found));
	if (!found)
		return NULL;
	cursor_skip(&in.c, CSD_VERSION_AT);
	return keep_string(md, p, cursor_u32(&in.c));
}

static struct dump_piece stripped_stream(struct minidump *md, const struct md_stream *s)
{
	struct dump_piece piece = md_clip(md, s->piece.offset, s->piece.size);

	if (s->type == MD_CRASHPAD_INFO && piece.size > CRASHPAD_HEAD)
		piece.size = CRASHPAD_HEAD;
	return piece;
}

static void put32(uint8_t **at, uint32_t v, bool big)
{
	for (unsigned i = 0; i < 4; i++)
		*(*at)++ = (uint8_t)(v >> 8 * (big ? 3 - i : i));
}

static void put_entry(uint8_t **at, uint32_t type, struct dump_piece piece, bool big)
{
	put32(at, type, big);
	put32(at, (uint32_t)piece.size, big);
	put32(at, (uint32_t)piece.offset, big);
}

/* The comment and the new directory behind it; the header leads to that. */
static struct err *add_directory(struct minidump *md, struct strip_plan *p)
{
	static const char comment[] = STRIP_WRITER " " OSM_VERSION ": " STRIP_MEANING;
	uint64_t text_at = (md->d.src->size + 7) & ~(uint64_t)7, at = (text_at + sizeof(comment) + 7) & ~(uint64_t)7;
	uint8_t *entries = arena_alloc(&p->arena, (md->n_streams + 1) * 12), *e = entries, head[8], *h = head;
	bool big = md->d.facts.big_endian;
	uint32_t n = 1;

	if (!entries)
		return err_nomem();
	put_entry(&e, MD_COMMENT_A, (struct dump_piece){ text_at, sizeof(comment) }, big);
	for (size_t i = 0; i < md->n_streams; i++) {
		struct dump_piece piece = stripped_stream(md, &md->streams[i]);

		if (!stays(md->streams[i].type) || !piece.size)
			continue;
		TRY(strip_plan_keep(p, piece.offset, piece.size));
		put_entry(&e, md->streams[i].type, piece, big);
		n++;
	}
	p->size = at + n * 12;
	if (p->size > UINT32_MAX)
		return err_new(ERR_UNSUPPORTED,
			       "%s: it ends beyond 4 GiB, where a minidump has no room for the directory of what "
			       "is left", md->d.src->name);
	put32(&h, n, big);
	put32(&h, (uint32_t)at, big);
	TRY(strip_plan_patch(p, HEADER_COUNT, head, sizeof(head)));
	TRY(strip_plan_patch(p, text_at, comment, sizeof(comment)));
	return strip_plan_patch(p, at, entries, n * 12);
}

/* What is appended to a dump that was cut off would pass for the memory that is missing. */
static struct err *refuse_cut(struct minidump *md)
{
	const struct dump_segment *v;
	size_t n;

	TRY(dump_segments(&md->d, &v, &n));
	for (size_t i = 0; i < n; i++)
		if (v[i].file_size < v[i].size)
			return err_new(ERR_UNSUPPORTED,
				       "%s: it was cut off: memory at 0x%" PRIx64 " is missing, and what was appended "
				       "would be taken for it", md->d.src->name, v[i].address);
	return NULL;
}

struct err *md_strip(struct dump *d, struct strip_plan *p)
{
	struct minidump *md = md_of(d);

	TRY(refuse_cut(md));
	TRY(strip_plan_keep(p, 0, HEADER_SIZE));
	TRY(keep_contexts(md, p));
	TRY(keep_modules(md, p));
	TRY(keep_unloaded(md, p));
	TRY(keep_thread_names(md, p));
	TRY(keep_service_pack(md, p));
	return add_directory(md, p);
}

struct err *md_read_stripped(struct minidump *md)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	static const char start[] = STRIP_WRITER " ";
	struct dump_piece piece;
	const char *text, *colon;

	if (!md_find(md, MD_COMMENT_A, &piece) || piece.size < sizeof(start) || piece.size > MAX_STRING)
		return NULL;
	TRY(md_open(md, piece, "CommentStreamA", &in));
	text = md_text(md, in.c.data, in.c.size);
	if (!text)
		return err_nomem();
	colon = strchr(text, ':');
	if (!str_starts(text, start) || !colon)
		return NULL;
	md->d.facts.stripped = arena_strndup(&md->d.arena, text, (size_t)(colon - text));
	return md->d.facts.stripped ? NULL : err_nomem();
}
