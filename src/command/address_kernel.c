/* SPDX-License-Identifier: MIT */
#include "command/address_kernel.h"

#include "base/cancel.h"
#include "os/linux/kernel/layout.h"
#include "os/linux/kernel/slab_of.h"
#include "os/linux/kernel/task.h"

#include <inttypes.h>

static const struct field region_fields[] = {
	{ "address", FIELD_ADDR, "the address asked for" },
	{ "area", FIELD_STR, "part of the kernel's address space" },
	{ "base", FIELD_ADDR, "first address of the pages that are mapped alike" },
	{ "end", FIELD_ADDR, "first address behind them" },
	{ "size", FIELD_SIZE, "bytes" },
	{ "protect", FIELD_STR, "r, w, x, u: read, written, run, by user mode" },
	{ "physical", FIELD_ADDR, "physical address" },
	{ "symbol", FIELD_SYM, "the symbol that it belongs to" },
	{ "cache", FIELD_STR, "cache of the slab allocator" },
	{ "object", FIELD_ADDR, "object of that cache" },
	{ "object_size", FIELD_UINT, "bytes of it" },
	{ "thread", FIELD_UINT, "debugger number of the task whose stack it is in" },
	{ "pid", FIELD_UINT, "its pid" },
	{ "name", FIELD_STR, "its name" },
	{ NULL },
};

const struct record kernel_region_record = {
	.kind = "kernel_region",
	.help = "pages of a kernel's address space that are mapped alike",
	.fields = region_fields,
	.text = "{base} {end} {size:17x}  {protect:-4}  {area}\n",
};

static const char one_layout[] =
	"\nArea:                   {area}\n"
	"[Base Address:           {base}\n]"
	"[End Address:            {end}\n]"
	"[Region Size:            {size:p}\n]"
	"[Protect:                {protect}\n]"
	"[Physical Address:       {physical}\n]"
	"[Symbol:                 {symbol}\n]"
	"[Slab Cache:             {cache}[, object {object} of {object_size} bytes]\n]"
	"[Kernel stack of:        thread {thread} (pid {pid}, {name})\n]";

static const struct field area_fields[] = {
	{ "area", FIELD_STR, "part of the kernel's address space" },
	{ "base", FIELD_ADDR, "first address" },
	{ "last", FIELD_ADDR, "last address" },
	{ "mapped", FIELD_SIZE, "bytes that are mapped" },
	{ NULL },
};

const struct record kernel_area_record = {
	.kind = "kernel_area",
	.help = "a part of a kernel's address space",
	.fields = area_fields,
	.text = "{base} {last} {mapped:17x}  {area}\n",
};

static void out_run(struct out *o, const struct kernel_run *r)
{
	out_addr(o, "base", r->start);
	out_addr(o, "end", r->last + 1);
	out_uint(o, "size", r->last - r->start + 1);
	out_strf(o, "protect", "r%s%s%s", r->writable ? "w" : "-", r->executable ? "x" : "-", r->user ? "u" : "");
}

/* The pages around the address in its area; false: it is not mapped. */
static bool run_around(struct kernel *k, const struct kernel_area *area, uint64_t address, struct kernel_run *ret)
{
	uint64_t at = area->start;

	if (!kernel_next_run(k, address, area->last, ret) || ret->start != address)
		return false;
	/* What lies before: from the area's start where that is near, else from the page. */
	if (area->kind == AREA_DIRECT_MAP || area->kind == AREA_IMAGE)
		while (kernel_next_run(k, at, area->last, ret) && ret->last < address)
			at = ret->last + 1;
	else
		ret->start = address & ~(uint64_t)0xfff;
	return true;
}

static void out_stack_owner(struct session *s, struct out *o, uint64_t address)
{
	struct target *t = session_target(s);
	uint64_t size = kernel_stack_size(t);
	struct thread *threads;
	size_t n = size ? target_threads(t, &threads) : 0;

	for (size_t i = 0; i < n; i++) {
		struct kernel_task task;

		if (err_ignore(kernel_task_read(t, threads[i].task, &task)) || !task.stack || address - task.stack >= size)
			continue;
		out_uint(o, "thread", threads[i].index);
		out_uint(o, "pid", threads[i].tid);
		out_str(o, "name", threads[i].name);
		return;
	}
}

static void out_contents(struct session *s, struct out *o, struct arena *a, const struct kernel_area *area, uint64_t address)
{
	struct target *t = session_target(s);
	struct slab_object object = { 0 };
	struct symbol_hit hit;

	target_symbol_at(t, address, &hit);
	if (hit.module)
		out_sym(o, "symbol", hit.module->name, hit.symbol.name, hit.displacement, address);
	if (area->kind == AREA_DIRECT_MAP && slab_object_at(t, a, address, &object)) {
		out_str(o, "cache", object.name);
		if (object.object) {
			out_addr(o, "object", object.object);
			out_uint(o, "object_size", object.size);
		}
	}
	if (area->kind == AREA_DIRECT_MAP || area->kind == AREA_VMALLOC || area->kind == AREA_IMAGE)
		out_stack_owner(s, o, address);
}

struct err *address_kernel(struct session *s, struct kernel *k, struct arena *a, uint64_t address, struct out *o)
{
	struct kernel_area area = kernel_area_at(k, address);
	struct kernel_run run;
	uint64_t physical;

	out_begin_as(o, &kernel_region_record, one_layout);
	out_addr(o, "address", address);
	out_str(o, "area", area.name);
	if (kernel_translate(k, address, &physical) && run_around(k, &area, address, &run)) {
		out_run(o, &run);
		out_addr(o, "physical", physical);
		out_contents(s, o, a, &area, address);
	} else {
		out_str(o, "protect", "not mapped");
	}
	return out_end(o);
}

static struct err *one_area(struct kernel *k, const struct kernel_area *area, bool all, struct out *o)
{
	uint64_t at = area->start, mapped = 0;
	struct kernel_run run;

	while (kernel_next_run(k, at, area->last, &run)) {
		TRY(cancel_check());
		mapped += run.last - run.start + 1;
		if (all) {
			out_begin(o, &kernel_region_record);
			out_str(o, "area", area->name);
			out_run(o, &run);
			TRY(out_end(o));
		}
		if (run.last >= area->last)
			break;
		at = run.last + 1;
	}
	if (all)
		return NULL;
	out_begin(o, &kernel_area_record);
	out_str(o, "area", area->name);
	out_addr(o, "base", area->start);
	out_addr(o, "last", area->last);
	out_uint(o, "mapped", mapped);
	return out_end(o);
}

struct err *address_kernel_areas(struct kernel *k, bool all, struct out *o)
{
	struct kernel_area v[MAX_KERNEL_AREAS];
	size_t n = kernel_areas(k, v);

	for (size_t i = 0; i < n; i++)
		TRY(one_area(k, &v[i], all, o));
	return NULL;
}
