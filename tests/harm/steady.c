/* SPDX-License-Identifier: MIT */
/*
 * A process that watches itself: each thread does one thing over and over and
 * ends the process with a message as soon as anything is not as it should be.
 *
 *	registers	vector and general registers hold what was put there
 *	sleep		nanosleep, poll, futex wait for their time and see no EINTR
 *	pipe		bytes go round through a pipe, none lost, none twice
 *	signals		each of so many signals arrives once
 *	children	wait() finds the children it made and no other
 *
 * usage: steady [SECONDS]; prints "ready" when all run, "steady" at the end (SIGTERM or time).
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t ending;

#define FAIL(...) do { printf("WRONG: " __VA_ARGS__); printf("\n"); fflush(stdout); _exit(1); } while (0)

#ifdef __x86_64__
static void *registers(void *arg)
{
	uint64_t seed = 0x123456789abcdef0, out[6];
	double in[2] = { 3.25, -7.5 }, vec[2];

	while (!ending) {
		seed = seed * 6364136223846793005u + 1;
		__asm__ volatile("movq %2, %%rbx; movq %2, %%r12; notq %%r12; movq %2, %%r13; movq %2, %%r14; movq %2, %%r15\n\t"
				 "movupd (%3), %%xmm7; movupd (%3), %%xmm15; fldpi\n\t"
				 "movl $200000, %%ecx; 1: decl %%ecx; jnz 1b\n\t"
				 "movq %%rbx, (%0); movq %%r12, 8(%0); movq %%r13, 16(%0); movq %%r14, 24(%0); movq %%r15, 32(%0)\n\t"
				 "fstpl 40(%0); addpd %%xmm7, %%xmm15; movupd %%xmm15, (%1)"
				 : : "r"(out), "r"(vec), "r"(seed), "r"(in)
				 : "rbx", "rcx", "r12", "r13", "r14", "r15", "xmm7", "xmm15", "memory", "cc", "st");
		if (out[0] != seed || out[1] != ~seed || out[2] != seed || out[3] != seed || out[4] != seed)
			FAIL("general registers");
		if (vec[0] != 6.5 || vec[1] != -15 || *(double *)&out[5] < 3.14159 || *(double *)&out[5] > 3.1416)
			FAIL("vector registers");
	}
	return NULL;
}
#else
static void *registers(void *arg)
{
	volatile double x = 1;

	while (!ending) {
		double a = 1.5, b = x * 3;

		for (int i = 0; i < 100000; i++)
			a = a * 1.0 + b * 0;
		if (a != 1.5)
			FAIL("floating point");
	}
	return NULL;
}
#endif

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

static void check_time(const char *what, int64_t began, int64_t us)
{
	if (now_us() - began < us)
		FAIL("%s returned early: %lld us of %lld", what, (long long)(now_us() - began), (long long)us);
}

static void *sleeping(void *arg)
{
	static int never;
	int which = 0;

	while (!ending) {
		struct timespec t = { 0, 3000000 };
		int64_t began = now_us();

		switch (which++ % 3) {
		case 0:
			if (nanosleep(&t, NULL) != 0)
				FAIL("nanosleep: %s", strerror(errno));
			check_time("nanosleep", began, 3000);
			break;
		case 1:
			if (poll(NULL, 0, 3) != 0)
				FAIL("poll: %s", strerror(errno));
			check_time("poll", began, 3000);
			break;
		default:
			if (syscall(SYS_futex, &never, FUTEX_WAIT, 0, &t, NULL, 0) != -1 || errno != ETIMEDOUT)
				FAIL("futex: %s", strerror(errno));
			check_time("futex", began, 3000);
		}
	}
	return NULL;
}

static int ring[2];

static void *writer(void *arg)
{
	for (uint32_t i = 0; !ending; i++)
		if (write(ring[1], &i, 4) != 4)
			FAIL("write: %s", strerror(errno));
	return NULL;
}

static void *reader(void *arg)
{
	uint32_t got;

	for (uint32_t i = 0; !ending; i++) {
		ssize_t n = read(ring[0], &got, 4);

		if (n != 4)
			FAIL("read: %zd, %s", n, strerror(errno));
		if (got != i)
			FAIL("pipe: %u instead of %u", got, i);
	}
	return NULL;
}

static volatile sig_atomic_t arrived;

static void on_usr1(int sig) { arrived++; }

static void *signals(void *arg)
{
	sigset_t open;
	int sent = 0;

	pthread_sigmask(SIG_SETMASK, NULL, &open);
	sigdelset(&open, SIGUSR1);
	while (!ending) {
		pthread_kill(pthread_self(), SIGUSR1); /* blocked but in sigsuspend */
		sent++;
		if (sigsuspend(&open) != -1 || errno != EINTR)
			FAIL("sigsuspend");
		if (arrived != sent)
			FAIL("%d signals arrived of %d", (int)arrived, sent);
	}
	return NULL;
}

static void *children(void *arg)
{
	while (!ending) {
		pid_t child = fork(), got;
		int status;

		if (child < 0)
			FAIL("fork: %s", strerror(errno));
		if (child == 0)
			_exit(7);
		got = waitpid(-1, &status, 0);
		if (got != child || !WIFEXITED(status) || WEXITSTATUS(status) != 7)
			FAIL("waitpid: %d instead of %d, %s", (int)got, (int)child, strerror(errno));
		if (waitpid(-1, &status, WNOHANG) != -1 || errno != ECHILD)
			FAIL("a child that nobody made");
		usleep(1000);
	}
	return NULL;
}

static void on_term(int sig) { ending = 1; }
static void on_chld(int sig) { }

static int is_userfaultfd(const char *name)
{
	char path[300], link[64] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%s", name);
	return readlink(path, link, sizeof(link) - 1) > 0 && strcmp(link, "anon_inode:[userfaultfd]") == 0;
}

/* But for userfaultfds where `forgiven`: precopy leaves one if it is killed in the instant of making it. */
static int count_fds(int forgiven)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;
	int n = 0;

	while (d && (e = readdir(d)))
		n += !(forgiven && is_userfaultfd(e->d_name));
	if (d)
		closedir(d);
	return n;
}

int main(int argc, char **argv)
{
	void *(*const jobs[])(void *) = { registers, sleeping, writer, reader, signals, children };
	pthread_t threads[6];
	sigset_t blocked;
	int fds, forgiven = argc > 1 && strcmp(argv[1], "forgive") == 0;

	signal(SIGTERM, on_term);
	signal(SIGUSR1, on_usr1);
	signal(SIGCHLD, on_chld);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigaddset(&blocked, SIGCHLD);
	sigaddset(&blocked, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &blocked, NULL);
	if (pipe(ring) != 0)
		return 2;
	fds = count_fds(forgiven);
	for (int i = 0; i < 6; i++)
		if (pthread_create(&threads[i], NULL, jobs[i], NULL) != 0)
			return 2;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	puts("ready");
	fflush(stdout);
	if (argc > 1 && !forgiven)
		alarm((unsigned)atoi(argv[1])), signal(SIGALRM, on_term);
	pthread_sigmask(SIG_UNBLOCK, &blocked, NULL);
	while (!ending)
		pause();
	if (count_fds(forgiven) != fds)
		FAIL("%d file descriptors instead of %d", count_fds(forgiven), fds);
	puts("steady");
	fflush(stdout);
	_exit(0);
}
