/* SPDX-License-Identifier: MIT */
/*
 * Files and folders of symbol stores: names without case, as on the systems
 * they were made for, and never out of the folder they are looked for in.
 */
#include "symbol/store_impl.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_ENTRIES = 1 << 20 };

bool store_safe_name(const char *name)
{
	size_t n = strnlen(name, 256);

	if (!n || n == 256 || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p < ' ' || strchr("/\\:*?\"<>|", *p))
			return false;
	return true;
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static bool matching_entry(const char *dir, const char *name, struct strbuf *sb)
{
	DIR *d = opendir(*dir ? dir : ".");
	bool found = false;
	struct dirent *e;

	for (unsigned n = 0; d && !found && n < MAX_ENTRIES && (e = readdir(d)); n++) {
		found = !strcasecmp(e->d_name, name);
		if (found)
			strbuf_adds(sb, e->d_name);
	}
	if (d)
		(void)closedir(d);
	return found;
}

bool store_find_entry(const char *dir, const char *name, struct strbuf *ret)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	size_t start;

	if (!store_safe_name(name))
		return false;
	strbuf_addf(&sb, "%s%s", dir, str_ends_nocase(dir, "/") ? "" : "/");
	start = sb.len;
	strbuf_adds(&sb, name);
	if (!exists(sb.s)) {
		strbuf_truncate(&sb, start);
		if (!matching_entry(dir, name, &sb))
			return false;
	}
	strbuf_reset(ret);
	strbuf_adds(ret, sb.s);
	return !sb.failed && !ret->failed;
}

bool store_find_path(const char *dir, const char *const *names, size_t n, struct strbuf *ret)
{
	CLEANUP(strbuf_deinit) struct strbuf at = STRBUF_INIT;

	strbuf_adds(&at, dir);
	for (size_t i = 0; i < n; i++) {
		CLEANUP(strbuf_deinit) struct strbuf next = STRBUF_INIT;

		if (!store_find_entry(at.s, names[i], &next))
			return false;
		strbuf_reset(&at);
		strbuf_adds(&at, next.s);
	}
	strbuf_reset(ret);
	strbuf_adds(ret, at.s);
	return !at.failed && !ret->failed;
}

bool store_is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool store_is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

struct err *store_make_folder(const char *path)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	strbuf_adds(&sb, path);
	TRY(strbuf_check(&sb));
	for (char *p = sb.s + 1;; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		if (mkdir(sb.s, 0700) < 0 && errno != EEXIST && !store_is_folder(sb.s))
			return err_os(errno, "%s", sb.s);
		*p = c;
		if (!c)
			return NULL;
	}
}

bool store_packed_name(const char *name, char *buf, size_t size)
{
	size_t n = strlen(name);
	const char *dot = strrchr(name, '.');

	/* symstore writes foo.pd_: the last letter of a three-letter extension */
	if (!dot || strlen(dot) != 4 || n >= size)
		return false;
	memcpy(buf, name, n + 1);
	buf[n - 1] = '_';
	return true;
}

void store_sym_name(const char *name, struct strbuf *sb)
{
	size_t n = strlen(name);

	strbuf_add(sb, name, str_ends_nocase(name, ".pdb") ? n - 4 : n);
	strbuf_adds(sb, ".sym");
}
