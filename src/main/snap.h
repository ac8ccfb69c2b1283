/* SPDX-License-Identifier: MIT */
/* The parts of osmodump snap. */
#ifndef OSM_MAIN_SNAP_H
#define OSM_MAIN_SNAP_H

#include "capture/snapshot.h"
#include "output/output.h"

/* --dry-run: tells what a snapshot would cost; only /proc is read. */
struct err *snap_forecast(pid_t pid, const struct snapshot_options *options, struct out *o) MUST_USE;
extern const struct record snap_plan_record, snap_engine_record, snap_obstacle_record;

#endif
