/* SPDX-License-Identifier: MIT */
/* Mappings of a process: see vma.h. */
#include "os/linux/kernel/vma.h"

#include "base/cancel.h"
#include "base/map.h"
#include "base/vec.h"
#include "os/linux/kernel/path.h"
#include "target/bind.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_VMAS = 1 << 22, PAGE_SHIFT = 12 };

struct vma_facts {
	uint64_t has;
	uint64_t start, end, flags, file, pgoff, ops, private_data, anon_name, mm;
};
static const struct bind_member vma_members[] = {
	{ "vm_start", offsetof(struct vma_facts, start), BIND_UINT, false },
	{ "vm_end", offsetof(struct vma_facts, end), BIND_UINT, false },
	{ "vm_flags", offsetof(struct vma_facts, flags), BIND_UINT, true },
	{ "vm_file", offsetof(struct vma_facts, file), BIND_UINT, true },
	{ "vm_pgoff", offsetof(struct vma_facts, pgoff), BIND_UINT, true },
	{ "vm_ops", offsetof(struct vma_facts, ops), BIND_UINT, true },
	{ "vm_private_data", offsetof(struct vma_facts, private_data), BIND_UINT, true },
	{ "anon_name", offsetof(struct vma_facts, anon_name), BIND_UINT, true },
	{ "vm_mm", offsetof(struct vma_facts, mm), BIND_UINT, true },
	{ NULL },
};
static const struct binding vma_binding = { "vmlinux", "vm_area_struct", vma_members };

struct mm_facts {
	uint64_t has;
	uint64_t tree, list, start_brk, brk, stack, vdso;
};
static const struct bind_member mm_members[] = {
	{ "mm_mt", offsetof(struct mm_facts, tree), BIND_ADDRESS_OF, true },
	{ "mmap", offsetof(struct mm_facts, list), BIND_UINT, true },
	{ "start_brk", offsetof(struct mm_facts, start_brk), BIND_UINT, true },
	{ "brk", offsetof(struct mm_facts, brk), BIND_UINT, true },
	{ "start_stack", offsetof(struct mm_facts, stack), BIND_UINT, true },
	{ "context.vdso", offsetof(struct mm_facts, vdso), BIND_UINT, true },
	{ NULL },
};
static const struct binding mm_binding = { "vmlinux", "mm_struct", mm_members };
enum { HAS_OPS = 1 << 5, HAS_TREE = 1, HAS_LIST = 2 };

struct next_facts {
	uint64_t has;
	uint64_t next;
};
static const struct bind_member next_members[] = {
	{ "vm_next", offsetof(struct next_facts, next), BIND_UINT, false }, { NULL }
};
static const struct binding next_binding = { "vmlinux", "vm_area_struct", next_members };

struct special_facts {
	uint64_t has;
	uint64_t name;
};
static const struct bind_member special_members[] = {
	{ "name", offsetof(struct special_facts, name), BIND_UINT, false }, { NULL }
};
static const struct binding special_binding = { "vmlinux", "vm_special_mapping", special_members };

struct anon_facts {
	uint64_t has;
	uint64_t name;
};
static const struct bind_member anon_members[] = {
	{ "name", offsetof(struct anon_facts, name), BIND_ADDRESS_OF, false }, { NULL }
};
static const struct binding anon_binding = { "vmlinux", "anon_vma_name", anon_members };

struct gathering {
	struct target *target;
	struct arena *arena;
	uint64_t mm_address;
	struct mm_facts mm;
	VEC(struct kernel_vma) v;
	struct u64map names;	/* by struct file */
	struct err *trouble;
};

static void gathering_deinit(struct gathering *g)
{
	vec_deinit(&g->v);
	u64map_deinit(&g->names);
	err_free(g->trouble);
}

static void trouble(struct gathering *g, struct err *e)
{
	if (g->trouble)
		err_free(e);
	else
		g->trouble = e;
}

static const char *file_name(struct gathering *g, uint64_t file)
{
	const char *name = u64map_get(&g->names, file);

	if (name)
		return name;
	name = kernel_file_path(g->target, file, g->arena);
	return u64map_put(&g->names, file, (void *)(uintptr_t)name) ? name : "";
}

/* vDSO and its data have a name of their own. */
static const char *special_name(struct gathering *g, const struct vma_facts *f)
{
	struct special_facts s = { 0 };
	struct symbol_hit hit;

	target_symbol_at(g->target, f->ops, &hit);
	if (!f->ops || !hit.symbol.name || hit.displacement || strcmp(hit.symbol.name, "special_mapping_vmops") != 0 ||
	    err_ignore(bind_read(g->target, HALF_NATIVE, &special_binding, f->private_data, &s)))
		return NULL;
	return kernel_string(g->target, s.name, g->arena);
}

