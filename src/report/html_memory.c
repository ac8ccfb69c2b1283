/* SPDX-License-Identifier: MIT */
/*
 * The page's map of memory. An address space is nearly all gaps: it is cut at the
 * largest of them into strips, each drawn to its own scale, with the size of the
 * gap between. A strip has cells; a cell has the class that most of its bytes
 * are of, so that a picture of any number of regions has a bound.
 */
#include "report/html_impl.h"

#include <stdlib.h>
#include <string.h>

#include "target/regions.h"

enum { MAX_STRIPS = 12, CELLS = 400, CELL_WIDTH = 2, STRIP_HEIGHT = 26, TYPE_MAPPED = 0x40000 };

enum memory_class { CLASS_FREE, CLASS_IMAGE, CLASS_HEAP, CLASS_STACK, CLASS_MAPPED, CLASS_PRIVATE, N_CLASSES };

static const struct {
	const char *name, *style;
} classes[N_CLASSES] = {
	[CLASS_FREE] = { "free", "free" },	  [CLASS_IMAGE] = { "images", "image" },
	[CLASS_HEAP] = { "heaps", "heap" },	  [CLASS_STACK] = { "stacks", "stack-m" },
	[CLASS_MAPPED] = { "mapped files", "mapped" }, [CLASS_PRIVATE] = { "other memory", "private" },
};

struct span {
	uint64_t from, to;	/* first and last byte */
	uint64_t in_dump;
	enum memory_class class;
};

struct map {
	const struct span *spans;	/* none free */
	size_t n;
	size_t cuts[MAX_STRIPS];	/* a strip ends before these spans */
	size_t n_cuts;
};

static enum memory_class class_of(const struct region *r)
{
	switch (r->usage) {
	case USAGE_FREE: return CLASS_FREE;
	case USAGE_IMAGE: return CLASS_IMAGE;
	case USAGE_HEAP: return CLASS_HEAP;
	case USAGE_STACK: return CLASS_STACK;
	case USAGE_MAPPED_FILE: return CLASS_MAPPED;
	case USAGE_UNKNOWN:
	case USAGE_TEB:
	case USAGE_PEB:
	case N_USAGES: break;
	}
	return r->has_state && (r->type & TYPE_MAPPED) ? CLASS_MAPPED : CLASS_PRIVATE;
}

static struct err *find_spans(struct html *h, struct map *m)
{
	const struct region *regions = NULL;
	struct span *spans;
	size_t n = 0;

	TRY(target_regions(h->an->target, &regions, &n));
	spans = ARENA_NEW_N(&h->arena, struct span, n ? n : 1);
	if (!spans)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		uint64_t from = regions[i].base, to = from + regions[i].size - 1;
		enum memory_class class = class_of(&regions[i]);

		if (class == CLASS_FREE || !regions[i].size || to < from)
			continue;
		if (m->n && from <= spans[m->n - 1].to) /* regions of a broken list may overlap */
			continue;
		spans[m->n++] = (struct span){ from, to, regions[i].in_dump, class };
	}
	m->spans = spans;
	return NULL;
}

/* --- cutting ----------------------------------------------------------------------------------------- */

static uint64_t gap_before(const struct map *m, size_t i)
{
	return m->spans[i].from - m->spans[i - 1].to - 1;
}

static uint64_t bytes_used(const struct map *m)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < m->n; i++)
		sum += m->spans[i].to - m->spans[i].from + 1;
	return sum;
}

static int by_index(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return x < y ? -1 : x > y;
}

/* At the largest gaps of those that would take a good part of a strip. */
static void find_cuts(struct map *m)
{
	uint64_t least = bytes_used(m) / 16;

	for (size_t i = 1; i < m->n; i++) {
		size_t smallest = 0;

		if (gap_before(m, i) <= least)
			continue;
		if (m->n_cuts < MAX_STRIPS - 1) {
			m->cuts[m->n_cuts++] = i;
			continue;
		}
		for (size_t k = 1; k < m->n_cuts; k++)
			if (gap_before(m, m->cuts[k]) < gap_before(m, m->cuts[smallest]))
				smallest = k;
		if (gap_before(m, m->cuts[smallest]) < gap_before(m, i))
			m->cuts[smallest] = i;
	}
	qsort(m->cuts, m->n_cuts, sizeof(m->cuts[0]), by_index);
	m->cuts[m->n_cuts] = m->n;
}

/* --- drawing a strip ------------------------------------------------------------------------------------ */

struct strip {
	uint64_t from, to;
	double bytes[CELLS][N_CLASSES];
	double in_dump[CELLS];
};

static void add_span(struct strip *s, const struct span *p)
{
	double cell = ((double)(s->to - s->from) + 1) / CELLS;
	double from = (double)(p->from - s->from), to = (double)(p->to - s->from) + 1;
	double part = (double)p->in_dump / (to - from);

	for (size_t i = (size_t)(from / cell); i < CELLS && (double)i * cell < to; i++) {
		double a = (double)i * cell > from ? (double)i * cell : from;
		double b = (double)(i + 1) * cell < to ? (double)(i + 1) * cell : to;

		if (b > a)
			s->bytes[i][p->class] += b - a;
		if (b > a)
			s->in_dump[i] += (b - a) * part;
	}
}

