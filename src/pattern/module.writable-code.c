/* SPDX-License-Identifier: MIT */
/* Writable code: memory that can be both written and executed. */
#include "pattern/facts.h"
#include "pattern/pattern.h"
#include "target/regions.h"

#include <inttypes.h>

enum { MAX_SHOWN = 8, PAGE_EXECUTE_READWRITE = 0x40, PAGE_EXECUTE_WRITECOPY = 0x80, MEM_COMMIT = 0x1000, MEM_IMAGE = 0x1000000 };

static const struct threshold thresholds[] = {
	{ "writable-code.kb", 4, "kB", "less memory than this that is writable and executable is not told" },
	{ NULL },
};

/* Copy on write is how images are mapped: those pages are not written yet. */
static bool is_writable_code(const struct region *r)
{
	if (r->has_state)
		return r->state == MEM_COMMIT && ((r->protect & PAGE_EXECUTE_READWRITE) ||
						  ((r->protect & PAGE_EXECUTE_WRITECOPY) && r->type != MEM_IMAGE));
	return r->has_prot && (r->prot & DUMP_PROT_W) && (r->prot & DUMP_PROT_X);
}

static const char *owner_of(struct pattern_run *run, const struct region *r)
{
	if (r->module)
		return run_text(run, "of module %s", r->module->name);
	if (r->usage == USAGE_STACK)
		return r->thread ? run_text(run, "the stack of %s", run_thread_text(run, r->thread)) : "a stack";
	return r->path ? r->path : "private memory";
}

static struct err *match(struct pattern_run *run)
{
	const struct region *v;
	uint64_t total = 0;
	size_t n, found = 0, shown = 0;
	struct finding *f;

	if (err_ignore(target_regions(run->target, &v, &n)))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		TRY(run_check(run));
		if (is_writable_code(&v[i])) {
			total += v[i].size;
			found++;
		}
	}
	if (!found || total >> 10 < run_threshold(run, "writable-code.kb"))
		return NULL;
	f = finding_add(run, SEVERITY_NOTE, 95, "%" PRIu64 " kB of memory in %zu region%s can be both written and executed.", total >> 10,
			found, found == 1 ? "" : "s");
	for (size_t i = 0; i < n && shown < MAX_SHOWN; i++) {
		const char *show = run_text(run, "!address 0x%" PRIx64, v[i].base);

		if (!is_writable_code(&v[i]))
			continue;
		shown++;
		evidence_other(run, f,
			       &(struct evidence){ .has_address = true, .address = v[i].base, .command = show, .windbg = show,
						   .gdb = "info proc mappings" },
			       "%" PRIu64 " kB, %s", v[i].size >> 10, owner_of(run, &v[i]));
	}
	return NULL;
}

const struct pattern pattern_writable_code = {
	.id = "module.writable-code",
	.title = "Memory that is writable and executable",
	.category = CATEGORY_MODULE,
	.definition = "The process has memory that can be written and executed: what is written there can be run.",
	.context = "Compilers at run time, packers and copy protection, hooks, injected code, stacks of programs that ask for it.",
	.criterion = "Committed regions whose protection allows both, but for pages of images that are copied when written and are not yet; on "
		     "Linux segments with both rights. At least writable-code.kb of them.",
	.false_positives = "Runtimes that make code (Java, JavaScript, .NET) have such memory in healthy processes.",
	.recommendation = "Look what is in it (u, db) and which module uses it. A program without a compiler of its own should have none.",
	.thresholds = thresholds,
	.match = match,
};
