/* SPDX-License-Identifier: MIT */
/*
 * Guardian: a process of ours that outlives us. When we are killed while
 * clones of targets exist, they die with us, but the remains of each stay a
 * child of its target until somebody waits for it there: invisible to wait()
 * (its exit signal is 0), yet counted as a process. The guardian notices our
 * end and sees to it that they are taken away.
 *
 * It is forked long before the pause (the less there is to be copied for it the
 * better, and it sleeps in read(2) when the pause comes), and shares nothing
 * that others could wait for: it has a session of its own, no descriptor but
 * its pipe, and signals do not reach it, but for SIGKILL. Who kills it as well
 * (a whole cgroup) leaves the remains where they are until the targets end.
 */
#ifndef OSM_CAPTURE_GUARDIAN_H
#define OSM_CAPTURE_GUARDIAN_H

#include <stdbool.h>
#include <sys/types.h>

#define GUARDIAN_NAME "osmodump-guard" /* its comm */

struct guardian;

/* Makes the target wait for its child, whose number is `ns_pid` in its own pid namespace. Called in the guardian. */
typedef bool guardian_reap_fn(pid_t target, pid_t ns_pid);

/*
 * NULL: there is none, for want of a process or memory; the others accept that.
 * It is a child of ours, so that wait(-1) finds it: not for programs that have
 * children which they do not know by number.
 */
struct guardian *guardian_start(guardian_reap_fn *reap);
/*
 * What this target has of us from now on: this clone; GUARDIAN_ANY: perhaps one
 * whose number is not known yet; GUARDIAN_NOTHING, as at first. Allocates nothing.
 */
enum { GUARDIAN_NOTHING = -1, GUARDIAN_ANY = 0 };
void guardian_expect(struct guardian *g, pid_t target, pid_t clone);
/* 0: there is none. */
pid_t guardian_pid(const struct guardian *g);
/* All is as it was: it ends. */
void guardian_dismiss(struct guardian *g);

#endif
