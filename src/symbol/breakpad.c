/* SPDX-License-Identifier: MIT */
/*
 * Breakpad symbol file as a provider: opening, names.
 *
 * Format: google/breakpad docs/symbol_files.md (BSD). Addresses are relative
 * to the module's base in memory, as ours are.
 */
#include "symbol/breakpad_impl.h"

#include "base/cancel.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { STRINGS_LIMIT = 1 << 30, HEAD = 64 * 1024 };

/* --- strings ----------------------------------------------------------------------- */

struct err *bp_string(struct breakpad *b, struct text t, const char **ret)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	uint64_t key = (uint64_t)(t.p - (const char *)b->text.data);
	const char *s = text_len(t) ? u64map_get(&b->interned, key) : "";
	char *copy;

	if (!s) {
		strbuf_add_utf8(&sb, t.p, text_len(t));
		TRY(strbuf_check(&sb));
		s = copy = arena_strdup(&b->strings, sb.s);
		if (!copy || !u64map_put(&b->interned, key, copy))
			return err_nomem();
	}
	*ret = s;
	return NULL;
}

/* --- symbols ------------------------------------------------------------------------ */

static struct err *func_symbol(struct breakpad *b, const struct bp_func *f, struct symbol *ret)
{
	uint64_t next;
	struct text t = bp_line(b, f->at, &next);
	struct bp_func_line line;
	const char *name;

	(void)text_word(&t);
	(void)bp_parse_func(t, &line); /* was parsed for the index */
	TRY(bp_string(b, line.name, &name));
	*ret = (struct symbol){ .name = name, .rva = f->rva, .size = line.size, .kind = SYMBOL_FUNCTION,
				.is_code = true };
	return NULL;
}

static struct err *public_symbol(struct breakpad *b, const struct bp_named *f, struct symbol *ret)
{
	uint64_t next;
	struct text t = bp_line(b, f->at, &next);
	struct bp_func_line line;
	const char *name;

	(void)text_word(&t);
	(void)bp_parse_public(t, &line);
	TRY(bp_string(b, line.name, &name));
	*ret = (struct symbol){ .name = name, .rva = f->key, .kind = SYMBOL_PUBLIC, .is_code = true };
	return NULL;
}

/* A public name reaches up to the next FUNC or PUBLIC: one that lies below the
 * nearest FUNC does not cover the gap behind that function. */
static const struct bp_named *public_at(const struct breakpad *b, uint64_t rva, const struct bp_func *below)
{
	const struct bp_named *p = bp_below(b->publics.v, b->publics.n, rva);

	if (!p || (below && p->key <= below->rva))
		return NULL;
	while (p > b->publics.v && p[-1].key == p->key)
		p--;
	return p;
}

static struct err *symbol_at(struct provider *p, uint64_t rva, struct symbol *ret)
{
	struct breakpad *b = bp_of(p);
	const struct bp_func *f, *below;
	const struct bp_named *pub;

	TRY(bp_index(b));
	f = bp_func_at(b, rva, &below);
	if (f)
		return func_symbol(b, f, ret);
	pub = public_at(b, rva, below);
	if (pub)
		return public_symbol(b, pub, ret);
	return err_new(ERR_NOTFOUND, "%s: no symbol at rva 0x%" PRIx64, p->path, rva);
}

/* How well a record's name fits: 3 exactly, 2 but for case, 1 without its
 * parameter list, 0 not. */
static int name_rank(struct text t, const char *name, size_t len)
{
	if (text_len(t) == len)
		return !memcmp(t.p, name, len) ? 3 : !strncasecmp(t.p, name, len) ? 2 : 0;
	return text_len(t) > len && t.p[len] == '(' && !memcmp(t.p, name, len) ? 1 : 0;
}

static struct text name_of(const struct breakpad *b, uint64_t at, bool is_func)
{
	struct bp_func_line line = { 0 };
	uint64_t next;
	struct text t = bp_line(b, at, &next);

	(void)text_word(&t);
	(void)(is_func ? bp_parse_func(t, &line) : bp_parse_public(t, &line));
	return line.name;
}

struct best {
	int rank;
	const struct bp_func *func;
	const struct bp_named *pub;
};

static struct err *find_name(struct breakpad *b, const char *name, struct best *best)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < b->funcs.n && best->rank < 3; i++) {
		int rank = name_rank(name_of(b, b->funcs.v[i].at, true), name, len);

