/* SPDX-License-Identifier: MIT */
/*
 * Typed values as text, in the words of dt and dv: "0n5", "0x0042 \"text\"",
 * "RED (0n2)", "struct point". Shared by dv, dt, kp and ??.
 */
#ifndef OSM_COMMAND_VALUE_H
#define OSM_COMMAND_VALUE_H

#include "command/command.h"

/* Where the bytes of a value are. */
struct value {
	struct type_ref type;
	bool in_memory;
	uint64_t address;	/* in_memory */
	uint64_t bits;		/* else: the value itself, zero-extended */
	uint8_t bit_offset, bit_size; /* bit_size 0: no bit field */
};

/* "int", "char *", "struct point [4]", "<function> *" as WinDbg names types. */
struct err *type_describe(struct type_ref type, struct strbuf *sb) MUST_USE;
/* Appends the value; what cannot be read is "??". Never fails on dump content. */
struct err *value_describe(struct session *s, const struct value *v, struct strbuf *sb) MUST_USE;
/* The value of a scalar (integers, pointers, enums, bit fields). FAULT. */
struct err *value_scalar(struct session *s, const struct value *v, uint64_t *ret) MUST_USE;
/* A variable in a frame. False: not available (the variable's reason says why). */
bool value_of_variable(const struct variable *var, const struct frame *f, struct value *ret);

/* dt.c: memory as a type, as dt shows it. */
struct err *dt_show(struct session *s, struct arena *a, struct out *o, struct type_ref type,
		    uint64_t address) MUST_USE;

#endif
