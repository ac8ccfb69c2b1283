/* SPDX-License-Identifier: MIT */
/* Single-threaded apartments: see apartment.h. */
#include "os/windows/apartment.h"

#include "target/argument.h"

#include <string.h>
#include <strings.h>

enum { MAX_FRAMES = 24, MAX_ENTRY = 0x80 };

/* "GetToSTA", or with its scope or parameters where symbols have them. */
static bool is_call(const struct frame *f)
{
	const struct module *m = f->symbol.module;

	return m && (strcasecmp(m->name, "combase") == 0 || strcasecmp(m->name, "ole32") == 0) && f->function &&
	       strstr(f->function, "GetToSTA");
}

static enum apartment_wait find_thread(struct target *t, const struct thread *th, struct apartment *a)
{
	uint64_t pid, tid;

	for (uint64_t at = a->entry; at < a->entry + MAX_ENTRY; at += 4) {
		if (!arch_read_uint(target_memory(t), at, 4, &pid) || !arch_read_uint(target_memory(t), at + 4, 4, &tid))
			break;
		if (!pid || pid != target_pid(t) || tid == th->tid || tid == a->tid || !target_thread_by_tid(t, (uint32_t)tid))
			continue;
		if (a->tid)
			return APARTMENT_UNKNOWN;
		a->tid = (uint32_t)tid;
		a->tid_at = at + 4;
	}
	return a->tid ? APARTMENT_THREAD : APARTMENT_UNKNOWN;
}

enum apartment_wait apartment_waited_for(struct target *t, struct thread *th, enum thread_half half, struct apartment *ret)
{
	CLEANUP(arena_deinit) struct arena arena = ARENA_INIT;
	struct stack_options options = { .max_frames = MAX_FRAMES, .half = half, .no_inlines = true };
	struct apartment a = { 0 };
	struct stack s = { 0 };

	if (err_ignore(stack_walk(t, th, &options, &arena, &s)))
		return APARTMENT_NO_WAIT;
	for (size_t i = 0; i < s.n; i++) {
		enum apartment_wait how = APARTMENT_UNKNOWN;

		if (!is_call(&s.frames[i]))
			continue;
		if (frame_argument(t, &s, i, 0, &a.entry) != ARGUMENT_UNKNOWN)
			how = find_thread(t, th, &a);
		if (how == APARTMENT_THREAD)
			*ret = a;
		return how;
	}
	return APARTMENT_NO_WAIT;
}
