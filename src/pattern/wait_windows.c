/* SPDX-License-Identifier: MIT */
/*
 * Waits of Windows threads: critical sections (os/windows/critsec.h), and handles
 * where the dump has a list of them.
 *
 * Which handle a thread waits for: on x86 the first argument of the Nt function;
 * on x64 a register or a home slot that holds a handle of a kind that can be
 * waited for, which is inferred and says so. Whose turn it then is the object's
 * record tells: the owner of a mutant, the thread behind the handle. Waits for
 * several objects at once are not followed.
 */
#include "pattern/wait_graph_impl.h"

#include "base/cancel.h"
#include "os/windows/critsec.h"
#include "os/windows/handle_object.h"

#include <string.h>
#include <strings.h>

enum { MAX_FRAMES = 8 };

/* --- critical sections ------------------------------------------------------------------ */

struct sections {
	struct wait_builder *b;
	struct err *error;
};

/* Memory that was freed may say anything: more waiters than threads are none. */
static bool is_free_with_waiters(struct target *t, const struct critsec *cs)
{
	struct thread *threads;

	return cs->encoding == LOCKCOUNT_BITS && !cs->corrupt && !cs->locked && !cs->waiter_woken && cs->has_debug &&
	       cs->debug_section == cs->address && cs->waiters && cs->waiters < target_threads(t, &threads);
}

static struct err *section_node(struct wait_builder *b, const struct critsec *cs, size_t *ret)
{
	unsigned size = cs->half == HALF_WOW ? 4 : target_arch(b->t)->pointer_size;
	struct wait_node n = {
		.kind = WAIT_LOCK, .address = cs->address, .half = cs->half, .type = "critical section",
		.name = wait_symbol(b, cs->address), .function = "", .corrupt = cs->corrupt,
		.owner_at = cs->owner_at, .owner_size = size,
		.free_at = is_free_with_waiters(b->t, cs) ? cs->count_at : 0,
		.queued = cs->corrupt ? 0 : cs->waiters,
	};
	struct wait_edge e = { .owned = true, .sure = 97, .known_by = "OwningThread of the section" };
	bool is_new;

	TRY(wait_object_node(b, &n, ret, &is_new));
	if (!is_new || cs->corrupt || !cs->locked || !cs->owning_thread || cs->owning_thread > UINT32_MAX)
		return NULL;
	e.from = *ret;
	e.decisive = true;
	TRY(wait_thread_node(b, (uint32_t)cs->owning_thread, &e.to));
	return wait_add_edge(b, &e);
}

static bool take_section(void *arg, const struct critsec *cs)
{
	struct sections *s = arg;
	size_t node;

	if (cs->locked || cs->corrupt || is_free_with_waiters(s->b->t, cs))
		s->error = section_node(s->b, cs, &node);
	return !s->error;
}

static struct err *add_waiting(struct wait_builder *b, enum thread_half half, struct thread *th)
{
	struct wait_edge e = { .from = th->index, .decisive = true };
	struct critsec cs = { 0 };
	uint64_t address;
	enum critsec_wait how = critsec_waited_by(b->t, th, half, &address);

	if (how == CRITSEC_UNKNOWN) {
		b->n_blind++;
		return wait_add_unread(b, "the critical section that thread %zu waits to enter: it is not in the dump",
				       th->index);
	}
	if (!address || err_ignore(critsec_read(b->t, half, address, b->arena, &cs)))
		return NULL;
	TRY(section_node(b, &cs, &e.to));
	e.sure = how == CRITSEC_ARGUMENT ? 98 : 85;
	e.known_by = how == CRITSEC_ARGUMENT ? "argument of the function that enters the section"
			     : "a locked section among the registers and stack words of the function that enters one";
	return wait_add_edge(b, &e);
}

static struct err *sections_of(struct wait_builder *b, enum thread_half half)
{
	struct sections s = { .b = b };
	struct critsec_walk walk;
	struct thread *threads;
	size_t n = target_threads(b->t, &threads);
	struct err *e = critsec_list(b->t, half, b->arena, take_section, &s, &walk);

	TRY(s.error);
	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	if (e && half == HALF_NATIVE && !target_has_wow(b->t)) {
		struct err *told = wait_add_unread(b, "critical sections: %s", err_message(e));

		err_free(e);
		TRY(told);
	} else {
		err_free(e);
	}
	for (size_t i = 0; i < n; i++) {
		TRY(cancel_check());
		if (half == HALF_NATIVE || threads[i].teb32)
			TRY(add_waiting(b, half, &threads[i]));
	}
	return NULL;
}

struct err *wait_critical_sections(struct wait_builder *b)
{
	if (!target_is_windows(b->t))
		return NULL;
	TRY(sections_of(b, HALF_NATIVE));
	return target_has_wow(b->t) ? sections_of(b, HALF_WOW) : NULL;
}

/* --- handles ------------------------------------------------------------------------------- */

static bool can_be_waited_for(const struct dump_handle *h)
{
	static const char *const types[] = { "Event", "Mutant", "Semaphore", "Thread", "Process", "Timer" };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strcasecmp(h->type, types[i]) == 0)
			return true;
	return false;
}

