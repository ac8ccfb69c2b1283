/* SPDX-License-Identifier: MIT */
/* See workers.h. */
#include "main/workers.h"

#include "base/cancel.h"
#include "base/cleanup.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_AT_ONCE = 64, POLL_MS = 200 };

struct worker {
	pid_t pid;	/* 0: none */
	int fd;
	size_t job;
	time_t began;
	bool late, long_winded;
	struct strbuf result;
};

struct result {
	bool here;
	struct strbuf text;
	char ended[64];	/* "" as it should */
};

struct pool {
	const struct workers *w;
	size_t n_jobs, next, told;	/* jobs: all, begun, handed on */
	unsigned at_once;
	struct worker workers[MAX_AT_ONCE];
	struct result ahead[WORKERS_AHEAD];	/* by job modulo */
};

static unsigned processors(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return n < 1 ? 1 : n > MAX_AT_ONCE ? MAX_AT_ONCE : (unsigned)n;
}

static time_t now(void)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* --- the new process --------------------------------------------------------------------------------- */

/* Only what work() writes leaves it: buffers of standard output are the parent's. */
static _Noreturn void be_worker(const struct pool *p, size_t job, int fd, pid_t parent)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	progress_set(NULL, NULL);
	notice_set(NULL, NULL);
	p->w->work(p->w->arg, job, fd);
	_exit(0);
}

static struct err *begin(struct pool *p, struct worker *k)
{
	pid_t parent = getpid();
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) != 0)
		return err_os(errno, "a pipe to a worker");
	k->pid = fork();
	if (k->pid < 0) {
		int errnum = errno;

		k->pid = 0;
		(void)close(fds[0]);
		(void)close(fds[1]);
		return err_os(errnum, "a process to work in");
	}
	if (k->pid == 0)
		be_worker(p, p->next, fds[1], parent);
	(void)close(fds[1]);
	k->fd = fds[0];
	k->job = p->next++;
	k->began = now();
	k->late = k->long_winded = false;
	strbuf_init(&k->result);
	return NULL;
}

static struct err *begin_all(struct pool *p)
{
	for (unsigned i = 0; i < p->at_once; i++)
		if (!p->workers[i].pid && p->next < p->n_jobs && p->next - p->told < WORKERS_AHEAD)
			TRY(begin(p, &p->workers[i]));
	return NULL;
}

/* --- results ----------------------------------------------------------------------------------------- */

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static void tell_end(const struct worker *k, int status, struct result *r)
{
	if (k->late)
		(void)snprintf(r->ended, sizeof(r->ended), "took longer than %d s", WORKERS_SECONDS);
	else if (k->long_winded)
		(void)snprintf(r->ended, sizeof(r->ended), "said more than %d bytes", WORKERS_RESULT);
	else if (WIFSIGNALED(status))
		(void)snprintf(r->ended, sizeof(r->ended), "was ended by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status))
		(void)snprintf(r->ended, sizeof(r->ended), "ended with code %d", WEXITSTATUS(status));
}

static void end(struct pool *p, struct worker *k)
{
	struct result *r = &p->ahead[k->job % WORKERS_AHEAD];

	(void)close(k->fd);
	*r = (struct result){ .here = true, .text = k->result };
	tell_end(k, wait_for(k->pid), r);
	k->pid = 0;
}

static void take_result(struct pool *p, struct worker *k)
{
	char text[4096];
	ssize_t n = read(k->fd, text, sizeof(text));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		end(p, k);
	} else if (k->result.len + (size_t)n > WORKERS_RESULT) {
		k->long_winded = true;
		(void)kill(k->pid, SIGKILL);
		end(p, k);
	} else {
		strbuf_add(&k->result, text, (size_t)n);
	}
}

static void end_late(struct worker *k)
{
	if (!k->pid || k->late || now() - k->began <= WORKERS_SECONDS)
		return;
	k->late = true;
	(void)kill(k->pid, SIGKILL);
}

static void listen_to_all(struct pool *p)
{
	struct pollfd fds[MAX_AT_ONCE];

	for (unsigned i = 0; i < p->at_once; i++) {
		end_late(&p->workers[i]);
		fds[i] = (struct pollfd){ .fd = p->workers[i].pid ? p->workers[i].fd : -1, .events = POLLIN };
	}
	if (poll(fds, p->at_once, POLL_MS) <= 0)
		return;
	for (unsigned i = 0; i < p->at_once; i++)
		if (p->workers[i].pid && fds[i].revents)
			take_result(p, &p->workers[i]);
}

/* In the order of the jobs, as far as they are there without a gap. */
static struct err *hand_on(struct pool *p)
{
	while (p->told < p->n_jobs) {
		struct result *r = &p->ahead[p->told % WORKERS_AHEAD];
		struct err *e;

		if (!r->here)
			return NULL;
		e = strbuf_check(&r->text);
		if (!e)
			e = p->w->done(p->w->arg, p->told, r->text.s, r->text.len, *r->ended ? r->ended : NULL);
		strbuf_deinit(&r->text);
		r->here = false;
		TRY(e);
		p->told++;
	}
	return NULL;
}

static struct err *run_all(struct pool *p)
{
	while (p->told < p->n_jobs) {
		TRY(cancel_check());
		progress_report("analyze", p->told, p->n_jobs);
		TRY(begin_all(p));
		listen_to_all(p);
		TRY(hand_on(p));
	}
	progress_report("analyze", p->n_jobs, p->n_jobs);
	return NULL;
}

static void pool_destroy(struct pool *p)
{
	for (unsigned i = 0; i < p->at_once; i++) {
		if (!p->workers[i].pid)
			continue;
		(void)kill(p->workers[i].pid, SIGKILL);
		end(p, &p->workers[i]);
	}
	for (size_t i = 0; i < WORKERS_AHEAD; i++)
		if (p->ahead[i].here)
			strbuf_deinit(&p->ahead[i].text);
	free(p);
}

struct err *workers_run(const struct workers *w, size_t n_jobs)
{
	struct pool *p = calloc(1, sizeof(*p));
	struct err *e;

	if (!p)
		return err_nomem();
	p->w = w;
	p->n_jobs = n_jobs;
	p->at_once = processors();
	e = run_all(p);
	pool_destroy(p);
	return e;
}
