/* SPDX-License-Identifier: MIT */
/*
 * osmodump analyze: what is wrong, without a prompt. The debugger's `!analyze -v`
 * over one dump, with the thresholds of the command line and of the file
 * $XDG_CONFIG_HOME/osmodump/thresholds: "name=value" lines, '#' begins a comment.
 */
#include "main/main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file's lines first: what comes later on the line counts. */
static struct err *add_file(struct strbuf *line)
{
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char text[256];
	FILE *f;

	if (config && *config)
		strbuf_addf(&path, "%s/osmodump/thresholds", config);
	else if (home)
		strbuf_addf(&path, "%s/.config/osmodump/thresholds", home);
	f = path.len ? fopen(path.s, "re") : NULL;
	if (!f)
		return NULL;
	while (fgets(text, sizeof(text), f)) {
		const char *p = str_skip_space(text);
		size_t n = strcspn(p, "# \t\r\n");

		if (n && n <= strcspn(p, "\";"))
			strbuf_addf(line, " -t %.*s", (int)n, p);
	}
	(void)fclose(f);
	return strbuf_check(line);
}

static struct err *add_settings(const struct settings *s, struct strbuf *line)
{
	for (size_t i = 0; i < s->thresholds.n; i++) {
		const char *text = s->thresholds.v[i];

		if (strpbrk(text, " \t\";"))
			return err_new(ERR_USAGE, "'%.60s': a threshold is given as name=number", text);
		strbuf_addf(line, " -t %s", text);
	}
	return strbuf_check(line);
}

/* Errors of !commands do not end their line, but come here. */
static void keep_error(void *arg, struct err *e)
{
	struct err **kept = arg;

	if (*kept)
		err_free(e);
	else
		*kept = e;
}

static struct err *analyze(const struct settings *s, struct target *t, struct out *o)
{
	CLEANUP(session_destroyp) struct session *session = NULL;
	CLEANUP(strbuf_deinit) struct strbuf line = STRBUF_INIT;

	struct err *e = NULL, *kept = NULL;

	strbuf_adds(&line, "!analyze -v");
	TRY(add_file(&line));
	TRY(add_settings(s, &line));
	TRY(session_create(t, &session));
	out_set_pointer_size(o, session_pointer_size(session));
	session_on_error(session, keep_error, &kept);
	e = session_run(session, line.s, o);
	if (e)
		keep_error(&kept, e);
	return kept;
}

static int run(const struct settings *s)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	CLEANUP(target_destroyp) struct target *t = NULL;
	CLEANUP(out_destroyp) struct out *o = NULL;
	int rc = open_dump(s, &d);
	struct err *e;

	if (rc == EXIT_OK)
		rc = open_target(s, d, &t);
	if (rc != EXIT_OK)
		return rc;
	e = open_output(s, &o);
	if (!e)
		e = analyze(s, t, o);
	if (e)
		rc = err_code(e) == ERR_USAGE ? EXIT_USAGE : EXIT_FAILED;
	report_error(o, e);
	return terminal_file_changed() ? EXIT_FAILED : rc;
}

const struct subcommand subcommand_analyze = {
	.name = "analyze",
	.usage = "[--json] [--threshold name=value] FILE",
	.summary = "say what is wrong with the process that a dump is of",
	.help = "First the verdict in a sentence; then the findings, root causes first and what follows\n"
		"from them behind them: how bad, how sure, the evidence (address, value, meaning, and\n"
		"the debugger command that shows it), the thresholds that were applied, what could not\n"
		"be read, and what to do. Then what the dump is, the exception or signal, the frame\n"
		"that is blamed and why, and its stack, with the field names of WinDbg's !analyze.\n"
		"It is what `!analyze -v` shows in the debugger.\n"
		"\n"
		"Thresholds are set by --threshold, which may be repeated, and by lines name=value of\n"
		"the file osmodump/thresholds in $XDG_CONFIG_HOME or ~/.config; `!pattern ID` tells\n"
		"which there are. The JSON lines have a schema: docs/analyze.schema.json.\n"
		"\n"
		"Exit code 0 says that the analysis came to an end, whatever it found.",
	.takes_files = true,
	.run = run,
};
