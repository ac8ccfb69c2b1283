/* SPDX-License-Identifier: MIT */
/* What the patterns of access violations have in common. */
#ifndef OSM_PATTERN_ACCESS_H
#define OSM_PATTERN_ACCESS_H

#include "pattern/facts.h"
#include "pattern/pattern.h"

/* A problem with the faulting instruction, address, registers and stack as
 * evidence; `what` is what was accessed. */
struct finding *access_finding(struct pattern_run *run, const struct fault *f, unsigned confidence, const char *what);
/* The exception record or signal, with what it means, as evidence. */
void record_evidence(struct pattern_run *run, struct finding *f, const struct fault *fault, const char *meaning);
/* The instruction at the fault and the register that its memory operand is made of. */
void instruction_evidence(struct pattern_run *run, struct finding *f, const struct fault *fault);
/* Decodes the instruction at the fault; false: its bytes or the registers are not there. */
bool fault_instruction(struct pattern_run *run, const struct fault *f, struct insn *ret);
/* A register as it was at the fault. */
void register_evidence(struct pattern_run *run, struct finding *f, const struct fault *fault, unsigned reg,
		       const char *meaning);
/* The thread, the blamed module and the stack of the fault, as evidence. */
void fault_evidence(struct pattern_run *run, struct finding *f, const struct fault *fault);
/* "thread 2 (tid 4711) in mod!function" */
const char *fault_place_in_code(struct pattern_run *run, const struct fault *f);

#endif