static const struct dump_handle *handle_at(struct wait_builder *b, uint64_t value)
{
	const struct dump_handle *v = NULL;
	size_t n = 0;

	if (!value || (value & 3) || value > UINT32_MAX || err_ignore(dump_handles(target_dump(b->t), &v, &n)))
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (v[i].handle == value && can_be_waited_for(&v[i]))
			return &v[i];
	return NULL;
}

/* Handles of one name lead to one object, which is told by the first of them. */
static const struct dump_handle *first_of_object(struct wait_builder *b, const struct dump_handle *h)
{
	const struct dump_handle *v = NULL;
	size_t n = 0;

	if (!*h->name || err_ignore(dump_handles(target_dump(b->t), &v, &n)))
		return h;
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].name, h->name) == 0 && strcmp(v[i].type, h->type) == 0)
			return &v[i];
	return h;
}

/* Registers that keep or carry the handle: first argument, and those that calls save. */
static const struct dump_handle *handle_of_frame(struct wait_builder *b, const struct frame *f, bool *certain)
{
	static const uint8_t candidates[] = { X64_RCX, X64_R10, X64_RBX, X64_RSI, X64_RDI, X64_R14 };
	const struct dump_handle *h = NULL;

	*certain = f->regs.arch->machine == MACHINE_X86;
	if (*certain)
		return f->n_params ? handle_at(b, f->params[0]) : NULL;
	if (f->regs.arch->machine != MACHINE_X64)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(candidates) && !h; i++)
		if (regs_has(&f->regs, candidates[i]))
			h = handle_at(b, f->regs.v[candidates[i]]);
	return h;
}

/* The thread or mutant's owner that has to act; false: nobody who is known. */
static struct err *add_giver(struct wait_builder *b, const struct handle_object *x, size_t node)
{
	uint64_t own = target_pid(b->t);
	struct wait_edge e = { .from = node, .owned = true, .decisive = true, .sure = 97 };
	uint64_t tid = 0;

	if ((x->has & OBJECT_OWNER) && x->owner_tid && x->owner_pid == own) {
		tid = x->owner_tid;
		e.known_by = "the mutant's owner in the handle data";
	} else if ((x->has & OBJECT_THREAD) && x->pid == own && x->exit_status == OBJECT_STILL_ACTIVE) {
		tid = x->tid;
		e.known_by = "the thread behind the handle, in the handle data";
	}
	if (!tid || tid > UINT32_MAX)
		return NULL;
	TRY(wait_thread_node(b, (uint32_t)tid, &e.to));
	return wait_add_edge(b, &e);
}

static struct err *add_handle_wait(struct wait_builder *b, struct thread *th, const struct dump_handle *h,
				   bool certain)
{
	struct wait_edge e = { .from = th->index, .decisive = true, .sure = certain ? 95 : 70 };
	struct wait_node n = { .is_handle = true, .address = h->handle, .type = h->type, .name = h->name,
			       .function = "" };
	struct handle_object x;
	bool is_new;

	handle_object_read(target_dump(b->t), h, target_facts(b->t)->pointer_size, &x);
	n.kind = x.has & OBJECT_MUTANT ? WAIT_LOCK : WAIT_OBJECT;
	n.abandoned = x.abandoned;
	e.known_by = certain ? "argument of the function that waits"
			     : "a handle in a register of the function that waits";
	TRY(wait_object_node(b, &n, &e.to, &is_new));
	if (is_new)
		TRY(add_giver(b, &x, e.to));
	return wait_add_edge(b, &e);
}

static struct err *add_handles_of(struct wait_builder *b, struct thread *th)
{
	CLEANUP(arena_deinit) struct arena scratch = ARENA_INIT;
	struct stack_options options = { .max_frames = MAX_FRAMES, .no_inlines = true };
	struct stack s = { 0 };

	if (err_ignore(stack_walk(b->t, th, &options, &scratch, &s)))
		return NULL;
	for (size_t i = 0; i < s.n; i++) {
		const char *name = s.frames[i].function;
		const struct dump_handle *h;
		bool certain;

		if (!name || (strcmp(name, "NtWaitForSingleObject") != 0 &&
			      strcmp(name, "ZwWaitForSingleObject") != 0))
			continue;
		h = handle_of_frame(b, &s.frames[i], &certain);
		return h ? add_handle_wait(b, th, first_of_object(b, h), certain) : NULL;
	}
	return NULL;
}

struct err *wait_handles(struct wait_builder *b)
{
	const struct dump_handle *v = NULL;
	struct thread *threads;
	size_t n_threads = target_threads(b->t, &threads), n = 0;

	if (!target_is_windows(b->t))
		return NULL;
	if (err_ignore(dump_handles(target_dump(b->t), &v, &n)) || !n)
		return wait_add_unread(b, "handles: the dump has no list of them, so that waits for events, "
					  "mutexes, threads and processes are not seen");
	for (size_t i = 0; i < n_threads; i++) {
		TRY(cancel_check());
		TRY(add_handles_of(b, &threads[i]));
	}
	return NULL;
}
