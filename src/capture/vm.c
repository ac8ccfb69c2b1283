/* SPDX-License-Identifier: MIT */
/*
 * Snapshots of virtual machines: see capture/vm.h.
 *
 * Order, whichever the engine: what is to be undone is known (was the machine
 * running, which bandwidth was set), the guard is started, the file or the pipe
 * is given to QEMU, then the command. Undoing goes the other way round.
 */
#include "capture/vm.h"

#include "base/cancel.h"
#include "capture/phase.h"
#include "capture/qmp.h"
#include "capture/sink_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum {
	PIPE_ROOM = 1 << 20, PIECE = 1 << 20, HOLE = 4096,
	STEP_MS = 100,
	SETTLE_STEPS = 300,	/* of STEP_MS: for QEMU to finish, after the last byte */
	RESUME_STEPS = 50,
};
#define FLOOR (UINT64_C(1) << 30)
#define DEVICES_ROOM (UINT64_C(256) << 20)	/* states of devices, video memory, firmware */
#define FD_NAME "osmodump"

struct vm {
	struct qmp *q;
	struct vm_guard *guard;
	struct vm_snapshot *s;
	int ends[2];		/* of the pipe: ours, QEMU's; -1: closed */
	uint64_t bandwidth;	/* that was set before; 0: not known */
	bool we_stopped, capability, fd_given, moving;
	bool leave;		/* a background snapshot is under way, and must come to its end */
	uint8_t *buf;
};

/* ---- asking QEMU ---------------------------------------------------------------------------------- */

/* A text in the answer to a command; "" also when QEMU does not know the command. */
static void ask_text(struct vm *v, const char *command, const char *key, char *ret, size_t size)
{
	struct jdoc *d = NULL;

	*ret = '\0';
	if (err_ignore(qmp_run(v->q, command, NULL, &d)))
		return;
	(void)snprintf(ret, size, "%s", jval_text(jval_get(jval_get(jdoc_root(d), "return"), key)));
	jdoc_free(d);
}

static uint64_t ask_number(struct vm *v, const char *command, const char *key)
{
	struct jdoc *d = NULL;
	uint64_t n = 0;

	if (err_ignore(qmp_run(v->q, command, NULL, &d)))
		return 0;
	(void)jval_u64(jval_get(jval_get(jdoc_root(d), "return"), key), &n);
	jdoc_free(d);
	return n;
}

/* "completed", "active", "" (none so far) ... */
static void migration_status(struct vm *v, char ret[32])
{
	ask_text(v, "query-migrate", "status", ret, 32);
}

static bool at_rest(const char *status)
{
	return !*status || !strcmp(status, "none") || !strcmp(status, "completed") || !strcmp(status, "failed") || !strcmp(status, "cancelled");
}

static struct err *look(struct vm *v)
{
	char status[32], migration[32];

	ask_text(v, "query-status", "status", status, sizeof(status));
	migration_status(v, migration);
	if (!at_rest(migration))
		return err_new(ERR_UNSUPPORTED, "the virtual machine is being migrated by somebody else (%s)", migration);
	if (strcmp(status, "running") && strcmp(status, "paused") && strcmp(status, "postmigrate") && strcmp(status, "internal-error") &&
	    strcmp(status, "guest-panicked") && strcmp(status, "io-error") && strcmp(status, "watchdog") && strcmp(status, "shutdown"))
		return err_new(ERR_UNSUPPORTED, "the virtual machine is in the state \"%s\": nothing can be taken of it", status);
	v->s->was_running = !strcmp(status, "running");
	ask_text(v, "query-name", "name", v->s->name, sizeof(v->s->name));
	if (!*v->s->name)
		memcpy(v->s->name, "vm", 3);
	v->s->memory = ask_number(v, "query-memory-size-summary", "base-memory") + ask_number(v, "query-memory-size-summary", "plugged-memory");
	v->bandwidth = ask_number(v, "query-migrate-parameters", "max-bandwidth");
	v->s->pid = qmp_pid(v->q);
	return NULL;
}

/* Why it cannot be migrated at all, of a device that forbids it. */
static void blocked(struct vm *v, char *ret, size_t size)
{
	struct jdoc *d = NULL;

	*ret = '\0';
	if (err_ignore(qmp_run(v->q, "query-migrate", NULL, &d)))
		return;
	(void)snprintf(ret, size, "%s", jval_text(jval_at(jval_get(jval_get(jdoc_root(d), "return"), "blocked-reasons"), 0)));
	jdoc_free(d);
}

