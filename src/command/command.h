/* SPDX-License-Identifier: MIT */
/*
 * Command: a row and a function that emits records.
 *
 * To add one:
 *  1. src/command/<name>.c: the records it emits, the function, and
 *     `const struct command command_<name>` (a family may share a file);
 *  2. one line in command/commands.c's list (and its extern above it);
 *  3. docs/commands/<name>.md, and a golden test of text and JSON.
 * tests/unit/test-registry.c fails for a row that lacks any of these.
 * The smallest complete example is command/formats.c.
 *
 * What the engine does before run() is called:
 *  - `needs` are checked: with NEEDS_TARGET session_target() is not NULL, with
 *    NEEDS_THREAD session_thread() is not;
 *  - the longest name or alias that the typed word begins with is taken, and
 *    what is glued behind it belongs to the tail: "kv9" is kv, tail "9"; "u@rip"
 *    is u, tail "@rip"; "dd/p" is dd, tail "/p". Option letters that a family
 *    lets follow its name in any mix are told in `glued`: with "bnv" behind k,
 *    "kvn 9" has args->name "kvn", tail "9". Names are case sensitive, those of
 *    !extensions are not, and "!anydll.locks" is "!locks";
 *  - aliases are expanded; `;` outside quotes ends the command (SYNTAX_WORDS);
 *  - out's pointer size is set to the effective machine's;
 *  - for ~*cmd, ~3cmd the thread is switched, its header line printed, and the
 *    JSON key "thread" added to each record that has none of that name.
 * After it: args->arena is freed. An error ends the command line and is told
 * by the caller (the exit code becomes 1); in `!commands` the line goes on.
 *
 * Parsing a tail: walk a `const char *p = args->tail` through options_parse,
 * range_parse, expr_parse, word_parse; end with TRY(end_parse(args, p)), which
 * refuses what is left over. Something the user got wrong: usage_error().
 * Memory that is absent is no error: show ?? (FIELD_WORDS, `{key|?}`). A
 * command whose whole answer cannot be known (no such stream in the dump)
 * returns err_new(ERR_NOTFOUND, ...) or ERR_UNSUPPORTED with a sentence.
 * Long loops: TRY(cancel_check()).
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
	SYNTAX_BLOCK,	/* control flow: { } blocks; run gets everything up to their end */
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
	const char *glued;	/* option letters that may follow the name directly; NULL: none */
	bool whole_word;	/* a letter glued to the name makes it another word */
	/* <Enter> repeats it by name only: it goes on where it stopped (d*, u) */
	bool continues;
	struct err *(*run)(struct session *s, const struct args *args, struct out *o);
};

extern const struct command *const commands[]; /* NULL-terminated */
/* By name, alias or !any.name, exactly; NULL: none. */
const struct command *command_named(const char *name);

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
/* The same for the exception's, whose vector registers are known as well. */
void session_set_exception_context(struct session *s, const struct regs *regs);
bool session_has_context(struct session *s);
/* x87, SSE ... of the current context. UNSUPPORTED: it has none (.cxr, .frame /c). */
struct err *session_vectors(struct session *s, struct arena *a, struct vector_reg **ret,
			    size_t *ret_n) MUST_USE;
struct err *session_stack(struct session *s, struct arena *a, unsigned max, struct stack *ret) MUST_USE;
unsigned session_frame(struct session *s);
void session_set_frame(struct session *s, unsigned index);
unsigned session_radix(struct session *s);

/* Where a repeated `dd` goes on; each family has its own slot by letter: 'd'
 * data, 'u' code ... 0 when never set. */
uint64_t session_cursor(struct session *s, char family);
void session_set_cursor(struct session *s, char family, uint64_t address);

/* --- parsing words ----------------------------------------------------------- */
/*
 * MASM expression at *p: hex by default, 0n 0y 0t 0x, back-quoted numbers,
 * poi() dwo() ..., registers, @$pseudo, mod!sym+off, `mod!file:line`. Moves *p
 * behind it and the blanks that follow. USAGE with the place of the trouble.
 */
struct err *expr_parse(struct session *s, const char **p, uint64_t *ret) MUST_USE;
/* The same for the whole text, which must end behind it. */
struct err *expr_value(struct session *s, const char *text, uint64_t *ret) MUST_USE;
/* Whether an expression could begin here: not at the end, not at an option. */
bool expr_ahead(const char *p);

/*
 * "addr", "addr L n", "addr L-n" (n units before addr), "addr end" (inclusive),
 * "L n" alone (start is 0, given false), and "L?n", which lifts the limit of
 * 256 MB that guards against typing errors. `unit`: bytes per L. fs:, gs: and
 * other segment prefixes are understood.
 */
struct range {
	uint64_t start;
	uint64_t count;	/* units; default_count when not given */
	bool given;	/* an address was given */
	bool count_given;
	bool end_given;	/* the count comes from an end address */
};
struct err *range_parse(struct session *s, const char **p, unsigned unit, uint64_t default_count,
			struct range *ret) MUST_USE;
/* Next blank-separated word (quotes respected) into the arena; NULL at the end. */
struct err *word_parse(struct arena *a, const char **p, char **ret) MUST_USE;
/*
 * "-v", "/c", "-vp": single-letter options at the front; stops at the first word
 * that is none. Bit n stands for letters[n]; *ret_bits is the sum of them. For
 * options with a value ("/c 100") call it with that letter alone in turn, or
 * use option_value. USAGE for a "-x" whose letters are not in `letters`.
 */
struct err *options_parse(const char **p, const char *letters, unsigned *ret_bits) MUST_USE;
/* "/c EXPR" or "-c EXPR" at *p: takes it, true in *ret_found. */
struct err *option_value(struct session *s, const char **p, char letter, uint64_t *ret,
			 bool *ret_found) MUST_USE;
/* USAGE unless only blanks are left. */
struct err *end_parse(const struct args *args, const char *p) MUST_USE;
/* USAGE error with the command's usage line. */
struct err *usage_error(const struct args *args, const char *fmt, ...) PRINTF(2, 3) MUST_USE;

/*
 * Runs command lines ("a; b\nc") with their output in o. Stops at the first
 * error and returns it.
 */
struct err *session_run(struct session *s, const char *text, struct out *o) MUST_USE;
/* Tells an error without stopping: for one of many threads, modules ... Takes e. */
void session_report(struct session *s, struct err *e);
/* One line of text that is no field of anything: kind "text" in JSON. */
struct err *out_line(struct out *o, const char *fmt, ...) PRINTF(2, 3) MUST_USE;

#endif
