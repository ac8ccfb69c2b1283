/* SPDX-License-Identifier: MIT */
/*
 * Names by template. Values come from the dumped process, which may have
 * chosen them: none of them leads to another folder or hides the file.
 */
#include "capture/sink.h"
#include "base/str.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#define DEFAULT_NAME "{name}.{pid}.{time}.{kind}"

static void add_value(struct strbuf *sb, const char *value)
{
	if (!value)
		return;
	for (const char *p = value; *p; p++) {
		unsigned char c = (unsigned char)*p;
		bool bad = c < 0x20 || c == 0x7f || c == '/' || (c == '.' && p == value);

		strbuf_addc(sb, bad ? '_' : *p);
	}
}

static void add_time(struct strbuf *sb, uint64_t seconds)
{
	time_t t = (time_t)seconds;
	char text[32];
	struct tm tm;

	if (gmtime_r(&t, &tm) && strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &tm))
		strbuf_adds(sb, text);
}

static bool is(const char *word, size_t n, const char *name)
{
	return strlen(name) == n && strncmp(word, name, n) == 0;
}

static struct err *add_word(struct strbuf *sb, const char *word, size_t n, const struct sink_names *names)
{
	if (is(word, n, "name"))
		add_value(sb, names->name);
	else if (is(word, n, "host"))
		add_value(sb, names->host);
	else if (is(word, n, "trigger"))
		add_value(sb, names->trigger);
	else if (is(word, n, "kind"))
		add_value(sb, names->kind);
	else if (is(word, n, "pid"))
		strbuf_addf(sb, "%d", names->pid);
	else if (is(word, n, "time"))
		add_time(sb, names->time);
	else
		return err_new(ERR_USAGE,
			       "there is no {%.*s}, only {name} {pid} {time} {host} {trigger} {kind}", (int)n,
			       word);
	return NULL;
}

static struct err *expand(struct strbuf *sb, const char *pattern, const struct sink_names *names)
{
	for (const char *p = pattern; *p;) {
		const char *end = *p == '{' ? strchr(p, '}') : NULL;

		if (*p == '{' && !end)
			return err_new(ERR_USAGE, "'%s': a { without its }", pattern);
		if (!end) {
			strbuf_addc(sb, *p++);
			continue;
		}
		TRY(add_word(sb, p + 1, (size_t)(end - p - 1), names));
		p = end + 1;
	}
	return NULL;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

struct err *sink_name(const char *pattern, const struct sink_names *names, char **ret)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	bool slash;
	char *path;

	TRY(expand(&sb, pattern, names));
	slash = sb.len && sb.s[sb.len - 1] == '/';
	if (slash || is_folder(sb.s)) {
		if (!slash)
			strbuf_addc(&sb, '/');
		TRY(expand(&sb, DEFAULT_NAME, names));
	}
	TRY(strbuf_check(&sb));
	path = strbuf_detach(&sb);
	if (!path)
		return err_nomem();
	*ret = path;
	return NULL;
}
