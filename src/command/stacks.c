/* SPDX-License-Identifier: MIT */
/*
 * !uniqstack and !findstack: over the stacks of all threads.
 *
 * Two stacks are the same when their functions and offsets are, frame by frame.
 * Both halves of a WOW64 thread count.
 */
#include "command/command.h"

#include "base/cancel.h"
#include "base/map.h"
#include "base/vec.h"
#include "command/stack.h"

#include <stdlib.h>
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

struct group {
	uint64_t hash;
	struct thread *first;
	enum thread_half half;
	VEC(struct thread *) threads;
};

struct grouping {
	VEC(struct group *) groups;
	struct u64map by_hash;
	struct arena arena;
};

static uint64_t stack_hash(const struct stack *stack)
{
	uint64_t h = stack->n;

	for (size_t i = 0; i < stack->n; i++)
		h = hash_u64(h * 31 + stack->frames[i].ip);
	return h;
}

static struct err *walk(struct session *s, struct thread *th, enum thread_half half,
			struct arena *a, struct stack *ret)
{
	struct stack_options options = { .half = half };

	return stack_walk(session_target(s), th, &options, a, ret);
}

static struct err *add_thread(struct session *s, struct grouping *g, struct thread *th)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct stack_options options = { .half = session_half(s), .no_symbols = true };
	struct stack stack = { 0 };
	struct group *group;
	uint64_t hash;

	if (err_ignore(stack_walk(session_target(s), th, &options, &a, &stack)))
		return cancel_check();
	hash = stack_hash(&stack);
	group = u64map_get(&g->by_hash, hash);
	if (!group) {
		group = ARENA_NEW(&g->arena, struct group);
		if (!group || !u64map_put(&g->by_hash, hash, group) || !vec_push(&g->groups, group))
			return err_nomem();
		group->hash = hash;
		group->first = th;
		group->half = session_half(s);
	}
	return vec_push(&group->threads, th) ? NULL : err_nomem();
}

static struct err *emit_group(struct session *s, struct out *o, struct arena *a, const char *letters,
			      const struct group *g, size_t number)
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

static int by_size(const void *a, const void *b)
{
	const struct group *x = *(struct group *const *)a, *y = *(struct group *const *)b;

	if (x->threads.n != y->threads.n)
		return x->threads.n > y->threads.n ? -1 : 1;
	return x->first->index < y->first->index ? -1 : 1;
}

static struct err *group_threads(struct session *s, struct grouping *g)
{
	struct thread *threads;
	size_t n = target_threads(session_target(s), &threads);

	for (size_t i = 0; i < n; i++) {
		TRY(cancel_check());
		TRY(add_thread(s, g, &threads[i]));
	}
	if (g->groups.n)
		qsort(g->groups.v, g->groups.n, sizeof(*g->groups.v), by_size);
	return NULL;
}

static void grouping_deinit(struct grouping *g)
{
	for (size_t i = 0; i < g->groups.n; i++)
		vec_deinit(&g->groups.v[i]->threads);
	vec_deinit(&g->groups);
	u64map_deinit(&g->by_hash);
	arena_deinit(&g->arena);
}

static struct err *emit_groups(struct session *s, const struct args *args, struct out *o,
			       const char *letters, const struct grouping *g)
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
	CLEANUP(grouping_deinit) struct grouping g = { 0 };
	const char *p = args->tail;
	unsigned options = 0;

	TRY(options_parse(&p, "bvpn", &options));
	TRY(end_parse(args, p));
	TRY(group_threads(s, &g));
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
