/* SPDX-License-Identifier: MIT */
/* What commands about kernels share. */
#ifndef OSM_COMMAND_KERNEL_H
#define OSM_COMMAND_KERNEL_H

#include "command/command.h"
#include "target/kernel.h"

/* The kernel of the session's dump. UNSUPPORTED, with a sentence: it is a process's. */
struct err *kernel_need(struct session *s, const struct args *args, struct kernel **ret) MUST_USE;

#endif
