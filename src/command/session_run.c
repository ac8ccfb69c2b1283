/* SPDX-License-Identifier: MIT */
/*
 * Running command lines: lines, aliases, lookup, needs, the thread prefix.
 *
 * A text is cut into logical lines; in each, aliases are put in once, before
 * anything runs (so that an alias set on a line works from the next one, as in
 * WinDbg, or inside a block, whose body is expanded when it is entered).
 */
#include "base/cancel.h"
#include "command/session_impl.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- lookup -------------------------------------------------------------------- */

static bool is_extension(const char *name)
{
	return name[0] == '!';
}

static bool same_name(const char *a, const char *b, size_t len, bool nocase)
{
	return (nocase ? strncasecmp(a, b, len) : strncmp(a, b, len)) == 0 && !a[len];
}

/* Whether the row answers to word[0..len). */
static bool answers_to(const struct command *c, const char *word, size_t len)
{
	bool nocase = is_extension(c->name);

	if (same_name(c->name, word, len, nocase))
		return true;
	for (const char *const *a = c->aliases; a && *a; a++)
		if (same_name(*a, word, len, is_extension(*a)))
			return true;
	return false;
}

static const struct command *find(const char *word, size_t len)
{
	for (size_t i = 0; commands[i]; i++)
		if (answers_to(commands[i], word, len))
			return commands[i];
	return NULL;
}

const struct command *command_named(const char *name)
{
	const char *dot = is_extension(name) ? strrchr(name, '.') : NULL;
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	if (dot) {
		strbuf_addf(&sb, "!%s", dot + 1);
		name = sb.s;
	}
	return find(name, strlen(name));
}

static size_t word_length(const char *p)
{
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) || p[n] == '_')
		n++;
	return n;
}

/* "!locks", "!ntsdexts.locks": the whole word must be a name. */
static const struct command *find_extension(const char *p, const char **end, const char **name,
					    size_t *name_len)
{
	size_t n = word_length(p + 1) + 1;
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const struct command *c;

	*name = p;
	if (p[n] == '.' && word_length(p + n + 1)) {
		*name = p + n;	/* '.', to become '!' */
		n += 1 + word_length(p + n + 1);
	}
	*end = p + n;
	*name_len = (size_t)(*end - *name);
	strbuf_addc(&sb, '!');
	strbuf_add(&sb, *name + 1, *name_len - 1);
	c = find(sb.s, sb.len);
	return c;
}

/* ".frame": letters, digits and '_' behind the dot; the longest that is a name. */
static const struct command *find_longest(const char *p, size_t from, size_t *ret_len)
{
	for (size_t n = from; n; n--) {
		const struct command *c = find(p, n);

		if (c && !(c->whole_word && isalpha((unsigned char)p[n]))) {
			*ret_len = n;
			return c;
		}
	}
	return NULL;
}

/* Letters glued to the name that the family takes as part of it. */
static size_t glued_length(const struct command *c, const char *p)
{
	size_t n = 0;

	while (c->glued && isalpha((unsigned char)p[n]) && strchr(c->glued, p[n]))
		n++;
	return n;
}

/* Characters of a name that begins with p[0]. */
static size_t name_span(const char *p)
{
	static const char punctuation[] = "?|$<>#=*;";
	size_t n = 0;

	if (isalpha((unsigned char)*p)) {
		while (isalnum((unsigned char)p[n]) || p[n] == '_')
			n++;
		return n;
	}
	if (*p == '.')
		return 1 + word_length(p + 1);
	while (p[n] && strchr(punctuation, p[n]) && n < 5)
		n++;
	if (*p == '$') /* $$>a< */
		while (p[n] && n < 5 && (strchr(punctuation, p[n]) || p[n] == 'a'))
			n++;
	return n;
}

struct err *command_lookup(const char **p, struct arena *a, const struct command **ret,
			   char **ret_name)
{
	const char *start = *p, *end, *name = start;
	const struct command *c;
	size_t n = 0;
	char *copy;

	if (is_extension(start)) {
		c = find_extension(start, &end, &name, &n);
		if (!c)
			return err_new(ERR_USAGE, "No export %.*s found", (int)(end - start - 1),
				       start + 1);
	} else {
		c = find_longest(start, name_span(start), &n);
		if (!c)
			return err_new(ERR_USAGE, "Syntax error at '%.60s'", start);
		n += glued_length(c, start + n);
		end = start + n;
	}
	copy = arena_strndup(a, name, n);
	if (!copy)
		return err_nomem();
	if (is_extension(start))
		copy[0] = '!';
	*p = end;
	*ret = c;
	*ret_name = copy;
	return NULL;
}

/* --- one command ---------------------------------------------------------------- */

static struct err *check_needs(struct session *s, const struct command *c)
{
	if (c->needs && !s->target)
		return err_new(ERR_USAGE, "%s: no dump is open", c->name);
	if ((c->needs & NEEDS_THREAD) && !s->thread)
		return err_new(ERR_NOTFOUND, "%s: the dump has no threads", c->name);
	if ((c->needs & NEEDS_WINDOWS) && !target_is_windows(s->target))
		return err_new(ERR_UNSUPPORTED, "%s: has a meaning only for Windows dumps", c->name);
	if ((c->needs & NEEDS_LINUX) && target_is_windows(s->target))
		return err_new(ERR_UNSUPPORTED, "%s: has no meaning for Windows dumps", c->name);
	return NULL;
}

