/* SPDX-License-Identifier: MIT */
/*
 * A client of Redis that keeps a schedule: request i is due at i / RATE, whether
 * or not those before it were answered, and its latency counts from when it was
 * due. So a server that stands still is seen by every request that fell into
 * that time, as its users would see it, and not by one request a connection.
 * (Clients that wait for an answer before they ask again, as redis-benchmark
 * does, hide it: "coordinated omission".)
 *
 * usage: redis_load SOCKET RATE KEYS
 * Each line on standard input begins a phase of that name; at the end of the
 * input, for each: name, seconds, requests, and p50 p99 p99.9 max in microseconds.
 * Every tenth request writes a value of 100 bytes, the others read. A request
 * belongs to the phase in which it was due.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 16, MOST_PHASES = 128, VALUE = 100, READ = 64 << 10 };

struct due { /* a request that was not answered yet */
	uint64_t at;
	uint32_t phase;
};

struct connection {
	int fd;
	char *out;			/* what the socket did not take yet */
	size_t n_out, sent, room_out;
	struct due *due;		/* a ring */
	size_t first, n_due, room_due;
	long body;			/* bytes of a bulk answer still to come; 0: a line comes */
	char line[64];
	size_t n_line;
};

struct phase {
	char name[64];
	uint64_t began, ended;
	uint32_t *us;
	size_t n, room;
};

static struct connection connections[CONNECTIONS];
static struct phase phases[MOST_PHASES];
static uint32_t n_phases;
static uint64_t seed = 88172645463325252u;

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "redis_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void *grow(void *p, size_t *room, size_t size)
{
	*room = *room ? *room * 2 : 4096;
	p = realloc(p, *room * size);
	if (!p)
		die("memory");
	return p;
}

static uint64_t next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	return seed ^= seed << 17;
}

/* --- asking --------------------------------------------------------------------------------- */

static void push_due(struct connection *c, uint64_t at)
{
	if (c->n_due == c->room_due) {
		size_t old = c->room_due;

		c->due = grow(c->due, &c->room_due, sizeof(*c->due));
		/* what had wrapped around goes behind the old end */
		memcpy(c->due + old, c->due, c->first * sizeof(*c->due));
	}
	c->due[(c->first + c->n_due++) % c->room_due] = (struct due){ at, n_phases - 1 };
}

static void ask(struct connection *c, uint64_t number, uint64_t at, uint64_t keys)
{
	static char value[VALUE + 1];
	char text[256], key[32];
	int n, k = snprintf(key, sizeof(key), "key:%llu", (unsigned long long)(next_random() % keys));

	if (!*value)
		memset(value, 'v', VALUE);
	if (number % 10 == 0)
		n = snprintf(text, sizeof(text), "*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n", k, key, VALUE, value);
	else
		n = snprintf(text, sizeof(text), "*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n", k, key);
	while (c->n_out + (size_t)n > c->room_out)
		c->out = grow(c->out, &c->room_out, 1);
	memcpy(c->out + c->n_out, text, (size_t)n);
	c->n_out += (size_t)n;
	push_due(c, at);
}

static void flush(struct connection *c)
{
	ssize_t n = c->sent < c->n_out ? send(c->fd, c->out + c->sent, c->n_out - c->sent, MSG_NOSIGNAL) : 0;

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		die("send");
	if (n > 0)
		c->sent += (size_t)n;
	if (c->sent == c->n_out)
		c->sent = c->n_out = 0;
}

/* --- answers ---------------------------------------------------------------------------------- */

