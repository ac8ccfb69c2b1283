/* SPDX-License-Identifier: MIT */
/*
 * !locks and !cs: critical sections of a Windows process, with the meaning of
 * LockCount beside the raw value, values that cannot be right, owners that are
 * gone, and the threads that wait. On Linux !locks shows what threads wait for
 * (locks_linux.c).
 *
 * Sections come from ntdll's list and from the threads that wait: those that
 * were made without debug information are in no list.
 */
#include "command/locks.h"

#include "base/cancel.h"
#include "base/map.h"
#include "base/vec.h"
#include "command/stack.h"
#include "os/windows/critsec.h"
#include "target/kernel.h"

#include <inttypes.h>

enum { MAX_WAITERS_SHOWN = 256 };

static const struct field section_fields[] = {
	{ "name", FIELD_STR, "module!symbol+offset, the way WinDbg writes it" },
	{ "address", FIELD_ADDR, "of the section" },
	{ "half", FIELD_STR, "of a WOW64 process: x86 or x64" },
	{ "debug_info", FIELD_ADDR, "its debug structure" },
	{ "locked", FIELD_BOOL, "whether it is held" },
	{ "waiter_woken", FIELD_BOOL, "whether a waiting thread has been woken" },
	{ "lock_count", FIELD_INT, "LockCount as stored" },
	{ "meaning", FIELD_STR, "what LockCount says in this version of Windows" },
	{ "waiters", FIELD_UINT, "waiting threads by LockCount" },
	{ "recursion_count", FIELD_INT, "how often the owner entered it" },
	{ "owning_thread", FIELD_HEX, "thread id of the owner, as stored" },
	{ "owner", FIELD_UINT, "the debugger's number of the owner" },
	{ "owner_name", FIELD_STR, "name of that thread" },
	{ "entry_count", FIELD_HEX, "of the debug structure" },
	{ "contention_count", FIELD_HEX, "of the debug structure" },
	{ "lock_semaphore", FIELD_HEX, "event that waiting threads sleep on" },
	{ "spin_count", FIELD_HEX, "turns before sleeping" },
	{ "waiting", FIELD_WORDS, "debugger's numbers of the threads seen to wait for it" },
	{ "unlisted", FIELD_BOOL, "it was found by a waiting thread, not in ntdll's list" },
	{ "corrupt", FIELD_STR, "why the values cannot be right" },
	{ "orphaned", FIELD_BOOL, "its owner is not in the dump" },
	{ "deadlock", FIELD_WORDS, "debugger's numbers of the threads that wait in a ring" },
	{ NULL },
};

#define LOCKS_HEAD "\nCritSec {name} at {address}\n"
#define LOCKS_TAIL                                                                                   \
	"RecursionCount     {recursion_count}\n"                                                     \
	"OwningThread       {owning_thread}[ (thread {owner}[ \"{owner_name}\"])]\n"                 \
	"[EntryCount         {entry_count}\n][ContentionCount    {contention_count}\n]"              \
	"[Waiting threads    {waiting:d}\n]"
#define LOCKS_LOCKED LOCKS_TAIL "*** Locked\n"
#define LOCKS_COUNT "LockCount          {lock_count}: {meaning}\n"

static const struct record section_record = {
	.kind = "critical_section",
	.help = "a critical section",
	.fields = section_fields,
	.text = LOCKS_HEAD LOCKS_COUNT LOCKS_LOCKED,
};
static const char woken_layout[] =
	LOCKS_HEAD "WaiterWoken        Yes\n" LOCKS_COUNT LOCKS_LOCKED;
static const char not_woken_layout[] =
	LOCKS_HEAD "WaiterWoken        No\n" LOCKS_COUNT LOCKS_LOCKED;
static const char free_layout[] = LOCKS_HEAD "LockCount          NOT LOCKED\n" LOCKS_TAIL;

