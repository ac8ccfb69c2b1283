/* SPDX-License-Identifier: MIT */
/* !locks of a kernel: what tasks wait for (os/linux/kernel/lock.h), by lock. */
#include "command/locks.h"

#include "base/cancel.h"
#include "os/linux/kernel/lock.h"
#include "os/linux/kernel/slab_of.h"
#include "target/kernel.h"

#include <string.h>

enum { MAX_WAITERS_SHOWN = 256, HUNDRED = 100 };

static const struct field lock_fields[] = {
	{ "type", FIELD_STR, "mutex, rw_semaphore, percpu_rw_semaphore, rt_mutex, spinlock, rwlock, semaphore, futex, completion, bit, wait queue" },
	{ "symbol", FIELD_SYM, "what lies there, in the kernel or a module; absent: memory that was allocated, or a process'" },
	{ "cache", FIELD_STR, "slab cache of the object that it lies in" },
	{ "object_offset", FIELD_HEX, "of the lock in that object" },
	{ "address", FIELD_ADDR, "of the lock; of a futex: in its process" },
	{ "mm_addr", FIELD_ADDR, "of a futex: mm_struct of its process; absent: of a shared mapping" },
	{ "pid", FIELD_UINT, "of a futex: process of the first waiter" },
	{ "bit", FIELD_UINT, "number of the bit that is waited for" },
	{ "owner_addr", FIELD_ADDR, "task_struct of the owner" },
	{ "owner", FIELD_UINT, "the debugger's number of the owner" },
	{ "owner_pid", FIELD_UINT, "its thread id" },
	{ "owner_name", FIELD_STR, "its name" },
	{ "owner_state", FIELD_STR, "what the owner does" },
	{ "owner_known_by", FIELD_STR, "how the owner is known" },
	{ "owner_sure", FIELD_UINT, "how sure that is, percent" },
	{ "readers", FIELD_UINT, "how many hold it to read" },
	{ "state", FIELD_STR, "what the lock's own words say where they name no owner" },
	{ "free", FIELD_BOOL, "nobody has it" },
	{ "writer_addr", FIELD_ADDR, "of a percpu_rw_semaphore: task_struct of who lets no more readers in and waits for the others to leave" },
	{ "writer", FIELD_UINT, "the debugger's number of it" },
	{ "writer_pid", FIELD_UINT, "its thread id" },
	{ "writer_name", FIELD_STR, "its name" },
	{ "waiting", FIELD_WORDS, "debugger's numbers of the tasks that wait, the longest first" },
	{ "waiting_pids", FIELD_WORDS, "their thread ids" },
	{ "waiters", FIELD_UINT, "how many wait, where the lists hold the first only" },
	{ "longest", FIELD_DURATION, "for which the first of them has been off the processor" },
	{ "known_by", FIELD_STR, "how it is known that they wait for it" },
	{ "sure", FIELD_UINT, "how sure that is, percent" },
	{ "orphaned", FIELD_BOOL, "its owner is no task any more" },
	{ "corrupt", FIELD_STR, "why its contents cannot be right" },
	{ "deadlock", FIELD_WORDS, "debugger's numbers of the tasks that wait in a ring" },
	{ "deadlock_text", FIELD_STR, "the same in words" },
	{ NULL },
};
const struct record kernel_lock_record = {
	.kind = "kernel_lock",
	.help = "a lock or other object of a kernel that tasks wait for",
	.fields = lock_fields,
	.text = "\n{type}[ {symbol}] at {address:w}[, +0x{object_offset} in an object of {cache}][ of process {pid}][, bit {bit}]\n"
		"[Owner              {owner_addr:w}[ (thread {owner}, pid {owner_pid}, \"{owner_name}\"[, {owner_state}])]\n]"
		"[Owner is           {owner_known_by}\n]"
		"[State              {state}\n]"
		"[Writer             {writer_addr:w}[ (thread {writer}, pid {writer_pid}, \"{writer_name}\")], lets no more readers in\n]"
		"[Waiting threads    {waiting:d} (pids {waiting_pids:d})\n]"
		"[Waiters            {waiters}, of which the first are shown\n]"
		"[Waiting for        {longest}\n]"
		"[Known by           {known_by}\n]"
		"[*** Corrupt: {corrupt}\n]"
		"[*** {deadlock_text}\n]",
};

