/* SPDX-License-Identifier: MIT */
/* Showing instructions: for u, ub, uf, r and the frames of .frame /r. */
#ifndef OSM_COMMAND_CODE_H
#define OSM_COMMAND_CODE_H

#include "command/command.h"

extern const struct record insn_record, label_record;

/* Decodes the instruction at an address with symbols put in. False: no byte of
 * it is in the dump. */
bool code_decode(struct session *s, uint64_t address, struct insn *ret);
/* The place of an address as field `key`: module!function+offset, or
 * <Unloaded_x.dll>+offset. false: in no module, and nothing is put out. */
bool code_out_place(struct session *s, struct out *o, const char *key, uint64_t address);
/* "mod!function+0x12:" line. */
struct err *code_emit_label(struct session *s, struct out *o, uint64_t address) MUST_USE;
/* The line of an address whose code is not there. */
struct err *code_emit_absent(struct out *o, uint64_t address) MUST_USE;
/* One instruction; regs not NULL: with effective address and what is there. */
struct err *code_emit_insn(struct session *s, struct out *o, const struct insn *insn,
			   const struct regs *regs) MUST_USE;

#endif
