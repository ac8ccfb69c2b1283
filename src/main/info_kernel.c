/* SPDX-License-Identifier: MIT */
/* info on the snapshot of a kernel: its pause, how whole each class of pages is, what the CPUs were doing. */
#include "main/info.h"

static const struct field kernel_fields[] = {
	{ "partial", FIELD_STR, "why not all that was wanted is there" },
	{ "predicted_ms", FIELD_FLOAT, "what the pause was expected to be" },
	{ "first_pass_ms", FIELD_FLOAT, "copying while the system ran" },
	{ "compared", FIELD_UINT, "pages compared in the pause" },
	{ "changed_pages", FIELD_UINT, "of them that had changed" },
	{ "changed_bytes", FIELD_SIZE, "copied in the pause" },
	{ "fresh_pages", FIELD_UINT, "pages that were given out between the passes" },
	{ "reserved", FIELD_UINT, "pages that were set aside" },
	{ NULL },
};
const struct record info_kernel_record = {
	.kind = "snapshot_kernel",
	.help = "How a kernel was captured",
	.fields = kernel_fields,
	.text = "\nKernel capture:  [partial: {partial}; ]predicted {predicted_ms} ms, first pass {first_pass_ms} ms\n"
		"Second pass:     {compared} pages compared, {changed_pages} changed ({changed_bytes:S} copied), {fresh_pages} new; "
		"{reserved} set aside\n",
};

static const struct field class_fields[] = {
	{ "class", FIELD_STR, "of pages" },
	{ "pages", FIELD_UINT, "at the instant" },
	{ "captured", FIELD_UINT, "of them" },
	{ "live", FIELD_UINT, "of these, not of the instant" },
	{ "wanted", FIELD_BOOL, "it was asked for" },
	{ "whole", FIELD_BOOL, "all of it is there, of the instant" },
	{ NULL },
};
const struct record info_kernel_class_record = {
	.kind = "snapshot_kernel_class",
	.help = "A class of pages",
	.fields = class_fields,
	.text = "  {class:-10} {pages:10} {captured:10} {live:8}  {wanted:-6}  {whole}\n",
};

static const struct field cpu_fields[] = {
	{ "cpu", FIELD_UINT, "number" },
	{ "pid", FIELD_UINT, "of the task that the capturing one took it from" },
	{ "name", FIELD_STR, "its name" },
	{ "task", FIELD_ADDR, "its task_struct" },
	{ "sp", FIELD_ADDR, "where its kernel stack begins: it is switched out" },
	{ NULL },
};
const struct record info_kernel_cpu_record = {
	.kind = "snapshot_kernel_cpu",
	.help = "What a CPU was doing",
	.fields = cpu_fields,
	.text = "  {cpu:4} [{pid:7}  {name:-16} {task}  {sp}]\n",
};

static const struct field process_fields[] = {
	{ "pid", FIELD_UINT, "process" },
	{ "name", FIELD_STR, "its name" },
	{ "resident", FIELD_UINT, "pages of its anonymous and shared memory that were in memory" },
	{ "swapped", FIELD_UINT, "that were swapped out" },
	{ "captured", FIELD_UINT, "of the resident ones" },
	{ NULL },
};
const struct record info_kernel_process_record = {
	.kind = "snapshot_kernel_process",
	.help = "A process whose memory was to be captured",
	.fields = process_fields,
	.text = "Process {pid} ({name}): {captured} of {resident} resident pages captured, {swapped} swapped out\n",
};

static struct err *emit_class(const struct snapshot_kernel_class *c, struct out *o)
{
	out_begin(o, &info_kernel_class_record);
	out_str(o, "class", c->name);
	out_uint(o, "pages", c->pages);
	out_uint(o, "captured", c->captured);
	out_uint(o, "live", c->live);
	out_bool(o, "wanted", c->wanted);
	out_bool(o, "whole", c->whole);
	return out_end(o);
}

static struct err *emit_cpu(const struct snapshot_kernel_cpu *c, struct out *o)
{
	out_begin(o, &info_kernel_cpu_record);
	out_uint(o, "cpu", c->cpu);
	if (c->has_displaced) {
		out_uint(o, "pid", (uint64_t)c->displaced_pid);
		out_str(o, "name", c->displaced_name);
		out_addr(o, "task", c->displaced_task);
		out_addr(o, "sp", c->displaced_sp);
	}
	return out_end(o);
}

static struct err *emit_lists(const struct snapshot_kernel *k, struct out *o)
{
	TRY(out_heading(o, "  %-10s %10s %10s %8s  %-6s  %s\n", "class", "pages", "captured", "live", "wanted", "whole"));
	for (size_t i = 0; i < k->n_classes; i++)
		TRY(emit_class(&k->classes[i], o));
	if (k->n_cpus)
		TRY(out_heading(o, "\nTasks that the capture took the CPUs from:\n   cpu      pid  name             task              stack\n"));
	for (size_t i = 0; i < k->n_cpus; i++)
		TRY(emit_cpu(&k->cpus[i], o));
	return NULL;
}

static struct err *emit_process(const struct snapshot_kernel_process *p, struct out *o)
{
	out_begin(o, &info_kernel_process_record);
	out_uint(o, "pid", (uint64_t)p->pid);
	out_str(o, "name", p->name);
	out_uint(o, "resident", p->resident);
	out_uint(o, "swapped", p->swapped);
	out_uint(o, "captured", p->captured);
	return out_end(o);
}

struct err *info_emit_kernel(const struct snapshot_kernel *k, struct out *o)
{
	if (!k->n_classes) /* copied from /proc/kcore */
		return NULL;
	out_begin(o, &info_kernel_record);
	out_name(o, "partial", k->partial);
	out_float(o, "predicted_ms", (double)k->predicted_ns / 1e6);
	out_float(o, "first_pass_ms", (double)k->first_pass_ns / 1e6);
	out_uint(o, "compared", k->compared);
	out_uint(o, "changed_pages", k->changed_pages);
	out_uint(o, "changed_bytes", k->changed_bytes);
	out_uint(o, "fresh_pages", k->fresh_pages);
	out_uint(o, "reserved", k->reserved);
	TRY(out_end(o));
	TRY(emit_lists(k, o));
	for (size_t i = 0; i < k->n_processes; i++)
		TRY(emit_process(&k->processes[i], o));
	return NULL;
}