static const struct field waiter_fields[] = {
	{ "thread", FIELD_UINT, "the debugger's number of the task" },
	{ "pid", FIELD_UINT, "its thread id" },
	{ "task_addr", FIELD_ADDR, "its task_struct" },
	{ "state", FIELD_STR, "D, S, I ... as in /proc" },
	{ "mode", FIELD_STR, "read or write, of locks that have both" },
	{ "waits", FIELD_DURATION, "since it left the processor" },
	{ "function", FIELD_STR, "that it sleeps in" },
	{ "what", FIELD_STR, "what that waits for, in words" },
	{ "waiter_addr", FIELD_ADDR, "its entry in the lock's list, on its stack" },
	{ "known_by", FIELD_STR, "how it is known what it waits for" },
	{ "name", FIELD_STR, "name of the task" },
	{ NULL },
};
const struct record kernel_waiter_record = {
	.kind = "kernel_waiter",
	.help = "a task that waits for a lock, or for something that is told in words",
	.fields = waiter_fields,
	.text = "  {thread:5} {pid:7} {state} [{mode:-5}] {waits:-18|-}  \"{name}\"[ in {function}][: {what}]\n",
};

struct lock_view {
	struct session *s;
	struct arena *arena;
	struct klocks locks;
	struct wait_graph graph;
	bool all;
};

static const char *state_text(const struct thread *th)
{
	static const char text[] = "RSDTtXZPI";
	const char *at = th->record->live ? strchr(text, th->record->live->state) : NULL;
	static const char *const names[] = { "R", "S", "D", "T", "t", "X", "Z", "P", "I" };

	return at && *at ? names[at - text] : "?";
}

static const char *owner_state(const struct wait_graph *g, const struct thread *th)
{
	const struct wait_node *n = &g->nodes[th->index];
	const struct wait_edge *e = wait_edge_of(g, th->index);

	return e ? "waits itself" : activity_name(n->activity);
}

static void emit_owner(const struct lock_view *v, const struct klock *l, struct out *o)
{
	if (l->owner) {
		out_addr(o, "owner_addr", l->owner);
		if (l->owner_thread) {
			out_uint(o, "owner", l->owner_thread->index);
			out_uint(o, "owner_pid", l->owner_thread->tid);
			out_str(o, "owner_name", l->owner_thread->name);
			out_str(o, "owner_state", owner_state(&v->graph, l->owner_thread));
		}
		if (l->owner_is_hint || l->owner_sure < 95)
			out_str(o, "owner_known_by", l->owner_known_by);
		out_uint(o, "owner_sure", l->owner_sure);
	}
	if (l->readers)
		out_uint(o, "readers", l->readers);
	if (l->is_free && klock_is_lock(l->kind) && !*l->state)
		out_str(o, "state", "free");
	else
		out_name(o, "state", l->unread ? "its memory is not in the dump" : l->state);
	if (l->is_free && klock_is_lock(l->kind))
		out_bool(o, "free", true);
}

static void emit_writer(const struct klock *l, struct out *o)
{
	if (!l->writer)
		return;
	out_addr(o, "writer_addr", l->writer);
	if (!l->writer_thread)
		return;
	out_uint(o, "writer", l->writer_thread->index);
	out_uint(o, "writer_pid", l->writer_thread->tid);
	out_str(o, "writer_name", l->writer_thread->name);
}

static void emit_waiters(const struct klock *l, struct out *o)
{
	struct out_word index[MAX_WAITERS_SHOWN], pid[MAX_WAITERS_SHOWN];
	size_t n = l->n_waiters < MAX_WAITERS_SHOWN ? l->n_waiters : MAX_WAITERS_SHOWN;

	for (size_t i = 0; i < n; i++) {
		index[i] = (struct out_word){ l->waiters[i]->thread->index, true };
		pid[i] = (struct out_word){ l->waiters[i]->thread->tid, true };
	}
	if (!n)
		return;
	out_words(o, "waiting", index, n, 4);
	out_words(o, "waiting_pids", pid, n, 4);
	if (n < l->n_waiters)
		out_uint(o, "waiters", l->n_waiters);
	if (l->waiters[0]->waits_known)
		out_duration(o, "longest", l->waiters[0]->waits / HUNDRED);
	out_str(o, "known_by", l->waiters[0]->known_by);
	out_uint(o, "sure", l->waiters[0]->sure);
}

static void emit_ring(const struct wait_graph *g, const struct klock *l, struct out *o)
{
	struct out_word words[MAX_RING];
	size_t n = l->mm ? 0 : ring_threads(g, l->address, HALF_NATIVE, words);

	ring_out(o, words, n);
}

static void emit_place(const struct lock_view *v, const struct klock *l, struct out *o)
{
	struct slab_object object = { 0 };
	struct symbol_hit hit;

	target_symbol_at(session_target(v->s), l->address, &hit);
	if (hit.module && !l->mm)
		out_sym(o, "symbol", hit.module->name, hit.symbol.name, hit.displacement, l->address);
	else if (!l->mm && slab_object_at(session_target(v->s), v->arena, l->address, &object) && object.object) {
		out_str(o, "cache", object.name);
		out_uint(o, "object_offset", l->address - object.object);
	}
	out_addr(o, "address", l->address);
	if (l->mm)
		out_addr(o, "mm_addr", l->mm);
	if (l->pid)
		out_uint(o, "pid", l->pid);
	if (l->kind == KLOCK_BIT)
		out_uint(o, "bit", l->bit);
}

