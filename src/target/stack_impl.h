/* SPDX-License-Identifier: MIT */
/* The walk in progress: shared by stack.c and stack_step.c. */
#ifndef OSM_TARGET_STACK_IMPL_H
#define OSM_TARGET_STACK_IMPL_H

#include "target/target_impl.h"

struct walk {
	struct target *t;
	enum thread_half half;
	struct regs regs;		/* of the physical frame that is current */
	enum frame_trust trust;
	bool exact;			/* its ip is no return address */
	unsigned depth;			/* physical frames behind us */
	unsigned switches;		/* of them, those whose caller was on another stack */
	/* x86: the frame unwound before this one, and the bytes it was passed, if
	 * its frame data or its ret told */
	uint64_t callee_lookup;
	bool callee_params_known;
	uint32_t callee_params_size;
	unsigned max_frames;
	bool no_symbols, no_inlines, warned, truncated;
	const char *stop_reason;
	VEC(struct frame) frames;
};

struct step {
	struct regs caller;
	struct unwind_result result;
	bool has_frame_data;
	struct x86_frame_data frame_data;
	bool blind;			/* the current frame's code has no unwind data */
	uint32_t pops;			/* parameter bytes that its ret takes away, 0: not known */
	const char *why;		/* when there is no caller */
};

/* True: s->caller and s->result are valid. */
bool stack_step(struct walk *w, struct step *s);
/* Inside of code: of a module, or of an executable segment in none. */
bool stack_is_code(struct target *t, uint64_t address);
/* Could a call return to this address? (a return_address_test; arg: the walk) */
bool stack_may_return_to(void *arg, uint64_t address);
/* The caller's stack pointer is above, and not absurdly far. */
bool stack_makes_progress(const struct walk *w, const struct step *s);
/* A frame of a kernel's dump that belongs to a process: the kernel was entered there. */
bool stack_in_user_mode(const struct walk *w);
/* stack_fixed.c */
bool stack_fixed_frame(struct walk *w, struct module *m, struct step *s);
/* stack_x86.c */
bool stack_x86(struct walk *w, struct module *m, struct step *s);

/* module_symbols.c: all that is shown of an address, cached. */
struct resolved {
	struct symbol_hit hit;
	struct source_line line;
	struct inline_site *sites;
	size_t n_sites;
};
const struct resolved *target_resolve(struct target *t, uint64_t address); /* NULL: no memory */

#endif
