/* SPDX-License-Identifier: MIT */
/* Series: see series.h. Samples are merged two at a time by a common list of keys. */
#include "report/series.h"

#include "base/cancel.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum measure_unit unit;
	bool leaks;
} kinds[N_MEASURES] = {
	[MEASURE_PROCESS_CPU] = { "processor time", UNIT_TICKS, false },
	[MEASURE_THREADS] = { "threads", UNIT_COUNT, false },
	[MEASURE_THREAD_CPU] = { "thread's processor time", UNIT_TICKS, false },
	[MEASURE_MEMORY] = { "memory", UNIT_BYTES, false },
	[MEASURE_REGION] = { "region", UNIT_BYTES, false },
	[MEASURE_HEAP] = { "heap", UNIT_BYTES, true },
	[MEASURE_HEAP_BLOCKS] = { "heap blocks", UNIT_COUNT, false },
	[MEASURE_CLASS] = { "heap blocks of a size", UNIT_BYTES, true },
	[MEASURE_HANDLES] = { "handles", UNIT_COUNT, true },
	[MEASURE_WAITERS] = { "waiters of a lock", UNIT_COUNT, false },
	[MEASURE_CONTENTION] = { "contention of a lock", UNIT_COUNT, false },
};

enum measure_unit measure_unit(enum measure_kind k)
{
	return kinds[k].unit;
}

const char *measure_name(enum measure_kind k)
{
	return kinds[k].name;
}

const char *trend_name(enum trend t)
{
	static const char *const names[] = {
		[TREND_UNKNOWN] = "not known",	  [TREND_SAME] = "little changed", [TREND_GREW] = "grew",
		[TREND_STEADY] = "grows steadily", [TREND_STEPS] = "grows in steps", [TREND_MOSTLY] = "grows, with falls",
		[TREND_NOISE] = "up and down",	  [TREND_FELL] = "fell",
	};

	return names[t];
}

bool series_may_leak(const struct series *s)
{
	return kinds[s->kind].leaks && (s->trend == TREND_GREW || s->trend == TREND_STEADY || s->trend == TREND_STEPS);
}

double series_rate(const struct series *s)
{
	return s->trend != TREND_NOISE && s->growth > 0 && s->seconds > 0 ? (double)s->growth / s->seconds : 0;
}

static int compare_keys(const struct measure *x, const struct measure *y)
{
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int by_key(const void *a, const void *b)
{
	return compare_keys(a, b);
}

/* --- trends -------------------------------------------------------------------------------------- */

struct steps {
	size_t n, rises, falls;
	uint64_t risen, fallen, first, last;
};

static struct steps steps_of(const struct out_word *v, size_t n)
{
	struct steps s = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (!v[i].present)
			continue;
		if (!s.n)
			s.first = s.last = v[i].value;
		if (v[i].value > s.last) {
			s.rises++;
			s.risen += v[i].value - s.last;
		} else if (v[i].value < s.last) {
			s.falls++;
			s.fallen += s.last - v[i].value;
		}
		s.last = v[i].value;
		s.n++;
	}
	return s;
}

bool growth_matters(uint64_t first, uint64_t last, enum measure_unit unit)
{
	static const uint64_t least[] = {
		[UNIT_COUNT] = LEAST_COUNT, [UNIT_BYTES] = LEAST_BYTES, [UNIT_TICKS] = LEAST_TICKS
	};
	uint64_t change = last > first ? last - first : first - last;

	return change >= least[unit] && change >= first / 100 * LEAST_PERCENT;
}

static enum trend trend_of(const struct steps *s, enum measure_unit unit)
{
	if (s->n < 2)
		return TREND_UNKNOWN;
	if (!growth_matters(s->first, s->last, unit))
		return s->rises && s->falls ? TREND_NOISE : TREND_SAME;
	if (s->last < s->first)
		return s->rises ? TREND_NOISE : TREND_FELL;
	if (s->n == 2)
		return TREND_GREW;
	if (!s->falls)
		return s->rises == s->n - 1 ? TREND_STEADY : TREND_STEPS;
	return s->fallen < s->risen / 4 ? TREND_MOSTLY : TREND_NOISE;
}

static double seconds_of(const struct comparison *c, const struct out_word *v)
{
	size_t first = 0, last = c->n_samples - 1;

	while (first < last && !v[first].present)
		first++;
	while (last > first && !v[last].present)
		last--;
	if (first == last || !c->samples[first].has_time || !c->samples[last].has_time)
		return 0;
	return c->samples[last].time - c->samples[first].time;
}

/* --- merging ------------------------------------------------------------------------------------- */

/* The next key of any sample; NULL: no more. */
static const struct measure *next_key(const struct comparison *c, const size_t *at)
{
	const struct measure *least = NULL;

	for (size_t i = 0; i < c->n_samples; i++) {
		const struct sample *s = &c->samples[i];

		if (at[i] < s->v.n && (!least || compare_keys(&s->v.v[at[i]], least) < 0))
			least = &s->v.v[at[i]];
	}
	return least;
}

static struct err *take_series(const struct comparison *c, size_t *at, const struct measure *key, struct arena *a,
			       struct series *ret)
{
	struct series s = { .kind = key->kind, .number = key->number, .name = key->name, .label = key->label };
	struct out_word *values = ARENA_NEW_N(a, struct out_word, c->n_samples);
	struct steps steps;

	if (!values)
		return err_nomem();
	for (size_t i = 0; i < c->n_samples; i++) {
		const struct sample *from = &c->samples[i];

		values[i] = (struct out_word){ 0, from->known >> key->kind & 1 };
		for (; at[i] < from->v.n && !compare_keys(&from->v.v[at[i]], key); at[i]++) {
			values[i].value += from->v.v[at[i]].value;
			if (*from->v.v[at[i]].label)
				s.label = from->v.v[at[i]].label;
		}
	}
	steps = steps_of(values, c->n_samples);
	s.values = values;
	s.trend = trend_of(&steps, measure_unit(key->kind));
	s.growth = (int64_t)(steps.last - steps.first);
	s.seconds = seconds_of(c, values);
	s.block_size = key->kind == MEASURE_CLASS ? key->number : 0;
	*ret = s;
	return NULL;
}

static uint64_t size_of(int64_t growth)
{
	return growth < 0 ? -(uint64_t)growth : (uint64_t)growth;
}

static int by_growth(const void *a, const void *b)
{
	const struct series *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (size_of(x->growth) != size_of(y->growth))
		return size_of(x->growth) > size_of(y->growth) ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return strcmp(x->name, y->name);
}

struct err *comparison_make(struct sample *samples, size_t n, bool same_process, struct arena *a, struct comparison *ret)
{
	struct comparison c = { .samples = samples, .n_samples = n, .same_process = same_process };
	size_t *at = ARENA_NEW_N(a, size_t, n ? n : 1), most = 0;
	const struct measure *key;

	for (size_t i = 0; i < n; i++) {
		most += samples[i].v.n;
		if (samples[i].v.n)
			qsort(samples[i].v.v, samples[i].v.n, sizeof(*samples[i].v.v), by_key);
	}
	c.v = ARENA_NEW_N(a, struct series, most ? most : 1);
	if (!at || !c.v)
		return err_nomem();
	memset(at, 0, n * sizeof(*at));
	while ((key = next_key(&c, at))) {
		TRY(cancel_check());
		TRY(take_series(&c, at, key, a, &c.v[c.n++]));
	}
	if (c.n)
		qsort(c.v, c.n, sizeof(*c.v), by_growth);
	*ret = c;
	return NULL;
}
