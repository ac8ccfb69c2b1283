/* SPDX-License-Identifier: MIT */
/*
 * Report: findings as typed records, which are text and JSON alike.
 *
 * A report is told in one order everywhere: the verdict, the findings as chains
 * of causes with their evidence, then what the dump is, and the fields that
 * scripts made for WinDbg's !analyze look for. docs/analyze.schema.json is the
 * schema of its JSON lines. Other forms of the same report (a page, a table over
 * many dumps) belong in files of their own in this folder.
 */
#ifndef OSM_REPORT_REPORT_H
#define OSM_REPORT_REPORT_H

#include "output/output.h"
#include "pattern/engine.h"

struct report_options {
	bool verbose;		/* evidence, recommendations, thresholds */
	bool waits_only;	/* as of a process that hangs: exceptions are left aside */
};

/* What the bucket and the stack are of: the fault's thread, or that of the verdict. */
struct report_focus {
	const struct finding *top;	/* NULL: nothing above a note */
	const struct blame *blame;
	bool unknown_fault;		/* a failure that no pattern explains; top says no more than what the dump is */
	const char *bucket;		/* "NULL_POINTER_READ", "UNRECOGNIZED"; "" none */
};

extern const struct record report_analysis_record, report_finding_record, report_evidence_record,
	report_quality_record, report_fault_record, report_pattern_record, report_explanation_record;

/* Frames and strings in the arena. */
struct err *report_find_focus(const struct analysis *an, const struct report_options *r, struct arena *a,
			      struct report_focus *ret) MUST_USE;
struct err *report_verdict(const struct analysis *an, const struct report_options *r,
			   const struct report_focus *f, struct out *o) MUST_USE;
/* The same as words. */
void report_add_verdict(const struct analysis *an, const struct report_options *r, const struct report_focus *f,
			struct strbuf *sb);
/* FAILURE_BUCKET_ID; nothing where there is no problem. */
void report_add_bucket(const struct analysis *an, const struct report_focus *f, struct strbuf *sb);
const char *report_process_name(const struct analysis *an);	/* "" not known */
struct err *report_findings(const struct analysis *an, const struct report_options *r, struct out *o) MUST_USE;
struct err *report_quality(const struct analysis *an, struct out *o) MUST_USE;
struct err *report_fault(const struct analysis *an, const struct report_focus *f, struct out *o) MUST_USE;

/* One finding as commands that one can run. */
struct err *report_explanation(const struct analysis *an, const struct finding *f, struct out *o) MUST_USE;
struct err *report_catalogue(struct out *o) MUST_USE;
struct err *report_pattern(const struct pattern *p, struct out *o) MUST_USE;

#endif
