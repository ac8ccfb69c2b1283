/* SPDX-License-Identifier: MIT */
/*
 * Engine: a way to take a snapshot. To add one:
 *  1. src/capture/engine_<name>.c with its row,
 *  2. one line in engines.c's list,
 *  3. docs/capture.md: what it gives, costs and needs,
 *  4. a test in tests/harm and a line of the consistency test.
 */
#ifndef OSM_CAPTURE_ENGINE_H
#define OSM_CAPTURE_ENGINE_H

#include "capture/snapshot.h"

struct engine {
	const char *name, *summary;
	/*
	 * In the tracer's thread, with facts, mappings and room for copies ready.
	 * Stops, captures and lets go; fills pause, tasks' registers, memory.
	 * On failure all is let go of.
	 */
	struct err *(*take)(struct snapshot *s);
	/* In the tracer's thread. Accepts what take left half done. */
	void (*release)(struct snapshot *s);
};

extern const struct engine *const engines[];	/* NULL-terminated, in the order in which auto prefers them */
const struct engine *engine_named(const char *name);	/* NULL */

/* The threads are held, and run on. */
struct err *engine_seize(struct snapshot *s) MUST_USE;
/* Stop and registers, as all engines do it: the pause is on when this succeeds. */
struct err *engine_stop_all(struct snapshot *s) MUST_USE;
/* False: the process has executed another program since it was looked at. */
bool engine_same_program(const struct snapshot *s);
/* The pause ends; pause.total is known. */
void engine_resume_all(struct snapshot *s);

#endif
