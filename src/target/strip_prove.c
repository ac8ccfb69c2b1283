/* SPDX-License-Identifier: MIT */
/*
 * Whether a stripped dump has the stacks it had: it is opened as it would be
 * written, and walked.
 *
 * Unwinders look at many words that lead nowhere and try the next, but take
 * zero for the end of a stack. A stack that changed gets a mark, one and the
 * same number, for each of its words that became zero.
 */
#include "target/strip_impl.h"

#include <string.h>

enum { MARK = 1, SCAN_WORDS = 160, MAX_FRAME = 1 << 20 };

/* --- the plan as a file ---------------------------------------------------------------------- */

struct planned {
	struct source src;
	const struct strip_plan *plan;
	struct source *from;
};

static struct err *planned_read(struct source *src, uint64_t offset, void *buf, size_t len)
{
	struct planned *p = (struct planned *)src;
	bool zero;

	TRY(strip_plan_read(p->plan, p->from, offset, buf, len, &zero));
	if (zero)
		memset(buf, 0, len);
	return NULL;
}

static void planned_destroy(struct source *src)
{
	free(src->name);
	free(src);
}

static struct err *open_planned(struct stripper *s, struct dump **ret)
{
	static const struct source_ops ops = { .read = planned_read, .destroy = planned_destroy };
	struct planned *p = calloc(1, sizeof(*p));

	if (!p)
		return err_nomem();
	*p = (struct planned){ { .ops = &ops, .size = s->plan->size }, s->plan, dump_source(s->t->dump) };
	p->src.name = strdup(p->from->name);
	if (!p->src.name) {
		planned_destroy(&p->src);
		return err_nomem();
	}
	return dump_open_source(&p->src, ret);
}

/* --- comparing --------------------------------------------------------------------------------- */

static bool same_frame(const struct frame *x, const struct frame *y)
{
	return x->ip == y->ip && x->sp == y->sp && x->frame == y->frame && x->ret == y->ret &&
	       x->displacement == y->displacement && !x->function == !y->function &&
	       (!x->function || strcmp(x->function, y->function) == 0);
}

/* A walk that cannot begin has no frames. */
static struct err *walk(struct target *t, struct thread *th, enum thread_half half, struct arena *a, struct stack *ret)
{
	struct stack_options o = { .half = half };
	struct err *e = stack_walk(t, th, &o, a, ret);

	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	err_free(e);
	return NULL;
}

static struct err *same_stack(struct stripper *s, struct target *after, size_t index, enum thread_half half,
			      bool *ret)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct stack x = { 0 }, y = { 0 };
	struct thread *before_threads, *after_threads;
	size_t n = target_threads(s->t, &before_threads), m = target_threads(after, &after_threads);
	bool same = index < n && index < m;

	if (same) {
		TRY(walk(s->t, &before_threads[index], half, &a, &x));
		TRY(walk(after, &after_threads[index], half, &a, &y));
		same = x.n == y.n;
	}
	for (size_t i = 0; same && i < x.n; i++)
		same = same_frame(&x.frames[i], &y.frames[i]);
	*ret = same;
	return NULL;
}

/* --- marks ---------------------------------------------------------------------------------------- */

static struct err *mark_words(struct stripper *s, uint64_t from, uint64_t to, unsigned word)
{
	for (uint64_t at = from & ~(uint64_t)(word - 1); at < to; at += word) {
		uint8_t mark[8] = { 0 };
		struct dump_piece place;
		uint64_t v;

		if (!arch_read_uint(&s->t->memory, at, word, &v) || !strip_find(s, at, &place))
			return NULL;
		if (!v || strip_leads_somewhere(s, v, word))
			continue;
		mark[s->t->facts->big_endian ? word - 1 : 0] = MARK;
		TRY(strip_plan_patch(s->plan, place.offset, mark, word));
	}
	return NULL;
}

/* From each frame to the next; behind the last as far as a walk would look. */
static struct err *mark_stack(struct stripper *s, struct thread *th, enum thread_half half)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct stack stack = { 0 };

	TRY(walk(s->t, th, half, &a, &stack));
	for (size_t i = 0; i < stack.n; i++) {
		unsigned word = stack.frames[i].regs.arch->pointer_size;
		const struct regs *r = &stack.frames[i].regs;
		uint64_t from = stack.frames[i].sp, to = from + SCAN_WORDS * word;

		if (i + 1 < stack.n && stack.frames[i + 1].sp > from && stack.frames[i + 1].sp - from < MAX_FRAME)
			to = stack.frames[i + 1].sp;
		TRY(cancel_check());
		TRY(mark_words(s, from, to, word));
		if (regs_has(r, r->arch->fp)) /* its return address */
			TRY(mark_words(s, r->v[r->arch->fp] + word, r->v[r->arch->fp] + 2 * word, word));
	}
	return NULL;
}

static void count_change(struct strip_stacks *r, const struct thread *th)
{
	if (!r->changed++)
		r->changed_tid = th->tid;
}

/* Counts the threads whose stacks differ; with `mark`, sees to it that they will not. */
static struct err *check(struct stripper *s, const struct target_options *o, bool mark)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	CLEANUP(target_destroyp) struct target *after = NULL;
	struct thread *threads;
	size_t n = target_threads(s->t, &threads);

	s->result->changed = 0;
	strip_plan_finish(s->plan);
	TRY(open_planned(s, &d));
	TRY(target_create(d, o, &after));
	for (size_t i = 0; i < n; i++)
		for (enum thread_half half = HALF_NATIVE; half <= (threads[i].teb32 ? HALF_WOW : HALF_NATIVE); half++) {
			bool same;

			TRY(same_stack(s, after, i, half, &same));
			if (same)
				continue;
			count_change(s->result, &threads[i]);
			if (mark)
				TRY(mark_stack(s, &threads[i], half));
		}
	return NULL;
}

struct err *strip_prove(struct stripper *s, const struct target_options *o)
{
	TRY(check(s, o, true));
	return s->result->changed ? check(s, o, false) : NULL;
}