#define CS_HEAD                                                                                      \
	"-----------------------------------------\n"                                                \
	"[DebugInfo          = 0x{debug_info:w}\n]"                                                    \
	"Critical section   = 0x{address:w} ({name})\n"
#define CS_TAIL                                                                                      \
	"OwningThread       = 0x{owning_thread:08x}[ (thread {owner}[ \"{owner_name}\"])]\n"         \
	"RecursionCount     = 0x{recursion_count:X}\n"                                               \
	"LockSemaphore      = 0x{lock_semaphore:X}\n"                                                \
	"SpinCount          = 0x{spin_count:08x}\n"                                                  \
	"[Waiting threads    = {waiting:d}\n]"
#define CS_COUNT "LOCKED\nLockCount          = {lock_count}: {meaning}\n"
static const char cs_layout[] = CS_HEAD CS_COUNT CS_TAIL;
static const char cs_woken_layout[] = CS_HEAD CS_COUNT "WaiterWoken        = Yes\n" CS_TAIL;
static const char cs_not_woken_layout[] = CS_HEAD CS_COUNT "WaiterWoken        = No\n" CS_TAIL;
static const char cs_free_layout[] = CS_HEAD "NOT LOCKED\n" CS_TAIL;

static const struct field scan_fields[] = {
	{ "half", FIELD_STR, "of a WOW64 process: x86 or x64" },
	{ "scanned", FIELD_UINT, "sections in ntdll's list" },
	{ "unlisted", FIELD_UINT, "sections found by waiting threads only" },
	{ "trouble", FIELD_STR, "why the list is not whole" },
	{ NULL },
};
static const struct record scan_record = {
	.kind = "critical_sections_scanned",
	.help = "how many critical sections were looked at",
	.fields = scan_fields,
	.text = "\nScanned {scanned} critical sections[ ({half})]\n"
		"[{unlisted} more found by the threads that wait for them\n]"
		"[The list is not whole: {trouble}\n]",
};

struct wait {
	struct thread *thread;
	uint64_t address;
};

struct found {
	struct critsec cs;
	bool unlisted;
};

/* What is known of one half. */
struct locks {
	struct session *s;
	enum thread_half half;
	VEC(struct wait) waits;
	VEC(struct found) found;
	struct u64map by_address;	/* position in found, plus 1 */
	struct wait_graph graph;	/* in the command's arena */
	struct critsec_walk walk;
	struct err *list_error;	/* why there is no list; owned */
	bool no_memory;
};

struct filter {
	bool all, locked, orphaned, owner_stack, creation_stack, cs;
	uint64_t address;	/* 0: any */
};

static void locks_deinit(struct locks *l)
{
	vec_deinit(&l->waits);
	vec_deinit(&l->found);
	u64map_deinit(&l->by_address);
	err_free(l->list_error);
}

static bool keep_section(struct locks *l, const struct critsec *cs, bool unlisted)
{
	return vec_push(&l->found, ((struct found){ *cs, unlisted })) &&
	       u64map_put(&l->by_address, cs->address, (void *)(uintptr_t)l->found.n);
}

static bool take_section(void *arg, const struct critsec *cs)
{
	struct locks *l = arg;

	l->no_memory = !keep_section(l, cs, false);
	return !l->no_memory;
}

static struct err *collect_waits(struct locks *l)
{
	struct target *t = session_target(l->s);
	struct thread *threads;
	size_t n = target_threads(t, &threads);

	for (size_t i = 0; i < n; i++) {
		struct wait w = { .thread = &threads[i] };

		TRY(cancel_check());
		if (l->half == HALF_WOW && !threads[i].teb32)
			continue;
		(void)critsec_waited_by(t, w.thread, l->half, &w.address);
		if (w.address && !vec_push(&l->waits, w))
			return err_nomem();
	}
	return NULL;
}

