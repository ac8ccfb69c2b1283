/* SPDX-License-Identifier: MIT */
/*
 * The ELF provider: puts together what file, debug file and image know.
 *
 * Opening reads headers and looks for the debug file; the symbol table, call
 * frame information and DWARF are read when first asked for. Damage in one
 * table does not take the others away: it is told once as a notice.
 */
#include "symbol/elf.h"

#include "base/cancel.h"
#include "symbol/elf_impl.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

static struct elf_provider *elf_of(struct provider *p)
{
	return (struct elf_provider *)p;
}

static struct dwarf_unwinder *unwinder_of(struct elf_provider *e);

/* --- debug information --------------------------------------------------------------- */

static const struct elf_file *dwarf_file(const struct elf_provider *e)
{
	return e->has_debug ? &e->debug : &e->file;
}

static struct elf_find how_to_find(const struct elf_provider *e)
{
	return (struct elf_find){
		.path = e->has_file ? e->p.path : NULL, .id = &e->id, .file = e->has_file ? &e->file : NULL,
		.debug_dirs = (const char *const *)e->debug_dirs, .n_debug_dirs = e->n_debug_dirs,
		.no_system_dirs = e->no_system_dirs,
	};
}

static struct err *open_dwarf(struct elf_provider *e)
{
	CLEANUP(strbuf_deinit) struct strbuf alt = STRBUF_INIT;
	struct elf_find how = how_to_find(e);
	struct dwarf_request req = {
		.provider = &e->p, .path = e->has_debug ? e->debug_path : e->p.path,
		.vaddr_base = dwarf_file(e)->vaddr_base, .big_endian = dwarf_file(e)->big_endian,
		.unwinder = unwinder_of(e),
	};

	if (dwarf_file(e)->type == ET_REL) {
		req.placed = e->placed;
		req.n_placed = e->n_placed;
	}
	if (!err_ignore(elf_find_alt_file(&how, dwarf_file(e), req.path, &alt)))
		req.alt_path = alt.s;
	else if (elf_section_named(dwarf_file(e), ".gnu_debugaltlink"))
		notice("%s: the shared debug file (dwz) it refers to is not there", req.path);
	return dwarf_info_open(&req, &e->dwarf);
}

/* Opened when first needed; NOTFOUND: there is none. */
static struct err *need_dwarf(struct provider *p, struct dwarf_info **ret)
{
	struct elf_provider *e = elf_of(p);

	if (!e->tried_dwarf && e->p.has_lines) {
		e->tried_dwarf = true;
		TRY(open_dwarf(e));
	}
	if (!e->dwarf)
		return err_new(ERR_NOTFOUND, "no debug information");
	*ret = e->dwarf;
	return NULL;
}

#define WITH_DWARF(p, call)                                                    \
	do {                                                                   \
		struct dwarf_info *d = NULL;                                      \
		TRY(need_dwarf(p, &d));                                        \
		return call;                                                   \
	} while (0)

static struct err *elf_line_at(struct provider *p, uint64_t rva, struct source_line *ret)
{
	WITH_DWARF(p, dwarf_line_at(d, rva, ret));
}

static struct err *elf_line_named(struct provider *p, const char *file, uint32_t line, line_visitor *v, void *arg)
{
	WITH_DWARF(p, dwarf_line_named(d, file, line, v, arg));
}

static struct err *elf_inlines_at(struct provider *p, uint64_t rva, struct arena *a, struct inline_site **ret,
				  size_t *ret_n)
{
	WITH_DWARF(p, dwarf_inlines_at(d, rva, a, ret, ret_n));
}

static struct err *elf_locals(struct provider *p, const struct frame_context *f, struct arena *a,
			      struct variable **ret, size_t *ret_n)
{
	WITH_DWARF(p, dwarf_locals(d, f, a, ret, ret_n));
}

