/* SPDX-License-Identifier: MIT */
/*
 * Command lines: lookup, aliases, blocks, options of every command, without a
 * dump. Commands that touch files are left out, loops end by the clock of the
 * cancel flag.
 */
#include "base/cancel.h"
#include "command/session.h"
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct err *drop(void *arg, const char *text, size_t len)
{
	return cancel_check();
}

static void on_alarm(int sig)
{
	cancel_request();
}

/* "{commands}" are taken for loops that never end: 50 ms are enough. */
static void start_clock(void)
{
	struct itimerval t = { .it_value = { .tv_usec = 50000 } };
	struct sigaction a = { .sa_handler = on_alarm };

	(void)sigaction(SIGALRM, &a, NULL);
	(void)setitimer(ITIMER_REAL, &t, NULL);
}

static bool touches_files(const char *text)
{
	static const char *const words[] = { ".log", "<", "/f", ".writemem", ".open", ".dump", ".sympath",
					     ".symfix", ".exepath", "/e", ".reload", ".srcpath" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(session_destroyp) struct session *s = NULL;
	CLEANUP(out_destroyp) struct out *o = NULL;
	CLEANUP(freep) char *text = strndup((const char *)data, size);
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	const char *const *words;
	size_t start, n;

	if (!text || touches_files(text) || err_ignore(session_create(NULL, &s)) ||
	    err_ignore(out_create_text(drop, NULL, &o)))
		return 0;
	cancel_clear();
	start_clock();
	(void)err_ignore(session_run(s, text, o));
	(void)err_ignore(session_complete(s, text, strlen(text), &a, &start, &words, &n));
	cancel_clear();
	return 0;
}