static const struct critsec *section_at(const struct locks *l, uint64_t address)
{
	uintptr_t position = (uintptr_t)u64map_get(&l->by_address, address);

	return position ? &l->found.v[position - 1].cs : NULL;
}

static struct err *add_section(struct locks *l, struct arena *a, uint64_t address)
{
	struct critsec cs;

	TRY(critsec_read(session_target(l->s), l->half, address, a, &cs));
	return keep_section(l, &cs, true) ? NULL : err_nomem();
}

static struct err *collect(struct locks *l, struct arena *a)
{
	TRY(wait_graph_build(session_target(l->s), a, &l->graph));
	TRY(collect_waits(l));
	l->list_error = critsec_list(session_target(l->s), l->half, a, take_section, l, &l->walk);
	if (l->no_memory)
		return err_nomem();
	for (size_t i = 0; i < l->waits.n; i++)
		if (!section_at(l, l->waits.v[i].address))
			err_ignore(add_section(l, a, l->waits.v[i].address));
	return NULL;
}

static const char *half_name(struct session *s, enum thread_half half)
{
	if (!target_has_wow(session_target(s)))
		return NULL;
	return half == HALF_WOW ? "x86" : "x64";
}

/* WinDbg's form: hex without 0x, "+319ee0" outside modules. */
static void emit_name(struct session *s, struct out *o, uint64_t address)
{
	struct symbol_hit hit;

	target_symbol_at(session_target(s), address, &hit);
	if (!hit.module)
		out_strf(o, "name", "+%" PRIx64, address);
	else if (!hit.symbol.name)
		out_strf(o, "name", "%s+%" PRIx64, hit.module->name, hit.displacement);
	else
		out_strf(o, "name", "%s!%s+%" PRIx64, hit.module->name, hit.symbol.name,
			 hit.displacement);
}

static void emit_meaning(struct out *o, const struct critsec *cs)
{
	if (!cs->locked)
		out_str(o, "meaning", "not locked");
	else if (cs->encoding == LOCKCOUNT_BITS)
		out_strf(o, "meaning", "locked, %" PRIu64 " waiting, %s woken%s", cs->waiters,
			 cs->waiter_woken ? "one" : "none", cs->corrupt ? " (impossible)" : "");
	else if (cs->encoding == LOCKCOUNT_OLD)
		out_strf(o, "meaning", "locked, %" PRIu64 " waiting%s", cs->waiters,
			 cs->corrupt ? " (impossible)" : "");
	else
		out_str(o, "meaning", "locked; waiters not known: the dump does not tell the version "
				      "of Windows");
	if (cs->encoding != LOCKCOUNT_UNKNOWN)
		out_uint(o, "waiters", cs->waiters);
}

static const char *layout_for(const struct critsec *cs, bool is_cs)
{
	if (!cs->locked)
		return is_cs ? cs_free_layout : free_layout;
	if (cs->encoding != LOCKCOUNT_BITS)
		return is_cs ? cs_layout : section_record.text;
	if (is_cs)
		return cs->waiter_woken ? cs_woken_layout : cs_not_woken_layout;
	return cs->waiter_woken ? woken_layout : not_woken_layout;
}

static void emit_waiting(const struct locks *l, struct out *o, uint64_t address)
{
	struct out_word words[MAX_WAITERS_SHOWN];
	size_t n = 0;

	for (size_t i = 0; i < l->waits.n && n < ARRAY_SIZE(words); i++)
		if (l->waits.v[i].address == address)
			words[n++] = (struct out_word){ l->waits.v[i].thread->index, true };
	if (n)
		out_words(o, "waiting", words, n, 4);
}