		if (i % 16384 == 0)
			TRY(cancel_check());
		if (rank > best->rank)
			*best = (struct best){ rank, &b->funcs.v[i], NULL };
	}
	for (size_t i = 0; i < b->publics.n && best->rank < 3; i++) {
		int rank = name_rank(name_of(b, b->publics.v[i].at, false), name, len);

		if (i % 16384 == 0)
			TRY(cancel_check());
		if (rank > best->rank)
			*best = (struct best){ rank, NULL, &b->publics.v[i] };
	}
	return NULL;
}

static struct err *symbol_named(struct provider *p, const char *name, struct symbol *ret)
{
	struct breakpad *b = bp_of(p);
	struct best best = { 0 };

	TRY(bp_index(b));
	TRY(find_name(b, name, &best));
	if (best.func)
		return func_symbol(b, best.func, ret);
	if (best.pub)
		return public_symbol(b, best.pub, ret);
	return err_new(ERR_NOTFOUND, "%s: no symbol '%s'", p->path, name);
}

/* Matches without keeping the names that do not. */
static struct err *matches(struct text name, const char *pattern, struct strbuf *sb, bool *ret)
{
	strbuf_reset(sb);
	strbuf_add(sb, name.p, text_len(name));
	TRY(strbuf_check(sb));
	*ret = str_match(pattern, sb->s, true);
	return NULL;
}

static struct err *symbols(struct provider *p, const char *pattern, symbol_visitor *v, void *arg)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct breakpad *b = bp_of(p);
	struct symbol s;
	size_t n;

	TRY(bp_index(b));
	n = b->funcs.n + b->publics.n;
	for (size_t i = 0; i < n; i++) {
		bool is_func = i < b->funcs.n, hit = false;
		size_t k = is_func ? i : i - b->funcs.n;

		if (i % 16384 == 0)
			TRY(cancel_check());
		TRY(matches(name_of(b, is_func ? b->funcs.v[k].at : b->publics.v[k].at, is_func), pattern, &sb,
			    &hit));
		if (!hit)
			continue;
		TRY(is_func ? func_symbol(b, &b->funcs.v[k], &s) : public_symbol(b, &b->publics.v[k], &s));
		if (!v(arg, &s))
			return NULL;
	}
	return NULL;
}

struct err *breakpad_param_size(struct provider *p, uint64_t rva, uint32_t *ret)
{
	struct breakpad *b = bp_of(p);
	const struct bp_func *f, *below;
	const struct bp_named *pub;
	struct bp_func_line line = { 0 };
	struct text t;
	uint64_t next;

	TRY(bp_index(b));
	f = bp_func_at(b, rva, &below);
	pub = f ? NULL : public_at(b, rva, below);
	if (!f && !pub)
		return err_new(ERR_NOTFOUND, "%s: no symbol at rva 0x%" PRIx64, p->path, rva);
	t = bp_line(b, f ? f->at : pub->at, &next);
	(void)text_word(&t);
	(void)(f ? bp_parse_func(t, &line) : bp_parse_public(t, &line));
	*ret = line.params < UINT32_MAX ? (uint32_t)line.params : UINT32_MAX;
	return NULL;
}

/* --- opening --------------------------------------------------------------------------- */

static enum machine machine_of(struct text cpu)
{
	static const struct { const char *name; enum machine machine; } names[] = {
		{ "x86", MACHINE_X86 }, { "i386", MACHINE_X86 }, { "x86_64", MACHINE_X64 },
		{ "x86_64h", MACHINE_X64 }, { "amd64", MACHINE_X64 }, { "arm", MACHINE_ARM },
		{ "armv7", MACHINE_ARM }, { "arm64", MACHINE_ARM64 }, { "arm64e", MACHINE_ARM64 },
		{ "aarch64", MACHINE_ARM64 }, { "mips", MACHINE_MIPS }, { "mips64", MACHINE_MIPS64 },
		{ "ppc", MACHINE_PPC }, { "ppc64", MACHINE_PPC64 }, { "riscv64", MACHINE_RISCV64 },
		{ "sparc", MACHINE_SPARC }, { "s390x", MACHINE_S390X },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (text_is(cpu, names[i].name))
			return names[i].machine;
	return MACHINE_UNKNOWN;
}

static struct err *parse_module(struct breakpad *b, struct text t)
{
	struct text os, cpu, id;

