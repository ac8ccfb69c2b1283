/* SPDX-License-Identifier: MIT */
/* Replaced file: what is mapped is not what is on disk any more. */
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>

static const char deleted[] = " (deleted)";

/* Shared memory without a name is deleted from the start. */
static bool is_library(const char *path)
{
	return *path == '/' && str_ends_nocase(path, deleted) && !str_starts(path, "/dev/") && !str_starts(path, "/memfd:") &&
	       !str_starts(path, "/SYSV") && !str_starts(path, "/tmp/");
}

static void tell(struct pattern_run *run, struct finding **f, const struct module *m, const char *path)
{
	const char *show = run_text(run, "lmv a 0x%" PRIx64, m->base);

	if (!*f)
		*f = finding_add(run, SEVERITY_NOTE, 93, "Files of modules were deleted or replaced since they were loaded: the process "
							 "runs older code.");
	finding_module(run, *f, m->name);
	evidence_other(run, *f,
		       &(struct evidence){ .has_address = true, .address = m->base, .command = show, .gdb = "info proc mappings" },
		       "%s", path);
}

static struct err *match(struct pattern_run *run)
{
	const struct dump_file_mapping *v;
	const struct module *m, *last = NULL;
	struct finding *f = NULL;
	size_t n;

	if (err_ignore(dump_file_mappings(target_dump(run->target), &v, &n)))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		TRY(run_check(run));
		if (!is_library(v[i].path) || !(m = target_module_at(run->target, v[i].start)) || m == last)
			continue;
		last = m;
		tell(run, &f, m, v[i].path);
	}
	return NULL;
}

const struct pattern pattern_replaced_module = {
	.id = "module.replaced",
	.title = "Replaced module",
	.category = CATEGORY_MODULE,
	.definition = "A library or program was deleted or replaced on disk while the process runs it.",
	.context = "Updates of packages without a restart of the services that use them.",
	.criterion = "The path of a module that the kernel gave ends in \"(deleted)\"; memory files and temporary files do not count.",
	.false_positives = "Programs that delete their own file on purpose.",
	.recommendation = "Restart the process, if it shall run the new code. Symbols are those of the old build: the file on disk does not "
			  "fit.",
	.needs = NEEDS_SYSTEM_LINUX,
	.match = match,
};
