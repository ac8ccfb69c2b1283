/* SPDX-License-Identifier: MIT */
/*
 * Processes as dumps: see process.h.
 *
 * On entry to the kernel all registers of user mode are pushed on top of the
 * task's kernel stack, in the order of struct pt_regs, which are the first 21 of
 * elf_gregset_t (<sys/user.h>, struct user_regs_struct); kernels that are built
 * for FRED leave 16 bytes above. Segment selectors say whether it is them: code
 * 0x33 (64 bits) or 0x23 (32), stack 0x2b (<asm/segment.h>).
 */
#include "os/linux/kernel/process.h"

#include "base/cancel.h"
#include "base/cursor.h"
#include "base/map.h"
#include "base/vec.h"
#include "os/linux/kernel/file.h"
#include "os/linux/kernel/process_compat.h"
#include "os/linux/kernel/vma.h"
#include "target/bind.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	PAGE_SHIFT = 12,
	PT_REGS = 21,			/* words */
	REG_CS = USER_REG_CS, REG_SS = 20, REG_RIP = 16, REG_SP = USER_REG_SP, REG_FS_BASE = 21,
	CODE_64 = 0x33, CODE_32 = 0x23, USER_DATA = 0x2b,
	MAX_AUXV = 64,
	MAX_CACHED = 1 << 24,
};
#define USER_END ((uint64_t)1 << 56)

/* --- registers --------------------------------------------------------------------- */

struct thread_facts {
	uint64_t has;
	uint64_t fs_base, gs_base, ds, es, fs, gs, fpu, fpu_inline;
};
static const struct bind_member thread_members[] = {
	{ "thread.fsbase", offsetof(struct thread_facts, fs_base), BIND_UINT, true },
	{ "thread.gsbase", offsetof(struct thread_facts, gs_base), BIND_UINT, true },
	{ "thread.ds", offsetof(struct thread_facts, ds), BIND_UINT, true },
	{ "thread.es", offsetof(struct thread_facts, es), BIND_UINT, true },
	{ "thread.fsindex", offsetof(struct thread_facts, fs), BIND_UINT, true },
	{ "thread.gsindex", offsetof(struct thread_facts, gs), BIND_UINT, true },
	{ "thread.fpu.fpstate", offsetof(struct thread_facts, fpu), BIND_UINT, true },
	{ "thread.fpu.state", offsetof(struct thread_facts, fpu_inline), BIND_ADDRESS_OF, true },
	{ NULL },
};
static const struct binding thread_binding = { "vmlinux", "task_struct", thread_members };
enum { HAS_FPSTATE = 1 << 6, HAS_FPU_INLINE = 1 << 7 };

struct fpstate_facts {
	uint64_t has;
	uint64_t regs;
};
static const struct bind_member fpstate_members[] = {
	{ "regs", offsetof(struct fpstate_facts, regs), BIND_ADDRESS_OF, false }, { NULL }
};
static const struct binding fpstate_binding = { "vmlinux", "fpstate", fpstate_members };

static void put_word(uint8_t *bytes, unsigned i, uint64_t v)
{
	for (unsigned k = 0; k < 8; k++)
		bytes[i * 8 + k] = (uint8_t)(v >> 8 * k);
}

static bool is_user_frame(const uint8_t *regs)
{
	uint64_t cs = kernel_user_reg(regs, REG_CS) & 0xffff, ss = kernel_user_reg(regs, REG_SS) & 0xffff;

	return (cs == CODE_64 || cs == CODE_32) && ss == USER_DATA && kernel_user_reg(regs, REG_RIP) < USER_END &&
	       kernel_user_reg(regs, REG_SP) < USER_END;
}

