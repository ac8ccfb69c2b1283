/* SPDX-License-Identifier: MIT */
/* Signal frames as rt_sigreturn reads them; see inject.h. */
#ifndef OSM_CAPTURE_INJECT_FRAME_H
#define OSM_CAPTURE_INJECT_FRAME_H

#include "capture/inject.h"

struct frame_wish {
	struct user_regs_struct regs;	/* what rt_sigreturn is to restore */
	uint64_t sigmask;
	const struct task *fp;		/* whose vector state; NULL: the initial one */
};

/* Upper bound of the bytes of one frame for this thread's vector state, or for none. */
size_t frame_size(const struct inject *in, const struct task *fp);
/*
 * Writes a frame that will lie at address `at` (16-aligned, room for frame_size) to `buf`;
 * the thread's stack pointer has to be the returned address.
 */
uint64_t frame_write(const struct inject *in, uint8_t *buf, uint64_t at, const struct frame_wish *wish);

/* The registers with which a thread goes on after an interrupted system call: as the kernel would set them. */
void frame_restarted(const struct inject *in, const struct user_regs_struct *regs, struct user_regs_struct *ret);

#endif