static void answered(struct connection *c, uint64_t now)
{
	struct due d = c->n_due ? c->due[c->first] : (struct due){ 0 };
	struct phase *p = &phases[d.phase];
	uint64_t us = now > d.at ? (now - d.at) / 1000 : 0;

	if (!c->n_due) {
		errno = EPROTO;
		die("an answer too many");
	}
	c->first = (c->first + 1) % c->room_due;
	c->n_due--;
	if (p->n == p->room)
		p->us = grow(p->us, &p->room, sizeof(*p->us));
	p->us[p->n++] = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

/* "+OK", "$100" and its bytes, "$-1"; an error is not what we came for. */
static void on_line(struct connection *c, uint64_t now)
{
	long size = c->line[0] == '$' ? strtol(c->line + 1, NULL, 10) : -1;

	if (c->line[0] != '+' && c->line[0] != '$') {
		fprintf(stderr, "redis_load: the server says: %.*s\n", (int)c->n_line, c->line);
		exit(1);
	}
	if (size < 0)
		answered(c, now);
	else
		c->body = size + 2;
	c->n_line = 0;
}

static void receive(struct connection *c)
{
	static char buf[READ];
	ssize_t n = recv(c->fd, buf, sizeof(buf), 0);
	uint64_t now = now_ns();

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		die("the server is gone");
	for (ssize_t i = 0; i < n;) {
		if (c->body > 0) {
			long take = n - i < c->body ? n - i : c->body;

			c->body -= take;
			i += take;
			if (!c->body)
				answered(c, now);
		} else if (buf[i++] == '\n') {
			c->line[c->n_line] = '\0';
			on_line(c, now);
		} else if (c->n_line < sizeof(c->line) - 1) {
			c->line[c->n_line++] = buf[i - 1];
		}
	}
}

/* --- phases ------------------------------------------------------------------------------------ */

static void begin_phase(const char *name)
{
	uint64_t now = now_ns();

	if (n_phases == MOST_PHASES)
		exit(1);
	if (n_phases)
		phases[n_phases - 1].ended = now;
	(void)snprintf(phases[n_phases].name, sizeof(phases[0].name), "%s", name);
	phases[n_phases++].began = now;
}

/* False: the input has ended. */
static int read_input(void)
{
	static char line[64];
	static size_t n_line;
	char buf[64];
	ssize_t n = read(0, buf, sizeof(buf));

	if (n == 0)
		return 0;
	for (ssize_t i = 0; i < n; i++) {
		if (buf[i] == '\n') {
			line[n_line] = '\0';
			begin_phase(line);
			n_line = 0;
		} else if (n_line < sizeof(line) - 1) {
			line[n_line++] = buf[i];
		}
	}
	return 1;
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static uint32_t quantile(const struct phase *p, double q)
{
	return p->n ? p->us[(size_t)((double)(p->n - 1) * q)] : 0;
}

static void tell(struct phase *p)
{
	if (p->n)
		qsort(p->us, p->n, sizeof(*p->us), by_size);
	printf("%s %.3f %zu %u %u %u %u\n", p->name, (double)(p->ended - p->began) / 1e9, p->n, quantile(p, 0.5),
	       quantile(p, 0.99), quantile(p, 0.999), quantile(p, 1));
}

/* --- the schedule --------------------------------------------------------------------------------- */

static void connect_all(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(a.sun_path))
		exit(2);
	memcpy(a.sun_path, path, strlen(path));
	for (int i = 0; i < CONNECTIONS; i++) {
		connections[i].fd = socket(AF_UNIX, SOCK_STREAM, 0);
		if (connections[i].fd < 0 || connect(connections[i].fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
		    fcntl(connections[i].fd, F_SETFL, O_NONBLOCK) < 0)
			die(path);
	}
}

static size_t unanswered(void)
{
	size_t n = 0;

	for (int i = 0; i < CONNECTIONS; i++)
		n += connections[i].n_due;
	return n;
}

static void serve(uint64_t until)
{
	struct pollfd fds[CONNECTIONS + 1] = { { .fd = 0, .events = POLLIN } };
	uint64_t now = now_ns();
	struct timespec wait = { 0 };

	for (int i = 0; i < CONNECTIONS; i++)
		fds[i + 1] = (struct pollfd){ .fd = connections[i].fd,
					      .events = (short)(POLLIN | (connections[i].n_out ? POLLOUT : 0)) };
	wait.tv_nsec = until > now ? (long)(until - now) : 0;
	if (ppoll(fds, CONNECTIONS + 1, &wait, NULL) <= 0)
		return;
	for (int i = 0; i < CONNECTIONS; i++) {
		if (fds[i + 1].revents & POLLOUT)
			flush(&connections[i]);
		if (fds[i + 1].revents & (POLLIN | POLLHUP | POLLERR))
			receive(&connections[i]);
	}
}

int main(int argc, char **argv)
{
	enum { LOOK_EVERY = 64 };
	uint64_t rate = argc > 3 ? strtoull(argv[2], NULL, 10) : 0, keys = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
	uint64_t began, number = 0;

	if (!rate || !keys || rate > 1000000000)
		return 2;
	connect_all(argv[1]);
	begin_phase("warm");
	if (fcntl(0, F_SETFL, O_NONBLOCK) < 0)
		die("standard input");
	began = now_ns();
	for (uint64_t turn = 0;; turn++) {
		uint64_t due = began + number * (1000000000u / rate);

		if (turn % LOOK_EVERY == 0 && !read_input())
			break;
		for (; due <= now_ns(); due = began + number * (1000000000u / rate)) {
			struct connection *c = &connections[number % CONNECTIONS];

			ask(c, number++, due, keys);
			flush(c);
		}
		serve(due);
	}
	phases[n_phases - 1].ended = now_ns();
	while (unanswered())
		serve(now_ns() + 10000000);
	for (uint32_t i = 0; i < n_phases; i++)
		tell(&phases[i]);
	return 0;
}
