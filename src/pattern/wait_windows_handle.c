/* SPDX-License-Identifier: MIT */
/*
 * Waits for objects behind handles. Whose turn it then is, the object's record in
 * the handle data tells: the owner of a mutant, the thread behind the handle. Of
 * several objects that must all be there each is decisive, but those that are
 * there already; of several of which one is enough none is.
 *
 * Where the code does not tell which handle it is (x64), a register that holds one
 * of a kind that can be waited for is taken, which is inferred and says so.
 */
#include "pattern/wait_windows.h"

#include "os/windows/handle_object.h"

#include <string.h>
#include <strings.h>

enum { MAX_FRAMES = 8, SURE_BY_REGISTER = 70 };

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
		if (v[i].handle == value)
			return &v[i];
	return NULL;
}

/* Handles of one name lead to one object, which is told by the first of them. */
static const struct dump_handle *first_of_object(struct wait_builder *b, const struct dump_handle *h)
{
	const struct dump_handle *v = NULL;
	size_t n = 0;

	if (!*h->name || !can_be_waited_for(h) || err_ignore(dump_handles(target_dump(b->t), &v, &n)))
		return h;
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].name, h->name) == 0 && strcmp(v[i].type, h->type) == 0)
			return &v[i];
	return h;
}

/* --- objects ------------------------------------------------------------------------------ */

/* The thread or mutant's owner that has to act; 0: nobody who is known. */
static uint32_t giver_of(struct wait_builder *b, const struct handle_object *x, const char **ret_known_by)
{
	uint64_t own = target_pid(b->t), tid = 0;

	if ((x->has & OBJECT_OWNER) && x->owner_tid && x->owner_pid == own) {
		tid = x->owner_tid;
		*ret_known_by = "the mutant's owner in the handle data";
	} else if ((x->has & OBJECT_THREAD) && x->pid == own && x->exit_status == OBJECT_STILL_ACTIVE) {
		tid = x->tid;
		*ret_known_by = "the thread behind the handle, in the handle data";
	}
	return tid <= UINT32_MAX ? (uint32_t)tid : 0;
}

/* Whoever waits for it goes on in the next moment. */
static bool is_signalled(const struct handle_object *x)
{
	if (x->has & OBJECT_EVENT)
		return x->state;
	if (x->has & (OBJECT_MUTANT | OBJECT_SEMAPHORE))
		return x->count > 0;
	return (x->has & (OBJECT_THREAD | OBJECT_PROCESS)) && x->exit_status != OBJECT_STILL_ACTIVE;
}

/* A process has no name, but a number. */
static const char *type_of(struct wait_builder *b, const struct dump_handle *h, const struct handle_object *x)
{
	const char *text = NULL;

	if (!h)
		return "object";
	if ((x->has & OBJECT_PROCESS) && x->pid)
		text = arena_printf(b->arena, "%s 0x%llx", h->type, (unsigned long long)x->pid);
	return text ? text : h->type;
}

static struct err *object_node(struct wait_builder *b, const struct dump_handle *h, uint64_t value,
			       const struct handle_object *x, size_t *ret)
{
	struct wait_node n = { .kind = x->has & OBJECT_MUTANT ? WAIT_LOCK : WAIT_OBJECT, .is_handle = true, .address = value,
			       .type = type_of(b, h, x), .name = h ? h->name : "", .function = "",
			       .abandoned = x->abandoned };
	struct wait_edge e = { .owned = true, .decisive = true, .sure = 97 };
	uint32_t giver = giver_of(b, x, &e.known_by);
	bool is_new;

	TRY(wait_object_node(b, &n, ret, &is_new));
	if (!is_new || !giver)
		return NULL;
	e.from = *ret;
	TRY(wait_thread_node(b, giver, &e.to));
	return wait_add_edge(b, &e);
}

/* `edge` as far as it does not depend on the object; one of several when `several`. */
static struct err *add_object(struct wait_builder *b, struct thread *th, uint64_t value, bool several, struct wait_edge edge)
{
	const struct dump_handle *h = handle_at(b, value);
	struct handle_object x = { 0 };
	const char *known_by;
	uint32_t giver;

