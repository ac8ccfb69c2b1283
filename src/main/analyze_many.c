/* SPDX-License-Identifier: MIT */
/*
 * osmodump analyze --summary: many dumps, analysed in other processes (workers.h),
 * in a table of their buckets or a JSON line for each.
 *
 * A worker's result is its row as strings, each ended by a zero byte. The parent
 * takes nothing of it for granted: what is missing is empty.
 */
#include "main/main.h"
#include "main/workers.h"
#include "report/many.h"

#include <string.h>

enum { N_STRINGS = 8, MAX_STRING = 7000 };

struct many {
	const struct settings *settings;
	struct analysis_options options;
	struct out *out;
	struct report_groups *groups;
	size_t failed;
};

/* --- in the worker ------------------------------------------------------------------------------------- */

static struct err *analyze_file(const struct many *m, const char *path, struct arena *a, struct report_row *ret)
{
	const struct settings *s = m->settings;
	CLEANUP(analysis_destroyp) struct analysis *an = NULL;
	CLEANUP(target_destroyp) struct target *t = NULL;
	CLEANUP(dump_unrefp) struct dump *d = NULL;

	TRY(load_dump(s, path, &d));
	TRY(load_target(s, d, &t));
	TRY(analysis_create(t, &m->options, &an));
	TRY(report_find_row(an, a, ret));
	if (terminal_file_changed())
		return err_new(ERR_OS, "%s: the file changed while it was read", path);
	return NULL;
}

static void write_row(const struct report_row *r, struct strbuf *ret)
{
	const char *const strings[N_STRINGS - 1] = { r->error, r->error_code, r->bucket, r->verdict, r->severity, r->pattern, r->process };

	for (size_t i = 0; i < N_STRINGS - 1; i++) {
		strbuf_add(ret, strings[i], strnlen(strings[i], MAX_STRING));
		strbuf_addc(ret, '\0');
	}
	strbuf_addf(ret, "%u", r->confidence);
	strbuf_addc(ret, '\0');
}

static bool work(void *arg, size_t job, struct strbuf *ret)
{
	const struct many *m = arg;
	const char *path = m->settings->words.v[job];
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct report_row row = { 0 };
	struct err *e;

	terminal_set_file(path);
	e = analyze_file(m, path, &a, &row);
	if (e)
		row = (struct report_row){ .error = err_message(e), .error_code = err_code_name(err_code(e)), .bucket = "", .verdict = "",
					   .severity = "", .pattern = "", .process = "" };
	write_row(&row, ret);
	err_free(e);
	return !terminal_file_changed();
}

/* --- in the parent ------------------------------------------------------------------------------------- */

static void read_row(const char *text, size_t len, struct report_row *ret)
{
	const char *strings[N_STRINGS];
	uint64_t confidence = 0;

	for (size_t i = 0; i < N_STRINGS; i++) {
		const char *end = memchr(text, '\0', len);

		strings[i] = end ? text : "";
		if (!end)
			continue;
		len -= (size_t)(end + 1 - text);
		text = end + 1;
	}
	(void)parse_decimal(strings[7], 100, &confidence);
	*ret = (struct report_row){ .error = strings[0], .error_code = strings[1], .bucket = strings[2], .verdict = strings[3],
				    .severity = strings[4], .pattern = strings[5], .process = strings[6],
				    .confidence = (unsigned)confidence };
}

static struct err *take_row(struct many *m, const struct report_row *r)
{
	m->failed += *r->error != '\0';
	return m->settings->json ? report_row(r, m->out) : report_groups_add(m->groups, r);
}

static struct err *done(void *arg, size_t job, const char *result, size_t len, const char *ended)
{
	CLEANUP(strbuf_deinit) struct strbuf why = STRBUF_INIT;
	struct many *m = arg;
	struct report_row row;

	read_row(ended ? "" : result, ended ? 0 : len, &row);
	row.file = m->settings->words.v[job];
	if (ended || (!*row.error && !*row.verdict)) {
		strbuf_addf(&why, "%s: the analysis %s", row.file, ended ? ended : "said nothing");
		TRY(strbuf_check(&why));
		row.error = why.s;
		row.error_code = "ended";
	}
	return take_row(m, &row);
}

static struct err *tell(struct many *m)
{
	size_t n = m->settings->words.n;

	if (m->settings->json)
		return NULL;
	TRY(report_groups(m->groups, m->out));
	return out_heading(m->out, "%s%zu file%s: %zu analysed, %zu not\n", m->failed ? "\n" : "", n, n == 1 ? "" : "s",
			   n - m->failed, m->failed);
}

static struct err *run(struct many *m)
{
	struct workers w = { .work = work, .done = done, .arg = m };

	TRY(report_groups_create(&m->groups));
	TRY(workers_run(&w, m->settings->words.n));
	return tell(m);
}

int analyze_many(const struct settings *s)
{
	CLEANUP(out_destroyp) struct out *o = NULL;
	struct threshold_setting settings[MAX_THRESHOLDS];
	struct many m = { .settings = s, .options = { .settings = settings } };
	struct err *e = NULL;
	int rc;

	if (!s->words.n || s->html)
		e = err_new(ERR_USAGE, s->html ? "--html is of one dump, --summary of many" : "which files?");
	if (!e)
		e = thresholds_read(s, settings, &m.options.n_settings);
	if (!e)
		e = open_output(s, &o);
	m.out = o;
	if (!e)
		e = run(&m);
	report_groups_destroy(m.groups);
	rc = !m.failed ? EXIT_OK : m.failed == s->words.n ? EXIT_OPEN : EXIT_FAILED;
	if (e)
		rc = err_code(e) == ERR_USAGE ? EXIT_USAGE : EXIT_FAILED;
	report_failure(o, e);
	return rc;
}
