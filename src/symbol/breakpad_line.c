/* SPDX-License-Identifier: MIT */
/*
 * Lines and inlined calls of a Breakpad symbol file.
 *
 * They follow the FUNC record they belong to. A line record names the
 * innermost function's line; each INLINE record is one level of inlining with
 * the line of the call, ranges of addresses, and the function that was put in
 * (INLINE_ORIGIN). Two spellings: the older one has no file of the call, which
 * then is the file of the function around it (INLINE_ORIGIN had the file).
 */
#include "symbol/breakpad_impl.h"

#include "base/cancel.h"
#include <inttypes.h>
#include <string.h>
#include <strings.h>

enum { MAX_DEPTH = 128, MAX_PARTS = 1024 };

struct line_record {
	uint64_t rva, size, line, file;
};

static bool parse_line(struct text t, struct line_record *ret)
{
	return text_hex(&t, &ret->rva) && text_hex(&t, &ret->size) && text_decimal(&t, &ret->line) &&
	       text_decimal(&t, &ret->file);
}

static bool covers(uint64_t rva, uint64_t size, uint64_t at)
{
	return at >= rva && at - rva < size;
}

/* Walks the records of one function; a step is false behind the last. */
struct walk {
	struct breakpad *b;
	uint64_t at;
	unsigned n;
};

/* A function in several parts has a FUNC record for each, and the lines of all
 * behind the last (dump_syms does this for images in OMAP order). */
static struct walk walk_func(struct breakpad *b, const struct bp_func *f)
{
	struct walk w = { .b = b };
	struct text t = bp_line(b, f->at, &w.at);
	struct bp_func_line first, part;

	(void)text_word(&t);
	(void)bp_parse_func(t, &first);
	for (unsigned n = 0; n < MAX_PARTS; n++) {
		uint64_t next;

		t = bp_line(b, w.at, &next);
		if (!text_take(&t, "FUNC") || !bp_parse_func(t, &part) ||
		    text_len(part.name) != text_len(first.name) ||
		    memcmp(part.name.p, first.name.p, text_len(first.name)) != 0)
			break;
		w.at = next;
	}
	return w;
}

static bool walk_step(struct walk *w, struct text *ret, bool *ret_inline)
{
	uint64_t next;
	struct text t;

	if (w->at >= w->b->text.size || (w->n++ % 4096 == 4095 && cancel_requested()))
		return false;
	t = bp_line(w->b, w->at, &next);
	*ret_inline = text_take(&t, "INLINE");
	if (!*ret_inline && text_len(t) &&
	    (text_take(&t, "FUNC") || text_take(&t, "PUBLIC") || text_take(&t, "STACK") ||
	     text_take(&t, "FILE") || text_take(&t, "INLINE_ORIGIN")))
		return false;
	*ret = t;
	w->at = next;
	return true;
}

static bool find_line(struct breakpad *b, const struct bp_func *f, uint64_t rva, struct line_record *ret)
{
	struct walk w = walk_func(b, f);
	struct text t;
	bool is_inline;

	while (walk_step(&w, &t, &is_inline))
		if (!is_inline && parse_line(t, ret) && covers(ret->rva, ret->size, rva))
			return true;
	return false;
}

/* Folded functions share an address; not all of them have lines. */
static bool find_any_line(struct breakpad *b, const struct bp_func *f, uint64_t rva, struct line_record *ret)
{
	const struct bp_func *end = f ? b->funcs.v + b->funcs.n : NULL;
	uint64_t start = f ? f->rva : 0;

	for (; f < end && f->rva == start; f++)
		if (find_line(b, f, rva, ret) && ret->line)
			return true;
	return false;
}

static struct source_line line_of(struct breakpad *b, const struct line_record *r)
{
	return (struct source_line){ .file = bp_file(b, r->file), .rva = r->rva, .size = r->size,
				     .line = r->line < UINT32_MAX ? (uint32_t)r->line : 0 };
}

struct err *bp_line_at(struct provider *p, uint64_t rva, struct source_line *ret)
{
	struct breakpad *b = bp_of(p);
	const struct bp_func *f, *below;
	struct line_record r = { 0 };
	struct source_line line;

	TRY(bp_index(b));
	f = bp_func_at(b, rva, &below);
	if (find_any_line(b, f, rva, &r)) {
		line = line_of(b, &r);
		if (line.file) {
			*ret = line;
			return NULL;
		}
	}
	TRY(cancel_check());
	return err_new(ERR_NOTFOUND, "%s: no line at rva 0x%" PRIx64, p->path, rva);
}

/* --- lines by name ----------------------------------------------------------------------- */

/* `want` is the path's base name or a tail of it at a separator. */
static bool file_fits(const char *path, const char *want)
{
	size_t n = strlen(path), m = strlen(want);

	if (m > n)
		return false;
	for (size_t i = 0; i < m; i++) {
		char a = path[n - m + i], c = want[i];

		if (a == '\\')
			a = '/';
		if (c == '\\')
			c = '/';
		if (strncasecmp(&a, &c, 1) != 0)
			return false;
	}
	return m == n || path[n - m - 1] == '/' || path[n - m - 1] == '\\';
}

static struct err *fitting_files(struct breakpad *b, const char *file, struct u64map *ret)
{
	for (size_t i = 0; i < b->files.n; i++) {
		const char *name = bp_file(b, b->files.v[i].key);

		if (name && file_fits(name, file) && !u64map_put(ret, b->files.v[i].key, NULL))
			return err_nomem();
	}
	return NULL;
}

