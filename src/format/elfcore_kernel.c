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

#include <inttypes.h>

enum { MAX_INFO = 1 << 20, MAX_LINES = 16384, NT_PRSTATUS = 1 };

bool elfcore_is_kernel(const struct elfcore *c)
{
	return c->owners[OWNER_VMCOREINFO] || c->owners[OWNER_QEMU] || c->owners[OWNER_XEN];
}

typedef struct err *line_fn(struct elfcore *c, const char *key, const char *value, void *arg);

/* Calls fn with strings of the dump's arena for each "key=value" line. */
static struct err *each_line(struct elfcore *c, line_fn *fn, void *arg)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	const struct elf_note *note = elfcore_find(c, OWNER_VMCOREINFO, 0);
	struct cursor cur;
	const char *p, *end;

	if (!note)
		return NULL;
	TRY(elfcore_note_cursor(c, note, &view, &cur));
	p = (const char *)cursor_bytes(&cur, note->size < MAX_INFO ? note->size : MAX_INFO);
	end = p ? p + strnlen(p, note->size < MAX_INFO ? note->size : MAX_INFO) : NULL;
	for (unsigned i = 0; p && p < end && i < MAX_LINES; i++) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		const char *stop = eol ? eol : end;
		const char *eq = memchr(p, '=', (size_t)(stop - p));

		if (eq) {
			const char *key = elfcore_text_bytes(c, p, (size_t)(eq - p));
			const char *value = elfcore_text_bytes(c, eq + 1, (size_t)(stop - eq - 1));

			if (!key || !value)
				return err_nomem();
			TRY(fn(c, key, value, arg));
		}
		p = stop + 1;
	}
	return NULL;
}

static struct err *fact_line(struct elfcore *c, const char *key, const char *value, void *arg)
{
	struct dump_facts *f = &c->d.facts;

	(void)arg;
	if (!strcmp(key, "OSRELEASE")) {
		f->os = OS_LINUX;
		f->os_text = value;
	} else if (!strcmp(key, "CRASHTIME")) {
		f->dump_time = strtoull(value, NULL, 10);
		f->has |= f->dump_time ? FACT_DUMP_TIME : 0;
	}
	return NULL;
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
	return each_line(c, fact_line, NULL);
}

static struct err *annotate_line(struct elfcore *c, const char *key, const char *value, void *arg)
{
	return elfcore_annotate(c, arg, "vmcoreinfo", key, "%s", value);
}

struct err *elfcore_kernel_annotations(struct elfcore *c, struct elf_annotations *a)
{
	TRY(elfcore_annotate(c, a, "comment", "vmcore",
			     "a dump of a kernel's memory, not of a process: threads are its CPUs "
			     "(tid: the task each ran), segments are kernel addresses"));
	return each_line(c, annotate_line, a);
}
