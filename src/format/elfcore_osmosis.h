/* SPDX-License-Identifier: MIT */
/* Inside the reader of OSMOSIS notes in cores. */
#ifndef OSM_FORMAT_ELFCORE_OSMOSIS_H
#define OSM_FORMAT_ELFCORE_OSMOSIS_H

#include "format/elfcore_impl.h"

/* A member of the lists, which are parsed when first asked for; NULL: not there. */
struct err *elfcore_osmosis_list(struct elfcore *c, const char *name, const struct jval **ret) MUST_USE;

#endif
