/* SPDX-License-Identifier: MIT */
/*
 * Minidump: /proc/PID/maps and auxv, as Breakpad copies them into its streams.
 *
 * A line of maps (proc(5)): "start-end perms offset dev inode  path", numbers
 * in hex but the inode. Auxv: pairs of words of the machine's size, ended by
 * type 0 (getauxval(3)).
 */
#include "base/cancel.h"
#include "format/minidump.h"

#include <string.h>

enum { MAX_MAPS_TEXT = 64 << 20 };

struct scan {
	const char *p, *end;
};

static bool scan_hex(struct scan *s, uint64_t *ret)
{
	const char *start = s->p;
	uint64_t v = 0;

	for (; s->p < s->end; s->p++) {
		char c = *s->p;
		unsigned digit;

		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			digit = (unsigned)(c - 'a') + 10;
		else
			break;
		if (v >> 60)
			return false;
		v = v << 4 | digit;
	}
	*ret = v;
	return s->p > start;
}

static bool scan_char(struct scan *s, char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

static bool scan_perms(struct scan *s, char *ret)
{
	if (s->end - s->p < 4)
		return false;
	memcpy(ret, s->p, 4);
	ret[4] = '\0';
	s->p += 4;
	return strchr("r-", ret[0]) && strchr("w-", ret[1]) && strchr("x-", ret[2]) &&
	       strchr("ps", ret[3]);
}

static void skip_word(struct scan *s)
{
	while (s->p < s->end && *s->p != ' ')
		s->p++;
	while (s->p < s->end && *s->p == ' ')
		s->p++;
}

static bool scan_line(struct scan *s, struct md_map_line *ret)
{
	if (!scan_hex(s, &ret->start) || !scan_char(s, '-') || !scan_hex(s, &ret->end) ||
	    !scan_char(s, ' ') || !scan_perms(s, ret->perms) || !scan_char(s, ' ') ||
	    !scan_hex(s, &ret->offset) || ret->end <= ret->start)
		return false;
	skip_word(s); /* offset's rest: nothing but the blank */
	skip_word(s); /* device */
	skip_word(s); /* inode */
	return true;
}

struct build {
	VEC(struct md_map_line) lines;
	uint64_t bad, first_bad; /* offset in the file */
};

static void build_deinit(struct build *b)
{
	vec_deinit(&b->lines);
}

static struct err *add_line(struct minidump *md, struct build *b, const char *line, size_t n,
			    uint64_t offset)
{
	struct scan s = { line, line + n };
	struct md_map_line m = { 0 };

	if (!scan_line(&s, &m)) {
		if (!b->bad++)
			b->first_bad = offset;
		return NULL;
	}
	m.path = md_text(md, s.p, (uint64_t)(s.end - s.p));
	return m.path && vec_push(&b->lines, m) ? NULL : err_nomem();
}

static struct err *add_lines(struct minidump *md, struct build *b, const char *p, size_t left,
			     uint64_t offset)
{
	size_t count = 0;

	while (left) {
		const char *end = memchr(p, '\n', left);
		size_t n = end ? (size_t)(end - p) : left;

		if (!(++count & 0xfff))
			TRY(cancel_check());
		if (n && *p) /* the last line may be followed by NULs */
			TRY(add_line(md, b, p, n, offset));
		n += end != NULL;
		p += n;
		offset += n;
		left -= n;
	}
	if (b->bad)
		MD_DEFECT(md, ERR_CORRUPT,
			  "LinuxMaps: %" PRIu64 " of %zu lines are not those of /proc/PID/maps, the"
			  " first at offset 0x%" PRIx64,
			  b->bad, count, b->first_bad);
	return NULL;
}

struct err *md_read_maps(struct minidump *md, const struct md_maps **ret)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	CLEANUP(build_deinit) struct build b = { 0 };
	struct dump_piece piece = { 0, 0 };
	struct md_maps *maps;

	if (md->maps) {
		*ret = md->maps;
		return NULL;
	}
	if (md_find(md, MD_LINUX_MAPS, &piece)) {
		if (piece.size > MAX_MAPS_TEXT)
			piece.size = MAX_MAPS_TEXT;
		TRY(md_open(md, piece, "LinuxMaps", &in));
		TRY(add_lines(md, &b, (const char *)cursor_bytes(&in.c, in.c.size), in.c.size,
			      in.c.origin));
	}
	maps = ARENA_NEW(&md->d.arena, struct md_maps);
	if (!maps)
		return err_nomem();
	maps->n = b.lines.n;
	maps->v = arena_memdup(&md->d.arena, b.lines.v, b.lines.n * sizeof(b.lines.v[0]));
	if (!maps->v && maps->n)
		return err_nomem();
	*ret = md->maps = maps;
	return NULL;
}

struct err *md_file_mappings(struct dump *d, struct dump_file_mapping **ret, size_t *ret_n)
{
	const struct md_maps *maps;
	struct dump_file_mapping *v;
	size_t n = 0;

	TRY(md_read_maps(md_of(d), &maps));
	v = ARENA_NEW_N(&d->arena, struct dump_file_mapping, maps->n);
	if (!v)
		return err_nomem();
	for (size_t i = 0; i < maps->n; i++) {
		const struct md_map_line *m = &maps->v[i];

		if (m->path[0] == '/')
			v[n++] = (struct dump_file_mapping){ m->start, m->end, m->offset, m->path };
	}
	*ret = v;
	*ret_n = n;
	return NULL;
}

struct err *md_auxv(struct dump *d, struct dump_auxv **ret, size_t *ret_n)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	unsigned word = d->facts.pointer_size ? d->facts.pointer_size : 8;
	struct dump_auxv *v;
	bool found;
	size_t n = 0;

	TRY(md_open_stream(md_of(d), MD_LINUX_AUXV, &in, &found));
	if (!found)
		return NULL;
	v = ARENA_NEW_N(&d->arena, struct dump_auxv, in.c.size / (2 * word));
	if (!v)
		return err_nomem();
	while (cursor_left(&in.c) >= 2 * word) {
		uint64_t type = cursor_uint(&in.c, word), value = cursor_uint(&in.c, word);

		if (!type)
			break;
		v[n++] = (struct dump_auxv){ type, value };
	}
	*ret = v;
	*ret_n = n;
	return NULL;
}
