/* SPDX-License-Identifier: MIT */
/*
 * Control flow: .if .for .while .do .foreach .block .catch and what leaves
 * them. Bodies are run as command texts of their own, so aliases in them are
 * put in when the body is entered. Loops end on Ctrl-C.
 */
#include "base/cancel.h"
#include "command/session_impl.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct err *condition(struct session *s, const char *text, bool *ret)
{
	CLEANUP(freep) char *expanded = NULL;
	uint64_t v;

	TRY(alias_expand(s, text, strlen(text), &expanded));
	TRY(expr_value(s, expanded, &v));
	*ret = v != 0;
	return NULL;
}

/* Runs a loop's body; *ret_go says whether the loop goes on. */
static struct err *loop_body(struct session *s, const char *body, struct out *o, bool *ret_go)
{
	struct err *e;

	TRY(cancel_check());
	s->loops++;
	e = session_run(s, body, o);
	s->loops--;
	*ret_go = !e && s->flow != FLOW_BREAK && s->flow != FLOW_LEAVE && !s->quit;
	if (s->flow == FLOW_BREAK || s->flow == FLOW_CONTINUE)
		s->flow = FLOW_NONE;
	return e;
}

/* --- .if ---------------------------------------------------------------------------- */

static bool take_word(const char **p, const char *word)
{
	const char *q = str_skip_space(*p);

	if (!str_starts(q, word))
		return false;
	*p = q + strlen(word);
	return true;
}

static struct err *no_more(const struct args *args, const char *p)
{
	p = str_skip_space(p);
	return *p ? usage_error(args, "Syntax error at '%.60s'", p) : NULL;
}

static struct err *run_if(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	char *test, *body, *chosen = NULL;
	bool holds;

	do {
		TRY(lex_group(args->arena, &p, '(', ')', &test));
		TRY(lex_group(args->arena, &p, '{', '}', &body));
		if (chosen)
			continue;
		TRY(condition(s, test, &holds));
		chosen = holds ? body : NULL;
	} while (take_word(&p, ".elsif"));
	if (take_word(&p, ".else")) {
		TRY(lex_group(args->arena, &p, '{', '}', &body));
		chosen = chosen ? chosen : body;
	}
	TRY(no_more(args, p));
	return chosen ? session_run(s, chosen, o) : NULL;
}

/* --- loops --------------------------------------------------------------------------- */

/* Cuts "init; test; step" at its top-level semicolons. */
static struct err *cut_for(const struct args *args, char *head, char *ret[3])
{
	for (unsigned i = 0; i < 3; i++) {
		char *end = head + (lex_command_end(head) - head);

		ret[i] = head;
		if (i < 2 && *end != ';')
			return usage_error(args, "Syntax error: (init; condition; step) expected");
		head = end + 1;
		*end = '\0';
	}
	return NULL;
}

static struct err *run_for(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	char *head, *body, *part[3];
	bool go = true;

	TRY(lex_group(args->arena, &p, '(', ')', &head));
	TRY(lex_group(args->arena, &p, '{', '}', &body));
	TRY(no_more(args, p));
	TRY(cut_for(args, head, part));
	TRY(session_run(s, part[0], o));
	for (;;) {
		if (*str_skip_space(part[1]))
			TRY(condition(s, part[1], &go));
		if (!go)
			break;
		TRY(loop_body(s, body, o, &go));
		if (!go)
			break;
		TRY(session_run(s, part[2], o));
	}
	return NULL;
}

static struct err *run_while(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	char *test, *body;
	bool go;

	TRY(lex_group(args->arena, &p, '(', ')', &test));
	TRY(lex_group(args->arena, &p, '{', '}', &body));
	TRY(no_more(args, p));
	for (;;) {
		TRY(condition(s, test, &go));
		if (!go)
			break;
		TRY(loop_body(s, body, o, &go));
		if (!go)
			break;
	}
	return NULL;
}

static struct err *run_do(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	char *test, *body;
	bool go;

	TRY(lex_group(args->arena, &p, '{', '}', &body));
	TRY(lex_group(args->arena, &p, '(', ')', &test));
	TRY(no_more(args, p));
	do {
		TRY(loop_body(s, body, o, &go));
		if (go)
			TRY(condition(s, test, &go));
	} while (go);
	return NULL;
}

/* --- .foreach ------------------------------------------------------------------------- */

struct foreach {
	uint64_t skip_first, skip_each;	/* /pS, /ps */
	char *variable, *body;
	const char *tokens;
};

