/* SPDX-License-Identifier: MIT */
/* Session, for the engine's own files (session*, expr*, alias, control). */
#ifndef OSM_COMMAND_SESSION_IMPL_H
#define OSM_COMMAND_SESSION_IMPL_H

#include "base/vec.h"
#include "command/session.h"
#include <stdio.h>

enum {
	SESSION_PSEUDO = 20,		/* $t0 .. $t19 */
	SESSION_FIXED_ALIASES = 10,	/* $u0 .. $u9 */
	SESSION_MAX_DEPTH = 40,		/* command lines within command lines */
	SESSION_MAX_LINE = 1 << 20,	/* bytes, aliases expanded */
};

/* What a control-flow command wants of the loops around it; z of its line. */
enum flow { FLOW_NONE, FLOW_BREAK, FLOW_CONTINUE, FLOW_LEAVE, FLOW_AGAIN };

struct alias {
	char *name, *text;	/* owned */
};

struct process_state { /* of each process, while another one is current */
	struct target *target;	/* NULL: not opened yet */
	struct thread *thread;
	enum thread_half half;
	bool half_chosen;
	struct regs context;
	bool has_context, exception_context;
	unsigned frame;
};

struct session {
	struct target *target;
	const struct session_process *processes; /* NULL: one, of which the target knows all */
	struct process_state *states;
	size_t n_processes, process;	/* which is current */
	session_open_fn *open;
	void *open_arg;
	struct thread *thread;
	enum thread_half half;		/* when it was chosen */
	bool half_chosen;
	const struct thread *running;	/* whose code is known to be of ... */
	enum thread_half running_half;
	struct regs context;
	bool has_context;
	bool exception_context;		/* it is the exception's */
	unsigned frame;
	unsigned radix;
	uint64_t cursors[128];
	uint64_t pseudo[SESSION_PSEUDO];
	char *fixed[SESSION_FIXED_ALIASES]; /* owned, NULL: empty */
	VEC(struct alias) aliases;
	uint64_t last_value;		/* $exp */
	enum flow flow;
	unsigned depth, loops, catches;
	bool quit;
	bool noisy;			/* !sym */
	bool clear;			/* .cls */
	char *last_line;		/* what <Enter> repeats */
	const struct command *last_command;
	char *last_name;		/* as typed, of last_command */
	FILE *log;
	char *log_path;
	session_error_fn *on_error;
	void *on_error_arg;
	struct inside *inside;		/* .process; NULL: not used yet */
	size_t wanted_inside;		/* what it is about to choose */
};

/* --- session_lex.c: where words and commands end ------------------------------- */
/* Behind the command that starts at p: its ';', new line or the end. Quotes and
 * nested braces are respected. */
const char *lex_command_end(const char *p);
/* Behind the groups of a control-flow command, whose name ends at p: options,
 * ( ) and { }, and the .elsif and .else that go on with it. */
const char *lex_block_end(const char *p);
/* Behind the logical line at p: blocks may span several. */
const char *lex_line_end(const char *p);
/* Text between the bracket at *p and its partner, into the arena; moves *p
 * behind it. USAGE when it does not close. */
struct err *lex_group(struct arena *a, const char **p, char open, char close, char **ret) MUST_USE;

/* --- session_run.c ---------------------------------------------------------------- */
/* The row for the word at *p and the name as typed; moves *p behind the name.
 * USAGE: there is none. */
struct err *command_lookup(const char **p, struct arena *a, const struct command **ret,
			   char **ret_name) MUST_USE;
struct err *run_one(struct session *s, const char **p, struct out *o) MUST_USE;

/* --- session_processes.c -------------------------------------------------------- */
/* What is current within the process, to be put back later; process_switch comes first where the process may differ. */
struct process_state process_state(const struct session *s);
void process_state_set(struct session *s, const struct process_state *to);

/* --- session_threads.c ---------------------------------------------------------- */
struct thread_set {
	struct thread **v;
	size_t n;
	bool all;		/* '*' */
};
/* Thread specification behind '~': . # * N [expr] ~[tid]. Moves *p. */
struct err *threads_parse(struct session *s, const char **p, struct arena *a,
			  struct thread_set *ret) MUST_USE;
struct err *run_threads(struct session *s, const char **p, struct out *o) MUST_USE;
struct err *thread_emit(struct session *s, struct thread *th, struct out *o) MUST_USE;

/* --- session_processes.c --------------------------------------------------------- */
/* Cannot fail for one that was current before. */
struct err *process_switch(struct session *s, size_t i) MUST_USE;
/* The target of the i-th without switching to it; USAGE: there is none. */
size_t process_count(const struct session *s);
uint32_t process_pid(const struct session *s, size_t i);	/* 0: not known */
const char *process_name(struct session *s, size_t i);	/* "" not known */
/* Its line of `|`. */
extern const struct record process_record;
struct err *process_emit(struct session *s, size_t i, struct out *o) MUST_USE;
struct err *process_target(struct session *s, size_t i, struct target **ret) MUST_USE;
struct err *run_processes(struct session *s, const char **p, struct out *o) MUST_USE;

/* --- session_kernel.c ------------------------------------------------------------ */
void session_inside_destroy(struct session *s);

/* --- alias.c -------------------------------------------------------------------- */
const char *alias_get(const struct session *s, const char *name, size_t len); /* NULL: none */
struct err *alias_set(struct session *s, const char *name, const char *text) MUST_USE;
bool alias_remove(struct session *s, const char *name);
/* line[0..len) with aliases put in, to be freed. */
struct err *alias_expand(struct session *s, const char *line, size_t len, char **ret) MUST_USE;

/* --- expr.c, expr_term.c --------------------------------------------------------- */
enum { EXPR_MAX_DEPTH = 64 };
struct expr {
	struct session *s;
	const char *p;		/* what is left */
	unsigned depth;
};
struct err *expr_or(struct expr *x, uint64_t *ret) MUST_USE;
struct err *expr_unary(struct expr *x, uint64_t *ret) MUST_USE;
struct err *expr_term(struct expr *x, uint64_t *ret) MUST_USE;
/* As expr_parse, without cutting the value to 32 bits in 32-bit processes. */
struct err *expr_raw(struct session *s, const char **p, uint64_t *ret) MUST_USE;
/* USAGE in WinDbg's words: "Syntax error at 'rest'" */
struct err *expr_error(const char *what, const char *at) MUST_USE;
/* C++ expression (@@c++, ??): its value; *p behind it. */
struct err *expr_cpp(struct session *s, const char **p, uint64_t *ret) MUST_USE;
/* "$scmp(...)": *p at the bracket; at: where the name began */
struct err *expr_function(struct expr *x, const char *name, const char *at, uint64_t *ret) MUST_USE;
struct err *expr_memory(struct expr *x, uint64_t address, unsigned size, const char *at,
			uint64_t *ret) MUST_USE;
/* --- expr_pseudo.c: $name, name without '@' and '$'. NOTFOUND: no such name. */
struct err *pseudo_value(struct session *s, const char *name, uint64_t *ret) MUST_USE;
/* "$t0=1", "$.u0=text", "@$t1 = 2, $t2=3": *ret_done false when it is no such thing. */
struct err *pseudo_assign(struct session *s, const char *tail, bool *ret_done) MUST_USE;

#endif
