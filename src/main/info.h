/* SPDX-License-Identifier: MIT */
/* Parts of `osmodump info` that have a file of their own. */
#ifndef OSM_MAIN_INFO_H
#define OSM_MAIN_INFO_H

#include "main/main.h"

extern const struct record info_snapshot_record, info_class_record, info_reason_record;
/* Nothing where the dump does not say how it was taken. */
struct err *info_emit_snapshot(struct dump *d, struct out *o) MUST_USE;

#endif
