/* SPDX-License-Identifier: MIT */
/*
 * Message box: a thread waits for a user. Text and caption are the second and
 * third argument of MessageBox (Microsoft, "MessageBox function"); only x86 has
 * them where the stack walk finds them for certain.
 */
#include "os/linux/startup.h"
#include "pattern/outside.h"

#include <string.h>

enum { MAX_TEXT = 256 };

static const struct threshold thresholds[] = { OUTSIDE_THRESHOLDS, { NULL } };

/* Up to the NUL; false: nothing of it is in the dump. */
static bool add_wide(struct target *t, uint64_t address, struct strbuf *sb)
{
	const struct arch_memory *m = target_memory(t);
	uint8_t bytes[2 * MAX_TEXT];
	size_t n = m->read(m->arg, address, bytes, sizeof(bytes)) / 2, end = 0;

	while (end < n && (bytes[2 * end] || bytes[2 * end + 1]))
		end++;
	strbuf_add_utf16le(sb, bytes, 2 * end);
	return n > 0;
}

static void show_text(struct pattern_run *run, struct finding *f, const struct stack_place *p, unsigned param,
		      const char *what)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	bool wide = p->function[strlen(p->function) - 1] == 'W', known;
	const char *command;

	if (target_arch(run->target)->machine != MACHINE_X86 || p->n_params <= param || !p->params[param])
		return;
	known = wide ? add_wide(run->target, p->params[param], &sb)
		     : linux_add_string(run->target, p->params[param], MAX_TEXT, &sb);
	if (!known || !sb.len) {
		finding_unread(run, f, "the %s of the message box", what);
		return;
	}
	command = run_text(run, "%s 0x%llx", wide ? "du" : "da", (unsigned long long)p->params[param]);
	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = p->params[param], .command = command,
					   .windbg = command },
		       "its %s: %s", what, sb.s);
}

static void show_texts(struct pattern_run *run, struct finding *f, const struct stack_place *p)
{
	if (!str_starts(p->function, "MessageBox"))
		return;
	show_text(run, f, p, 2, "caption");
	show_text(run, f, p, 1, "text");
}

/* Without anybody behind it, it is what programs with windows do. */
static void tell(struct pattern_run *run, struct thread *th, const struct thread_stack *s, const struct outside_wait *w)
{
	struct finding *f = finding_add(run, SEVERITY_NOTE, w->sure, "Message box: %s waits for %s, in %s.",
					run_thread_text(run, th), w->what, w->function);

	finding_thread(run, f, th);
	evidence_stack(run, f, th, "%s is on its stack", w->function);
	show_texts(run, f, &s->places[w->place]);
}

/* What outside_match() told of the thread; NULL: nothing. */
static struct finding *finding_of(struct pattern_run *run, const struct thread *th)
{
	for (size_t i = 0; i < run->n_findings; i++)
		if (run->findings[i]->n_threads && run->findings[i]->threads[0] == th)
			return run->findings[i];
	return NULL;
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;
	const struct stacks *s = NULL;
	struct outside_wait w;

	TRY(outside_match(run, OUTSIDE_USER, "Message box", "waits for a user"));
	TRY(facts_wait_graph(run->facts, &g));
	TRY(facts_stacks(run->facts, &s));
	for (size_t i = 0; i < g->n_threads && run->n_findings < 32; i++) {
		TRY(run_check(run));
		if (!outside_of(run, g, s, i, &w) || w.kind != OUTSIDE_USER || !*w.function)
			continue;
		if (!outside_behind(g, i))
			tell(run, g->nodes[i].thread, &s->v[i], &w);
		else if (finding_of(run, g->nodes[i].thread))
			show_texts(run, finding_of(run, g->nodes[i].thread), &s->v[i].places[w.place]);
	}
	return NULL;
}

static const char *const explains[] = { "wait.chain", NULL };

const struct pattern pattern_message_box = {
	.id = "wait.message-box",
	.title = "Message box",
	.category = CATEGORY_WAIT,
	.definition = "A thread shows a message box or dialog, or reads from a terminal, and waits for a user.",
	.context = "A service or a program without a window whose message nobody sees; an error that is told in a box while "
		   "locks are held.",
	.criterion = "A waiting thread has a function of message boxes or dialogs among its innermost frames, or reads from "
		     "a terminal. It is a warning when at least outside.waiters threads stand behind it in the wait graph, "
		     "else a note; a terminal is told only when somebody stands behind it.",
	.false_positives = "A program that talks with its user is meant to wait so.",
	.recommendation = "Read the text: it tells what went wrong before. Services should write to a log instead, and nobody "
			  "should ask while a lock is held.",
	.bucket = "MESSAGE_BOX",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
