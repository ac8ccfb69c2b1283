/* SPDX-License-Identifier: MIT */
/* A snapshot of the kernel: which way it is taken, and what both ways share. */
#include "capture/kernel_impl.h"

#include "kmod/osmosis_uapi.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char *const names[OSMOSIS_N_CLASSES] = {
	[OSMOSIS_FREE] = "free",       [OSMOSIS_KERNEL] = "kernel",   [OSMOSIS_PERCPU] = "percpu",
	[OSMOSIS_BOOT] = "boot",       [OSMOSIS_PAGETABLE] = "pagetable", [OSMOSIS_STACK] = "stack",
	[OSMOSIS_SLAB] = "slab",       [OSMOSIS_VMALLOC] = "vmalloc", [OSMOSIS_MODULE] = "module",
	[OSMOSIS_OTHER] = "other",     [OSMOSIS_MEMMAP] = "memmap",   [OSMOSIS_PROCESS] = "process",
	[OSMOSIS_ANON] = "anon",       [OSMOSIS_SHMEM] = "shmem",     [OSMOSIS_CACHE] = "cache",
	[OSMOSIS_HUGETLB] = "hugetlb", [OSMOSIS_OWN] = "own",	      [OSMOSIS_HOLE] = "hole",
};

unsigned kernel_class_count(void)
{
	return OSMOSIS_N_CLASSES;
}

const char *kernel_class_name(unsigned class)
{
	return class < OSMOSIS_N_CLASSES ? names[class] : "";
}

static bool class_named(const char *word, size_t n, uint32_t *ret)
{
	if (n == 3 && strncmp(word, "all", n) == 0)
		*ret = OSMOSIS_ALL_CLASSES;
	else if (n == 7 && strncmp(word, "default", n) == 0)
		*ret = OSMOSIS_KERNEL_CLASSES;
	else
		*ret = 0;
	for (unsigned i = 0; i < OSMOSIS_N_CLASSES; i++)
		if (OSMOSIS_MASK(i) & OSMOSIS_ALL_CLASSES && strlen(names[i]) == n && strncmp(names[i], word, n) == 0)
			*ret = OSMOSIS_MASK(i);
	return *ret;
}

struct err *kernel_read_classes(const char *text, uint32_t *ret)
{
	uint32_t mask = 0, one;

	for (const char *p = text;; p++) {
		size_t n = strcspn(p, ",");

		if (!class_named(p, n, &one))
			return err_new(ERR_USAGE,
				       "--classes: '%.*s' is none of default, all, kernel, percpu, boot, pagetable, stack, slab, vmalloc, "
				       "module, other, memmap, process, anon, shmem, cache, hugetlb",
				       (int)n, p);
		mask |= one;
		p += n;
		if (!*p)
			break;
	}
	*ret = mask;
	return NULL;
}

struct err *kernel_add_range(struct kernel_snapshot *s, uint64_t start, uint64_t end, bool live)
{
	struct kernel_range *last = s->ranges.n ? &s->ranges.v[s->ranges.n - 1] : NULL;

	if (last && last->end == start && last->live == live) {
		last->end = end;
		return NULL;
	}
	return vec_push(&s->ranges, ((struct kernel_range){ start, end, live })) ? NULL : err_nomem();
}

const char *kernel_vmcoreinfo(const uint8_t *data, size_t size, size_t *ret_size)
{
	enum { HEADER = 12 };
	static const char owner[] = "VMCOREINFO";
	uint32_t name_size, text_size;
	size_t at;

	if (size < HEADER)
		return NULL;
	memcpy(&name_size, data, sizeof(name_size));
	memcpy(&text_size, data + 4, sizeof(text_size));
	at = HEADER + ((sizeof(owner) + 3) & ~(size_t)3);
	if (name_size != sizeof(owner) || size < at || memcmp(data + HEADER, owner, sizeof(owner)) != 0 || text_size > size - at)
		return NULL;
	*ret_size = text_size;
	return (const char *)data + at;
}

static struct err *take(const struct kernel_options *options, struct kernel_snapshot *s)
{
	if (options->no_module || (access(OSMOSIS_DEVICE, F_OK) && errno == ENOENT)) {
		if (options->n_processes || options->classes)
			return err_new(ERR_UNSUPPORTED, "osmosis.ko is not loaded: without it memory is not told apart by classes and processes");
		s->why = options->no_module ? "asked for" : "osmosis.ko is not loaded";
		return kernel_kcore_open(s);
	}
	return kernel_module_take(options, s);
}

struct err *kernel_take(const struct kernel_options *options, struct kernel_snapshot **ret)
{
	struct kernel_snapshot *s = calloc(1, sizeof(*s));
	struct err *e;

	if (!s)
		return err_nomem();
	s->fd = -1;
	e = take(options, s);
	if (e) {
		kernel_snapshot_destroy(s);
		return e;
	}
	*ret = s;
	return NULL;
}

void kernel_snapshot_destroy(struct kernel_snapshot *s)
{
	if (!s)
		return;
	if (s->source && s->source->close)
		s->source->close(s);
	if (s->fd >= 0)
		(void)close(s->fd);
	vec_deinit(&s->ranges);
	vec_deinit(&s->cpus);
	vec_deinit(&s->processes);
	vec_deinit(&s->classes);
	arena_deinit(&s->arena);
	free(s);
}
