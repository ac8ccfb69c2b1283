/* SPDX-License-Identifier: MIT */
/*
 * Minidump: annotations that programs leave through Crashpad, and Breakpad's
 * assertion.
 *
 * Spec: MinidumpCrashpadInfo and what hangs on it in Crashpad's
 * minidump_extensions.h. A location is {u32 size, u32 rva}. Dictionaries are a
 * u32 count and {rva of key, rva of value}; annotation objects a u32 count
 * and {rva of name, u16 type, u16, rva of value}, the value being a u32 length
 * and bytes; type 1 is a string. Assertion: MDRawAssertionInfo of Breakpad's
 * minidump_format.h.
 */
#include "base/cancel.h"
#include "format/minidump.h"

enum {
	INFO_SIZE = 52,		/* up to the module list */
	ASSERTION_TEXT = 256,	/* 128 units */
	OBJECT_STRING = 1,
	MAX_VALUE = 32,		/* bytes shown of an object that is no string */
};

static struct dump_piece location(struct cursor *c)
{
	uint64_t size = cursor_u32(c), rva = cursor_u32(c);

	return (struct dump_piece){ rva, size };
}

/* "module!name": whose annotation it is. */
static const char *scoped(struct minidump *md, const char *scope, const char *name)
{
	if (!name || !*scope)
		return name;
	return arena_printf(&md->d.arena, "%s!%s", scope, name);
}

static struct err *dictionary(struct minidump *md, md_notes *notes, struct dump_piece piece,
			      const char *kind, const char *scope)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	static const unsigned sizes[] = { 8 };
	struct md_array a;

	if (!piece.size)
		return NULL;
	TRY(md_open(md, piece, "Crashpad dictionary", &in));
	TRY(md_counted(md, &in, "Crashpad dictionary", sizes, 1, &a));
	for (uint64_t i = 0; i < a.count; i++) {
		struct cursor c = md_item(&in, &a, i);
		const char *key = md_string8(md, cursor_u32(&c), "annotation name");
		const char *value = md_string8(md, cursor_u32(&c), "annotation");

		TRY(md_note(md, notes, kind, scoped(md, scope, key), value));
	}
	return NULL;
}

static struct err *string_list(struct minidump *md, md_notes *notes, struct dump_piece piece,
			       const char *scope)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	static const unsigned sizes[] = { 4 };
	struct md_array a;

	if (!piece.size)
		return NULL;
	TRY(md_open(md, piece, "Crashpad list", &in));
	TRY(md_counted(md, &in, "Crashpad list", sizes, 1, &a));
	for (uint64_t i = 0; i < a.count; i++) {
		struct cursor c = md_item(&in, &a, i);

		TRY(md_note(md, notes, "crashpad-module", scope,
			    md_string8(md, cursor_u32(&c), "annotation")));
	}
	return NULL;
}

static const char *hex_value(struct minidump *md, uint32_t rva, unsigned type)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	struct err *e = md_open(md, (struct dump_piece){ rva, 4 + MAX_VALUE }, "annotation", &in);
	uint32_t length, shown;

	if (e) {
		dump_add_defect(&md->d, e);
		return "";
	}
	length = cursor_u32(&in.c);
	shown = length < MAX_VALUE ? length : MAX_VALUE;
	strbuf_addf(&sb, "type 0x%x, %" PRIu32 " bytes:", type, length);
	for (uint32_t i = 0; i < shown && cursor_left(&in.c); i++)
		strbuf_addf(&sb, " %02x", cursor_u8(&in.c));
	return sb.failed ? NULL : arena_strdup(&md->d.arena, sb.s);
}

static struct err *objects(struct minidump *md, md_notes *notes, struct dump_piece piece,
			   const char *scope)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	static const unsigned sizes[] = { 12 };
	struct md_array a;

	if (!piece.size)
		return NULL;
	TRY(md_open(md, piece, "Crashpad annotation objects", &in));
	TRY(md_counted(md, &in, "Crashpad annotation objects", sizes, 1, &a));
	for (uint64_t i = 0; i < a.count; i++) {
		struct cursor c = md_item(&in, &a, i);
		const char *name = md_string8(md, cursor_u32(&c), "annotation name");
		unsigned type = cursor_u16(&c);
		const char *value;
		uint32_t rva;

		cursor_skip(&c, 2);
		rva = cursor_u32(&c);
		value = type == OBJECT_STRING ? md_string8(md, rva, "annotation") :
						hex_value(md, rva, type);
		TRY(md_note(md, notes, "crashpad-module", scoped(md, scope, name), value));
	}
	return NULL;
}

