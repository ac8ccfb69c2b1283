/* SPDX-License-Identifier: MIT */
/* j and z: the older forms of .if and .while, on one line, without braces. */
#include "command/session_impl.h"

#include <string.h>

/* One of j's commands: in single quotes, or up to the ';'. */
static struct err *take_commands(const struct args *args, const char **p, char **ret)
{
	const char *start = str_skip_space(*p), *end;
	bool quoted = *start == '\'';

	end = quoted ? strchr(++start, '\'') : lex_command_end(start);
	if (!end)
		return usage_error(args, "Syntax error: ' without ' at '%.60s'", start - 1);
	*ret = arena_strndup(args->arena, start, (size_t)(end - start));
	*p = str_skip_space(end + quoted);
	return *ret ? NULL : err_nomem();
}

static struct err *run_j(struct session *s, const struct args *args, struct out *o)
{
	char *if_true, *if_false = NULL;
	const char *p = args->tail;
	uint64_t v;

	TRY(expr_parse(s, &p, &v));
	TRY(take_commands(args, &p, &if_true));
	if (*p == ';') {
		p++;
		TRY(take_commands(args, &p, &if_false));
	}
	TRY(session_run(s, v ? if_true : if_false ? if_false : "", o));
	return s->flow == FLOW_NONE ? session_run(s, p, o) : NULL;
}

static struct err *run_z(struct session *s, const struct args *args, struct out *o)
{
	uint64_t v;

	TRY(expr_value(s, args->tail, &v));
	if (v)
		s->flow = FLOW_AGAIN;
	return NULL;
}

const struct command command_j = {
	.name = "j",
	.summary = "run one of two commands",
	.usage = "condition ['commands'] ; ['commands']",
	.help = "The first commands are run when the expression is not 0, else the second. Single\n"
		"quotes hold several commands, or none; without them a command ends at the ';'.\n"
		".if does the same with braces.",
	.syntax = SYNTAX_RAW,
	.whole_word = true,
	.run = run_j,
};

const struct command command_z = {
	.name = "z",
	.summary = "repeat the line so far while a condition holds",
	.usage = "(condition)",
	.help = "When the expression is not 0, the commands before it on the line are run again,\n"
		"as often as it takes: r $t0=0; .echo x; r $t0=@$t0+1; ... begins where the line\n"
		"(or the block) does. .while says the same more clearly.",
	.whole_word = true,
	.run = run_z,
};