static struct err *elf_type_named(struct provider *p, const char *name, struct type_ref *ret)
{
	WITH_DWARF(p, dwarf_type_named(d, name, ret));
}

static struct err *elf_types(struct provider *p, const char *pattern, type_visitor *v, void *arg)
{
	WITH_DWARF(p, dwarf_types(d, pattern, v, arg));
}

static struct err *elf_type_info(struct provider *p, uint64_t id, struct type_info *ret)
{
	WITH_DWARF(p, dwarf_type_info(d, id, ret));
}

static struct err *elf_type_members(struct provider *p, uint64_t id, struct arena *a, struct type_member **ret,
				    size_t *ret_n)
{
	WITH_DWARF(p, dwarf_type_members(d, id, a, ret, ret_n));
}

static struct err *elf_type_enumerators(struct provider *p, uint64_t id, struct arena *a,
					struct type_enumerator **ret, size_t *ret_n)
{
	WITH_DWARF(p, dwarf_type_enumerators(d, id, a, ret, ret_n));
}

static struct err *elf_type_params(struct provider *p, uint64_t id, struct arena *a, struct type_ref **ret,
				   size_t *ret_n)
{
	WITH_DWARF(p, dwarf_type_params(d, id, a, ret, ret_n));
}

/* --- symbols ----------------------------------------------------------------------- */

/* Tells of damage once; only memory and the user end the request. */
static struct err *tolerate(struct err *e)
{
	if (!e || err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED)
		return e;
	if (err_code(e) != ERR_FAULT && err_code(e) != ERR_NOTFOUND)
		notice("%s", err_message(e));
	err_free(e);
	return NULL;
}

static struct err *open_mini_debug(struct elf_provider *e)
{
	size_t n;

	TRY(elf_mini_debug(&e->file, &e->mini_bytes, &n));
	TRY(source_from_memory(e->p.path, e->mini_bytes, n, &e->mini_src));
	TRY(err_prefix(elf_file_init(&e->mini, e->mini_src), ".gnu_debugdata"));
	if (!e->mini.n_segments)
		e->mini.vaddr_base = e->file.vaddr_base;
	return elf_symtab_add_static(&e->symtab, &e->mini);
}

static bool is_relocatable(const struct elf_provider *e)
{
	return e->has_file && e->file.type == ET_REL;
}

static struct err *load_symbols(struct elf_provider *e)
{
	struct elf_symtab *t = &e->symtab;

	if (is_relocatable(e))
		return NULL; /* its symbols say places in sections; the kernel's own tables have them */
	if (e->has_file)
		TRY(tolerate(elf_symtab_add_static(t, &e->file)));
	if (e->has_debug && !t->n)
		TRY(tolerate(elf_symtab_add_static(t, &e->debug)));
	if (e->has_file && !t->n)
		TRY(tolerate(open_mini_debug(e)));
	if (e->has_file || e->has_image)
		TRY(tolerate(elf_symtab_add_dynamic(t, e->has_file ? &e->file : &e->image)));
	if (e->has_file)
		TRY(tolerate(elf_symtab_add_plt(t, &e->file)));
	return NULL;
}

static struct err *need_symbols(struct elf_provider *e)
{
	struct err *err;

	if (e->has_symtab)
		return NULL;
	err = load_symbols(e);
	if (err) {
		elf_symtab_deinit(&e->symtab);
		return err;
	}
	elf_symtab_sort(&e->symtab);
	e->has_symtab = true;
	return NULL;
}

static enum symbol_kind kind_of(const struct elf_provider *e, const struct elf_symbol *s)
{
	if (s->type == STT_TLS)
		return SYMBOL_TLS;
	if (elf_symbol_is_dynamic(&e->symtab, s))
		return SYMBOL_EXPORT;
	if (!e->p.is_private)
		return SYMBOL_PUBLIC;
	return s->is_code ? SYMBOL_FUNCTION : SYMBOL_DATA;
}

