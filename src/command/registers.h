/* SPDX-License-Identifier: MIT */
/* Showing registers: for r, .ecxr, .cxr, .trap. */
#ifndef OSM_COMMAND_REGISTERS_H
#define OSM_COMMAND_REGISTERS_H

#include "command/command.h"

extern const struct record registers_record;

/* The block that WinDbg prints for the machine, with the instruction at ip. */
struct err *registers_emit(struct session *s, struct out *o, const struct regs *regs) MUST_USE;

#endif
