/* SPDX-License-Identifier: MIT */
/* The page that compares dumps: see html_compare.h. Sections are rows. */
#include "report/html_compare.h"

#include "report/html_impl.h"

enum { MOST_ROWS = 12, MOST_DUMPS = 200 };

struct part {
	enum measure_kind kind;
	const char *title;
	const char *note;	/* what is to be known of it; "" nothing */
	bool from_first;	/* drawn is what came on top of the first dump */
	bool also_same;		/* shown even where it is the same in all dumps */
};

struct chapter {
	const char *id, *title, *nothing;
	struct part parts[3];	/* ended by title NULL */
};

static const struct chapter chapters[] = {
	{ "heaps", "Heaps", "No heap changed, or the dumps do not tell of heaps.",
	  { { MEASURE_HEAP, "Bytes in use, by heap", "", false, true },
	    { MEASURE_CLASS, "Blocks in use, by their size", "Bytes of all blocks of a size: what leaks is, as a rule, of one size.", false, false },
	    { MEASURE_HEAP_BLOCKS, "Blocks in use, by heap", "", false, false } } },
	{ "memory", "Memory", "The dumps tell of no memory regions.",
	  { { MEASURE_MEMORY, "By use", "", false, true },
	    { MEASURE_REGION, "Regions that changed", "", false, false } } },
	{ "cpu", "Threads and processor time", "No thread used processor time, or the dumps do not tell.",
	  { { MEASURE_THREAD_CPU, "Processor time, by thread", "", true, false },
	    { MEASURE_PROCESS_CPU, "Processor time of the process", "", true, false },
	    { MEASURE_THREADS, "Threads", "", false, true } } },
	{ "handles", "Handles and open files", "The dumps have no list of handles.",
	  { { MEASURE_HANDLES, "By type", "", false, true } } },
	{ "locks", "Locks", "No lock was waited for in any of the dumps, as far as they tell.",
	  { { MEASURE_WAITERS, "Threads that wait, by lock", "", false, true },
	    { MEASURE_CONTENTION, "How often threads had to wait, by lock", "", true, false } } },
};

/* --- rows ---------------------------------------------------------------------------------------- */

static bool changed(const struct series *s)
{
	return s->trend != TREND_SAME && s->trend != TREND_UNKNOWN;
}

static void add_name(struct html *h, const struct series *s)
{
	const char *name = *s->label ? s->label : s->name;

	if (s->kind == MEASURE_CLASS)
		html_addf(h, "%llu bytes each ", (unsigned long long)s->number);
	if (s->kind == MEASURE_THREAD_CPU)
		html_addf(h, "thread %llu ", (unsigned long long)s->number);
	if (*name)
		html_cut(h, name, 48);
	else if (s->kind == MEASURE_PROCESS_CPU || s->kind == MEASURE_THREADS)
		html_raw(h, "process");
	if (s->number && (s->kind == MEASURE_HEAP || s->kind == MEASURE_HEAP_BLOCKS || s->kind == MEASURE_REGION ||
			  s->kind == MEASURE_WAITERS || s->kind == MEASURE_CONTENTION)) {
		html_raw(h, " <span class=\"mono dim\">");
		html_address(h, s->number);
		html_raw(h, "</span>");
	}
}

static const char *severity_of(const struct series *s)
{
	return series_may_leak(s) ? "warning" : "note";
}

static void add_rate(struct html *h, const struct comparison *c, const struct series *s)
{
	double rate = c->same_process ? series_rate(s) : 0;
	enum measure_unit unit = measure_unit(s->kind);

	if (rate <= 0)
		return;
	if (unit == UNIT_TICKS) {
		html_addf(h, "%.1f %% of a processor", rate / 1e5);
		return;
	}
	if (rate >= 1) {
		html_value(h, unit, rate);
		html_raw(h, "/s, ");
	}
	html_value(h, unit, rate * 3600);
	html_raw(h, "/h");
}

