/* SPDX-License-Identifier: MIT */
/*
 * Completion of what is typed at the prompt: command names at the start of a
 * command, else modules, and behind "module!" the module's symbols.
 */
#include "command/session_impl.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 400 };

struct candidates {
	struct arena *a;
	const char **v;
	size_t n;
	bool nomem;
};

static bool add(struct candidates *c, const char *before, const char *word)
{
	const char *copy;

	if (c->n >= MAX_WORDS)
		return false;
	copy = arena_printf(c->a, "%s%s", before, word);
	if (!copy)
		c->nomem = true;
	else
		c->v[c->n++] = copy;
	return copy != NULL;
}

static void add_commands(struct candidates *c, const char *prefix)
{
	for (size_t i = 0; commands[i]; i++) {
		const char *const *a = commands[i]->aliases;

		if (str_starts(commands[i]->name, prefix))
			(void)add(c, "", commands[i]->name);
		for (; a && *a; a++)
			if (str_starts(*a, prefix))
				(void)add(c, "", *a);
	}
}

static void add_modules(struct session *s, struct candidates *c, const char *prefix)
{
	struct module **v;
	size_t n = target_modules(s->target, &v);

	for (size_t i = 0; i < n; i++)
		if (str_starts_nocase(v[i]->name, prefix))
			(void)add(c, v[i]->name, "!");
}

struct symbols {
	struct candidates *c;
	const char *before;	/* "module!" */
};

static bool on_symbol(void *arg, const struct symbol *sym)
{
	struct symbols *x = arg;

	/* names that cannot be typed without quotes would only disturb */
	return strpbrk(sym->name, " `'\"") || add(x->c, x->before, sym->name);
}

static void add_symbols(struct session *s, struct candidates *c, const char *word, const char *bang)
{
	char *module = arena_strndup(c->a, word, (size_t)(bang - word));
	char *before = arena_printf(c->a, "%.*s!", (int)(bang - word), word);
	char *pattern = arena_printf(c->a, "%s*", bang + 1);
	struct symbols x = { c, before };
	struct provider **providers;
	struct module *m;
	size_t n;

	if (!module || !before || !pattern) {
		c->nomem = true;
		return;
	}
	m = target_module_named(s->target, module);
	n = m ? module_providers(s->target, m, &providers) : 0;
	for (size_t i = 0; i < n && !c->n; i++)
		(void)err_ignore(providers[i]->ops->symbols(providers[i], pattern, on_symbol, &x));
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_unique(struct candidates *c)
{
	size_t to = 0;

	if (!c->n)
		return;
	qsort(c->v, c->n, sizeof(*c->v), compare);
	for (size_t i = 1; i < c->n; i++)
		if (strcmp(c->v[to], c->v[i]) != 0)
			c->v[++to] = c->v[i];
	c->n = to + 1;
}

static bool is_word(char ch)
{
	return isalnum((unsigned char)ch) || strchr("_!.:?$~", ch);
}

/* Whether only what may precede a command stands before it. */
static bool at_command(const char *line, size_t start)
{
	while (start && (isspace((unsigned char)line[start - 1]) || line[start - 1] == '*'))
		start--;
	return !start || strchr(";{~", line[start - 1]);
}

struct err *session_complete(struct session *s, const char *line, size_t at, struct arena *a,
			     size_t *ret_start, const char *const **ret, size_t *ret_n)
{
	struct candidates c = { .a = a };
	size_t start = at;
	char *word, *bang;

	while (start && is_word(line[start - 1]) && line[start - 1])
		start--;
	word = arena_strndup(a, line + start, at - start);
	c.v = ARENA_NEW_N(a, const char *, MAX_WORDS);
	if (!word || !c.v)
		return err_nomem();
	bang = strchr(word, '!');
	if (at_command(line, start))
		add_commands(&c, word);
	else if (s->target && bang && bang != word)
		add_symbols(s, &c, word, bang);
	else if (s->target)
		add_modules(s, &c, word);
	if (c.nomem)
		return err_nomem();
	sort_unique(&c);
	*ret_start = start;
	*ret = (const char *const *)c.v;
	*ret_n = c.n;
	return NULL;
}
