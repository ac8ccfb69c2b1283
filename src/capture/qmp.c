/* SPDX-License-Identifier: MIT */
/* A client of QEMU's monitor: see capture/qmp.h. */
#include "capture/qmp.h"

#include "base/cancel.h"
#include "base/str.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_LINE = 4 << 20,
	GREETING_MS = 5000,
	ANSWER_MS = 60000,	/* "stop" waits for disks to be quiet */
	STEP_MS = 100,
};

struct qmp {
	int fd;
	pid_t pid;
	char *path;
	unsigned major, minor;
	struct strbuf in;
	struct qmp_seen seen;
};

static struct err *gone(struct qmp *q, int errnum)
{
	q->seen.gone = true;
	return err_os(errnum ? errnum : ECONNRESET, "%s: the virtual machine's monitor", q->path);
}

/* ---- lines ------------------------------------------------------------------------------------ */

/* What the socket has; false: nothing came within the time. */
static struct err *receive(struct qmp *q, int ms, bool *ret_some)
{
	struct pollfd p = { .fd = q->fd, .events = POLLIN };
	char buf[16384];
	ssize_t n;

	*ret_some = false;
	if (poll(&p, 1, ms) <= 0)
		return NULL;
	n = recv(q->fd, buf, sizeof(buf), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return NULL;
	if (n <= 0)
		return gone(q, n < 0 ? errno : 0);
	if (q->in.len + (size_t)n > MAX_LINE)
		return err_new(ERR_UNSUPPORTED, "%s: a message of more than %d bytes", q->path, MAX_LINE);
	strbuf_add(&q->in, buf, (size_t)n);
	*ret_some = true;
	return strbuf_check(&q->in);
}

/* A message that is there. *ret NULL: none is whole. */
static struct err *take_line(struct qmp *q, struct jdoc **ret)
{
	char *eol = q->in.len ? memchr(q->in.s, '\n', q->in.len) : NULL;
	size_t n, rest;
	struct err *e;

	*ret = NULL;
	if (!eol)
		return NULL;
	n = (size_t)(eol - q->in.s);
	e = jdoc_parse(q->path, q->in.s, n, 0, ret);
	rest = q->in.len - n - 1;
	memmove(q->in.s, eol + 1, rest);
	strbuf_truncate(&q->in, rest);
	return e;
}

/* ---- events ------------------------------------------------------------------------------------- */

static uint64_t time_of(const struct jval *event)
{
	const struct jval *t = jval_get(event, "timestamp");
	uint64_t seconds = 0, micro = 0;

	(void)jval_u64(jval_get(t, "seconds"), &seconds);
	(void)jval_u64(jval_get(t, "microseconds"), &micro);
	return seconds * 1000000 + micro;
}

static bool take_event(struct qmp *q, const struct jval *message)
{
	const char *name = jval_text(jval_get(message, "event"));

	if (!*name)
		return false;
	if (!strcmp(name, "STOP"))
		q->seen.stopped = time_of(message);
	else if (!strcmp(name, "RESUME"))
		q->seen.resumed = time_of(message);
	else if (!strcmp(name, "DUMP_COMPLETED"))
		q->seen.dumped = true;
	else if (!strcmp(name, "SHUTDOWN"))
		q->seen.gone = true;
	else if (!strcmp(name, "MIGRATION"))
		(void)snprintf(q->seen.migration, sizeof(q->seen.migration), "%s", jval_text(jval_get(jval_get(message, "data"), "status")));
	return true;
}

struct err *qmp_listen(struct qmp *q, int ms)
{
	bool some = true;

