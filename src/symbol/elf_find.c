/* SPDX-License-Identifier: MIT */
/*
 * Debug files are found as gdb's documentation describes ("Separate Debug
 * Files"): by build id as DIR/.build-id/xx/yyyy.debug, by the name in
 * .gnu_debuglink beside the module, in .debug beside it, and below DIR as a
 * copy of the file system. By build id the id must agree; by name the CRC in
 * the link must, when there is no id to compare. debuginfod is asked last, and
 * only when $DEBUGINFOD_URLS is set; its library is loaded for that.
 */
#include "symbol/elf_find.h"

#include "base/cancel.h"
#include "base/vec.h"

#include <dlfcn.h>
#include <elf.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MAX_MINI_DEBUG = 256 << 20,	/* decompressed */
	MAX_LINK = 4096,
};

static const char system_debug_dir[] = "/usr/lib/debug";

/* --- candidates ------------------------------------------------------------------- */

struct search {
	const struct elf_find *how;
	struct elf_file *ret;
	struct strbuf *path, *trouble;
	uint32_t crc;		/* of .gnu_debuglink */
	bool has_crc;
	bool found;
};

/* CRC-32 of ISO 3309, as .gnu_debuglink has it. */
static uint32_t crc32_of(const uint8_t *p, size_t n)
{
	return lzma_crc32(p, n, 0);
}

static bool is_same_build(const struct search *s, const struct elf_file *f, const char *path)
{
	char want[2 * ELF_BUILD_ID_MAX + 1], got[2 * ELF_BUILD_ID_MAX + 1];

	if (s->how->id->size && f->id.size) {
		if (f->id.size == s->how->id->size && !memcmp(f->id.bytes, s->how->id->bytes, f->id.size))
			return true;
		elf_build_id_text(s->how->id, want);
		elf_build_id_text(&f->id, got);
		strbuf_addf(s->trouble, "%s%s is of build %s, not %s", s->trouble->len ? "; " : "", path, got, want);
		return false;
	}
	if (!s->has_crc || !f->src->map)
		return false;
	if (crc32_of(f->src->map, f->src->size) == s->crc)
		return true;
	strbuf_addf(s->trouble, "%s%s has another checksum than .gnu_debuglink says",
		    s->trouble->len ? "; " : "", path);
	return false;
}

/* Such as the stripped module itself, found under its own link's name. */
static bool tells_nothing(const struct elf_file *f)
{
	return !elf_section_of_type(f, SHT_SYMTAB) && !elf_has_dwarf(f);
}

static bool try_path(struct search *s, const char *path)
{
	struct elf_file f;

	if (s->found || access(path, R_OK) != 0 || err_ignore(elf_file_open(&f, path)))
		return s->found;
	if (tells_nothing(&f) || !is_same_build(s, &f, path)) {
		elf_file_deinit(&f);
		return false;
	}
	*s->ret = f;
	strbuf_adds(s->path, path);
	s->found = true;
	return true;
}

static bool try_printf(struct search *s, const char *fmt, ...) PRINTF(2, 3);
static bool try_printf(struct search *s, const char *fmt, ...)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	va_list ap;

	if (s->found)
		return true;
	va_start(ap, fmt);
	strbuf_vaddf(&sb, fmt, ap);
	va_end(ap);
	return !sb.failed && try_path(s, sb.s);
}

/* The debug folders: the caller's, then the system's. NULL: no more. */
static const char *debug_dir(const struct elf_find *how, size_t i)
{
	if (i < how->n_debug_dirs)
		return how->debug_dirs[i];
	return i == how->n_debug_dirs && !how->no_system_dirs ? system_debug_dir : NULL;
}

static void add_build_id_name(struct strbuf *sb, const struct elf_build_id *id)
{
	char text[2 * ELF_BUILD_ID_MAX + 1];

	elf_build_id_text(id, text);
	strbuf_addf(sb, "%.2s/%s.debug", text, text + 2);
}

