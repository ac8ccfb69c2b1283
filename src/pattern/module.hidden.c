/* SPDX-License-Identifier: MIT */
/* Hidden module: an image in memory that no list of modules has. */
#include "pattern/facts.h"
#include "pattern/pattern.h"
#include "target/regions.h"

#include <inttypes.h>

enum { MAX_FOUND = 32, MAX_REGIONS = 100000, HEADER_MAX = 0x1000, MEM_PRIVATE = 0x20000,
       EXECUTE = 0xf0 };

enum image_kind { IMAGE_NONE, IMAGE_PE, IMAGE_ELF };

static enum image_kind image_at(struct pattern_run *run, uint64_t base)
{
	const struct arch_memory *m = target_memory(run->target);
	uint64_t magic, offset, pe;

	if (!arch_read_uint(m, base, 4, &magic))
		return IMAGE_NONE;
	if (magic == 0x464c457f)
		return IMAGE_ELF;
	if ((magic & 0xffff) != 0x5a4d || !arch_read_uint(m, base + 0x3c, 4, &offset) || offset >= HEADER_MAX ||
	    !arch_read_uint(m, base + offset, 4, &pe) || pe != 0x4550)
		return IMAGE_NONE;
	return IMAGE_PE;
}

static bool is_executable(const struct region *r)
{
	return r->has_state ? (r->protect & EXECUTE) != 0 : r->has_prot && (r->prot & DUMP_PROT_X);
}

/* Any region of the allocation can be executed: an image that is only read has none. */
static bool holds_code(const struct region *v, size_t n, size_t i)
{
	uint64_t allocation = v[i].allocation_base;

	if (!v[i].has_state) /* of segments: this one or the next that adjoins */
		return is_executable(&v[i]) ||
		       (i + 1 < n && v[i + 1].base == v[i].base + v[i].size && !v[i + 1].module && is_executable(&v[i + 1]));
	for (; i < n && v[i].has_state && v[i].allocation_base == allocation; i++)
		if (is_executable(&v[i]))
			return true;
	return false;
}

static void tell(struct pattern_run *run, const struct region *r, enum image_kind kind)
{
	const char *show = run_text(run, "!address 0x%" PRIx64, r->base);
	const char *bytes = run_text(run, "db 0x%" PRIx64 " L40", r->base);
	bool private = r->has_state && r->type == MEM_PRIVATE;
	struct finding *f;

	f = finding_add(run, SEVERITY_NOTE, private ? 85 : 75,
			"%s image with executable memory lies at 0x%" PRIx64 "%s, and no module is known there.",
			kind == IMAGE_PE ? "A PE" : "An ELF", r->base, private ? " in private memory" : "");
	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = r->base, .command = bytes, .windbg = bytes,
					   .gdb = run_text(run, "x/64xb 0x%" PRIx64, r->base) },
		       "the header of an image");
	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = r->base, .command = show, .windbg = show,
					   .gdb = "info proc mappings" },
		       "the memory%s%s", r->path ? ", of the file " : "", r->path ? r->path : "");
}

static struct err *match(struct pattern_run *run)
{
	const struct region *v;
	size_t n, found = 0;

	if (err_ignore(target_regions(run->target, &v, &n)))
		return NULL;
	for (size_t i = 0; i < n && i < MAX_REGIONS && found < MAX_FOUND; i++) {
		enum image_kind kind;

		TRY(run_check(run));
		/* the first region of an allocation, which no module covers */
		if (v[i].module || (v[i].has_state && v[i].allocation_base != v[i].base) || !v[i].in_dump ||
		    target_module_at(run->target, v[i].base) || !holds_code(v, n, i))
			continue;
		kind = image_at(run, v[i].base);
		if (kind == IMAGE_NONE)
			continue;
		found++;
		tell(run, &v[i], kind);
	}
	return NULL;
}

const struct pattern pattern_hidden_module = {
	.id = "module.hidden",
	.title = "Hidden module",
	.category = CATEGORY_MODULE,
	.definition = "An image of a program or library is in executable memory, and neither the dump nor the loader knows it as a module.",
	.context = "Code that was injected or that a program loads by itself, packers, modules that took themselves off the loader's lists; "
		   "also module lists that are damaged.",
	.criterion = "A region that begins with the header of a PE or ELF image, belongs to no module and has executable memory.",
	.false_positives = "Virtual machines and emulators that load images themselves; a vDSO where the dump does not name it.",
	.recommendation = "Write the memory to a file (.writemem) and look what it is. Threads whose stacks lead there tell who uses it.",
	.match = match,
};
