/* SPDX-License-Identifier: MIT */
/*
 * The manifest of a set opened as one system of processes. Dumps lie beside it
 * (format/manifest.h sees to that) and are opened when they are first asked for.
 */
#include "format/manifest.h"
#include "main/main.h"

#include <inttypes.h>
#include <string.h>

struct opened_process {
	struct dump *dump;
	struct target *target;
};

struct system {
	const struct settings *settings;
	const char *path;		/* of the manifest; the settings' */
	struct manifest manifest;
	struct session_process *processes;
	struct opened_process *opened;
};

const struct manifest *system_manifest(const struct system *y)
{
	return &y->manifest;
}

struct err *system_path(const struct system *y, const char *file, char **ret)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const char *slash = strrchr(y->path, '/');

	if (slash)
		strbuf_add(&sb, y->path, (size_t)(slash - y->path) + 1);
	strbuf_adds(&sb, file);
	TRY(strbuf_check(&sb));
	*ret = strbuf_detach(&sb);
	return *ret ? NULL : err_nomem();
}

/* --- opening --------------------------------------------------------------------------------- */

static struct err *check_process(const struct manifest_member *m, const struct dump *d, const char *path)
{
	const struct dump_facts *f = dump_facts(d);

	if (!(f->has & FACT_PID) || f->pid == (uint32_t)m->pid)
		return NULL;
	return err_new(ERR_CORRUPT, "%s is of process %" PRIu32 ", and not of %" PRId32 " as the manifest says", path, f->pid,
		       m->pid);
}

static struct err *open_process(void *arg, size_t i, struct target **ret)
{
	struct system *y = arg;
	const struct manifest_member *m = &y->manifest.members[i];
	const struct settings *s = y->settings;
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	CLEANUP(freep) char *path = NULL;

	if (!y->opened[i].target) {
		TRY(system_path(y, m->file, &path));
		TRY(load_dump(s, path, &d));
		TRY(check_process(m, d, path));
		TRY(load_target(s, d, &y->opened[i].target));
		y->opened[i].dump = TAKE_PTR(d);
	}
	*ret = y->opened[i].target;
	return NULL;
}

struct err *system_target(struct system *y, size_t i, struct target **ret)
{
	return open_process(y, i, ret);
}

/* The first whose dump is there; what is wrong with those before it is told. */
static struct err *open_first(struct system *y, size_t *ret_i, struct target **ret)
{
	struct err *e = NULL;
	size_t i = 0;

	for (; i < y->manifest.n_members; i++) {
		e = open_process(y, i, ret);
		if (!e || i + 1 == y->manifest.n_members)
			break;
		terminal_error("%s", err_message(e));
		err_free(e);
	}
	*ret_i = i;
	return e;
}

struct err *system_create_session(struct system *y, struct session **ret, struct target **ret_first)
{
	CLEANUP(session_destroyp) struct session *s = NULL;
	struct target *first;
	size_t i;

	TRY(open_first(y, &i, &first));
	TRY(session_create(first, &s));
	TRY(session_set_processes(s, y->processes, y->manifest.n_members, i, open_process, y));
	*ret = TAKE_PTR(s);
	*ret_first = first;
	return NULL;
}

static struct err *note_processes(struct system *y)
{
	size_t n = y->manifest.n_members;

	y->processes = calloc(n, sizeof(*y->processes));
	y->opened = calloc(n, sizeof(*y->opened));
	if (!y->processes || !y->opened)
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		y->processes[i] = (struct session_process){ (uint32_t)y->manifest.members[i].pid, y->manifest.members[i].name };
	return NULL;
}

static struct err *open_manifest(const struct settings *s, struct source *src, struct system **ret)
{
	struct system *y = calloc(1, sizeof(*y));
	struct err *e;

	if (!y)
		return err_nomem();
	y->settings = s;
	y->path = s->words.v[0];
	e = manifest_parse(src, &y->manifest);
	if (!e)
		e = note_processes(y);
	if (e)
		system_destroy(y);
	else
		*ret = y;
	return e;
}

int open_system(const struct settings *s, struct system **ret)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	struct err *e;

	/* What cannot be opened is told by who opens dumps. */
	if (s->words.n != 1 || err_ignore(source_open_file(s->words.v[0], &src)) || !manifest_probe(src))
		return EXIT_OK;
	terminal_set_file(s->words.v[0]);
	e = open_manifest(s, src, ret);
	if (e)
		terminal_error("%s", err_message(e));
	err_free(e);
	return e ? EXIT_OPEN : EXIT_OK;
}

void system_destroy(struct system *y)
{
	if (!y)
		return;
	for (size_t i = 0; y->opened && i < y->manifest.n_members; i++) {
		target_destroy(y->opened[i].target);
		dump_unref(y->opened[i].dump);
	}
	free(y->processes);
	free(y->opened);
	manifest_deinit(&y->manifest);
	free(y);
}
