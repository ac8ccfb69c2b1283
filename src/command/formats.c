/* SPDX-License-Identifier: MIT */
/*
 * ? and .formats: expressions shown as numbers. The layouts are WinDbg's; in a
 * 32-bit process values are cut to 32 bits where they fit.
 */
#include "command/session_impl.h"

#include <inttypes.h>
#include <string.h>

/* --- ? --------------------------------------------------------------------------- */

static const struct field value_fields[] = {
	{ "decimal", FIELD_INT, "as a signed number" },
	{ "value", FIELD_ADDR, "in hex" },
	{ NULL },
};
static const struct record value_record = {
	.kind = "value",
	.help = "The value of an expression",
	.fields = value_fields,
	.text = "Evaluate expression: {decimal} = {value}\n",
};
static const struct record *const value_records[] = { &value_record, NULL };

/* In a 32-bit process: whether the value is a 32-bit one, sign-extended or not. */
static bool is_narrow(struct session *s, uint64_t v)
{
	return session_pointer_size(s) == 4 && (v <= UINT32_MAX || v >> 31 == 0x1ffffffff);
}

static struct err *run_evaluate(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	uint64_t v;

	if (!*p)
		return usage_error(args, "an expression is missing (.help lists the commands)");
	TRY(expr_raw(s, &p, &v));
	TRY(end_parse(args, p));
	s->last_value = v;
	out_begin(o, &value_record);
	out_int(o, "decimal", is_narrow(s, v) ? (int32_t)(uint32_t)v : (int64_t)v);
	out_addr(o, "value", is_narrow(s, v) ? v & 0xffffffff : v);
	return out_end(o);
}

const struct command command_evaluate = {
	.name = "?",
	.summary = "evaluate a MASM expression",
	.usage = "expression",
	.help = "Numbers are hex unless n says otherwise; 0n 0x 0t 0y make them decimal, hex, octal,\n"
		"binary, a back-quote may part their digits. Operands: registers (@rax), pseudo-\n"
		"registers (@$peb, @$t0), module!symbol, `module!file.c:21`, 'abcd'. Operators,\n"
		"highest first: - + not hi low by wo dwo qwo poi; * / mod; + -; << >> >>>;\n"
		"= == != < > <= >=; and &; xor ^; or |. by, wo, dwo, qwo and poi read memory.\n"
		"$scmp(\"a\",\"b\") $sicmp $spat(\"text\",\"pattern\") $vvalid(address,length)\n"
		"$iment(base) are functions; @@c++(...) holds a C++ expression.\n"
		"\n"
		"The value is also kept as @$exp.",
	.records = value_records,
	.run = run_evaluate,
};

/* --- .formats ---------------------------------------------------------------------- */

static const struct field formats_fields[] = {
	{ "hex", FIELD_ADDR, "in hex" },
	{ "decimal", FIELD_INT, "as a signed number" },
	{ "unsigned", FIELD_UINT, "as an unsigned number" },
	{ "octal", FIELD_STR, "in octal" },
	{ "binary", FIELD_STR, "in binary, byte by byte" },
	{ "chars", FIELD_STR, "as characters, highest byte first" },
	{ "time", FIELD_TIME, "as a time: time_t, or FILETIME when it needs 64 bits" },
	{ "float_low", FIELD_FLOAT, "low half as a float" },
	{ "float_high", FIELD_FLOAT, "high half as a float" },
	{ "double", FIELD_FLOAT, "as a double" },
	{ NULL },
};
static const struct record formats_record = {
	.kind = "formats",
	.help = "A value in every form",
	.fields = formats_fields,
	.text = "Evaluate expression:\n"
		"  Hex:     {hex}\n"
		"  Decimal: {decimal}\n"
		"  Decimal (unsigned) : {unsigned}\n"
		"  Octal:   {octal}\n"
		"  Binary:  {binary}\n"
		"  Chars:   {chars}\n"
		"  Time:    {time:s|***** Invalid}\n"
		"  Float:   low {float_low} high {float_high}\n"
		"  Double:  {double}\n",
};
static const struct record *const formats_records[] = { &formats_record, NULL };

static void out_binary(struct out *o, uint64_t v, unsigned bytes)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	for (int bit = (int)bytes * 8 - 1; bit >= 0; bit--) {
		strbuf_addc(&sb, v >> bit & 1 ? '1' : '0');
		if (bit && bit % 8 == 0)
			strbuf_addc(&sb, ' ');
	}
	out_str(o, "binary", sb.s);
}

static void out_chars(struct out *o, uint64_t v, unsigned bytes)
{
	char text[9] = "";

	for (unsigned i = 0; i < bytes; i++) {
		unsigned c = v >> 8 * (bytes - 1 - i) & 0xff;

		text[i] = c >= 0x20 && c < 0x7f ? (char)c : '.';
	}
	out_str(o, "chars", text);
}

/* FILETIME counts 100 ns from 1601; time_t seconds from 1970. */
static void out_when(struct out *o, uint64_t v)
{
	const uint64_t epoch = 116444736000000000u;

	if (v <= UINT32_MAX)
		out_time(o, "time", v);
	else if (v >= epoch && v < (uint64_t)1 << 62)
		out_time(o, "time", (v - epoch) / 10000000);
}

static double as_float(uint32_t bits)
{
	float f;

	memcpy(&f, &bits, sizeof(f));
	return (double)f;
}

static struct err *run_formats(struct session *s, const struct args *args, struct out *o)
{
	unsigned bytes;
	const char *p = args->tail;
	uint64_t v;
	double d;

	TRY(expr_raw(s, &p, &v));
	TRY(end_parse(args, p));
	bytes = is_narrow(s, v) ? 4 : 8;
	memcpy(&d, &v, sizeof(d));
	out_begin(o, &formats_record);
	out_addr(o, "hex", bytes == 4 ? v & 0xffffffff : v);
	out_int(o, "decimal", bytes == 4 ? (int32_t)(uint32_t)v : (int64_t)v);
	v = bytes == 4 ? v & 0xffffffff : v;
	out_uint(o, "unsigned", v);
	out_strf(o, "octal", bytes == 4 ? "%011" PRIo64 : "%022" PRIo64, v);
	out_binary(o, v, bytes);
	out_chars(o, v, bytes);
	out_when(o, v);
	out_float(o, "float_low", as_float((uint32_t)v));
	out_float(o, "float_high", as_float((uint32_t)(v >> 32)));
	out_float(o, "double", d);
	return out_end(o);
}

const struct command command_formats = {
	.name = ".formats",
	.summary = "show the value of an expression in every form",
	.usage = "expression",
	.help = "Hex, decimal, octal, binary, characters, time, and the bits as floating point. Times\n"
		"are in UTC: a value of up to 32 bits is taken as seconds since 1970, a larger one\n"
		"as a FILETIME.",
	.records = formats_records,
	.run = run_formats,
};
