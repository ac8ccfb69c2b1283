/* SPDX-License-Identifier: MIT */
/*
 * glibc's malloc in a process of a dump: which memory may hold what, and what
 * symbols and types tell. Of a stack only the part that is in use counts, where
 * the dump tells that memory is a stack: the thread pointer of a thread that
 * pthread_create made lies at the end of its stack, and the program's arguments, to
 * which the kernel's vector points, at the end of the first thread's.
 */
#include "os/linux/malloc_target.h"

#include "os/linux/libc.h"
#include "target/bind.h"
#include "target/regions.h"

#include <stdlib.h>

enum {
	TLS_REACH = 1 << 16,	/* how far libc's TLS may be from the thread pointer */
	RED_ZONE = 128,		/* below the stack pointer, in use on x64 */
	AUXV_RANDOM = 25,
};

void malloc_memory_deinit(struct malloc_memory *m)
{
	vec_deinit(&m->data);
	vec_deinit(&m->constant);
	vec_deinit(&m->writable);
	vec_deinit(&m->tls);
	vec_deinit(&m->stacks);
}

static bool add_span(struct reach_spans *v, uint64_t start, uint64_t end)
{
	if (v->n && v->v[v->n - 1].end == start) {
		v->v[v->n - 1].end = end;
		return true;
	}
	return start >= end || vec_push(v, ((struct reach_span){ start, end }));
}

/* Which list the memory of a segment belongs to; NULL: none. What has no file is no
 * data of a module. */
static struct reach_spans *list_for(struct target *t, const struct dump_segment *seg, uint64_t start,
				    struct malloc_memory *m, struct reach_spans *libc)
{
	struct module *mod = target_module_at(t, start);
	struct region r;

	if (seg->prot_known && !(seg->prot & DUMP_PROT_W))
		return mod && seg->prot == DUMP_PROT_R && seg->file_size == seg->size ? &m->constant : NULL;
	if (mod)
		return linux_is_libc(mod->image_name) ? libc : &m->data;
	if (err_ignore(target_region_at(t, start, &r)) || r.usage != USAGE_MAPPED_FILE || !r.path)
		return &m->writable;
	return linux_is_libc(str_basename(r.path)) ? libc : &m->data;
}

static struct err *split_memory(struct target *t, struct malloc_memory *m, struct reach_spans *libc)
{
	const struct dump_segment *v;
	uint64_t done = 0;
	size_t n;

	TRY(dump_segments(target_dump(t), &v, &n));
	for (size_t i = 0; i < n; i++) {
		uint64_t start = v[i].address < done ? done : v[i].address, end = v[i].address + v[i].size;
		struct reach_spans *list;

		if (end <= start || end < v[i].address)
			continue;
		done = end;
		list = list_for(t, &v[i], start, m, libc);
		if (list && !add_span(list, start, end))
			return err_nomem();
	}
	return NULL;
}

static struct err *add_tls(struct target *t, struct malloc_memory *m)
{
	enum machine machine = target_arch(t)->machine;
	bool below = machine == MACHINE_X64 || machine == MACHINE_X86;
	struct thread *threads;
	size_t n = target_threads(t, &threads);

	for (size_t i = 0; i < n; i++) {
		uint64_t tp = threads[i].teb;
		struct reach_span s = { below && tp > TLS_REACH ? tp - TLS_REACH : tp, below ? tp : tp + TLS_REACH };

		if (!tp || s.end < s.start)
			s = (struct reach_span){ 0, 0 };
		if (!vec_push(&m->tls, s))
			return err_nomem();
	}
	return NULL;
}

/* --- stacks ------------------------------------------------------------------------ */

static struct err *add_stacks(struct target *t, struct malloc_memory *m)
{
	const struct dump_auxv *v;
	struct thread *threads;
	size_t n = target_threads(t, &threads), n_auxv = 0;

	for (size_t i = 0; i < n; i++) {
		struct regs r;

		if (err_ignore(thread_regs(t, &threads[i], HALF_NATIVE, &r)) || !regs_has(&r, r.arch->sp))
			continue;
		if (!vec_push(&m->stacks, ((struct malloc_stack){ r.v[r.arch->sp], threads[i].teb })))
			return err_nomem();
	}
	if (err_ignore(dump_auxv(target_dump(t), &v, &n_auxv)))
		return NULL;
	for (size_t i = 0; i < n_auxv; i++)
		if (v[i].type == AUXV_RANDOM)
			m->arguments = v[i].value;
	return NULL;
}

static bool lies_in(uint64_t address, const struct reach_span *s)
{
	return address && address >= s->start && address < s->end;
}

uint64_t malloc_stack_start(const struct malloc_memory *m, const struct reach_span *s)
{
	uint64_t lowest = UINT64_MAX;

	for (size_t i = 0; i < m->stacks.n; i++) {
		const struct malloc_stack *k = &m->stacks.v[i];

		if (lies_in(k->sp, s) && k->sp < lowest && (lies_in(k->tp, s) || lies_in(m->arguments, s)))
			lowest = k->sp;
	}
	if (lowest == UINT64_MAX || lowest - s->start < RED_ZONE)
		return s->start;
	return (lowest - RED_ZONE) & ~(uint64_t)(2 * sizeof(uint64_t) - 1);
}