static char *trimmed(struct arena *a, const char *from, const char *to)
{
	while (from < to && isspace((unsigned char)*from))
		from++;
	while (to > from && isspace((unsigned char)to[-1]))
		to--;
	return arena_strndup(a, from, (size_t)(to - from));
}

static void remember(struct session *s, const struct command *c, const char *name)
{
	if (s->depth != 1)
		return;
	s->last_command = c;
	free(s->last_name);
	s->last_name = strdup(name);
}

static struct err *call(struct session *s, const struct command *c, struct args *args,
			struct out *o)
{
	TRY(check_needs(s, c));
	remember(s, c, args->name);
	out_set_pointer_size(o, session_pointer_size(s));
	return c->run(s, args, o);
}

/* Runs c on what is behind its name at *p, and moves *p to its end. */
static struct err *run_command(struct session *s, const struct command *c, char *name,
			       const char **p, struct arena *a, struct out *o)
{
	struct args args = { .name = name, .arena = a };
	const char *start = *p, *end;

	switch (c->syntax) {
	case SYNTAX_RAW: /* ".sympath; k": nothing to take, so the ';' parts */
		end = name[0] == '.' && *str_skip_space(start) == ';' ? start : strchrnul(start, '\n');
		break;
	case SYNTAX_BLOCK: end = lex_block_end(start); break;
	case SYNTAX_WORDS:
	default: end = lex_command_end(start); break;
	}
	args.tail = trimmed(a, start, end);
	if (!args.tail)
		return err_nomem();
	*p = end;
	return call(s, c, &args, o);
}

/* "r @$t0 = 1": `r` with a register that the dump did not make is ours, and
 * works without a dump. */
static struct err *try_assignment(struct session *s, const char **p, struct arena *a,
				  bool *ret_done)
{
	const char *end = lex_command_end(*p);
	char *tail;

	*ret_done = false;
	if (**p != 'r' || word_length(*p) != 1)
		return NULL;
	tail = trimmed(a, *p + 1, end);
	if (!tail)
		return err_nomem();
	TRY(pseudo_assign(s, tail, ret_done));
	if (*ret_done)
		*p = end;
	return NULL;
}

static struct err *lookup_and_run(struct session *s, const char **p, bool *ret_extension,
				  struct out *o)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	const struct command *c;
	bool done;
	char *name;

	*ret_extension = is_extension(*p);
	TRY(try_assignment(s, p, &a, &done));
	if (done)
		return NULL;
	TRY(command_lookup(p, &a, &c, &name));
	return run_command(s, c, name, p, &a, o);
}

struct err *run_one(struct session *s, const char **p, struct out *o)
{
	bool extension;
	struct err *e;

	TRY(cancel_check());
	if (**p == '~')
		return run_threads(s, p, o);
	if (**p == '|' && (*p)[1] != '|')
		return run_processes(s, p, o);
	e = lookup_and_run(s, p, &extension, o);
	/* As in WinDbg an extension that fails does not end the line. */
	if (e && extension && err_code(e) != ERR_CANCELLED && !s->catches) {
		*p = lex_command_end(*p);
		session_report(s, e);
		e = NULL;
	}
	return e;
}

/* --- lines ---------------------------------------------------------------------- */

static const char *skip_separators(const char *p)
{
	while (isspace((unsigned char)*p) || *p == ';')
		p++;
	return p;
}

static struct err *run_expanded(struct session *s, const char *line, struct out *o)
{
	for (const char *p = skip_separators(line); *p; p = skip_separators(p)) {
		TRY(run_one(s, &p, o));
		if (s->flow == FLOW_AGAIN) {
			s->flow = FLOW_NONE;
			p = line;
		}
		if (s->flow != FLOW_NONE || s->quit)
			break;
	}
	return NULL;
}

static struct err *run_line(struct session *s, const char *line, size_t len, struct out *o)
{
	CLEANUP(freep) char *expanded = NULL;

	TRY(alias_expand(s, line, len, &expanded));
	return run_expanded(s, expanded, o);
}

struct err *session_run(struct session *s, const char *text, struct out *o)
{
	struct err *e = NULL;

	if (s->depth >= SESSION_MAX_DEPTH)
		return err_new(ERR_USAGE, "command lines are nested more than %d deep",
			       SESSION_MAX_DEPTH);
	if (strlen(text) > SESSION_MAX_LINE)
		return err_new(ERR_USAGE, "a command text of more than %d bytes", SESSION_MAX_LINE);
	s->depth++;
	while (!e && *text && s->flow == FLOW_NONE && !s->quit) {
		const char *end = lex_line_end(text);

		e = run_line(s, text, (size_t)(end - text), o);
		text = *end ? end + 1 : end;
	}
	s->depth--;
	if (!s->depth)
		s->flow = FLOW_NONE;
	return e;
}

/* What <Enter> stands for: the last line, or where the last dump stopped. */
static struct err *repeat(struct session *s, struct out *o)
{
	CLEANUP(freep) char *line = NULL;

	if (s->last_command && s->last_command->continues && s->last_name)
		line = strdup(s->last_name);
	else
		line = strdup(s->last_line ? s->last_line : "");
	return line ? session_run(s, line, o) : err_nomem();
}

struct err *session_enter(struct session *s, const char *line, struct out *o)
{
	if (!*str_skip_space(line))
		return repeat(s, o);
	free(s->last_line);
	s->last_line = strdup(line);
	s->last_command = NULL;
	return session_run(s, line, o);
}
