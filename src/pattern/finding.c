/* SPDX-License-Identifier: MIT */
/*
 * Building findings: see finding.h. Lists grow by doubling in the run's arena;
 * when that is full the run remembers it and the spare finding takes what comes.
 */
#include "pattern/pattern.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

enum { MAX_FINDINGS = 100, MAX_ITEMS = 64 };

const char *severity_name(enum severity s)
{
	static const char *const names[] = { "note", "warning", "problem" };

	return names[s];
}

const char *decision_name(enum decision d)
{
	static const char *const names[] = { "decided", "not decidable", "limit exceeded", "failed" };

	return names[d];
}

PRINTF(2, 0) static const char *text_of(struct pattern_run *run, const char *fmt, va_list ap)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const char *text = NULL;

	strbuf_vaddf(&sb, fmt, ap);
	if (!sb.failed)
		text = arena_strdup(run->arena, sb.s);
	run->no_memory |= !text;
	return text ? text : "";
}

const char *run_text(struct pattern_run *run, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = text_of(run, fmt, ap);
	va_end(ap);
	return text;
}

/* Room for one more of n items of a list; false: none (the list is cut). */
static bool room(struct pattern_run *run, void **v, size_t n, size_t size)
{
	void *more;

	if (n & (n - 1) || (n && n < 4)) /* room for 4, 8, 16 ... */
		return true;
	more = arena_array(run->arena, n ? 2 * n : 4, size);
	if (!more) {
		run->no_memory = true;
		return false;
	}
	if (n)
		memcpy(more, *v, n * size);
	*v = more;
	return true;
}

#define ADD(run, list, count, item)                                                                  \
	do {                                                                                         \
		void *v_ = (void *)(list);                                                           \
		if ((count) < MAX_ITEMS && room((run), &v_, (count), sizeof(*(list)))) {             \
			(list) = v_;                                                                 \
			(list)[(count)++] = (item);                                                  \
		}                                                                                    \
	} while (0)

static void fill_thresholds(struct pattern_run *run, struct finding *f)
{
	for (const struct threshold *t = run->pattern->thresholds; t && t->name; t++) {
		struct threshold_used used = { t, run_threshold(run, t->name) };

		ADD(run, f->thresholds, f->n_thresholds, used);
	}
}

static struct finding *new_finding(struct pattern_run *run)
{
	struct finding *f = run->n_findings < MAX_FINDINGS ? ARENA_NEW(run->arena, struct finding) : NULL;
	void *v = (void *)run->findings;

	if (!f || !room(run, &v, run->n_findings, sizeof(*run->findings))) {
		run->no_memory = true;
		run->spare = (struct finding){ 0 };
		f = &run->spare;
	} else {
		run->findings = v;
		run->findings[run->n_findings++] = f;
	}
	f->pattern = run->pattern;
	f->confidence_why = "";
	f->recommendation = run->pattern->recommendation;
	f->bucket = run->pattern->bucket ? run->pattern->bucket : "";
	fill_thresholds(run, f);
	return f;
}

struct finding *finding_add(struct pattern_run *run, enum severity severity, unsigned confidence,
			    const char *fmt, ...)
{
	struct finding *f = new_finding(run);
	va_list ap;

	f->severity = severity;
	f->confidence = confidence;
	va_start(ap, fmt);
	f->verdict = text_of(run, fmt, ap);
	va_end(ap);
	return f;
}

struct finding *finding_undecidable(struct pattern_run *run, const char *fmt, ...)
{
	struct finding *f = new_finding(run);
	va_list ap;

	f->decision = UNDECIDABLE;
	f->bucket = "";
	va_start(ap, fmt);
	f->verdict = text_of(run, fmt, ap);
	va_end(ap);
	return f;
}

void finding_thread(struct pattern_run *run, struct finding *f, struct thread *th)
{
	for (size_t i = 0; i < f->n_threads; i++)
		if (f->threads[i] == th)
			return;
	if (th)
		ADD(run, f->threads, f->n_threads, th);
}

