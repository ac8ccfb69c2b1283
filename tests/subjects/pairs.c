/* SPDX-License-Identifier: MIT */
/*
 * A process and its child that wait for each other, or do not, in the way that
 * the first word names; then the parent prints "ready PID". The child dies with
 * its parent.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct shared {
	pthread_mutex_t first, second;
	pthread_barrier_t met;
};

static int to_child[2], to_parent[2];
static struct shared *shared;

static void say_ready(void)
{
	usleep(200000);
	(void)printf("ready %d\n", (int)getpid());
	(void)fflush(stdout);
}

/* Whether we are the child. */
static int make_child(void)
{
	pid_t parent = getpid(), child = fork();

	if (child < 0)
		exit(1);
	if (child)
		return 0;
	(void)alarm(120);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		exit(1);
	return 1;
}

static char receive(int fd)
{
	char c = 0;

	return read(fd, &c, 1) == 1 ? c : '\0';
}

static void make_pipes(void)
{
	if (pipe(to_child) != 0 || pipe(to_parent) != 0)
		exit(1);
}

static void close_ends(int is_child)
{
	(void)close(is_child ? to_child[1] : to_child[0]);
	(void)close(is_child ? to_parent[0] : to_parent[1]);
}

/* Each waits for the other one's word. */
static void both_read(void)
{
	int is_child;

	make_pipes();
	is_child = make_child();
	close_ends(is_child);
	if (is_child)
		(void)receive(to_child[0]);
	say_ready();
	(void)receive(to_parent[0]);
}

static void both_read_sockets(void)
{
	int pair[2], is_child;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		exit(1);
	is_child = make_child();
	(void)close(pair[is_child]);
	if (is_child)
		(void)receive(pair[0]);
	say_ready();
	(void)receive(pair[1]);
}

static void make_shared(void)
{
	pthread_mutexattr_t a;
	pthread_barrierattr_t b;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		exit(1);
	(void)pthread_mutexattr_init(&a);
	(void)pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	(void)pthread_mutex_init(&shared->first, &a);
	(void)pthread_mutex_init(&shared->second, &a);
	(void)pthread_barrierattr_init(&b);
	(void)pthread_barrierattr_setpshared(&b, PTHREAD_PROCESS_SHARED);
	(void)pthread_barrier_init(&shared->met, &b, 2);
}

static void take_both(pthread_mutex_t *a, pthread_mutex_t *b)
{
	(void)pthread_mutex_lock(a);
	(void)pthread_barrier_wait(&shared->met);
	(void)pthread_mutex_lock(b);
}

static void *announce(void *arg)
{
	say_ready();
	return arg;
}

static void both_lock(void)
{
	pthread_t t;

	make_shared();
	if (make_child())
		take_both(&shared->second, &shared->first);
	if (pthread_create(&t, NULL, announce, NULL) != 0)
		exit(1);
	take_both(&shared->first, &shared->second);
}

/* A description of its own of a file without a name, so that locks are its own as well. */
static int open_again(int fd)
{
	char path[40];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDWR | O_CLOEXEC);
}

static void lock_files(int a, int b)
{
	int first = open_again(a), second = open_again(b);

	(void)close(a);
	(void)close(b);
	(void)flock(first, LOCK_EX);
	(void)pthread_barrier_wait(&shared->met);
	(void)flock(second, LOCK_EX);
}

static void both_lock_files(void)
{
	int a = memfd_create("first", MFD_CLOEXEC), b = memfd_create("second", MFD_CLOEXEC);
	pthread_t t;

	make_shared();
	if (make_child())
		lock_files(b, a);
	if (pthread_create(&t, NULL, announce, NULL) != 0)
		exit(1);
	lock_files(a, b);
}

/* The child asks and waits; the parent thinks for a while before it answers. */
static void slow_answer(void)
{
	int is_child;

	make_pipes();
	is_child = make_child();
	close_ends(is_child);
	if (is_child)
		(void)receive(to_child[0]);
	say_ready();
	(void)sleep(100);
}

/* As fast as they can. */
static void talk(void)
{
	int is_child;

	make_pipes();
	is_child = make_child();
	close_ends(is_child);
	if (!is_child)
		say_ready();
	for (;;) {
		if (is_child)
			(void)receive(to_child[0]);
		if (write(is_child ? to_parent[1] : to_child[1], "x", 1) != 1)
			exit(1);
		if (!is_child)
			(void)receive(to_parent[0]);
	}
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{ "pipes", both_read }, { "sockets", both_read_sockets }, { "locks", both_lock },
	{ "files", both_lock_files }, { "slow", slow_answer }, { "talk", talk },
};

int main(int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "";

	(void)alarm(120);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (strcmp(way, ways[i].name) == 0)
			ways[i].run();
	return 1;
}