	if (h) {
		h = first_of_object(b, h);
		handle_object_read(target_dump(b->t), h, target_facts(b->t)->pointer_size, &x);
	}
	giver = giver_of(b, &x, &known_by);
	/* a mutant lets its owner enter again */
	if (is_signalled(&x) || (several && (x.has & OBJECT_MUTANT) && giver == th->tid))
		edge.decisive = false;
	/* of several, the one that leads on */
	if (several && giver)
		edge.sure++;
	TRY(object_node(b, h, h ? h->handle : value, &x, &edge.to));
	return wait_add_edge(b, &edge);
}

/* --- by register ------------------------------------------------------------------------- */

static uint64_t handle_of_frame(struct wait_builder *b, const struct frame *f)
{
	static const uint8_t candidates[] = { X64_RCX, X64_R10, X64_RBX, X64_RSI, X64_RDI, X64_R14 };

	if (f->regs.arch->machine != MACHINE_X64)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(candidates); i++) {
		const struct dump_handle *h = regs_has(&f->regs, candidates[i]) ? handle_at(b, f->regs.v[candidates[i]]) : NULL;

		if (h && can_be_waited_for(h))
			return h->handle;
	}
	return 0;
}

static struct err *add_by_register(struct wait_builder *b, struct thread *th)
{
	CLEANUP(arena_deinit) struct arena scratch = ARENA_INIT;
	struct stack_options options = { .max_frames = MAX_FRAMES, .no_inlines = true };
	struct wait_edge e = { .from = th->index, .decisive = true, .sure = SURE_BY_REGISTER,
			       .known_by = "a handle in a register of the function that waits" };
	struct stack s = { 0 };

	if (err_ignore(stack_walk(b->t, th, &options, &scratch, &s)))
		return NULL;
	for (size_t i = 0; i < s.n; i++) {
		const char *name = s.frames[i].function;
		uint64_t handle;

		if (!name || (strcmp(name, "NtWaitForSingleObject") != 0 && strcmp(name, "ZwWaitForSingleObject") != 0))
			continue;
		handle = handle_of_frame(b, &s.frames[i]);
		return handle ? add_object(b, th, handle, false, e) : NULL;
	}
	return NULL;
}

/* --- the wait ------------------------------------------------------------------------------ */

static const char *known_by(struct wait_builder *b, const struct windows_wait *w)
{
	const char *how = w->how == ARGUMENT_STACK ? "argument of" : w->how == ARGUMENT_CODE ? "the code that called"
											      : "the code that may have called";
	const char *which = w->n_handles < 2	 ? ""
			    : !w->which_known ? ", which waits for one or all of several"
			    : w->all	      ? ", which waits for all of several"
					      : ", which waits for any of several";
	const char *server = w->server_pid ? arena_printf(b->arena, "; what it sent has the ids of process 0x%x, thread 0x%x",
							   w->server_pid, w->server_tid)
					   : w->messages ? " or a message" : "";
	const char *text = arena_printf(b->arena, "%s %s%s%s", how, w->function, which, server ? server : "");

	return text ? text : "";
}

struct err *wait_windows_handle(struct wait_builder *b, struct thread *th, enum thread_half half,
				const struct windows_wait *w)
{
	bool several = w->n_handles > 1;
	struct wait_edge e = { .from = th->index, .sure = wait_sureness(w->how),
			       .decisive = (!several || w->all) && !w->messages };

	/* a server's next request may come or not */
	if (w->kind == WINDOWS_WAIT_PORT)
		e.decisive = w->all;

	if (w->how == ARGUMENT_UNKNOWN)
		return half == HALF_NATIVE && w->kind == WINDOWS_WAIT_HANDLES ? add_by_register(b, th) : NULL;
	e.known_by = known_by(b, w);
	for (size_t i = 0; i < w->n_handles; i++)
		TRY(add_object(b, th, w->handles[i], several, e));
	return NULL;
}
