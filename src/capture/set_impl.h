/* SPDX-License-Identifier: MIT */
/* What set*.c, snapshot.c and take.c share. */
#ifndef OSM_CAPTURE_SET_IMPL_H
#define OSM_CAPTURE_SET_IMPL_H

#include "capture/engine.h"
#include "capture/set.h"

/* --- snapshot.c: one member ------------------------------------------------------------------ */
struct err *snapshot_create(struct snapshot_set *set, pid_t pid, struct snapshot **ret) MUST_USE;
/* Facts, mappings, room for copies. The process may run or stand still. */
struct err *snapshot_prepare(struct snapshot *s) MUST_USE;
bool set_is_member(void *arg, pid_t pid); /* set_has, for functions that ask */
/* Names, wait channels and kernel stacks, while the threads still sleep where they sleep. */
struct err *snapshot_read_threads(struct snapshot *s) MUST_USE;
/* As before snapshot_prepare; its threads stay held. */
void snapshot_forget(struct snapshot *s);
/* As before its threads were seized: for another engine. */
void snapshot_start_over(struct snapshot *s);
void snapshot_judge(struct snapshot *s);
/* A failure that comes of the process's end, of exec or of missing rights says so. Takes e. */
struct err *snapshot_explain(struct snapshot *s, struct err *e) MUST_USE;
void snapshot_free(struct snapshot *s); /* its tracer has ended */

/* --- set_members.c: who belongs to it ------------------------------------------------------------ */
/* The members there are now and that are not in the set yet are added to it. */
struct err *set_list(struct snapshot_set *set) MUST_USE;
/* Who is in it is for us to find out: it may become more and less until the pause. */
bool set_may_change(const struct snapshot_set *set);
/* The i-th failed with e since it has ended, and the set is one without it. */
bool set_may_drop(const struct snapshot_set *set, size_t i, const struct err *e);
/* The i-th is none any more. In the tracer's thread, if it was seized. */
void set_drop(struct snapshot_set *set, size_t i);

/* --- take.c: the phases, in the tracer's thread ------------------------------------------------------ */
/* `arg` is the set; set->result tells how it went. */
void set_take(void *arg);
/* Members that were not are looked at, before the pause and from any thread. Who cannot be now may be in the pause. */
struct err *set_prepare(struct snapshot_set *set) MUST_USE;
void set_release(void *arg);

#endif
