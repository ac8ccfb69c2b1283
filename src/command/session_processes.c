/* SPDX-License-Identifier: MIT */
/*
 * Processes: `|` and the process prefix of other commands. A dump holds one;
 * the manifest of a set (docs/formats/set-manifest.md) opens several as one system.
 *
 * Specification (MSD: Process Syntax): |. current, |# the one of the event, |* all,
 * |N by number (decimal), |~[pid], |[expr]. Threads are numbered from 0 in each.
 */
#include "base/cancel.h"
#include "command/session_impl.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct field process_fields[] = {
	{ "marker", FIELD_STR, "'.' current, else blank" },
	{ "index", FIELD_UINT, "the debugger's number, as in |N" },
	{ "pid", FIELD_HEX, "process id" },
	{ "how", FIELD_STR, "how it came under the debugger: examine" },
	{ "name", FIELD_STR, "program" },
	{ NULL },
};
const struct record process_record = {
	.kind = "process",
	.help = "A process",
	.fields = process_fields,
	.text = "{marker:1}{index:3}\tid: {pid:x|unknown}\t{how}\tname: {name|unknown}\n",
};
static const struct record *const process_records[] = { &process_record, NULL };

/* --- which there are ----------------------------------------------------------------- */

size_t process_count(const struct session *s)
{
	return s->processes ? s->n_processes : 1;
}

/* What the container states, else the program that is listed first. */
static const char *name_in_dump(struct session *s)
{
	const struct dump_facts *f = target_facts(s->target);
	const struct dump_module *v;
	size_t n;

	if (*f->process_name)
		return f->process_name;
	if (err_ignore(dump_modules(target_dump(s->target), &v, &n)) || !n)
		return NULL;
	return target_is_windows(s->target) ? v[0].path : str_basename(v[0].path);
}

uint32_t process_pid(const struct session *s, size_t i)
{
	return s->processes ? s->processes[i].pid : target_pid(s->target);
}

const char *process_name(struct session *s, size_t i)
{
	const char *name = s->processes ? s->processes[i].name : name_in_dump(s);

	return name ? name : "";
}

static struct err *emit(struct session *s, size_t i, size_t current, struct out *o)
{
	uint32_t pid = process_pid(s, i);

	out_begin(o, &process_record);
	out_str(o, "marker", i == current ? "." : " ");
	out_uint(o, "index", i);
	if (pid)
		out_uint(o, "pid", pid);
	out_str(o, "how", "examine");
	out_name(o, "name", process_name(s, i));
	return out_end(o);
}

struct err *process_emit(struct session *s, size_t i, struct out *o)
{
	return emit(s, i, s->process, o);
}

static struct err *list(struct session *s, size_t from, size_t end, struct out *o)
{
	for (size_t i = from; i < end; i++) {
		TRY(cancel_check());
		TRY(emit(s, i, s->process, o));
	}
	return NULL;
}

/* --- switching ------------------------------------------------------------------------- */

struct err *session_set_processes(struct session *s, const struct session_process *v, size_t n, size_t current,
				  session_open_fn *open, void *arg)
{
	s->states = calloc(n, sizeof(*s->states));
	if (!s->states)
		return err_nomem();
	s->processes = v;
	s->n_processes = n;
	s->process = current;
	s->open = open;
	s->open_arg = arg;
	return NULL;
}

struct process_state process_state(const struct session *s)
{
	return (struct process_state){ s->target, s->thread, s->half, s->half_chosen, s->context, s->has_context,
				       s->exception_context, s->frame };
}

void process_state_set(struct session *s, const struct process_state *to)
{
	s->target = to->target;
	s->thread = to->thread;
	s->half = to->half;
	s->half_chosen = to->half_chosen;
	s->context = to->context;
	s->has_context = to->has_context;
	s->exception_context = to->exception_context;
	s->frame = to->frame;
}

struct err *process_target(struct session *s, size_t i, struct target **ret)
{
	if (i >= process_count(s))
		return err_new(ERR_USAGE, "there is no process %zu", i);
	if (i == s->process)
		*ret = s->target;
	else if (s->states[i].target)
		*ret = s->states[i].target;
	else
		return s->open(s->open_arg, i, ret);
	return NULL;
}

struct err *process_switch(struct session *s, size_t i)
{
	struct process_state *to = i == s->process ? NULL : &s->states[i];
	struct target *t;

	if (!to)
		return NULL;
	if (!to->target) {
		TRY(s->open(s->open_arg, i, &t));
		*to = (struct process_state){ .target = t, .thread = target_event_thread(t) };
	}
	s->states[s->process] = process_state(s);
	s->process = i;
	process_state_set(s, to);
	s->running = NULL;
	memset(s->cursors, 0, sizeof(s->cursors));
	return NULL;
}

/* --- specification ------------------------------------------------------------------------ */

static bool find_pid(const struct session *s, uint64_t pid, size_t *ret)
{
	for (size_t i = 0; i < process_count(s); i++)
		if (process_pid(s, i) == pid) {
			*ret = i;
			return true;
		}
	return false;
}

static struct err *bracketed(struct session *s, const char **p, struct arena *a, uint64_t *ret)
{
	char *text;