static void emit_counts(struct out *o, const struct critsec *cs)
{
	out_bool(o, "locked", cs->locked);
	if (cs->locked && cs->encoding == LOCKCOUNT_BITS)
		out_bool(o, "waiter_woken", cs->waiter_woken);
	out_int(o, "lock_count", cs->lock_count);
	emit_meaning(o, cs);
	out_int(o, "recursion_count", cs->recursion_count);
	out_uint(o, "owning_thread", cs->owning_thread);
	if (cs->owner) {
		out_uint(o, "owner", cs->owner->index);
		out_name(o, "owner_name", cs->owner->name);
	}
	if (cs->has_debug) {
		out_uint(o, "entry_count", cs->entry_count);
		out_uint(o, "contention_count", cs->contention_count);
	}
	out_uint(o, "lock_semaphore", cs->lock_semaphore);
	out_uint(o, "spin_count", cs->spin_count);
}

size_t ring_threads(const struct wait_graph *g, uint64_t lock, enum thread_half half, struct out_word *ret)
{
	const struct wait_ring *r = wait_ring_of(g, lock, half);
	size_t n = 0;

	for (size_t i = 0; r && i < r->n && n < MAX_RING; i++)
		if (g->nodes[r->nodes[i]].kind == WAIT_THREAD)
			ret[n++] = (struct out_word){ g->nodes[r->nodes[i]].thread->index, true };
	return n;
}

void ring_text(const struct out_word *ring, size_t n, struct strbuf *sb)
{
	for (size_t i = 0; i < n; i++)
		strbuf_addf(sb, "%s%" PRIu64, !i ? "" : i + 1 < n ? ", " : " and ", ring[i].value);
}

void ring_out(struct out *o, const struct out_word *words, size_t n)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	if (!n)
		return;
	strbuf_adds(&sb, n > 1 ? "Deadlock: threads " : "Deadlock: thread ");
	ring_text(words, n, &sb);
	strbuf_adds(&sb, n > 1 ? " hold each other's lock" : " waits for the lock that it holds");
	out_words(o, "deadlock", words, n, 4);
	if (!sb.failed)
		out_str(o, "deadlock_text", sb.s);
}

static struct err *tell_ring(struct out *o, const struct out_word *ring, size_t n)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	ring_text(ring, n, &sb);
	TRY(strbuf_check(&sb));
	return out_heading(o, "*** Deadlock: threads %s hold each other's lock\n", sb.s);
}

/* The lines behind the section in text; fields of it in JSON. */
static struct err *tell_trouble(struct out *o, const struct found *f, const struct out_word *ring,
				size_t n_ring)
{
	if (n_ring)
		TRY(tell_ring(o, ring, n_ring));
	if (f->cs.corrupt)
		TRY(out_heading(o, "*** Corrupt: %s\n", f->cs.corrupt));
	if (f->cs.orphaned)
		TRY(out_heading(o, "*** Orphaned: its owner, thread %" PRIx64 ", is not in the dump\n",
				f->cs.owning_thread));
	if (f->unlisted)
		TRY(out_heading(o, "*** Not in ntdll's list: found by address\n"));
	return NULL;
}

static struct err *emit_section(const struct locks *l, const struct found *f, bool is_cs, struct out *o)
{
	const struct critsec *cs = &f->cs;
	struct out_word ring[MAX_RING];
	size_t n_ring = ring_threads(&l->graph, cs->address, l->half, ring);

	out_begin_as(o, &section_record, layout_for(cs, is_cs));
	emit_name(l->s, o, cs->address);
	out_addr(o, "address", cs->address);
	out_str(o, "half", half_name(l->s, l->half));
	if (cs->debug_info)
		out_addr(o, "debug_info", cs->debug_info);
	emit_counts(o, cs);
	emit_waiting(l, o, cs->address);
	if (f->unlisted)
		out_bool(o, "unlisted", true);
	if (cs->corrupt)
		out_str(o, "corrupt", cs->corrupt);
	if (cs->orphaned)
		out_bool(o, "orphaned", true);
	if (n_ring)
		out_words(o, "deadlock", ring, n_ring, 4);
	TRY(out_end(o));
	return tell_trouble(o, f, ring, n_ring);
}

