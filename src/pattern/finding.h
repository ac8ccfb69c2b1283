/* SPDX-License-Identifier: MIT */
/*
 * Finding: what a pattern says of one dump.
 *
 * A verdict in one sentence, how bad it is and how sure, and the evidence: what
 * was read where, what it means, and the command that shows it, so that every
 * reader can check it with this debugger, with WinDbg or with gdb. What could
 * not be read is said. A pattern that cannot tell, because memory that decides
 * is not in the dump, says that: "not decidable" is a state of its own, and no
 * sort of "no".
 *
 * Findings live as long as the analysis that they belong to.
 */
#ifndef OSM_PATTERN_FINDING_H
#define OSM_PATTERN_FINDING_H

#include "base/err.h"
#include "target/target.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pattern;
struct pattern_run;

enum severity {
	SEVERITY_NOTE,		/* good to know; healthy programs have them */
	SEVERITY_WARNING,	/* may be the trouble, or its consequence */
	SEVERITY_PROBLEM,	/* wrong in itself */
};

enum decision {
	DECIDED,
	UNDECIDABLE,		/* memory that decides is not in the dump */
	EXCEEDED,		/* the pattern used up its time or memory */
	FAILED,			/* it met an error */
};

struct evidence {
	bool has_address, has_value;
	uint64_t address, value;
	unsigned size;		/* of the value, bytes */
	const char *meaning;
	/* What shows it: ours, WinDbg's, gdb's; NULL: nothing does. */
	const char *command, *windbg, *gdb;
};

struct threshold_used {
	const struct threshold *threshold;
	uint64_t value;
};

struct finding {
	const struct pattern *pattern;
	unsigned number;	/* as shown, from 1; 0: not yet given */
	enum decision decision;
	enum severity severity;
	unsigned confidence;	/* percent */
	const char *confidence_why; /* "" when nothing lowered it */
	const char *verdict;
	const char *recommendation; /* the pattern's unless it is more precise */
	const char *bucket;	/* word for FAILURE_BUCKET_ID, "" none */
	struct evidence *evidence;
	size_t n_evidence;
	struct thread **threads;/* involved; the most important first */
	size_t n_threads;
	const char **modules;
	size_t n_modules;
	const char **unread;	/* what could not be read */
	size_t n_unread;
	struct threshold_used *thresholds;
	size_t n_thresholds;
	struct finding *cause;	/* NULL: a root */
	unsigned depth;		/* in its chain of causes; 0: root */
};

const char *severity_name(enum severity s);	/* "problem" */
const char *decision_name(enum decision d);	/* "decided" */

/*
 * Building, by a pattern in its match(). Out of memory is remembered by the
 * run, so that none of these can fail visibly. Text is copied.
 */
struct finding *finding_add(struct pattern_run *run, enum severity severity, unsigned confidence,
			    const char *fmt, ...) PRINTF(4, 5);
/* The answer hangs on what is not in the dump: a note. */
struct finding *finding_undecidable(struct pattern_run *run, const char *fmt, ...) PRINTF(2, 3);
void finding_thread(struct pattern_run *run, struct finding *f, struct thread *th); /* once each */
void finding_module(struct pattern_run *run, struct finding *f, const char *name);
void finding_unread(struct pattern_run *run, struct finding *f, const char *fmt, ...) PRINTF(3, 4);
void finding_recommend(struct pattern_run *run, struct finding *f, const char *fmt, ...) PRINTF(3, 4);
void finding_doubt(struct pattern_run *run, struct finding *f, unsigned confidence, const char *why);

/* An integer in memory; one that is absent goes to `unread`. */
void evidence_memory(struct pattern_run *run, struct finding *f, uint64_t address, unsigned size,
		     const char *fmt, ...) PRINTF(5, 6);
/* The stack of a thread. */
void evidence_stack(struct pattern_run *run, struct finding *f, const struct thread *th,
		    const char *fmt, ...) PRINTF(4, 5);
/* Anything else. Commands may be NULL; strings are copied. */
void evidence_other(struct pattern_run *run, struct finding *f, const struct evidence *e,
		    const char *fmt, ...) PRINTF(4, 5);

#endif
