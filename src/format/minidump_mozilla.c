/* SPDX-License-Identifier: MIT */
/*
 * Minidump: Mozilla's streams for macOS.
 *
 * Sources: format.rs of rust-minidump (minidump-common), which documents what
 * Mozilla's exception handler writes: MINIDUMP_MAC_CRASH_INFO {u32 stream
 * type, u32 records, u32 size of a record's fixed part, 20 locations}; a
 * record {u64 stream type, u64 version, from version 4: u64 thread, u64 dialog
 * mode, from 5: u64 abort cause}, and behind the fixed part five
 * NUL-terminated strings. MINIDUMP_MAC_BOOTARGS {u32 stream type, u64 rva of a
 * UTF-16 string}.
 */
#include "format/minidump.h"

enum { MAX_RECORDS = 20, MAX_RECORD = 1 << 20 };

static struct err *number(struct minidump *md, md_notes *notes, const char *key, uint64_t value)
{
	return value ? md_notef(md, notes, "mac-crash-info", key, "0x%" PRIx64, value) : NULL;
}

static struct err *strings(struct minidump *md, md_notes *notes, struct cursor *c)
{
	static const char *const keys[] = { "module_path", "message", "signature_string",
					    "backtrace", "message2" };

	for (size_t i = 0; i < ARRAY_SIZE(keys) && cursor_left(c); i++) {
		const char *s = cursor_cstr(c), *text;

		TRY(cursor_check(c, "macOS crash information text"));
		text = md_text(md, s, strlen(s));
		if (!text || *text)
			TRY(md_note(md, notes, "mac-crash-info", keys[i], text));
	}
	return NULL;
}

static struct err *record(struct minidump *md, md_notes *notes, struct dump_piece piece,
			  uint32_t fixed)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	uint64_t version;

	if (piece.size > MAX_RECORD)
		piece.size = MAX_RECORD;
	TRY(md_open(md, piece, "macOS crash information", &in));
	cursor_skip(&in.c, 8);
	version = cursor_u64(&in.c);
	TRY(cursor_check(&in.c, "macOS crash information"));
	TRY(number(md, notes, "version", version));
	if (version >= 4 && fixed >= 32) {
		TRY(number(md, notes, "thread", cursor_u64(&in.c)));
		TRY(number(md, notes, "dialog_mode", cursor_u64(&in.c)));
	}
	if (version >= 5 && fixed >= 40)
		TRY(number(md, notes, "abort_cause", cursor_u64(&in.c)));
	TRY(cursor_check(&in.c, "macOS crash information"));
	cursor_seek(&in.c, fixed);
	TRY(cursor_check(&in.c, "macOS crash information"));
	return strings(md, notes, &in.c);
}

static struct err *crash_info(struct minidump *md, md_notes *notes)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	uint32_t count, fixed;
	bool found;

	TRY(md_open_stream(md, MD_MOZ_MAC_CRASH_INFO, &in, &found));
	if (!found)
		return NULL;
	cursor_skip(&in.c, 4);
	count = cursor_u32(&in.c);
	fixed = cursor_u32(&in.c);
	TRY(cursor_check(&in.c, "macOS crash information"));
	if (count > MAX_RECORDS)
		return err_new(ERR_CORRUPT,
			       "%s: macOS crash information at offset 0x%" PRIx64 ": %" PRIu32
			       " records, at most %d expected",
			       md->d.src->name, in.c.origin, count, MAX_RECORDS);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t size = cursor_u32(&in.c), rva = cursor_u32(&in.c);

		TRY(cursor_check(&in.c, "macOS crash information"));
		TRY(record(md, notes, (struct dump_piece){ rva, size }, fixed));
	}
	return NULL;
}

static struct err *boot_args(struct minidump *md, md_notes *notes)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	uint64_t rva;
	bool found;

	TRY(md_open_stream(md, MD_MOZ_MAC_BOOT_ARGS, &in, &found));
	if (!found)
		return NULL;
	cursor_skip(&in.c, in.c.size >= 16 ? 8 : 4); /* packed, or not */
	rva = cursor_u64(&in.c);
	TRY(cursor_check(&in.c, "macOS boot arguments"));
	return md_note(md, notes, "mac-boot-args", "", md_string(md, rva, "macOS boot arguments"));
}

struct err *md_notes_mozilla(struct minidump *md, md_notes *notes)
{
	TRY(md_soften(md, crash_info(md, notes)));
	return boot_args(md, notes);
}