static struct err *emit_owner_stack(const struct locks *l, const struct critsec *cs, struct arena *a,
				    struct out *o)
{
	struct stack_options options = { .max_frames = 64, .half = l->half };
	struct stack stack = { 0 };

	if (!cs->owner)
		return cs->locked ? out_heading(o, "OwnerStack: the owner is no thread of the dump\n")
				  : NULL;
	TRY(stack_walk(session_target(l->s), cs->owner, &options, a, &stack));
	TRY(out_heading(o, "\nOwnerStack of thread %zu (tid %x):\n", cs->owner->index, cs->owner->tid));
	return emit_stack(l->s, a, o, "k", &stack);
}

static bool wanted(const struct filter *w, const struct critsec *cs)
{
	if (w->address)
		return cs->address == w->address;
	if (w->all)
		return true;
	if (w->orphaned)
		return cs->orphaned;
	return cs->locked || cs->corrupt;
}

static struct err *emit_found(const struct locks *l, const struct filter *w, struct arena *a,
			      struct out *o)
{
	for (size_t i = 0; i < l->found.n; i++) {
		const struct found *f = &l->found.v[i];

		TRY(cancel_check());
		if (!wanted(w, &f->cs))
			continue;
		TRY(emit_section(l, f, w->cs, o));
		if (w->owner_stack)
			TRY(emit_owner_stack(l, &f->cs, a, o));
		if (w->creation_stack)
			TRY(out_heading(o, "Creation stack: not recorded in this dump\n"));
	}
	return NULL;
}

static struct err *emit_scan(const struct locks *l, struct out *o)
{
	size_t unlisted = 0;

	for (size_t i = 0; i < l->found.n; i++)
		unlisted += l->found.v[i].unlisted;
	out_begin(o, &scan_record);
	out_str(o, "half", half_name(l->s, l->half));
	out_uint(o, "scanned", l->walk.scanned);
	if (unlisted)
		out_uint(o, "unlisted", unlisted);
	if (l->list_error)
		out_str(o, "trouble", err_message(l->list_error));
	else
		out_str(o, "trouble", l->walk.broken);
	return out_end(o);
}

static struct err *show_half(struct session *s, enum thread_half half, const struct filter *w,
			     struct arena *a, struct out *o)
{
	CLEANUP(locks_deinit) struct locks l = { .s = s, .half = half, .by_address = U64MAP_INIT };
	struct err *e;

	TRY(collect(&l, a));
	if (w->address && !section_at(&l, w->address))
		TRY(add_section(&l, a, w->address));
	if (l.list_error && !l.found.n) {
		e = l.list_error;
		l.list_error = NULL;
		return err_prefix(e, "critical sections");
	}
	out_set_pointer_size(o, half == HALF_WOW ? 4 : target_arch(session_target(s))->pointer_size);
	TRY(emit_found(&l, w, a, o));
	return w->address ? NULL : emit_scan(&l, o);
}

/* Both halves of a WOW64 process, the effective one first; an address belongs
 * to the effective half. One that cannot be shown does not hide the other. */
static struct err *show(struct session *s, const struct filter *w, struct arena *a, struct out *o)
{
	enum thread_half half = session_half(s);
	struct err *e = show_half(s, half, w, a, o), *other = NULL;

	if (!w->address && target_has_wow(session_target(s)) && (!e || err_code(e) == ERR_NOTFOUND))
		other = show_half(s, half == HALF_WOW ? HALF_NATIVE : HALF_WOW, w, a, o);
	out_set_pointer_size(o, session_pointer_size(s));
	if (!e)
		return other;
	if (other)
		session_report(s, other);
	return e;
}

static struct err *run_kernel(struct session *s, const struct args *args, const char *p, const struct filter *f, struct out *o)
{
	struct locks_wanted w = { .all = f->all, .orphaned = f->orphaned };
	char *kind = NULL;