static void try_build_id(struct search *s)
{
	CLEANUP(strbuf_deinit) struct strbuf name = STRBUF_INIT;
	const char *dir;

	if (s->how->id->size < 2)
		return;
	add_build_id_name(&name, s->how->id);
	for (size_t i = 0; !s->found && (dir = debug_dir(s->how, i)); i++) {
		(void)try_printf(s, "%s/.build-id/%s", dir, name.s);
		if (i < s->how->n_debug_dirs) {
			(void)try_printf(s, "%s/usr/lib/debug/.build-id/%s", dir, name.s);
			(void)try_printf(s, "%s/%s", dir, name.s);
		}
	}
}

/* .gnu_debuglink: a name, padding to 4, a CRC. */
static bool read_link(const struct elf_file *f, char *name, size_t size, uint32_t *ret_crc)
{
	const struct elf_section *sec = elf_section_named(f, ".gnu_debuglink");
	struct view view = VIEW_INIT;
	struct cursor c;
	const char *text;
	bool ok = false;

	if (!sec || sec->size > MAX_LINK || err_ignore(elf_section_cursor(f, sec, &view, &c)))
		return false;
	text = cursor_cstr(&c);
	cursor_align(&c, 4);
	*ret_crc = cursor_u32(&c);
	/* A name, not a path: it must not lead elsewhere. */
	if (cursor_ok(&c) && *text && !strchr(text, '/') && strlen(text) < size) {
		memcpy(name, text, strlen(text) + 1);
		ok = true;
	}
	view_deinit(&view);
	return ok;
}

static void try_link(struct search *s)
{
	CLEANUP(strbuf_deinit) struct strbuf folder = STRBUF_INIT;
	const char *path = s->how->path ? s->how->path : "", *dir;
	char name[256];

	if (!s->how->file || !read_link(s->how->file, name, sizeof(name), &s->crc))
		return;
	s->has_crc = true;
	strbuf_add(&folder, path, (size_t)(str_basename(path) - path));
	(void)try_printf(s, "%s%s", folder.s, name);
	(void)try_printf(s, "%s.debug/%s", folder.s, name);
	for (size_t i = 0; !s->found && (dir = debug_dir(s->how, i)); i++) {
		(void)try_printf(s, "%s/%s%s", dir, folder.s, name);
		if (i < s->how->n_debug_dirs) {
			(void)try_printf(s, "%s/usr/lib/debug/%s%s", dir, folder.s, name);
			(void)try_printf(s, "%s/%s", dir, name);
		}
	}
}

/* --- debuginfod ----------------------------------------------------------------------- */

/* As declared in elfutils/debuginfod.h; the library is loaded at run time. */
struct debuginfod {
	void *lib;
	void *(*begin)(void);
	void (*end)(void *client);
	int (*find)(void *client, const unsigned char *id, int n, char **path);
	void (*set_progress)(void *client, int (*fn)(void *client, long a, long b));
};

static int debuginfod_progress(void *client, long done, long total)
{
	progress_report("debuginfod", done > 0 ? (uint64_t)done : 0, total > 0 ? (uint64_t)total : 0);
	return cancel_requested();
}

static bool load_debuginfod(struct debuginfod *d)
{
	d->lib = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!d->lib)
		return false;
	/* The conversion that dlsym's manual page gives. */
	*(void **)&d->begin = dlsym(d->lib, "debuginfod_begin");
	*(void **)&d->end = dlsym(d->lib, "debuginfod_end");
	*(void **)&d->find = dlsym(d->lib, "debuginfod_find_debuginfo");
	*(void **)&d->set_progress = dlsym(d->lib, "debuginfod_set_progressfn");
	return d->begin && d->end && d->find && d->set_progress;
}

static void try_debuginfod(struct search *s)
{
	const char *urls = getenv("DEBUGINFOD_URLS");
	struct debuginfod d = { 0 };
	char *path = NULL;
	void *client;
	int fd = -1;

	if (s->how->no_system_dirs || !urls || !*urls || !s->how->id->size || !load_debuginfod(&d))
		return;
	client = d.begin(); /* the library is kept: it registers exit handlers */
	if (!client)
		return;
	d.set_progress(client, debuginfod_progress);
	fd = d.find(client, s->how->id->bytes, (int)s->how->id->size, &path);
	d.end(client);
	if (fd >= 0) {
		(void)close(fd);
		(void)try_path(s, path);
	}
	free(path);
}

