/* SPDX-License-Identifier: MIT */
/* The engine without a dump: lines, lookup, aliases, control flow, text. */
#include "base/str.h"
#include "command/session.h"
#include "unit/test.h"

static struct strbuf result = STRBUF_INIT;

static struct err *collect(void *arg, const char *text, size_t len)
{
	strbuf_add(arg, text, len);
	return NULL;
}

static void on_error(void *arg, struct err *e)
{
	strbuf_addf(&result, "[%s]\n", err_message(e));
	err_free(e);
}

/* Output of a command text, and its error as "ERROR ...". */
static const char *run(const char *text)
{
	struct session *s = NULL;
	struct out *o = NULL;
	struct err *e = NULL;

	strbuf_reset(&result);
	if (err_ignore(session_create(NULL, &s)) || err_ignore(out_create_text(collect, &result, &o)))
		return "no memory";
	session_on_error(s, on_error, NULL);
	e = session_run(s, text, o);
	if (e)
		strbuf_addf(&result, "ERROR %s\n", err_message(e));
	err_free(e);
	out_destroy(o);
	session_destroy(s);
	return result.s;
}

TEST(commands_are_parted_by_semicolons_and_lines)
{
	EXPECT_STR(run(".echo a; .echo b\n.echo c;;  .echo d ;"), "a\nb\nc\nd\n");
	EXPECT_STR(run(".echo \"a;b\";.echo c"), "a;b\nc\n");
	EXPECT_STR(run("  \n ; \n"), "");
}

TEST(comments_end_at_line_or_semicolon)
{
	EXPECT_STR(run("* .echo a; .echo b\n.echo c"), "c\n");
	EXPECT_STR(run("$$ .echo a; .echo b"), "b\n");
	EXPECT_STR(run(".echo x; * rest { of line\n.echo y"), "x\ny\n");
}

TEST(unknown_commands_are_errors)
{
	EXPECT_STR(run("hello world; .echo x"), "ERROR Syntax error at 'hello world; .echo x'\n");
	EXPECT_STR(run("!nosuch.thing 1; .echo x"), "[No export nosuch.thing found]\nx\n");
}

TEST(names_may_be_glued_to_what_follows)
{
	EXPECT_STR(run("?1+2"), "Evaluate expression: 3 = 00000000`00000003\n");
	EXPECT_STR(run("n10;? 10"), "base is 10\nEvaluate expression: 10 = 00000000`0000000a\n");
}

TEST(words_are_not_cut_into_commands_that_end_or_run)
{
	EXPECT_STR(run("threads"), "ERROR Syntax error at 'threads'\n");
	EXPECT_STR(run("quicker; .echo x"), "ERROR Syntax error at 'quicker; .echo x'\n");
	EXPECT_STR(run(".echo a; quit; .echo b"), "a\n");
	EXPECT_STR(run("g"), "ERROR No runnable debuggees error in 'g'\n");
}

TEST(errors_end_the_line_but_not_inside_catch)
{
	EXPECT_STR(run(".echo a; ? 1/0; .echo b"), "a\nERROR Divide by zero error at '/0'\n");
	EXPECT_STR(run(".catch { .echo a; ? 1/0; .echo b }; .echo c"), "a\nc\n");
	EXPECT_STR(run(".catch { .echo a; .leave; .echo b }; .echo c"), "a\nc\n");
}

TEST(aliases_work_from_the_next_line_on)
{
	EXPECT_STR(run("as x hello; world\n.echo x; .echo ax"), "hello\nERROR Syntax error at 'world; .echo ax'\n");
	EXPECT_STR(run("aS x hello; .echo x\n.echo x ${x}y ${z}"), "x\nhello helloy ${z}\n");
	EXPECT_STR(run("aS x 1; .block { .echo x }"), "1\n");
	EXPECT_STR(run("as x 1\nad x\n.echo x ${/d:x} ${/f:x}."), "x 0 .\n");
	EXPECT_STR(run("r $.u0=abc; .echo $u0\n.echo $u0-$u1"), "$u0\nabc-$u1\n");
}

