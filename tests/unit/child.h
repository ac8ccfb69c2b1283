/* SPDX-License-Identifier: MIT */
/*
 * A child process to look at: it runs `setup`, which writes what it made into
 * the page they share, and then sleeps until it is ended (or its parent dies).
 */
#ifndef OSM_TEST_CHILD_H
#define OSM_TEST_CHILD_H

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
	pid_t pid;
	volatile uint64_t *said;	/* 512 words, shared with the child */
};

static inline struct child child_start(void (*setup)(volatile uint64_t *said))
{
	struct child c = { .said = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) };
	int ready[2];
	char byte;

	if (c.said == MAP_FAILED || pipe(ready) != 0)
		abort();
	c.pid = fork();
	if (!c.pid) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		setup(c.said);
		(void)!write(ready[1], "x", 1);
		for (;;)
			(void)pause();
	}
	(void)close(ready[1]);
	(void)!read(ready[0], &byte, 1);
	(void)close(ready[0]);
	return c;
}

static inline void child_kill(struct child *c)
{
	if (c->pid > 0) {
		(void)kill(c->pid, SIGKILL);
		(void)waitpid(c->pid, NULL, 0);
	}
	if (c->said)
		(void)munmap((void *)(uintptr_t)c->said, 4096);
	c->pid = 0;
	c->said = NULL;
}

#endif
