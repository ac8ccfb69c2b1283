/* SPDX-License-Identifier: MIT */
#include "base/str.h"
#include "output/output.h"
#include "unit/test.h"

#include <math.h>

static const struct field fields[] = {
	{ "address", FIELD_ADDR, "where" },   { "value", FIELD_HEX, "what" },
	{ "count", FIELD_UINT, "how many" },  { "delta", FIELD_INT, "signed" },
	{ "size", FIELD_SIZE, "bytes" },      { "name", FIELD_STR, "name" },
	{ "good", FIELD_BOOL, "bool" },	      { "time", FIELD_TIME, "when" },
	{ "uptime", FIELD_DURATION, "long" }, { "symbol", FIELD_SYM, "symbol" },
	{ "bytes", FIELD_BYTES, "bytes" },    { "words", FIELD_WORDS, "words" },
	{ "list", FIELD_STRS, "strings" },    { "flags", FIELD_FLAGS, "flags" },
	{ "ratio", FIELD_FLOAT, "float" },    { NULL },
};
static const struct record rec = { .kind = "thing", .fields = fields, .text = "{name}" };

static struct err *collect(void *arg, const char *text, size_t len)
{
	strbuf_add(arg, text, len);
	return NULL;
}

/* Fills in what a test's template asks for; each test sees only its own keys. */
static void fill(struct out *o)
{
	static const uint8_t bytes[] = { 0x8b, 0xff, 0x41 };
	static const struct out_word words[] = { { 0x00905a4d, true }, { 0, false }, { 3, true } };
	static const char *const list[] = { "one", "two" };

	out_addr(o, "address", 0x7ff712340010);
	out_uint(o, "value", 0xc0000005);
	out_uint(o, "count", 42);
	out_int(o, "delta", -7);
	out_uint(o, "size", 0x1800);
	out_str(o, "name", "ntdll");
	out_bool(o, "good", true);
	out_time(o, "time", 1234567890);
	out_duration(o, "uptime", 937845670000);
	out_sym(o, "symbol", "ntdll", "RtlFoo", 0x1c, 0x77001c);
	out_bytes(o, "bytes", bytes, sizeof(bytes));
	out_words(o, "words", words, 3, 4);
	out_strs(o, "list", list, 2);
	out_flags(o, "flags", 5, "READ|EXEC");
	out_float(o, "ratio", 1.5);
}

static struct strbuf result = STRBUF_INIT;

static const char *text_of(const char *text_template, unsigned pointer_size)
{
	struct out *o;

	strbuf_reset(&result);
	if (err_ignore(out_create_text(collect, &result, &o)))
		return "";
	out_set_pointer_size(o, pointer_size);
	out_begin_as(o, &rec, text_template);
	fill(o);
	if (err_ignore(out_end(o)))
		strbuf_adds(&result, "FAILED");
	out_destroy(o);
	return result.s;
}

TEST(each_type_has_a_usual_form)
{
	EXPECT_STR(text_of("{address}", 8), "00007ff7`12340010");
	EXPECT_STR(text_of("{value} {count} {delta} {size}", 8), "c0000005 42 -7 1800");
	EXPECT_STR(text_of("{name} {good} {ratio}", 8), "ntdll yes 1.5");
	EXPECT_STR(text_of("{time}", 8), "Fri Feb 13 23:31:30.000 2009 (UTC + 0:00)");
	EXPECT_STR(text_of("{uptime}", 8), "1 days 2:03:04.567");
	EXPECT_STR(text_of("{symbol}", 8), "ntdll!RtlFoo+0x1c");
	EXPECT_STR(text_of("{bytes}", 8), "8bff41");
	EXPECT_STR(text_of("{words}", 8), "00905a4d ???????? 00000003");
	EXPECT_STR(text_of("{list}; {flags}", 8), "one, two; READ|EXEC");
}

TEST(conversions_change_the_form)
{
	EXPECT_STR(text_of("{address:x} {address:w} {address:d}", 8),
		   "7ff712340010 00007ff712340010 140699139047440");
	EXPECT_STR(text_of("{value:p} {value:w} {value:X}", 4), "c0000005 c0000005 C0000005");
	EXPECT_STR(text_of("{count:n} {count:o} {count:b} {count:c}", 8), "0n42 52 101010 *");
	EXPECT_STR(text_of("{size:S}", 8), "6.000 kB");
	EXPECT_STR(text_of("{name:q}", 8), "\"ntdll\"");
	EXPECT_STR(text_of("{time:s}|{time:i}|{time:x}", 8),
		   "Fri Feb 13 23:31:30 2009|2009-02-13T23:31:30Z|499602d2");
	EXPECT_STR(text_of("{symbol:N} {symbol:M} {symbol:x}", 8), "ntdll!RtlFoo ntdll 77001c");
	EXPECT_STR(text_of("{bytes:D} {bytes:A}", 8), "8b ff 41 ..A");
	EXPECT_STR(text_of("{words:A} {words:u}", 8), "MZ..????.... 9460301 ? 3");
	EXPECT_STR(text_of("{list:s} {flags:x}", 8), "one two 5");
}