static struct err *describe(struct elf_provider *e, const struct elf_symbol *s, struct symbol *ret)
{
	const char *name = elf_symbol_name(&e->symtab, s);

	if (!name)
		return err_nomem();
	*ret = (struct symbol){
		.name = name, .rva = s->rva, .size = s->size, .kind = kind_of(e, s), .is_code = s->is_code,
	};
	return NULL;
}

static struct err *elf_symbol_at(struct provider *p, uint64_t rva, struct symbol *ret)
{
	struct elf_provider *e = elf_of(p);
	const struct elf_symbol *s;

	TRY(need_symbols(e));
	s = elf_symtab_at(&e->symtab, elf_main_file(e), rva);
	if (s)
		return describe(e, s, ret);
	WITH_DWARF(p, dwarf_function_at(d, rva, ret)); /* a file without a symbol table */
}

/* Who asks for a symbol by name may want to show what it is. */
static void add_type(struct elf_provider *e, struct symbol *s, bool functions)
{
	struct dwarf_info *d = NULL;
	struct symbol f;

	if (err_ignore(need_dwarf(&e->p, &d)))
		return;
	if (!s->is_code)
		s->type = dwarf_variable_type(d, s->rva);
	else if (functions && !err_ignore(dwarf_function_at(d, s->rva, &f)) && f.rva == s->rva)
		s->type = f.type;
}

/* Per-CPU data of older x86-64 kernels is linked at 0: the kernel's move does not move it. */
static uint64_t link_time_rva(const struct elf_provider *e, uint64_t rva)
{
	const struct elf_file *f = elf_main_file(e);
	uint64_t address = e->base + rva;

	return f->type == ET_EXEC && f->vaddr_base >> 63 && !(address >> 63) ? address - f->vaddr_base : rva;
}

static struct err *elf_type_at(struct provider *p, uint64_t rva, struct type_ref *ret)
{
	struct dwarf_info *d = NULL;
	struct symbol f;

	TRY(need_dwarf(p, &d));
	if (!err_ignore(dwarf_function_at(d, rva, &f)) && f.rva == rva)
		*ret = f.type; /* cheap: variables need the index of names */
	else
		*ret = dwarf_variable_type(d, link_time_rva(elf_of(p), rva));
	return ret->id ? NULL : err_new(ERR_NOTFOUND, "no type of what is at 0x%llx", (unsigned long long)rva);
}

static struct err *elf_symbol_named(struct provider *p, const char *name, struct symbol *ret)
{
	struct elf_provider *e = elf_of(p);
	const struct elf_symbol *s = NULL;

	TRY(need_symbols(e));
	TRY(elf_symtab_named(&e->symtab, name, &s));
	if (!s)
		return err_new(ERR_NOTFOUND, "no symbol %s", name);
	TRY(describe(e, s, ret));
	add_type(e, ret, true);
	return NULL;
}

/* Types of many symbols need the index of names: not worth the wait for a list
 * when the debug information is very large (the index takes about a second for
 * 64 MB). Compressed sections are about a third of what they hold. */
static bool is_worth_types(const struct elf_provider *e, const char *pattern)
{
	enum { ENOUGH = 64 << 20 };
	const struct elf_section *s = elf_section_named(dwarf_file(e), ".debug_info");

	if (!strpbrk(pattern, "*?"))
		return true;
	return s && s->size < (s->flags & SHF_COMPRESSED ? ENOUGH / 3 : ENOUGH);
}

static struct err *elf_symbols(struct provider *p, const char *pattern, symbol_visitor *v, void *arg)
{
	struct elf_provider *e = elf_of(p);
	bool types = is_worth_types(e, pattern), one = !strpbrk(pattern, "*?");
	struct symbol sym;

