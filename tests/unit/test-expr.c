/* SPDX-License-Identifier: MIT */
/* MASM expressions that need no dump. */
#include "base/str.h"
#include "command/session.h"
#include "unit/test.h"

static struct err *evaluate(const char *text, uint64_t *ret)
{
	CLEANUP(session_destroyp) struct session *s = NULL;

	TRY(session_create(NULL, &s));
	return expr_value(s, text, ret);
}

static uint64_t value(const char *text)
{
	uint64_t v = 0xdeadbeef;
	struct err *e = evaluate(text, &v);

	if (e)
		(void)fprintf(stderr, "%s: %s\n", text, err_message(e));
	err_free(e);
	return v;
}

static char message[256];

static const char *trouble(const char *text)
{
	uint64_t v;
	struct err *e = evaluate(text, &v);

	(void)snprintf(message, sizeof(message), "%s", e ? err_message(e) : "no error");
	err_free(e);
	return message;
}

TEST(numbers_are_hex_unless_prefixed)
{
	EXPECT_EQ(value("10"), 0x10);
	EXPECT_EQ(value("0x10"), 0x10);
	EXPECT_EQ(value("0n10"), 10);
	EXPECT_EQ(value("0t10"), 8);
	EXPECT_EQ(value("0y101"), 5);
	EXPECT_EQ(value("bad"), 0xbad);
	EXPECT_EQ(value("0ffh"), 0xff);
	EXPECT_EQ(value("00007ff7`12340000"), 0x7ff712340000);
	EXPECT_EQ(value("7ff7`12340000+10"), 0x7ff712340010);
	EXPECT_EQ(value("'AB'"), 0x4142);
	EXPECT_EQ(value("ffffffffffffffff"), UINT64_MAX);
}

TEST(operators_have_their_precedence)
{
	EXPECT_EQ(value("2+3*4"), 14);
	EXPECT_EQ(value("(2+3)*4"), 20);
	EXPECT_EQ(value("0n20 mod 7 + 1"), 7);
	EXPECT_EQ(value("20%6"), 2);
	EXPECT_EQ(value("1<<4+1"), 32);
	EXPECT_EQ(value("-1>>>4"), UINT64_MAX);
	EXPECT_EQ(value("-1>>0n60"), 15);
	EXPECT_EQ(value("1 or 2 and 3 xor 1"), 3);
	EXPECT_EQ(value("1 | 6 & 3"), 3);
	EXPECT_EQ(value("4 = 4"), 1);
	EXPECT_EQ(value("4 == 5"), 0);
	EXPECT_EQ(value("4 != 5"), 1);
	EXPECT_EQ(value("3 <= 3 and 2 < 1"), 0);
	EXPECT_EQ(value("not 0"), 1);
	EXPECT_EQ(value("not 5"), 0);
	EXPECT_EQ(value("hi(12345678)"), 0x1234);
	EXPECT_EQ(value("low 12345678 + 1"), 0x5679);
	EXPECT_EQ(value("- 1 + 2"), 1);
	EXPECT_EQ(value("--1"), 1);
}

TEST(arithmetic_wraps)
{
	EXPECT_EQ(value("ffffffffffffffff+1"), 0);
	EXPECT_EQ(value("0-1"), UINT64_MAX);
	EXPECT_EQ(value("1<<40"), 0);
	EXPECT_EQ(value("8000000000000000*2"), 0);
}

TEST(strings_can_be_compared)
{
	EXPECT_EQ(value("$scmp(\"a\", \"b\")"), UINT64_MAX);
	EXPECT_EQ(value("$scmp(\"b\", \"a\") + 1"), 2);
	EXPECT_EQ(value("@$sicmp(\"Abc\",\"aBC\")"), 0);
	EXPECT_EQ(value("$spat(\"ntdll.dll\", \"*.DLL\")"), 1);
	EXPECT_EQ(value("$spat(\"ntdll.dll\", \"k*\")"), 0);
}

TEST(pseudo_registers_without_a_dump)
{
	EXPECT_EQ(value("@$t3"), 0);
	EXPECT_EQ(value("$ptrsize"), 8);
	EXPECT_EQ(value("@@masm(10+2)"), 0x12);
	EXPECT_STR(trouble("@$t20"), "Bad register error at '$t20'");
	EXPECT_STR(trouble("@$peb"), "no dump is open");
}

