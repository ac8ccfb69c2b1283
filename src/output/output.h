/* SPDX-License-Identifier: MIT */
/*
 * Output: typed records, filled in as text or as JSON lines.
 *
 * Commands emit fields and never format. A record kind is declared once, in
 * the command's row: its JSON keys, the types, and a template that lays the
 * same fields out as text the way WinDbg does:
 *
 *	static const struct field frame_fields[] = {
 *		{ "index", FIELD_UINT, "frame number" },
 *		{ "child_sp", FIELD_ADDR, "stack pointer of the frame" }, ...
 *		{ NULL },
 *	};
 *	static const struct record frame_record = {
 *		.kind = "frame", .fields = frame_fields,
 *		.text = "{child_sp} {ret_addr} {call_site}[ \[{file} @ {line}\]]\n",
 *	};
 *
 *	out_begin(o, &frame_record);
 *	out_addr(o, "child_sp", f->sp);
 *	...
 *	TRY(out_end(o));
 *
 * Template: literal text with
 *	{key}		the field in its type's usual form; nothing if absent
 *	{key:SPEC}	SPEC = [-][0][width][.max][conversion]; conversions: d x X s p
 *			(p: pointer width, with ` when 64-bit), S (size, human), n (with
 *			"0n"), b (binary), q (quoted), c (escaped char) ... see text.c
 *	[ ... ]		printed only when every field inside is present (may nest)
 *	\[ \] \{ \} \\	the characters themselves
 * JSON: one object a line, {"kind":"frame",...} with the fields in the order
 * emitted; addresses are strings "0x...", absent fields are left out, absent
 * memory is null. Strings are sanitised here (a dump's bytes cannot drive the
 * terminal); text escapes control characters as \xNN.
 */
#ifndef OSM_OUTPUT_OUTPUT_H
#define OSM_OUTPUT_OUTPUT_H

#include "base/cleanup.h"
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_type {
	FIELD_ADDR,	/* address: hex, pointer width */
	FIELD_HEX,	/* number shown in hex without padding */
	FIELD_UINT,	/* decimal */
	FIELD_INT,
	FIELD_SIZE,	/* bytes, hex in text */
	FIELD_STR,
	FIELD_BOOL,
	FIELD_TIME,	/* Unix seconds; JSON: RFC 3339 UTC; text: WinDbg's "Tue Feb 10 ..." (UTC) */
	FIELD_DURATION,	/* 100 ns units; JSON: seconds as number; text: "0 days 0:00:01.234" */
	FIELD_SYM,	/* module!name+0xdisp; JSON object {module,name,offset} */
	FIELD_BYTES,	/* byte string, bytes may be absent */
	FIELD_WORDS,	/* list of integers of one size, each may be absent */
	FIELD_STRS,	/* list of strings */
	FIELD_FLAGS,	/* number and its names */
	FIELD_FLOAT,
};

struct field {
	const char *key;	/* snake_case; the contract */
	enum field_type type;
	const char *help;
};

struct record {
	const char *kind;
	const char *help;
	const struct field *fields;	/* ended by key NULL */
	const char *text;		/* template; NULL: no text form (JSON only) */
};

struct out_word {
	uint64_t value;
	bool present;
};

struct out;

/* Where finished text goes. */
typedef struct err *out_write(void *arg, const char *text, size_t len);

struct err *out_create_text(out_write *write, void *arg, struct out **ret) MUST_USE;
struct err *out_create_json(out_write *write, void *arg, struct out **ret) MUST_USE;
void out_destroy(struct out *o);
DEFINE_CLEANUP_PTR(struct out, out_destroy)
bool out_is_text(const struct out *o);
/* Width of FIELD_ADDR in text: 4 or 8 bytes. */
void out_set_pointer_size(struct out *o, unsigned bytes);
unsigned out_pointer_size(const struct out *o);
/* Redirects what follows (for .foreach, .logopen, tests); returns the old. */
void out_set_sink(struct out *o, out_write *write, void *arg);

void out_begin(struct out *o, const struct record *rec);
/* The same record in another text layout (k, kb, kv share one record). */
void out_begin_as(struct out *o, const struct record *rec, const char *text_template);
void out_addr(struct out *o, const char *key, uint64_t v);
void out_uint(struct out *o, const char *key, uint64_t v);	/* FIELD_UINT, _HEX, _SIZE, _ADDR */
void out_int(struct out *o, const char *key, int64_t v);
void out_str(struct out *o, const char *key, const char *s);	/* NULL: absent */
void out_strf(struct out *o, const char *key, const char *fmt, ...) PRINTF(3, 4);
void out_bool(struct out *o, const char *key, bool v);
void out_time(struct out *o, const char *key, uint64_t unix_seconds);
void out_duration(struct out *o, const char *key, uint64_t hundred_ns);
/* module and name may be NULL: then the bare address is shown */
void out_sym(struct out *o, const char *key, const char *module, const char *name,
	     uint64_t displacement, uint64_t address);
void out_bytes(struct out *o, const char *key, const uint8_t *bytes, size_t n);
void out_words(struct out *o, const char *key, const struct out_word *words, size_t n, unsigned size);
void out_strs(struct out *o, const char *key, const char *const *strs, size_t n);
void out_flags(struct out *o, const char *key, uint64_t value, const char *names);
void out_float(struct out *o, const char *key, double v);
/* Ends the record; errors of the sink come out here. Unknown keys and types
 * that do not fit the declaration are bugs of ours: assert. */
struct err *out_end(struct out *o) MUST_USE;

/* Column heads and blank lines: text only, nothing in JSON. */
struct err *out_heading(struct out *o, const char *fmt, ...) PRINTF(2, 3) MUST_USE;

#endif