TEST(fields_are_padded_and_cut)
{
	EXPECT_STR(text_of("<{name:8}><{name:-8}><{name:.3}>", 8), "<   ntdll><ntdll   ><ntd>");
	EXPECT_STR(text_of("<{count:04x}><{count:5}><{delta:05}>", 8), "<002a><   42><-0007>");
	EXPECT_STR(text_of("<{name:-P}>", 8), "<ntdll            >");
	EXPECT_STR(text_of("<{name:-P}>", 4), "<ntdll   >");
	EXPECT_STR(text_of("<{bytes:-11D}>", 8), "<8b ff 41   >");
}

/* A value that needs 64 bits is not cut where pointers have 32. */
TEST(addresses_are_never_cut)
{
	EXPECT_STR(text_of("{address}", 4), "00007ff7`12340010");
}

static struct out *text_out(void)
{
	struct out *o = NULL;

	strbuf_reset(&result);
	return err_ignore(out_create_text(collect, &result, &o)) ? NULL : o;
}

TEST(groups_vanish_when_a_field_is_absent)
{
	struct out *o = text_out();

	out_begin_as(o, &rec, "{count}[ \\[{name}[ @ {size:d}]\\]][ {address}!]\n");
	out_uint(o, "count", 1);
	EXPECT_OK(out_end(o));
	out_begin_as(o, &rec, "{count}[ \\[{name}[ @ {size:d}]\\]][ {address}!]\n");
	out_uint(o, "count", 2);
	out_str(o, "name", "a.c");
	EXPECT_OK(out_end(o));
	out_begin_as(o, &rec, "{count}[ \\[{name}[ @ {size:d}]\\]][ {address}!]\n");
	out_uint(o, "count", 3);
	out_str(o, "name", "a.c");
	out_uint(o, "size", 12);
	EXPECT_OK(out_end(o));
	out_destroy(o);
	EXPECT_STR(result.s, "1\n2 [a.c]\n3 [a.c @ 12]\n");
}

TEST(absent_fields_have_fallbacks)
{
	struct out *o = text_out();

	out_begin_as(o, &rec, "{address|?} {address:w|?} {name:-6|none}|[{count|-}]");
	EXPECT_OK(out_end(o));
	out_set_pointer_size(o, 4);
	out_begin_as(o, &rec, "{address|?} {value|??}");
	EXPECT_OK(out_end(o));
	out_destroy(o);
	EXPECT_STR(result.s, "????????`???????? ???????????????? none  |-???????? ??");
}

TEST(bytes_have_the_columns_of_db)
{
	struct out_word row[16];
	struct out *o = text_out();

	for (size_t i = 0; i < 16; i++)
		row[i] = (struct out_word){ 0x40 + i, i != 5 };
	out_begin_as(o, &rec, "{address}  {words:-47D}  {words:A}\n");
	out_addr(o, "address", 0x401000);
	out_words(o, "words", row, 16, 1);
	EXPECT_OK(out_end(o));
	out_begin_as(o, &rec, "{address}  {words:-47D}  {words:A}\n");
	out_addr(o, "address", 0x401010);
	out_words(o, "words", row, 3, 1);
	EXPECT_OK(out_end(o));
	out_destroy(o);
	EXPECT_STR(result.s,
		   "00000000`00401000  40 41 42 43 44 ?? 46 47-48 49 4a 4b 4c 4d 4e 4f  @ABCD?FGHIJKLMNO\n"
		   "00000000`00401010  40 41 42                                         @AB\n");
}

TEST(quad_words_are_split)
{
	static const struct out_word words[] = { { 0x7ff712340000, true }, { 0, false } };
	struct out *o = text_out();

	out_begin_as(o, &rec, "{words} {words:f}");
	out_words(o, "words", words, 2, 8);
	EXPECT_OK(out_end(o));
	out_destroy(o);
	EXPECT_STR(result.s, "00007ff7`12340000 ????????`???????? 6.951461100277289e-310 ?");
}

TEST(symbols_fall_back_to_what_is_known)
{
	struct out *o = text_out();

	out_begin_as(o, &rec, "{symbol} ");
	out_sym(o, "symbol", "app", NULL, 0x12, 0x400012);
	EXPECT_OK(out_end(o));
	out_begin_as(o, &rec, "{symbol} ");
	out_sym(o, "symbol", NULL, NULL, 0, 0x400012);
	EXPECT_OK(out_end(o));
	out_begin_as(o, &rec, "{symbol}");
	out_sym(o, "symbol", "app", "main", 0, 0x400012);
	EXPECT_OK(out_end(o));
	out_destroy(o);
	EXPECT_STR(result.s, "app+0x12 0x400012 app!main");
}

