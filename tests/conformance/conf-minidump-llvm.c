/* SPDX-License-Identifier: MIT */
/*
 * Every user minidump of the fixtures as LLVM's obj2yaml reads it: modules
 * with their CodeView records, threads, memory ranges with their first bytes,
 * regions, exception, system, all in the order of the file. A dump that
 * obj2yaml refuses (it is strict) is skipped.
 *
 * obj2yaml leaves out fields that are zero; a missing line is no disagreement.
 */
#include "base/str.h"
#include "format/dump.h"
#include "unit/fixtures.h"
#include "unit/test.h"

#include <stdlib.h>
#include <unistd.h>

static size_t compared, agree;

struct lists {
	struct dump *d;
	const struct dump_module *modules;
	const struct dump_thread *threads;
	const struct dump_region *regions;
	const struct dump_exception *exception;
	const struct dump_segment *segments;
	size_t n_modules, n_threads, n_regions, n_segments;
	/* where the text is: its stream, and the count of records seen in it */
	char stream[64];
	size_t module, thread, region;
	uint64_t range; /* address of the memory range being shown */
	bool bad;
};

static void fact(struct lists *l, bool same, const char *line)
{
	compared++;
	agree += same;
	l->bad |= !same;
	if (!same)
		(void)printf("disagree: %s: %s: %.200s\n", dump_path(l->d), l->stream, line);
}

/* The value without quotes; YAML doubles a single quote in quoted text. */
static void unquote(char *v)
{
	size_t n = strlen(v), k = 0;
	char quote = v[0];

	if (n < 2 || (quote != '\'' && quote != '"') || v[n - 1] != quote)
		return;
	for (size_t i = 1; i < n - 1; i++) {
		v[k++] = v[i];
		if (quote == '\'' && v[i] == '\'')
			i++;
		if (quote == '"' && v[i] == '\\' && v[i + 1] == '\\')
			i++;
	}
	v[k] = '\0';
}

static bool same_bytes(struct dump *d, struct dump_piece p, const char *hex)
{
	size_t n = strlen(hex) / 2;
	uint8_t buf[64];

	if (p.size != n)
		return false;
	n = n < sizeof(buf) ? n : sizeof(buf);
	if (err_ignore(source_read(dump_source(d), p.offset, buf, n)))
		return false;
	for (size_t i = 0; i < n; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		if (strtoul(two, NULL, 16) != buf[i])
			return false;
	}
	return true;
}

static void module_line(struct lists *l, const char *key, const char *v, const char *line)
{
	const struct dump_module *m;
	uint64_t n = strtoull(v, NULL, 0);

	l->module += !strcmp(key, "Base of Image");
	if (!l->module || l->module > l->n_modules) {
		fact(l, false, line);
		return;
	}
	m = &l->modules[l->module - 1];
	if (!strcmp(key, "Base of Image"))
		fact(l, m->base == n, line);
	else if (!strcmp(key, "Size of Image"))
		fact(l, m->size == n, line);
	else if (!strcmp(key, "Checksum"))
		fact(l, m->checksum == n, line);
	else if (!strcmp(key, "Time Date Stamp"))
		fact(l, m->timestamp == n, line);
	else if (!strcmp(key, "Module Name"))
		fact(l, !strcmp(m->path, v), line);
	else if (!strcmp(key, "File Version High"))
		fact(l, m->version.present && m->version.file_ms == n, line);
	else if (!strcmp(key, "CodeView Record"))
		fact(l, same_bytes(l->d, m->codeview_record, v), line);
}

static void thread_line(struct lists *l, const char *key, const char *v, const char *line)
{
	const struct dump_thread *t;
	uint64_t n = strtoull(v, NULL, 0);

	l->thread += !strcmp(key, "Thread Id");
	if (!l->thread || l->thread > l->n_threads) {
		fact(l, false, line);
		return;
	}
	t = &l->threads[l->thread - 1];
	if (!strcmp(key, "Thread Id"))
		fact(l, t->tid == n, line);
	else if (!strcmp(key, "Environment Block"))
		fact(l, t->teb == n, line);
	else if (!strcmp(key, "Suspend Count"))
		fact(l, t->suspend_count == n, line);
	else if (!strcmp(key, "Start of Memory Range"))
		fact(l, t->stack_base == n, line);
	else if (!strcmp(key, "Context") && t->context.size)
		fact(l, same_bytes(l->d, t->context, v), line);
}

/* A range is there, with this length and these bytes. */
static void memory_line(struct lists *l, const char *key, const char *v, const char *line)
{
	if (!strcmp(key, "Start of Memory Range"))
		l->range = strtoull(v, NULL, 0);
	if (strcmp(key, "Content") != 0)
		return;
	for (size_t i = 0; i < l->n_segments; i++) {
		const struct dump_segment *s = &l->segments[i];

		if (s->address == l->range &&
		    same_bytes(l->d, (struct dump_piece){ s->offset, s->file_size }, v)) {
			fact(l, true, line);
			return;
		}
	}
	fact(l, strlen(v) == 0, line);
}

