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
struct kdump_write_options;
struct sink;
struct sink_result;
/* --compress of pages; NULL: zlib. USAGE. */
struct err *kdump_read_packing(const char *text, struct kdump_write_options *ret) MUST_USE;
/* Into a sink that is open; `put`, `arg` and `flat` of the options are filled in. Tells nothing. *ret_file: also of a partial file. */
struct err *kdump_make(struct dump *d, const struct kdump_write_options *how, struct sink *sink, struct kdump_written *ret,
		       struct sink_result *ret_file) MUST_USE;

#endif