struct err *elf_find_debug_file(const struct elf_find *how, struct elf_file *ret, struct strbuf *path,
				struct strbuf *trouble)
{
	struct search s = { .how = how, .ret = ret, .path = path, .trouble = trouble };

	try_build_id(&s);
	if (!s.found)
		try_link(&s);
	if (!s.found)
		try_debuginfod(&s);
	return s.found ? NULL : err_new(ERR_NOTFOUND, "no debug file");
}

/* --- dwz -------------------------------------------------------------------------------- */

/* .gnu_debugaltlink: a path and the build id of the file. */
struct err *elf_find_alt_file(const struct elf_find *how, const struct elf_file *debug,
			      const char *debug_path, struct strbuf *path)
{
	const struct elf_section *sec = elf_section_named(debug, ".gnu_debugaltlink");
	CLEANUP(strbuf_deinit) struct strbuf ignored = STRBUF_INIT;
	struct elf_build_id id = { .size = 0 };
	struct elf_find by_id = *how;
	struct view view = VIEW_INIT;
	struct elf_file f = { 0 };
	struct search s = { .how = &by_id, .ret = &f, .path = path, .trouble = &ignored };
	struct cursor c;
	const char *name;

	if (!sec || sec->size > MAX_LINK)
		return err_new(ERR_NOTFOUND, "no shared debug file");
	TRY(elf_section_cursor(debug, sec, &view, &c));
	name = cursor_cstr(&c);
	id.size = (unsigned)cursor_left(&c);
	if (cursor_ok(&c) && id.size <= ELF_BUILD_ID_MAX) {
		cursor_copy(&c, id.bytes, id.size);
		by_id.id = &id;
		by_id.file = NULL;
		if (*name == '/')
			(void)try_path(&s, name);
		else
			(void)try_printf(&s, "%.*s%s", (int)(str_basename(debug_path) - debug_path), debug_path, name);
		try_build_id(&s);
	}
	view_deinit(&view);
	elf_file_deinit(&f);
	return s.found ? NULL : err_new(ERR_NOTFOUND, "the shared debug file (dwz) is not there");
}

/* --- .gnu_debugdata ------------------------------------------------------------------------ */

static bool decode_xz(const uint8_t *in, size_t n_in, uint8_t **ret, size_t *ret_n)
{
	lzma_stream strm = LZMA_STREAM_INIT;
	VEC(uint8_t) out = { 0 };
	lzma_ret r = lzma_stream_decoder(&strm, 256 << 20, 0);

	strm.next_in = in;
	strm.avail_in = n_in;
	while (r == LZMA_OK && out.n < MAX_MINI_DEBUG) {
		if (!vec_reserve(&out, out.n + 65536))
			break;
		strm.next_out = out.v + out.n;
		strm.avail_out = out.cap - out.n;
		r = lzma_code(&strm, LZMA_FINISH);
		out.n = out.cap - strm.avail_out;
	}
	lzma_end(&strm);
	if (r != LZMA_STREAM_END) {
		vec_deinit(&out);
		return false;
	}
	*ret = out.v;
	*ret_n = out.n;
	return true;
}

struct err *elf_mini_debug(const struct elf_file *f, uint8_t **ret, size_t *ret_n)
{
	const struct elf_section *sec = elf_section_named(f, ".gnu_debugdata");
	struct view view = VIEW_INIT;
	struct cursor c;
	bool ok;

	if (!sec)
		return err_new(ERR_NOTFOUND, "no .gnu_debugdata");
	TRY(elf_section_cursor(f, sec, &view, &c));
	ok = decode_xz(c.data, c.size, ret, ret_n);
	view_deinit(&view);
	return ok ? NULL : err_new(ERR_CORRUPT, "%s: .gnu_debugdata cannot be decompressed", f->src->name);
}
