/* SPDX-License-Identifier: MIT */
/*
 * !uniqstack and !findstack: over the stacks of all threads.
 */
#include "command/command.h"

#include "base/cancel.h"
#include "command/stack.h"
#include "target/stack_groups.h"

#include <string.h>

static const struct field group_fields[] = {
	{ "group", FIELD_UINT, "number of the group" },
	{ "threads", FIELD_UINT, "how many threads share the stack" },
	{ "tids", FIELD_WORDS, "their thread ids" },
	{ "indices", FIELD_STR, "their debugger numbers" },
	{ NULL },
};

static const struct record group_record = {
	.kind = "stack_group",
	.help = "threads that share one stack; its frames follow",
	.fields = group_fields,
	.text = "\n. {group}  {threads} thread(s): {indices}\n",
};

static const struct record total_record = {
	.kind = "stack_total",
	.help = "how many threads and different stacks there are",
	.fields = group_fields,
	.text = "\nTotal threads: {threads}\nUnique stacks: {group}\n",
};

static struct err *walk(struct session *s, struct thread *th, enum thread_half half,
			struct arena *a, struct stack *ret)
{
	struct stack_options options = { .half = half };

	return stack_walk(session_target(s), th, &options, a, ret);
}

static struct err *emit_group(struct session *s, struct out *o, struct arena *a, const char *letters,
			      const struct stack_group *g, size_t number)
{
	CLEANUP(strbuf_deinit) struct strbuf list = STRBUF_INIT;
	struct out_word *tids = ARENA_NEW_N(a, struct out_word, g->threads.n);
	struct stack stack = { 0 };

	if (!tids)
		return err_nomem();
	for (size_t i = 0; i < g->threads.n; i++) {
		tids[i] = (struct out_word){ g->threads.v[i]->tid, true };
		strbuf_addf(&list, "%s%zu", i ? " " : "", g->threads.v[i]->index);
	}
	TRY(strbuf_check(&list));
	out_begin(o, &group_record);
	out_uint(o, "group", number);
	out_uint(o, "threads", g->threads.n);
	out_words(o, "tids", tids, g->threads.n, 4);
	out_str(o, "indices", list.s);
	TRY(out_end(o));
	TRY(walk(s, g->first, g->half, a, &stack));
	return emit_stack(s, a, o, letters, &stack);
}

static struct err *emit_groups(struct session *s, const struct args *args, struct out *o,
			       const char *letters, const struct stack_groups *g)
{
	struct thread *threads;

	for (size_t i = 0; i < g->groups.n; i++)
		TRY(emit_group(s, o, args->arena, letters, g->groups.v[i], i));
	out_begin(o, &total_record);
	out_uint(o, "threads", target_threads(session_target(s), &threads));
	out_uint(o, "group", g->groups.n);
	return out_end(o);
}

static struct err *run_uniqstack(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(stack_groups_deinit) struct stack_groups g = { 0 };
	const char *p = args->tail;
	unsigned options = 0;

	TRY(options_parse(&p, "bvpn", &options));
	TRY(end_parse(args, p));
	TRY(stack_groups_find(session_target(s), session_half(s), 0, &g));
	return emit_groups(s, args, o, options & 2 ? "kv" : options & 1 ? "kb" : options & 4 ? "kp" : "k",
			   &g);
}

static const struct record *const group_records[] = { &group_record, &total_record, &frame_record,
						      NULL };

const struct command command_uniqstack = {
	.name = "!uniqstack",
	.summary = "show each different stack once, with the threads that share it",
	.usage = "[-b] [-v] [-p]",
	.help = "Groups all threads by equal stacks, largest group first. -b, -v and -p choose the\n"
		"columns of kb, kv and kp.",
	.records = group_records,
	.needs = NEEDS_TARGET | NEEDS_THREAD,
	.run = run_uniqstack,
};

/* --- !findstack ---------------------------------------------------------------------------- */

static const struct field match_fields[] = {
	{ "index", FIELD_UINT, "debugger number of the thread" },
	{ "tid", FIELD_HEX, "thread id" },
	{ "frames", FIELD_UINT, "how many of its frames match" },
	{ NULL },
};

static const struct record match_record = {
	.kind = "stack_match",
	.help = "a thread whose stack holds the symbol; its frames follow",
	.fields = match_fields,
	.text = "Thread {index:03d}, id {tid}, {frames} frame(s) match\n",
};

/* "mod!name", "mod!*", or a part of a name when there is no wildcard */
static bool frame_matches(const struct frame *f, const char *pattern)
{
	CLEANUP(strbuf_deinit) struct strbuf full = STRBUF_INIT;
	CLEANUP(strbuf_deinit) struct strbuf loose = STRBUF_INIT;

	if (!f->symbol.module)
		return false;
	strbuf_addf(&full, "%s!%s", f->symbol.module->name, f->function ? f->function : "");
	strbuf_addf(&loose, strpbrk(pattern, "*?") ? "%s" : "*%s*", pattern);
	return str_match(loose.s, full.s, true);
}

static struct err *match_thread(struct session *s, struct out *o, struct thread *th,
				const char *pattern, unsigned level)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct stack stack = { 0 }, shown = { 0 };
	size_t count = 0;

	if (err_ignore(walk(s, th, session_half(s), &a, &stack)))
		return cancel_check();
	shown.frames = ARENA_NEW_N(&a, struct frame, stack.n ? stack.n : 1);
	if (!shown.frames)
		return err_nomem();
	for (size_t i = 0; i < stack.n; i++)
		if (frame_matches(&stack.frames[i], pattern))
			shown.frames[count++] = stack.frames[i];
	if (!count)
		return NULL;
	shown.n = count;
	out_begin(o, &match_record);
	out_uint(o, "index", th->index);
	out_uint(o, "tid", th->tid);
	out_uint(o, "frames", count);
	TRY(out_end(o));
	if (!level)
		return NULL;
	TRY(emit_stack(s, &a, o, "kn", level > 1 ? &stack : &shown));
	return out_heading(o, "\n");
}

static struct err *run_findstack(struct session *s, const struct args *args, struct out *o)
{
	struct thread *threads;
	size_t n = target_threads(session_target(s), &threads);
	const char *p = args->tail;
	uint64_t level = 1;
	char *pattern = NULL;

	TRY(word_parse(args->arena, &p, &pattern));
	if (!pattern)
		return usage_error(args, "a symbol is missing");
	if (*p)
		TRY(expr_parse(s, &p, &level));
	TRY(end_parse(args, p));
	for (size_t i = 0; i < n; i++) {
		TRY(cancel_check());
		TRY(match_thread(s, o, &threads[i], pattern, level > 2 ? 2 : (unsigned)level));
	}
	return NULL;
}

static const struct record *const match_records[] = { &match_record, &frame_record, NULL };

const struct command command_findstack = {
	.name = "!findstack",
	.summary = "find the threads whose stacks hold a symbol",
	.usage = "symbol [0|1|2]",
	.help = "The symbol may have wildcards (ole32!*); without one any part of module!function\n"
		"counts. 0 shows the threads, 1 the frames that match, 2 whole stacks.",
	.records = match_records,
	.needs = NEEDS_TARGET | NEEDS_THREAD,
	.run = run_findstack,
};
