/* SPDX-License-Identifier: MIT */
/*
 * Command: a row and a function that emits records.
 *
 * To add one:
 *  1. src/command/<name>.c: the records it emits, the function, and
 *     `const struct command command_<name>` (a family may share a file);
 *  2. one line in command/commands.c's list;
 *  3. docs/commands/<name>.md, and a golden test of text and JSON.
 * tests/unit/test-registry.c fails for a row that lacks any of these.
 */
#ifndef OSM_COMMAND_COMMAND_H
#define OSM_COMMAND_COMMAND_H

#include "base/arena.h"
#include "base/err.h"
#include "output/output.h"
#include "target/target.h"

struct session;

enum command_needs {
	NEEDS_TARGET = 1 << 0,
	NEEDS_THREAD = 1 << 1,		/* a current thread */
	NEEDS_WINDOWS = 1 << 2,
	NEEDS_LINUX = 1 << 3,
};

/* How the words after the name are given to the function. */
enum command_syntax {
	SYNTAX_WORDS,	/* args->tail, up to ';' */
	SYNTAX_RAW,	/* the whole rest of the line, ';' included (.echo, as, *) */
	SYNTAX_BLOCK,	/* control flow: { } blocks */
};

struct args {
	const char *name;	/* as typed: "dd", "kv", "!ntsdexts.locks" -> "!locks" */
	const char *tail;	/* what follows, trimmed; "" when nothing */
	struct arena *arena;	/* lives as long as the command runs */
};

struct command {
	const char *name;	/* "k", "!locks", ".frame" */
	const char *const *aliases; /* NULL-terminated: "kb", "kv", ...; NULL: none */
	const char *summary;	/* one line */
	const char *usage;	/* "[frames]": after the name */
	const char *help;	/* paragraphs: what it shows, options, Linux meaning */
	const struct record *const *records; /* NULL-terminated */
	unsigned needs;
	enum command_syntax syntax;
	struct err *(*run)(struct session *s, const struct args *args, struct out *o);
};

extern const struct command *const commands[]; /* NULL-terminated */

/* --- session: what a command may know of the debugger ----------------------- */
struct target *session_target(struct session *s);
struct thread *session_thread(struct session *s);	/* current; NULL: none */
void session_set_thread(struct session *s, struct thread *th);
enum thread_half session_half(struct session *s);	/* .effmach / !wow64exts.sw */
void session_set_half(struct session *s, enum thread_half half);
const struct arch *session_arch(struct session *s);	/* of the effective half */
unsigned session_pointer_size(struct session *s);

/*
 * The register context that commands work in: the thread's, or what .frame,
 * .cxr, .ecxr, .trap set. frame NULL: frame 0 of the context.
 */
struct err *session_regs(struct session *s, struct regs *ret) MUST_USE;
void session_set_context(struct session *s, const struct regs *regs); /* NULL: back */
struct err *session_stack(struct session *s, struct arena *a, unsigned max, struct stack *ret) MUST_USE;
unsigned session_frame(struct session *s);
void session_set_frame(struct session *s, unsigned index);
unsigned session_radix(struct session *s);

/* Where a repeated `dd` goes on; each family has its own slot by letter. */
uint64_t session_cursor(struct session *s, char family);
void session_set_cursor(struct session *s, char family, uint64_t address);

/* --- parsing words ----------------------------------------------------------- */
/*
 * MASM expression at *p: hex by default, 0n 0y 0t 0x, back-quoted numbers,
 * poi() dwo() ..., registers, @$pseudo, mod!sym+off, `mod!file:line`. Moves *p
 * behind it. USAGE with the place of the trouble.
 */
struct err *expr_parse(struct session *s, const char **p, uint64_t *ret) MUST_USE;

/* "addr", "addr L n", "addr end", "L?n". `unit`: bytes per L. */
struct range {
	uint64_t start;
	uint64_t count;	/* units */
	bool given;	/* an address was given */
	bool count_given;
};
struct err *range_parse(struct session *s, const char **p, unsigned unit, uint64_t default_count,
			struct range *ret) MUST_USE;
/* Next blank-separated word (quotes respected) into the arena; NULL at the end. */
struct err *word_parse(struct arena *a, const char **p, char **ret) MUST_USE;
/* "-v", "/c": single-letter options at the front; stops at the first other. */
struct err *options_parse(const char **p, const char *letters, unsigned *ret_bits) MUST_USE;
/* USAGE error with the command's usage line. */
struct err *usage_error(const struct args *args, const char *fmt, ...) PRINTF(2, 3) MUST_USE;

/* Runs a command line ("a; b") with its output in o. */
struct err *session_run(struct session *s, const char *line, struct out *o) MUST_USE;

#endif
