/* SPDX-License-Identifier: MIT */
/* C++ expressions that need no dump. */
#include "base/str.h"
#include "command/session.h"
#include "unit/test.h"

static struct strbuf result = STRBUF_INIT;

static struct err *collect(void *arg, const char *text, size_t len)
{
	strbuf_add(arg, text, len);
	return NULL;
}

/* What ?? prints, without the new line, or the error. */
static const char *show(const char *expression)
{
	CLEANUP(session_destroyp) struct session *s = NULL;
	CLEANUP(out_destroyp) struct out *o = NULL;
	CLEANUP(strbuf_deinit) struct strbuf line = STRBUF_INIT;
	struct err *e;

	strbuf_reset(&result);
	strbuf_addf(&line, "?? %s", expression);
	if (err_ignore(session_create(NULL, &s)) || err_ignore(out_create_text(collect, &result, &o)))
		return "no memory";
	e = session_run(s, line.s, o);
	if (e)
		strbuf_adds(&result, err_message(e));
	err_free(e);
	if (result.len && result.s[result.len - 1] == '\n')
		strbuf_truncate(&result, result.len - 1);
	return result.s;
}

TEST(numbers_are_those_of_c)
{
	EXPECT_STR(show("10"), "int 0n10");
	EXPECT_STR(show("0x10"), "int 0n16");
	EXPECT_STR(show("010"), "int 0n8");
	EXPECT_STR(show("5u"), "unsigned int 0x5");
	EXPECT_STR(show("0x100000000"), "int64 0n4294967296");
	EXPECT_STR(show("'A'"), "char 0n65");
	EXPECT_STR(show("true"), "bool true");
	EXPECT_STR(show("08"), "Syntax error at '08'");
}

TEST(operators_have_cs_precedence)
{
	EXPECT_STR(show("2 + 3 * 4"), "int 0n14");
	EXPECT_STR(show("10 - 4 - 3"), "int 0n3");
	EXPECT_STR(show("1 << 4 | 1"), "int 0n17");
	EXPECT_STR(show("1 + 1 == 2 && 3 > 2"), "bool true");
	EXPECT_STR(show("-7 / 2"), "int 0n-3");
	EXPECT_STR(show("-7 % 3"), "int 0n-1");
	EXPECT_STR(show("~0"), "int 0n-1");
	EXPECT_STR(show("!5"), "bool false");
	EXPECT_STR(show("1 ? 2 : 3"), "int 0n2");
	EXPECT_STR(show("0 ? 2 : 1 ? 4 : 5"), "int 0n4");
	EXPECT_STR(show("0x7fffffff + 1"), "int 0n-2147483648");
	EXPECT_STR(show("0xffffffffu + 1"), "unsigned int 0x0");
	EXPECT_STR(show("1 / 0"), "Divide by zero error at '1 / 0'");
}

TEST(casts_and_sizes)
{
	EXPECT_STR(show("(char)0x141"), "char 0n65 'A'");
	EXPECT_STR(show("(unsigned char)-1"), "unsigned char 0xff");
	EXPECT_STR(show("(double)7 / 2"), "double 3.5");
	EXPECT_STR(show("(int)(7.0f)"), "int 0n7");
	EXPECT_STR(show("sizeof(int) + sizeof(void *)"), "unsigned int64 0xc");
	EXPECT_STR(show("sizeof(unsigned long long)"), "unsigned int64 0x8");
	EXPECT_STR(show("(char *)0x10 + 4"), "char * 0x00000000`00000014");
	EXPECT_STR(show("(int *)0x10 + 4"), "int * 0x00000000`00000020");
	EXPECT_STR(show("(int *)0x20 - (int *)0x10"), "int64 0n4");
	EXPECT_STR(show("*(int *)0x10"), "Memory access error at '*(int *)0x10'");
}

TEST(other_evaluators_nest)
{
	EXPECT_STR(show("@@masm(10) + 1"), "unsigned int64 0x11");
	EXPECT_STR(show("@$t0 + 1"), "unsigned int64 0x1");
	EXPECT_STR(show("nosuch.x"), "Couldn't resolve error at 'nosuch.x'");
	EXPECT_STR(show("(1"), "Syntax error at 'end of the expression'");
	EXPECT_STR(show("&5"), "Can't take the address of this at '&5'");
}

TEST(nesting_is_bounded)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_pad(&sb, '(', 5000);
	EXPECT(str_starts(show(sb.s), "Nesting too deep"));
	strbuf_reset(&sb);
	strbuf_pad(&sb, '!', 5000);
	EXPECT(str_starts(show(sb.s), "Nesting too deep"));
	strbuf_reset(&sb);
	for (int i = 0; i < 500; i++)
		strbuf_adds(&sb, "1?1:");
	EXPECT(str_starts(show(sb.s), "Nesting too deep"));
	strbuf_deinit(&sb);
}

TESTS(numbers_are_those_of_c, operators_have_cs_precedence, casts_and_sizes, other_evaluators_nest,
      nesting_is_bounded)