static void add_ends(struct html *h, const struct comparison *c, const struct series *s)
{
	size_t first = 0, last = c->n_samples - 1;

	while (first < last && !s->values[first].present)
		first++;
	while (last > first && !s->values[last].present)
		last--;
	html_value(h, measure_unit(s->kind), (double)s->values[first].value);
	html_raw(h, "</td><td class=\"n nw\" data-label=\"last\">");
	html_value(h, measure_unit(s->kind), (double)s->values[last].value);
}

static void add_row(struct html *h, const struct comparison *c, const struct series *s, size_t slot, bool keyed)
{
	html_raw(h, "<tr><td>");
	if (keyed)
		html_chart_key(h, slot);
	else
		html_addf(h, "<span class=\"dim\">%s</span> ", measure_name(s->kind));
	add_name(h, s);
	html_raw(h, "</td><td class=\"n nw\" data-label=\"first\">");
	add_ends(h, c, s);
	html_raw(h, "</td><td class=\"n nw\" data-label=\"change\">");
	html_raw(h, s->growth > 0 ? "+" : "");
	html_value(h, measure_unit(s->kind), (double)s->growth);
	html_raw(h, "</td><td class=\"n\" data-label=\"rate\">");
	add_rate(h, c, s);
	html_addf(h, "</td><td>%s%s</td></tr>\n", trend_name(s->trend),
		  series_may_leak(s) && c->same_process ? " <span class=\"tag warning\">may leak</span>" : "");
}

static void open_table(struct html *h)
{
	html_raw(h, "<table class=\"cards\"><thead><tr><th scope=\"col\">What</th><th scope=\"col\" class=\"n\">First</th>"
		    "<th scope=\"col\" class=\"n\">Last</th><th scope=\"col\" class=\"n\">Change</th><th scope=\"col\" class=\"n\">Rate</th>"
		    "<th scope=\"col\">Trend</th></tr></thead><tbody>\n");
}

/* --- chapters ------------------------------------------------------------------------------------ */

static bool belongs(const struct part *p, const struct series *s)
{
	return s->kind == p->kind && s->trend != TREND_UNKNOWN && (p->also_same || changed(s));
}

static bool add_part(struct html *h, const struct comparison *c, const struct part *p)
{
	const struct series *v[MOST_ROWS];
	size_t n = 0, all = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (!belongs(p, &c->v[i]))
			continue;
		if (n < MOST_ROWS)
			v[n++] = &c->v[i];
		all++;
	}
	if (!n)
		return false;
	html_addf(h, "<h3>%s</h3>\n", p->title);
	if (*p->note)
		html_addf(h, "<p class=\"dim\">%s</p>\n", p->note);
	html_chart(h, c, p->title, v, n < CHART_LINES ? n : CHART_LINES, p->from_first);
	open_table(h);
	for (size_t i = 0; i < n; i++)
		add_row(h, c, v[i], i, i < CHART_LINES);
	html_raw(h, "</tbody></table>\n");
	if (all > n)
		html_addf(h, "<p class=\"dim\">%zu more that changed less are not shown.</p>\n", all - n);
	return true;
}

static void add_held(struct html *h, const struct comparison *c)
{
	if (!c->n_held)
		return;
	html_raw(h, "<h3>Held by the same thread in all dumps, while others wait</h3>\n<ul>\n");
	for (size_t i = 0; i < c->n_held && i < MOST_ROWS; i++) {
		const struct held_lock *l = &c->held[i];

		html_addf(h, "<li><span class=\"tag problem\">stuck</span> %s ", l->type);
		html_cut(h, l->name, 60);
		html_raw(h, " <span class=\"mono dim\">");
		html_address(h, l->address);
		html_addf(h, "</span>: thread %u holds it, ", (unsigned)l->owner);
		html_count(h, (size_t)l->waiters[c->n_samples - 1].value, "thread");
		html_raw(h, " waited in the last dump</li>\n");
	}
	html_raw(h, "</ul>\n");
	if (c->n_held > MOST_ROWS)
		html_addf(h, "<p class=\"dim\">%zu more are not shown.</p>\n", c->n_held - MOST_ROWS);
}

