/* SPDX-License-Identifier: MIT */
/* Inside the reader of OSMOSIS notes. */
#ifndef OSM_FORMAT_ELFCORE_OSMOSIS_H
#define OSM_FORMAT_ELFCORE_OSMOSIS_H

#include "format/elfcore_impl.h"
#include "format/json.h"

/* The class of memory that no range names; RANGE_SNAPSHOT unless the record says otherwise. */
enum range_class elfcore_osmosis_default(const struct elfcore *c);
/* A member of the lists, which are parsed when first asked for; NULL: not there. */
struct err *elfcore_osmosis_list(struct elfcore *c, const char *name, const struct jval **ret) MUST_USE;

/* The member "kernel" of the record; NULL where there is none. */
struct err *elfcore_osmosis_kernel(struct elfcore *c, const struct snapshot_kernel **ret) MUST_USE;

/* The JSON of a note. */
struct err *elfcore_osmosis_parse(struct elfcore *c, const struct elf_note *note, struct jdoc **ret) MUST_USE;

#endif
