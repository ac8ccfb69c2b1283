/* SPDX-License-Identifier: MIT */
/*
 * A frame as location expressions see it: registers, memory, canonical frame
 * address, frame base; and, when an expression wants a value at the function's
 * entry, the caller.
 */
#ifndef OSM_SYMBOL_DWARF_FRAME_H
#define OSM_SYMBOL_DWARF_FRAME_H

#include "symbol/dwarf_expr.h"
#include "symbol/dwarf_info_impl.h"

/* For one value: callers of callers asked, and how many questions in all. */
enum { ENTRY_MAX_DEPTH = 8, ENTRY_MAX_LOOKUPS = 64 };

struct dwarf_frame {
	struct dwarf_info *d;
	const struct frame_context *f;
	uint64_t vaddr;
	Dwarf_Die func;		/* the real one, not an inlined one */
	struct expr_context x;
	unsigned depth;
	unsigned own_lookups;	/* of the innermost frame, shared by its callers */
	unsigned *lookups;	/* left */
};

/* NOTFOUND: no function at the frame's address. `f` is borrowed; `inner`: the
 * frame on whose behalf this one is asked, or NULL. The frame must not move. */
struct err *dwarf_frame_init(struct dwarf_frame *fr, struct dwarf_info *d, const struct frame_context *f,
			     const struct dwarf_frame *inner) MUST_USE;
/* Evaluates a location attribute at the frame's address. Never fails:
 * EXPR_NONE has the reason. */
void dwarf_frame_evaluate(struct dwarf_frame *fr, Dwarf_Attribute *attr, struct expr_result *ret);

/* dwarf_entry.c: what a DWARF register held when the function was entered. */
bool dwarf_entry_value(struct dwarf_frame *fr, uint64_t reg, uint64_t *ret);

#endif