struct err *malloc_memory_init(struct target *t, struct malloc_memory *ret)
{
	struct malloc_memory m = { 0 };
	struct reach_spans libc = { 0 };
	struct err *e = split_memory(t, &m, &libc);

	if (!e)
		e = add_tls(t, &m);
	if (!e)
		e = add_stacks(t, &m);
	/* libc's first: there main_arena is, unless the program is static */
	for (size_t i = 0; !e && i < m.data.n; i++)
		if (!vec_push(&libc, m.data.v[i]))
			e = err_nomem();
	vec_deinit(&m.data);
	m.data.v = libc.v;
	m.data.n = libc.n;
	m.data.cap = libc.cap;
	if (e)
		malloc_memory_deinit(&m);
	else
		*ret = m;
	return e;
}

/* --- by name ------------------------------------------------------------------- */

static const struct bind_member state_members[] = {
	{ "bins", 0, BIND_ADDRESS_OF, false },	   { "top", 0, BIND_ADDRESS_OF, false },
	{ "fastbinsY", 0, BIND_ADDRESS_OF, false }, { "next", 0, BIND_ADDRESS_OF, false },
	{ "system_mem", 0, BIND_ADDRESS_OF, false }, { "max_system_mem", 0, BIND_ADDRESS_OF, false },
	{ NULL },
};
static const struct bind_member tcache_members[] = {
	{ "counts", 0, BIND_ADDRESS_OF, false }, { "entries", 0, BIND_ADDRESS_OF, false }, { NULL },
};
/* In a static program the types are the program's. */
static const struct binding state_bindings[] = {
	{ "libc", "malloc_state", state_members }, { NULL, "malloc_state", state_members },
};
static const struct binding tcache_bindings[] = {
	{ "libc", "tcache_perthread_struct", tcache_members }, { NULL, "tcache_perthread_struct", tcache_members },
};

static struct err *type_size(struct target *t, const struct binding *b, uint64_t *ret)
{
	struct type_ref type, stripped;
	struct type_info info;

	TRY(bind_type(t, HALF_NATIVE, b->module, b->type, &type));
	TRY(type_strip(type, &stripped, &info));
	*ret = info.size;
	return NULL;
}

static struct err *state_layout(struct target *t, const struct binding *b, struct malloc_layout *l)
{
	TRY(bind_offset(t, HALF_NATIVE, b, "bins", &l->bins));
	TRY(bind_offset(t, HALF_NATIVE, b, "top", &l->top));
	TRY(bind_offset(t, HALF_NATIVE, b, "fastbinsY", &l->fastbins));
	TRY(bind_offset(t, HALF_NATIVE, b, "next", &l->next));
	TRY(bind_offset(t, HALF_NATIVE, b, "system_mem", &l->system));
	TRY(bind_offset(t, HALF_NATIVE, b, "max_system_mem", &l->max_system));
	return type_size(t, b, &l->state_size);
}

static struct err *tcache_layout(struct target *t, const struct binding *b, struct malloc_layout *l)
{
	enum { TCACHE_BINS = 64 };
	uint64_t counts, entries, size, each;

	TRY(bind_offset(t, HALF_NATIVE, b, "counts", &counts));
	TRY(bind_offset(t, HALF_NATIVE, b, "entries", &entries));
	TRY(type_size(t, b, &size));
	each = (entries - counts) / TCACHE_BINS;
	if (entries < counts || (each != 1 && each != 2) ||
	    size != entries + TCACHE_BINS * target_arch(t)->pointer_size)
		return err_new(ERR_UNSUPPORTED, "a tcache of another form");
	l->tcache_counts = counts;
	l->tcache_entries = entries;
	l->tcache_count_size = each;
	l->tcache_size = size;
	return NULL;
}

static bool layout_by_name(struct target *t, struct malloc_layout *ret)
{
	struct malloc_layout l = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(state_bindings); i++)
		if (!err_ignore(state_layout(t, &state_bindings[i], &l))) {
			if (err_ignore(tcache_layout(t, &tcache_bindings[i], &l)))
				l.tcache_size = 0;
			*ret = l;
			return true;
		}
	return false;
}

struct err *malloc_of_target(struct target *t, const struct budget *b, struct malloc_census *census,
			     struct malloc_heap **ret)
{
	CLEANUP(malloc_memory_deinit) struct malloc_memory m = { 0 };
	struct malloc_layout layout;
	struct malloc_input in = {
		.space = target_space(t), .pointer_size = target_arch(t)->pointer_size, .budget = b,
		.census = census,
		/* malloc-alignment.h: two words, but 16 bytes on i386 as well */
		.alignment = target_arch(t)->machine == MACHINE_X86 ? 16 : 2 * target_arch(t)->pointer_size,
	};

	if (target_is_windows(t))
		return err_new(ERR_UNSUPPORTED, "no Linux dump: it has no heap of glibc's");
	TRY(malloc_memory_init(t, &m));
	in.data = m.data.v;
	in.n_data = m.data.n;
	in.writable = m.writable.v;
	in.n_writable = m.writable.n;
	in.tls = m.tls.v;
	in.n_tls = m.tls.n;
	if (!err_ignore(linux_libc_symbol(t, "main_arena", &in.main_arena)) && layout_by_name(t, &layout))
		in.layout = &layout;
	return malloc_read(&in, ret);
}