static void region_line(struct lists *l, const char *key, const char *v, const char *line)
{
	uint64_t n = strtoull(v, NULL, 0);

	l->region += !strcmp(key, "Base Address");
	if (!l->region || l->region > l->n_regions)
		fact(l, false, line);
	else if (!strcmp(key, "Base Address"))
		fact(l, l->regions[l->region - 1].base == n, line);
	else if (!strcmp(key, "Region Size"))
		fact(l, l->regions[l->region - 1].size == n, line);
	else if (!strcmp(key, "Allocation Base"))
		fact(l, l->regions[l->region - 1].allocation_base == n, line);
}

static void other_line(struct lists *l, const char *key, const char *v, const char *line)
{
	const struct dump_facts *f = dump_facts(l->d);
	const struct dump_exception *x = l->exception;
	uint64_t n = strtoull(v, NULL, 0);

	if (!strcmp(key, "Exception Code"))
		fact(l, x && x->code == n, line);
	else if (!strcmp(key, "Exception Address"))
		fact(l, x && x->address == n, line);
	else if (!strcmp(key, "Thread ID"))
		fact(l, x && x->tid == n, line);
	else if (!strcmp(key, "Number of Parameters"))
		fact(l, x && x->n_parameters == n, line);
	else if (!strcmp(key, "Thread Context"))
		fact(l, x && same_bytes(l->d, x->context, v), line);
	else if (!strcmp(key, "Major Version"))
		fact(l, f->os_major == n, line);
	else if (!strcmp(key, "Build Number"))
		fact(l, f->os_build == n, line);
	else if (!strcmp(key, "Number of Processors"))
		fact(l, f->cpu_count == n, line);
	else if (!strcmp(key, "CSD Version"))
		fact(l, !strcmp(f->os_text, v), line);
}

/* "  - Key:   value" */
static void yaml_line(struct lists *l, char *line)
{
	char *key = line + strspn(line, " -"), *v = strchr(key, ':');

	if (!v)
		return;
	*v++ = '\0';
	v += strspn(v, " ");
	v[strcspn(v, "\r\n")] = '\0';
	unquote(v);
	if (!strcmp(key, "Type") && str_starts(line, "  - ")) {
		(void)snprintf(l->stream, sizeof(l->stream), "%s", v);
		return;
	}
	if (!strcmp(l->stream, "ModuleList") && *v)
		module_line(l, key, v, v);
	else if (!strcmp(l->stream, "ThreadList") && *v)
		thread_line(l, key, v, v);
	else if (str_starts(l->stream, "Memory") && str_ends_nocase(l->stream, "InfoList") && *v)
		region_line(l, key, v, v);
	else if (!strcmp(l->stream, "MemoryList")) /* the 64-bit one is shown raw */
		memory_line(l, key, v, v);
	else if (!strcmp(l->stream, "Exception") || !strcmp(l->stream, "SystemInfo"))
		other_line(l, key, v, v);
}

#define LIST(name)                                                             \
	do {                                                                   \
		if (err_ignore(dump_##name(l->d, &l->name, &l->n_##name)))     \
			l->n_##name = 0;                                       \
	} while (0)

static void ask(struct lists *l)
{
	LIST(modules);
	LIST(threads);
	LIST(regions);
	LIST(segments);
	(void)err_ignore(dump_exception(l->d, &l->exception));
}

enum result { AGREED, DISAGREED, REFUSED };

static enum result compare(const char *path)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	CLEANUP(freep) char *line = NULL;
	struct lists l = { .stream = "" };
	size_t cap = 0, lines = 0;
	char command[8400];
	FILE *f;

	if (err_ignore(dump_open(path, NULL, &d)))
		return REFUSED;
	l.d = d;
	ask(&l);
	(void)snprintf(command, sizeof(command), "obj2yaml '%s' 2>/dev/null", path);
	f = popen(command, "r");
	while (f && getline(&line, &cap, f) > 0) {
		yaml_line(&l, line);
		lines++;
	}
	if (!f || pclose(f) != 0 || lines < 5)
		return REFUSED;
	fact(&l, l.module == l.n_modules, "number of modules");
	fact(&l, l.thread == l.n_threads, "number of threads");
	return l.bad ? DISAGREED : AGREED;
}

int main(void)
{
	size_t count[3] = { 0 };
	const char *root = fixtures();
	CLEANUP(freep) char *line = NULL;
	size_t cap = 0;
	char path[8192];
	FILE *f;

	if (!root || system("command -v obj2yaml >/dev/null") != 0) {
		(void)printf("skipped: no fixtures or no obj2yaml\n");
		return 77;
	}
	(void)snprintf(path, sizeof(path), "%s/MANIFEST.tsv", root);
	f = fopen(path, "r");
	while (f && getline(&line, &cap, f) > 0) {
		char *tab = strchr(line, '\t');

		if (!tab || !strstr(tab, "\tUSER MDMP "))
			continue;
		*tab = '\0';
		(void)snprintf(path, sizeof(path), "%s/%s", root, line);
		count[compare(path)]++;
	}
	if (f)
		(void)fclose(f);
	(void)printf("figure: minidumps beside LLVM: %zu facts compared, %zu agree\n", compared, agree);
	(void)printf("%zu passed, %zu failed, %zu skipped\n", count[AGREED], count[DISAGREED],
		     count[REFUSED]);
	return count[DISAGREED] || !count[AGREED];
}
