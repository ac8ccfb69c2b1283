/* SPDX-License-Identifier: MIT */
/*
 * Kernel memory dumps in ELF: /proc/vmcore, makedumpfile -E, QEMU's
 * dump-guest-memory, Xen. Their PRSTATUS are CPUs'; the kernel's note
 * VMCOREINFO is text "KEY=value\n". They are told by notes that no process
 * core has.
 *
 * Only what the container says is read here: release, crash time, CPUs.
 * Source: Documentation/admin-guide/kdump/vmcoreinfo.rst of Linux.
 */
#include "format/elfcore_impl.h"
#include "format/vmcoreinfo.h"

#include <inttypes.h>

enum { MAX_INFO = 1 << 20, NT_PRSTATUS = 1 };

bool elfcore_is_kernel(const struct elfcore *c)
{
	return c->owners[OWNER_VMCOREINFO] || c->owners[OWNER_QEMU] || c->owners[OWNER_XEN];
}

/* Nothing is called when there is no such note. */
static struct err *each_line(struct elfcore *c, vmcoreinfo_fn *fn, void *arg)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	const struct elf_note *note = elfcore_find(c, OWNER_VMCOREINFO, 0);
	struct cursor cur;
	uint64_t size;
	const void *text;

	if (!note)
		return NULL;
	size = note->size < MAX_INFO ? note->size : MAX_INFO;
	TRY(elfcore_note_cursor(c, note, &view, &cur));
	text = cursor_bytes(&cur, size);
	if (!text)
		return NULL;
	return fn ? vmcoreinfo_each(&c->d, text, (size_t)size, fn, arg) : vmcoreinfo_facts(&c->d, text, (size_t)size);
}

struct err *elfcore_kernel_facts(struct elfcore *c)
{
	struct dump_facts *f = &c->d.facts;

	for (size_t i = 0; i < c->notes.n; i++)
		f->cpu_count += c->notes.v[i].owner == OWNER_CORE &&
				c->notes.v[i].type == NT_PRSTATUS;
	if (f->cpu_count)
		f->has |= FACT_CPUS;
	if (c->owners[OWNER_QEMU])
		f->writer = "QEMU";
	return each_line(c, NULL, NULL);
}

struct annotating {
	struct elfcore *c;
	struct elf_annotations *to;
};

static struct err *annotate_line(void *arg, const char *key, const char *value)
{
	const struct annotating *a = arg;

	return elfcore_annotate(a->c, a->to, "vmcoreinfo", key, "%s", value);
}

struct err *elfcore_kernel_annotations(struct elfcore *c, struct elf_annotations *a)
{
	TRY(elfcore_annotate(c, a, "comment", "vmcore",
			     "a dump of a kernel's memory, not of a process: threads are its CPUs "
			     "(tid: the task each ran), segments are kernel addresses"));
	return each_line(c, annotate_line, &(struct annotating){ c, a });
}
