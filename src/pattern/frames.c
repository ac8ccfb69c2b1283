/* SPDX-License-Identifier: MIT */
/* Stacks of all threads: see frames.h. */
#include "pattern/frames.h"

#include "base/cancel.h"

struct err *frames_find(struct target *t, struct arena *a, struct frames *ret)
{
	struct thread *threads;
	size_t n = target_threads(t, &threads);
	struct frames s = { 0 };

	s.left_out = n > FRAMES_MAX_THREADS ? n - FRAMES_MAX_THREADS : 0;
	s.n = n - s.left_out;
	s.v = ARENA_NEW_N(a, struct thread_frames, s.n ? s.n : 1);
	if (!s.v)
		return err_nomem();
	for (size_t i = 0; i < s.n; i++) {
		struct stack_options options = { .max_frames = FRAMES_MAX_FRAMES, .no_inlines = true,
						 .half = threads[i].teb32 ? HALF_WOW : HALF_NATIVE };

		TRY(cancel_check());
		s.v[i].thread = &threads[i];
		if (err_ignore(stack_walk(t, &threads[i], &options, a, &s.v[i].stack)))
			s.v[i].stack = (struct stack){ 0 };
	}
	*ret = s;
	return NULL;
}
