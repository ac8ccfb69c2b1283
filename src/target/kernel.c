/* SPDX-License-Identifier: MIT */
/*
 * Finding the kernel: VMCOREINFO names the highest page table by its address in
 * the kernel's image, and how far the image was moved; both are believed when the
 * tables lead to the release that VMCOREINFO names.
 */
#include "target/kernel_impl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL_MAP 0xffffffff80000000 /* __START_KERNEL_map: images are linked above it */

enum {
	MAX_INFOS = 16,			/* texts that look like VMCOREINFO: older kernels leave theirs */
	IMAGE_ALIGN = 2 << 20,		/* CONFIG_PHYSICAL_ALIGN, at least */
	UTS_FIELD = 65,			/* __NEW_UTS_LEN + 1 */
};

struct kernel *target_kernel(const struct target *t)
{
	return t->kernel;
}

const char *kernel_release(const struct kernel *k)
{
	return k->release;
}

const char *kernel_info(const struct kernel *k, const char *key)
{
	return strmap_get(&k->info, key);
}

bool kernel_info_number(const struct kernel *k, const char *key, int base, uint64_t *ret)
{
	const char *text = kernel_info(k, key);
	char *end;

	if (!text || !*text)
		return false;
	*ret = *text == '-' ? (uint64_t)strtoll(text, &end, base) : strtoull(text, &end, base);
	return !*end;
}

/* ---- memory -------------------------------------------------------------------------------- */

const struct arch_memory *kernel_physical(const struct kernel *k)
{
	return &k->physical_memory;
}

struct space *kernel_physical_space(const struct kernel *k)
{
	return k->physical;
}

struct paging kernel_paging(const struct kernel *k)
{
	return k->paging;
}

bool kernel_translate(struct kernel *k, uint64_t address, uint64_t *ret)
{
	return paged_memory_translate(k->memory, address, ret);
}

bool kernel_process_paging(struct kernel *k, uint64_t pgd, struct paging *ret)
{
	uint64_t root;

	if (!kernel_translate(k, pgd, &root))
		return false;
	*ret = k->paging;
	ret->root = root;
	return true;
}

bool kernel_is_executable(struct kernel *k, uint64_t address)
{
	struct paging_walk w;

	if (!paging_walk(&k->paging, address, &w))
		return false;
	for (unsigned i = 0; i < w.n; i++)
		if (w.steps[i].entry & PAGE_NO_EXECUTE)
			return false;
	return true;
}

/* The bases vary from boot to boot; kernels without that have no variable for them. */
static uint64_t base_of(struct kernel *k, const char *variable, uint64_t four_levels, uint64_t five_levels)
{
	uint64_t value;

	if (!err_ignore(kernel_variable(k, variable, 8, &value)))
		return value;
	return k->paging.levels == 5 ? five_levels : four_levels;
}

uint64_t kernel_direct_map(struct kernel *k)
{
	if (!k->direct_done)
		k->direct_map = base_of(k, "page_offset_base", 0xffff888000000000, 0xff11000000000000);
	k->direct_done = true;
	return k->direct_map;
}

uint64_t kernel_page_array(struct kernel *k)
{
	if (!k->array_done)
		k->page_array = base_of(k, "vmemmap_base", 0xffffea0000000000, 0xffd4000000000000);
	k->array_done = true;
	return k->page_array;
}

static bool page_size_of(struct kernel *k, uint64_t *ret)
{
	return kernel_info_number(k, "SIZE(page)", 10, ret) && *ret;
}

bool kernel_page_frame(struct kernel *k, uint64_t page, uint64_t *ret)
{
	uint64_t base = kernel_page_array(k), size;

	if (!page_size_of(k, &size) || page < base)
		return false;
	*ret = (page - base) / size << 12;
	return true;
}

bool kernel_frame_page(struct kernel *k, uint64_t physical, uint64_t *ret)
{
	uint64_t size;

	if (!page_size_of(k, &size))
		return false;
	*ret = kernel_page_array(k) + (physical >> 12) * size;
	return true;
}

static size_t read_physical(void *arg, uint64_t address, void *buf, size_t len)
{
	return space_read_some(arg, address, buf, len);
}

static struct err *add_physical(struct kernel *k)
{
	const struct dump_segment *v;
	struct space_range *ranges;
	struct err *e;
	size_t n;

	TRY(dump_physical(k->t->dump, &v, &n));
	TRY(space_create(&k->physical));
	k->physical_memory = (struct arch_memory){ .read = read_physical, .arg = k->physical };
	if (!n)
		return err_new(ERR_NOTFOUND, "%s: no physical memory in the file", dump_path(k->t->dump));
	ranges = calloc(n, sizeof(*ranges));
	if (!ranges)
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		ranges[i] = (struct space_range){ .address = v[i].address, .size = v[i].file_size, .src = dump_memory(k->t->dump),
						  .offset = v[i].offset, .tag = (uint32_t)i };
	e = space_add(k->physical, ranges, n);
	free(ranges);
	return e;
}

static bool next_mapped(void *arg, uint64_t from, uint64_t last, uint64_t *ret_start, uint64_t *ret_last)
{
	const struct kernel *k = arg;

	return paging_next_mapped(&k->paging, from, last, ret_start, ret_last);
}

/* ELF vmcores say where the image and the direct map lie: for dumps that lack tables of pages. */
static struct err *add_segments(struct kernel *k)
{
	const struct dump_segment *v;
	struct space_range *ranges;
	struct err *e;
	size_t n, used = 0;

