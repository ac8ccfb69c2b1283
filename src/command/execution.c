/* SPDX-License-Identifier: MIT */
/*
 * Commands that run or change a live program. They are understood, so that
 * scripts made for live debugging say clearly what a dump cannot do.
 */
#include "command/session_impl.h"

static struct err *run_go(struct session *s, const struct args *args, struct out *o)
{
	return err_new(ERR_UNSUPPORTED, "No runnable debuggees error in '%s%s%s'", args->name,
		       *args->tail ? " " : "", args->tail);
}

static const char *const go_aliases[] = { "gh", "gn", "gu",  "gc", "p",	 "pa", "pc", "pct", "ph", "pt",
					  "t",	"ta", "tb", "tc", "tct", "th", "tt", "wt",  ".restart", ".attach",
					  ".create", ".abandon", NULL };
const struct command command_go = {
	.name = "g",
	.aliases = go_aliases,
	.summary = "run the program: not possible in a dump",
	.usage = "[address]",
	.help = "A dump holds one instant: going on, stepping and tracing are refused with WinDbg's\n"
		"words, so that scripts see why they stop.",
	.whole_word = true,
	.run = run_go,
};

static struct err *run_change(struct session *s, const struct args *args, struct out *o)
{
	return err_new(ERR_UNSUPPORTED, "Operation not supported by current debuggee error in '%s%s%s'",
		       args->name, *args->tail ? " " : "", args->tail);
}

static const char *const change_aliases[] = { "bu", "bm", "ba", "bc", "bd", "be", "bl", "br", "ea", "eb",
					      "ed", "eD", "ef", "ep", "eq", "eu", "ew", "eza", "ezu", "a",	 "e",
					      "f", "fp", "m", NULL };
const struct command command_bp = {
	.name = "bp",
	.aliases = change_aliases,
	.summary = "set breakpoints, change memory: not possible in a dump",
	.usage = "[address] [\"commands\"]",
	.help = "A dump is read, never changed: breakpoints, writing to memory and assembling are\n"
		"refused with WinDbg's words.",
	.whole_word = true,
	.run = run_change,
};
