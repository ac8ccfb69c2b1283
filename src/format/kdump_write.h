/* SPDX-License-Identifier: MIT */
/*
 * Writing compressed kernel dumps (format/kdump.h), version 6: what crash, drgn
 * and makedumpfile open, in a tenth of the memory's bytes.
 *
 * The pages are those that the dump has memory in, in the order of their
 * addresses; pages of zeros share one. A page of which only a part is there (the
 * end of a range) has zeros for the rest. What cannot be read although it is
 * listed becomes zeros: it is counted. VMCOREINFO and the ELF notes come along.
 *
 * The file is marked as not finished until the last page is in it, so that what
 * is left of one that was broken off can be opened.
 */
#ifndef OSM_FORMAT_KDUMP_WRITE_H
#define OSM_FORMAT_KDUMP_WRITE_H

#include "base/err.h"
#include "format/dump.h"

/* A note behind the others whose contents are known only when all pages are in the file: so many blanks until then. */
struct kdump_late_note {
	const char *owner;
	uint32_t type;
	size_t size;
	struct err *(*fill)(void *arg, void *buf);
	void *arg;
};

struct kdump_write_options {
	uint32_t packing;	/* KDUMP_ZLIB, KDUMP_SNAPPY, KDUMP_ZSTD of format/kdump_pack.h; 0: none */
	int level;		/* 0: the quickest */
	unsigned threads;	/* 0: as many as there are processors, at most 8 */
	const struct kdump_late_note *late; /* NULL: none */
	bool flat;		/* flattened, as makedumpfile -F writes it: for pipes */
	/* Flat: offsets come in order. Else some parts are written before others that lie in front of them. From the calling thread. */
	struct err *(*put)(void *arg, uint64_t offset, const void *data, size_t len);
	void *arg;
};

struct kdump_written {
	uint64_t pages, zero_pages;
	uint64_t lost;		/* bytes that could not be read */
	uint64_t left_out;	/* bytes of devices' memory above all RAM: makedumpfile could not read a file with them */
	uint64_t size;		/* of what the file makes: without the heads of flattened pieces */
};

/* UNSUPPORTED: a dump of a process; of a machine that the format does not have, or none that is known. */
struct err *kdump_write(struct dump *d, const struct kdump_write_options *o, struct kdump_written *ret) MUST_USE;
/* About how many bytes the file will have, when pages shrink as they mostly do, if they are packed. 0: not known. */
uint64_t kdump_write_expected(struct dump *d, uint32_t packing);

#endif
