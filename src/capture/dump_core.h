/* SPDX-License-Identifier: MIT */
/*
 * An ELF core out of a dump of a process that is open: what one inside the dump of a
 * machine becomes a file of its own by.
 *
 * Notes: NT_PRSTATUS (and NT_PRFPREG) of each thread whose registers are known, the
 * first being the current one, NT_PRPSINFO, NT_AUXV, NT_FILE, and the record of
 * docs/formats/osmosis-note.md with what is absent and why. Segments are the dump's.
 */
#ifndef OSM_CAPTURE_DUMP_CORE_H
#define OSM_CAPTURE_DUMP_CORE_H

#include "base/arena.h"
#include "capture/sink.h"
#include "format/dump.h"
#include "format/elfcore_write.h"

struct dump_core_facts {
	const char *why;		/* where it came from, in words */
	enum consistency consistency;
	const char *consistency_why;
	const char *comment;		/* "" none */
	char state;			/* of the process, as ps has it */
	int32_t nice;
	uint64_t flags;			/* PF_* */
	uint32_t uid, gid;
	/* All of the segments, in their order: what each is. */
	const struct snapshot_range *ranges;
	size_t n_ranges;
};

struct dump_core;
/* `d` must outlive it. UNSUPPORTED: no x64 process. */
struct err *dump_core_create(struct dump *d, const struct dump_core_facts *facts, struct dump_core **ret) MUST_USE;
void dump_core_destroy(struct dump_core *c); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct dump_core, dump_core_destroy)
/* To be written with one thread: sink_options.threads = 1. */
struct sink_image dump_core_image(struct dump_core *c);
size_t dump_core_threads(const struct dump_core *c);	/* whose registers are in it */

#endif