	if (!text_take(&t, "MODULE"))
		return err_new(ERR_CORRUPT, "%s: no Breakpad symbol file: no MODULE record at offset 0",
			       b->p.path);
	os = text_word(&t);
	cpu = text_word(&t);
	id = text_word(&t);
	if (!text_len(id))
		return err_new(ERR_CORRUPT, "%s: MODULE record at offset 0 has no identity", b->p.path);
	b->id.machine = machine_of(cpu);
	TRY(bp_string(b, os, &b->id.os));
	TRY(bp_string(b, cpu, &b->id.cpu));
	TRY(bp_string(b, id, &b->id.debug_id));
	return bp_string(b, text_rest(t), &b->id.name);
}

/* INFO records follow MODULE. */
static struct err *parse_head(struct breakpad *b)
{
	uint64_t at = 0;
	struct text t = bp_line(b, 0, &at);

	b->id.code_id = "";
	TRY(parse_module(b, t));
	while (at < b->text.size) {
		t = bp_line(b, at, &at);
		if (!text_take(&t, "INFO"))
			return NULL;
		t = text_rest(t);
		if (text_take(&t, "CODE_ID"))
			TRY(bp_string(b, text_word(&t), &b->id.code_id));
	}
	return NULL;
}

/* Whether there is more than public names shows in the first records. */
static void look_ahead(struct breakpad *b)
{
	size_t n = b->text.size < HEAD ? b->text.size : HEAD;

	b->p.has_lines = memmem(b->text.data, n, "\nFILE ", 6);
	b->p.is_private = b->p.has_lines || memmem(b->text.data, n, "\nFUNC ", 6);
}

static void destroy(struct provider *p)
{
	struct breakpad *b = bp_of(p);

	view_deinit(&b->text);
	source_destroy(b->src);
	arena_deinit(&b->strings);
	u64map_deinit(&b->interned);
	vec_deinit(&b->funcs);
	vec_deinit(&b->publics);
	vec_deinit(&b->files);
	vec_deinit(&b->origins);
	vec_deinit(&b->cfi);
	vec_deinit(&b->deltas);
	vec_deinit(&b->win);
	free(b);
}

static struct provider_ops breakpad_ops = {
	.name = "breakpad",
	.symbol_at = symbol_at,
	.symbol_named = symbol_named,
	.symbols = symbols,
	.line_at = bp_line_at,
	.line_named = bp_line_named,
	.inlines_at = bp_inlines_at,
	.x86_frame = bp_x86_frame,
	.param_size = breakpad_param_size,
	.unwind = bp_unwind,
	.destroy = destroy,
};

static struct err *set_note(struct provider *p)
{
	char *note = strdup("breakpad symbols");

	if (!note)
		return err_nomem();
	free(p->note);
	p->note = note;
	return NULL;
}

static struct err *init(struct breakpad *b, struct source *src)
{
	b->strings.limit = STRINGS_LIMIT;
	TRY(set_note(&b->p));
	TRY(source_view(src, 0, src->size, &b->text));
	TRY(parse_head(b));
	look_ahead(b);
	return NULL;
}

struct err *breakpad_open_source(struct source *src, struct provider **ret)
{
	struct breakpad *b = calloc(1, sizeof(*b));
	struct err *e;

	if (!b)
		return err_nomem();
	provider_fill_ops(&breakpad_ops);
	e = provider_init(&b->p, &breakpad_ops, src->name);
	if (e) {
		free(b);
		return e;
	}
	e = init(b, src);
	if (e) {
		provider_unref(&b->p); /* has no source yet: it stays the caller's */
		return e;
	}
	b->src = src;
	*ret = &b->p;
	return NULL;
}

struct err *breakpad_open(const char *path, struct provider **ret)
{
	CLEANUP(source_destroyp) struct source *src = NULL;

	TRY(source_open_file(path, &src));
	TRY(breakpad_open_source(src, ret));
	src = NULL;
	return NULL;
}

const struct breakpad_identity *breakpad_identity(const struct provider *p)
{
	return &bp_of(p)->id;
}

struct err *breakpad_bad_lines(struct provider *p, size_t *ret)
{
	TRY(bp_index(bp_of(p)));
	*ret = bp_of(p)->bad_lines;
	return NULL;
}