	TRY(need_symbols(e));
	for (size_t i = 0; i < e->symtab.n; i++) {
		const char *name = elf_symbol_name(&e->symtab, &e->symtab.v[i]);

		if (!(i & 0xfff))
			TRY(cancel_check());
		if (!name)
			return err_nomem();
		if (!str_match(pattern, name, true))
			continue;
		TRY(describe(e, &e->symtab.v[i], &sym));
		if (types)
			add_type(e, &sym, one);
		if (!v(arg, &sym))
			break;
	}
	return NULL;
}

/* --- unwinding ------------------------------------------------------------------------ */

static void add_debug_frame(struct elf_provider *e, const struct elf_file *f, unsigned i,
			    struct dwarf_unwinder *u)
{
	if (u->n_sections == UNWIND_MAX_SECTIONS ||
	    err_ignore(elf_plain_section(f, ".debug_frame", &e->debug_frames[i], &e->debug_frame_bytes[i])))
		return;
	cfi_init_debug(&u->sections[u->n_sections++], f, e->debug_frames[i]);
}

static void add_relocated_frame(struct elf_provider *e, struct dwarf_unwinder *u)
{
	struct dwarf_info *d = NULL;

	if (u->n_sections < UNWIND_MAX_SECTIONS && !err_ignore(need_dwarf(&e->p, &d)) &&
	    !err_ignore(dwarf_relocated_section(d, ".debug_frame", &e->debug_frames[0])))
		cfi_init_debug(&u->sections[u->n_sections++], &e->file, e->debug_frames[0]);
}

static void more_frames(void *arg, struct dwarf_unwinder *u)
{
	struct elf_provider *e = arg;

	if (is_relocatable(e)) {
		add_relocated_frame(e, u);
		return;
	}
	if (e->has_file)
		add_debug_frame(e, &e->file, 0, u);
	if (e->has_debug)
		add_debug_frame(e, &e->debug, 1, u);
}

static struct dwarf_unwinder *unwinder_of(struct elf_provider *e)
{
	struct dwarf_unwinder *u = &e->unwinder;

	if (e->has_unwinder)
		return u;
	if (e->has_file && !is_relocatable(e) && !err_ignore(cfi_init_eh(&u->sections[u->n_sections], &e->file)))
		u->n_sections++;
	if (!u->n_sections && e->has_image && !err_ignore(cfi_init_eh(&u->sections[0], &e->image)))
		u->n_sections++;
	u->more = more_frames;
	u->more_arg = e;
	e->has_unwinder = true;
	return u;
}

/* A handler "returns" to the first byte of the return code: the byte before,
 * which return addresses are looked up with, may be of another function. */
static bool starts_behind_function(struct dwarf_unwinder *u, uint64_t rva)
{
	const struct elf_file *file;
	const struct cfi_row *row;

	return !err_ignore(dwarf_unwind_row(u, rva - 1, &row, &file)) && row->end == rva;
}

static struct err *elf_unwind(struct provider *p, uint64_t module_base, bool exact,
			      const struct arch_memory *m, const struct regs *callee,
			      struct regs *ret_caller, struct unwind_result *ret)
{
	struct dwarf_unwinder *u = unwinder_of(elf_of(p));
	struct err *e;

	if (!exact && regs_has(callee, callee->arch->ip) && starts_behind_function(u, regs_ip(callee) - module_base) &&
	    elf_sigreturn_unwind(m, callee, ret_caller, ret))
		return NULL;
	e = dwarf_unwind(u, module_base, exact, m, callee, ret_caller, ret);
	if (e && err_code(e) == ERR_NOTFOUND && elf_sigreturn_unwind(m, callee, ret_caller, ret)) {
		err_free(e);
		return NULL;
	}
	return err_prefix(e, "%s", p->path);
}

/* --- opening and closing ------------------------------------------------------------------ */

