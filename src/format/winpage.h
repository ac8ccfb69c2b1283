/* SPDX-License-Identifier: MIT */
/* Page protection of Windows (PAGE_* of winnt.h) in the bits of a segment. */
#ifndef OSM_FORMAT_WINPAGE_H
#define OSM_FORMAT_WINPAGE_H

#include "format/dump.h"

/* Guard and cache bits (0x100 up) do not matter here. */
static inline uint32_t winpage_prot(uint32_t protect)
{
	switch (protect & 0xff) {
	case 0x02: /* READONLY */
		return DUMP_PROT_R;
	case 0x04: /* READWRITE */
	case 0x08: /* WRITECOPY */
		return DUMP_PROT_R | DUMP_PROT_W;
	case 0x10: /* EXECUTE */
		return DUMP_PROT_X;
	case 0x20: /* EXECUTE_READ */
		return DUMP_PROT_R | DUMP_PROT_X;
	case 0x40: /* EXECUTE_READWRITE */
	case 0x80: /* EXECUTE_WRITECOPY */
		return DUMP_PROT_R | DUMP_PROT_W | DUMP_PROT_X;
	default: /* NOACCESS, reserved, free */
		return 0;
	}
}

#endif
