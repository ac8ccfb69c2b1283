/* SPDX-License-Identifier: MIT */
/*
 * Session: the debugger's state between commands, for the program that runs
 * one: which thread, machine, frame and radix are current, aliases, pseudo
 * registers, the log file. Commands see it through command/command.h.
 */
#ifndef OSM_COMMAND_SESSION_H
#define OSM_COMMAND_SESSION_H

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "command/command.h"

/* An error that did not end its command line; the receiver owns it. */
typedef void session_error_fn(void *arg, struct err *e);

/* `t` is borrowed and may be NULL (nothing opened). */
struct err *session_create(struct target *t, struct session **ret) MUST_USE;
void session_destroy(struct session *s); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct session, session_destroy)
void session_on_error(struct session *s, session_error_fn *fn, void *arg);

/* One of several processes that are debugged together. */
struct session_process {
	uint32_t pid;
	const char *name;
};
/* Lends the target of the i-th; called when that is first asked for. */
typedef struct err *session_open_fn(void *arg, size_t i, struct target **ret);
/*
 * The session's target is the one at `current` of these, and the others can be
 * switched to. The array is borrowed.
 */
struct err *session_set_processes(struct session *s, const struct session_process *v, size_t n, size_t current,
				  session_open_fn *open, void *arg) MUST_USE;

/* "0:003> ", "0:003:x86> ": process and thread */
void session_add_prompt(struct session *s, struct strbuf *sb);
/* A line typed at the prompt: empty repeats the last one. */
struct err *session_enter(struct session *s, const char *line, struct out *o) MUST_USE;
/* q was given */
bool session_ended(const struct session *s);
/* .cls was given since the last call */
bool session_wants_clear(struct session *s);
/* Runs a file of commands. */
struct err *session_run_file(struct session *s, const char *path, struct out *o) MUST_USE;
/* Copies text to the log file if one is open (.logopen). */
void session_log(struct session *s, const char *text, size_t len);

/*
 * What the word that ends at line[at] could become: whole words that replace
 * line[*ret_start .. at). In the arena, sorted, at most some hundreds.
 */
struct err *session_complete(struct session *s, const char *line, size_t at, struct arena *a,
			     size_t *ret_start, const char *const **ret, size_t *ret_n) MUST_USE;

#endif