static void elf_destroy(struct provider *p)
{
	struct elf_provider *e = elf_of(p);

	dwarf_unwinder_deinit(&e->unwinder);
	for (unsigned i = 0; i < 2; i++) {
		source_destroy(e->debug_frames[i]);
		free(e->debug_frame_bytes[i]);
	}
	dwarf_info_close(e->dwarf);
	elf_symtab_deinit(&e->symtab);
	elf_file_deinit(&e->mini);
	source_destroy(e->mini_src);
	free(e->mini_bytes);
	elf_file_deinit(&e->debug);
	elf_file_deinit(&e->image);
	elf_file_deinit(&e->file);
	free(e->debug_path);
	for (size_t i = 0; i < e->n_debug_dirs; i++)
		free(e->debug_dirs[i]);
	free(e->debug_dirs);
	free(e);
}

static const struct provider_ops *elf_ops(void)
{
	static struct provider_ops ops = {
		.name = "elf",
		.symbol_at = elf_symbol_at,
		.symbol_named = elf_symbol_named,
		.symbols = elf_symbols,
		.type_at = elf_type_at,
		.line_at = elf_line_at,
		.line_named = elf_line_named,
		.inlines_at = elf_inlines_at,
		.locals = elf_locals,
		.type_named = elf_type_named,
		.types = elf_types,
		.type_info = elf_type_info,
		.type_members = elf_type_members,
		.type_enumerators = elf_type_enumerators,
		.type_params = elf_type_params,
		.unwind = elf_unwind,
		.destroy = elf_destroy,
	};

	provider_fill_ops(&ops);
	return &ops;
}

struct err *elf_enumerator(struct provider *p, const char *name, int64_t *ret)
{
	if (p->ops != elf_ops())
		return err_new(ERR_NOTFOUND, "no debug information");
	WITH_DWARF(p, dwarf_enumerator(d, name, ret));
}

static const char *name_of(const struct elf_request *req)
{
	return req->name ? req->name : req->path ? req->path : "module in memory";
}

/* Where there is no id to compare, the segments tell a different file. */
static bool same_segments(const struct elf_file *a, const struct elf_file *b)
{
	if (a->machine != b->machine || a->n_segments != b->n_segments)
		return false;
	for (size_t i = 0; i < a->n_segments; i++) {
		const struct elf_segment *x = &a->segments[i], *y = &b->segments[i];

		if (x->type != y->type || x->vaddr != y->vaddr || x->filesz != y->filesz || x->memsz != y->memsz)
			return false;
	}
	return true;
}

static struct err *check_identity(const struct elf_provider *e, const char *path)
{
	char want[2 * ELF_BUILD_ID_MAX + 1], got[2 * ELF_BUILD_ID_MAX + 1];
	const struct elf_build_id *a = &e->id, *b = &e->file.id;

	if (a->size && (a->size != b->size || memcmp(a->bytes, b->bytes, a->size) != 0)) {
		elf_build_id_text(a, want);
		elf_build_id_text(b, got);
		return err_new(ERR_CORRUPT, "%s: is of build %s, but the module in the dump is of build %s", path,
			       b->size ? got : "(none)", want);
	}
	if (!a->size && e->has_image && !same_segments(&e->image, &e->file))
		return err_new(ERR_CORRUPT, "%s: its segments are not those of the module in the dump", path);
	return NULL;
}

static struct err *open_image(struct elf_provider *e, const struct elf_request *req)
{
	struct err *err;

	if (req->build_id)
		e->id = *req->build_id;
	if (!req->image)
		return NULL;
	err = elf_image_init(&e->image, req->image, req->base);
	if (err && req->path && err_code(err) != ERR_NOMEM) {
		err_free(err); /* the headers are not in the dump: the file has to do */
		return NULL;
	}
	if (err)
		return err_prefix(err, "%s", name_of(req));
	e->has_image = true;
	if (!e->id.size)
		e->id = e->image.id;
	return NULL;
}

