/* SPDX-License-Identifier: MIT */
/*
 * What the dump of a machine says besides its memory, as ELF notes: registers of
 * processors, QEMU's own state, VMCOREINFO; for writers of other containers.
 *
 * Images that hold memory and nothing else (LiME, raw) have none. But the
 * kernel's text about itself lies in the memory: it is looked for there, and
 * tells the machine too.
 */
#ifndef OSM_FORMAT_PHYSICAL_NOTES_H
#define OSM_FORMAT_PHYSICAL_NOTES_H

#include "base/arena.h"
#include "format/dump.h"
#include "format/elfcore_write.h"

struct physical_notes {
	struct core_note *v;
	size_t n;
	const char *info;	/* VMCOREINFO's text, ended by NUL; NULL: there is none */
	size_t info_size;
	enum machine machine;	/* as the container says, else as VMCOREINFO does; MACHINE_UNKNOWN */
};

/* All in memory of `a`. CANCELLED, TRUNCATED ... */
struct err *physical_notes(struct dump *d, struct arena *a, struct physical_notes *ret) MUST_USE;

/* The value of a line "key=value" of the text, which ends with a NUL or a newline; NULL. */
const char *physical_info_value(const struct physical_notes *n, const char *key);

#endif
