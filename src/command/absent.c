/* SPDX-License-Identifier: MIT */
/*
 * Commands of WinDbg that have no part here: settings that scripts make,
 * extensions that are loaded, and commands whose work other ones do. Each says
 * so in one sentence, instead of being a syntax error.
 */
#include "command/session_impl.h"

#include "base/cancel.h"

#include <string.h>
#include <strings.h>

/* --- what to use instead -------------------------------------------------------------- */

static const char kernel_only[] = "works on dumps of the Windows kernel, which are not read here";
static const char managed[] = "needs the data access library of .NET for Windows; ~*k and !runaway show "
			      "the native side";

static const struct {
	const char *name, *instead;
} absent[] = {
	{ "!pool", kernel_only }, { "!irp", kernel_only }, { "!object", kernel_only },
	{ "!stacks", "is not here: !uniqstack and ~*k show the stacks of all threads" },
	{ "!clrstack", managed }, { "!threads", managed }, { "!dumpheap", managed }, { "!pe", managed },
	{ "!dumpstack", managed }, { "!do", managed }, { "!eeheap", managed }, { "!syncblk", managed },
	{ "!token", "is not here: .dumpdebug tells whether the dump has a TokenStream" },
	{ "!dlls", "is not here: lm lists the modules, !peb the loader's list" },
	{ "!htrace", "is not here: handle traces are kept by live debuggers" },
	{ ".thread", "chooses a thread of a kernel dump; ~Ns does of a process" },
	{ ".shell", "is not here: no command runs other programs" },
	{ ".dump", "is not here: a dump is there already" },
	{ "dx", "is not here: ?? and dt evaluate C++ expressions and show types" },
	{ "ls", "is not here: k and u tell file and line" }, { "lsa", "is not here: k and u tell file and line" },
	{ "lsf", "is not here: k and u tell file and line" }, { ".open", "is not here: k and u tell file and line" },
	{ "#", "is not here: u and uf disassemble, s searches memory" },
};

static struct err *run_absent(struct session *s, const struct args *args, struct out *o)
{
	for (size_t i = 0; i < ARRAY_SIZE(absent); i++)
		if (strcasecmp(absent[i].name, args->name) == 0)
			return err_new(ERR_UNSUPPORTED, "%s %s", args->name, absent[i].instead);
	return err_new(ERR_UNSUPPORTED, "%s is not here", args->name);
}

static const char *const absent_aliases[] = {
	"!irp", "!object", "!stacks", "!clrstack",
	"!threads", "!dumpheap", "!pe", "!dumpstack", "!do", "!eeheap", "!syncblk", "!token", "!dlls",
	"!htrace", ".thread", ".shell", ".dump", "dx", "ls", "lsa", "lsf", ".open", "#", NULL,
};
const struct command command_absent = {
	.name = "!pool",
	.aliases = absent_aliases,
	.summary = "commands that are not here, and what to use instead",
	.usage = "...",
	.help = "WinDbg has these commands. Here they fail with a sentence that says which others\n"
		"show what they would.",
	.whole_word = true,
	.run = run_absent,
};

/* --- extensions ------------------------------------------------------------------------- */

static struct err *run_chain(struct session *s, const struct args *args, struct out *o)
{
	return out_line(o, "All extension commands are built in; nothing is loaded or unloaded.");
}

static const char *const chain_aliases[] = { ".load", ".loadby", ".unload", ".unloadall", ".cordll",
					     ".extpath", ".extmatch", NULL };
const struct command command_chain = {
	.name = ".chain",
	.aliases = chain_aliases,
	.summary = "extensions: all are built in",
	.usage = "[...]",
	.help = "There are no libraries of extension commands to be loaded: !locks, !handle and the\n"
		"others are part of the program, under any library's name (!ntsdexts.locks).\n"
		"Scripts that load some go on.",
	.whole_word = true,
	.run = run_chain,
};

/* --- settings --------------------------------------------------------------------------- */

static struct err *run_setting(struct session *s, const struct args *args, struct out *o)
{
	notice("%s: accepted, without effect here", args->name);
	return NULL;
}

static const char *const setting_aliases[] = {
	".symopt", ".prompt_allow", ".enable_unicode", ".enable_long_status", ".force_radix_output", ".asm",
	".kframes", ".srcpath", ".srcfix", ".lsrcpath", ".srcnoisy", ".outmask", ".pcmd", ".prefer_dml",
	".noshell", ".settings", ".sxcmds", ".ocommand", ".ignore_missing_pages", ".wtitle", ".beep",
	"sx", "sxe", "sxd", "sxi", "sxn", "sxr", "so", NULL,
};
const struct command command_setting = {
	.name = ".lines",
	.aliases = setting_aliases,
	.summary = "settings of WinDbg that have no effect here",
	.usage = "[...]",
	.help = "Accepted, so that scripts made for WinDbg run; a notice says that nothing changed.\n"
		"Source lines are always shown (kL leaves them out), symbols always loaded late.",
	.whole_word = true,
	.run = run_setting,
};

static struct err *run_expr(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	char *option, *name;

	TRY(word_parse(args->arena, &p, &option));
	TRY(word_parse(args->arena, &p, &name));
	TRY(end_parse(args, p));
	if (name && strcasecmp(name, "masm") != 0)
		return err_new(ERR_UNSUPPORTED, ".expr: expressions of commands are always MASM's; ?? and "
						"@@c++(...) evaluate C++");
	return out_line(o, "Current expression evaluator: MASM - Microsoft Assembler expressions");
}

const struct command command_expr = {
	.name = ".expr",
	.summary = "tell how expressions are evaluated",
	.usage = "[/s masm]",
	.help = "Expressions of commands follow MASM's rules; ?? and @@c++(...) take C++.",
	.whole_word = true,
	.run = run_expr,
};

/* --- ld ----------------------------------------------------------------------------------- */

static struct err *run_ld(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf line = STRBUF_INIT;
	const char *p = args->tail;
	char *module;

	TRY(word_parse(args->arena, &p, &module));
	if (!module)
		return usage_error(args, "a module is missing");
	strbuf_addf(&line, ".reload /f \"%s\"", module);
	TRY(strbuf_check(&line));
	return session_run(s, line.s, o);
}

const struct command command_ld = {
	.name = "ld",
	.summary = "load the symbols of a module",
	.usage = "module",
	.help = "The same as .reload /f: the symbols of the module, or of all that match a pattern,\n"
		"are loaded now, and what was found is told.",
	.needs = NEEDS_TARGET,
	.whole_word = true,
	.run = run_ld,
};