static bool saved_regs(struct target *t, const struct kernel_task *task, uint8_t *ret)
{
	uint64_t size = kernel_stack_size(t);

	for (unsigned above = 0; task->stack && size && above <= 16; above += 16)
		if (arch_read(target_memory(t), task->stack + size - above - PT_REGS * 8, ret, PT_REGS * 8) &&
		    is_user_frame(ret)) {
			put_word(ret, REG_CS, kernel_user_reg(ret, REG_CS) & 0xffff);
			put_word(ret, REG_SS, kernel_user_reg(ret, REG_SS) & 0xffff);
			return true;
		}
	return false;
}

/* What the CPU had, if it was in user mode. */
static bool live_regs(struct target *t, const struct kernel_task *task, uint8_t *ret)
{
	static const uint8_t order[KERNEL_PROCESS_REGS / 8] = {
		X64_R15, X64_R14, X64_R13, X64_R12, X64_RBP, X64_RBX, X64_R11, X64_R10, X64_R9, X64_R8, X64_RAX,
		X64_RCX, X64_RDX, X64_RSI, X64_RDI, X64_ORIG_RAX, X64_RIP, X64_CS, X64_EFL, X64_RSP, X64_SS,
		X64_FS_BASE, X64_GS_BASE, X64_DS, X64_ES, X64_FS, X64_GS,
	};
	struct regs regs;

	if (!task->on_cpu || err_ignore(kernel_cpu_regs(target_kernel(t), task->cpu, &regs)) ||
	    !regs_has(&regs, X64_RIP) || regs_ip(&regs) >= USER_END)
		return false;
	for (unsigned i = 0; i < ARRAY_SIZE(order); i++)
		put_word(ret, i, regs_has(&regs, order[i]) ? regs.v[order[i]] : 0);
	if (!regs_has(&regs, X64_ORIG_RAX))
		put_word(ret, 15, UINT64_MAX); /* in no system call */
	return true;
}

bool kernel_user_regs(struct target *t, const struct kernel_task *task, uint8_t ret[KERNEL_PROCESS_REGS])
{
	struct thread_facts f = { 0 };
	uint8_t live[KERNEL_PROCESS_REGS];

	memset(ret, 0, KERNEL_PROCESS_REGS);
	if (!task->mm)
		return false;
	if (!live_regs(t, task, live)) {
		if (!saved_regs(t, task, ret))
			return false;
	} else {
		memcpy(ret, live, sizeof(live));
		if (kernel_user_reg(ret, REG_FS_BASE))
			return true;
	}
	if (err_ignore(bind_read(t, HALF_NATIVE, &thread_binding, task->address, &f)))
		return true;
	put_word(ret, 21, f.fs_base);
	put_word(ret, 22, f.gs_base);
	put_word(ret, 23, f.ds);
	put_word(ret, 24, f.es);
	put_word(ret, 25, f.fs);
	put_word(ret, 26, f.gs);
	return true;
}

/* What was saved when it was switched away; the registers of one that runs are on its CPU. */
static bool user_fpregs(struct target *t, const struct kernel_task *task, uint8_t *ret)
{
	struct thread_facts f = { 0 };
	struct fpstate_facts s = { 0 };

	if (task->on_cpu || err_ignore(bind_read(t, HALF_NATIVE, &thread_binding, task->address, &f)))
		return false;
	if (f.has & HAS_FPSTATE) {
		if (err_ignore(bind_read(t, HALF_NATIVE, &fpstate_binding, f.fpu, &s)))
			return false;
	} else if (f.has & HAS_FPU_INLINE) {
		s.regs = f.fpu_inline;
	} else {
		return false;
	}
	return arch_read(target_memory(t), s.regs, ret, KERNEL_PROCESS_FPREGS);
}

/* --- page cache ------------------------------------------------------------------------- */

struct page_facts {
	uint64_t has;
	uint64_t flags;
};
static const struct bind_member page_members[] = { { "flags", offsetof(struct page_facts, flags), BIND_UINT, false }, { NULL } };
static const struct binding page_binding = { "vmlinux", "page", page_members };

