/* SPDX-License-Identifier: MIT */
/*
 * Pattern: a problem that comes back, which can be recognised, and what to do
 * about it.
 *
 * A pattern is a row and a function. The row is what a reader is told: title,
 * definition, context, the criterion by which it is recognised, what can look
 * like it without being it, what to do, and the thresholds that were applied.
 * The function, match(), is pure: from a target that it only reads to findings
 * (pattern/finding.h). It prints nothing, keeps nothing, and asks others'
 * facts of the run: the wait graph, the fault, what threads do (pattern/facts.h).
 *
 * A pattern recognises; it does not explain away. Which verdict is the cause of
 * which is declared in the row (`explains`) and worked out by the engine
 * (pattern/engine.h): among findings that have a thread, a module or an address
 * in common, the one whose pattern explains the other's is its cause.
 *
 * Bounds: match() gets an arena with a limit, and must call run_check() in every
 * loop whose length the dump decides. One that takes too long or too much is
 * ended, and the analysis says so.
 *
 * How sure a finding is, in percent, means: 95 and more, the facts are read where
 * the system keeps them; 75, a fact is inferred by a method that can err (a lock
 * found among stack words); 50, it is one explanation among others.
 *
 * To add one: the checklist in patterns.c.
 */
#ifndef OSM_PATTERN_PATTERN_H
#define OSM_PATTERN_PATTERN_H

#include "base/arena.h"
#include "pattern/finding.h"
#include "target/target.h"

/* In the order of evaluation. */
enum pattern_category {
	CATEGORY_QUALITY,
	CATEGORY_EXCEPTION,
	CATEGORY_WAIT,
	CATEGORY_RESOURCE,
	CATEGORY_CPU,
	CATEGORY_CORRUPTION,
	CATEGORY_MODULE,
	N_CATEGORIES,
};
const char *category_name(enum pattern_category c);	/* "wait" */

enum pattern_needs {
	NEEDS_FAULT = 1 << 0,		/* an exception or signal */
	NEEDS_SYSTEM_WINDOWS = 1 << 1,
	NEEDS_SYSTEM_LINUX = 1 << 2,
	NEEDS_THREADS = 1 << 3,		/* at least one */
	NEEDS_TIMES = 1 << 4,		/* processor times of threads */
	NEEDS_SET = 1 << 5,		/* processes that were dumped together */
	NEEDS_KERNEL = 1 << 6,		/* the kernel in the dump of a machine */
	/* The others are for processes, unless they say that they know kernels too: what is
	 * a problem of a process need not be one of a kernel. */
	FITS_KERNEL = 1 << 7,
};
/* "an exception", ..., of a single bit */
const char *needs_name(unsigned bit);

struct threshold {
	const char *name;	/* "chain.waiters": one meaning everywhere */
	uint64_t value;		/* default */
	const char *unit;
	const char *meaning;
};

struct pattern {
	const char *id;		/* "deadlock.lock-cycle": also its file and its page */
	const char *title;
	enum pattern_category category;
	const char *definition;	/* what it is, a sentence or two */
	const char *context;	/* when it is met */
	const char *criterion;	/* how it is recognised here */
	const char *false_positives;
	const char *recommendation;
	const char *bucket;	/* "DEADLOCK"; NULL: none */
	const struct threshold *thresholds;	/* ended by name NULL; NULL: none */
	unsigned needs;
	const char *const *explains;	/* ids of what it may be the cause of; NULL: none */
	struct err *(*match)(struct pattern_run *run);
};

extern const struct pattern *const patterns[];	/* NULL-terminated, by category */
const struct pattern *pattern_named(const char *id);	/* NULL */
bool pattern_explains(const struct pattern *cause, const struct pattern *effect);

/* --- what match() may use ------------------------------------------------------ */
struct pattern_run {
	const struct pattern *pattern;
	struct target *target;
	struct facts *facts;		/* shared by all patterns of an analysis */
	struct arena *arena;		/* findings live here */
	const struct analysis *analysis;
	uint64_t deadline_ns;		/* of the monotonic clock */
	bool late;			/* run_check() met it */
	bool no_memory;
	struct finding **findings;
	size_t n_findings, cap;
	struct finding spare;		/* stands in when memory is out */
};

/* NULL, or an error that match() hands on: cancelled, or too late. */
struct err *run_check(struct pattern_run *run) MUST_USE;
/* A threshold of the pattern's row, as the user set it or by default. */
uint64_t run_threshold(struct pattern_run *run, const char *name);
/* In the run's arena; "" when memory is out. */
const char *run_text(struct pattern_run *run, const char *fmt, ...) PRINTF(2, 3);
/* `thread 2 "name" (tid 4711)` */
const char *run_thread_text(struct pattern_run *run, const struct thread *th);
/* "mod!symbol+0x4" or the bare address */
const char *run_symbol_text(struct pattern_run *run, uint64_t address);

#endif