	TRY(lex_group(a, p, '[', ']', &text));
	return expr_value(s, text, ret);
}

/* The first and the end of what is told at *p, which moves behind it. */
static struct err *parse(struct session *s, const char **p, struct arena *a, size_t *ret_first, size_t *ret_end)
{
	const char *start = *p;
	size_t i = s->process;
	bool found = true;
	uint64_t v = 0;

	if (*start == '*') {
		(*p)++;
		*ret_first = 0;
		*ret_end = process_count(s);
		return NULL;
	}
	if (str_starts(start, "~[") || *start == '[') {
		*p = start + (*start == '~');
		TRY(bracketed(s, p, a, &v));
		found = find_pid(s, v, &i);
	} else if (isdigit((unsigned char)*start)) {
		for (; isdigit((unsigned char)**p) && v < 100000000; (*p)++)
			v = v * 10 + (uint64_t)(**p - '0');
		found = v < process_count(s);
		i = (size_t)v;
	} else {
		(*p)++; /* . and # */
	}
	if (!found)
		return err_new(ERR_USAGE, "Illegal process error in '|%.*s'", (int)(*p - start), start);
	*ret_first = i;
	*ret_end = i + 1;
	return NULL;
}

/* --- running --------------------------------------------------------------------------------- */

static struct err *run_in(struct session *s, size_t i, const char **p, bool whole_line, struct out *o)
{
	TRY(process_switch(s, i));
	return whole_line ? session_run(s, *p, o) : run_one(s, p, o);
}

static struct err *run_for(struct session *s, size_t first, size_t end, const char **p, bool whole_line, struct out *o)
{
	const char *start = *p;
	size_t old = s->process;
	bool all = end - first > 1;
	struct err *e = NULL;

	for (size_t i = first; i < end && !e; i++) {
		if (all) {
			out_set_outer_tag(o, NULL, 0);
			e = out_heading(o, "\n");
			if (!e)
				e = emit(s, i, old, o);
		}
		out_set_outer_tag(o, "process", i);
		*p = start;
		if (!e)
			e = run_in(s, i, p, whole_line, o);
		/* one process that cannot be shown must not hide the others */
		if (e && all && err_code(e) != ERR_CANCELLED && err_code(e) != ERR_USAGE) {
			session_report(s, e);
			e = NULL;
		}
	}
	out_set_outer_tag(o, NULL, 0);
	err_free(process_switch(s, old)); /* it was open */
	*p = whole_line ? strchrnul(start, '\n') : lex_command_end(*p);
	return e;
}

static bool at_end(const char *p)
{
	p = str_skip_space(p);
	return !*p || *p == ';';
}

static bool is_word(const char *p, char letter)
{
	return *p == letter && !isalnum((unsigned char)p[1]) && (letter == 'e' || at_end(p + 1));
}

static struct err *run_spec(struct session *s, const char **p, struct out *o)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	size_t first = 0, end = 0;

	TRY(parse(s, p, &a, &first, &end));
	*p += strspn(*p, " \t");
	if (at_end(*p)) {
		*p = lex_command_end(*p);
		return list(s, first, end, o);
	}
	if (is_word(*p, 'e')) {
		(*p)++;
		return run_for(s, first, end, p, true, o);
	}
	if (!is_word(*p, 's'))
		return run_for(s, first, end, p, false, o);
	*p = lex_command_end(*p);
	if (end - first != 1)
		return err_new(ERR_USAGE, "Syntax error: |s takes one process");
	TRY(process_switch(s, first));
	return list(s, first, end, o);
}

struct err *run_processes(struct session *s, const char **p, struct out *o)
{
	if (!s->target)
		return err_new(ERR_USAGE, "|: no dump is open");
	(*p)++;
	*p += strspn(*p, " \t");
	if (*p[0] && strchr(".#*~[0123456789", **p) && !at_end(*p))
		return run_spec(s, p, o);
	if (!at_end(*p))
		return err_new(ERR_USAGE, "Illegal process error in '|%.20s'", *p);
	*p = lex_command_end(*p);
	return list(s, 0, process_count(s), o);
}

static struct err *run(struct session *s, const struct args *args, struct out *o)
{
	const char *p = arena_printf(args->arena, "|%s", args->tail);

	return p ? run_processes(s, &p, o) : err_nomem();
}

const struct command command_process = {
	.name = "|",
	.summary = "list processes, make one current, or run a command for some",
	.usage = "[process [s | e commands | command]]",
	.help = "Without arguments lists the processes, one a line: '.' marks the current one; then\n"
		"the debugger's number, process id in hex, how it came under the debugger, and the\n"
		"program. A dump holds one process; the manifest of a set opens several, of which\n"
		"each dump is read when it is first asked for.\n"
		"\n"
		"A process is told by |. or |# (current), |N (number, decimal), |~[pid], |[pid] or |*\n"
		"(all). With s it becomes current, with its thread. With a command, \"|1k\" or \"|*~*k\",\n"
		"the command runs for that process or for each; the current process stays what it\n"
		"was. \"|*e a; b\" runs the whole line for each. In JSON every record then tells its\n"
		"\"process\". Threads are numbered from 0 in each process.",
	.records = process_records,
	.needs = NEEDS_TARGET,
	.run = run,
};