struct cache_facts {
	uint64_t has;
	uint64_t pages;
};
static const struct bind_member cache_members[] = {
	{ "f_mapping", offsetof(struct cache_facts, pages), BIND_UINT, false }, { NULL }
};
static const struct binding cache_binding = { "vmlinux", "file", cache_members };

struct mapping_facts {
	uint64_t has;
	uint64_t pages;
};
static const struct bind_member mapping_members[] = {
	{ "i_pages", offsetof(struct mapping_facts, pages), BIND_ADDRESS_OF, false }, { NULL }
};
static const struct binding mapping_binding = { "vmlinux", "address_space", mapping_members };

struct cached {
	uint64_t index, physical;
};

struct page_cache {
	struct target *target;
	const struct kernel_vma *vmas;
	size_t n_vmas;
	int up_to_date;			/* bit of page.flags; -1: not known, then nothing is taken */
	uint64_t mapping;		/* whose pages these are */
	VEC(struct cached) v;
};

/* The bit's number is an enumerator: it has changed more than once. */
static int flag_number(struct target *t, const char *name)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct type_enumerator *v;
	struct type_ref type;
	size_t n;

	if (err_ignore(bind_type(t, HALF_NATIVE, "vmlinux", "pageflags", &type)) ||
	    err_ignore(type.provider->ops->type_enumerators(type.provider, type.id, &a, &v, &n)))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].name, name) == 0 && v[i].value >= 0 && v[i].value < 64)
			return (int)v[i].value;
	return -1;
}

static bool on_page(void *arg, uint64_t index, uint64_t entry)
{
	struct page_cache *c = arg;
	struct page_facts f = { 0 };
	struct cached page = { .index = index };

	if ((entry & 3) || err_ignore(bind_read(c->target, HALF_NATIVE, &page_binding, entry, &f)) ||
	    !(f.flags >> c->up_to_date & 1) || !kernel_page_frame(target_kernel(c->target), entry, &page.physical))
		return true;
	return vec_push(&c->v, page);
}

static void load_cache(struct page_cache *c, uint64_t file)
{
	struct cache_facts f = { 0 };
	struct mapping_facts m = { 0 };

	if (err_ignore(bind_read(c->target, HALF_NATIVE, &cache_binding, file, &f)) || f.pages == c->mapping)
		return;
	c->mapping = f.pages;
	c->v.n = 0;
	if (!f.pages || err_ignore(bind_read(c->target, HALF_NATIVE, &mapping_binding, f.pages, &m)))
		return;
	err_free(kernel_xarray_each(c->target, m.pages, MAX_CACHED, on_page, c)); /* what was found up to a tear counts */
}

static bool find_cached(void *arg, size_t i, uint64_t from, uint64_t end, uint64_t *ret_address, uint64_t *ret_physical)
{
	struct page_cache *c = arg;
	const struct kernel_vma *v = &c->vmas[i];
	uint64_t index = (v->offset + (from - v->start)) >> PAGE_SHIFT, address;
	size_t lo = 0, hi;

	if (!v->file || c->up_to_date < 0)
		return false;
	load_cache(c, v->file);
	for (hi = c->v.n; lo < hi;) {
		size_t mid = (lo + hi) / 2;

		if (c->v.v[mid].index < index)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == c->v.n)
		return false;
	address = from + ((c->v.v[lo].index - index) << PAGE_SHIFT);
	if (address < from || address >= end)
		return false;
	*ret_address = address;
	*ret_physical = c->v.v[lo].physical;
	return true;
}

/* --- gathering ---------------------------------------------------------------------------- */

struct gathering {
	struct target *target;
	struct arena arena;
	struct kernel_tasks threads;
	struct page_cache cache;
	struct dump_auxv auxv[MAX_AUXV];
	struct kernel_process_thread *registers; /* what p.threads shows */
	struct kernel_process p;
	VEC(struct dump_handle) handles;
	uint64_t mm, files;
	struct err *trouble;
};