static const char *given_name(struct gathering *g, const struct vma_facts *f)
{
	struct anon_facts n = { 0 };
	const char *text;

	/* the member may share its place with links of files' mappings: only where there is no file */
	if (!f->anon_name || f->file || err_ignore(bind_read(g->target, HALF_NATIVE, &anon_binding, f->anon_name, &n)))
		return NULL;
	text = kernel_string(g->target, n.name, g->arena);
	return text ? arena_printf(g->arena, "[anon:%s]", text) : NULL;
}

static const char *name_of(struct gathering *g, const struct vma_facts *f)
{
	const char *name;

	if (f->file)
		return file_name(g, f->file);
	name = special_name(g, f);
	if (name)
		return name;
	if (g->mm.vdso && g->mm.vdso == f->start)
		return "[vdso]";
	if (g->mm.brk && f->start <= g->mm.brk && f->end >= g->mm.start_brk)
		return "[heap]";
	if (g->mm.stack && f->start <= g->mm.stack && f->end >= g->mm.stack)
		return "[stack]";
	name = given_name(g, f);
	return name ? name : "";
}

/* False: memory is out, or this is no mapping of the process. */
static bool gather(struct gathering *g, uint64_t address)
{
	struct vma_facts f = { 0 };
	struct kernel_vma v = { .address = address };
	struct err *e = bind_read(g->target, HALF_NATIVE, &vma_binding, address, &f);

	if (!e && (f.start >= f.end || (f.mm && f.mm != g->mm_address)))
		e = err_new(ERR_CORRUPT, "vm_area_struct at 0x%" PRIx64 " goes from 0x%" PRIx64 " to 0x%" PRIx64
			    " and says that it belongs to 0x%" PRIx64, address, f.start, f.end, f.mm);
	if (e) {
		trouble(g, e);
		return g->v.n < MAX_VMAS;
	}
	v.start = f.start;
	v.end = f.end;
	v.flags = f.flags;
	v.file = f.file;
	v.anonymous = (f.has & HAS_OPS) && !f.ops && !f.file;
	v.offset = f.pgoff << PAGE_SHIFT;
	v.name = name_of(g, &f);
	if (v.name && vec_push(&g->v, v))
		return true;
	trouble(g, err_nomem());
	return false;
}

static bool on_range(void *arg, uint64_t start, uint64_t last, uint64_t entry)
{
	(void)start;
	(void)last;
	return gather(arg, entry);
}

static struct err *walk_list_of(struct gathering *g)
{
	struct u64map seen = U64MAP_INIT;
	struct err *e = NULL;
	uint64_t at = g->mm.list;

	while (at && !e) {
		struct next_facts next = { 0 };

		e = cancel_check();
		if (!e && u64map_has(&seen, at))
			e = err_new(ERR_CORRUPT, "the list of mappings comes back to 0x%" PRIx64, at);
		if (!e && !u64map_put(&seen, at, g))
			e = err_nomem();
		if (e || !gather(g, at))
			break;
		e = bind_read(g->target, HALF_NATIVE, &next_binding, at, &next);
		at = next.next;
	}
	u64map_deinit(&seen);
	return e;
}

static int by_start(const void *a, const void *b)
{
	const struct kernel_vma *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

struct err *kernel_vmas(struct target *t, uint64_t mm, struct arena *a, struct kernel_vma **ret, size_t *ret_n,
			struct err **ret_trouble)
{
	CLEANUP(gathering_deinit) struct gathering g = { .target = t, .arena = a, .mm_address = mm };
	struct kernel_vma *v;
	struct err *e;

	TRY(bind_read(t, HALF_NATIVE, &mm_binding, mm, &g.mm));
	if (!(g.mm.has & (HAS_TREE | HAS_LIST)))
		return err_new(ERR_UNSUPPORTED, "mm_struct has neither mm_mt nor mmap");
	e = g.mm.has & HAS_TREE ? kernel_maple_each(t, g.mm.tree, MAX_VMAS, on_range, &g) : walk_list_of(&g);
	if (e && err_code(e) == ERR_CANCELLED)
		return e;
	trouble(&g, e);
	v = arena_memdup(a, g.v.v ? (void *)g.v.v : "", g.v.n * sizeof(*v));
	if (!v)
		return err_nomem();
	if (g.v.n)
		qsort(v, g.v.n, sizeof(*v), by_start);
	*ret = v;
	*ret_n = g.v.n;
	*ret_trouble = TAKE_PTR(g.trouble);
	return NULL;
}
