/* SPDX-License-Identifier: MIT */
/* Manifests of sets: what is accepted keeps the promises of format/manifest.h. */
#include "format/manifest.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const char *name, bool may_be_empty)
{
	if (strchr(name, '/') || strchr(name, '\n') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    strlen(name) > MANIFEST_MOST_NAME || (!*name && !may_be_empty))
		abort();
}

static void check(const struct manifest *m)
{
	if (!m->n_members || m->n_members > MANIFEST_MOST_MEMBERS || !m->kind || !m->tool || !m->cgroup || !m->consistency)
		abort();
	for (size_t i = 0; i < m->n_members; i++) {
		const struct manifest_member *one = &m->members[i];

		if (one->pid <= 0 || one->ppid < 0 || !one->name || !one->engine || !one->consistency || !one->consistency_why)
			abort();
		check_name(one->file, false);
		check_name(one->mini, true);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifest m = { .arena = ARENA_INIT };
	struct source *src = NULL;

	if (err_ignore(source_from_memory("fuzz", data, size, &src)))
		return 0;
	(void)manifest_probe(src);
	if (!err_ignore(manifest_parse(src, &m)))
		check(&m);
	manifest_deinit(&m);
	source_destroy(src);
	return 0;
}