static void gathering_deinit(struct gathering *g)
{
	kernel_tasks_deinit(&g->threads);
	vec_deinit(&g->cache.v);
	vec_deinit(&g->handles);
	arena_deinit(&g->arena);
	err_free(g->trouble);
}

struct mm_facts {
	uint64_t has;
	uint64_t pgd, auxv;
};
static const struct bind_member mm_members[] = {
	{ "pgd", offsetof(struct mm_facts, pgd), BIND_UINT, false },
	{ "saved_auxv", offsetof(struct mm_facts, auxv), BIND_ADDRESS_OF, true },
	{ NULL },
};
static const struct binding mm_binding = { "vmlinux", "mm_struct", mm_members };

/* In words of the wrong size it is nonsense. x32 has one of 32 bits, and is written as a process of 64. */
static void gather_auxv(struct gathering *g, uint64_t at)
{
	const struct arch_memory *m = target_memory(g->target);

	g->p.auxv = g->auxv;
	g->p.n_auxv = at ? process_auxv(m, at, 4, g->auxv, MAX_AUXV) : 0;
	g->p.is_32 = process_auxv_is_32(g->auxv, g->p.n_auxv);
	if (!g->p.is_32) {
		g->p.n_auxv = at ? process_auxv(m, at, 8, g->auxv, MAX_AUXV) : 0;
		return;
	}
	for (size_t i = 0; i < g->p.n_threads; i++)
		g->p.is_32 &= !g->registers[i].has_regs || process_regs_are_32(g->registers[i].regs);
	for (size_t i = 0; i < g->p.n_threads && g->p.is_32; i++)
		process_regs_to_32(g->registers[i].regs);
}

static const char *text(struct gathering *g, const char *s, size_t n)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	strbuf_add_utf8(&sb, s, n);
	return sb.failed ? NULL : arena_strdup(&g->arena, sb.s);
}

static struct err *gather_threads(struct gathering *g, const struct kernel_task *process)
{
	struct kernel_process_thread *v;

	TRY(kernel_threads(g->target, process, &g->threads));
	if (!g->trouble)
		g->trouble = TAKE_PTR(g->threads.trouble);
	v = ARENA_NEW_N(&g->arena, struct kernel_process_thread, g->threads.n + 1);
	if (!v)
		return err_nomem();
	for (size_t i = 0; i < g->threads.n; i++) {
		const struct kernel_task *k = &g->threads.v[i];
		struct thread *th = target_thread_by_tid(g->target, k->pid);

		TRY(cancel_check());
		if (k->exit_state && !k->mm)
			continue; /* it has ended: nothing of it is in user mode */
		v[g->p.n_threads].tid = k->pid;
		v[g->p.n_threads].name = text(g, k->comm, strlen(k->comm));
		if (!v[g->p.n_threads].name)
			return err_nomem();
		v[g->p.n_threads].has_regs = kernel_user_regs(g->target, k, v[g->p.n_threads].regs);
		v[g->p.n_threads].has_fpregs = user_fpregs(g->target, k, v[g->p.n_threads].fpregs);
		v[g->p.n_threads].user_time = k->utime / 100;
		v[g->p.n_threads].kernel_time = k->stime / 100;
		if (th && th->task == k->address)
			v[g->p.n_threads].live = th->record->live;
		if (k->mm && !g->mm)
			g->mm = k->mm;
		if (k->files && !g->files)
			g->files = k->files;
		g->p.n_threads++;
	}
	g->p.threads = g->registers = v;
	return NULL;
}

static uint32_t prot_of(uint64_t flags)
{
	return (flags & VMA_READ ? DUMP_PROT_R : 0u) | (flags & VMA_WRITE ? DUMP_PROT_W : 0u) |
	       (flags & VMA_EXEC ? DUMP_PROT_X : 0u);
}

static struct err *gather_ranges(struct gathering *g)
{
	struct kernel_process_range *v;
	struct err *torn = NULL;
	struct kernel_vma *vmas;
	size_t n;

