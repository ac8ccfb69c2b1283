/* SPDX-License-Identifier: MIT */
/*
 * Comparing two dumps: threads. In one process a thread is the same by its id
 * (and, where times tell, unless another one got it meanwhile); it has not moved
 * when each frame is at the same instruction and stack address. Of two
 * processes those are paired that have the same stack by module and offset.
 */
#include "command/diff.h"

#include "base/cancel.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_FRAMES = 256 };

static const struct field count_fields[] = {
	{ "before", FIELD_UINT, "threads before" },
	{ "after", FIELD_UINT, "threads after" },
	{ "gone", FIELD_UINT, "threads that are gone" },
	{ "new", FIELD_UINT, "threads that are new" },
	{ "moved", FIELD_UINT, "threads that are elsewhere" },
	{ "stuck", FIELD_UINT, "threads with the same stack as before" },
	{ NULL },
};
const struct record diff_threads_record = {
	.kind = "thread_changes",
	.help = "How many threads changed",
	.fields = count_fields,
	.text = "\nThreads: {before} before, {after} after: {gone} gone, {new} new, {moved} moved, {stuck} with the same stack\n",
};

static const struct field fields[] = {
	{ "change", FIELD_STR, "gone, new, moved, stuck (the same stack)" },
	{ "tid", FIELD_UINT, "thread id; of two processes, the later one's" },
	{ "name", FIELD_STR, "name of the thread" },
	{ "cpu_seconds", FIELD_FLOAT, "processor time used meanwhile" },
	{ "cpu_percent", FIELD_FLOAT, "of one processor" },
	{ "before", FIELD_STR, "where it was: the innermost frame; of a moved one the outermost that differs" },
	{ "after", FIELD_STR, "where it is, likewise" },
	{ "start", FIELD_STR, "its outermost frame of a name" },
	{ NULL },
};
const struct record diff_thread_record = {
	.kind = "thread_change",
	.help = "A thread, before and after",
	.fields = fields,
	.text = "  {change:-6} {tid:-8}[ {name:q}][ {cpu_seconds} s][ ({cpu_percent} %)][ {before}][ -> {after}]\n",
};

struct one {
	const struct thread *th;
	struct stack stack;
	const struct one *pair;
	bool moved;
};

struct side {
	struct target *t;
	struct one *v;
	size_t n;
};

static struct err *load(struct target *t, struct arena *a, struct side *ret)
{
	struct stack_options o = { .max_frames = MAX_FRAMES, .no_inlines = true };
	struct thread *threads;

	ret->t = t;
	ret->n = target_threads(t, &threads);
	ret->v = ARENA_NEW_N(a, struct one, ret->n ? ret->n : 1);
	if (!ret->v)
		return err_nomem();
	for (size_t i = 0; i < ret->n; i++) {
		struct err *e;

		ret->v[i].th = &threads[i];
		o.half = threads[i].teb32 ? HALF_WOW : HALF_NATIVE;
		e = stack_walk(t, &threads[i], &o, a, &ret->v[i].stack);
		if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
			return e;
		err_free(e); /* without registers: a stack of no frames */
	}
	return NULL;
}

static bool same_place(const struct frame *x, const struct frame *y, bool same_process)
{
	const struct module *m = x->symbol.module, *n = y->symbol.module;

	if (same_process)
		return x->ip == y->ip && x->sp == y->sp;
	if (!m || !n)
		return m == n && x->ip == y->ip;
	return strcmp(m->image_name, n->image_name) == 0 && x->ip - m->base == y->ip - n->base;
}

static bool same_stack(const struct one *x, const struct one *y, bool same_process)
{
	bool same = x->stack.n == y->stack.n && x->stack.n;

	for (size_t i = 0; same && i < x->stack.n; i++)
		same = same_place(&x->stack.frames[i], &y->stack.frames[i], same_process);
	return same;
}

/* An id may have been given to another thread meanwhile. */
static bool same_thread(const struct thread *x, const struct thread *y)
{
	const struct dump_thread *a = x->record, *b = y->record;

	if (x->tid != y->tid)
		return false;
	if (a->has & b->has & THREAD_HAS_TIMES)
		return a->create_time == b->create_time;
	return !a->live || !b->live || a->live->start_ticks == b->live->start_ticks;
}

static bool pairs(const struct diff *d, const struct one *x, const struct one *y)
{
	return d->same_process ? same_thread(x->th, y->th) : same_stack(x, y, false);
}

