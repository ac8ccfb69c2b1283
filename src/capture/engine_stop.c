/* SPDX-License-Identifier: MIT */
/*
 * Engine "stop": the process stands still until its dump is written, as with
 * every tool before. The last resort, and the measure for the others.
 */
#include "capture/engine.h"
#include "capture/helper.h"
#include "capture/phase.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const uint64_t stop_deadline = 2000000000, settling = 1000000;
enum { SELF_DEADLINE = 10 }; /* seconds, besides the budget */

struct err *engine_seize(struct snapshot *s)
{
	tasks_deinit(&s->tasks);
	s->tasks = (struct tasks){ 0 };
	TRY(tasks_seize(s->pid, &s->tasks));
	s->let_go = false;
	phase("seized");
	return NULL;
}

void engine_let_go(struct snapshot *s)
{
	s->let_go = true;
	tasks_resume(&s->tasks);
	for (uint64_t began = clock_ns(); !tasks_settle(&s->tasks) && clock_ns() - began < settling;)
		;
}

/* What exec puts on the stack tells programs apart: 16 random bytes' address, the vDSO's, the entry point. */
bool engine_same_program(const struct snapshot *s)
{
	uint8_t auxv[1024];
	char path[32];
	ssize_t n;
	int fd;

	if (!s->facts.auxv_size || s->facts.auxv_size > sizeof(auxv))
		return true;
	if (!*(const uint64_t *)s->facts.auxv) /* exec was about to lay the new program out */
		return false;
	(void)snprintf(path, sizeof(path), "/proc/%d/auxv", (int)s->mm);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return true; /* not permitted, then we did not see it before either */
	n = read(fd, auxv, sizeof(auxv));
	(void)close(fd);
	return n > 0 && (size_t)n >= s->facts.auxv_size && !memcmp(auxv, s->facts.auxv, s->facts.auxv_size);
}

/* All that was read before the pause is of another program then. */
struct err *engine_check_program(struct snapshot *s)
{
	if (engine_same_program(s))
		return NULL;
	s->program_changed = true;
	return err_new(ERR_NOTFOUND, "process %d executed another program meanwhile", (int)s->pid);
}

void engine_interrupt(struct snapshot *s)
{
	tasks_interrupt(&s->tasks);
}

struct err *engine_halt(struct snapshot *s)
{
	if (s->options.self)
		helper_deadline(SELF_DEADLINE + (unsigned)(s->options.budget_ns / 1000000000));
	TRY(tasks_stop(&s->tasks, stop_deadline));
	s->pause.interrupt = clock_ns() - s->tasks.first_stop;
	return NULL;
}

struct err *engine_registers(struct snapshot *s)
{
	uint64_t began = clock_ns();

	TRY(tasks_registers(&s->tasks));
	s->pause.registers = clock_ns() - began;
	return NULL;
}

struct task *engine_best_thread(struct snapshot *s)
{
	struct task *best = NULL;
	int best_rank = 0;

	for (size_t i = 0; i < s->tasks.v.n && best_rank < INJECT_SUITS_BEST; i++) {
		int rank = inject_suits(&s->inject, &s->before, &s->tasks.v.v[i]);

		if (rank > best_rank) {
			best_rank = rank;
			best = &s->tasks.v.v[i];
		}
	}
	return best;
}

void engine_resume(struct snapshot *s)
{
	uint64_t began = clock_ns();

	tasks_resume(&s->tasks);
	s->pause.release = s->tasks.resumed - began;
	s->pause.total = s->tasks.resumed - s->tasks.first_stop;
	if (s->options.self)
		helper_deadline(0);
}

static struct err *capture(struct snapshot *s)
{
	TRY(vma_list_read(s->mm, true, &s->vmas));
	s->memory = s->mm;
	remote_attach(&s->reader, s->mm);
	s->stopped = true;
	return NULL;
}

static void release(struct snapshot *s)
{
	remote_detach(&s->reader);
	if (s->stopped) {
		engine_resume(s);
		task_hurry(HURRY_NOT);
		phase("resumed");
	}
	s->stopped = false;
}

const struct engine engine_stop = {
	.name = "stop",
	.summary = "the process stands still until the dump is written",
	.capture = capture,
	.stays_stopped = true,
	.release = release,
};
