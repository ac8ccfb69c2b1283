/* SPDX-License-Identifier: MIT */
/* What the patterns of Windows heaps have in common. */
#ifndef OSM_PATTERN_NT_HEAP_H
#define OSM_PATTERN_NT_HEAP_H

#include "os/windows/heap_check.h"
#include "pattern/facts.h"
#include "pattern/pattern.h"

/* The half of the process whose heaps are looked at: the 32-bit one where there is one. */
enum thread_half nt_heap_half(struct pattern_run *run);
/* *ret NULL: there is no heap that can be read. */
struct err *nt_heaps_of_run(struct pattern_run *run, const struct nt_heaps **ret) MUST_USE;
/* "the block of 24 bytes at 0x500730" */
const char *nt_block_text(struct pattern_run *run, const struct nt_heaps *h, const struct nt_block *b);
/* A block, as !heap -x shows it, by the user's address. */
void nt_block_evidence(struct pattern_run *run, struct finding *f, const struct nt_heaps *h, const struct nt_block *b,
		       const char *meaning);
/* The first words of a block's contents. */
void nt_contents_evidence(struct pattern_run *run, struct finding *f, const struct nt_heaps *h, const struct nt_block *b,
			  const char *meaning);
/* What the exception says that ntdll found: its type and place, as evidence. */
void nt_failure_evidence(struct pattern_run *run, struct finding *f, const struct nt_failure *failure);

#endif