TEST(if_chooses_one_block)
{
	EXPECT_STR(run(".if (1) { .echo a } .else { .echo b }"), "a\n");
	EXPECT_STR(run(".if (0) { .echo a } .elsif (2 > 1) { .echo b } .else { .echo c }; .echo d"),
		   "b\nd\n");
	EXPECT_STR(run(".if (0) {\n.echo a\n}\n.else\n{\n.echo c\n.echo e\n}\n.echo d"), "c\ne\nd\n");
	EXPECT_STR(run(".if (0) { .echo a }"), "");
	EXPECT_STR(run(".if 1 { .echo a }"), "ERROR Syntax error: '(' expected at '1 { .echo a }'\n");
}

TEST(loops_count_and_break)
{
	EXPECT_STR(run(".for (r $t0=0; @$t0 < 3; r $t0=@$t0+1) { .printf \"%d \", @$t0 }"), "0 1 2 ");
	EXPECT_STR(run("r $t0=0; .while (1) { r $t0=$t0+1; .if ($t0 = 2) { .continue }; "
		       ".if ($t0 > 4) { .break }; .printf \"%d \", $t0 }; .echo end"),
		   "1 3 4 end\n");
	EXPECT_STR(run("r $t0=5; .do { .printf \"%d \", @$t0; r $t0=@$t0-1 } (@$t0 > 3)"), "5 4 ");
	EXPECT_STR(run(".break"), "ERROR .break: not inside a loop\n");
}

TEST(foreach_walks_words_of_output)
{
	EXPECT_STR(run(".foreach (w { .echo a b c }) { .echo <${w}> w }"), "<a> a\n<b> b\n<c> c\n");
	EXPECT_STR(run(".foreach /pS 1 /ps 1 (w { .echo a b c d e }) { .echo w }"), "b\nd\n");
	EXPECT_STR(run(".foreach /s (w \"1 2\") { .printf \"%d.\", w }"), "1.2.");
	EXPECT_STR(run("as w keep\n.foreach ( w { .echo a }) { .echo w }\n.echo w"), "a\nkeep\n");
}

TEST(recursion_is_bounded)
{
	struct strbuf deep = STRBUF_INIT;

	for (int i = 0; i < 60; i++)
		strbuf_adds(&deep, ".block {");
	strbuf_adds(&deep, ".echo x");
	for (int i = 0; i < 60; i++)
		strbuf_adds(&deep, "}");
	EXPECT_STR(run(deep.s), "ERROR command lines are nested more than 40 deep\n");
	strbuf_deinit(&deep);
}

TEST(printf_formats)
{
	EXPECT_STR(run(".printf \"%d %u %x %08X|%-4x|%4x\\n\", -1, 0n10, 0n255, abc, 1, 2"),
		   "-1 10 ff 00000ABC|1   |   2\n");
	EXPECT_STR(run(".printf \"%I64x %p 100%%\\t.\", 1234567890abcdef, 1"),
		   "1234567890abcdef 0000000000000001 100%\t.");
	EXPECT_STR(run(".printf \"%d\""), "ERROR .printf: the format wants more arguments\n"
					  "Usage: .printf \"format\" [, expression ...]\n");
	EXPECT_STR(run(".printf \"%c%c\\n\", 41, 'B'"), "AB\n");
	EXPECT_STR(run(".printf \"%q\", 1"), "ERROR .printf: no such conversion in the format: '%q'\n");
}

TEST(formats_show_every_form)
{
	EXPECT_STR(run(".formats 1c407e62"),
		   "Evaluate expression:\n"
		   "  Hex:     00000000`1c407e62\n"
		   "  Decimal: 473988706\n"
		   "  Decimal (unsigned) : 473988706\n"
		   "  Octal:   0000000000003420077142\n"
		   "  Binary:  00000000 00000000 00000000 00000000 00011100 01000000 01111110 01100010\n"
		   "  Chars:   .....@~b\n"
		   "  Time:    Mon Jan  7 23:31:46 1985\n"
		   "  Float:   low 6.36908e-22 high 0\n"
		   "  Double:  2.34182e-315\n");
}

TESTS(commands_are_parted_by_semicolons_and_lines, comments_end_at_line_or_semicolon,
      unknown_commands_are_errors, names_may_be_glued_to_what_follows,
      words_are_not_cut_into_commands_that_end_or_run, errors_end_the_line_but_not_inside_catch, aliases_work_from_the_next_line_on,
      if_chooses_one_block, loops_count_and_break, foreach_walks_words_of_output,
      recursion_is_bounded, printf_formats, formats_show_every_form)