static struct err *visit_lines(struct breakpad *b, const struct u64map *files, uint32_t line,
			       line_visitor *v, void *arg)
{
	for (size_t i = 0; i < b->funcs.n; i++) {
		struct walk w = walk_func(b, &b->funcs.v[i]);
		struct line_record r;
		struct text t;
		bool is_inline;

		TRY(cancel_check());
		while (walk_step(&w, &t, &is_inline)) {
			struct source_line found;

			if (is_inline || !parse_line(t, &r) || r.line != line || !u64map_has(files, r.file))
				continue;
			found = line_of(b, &r);
			if (!v(arg, &found))
				return NULL;
		}
	}
	return NULL;
}

struct err *bp_line_named(struct provider *p, const char *file, uint32_t line, line_visitor *v, void *arg)
{
	struct breakpad *b = bp_of(p);
	struct u64map files = U64MAP_INIT;
	struct err *e;

	TRY(bp_index(b));
	e = fitting_files(b, file, &files);
	if (!e && files.n)
		e = visit_lines(b, &files, line, v, arg);
	u64map_deinit(&files);
	return e;
}

/* --- inlined calls -------------------------------------------------------------------------- */

struct inlined {
	bool used;
	uint64_t line, file, origin;	/* of the call; file UINT64_MAX: not told */
	uint64_t rva, size;
};

/* The depth of an INLINE record that covers rva, or -1. */
static int parse_inline(struct text t, bool old, uint64_t rva, struct inlined *ret)
{
	uint64_t depth;

	ret->file = UINT64_MAX;
	if (!text_decimal(&t, &depth) || !text_decimal(&t, &ret->line) ||
	    (!old && !text_decimal(&t, &ret->file)) || !text_decimal(&t, &ret->origin))
		return -1;
	while (text_hex(&t, &ret->rva) && text_hex(&t, &ret->size))
		if (covers(ret->rva, ret->size, rva))
			return depth < MAX_DEPTH ? (int)depth : -1;
	return -1;
}

/* Name of an origin; *ret_file: its file in the old spelling. */
static struct err *origin_name(struct breakpad *b, uint64_t number, const char **ret, uint64_t *ret_file)
{
	const struct bp_named *o = bp_below(b->origins.v, b->origins.n, number);
	uint64_t next;
	struct text t;

	*ret = NULL;
	*ret_file = UINT64_MAX;
	if (!o || o->key != number)
		return NULL;
	t = bp_line(b, o->at, &next);
	(void)text_word(&t);
	(void)text_word(&t);
	if (b->old_inlines && !text_decimal(&t, ret_file)) {
		*ret_file = UINT64_MAX;
		if (text_is(t, "-1"))
			(void)text_word(&t);
	}
	return bp_string(b, text_rest(t), ret);
}

/* Levels 0 (outermost) .. *ret_n, and the file of the function's first line. */
static void collect(struct breakpad *b, const struct bp_func *f, uint64_t rva, struct inlined *levels,
		    size_t *ret_n, struct line_record *ret_line, bool *ret_has_line, uint64_t *ret_file)
{
	struct walk w = walk_func(b, f);
	struct text t;
	bool is_inline, first = true;

	*ret_n = 0;
	*ret_has_line = false;
	*ret_file = UINT64_MAX;
	while (walk_step(&w, &t, &is_inline)) {
		struct inlined x = { .used = true };
		struct line_record r;
		int depth = is_inline ? parse_inline(t, b->old_inlines, rva, &x) : -1;

		if (depth >= 0 && !levels[depth].used)
			levels[depth] = x;
		if (is_inline || !parse_line(t, &r))
			continue;
		if (first)
			*ret_file = r.file;
		first = false;
		if (!*ret_has_line && covers(r.rva, r.size, rva)) {
			*ret_line = r;
			*ret_has_line = true;
		}
	}
	while (*ret_n < MAX_DEPTH && levels[*ret_n].used)
		++*ret_n;
}

static struct source_line call_line(struct breakpad *b, const struct inlined *x, uint64_t around)
{
	return (struct source_line){ .file = bp_file(b, x->file != UINT64_MAX ? x->file : around),
				     .line = x->line < UINT32_MAX ? (uint32_t)x->line : 0,
				     .rva = x->rva, .size = x->size };
}

/* From the outermost level in; sites are told innermost first. */
static struct err *make_sites(struct breakpad *b, const struct inlined *levels, size_t n, uint64_t around,
			      struct inline_site *sites)
{
	for (size_t i = 0; i < n; i++) {
		struct inline_site *s = &sites[n - 1 - i];
		uint64_t file;

		TRY(origin_name(b, levels[i].origin, &s->function, &file));
		if (!s->function)
			s->function = "<unknown>";
		s->rva = levels[i].rva;
		s->size = levels[i].size;
		s->call = call_line(b, &levels[i], around);
		if (i) /* the level around this one is where its call is */
			sites[n - i].location = s->call;
		around = file;
	}
	return NULL;
}

struct err *bp_inlines_at(struct provider *p, uint64_t rva, struct arena *a, struct inline_site **ret,
			  size_t *ret_n)
{
	struct breakpad *b = bp_of(p);
	struct inlined levels[MAX_DEPTH] = { 0 };
	const struct bp_func *f, *below;
	struct inline_site *sites;
	struct line_record r = { 0 };
	uint64_t around;
	bool has_line;
	size_t n = 0;

	TRY(bp_index(b));
	f = bp_func_at(b, rva, &below);
	if (f)
		collect(b, f, rva, levels, &n, &r, &has_line, &around);
	TRY(cancel_check());
	if (!n)
		return err_new(ERR_NOTFOUND, "%s: nothing inlined at rva 0x%" PRIx64, p->path, rva);
	sites = ARENA_NEW_N(a, struct inline_site, n);
	if (!sites)
		return err_nomem();
	TRY(make_sites(b, levels, n, around, sites));
	if (has_line)
		sites[0].location = line_of(b, &r);
	*ret = sites;
	*ret_n = n;
	return NULL;
}
