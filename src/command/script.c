/* SPDX-License-Identifier: MIT */
/*
 * Files of commands. WinDbg's five forms differ in how lines are joined; here
 * all are read as one text whose lines are commands and whose blocks may span
 * lines, which each of the forms allows at least. $$>a< gives the words behind
 * the file's name as aliases ${$arg1}, ${$arg2} ...
 */
#include "command/session_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct err *read_all(const char *path, struct strbuf *sb)
{
	FILE *file = fopen(path, "re");
	char buf[8192];
	size_t n;
	int errnum;

	if (!file)
		return err_os(errno, "%s", path);
	while (sb->len <= SESSION_MAX_LINE && (n = fread(buf, 1, sizeof(buf), file)) > 0)
		strbuf_add(sb, buf, n);
	errnum = ferror(file) ? errno : 0;
	(void)fclose(file);
	if (errnum)
		return err_os(errnum, "%s", path);
	if (sb->len > SESSION_MAX_LINE)
		return err_new(ERR_USAGE, "%s: more than %d bytes", path, SESSION_MAX_LINE);
	if (memchr(sb->s, '\0', sb->len))
		return err_new(ERR_USAGE, "%s: holds a zero byte, so it is no text", path);
	return strbuf_check(sb);
}

/* "\r\n" as written on Windows */
static void drop_returns(struct strbuf *sb)
{
	size_t to = 0;

	for (size_t i = 0; i < sb->len; i++)
		if (sb->s[i] != '\r')
			sb->s[to++] = sb->s[i];
	strbuf_truncate(sb, to);
}

struct err *session_run_file(struct session *s, const char *path, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	TRY(read_all(path, &sb));
	drop_returns(&sb);
	return session_run(s, sb.s, o);
}

static struct err *set_arguments(struct session *s, const struct args *args, const char *p,
				 unsigned *ret_n)
{
	char name[16], *word;

	for (*ret_n = 0; *ret_n < 64; ) {
		TRY(word_parse(args->arena, &p, &word));
		if (!word)
			break;
		(void)snprintf(name, sizeof(name), "$arg%u", *ret_n + 1);
		TRY(alias_set(s, name, word));
		++*ret_n;
	}
	return NULL;
}

static struct err *run_with_arguments(struct session *s, const struct args *args, const char *path,
				      const char *words, struct out *o)
{
	struct err *e;
	char name[16];
	unsigned n;

	TRY(set_arguments(s, args, words, &n));
	e = session_run_file(s, path, o);
	for (unsigned i = 1; i <= n; i++) {
		(void)snprintf(name, sizeof(name), "$arg%u", i);
		(void)alias_remove(s, name);
	}
	return e;
}

static struct err *run(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	char *path;

	if (strcmp(args->name, "$$>a<") == 0 || *p == '"') {
		TRY(word_parse(args->arena, &p, &path));
	} else { /* the rest of the line, blanks included */
		path = arena_strdup(args->arena, p);
		if (!path)
			return err_nomem();
		p = "";
	}
	if (!path || !*path)
		return usage_error(args, "a file name is missing");
	if (strcmp(args->name, "$$>a<") == 0)
		return run_with_arguments(s, args, path, p, o);
	TRY(end_parse(args, p));
	return session_run_file(s, path, o);
}

static const char *const aliases[] = { "$><", "$$<", "$$><", "$$>a<", NULL };
const struct command command_script = {
	.name = "$<",
	.aliases = aliases,
	.summary = "run the commands of a file",
	.usage = "file | $$>a< file [argument ...]",
	.help = "Runs the lines of the file as commands; blocks in braces may span lines. $$>a< makes\n"
		"the words behind the file's name known as ${$arg1}, ${$arg2} and so on.",
	.run = run,
};
