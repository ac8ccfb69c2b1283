/* SPDX-License-Identifier: MIT */
/* Patterns of kernels that go by the kernel's log: what they have in common. */
#ifndef OSM_PATTERN_KERNEL_LOG_H
#define OSM_PATTERN_KERNEL_LOG_H

#include "os/linux/kernel/trouble.h"
#include "pattern/facts.h"
#include "pattern/pattern.h"

/* The lines of a kind as evidence, the first ones. */
void kernel_log_show(struct pattern_run *run, struct finding *f, const struct troubles *x, enum trouble kind);
/* "[12.345678] text": a line as a sentence can hold it. */
const char *kernel_log_text(struct pattern_run *run, const struct trouble_line *l);
/* An undecidable finding if the log could not be read; true: then all has been said. */
bool kernel_log_unread(struct pattern_run *run, const struct troubles *x, const char *question);
/* A variable of the kernel as evidence. False: there is none, or it is not in the dump. */
bool kernel_variable_show(struct pattern_run *run, struct finding *f, const char *name, unsigned size, const char *meaning);

#endif
