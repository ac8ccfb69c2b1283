/* SPDX-License-Identifier: MIT */
/*
 * d*: memory as numbers, characters, strings.
 *
 * Every form is a row of a table: unit, units a line, default count, layout.
 * Absent bytes are shown as ?, and null in JSON.
 */
#include "command/code.h"
#include "command/command.h"
#include "command/kernel.h"

#include "base/cancel.h"

#include <string.h>

enum { MAX_LINE_UNITS = 256, MAX_STRING = 1 << 20 };

static const struct field memory_fields[] = {
	{ "address", FIELD_ADDR, "of the first unit of the line" },
	{ "size", FIELD_UINT, "bytes of one unit" },
	{ "words", FIELD_WORDS, "the units; null where memory is absent" },
	{ "text", FIELD_STR, "string (da, du)" },
	{ NULL },
};

static const struct record memory_record = {
	.kind = "memory",
	.help = "a line of memory",
	.fields = memory_fields,
	.text = "{address}  {words}\n",
};

struct form {
	const char *name;
	uint8_t unit;
	uint8_t per_line;
	uint8_t count;
	const char *layout;
};

static const struct form forms[] = {
	{ "db", 1, 16, 128, "{address}  {words:-47D}  {words:A}\n" },
	{ "dw", 2, 8, 64, "{address}  {words}\n" },
	{ "dd", 4, 4, 32, "{address}  {words}\n" },
	{ "dq", 8, 2, 16, "{address}  {words}\n" },
	{ "df", 4, 4, 16, "{address}  {words:f}\n" },
	{ "dD", 8, 3, 15, "{address}  {words:f}\n" },
	{ "dyb", 1, 4, 32, "{address}  {words:-35b}  {words:D}\n" },
	{ "dyd", 4, 1, 8, "{address}  {words:b}  {words}\n" },
	{ "dW", 2, 8, 64, "{address}  {words:-39}  {words:A}\n" },
	{ "dc", 4, 4, 32, "{address}  {words:-35}  {words:A}\n" },
};

static const struct form *find_form(struct session *s, const char *name)
{
	if (strcmp(name, "d") == 0)
		name = "db";
	if (strcmp(name, "dp") == 0)
		name = session_pointer_size(s) == 8 ? "dq" : "dd";
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
	return &forms[0];
}

/* One line of units, each present only when all of its bytes are. */
static void read_units(const struct arch_memory *m, uint64_t at, unsigned unit, size_t n,
		       struct out_word *words)
{
	for (size_t i = 0; i < n; i++) {
		words[i] = (struct out_word){ 0 };
		words[i].present = arch_read_uint(m, at + i * unit, unit, &words[i].value);
	}
}

static struct err *emit_line(const struct arch_memory *m, struct out *o, const struct form *f, uint64_t at,
			     size_t n)
{
	struct out_word words[MAX_LINE_UNITS];

	read_units(m, at, f->unit, n, words);
	out_begin_as(o, &memory_record, f->layout);
	out_addr(o, "address", at);
	out_uint(o, "size", f->unit);
	out_words(o, "words", words, n, f->unit);
	return out_end(o);
}

static uint64_t start_or_cursor(struct session *s, const struct range *r, char family)
{
	struct regs regs;
	uint64_t at = session_cursor(s, family);

	if (r->given)
		return r->start;
	if (!at && !err_ignore(session_regs(s, &regs)))
		at = regs_ip(&regs);
	return at;
}

static struct err *parse_columns(struct session *s, const char **p, uint64_t *columns)
{
	bool found;

	TRY(option_value(s, p, 'c', columns, &found));
	if (found && (!*columns || *columns > MAX_LINE_UNITS))
		return err_new(ERR_USAGE, "/c takes 1 to 0x%x columns", MAX_LINE_UNITS);
	return NULL;
}

/* "/c COLUMNS" and "/p", which means physical addresses, in any order. */
static struct err *parse_d(struct session *s, const struct args *args, const char **p, uint64_t *columns, const struct arch_memory **m)
{
	struct kernel *k = NULL;

	*m = target_memory(session_target(s));
	for (bool more = true; more;) {
		const char *before = *p;

		TRY(parse_columns(s, p, columns));
		if (str_starts(*p, "/p") && (!(*p)[2] || (*p)[2] == ' ')) {
			TRY(kernel_need(s, args, &k));
			*m = kernel_physical(k);
			*p = str_skip_space(*p + 2);
		}
		more = *p != before;
	}
	return NULL;
}

