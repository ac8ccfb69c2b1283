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

/*
 * Where a part of the kernel's image is mapped: from the first to the last of
 * the symbols that the text names. False: nothing is known, or the machine is not x86-64.
 */
struct physical_image_map {
	uint64_t address, size, physical;
};
bool physical_kernel_map(const struct physical_notes *n, struct physical_image_map *ret);

#endif
