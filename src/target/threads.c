/* SPDX-License-Identifier: MIT */
/* Threads of the dump, numbered in the container's order. */
#include "target/kernel_impl.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_CONTEXT = 64 * 1024 };

static struct err *read_piece(struct target *t, struct dump_piece piece, struct view *ret)
{
	if (!piece.size || piece.size > MAX_CONTEXT)
		return err_new(ERR_NOTFOUND, "no such record in the dump");
	return source_view(dump_source(t->dump), piece.offset, piece.size, ret);
}

static struct err *decode(struct target *t, enum context_layout layout, struct dump_piece piece,
			  struct regs *ret)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;

	TRY(read_piece(t, piece, &view));
	return t->arch->decode(layout, view.data, view.size, t->facts->big_endian, ret);
}

/* i386: struct user_desc entries {entry_number, base_addr, limit, flags}, of
 * which the kernel writes the thread's three; gs selects one. */
static uint64_t i386_tls_base(const struct view *tls, const struct regs *regs)
{
	struct cursor c = cursor_init("NT_386_TLS", tls->data, tls->size, 0);
	uint32_t selected = regs_has(regs, X86_GS) ? (uint32_t)regs->v[X86_GS] >> 3 : 0;

	while (cursor_left(&c) >= 16) {
		uint32_t entry = cursor_u32(&c), base = cursor_u32(&c);

		cursor_skip(&c, 8);
		if (entry == selected)
			return base;
	}
	return 0;
}

/* The thread pointer: fs base on x64, TPIDR on arm64, the gs segment on i386. */
static uint64_t linux_thread_pointer(struct target *t, const struct dump_thread *record)
{
	CLEANUP(view_deinit) struct view tls = VIEW_INIT;
	struct regs regs;
	struct cursor c;

	if (err_ignore(decode(t, record->layout, record->context, &regs)))
		return 0;
	if (t->facts->machine == MACHINE_X64)
		return regs_has(&regs, X64_FS_BASE) ? regs.v[X64_FS_BASE] : 0;
	if (t->facts->machine == MACHINE_RISCV64)
		return regs_has(&regs, 4) ? regs.v[4] : 0;
	if (err_ignore(read_piece(t, record->tls, &tls)))
		return 0;
	if (t->facts->machine == MACHINE_X86)
		return i386_tls_base(&tls, &regs);
	c = cursor_init("TLS note", tls.data, tls.size, 0);
	return cursor_uint(&c, t->arch->pointer_size);
}

static void fill_thread(struct target *t, struct thread *th, const struct dump_thread *record)
{
	th->tid = record->tid;
	th->record = record;
	th->name = record->name ? record->name : "";
	if (record->has & THREAD_HAS_TEB)
		th->teb = record->teb;
	else if (!target_is_windows(t))
		th->teb = linux_thread_pointer(t, record);
}

static void load_threads(struct target *t)
{
	const struct dump_thread *records = NULL;
	size_t n = 0;
	struct err *e;

	t->threads_done = true;
	if (t->kernel) {
		kernel_load_threads(t->kernel);
		return;
	}
	e = dump_threads(t->dump, &records, &n);
	if (e)
		notice("threads: %s", err_message(e));
	err_free(e);
	if (n > MAX_THREADS)
		n = MAX_THREADS;
	t->threads = n ? ARENA_NEW_N(&t->arena, struct thread, n) : NULL;
	if (!t->threads)
		return;
	t->n_threads = n;
	for (size_t i = 0; i < n; i++) {
		t->threads[i].index = i;
		fill_thread(t, &t->threads[i], &records[i]);
		if (!u64map_has(&t->threads_by_tid, records[i].tid))
			(void)u64map_put(&t->threads_by_tid, records[i].tid, &t->threads[i]);
	}
	if (target_has_wow(t))
		for (size_t i = 0; i < n; i++)
			t->threads[i].teb32 = wow_teb32(t, t->threads[i].teb);
}