	if (expr_ahead(p)) {
		TRY(expr_parse(s, &p, &w.address));
		TRY(word_parse(args->arena, &p, &kind));
		w.kind = kind;
	}
	TRY(end_parse(args, p));
	return locks_kernel(s, args, &w, o);
}

static struct err *run_locks(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	struct filter w = { 0 };
	unsigned options = 0;

	TRY(options_parse(&p, "vo", &options));
	w.all = options & 1;
	w.orphaned = options & 2;
	if (target_kernel(session_target(s)))
		return run_kernel(s, args, p, &w, o);
	TRY(end_parse(args, p));
	if (!target_is_windows(session_target(s)))
		return locks_linux(s, args, w.all, w.orphaned, o);
	return show(s, &w, args->arena, o);
}

static struct err *run_cs(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	struct filter w = { .cs = true };
	unsigned options = 0;

	if (*p == '-' && p[1] == '?')
		return usage_error(args, "see .hh !cs");
	TRY(options_parse(&p, "los", &options));
	if (*p)
		TRY(expr_parse(s, &p, &w.address));
	TRY(end_parse(args, p));
	w.all = !(options & 1);
	w.owner_stack = options & 2;
	w.creation_stack = options & 4;
	return show(s, &w, args->arena, o);
}

static const struct record *const locks_records[] = { &section_record, &scan_record, &futex_record,
						      &kernel_lock_record, &kernel_waiter_record, NULL };
static const struct record *const cs_records[] = { &section_record, &scan_record, &frame_record,
						   NULL };

const struct command command_locks = {
	.name = "!locks",
	.summary = "show the locks that are held, their owners and who waits",
	.usage = "[-v | -o] [address [type]]",
	.help = "Windows: the critical sections of ntdll's list that are locked, and those that\n"
		"threads are seen to wait for; -v shows all, -o those whose owner is gone. Behind\n"
		"LockCount stands what it means in the dump's version of Windows: up to XP the\n"
		"entries minus one, since Server 2003 SP1 a lock bit, a woken bit and the ones'\n"
		"complement of the waiters. Values that no program can produce are told as\n"
		"corruption. Of a WOW64 process both halves are shown.\n"
		"\n"
		"Linux: the mutexes and read-write locks that threads sleep on in futex(2), with\n"
		"owner, waiters, how that is known, and deadlocks; -v shows everything that threads\n"
		"wait for there. Locks that nobody waits for cannot be found.\n"
		"\n"
		"Linux kernels: what each task that sleeps waits for: mutexes, read-write semaphores\n"
		"(per-CPU ones as well), rt_mutexes, semaphores and futexes, with PREEMPT_RT spinlocks\n"
		"and rwlocks as well, with owner, waiters, how long and how that is known; -v also\n"
		"completions, wait queues and bits, each waiter, and in words what the other tasks sleep\n"
		"in; -o locks whose owner is no task any more. With an address that one; with its type\n"
		"(mutex, rw_semaphore, rt_mutex, semaphore, percpu_rw_semaphore, spinlock, rwlock) also\n"
		"when nobody waits for it. Of a percpu_rw_semaphore the writer is known while it waits for\n"
		"the readers to leave; of a semaphore who took it last, in kernels since 6.16 that look for\n"
		"hung tasks.",
	.records = locks_records,
	.needs = NEEDS_TARGET,
	.run = run_locks,
};

const struct command command_cs = {
	.name = "!cs",
	.summary = "show critical sections",
	.usage = "[-l] [-o] [-s] [address]",
	.help = "All sections of ntdll's list, or the one at an address. -l shows locked ones only,\n"
		"-o adds the stack of the owner, -s the stack that created it, where it was\n"
		"recorded. LockCount is explained as by !locks.",
	.records = cs_records,
	.needs = NEEDS_TARGET | NEEDS_WINDOWS,
	.run = run_cs,
};
