/* SPDX-License-Identifier: MIT */
/*
 * osmodump analyze: what is wrong, without a prompt. The debugger's `!analyze -v`
 * over one dump; as a page; or a table over many.
 */
#include "main/main.h"

static struct err *add_threshold(void *arg, const char *text)
{
	struct strbuf *line = arg;

	strbuf_addf(line, " -t %s", text);
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

/* Of a target; or of all processes of a system. */
static struct err *analyze(const struct settings *s, struct target *t, struct system *system, struct out *o)
{
	CLEANUP(session_destroyp) struct session *session = NULL;
	CLEANUP(strbuf_deinit) struct strbuf line = STRBUF_INIT;
	struct err *e = NULL, *kept = NULL;

	strbuf_adds(&line, system ? "!analyze -set -v" : "!analyze -v");
	TRY(thresholds_each(s, add_threshold, &line));
	TRY(system ? system_create_session(system, &session, &t) : session_create(t, &session));
	out_set_pointer_size(o, session_pointer_size(session));
	session_on_error(session, keep_error, &kept);
	e = session_run(session, line.s, o);
	if (e)
		keep_error(&kept, e);
	return kept;
}

static struct err *analyze_one(const struct settings *s, struct target *t, struct out *o)
{
	return s->html ? analyze_page(s, t, o) : analyze(s, t, NULL, o);
}

static int analyze_set(const struct settings *s, struct system *system)
{
	CLEANUP(out_destroyp) struct out *o = NULL;
	struct err *e = open_output(s, &o);
	int rc = EXIT_OK;

	if (!e)
		e = s->html ? analyze_set_page(s, system, o) : analyze(s, NULL, system, o);
	if (e)
		rc = err_code(e) == ERR_USAGE ? EXIT_USAGE : EXIT_FAILED;
	report_error(o, e);
	return terminal_file_changed() ? EXIT_FAILED : rc;
}

static int run(const struct settings *s)
{
	CLEANUP(system_destroyp) struct system *system = NULL;
	int rc;

	if (s->html)
		terminal_undo_when_ended();
	if (s->summary)
		return analyze_many(s);
	rc = open_system(s, &system);
	if (rc != EXIT_OK)
		return rc;
	return system ? analyze_set(s, system) : run_on_dump(s, analyze_one);
}

const struct subcommand subcommand_analyze = {
	.name = "analyze",
	.usage = "[options] FILE | [options] SET.set.json | --summary [options] FILE...",
	.summary = "say what is wrong with the process that a dump is of",
	.help = "First the verdict in a sentence; then the findings, root causes first and what follows\n"
		"from them behind them: how bad, how sure, the evidence (address, value, meaning, and\n"
		"the debugger command that shows it), the thresholds that were applied, what could not\n"
		"be read, and what to do. Then what the dump is, the exception or signal, the frame\n"
		"that is blamed and why, and its stack, with the field names of WinDbg's !analyze.\n"
		"It is what `!analyze -v` shows in the debugger.\n"
		"\n"
		"--html writes the same as a page: one file that needs no network, for a browser or a\n"
		"telephone, with the wait graph and the memory drawn, all stacks and the modules. It is\n"
		"readable by its owner only, and a file that exists is kept, unless --force.\n"
		"\n"
		"--summary looks at many dumps at once, on all processors, and prints a line for each\n"
		"sort of failure (FAILURE_BUCKET_ID): how many dumps have it, one of them, and its\n"
		"verdict; files that cannot be opened come last, with the reason. With --json: a line\n"
		"for each file, in the order given. Exit code 1 says that some could not be looked at,\n"
		"3 that none could.\n"
		"\n"
		"Of the manifest of a set, which osmodump snap --set writes, all dumps are looked at\n"
		"together: first the verdict on the set, with deadlocks between its processes, then of\n"
		"each process what is said of a single dump; it is `!analyze -set -v`. --html makes one\n"
		"page of them.\n"
		"\n"
		"Thresholds are set by --threshold, which may be repeated, and by lines name=value of\n"
		"the file osmodump/thresholds in $XDG_CONFIG_HOME or ~/.config; `!pattern ID` tells\n"
		"which there are. The JSON lines have a schema: docs/analyze.schema.json.\n"
		"\n"
		"Exit code 0 says that the analysis came to an end, whatever it found.",
	.takes_files = true,
	.run = run,
};
