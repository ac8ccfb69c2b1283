/* SPDX-License-Identifier: MIT */
/*
 * Arguments that a frame was called with.
 *
 * On x86 they are on the stack, where the walk finds them. On x64 the first four
 * are in registers that the callee is free to change, and nobody need have
 * stored them. What is left is the code: between the start of the calling
 * function and the call stands what was moved into the register, and registers
 * that calls preserve, and the stack, still have it. Where two ways through that
 * code meet and do not agree the result is inferred, else it is certain but for
 * one thing: memory may have changed since.
 *
 * A function that hands on its own argument untouched is passed through to its
 * caller in turn.
 */
#ifndef OSM_TARGET_ARGUMENT_H
#define OSM_TARGET_ARGUMENT_H

#include "target/target.h"

enum argument_how {
	ARGUMENT_UNKNOWN,
	ARGUMENT_INFERRED,	/* another way through the code may have set another */
	ARGUMENT_CODE,		/* the code in front of the call set it */
	ARGUMENT_STACK,		/* its place on the stack, by the calling convention */
};

enum { ARGUMENT_MAX = 4 };

/* Argument n (from 0, below ARGUMENT_MAX) of frames[callee]. Inline frames must not be among them. */
enum argument_how frame_argument(struct target *t, const struct stack *s, size_t callee, unsigned n, uint64_t *ret);

/*
 * The calls in the code of frames[at] between the start of its function and where it
 * is now, and what each passes as first argument. Which of them were made, jumps
 * decide that are not asked. For x64 alone.
 */
struct past_call {
	uint64_t target;	/* the function; 0: not known */
	enum argument_how how;	/* of the first argument */
	uint64_t argument;
};
typedef bool past_call_visitor(void *arg, const struct past_call *c); /* false: stop */
void frame_past_calls(struct target *t, const struct stack *s, size_t at, past_call_visitor *v, void *arg);

#endif