void finding_module(struct pattern_run *run, struct finding *f, const char *name)
{
	for (size_t i = 0; i < f->n_modules; i++)
		if (strcmp(f->modules[i], name) == 0)
			return;
	if (*name)
		ADD(run, f->modules, f->n_modules, name);
}

void finding_unread(struct pattern_run *run, struct finding *f, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = text_of(run, fmt, ap);
	va_end(ap);
	ADD(run, f->unread, f->n_unread, text);
}

void finding_recommend(struct pattern_run *run, struct finding *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	f->recommendation = text_of(run, fmt, ap);
	va_end(ap);
}

void finding_doubt(struct pattern_run *run, struct finding *f, unsigned confidence, const char *why)
{
	if (confidence >= f->confidence)
		return;
	f->confidence = confidence;
	f->confidence_why = run_text(run, "%s%s%s", f->confidence_why, *f->confidence_why ? "; " : "", why);
}

static const char *copy(struct pattern_run *run, const char *s)
{
	return s ? run_text(run, "%s", s) : NULL;
}

void evidence_other(struct pattern_run *run, struct finding *f, const struct evidence *given,
		    const char *fmt, ...)
{
	struct evidence e = *given;
	va_list ap;

	va_start(ap, fmt);
	e.meaning = text_of(run, fmt, ap);
	va_end(ap);
	e.command = copy(run, e.command);
	e.windbg = copy(run, e.windbg);
	e.gdb = copy(run, e.gdb);
	ADD(run, f->evidence, f->n_evidence, e);
}

void evidence_memory(struct pattern_run *run, struct finding *f, uint64_t address, unsigned size,
		     const char *fmt, ...)
{
	char show = size == 8 ? 'q' : size == 4 ? 'd' : size == 2 ? 'w' : 'b';
	struct evidence e = { .has_address = true, .address = address, .size = size };
	const char *meaning;
	va_list ap;

	va_start(ap, fmt);
	meaning = text_of(run, fmt, ap);
	va_end(ap);
	e.has_value = arch_read_uint(target_memory(run->target), address, size, &e.value);
	if (!e.has_value) {
		finding_unread(run, f, "0x%" PRIx64 " (%s)", address, meaning);
		return;
	}
	e.command = run_text(run, "d%c 0x%" PRIx64 " L1", show, address);
	e.windbg = e.command;
	e.gdb = run_text(run, "x/1x%c 0x%" PRIx64, size == 8 ? 'g' : size == 4 ? 'w' : size == 2 ? 'h' : 'b',
			 address);
	evidence_other(run, f, &e, "%s", meaning);
}

void evidence_stack(struct pattern_run *run, struct finding *f, const struct thread *th, const char *fmt, ...)
{
	struct evidence e = { 0 };
	const char *meaning;
	va_list ap;

	va_start(ap, fmt);
	meaning = text_of(run, fmt, ap);
	va_end(ap);
	e.command = run_text(run, "~%zuk", th->index);
	e.windbg = e.command;
	if (!target_is_windows(run->target)) {
		e.windbg = run_text(run, "~~[%x]k", th->tid);
		e.gdb = run_text(run, "thread find %u", th->tid);
	}
	evidence_other(run, f, &e, "%s", meaning);
}

const char *run_thread_text(struct pattern_run *run, const struct thread *th)
{
	bool hex = target_is_windows(run->target);

	if (!th)
		return "a thread that is not in the dump";
	if (*th->name)
		return run_text(run, hex ? "thread %zu \"%s\" (tid 0x%x)" : "thread %zu \"%s\" (tid %u)",
				th->index, th->name, th->tid);
	return run_text(run, hex ? "thread %zu (tid 0x%x)" : "thread %zu (tid %u)", th->index, th->tid);
}

const char *run_symbol_text(struct pattern_run *run, uint64_t address)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	target_add_symbol(run->target, address, &sb);
	return run_text(run, "%s", sb.s);
}
