/* SPDX-License-Identifier: MIT */
/* What commands about memory say of regions. */
#ifndef OSM_COMMAND_REGION_H
#define OSM_COMMAND_REGION_H

#include "command/command.h"
#include "target/regions.h"

/* Its protection in Windows' words as flags; nothing where it is not known. */
void region_out_protect(struct out *o, const char *key, const struct region *r);

#endif
