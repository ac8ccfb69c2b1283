/* SPDX-License-Identifier: MIT */
/*
 * C13 line numbers of a module (cvinfo.h, CV_DebugS*): one subsection for each
 * stretch of code a compiler put out (mostly a function), holding blocks of
 * lines, one block for each change of file.
 *
 * A module's subsections are indexed when a line in it is first asked for, and
 * each is decoded when an address in it is. Lines that stand for no line
 * (0xf00f00, 0xfeefee) end the line before them and are not told.
 */
#include "symbol/pdb_impl.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { LINES_HAVE_COLUMNS = 1, LOOK_BACK = 8 };

struct subsection {
	uint32_t kind;
	struct cursor c;	/* content; offsets are those of the module's stream */
};

static struct err *c13_cursor(struct pdb *pdb, const struct pdb_module *m, struct cursor *ret)
{
	uint64_t at = (uint64_t)m->symbols_size + m->c11_size;

	if (m->stream == PDB_NO_STREAM || !m->c13_size)
		return err_new(ERR_NOTFOUND, "%s: no lines of %s", pdb->src->name, m->name);
	return msf_cursor(pdb->msf, m->stream, at, m->c13_size, ret);
}

static bool next_subsection(struct cursor *c, struct subsection *ret)
{
	uint32_t size;

	if (cursor_left(c) < 8)
		return false;
	ret->kind = cursor_u32(c);
	size = cursor_u32(c);
	ret->c = cursor_take(c, size);
	cursor_align(c, 4);
	return cursor_ok(c);
}

/* --- the index -------------------------------------------------------------------- */

static bool read_lines_header(struct pdb *pdb, struct cursor c, struct pdb_lines *ret)
{
	uint32_t offset = cursor_u32(&c);
	uint16_t section = cursor_u16(&c);

	*ret = (struct pdb_lines){ 0 };
	ret->has_columns = cursor_u16(&c) & LINES_HAVE_COLUMNS;
	ret->size = cursor_u32(&c);
	ret->offset = (uint32_t)cursor_offset(&c);
	ret->end = (uint32_t)(c.origin + c.size);
	return cursor_ok(&c) && pdb_place(pdb, section, offset, &ret->rva);
}

static int compare_lines(const void *pa, const void *pb)
{
	const struct pdb_lines *a = pa, *b = pb;

	if (a->rva != b->rva)
		return a->rva < b->rva ? -1 : 1;
	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	return a->offset < b->offset ? -1 : a->offset > b->offset;
}

struct err *pdb_load_lines(struct pdb *pdb, struct pdb_module *m)
{
	struct subsection s;
	struct pdb_lines lines;
	struct cursor c;

	if (m->has_lines)
		return NULL;
	TRY(c13_cursor(pdb, m, &c));
	m->lines.n = 0;
	while (next_subsection(&c, &s)) {
		if (s.kind == DEBUG_S_FILECHKSMS)
			m->checksums = (struct pdb_range){ m->stream, s.c.origin, s.c.size };
		if (s.kind == DEBUG_S_LINES && read_lines_header(pdb, s.c, &lines) &&
		    !vec_push(&m->lines, lines))
			return err_nomem();
	}
	if (m->lines.n)
		qsort(m->lines.v, m->lines.n, sizeof(*m->lines.v), compare_lines);
	m->has_lines = true;
	return NULL;
}

/* --- decoding ----------------------------------------------------------------------- */

typedef VEC(struct pdb_line) line_vec;

static struct err *read_block(const struct pdb_lines *lines, struct cursor *c, line_vec *ret)
{
	uint32_t file = cursor_u32(c), n = cursor_u32(c), size = cursor_u32(c);
	uint64_t each = lines->has_columns ? 12 : 8;
	struct cursor numbers, columns;