static struct err *append(void *arg, const char *text, size_t len)
{
	struct strbuf *sb = arg;

	if (sb->len + len > 64 << 20)
		return err_new(ERR_UNSUPPORTED, ".foreach: more than 64 MB of text to go through");
	strbuf_add(sb, text, len);
	return strbuf_check(sb);
}

static struct err *capture(struct session *s, const char *text, struct strbuf *sb)
{
	CLEANUP(out_destroyp) struct out *o = NULL;

	TRY(out_create_text(append, sb, &o));
	return session_run(s, text, o);
}

static struct err *one_token(struct session *s, const struct foreach *f, const char *token,
			     size_t len, struct out *o, bool *ret_go)
{
	CLEANUP(freep) char *text = strndup(token, len);

	if (!text)
		return err_nomem();
	TRY(alias_set(s, f->variable, text));
	return loop_body(s, f->body, o, ret_go);
}

static struct err *each_token(struct session *s, const struct foreach *f, struct out *o)
{
	uint64_t skip = f->skip_first;
	const char *p = f->tokens;
	bool go = true;

	while (go) {
		size_t n;

		p = str_skip_space(p);
		for (n = 0; p[n] && !isspace((unsigned char)p[n]); n++)
			;
		if (!n)
			break;
		if (skip) {
			skip--;
		} else {
			TRY(one_token(s, f, p, n, o, &go));
			skip = f->skip_each;
		}
		p += n;
	}
	return NULL;
}

static struct err *foreach_options(struct session *s, const struct args *args, const char **p,
				   struct foreach *f, char *ret_source)
{
	char *word;

	*ret_source = 'c';
	for (;;) {
		bool first = take_word(p, "/pS"), each = !first && take_word(p, "/ps");

		if (!first && !each) {
			if (take_word(p, "/s"))
				*ret_source = 's';
			else if (take_word(p, "/f"))
				*ret_source = 'f';
			else
				return NULL;
			continue;
		}
		TRY(word_parse(args->arena, p, &word));
		TRY(expr_value(s, word ? word : "", first ? &f->skip_first : &f->skip_each));
	}
}

static struct err *read_file(const char *path, struct strbuf *sb)
{
	FILE *file = fopen(path, "re");
	char buf[4096];
	struct err *e = NULL;
	size_t n;

	if (!file)
		return err_os(errno, "%s", path);
	while (!e && (n = fread(buf, 1, sizeof(buf), file)) > 0)
		e = append(sb, buf, n);
	(void)fclose(file);
	return e;
}

/* "(variable { commands })", "(variable "text")" */
static struct err *foreach_head(struct session *s, const struct args *args, char *head, char source,
				struct foreach *f, struct strbuf *sb)
{
	const char *p = str_skip_space(head);
	size_t n = strcspn(p, " \t\n{\"");
	char *text;

	f->variable = arena_strndup(args->arena, p, n);
	if (!f->variable)
		return err_nomem();
	if (!n)
		return usage_error(args, "Syntax error: (variable { commands }) expected");
	p += n;
	if (source == 'c')
		TRY(lex_group(args->arena, &p, '{', '}', &text));
	else
		TRY(word_parse(args->arena, &p, &text));
	TRY(no_more(args, p));
	if (!text)
		return usage_error(args, "Syntax error: a text is missing");
	if (source == 'f')
		return read_file(text, sb);
	if (source == 's') {
		strbuf_adds(sb, text);
		return strbuf_check(sb);
	}
	return capture(s, text, sb);
}

static struct err *run_foreach(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf tokens = STRBUF_INIT;
	CLEANUP(freep) char *old = NULL;
	const char *p = args->tail, *before;
	struct foreach f = { 0 };
	struct err *e;
	char source, *head;

	TRY(foreach_options(s, args, &p, &f, &source));
	TRY(lex_group(args->arena, &p, '(', ')', &head));
	TRY(lex_group(args->arena, &p, '{', '}', &f.body));
	TRY(no_more(args, p));
	TRY(foreach_head(s, args, head, source, &f, &tokens));
	f.tokens = tokens.s;
	before = alias_get(s, f.variable, strlen(f.variable));
	if (before && !(old = strdup(before)))
		return err_nomem();
	e = each_token(s, &f, o);
	(void)alias_remove(s, f.variable);
	if (old) {
		struct err *again = alias_set(s, f.variable, old);

		if (e)
			err_free(again);
		else
			e = again;
	}
	return e;
}

/* --- .block, .catch and leaving -------------------------------------------------------- */

