/* SPDX-License-Identifier: MIT */
/*
 * Facts: what several patterns ask of a target, worked out once per analysis and
 * only when asked for: who waits for whom, what the fault was, which frame is to
 * blame, how much of the memory is there.
 */
#ifndef OSM_PATTERN_FACTS_H
#define OSM_PATTERN_FACTS_H

#include "os/windows/heap.h"
#include "pattern/blame.h"
#include "pattern/coverage.h"
#include "pattern/fault.h"
#include "pattern/heap.h"
#include "pattern/prospects.h"
#include "pattern/stacks.h"
#include "pattern/wait_graph.h"
#include "target/target.h"

struct facts;
struct sched_view;
struct troubles;

struct err *facts_create(struct target *t, struct facts **ret) MUST_USE;
void facts_destroy(struct facts *f); /* accepts NULL */

/* Borrowed until facts_destroy. Each fails the same way when asked again. */
struct err *facts_wait_graph(struct facts *f, const struct wait_graph **ret) MUST_USE;
/* *ret NULL: the heaps of ntdll are not to be had. All ask for one half. */
struct err *facts_nt_heaps(struct facts *f, enum thread_half half, const struct nt_heaps **ret) MUST_USE;
/* Kernels: run queues of all processors. */
struct err *facts_sched(struct facts *f, const struct sched_view **ret) MUST_USE;
/* Kernels: what the log says that went wrong. */
struct err *facts_troubles(struct facts *f, const struct troubles **ret) MUST_USE;
struct err *facts_prospects(struct facts *f, const struct prospects **ret) MUST_USE;
struct err *facts_stacks(struct facts *f, const struct stacks **ret) MUST_USE;
struct err *facts_coverage(struct facts *f, const struct coverage **ret) MUST_USE;
/* *ret NULL: no heap of glibc's. The budget of who asks first is the one that counts. */
struct err *facts_heap(struct facts *f, const struct budget *b, const struct heap_view **ret) MUST_USE;
const struct fault *facts_fault(struct facts *f);	/* class FAULT_NONE: none */
const struct blame *facts_blame(struct facts *f);	/* of the fault's or the first thread */

#endif