/* ---- the nameless file ----------------------------------------------------------------------------- */

static struct err *open_file(const char *folder, int *ret)
{
	char *path;
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0) {
		if (asprintf(&path, "%s/.osmodump-vm-XXXXXX", folder) < 0)
			return err_nomem();
		fd = mkostemp(path, O_CLOEXEC);
		if (fd >= 0)
			(void)unlink(path);
		free(path);
	}
	if (fd < 0)
		return err_os(errno, "%s", folder);
	*ret = fd;
	return NULL;
}

/* All of the memory may come: a machine that stood still for half a dump stood still for nothing. */
static struct err *check_space(const struct vm *v, const char *folder)
{
	struct statvfs st;
	uint64_t left, floor;

	if (fstatvfs(v->s->fd, &st) != 0)
		return NULL;
	left = (uint64_t)st.f_bavail * st.f_frsize;
	floor = (uint64_t)st.f_blocks * st.f_frsize / 20;
	floor = floor < FLOOR ? floor : FLOOR;
	if (left >= floor && left - floor >= v->s->memory)
		return NULL;
	return err_os(ENOSPC, "%s: the virtual machine has %" PRIu64 " MB of memory, and %" PRIu64 " MB are free, of which %" PRIu64 " MB stay free",
		      folder, v->s->memory >> 20, left >> 20, floor >> 20);
}

/*
 * QEMU must find room for all that it writes itself: pages with their addresses,
 * devices. File systems that cannot set room aside have check_space() only.
 */
static struct err *take_room(struct vm *v)
{
	uint64_t most = v->s->memory + v->s->memory / 256 + DEVICES_ROOM;

	if (fallocate(v->s->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)most) == 0 || errno == EOPNOTSUPP || errno == ENOSYS)
		return NULL;
	return err_os(errno, "%" PRIu64 " MB for what the virtual machine sends", most >> 20);
}

static struct err *put(struct vm *v, const uint8_t *p, size_t n)
{
	uint64_t at = v->s->received;

	while (n) {
		size_t part = HOLE - (size_t)(at % HOLE) < n ? HOLE - (size_t)(at % HOLE) : n;

		if (!sink_is_zero(p, part)) {
			ssize_t done = pwrite(v->s->fd, p, part, (off_t)at);

			if (done < 0 && errno == EINTR)
				continue;
			if (done <= 0)
				return err_os(done < 0 ? errno : ENOSPC, "what the virtual machine sends, after %" PRIu64 " MB", at >> 20);
			part = (size_t)done;
		}
		p += part;
		n -= part;
		at += part;
	}
	v->s->received = at;
	return NULL;
}

static struct err *receive_some(struct vm *v, bool *ret_end)
{
	ssize_t n = read(v->ends[0], v->buf, PIECE);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return NULL;
	if (n < 0)
		return err_os(errno, "what the virtual machine sends");
	*ret_end = n == 0;
	return put(v, v->buf, (size_t)n);
}

/* Until QEMU closes its end. */
static struct err *receive_all(struct vm *v)
{
	bool end = false;

	while (!end) {
		struct pollfd p[2] = { { .fd = v->ends[0], .events = POLLIN }, { .fd = qmp_fd(v->q), .events = POLLIN } };

		TRY(cancel_check());
		(void)poll(p, 2, STEP_MS);
		if (p[1].revents)
			TRY(qmp_listen(v->q, 0));
		if (p[0].revents)
			TRY(receive_some(v, &end));
		progress_report("receiving", v->s->received < v->s->memory ? v->s->received : v->s->memory, v->s->memory);
	}
	if (ftruncate(v->s->fd, (off_t)v->s->received) != 0)
		return err_os(errno, "what the virtual machine sent");
	phase("vm-received");
	return NULL;
}

/* ---- the pipe ---------------------------------------------------------------------------------------- */