	TRY(dump_segments(k->t->dump, &v, &n));
	ranges = calloc(n + 1, sizeof(*ranges));
	if (!ranges)
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		if (v[i].address >> 63 && v[i].file_size)
			ranges[used++] = (struct space_range){ .address = v[i].address, .size = v[i].file_size,
							       .src = dump_source(k->t->dump), .offset = v[i].offset };
	e = used ? space_create(&k->segments) : NULL;
	if (!e && used)
		e = space_add(k->segments, ranges, used);
	free(ranges);
	return e;
}

static size_t read_virtual(void *arg, uint64_t address, void *buf, size_t len)
{
	struct kernel *k = arg;
	size_t done = 0;

	while (done < len) {
		size_t n = paged_memory_read(k->memory, address + done, (uint8_t *)buf + done, len - done);

		if (done + n < len && k->segments)
			n += space_read_some(k->segments, address + done + n, (uint8_t *)buf + done + n, len - done - n);
		if (!n)
			break;
		done += n;
	}
	return done;
}

/* ---- finding it ---------------------------------------------------------------------------------- */

static struct err *needed_number(struct kernel *k, const char *key, int base, uint64_t *ret)
{
	if (kernel_info_number(k, key, base, ret))
		return NULL;
	return err_new(ERR_NOTFOUND, "%s: VMCOREINFO says nothing of %s", dump_path(k->t->dump), key);
}

static struct err *find_paging(struct kernel *k)
{
	uint64_t table, moved, five = 0, mask = 0;

	if (!kernel_info_number(k, "SYMBOL(init_top_pgt)", 16, &table))
		TRY(needed_number(k, "SYMBOL(swapper_pg_dir)", 16, &table));
	TRY(needed_number(k, "NUMBER(phys_base)", 10, &moved));
	TRY(needed_number(k, "SYMBOL(_stext)", 16, &k->base));
	k->base &= ~(uint64_t)(IMAGE_ALIGN - 1);
	k->end = 0xffffffffffe00000;
	if (k->base < KERNEL_MAP || k->base >= k->end || table < KERNEL_MAP)
		return err_new(ERR_UNSUPPORTED, "%s: a kernel at 0x%" PRIx64 ": only those of x86-64 are understood",
			       dump_path(k->t->dump), k->base);
	(void)kernel_info_number(k, "NUMBER(pgtable_l5_enabled)", 10, &five);
	(void)kernel_info_number(k, "NUMBER(sme_mask)", 10, &mask);
	k->paging = (struct paging){ .physical = &k->physical_memory, .root = table - KERNEL_MAP + moved,
				     .levels = five ? 5 : 4, .encrypted = mask };
	return paged_memory_create(&k->paging, &k->memory);
}

/* struct uts_namespace's name: sysname, nodename, release, each of 65 bytes. */
static struct err *check_release(struct kernel *k)
{
	struct arch_memory m = { .read = read_virtual, .arg = k };
	uint64_t names, offset = 0;
	char release[UTS_FIELD] = "";

	k->release = kernel_info(k, "OSRELEASE");
	TRY(needed_number(k, "SYMBOL(init_uts_ns)", 16, &names));
	(void)kernel_info_number(k, "OFFSET(uts_namespace.name)", 10, &offset);
	if (!arch_read(&m, names + offset + 2 * UTS_FIELD, release, sizeof(release)))
		return err_new(ERR_NOTFOUND, "%s: the page tables at 0x%" PRIx64 " do not lead to the kernel's data",
			       dump_path(k->t->dump), k->paging.root);
	release[UTS_FIELD - 1] = '\0';
	if (!k->release || strcmp(release, k->release) != 0)
		return err_new(ERR_NOTFOUND, "%s: the kernel in memory is not the one that VMCOREINFO names (%s)",
			       dump_path(k->t->dump), k->release ? k->release : "none");
	return NULL;
}

static struct err *believe_info(struct kernel *k)
{
	paged_memory_destroy(k->memory);
	k->memory = NULL;
	TRY(find_paging(k));
	TRY(check_release(k));
	k->translation = (struct space_translation){ read_virtual, next_mapped, k };
	return NULL;
}

/* The first text that proves right; if none does, what is wrong with the first. */
static struct err *find(struct kernel *k)
{
	struct err *e, *first = NULL;
	bool there = true;

	TRY(add_physical(k));
	TRY(add_segments(k));
	for (unsigned nth = 0; nth < MAX_INFOS; nth++) {
		e = kernel_find_info(k, nth, &there);
		if (!e && !there)
			break;
		if (!e)
			e = believe_info(k);
		if (!e || (err_code(e) != ERR_NOTFOUND && err_code(e) != ERR_UNSUPPORTED)) {
			err_free(first);
			return e;
		}
		if (first)
			err_free(e);
		else
			first = e;
	}
	if (first)
		return first;
	return err_new(ERR_NOTFOUND, "%s: no VMCOREINFO, neither as a note nor in memory: no Linux kernel, or pages are missing",
		       dump_path(k->t->dump));
}

struct err *kernel_create(struct target *t, struct kernel **ret)
{
	struct kernel *k = calloc(1, sizeof(*k));
	struct err *e;

	if (!k)
		return err_nomem();
	k->t = t;
	arena_init(&k->arena);
	e = find(k);
	if (e) {
		kernel_destroy(k);
		return e;
	}
	*ret = k;
	return NULL;
}

void kernel_destroy(struct kernel *k)
{
	if (!k)
		return;
	provider_unref(k->names);
	provider_unref(k->types);
	for (size_t i = 0; i < k->views.n; i++)
		view_deinit(&k->views.v[i]);
	vec_deinit(&k->views);
	vec_deinit(&k->parts);
	strmap_deinit(&k->info);
	paged_memory_destroy(k->memory);
	space_destroy(k->physical);
	space_destroy(k->segments);
	arena_deinit(&k->arena);
	free(k);
}