TEST(dump_strings_cannot_drive_the_terminal)
{
	struct out *o = text_out();

	out_begin_as(o, &rec, "{name}|");
	out_str(o, "name", "a\x1b[31m\n\x7f\xff\xc2\x9b\xe2\x80\xae.");
	EXPECT_OK(out_end(o));
	out_begin_as(o, &rec, "{name:r}|");
	out_str(o, "name", "a\tb\n\x1b");
	EXPECT_OK(out_end(o));
	EXPECT_OK(out_heading(o, "%s\n", "\x07"));
	out_destroy(o);
	EXPECT_STR(result.s, "a\\x1b[31m\\x0a\\x7f\xef\xbf\xbd\\x9b\\u202e.|a\tb\n\\x1b|\\x07\n");
}

TEST(padding_counts_characters_not_bytes)
{
	struct out *o = text_out();

	out_begin_as(o, &rec, "<{name:-4}><{name:.1}>");
	out_str(o, "name", "\xc3\xa9\xc3\xa8");
	EXPECT_OK(out_end(o));
	out_destroy(o);
	EXPECT_STR(result.s, "<\xc3\xa9\xc3\xa8  ><\xc3\xa9>");
}

static struct out *json_out(void)
{
	struct out *o = NULL;

	strbuf_reset(&result);
	return err_ignore(out_create_json(collect, &result, &o)) ? NULL : o;
}

TEST(json_has_typed_fields_in_the_order_given)
{
	struct out *o = json_out();

	out_begin(o, &rec);
	fill(o);
	EXPECT_OK(out_end(o));
	EXPECT_OK(out_heading(o, "nothing\n"));
	out_destroy(o);
	EXPECT_STR(result.s,
		   "{\"kind\":\"thing\",\"address\":\"0x7ff712340010\",\"value\":3221225477,\"count\":42,"
		   "\"delta\":-7,\"size\":6144,\"name\":\"ntdll\",\"good\":true,"
		   "\"time\":\"2009-02-13T23:31:30Z\",\"uptime\":93784.567,"
		   "\"symbol\":{\"module\":\"ntdll\",\"name\":\"RtlFoo\",\"offset\":28,\"address\":\"0x77001c\"},"
		   "\"bytes\":\"8bff41\",\"words\":[9460301,null,3],\"list\":[\"one\",\"two\"],"
		   "\"flags\":{\"value\":5,\"names\":[\"READ\",\"EXEC\"]},\"ratio\":1.5}\n");
}

TEST(json_is_valid_whatever_the_strings_hold)
{
	struct out *o = json_out();

	out_begin(o, &rec);
	out_str(o, "name", "\"\\\x01\n\t\xff");
	out_float(o, "ratio", (double)INFINITY);
	EXPECT_OK(out_end(o));
	out_destroy(o);
	EXPECT_STR(result.s, "{\"kind\":\"thing\",\"name\":\"\\\"\\\\\\u0001\\n\\t\xef\xbf\xbd\",\"ratio\":null}\n");
}

TEST(long_strings_survive)
{
	struct strbuf text = STRBUF_INIT;
	struct out *o = text_out();

	strbuf_pad(&text, 'x', 100000);
	out_begin(o, &rec);
	out_str(o, "name", text.s);
	EXPECT_OK(out_end(o));
	out_destroy(o);
	EXPECT_EQ(result.len, 100000);
	strbuf_deinit(&text);
}

static struct err *refuse(void *arg, const char *text, size_t len)
{
	return err_new(ERR_OS, "disk full");
}

TEST(errors_of_the_sink_come_out_of_end)
{
	struct out *o;

	EXPECT_OK(out_create_text(refuse, NULL, &o));
	out_begin(o, &rec);
	out_str(o, "name", "x");
	EXPECT_ERR(out_end(o), ERR_OS);
	EXPECT_ERR(out_heading(o, "x"), ERR_OS);
	strbuf_reset(&result);
	out_set_sink(o, collect, &result);
	out_begin(o, &rec);
	out_str(o, "name", "y");
	EXPECT_OK(out_end(o));
	out_destroy(o);
	EXPECT_STR(result.s, "y");
}

TEST(templates_can_be_checked)
{
	const char *why;

	EXPECT(out_check_template(&rec, "{name:-8}[ \\[{count:04x}\\]]\n", &why));
	EXPECT(out_check_template(&rec, NULL, &why));
	EXPECT(!out_check_template(&rec, "{nome}", &why));
	EXPECT(!out_check_template(&rec, "{name:x}", &why));
	EXPECT(!out_check_template(&rec, "{name", &why));
	EXPECT(!out_check_template(&rec, "[{name}", &why));
	EXPECT(!out_check_template(&rec, "{name}]", &why));
	EXPECT_STR(why, "a bracket without its partner");
}

TESTS(each_type_has_a_usual_form, conversions_change_the_form, fields_are_padded_and_cut,
      addresses_are_never_cut, groups_vanish_when_a_field_is_absent, absent_fields_have_fallbacks,
      bytes_have_the_columns_of_db, quad_words_are_split, symbols_fall_back_to_what_is_known,
      dump_strings_cannot_drive_the_terminal, padding_counts_characters_not_bytes,
      json_has_typed_fields_in_the_order_given, json_is_valid_whatever_the_strings_hold,
      long_strings_survive, errors_of_the_sink_come_out_of_end, templates_can_be_checked)