static struct err *run_d(struct session *s, const struct args *args, struct out *o)
{
	const struct form *f = find_form(s, args->name);
	uint64_t columns = f->per_line, at;
	const struct arch_memory *memory;
	const char *p = args->tail;
	struct range range;

	TRY(parse_d(s, args, &p, &columns, &memory));
	TRY(range_parse(s, &p, f->unit, f->count, &range));
	TRY(end_parse(args, p));
	at = start_or_cursor(s, &range, 'd');
	while (range.count) {
		size_t n = range.count < columns ? (size_t)range.count : (size_t)columns;

		TRY(cancel_check());
		TRY(emit_line(memory, o, f, at, n));
		at += n * f->unit;
		range.count -= n;
	}
	session_set_cursor(s, 'd', at);
	return NULL;
}

/* --- strings ----------------------------------------------------------------------- */

static const char string_layout[] = "{address}  {text:q}\n";
static const char absent_layout[] = "{address}  \"??\"\n";

static struct err *emit_string(struct out *o, uint64_t at, unsigned unit, const uint8_t *bytes,
			       size_t n)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	if (unit == 2)
		strbuf_add_utf16le(&sb, bytes, n);
	else
		strbuf_add_utf8(&sb, (const char *)bytes, n);
	TRY(strbuf_check(&sb));
	out_begin_as(o, &memory_record, n ? string_layout : absent_layout);
	out_addr(o, "address", at);
	out_uint(o, "size", unit);
	if (n)
		out_str(o, "text", sb.s);
	return out_end(o);
}

/* Bytes up to the terminator or what the line holds. */
static size_t string_length(const uint8_t *bytes, size_t n, unsigned unit)
{
	size_t i = 0;

	while (i + unit <= n && (bytes[i] || (unit == 2 && bytes[i + 1])))
		i += unit;
	return i;
}

static struct err *run_string(struct session *s, const struct args *args, struct out *o)
{
	const struct arch_memory *m = target_memory(session_target(s));
	unsigned unit = args->name[1] == 'u' ? 2 : 1;
	uint64_t columns = 48, at, left;
	uint8_t bytes[MAX_LINE_UNITS * 2];
	const char *p = args->tail;
	struct range range;

	TRY(parse_columns(s, &p, &columns));
	TRY(range_parse(s, &p, unit, MAX_STRING, &range));
	TRY(end_parse(args, p));
	at = start_or_cursor(s, &range, 'd');
	for (left = range.count; left;) {
		size_t want = (size_t)(left < columns ? left : columns) * unit;
		size_t got = m->read(m->arg, at, bytes, want), len = string_length(bytes, got, unit);

		TRY(cancel_check());
		if (len || left == range.count)
			TRY(emit_string(o, at, unit, bytes, len));
		at += len;
		left -= len / unit;
		if (len < want)
			break;
	}
	session_set_cursor(s, 'd', at + unit);
	return NULL;
}

static const char *const d_aliases[] = { "dw", "dW", "dd", "dq", "df", "dD", "dyb", "dyd", "dc", "dp",
					 "d", NULL };
static const char *const string_aliases[] = { "du", NULL };
static const struct record *const memory_records[] = { &memory_record, NULL };

const struct command command_d = {
	.name = "db",
	.aliases = d_aliases,
	.summary = "show memory as numbers",
	.usage = "[/c columns] [/p] [address [L count | end]]",
	.help = "db bytes and characters, dw words, dd double words, dq quad words, dp pointers,\n"
		"dc double words and characters, dW words and characters, df and dD floating-point\n"
		"numbers, dyb and dyd bits. Without an address memory is shown from where the last\n"
		"d ended. A range is an address and L with a count of units, or an end address.\n"
		"Bytes that are not in the dump are shown as ??; they are never zero. /p: the address is\n"
		"a physical one, in the dump of a machine.",
	.records = memory_records,
	.needs = NEEDS_TARGET,
	.continues = true,
	.run = run_d,
};

const struct command command_da = {
	.name = "da",
	.aliases = string_aliases,
	.summary = "show memory as strings",
	.usage = "[/c columns] [address [L count | end]]",
	.help = "da shows 8-bit, du 16-bit characters up to the terminating zero, 48 to a line\n"
		"unless /c says otherwise.",
	.records = memory_records,
	.needs = NEEDS_TARGET,
	.continues = true,
	.run = run_string,
};

/* --- words with symbols and pointers -------------------------------------------------- */

