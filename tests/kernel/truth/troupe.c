/* SPDX-License-Identifier: MIT */
/*
 * Processes of which everything is known: each part plays one thing and then stays as it is. Prints "ready" when all
 * have come to rest. What they are is seen by the oracle; what they were made to be is printed here, a fact a line:
 *	part NAME pid N [key value ...]
 * /proc/planted (planted.c) is used where it is there.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static uint32_t futex_word = 7;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void tell(const char *name, const char *format, ...)
{
	char line[512];
	va_list list;
	int n = snprintf(line, sizeof(line), "part %s pid %d ", name, getpid());

	va_start(list, format);
	n += vsnprintf(line + n, sizeof(line) - (size_t)n - 1, format, list);
	va_end(list);
	line[n++] = '\n';
	if (write(1, line, (size_t)n) != n)
		_exit(3);
}

static void rest(void)
{
	for (;;)
		pause();
}

static void sleeper(void)
{
	setpriority(PRIO_PROCESS, 0, 7);
	tell("sleeper", "nice 7");
}

static void stopped(void)
{
	tell("stopped", "state T");
	raise(SIGSTOP);
}

static void zombie(void)
{
	pid_t child = fork();

	if (child == 0) {
		prctl(PR_SET_NAME, "t-zombie");
		_exit(5);
	}
	tell("zombie", "child %d", child);
}

static void spinner(void)
{
	setpriority(PRIO_PROCESS, 0, 15);
	tell("spinner", "state R");
	for (volatile unsigned i = 0;; i++)
		;
}

static void pinned(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(1, &one);
	sched_setaffinity(0, sizeof(one), &one);
	tell("pinned", "cpus 1");
}

static void realtime(void)
{
	struct sched_param p = { .sched_priority = 42 };

	sched_setscheduler(0, SCHED_FIFO, &p);
	tell("realtime", "policy 1 priority 42");
}

static void *named_thread(void *arg)
{
	char name[16];

	snprintf(name, sizeof(name), "t-thread-%lu", (unsigned long)(uintptr_t)arg);
	prctl(PR_SET_NAME, name);
	rest();
	return NULL;
}

static void threads(void)
{
	pthread_t t;

	for (uintptr_t i = 0; i < 12; i++)
		if (pthread_create(&t, NULL, named_thread, (void *)i) != 0)
			_exit(3);
	tell("threads", "threads 13");
}

static void *futex_waiter(void *arg)
{
	prctl(PR_SET_NAME, "t-futex-wait");
	syscall(SYS_futex, arg, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 7, NULL, NULL, 0);
	return NULL;
}

static void *mutex_waiter(void *arg)
{
	prctl(PR_SET_NAME, "t-mutex-wait");
	pthread_mutex_lock(arg);
	return NULL;
}

static void futexes(void)
{
	pthread_t t;

	pthread_mutex_lock(&mutex);
	if (pthread_create(&t, NULL, futex_waiter, &futex_word) != 0 || pthread_create(&t, NULL, mutex_waiter, &mutex) != 0)
		_exit(3);
	tell("futexes", "word %#lx mutex %#lx", (unsigned long)(uintptr_t)&futex_word, (unsigned long)(uintptr_t)&mutex);
}

static int listening(uint16_t *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(fd, 5) != 0)
		_exit(3);
	getsockname(fd, (struct sockaddr *)&a, &size);
	*port = ntohs(a.sin_port);
	return fd;
}

static void sockets(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_un u = { .sun_family = AF_UNIX, .sun_path = "/tmp/t-socket" };
	int pair[2], udp = socket(AF_INET, SOCK_DGRAM, 0), local = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0);
	uint16_t port;
	int l = listening(&port);

	a.sin_port = htons(port);
	unlink(u.sun_path);
	if (connect(c, (struct sockaddr *)&a, sizeof(a)) != 0 || accept(l, NULL, NULL) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		_exit(3);
	if (bind(local, (struct sockaddr *)&u, sizeof(u)) != 0 || listen(local, 3) != 0 || bind(udp, (struct sockaddr *)&a, sizeof(a)) != 0)
		_exit(3);
	tell("sockets", "port %u listening %d connected %d udp %d local %d", port, l, c, udp, local);
}

static void files(void)
{
	int ends[2], fd, at = 0;
	char words[300] = "";

	fd = open("/tmp/t-deleted", O_RDWR | O_CREAT, 0600);
	at += snprintf(words + at, sizeof(words) - (size_t)at, "deleted %d ", fd);
	unlink("/tmp/t-deleted");
	fd = open("/data/t-regular", O_RDWR | O_CREAT | O_APPEND, 0600);
	if (write(fd, words, 10) != 10 || pipe(ends) != 0)
		_exit(3);
	at += snprintf(words + at, sizeof(words) - (size_t)at, "regular %d pipe %d epoll %d event %d timer %d memfd %d null %d", fd, ends[0],
		       epoll_create1(0), eventfd(9, 0), timerfd_create(CLOCK_MONOTONIC, 0), memfd_create("t-memfd", 0), open("/dev/null", O_RDWR));
	dup2(fd, 100);
	tell("files", "%s", words);
}

static void *mapped(size_t size, int prot, int flags, int fd)
{
	void *p = mmap(NULL, size, prot, flags, fd, 0);

	if (p == MAP_FAILED)
		_exit(3);
	return p;
}

static void maps(void)
{
	int fd = open("/data/t-mapped", O_RDWR | O_CREAT, 0600);
	char *many, *anonymous = mapped(3 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	void *shared, *file, *nothing;

	if (fd < 0 || ftruncate(fd, 1 << 20) != 0)
		_exit(3);
	memset(anonymous, 'm', 3 << 20);
	shared = mapped(2 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);
	file = mapped(1 << 20, PROT_READ, MAP_SHARED, fd);
	nothing = mapped(5 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	/* A tree of areas, not one: every second page has other rights. */
	many = mapped(400 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	for (int i = 0; i < 400; i += 2)
		mprotect(many + i * 4096, 4096, PROT_READ);
	tell("maps", "anonymous %#lx shared %#lx file %#lx nothing %#lx many %#lx", (unsigned long)(uintptr_t)anonymous,
	     (unsigned long)(uintptr_t)shared, (unsigned long)(uintptr_t)file, (unsigned long)(uintptr_t)nothing, (unsigned long)(uintptr_t)many);
}

