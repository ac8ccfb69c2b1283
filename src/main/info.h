/* SPDX-License-Identifier: MIT */
/* Parts of `osmodump info` that have a file of their own. */
#ifndef OSM_MAIN_INFO_H
#define OSM_MAIN_INFO_H

#include "main/main.h"

extern const struct record info_snapshot_record, info_class_record, info_reason_record;
/* Nothing where the dump does not say how it was taken. */
struct err *info_emit_snapshot(struct dump *d, struct out *o) MUST_USE;

/* info_kernel.c: of a kernel's snapshot */
extern const struct record info_kernel_record, info_kernel_class_record, info_kernel_cpu_record, info_kernel_process_record;
struct err *info_emit_kernel(const struct snapshot_kernel *k, struct out *o) MUST_USE;

extern const struct record info_set_record, info_member_record;
/* Of the manifest of a set. */
struct err *info_emit_set(const struct system *y, const char *path, struct out *o) MUST_USE;

#endif
