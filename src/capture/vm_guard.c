/* SPDX-License-Identifier: MIT */
/*
 * The child that sees to the virtual machine when we are killed. It shares the
 * monitor's socket with us, and sleeps in read(2) on a pipe that closes when we
 * end. Then it sends what undoes our work, a command at a time: a byte that no
 * JSON has comes first, so that half a command of ours does not spoil them.
 *
 * It has a session of its own, so that what ends a whole group of processes by
 * a key does not reach it. Who kills a whole cgroup kills it as well: then
 * a machine that was stopped for a plain migration stays so.
 */
#include "capture/vm.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SOCKET = 3, QUIET_MS = 300, ROUNDS = 20, AGAIN_US = 500000, TRIES = 7200 };

struct vm_guard {
	pid_t pid;
	int alive;
};

/* Takes in what QEMU answers until it is quiet. True: a command was granted; also when nobody is there any more. */
static bool granted(void)
{
	struct pollfd p = { .fd = SOCKET, .events = POLLIN };
	char buf[4096];
	bool yes = false;

	for (unsigned i = 0; i < ROUNDS && poll(&p, 1, QUIET_MS) > 0; i++) {
		ssize_t n = recv(SOCKET, buf, sizeof(buf), MSG_DONTWAIT);

		if (n <= 0)
			return true;
		yes |= memmem(buf, (size_t)n, "\"return\"", 8) != NULL;
	}
	return yes;
}

/* What is refused while a migration is under way is granted at its end. */
static void undo_line(const char *line, size_t len)
{
	for (unsigned i = 0; i < TRIES; i++) {
		if (send(SOCKET, line, len, MSG_NOSIGNAL) < 0 || granted())
			return;
		(void)usleep(AGAIN_US);
	}
}

static _Noreturn void guard(int pipe_end, int socket_fd, const char *undo)
{
	int kept = fcntl(socket_fd, F_DUPFD, 16);
	char byte;

	(void)setsid();
	(void)!chdir("/");
	(void)dup2(pipe_end, 0);
	(void)dup2(kept, SOCKET);
	(void)close_range(SOCKET + 1, ~0u, 0);
	for (int fd = 1; fd <= 2; fd++) {
		(void)close(fd);
		(void)!open("/dev/null", O_RDWR);
	}
	(void)prctl(PR_SET_NAME, "osmodump-vm");
	(void)!read(0, &byte, 1);
	(void)send(SOCKET, "\xff", 1, MSG_NOSIGNAL);
	(void)granted();
	for (const char *p = undo, *eol; *p; p = eol + 1) {
		eol = strchr(p, '\n');
		if (!eol)
			break;
		undo_line(p, (size_t)(eol + 1 - p));
	}
	_exit(0);
}

struct vm_guard *vm_guard_start(int fd, const char *undo)
{
	struct vm_guard *g = calloc(1, sizeof(*g));
	int ends[2];
	sigset_t all, old;

	if (!g || pipe2(ends, O_CLOEXEC) != 0) {
		free(g);
		return NULL;
	}
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &old);
	g->pid = fork();
	if (g->pid == 0)
		guard(ends[0], fd, undo);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	(void)close(ends[0]);
	g->alive = ends[1];
	if (g->pid > 0)
		return g;
	(void)close(g->alive);
	free(g);
	return NULL;
}

void vm_guard_dismiss(struct vm_guard *g)
{
	if (!g)
		return;
	(void)kill(g->pid, SIGKILL);
	(void)waitpid(g->pid, NULL, 0);
	(void)close(g->alive);
	free(g);
}

void vm_guard_leave(struct vm_guard *g)
{
	if (!g)
		return;
	(void)close(g->alive);
	free(g);
}