static struct err *emit_waiter(const struct klock_waiter *w, bool with_mode, struct out *o)
{
	out_begin(o, &kernel_waiter_record);
	out_uint(o, "thread", w->thread->index);
	out_uint(o, "pid", w->thread->tid);
	out_addr(o, "task_addr", w->thread->task);
	out_str(o, "state", state_text(w->thread));
	if (with_mode)
		out_str(o, "mode", w->writes ? "write" : "read");
	if (w->waits_known)
		out_duration(o, "waits", w->waits / HUNDRED);
	out_name(o, "function", w->function);
	out_name(o, "what", w->kind == KLOCK_NONE ? w->what : NULL);
	if (w->waiter)
		out_addr(o, "waiter_addr", w->waiter);
	out_name(o, "known_by", w->known_by);
	out_str(o, "name", w->thread->name);
	return out_end(o);
}

static bool has_readers(enum klock_kind k)
{
	return k == KLOCK_RWSEM || k == KLOCK_PERCPU_RWSEM || k == KLOCK_RWLOCK;
}

static struct err *emit_lock(const struct lock_view *v, const struct klock *l, struct out *o)
{
	bool orphaned = l->owner && !l->owner_thread && !l->owner_is_hint;

	out_begin(o, &kernel_lock_record);
	out_str(o, "type", klock_kind_name(l->kind));
	emit_place(v, l, o);
	emit_owner(v, l, o);
	emit_writer(l, o);
	emit_waiters(l, o);
	if (orphaned)
		out_bool(o, "orphaned", true);
	out_str(o, "corrupt", l->corrupt);
	emit_ring(&v->graph, l, o);
	TRY(out_end(o));
	if (orphaned && !l->corrupt)
		TRY(out_heading(o, "*** Orphaned: its owner is no task of the dump\n"));
	for (size_t i = 0; v->all && i < l->n_waiters; i++)
		TRY(emit_waiter(l->waiters[i], has_readers(l->kind), o));
	return NULL;
}

static bool is_wanted(const struct lock_view *v, const struct klock *l, uint64_t address, bool orphaned)
{
	if (address)
		return l->address == address;
	if (orphaned)
		return l->owner && !l->owner_thread && !l->owner_is_hint;
	return v->all || klock_is_lock(l->kind);
}

/* Tasks that sleep in something that is no object: only with -v. */
static struct err *show_others(const struct lock_view *v, struct out *o)
{
	size_t n = 0;

	for (size_t i = 0; i < v->locks.n_waits; i++) {
		if (v->locks.lock_of[i] || !*v->locks.waits[i].function)
			continue;
		if (!n++)
			TRY(out_heading(o, "\nOther tasks that sleep\n"));
		TRY(emit_waiter(&v->locks.waits[i], false, o));
	}
	return NULL;
}

/* A lock that nobody is found to wait for: what it says itself, if told which kind it is. */
static struct err *show_address(const struct lock_view *v, const struct args *args, const char *kind, uint64_t address, struct out *o)
{
	struct klock l = { 0 };

	for (unsigned k = KLOCK_MUTEX; k < N_KLOCK_KINDS; k++) {
		if (!klock_is_lock(k) || !kind || strcmp(kind, klock_kind_name(k)) != 0)
			continue;
		TRY(klock_read(session_target(v->s), args->arena, k, address, &l));
		return emit_lock(v, &l, o);
	}
	return err_new(ERR_NOTFOUND, "no task waits for anything at that address%s",
		       kind ? "" : ": say what it is (mutex, rw_semaphore, rt_mutex, semaphore, percpu_rw_semaphore, spinlock, rwlock) to read it all the same");
}

struct err *locks_kernel(struct session *s, const struct args *args, const struct locks_wanted *w, struct out *o)
{
	struct lock_view v = { .s = s, .arena = args->arena, .all = w->all };
	size_t shown = 0;

	TRY(kernel_locks(session_target(s), args->arena, &v.locks));
	TRY(wait_graph_build(session_target(s), args->arena, &v.graph));
	for (size_t i = 0; i < v.locks.n; i++) {
		TRY(cancel_check());
		if (!is_wanted(&v, &v.locks.v[i], w->address, w->orphaned))
			continue;
		shown++;
		TRY(emit_lock(&v, &v.locks.v[i], o));
	}
	if (w->address)
		return shown ? NULL : show_address(&v, args, w->kind, w->address, o);
	if (v.all)
		TRY(show_others(&v, o));
	if (v.locks.n_blind)
		TRY(out_heading(o, "\nWhat %zu tasks wait for is not known: their stacks are not in the dump\n", v.locks.n_blind));
	return out_heading(o, "\n%zu of the %zu objects that tasks wait for shown\n", shown, v.locks.n);
}
