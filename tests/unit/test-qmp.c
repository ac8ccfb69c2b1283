/* SPDX-License-Identifier: MIT */
/* The client of QEMU's monitor, against a monitor of ours that says what a test wants. */
#include "capture/qmp.h"
#include "test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct monitor {
	char path[64];
	int fd;
	const char *const *says;	/* the first at once, each other one for a command */
	pthread_t thread;
};

static void *serve(void *arg)
{
	struct monitor *m = arg;
	int fd = accept(m->fd, NULL, NULL);
	char buf[4096];

	for (const char *const *p = m->says; fd >= 0 && *p; p++) {
		if (p != m->says && recv(fd, buf, sizeof(buf), 0) <= 0)
			break;
		(void)!send(fd, *p, strlen(*p), MSG_NOSIGNAL);
	}
	if (fd >= 0)
		(void)close(fd);
	return NULL;
}

static void start(struct monitor *m, const char *const *says)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	(void)snprintf(m->path, sizeof(m->path), "/tmp/osm-qmp-%d", getpid());
	(void)unlink(m->path);
	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s", m->path);
	m->says = says;
	m->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	EXPECT(m->fd >= 0 && bind(m->fd, (struct sockaddr *)&a, sizeof(a)) == 0 && listen(m->fd, 1) == 0);
	EXPECT(pthread_create(&m->thread, NULL, serve, m) == 0);
}

static void end(struct monitor *m)
{
	(void)pthread_join(m->thread, NULL);
	(void)close(m->fd);
	(void)unlink(m->path);
}

#define GREETING "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 1, \"minor\": 2, \"major\": 7}}, \"capabilities\": [\"oob\"]}}\n"

TEST(commands_events_and_refusals)
{
	static const char *const says[] = {
		GREETING, "{\"return\": {}}\n",
		"{\"timestamp\": {\"seconds\": 5, \"microseconds\": 7}, \"event\": \"STOP\"}\n{\"return\": {\"status\": \"running\"}}\n"
		"{\"timestamp\": {\"seconds\": 6, \"microseconds\": 0}, \"event\": \"RESUME\"}\n",
		"{\"error\": {\"class\": \"GenericError\", \"desc\": \"not today\"}}\n", NULL,
	};
	struct monitor m;
	struct qmp *q = NULL;
	struct jdoc *d = NULL;
	struct err *e;
	unsigned minor = 0;

	start(&m, says);
	EXPECT_OK(qmp_open(m.path, &q));
	EXPECT(qmp_version(q, &minor) == 7 && minor == 2 && qmp_pid(q) == getpid());
	EXPECT_OK(qmp_run(q, "query-status", NULL, &d));
	EXPECT(!strcmp(jval_text(jval_get(jval_get(jdoc_root(d), "return"), "status")), "running"));
	jdoc_free(d);
	EXPECT_OK(qmp_listen(q, 100));
	EXPECT(qmp_seen(q)->stopped == 5000007 && qmp_seen(q)->resumed == 6000000);
	e = qmp_run(q, "migrate", NULL, NULL);
	EXPECT(e && err_code(e) == ERR_UNSUPPORTED && strstr(err_message(e), "migrate: not today"));
	err_free(e);
	end(&m);
	e = qmp_run(q, "cont", NULL, NULL);
	EXPECT(e && err_code(e) == ERR_OS && qmp_seen(q)->gone);
	err_free(e);
	qmp_close(q);
}

TEST(who_does_not_speak_qmp_is_told_so)
{
	static const char *const human[] = { "QEMU 7.2.22 monitor - type 'help' for more information\r\n(qemu) ", NULL };
	static const char *const other[] = { "{\"hello\": 1}\n", NULL };
	struct monitor m;
	struct qmp *q = NULL;
	struct err *e;

	start(&m, human);
	e = qmp_open(m.path, &q);
	EXPECT(e && !q && err_code(e) == ERR_UNSUPPORTED && strstr(err_message(e), "human"));
	err_free(e);
	end(&m);
	start(&m, other);
	e = qmp_open(m.path, &q);
	EXPECT(e && !q && err_code(e) == ERR_UNSUPPORTED);
	err_free(e);
	end(&m);
}

TESTS(commands_events_and_refusals, who_does_not_speak_qmp_is_told_so)
