/* SPDX-License-Identifier: MIT */
/* The parts of osmodump snap. */
#ifndef OSM_MAIN_SNAP_H
#define OSM_MAIN_SNAP_H

#include "capture/core.h"
#include "capture/set.h"
#include "format/kdump_write.h"
#include "main/main.h"
#include "output/output.h"

struct snap_job { /* what the command line asks for */
	const struct settings *s;
	struct snapshot_options snapshot;
	struct sink_options sink;
	pid_t pid;		/* 0: a set of named processes */
	bool kdump;		/* --kernel: the container, with pages packed so */
	struct kdump_write_options pages;
};

/* --- snap.c */
/* By number or name; USAGE when several have it. */
struct err *snap_find_process(const char *word, pid_t *ret) MUST_USE;
/* The value of -o. */
const char *snap_output(const struct settings *s);
/* Writes one dump and tells of it; `first`: of the snapshot too. *ret_there: the file is there, even if it could not be told. */
struct err *snap_write(const struct snap_job *j, struct snapshot *s, bool mini, bool first, const char *path, struct out *o,
		       bool *ret_there) MUST_USE;

/* --- snap_set.c: --set */
struct err *snap_set(const struct snap_job *j, struct out *o) MUST_USE;
extern const struct record snap_set_record;

/* --- snap_vm.c: --vm */
struct err *snap_vm_check(const struct settings *s) MUST_USE; /* what the command line may say with it */
struct err *snap_vm(const struct settings *s, struct out *o) MUST_USE;
extern const struct record snap_vm_record;

/* --- snap_forecast.c: --dry-run, tells what a snapshot would cost; only /proc is read. */
struct err *snap_forecast(pid_t pid, const struct snapshot_options *options, struct out *o) MUST_USE;
/* The same for each process of a set, and for all together. */
struct err *snap_forecast_set(const struct set_wish *wish, const struct snapshot_options *options, struct out *o) MUST_USE;
extern const struct record snap_plan_record, snap_plan_set_record, snap_engine_record, snap_obstacle_record;

/* --- snap_kernel.c: --kernel */
struct err *snap_kernel_check(const struct settings *s, struct snap_job *j) MUST_USE; /* how the file is written */
struct err *snap_kernel(const struct snap_job *j, struct out *o) MUST_USE;
extern const struct record snap_kernel_record, snap_kernel_class_record, snap_kernel_process_record, snap_kernel_file_record,
	snap_kernel_need_record;

#endif
