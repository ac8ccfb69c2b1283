/* SPDX-License-Identifier: MIT */
/* The parts of osmodump convert. */
#ifndef OSM_MAIN_CONVERT_H
#define OSM_MAIN_CONVERT_H

#include "main/main.h"

/* --- convert.c */
/* The memory of a machine, as elf, lime or raw; tells what was written. `expected`: bytes it will take on disk, about. */
struct err *write_memory(struct dump *d, const char *kind, const struct sink_options *to, uint64_t expected, struct out *o, uint64_t *ret_lost) MUST_USE;
extern const struct record convert_record;

/* --- convert_kdump.c: --to kdump. Reports, and returns an exit code. */
int convert_kdump(const struct settings *s, const struct sink_options *to, struct out *o);
struct kdump_written;
/* The same of a dump that is open; `compress`: as of --compress, NULL: zlib. Tells what was written. */
struct err *write_kdump(struct dump *d, const char *compress, const struct sink_options *to, struct out *o, struct kdump_written *ret) MUST_USE;
extern const struct record convert_kdump_record;

#endif
