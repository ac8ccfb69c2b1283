/* SPDX-License-Identifier: MIT */
/* !heap of a Windows dump: for command/heap.c only. */
#ifndef OSM_COMMAND_HEAP_WINDOWS_H
#define OSM_COMMAND_HEAP_WINDOWS_H

#include "command/command.h"

struct err *heap_windows_run(struct session *s, const struct args *args, struct out *o) MUST_USE;

extern const struct record nt_heap_record, nt_heap_sum_record, nt_heap_segment_record, nt_heap_entry_record,
	nt_heap_found_record, nt_heap_class_record, nt_heap_damage_record;

#endif
