/* SPDX-License-Identifier: MIT */
/* bt: stacks, asked for as gdb and crash do. */
#include "command/command.h"
#include "target/kernel.h"

#include <inttypes.h>
#include <string.h>

static struct err *one(struct session *s, struct thread *th, bool heading, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	if (heading)
		strbuf_addf(&sb, "~%zu; ", th->index);
	strbuf_addf(&sb, "~%zuk", th->index);
	TRY(strbuf_check(&sb));
	return session_run(s, sb.s, o);
}

static struct err *all(struct session *s, bool running, struct out *o)
{
	struct thread *threads;
	size_t n = target_threads(session_target(s), &threads);

	for (size_t i = 0; i < n; i++)
		if (!running || threads[i].on_cpu)
			TRY(one(s, &threads[i], true, o));
	return NULL;
}

/* A task by its pid, in decimal as there, or by the address of its task_struct. */
static struct err *named(struct session *s, const struct args *args, const char *p, struct out *o)
{
	struct thread *threads;
	size_t n = target_threads(session_target(s), &threads);
	char *end;
	uint64_t pid = strtoull(p, &end, 10), address = 0;

	if (*end) {
		pid = UINT64_MAX;
		TRY(expr_parse(s, &p, &address));
		TRY(end_parse(args, p));
	}
	for (size_t i = 0; i < n; i++)
		if (threads[i].tid == pid || (address && threads[i].task == address))
			return one(s, &threads[i], false, o);
	return err_new(ERR_NOTFOUND, "no thread of that id or address");
}

static struct err *run_bt(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;

	if (!*p)
		return session_run(s, "k", o);
	if (strcmp(p, "-a") == 0 || strcmp(p, "a") == 0)
		return all(s, target_kernel(session_target(s)), o);
	return named(s, args, p, o);
}

static const struct record *const records[] = { NULL };

const struct command command_bt = {
	.name = "bt",
	.summary = "show stacks, asked for as in gdb and crash",
	.usage = "[-a | tid | task]",
	.help = "The current thread's stack as k shows it; of a thread by its id, which is decimal here, or by\n"
		"the address of its task_struct. -a: of all threads; in the dump of a kernel of what each\n"
		"processor was running. k has the options.",
	.records = records,
	.needs = NEEDS_THREAD,
	.whole_word = true,
	.run = run_bt,
};