static const struct field pointer_fields[] = {
	{ "address", FIELD_ADDR, "of the word" },
	{ "value", FIELD_WORDS, "the word; null when absent" },
	{ "points_to", FIELD_WORDS, "the word that it points to" },
	{ "symbol", FIELD_SYM, "symbol of the value (dds), or of the word pointed to (ddp)" },
	{ "text", FIELD_STR, "string that it points to (dda, ddu)" },
	{ "file", FIELD_STR, "source file of the symbol" },
	{ "line", FIELD_UINT, "source line" },
	{ NULL },
};

static const struct record pointer_record = {
	.kind = "pointer",
	.help = "a word of memory and what it refers to",
	.fields = pointer_fields,
	.text = "{address}  {value}[ {points_to}][ {symbol}][ \\[{file} @ {line}\\]][ {text:q}]\n",
};

static void emit_symbol(struct session *s, struct out *o, uint64_t address, bool with_line)
{
	struct source_line line;

	if (!code_out_place(s, o, "symbol", address))
		return;
	if (with_line && !err_ignore(target_line_at(session_target(s), address, &line))) {
		out_str(o, "file", line.file);
		out_uint(o, "line", line.line);
	}
}

static void emit_pointed_string(struct session *s, struct out *o, uint64_t address, unsigned unit)
{
	const struct arch_memory *m = target_memory(session_target(s));
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	uint8_t bytes[256];
	size_t n = m->read(m->arg, address, bytes, sizeof(bytes));

	n = string_length(bytes, n, unit);
	if (!n)
		return;
	if (unit == 2)
		strbuf_add_utf16le(&sb, bytes, n);
	else
		strbuf_add_utf8(&sb, (const char *)bytes, n);
	out_str(o, "text", sb.s);
}

/* dds, dqs, dps; ddp, dqp, dpp; dda, dpa, ddu, dpu: unit, then what is wanted. */
static struct err *emit_pointer(struct session *s, struct out *o, uint64_t at, unsigned unit,
				char want)
{
	const struct arch_memory *m = target_memory(session_target(s));
	unsigned pointer = session_pointer_size(s);
	struct out_word value = { 0 }, pointee = { 0 };

	value.present = arch_read_uint(m, at, unit, &value.value);
	out_begin(o, &pointer_record);
	out_addr(o, "address", at);
	out_words(o, "value", &value, 1, unit);
	if (value.present && want == 's')
		emit_symbol(s, o, value.value, true);
	if (value.present && want == 'p') {
		pointee.present = arch_read_uint(m, value.value, pointer, &pointee.value);
		if (pointee.present) {
			out_words(o, "points_to", &pointee, 1, pointer);
			emit_symbol(s, o, pointee.value, false);
		}
	}
	if (value.present && (want == 'a' || want == 'u'))
		emit_pointed_string(s, o, value.value, want == 'u' ? 2 : 1);
	return out_end(o);
}

static struct err *run_pointers(struct session *s, const struct args *args, struct out *o)
{
	unsigned unit = args->name[1] == 'd' ? 4 : args->name[1] == 'q' ? 8 : session_pointer_size(s);
	const char *p = args->tail;
	struct range range;
	uint64_t at;

	TRY(range_parse(s, &p, unit, 128 / unit, &range));
	TRY(end_parse(args, p));
	at = start_or_cursor(s, &range, 'd');
	for (uint64_t i = 0; i < range.count; i++, at += unit) {
		TRY(cancel_check());
		TRY(emit_pointer(s, o, at, unit, args->name[2]));
	}
	session_set_cursor(s, 'd', at);
	return NULL;
}

static const char *const pointer_aliases[] = { "dps", "dqs", "ddp", "dpp", "dqp", "dda", "dpa", "dqa",
					       "ddu", "dpu", "dqu", NULL };
static const struct record *const pointer_records[] = { &pointer_record, NULL };

const struct command command_dds = {
	.name = "dds",
	.aliases = pointer_aliases,
	.summary = "show words of memory with the symbols or data they point to",
	.usage = "[address [L count | end]]",
	.help = "The second letter is the width (d 4, q 8, p pointer), the third what is shown of\n"
		"each word: s its symbol, p the word it points to and that word's symbol, a or u\n"
		"the string it points to. dps over a stack shows return addresses; ddp over an\n"
		"object shows its virtual function tables.",
	.records = pointer_records,
	.needs = NEEDS_TARGET,
	.continues = true,
	.run = run_pointers,
};
