/* SPDX-License-Identifier: MIT */
/* What grows over several dumps, and which locks stay held: see report/series.h. */
#include "command/diff.h"

#include <string.h>

enum { SHOWN = 10 };

static const struct field trend_fields[] = {
	{ "what", FIELD_STR, "what is counted" },
	{ "trend", FIELD_STR, "grows steadily (from each dump to the next), grows in steps (never falls), grows, with falls; grew (two "
			      "dumps); fell; up and down; little changed" },
	{ "address", FIELD_ADDR, "of the region, heap or lock" },
	{ "tid", FIELD_UINT, "thread id" },
	{ "size", FIELD_UINT, "of each block" },
	{ "name", FIELD_STR, "use of the memory, type of handles, name of thread or lock" },
	{ "first", FIELD_SIZE, "in the first dump that tells it: bytes, a number, or milliseconds of processor time" },
	{ "last", FIELD_SIZE, "in the last" },
	{ "values", FIELD_WORDS, "in each dump; null: the dump does not tell" },
	{ "growth", FIELD_INT, "from first to last" },
	{ "rate", FIELD_SIZE, "a second, where it grew and the dumps tell when they were taken; absent: less than one" },
	{ "hourly", FIELD_SIZE, "an hour" },
	{ "may_leak", FIELD_STR, "present: a heap, blocks or handles that grow and do not fall" },
	{ NULL },
};
#define TREND_HEAD "  {what}[ of {size} bytes][ {address}][ thread {tid}][ {name}]: "
#define TREND_TAIL "[: {may_leak}]\n"
const struct record diff_trend_record = {
	.kind = "trend",
	.help = "What changed over the dumps",
	.fields = trend_fields,
	.text = TREND_HEAD "{values:d}: {trend}[, {hourly:d} an hour]" TREND_TAIL,
};
static const char bytes_layout[] = TREND_HEAD "{first:S} -> {last:S}: {trend}[, {rate:S} a second][, {hourly:S} an hour]" TREND_TAIL;
static const char time_layout[] = TREND_HEAD "{values:d} ms: {trend}" TREND_TAIL;

static const struct field stuck_fields[] = {
	{ "type", FIELD_STR, "mutex, critical section ..." },
	{ "address", FIELD_ADDR, "of the lock" },
	{ "name", FIELD_STR, "symbol there" },
	{ "owner", FIELD_UINT, "thread id of the owner in all dumps" },
	{ "waiters", FIELD_WORDS, "threads that wait for it, in each dump" },
	{ NULL },
};
const struct record diff_stuck_record = {
	.kind = "stuck_lock",
	.help = "A lock that the same thread holds in all dumps while others wait",
	.fields = stuck_fields,
	.text = "  stuck: {type} {address}[ {name}] is held by thread {owner} in all dumps, {waiters:d} wait\n",
};

/* --- locks --------------------------------------------------------------------------------------- */

static const struct lock_figure *find(const struct lock_figures *f, const struct lock_figure *l)
{
	size_t from = 0, to = f->v.n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int order = lock_figure_compare(&f->v.v[mid], l);

		if (!order)
			return &f->v.v[mid];
		if (order < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return NULL;
}

static struct err *begin_stuck(struct stuck_locks *l, const struct lock_figures *f, struct arena *a)
{
	for (size_t i = 0; i < f->v.n; i++) {
		struct stuck_lock s = { .lock = f->v.v[i] };

		if (!s.lock.owner || !s.lock.waiters)
			continue;
		s.lock.type = arena_strdup(a, s.lock.type);
		s.lock.name = arena_strdup(a, s.lock.name);
		if (!s.lock.type || !s.lock.name || !vec_push(&s.waiters, ((struct out_word){ s.lock.waiters, true })))
			return err_nomem();
		if (!vec_push(&l->v, s)) {
			vec_deinit(&s.waiters);
			return err_nomem();
		}
	}
	return NULL;
}

struct err *diff_stuck_add(struct stuck_locks *l, const struct diff_side *s, bool same_process, struct arena *a)
{
	size_t kept = 0;

	if (!l->dumps++)
		return begin_stuck(l, &s->locks, a);
	for (size_t i = 0; i < l->v.n; i++) {
		struct stuck_lock *old = &l->v.v[i];
		const struct lock_figure *now = same_process ? find(&s->locks, &old->lock) : NULL;

		if (!now || now->owner != old->lock.owner || !now->waiters) {
			vec_deinit(&old->waiters);
			continue;
		}
		if (!vec_push(&old->waiters, ((struct out_word){ now->waiters, true })))
			return err_nomem();
		l->v.v[kept++] = *old;
		if (kept - 1 != i)
			old->waiters = (typeof(old->waiters)){ 0 };
	}
	l->v.n = kept;
	return NULL;
}

void stuck_locks_deinit(struct stuck_locks *l)
{
	for (size_t i = 0; i < l->v.n; i++)
		vec_deinit(&l->v.v[i].waiters);
	vec_deinit(&l->v);
}

struct err *diff_stuck_list(const struct stuck_locks *l, struct arena *a, struct comparison *c)
{
	struct held_lock *v = ARENA_NEW_N(a, struct held_lock, l->v.n ? l->v.n : 1);

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < l->v.n; i++) {
		const struct stuck_lock *s = &l->v.v[i];

		v[i] = (struct held_lock){ s->lock.address, s->lock.type, s->lock.name, s->lock.owner, s->waiters.v };
	}
	c->held = v;
	c->n_held = l->v.n;
	return NULL;
}