	if (cursor_ok(c) && (n > cursor_left(c) / each || size < 12 + n * each))
		return cursor_corrupt(c, "%" PRIu32 " lines in a block of %" PRIu32 " bytes", n, size);
	numbers = cursor_take(c, 8 * (uint64_t)n);
	columns = cursor_take(c, lines->has_columns ? 4 * (uint64_t)n : 0);
	cursor_skip(c, size - 12 - n * each);
	TRY(cursor_check(c, "line block"));
	for (uint32_t i = 0; i < n; i++) {
		struct pdb_line line = { .file = file, .order = (uint32_t)ret->n };
		uint32_t offset = cursor_u32(&numbers);

		line.line = cursor_u32(&numbers) & 0xffffff;
		line.column = lines->has_columns ? cursor_u16(&columns) : 0;
		cursor_skip(&columns, lines->has_columns ? 2 : 0);
		if (__builtin_add_overflow(lines->rva, offset, &line.rva))
			continue;
		if (!vec_push(ret, line))
			return err_nomem();
	}
	return NULL;
}

static int compare_line(const void *pa, const void *pb)
{
	const struct pdb_line *a = pa, *b = pb;

	if (a->rva != b->rva)
		return a->rva < b->rva ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static struct err *decode_blocks(struct pdb *pdb, const struct pdb_module *m,
				 const struct pdb_lines *lines, line_vec *ret)
{
	struct cursor c;

	TRY(msf_cursor(pdb->msf, m->stream, lines->offset, lines->end - lines->offset, &c));
	while (cursor_left(&c) >= 12)
		TRY(read_block(lines, &c, ret));
	if (ret->n)
		qsort(ret->v, ret->n, sizeof(*ret->v), compare_line);
	return NULL;
}

static struct err *decode(struct pdb *pdb, const struct pdb_module *m, struct pdb_lines *lines)
{
	line_vec v = { 0 };
	struct err *e;

	if (lines->decoded)
		return NULL;
	e = decode_blocks(pdb, m, lines, &v);
	if (e) {
		vec_deinit(&v);
		return e;
	}
	lines->v = v.v;
	lines->n = (uint32_t)v.n;
	lines->decoded = true;
	return NULL;
}

/* --- files ----------------------------------------------------------------------------- */

struct err *pdb_file_name(struct pdb *pdb, const struct pdb_module *m, uint32_t offset,
			  const char **ret)
{
	struct cursor c;

	if (!range_in(offset, 4, m->checksums.size))
		return err_new(ERR_CORRUPT, "%s: file at 0x%" PRIx32 " of the %" PRIu64
			       " bytes of files of %s",
			       pdb->src->name, offset, m->checksums.size, m->name);
	TRY(msf_cursor(pdb->msf, m->checksums.stream, m->checksums.offset + offset, 4, &c));
	return pdb_string(pdb, cursor_u32(&c), ret);
}

/* --- line_at ----------------------------------------------------------------------------- */

static struct pdb_lines *find_lines(struct pdb_module *m, uint32_t place)
{
	size_t low = 0, high = m->lines.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->lines.v[mid].rva <= place)
			low = mid + 1;
		else
			high = mid;
	}
	for (size_t i = low; i > 0 && low - i < LOOK_BACK; i--)
		if (place - m->lines.v[i - 1].rva < m->lines.v[i - 1].size)
			return &m->lines.v[i - 1];
	return NULL;
}

