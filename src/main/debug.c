/* SPDX-License-Identifier: MIT */
/*
 * osmodump FILE: the debugger. Commands come from -c and -cf, else from the
 * terminal, else from standard input line by line.
 */
#include "base/cancel.h"
#include "main/main.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Errors that did not end their line come here. */
struct errors {
	struct out *o;
	bool any, cancelled;
};

static void on_error(void *arg, struct err *e)
{
	struct errors *errors = arg;

	errors->any = true;
	report_error(errors->o, e);
}

/* Tells how the command ended; true when well. */
static bool told(struct errors *errors, struct err *e)
{
	cancel_clear();
	if (!e)
		return true;
	errors->cancelled |= err_code(e) == ERR_CANCELLED;
	on_error(errors, e);
	return false;
}

static struct err *run_script(struct session *s, const struct script *script, struct out *o)
{
	if (script->is_file)
		return session_run_file(s, script->text, o);
	return session_run(s, script->text, o);
}

static void run_scripts(const struct settings *set, struct session *s, struct errors *errors)
{
	for (size_t i = 0; i < set->scripts.n && !session_ended(s) && !errors->cancelled; i++)
		(void)told(errors, run_script(s, &set->scripts.v[i], errors->o));
}

static void run_stdin(struct session *s, struct errors *errors)
{
	CLEANUP(freep) char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while (!session_ended(s) && !errors->cancelled && (n = getline(&line, &cap, stdin)) >= 0) {
		while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			line[--n] = '\0';
		/* an empty line of a script is no <Enter> at a prompt */
		(void)told(errors, session_run(s, line, errors->o));
		(void)told(errors, stdout_flush()); /* a program may wait for the answer */
	}
}

/* What is opened: one dump, or a set of them. */
struct opened {
	struct dump *dump;
	struct target *target;	/* the first of a set */
	struct system *system;
};

static void opened_deinit(struct opened *x)
{
	if (!x->system)
		target_destroy(x->target);
	dump_unref(x->dump);
	system_destroy(x->system);
}

/* --- banner ---------------------------------------------------------------------------- */

static struct err *show(struct session *s, const char *command, struct out *o)
{
	if (!command_named(command))
		return NULL;
	/* what a damaged dump cannot tell here must not keep it from opening */
	session_report(s, session_run(s, command, o));
	return NULL;
}

static struct err *banner(struct session *s, const struct opened *opened, struct out *o)
{
	struct target *t = opened->target;
	const struct dump_facts *f = target_facts(t);
	const struct dump_exception *x = NULL;
	const struct dump_defect *defects;
	size_t n;

	TRY(out_heading(o, "\nosmodump %s\n\nLoading Dump File [%s]\n%s\n\n", OSM_VERSION,
			dump_path(target_dump(t)), f->title));
	if (opened->system)
		TRY(show(s, "|", o));
	TRY(out_heading(o, "Symbol search path is: %s\nExecutable search path is: %s\n",
			target_symbol_path(t), target_image_path(t)));
	TRY(show(s, "vertarget", o));
	if (err_ignore(dump_exception(target_dump(t), &x)))
		x = NULL;
	if (x) {
		TRY(out_heading(o, "This dump file has an exception of interest stored in it.\n"
				   "The stored exception information can be accessed via .ecxr.\n"));
		TRY(show(s, ".lastevent", o));
	}
	n = dump_defects(target_dump(t), &defects);
	for (size_t i = 0; i < n && i < 10; i++)
		notice("damaged: %s", defects[i].text);
	return NULL;
}

/* ~/.config/osmodump/rc, for those who sit at the prompt. */
static void run_rc(struct session *s, struct errors *errors)
{
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config && *config)
		strbuf_addf(&path, "%s/osmodump/rc", config);
	else if (home)
		strbuf_addf(&path, "%s/.config/osmodump/rc", home);
	if (path.len && access(path.s, R_OK) == 0)
		(void)told(errors, session_run_file(s, path.s, errors->o));
}

static struct err *start_log(const struct settings *set, struct session *s, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf line = STRBUF_INIT;

	if (!set->log)
		return NULL;
	strbuf_addf(&line, ".logopen \"%s\"", set->log);
	return session_run(s, line.s, o);
}

/* --- the sub-command ---------------------------------------------------------------------- */

static int debug(const struct settings *set, struct opened *x)
{
	CLEANUP(session_destroyp) struct session *s = NULL;
	CLEANUP(out_destroyp) struct out *o = NULL;
	bool interactive = !set->scripts.n && isatty(STDIN_FILENO);
	struct errors errors = { 0 };
	struct err *e;

	e = x->system ? system_create_session(x->system, &s, &x->target) : session_create(x->target, &s);
	if (e) {
		report_failure(NULL, e);
		return x->system ? EXIT_OPEN : EXIT_FAILED;
	}
	e = open_output(set, &o);
	if (e) {
		report_error(NULL, e);
		return EXIT_FAILED;
	}
	out_set_sink(o, stdout_write, s);
	out_set_pointer_size(o, session_pointer_size(s));
	errors.o = o;
	session_on_error(s, on_error, &errors);
	(void)told(&errors, start_log(set, s, o));
	if (!set->quiet && !set->json) {
		bool log_failed = errors.any;

		(void)told(&errors, banner(s, x, o));
		errors.any = log_failed; /* the banner is no command */
	}
	if (interactive) {
		run_rc(s, &errors);
		(void)run_interactive(s, o);
	} else if (set->scripts.n) {
		run_scripts(set, s, &errors);
	} else {
		run_stdin(s, &errors);
	}
	errors.any |= terminal_file_changed();
	return errors.any ? EXIT_FAILED : EXIT_OK;
}

static int run(const struct settings *s)
{
	CLEANUP(opened_deinit) struct opened x = { 0 };
	int rc = open_system(s, &x.system);

	if (rc == EXIT_OK && !x.system)
		rc = open_dump(s, &x.dump);
	if (rc == EXIT_OK && !x.system)
		rc = open_target(s, x.dump, &x.target);
	return rc == EXIT_OK ? debug(s, &x) : rc;
}

const struct subcommand subcommand_debug = {
	.name = "debug",
	.usage = "[options] FILE",
	.summary = "open a dump and look around in it (this is what FILE alone does)",
	.help = "Opens a Windows or Linux dump of a process and reads commands in WinDbg's language:\n"
		"from -c and -cf, else from the terminal, else from standard input. `.help` at the\n"
		"prompt lists the commands, `.hh NAME` explains one.\n"
		"\n"
		"The manifest of a set (snap --set) opens all of its dumps as one system: `|` lists\n"
		"the processes, `|1s` goes to another.\n"
		"\n"
		"With --json each record is one JSON object on a line of its own; nothing else\n"
		"appears on standard output.",
	.takes_files = true,
	.run = run,
};
