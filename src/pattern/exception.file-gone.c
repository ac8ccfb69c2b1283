/* SPDX-License-Identifier: MIT */
/* Mapped file: a page whose contents could not be had from its file. */
#include "os/windows/status.h"
#include "pattern/access.h"
#include "target/regions.h"

#include <inttypes.h>

enum { SIGBUS_ = 7, BUS_ADRERR_ = 2, STATUS_PARAMETER = 2 };

static const char *path_at(struct pattern_run *run, uint64_t address)
{
	struct region r;

	if (err_ignore(target_region_at(run->target, address, &r)))
		return "";
	return r.path ? r.path : r.module ? r.module->path : "";
}

static struct finding *add(struct pattern_run *run, const struct fault *f, uint64_t address, const char *path, const char *why)
{
	const char *show = run_text(run, "!address 0x%" PRIx64, address);
	struct finding *found;

	found = finding_add(run, SEVERITY_PROBLEM, *path ? 95 : 88, "%s: %s touched a page of %s at 0x%" PRIx64 "%s.",
			    f->name, fault_place_in_code(run, f), *path ? path : "a mapped file", address, why);
	evidence_other(run, found,
		       &(struct evidence){ .has_address = true, .address = address, .command = ".exr -1", .windbg = ".exr -1",
					   .gdb = "p $_siginfo" },
		       "the address that was touched");
	if (*path)
		evidence_other(run, found, &(struct evidence){ .command = show, .windbg = show, .gdb = "info proc mappings" },
			       "what is mapped there: %s", path);
	else
		finding_unread(run, found, "which file is mapped there: the dump does not tell");
	instruction_evidence(run, found, f);
	fault_evidence(run, found, f);
	return found;
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	const struct dump_exception *e = f->record;
	const char *path, *name;
	int32_t code;

	if (fault_is_signal(run->target, f, SIGBUS_) && linux_signal_code(target_facts(run->target), e, &code) &&
	    code == BUS_ADRERR_ && e->n_parameters > 1) {
		path = path_at(run, e->parameters[1]);
		(void)add(run, f, e->parameters[1], path, ", behind the end that the file has now");
	} else if (fault_is_exception(run->target, f, 0xc0000006) && f->has_address) {
		path = path_at(run, f->address);
		name = e->n_parameters > STATUS_PARAMETER ? status_name((uint32_t)e->parameters[STATUS_PARAMETER]) : NULL;
		(void)add(run, f, f->address, path,
			  name ? run_text(run, ", which could not be read: %s", name) : ", which could not be read");
	}
	return NULL;
}

static const char *const explains[] = { "exception.wild-pointer", NULL };

const struct pattern pattern_file_gone = {
	.id = "exception.file-gone",
	.title = "Page of a mapped file cannot be had",
	.category = CATEGORY_EXCEPTION,
	.definition = "The program touched a page of a mapped file, and the system could not get its contents.",
	.context = "A file that was cut or replaced while it was mapped, a full disk behind a sparse file, a share or removable disk "
		   "that went away, a bad block.",
	.criterion = "SIGBUS with BUS_ADRERR, or STATUS_IN_PAGE_ERROR, whose third parameter is the error of the read.",
	.false_positives = "Shared memory and huge pages that the system has no memory for give SIGBUS in the same way.",
	.recommendation = "Find who cuts or rewrites the file: it has to be replaced by a rename, not written over. For shares and "
			  "removable disks copy the file first. Where the memory is shared memory, look at the size of its file "
			  "system.",
	.bucket = "IN_PAGE_ERROR",
	.needs = NEEDS_FAULT,
	.explains = explains,
	.match = match,
};