static void add_chapter(struct html *h, const struct comparison *c, const struct chapter *ch)
{
	bool some = false, locks = ch == &chapters[ARRAY_SIZE(chapters) - 1];

	html_open_section(h, ch->id, ch->title);
	if (locks)
		add_held(h, c);
	for (size_t i = 0; i < ARRAY_SIZE(ch->parts) && ch->parts[i].title; i++)
		some = add_part(h, c, &ch->parts[i]) || some;
	if (!some && !(locks && c->n_held))
		html_addf(h, "<p>%s</p>\n", ch->nothing);
	html_close_section(h);
}

/* --- the verdict ----------------------------------------------------------------------------------- */

static bool grows(const struct series *s)
{
	return s->kind != MEASURE_PROCESS_CPU && s->kind != MEASURE_THREAD_CPU && s->kind != MEASURE_HEAP_BLOCKS &&
	       s->kind != MEASURE_CONTENTION && (s->trend == TREND_STEADY || s->trend == TREND_STEPS || s->trend == TREND_GREW);
}

/* Blocks of a size say more than their heap, a heap more than the region that it lies in. */
static const struct series *worst_of(const struct comparison *c)
{
	static const enum measure_kind order[] = { MEASURE_CLASS, MEASURE_HEAP, MEASURE_HANDLES, MEASURE_MEMORY, MEASURE_THREADS };

	for (size_t k = 0; k < ARRAY_SIZE(order); k++)
		for (size_t i = 0; i < c->n; i++)
			if (c->v[i].kind == order[k] && grows(&c->v[i]) && c->v[i].growth > 0)
				return &c->v[i];
	return NULL;
}

/* `c` has no held locks: it begins the sentence. */
static void say_growth(struct html *h, const struct comparison *c, const struct series *s)
{
	static const char *const words[][2] = {
		[MEASURE_CLASS] = { "Blocks of ", "blocks of " },
		[MEASURE_HANDLES] = { "Handles: ", "handles: " },
		[MEASURE_MEMORY] = { "Memory: ", "memory: " },
	};

	if (s->kind < ARRAY_SIZE(words) && words[s->kind][0])
		html_raw(h, words[s->kind][c->n_held != 0]);
	add_name(h, s);
	html_addf(h, s->trend == TREND_GREW ? " grew by " : s->trend == TREND_STEADY ? " grew from each dump to the next, by " : " grew and never fell, by ");
	html_value(h, measure_unit(s->kind), (double)s->growth);
	if (c->same_process && series_rate(s) > 0) {
		html_raw(h, ": ");
		add_rate(h, c, s);
	}
}

static void add_heading(struct html *h, const struct comparison *c, const struct series *worst)
{
	if (c->n_held) {
		html_addf(h, "%s ", c->held[0].type);
		html_cut(h, *c->held[0].name ? c->held[0].name : html_format(h, "0x%llx", (unsigned long long)c->held[0].address), 60);
		html_addf(h, " is held by thread %u in all %zu dumps while others wait", (unsigned)c->held[0].owner, c->n_samples);
	}
	if (c->n_held && worst)
		html_raw(h, "; ");
	if (worst)
		say_growth(h, c, worst);
	if (!c->n_held && !worst)
		html_raw(h, "Nothing grew by what matters, and no lock stayed held");
	html_raw(h, ".");
}