static struct err *match(const struct diff *d, struct side *before, struct side *after)
{
	for (size_t i = 0, hint = 0; i < before->n; i++) {
		TRY(cancel_check());
		for (size_t k = 0; k < after->n; k++) {
			struct one *x = &before->v[i], *y = &after->v[(hint + k) % after->n];

			if (y->pair || !pairs(d, x, y))
				continue;
			x->pair = y;
			y->pair = x;
			x->moved = y->moved = !same_stack(x, y, d->same_process);
			hint = (hint + k + 1) % after->n;
			break;
		}
	}
	return NULL;
}

static struct err *out_frame(struct out *o, const char *key, struct target *t, const struct frame *f)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	target_add_symbol(t, f->ip, &sb);
	TRY(strbuf_check(&sb));
	out_str(o, key, sb.s);
	return NULL;
}

static bool cpu_used(const struct thread *x, const struct thread *y, double *ret)
{
	const struct dump_thread *a = x->record, *b = y->record;
	unsigned times = THREAD_HAS_TIMES | THREAD_HAS_CPU_TIMES;

	if (!(a->has & times) || !(b->has & times))
		return false;
	*ret = (double)(int64_t)(b->user_time + b->kernel_time - a->user_time - a->kernel_time) / 1e7;
	return true;
}

static void out_cpu(const struct diff *d, const struct one *x, const struct one *y, struct out *o)
{
	double used;

	if (!d->same_process || !cpu_used(x->th, y->th, &used))
		return;
	out_float(o, "cpu_seconds", used);
	if (d->has_interval && d->interval > 0 && used > 0)
		out_float(o, "cpu_percent", (double)(int64_t)(used / d->interval * 1000 + 0.5) / 10);
}

/* From the outermost frame inwards, how many are the same; at least one is left of each. */
static size_t common(const struct diff *d, const struct one *x, const struct one *y)
{
	size_t n = 0;

	while (n + 1 < x->stack.n && n + 1 < y->stack.n &&
	       same_place(&x->stack.frames[x->stack.n - 1 - n], &y->stack.frames[y->stack.n - 1 - n], d->same_process))
		n++;
	return n;
}

/* Either may be NULL. */
static struct err *emit(const struct diff *d, const char *change, const struct one *x, const struct one *y, struct out *o)
{
	const struct one *any = y ? y : x;
	size_t n = 0;

	TRY(cancel_check());
	out_begin(o, &diff_thread_record);
	out_str(o, "change", change);
	out_uint(o, "tid", any->th->tid);
	out_name(o, "name", any->th->name);
	if (x && y)
		out_cpu(d, x, y, o);
	if (x && y && x->moved)
		n = common(d, x, y);
	if (x && x->stack.n)
		TRY(out_frame(o, "before", d->before->target, &x->stack.frames[n ? x->stack.n - 1 - n : 0]));
	if (y && y->stack.n && (!x || x->moved))
		TRY(out_frame(o, "after", d->after->target, &y->stack.frames[n ? y->stack.n - 1 - n : 0]));
	for (size_t i = any->stack.n; i-- > 0;)
		if (any->stack.frames[i].function) {
			out_str(o, "start", any->stack.frames[i].function);
			break;
		}
	return out_end(o);
}

static struct err *emit_counts(const struct side *before, const struct side *after, struct out *o)
{
	size_t gone = 0, new = 0, moved = 0;

	for (size_t i = 0; i < before->n; i++) {
		gone += !before->v[i].pair;
		moved += before->v[i].moved;
	}
	for (size_t i = 0; i < after->n; i++)
		new += !after->v[i].pair;
	out_begin(o, &diff_threads_record);
	out_uint(o, "before", before->n);
	out_uint(o, "after", after->n);
	out_uint(o, "gone", gone);
	out_uint(o, "new", new);
	out_uint(o, "moved", moved);
	out_uint(o, "stuck", before->n - gone - moved);
	return out_end(o);
}

struct err *diff_threads(const struct diff *d, struct out *o)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct side before, after;

	TRY(load(d->before->target, &a, &before));
	TRY(load(d->after->target, &a, &after));
	TRY(match(d, &before, &after));
	TRY(emit_counts(&before, &after, o));
	for (size_t i = 0; i < before.n; i++)
		if (!before.v[i].pair)
			TRY(emit(d, "gone", &before.v[i], NULL, o));
	for (size_t i = 0; i < after.n; i++)
		if (!after.v[i].pair)
			TRY(emit(d, "new", NULL, &after.v[i], o));
	for (unsigned moved = 2; moved-- > 0;)
		for (size_t i = 0; i < before.n; i++)
			if (before.v[i].pair && before.v[i].moved == (moved == 1))
				TRY(emit(d, moved ? "moved" : "stuck", &before.v[i], before.v[i].pair, o));
	return NULL;
}
