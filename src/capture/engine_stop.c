/* SPDX-License-Identifier: MIT */
/*
 * Engine "stop": the process stands still until its dump is written, as with
 * every tool before. The last resort, and the measure for the others.
 */
#include "capture/engine.h"
#include "capture/phase.h"

static const uint64_t stop_deadline = 2000000000;

struct err *engine_seize(struct snapshot *s)
{
	TRY(tasks_seize(s->pid, &s->tasks));
	phase("seized");
	return NULL;
}

struct err *engine_stop_all(struct snapshot *s)
{
	TRY(tasks_stop(&s->tasks, stop_deadline));
	s->pause.interrupt = clock_ns() - s->tasks.first_stop;
	phase("stopped");
	TRY(tasks_registers(&s->tasks));
	s->pause.registers = clock_ns() - s->tasks.first_stop - s->pause.interrupt;
	phase("registers read");
	return NULL;
}

void engine_resume_all(struct snapshot *s)
{
	uint64_t began = clock_ns();

	tasks_resume(&s->tasks);
	s->pause.release = s->tasks.resumed - began;
	s->pause.total = s->tasks.resumed - s->tasks.first_stop;
	phase("resumed");
}

static struct err *take(struct snapshot *s)
{
	struct err *e = engine_seize(s);

	if (!e)
		e = engine_stop_all(s);
	if (!e)
		e = vma_list_read(s->pid, true, &s->vmas);
	if (e) {
		tasks_resume(&s->tasks);
		return e;
	}
	s->memory = s->pid;
	s->stopped = true;
	return NULL;
}

static void release(struct snapshot *s)
{
	if (s->stopped)
		engine_resume_all(s);
	s->stopped = false;
}

const struct engine engine_stop = {
	.name = "stop",
	.summary = "the process stands still until the dump is written",
	.take = take,
	.release = release,
};
