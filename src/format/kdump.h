/* SPDX-License-Identifier: MIT */
/*
 * Compressed kernel dumps ("kdump-compressed", once "diskdump"): what makedumpfile
 * and QEMU's dump-guest-memory -z, -l, -s write.
 *
 *	block 0			header: utsname, time, block size, sizes of the parts
 *	block 1 ...		sub header: phys_base, level, VMCOREINFO's and notes' places
 *	bitmap of RAM		a bit for each page frame that is memory
 *	bitmap of pages		a bit for each page frame that is in the file
 *	page descriptors	24 bytes for each of those, in order
 *	packed pages
 *
 * A frame's descriptor is found by counting the bits before its own: counts are
 * kept of every 4096 frames. A page that is left out is a hole, also one that was
 * left out because it was zero: the file does not say which (dump level bit 0).
 *
 * makedumpfile --split writes a dump in several files, each with all of the
 * bitmaps and the pages of a range of frames. Whichever is opened, the others are
 * found beside it, under any name: their headers are the same (kdump_split.c).
 *
 * "Flattened" files (makedumpfile -F) are the same in pieces that say where they
 * belong; they are read through a view that puts them there (kdump_flat.c).
 *
 * Sources: makedumpfile's IMPLEMENTATION document; the fields of the header in
 * the order of its struct; offsets checked on files that makedumpfile 1.7.2 and
 * QEMU 7.2 wrote. docs/formats/kdump.md.
 */
#ifndef OSM_FORMAT_KDUMP_H
#define OSM_FORMAT_KDUMP_H

#include "base/err.h"
#include "base/machine.h"
#include "base/source.h"
#include "format/dump.h"

/* Is it "makedumpfile" pieces? */
bool kdump_is_flat(struct source *src);
/* A view of what the pieces make; `flat` must outlive it. Damage: what could be read, and *ret_damage says what is missing (to be freed). */
struct err *kdump_unflatten(struct source *flat, struct source **ret, struct err **ret_damage) MUST_USE;

/* utsname's machine, and the bytes of a long there; NULL: this kind of file has no name for it. */
const char *kdump_machine(enum machine m, unsigned *ret_word);

/* What a compressed dump says that another one made of it has to say too. */
struct kdump_origin {
	uint32_t level;		/* which pages were left out: makedumpfile's -d */
	uint64_t phys_base;
	uint32_t block;		/* bytes of a page */
	uint64_t frames;
	struct dump_piece ram;	/* bitmap of RAM, in dump_source(); size 0: the file has none */
};
/* False, and *ret is untouched: it is no such dump. */
bool kdump_origin(struct dump *d, struct kdump_origin *ret);

#endif
