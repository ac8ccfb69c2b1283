/* SPDX-License-Identifier: MIT */
/* Our own notes: what the snapshot is, threads and open files, and what writing it met. */
#include "capture/core_impl.h"
#include "capture/record.h"
#include "capture/set.h"

#include <string.h>

static struct err *gather_ranges(struct core *c, struct snapshot_range **ret)
{
	struct snapshot_range *v = ARENA_NEW_N(&c->arena, struct snapshot_range, 2 * c->parts.n + 1);
	const char *why;
	size_t n = 0;

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < c->parts.n; i++) {
		const struct core_segment *g = &c->segments.v[i];
		const struct core_part *p = &c->parts.v[i];
		bool cut = g->file_size && g->file_size < g->mem_size;
		uint64_t end = g->address + (cut ? g->file_size : g->mem_size);

		(void)content_of(p->vma, &c->s->options.content, &why);
		v[n++] = (struct snapshot_range){ g->address, end, cut ? snapshot_class(c->s, p->vma) : p->class,
						  p->class == RANGE_LEFT_OUT ? why : "" };
		if (cut)
			v[n++] = (struct snapshot_range){ end, g->address + g->mem_size, p->class, "" };
	}
	c->n_ranges = n;
	*ret = v;
	return NULL;
}

static enum registers_from registers_of(const struct snapshot *s, pid_t tid)
{
	for (size_t i = 0; i < s->tasks.v.n; i++)
		if (s->tasks.v.v[i].tid == tid && s->tasks.v.v[i].captured)
			return s->tasks.v.v[i].partial ? REGISTERS_SYSCALL : REGISTERS_PTRACE;
	return REGISTERS_NONE;
}

static struct err *gather_threads(struct core *c, struct record_thread **ret)
{
	struct record_thread *v = ARENA_NEW_N(&c->arena, struct record_thread, c->s->n_threads + 1);

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < c->s->n_threads; i++) {
		v[i].proc = c->s->threads[i];
		v[i].registers = registers_of(c->s, v[i].proc.stat.tid);
	}
	*ret = v;
	return NULL;
}

static struct err *gather_set(struct core *c, struct record *r)
{
	const struct snapshot_set *set = c->s->set;
	pid_t *v = ARENA_NEW_N(&c->arena, pid_t, set->members.n);

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < set->members.n; i++)
		v[i] = set->members.v[i]->pid;
	r->set = v;
	r->n_set = set->members.n;
	r->set_skew_ns = set_skew(set);
	return NULL;
}

typedef struct err *build_fn(const struct record *r, struct arena *a, const void **ret, size_t *ret_size);

static struct err *add_note(struct core *c, const struct record *r, uint32_t type, build_fn *build)
{
	struct core_note note = { OSMOSIS_NOTE_OWNER, type, NULL, 0 };

	TRY(build(r, &c->arena, &note.data, &note.size));
	return vec_push(&c->notes, note) ? NULL : err_nomem();
}

struct err *core_add_record(struct core *c)
{
	struct snapshot *s = c->s;
	struct record r = {
		.engine = s->engine->name, .engine_why = s->why, .consistency = s->consistency,
		.consistency_why = s->consistency_why, .paused = true, .pause = s->pause, .start_ns = s->time,
		.trigger = c->options.trigger, .comment = c->options.comment, .n_threads = s->n_threads, .facts = &s->facts,
		.default_class = s->stopped ? RANGE_PAUSE : RANGE_SNAPSHOT,
	};
	struct record_thread *threads = NULL;
	struct snapshot_range *ranges = NULL;

	TRY(gather_ranges(c, &ranges));
	TRY(gather_threads(c, &threads));
	if (s->set->wish.kind != SET_ONE)
		TRY(gather_set(c, &r));
	r.ranges = ranges;
	r.n_ranges = c->n_ranges;
	r.threads = threads;
	TRY(add_note(c, &r, OSMOSIS_NOTE_RECORD, record_build));
	return add_note(c, &r, OSMOSIS_NOTE_LISTS, record_lists_build);
}

uint64_t core_closing_size(const struct core *c)
{
	return RECORD_CLOSING_SIZE;
}

/* Files that nobody wrote to until they were read: of the instant. The others are read while they change. */
static size_t list_changed(struct core *c, struct snapshot_range *v)
{
	const struct held *h = &c->s->held;
	size_t n = 0;

	for (size_t i = 0; i < h->ranges.n; i++)
		if (h->ranges.v[i].still && !held_is_still(&h->ranges.v[i]))
			v[n++] = (struct snapshot_range){ h->ranges.v[i].start, h->ranges.v[i].end, RANGE_LIVE, "shared" };
	if (n)
		snapshot_weaken(c->s, CONSISTENCY_SMEARED, SNAPSHOT_CHANGED);
	return n;
}

static struct err *build_closing(struct core *c)
{
	struct record_closing r = { .complete = !c->broken_off, .incomplete_why = c->broken_off ? "writing was broken off" : NULL,
				    .n_ranges = c->lost.n, .writing_ns = clock_ns() - c->s->tasks.resumed };
	struct snapshot_range *v = ARENA_NEW_N(&c->arena, struct snapshot_range, c->lost.n + c->s->held.ranges.n + 1);
	const void *text;

	if (!v)
		return err_nomem();
	if (!c->broken_off) /* page tables that went away while they were looked at seem empty */
		TRY(snapshot_check(c->s));
	for (size_t i = 0; i < c->lost.n; i++)
		v[i] = (struct snapshot_range){ c->lost.v[i].start, c->lost.v[i].end, RANGE_UNREADABLE, "" };
	r.n_ranges += list_changed(c, v + c->lost.n);
	r.ranges = v;
	for (size_t i = 0; i < c->segments.n; i++)
		r.written += c->segments.v[i].file_size;
	TRY(record_closing_build(&r, RECORD_CLOSING_SIZE, &c->arena, &text));
	c->closing = text;
	return NULL;
}

struct err *core_closing(struct core *c, const char **ret)
{
	struct err *e = NULL;

	(void)pthread_mutex_lock(&c->lock);
	if (!c->closing)
		e = build_closing(c);
	*ret = c->closing;
	(void)pthread_mutex_unlock(&c->lock);
	return e;
}