size_t target_threads(struct target *t, struct thread **ret)
{
	if (!t->threads_done)
		load_threads(t);
	*ret = t->threads;
	return t->n_threads;
}

struct thread *target_thread_by_tid(struct target *t, uint32_t tid)
{
	struct thread *threads;

	(void)target_threads(t, &threads);
	return u64map_get(&t->threads_by_tid, tid);
}

struct thread *target_event_thread(struct target *t)
{
	const struct dump_exception *exception = NULL;
	struct thread *threads, *th = NULL;
	size_t n = target_threads(t, &threads);

	if (!err_ignore(dump_exception(t->dump, &exception)) && exception)
		th = target_thread_by_tid(t, exception->tid);
	return th ? th : n ? threads : NULL;
}

struct err *thread_regs(struct target *t, struct thread *th, enum thread_half half,
			struct regs *ret)
{
	if (half == HALF_WOW)
		return wow_thread_regs(t, th, ret);
	if (t->kernel)
		return kernel_thread_regs(t->kernel, th, ret);
	return err_prefix(decode(t, th->record->layout, th->record->context, ret),
			  "registers of thread %u", th->tid);
}

static struct err *exception_context(struct target *t, struct regs *ret)
{
	const struct dump_exception *exception;
	struct thread *th;

	TRY(dump_exception(t->dump, &exception));
	if (!exception)
		return err_new(ERR_NOTFOUND, "the dump has no exception");
	if (exception->context.size)
		return err_prefix(decode(t, exception->layout, exception->context, ret),
				  "exception context");
	th = target_thread_by_tid(t, exception->tid);
	if (!th)
		return err_new(ERR_NOTFOUND, "the exception's thread %u is not in the dump",
			       exception->tid);
	return thread_regs(t, th, HALF_NATIVE, ret);
}

struct err *target_exception_regs(struct target *t, struct regs *ret)
{
	struct regs regs;

	TRY(exception_context(t, &regs));
	if (!wow_narrow(t, &regs, ret))
		*ret = regs;
	return NULL;
}

static struct err *decode_vectors(struct target *t, enum context_layout layout,
				  struct dump_piece main, struct dump_piece state, struct arena *a,
				  struct vector_reg **ret, size_t *ret_n)
{
	CLEANUP(view_deinit) struct view context = VIEW_INIT;
	CLEANUP(view_deinit) struct view xstate = VIEW_INIT;

	if (!t->arch->vectors)
		return err_new(ERR_UNSUPPORTED, "vector registers of %s are not known",
			       machine_name(t->facts->machine));
	TRY(read_piece(t, main, &context));
	if (state.size)
		TRY(read_piece(t, state, &xstate));
	return t->arch->vectors(layout, context.data, context.size, xstate.data, xstate.size, a, ret,
				ret_n);
}

struct err *thread_vectors(struct target *t, struct thread *th, struct arena *a,
			   struct vector_reg **ret, size_t *ret_n)
{
	const struct dump_thread *r = th->record;
	/* An ELF core without the larger area still has the plain set. */
	struct dump_piece state = r->xstate.size ? r->xstate : r->fpregs;

	return decode_vectors(t, r->layout, r->fpregs.size ? r->fpregs : r->context, state, a, ret,
			      ret_n);
}

struct err *target_exception_vectors(struct target *t, struct arena *a, struct vector_reg **ret,
				     size_t *ret_n)
{
	const struct dump_exception *e;
	struct thread *th;

	TRY(dump_exception(t->dump, &e));
	if (e && e->context.size)
		return decode_vectors(t, e->layout, e->context, e->xstate, a, ret, ret_n);
	th = e ? target_thread_by_tid(t, e->tid) : NULL;
	if (!th)
		return err_new(ERR_NOTFOUND, "the dump has no registers of the exception");
	return thread_vectors(t, th, a, ret, ret_n);
}
