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
 *	{key:SPEC}	in another form
 *	{key|TEXT}, {key:SPEC|TEXT}  TEXT when the field is absent; a TEXT of one
 *			'?' becomes as many as the field has digits: ????????
 *	[ ... ]		printed only when every {field} directly inside is present
 *			(those with a |TEXT do not count); may nest
 *	\[ \] \{ \} \\	the characters themselves
 *
 * SPEC = ['-'] ['0'] [width] ['.' max] [conversion]. Fields are padded to
 * `width` characters on the left, with '-' on the right, with '0' by zeros. A
 * width of P is that of a pointer as p prints it (8, or 17 with the back-quote).
 * `max` cuts strings. Numbers are never cut. Conversions:
 *	d decimal, n decimal after "0n", x X hex, o octal, b binary, c character
 *	p  pointer: 00401000, or 00007ff7`12340000 when pointers have 64 bits
 *	w  the same without back-quote
 *	S  size for people: "4.000 kB", "1.234 MB"
 *	s  string; q "quoted"; r raw: new lines and tabs pass (.echo, .printf)
 *	N  of a symbol: without displacement; M: its module only
 *	s  of a time: "Tue Feb 10 14:20:45 2009"; i: RFC 3339
 *	D  of bytes/words: db's form "4d 5a 90 00 03 00 00 00-04 00", absent: ??
 *	A  of bytes/words: ASCII column, '.' unprintable, '?' absent
 *	x d u b f  of words: each item so; 8-byte items in hex have a back-quote
 *	G  of 16 bytes: GUID as Windows writes it
 *	x  of bytes: one run of digits (the default); of flags: the number
 *	Y  of a bool: Yes/No
 *	s  of a list of strings: blanks between; default: ", "
 * Default forms: ADDR p; HEX SIZE x; UINT INT d; BOOL yes/no; TIME
 * "Tue Feb 10 14:20:45.000 2009 (UTC + 0:00)"; DURATION "0 days 0:00:01.234";
 * SYM mod!name+0x12, mod+0x12 or 0x401012; BYTES x; WORDS x; FLAGS their
 * names; FLOAT %g.
 *	db:  .text = "{address}  {bytes:-47D}  {bytes:A}\n"
 *	dd:  .text = "{address}  {words}\n"
 *	lm:  .text = "{start} {end}   {name:-8}   {status}\n"
 *
 * JSON: one object a line, {"kind":"frame",...} with the fields in the order
 * emitted; absent fields are left out. ADDR are strings "0x..."; HEX UINT INT
 * SIZE numbers; TIME RFC 3339 in UTC; DURATION seconds; SYM an object
 * {"module","name","offset","address"}; BYTES a string of hex digits; WORDS a
 * list: numbers, or "0x..." strings when 8 bytes wide, null when absent; FLAGS
 * {"value":n,"names":[...]}.
 *
 * Strings are sanitised here (a dump's bytes cannot drive the terminal): text
 * escapes control characters as \xNN, and what is not UTF-8 becomes U+FFFD.
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
/* Redirects what follows (for .foreach, .logopen, tests); out_sink tells the
 * present one, to put it back or to hand on to. */
void out_set_sink(struct out *o, out_write *write, void *arg);
void out_sink(const struct out *o, out_write **ret_write, void **ret_arg);

void out_begin(struct out *o, const struct record *rec);
/* The same record in another text layout (k, kb, kv share one record). */
void out_begin_as(struct out *o, const struct record *rec, const char *text_template);
void out_addr(struct out *o, const char *key, uint64_t v);
void out_uint(struct out *o, const char *key, uint64_t v);	/* FIELD_UINT, _HEX, _SIZE, _ADDR */
void out_int(struct out *o, const char *key, int64_t v);
void out_str(struct out *o, const char *key, const char *s);	/* NULL: absent */
void out_name(struct out *o, const char *key, const char *s);	/* NULL and "": absent */
void out_strf(struct out *o, const char *key, const char *fmt, ...) PRINTF(3, 4);
void out_bool(struct out *o, const char *key, bool v);
void out_time(struct out *o, const char *key, uint64_t unix_seconds);
void out_duration(struct out *o, const char *key, uint64_t hundred_ns);
/* module and name may be NULL: then the bare address is shown */
void out_sym(struct out *o, const char *key, const char *module, const char *name,
	     uint64_t displacement, uint64_t address);
/* NULL bytes: absent */
void out_bytes(struct out *o, const char *key, const uint8_t *bytes, size_t n);
void out_words(struct out *o, const char *key, const struct out_word *words, size_t n, unsigned size);
void out_strs(struct out *o, const char *key, const char *const *strs, size_t n);
/* names: separated by blanks, commas or bars; NULL: the number alone */
void out_flags(struct out *o, const char *key, uint64_t value, const char *names);
void out_float(struct out *o, const char *key, double v);
/* Ends the record; errors of the sink come out here. Unknown keys and types
 * that do not fit the declaration are bugs of ours: assert. Strings and arrays
 * were copied: they need to live only until the call that gives them returns. */
struct err *out_end(struct out *o) MUST_USE;

/* Column heads and blank lines: text only, nothing in JSON. The new line is
 * the caller's. */
struct err *out_heading(struct out *o, const char *fmt, ...) PRINTF(2, 3) MUST_USE;
/* A number that JSON records carry beside their own fields, unless they have a
 * field of that name: the thread that ~*k is at. key NULL: none. Borrowed. */
void out_set_tag(struct out *o, const char *key, uint64_t value);
/* A second one, before it: the process that |* is at. */
void out_set_outer_tag(struct out *o, const char *key, uint64_t value);
/* Width of a {field:p} column: 8 or 17, for headings:
 * out_heading(o, " # %-*s RetAddr\n", out_pointer_width(o), "Child-SP"). */
int out_pointer_width(const struct out *o);

/* Whether the template is well formed over these fields; false: *why says
 * what is not. For tests of the command list. */
bool out_check_template(const struct record *rec, const char *text_template, const char **why);

#endif