static struct err *emit_stuck(const struct comparison *c, const struct held_lock *s, struct out *o)
{
	out_begin(o, &diff_stuck_record);
	out_str(o, "type", s->type);
	out_addr(o, "address", s->address);
	out_name(o, "name", s->name);
	out_uint(o, "owner", s->owner);
	out_words(o, "waiters", s->waiters, c->n_samples, 4);
	return out_end(o);
}

/* --- trends -------------------------------------------------------------------------------------- */

/* Processor time as milliseconds. */
static uint64_t shown(const struct series *s, uint64_t value)
{
	return measure_unit(s->kind) == UNIT_TICKS ? value / 10000 : value;
}

static void out_key(const struct series *s, struct out *o)
{
	switch (s->kind) {
	case MEASURE_THREAD_CPU: out_uint(o, "tid", s->number); break;
	case MEASURE_CLASS: out_uint(o, "size", s->number); break;
	case MEASURE_REGION:
	case MEASURE_HEAP:
	case MEASURE_HEAP_BLOCKS:
	case MEASURE_WAITERS:
	case MEASURE_CONTENTION:
		if (s->number)
			out_addr(o, "address", s->number);
		break;
	case MEASURE_PROCESS_CPU:
	case MEASURE_THREADS:
	case MEASURE_MEMORY:
	case MEASURE_HANDLES:
	case N_MEASURES: break;
	}
	out_name(o, "name", *s->label ? s->label : s->name);
}

static struct err *out_values(const struct comparison *c, const struct series *s, struct out *o)
{
	struct out_word *v = calloc(c->n_samples, sizeof(*v));
	const struct out_word *first = NULL, *last = NULL;

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < c->n_samples; i++) {
		v[i] = (struct out_word){ shown(s, s->values[i].value), s->values[i].present };
		if (!v[i].present)
			continue;
		first = first ? first : &v[i];
		last = &v[i];
	}
	if (first)
		out_uint(o, "first", first->value);
	if (last)
		out_uint(o, "last", last->value);
	out_words(o, "values", v, c->n_samples, 4);
	free(v);
	return NULL;
}

static struct err *emit_trend(const struct comparison *c, const struct series *s, struct out *o)
{
	static const char *const layouts[] = {
		[UNIT_COUNT] = NULL, [UNIT_BYTES] = bytes_layout, [UNIT_TICKS] = time_layout
	};
	enum measure_unit unit = measure_unit(s->kind);
	double rate = c->same_process ? series_rate(s) : 0;

	out_begin_as(o, &diff_trend_record, layouts[unit] ? layouts[unit] : diff_trend_record.text);
	out_str(o, "what", measure_name(s->kind));
	out_str(o, "trend", trend_name(s->trend));
	out_key(s, o);
	TRY(out_values(c, s, o));
	out_int(o, "growth", s->growth < 0 ? -(int64_t)shown(s, (uint64_t)-s->growth) : (int64_t)shown(s, (uint64_t)s->growth));
	if (rate > 0 && unit != UNIT_TICKS) {
		if (rate >= 1)
			out_uint(o, "rate", (uint64_t)(rate + 0.5));
		out_uint(o, "hourly", (uint64_t)(rate * 3600 + 0.5));
	}
	if (series_may_leak(s) && c->same_process)
		out_str(o, "may_leak", "may leak");
	return out_end(o);
}

static bool is_told(const struct series *s, bool verbose)
{
	return verbose ? s->trend != TREND_UNKNOWN : s->trend != TREND_UNKNOWN && s->trend != TREND_SAME;
}

/* Of each kind the largest changes. */
static struct err *emit_trends(const struct comparison *c, bool verbose, struct out *o)
{
	size_t n = 0, left = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (i && c->v[i].kind != c->v[i - 1].kind)
			n = 0;
		if (!is_told(&c->v[i], verbose))
			continue;
		if (n++ < SHOWN || verbose)
			TRY(emit_trend(c, &c->v[i], o));
		else
			left++;
	}
	return left ? out_heading(o, "  ... and %zu more that changed less (-v)\n", left) : NULL;
}

struct err *diff_trends(const struct comparison *c, bool verbose, struct out *o)
{
	TRY(out_heading(o, "\nOver all %zu dumps%s:\n", c->n_samples, c->same_process ? "" : ", of more than one process"));
	TRY(emit_trends(c, verbose, o));
	for (size_t i = 0; i < c->n_held; i++)
		TRY(emit_stuck(c, &c->held[i], o));
	return NULL;
}
