/* SPDX-License-Identifier: MIT */
/*
 * Analysis: all patterns over one target.
 *
 * Patterns run in the order of their categories, dump quality first, each with
 * its own bounds on time and memory; one that exceeds them, or fails, is itself
 * a finding. Then verdicts are linked: each finding to the one that causes it, as
 * the rows declare. A verdict of corruption, or a dump of memory that is not of
 * one instant, lowers the confidence of the findings that were read out of that
 * memory. Last they are put in order: roots by severity and confidence, what
 * follows from each behind it.
 */
#ifndef OSM_PATTERN_ENGINE_H
#define OSM_PATTERN_ENGINE_H

#include "pattern/facts.h"
#include "pattern/pattern.h"
#include "pattern/process_set.h"

enum { ANALYSIS_TIME_MS = 5000, ANALYSIS_MEMORY = 64 << 20 };

struct threshold_setting {
	const struct threshold *threshold;
	uint64_t value;
};

struct analysis_options {
	const struct threshold_setting *settings;
	size_t n_settings;
	unsigned time_ms;	/* of each pattern; 0: ANALYSIS_TIME_MS */
	size_t memory;		/* bytes of each pattern; 0: ANALYSIS_MEMORY */
	const struct process_set *set;	/* that the target belongs to, whose facts are used; NULL: none */
	size_t member;		/* of it */
};

struct analysis {
	struct target *target;
	const struct analysis_options *options;	/* while the patterns run */
	struct facts *facts;
	const struct process_set *set;	/* NULL: none */
	size_t member;
	const struct finding *const *findings;	/* in the order shown, from number 1 */
	size_t n;
	size_t n_run, n_unfit;			/* patterns: tried, and that do not suit this dump */
	const struct finding *top;		/* NULL: nothing above a note */
};

/* NOMEM, CANCELLED; anything else that goes wrong becomes a finding. */
struct err *analysis_create(struct target *t, const struct analysis_options *o, struct analysis **ret) MUST_USE;
void analysis_destroy(struct analysis *a); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct analysis, analysis_destroy)

/* "name=value" by the rows. USAGE with the names that there are. */
struct err *threshold_parse(const char *text, struct threshold_setting *ret) MUST_USE;

#endif
