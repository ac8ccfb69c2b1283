/* SPDX-License-Identifier: MIT */
/* The member "kernel" of the record: docs/formats/osmosis-note.md. */
#include "capture/kernel_impl.h"

static void write_class(const struct kernel_figures *f, unsigned class, struct json_write *j)
{
	json_open(j, NULL, '{');
	json_str(j, "class", kernel_class_name(class));
	json_bool(j, "wanted", f->wanted);
	json_bool(j, "whole", f->whole);
	json_uint(j, "pages", f->pages);
	json_uint(j, "captured", f->captured);
	json_uint(j, "live", f->live);
	json_uint(j, "changed_bytes", f->changed);
	json_uint(j, "fresh", f->fresh);
	json_close(j, '}');
}

static void write_classes(const struct kernel_snapshot *s, struct json_write *j)
{
	json_open(j, "classes", '[');
	for (unsigned i = 0; i < s->classes.n; i++)
		if (s->classes.v[i].pages || s->classes.v[i].wanted)
			write_class(&s->classes.v[i], i, j);
	json_close(j, ']');
}

static void write_displaced(const struct kernel_cpu *c, struct json_write *j)
{
	if (!c->displaced)
		return;
	json_open(j, "displaced", '{');
	json_int(j, "pid", c->displaced_pid);
	json_str(j, "name", c->displaced_name);
	json_hex(j, "task", c->displaced_task);
	json_hex(j, "sp", c->displaced_sp);
	json_uint(j, "before_ns", c->displaced_ns);
	if (c->user) {
		json_open(j, "user_registers", '[');
		for (unsigned i = 0; i < KERNEL_REGS; i++)
			json_hex(j, NULL, c->user_regs[i]);
		json_close(j, ']');
	}
	json_close(j, '}');
}

static void write_cpus(const struct kernel_snapshot *s, struct json_write *j)
{
	json_open(j, "cpus", '[');
	for (size_t i = 0; i < s->cpus.n; i++) {
		json_open(j, NULL, '{');
		json_uint(j, "cpu", s->cpus.v[i].cpu);
		json_int(j, "pid", s->cpus.v[i].pid);
		json_hex(j, "task", s->cpus.v[i].task);
		write_displaced(&s->cpus.v[i], j);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void write_processes(const struct kernel_snapshot *s, struct json_write *j)
{
	json_open(j, "processes", '[');
	for (size_t i = 0; i < s->processes.n; i++) {
		const struct kernel_process *p = &s->processes.v[i];

		json_open(j, NULL, '{');
		json_int(j, "pid", p->pid);
		json_str(j, "name", p->name);
		json_uint(j, "resident", p->resident);
		json_uint(j, "swapped", p->swapped);
		json_uint(j, "captured", p->captured);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void kernel_write_record(const void *snapshot, struct json_write *j)
{
	const struct kernel_snapshot *s = snapshot;

	json_open(j, "kernel", '{');
	json_str(j, "partial", s->partial);
	json_hex(j, "direct_map", s->page_offset);
	if (s->paused) {
		json_uint(j, "predicted_ns", s->predicted_ns);
		json_uint(j, "first_pass_ns", s->first_pass_ns);
		json_uint(j, "call_ns", s->call_ns);
		json_uint(j, "cycles", s->cycles);
		json_uint(j, "compared", s->compared);
		json_uint(j, "changed_pages", s->changed_pages);
		json_uint(j, "changed_bytes", s->changed_bytes);
		json_uint(j, "fresh_pages", s->fresh_pages);
		json_uint(j, "dropped_pages", s->dropped_pages);
		json_uint(j, "reserved", s->reserved);
		json_uint(j, "reserve_used", s->reserve_used);
		write_classes(s, j);
		write_cpus(s, j);
		write_processes(s, j);
	}
	json_close(j, '}');
}
