/* SPDX-License-Identifier: MIT */
/* Comments, and the few commands that only change the session. */
#include "command/session_impl.h"

#include <string.h>

static struct err *run_comment(struct session *s, const struct args *args, struct out *o)
{
	return NULL;
}

const struct command command_comment = {
	.name = "*",
	.summary = "comment to the end of the line",
	.usage = "text",
	.help = "The rest of the line is ignored, ';' included.",
	.syntax = SYNTAX_RAW,
	.run = run_comment,
};

const struct command command_short_comment = {
	.name = "$$",
	.summary = "comment up to ';'",
	.usage = "text",
	.help = "What follows is ignored up to ';' or the end of the line.",
	.run = run_comment,
};

static struct err *run_quit(struct session *s, const struct args *args, struct out *o)
{
	s->quit = true;
	return NULL;
}

static const char *const quit_aliases[] = { "qq", "qd", "quit", "exit", ".detach", ".kill", NULL };
const struct command command_quit = {
	.name = "q",
	.aliases = quit_aliases,
	.summary = "quit",
	.usage = "",
	.help = "Ends the program. So does the end of input (Ctrl-D).",
	.whole_word = true,
	.run = run_quit,
};

/* --- n ------------------------------------------------------------------------------ */

static const struct field radix_fields[] = {
	{ "radix", FIELD_UINT, "base of numbers without prefix" },
	{ NULL },
};
static const struct record radix_record = {
	.kind = "radix",
	.help = "The base of numbers",
	.fields = radix_fields,
	.text = "base is {radix}\n",
};
static const struct record *const radix_records[] = { &radix_record, NULL };

static struct err *run_radix(struct session *s, const struct args *args, struct out *o)
{
	const char *t = args->tail;

	if (strcmp(t, "8") == 0 || strcmp(t, "10") == 0 || strcmp(t, "16") == 0)
		s->radix = *t == '8' ? 8 : t[1] == '0' ? 10 : 16;
	else if (*t)
		return usage_error(args, "the base is 8, 10 or 16");
	out_begin(o, &radix_record);
	out_uint(o, "radix", s->radix);
	return out_end(o);
}

const struct command command_radix = {
	.name = "n",
	.summary = "show or set the base of numbers",
	.usage = "[8 | 10 | 16]",
	.help = "How expressions read numbers without a prefix; 16 at first.",
	.records = radix_records,
	.whole_word = true,
	.run = run_radix,
};