static enum memory_class class_of_cell(const struct strip *s, size_t i)
{
	enum memory_class best = CLASS_FREE;

	for (unsigned c = 1; c < N_CLASSES; c++)
		if (s->bytes[i][c] > s->bytes[i][best])
			best = (enum memory_class)c;
	return best;
}

static double used_of_cell(const struct strip *s, size_t i)
{
	double sum = 0;

	for (unsigned c = 1; c < N_CLASSES; c++)
		sum += s->bytes[i][c];
	return sum;
}

static void add_run(struct html *h, size_t from, size_t to, const char *style, const char *name, int y, int height)
{
	html_addf(h, "<rect class=\"%s\" x=\"%zu\" y=\"%d\" width=\"%zu\" height=\"%d\">", style, from * CELL_WIDTH, y,
		  (to - from) * CELL_WIDTH, height);
	html_addf(h, "<title>%s</title></rect>", name);
}

static void draw_classes(struct html *h, const struct strip *s)
{
	size_t from = 0;

	for (size_t i = 1; i <= CELLS; i++) {
		enum memory_class class = class_of_cell(s, from);

		if (i < CELLS && class_of_cell(s, i) == class)
			continue;
		if (class != CLASS_FREE)
			add_run(h, from, i, classes[class].style, classes[class].name, 0, STRIP_HEIGHT);
		from = i;
	}
}

static void draw_presence(struct html *h, const struct strip *s)
{
	size_t from = CELLS;

	for (size_t i = 0; i <= CELLS; i++) {
		bool present = i < CELLS && used_of_cell(s, i) > 0 && s->in_dump[i] * 2 >= used_of_cell(s, i);

		if (present && from == CELLS)
			from = i;
		if (present || from == CELLS)
			continue;
		add_run(h, from, i, "present", "in the dump", STRIP_HEIGHT + 3, 3);
		from = CELLS;
	}
}

static void add_range(struct html *h, const struct strip *s)
{
	html_raw(h, "<div class=\"where\"><span class=\"mono\">");
	html_address(h, s->from);
	html_raw(h, "</span><span class=\"dim\">");
	html_size(h, s->to - s->from + 1);
	html_raw(h, "</span><span class=\"mono\">");
	html_address(h, s->to);
	html_raw(h, "</span></div>\n");
}

static struct err *draw_strip(struct html *h, const struct map *m, size_t first, size_t end)
{
	struct strip *s = ARENA_NEW(&h->arena, struct strip);

	if (!s)
		return err_nomem();
	s->from = m->spans[first].from;
	s->to = m->spans[end - 1].to;
	for (size_t i = first; i < end; i++)
		add_span(s, &m->spans[i]);
	html_raw(h, "<div class=\"map\">\n");
	add_range(h, s);
	html_addf(h, "<svg viewBox=\"0 0 %d %d\" height=\"%d\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"Memory from 0x%llx to 0x%llx\">"
		     "<rect class=\"free\" width=\"%d\" height=\"%d\"/>",
		  CELLS * CELL_WIDTH, STRIP_HEIGHT + 6, STRIP_HEIGHT + 6, (unsigned long long)s->from, (unsigned long long)s->to,
		  CELLS * CELL_WIDTH, STRIP_HEIGHT);
	draw_classes(h, s);
	draw_presence(h, s);
	html_raw(h, "</svg>\n</div>\n");
	return NULL;
}

/* --- the whole ------------------------------------------------------------------------------------------ */

static void add_totals(struct html *h, const struct map *m)
{
	uint64_t sums[N_CLASSES] = { 0 };

	for (size_t i = 0; i < m->n; i++)
		sums[m->spans[i].class] += m->spans[i].to - m->spans[i].from + 1;
	html_raw(h, "<ul class=\"legend\">");
	for (unsigned c = 1; c < N_CLASSES; c++) {
		if (!sums[c])
			continue;
		html_addf(h, "<li><i class=\"%s\"></i>%s ", classes[c].style, classes[c].name);
		html_size(h, sums[c]);
		html_raw(h, "</li>");
	}
	html_raw(h, "<li><i class=\"free\"></i>free</li><li><svg width=\"22\" height=\"12\" aria-hidden=\"true\"><rect class=\"present\" "
		    "y=\"5\" width=\"22\" height=\"3\"/></svg>in the dump</li></ul>\n");
}

static struct err *draw_strips(struct html *h, const struct map *m)
{
	for (size_t i = 0, first = 0; i <= m->n_cuts; i++) {
		if (first) {
			html_raw(h, "<div class=\"gap\">⋮ nothing for ");
			html_size(h, gap_before(m, first));
			html_raw(h, "</div>\n");
		}
		TRY(draw_strip(h, m, first, m->cuts[i]));
		first = m->cuts[i];
	}
	return NULL;
}

struct err *html_memory(struct html *h)
{
	struct map m = { 0 };

	TRY(find_spans(h, &m));
	html_open_section(h, "memory", "Memory");
	if (!m.n) {
		html_raw(h, "<p>The dump tells of no memory regions.</p>\n");
	} else {
		find_cuts(&m);
		html_raw(h, "<p class=\"dim\">The address space from bottom to top. It is cut where nothing is for long; each strip has its own "
			    "scale.</p>\n");
		add_totals(h, &m);
		TRY(draw_strips(h, &m));
	}
	html_close_section(h);
	return NULL;
}
