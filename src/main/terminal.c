/* SPDX-License-Identifier: MIT */
/*
 * Standard output and standard error, and signals.
 *
 * Output goes to standard output and nothing else does: errors, notices and
 * progress go to standard error. A progress line appears after half a second,
 * on terminals only, and is cleared before anything else is written there.
 *
 * Signals: SIGINT asks the running command to end (base/cancel.h), and so do
 * SIGTERM and SIGHUP in sub-commands that have something to undo. SIGBUS
 * comes when a mapped file was cut short: the page is replaced by zeros and a
 * flag raised, which becomes a notice. SIGPIPE keeps its default: a reader who
 * left is no error worth a message.
 */
#include "base/cancel.h"
#include "main/main.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static bool color, quiet, error_is_terminal, progress_shown;
static struct timespec progress_began, progress_last;
static volatile sig_atomic_t file_changed;
static long page_size;
static const char *file_name = "a file";

/* --- signals ------------------------------------------------------------------------ */

static void on_interrupt(int sig)
{
	cancel_request();
}

static void on_bus_error(int sig, siginfo_t *info, void *context)
{
	uintptr_t page = (uintptr_t)info->si_addr & ~((uintptr_t)page_size - 1);

	/* Only what mapped files do: anything else is a bug, and may crash. */
	if (info->si_code != BUS_ADRERR ||
	    mmap((void *)page, (size_t)page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		 -1, 0) == MAP_FAILED) {
		(void)signal(SIGBUS, SIG_DFL);
		return;
	}
	file_changed = 1;
}

static void set_signals(void)
{
	struct sigaction interrupt = { .sa_handler = on_interrupt };
	struct sigaction bus = { .sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO };

	page_size = sysconf(_SC_PAGESIZE);
	(void)sigemptyset(&interrupt.sa_mask);
	(void)sigemptyset(&bus.sa_mask);
	(void)sigaction(SIGINT, &interrupt, NULL); /* no SA_RESTART: reads end */
	(void)sigaction(SIGBUS, &bus, NULL);
}

void terminal_undo_when_ended(void)
{
	struct sigaction end = { .sa_handler = on_interrupt };

	(void)sigemptyset(&end.sa_mask);
	(void)sigaction(SIGTERM, &end, NULL);
	(void)sigaction(SIGHUP, &end, NULL);
}

void terminal_set_file(const char *path)
{
	file_name = path;
}

bool terminal_file_changed(void)
{
	static bool ever;

	if (!file_changed)
		return ever;
	file_changed = 0;
	ever = true;
	terminal_error("%s changed while it was read: parts of it are gone and read as zeros", file_name);
	return true;
}

/* --- standard error -------------------------------------------------------------------- */

void terminal_clear_progress(void)
{
	if (progress_shown)
		(void)fputs("\r\033[K", stderr);
	progress_shown = false;
	progress_began = (struct timespec){ 0 };
}

static void say(const char *before, const char *text, const char *after)
{
	CLEANUP(strbuf_deinit) struct strbuf safe = STRBUF_INIT;

	(void)fflush(stdout);
	terminal_clear_progress();
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			strbuf_addf(&safe, "\\x%02x", c);
		else
			strbuf_addc(&safe, *p);
	}
	(void)fprintf(stderr, "%s%s%s\n", color ? before : "", safe.s, color ? after : "");
}

void terminal_error(const char *fmt, ...)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_adds(&sb, "osmodump: ");
	strbuf_vaddf(&sb, fmt, ap);
	va_end(ap);
	say("\033[31m", sb.s, "\033[0m");
}

static void on_notice(void *arg, const char *text)
{
	if (!quiet)
		say("\033[2m", text, "\033[0m");
}

static int64_t milliseconds(const struct timespec *from, const struct timespec *to)
{
	return (int64_t)(to->tv_sec - from->tv_sec) * 1000 + (to->tv_nsec - from->tv_nsec) / 1000000;
}

static void on_progress(void *arg, const char *what, uint64_t done, uint64_t total)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return;
	if (done && total && done >= total) {
		terminal_clear_progress();
		return;
	}
	/* a pause of two seconds begins another activity */
	if (!progress_began.tv_sec || milliseconds(&progress_last, &now) > 2000)
		progress_began = now;
	if (milliseconds(&progress_began, &now) < 500 ||
	    (progress_shown && milliseconds(&progress_last, &now) < 100)) {
		if (!progress_shown)
			progress_last = now;
		return;
	}
	progress_last = now;
	progress_shown = true;
	if (total)
		(void)fprintf(stderr, "\r\033[K%s: %" PRIu64 " %%", what,
			      (uint64_t)((double)done * 100 / (double)total));
	else
		(void)fprintf(stderr, "\r\033[K%s: %" PRIu64, what, done);
}

void terminal_init(const struct settings *s)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	bool dumb = !term || strcmp(term, "dumb") == 0;

	quiet = s->quiet;
	error_is_terminal = isatty(STDERR_FILENO);
	color = error_is_terminal && !s->no_color && !dumb && !(no_color && *no_color);
	notice_set(on_notice, NULL);
	if (error_is_terminal && !dumb && !s->quiet)
		progress_set(on_progress, NULL);
	set_signals();
}

/* --- standard output ------------------------------------------------------------------- */

struct err *stdout_write(void *arg, const char *text, size_t len)
{
	struct session *s = arg;

	terminal_clear_progress();
	if (fwrite(text, 1, len, stdout) != len)
		return err_os(errno, "standard output");
	if (s)
		session_log(s, text, len);
	return NULL;
}

struct err *stdout_flush(void)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		return err_os(errno ? errno : EIO, "standard output");
	return NULL;
}

struct err *open_output(const struct settings *s, struct out **ret)
{
	return s->json ? out_create_json(stdout_write, NULL, ret)
		       : out_create_text(stdout_write, NULL, ret);
}

static const struct field error_fields[] = {
	{ "code", FIELD_STR, "what kind of error" },
	{ "message", FIELD_STR, "the error" },
	{ NULL },
};
static const struct record error_record = {
	.kind = "error",
	.help = "An error that ended a command",
	.fields = error_fields,
};

void report_error(struct out *o, struct err *e)
{
	if (!e)
		return;
	if (o && !out_is_text(o)) {
		out_begin(o, &error_record);
		out_str(o, "code", err_code_name(err_code(e)));
		out_str(o, "message", err_message(e));
		(void)err_ignore(out_end(o));
	}
	say("\033[31m", err_message(e), "\033[0m");
	err_free(e);
}

void report_failure(struct out *o, struct err *e)
{
	if (o && !out_is_text(o)) {
		report_error(o, e);
		return;
	}
	if (e)
		terminal_error("%s", err_message(e));
	err_free(e);
}
