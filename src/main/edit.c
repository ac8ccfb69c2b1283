/* SPDX-License-Identifier: MIT */
/*
 * The prompt: line editing, history and completion by libedit. The history
 * lies in the XDG state folder, readable by its owner alone: what is typed at
 * a dump can hold secrets.
 */
#include "base/cancel.h"
#include "main/main.h"

#include <errno.h>
#include <histedit.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct editor {
	EditLine *el;
	History *history;
	struct session *session;
	struct strbuf prompt;
	char *history_path;	/* NULL: none */
};

static char *prompt(EditLine *el)
{
	struct editor *ed;

	(void)el_get(el, EL_CLIENTDATA, &ed);
	return ed->prompt.s;
}

/* False: Ctrl-C. It is let in while waiting only: if it came just before a read, that would sleep on. */
static bool wait_for_key(void)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	sigset_t interrupt, before;
	int n = -1;

	(void)sigemptyset(&interrupt);
	(void)sigaddset(&interrupt, SIGINT);
	(void)pthread_sigmask(SIG_BLOCK, &interrupt, &before);
	while (n < 0 && !cancel_requested()) {
		n = ppoll(&input, 1, NULL, &before);
		if (n < 0 && errno != EINTR)
			break; /* the read tells */
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = EINTR;
	return !cancel_requested();
}

/* Reads a byte; a signal ends the line instead of being waited out. */
static int read_char(EditLine *el, wchar_t *c)
{
	static mbstate_t state;
	char byte;

	for (;;) {
		ssize_t n = wait_for_key() ? read(STDIN_FILENO, &byte, 1) : -1;
		size_t len;

		if (n < 0 && errno == EINTR && !cancel_requested())
			continue;
		if (n <= 0) {
			memset(&state, 0, sizeof(state));
			return (int)n;
		}
		len = mbrtowc(c, &byte, 1, &state);
		if (len == (size_t)-2)
			continue;
		if (len == (size_t)-1) {
			memset(&state, 0, sizeof(state));
			*c = L'?';
		}
		return 1;
	}
}

/* --- completion -------------------------------------------------------------------------- */

static size_t common_prefix(const char *const *v, size_t n)
{
	size_t len = strlen(v[0]);

	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < len; k++)
			if (v[i][k] != v[0][k])
				len = k;
	return len;
}

static void list_words(const char *const *v, size_t n)
{
	(void)fputc('\n', stdout);
	for (size_t i = 0; i < n && i < 100; i++)
		(void)printf("%s%s", i ? "  " : "", v[i]);
	(void)printf("%s\n", n > 100 ? "  ..." : "");
	(void)fflush(stdout);
}

static unsigned char complete(EditLine *el, int c)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	const LineInfo *info = el_line(el);
	size_t at = (size_t)(info->cursor - info->buffer), start, n, len;
	const char *const *words;
	struct editor *ed;
	char *line, *text;

	(void)el_get(el, EL_CLIENTDATA, &ed);
	line = arena_strndup(&a, info->buffer, at);
	if (!line || err_ignore(session_complete(ed->session, line, at, &a, &start, &words, &n)) || !n)
		return CC_ERROR;
	len = common_prefix(words, n);
	if (n > 1 && len <= at - start) {
		list_words(words, n);
		return CC_REDISPLAY;
	}
	/* behind "module!" the symbol follows at once */
	text = arena_printf(&a, "%.*s%s", (int)len, words[0],
			    n == 1 && words[0][len - 1] != '!' ? " " : "");
	el_deletestr(el, (int)(at - start));
	if (!text || el_insertstr(el, text) != 0)
		return CC_ERROR;
	return CC_REFRESH;
}

/* --- history ------------------------------------------------------------------------------ */

static void make_folders(char *path)
{
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		(void)mkdir(path, 0700);
		*p = '/';
	}
}

static char *history_path(void)
{
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state && *state == '/')
		strbuf_addf(&path, "%s/osmodump/history", state);
	else if (home && *home == '/')
		strbuf_addf(&path, "%s/.local/state/osmodump/history", home);
	else
		return NULL;
	return strbuf_detach(&path);
}

