/* SPDX-License-Identifier: MIT */
/*
 * Limits: see limits.h. Windows reserves a stack as one allocation, as far as the
 * container lists regions. On Linux a thread's
 * stack is a mapping above one without access, its guard; the stack that the
 * program began with grows down to RLIMIT_STACK below its end.
 */
#include "pattern/limits.h"

#include "os/windows/peb.h"
#include "target/regions.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_STACK = 1 << 30 };

bool limits_value(struct target *t, const char *key, uint64_t *ret)
{
	const struct dump_annotation *v = NULL;
	size_t n = 0;

	if (err_ignore(dump_annotations(target_dump(t), &v, &n)))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(v[i].kind, "osmosis") != 0 || strcmp(v[i].key, key) != 0)
			continue;
		if (v[i].value[0] < '0' || v[i].value[0] > '9')
			return false;
		*ret = strtoull(v[i].value, NULL, 0);
		return true;
	}
	return false;
}

/* The reserved memory is one allocation, whose upper end the TEB has as StackBase. */
static bool windows_stack(struct target *t, struct thread *th, struct stack_space *s)
{
	struct region r;
	struct teb_info teb;

	if (!th->teb || err_ignore(teb_read(t, HALF_NATIVE, th->teb, &teb)) || !peb_has(&teb, stack_base) ||
	    err_ignore(target_region_at(t, s->sp, &r)) || !r.has_state || !r.allocation_base)
		return false;
	s->top = teb.stack_base;
	s->end = r.allocation_base;
	return true;
}

/* A mapping without access ends where the stack begins. */
static bool has_guard(struct target *t, uint64_t base)
{
	struct region below;

	return base && !err_ignore(target_region_at(t, base - 1, &below)) && below.has_prot && !below.prot;
}

static bool linux_stack(struct target *t, struct thread *th, struct stack_space *s)
{
	struct region r;
	uint64_t limit;

	if (err_ignore(target_region_at(t, s->sp, &r)) || r.module || r.path || !(r.prot & DUMP_PROT_W))
		return false;
	s->top = r.base + r.size;
	s->end = r.base;
	if (has_guard(t, r.base))
		return true;
	if (th->index != 0 || th->tid != target_pid(t) || !limits_value(t, "limits.Max stack size", &limit) || limit > s->top)
		return false;
	s->end = s->top - limit;
	return true;
}

bool limits_stack(struct target *t, struct thread *th, struct stack_space *ret)
{
	struct stack_space s = { 0 };
	struct regs regs;

	if (err_ignore(thread_regs(t, th, HALF_NATIVE, &regs)) || !regs_has(&regs, regs.arch->sp) || thread_runs_wow(t, th))
		return false;
	s.sp = regs_sp(&regs);
	if (!(target_is_windows(t) ? windows_stack(t, th, &s) : linux_stack(t, th, &s)))
		return false;
	if (s.sp < s.end || s.sp > s.top || s.top - s.end > MAX_STACK)
		return false;
	*ret = s;
	return true;
}