	TRY(kernel_vmas(g->target, g->mm, &g->arena, &vmas, &n, &torn));
	if (g->trouble)
		err_free(torn);
	else
		g->trouble = torn;
	v = ARENA_NEW_N(&g->arena, struct kernel_process_range, n + 1);
	if (!v)
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		v[i] = (struct kernel_process_range){ vmas[i].start, vmas[i].end, prot_of(vmas[i].flags), vmas[i].name,
						      vmas[i].offset, vmas[i].anonymous };
	g->p.ranges = v;
	g->p.n_ranges = n;
	g->cache.vmas = vmas;
	g->cache.n_vmas = n;
	return NULL;
}

static bool on_file(void *arg, const struct kernel_file *f)
{
	struct gathering *g = arg;
	struct dump_handle h = { .handle = f->fd, .type = f->type, .name = f->path, .is_descriptor = true, .detail = f->detail,
				 .attributes = f->flags, .position = f->position, .peer = f->peer };

	return vec_push(&g->handles, h);
}

/* What cannot be read is lacking there, as where a file is closed meanwhile. */
static struct err *gather_files(struct gathering *g)
{
	struct err *e = g->files ? kernel_files_each(g->target, g->files, &g->arena, on_file, g) : NULL;

	if (e && err_code(e) == ERR_CANCELLED)
		return e;
	if (g->trouble)
		err_free(e);
	else
		g->trouble = e;
	g->p.handles = g->handles.v;
	g->p.n_handles = g->handles.n;
	return NULL;
}

static struct err *gather_facts(struct gathering *g, const struct kernel_task *process)
{
	const struct dump_facts *f = target_facts(g->target);
	struct kernel_task first = *process;

	first.mm = g->mm;
	g->p.pid = process->tgid;
	g->p.ppid = process->ppid;
	g->p.name = text(g, process->comm, strlen(process->comm));
	g->p.command_line = kernel_task_arguments(g->target, &first, &g->arena);
	g->p.release = kernel_release(target_kernel(g->target));
	g->p.time = f->has & FACT_DUMP_TIME ? f->dump_time : 0;
	g->p.label = arena_printf(&g->arena, "%s (process %u)", dump_path(target_dump(g->target)), process->tgid);
	return g->p.name && g->p.command_line && g->p.label ? NULL : err_nomem();
}

static struct err *gather(struct gathering *g, const struct kernel_task *process)
{
	struct kernel *k = target_kernel(g->target);
	struct mm_facts mm = { 0 };

	TRY(gather_threads(g, process));
	if (!g->mm)
		return err_new(ERR_UNSUPPORTED, "task %u (%s) has no memory of its own: %s", process->pid, process->comm,
			       process->flags & TASK_IS_KTHREAD ? "it is a kernel thread" : "it has ended");
	TRY(bind_read(g->target, HALF_NATIVE, &mm_binding, g->mm, &mm));
	if (!kernel_process_paging(k, mm.pgd, &g->p.paging))
		return err_prefix(err_fault(mm.pgd), "the page tables of process %u", process->tgid);
	gather_auxv(g, mm.auxv);
	TRY(gather_ranges(g));
	TRY(gather_files(g));
	TRY(gather_facts(g, process));
	g->p.physical = kernel_physical_space(k);
	g->cache.target = g->target;
	g->cache.up_to_date = flag_number(g->target, "PG_uptodate");
	g->p.cached = find_cached;
	g->p.arg = &g->cache;
	return NULL;
}

struct err *kernel_process_create(struct target *t, const struct kernel_task *process, struct dump **ret,
				  struct err **ret_trouble)
{
	CLEANUP(gathering_deinit) struct gathering g = { .target = t };

	TRY(gather(&g, process));
	TRY(kernel_process_dump(&g.p, ret));
	*ret_trouble = TAKE_PTR(g.trouble);
	return NULL;
}
