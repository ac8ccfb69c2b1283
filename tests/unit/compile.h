/* SPDX-License-Identifier: MIT */
/*
 * Programs made by the test itself: a folder of its own, a source text, a
 * compiler; and the output of other tools over the result, line by line.
 */
#ifndef OSM_TEST_COMPILE_H
#define OSM_TEST_COMPILE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char work_dir[64];

static inline void remove_work_dir(void)
{
	char cmd[128];

	(void)snprintf(cmd, sizeof(cmd), "rm -rf '%s'", work_dir);
	if (*work_dir && system(cmd) != 0)
		(void)fprintf(stderr, "%s stays\n", work_dir);
}

static inline const char *make_work_dir(void)
{
	if (!*work_dir) {
		(void)snprintf(work_dir, sizeof(work_dir), "/tmp/osm-test-XXXXXX");
		if (!mkdtemp(work_dir))
			abort();
		(void)atexit(remove_work_dir);
	}
	return work_dir;
}

static inline const char *in_work_dir(const char *name)
{
	static char paths[8][256];
	static unsigned next;
	char *p = paths[next++ % 8];

	(void)snprintf(p, sizeof(paths[0]), "%s/%s", make_work_dir(), name);
	return p;
}

static inline bool write_text(const char *name, const char *text)
{
	FILE *f = fopen(in_work_dir(name), "w");
	bool ok = f && fputs(text, f) >= 0;

	return f && !fclose(f) && ok;
}

/* Runs a command in the work folder; true: it succeeded. */
__attribute__((format(printf, 1, 2))) static inline bool run(const char *fmt, ...)
{
	char cmd[2048], args[1800];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(args, sizeof(args), fmt, ap);
	va_end(ap);
	(void)snprintf(cmd, sizeof(cmd), "cd '%s' && { %s; } >log 2>&1 </dev/null", make_work_dir(), args);
	return system(cmd) == 0;
}

static inline bool have_tool(const char *name)
{
	return run("command -v %s", name);
}

/* A command's output; to be closed with pclose. */
__attribute__((format(printf, 1, 2))) static inline FILE *output_of(const char *fmt, ...)
{
	char cmd[2048], args[1800];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(args, sizeof(args), fmt, ap);
	va_end(ap);
	(void)snprintf(cmd, sizeof(cmd), "cd '%s' && { %s; } 2>/dev/null </dev/null", make_work_dir(), args);
	return popen(cmd, "r");
}

#endif