	while (some) {
		CLEANUP(jdoc_freep) struct jdoc *d = NULL;

		TRY(take_line(q, &d));
		if (d) {
			(void)take_event(q, jdoc_root(d));
			continue;
		}
		TRY(receive(q, ms, &some));
		ms = 0;
	}
	return NULL;
}

/* ---- commands -------------------------------------------------------------------------------------- */

static struct err *send_text(struct qmp *q, const char *text, size_t len, int fd)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .bytes = { 0 } };
	struct iovec piece = { (void *)(uintptr_t)text, len };
	struct msghdr m = { .msg_iov = &piece, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (fd >= 0) {
		m.msg_control = control.bytes;
		m.msg_controllen = sizeof(control.bytes);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	/* commands are short, and the socket is empty: they go as a whole */
	return sendmsg(q->fd, &m, MSG_NOSIGNAL) == (ssize_t)len ? NULL : gone(q, errno);
}

/* An answer or, first of all, the greeting: what is no event. */
static struct err *await(struct qmp *q, int ms, struct jdoc **ret)
{
	bool some;

	while (ms > 0) {
		CLEANUP(jdoc_freep) struct jdoc *d = NULL;

		TRY(take_line(q, &d));
		if (d && !take_event(q, jdoc_root(d))) {
			*ret = d;
			d = NULL;
			return NULL;
		}
		if (d)
			continue;
		TRY(receive(q, STEP_MS, &some));
		ms -= some ? 0 : STEP_MS;
	}
	return err_os(ETIMEDOUT, "%s: the virtual machine's monitor", q->path);
}

static struct err *run(struct qmp *q, const char *command, const char *arguments, int fd, struct jdoc **ret)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	CLEANUP(jdoc_freep) struct jdoc *d = NULL;
	const struct jval *error;

	strbuf_addf(&sb, "{\"execute\":\"%s\"", command);
	if (arguments)
		strbuf_addf(&sb, ",\"arguments\":%s", arguments);
	strbuf_adds(&sb, "}\n");
	TRY(strbuf_check(&sb));
	TRY(send_text(q, sb.s, sb.len, fd));
	TRY(await(q, ANSWER_MS, &d));
	error = jval_get(jdoc_root(d), "error");
	if (error)
		return err_new(ERR_UNSUPPORTED, "%s: %s: %s", q->path, command, jval_text(jval_get(error, "desc")));
	if (ret) {
		*ret = d;
		d = NULL;
	}
	return NULL;
}

struct err *qmp_run(struct qmp *q, const char *command, const char *arguments, struct jdoc **ret)
{
	return run(q, command, arguments, -1, ret);
}

struct err *qmp_give(struct qmp *q, const char *name, int fd)
{
	char arguments[64];

	(void)snprintf(arguments, sizeof(arguments), "{\"fdname\":\"%s\"}", name);
	return run(q, "getfd", arguments, fd, NULL);
}

/* ---- from beginning to end --------------------------------------------------------------------------- */

static struct err *connect_to(struct qmp *q, const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct ucred who = { 0 };
	socklen_t len = sizeof(who);

	if (strlen(path) >= sizeof(a.sun_path))
		return err_new(ERR_USAGE, "%s: longer than a socket's name can be", path);
	memcpy(a.sun_path, path, strlen(path));
	q->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (q->fd < 0 || connect(q->fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		return err_os(errno, "%s", path);
	if (getsockopt(q->fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0)
		q->pid = who.pid;
	return NULL;
}

static struct err *no_greeting(struct qmp *q, struct err *e)
{
	if (err_errno(e) == ETIMEDOUT && !q->in.len) {
		err_free(e);
		return err_new(ERR_UNSUPPORTED, "%s: nobody greets here: another program has this monitor (libvirt keeps its own for itself). A second "
			       "one is had with -qmp unix:PATH,server=on,wait=off", q->path);
	}
	if (err_code(e) == ERR_CORRUPT) {
		err_free(e);
		return err_new(ERR_UNSUPPORTED, "%s: what answers does not speak QMP (is it the human monitor?)", q->path);
	}
	return e;
}

static struct err *greet(struct qmp *q)
{
	CLEANUP(jdoc_freep) struct jdoc *d = NULL;
	const struct jval *version;
	struct err *e = await(q, GREETING_MS, &d);
	uint64_t major = 0, minor = 0;

	if (e)
		return no_greeting(q, e);
	version = jval_get(jval_get(jval_get(jdoc_root(d), "QMP"), "version"), "qemu");
	if (!jval_u64(jval_get(version, "major"), &major) || !jval_u64(jval_get(version, "minor"), &minor))
		return err_new(ERR_UNSUPPORTED, "%s: what answers does not greet as QMP does", q->path);
	q->major = (unsigned)major;
	q->minor = (unsigned)minor;
	return qmp_run(q, "qmp_capabilities", NULL, NULL);
}

struct err *qmp_open(const char *path, struct qmp **ret)
{
	CLEANUP(qmp_closep) struct qmp *q = calloc(1, sizeof(*q));

	if (!q)
		return err_nomem();
	q->fd = -1;
	strbuf_init(&q->in);
	q->path = strdup(path);
	if (!q->path)
		return err_nomem();
	TRY(connect_to(q, path));
	TRY(greet(q));
	*ret = q;
	q = NULL;
	return NULL;
}

void qmp_close(struct qmp *q)
{
	if (!q)
		return;
	if (q->fd >= 0)
		(void)close(q->fd);
	strbuf_deinit(&q->in);
	free(q->path);
	free(q);
}

int qmp_fd(const struct qmp *q)
{
	return q->fd;
}

pid_t qmp_pid(const struct qmp *q)
{
	return q->pid;
}

unsigned qmp_version(const struct qmp *q, unsigned *ret_minor)
{
	*ret_minor = q->minor;
	return q->major;
}

struct qmp_seen *qmp_seen(struct qmp *q)
{
	return &q->seen;
}
