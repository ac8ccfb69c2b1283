/* SPDX-License-Identifier: MIT */
/*
 * --help, the manual page, docs/commands and shell completions, all made of
 * the rows of sub-commands, options and commands, so that they cannot differ.
 */
#include "command/markdown.h"
#include "main/main.h"

#include <stdio.h>
#include <string.h>

static void option_names(const struct option_row *row, struct strbuf *sb, const char *between)
{
	for (size_t i = 0; i < ARRAY_SIZE(row->names) && row->names[i]; i++)
		strbuf_addf(sb, "%s%s", i ? between : "", row->names[i]);
}

void print_usage(const struct subcommand *sub, FILE *to)
{
	(void)fprintf(to, "usage: osmodump %s%s%s\n\n%s\n", sub == subcommands[0] ? "" : sub->name,
		      sub == subcommands[0] ? "" : " ", sub->usage, sub->help);
	if (sub == subcommands[0]) {
		(void)fputs("\nOther uses (osmodump NAME --help tells more):\n", to);
		for (size_t i = 1; subcommands[i]; i++)
			(void)fprintf(to, "  %-12s %s\n", subcommands[i]->name, subcommands[i]->summary);
	}
	(void)fputs("\nOptions:\n", to);
	for (const struct option_row *row = option_rows; row->names[0]; row++) {
		CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

		if (!option_is_of(row, sub))
			continue;
		option_names(row, &sb, ", ");
		if (row->arg)
			strbuf_addf(&sb, " %s", row->arg);
		(void)fprintf(to, "  %-28s %s%s\n", sb.s, sb.len > 28 ? "\n                               " : "",
			      row->help);
	}
}

/* --- the manual page ------------------------------------------------------------------------ */

/* Text for troff: backslashes and dashes written out, no line begins a request. */
static void roff(const char *s, FILE *to)
{
	bool start = true;

	for (; *s; s++) {
		if (start && (*s == '.' || *s == '\''))
			(void)fputs("\\&", to);
		if (*s == '\\')
			(void)fputs("\\e", to);
		else if (*s == '-')
			(void)fputs("\\-", to);
		else
			(void)fputc(*s, to);
		start = *s == '\n';
	}
}

static void roff_paragraphs(const char *s, FILE *to)
{
	while (*s) {
		const char *end = strstr(s, "\n\n");
		CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

		strbuf_add(&sb, s, end ? (size_t)(end - s) : strlen(s));
		(void)fputs(".PP\n", to);
		roff(sb.s, to);
		(void)fputc('\n', to);
		s = end ? end + 2 : s + strlen(s);
	}
}

static void manual_options(const struct subcommand *sub, FILE *to)
{
	for (const struct option_row *row = option_rows; row->names[0]; row++) {
		CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

		if (!option_is_of(row, sub) || (sub != subcommands[0] && !*row->of))
			continue;
		option_names(row, &sb, ", ");
		(void)fputs(".TP\n\\fB", to);
		roff(sb.s, to);
		(void)fprintf(to, "\\fR%s%s%s\n", row->arg ? " \\fI" : "", row->arg ? row->arg : "",
			      row->arg ? "\\fR" : "");
		roff(row->help, to);
		(void)fputs(".\n", to);
	}
}

static void manual_commands(FILE *to)
{
	(void)fputs(".SH DEBUGGER COMMANDS\n.PP\nThe language is WinDbg\\(aqs. What can be typed at the prompt or "
		    "given with \\fB\\-c\\fR:\n", to);
	for (size_t i = 0; commands[i]; i++) {
		(void)fputs(".TP\n\\fB", to);
		roff(commands[i]->name, to);
		(void)fputs("\\fR \\fI", to);
		roff(commands[i]->usage ? commands[i]->usage : "", to);
		(void)fputs("\\fR\n", to);
		roff(commands[i]->summary ? commands[i]->summary : "", to);
		(void)fputs(".\n", to);
	}
}

