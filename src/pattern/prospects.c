/* SPDX-License-Identifier: MIT */
/*
 * Prospects: see prospects.h. Arguments of system calls from their manual pages;
 * glibc keeps two signals for itself (nptl(7)), whose handlers wake nobody.
 */
#include "pattern/prospects.h"

#include "base/cancel.h"
#include "os/linux/syscall.h"
#include "pattern/limits.h"

enum { FUTEX_PRIVATE_ = 0x80, TIMER_ABSTIME_ = 1, NANOSLEEP_X64 = 35, CLOCK_NANOSLEEP_X64 = 230, PAUSE_X64 = 34 };
#define SIGNALS_OF_LIBC ((uint64_t)3 << 31)	/* 32 and 33 */

const char *prospect_text(enum prospect p)
{
	static const char *const texts[] = {
		[PROSPECT_GOES_ON] = "can go on by itself",
		[PROSPECT_LATER] = "sleeps for long",
		[PROSPECT_OUTSIDE] = "can be woken from outside",
		[PROSPECT_SIGNAL] = "can be woken by a signal",
		[PROSPECT_NEVER] = "waits for a signal, and the process handles none",
		[PROSPECT_INSIDE] = "can be woken by another thread only",
		[PROSPECT_ENDED] = "has ended",
	};

	return p < N_PROSPECTS ? texts[p] : "";
}

size_t prospects_alive(const struct prospects *p)
{
	return p->count[PROSPECT_GOES_ON] + p->count[PROSPECT_LATER] + p->count[PROSPECT_OUTSIDE];
}

/* The time that it asked for is in its memory; only 64-bit structures are read. */
static enum prospect of_sleep(struct target *t, const struct linux_syscall *s)
{
	uint64_t at = s->number == NANOSLEEP_X64 ? s->args[0] : s->args[2], seconds = 0;

	if (target_facts(t)->machine != MACHINE_X64 || (s->number != NANOSLEEP_X64 && s->number != CLOCK_NANOSLEEP_X64) ||
	    (s->number == CLOCK_NANOSLEEP_X64 && (s->args[1] & TIMER_ABSTIME_)))
		return PROSPECT_GOES_ON;
	if (!arch_read_uint(target_memory(t), at, 8, &seconds) || seconds < PROSPECT_LONG_SLEEP)
		return PROSPECT_GOES_ON;
	return PROSPECT_LATER;
}

static enum prospect of_signal(const struct linux_syscall *s, bool handles)
{
	/* pause() has no arguments, and no other end than a handler; the others take blocked signals away */
	return s->number == PAUSE_X64 && !handles ? PROSPECT_NEVER : PROSPECT_SIGNAL;
}

/* The word belongs to this process alone: so the call says, or the sort of object that waits without saying. */
static enum prospect of_futex(const struct wait_graph *g, size_t thread, const struct linux_syscall *s)
{
	const struct wait_edge *e = g->nodes[thread].next;

	if (!e || s->args[3])
		return PROSPECT_GOES_ON;
	if ((s->args[1] & FUTEX_PRIVATE_) || g->nodes[e->to].kind == WAIT_THREAD || g->nodes[e->to].is_private)
		return PROSPECT_INSIDE;
	return PROSPECT_OUTSIDE;
}

static enum prospect of_call(struct target *t, const struct wait_graph *g, size_t thread, const struct linux_syscall *s,
			     bool handles)
{
	const struct wait_edge *e = g->nodes[thread].next;

	switch (s->call) {
	case CALL_FUTEX: return of_futex(g, thread, s);
	case CALL_READ:
	case CALL_WRITE: return e && g->nodes[e->to].is_inside ? PROSPECT_INSIDE : PROSPECT_OUTSIDE;
	case CALL_ACCEPT:
	case CALL_CONNECT:
	case CALL_FLOCK:
	case CALL_LOCK:
	case CALL_CHILD:
	case CALL_POLL: return PROSPECT_OUTSIDE;
	case CALL_SLEEP: return of_sleep(t, s);
	case CALL_SIGNAL: return of_signal(s, handles);
	case CALL_OTHER: break;
	}
	return PROSPECT_GOES_ON;
}

/* The first thread's switches are recorded twice, some time apart and before the process was stopped: one that went to
 * sleep in between goes on by itself, whatever it waited for at the end. */
static bool was_moving(struct target *t, const struct thread *th)
{
	uint64_t before = 0;

	return th->tid == target_pid(t) && th->record->live && limits_value(t, "process.voluntary_switches", &before) &&
	       th->record->live->voluntary_switches > before;
}

static enum prospect of_thread(struct target *t, const struct wait_graph *g, size_t i, bool handles)
{
	struct linux_syscall s = { 0 };
	bool certain = false;

	if (g->nodes[i].activity == ACTIVITY_GONE)
		return PROSPECT_ENDED;
	if (g->nodes[i].activity != ACTIVITY_SYSTEM_CALL || was_moving(t, g->nodes[i].thread) ||
	    err_ignore(linux_syscall_of(t, g->nodes[i].thread, &s, &certain)) || !certain)
		return PROSPECT_GOES_ON;
	return of_call(t, g, i, &s, handles);
}

struct err *prospects_find(struct target *t, const struct wait_graph *g, struct arena *a, struct prospects *ret)
{
	struct prospects p = { .of = ARENA_NEW_N(a, enum prospect, g->n_threads + 1) };
	bool is_linux = target_facts(t)->os == OS_LINUX || target_facts(t)->os == OS_ANDROID;
	uint64_t caught = 0;

	if (!p.of)
		return err_nomem();
	p.handles_signals = !limits_value(t, "process.signals_caught", &caught) || (caught & ~SIGNALS_OF_LIBC);
	for (size_t i = 0; i < g->n_threads; i++) {
		TRY(cancel_check());
		p.of[i] = is_linux ? of_thread(t, g, i, p.handles_signals) : PROSPECT_GOES_ON;
		p.count[p.of[i]]++;
	}
	*ret = p;
	return NULL;
}