static struct err *open_file(struct elf_provider *e, const struct elf_request *req)
{
	if (!req->path)
		return NULL;
	TRY(elf_file_open(&e->file, req->path));
	e->has_file = true;
	if (e->file.type == ET_REL && !req->n_placed)
		return err_new(ERR_UNSUPPORTED, "%s: relocatable files are not read", req->path);
	if (e->file.type == ET_REL)
		e->file.vaddr_base = req->base; /* its sections' addresses are those in memory */
	TRY(check_identity(e, req->path));
	if (!e->id.size)
		e->id = e->file.id;
	return NULL;
}

static bool has_lines(const struct elf_file *f)
{
	return elf_section_named(f, ".debug_line") || elf_section_named(f, ".zdebug_line");
}

static struct err *open_debug_file(struct elf_provider *e)
{
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT, trouble = STRBUF_INIT;
	struct elf_find how = how_to_find(e);

	if (e->has_file && elf_has_dwarf(&e->file))
		return NULL;
	if (err_ignore(elf_find_debug_file(&how, &e->debug, &path, &trouble))) {
		if (trouble.len)
			notice("debug file refused: %s", trouble.s);
		return NULL;
	}
	e->has_debug = true;
	if (!elf_segment_of_type(&e->debug, PT_LOAD))
		e->debug.vaddr_base = elf_main_file(e)->vaddr_base;
	e->debug_path = strbuf_detach(&path);
	return e->debug_path ? NULL : err_nomem();
}

static struct err *copy_dirs(struct elf_provider *e, const struct elf_request *req)
{
	e->no_system_dirs = req->no_system_dirs;
	e->debug_dirs = calloc(req->n_debug_dirs + 1, sizeof(*e->debug_dirs));
	if (!e->debug_dirs)
		return err_nomem();
	for (; e->n_debug_dirs < req->n_debug_dirs; e->n_debug_dirs++) {
		e->debug_dirs[e->n_debug_dirs] = strdup(req->debug_dirs[e->n_debug_dirs]);
		if (!e->debug_dirs[e->n_debug_dirs])
			return err_nomem();
	}
	return NULL;
}

/* What `lm` says of the symbols. */
static struct err *write_note(struct elf_provider *e)
{
	const struct elf_file *dwarf = dwarf_file(e);
	const char *what;
	char *note = NULL;

	e->p.has_types = e->p.is_private = elf_has_dwarf(dwarf);
	e->p.has_lines = has_lines(dwarf);
	if (e->p.is_private)
		what = "dwarf symbols";
	else if (e->has_debug || (e->has_file && elf_section_of_type(&e->file, SHT_SYMTAB)))
		what = "elf symbols";
	else if (e->has_file && elf_section_named(&e->file, ".gnu_debugdata"))
		what = "elf symbols (minidebuginfo)";
	else
		what = e->has_file ? "export symbols" : "export symbols (from memory)";
	if (asprintf(&note, "%s%s%s", what, e->debug_path ? ": " : "", e->debug_path ? e->debug_path : "") < 0)
		return err_nomem();
	free(e->p.note);
	e->p.note = note;
	return NULL;
}

static struct err *open_all(struct elf_provider *e, const struct elf_request *req)
{
	e->base = req->base;
	e->placed = req->placed;
	e->n_placed = req->n_placed;
	TRY(copy_dirs(e, req));
	TRY(open_image(e, req));
	TRY(open_file(e, req));
	TRY(open_debug_file(e));
	if (!e->has_file && !e->has_image && !e->has_debug)
		return err_new(ERR_NOTFOUND, "%s: neither its file nor its image is there", name_of(req));
	return write_note(e);
}

struct err *elf_open(const struct elf_request *req, struct provider **ret)
{
	struct elf_provider *e = calloc(1, sizeof(*e));
	struct err *err;

	if (!e)
		return err_nomem();
	err = provider_init(&e->p, elf_ops(), req->path ? req->path : "");
	if (err) {
		free(e);
		return err;
	}
	err = open_all(e, req);
	if (err) {
		provider_unref(&e->p);
		return err;
	}
	*ret = &e->p;
	return NULL;
}
