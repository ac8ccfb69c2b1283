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

/*
 * All of it happens in the tracer's thread, with facts, mappings and room for
 * copies ready. Engines give phases, which capture/take.c goes through, each for
 * all members of the set before the next one begins:
 *	check	nobody is held yet: can it be done?
 *	ahead	all are seized, and run: what can be done before the pause. Again
 *		for all, round by round, as long as some member asks for more
 *		(more_ahead). The first round is to be short, or to let go: others
 *		are held and wait for their turn. Members that come late have none
 *	capture	all threads of all members stand still, their registers are known
 *	finish	all run again (not with stays_stopped)
 * Each but capture may be NULL.
 */
struct engine {
	const char *name, *summary;
	struct err *(*check)(const struct snapshot *s);
	struct err *(*ahead)(struct snapshot *s);
	struct err *(*capture)(struct snapshot *s);
	struct err *(*finish)(struct snapshot *s);
	bool copies_held;	/* capture/held.h: after capture, what the engine itself does not keep is copied */
	bool stays_stopped;	/* until release */
	bool on_request;	/* auto does not choose it */
	bool keeps_shared;	/* shared memory too, where all who may write to it are in the set (held.h) */
	bool not_at_once;	/* capturing takes its time: who does not stand still may write meanwhile */
	/* Accepts what was left half done, and to be called again. */
	void (*release)(struct snapshot *s);
};

extern const struct engine *const engines[];	/* NULL-terminated, in the order in which auto prefers them */
const struct engine *engine_named(const char *name);	/* NULL */

/* Makes a process wait for a dead clone of it, `clone_ns` in its own pid namespace. Needs no snapshot: for the guardian. */
bool engine_clone_reap(pid_t pid, pid_t clone_ns);
/* The threads are held, and run on. */
struct err *engine_seize(struct snapshot *s) MUST_USE;
/* They are held no more, while an engine works ahead for long: each signal to a thread that is held stops it until
 * somebody of ours looks. */
void engine_let_go(struct snapshot *s);
/* The pause begins: all are asked to stop ... */
void engine_interrupt(struct snapshot *s);
/* ... and stand still, */
struct err *engine_halt(struct snapshot *s) MUST_USE;
/* and what is in their registers is known. */
struct err *engine_registers(struct snapshot *s) MUST_USE;
/* False: the process has executed another program since it was looked at. */
bool engine_same_program(const struct snapshot *s);
/* Fails when it has, and notes that. */
struct err *engine_check_program(struct snapshot *s) MUST_USE;
/* All stand still: the one that serves best to call for us; NULL: none does. */
struct task *engine_best_thread(struct snapshot *s);
/* The pause ends for it; pause.total is known. */
void engine_resume(struct snapshot *s);

#endif