static struct err *run_block(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	char *body;

	TRY(lex_group(args->arena, &p, '{', '}', &body));
	TRY(no_more(args, p));
	return session_run(s, body, o);
}

static struct err *run_catch(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	struct err *e;
	char *body;

	TRY(lex_group(args->arena, &p, '{', '}', &body));
	TRY(no_more(args, p));
	s->catches++;
	e = session_run(s, body, o);
	s->catches--;
	if (s->flow == FLOW_LEAVE)
		s->flow = FLOW_NONE;
	if (!e || err_code(e) == ERR_CANCELLED || err_code(e) == ERR_NOMEM)
		return e;
	e = err_prefix(e, "caught");
	if (e)
		notice("%s", err_message(e));
	err_free(e);
	return NULL;
}

static struct err *run_leave(struct session *s, const struct args *args, struct out *o)
{
	enum flow flow = strcmp(args->name, ".break") == 0	? FLOW_BREAK
			 : strcmp(args->name, ".continue") == 0 ? FLOW_CONTINUE
								: FLOW_LEAVE;

	TRY(end_parse(args, args->tail));
	if (flow == FLOW_LEAVE ? !s->catches : !s->loops)
		return usage_error(args, "not inside a %s", flow == FLOW_LEAVE ? ".catch" : "loop");
	s->flow = flow;
	return NULL;
}

const struct command command_if = {
	.name = ".if",
	.summary = "run commands when a condition holds",
	.usage = "(condition) { commands } [.elsif (condition) { commands }] [.else { commands }]",
	.help = "The condition is an expression; every value but 0 holds. Of several blocks the\n"
		"first whose condition holds is run, .else when none does.",
	.syntax = SYNTAX_BLOCK,
	.run = run_if,
};

const struct command command_for = {
	.name = ".for",
	.summary = "loop with start, condition and step",
	.usage = "(commands; condition; commands) { commands }",
	.help = "As in C: the first commands run once, then the body as long as the condition is\n"
		"not 0, the last commands after each pass. Typically over a pseudo-register:\n"
		".for (r $t0 = 0; @$t0 < 5; r $t0 = @$t0 + 1) { ? @$t0 }",
	.syntax = SYNTAX_BLOCK,
	.run = run_for,
};

const struct command command_while = {
	.name = ".while",
	.summary = "loop as long as a condition holds",
	.usage = "(condition) { commands }",
	.help = "The condition is tested before each pass. .break leaves the loop, .continue begins\n"
		"the next pass, Ctrl-C ends it.",
	.syntax = SYNTAX_BLOCK,
	.run = run_while,
};

const struct command command_do = {
	.name = ".do",
	.summary = "loop until a condition no longer holds",
	.usage = "{ commands } (condition)",
	.help = "The condition is tested after each pass, so that the commands run at least once.",
	.syntax = SYNTAX_BLOCK,
	.run = run_do,
};

const struct command command_foreach = {
	.name = ".foreach",
	.summary = "run commands for each word of other commands' output",
	.usage = "[/pS n] [/ps n] [/s | /f] (variable { commands }) { commands }",
	.help = "Runs the first commands, cuts their text output into words, and runs the second\n"
		"commands for each with the variable standing for the word, as a word of its own\n"
		"or as ${variable}. /pS n skips n words at first, /ps n skips n after each one used.\n"
		"With /s the words come from a quoted text, with /f from a file instead:\n"
		".foreach /s (x \"1 2 3\") { ? x }\n"
		"\n"
		"The text that is cut is the same with --json.",
	.syntax = SYNTAX_BLOCK,
	.run = run_foreach,
};

const struct command command_block = {
	.name = ".block",
	.summary = "run commands as a block",
	.usage = "{ commands }",
	.help = "Aliases in a block are put in when it is entered: what as or aS defined earlier on\n"
		"the same line works inside.",
	.syntax = SYNTAX_BLOCK,
	.run = run_block,
};

const struct command command_catch = {
	.name = ".catch",
	.summary = "go on after commands that fail",
	.usage = "{ commands }",
	.help = "An error inside ends the block, not the line; it is told on standard error.\n"
		".leave ends the block early.",
	.syntax = SYNTAX_BLOCK,
	.run = run_catch,
};

static const char *const leave_aliases[] = { ".continue", ".leave", NULL };
const struct command command_break = {
	.name = ".break",
	.aliases = leave_aliases,
	.summary = "leave a loop, begin its next pass, or leave .catch",
	.usage = "",
	.help = ".break ends the innermost loop, .continue begins its next pass, .leave ends the\n"
		"innermost .catch block.",
	.run = run_leave,
};
