/* SPDX-License-Identifier: MIT */
/*
 * Thresholds of patterns: those of the file $XDG_CONFIG_HOME/osmodump/thresholds
 * ("name=value" lines, '#' begins a comment), then those of the command line.
 */
#include "main/main.h"
#include "pattern/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct err *add_fn(void *arg, const char *text);

static FILE *open_file(void)
{
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config && *config)
		strbuf_addf(&path, "%s/osmodump/thresholds", config);
	else if (home)
		strbuf_addf(&path, "%s/.config/osmodump/thresholds", home);
	return path.len ? fopen(path.s, "re") : NULL;
}

/* What would end a word of the debugger's line is not taken. */
static struct err *each_of_file(add_fn *add, void *arg)
{
	FILE *f = open_file();
	struct err *e = NULL;
	char text[256];

	if (!f)
		return NULL;
	while (!e && fgets(text, sizeof(text), f)) {
		char *p = text + strspn(text, " \t");
		size_t n = strcspn(p, "# \t\r\n");

		p[n] = '\0';
		if (n && n <= strcspn(p, "\";"))
			e = add(arg, p);
	}
	(void)fclose(f);
	return e;
}

struct err *thresholds_each(const struct settings *s, add_fn *add, void *arg)
{
	TRY(each_of_file(add, arg));
	for (size_t i = 0; i < s->thresholds.n; i++) {
		const char *text = s->thresholds.v[i];

		if (strpbrk(text, " \t\";"))
			return err_new(ERR_USAGE, "'%.60s': a threshold is given as name=number", text);
		TRY(add(arg, text));
	}
	return NULL;
}

struct reading {
	struct threshold_setting *v;
	size_t n;
};

static struct err *add_setting(void *arg, const char *text)
{
	struct reading *r = arg;

	if (r->n == MAX_THRESHOLDS)
		return err_new(ERR_USAGE, "more than %d thresholds", MAX_THRESHOLDS);
	TRY(threshold_parse(text, &r->v[r->n]));
	r->n++;
	return NULL;
}

struct err *thresholds_read(const struct settings *s, struct threshold_setting *ret, size_t *ret_n)
{
	struct reading r = { ret, 0 };

	TRY(thresholds_each(s, add_setting, &r));
	*ret_n = r.n;
	return NULL;
}