void print_manual(FILE *to)
{
	(void)fprintf(to, ".TH OSMODUMP 1 \"\" \"osmosis %s\"\n.SH NAME\nosmodump \\- open memory dumps of Windows "
		      "and Linux programs\n.SH SYNOPSIS\n", OSM_VERSION);
	for (size_t i = 0; subcommands[i]; i++) {
		(void)fprintf(to, "%s.B osmodump%s%s\n", i ? ".br\n" : "", i ? " " : "",
			      i ? subcommands[i]->name : "");
		roff(subcommands[i]->usage, to);
		(void)fputc('\n', to);
	}
	(void)fputs(".SH DESCRIPTION\n", to);
	roff_paragraphs(subcommands[0]->help, to);
	(void)fputs(".SH OPTIONS\n", to);
	manual_options(subcommands[0], to);
	(void)fputs(".SH OTHER USES\n", to);
	for (size_t i = 1; subcommands[i]; i++) {
		(void)fprintf(to, ".SS osmodump %s\n", subcommands[i]->name);
		roff_paragraphs(subcommands[i]->help, to);
		manual_options(subcommands[i], to);
	}
	manual_commands(to);
	(void)fputs(".SH EXIT STATUS\n"
		    ".TP\n0\nEverything was done.\n"
		    ".TP\n1\nA command failed; the others were run.\n"
		    ".TP\n2\nThe command line is wrong.\n"
		    ".TP\n3\nThe file is no dump, or cannot be opened.\n"
		    ".SH ENVIRONMENT\n"
		    ".TP\n_NT_SYMBOL_PATH\nWhere symbols are, unless \\fB\\-y\\fR is given.\n"
		    ".TP\nDEBUGINFOD_URLS\nServers that are asked for debug files of Linux programs.\n"
		    ".TP\nNO_COLOR\nIf set, no colours are used.\n"
		    ".TP\nTMPDIR\nWhere compressed dumps are unpacked, unless \\fB\\-\\-tmpdir\\fR is given.\n"
		    ".SH FILES\n"
		    ".TP\n$XDG_CONFIG_HOME/osmodump/rc\nCommands that run before the first prompt.\n"
		    ".TP\n$XDG_STATE_HOME/osmodump/history\nWhat was typed at prompts.\n", to);
}

/* --- docs/commands ---------------------------------------------------------------------------- */

bool print_markdown(const char *name, FILE *to)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const struct command *c = command_named(name);

	if (!c)
		return false;
	command_add_markdown(c, &sb);
	(void)fwrite(sb.s, 1, sb.len, to);
	return true;
}

/* "?\tquestion": the commands and their pages, for tools/command-docs */
void print_pages(FILE *to)
{
	for (size_t i = 0; commands[i]; i++) {
		CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

		command_add_page_name(commands[i], &sb);
		(void)fprintf(to, "%s\t%s\t%s\n", commands[i]->name, sb.s, commands[i]->summary);
	}
}

/* --- completions --------------------------------------------------------------------------------- */

static void words_of(const struct subcommand *sub, struct strbuf *sb)
{
	for (const struct option_row *row = option_rows; row->names[0]; row++)
		if (option_is_of(row, sub)) {
			option_names(row, sb, " ");
			strbuf_addc(sb, ' ');
		}
}

/* The first sub-command is what is meant when none is named. */
static void bash(FILE *to)
{
	CLEANUP(strbuf_deinit) struct strbuf subs = STRBUF_INIT;

	(void)fputs("# bash completion for osmodump; made by: osmodump completion bash\n"
		    "_osmodump() {\n"
		    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words\n"
		    "\tCOMPREPLY=()\n"
		    "\tcase $prev in\n"
		    "\tcompletion) COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$cur\")); return ;;\n"
		    "\tesac\n"
		    "\tcase ${COMP_WORDS[1]} in\n", to);
	for (size_t n = 1; subcommands[n - 1]; n++) {
		const struct subcommand *sub = subcommands[n] ? subcommands[n] : subcommands[0];
		CLEANUP(strbuf_deinit) struct strbuf words = STRBUF_INIT;

		words_of(sub, &words);
		(void)fprintf(to, "\t%s) words='%s' ;;\n", sub == subcommands[0] ? "*" : sub->name, words.s);
		strbuf_addf(&subs, "%s ", sub->name);
	}
	(void)fprintf(to,
		      "\tesac\n"
		      "\t[[ $COMP_CWORD == 1 ]] && words=\"$words %s\"\n"
		      "\t[[ $cur == -* || $COMP_CWORD == 1 ]] && COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
		      "\tCOMPREPLY+=($(compgen -f -- \"$cur\"))\n"
		      "}\n"
		      "complete -o filenames -F _osmodump osmodump\n", subs.s);
}

