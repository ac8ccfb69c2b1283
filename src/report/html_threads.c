/* SPDX-License-Identifier: MIT */
/* The page's threads, those with equal stacks together; the stacks fold. */
#include "report/html_impl.h"

#include "base/cancel.h"
#include "target/stack_groups.h"

#include <inttypes.h>

enum { MAX_THREADS = 20000, MAX_GROUPS = 150, MAX_FRAMES = 64, MAX_NAMES = 40 };

/* Those of the verdict are opened and come first. */
static bool is_involved(struct html *h, const struct stack_group *g)
{
	const struct finding *top = h->focus->top;
	const struct thread *blamed = h->focus->blame->thread;

	for (size_t i = 0; i < g->threads.n; i++) {
		if (g->threads.v[i] == blamed)
			return true;
		for (size_t k = 0; top && k < top->n_threads && k < MAX_NAMES; k++)
			if (g->threads.v[i] == top->threads[k])
				return true;
	}
	return false;
}

static void add_function(struct html *h, const struct frame *f, size_t max)
{
	const struct module *m = f->symbol.module;

	if (m && f->function)
		html_cut(h, html_format(h, "%s!%s", m->name, f->function), max);
	else if (m)
		html_cut(h, html_format(h, "%s+0x%" PRIx64, m->name, f->ip - m->base), max);
	else
		html_addf(h, "0x%" PRIx64, f->ip);
}

/* The first frame that is not the system's says more than the innermost. */
static const struct frame *telling_frame(const struct stack *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->frames[i].symbol.module && s->frames[i].function && !module_is_well_tested(s->frames[i].symbol.module))
			return &s->frames[i];
	return s->n ? &s->frames[0] : NULL;
}

static void add_names(struct html *h, const struct stack_group *g)
{
	html_raw(h, "<p class=\"small\">");
	for (size_t i = 0; i < g->threads.n && i < MAX_NAMES; i++) {
		const struct thread *th = g->threads.v[i];

		html_addf(h, "%s%zu", i ? ", " : "", th->index);
		if (*th->name) {
			html_raw(h, " ");
			html_cut(h, th->name, 40);
		}
		html_addf(h, " <span class=\"dim nw\">(tid %u)</span>", th->tid);
	}
	if (g->threads.n > MAX_NAMES)
		html_addf(h, " and %zu more", g->threads.n - MAX_NAMES);
	html_raw(h, "</p>\n");
}

static void add_frame(struct html *h, const struct frame *f)
{
	html_addf(h, "<tr><td class=\"n nw dim\">%u</td><td class=\"mono\">", f->index);
	add_function(h, f, 200);
	html_raw(h, "</td><td class=\"small dim\">");
	if (f->line.file) {
		html_cut(h, str_basename(f->line.file), 80);
		html_addf(h, ":%u", f->line.line);
	}
	html_addf(h, "%s</td></tr>\n", f->warn_unreliable ? " from here on by scanning" : "");
}

static void add_stack(struct html *h, const struct stack *s)
{
	if (!s->n) {
		html_raw(h, "<p class=\"dim\">The stack could not be walked.</p>\n");
		return;
	}
	html_raw(h, "<table class=\"frames\"><thead><tr><th scope=\"col\" class=\"n\">#</th><th scope=\"col\">Function</th><th scope=\"col\">Source</th>"
		    "</tr></thead><tbody>\n");
	for (size_t i = 0; i < s->n && i < MAX_FRAMES; i++)
		add_frame(h, &s->frames[i]);
	html_raw(h, "</tbody></table>\n");
	if (s->truncated)
		html_addf(h, "<p class=\"small dim\">The first %d frames; the stack is deeper.</p>\n", MAX_FRAMES);
}

static struct err *add_group(struct html *h, const struct stack_group *g, bool involved)
{
	CLEANUP(arena_deinit) struct arena a = { .limit = 64 << 20 };
	struct stack_options options = { .half = g->half, .max_frames = MAX_FRAMES };
	const struct frame *telling;
	struct stack stack = { 0 };

	TRY(cancel_check());
	if (err_ignore(stack_walk(h->an->target, g->first, &options, &a, &stack)))
		stack = (struct stack){ 0 };
	telling = telling_frame(&stack);
	html_addf(h, "<details class=\"stack\"%s><summary><span class=\"many\" aria-hidden=\"true\">%zu</span>", involved ? " open" : "", g->threads.n);
	html_count(h, g->threads.n, "thread");
	html_raw(h, " in <span class=\"mono\">");
	if (telling)
		add_function(h, telling, 90);
	else
		html_raw(h, "?");
	html_addf(h, "</span>%s</summary>\n", involved ? " <span class=\"tag warning\">in the verdict</span>" : "");
	add_names(h, g);
	add_stack(h, &stack);
	html_raw(h, "</details>\n");
	return NULL;
}

/* In two rounds; what is folded is not less there. */
static struct err *add_groups(struct html *h, const struct stack_groups *s)
{
	size_t shown = 0;

	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < s->groups.n && shown < MAX_GROUPS; i++) {
			bool involved = is_involved(h, s->groups.v[i]);

			if (involved != !round)
				continue;
			TRY(add_group(h, s->groups.v[i], involved && shown < 4));
			shown++;
		}
	if (s->groups.n > shown)
		html_addf(h, "<p class=\"dim\">%zu more stacks, of few threads each, are not shown.</p>\n", s->groups.n - shown);
	return NULL;
}

struct err *html_threads(struct html *h)
{
	enum thread_half half = target_has_wow(h->an->target) ? HALF_WOW : HALF_NATIVE;
	CLEANUP(stack_groups_deinit) struct stack_groups s = { 0 };
	struct thread *threads;
	size_t n = target_threads(h->an->target, &threads);

	TRY(stack_groups_find(h->an->target, half, MAX_THREADS, &s));
	html_open_section(h, "threads", "Threads");
	html_raw(h, "<p class=\"dim\">");
	html_count(h, n, "thread");
	if (s.groups.n) {
		html_raw(h, " with ");
		html_count(h, s.groups.n, "different stack");
		html_raw(h, ". Threads whose stacks are equal are shown together");
	}
	html_raw(h, ".</p>\n");
	TRY(add_groups(h, &s));
	if (s.unwalked) {
		html_raw(h, "<p class=\"dim\">Not walked: the stack of ");
		html_count(h, s.unwalked, "thread");
		html_raw(h, ".</p>\n");
	}
	html_close_section(h);
	return NULL;
}