static void add_verdict(struct html *h, const struct comparison *c)
{
	const struct series *worst = worst_of(c);
	const char *severity = c->n_held ? "problem" : worst ? severity_of(worst) : "note";
	const struct sample *first = &c->samples[0], *last = &c->samples[c->n_samples - 1];
	const char *tag = c->n_held ? "stuck" : !worst ? "no growth" : series_may_leak(worst) ? "may leak" : "grew";

	html_addf(h, "<div class=\"verdict %s\"><span class=\"tag %s\">%s</span>\n<h1>", severity, severity, tag);
	add_heading(h, c, worst);
	html_raw(h, "</h1>\n");
	if (c->n_samples == 2)
		html_raw(h, "<p class=\"todo\">Two dumps tell that something grew, not that it goes on: take a third.</p>\n");
	if (!c->same_process)
		html_raw(h, "<p class=\"todo\">The dumps are of more than one process: sums are compared, and there are no rates.</p>\n");
	html_raw(h, "<dl class=\"facts\">\n");
	html_fact(h, "Dumps", html_format(h, "%zu", c->n_samples));
	html_fact(h, "Process", c->same_process ? "one" : "more than one");
	if (first->has_time && last->has_time)
		html_fact(h, "From first to last", html_format(h, "%.1f s", last->time - first->time));
	html_fact(h, "Growth that matters", html_format(h, "%d kB or %d, and %d %%", LEAST_BYTES >> 10, LEAST_COUNT, LEAST_PERCENT));
	html_raw(h, "</dl>\n</div>\n");
}

/* --- the page ---------------------------------------------------------------------------------------- */

static void add_growing(struct html *h, const struct comparison *c)
{
	size_t n = 0;

	html_open_section(h, "growth", "What grows");
	for (size_t i = 0; i < c->n; i++) {
		if (!grows(&c->v[i]) || c->v[i].growth <= 0)
			continue;
		if (!n)
			open_table(h);
		if (n++ < (size_t)2 * MOST_ROWS)
			add_row(h, c, &c->v[i], 0, false);
	}
	html_raw(h, n ? "</tbody></table>\n" : "<p>Nothing, by what matters.</p>\n");
	if (n > (size_t)2 * MOST_ROWS)
		html_addf(h, "<p class=\"dim\">%zu more are not shown.</p>\n", n - (size_t)2 * MOST_ROWS);
	html_close_section(h);
}

static void add_dumps(struct html *h, const struct comparison *c)
{
	html_open_section(h, "dumps", "The dumps");
	html_raw(h, "<table class=\"cards\"><thead><tr><th scope=\"col\">No.</th><th scope=\"col\">Seconds after the first"
		    "</th><th scope=\"col\">File</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < c->n_samples && i < MOST_DUMPS; i++) {
		const struct sample *s = &c->samples[i];

		html_addf(h, "<tr><td data-label=\"no.\">%zu</td><td data-label=\"seconds\">", i + 1);
		if (s->has_time && c->samples[0].has_time)
			html_addf(h, "%.3f", s->time - c->samples[0].time);
		html_raw(h, "</td><td class=\"mono\">");
		html_cut(h, s->path, 160);
		html_raw(h, "</td></tr>\n");
	}
	html_raw(h, "</tbody></table>\n");
	html_close_section(h);
}

static void add_navigation(struct html *h)
{
	html_raw(h, "<nav aria-label=\"Parts of the report\"><ul><li><a href=\"#growth\">What grows</a></li>");
	for (size_t i = 0; i < ARRAY_SIZE(chapters); i++)
		html_addf(h, "<li><a href=\"#%s\">%s</a></li>", chapters[i].id, chapters[i].title);
	html_raw(h, "<li><a href=\"#dumps\">The dumps</a></li></ul></nav>\n");
}

struct err *report_html_comparison(const struct comparison *c, struct strbuf *sb)
{
	struct html h = { .sb = sb, .arena = { .limit = 64 << 20 } };
	const char *file = str_basename(c->samples[c->n_samples - 1].path);

	html_open_page(&h, "dump comparison", file, "what changed");
	add_verdict(&h, c);
	html_raw(&h, "</header>\n");
	add_navigation(&h);
	html_raw(&h, "<main>\n");
	add_growing(&h, c);
	for (size_t i = 0; i < ARRAY_SIZE(chapters); i++)
		add_chapter(&h, c, &chapters[i]);
	add_dumps(&h, c);
	html_close_page(&h);
	arena_deinit(&h.arena);
	return strbuf_check(sb);
}
