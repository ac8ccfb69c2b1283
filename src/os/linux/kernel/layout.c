/* SPDX-License-Identifier: MIT */
#include "os/linux/kernel/layout.h"

#include "base/cancel.h"

#include <stdlib.h>

enum { MAX_PAGES = 1 << 22 };

struct areas {
	struct kernel_area *v;
	size_t n;
};

static void add(struct areas *a, enum kernel_area_kind kind, const char *name, uint64_t start)
{
	if (start && a->n < MAX_KERNEL_AREAS - 1)
		a->v[a->n++] = (struct kernel_area){ .kind = kind, .name = name, .start = start };
}

/* Behind the last byte of RAM in the dump. */
static uint64_t ram_end(struct kernel *k)
{
	struct space_range r;
	uint64_t at = 0;

	while (space_find(kernel_physical_space(k), at, &r) && r.address + r.size > at)
		at = r.address + r.size;
	return at;
}

static int by_start(const void *a, const void *b)
{
	const struct kernel_area *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void add_image(struct kernel *k, struct areas *a)
{
	uint64_t text, end;

	if (err_ignore(kernel_symbol(k, "_text", &text)) || err_ignore(kernel_symbol(k, "_end", &end)))
		return;
	add(a, AREA_IMAGE, "image of the kernel", text);
	add(a, AREA_OTHER, "other", end);
}

size_t kernel_areas(struct kernel *k, struct kernel_area ret[MAX_KERNEL_AREAS])
{
	struct areas a = { .v = ret };
	struct paging p = kernel_paging(k);
	uint64_t vmalloc = 0, pages = kernel_page_array(k), page = 0;

	(void)err_ignore(kernel_variable(k, "vmalloc_base", 8, &vmalloc));
	ret[a.n++] = (struct kernel_area){ .kind = AREA_USER, .name = "user" };
	add(&a, AREA_OTHER, "other", p.levels == 5 ? 0xff00000000000000 : 0xffff800000000000);
	add(&a, AREA_DIRECT_MAP, "direct map of physical memory", kernel_direct_map(k));
	add(&a, AREA_OTHER, "other", kernel_direct_map(k) + ram_end(k));
	add(&a, AREA_VMALLOC, "vmalloc", vmalloc);
	add(&a, AREA_PAGE_ARRAY, "array of struct page", pages);
	if (kernel_frame_page(k, ram_end(k), &page))
		add(&a, AREA_OTHER, "other", page);
	add(&a, AREA_CPU_ENTRY, "entry areas of CPUs", 0xfffffe0000000000);
	add(&a, AREA_OTHER, "other", 0xfffffe8000000000);
	add_image(k, &a);
	add(&a, AREA_MODULES, "modules", 0xffffffffc0000000);
	add(&a, AREA_FIXMAP, "fixmap", 0xffffffffff000000);
	qsort(a.v, a.n, sizeof(*a.v), by_start);
	for (size_t i = 0; i < a.n; i++)
		a.v[i].last = i + 1 < a.n ? a.v[i + 1].start - 1 : UINT64_MAX;
	return a.n;
}

struct kernel_area kernel_area_at(struct kernel *k, uint64_t address)
{
	struct kernel_area v[MAX_KERNEL_AREAS];
	size_t n = kernel_areas(k, v), i = n;

	while (i > 1 && v[i - 1].start > address)
		i--;
	return v[i - 1];
}

static struct kernel_run run_of(uint64_t at, const struct paging_walk *w)
{
	struct kernel_run r = { .start = at, .last = at | (w->page_size - 1), .writable = true, .executable = true, .user = true };

	for (unsigned i = 0; i < w->n; i++) {
		r.writable = r.writable && (w->steps[i].entry & PAGE_WRITABLE);
		r.user = r.user && (w->steps[i].entry & PAGE_USER);
		r.executable = r.executable && !(w->steps[i].entry & PAGE_NO_EXECUTE);
	}
	return r;
}

static bool alike(const struct kernel_run *a, const struct kernel_run *b)
{
	return a->writable == b->writable && a->executable == b->executable && a->user == b->user;
}

bool kernel_next_run(struct kernel *k, uint64_t from, uint64_t last, struct kernel_run *ret)
{
	struct paging p = kernel_paging(k);
	struct paging_walk w;
	uint64_t start, end;

	if (!paging_next_mapped(&p, from, last, &start, &end) || !paging_walk(&p, start, &w))
		return false;
	*ret = run_of(start, &w);
	for (unsigned i = 0; ret->last < end && i < MAX_PAGES && !cancel_requested(); i++) {
		struct kernel_run next;

		if (!paging_walk(&p, ret->last + 1, &w))
			break;
		next = run_of(ret->last + 1, &w);
		if (!alike(ret, &next))
			break;
		ret->last = next.last;
	}
	if (ret->last > end)
		ret->last = end;
	return true;
}