static const char *module_name(struct minidump *md, uint32_t index)
{
	const struct dump_module *modules;
	size_t n;
	struct err *e = dump_modules(&md->d, &modules, &n);

	if (!e && index < n && *modules[index].path)
		return str_basename(modules[index].path);
	dump_add_defect(&md->d, e);
	return arena_printf(&md->d.arena, "module #%" PRIu32, index);
}

static struct err *module_info(struct minidump *md, md_notes *notes, struct dump_piece piece,
			       const char *scope)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	struct dump_piece list, simple;

	TRY(md_open(md, piece, "Crashpad module information", &in));
	cursor_skip(&in.c, 4); /* version: only grows */
	list = location(&in.c);
	simple = location(&in.c);
	TRY(cursor_check(&in.c, "Crashpad module information"));
	TRY(md_soften(md, string_list(md, notes, list, scope)));
	TRY(md_soften(md, dictionary(md, notes, simple, "crashpad-module", scope)));
	if (cursor_left(&in.c) < 8) /* an older writer */
		return NULL;
	return objects(md, notes, location(&in.c), scope);
}

static struct err *modules(struct minidump *md, md_notes *notes, struct dump_piece piece)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	static const unsigned sizes[] = { 12 };
	struct md_array a;

	if (!piece.size)
		return NULL;
	TRY(md_open(md, piece, "Crashpad module list", &in));
	TRY(md_counted(md, &in, "Crashpad module list", sizes, 1, &a));
	for (uint64_t i = 0; i < a.count && md->notes_left; i++) {
		struct cursor c = md_item(&in, &a, i);
		const char *scope = module_name(md, cursor_u32(&c));

		if (!scope)
			return err_nomem();
		TRY(cancel_check());
		TRY(md_soften(md, module_info(md, notes, location(&c), scope)));
	}
	return NULL;
}

static struct err *uuid(struct minidump *md, md_notes *notes, struct cursor *c, const char *key)
{
	uint32_t a = cursor_u32(c);
	uint16_t b = cursor_u16(c), d = cursor_u16(c);
	uint8_t e[8];
	bool zero = !a && !b && !d;

	cursor_copy(c, e, sizeof(e));
	for (size_t i = 0; i < sizeof(e); i++)
		zero = zero && !e[i];
	if (zero)
		return NULL;
	return md_notef(md, notes, "crashpad", key,
			"%08" PRIx32 "-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", a, b, d, e[0],
			e[1], e[2], e[3], e[4], e[5], e[6], e[7]);
}

static struct err *crashpad(struct minidump *md, md_notes *notes)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	struct dump_piece simple, list;
	bool found;

	TRY(md_open_stream(md, MD_CRASHPAD_INFO, &in, &found));
	if (!found)
		return NULL;
	cursor_skip(&in.c, 4); /* version */
	TRY(uuid(md, notes, &in.c, "report_id"));
	TRY(uuid(md, notes, &in.c, "client_id"));
	simple = location(&in.c);
	list = location(&in.c);
	TRY(cursor_check(&in.c, "Crashpad information"));
	TRY(md_soften(md, dictionary(md, notes, simple, "crashpad", "")));
	return modules(md, notes, list);
}

static struct err *assertion(struct minidump *md, md_notes *notes)
{
	static const char *const keys[] = { "expression", "function", "file" };
	static const char *const types[] = { "unknown", "invalid parameter", "pure virtual call" };
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	size_t before = notes->n;
	uint32_t line, type;
	bool found;

	TRY(md_open_stream(md, MD_ASSERTION_INFO, &in, &found));
	if (!found)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct cursor text = cursor_take(&in.c, ASSERTION_TEXT);

		const char *s = md_utf16(md, &text, ASSERTION_TEXT);

		if (!s || *s)
			TRY(md_note(md, notes, "assertion", keys[i], s));
	}
	line = cursor_u32(&in.c);
	type = cursor_u32(&in.c);
	TRY(cursor_check(&in.c, "assertion"));
	if (notes->n == before && !line && !type) /* written always, filled in on use */
		return NULL;
	TRY(md_notef(md, notes, "assertion", "line", "%" PRIu32, line));
	if (type < ARRAY_SIZE(types))
		return md_note(md, notes, "assertion", "type", types[type]);
	return md_notef(md, notes, "assertion", "type", "%" PRIu32, type);
}

struct err *md_notes_crashpad(struct minidump *md, md_notes *notes)
{
	TRY(md_soften(md, assertion(md, notes)));
	return crashpad(md, notes);
}