static void close_end(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static struct err *give_pipe(struct vm *v)
{
	if (pipe2(v->ends, O_CLOEXEC) != 0)
		return err_os(errno, "pipe");
	(void)fcntl(v->ends[0], F_SETPIPE_SZ, PIPE_ROOM);
	TRY(qmp_give(v->q, FD_NAME, v->ends[1]));
	v->fd_given = true;
	close_end(&v->ends[1]);
	return NULL;
}

/* QEMU closes the descriptor when it is through with it; one that it did not come to use it would keep. */
static void take_pipe_back(struct vm *v)
{
	if (v->fd_given)
		(void)err_ignore(qmp_run(v->q, "closefd", "{\"fdname\":\"" FD_NAME "\"}", NULL));
	v->fd_given = false;
	close_end(&v->ends[0]);
	close_end(&v->ends[1]);
}

/* ---- engines --------------------------------------------------------------------------------------------- */

static struct err *set_bandwidth(struct vm *v, uint64_t rate)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "{\"max-bandwidth\":%" PRIu64 "}", rate);
	return qmp_run(v->q, "migrate-set-parameters", text, NULL);
}

static struct err *set_background(struct vm *v, bool on)
{
	const char *text = on ? "{\"capabilities\":[{\"capability\":\"background-snapshot\",\"state\":true}]}" :
				"{\"capabilities\":[{\"capability\":\"background-snapshot\",\"state\":false}]}";

	TRY(qmp_run(v->q, "migrate-set-capabilities", text, NULL));
	v->capability = on;
	return NULL;
}

static struct err *migration_result(struct vm *v, const char *status)
{
	char why[256];

	if (!strcmp(status, "completed"))
		return NULL;
	ask_text(v, "query-migrate", "error-desc", why, sizeof(why));
	return err_new(ERR_UNSUPPORTED, "the virtual machine's state did not come as a whole (%s%s%s)", *status ? status : "no migration", *why ? ": " : "", why);
}

/* Until the migration is at rest. */
static struct err *migration_end(struct vm *v)
{
	char status[32] = "";
	struct stat st = { 0 };

	for (;;) {
		TRY(cancel_check());
		TRY(qmp_listen(v->q, STEP_MS));
		migration_status(v, status);
		if (qmp_seen(v->q)->gone)
			return err_os(ECONNRESET, "the virtual machine ended");
		if (fstat(v->s->fd, &st) == 0)
			v->s->received = (uint64_t)st.st_size;
		if (at_rest(status))
			break;
		progress_report("receiving", v->s->received < v->s->memory ? v->s->received : v->s->memory, v->s->memory);
	}
	v->moving = v->leave = false;
	progress_report("receiving", v->s->memory, v->s->memory);
	phase("vm-received");
	/* gives back what was set aside and not needed */
	if (ftruncate(v->s->fd, (off_t)v->s->received) != 0)
		return err_os(errno, "what the virtual machine sent");
	return migration_result(v, status);
}

/* To the file, written by QEMU itself. */
static struct err *migrate(struct vm *v)
{
	struct err *e;

	TRY(take_room(v));
	TRY(set_bandwidth(v, UINT64_C(1) << 40));
	TRY(qmp_give(v->q, FD_NAME, v->s->fd));
	v->fd_given = true;
	v->moving = true;
	v->leave = v->capability;
	phase("vm-asking");
	e = qmp_run(v->q, "migrate", "{\"uri\":\"fd:" FD_NAME "\"}", NULL);
	if (e && err_code(e) == ERR_UNSUPPORTED) /* refused: nothing has begun */
		v->moving = v->leave = false;
	if (e)
		return e;
	v->fd_given = false;
	phase("vm-migrating");
	return migration_end(v);
}

static struct err *by_background(struct vm *v)
{
	TRY(set_background(v, true));
	return migrate(v);
}

static struct err *by_migrate(struct vm *v)
{
	if (v->s->was_running) {
		v->we_stopped = true;
		TRY(qmp_run(v->q, "stop", NULL, NULL));
	}
	phase("vm-stopped");
	return migrate(v);
}

static struct err *by_stop(struct vm *v)
{
	char status[32] = "";

	TRY(give_pipe(v));
	TRY(qmp_run(v->q, "dump-guest-memory", "{\"paging\":false,\"protocol\":\"fd:" FD_NAME "\",\"detach\":true}", NULL));
	v->fd_given = false;
	phase("vm-dumping");
	TRY(receive_all(v));
	for (unsigned i = 0; i < SETTLE_STEPS; i++) {
		ask_text(v, "query-dump", "status", status, sizeof(status));
		if (strcmp(status, "active") != 0)
			break;
		TRY(qmp_listen(v->q, STEP_MS));
	}
	return strcmp(status, "completed") == 0 ? NULL :
		err_new(ERR_UNSUPPORTED, "the virtual machine's memory did not come as a whole (dump-guest-memory: %s)", status);
}