/* In single quotes for zsh and fish: ' and the characters zsh's _arguments reads. */
static void quoted(const char *s, const char *special, FILE *to)
{
	for (; *s; s++) {
		if (*s == '\'')
			(void)fputs("'\\''", to);
		else
			(void)fprintf(to, strchr(special, *s) ? "\\%c" : "%c", *s);
	}
}

static void zsh(FILE *to)
{
	(void)fputs("#compdef osmodump\n# made by: osmodump completion zsh\n_arguments -s \\\n", to);
	for (const struct option_row *row = option_rows; row->names[0]; row++) {
		for (size_t i = 0; i < ARRAY_SIZE(row->names) && row->names[i]; i++) {
			(void)fprintf(to, "  '%s%s[", row->is_script ? "*" : "", row->names[i]);
			quoted(row->help, "[]:", to);
			(void)fprintf(to, "]%s%s%s' \\\n", row->arg ? ":" : "", row->arg ? row->arg : "",
				      row->completes_files ? ":_files" : row->arg ? ": " : "");
		}
	}
	(void)fputs("  '1: :((", to);
	for (size_t i = 0; subcommands[i]; i++) {
		(void)fprintf(to, "%s%s\\:\"", i ? " " : "", subcommands[i]->name);
		quoted(subcommands[i]->summary, ":", to);
		(void)fputc('"', to);
	}
	(void)fputs("))' \\\n  '*:file:_files'\n", to);
}

/* Where the option is one of the sub-command that is meant when none is named, those are named that do not take it. */
static void fish_condition(const struct option_row *row, FILE *to)
{
	bool meant = option_is_of(row, subcommands[0]);
	const char *before = meant ? " -n 'not __fish_seen_subcommand_from" : " -n '__fish_seen_subcommand_from";

	if (!*row->of)
		return;
	(void)fputs(before, to);
	for (size_t i = 0; subcommands[i]; i++)
		if (option_is_of(row, subcommands[i]) != meant)
			(void)fprintf(to, " %s", subcommands[i]->name);
	(void)fputs("'", to);
}

static void fish(FILE *to)
{
	(void)fputs("# fish completion for osmodump; made by: osmodump completion fish\n", to);
	for (size_t i = 0; subcommands[i]; i++) {
		(void)fprintf(to, "complete -c osmodump -n __fish_use_subcommand -a %s -d '",
			      subcommands[i]->name);
		quoted(subcommands[i]->summary, "", to);
		(void)fputs("'\n", to);
	}
	for (const struct option_row *row = option_rows; row->names[0]; row++) {
		(void)fputs("complete -c osmodump", to);
		fish_condition(row, to);
		for (size_t i = 0; i < ARRAY_SIZE(row->names) && row->names[i]; i++) {
			const char *n = row->names[i];

			(void)fprintf(to, n[1] == '-' ? " -l %s" : n[2] ? " -o %s" : " -s %s",
				      n + (n[1] == '-' ? 2 : 1));
		}
		(void)fprintf(to, "%s%s -d '", row->arg ? " -r" : "", row->completes_files ? " -F" : "");
		quoted(row->help, "", to);
		(void)fputs("'\n", to);
	}
}

bool print_completion(const char *shell, FILE *to)
{
	if (strcmp(shell, "bash") == 0)
		bash(to);
	else if (strcmp(shell, "zsh") == 0)
		zsh(to);
	else if (strcmp(shell, "fish") == 0)
		fish(to);
	else
		return false;
	return true;
}
