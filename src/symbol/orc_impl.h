/* SPDX-License-Identifier: MIT */
/* Shared by orc.c and orc_layout.c. */
#ifndef OSM_SYMBOL_ORC_IMPL_H
#define OSM_SYMBOL_ORC_IMPL_H

#include "base/map.h"
#include "symbol/orc.h"

enum { ORC_ENTRY = 6 };

/* What an address's entry says, whatever the layout. */
enum orc_base {
	ORC_NONE, ORC_PREV_SP, ORC_AX, ORC_DX, ORC_DI, ORC_BP, ORC_SP, ORC_R10, ORC_R13, ORC_BP_INDIRECT,
	ORC_SP_INDIRECT, ORC_BAD,
};
enum orc_type { ORC_UNDEFINED, ORC_END, ORC_CALL, ORC_REGS, ORC_IRET, ORC_UNKNOWN };

struct orc_rule {
	int16_t sp_offset, bp_offset;
	enum orc_base sp, bp;
	enum orc_type type;
	bool exact;	/* the registers it leads to are of interrupted code */
};

struct orc {
	struct provider p;
	struct orc_input in;
	struct orc_layout layout;	/* name NULL: not looked at yet */
	bool useless;			/* no layout fits */
	struct u64map rules;		/* looked-up address to struct orc_rule */
	struct arena arena;
};

struct err *orc_find_layout(const struct orc *o, struct orc_layout *ret) MUST_USE;

#endif