static const struct engine_row {
	const char *name;
	struct err *(*take)(struct vm *v);
	bool migrates;
} engines[] = { { "background", by_background, true }, { "migrate", by_migrate, true }, { "stop", by_stop, false } };

/* ---- undoing ------------------------------------------------------------------------------------------------ */

/* What the guard does when we are dead. A background snapshot is not cancelled: see capture/vm.h. */
static void undo_text(const struct vm *v, const struct engine_row *row, char *ret, size_t size)
{
	static const char cont[] = "{\"execute\":\"cont\"}\n", cancel[] = "{\"execute\":\"migrate_cancel\"}\n";
	static const char off[] = "{\"execute\":\"migrate-set-capabilities\",\"arguments\":{\"capabilities\":[{\"capability\":"
				  "\"background-snapshot\",\"state\":false}]}}\n";
	bool background = row->take == by_background;
	char rate[128] = "";

	if (v->bandwidth && row->migrates)
		(void)snprintf(rate, sizeof(rate), "{\"execute\":\"migrate-set-parameters\",\"arguments\":{\"max-bandwidth\":%" PRIu64 "}}\n", v->bandwidth);
	(void)snprintf(ret, size, "%s%s%s%s", row->take == by_migrate ? cancel : "", row->take == by_migrate && v->s->was_running ? cont : "",
		       background ? off : "", rate);
}

/* Everything as it was; the machine goes on first of all. */
static void undo(struct vm *v)
{
	char status[32];

	close_end(&v->ends[0]);
	if (v->moving)
		(void)err_ignore(qmp_run(v->q, "migrate_cancel", NULL, NULL));
	for (unsigned i = 0; v->moving && i < SETTLE_STEPS; i++) {
		migration_status(v, status);
		v->moving = !at_rest(status) && !err_ignore(qmp_listen(v->q, STEP_MS / 5));
	}
	if (v->we_stopped)
		(void)err_ignore(qmp_run(v->q, "cont", NULL, NULL));
	v->we_stopped = false;
	if (v->capability)
		(void)err_ignore(set_background(v, false));
	if (v->bandwidth)
		(void)err_ignore(set_bandwidth(v, v->bandwidth));
	take_pipe_back(v);
}

/* Its events STOP and RESUME, of which the second may come late. */
static void measure_pause(struct vm *v)
{
	struct qmp_seen *seen = qmp_seen(v->q);

	v->s->pause_ms = -1;
	for (unsigned i = 0; v->s->was_running && i < RESUME_STEPS && seen->resumed < seen->stopped; i++)
		if (err_ignore(qmp_listen(v->q, STEP_MS)))
			break;
	if (!seen->stopped)
		return;
	v->s->time = seen->stopped / 1000000;
	if (seen->resumed >= seen->stopped)
		v->s->pause_ms = (double)(seen->resumed - seen->stopped) / 1000;
}

/* ---- choosing -------------------------------------------------------------------------------------------------- */

static struct err *take_by(struct vm *v, const struct engine_row *row)
{
	uint64_t began = sink_now();
	char undo_lines[1024];
	struct err *e;

	v->s->engine = row->name;
	v->s->received = 0;
	*qmp_seen(v->q) = (struct qmp_seen){ 0 };
	if (ftruncate(v->s->fd, 0) != 0 || lseek(v->s->fd, 0, SEEK_SET) != 0) /* QEMU writes where the descriptor stands */
		return err_os(errno, "the file for what the virtual machine sends");
	undo_text(v, row, undo_lines, sizeof(undo_lines));
	v->guard = vm_guard_start(qmp_fd(v->q), undo_lines);
	phase("vm-ready");
	e = row->take(v);
	if (e && v->leave && !qmp_seen(v->q)->gone) {
		vm_guard_leave(v->guard);
		v->guard = NULL;
		return e;
	}
	undo(v);
	vm_guard_dismiss(v->guard);
	v->guard = NULL;
	v->s->nanoseconds = sink_now() - began;
	measure_pause(v);
	return e;
}