static void load_history(struct editor *ed)
{
	HistEvent ev;

	(void)history(ed->history, &ev, H_SETSIZE, 1000);
	(void)history(ed->history, &ev, H_SETUNIQUE, 1);
	ed->history_path = history_path();
	if (ed->history_path)
		(void)history(ed->history, &ev, H_LOAD, ed->history_path);
}

static void save_history(struct editor *ed)
{
	HistEvent ev;
	mode_t old;

	if (!ed->history_path)
		return;
	make_folders(ed->history_path);
	old = umask(077);
	(void)history(ed->history, &ev, H_SAVE, ed->history_path);
	(void)umask(old);
	(void)chmod(ed->history_path, 0600);
}

/* --- the loop ------------------------------------------------------------------------------- */

static void end_editor(struct editor *ed)
{
	if (ed->history)
		save_history(ed);
	if (ed->el)
		el_end(ed->el);
	if (ed->history)
		history_end(ed->history);
	free(ed->history_path);
	strbuf_deinit(&ed->prompt);
}

/* libedit copies name and text of a function and never frees them: in builds
 * that look for leaks, these are not counted. */
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

static void add_completion(EditLine *el)
{
	if (__lsan_disable)
		__lsan_disable();
	(void)el_set(el, EL_ADDFN, "osm-complete", "complete commands, modules and symbols", complete);
	if (__lsan_enable)
		__lsan_enable();
	(void)el_set(el, EL_BIND, "^I", "osm-complete", NULL);
}

static bool start_editor(struct editor *ed)
{
	ed->el = el_init("osmodump", stdin, stdout, stderr);
	ed->history = history_init();
	if (!ed->el || !ed->history)
		return false;
	(void)el_set(ed->el, EL_CLIENTDATA, ed);
	(void)el_set(ed->el, EL_PROMPT, prompt);
	(void)el_set(ed->el, EL_EDITOR, "emacs");
	(void)el_set(ed->el, EL_HIST, history, ed->history);
	(void)el_set(ed->el, EL_GETCFN, read_char);
	add_completion(ed->el);
	(void)el_set(ed->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	(void)el_source(ed->el, NULL);
	load_history(ed);
	return true;
}

static void run_line(struct editor *ed, const char *line, struct out *o)
{
	struct err *e;

	session_log(ed->session, ed->prompt.s, ed->prompt.len);
	session_log(ed->session, line, strlen(line));
	session_log(ed->session, "\n", 1);
	cancel_clear();
	e = session_enter(ed->session, line, o);
	terminal_clear_progress();
	cancel_clear();
	if (e && err_code(e) == ERR_CANCELLED) /* behind the terminal's ^C */
		(void)fputc('\n', stdout);
	report_error(o, e);
	if (session_wants_clear(ed->session))
		(void)fputs("\033[H\033[2J", stdout);
	(void)terminal_file_changed();
	err_free(stdout_flush());
}

/* Ctrl-C at the prompt: a new line; at an empty one also how to leave. */
static void interrupted(struct editor *ed)
{
	const LineInfo *info = el_line(ed->el);
	bool empty = info->lastchar == info->buffer;

	cancel_clear();
	clearerr(stdin);
	(void)fputs(empty ? "^C\n(q or Ctrl-D quits)\n" : "^C\n", stdout);
	el_reset(ed->el);
}

int run_interactive(struct session *s, struct out *o)
{
	struct editor ed = { .session = s, .prompt = STRBUF_INIT };
	HistEvent ev;
	int n;

	if (!start_editor(&ed)) {
		end_editor(&ed);
		return EXIT_FAILED;
	}
	while (!session_ended(s)) {
		const char *line;
		CLEANUP(freep) char *copy = NULL;

		strbuf_reset(&ed.prompt);
		session_add_prompt(s, &ed.prompt);
		line = el_gets(ed.el, &n);
		if (!line && n < 0 && cancel_requested()) {
			interrupted(&ed);
			continue;
		}
		if (!line || n <= 0)
			break;
		copy = strndup(line, strcspn(line, "\n"));
		if (!copy)
			break;
		if (*str_skip_space(copy))
			(void)history(ed.history, &ev, H_ENTER, copy);
		run_line(&ed, copy, o);
	}
	(void)fputs(session_ended(s) ? "" : "\n", stdout);
	end_editor(&ed);
	return EXIT_OK;
}
