/* SPDX-License-Identifier: MIT */
/*
 * The lines of a chart: values of several series, over the time of the dumps where
 * that is known, else one dump after the other. The picture is stretched to the
 * width of the page; words stand around it, so that they keep their size.
 */
#include "report/html_impl.h"

enum { WIDTH = 600, HEIGHT = 200, SLOTS = CHART_LINES };

static double place_of(const struct comparison *c, size_t i)
{
	const struct sample *v = c->samples;
	double from = v[0].time, span = v[c->n_samples - 1].time - from;
	bool timed = span > 0;

	for (size_t k = 0; k < c->n_samples; k++)
		timed = timed && v[k].has_time && (!k || v[k].time >= v[k - 1].time);
	if (timed)
		return (v[i].time - from) / span * WIDTH;
	return c->n_samples > 1 ? (double)i * WIDTH / (double)(c->n_samples - 1) : 0;
}

/* A round number of the unit that is not less. */
static double round_up(double v, enum measure_unit of)
{
	static const double steps[] = { 1, 1.5, 2, 3, 4, 5, 6, 8, 10 };
	double unit = 1;

	while (of == UNIT_BYTES && v / unit > 1024)
		unit *= 1024;
	while (v / unit > 10)
		unit *= 10;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (v <= steps[i] * unit)
			return steps[i] * unit;
	return 10 * unit;
}

double html_chart_value(const struct series *s, size_t i, bool from_first)
{
	size_t first = 0;

	while (from_first && first < i && !s->values[first].present)
		first++;
	return (double)s->values[i].value - (from_first ? (double)s->values[first].value : 0);
}

static double top_of(const struct comparison *c, const struct series *const *v, size_t n, bool from_first)
{
	double most = 0;

	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < c->n_samples; i++)
			if (v[k]->values[i].present && html_chart_value(v[k], i, from_first) > most)
				most = html_chart_value(v[k], i, from_first);
	return most > 0 ? round_up(most, measure_unit(v[0]->kind)) : 1;
}

void html_value(struct html *h, enum measure_unit unit, double v)
{
	double size = v < 0 ? -v : v;

	if (v < 0)
		html_raw(h, "−");
	if (unit == UNIT_BYTES)
		html_size(h, (uint64_t)size);
	else if (unit == UNIT_TICKS)
		html_addf(h, "%.*f s", size < 1e9 ? 2 : 0, size / 1e7);
	else
		html_addf(h, "%.0f", size);
}

static void draw_grid(struct html *h, const struct comparison *c)
{
	for (int i = 0; i <= 4; i++)
		html_addf(h, "<path class=\"grid\" d=\"M0 %d H%d\"/>", i * HEIGHT / 4, WIDTH);
	for (size_t i = 0; i < c->n_samples && c->n_samples <= 100; i++)
		html_addf(h, "<path class=\"grid\" d=\"M%.1f 0 V%d\"/>", place_of(c, i), HEIGHT);
}

/* A line is broken where the dump does not tell. */
static void draw_line(struct html *h, const struct comparison *c, const struct series *s, size_t slot, double top, bool from_first)
{
	bool pen = false;

	html_addf(h, "<path class=\"line s%zu\" d=\"", slot);
	for (size_t i = 0; i < c->n_samples; i++) {
		double y = html_chart_value(s, i, from_first);

		if (s->values[i].present)
			html_addf(h, "%s%.1f %.1f ", pen ? "L" : "M", place_of(c, i), HEIGHT - (y < 0 ? 0 : y) / top * HEIGHT);
		pen = s->values[i].present;
	}
	html_addf(h, "\"/><path class=\"dots s%zu\" d=\"", slot);
	for (size_t i = 0; i < c->n_samples; i++) {
		double y = html_chart_value(s, i, from_first);

		if (s->values[i].present)
			html_addf(h, "M%.1f %.1f h0 ", place_of(c, i), HEIGHT - (y < 0 ? 0 : y) / top * HEIGHT);
	}
	html_raw(h, "\"/>");
}

static void add_axis(struct html *h, const struct comparison *c)
{
	const struct sample *first = &c->samples[0], *last = &c->samples[c->n_samples - 1];

	html_raw(h, "<div class=\"where dim\"><span>first dump</span><span>last dump");
	if (first->has_time && last->has_time && last->time > first->time)
		html_addf(h, ", %.*f s later", last->time - first->time < 100 ? 1 : 0, last->time - first->time);
	html_raw(h, "</span></div>\n");
}

void html_chart(struct html *h, const struct comparison *c, const char *title, const struct series *const *v, size_t n, bool from_first)
{
	double top = top_of(c, v, n, from_first);

	html_addf(h, "<div class=\"chart\"><div class=\"where dim\"><span>");
	html_value(h, measure_unit(v[0]->kind), top);
	html_addf(h, "%s</span></div>\n<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" overflow=\"visible\" role=\"img\" aria-label=\"%s: the table below has "
		     "its numbers\">", from_first ? " more than in the first dump" : "", WIDTH, HEIGHT, title);
	draw_grid(h, c);
	for (size_t i = n; i-- > 0;)
		draw_line(h, c, v[i], i % SLOTS, top, from_first);
	html_raw(h, "</svg>\n");
	add_axis(h, c);
	html_raw(h, "</div>\n");
}

void html_chart_key(struct html *h, size_t slot)
{
	html_addf(h, "<svg class=\"key\" width=\"34\" height=\"12\" aria-hidden=\"true\"><path class=\"line s%zu\" d=\"M2 6 H32\"/></svg>", slot % SLOTS);
}
