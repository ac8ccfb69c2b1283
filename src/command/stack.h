/* SPDX-License-Identifier: MIT */
/* Showing a stack: for every command that prints one. */
#ifndef OSM_COMMAND_STACK_H
#define OSM_COMMAND_STACK_H

#include "command/command.h"

extern const struct record frame_record;

/* `letters`: "k", "kb", "kvn" ...: the columns, as typed after ~*. */
/* One frame with its number, without a heading: .frame. */
struct err *emit_single_frame(struct session *s, struct arena *a, struct out *o,
			      const struct frame *f) MUST_USE;
struct err *emit_stack(struct session *s, struct arena *a, struct out *o, const char *letters,
		       const struct stack *stack) MUST_USE;

#endif