static void flocks(void)
{
	int fd = open("/tmp/t-flock", O_RDWR | O_CREAT, 0600);

	flock(fd, LOCK_EX);
	if (fork() == 0) {
		prctl(PR_SET_NAME, "t-flock-wait");
		flock(open("/tmp/t-flock", O_RDWR), LOCK_EX);
		_exit(0);
	}
	tell("flocks", "file %d", fd);
}

static void read_for_good(const char *path)
{
	char c;
	int fd = open(path, O_RDONLY);

	if (fd >= 0 && read(fd, &c, 1) >= 0)
		_exit(0);
}

static void hangs(void)
{
	tell("hangs", "state D");
	read_for_good("/proc/planted/hang");
}

static void holder(void)
{
	tell("holder", "state D");
	read_for_good("/proc/planted/mutex");
}

static void wanter(void)
{
	usleep(300000);
	tell("wanter", "state D");
	read_for_good("/proc/planted/mutex");
}

static void pipe_reader(void)
{
	int ends[2];
	char c;

	if (pipe(ends) != 0)
		_exit(3);
	tell("pipe", "read %d", ends[0]);
	if (read(ends[0], &c, 1) >= 0)
		_exit(0);
}

static void poller(void)
{
	struct epoll_event e;
	int fd = epoll_create1(0);

	tell("poller", "epoll %d", fd);
	epoll_wait(fd, &e, 1, -1);
}

/* Three generations, so that a tree of processes has depth. */
static void family(void)
{
	for (int i = 0; i < 3; i++) {
		tell("family", "depth %d parent %d", i, getppid());
		if (fork() != 0)
			break;
		prctl(PR_SET_NAME, "t-family-child");
	}
}

static const struct part {
	const char *name;
	void (*play)(void);
} parts[] = {
	{ "t-sleeper", sleeper }, { "t-stopped", stopped }, { "t-zombies", zombie }, { "t-spinner", spinner }, { "t-pinned", pinned },
	{ "t-realtime", realtime }, { "t-threads", threads }, { "t-futexes", futexes }, { "t-sockets", sockets }, { "t-files", files },
	{ "t-maps", maps }, { "t-flocks", flocks }, { "t-hangs", hangs }, { "t-holder", holder }, { "t-wanter", wanter },
	{ "t-pipe", pipe_reader }, { "t-poller", poller }, { "t-family", family },
};

static int wanted(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return 1;
	return argc == 1;
}

/* usage: troupe [PART...]: these parts, or all. */
int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!wanted(parts[i].name, argc, argv) || fork() != 0)
			continue;
		prctl(PR_SET_NAME, parts[i].name);
		parts[i].play();
		rest();
	}
	sleep(3);
	puts("ready");
	fflush(stdout);
	rest();
	return 0;
}
