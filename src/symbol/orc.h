/* SPDX-License-Identifier: MIT */
/*
 * ORC: the unwind tables that x86-64 Linux kernels and their modules hold in
 * their memory, as a provider that knows nothing but how to unwind.
 *
 * A table of addresses and one of entries beside it: each says how the caller's
 * stack pointer and rbp are found from there on. Where the stack holds saved
 * registers (struct pt_regs, or what the processor itself pushed), the caller
 * gets them all, its ip is exact (`machine_frame`), and its stack is another
 * one. `end`: the code says that nobody called it.
 *
 * Sources of facts: docs/formats/orc.md.
 */
#ifndef OSM_SYMBOL_ORC_H
#define OSM_SYMBOL_ORC_H

#include "symbol/provider.h"

/* Where an entry's fields are (bits from its start), and what the numbers in them mean. */
struct orc_layout {
	const char *name;	/* "4.14", "6.3", "6.4", "7.1": since when it has been so */
	uint8_t sp_reg, bp_reg;	/* 4 bits each */
	uint8_t type, type_bits;
	uint8_t signal, end;	/* 0: none */
	bool late_types;	/* 6.4: from "undefined" on; else from "call" */
	bool late_registers;	/* 7.1 */
};

struct orc_input {
	struct arch_memory memory;	/* kernel's virtual addresses; its arg outlives the provider */
	uint64_t base, end;		/* of the code that the tables tell of */
	uint64_t ip_table;		/* s32 each, relative to its own place; ascending */
	uint64_t entry_table;		/* 6 bytes each */
	uint64_t n;
	struct type_ref entry_type;	/* struct orc_entry; id 0: not known: worked out from the entries */
};

/* CORRUPT: an absurd size. Nothing is read before someone unwinds. */
struct err *orc_open(const struct orc_input *in, struct provider **ret) MUST_USE;
/* NOTFOUND: the entries are not there, or make no sense in any. */
struct err *orc_layout_of(struct provider *p, struct orc_layout *ret) MUST_USE;

/* Registers of a struct pt_regs of x86-64, with the flags, segments and what the system call was.
 * FAULT: not all of it is there. */
struct err *orc_pt_regs(const struct arch_memory *m, uint64_t address, struct regs *ret) MUST_USE;

#endif
