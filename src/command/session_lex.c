/* SPDX-License-Identifier: MIT */
/*
 * Where commands, lines and groups end. One scanner serves all three: it
 * skips strings in double quotes and follows { } and ( ). A quote that is not
 * closed on its line is an ordinary character, as in `.echo 5" disk`.
 */
#include "command/session_impl.h"

#include <string.h>

/* Behind the string whose quote is at p, or p + 1. */
static const char *skip_quoted(const char *p)
{
	const char *q = p + 1;

	while (*q && *q != '"' && *q != '\n')
		q += *q == '\\' && q[1] && q[1] != '\n' ? 2 : 1;
	return *q == '"' ? q + 1 : p + 1;
}

const char *lex_command_end(const char *p)
{
	int depth = 0;

	while (*p) {
		if (*p == '"') {
			p = skip_quoted(p);
			continue;
		}
		if (*p == '{')
			depth++;
		if (*p == '}' && depth)
			depth--;
		if (!depth && (*p == ';' || *p == '\n'))
			return p;
		p++;
	}
	return p;
}

/* A block may stand on the lines after its head, and .else after its }. */
static bool line_goes_on(const char *p)
{
	p = str_skip_space(p);
	return *p == '{' || str_starts(p, ".else") || str_starts(p, ".elsif");
}

static bool is_comment(const char *p)
{
	p = str_skip_space(p);
	return *p == '*' || (p[0] == '$' && p[1] == '$');
}

const char *lex_line_end(const char *p)
{
	bool starts = true; /* a command could begin here */
	int depth = 0;

	while (*p) {
		if (starts && is_comment(p)) {
			p += strcspn(p, "\n");
			starts = false;
			continue;
		}
		starts = *p == ';' || *p == '{' || *p == '}' || *p == '\n';
		if (*p == '"') {
			p = skip_quoted(p);
			continue;
		}
		if (*p == '{')
			depth++;
		if (*p == '}' && depth)
			depth--;
		if (*p == '\n' && !depth && !line_goes_on(p + 1))
			return p;
		p++;
	}
	return p;
}

/* Behind the partner of the bracket at p, or the end. */
static const char *skip_group(const char *p, char open, char close)
{
	int depth = 0;

	while (*p) {
		if (*p == '"') {
			p = skip_quoted(p);
			continue;
		}
		depth += *p == open;
		depth -= *p == close;
		p++;
		if (!depth)
			break;
	}
	return p;
}

const char *lex_block_end(const char *p)
{
	bool body = false;

	for (;;) {
		const char *q = str_skip_space(p);

		if (*q == '{' && !body) {
			p = skip_group(q, '{', '}');
			body = true;
		} else if (*q == '(') { /* the condition, or that of .do behind its body */
			p = skip_group(q, '(', ')');
		} else if (*q == '/' && !body) {
			p = q + strcspn(q, " \t\n({");
		} else if (str_starts(q, ".else") || str_starts(q, ".elsif")) {
			p = q + (q[4] == 'e' ? 5 : 6);
			body = false;
		} else {
			break;
		}
	}
	return body ? p : lex_command_end(p);
}

struct err *lex_group(struct arena *a, const char **p, char open, char close, char **ret)
{
	const char *start = str_skip_space(*p), *q;
	char *text;

	if (*start != open)
		return err_new(ERR_USAGE, "Syntax error: '%c' expected at '%.40s'", open, start);
	q = skip_group(start, open, close);
	if (q[-1] != close || q - start < 2)
		return err_new(ERR_USAGE, "Syntax error: '%c' without '%c' at '%.40s'", open, close,
			       start);
	text = arena_strndup(a, start + 1, (size_t)(q - start) - 2);
	if (!text)
		return err_nomem();
	*p = q;
	*ret = text;
	return NULL;
}
