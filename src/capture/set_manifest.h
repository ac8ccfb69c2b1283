/* SPDX-License-Identifier: MIT */
/* Writing the manifest of a set (format/manifest.h), when all of its dumps are there. */
#ifndef OSM_CAPTURE_SET_MANIFEST_H
#define OSM_CAPTURE_SET_MANIFEST_H

#include "capture/set.h"

/* Of each member, in the set's order: names without folders. */
struct set_files {
	const char *file, *mini;	/* "" where there is none; of mini dumps alone, `file` */
};
/* Under its name, mode 0600, when it is whole; `replace`: what is there. */
struct err *set_manifest_write(const struct snapshot_set *set, const struct set_files *files, const char *path,
			       bool replace) MUST_USE;

#endif
