/* SPDX-License-Identifier: MIT */
/* !vma, vm: what is mapped into a process of a kernel. */
#include "command/kernel_tasks.h"
#include "os/linux/kernel/vma.h"

#include "base/cancel.h"

#include <string.h>

static const struct field vma_fields[] = {
	{ "vma_addr", FIELD_ADDR, "vm_area_struct" },
	{ "start", FIELD_ADDR, "first address" },
	{ "end", FIELD_ADDR, "behind the last" },
	{ "size", FIELD_SIZE, "bytes" },
	{ "protection", FIELD_STR, "r w x, and p private or s shared, as in /proc/PID/maps" },
	{ "flags", FIELD_HEX, "VM_ flags" },
	{ "file_addr", FIELD_ADDR, "struct file" },
	{ "file_offset", FIELD_SIZE, "of the first byte, in the file" },
	{ "present", FIELD_SIZE, "bytes that are in memory and in the dump, with -p" },
	{ "name", FIELD_STR, "file, [heap], [stack], [vdso] ..." },
	{ NULL },
};
static const struct record vma_record = {
	.kind = "vma",
	.help = "a mapping of a process",
	.fields = vma_fields,
	.text = "{vma_addr} {start:w}-{end:w} {protection} {flags:8}[ {present:10S}][ {file_offset:8x}][ {name}]\n",
};
static const struct record *const vma_records[] = { &vma_record, NULL };

/* Bytes of it that its page tables lead to and that the dump has. */
static uint64_t present_in(const struct paging *paging, struct space *physical, const struct kernel_vma *v)
{
	enum { PAGE = 4096 };
	uint64_t at = v->start, start, last, sum = 0;

	while (at < v->end && paging_next_mapped(paging, at, v->end - 1, &start, &last)) {
		for (uint64_t p = start; p <= last && p >= start; p += PAGE) {
			struct paging_walk w;

			if (paging_walk(paging, p, &w) && space_has(physical, w.physical))
				sum += PAGE;
		}
		if (last + 1 <= at)
			break;
		at = last + 1;
	}
	return sum;
}

static struct err *emit(struct out *o, const struct kernel_vma *v, const struct paging *paging, struct space *physical)
{
	const char protection[5] = { v->flags & VMA_READ ? 'r' : '-', v->flags & VMA_WRITE ? 'w' : '-',
				     v->flags & VMA_EXEC ? 'x' : '-', v->flags & VMA_SHARED ? 's' : 'p', '\0' };

	out_begin(o, &vma_record);
	out_addr(o, "vma_addr", v->address);
	out_addr(o, "start", v->start);
	out_addr(o, "end", v->end);
	out_uint(o, "size", v->end - v->start);
	out_str(o, "protection", protection);
	out_uint(o, "flags", v->flags);
	if (v->file) {
		out_addr(o, "file_addr", v->file);
		out_uint(o, "file_offset", v->offset);
	}
	if (paging)
		out_uint(o, "present", present_in(paging, physical, v));
	out_name(o, "name", v->name);
	return out_end(o);
}

/* The page tables of a process; false: they are not to be had. */
static bool tables_of(struct target *t, const struct kernel_task *task, struct paging *ret)
{
	struct kernel_memory_use u;

	return !err_ignore(kernel_memory_of(t, task, &u)) && kernel_process_paging(target_kernel(t), u.pgd, ret);
}

static struct err *show(struct session *s, const struct args *args, const struct kernel_task *task, bool present,
			struct out *o)
{
	struct target *t = session_target(s);
	struct err *torn = NULL;
	struct kernel_vma *v;
	struct paging paging;
	size_t n;

	if (!task->mm)
		return err_new(ERR_NOTFOUND, "task %u has no memory of its own", task->pid);
	TRY(kernel_vmas(t, task->mm, args->arena, &v, &n, &torn));
	present = present && tables_of(t, task, &paging);
	for (size_t i = 0; i < n; i++) {
		struct err *e = cancel_check();

		if (!e)
			e = emit(o, &v[i], present ? &paging : NULL, kernel_physical_space(target_kernel(t)));
		if (e) {
			err_free(torn);
			return e;
		}
	}
	session_report(s, torn);
	return NULL;
}

static struct err *run(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	struct kernel_task task;
	unsigned bits;

	TRY(options_parse(&p, "p", &bits));
	if (*p)
		TRY(task_parse(s, &p, strcmp(args->name, "vm") == 0, &task));
	else
		TRY(task_current(s, &task));
	TRY(end_parse(args, p));
	return show(s, args, &task, bits & 1, o);
}

static struct err *run_vma(struct session *s, const struct args *args, struct out *o)
{
	return run_on_kernel(s, args, o, run);
}

static const char *const vma_aliases[] = { "vm", NULL };
const struct command command_kernel_vma = {
	.name = "!vma",
	.aliases = vma_aliases,
	.summary = "show what is mapped into a process of a kernel",
	.usage = "[-p] [process]",
	.help = "The mappings of a process of the Linux kernel in the dump of a machine, as /proc/PID/maps\n"
		"has them, with the addresses of vm_area_struct and struct file. `process` is the address of\n"
		"a task_struct or a PID (for !vma in hex as all numbers are, for vm decimal); nothing means\n"
		"the current one. -p: how much of each is in memory and in the dump.\n"
		"After `.process` !address shows the same memory as regions.",
	.records = vma_records,
	.needs = NEEDS_TARGET,
	.run = run_vma,
};
