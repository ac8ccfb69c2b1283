/* SPDX-License-Identifier: MIT */
/* See workers.h. */
#include "main/workers.h"

#include "base/cancel.h"
#include "base/cleanup.h"
#include "base/str.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_AT_ONCE = 65, POLL_MS = 200 };

struct worker {
	pid_t pid;	/* 0: none */
	int fd;		/* a socket: jobs go out, results come in, a message each */
	bool busy;	/* with job, since began */
	size_t job, n_done;
	time_t began;
	bool late;
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

/* In front of a result. */
enum answer { ANSWER_MORE, ANSWER_LAST, ANSWER_TOO_LONG };

static unsigned processors(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return n < 1 ? 1 : n >= MAX_AT_ONCE ? MAX_AT_ONCE - 1 : (unsigned)n;
}

static time_t now(void)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* --- the new process --------------------------------------------------------------------------------- */

static bool worked_long(void)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec || ts.tv_nsec > WORKERS_TURN_MS * 1000000;
}

/* Whether the process goes on. */
static bool do_job(const struct workers *w, size_t job, int fd)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	char answer;
	bool more;

	strbuf_addc(&sb, '\0');
	more = w->work(w->arg, job, &sb) && !worked_long();
	if (sb.failed)
		return false;
	answer = sb.len - 1 > WORKERS_RESULT ? ANSWER_TOO_LONG : more ? ANSWER_MORE : ANSWER_LAST;
	sb.s[0] = answer;
	if (send(fd, sb.s, answer == ANSWER_TOO_LONG ? 1 : sb.len, MSG_NOSIGNAL) < 0)
		return false;
	return answer == ANSWER_MORE;
}

/* Only results leave it: buffers of standard output are the parent's. */
static _Noreturn void be_worker(const struct pool *p, int fd, pid_t parent)
{
	size_t job;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	for (unsigned i = 0; i < p->at_once; i++)
		if (p->workers[i].pid > 0)
			(void)close(p->workers[i].fd);
	progress_set(NULL, NULL);
	notice_set(NULL, NULL);
	while (recv(fd, &job, sizeof(job), 0) == sizeof(job) && do_job(p->w, job, fd))
		;
	_exit(0);
}

static struct err *begin(struct pool *p, struct worker *k)
{
	pid_t parent = getpid();
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		return err_os(errno, "a socket to a worker");
	*k = (struct worker){ .pid = fork(), .fd = fds[0] };
	if (k->pid < 0) {
		int errnum = errno;

		k->pid = 0;
		(void)close(fds[0]);
		(void)close(fds[1]);
		return err_os(errnum, "a process to work in");
	}
	if (k->pid == 0) {
		(void)close(fds[0]);
		be_worker(p, fds[1], parent);
	}
	(void)close(fds[1]);
	return NULL;
}

/* --- jobs ---------------------------------------------------------------------------------------------- */

static void wait_for(pid_t pid, int *status)
{
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
}

static int end(struct worker *k)
{
	int status = 0;

	(void)close(k->fd);
	wait_for(k->pid, &status);
	k->pid = 0;
	return status;
}

/* A process that ended while it had nothing to do is replaced. */
static struct err *give(struct pool *p, struct worker *k, size_t job)
{
	if (k->pid && send(k->fd, &job, sizeof(job), MSG_NOSIGNAL) < 0)
		(void)end(k);
	if (!k->pid) {
		TRY(begin(p, k));
		if (send(k->fd, &job, sizeof(job), MSG_NOSIGNAL) < 0)
			return err_os(errno, "a worker that was just begun");
	}
	k->busy = true;
	k->job = job;
	k->began = now();
	return NULL;
}

static struct err *give_all(struct pool *p)
{
	for (unsigned i = 0; i < p->at_once; i++)
		if (!p->workers[i].busy && p->next < p->n_jobs && p->next - p->told < WORKERS_AHEAD)
			TRY(give(p, &p->workers[i], p->next++));
	return NULL;
}

/* --- results ----------------------------------------------------------------------------------------- */

static void tell_end(const struct worker *k, int status, struct result *r)
{
	if (k->late)
		(void)snprintf(r->ended, sizeof(r->ended), "took longer than %d s", WORKERS_SECONDS);
	else if (WIFSIGNALED(status))
		(void)snprintf(r->ended, sizeof(r->ended), "was ended by signal %d", WTERMSIG(status));
	else
		(void)snprintf(r->ended, sizeof(r->ended), "ended with code %d", WEXITSTATUS(status));
}

/* Without a result. It may be what an earlier job left that ended it: a job has a process of its own then. */
static struct err *take_end(struct pool *p, struct worker *k)
{
	struct result *r = &p->ahead[k->job % WORKERS_AHEAD];
	bool first = !k->n_done;
	int status = end(k);

	if (!first && !k->late)
		return give(p, k, k->job);
	k->busy = false;
	*r = (struct result){ .here = true, .text = STRBUF_INIT };
	tell_end(k, status, r);
	return NULL;
}

static struct err *take_result(struct pool *p, struct worker *k)
{
	struct result *r = &p->ahead[k->job % WORKERS_AHEAD];
	static char text[WORKERS_RESULT + 1];
	ssize_t n = recv(k->fd, text, sizeof(text), 0);

	if (n < 0 && errno == EINTR)
		return NULL;
	if (n <= 0)
		return take_end(p, k);
	*r = (struct result){ .here = true, .text = STRBUF_INIT };
	strbuf_add(&r->text, text + 1, (size_t)n - 1);
	if (text[0] == ANSWER_TOO_LONG)
		(void)snprintf(r->ended, sizeof(r->ended), "said more than %d bytes", WORKERS_RESULT);
	k->busy = false;
	k->n_done++;
	if (text[0] != ANSWER_MORE)
		(void)end(k);
	return NULL;
}

static void end_late(struct worker *k)
{
	if (!k->busy || k->late || now() - k->began <= WORKERS_SECONDS)
		return;
	k->late = true;
	(void)kill(k->pid, SIGKILL);
}

static struct err *listen_to_all(struct pool *p)
{
	struct pollfd fds[MAX_AT_ONCE];

	for (unsigned i = 0; i < p->at_once; i++) {
		end_late(&p->workers[i]);
		fds[i] = (struct pollfd){ .fd = p->workers[i].busy ? p->workers[i].fd : -1, .events = POLLIN };
	}
	if (poll(fds, p->at_once, POLL_MS) <= 0)
		return NULL;
	for (unsigned i = 0; i < p->at_once; i++)
		if (p->workers[i].busy && fds[i].revents)
			TRY(take_result(p, &p->workers[i]));
	return NULL;
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
		TRY(give_all(p));
		TRY(listen_to_all(p));
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
		(void)end(&p->workers[i]);
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
	p->at_once = processors() + 1; /* while one is given its next job */
	e = run_all(p);
	pool_destroy(p);
	return e;
}