/* Keeps why an engine did not do. False: nothing else is to be tried. */
static bool may_go_on(struct vm *v, struct err **e)
{
	if (err_code(*e) != ERR_UNSUPPORTED || qmp_seen(v->q)->gone || v->leave)
		return false;
	(void)snprintf(v->s->reason, sizeof(v->s->reason), "%s", err_message(*e));
	err_free(*e);
	*e = NULL;
	return true;
}

static struct err *take(struct vm *v, const char *wish)
{
	const struct engine_row *last = &engines[strcmp(wish, "migrate") == 0 ? 1 : 2];
	char why[256];
	struct err *e;

	if (!strcmp(wish, "stop"))
		return take_by(v, last);
	blocked(v, why, sizeof(why));
	if (*why && last->migrates)
		return err_new(ERR_UNSUPPORTED, "the virtual machine cannot be migrated: %s", why);
	(void)snprintf(v->s->reason, sizeof(v->s->reason), "%s", v->s->was_running ? why : "a background snapshot would let it run");
	if (!*why && v->s->was_running) {
		e = take_by(v, &engines[0]);
		if (!e || !may_go_on(v, &e))
			return e;
	}
	return take_by(v, last);
}

static struct err *set_up(struct vm *v, const struct vm_options *o)
{
	CLEANUP(freep) char *path = NULL;

	TRY(vm_find_monitor(o->monitor, &path));
	TRY(qmp_open(path, &v->q));
	TRY(look(v));
	TRY(open_file(o->folder, &v->s->fd));
	TRY(check_space(v, o->folder));
	v->buf = malloc(PIECE);
	return v->buf ? NULL : err_nomem();
}

struct err *vm_take(const struct vm_options *o, struct vm_snapshot *ret)
{
	struct vm v = { .s = ret, .ends = { -1, -1 } };
	const char *wish = o->engine ? o->engine : "auto";
	struct sink_guard signals;
	struct err *e;

	if (strcmp(wish, "auto") != 0 && strcmp(wish, "migrate") != 0 && strcmp(wish, "stop") != 0)
		return err_new(ERR_USAGE, "no engine \"%s\" for virtual machines (there are: auto, migrate, stop)", wish);
	*ret = (struct vm_snapshot){ .fd = -1, .engine = "", .pause_ms = -1, .time = (uint64_t)time(NULL) };
	signals = sink_hold_signals();
	e = set_up(&v, o);
	if (!e)
		e = take(&v, wish);
	sink_release_signals(&signals);
	qmp_close(v.q);
	free(v.buf);
	if (e)
		vm_snapshot_deinit(ret);
	return e;
}

void vm_snapshot_deinit(struct vm_snapshot *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
}

/* ---- by name ----------------------------------------------------------------------------------------------------- */

/* libvirt keeps the monitor of domain N of this name in .../domain-N-NAME/monitor.sock, the name cut to 20 bytes. */
static struct err *libvirt_monitor(const char *name, char **ret)
{
	static const char *const folders[] = { "/var/lib/libvirt/qemu", "/run/libvirt/qemu" };
	const char *home = getenv("HOME");
	char pattern[512];
	glob_t g;

	for (size_t i = 0; i <= ARRAY_SIZE(folders); i++) {
		if (i < ARRAY_SIZE(folders))
			(void)snprintf(pattern, sizeof(pattern), "%s/domain-*-%.20s/monitor.sock", folders[i], name);
		else
			(void)snprintf(pattern, sizeof(pattern), "%s/.config/libvirt/qemu/lib/domain-*-%.20s/monitor.sock", home ? home : "", name);
		if (glob(pattern, 0, NULL, &g) != 0)
			continue;
		*ret = strdup(g.gl_pathv[0]);
		globfree(&g);
		return *ret ? NULL : err_nomem();
	}
	return err_new(ERR_NOTFOUND, "%s: neither a QMP socket nor a domain of libvirt's that runs (a socket is had with "
				     "-qmp unix:PATH,server=on,wait=off)", name);
}

struct err *vm_find_monitor(const char *name, char **ret)
{
	struct stat st;

	if (stat(name, &st) == 0 && S_ISSOCK(st.st_mode)) {
		*ret = strdup(name);
		return *ret ? NULL : err_nomem();
	}
	if (strchr(name, '/') || strpbrk(name, "*?["))
		return err_new(ERR_NOTFOUND, "%s: no such socket", name);
	return libvirt_monitor(name, ret);
}
