/* SPDX-License-Identifier: MIT */
/*
 * What runs in a guest and does what the host says over a serial port.
 *
 * usage: agent TTY
 * Host:  "RUN token length\n", then length bytes: a command line for /bin/sh.
 * Guest: "OUT token length\n", then length bytes of its output, any number of times;
 *        "END token code\n", code 128 + n for a command that signal n ended.
 * Anything else on the line is skipped up to its end, so that the two find each other again.
 * Commands run one after the other; what they leave in the background keeps running, and its output is not waited for.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { LONGEST = 1 << 20, CHUNK = 4096 };

static int tty;

static void put(const void *data, size_t size)
{
	const char *p = data;

	while (size > 0) {
		ssize_t n = write(tty, p, size);

		if (n < 0 && errno != EINTR)
			exit(1);
		if (n > 0) {
			p += n;
			size -= (size_t)n;
		}
	}
}

static void say(const char *word, const char *token, long value)
{
	char line[128];

	put(line, (size_t)snprintf(line, sizeof(line), "%s %s %ld\n", word, token, value));
}

static void get(char *to, size_t size)
{
	while (size > 0) {
		ssize_t n = read(tty, to, size);

		if (n == 0 || (n < 0 && errno != EINTR))
			exit(1);
		if (n > 0) {
			to += n;
			size -= (size_t)n;
		}
	}
}

static void get_line(char *line, size_t size)
{
	size_t n = 0;
	char c;

	for (get(&c, 1); c != '\n'; get(&c, 1))
		if (n + 1 < size)
			line[n++] = c;
	line[n] = 0;
}

/* What there is to read now; false at the end of the pipe. */
static int pass_on(int from, const char *token)
{
	char chunk[CHUNK];
	ssize_t n = read(from, chunk, sizeof(chunk));

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	say("OUT", token, n);
	put(chunk, (size_t)n);
	return 1;
}

static void child(const char *command, int out)
{
	int null = open("/dev/null", O_RDONLY);

	setsid();
	dup2(null, 0);
	dup2(out, 1);
	dup2(out, 2);
	for (int fd = 3; fd < 64; fd++)
		close(fd);
	signal(SIGPIPE, SIG_DFL);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/* Until the command has ended and its pipe is empty, or until it has ended and others hold the pipe. */
static int follow(pid_t pid, int from, const char *token)
{
	int status = 0, open = 1;

	for (;;) {
		struct pollfd p = { .fd = from, .events = POLLIN };

		if (open && poll(&p, 1, 20) > 0)
			open = pass_on(from, token);
		else if (waitpid(pid, &status, open ? WNOHANG : 0) == pid)
			break;
	}
	for (struct pollfd p = { .fd = from, .events = POLLIN }; open && poll(&p, 1, 0) > 0;)
		open = pass_on(from, token);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void run(const char *token, const char *command)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends) != 0 || (pid = fork()) < 0) {
		say("END", token, 126);
		return;
	}
	if (pid == 0)
		child(command, ends[1]);
	close(ends[1]);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	say("END", token, follow(pid, ends[0], token));
	close(ends[0]);
}

static void raw(void)
{
	struct termios t;

	if (tcgetattr(tty, &t) != 0)
		return;
	cfmakeraw(&t);
	cfsetspeed(&t, B115200);
	tcsetattr(tty, TCSANOW, &t);
	tcflush(tty, TCIOFLUSH);
}

int main(int argc, char **argv)
{
	static char command[LONGEST + 1];
	char line[128], token[32];
	unsigned long size;

	if (argc != 2 || (tty = open(argv[1], O_RDWR | O_NOCTTY)) < 0)
		return 1;
	raw();
	say("READY", "0", 0);
	for (;;) {
		get_line(line, sizeof(line));
		if (sscanf(line, "RUN %31s %lu", token, &size) != 2 || size > LONGEST)
			continue;
		get(command, size);
		command[size] = 0;
		run(token, command);
	}
}