/* Number of lines that start at or before the place. */
static uint32_t lines_before(const struct pdb_lines *lines, uint32_t place)
{
	uint32_t low = 0, high = lines->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (lines->v[mid].rva <= place)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_no_line(uint32_t line)
{
	return line == CV_LINE_NEVER_STEP_INTO || line == CV_LINE_ALWAYS_STEP_INTO;
}

/* `rva`: an address of the line, `place`: the same. */
static struct err *line_of(struct pdb *pdb, const struct pdb_module *m, const struct pdb_lines *lines,
			   uint32_t i, uint64_t rva, uint32_t place, struct source_line *ret)
{
	const struct pdb_line *line = &lines->v[i];
	uint32_t start = place < line->rva ? place : line->rva, end = lines->rva + lines->size;
	struct source_line l = { .line = line->line, .column = line->column };

	if (is_no_line(line->line))
		return err_new(ERR_NOTFOUND, "code without a source line");
	for (uint32_t k = i + 1; k < lines->n; k++)
		if (lines->v[k].rva != line->rva) {
			end = lines->v[k].rva;
			break;
		}
	pdb_extent(pdb, rva, start, end, &l.rva, &l.size);
	TRY(pdb_file_name(pdb, m, line->file, &l.file));
	*ret = l;
	return NULL;
}

static struct err *no_lines(const struct pdb *pdb)
{
	if (!pdb->identity.fastlink)
		return err_new(ERR_NOTFOUND, "no source line for this address");
	return err_new(ERR_UNSUPPORTED,
		       "%s: linked with /DEBUG:FASTLINK: lines are in the object files",
		       pdb->src->name);
}

/* Code of a procedure before its first line belongs to it: clang leaves lines out
 * that optimisation left no meaning. */
static bool starts_procedure(struct pdb *pdb, const struct pdb_lines *lines, uint32_t place)
{
	struct pdb_module *m;
	struct pdb_proc proc;
	uint32_t offset;

	return lines->n && !err_ignore(pdb_proc_at(pdb, place, &m, &proc, &offset)) &&
	       lines->v[0].rva - proc.place < proc.size;
}

struct err *pdb_line_at(struct provider *p, uint64_t rva, struct source_line *ret)
{
	struct pdb *pdb = pdb_of(p);
	uint32_t place, start, end, n;
	struct pdb_module *m;
	struct pdb_lines *lines;

	if (!pdb_to_source(pdb, rva, &place))
		return err_new(ERR_NOTFOUND, "not an address of the image");
	if (pdb->identity.fastlink)
		return no_lines(pdb);
	TRY(pdb_module_at(pdb, place, &m, &start, &end));
	TRY(pdb_load_lines(pdb, m));
	lines = find_lines(m, place);
	if (!lines)
		return no_lines(pdb);
	TRY(decode(pdb, m, lines));
	n = lines_before(lines, place);
	if (!n && !starts_procedure(pdb, lines, place))
		return no_lines(pdb);
	return line_of(pdb, m, lines, n ? n - 1 : 0, rva, place, ret);
}

/* --- line_named ---------------------------------------------------------------------------- */

static bool same_path_char(char a, char b)
{
	if (a == '/')
		a = '\\';
	if (b == '/')
		b = '\\';
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* `wanted` is the path, or its last parts. */
static bool names_file(const char *path, const char *wanted)
{
	size_t n = strlen(path), k = strlen(wanted);

	if (!k || k > n)
		return false;
	for (size_t i = 0; i < k; i++)
		if (!same_path_char(path[n - k + i], wanted[i]))
			return false;
	return n == k || same_path_char(path[n - k - 1], '\\') || same_path_char(wanted[0], '\\');
}

struct line_search {
	struct pdb *pdb;
	const char *file;
	uint32_t line;
	line_visitor *visit;
	void *arg;
	bool stopped;
	struct u64map files; /* of the module at hand: offset -> name matches */
};

static struct err *file_matches(struct line_search *s, const struct pdb_module *m, uint32_t offset,
				bool *ret)
{
	const char *name;

	if (!u64map_has(&s->files, offset)) {
		bool matches = !err_ignore(pdb_file_name(s->pdb, m, offset, &name)) &&
			       names_file(name, s->file);

		if (!u64map_put(&s->files, offset, (void *)(uintptr_t)matches))
			return err_nomem();
	}
	*ret = u64map_get(&s->files, offset);
	return NULL;
}

static struct err *search_lines(struct line_search *s, struct pdb_module *m, struct pdb_lines *lines)
{
	bool matched = false, matches;
	struct source_line l;
	uint64_t rva;

	if (err_ignore(decode(s->pdb, m, lines)))
		return NULL; /* damaged: what is whole elsewhere still counts */
	for (uint32_t i = 0; i < lines->n && !s->stopped; i++) {
		matches = lines->v[i].line == s->line;
		if (matches)
			TRY(file_matches(s, m, lines->v[i].file, &matches));
		if (matches && !matched && pdb_from_source(s->pdb, lines->v[i].rva, &rva) &&
		    !err_ignore(line_of(s->pdb, m, lines, i, rva, lines->v[i].rva, &l)))
			s->stopped = !s->visit(s->arg, &l);
		matched = matches;
	}
	return NULL;
}

static struct err *search_module(struct line_search *s, struct pdb_module *m)
{
	if (err_ignore(pdb_load_lines(s->pdb, m)))
		return NULL;
	u64map_deinit(&s->files);
	for (size_t i = 0; i < m->lines.n && !s->stopped; i++) {
		if (i % 256 == 0)
			TRY(cancel_check());
		TRY(search_lines(s, m, &m->lines.v[i]));
	}
	return NULL;
}

/*
 * The DBI stream lists the files of every module. Counts are 16 bits and so is
 * their sum in the header, which is therefore not used.
 */
struct file_table {
	uint32_t n_modules;
	struct cursor counts, offsets, names;
};

static struct err *read_file_table(struct pdb *pdb, struct file_table *ret)
{
	uint64_t total = 0;
	struct cursor c, counts;

	TRY(pdb_range_cursor(pdb, pdb->files, &c));
	ret->n_modules = cursor_u16(&c);
	if (pdb->modules.n != ret->n_modules)
		return err_new(ERR_NOTFOUND, "no complete table of source files");
	cursor_skip(&c, 2 + 2 * (uint64_t)ret->n_modules);
	ret->counts = cursor_take(&c, 2 * (uint64_t)ret->n_modules);
	counts = ret->counts;
	for (uint32_t i = 0; i < ret->n_modules; i++)
		total += cursor_u16(&counts);
	ret->offsets = cursor_take(&c, 4 * total);
	ret->names = cursor_take(&c, cursor_left(&c));
	return cursor_check(&c, "table of source files");
}

/* Does the next module of the table have the file? */
static bool table_has(struct file_table *t, struct u64map *matches, const char *file)
{
	uint16_t n = cursor_u16(&t->counts);
	bool found = false;

	while (n--) {
		uint32_t offset = cursor_u32(&t->offsets);
		struct cursor name = t->names;
		bool match;

		if (u64map_has(matches, offset)) {
			match = u64map_get(matches, offset);
		} else {
			cursor_seek(&name, offset);
			match = names_file(cursor_cstr(&name), file);
			(void)u64map_put(matches, offset, (void *)(uintptr_t)match);
		}
		found |= match;
	}
	return found;
}

static struct err *search_modules(struct line_search *s, struct u64map *matches)
{
	struct file_table table;
	bool has_table = !err_ignore(read_file_table(s->pdb, &table));

	for (size_t i = 0; i < s->pdb->modules.n && !s->stopped; i++)
		if (!has_table || table_has(&table, matches, s->file))
			TRY(search_module(s, &s->pdb->modules.v[i]));
	return NULL;
}

struct err *pdb_line_named(struct provider *p, const char *file, uint32_t line, line_visitor *v,
			   void *arg)
{
	struct line_search s = { .pdb = pdb_of(p), .file = file, .line = line, .visit = v, .arg = arg };
	struct u64map matches = U64MAP_INIT;
	struct err *e;

	if (s.pdb->identity.fastlink)
		return no_lines(s.pdb);
	TRY(pdb_load_modules(s.pdb));
	e = search_modules(&s, &matches);
	u64map_deinit(&matches);
	u64map_deinit(&s.files);
	return e;
}

/* --- where inlined functions start ----------------------------------------------------------- */

static int compare_inlinee(const void *pa, const void *pb)
{
	const struct pdb_inlinee *a = pa, *b = pb;

	return a->id < b->id ? -1 : a->id > b->id;
}

static bool read_inlinees(struct cursor c, struct pdb_module *m)
{
	bool extended = cursor_u32(&c) == 1;

	while (cursor_ok(&c) && cursor_left(&c) >= 12) {
		struct pdb_inlinee i;

		i.id = cursor_u32(&c);
		i.file = cursor_u32(&c);
		i.line = cursor_u32(&c);
		if (extended)
			cursor_skip(&c, 4 * (uint64_t)cursor_u32(&c));
		if (!vec_push(&m->inlinees, i))
			return false;
	}
	return true;
}

struct err *pdb_load_inlinees(struct pdb *pdb, struct pdb_module *m)
{
	struct subsection s;
	struct cursor c;

	if (m->has_inlinees)
		return NULL;
	TRY(c13_cursor(pdb, m, &c));
	m->inlinees.n = 0;
	while (next_subsection(&c, &s))
		if (s.kind == DEBUG_S_INLINEELINES && !read_inlinees(s.c, m))
			return err_nomem();
	if (m->inlinees.n)
		qsort(m->inlinees.v, m->inlinees.n, sizeof(*m->inlinees.v), compare_inlinee);
	m->has_inlinees = true;
	return NULL;
}
