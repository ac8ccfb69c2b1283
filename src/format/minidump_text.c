/* SPDX-License-Identifier: MIT */
/*
 * Minidump: annotations, and those of the text streams: comments, and the
 * files of /proc and /etc that Breakpad copies.
 *
 * Text is of unknown encoding; what is not UTF-8 becomes U+FFFD. A stream
 * longer than MAX_TEXT is read up to there.
 */
#include "base/cancel.h"
#include "format/minidump.h"

#include <stdarg.h>
#include <string.h>

enum { MAX_TEXT = 16 << 20, MAX_NOTES = 1 << 20 };

struct err *md_note(struct minidump *md, md_notes *notes, const char *kind, const char *key,
		    const char *value)
{
	struct dump_annotation a = { kind, key, value };

	if (!key || !value)
		return err_nomem();
	if (!md->notes_left)
		return err_new(ERR_CORRUPT,
			       "%s: annotations overlap so often that the rest of them is left out",
			       md->d.src->name);
	md->notes_left--;
	if (!(notes->n & 0xfff))
		TRY(cancel_check());
	return vec_push(notes, a) ? NULL : err_nomem();
}

struct err *md_notef(struct minidump *md, md_notes *notes, const char *kind, const char *key,
		     const char *fmt, ...)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&sb, fmt, ap);
	va_end(ap);
	TRY(strbuf_check(&sb));
	return md_note(md, notes, kind, key, arena_strdup(&md->d.arena, sb.s));
}

/* The text of a stream; *ret NULL when there is none. Keep `in` as long. */
static struct err *open_text(struct minidump *md, uint32_t type, struct md_in *in,
			     const char **ret, size_t *ret_n)
{
	struct dump_piece piece;

	*ret = NULL;
	*ret_n = 0;
	if (!md_find(md, type, &piece))
		return NULL;
	if (piece.size > MAX_TEXT) {
		MD_DEFECT(md, ERR_UNSUPPORTED,
			  "%s: %" PRIu64 " bytes of text, the first %d are read",
			  md_stream_name(type), piece.size, MAX_TEXT);
		piece.size = MAX_TEXT;
	}
	TRY(md_open(md, piece, md_stream_name(type), in));
	*ret = (const char *)cursor_bytes(&in->c, in->c.size);
	*ret_n = in->c.size;
	return NULL;
}

static struct err *comment_a(struct minidump *md, md_notes *notes)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	const char *text;
	size_t n;

	TRY(open_text(md, MD_COMMENT_A, &in, &text, &n));
	return text ? md_note(md, notes, "comment", "", md_text(md, text, n)) : NULL;
}

static struct err *comment_w(struct minidump *md, md_notes *notes)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	struct dump_piece piece;

	if (!md_find(md, MD_COMMENT_W, &piece))
		return NULL;
	if (piece.size > MAX_TEXT)
		piece.size = MAX_TEXT;
	TRY(md_open(md, piece, "CommentStreamW", &in));
	return md_note(md, notes, "comment", "", md_utf16(md, &in.c, in.c.size));
}

static void trim(const char **s, size_t *n)
{
	while (*n && strchr(" \t\r", (*s)[*n - 1]))
		--*n;
	while (*n && strchr(" \t", **s)) {
		++*s;
		--*n;
	}
}

/* What surrounds a shell value. */
static void unquote(const char **s, size_t *n)
{
	if (*n >= 2 && **s == '"' && (*s)[*n - 1] == '"') {
		++*s;
		*n -= 2;
	}
}

/* "key<separator>value", blanks and quotes around either dropped. */
static struct err *add_pair(struct minidump *md, md_notes *notes, const char *kind, char separator,
			    const char *line, size_t n)
{
	const char *at = memchr(line, separator, n);
	size_t key_n = at ? (size_t)(at - line) : 0;
	const char *value = at ? at + 1 : line;
	size_t value_n = at ? n - key_n - 1 : n;

	trim(&line, &key_n);
	trim(&value, &value_n);
	unquote(&value, &value_n);
	return md_note(md, notes, kind, md_text(md, line, key_n), md_text(md, value, value_n));
}

/* A stream of pairs; a line ends at `end`, those that start with # are comments. */
static struct err *pairs(struct minidump *md, md_notes *notes, uint32_t type, const char *kind,
			 char separator, char end)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	const char *p;
	size_t left;

	TRY(open_text(md, type, &in, &p, &left));
	while (left) {
		const char *stop = memchr(p, end, left);
		size_t n = stop ? (size_t)(stop - p) : left;

		if (n && *p && *p != '#')
			TRY(add_pair(md, notes, kind, separator, p, n));
		n += stop != NULL;
		p += n;
		left -= n;
	}
	return NULL;
}

static struct err *whole(struct minidump *md, md_notes *notes, uint32_t type, const char *kind)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	const char *text;
	size_t n;

	TRY(open_text(md, type, &in, &text, &n));
	return text ? md_note(md, notes, kind, "", md_text(md, text, n)) : NULL;
}

struct err *md_notes_text(struct minidump *md, md_notes *notes)
{
	TRY(md_soften(md, comment_a(md, notes)));
	TRY(md_soften(md, comment_w(md, notes)));
	TRY(md_soften(md, pairs(md, notes, MD_LINUX_LSB_RELEASE, "lsb-release", '=', '\n')));
	TRY(md_soften(md, pairs(md, notes, MD_LINUX_CPU_INFO, "cpuinfo", ':', '\n')));
	TRY(md_soften(md, pairs(md, notes, MD_LINUX_PROC_STATUS, "status", ':', '\n')));
	TRY(md_soften(md, pairs(md, notes, MD_LINUX_ENVIRON, "environ", '=', '\0')));
	TRY(md_soften(md, whole(md, notes, MD_MOZ_LINUX_LIMITS, "limits")));
	return md_soften(md, whole(md, notes, MD_MOZ_SOFT_ERRORS, "soft-errors"));
}

static void notes_deinit(md_notes *notes)
{
	vec_deinit(notes);
}

struct err *md_annotations(struct dump *d, struct dump_annotation **ret, size_t *ret_n)
{
	CLEANUP(notes_deinit) md_notes notes = { 0 };
	struct minidump *md = md_of(d);
	struct dump_annotation *v;

	/* an honest one takes two bytes of the file or more; or is one of a few fixed numbers */
	md->notes_left = d->src->size / 2 + 4096;
	if (md->notes_left > MAX_NOTES)
		md->notes_left = MAX_NOTES;
	TRY(md_notes_text(md, &notes));
	TRY(md_soften(md, md_notes_crashpad(md, &notes)));
	TRY(md_soften(md, md_notes_mozilla(md, &notes)));
	TRY(md_notes_system(md, &notes));
	v = arena_memdup(&d->arena, notes.v, notes.n * sizeof(notes.v[0]));
	if (!v && notes.n)
		return err_nomem();
	*ret = v;
	*ret_n = notes.n;
	return NULL;
}
