/* SPDX-License-Identifier: MIT */
/*
 * A thread holds a lock and waits for somebody outside of the process, in the way
 * that the first word names, while others want the lock; or threads wait so that
 * nobody minds. Then "ready PID" is printed (tests/targets/linux/ready.h).
 */
#include "../targets/linux/ready.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { WAITERS = 4, CLIENTS = 12 };

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER, jobs_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t jobs = PTHREAD_COND_INITIALIZER;
static pthread_t threads[32];
static int n_threads, fd;
static pid_t helper;

static void start(void *(*f)(void *), void *arg)
{
	if (pthread_create(&threads[n_threads++], NULL, f, arg) != 0)
		exit(1);
}

/* A child that does nothing and has the other end of `fd`. */
static void make_helper(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || (helper = fork()) < 0)
		exit(1);
	(void)alarm(120);
	while (!helper)
		(void)pause();
	(void)close(pair[1]);
	fd = pair[0];
}

static void read_it(void)
{
	char c;

	(void)read(fd, &c, 1);
}

static void wait_for_helper(void)
{
	(void)waitpid(helper, NULL, 0);
}

static void lock_file(void)
{
	(void)flock(fd, LOCK_EX);
}

static void make_udp(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };

	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)) != 0)
		exit(1);
}

static void receive(void)
{
	char c;

	(void)recv(fd, &c, 1, 0);
}

/* Two descriptors of one file, locked by way of the other one. */
static void make_file(void)
{
	char name[] = "/tmp/osmosis-waits-XXXXXX";
	int other;

	fd = mkstemp(name);
	other = open(name, O_RDWR | O_CLOEXEC);
	if (fd < 0 || other < 0 || unlink(name) != 0 || flock(other, LOCK_EX) != 0)
		exit(1);
}

static const struct way {
	const char *name;
	void (*make)(void), (*wait)(void);
} ways[] = {
	{ "process", make_helper, read_it },
	{ "child", make_helper, wait_for_helper },
	{ "file", make_file, lock_file },
	{ "network", make_udp, receive },
};

static void *hold(void *arg)
{
	const struct way *w = arg;

	(void)pthread_mutex_lock(&held);
	announce();
	w->wait();
	return arg;
}

static void *want(void *arg)
{
	announce();
	(void)pthread_mutex_lock(&held);
	return arg;
}

static void run_way(const struct way *w)
{
	w->make();
	start(hold, (void *)w);
	while (!atomic_load(&announced))
		(void)usleep(1000);
	for (int i = 0; i < WAITERS; i++)
		start(want, NULL);
	ready(1 + WAITERS);
}

/* --- nobody is left, or nobody minds --------------------------------------------------------- */

static void *work(void *arg)
{
	(void)pthread_mutex_lock(&jobs_lock);
	announce();
	for (;;)
		(void)pthread_cond_wait(&jobs, &jobs_lock);
	return arg;
}

/* main waits for workers that wait for what it should have given them before; the last
 * one says "ready" for it. */
static void *last(void *arg)
{
	while (atomic_load(&announced) < WAITERS)
		(void)usleep(1000);
	(void)usleep(50000);
	(void)printf("ready %d\n", (int)getpid());
	(void)fflush(stdout);
	return work(arg);
}

static void block_all(void)
{
	for (int i = 0; i < WAITERS; i++)
		start(work, NULL);
	start(last, NULL);
	(void)pthread_join(threads[0], NULL);
}

/* A server with a thread for each client, none of which wants anything. */
static void *serve(void *arg)
{
	int pair[2];
	char c;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		exit(1);
	announce();
	(void)read(pair[0], &c, 1);
	return arg;
}

static void be_server(void)
{
	struct pollfd none = { .fd = -1 };

	for (int i = 0; i < CLIENTS; i++)
		start(serve, NULL);
	for (int i = 0; i < WAITERS; i++)
		start(work, NULL);
	ready(CLIENTS + WAITERS);
	(void)poll(&none, 1, -1);
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	(void)alarm(120);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (strcmp(word, ways[i].name) == 0)
			run_way(&ways[i]);
	if (strcmp(word, "all") == 0)
		block_all();
	if (strcmp(word, "server") == 0)
		be_server();
	for (;;)
		(void)pause();
}
