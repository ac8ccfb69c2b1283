/* SPDX-License-Identifier: MIT */
/*
 * See helper.h. Facts: clone(2), prctl(2) on PR_SET_PDEATHSIG (of the thread
 * that made the child) and PR_SET_PTRACER, wait(2) on __WALL; kernel
 * Documentation/admin-guide/LSM/Yama.rst.
 */
#include "capture/helper.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STACK = 1 << 20, GUARD = 1 << 16 };

struct helper {
	struct helper_work work;
	pthread_t lender;
	sem_t started;
	uint8_t *stacks;
	pid_t parent, lender_tid, pid;	/* pid: -1, and error */
	int error, status;
};

/* Guards on all sides: stacks are told apart from each other and from what lies beside them. */
enum { STACKS = 2 * STACK + 3 * GUARD, LENDER_STACK = GUARD, HELPER_STACK = 2 * GUARD + STACK };

static struct err *make_stacks(struct helper *h)
{
	uint8_t *p = mmap(NULL, STACKS, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

	if (p == MAP_FAILED)
		return err_os(errno, "stacks for a helper");
	h->stacks = p;
	if (mprotect(p + LENDER_STACK, STACK, PROT_READ | PROT_WRITE) < 0 ||
	    mprotect(p + HELPER_STACK, STACK, PROT_READ | PROT_WRITE) < 0)
		return err_os(errno, "stacks for a helper");
	return NULL;
}

/* --- in the helper ----------------------------------------------------------------------------- */

static void let_alarm_end_us(void)
{
	const struct sigaction by_default = { .sa_handler = SIG_DFL };
	sigset_t alarm_only;

	(void)sigaction(SIGALRM, &by_default, NULL); /* handlers are not shared with the process */
	(void)sigemptyset(&alarm_only);
	(void)sigaddset(&alarm_only, SIGALRM);
	(void)sigprocmask(SIG_UNBLOCK, &alarm_only, NULL);
}

static int helper_main(void *arg)
{
	struct helper *h = arg;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (syscall(SYS_tgkill, h->parent, h->lender_tid, 0) < 0) /* gone before that */
		return 1;
	let_alarm_end_us();
	(void)h->work.run(h->work.arg);
	return 0;
}

void helper_deadline(unsigned seconds)
{
	const struct itimerval t = { .it_value.tv_sec = (time_t)seconds };

	(void)setitimer(ITIMER_REAL, &t, NULL);
}

/* --- in the process ------------------------------------------------------------------------------ */

/* From clone on, the control block is the helper's: nothing here uses it before that is gone (errno only when wait4 fails). */
static void *lender_main(void *arg)
{
	struct helper *h = arg;

	(void)prctl(PR_SET_NAME, "osm-snapshot", 0, 0, 0);
	h->lender_tid = gettid();
	h->pid = clone(helper_main, h->stacks + HELPER_STACK + STACK, CLONE_VM | CLONE_FS | CLONE_FILES, h);
	if (h->pid < 0)
		h->error = errno;
	(void)sem_post(&h->started);
	if (h->pid < 0)
		return NULL;
	while (syscall(SYS_wait4, h->pid, &h->status, __WALL, NULL) < 0 && errno == EINTR)
		;
	h->work.ended(h->work.arg);
	return NULL;
}

static int start_lender(struct helper *h)
{
	pthread_attr_t attr;
	sigset_t all, old;
	int error;

	(void)pthread_attr_init(&attr);
	error = pthread_attr_setstack(&attr, h->stacks + LENDER_STACK, STACK);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &old);
	if (!error)
		error = pthread_create(&h->lender, &attr, lender_main, h);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	(void)pthread_attr_destroy(&attr);
	return error;
}

static void dispose(struct helper *h)
{
	if (h->stacks)
		(void)munmap(h->stacks, STACKS);
	(void)sem_destroy(&h->started);
	free(h);
}

static struct err *start(struct helper *h)
{
	int error;

	TRY(make_stacks(h));
	error = start_lender(h);
	if (error)
		return err_os(error, "a thread for a helper");
	while (sem_wait(&h->started) < 0 && errno == EINTR)
		;
	if (h->pid > 0)
		return NULL;
	(void)pthread_join(h->lender, NULL);
	return err_os(h->error, "a helper process");
}

struct err *helper_start(const struct helper_work *work, struct helper **ret)
{
	struct helper *h = calloc(1, sizeof(*h));
	struct err *e;

	if (!h)
		return err_nomem();
	h->work = *work;
	h->parent = getpid();
	(void)sem_init(&h->started, 0, 0);
	e = start(h);
	if (e) {
		dispose(h);
		return e;
	}
	*ret = h;
	return NULL;
}

void helper_join(struct helper *h)
{
	if (!h)
		return;
	(void)pthread_join(h->lender, NULL);
	dispose(h);
}

void helper_permit(const struct helper *h, bool on)
{
	(void)prctl(PR_SET_PTRACER, on ? (unsigned long)h->pid : 0, 0, 0, 0); /* EINVAL without Yama */
}

int helper_killed_by(const struct helper *h)
{
	return WIFSIGNALED(h->status) ? WTERMSIG(h->status) : 0;
}
