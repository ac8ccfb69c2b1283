/* SPDX-License-Identifier: MIT */
/*
 * Where real dumps are: $OSMOSIS_FIXTURES, or shared/fixtures beside the source
 * tree or the folder of worktrees. A test that finds none says so and passes.
 */
#ifndef OSM_TEST_FIXTURES_H
#define OSM_TEST_FIXTURES_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The folder that has MANIFEST.tsv; NULL (and a line on stdout) when absent. */
static inline const char *fixtures(void)
{
	static const char *const above[] = { "..", "../..", "../../..", "../../../.." };
	static char path[4096];
	const char *env = getenv("OSMOSIS_FIXTURES"), *root = getenv("OSM_SOURCE_ROOT");
	char probe[4200];

	for (size_t i = 0; i < sizeof(above) / sizeof(above[0]); i++) {
		if (env)
			(void)snprintf(path, sizeof(path), "%s", env);
		else
			(void)snprintf(path, sizeof(path), "%s/%s/shared/fixtures",
				       root ? root : ".", above[i]);
		(void)snprintf(probe, sizeof(probe), "%s/MANIFEST.tsv", path);
		if (access(probe, R_OK) == 0)
			return path;
	}
	(void)printf("skipped: no fixtures (OSMOSIS_FIXTURES)\n");
	return NULL;
}

#endif
