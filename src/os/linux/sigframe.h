/* SPDX-License-Identifier: MIT */
/* What the kernel put on a thread's stack when it called a signal handler. */
#ifndef OSM_OS_LINUX_SIGFRAME_H
#define OSM_OS_LINUX_SIGFRAME_H

#include "target/target.h"

struct signal_frame {
	uint64_t info;		/* address of the siginfo_t */
	uint32_t signo;
	int32_t code;		/* si_code */
	uint64_t address;	/* si_addr, when linux_signal_is_fault() */
};

/* Of the frame "<signal handler called>", on x64 and arm64; false: another frame or
 * machine, or its memory is not there or holds no siginfo. */
bool linux_signal_frame(struct target *t, const struct frame *f, struct signal_frame *ret);

#endif
