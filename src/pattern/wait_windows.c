/* SPDX-License-Identifier: MIT */
/*
 * Waits of Windows threads: critical sections, from their list and from who waits to
 * enter one (os/windows/critsec.h); of everything else what the wait function was
 * given (os/windows/wait.h), which wait_windows_handle.c and wait_windows_lock.c add.
 */
#include "pattern/wait_windows.h"

#include "base/cancel.h"
#include "os/windows/apartment.h"
#include "os/windows/critsec.h"

#include <strings.h>

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

/* --- everything else --------------------------------------------------------------------- */

unsigned wait_sureness(enum argument_how how)
{
	switch (how) {
	case ARGUMENT_STACK: return 95;
	case ARGUMENT_CODE: return 95;
	case ARGUMENT_INFERRED: return 75;
	case ARGUMENT_UNKNOWN: break;
	}
	return 50;
}

/* A thread of WOW64 waits twice: in its 32-bit half, and below it in what that is made of. */
static enum thread_half wait_of(struct wait_builder *b, struct thread *th, struct windows_wait *w)
{
	if (th->teb32) {
		windows_wait_of(b->t, th, HALF_WOW, b->arena, w);
		if (w->kind != WINDOWS_WAIT_NONE)
			return HALF_WOW;
	}
	windows_wait_of(b->t, th, HALF_NATIVE, b->arena, w);
	return HALF_NATIVE;
}

/* Else nobody's stack need be walked for it. */
static bool has_com(struct target *t)
{
	struct module **v;
	size_t n = target_modules(t, &v);

	for (size_t i = 0; i < n; i++)
		if (strcasecmp(v[i]->image_name, "combase.dll") == 0 || strcasecmp(v[i]->image_name, "ole32.dll") == 0)
			return true;
	return false;
}

/* In the innermost frames such a thread waits for an event: what has to happen is the call. */
static struct err *add_apartment(struct wait_builder *b, struct thread *th, bool *ret_added)
{
	enum thread_half half = th->teb32 ? HALF_WOW : HALF_NATIVE;
	struct wait_node n = { .kind = WAIT_LOCK, .half = half, .type = "COM apartment", .name = "", .function = "",
			       .owner_size = 4 };
	struct wait_edge to = { .from = th->index, .decisive = true, .sure = 75, .known_by = "GetToSTA on its stack" };
	struct wait_edge by = { .owned = true, .decisive = true, .sure = 75, .known_by = "the ids in the apartment's entry" };
	enum apartment_wait how;
	struct apartment a;
	bool is_new;

	how = b->has_com ? apartment_waited_for(b->t, th, half, &a) : APARTMENT_NO_WAIT;
	*ret_added = how == APARTMENT_THREAD;
	if (how == APARTMENT_UNKNOWN)
		return wait_add_unread(b, "the apartment of COM that thread %zu waits for: its thread is not known", th->index);
	if (how == APARTMENT_NO_WAIT)
		return NULL;
	n.address = a.entry;
	n.owner_at = a.tid_at;
	TRY(wait_object_node(b, &n, &to.to, &is_new));
	by.from = to.to;
	if (is_new) {
		TRY(wait_thread_node(b, a.tid, &by.to));
		TRY(wait_add_edge(b, &by));
	}
	return wait_add_edge(b, &to);
}

static struct err *add_wait(struct wait_builder *b, struct thread *th)
{
	struct windows_wait w;
	enum thread_half half = wait_of(b, th, &w);
	bool added = false;

	TRY(add_apartment(b, th, &added));
	if (added)
		return NULL;

	switch (w.kind) {
	case WINDOWS_WAIT_SRW:
	case WINDOWS_WAIT_CONDITION:
	case WINDOWS_WAIT_ADDRESS:
	case WINDOWS_WAIT_KEYED: return wait_windows_lock(b, th, half, &w);
	case WINDOWS_WAIT_HANDLES:
	case WINDOWS_WAIT_FILE:
	case WINDOWS_WAIT_PORT:
	case WINDOWS_WAIT_QUEUE: return wait_windows_handle(b, th, half, &w);
	case WINDOWS_WAIT_SECTION:
	case WINDOWS_WAIT_NONE: break;
	}
	return NULL;
}

struct err *wait_windows(struct wait_builder *b)
{
	const struct dump_handle *v = NULL;
	struct thread *threads;
	size_t n_threads = target_threads(b->t, &threads), n = 0;

	if (!target_is_windows(b->t))
		return NULL;
	if (err_ignore(dump_handles(target_dump(b->t), &v, &n)) || !n)
		TRY(wait_add_unread(b, "handles: the dump has no list of them, so that it is not known which objects they stand "
				       "for, nor whose turn it is"));
	b->has_com = has_com(b->t);
	for (size_t i = 0; i < n_threads && i < WAIT_MAX_WALKED; i++) {
		TRY(cancel_check());
		TRY(add_wait(b, &threads[i]));
	}
	return wait_srw_owners(b);
}
