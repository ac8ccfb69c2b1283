/* SPDX-License-Identifier: MIT */
/*
 * Aliases: user-named ones (as, aS, ad, al) and the fixed-name $u0 .. $u9.
 *
 * A user-named alias is put in where its name stands between blanks (or at a
 * command's or block's edge), and for ${name} anywhere. What was put in is not
 * looked through again, so aliases cannot loop. In the commands that define
 * and remove aliases a bare name stays what it is.
 */
#include "command/session_impl.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static struct alias *find(const struct session *s, const char *name, size_t len)
{
	for (size_t i = 0; i < s->aliases.n; i++)
		if (strncmp(s->aliases.v[i].name, name, len) == 0 && !s->aliases.v[i].name[len])
			return &s->aliases.v[i];
	return NULL;
}

const char *alias_get(const struct session *s, const char *name, size_t len)
{
	const struct alias *a = find(s, name, len);

	return a ? a->text : NULL;
}

struct err *alias_set(struct session *s, const char *name, const char *text)
{
	struct alias *old = find(s, name, strlen(name));
	struct alias new = { 0 };

	new.text = strdup(text);
	if (old && new.text) {
		free(old->text);
		old->text = new.text;
		return NULL;
	}
	new.name = strdup(name);
	if (!new.name || !new.text || !vec_push(&s->aliases, new)) {
		free(new.name);
		free(new.text);
		return err_nomem();
	}
	return NULL;
}

bool alias_remove(struct session *s, const char *name)
{
	struct alias *a = find(s, name, strlen(name));

	if (!a)
		return false;
	free(a->name);
	free(a->text);
	*a = s->aliases.v[--s->aliases.n];
	return true;
}

/* --- expansion ------------------------------------------------------------------ */

struct expansion {
	const struct session *s;
	struct strbuf out;
	const char *p, *end;
	bool at_command;	/* the next word names a command */
	bool defining;		/* in as, aS, ad, al */
};

static bool is_edge(char c)
{
	return !c || isspace((unsigned char)c) || c == ';' || c == '{' || c == '}';
}

/* "${...}" at x->p: true when it was dealt with. */
static bool expand_braced(struct expansion *x)
{
	const char *close = memchr(x->p, '}', (size_t)(x->end - x->p)), *name = x->p + 2;
	const char *text;
	char option = 0;

	if (!close)
		return false;
	if (name[0] == '/' && name[1] && name[2] == ':') {
		option = name[1];
		name += 3;
	}
	if (name > close)
		return false;
	text = alias_get(x->s, name, (size_t)(close - name));
	if (option == 'd')
		strbuf_adds(&x->out, text ? "1" : "0");
	else if (option == 'n' && text)
		strbuf_add(&x->out, name, (size_t)(close - name));
	else if (option == 'v' || (!text && option != 'f'))
		return false;
	else
		strbuf_adds(&x->out, text ? text : "");
	x->p = close + 1;
	x->at_command = false;
	return true;
}

static bool expand_fixed(struct expansion *x)
{
	const char *text;

	if (x->end - x->p < 3 || x->p[1] != 'u' || !isdigit((unsigned char)x->p[2]))
		return false;
	text = x->s->fixed[x->p[2] - '0'];
	if (!text)
		return false;
	strbuf_adds(&x->out, text);
	x->p += 3;
	return true;
}

static bool is_alias_command(const char *word, size_t n)
{
	return n == 2 && word[0] == 'a' && strchr("sSdl", word[1]);
}

/* A word from edge to edge: replaced when it is an alias. */
static void expand_word(struct expansion *x)
{
	size_t n = 0, left = (size_t)(x->end - x->p);
	const char *text;

	while (n < left && !is_edge(x->p[n]) && !(x->p[n] == '$' && n))
		n++;
	if (x->at_command && is_alias_command(x->p, n))
		x->defining = true;
	text = x->defining ? NULL : alias_get(x->s, x->p, n);
	if (text && (n == left || is_edge(x->p[n])))
		strbuf_adds(&x->out, text);
	else
		strbuf_add(&x->out, x->p, n);
	x->p += n;
	x->at_command = false;
}

static bool is_comment(const struct expansion *x)
{
	return x->at_command && *x->p == '*';
}

struct err *alias_expand(struct session *s, const char *line, size_t len, char **ret)
{
	struct expansion x = { .s = s, .p = line, .end = line + len, .at_command = true };
	struct err *e;

	strbuf_init(&x.out);
	while (x.p < x.end && x.out.len <= SESSION_MAX_LINE) {
		char c = *x.p;

		if (is_comment(&x))
			break;
		if (c == ';' || c == '{' || c == '}' || c == '\n') {
			x.at_command = true;
			x.defining = false;
		}
		if (c == '$' && x.p + 1 < x.end && x.p[1] == '{' && expand_braced(&x))
			continue;
		if (c == '$' && expand_fixed(&x))
			continue;
		if (is_edge(c))
			strbuf_addc(&x.out, *x.p++);
		else
			expand_word(&x);
	}
	if (x.out.len > SESSION_MAX_LINE)
		e = err_new(ERR_USAGE, "the aliases of the line grow it beyond %d bytes",
			    SESSION_MAX_LINE);
	else
		e = strbuf_check(&x.out);
	if (!e)
		*ret = strbuf_detach(&x.out);
	strbuf_deinit(&x.out);
	return e;
}