TEST(errors_say_where)
{
	EXPECT_STR(trouble("1+nosuch+2"), "Couldn't resolve error at 'nosuch+2'");
	EXPECT_STR(trouble("mod!sym<int>::f+2"), "Couldn't resolve error at 'mod!sym<int>::f+2'");
	EXPECT_STR(trouble("(1+2"), "')' missing at '(1+2'");
	EXPECT_STR(trouble("1+"), "Syntax error at 'end of the expression'");
	EXPECT_STR(trouble("1 2"), "Extra character error at '2'");
	EXPECT_STR(trouble("1/0"), "Divide by zero error at '/0'");
	EXPECT_STR(trouble("5 mod (1-1)"), "Divide by zero error at 'mod (1-1)'");
	EXPECT_STR(trouble("poi(0)"), "Memory access error at 'poi(0)'");
	EXPECT_STR(trouble("12345678901234567"), "Overflow error at '12345678901234567'");
	EXPECT_STR(trouble("@foo"), "Bad register error at '@foo'");
	EXPECT_STR(trouble("`a.c:1`"), "Couldn't resolve error at '`a.c:1`'");
	EXPECT_STR(trouble(""), "Numeric expression missing from ''");
	EXPECT_STR(trouble(")"), "Syntax error at ')'");
}

TEST(nesting_is_bounded)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_pad(&sb, '(', 100000);
	EXPECT(str_starts(trouble(sb.s), "Nesting too deep"));
	strbuf_reset(&sb);
	strbuf_pad(&sb, '-', 100000);
	EXPECT(str_starts(trouble(sb.s), "Nesting too deep"));
	strbuf_deinit(&sb);
}

static struct err *range(const char *text, unsigned unit, struct range *ret)
{
	CLEANUP(session_destroyp) struct session *s = NULL;

	TRY(session_create(NULL, &s));
	return range_parse(s, &text, unit, 0x20, ret);
}

TEST(ranges_have_a_length_or_an_end)
{
	struct range r;

	EXPECT_OK(range("401000", 4, &r));
	EXPECT(r.given && !r.count_given);
	EXPECT_EQ(r.count, 0x20);
	EXPECT_OK(range("401000 L10", 4, &r));
	EXPECT_EQ(r.start, 0x401000);
	EXPECT_EQ(r.count, 0x10);
	EXPECT_OK(range("401000 l4", 4, &r));
	EXPECT_EQ(r.count, 4);
	EXPECT_OK(range("401000 L 0n10", 1, &r));
	EXPECT_EQ(r.count, 10);
	EXPECT_OK(range("401000 L-4", 4, &r));
	EXPECT_EQ(r.start, 0x400ff0);
	EXPECT_OK(range("401000 40101f", 4, &r));
	EXPECT_EQ(r.count, 8);
	EXPECT_OK(range("L8", 4, &r));
	EXPECT(!r.given && r.count_given);
	EXPECT_EQ(r.count, 8);
	EXPECT_OK(range("", 4, &r));
	EXPECT(!r.given && !r.count_given);
	EXPECT_ERR(range("401000 400000", 1, &r), ERR_USAGE);
	EXPECT_ERR(range("0 L10000001", 1, &r), ERR_USAGE);
	EXPECT_OK(range("0 L?10000001", 1, &r));
	EXPECT_ERR(range("0 L?ffffffffffffffff", 8, &r), ERR_USAGE);
}

TEST(options_stop_at_the_first_word)
{
	const char *p = "-v /ac 401000";
	unsigned bits;

	EXPECT_OK(options_parse(&p, "acv", &bits));
	EXPECT_EQ(bits, 7);
	EXPECT_STR(p, "401000");
	p = "-4";
	EXPECT_OK(options_parse(&p, "a", &bits));
	EXPECT_EQ(bits, 0);
	p = "-x";
	EXPECT_ERR(options_parse(&p, "a", &bits), ERR_USAGE);
}

TEST(words_respect_quotes)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	const char *p = " one \"two \\\"x\\\" three\" ";
	char *w;

	EXPECT_OK(word_parse(&a, &p, &w));
	EXPECT_STR(w, "one");
	EXPECT_OK(word_parse(&a, &p, &w));
	EXPECT_STR(w, "two \"x\" three");
	EXPECT_OK(word_parse(&a, &p, &w));
	EXPECT(!w);
}

TESTS(numbers_are_hex_unless_prefixed, operators_have_their_precedence, arithmetic_wraps,
      strings_can_be_compared, pseudo_registers_without_a_dump, errors_say_where,
      nesting_is_bounded, ranges_have_a_length_or_an_end, options_stop_at_the_first_word,
      words_respect_quotes)
