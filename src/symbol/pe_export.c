/* SPDX-License-Identifier: MIT */
/*
 * Export table of a PE image, and the provider over it.
 *
 * Layout: "PE Format", section .edata. The two arrays of names and ordinals
 * are parallel; a function entry that points into the export directory itself
 * is a forwarder's string. The arrays are read at first use, names one by one
 * when they are shown. Names of a partial image may be missing: their exports
 * go by ordinal then.
 */
#include "symbol/pe_impl.h"

#include "base/cancel.h"
#include "symbol/undecorate.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_EXPORTS = 1 << 20 };

struct pe_export_table {
	struct pe_directory dir;
	uint32_t ordinal_base, dll_name_rva;
	uint32_t n_functions, n_names;
	uint32_t *functions;	/* RVAs, 0: unused ordinal */
	uint32_t *name_rvas;
	uint16_t *name_functions; /* index into functions */
	const char **names;	/* NULL: not read yet */
	uint32_t *first_name;	/* by function: index of its first name + 1, 0: none */
	uint32_t *by_rva;	/* functions that are no forwarders, by RVA; NULL: not built */
	uint32_t n_by_rva;
};

/* --- loading ------------------------------------------------------------------ */

static struct err *read_u32s(struct pe *pe, uint64_t rva, uint32_t n, uint32_t **ret)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	uint32_t *v = ARENA_NEW_N(&pe->arena, uint32_t, n);
	struct cursor c;

	TRY(pe_cursor(pe, rva, (uint64_t)n * 4, &view, &c));
	if (!v)
		return err_nomem();
	for (uint32_t i = 0; i < n; i++)
		v[i] = cursor_u32(&c);
	*ret = v;
	return NULL;
}

static struct err *read_u16s(struct pe *pe, uint64_t rva, uint32_t n, uint16_t **ret)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	uint16_t *v = ARENA_NEW_N(&pe->arena, uint16_t, n);
	struct cursor c;

	TRY(pe_cursor(pe, rva, (uint64_t)n * 2, &view, &c));
	if (!v)
		return err_nomem();
	for (uint32_t i = 0; i < n; i++)
		v[i] = cursor_u16(&c);
	*ret = v;
	return NULL;
}

static struct err *read_names(struct pe *pe, struct pe_export_table *t, uint32_t names, uint32_t ordinals,
			      uint32_t n)
{
	t->first_name = ARENA_NEW_N(&pe->arena, uint32_t, t->n_functions);
	t->names = ARENA_NEW_N(&pe->arena, const char *, n);
	if (!t->first_name || !t->names)
		return err_nomem();
	TRY(read_u32s(pe, names, n, &t->name_rvas));
	TRY(read_u16s(pe, ordinals, n, &t->name_functions));
	t->n_names = n;
	for (uint32_t i = n; i-- > 0;)
		if (t->name_functions[i] < t->n_functions)
			t->first_name[t->name_functions[i]] = i + 1;
	return NULL;
}

static struct err *read_table(struct pe *pe, struct pe_export_table *t)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	uint32_t functions, names, ordinals, n_names;
	struct cursor c;
	struct err *e;

	t->dir = pe_directory(pe, PE_DIR_EXPORT);
	if (!t->dir.rva || !t->dir.size)
		return err_new(ERR_NOTFOUND, "%s: no export table", pe->src->name);
	TRY(pe_cursor(pe, t->dir.rva, 40, &view, &c));
	cursor_skip(&c, 12);
	t->dll_name_rva = cursor_u32(&c);
	t->ordinal_base = cursor_u32(&c);
	t->n_functions = cursor_u32(&c);
	n_names = cursor_u32(&c);
	functions = cursor_u32(&c);
	names = cursor_u32(&c);
	ordinals = cursor_u32(&c);
	if (t->n_functions > MAX_EXPORTS || n_names > MAX_EXPORTS)
		return cursor_corrupt(&c, "%u exports with %u names, at most %d expected",
				      t->n_functions, n_names, MAX_EXPORTS);
	TRY(read_u32s(pe, functions, t->n_functions, &t->functions));
	e = read_names(pe, t, names, ordinals, n_names);
	if (e && err_code(e) != ERR_FAULT)
		return e;
	err_free(e); /* names of a partial image */
	return NULL;
}

static struct err *export_table(struct pe *pe, struct pe_export_table **ret)
{
	if (!pe->exports) {
		struct pe_export_table *t = ARENA_NEW(&pe->arena, struct pe_export_table);

		if (!t)
			return err_nomem();
		TRY(err_prefix(read_table(pe, t), "export table"));
		pe->exports = t;
	}
	*ret = pe->exports;
	return NULL;
}

/* --- single exports --------------------------------------------------------------- */

/* NULL: not readable. */
static const char *name_text(struct pe *pe, struct pe_export_table *t, uint32_t i)
{
	if (!t->names[i] && err_ignore(pe_string(pe, t->name_rvas[i], &t->names[i])))
		t->names[i] = "";
	return t->names[i][0] ? t->names[i] : NULL;
}

static bool is_forwarder(const struct pe_export_table *t, uint32_t rva)
{
	return rva >= t->dir.rva && rva - t->dir.rva < t->dir.size;
}

/* name: index + 1 or 0 */
static void make_export(struct pe *pe, struct pe_export_table *t, uint32_t function, uint32_t name,
			struct pe_export *ret)
{
	*ret = (struct pe_export){ .ordinal = t->ordinal_base + function,
				   .rva = t->functions[function] };
	if (name)
		ret->name = name_text(pe, t, name - 1);
	if (is_forwarder(t, ret->rva) && err_ignore(pe_string(pe, ret->rva, &ret->forwarder)))
		ret->forwarder = "";
}

struct name_of {
	uint32_t function, name;
};

static int by_function(const void *a, const void *b)
{
	const struct name_of *x = a, *y = b;

	if (x->function != y->function)
		return x->function < y->function ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

static struct err *visit_exports(struct pe *pe, struct pe_export_table *t, const struct name_of *names,
				 size_t n, pe_export_visitor *v, void *arg)
{
	struct pe_export e;
	size_t k = 0;

	for (uint32_t f = 0; f < t->n_functions; f++) {
		bool named = false;

		if (f % 4096 == 0)
			TRY(cancel_check());
		for (; k < n && names[k].function <= f; k++) {
			if (names[k].function != f || !t->functions[f])
				continue;
			named = true;
			make_export(pe, t, f, names[k].name, &e);
			if (!v(arg, &e))
				return NULL;
		}
		if (named || !t->functions[f])
			continue;
		make_export(pe, t, f, 0, &e);
		if (!v(arg, &e))
			return NULL;
	}
	return NULL;
}

struct err *pe_exports(struct pe *pe, pe_export_visitor *v, void *arg)
{
	CLEANUP(freep) struct name_of *names = NULL;
	struct pe_export_table *t = NULL;
	struct err *e = export_table(pe, &t);

	if (e && err_code(e) == ERR_NOTFOUND) {
		err_free(e);
		return NULL;
	}
	TRY(e);
	names = calloc(t->n_names ? t->n_names : 1, sizeof(*names));
	if (!names)
		return err_nomem();
	for (uint32_t i = 0; i < t->n_names; i++)
		names[i] = (struct name_of){ t->name_functions[i], i + 1 };
	qsort(names, t->n_names, sizeof(*names), by_function);
	return visit_exports(pe, t, names, t->n_names, v, arg);
}

struct err *pe_export_dll_name(struct pe *pe, const char **ret)
{
	struct pe_export_table *t = NULL;

	TRY(export_table(pe, &t));
	return pe_string(pe, t->dll_name_rva, ret);
}

/* --- provider ------------------------------------------------------------------------ */

struct export_provider {
	struct provider p;
	struct pe *pe;
	bool own;
};

static struct export_provider *of(struct provider *p)
{
	return (struct export_provider *)p;
}

struct sort_key {
	uint32_t rva, name, function; /* name: index + 1; UINT32_MAX: none */
};

static int by_rva_then_name(const void *a, const void *b)
{
	const struct sort_key *x = a, *y = b;

	if (x->rva != y->rva)
		return x->rva < y->rva ? -1 : 1;
	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return x->function < y->function ? -1 : x->function > y->function;
}

/* t->by_rva: one entry an address, the function whose name comes first. */
static struct err *build_by_rva(struct pe *pe, struct pe_export_table *t)
{
	CLEANUP(freep) struct sort_key *keys = calloc(t->n_functions + (size_t)1, sizeof(*keys));
	uint32_t n = 0, *out = ARENA_NEW_N(&pe->arena, uint32_t, t->n_functions);

	if (!keys || !out)
		return err_nomem();
	for (uint32_t f = 0; f < t->n_functions; f++) {
		uint32_t name = t->n_names ? t->first_name[f] : 0;

		if (t->functions[f] && !is_forwarder(t, t->functions[f]))
			keys[n++] = (struct sort_key){ t->functions[f], name ? name : UINT32_MAX, f };
	}
	qsort(keys, n, sizeof(*keys), by_rva_then_name);
	t->n_by_rva = 0;
	for (uint32_t i = 0; i < n; i++)
		if (!i || keys[i].rva != keys[i - 1].rva)
			out[t->n_by_rva++] = keys[i].function;
	t->by_rva = out;
	return NULL;
}

static struct err *make_shown_name(struct pe *pe, const struct pe_export *e, char **ret)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	if (!e->name)
		strbuf_addf(&sb, "Ordinal%u", e->ordinal);
	else if (!undecorate(e->name, UNDECORATE_NAME_ONLY, &sb))
		strbuf_adds(&sb, e->name);
	TRY(strbuf_check(&sb));
	*ret = arena_strdup(&pe->arena, sb.s);
	return *ret ? NULL : err_nomem();
}

/* As WinDbg shows it: C++ names undecorated, nameless exports by ordinal. */
static struct err *shown_name(struct pe *pe, const struct pe_export *e, const char **ret)
{
	/* Names are kept once: their address tells them apart. */
	uint64_t key = e->name ? (uint64_t)(uintptr_t)e->name : (uint64_t)1 << 63 | e->ordinal;
	char *name;

	if (e->name && e->name[0] != '?') {
		*ret = e->name;
		return NULL;
	}
	name = u64map_get(&pe->shown, key);
	if (!name) {
		TRY(make_shown_name(pe, e, &name));
		if (!u64map_put(&pe->shown, key, name))
			return err_nomem();
	}
	*ret = name;
	return NULL;
}

static struct err *make_symbol(struct pe *pe, struct pe_export_table *t, uint32_t function, uint32_t name,
			       struct symbol *ret)
{
	const struct pe_section *s;
	const char *shown;
	struct pe_export e;

	make_export(pe, t, function, name, &e);
	TRY(shown_name(pe, &e, &shown));
	s = pe_section_at(pe, e.rva);
	*ret = (struct symbol){ .name = shown, .rva = e.rva, .kind = SYMBOL_EXPORT,
				.forwarder = e.forwarder,
				.is_code = !e.forwarder && s && (s->characteristics & PE_SCN_EXECUTE) };
	return NULL;
}

static struct err *export_symbol_at(struct provider *p, uint64_t rva, struct symbol *ret)
{
	struct pe *pe = of(p)->pe;
	struct pe_export_table *t = NULL;
	uint32_t lo = 0, hi, f;

	TRY(export_table(pe, &t));
	if (!t->by_rva)
		TRY(build_by_rva(pe, t));
	for (hi = t->n_by_rva; lo < hi;) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (t->functions[t->by_rva[mid]] <= rva)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo || rva >= pe->h.size_of_image)
		return err_new(ERR_NOTFOUND, "%s: no export at or below rva 0x%" PRIx64,
			       pe->src->name, rva);
	f = t->by_rva[lo - 1];
	return make_symbol(pe, t, f, t->n_names ? t->first_name[f] : 0, ret);
}

static struct err *export_param_size(struct provider *p, uint64_t rva, uint32_t *ret)
{
	struct symbol s;

	TRY(export_symbol_at(p, rva, &s));
	if (!s.name || !decorated_param_size(s.name, ret))
		return err_new(ERR_NOTFOUND, "%s: the export's name tells no size of parameters",
			       of(p)->pe->src->name);
	return NULL;
}

/* Names are sorted by bytes; a table that is not is searched through below. */
static bool find_sorted(struct pe *pe, struct pe_export_table *t, const char *name, uint32_t *ret)
{
	uint32_t lo = 0, hi = t->n_names;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		const char *at = name_text(pe, t, mid);
		int cmp = strcmp(at ? at : "", name);

		if (!cmp) {
			*ret = mid;
			return true;
		}
		if (cmp < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static bool find_nocase(struct pe *pe, struct pe_export_table *t, const char *name, uint32_t *ret)
{
	for (uint32_t i = 0; i < t->n_names; i++) {
		const char *at = name_text(pe, t, i);

		if (at && strcasecmp(at, name) == 0) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/* The name as it is shown, of a decorated one. */
static bool find_shown(struct pe *pe, struct pe_export_table *t, const char *name, uint32_t *ret)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	bool found = false;

	for (uint32_t i = 0; i < t->n_names && !found; i++) {
		const char *at = name_text(pe, t, i);

		if (!at || at[0] != '?')
			continue;
		strbuf_reset(&sb);
		found = undecorate(at, UNDECORATE_NAME_ONLY, &sb) && !strcasecmp(sb.s, name);
		*ret = i;
	}
	return found;
}

static bool find_ordinal(struct pe_export_table *t, const char *name, uint32_t *ret)
{
	unsigned long v;
	char *end;

	if (!str_starts_nocase(name, "Ordinal") || name[7] < '0' || name[7] > '9')
		return false;
	v = strtoul(name + 7, &end, 10);
	if (*end || v < t->ordinal_base || v - t->ordinal_base >= t->n_functions)
		return false;
	*ret = (uint32_t)(v - t->ordinal_base);
	return t->functions[*ret];
}

static struct err *export_symbol_named(struct provider *p, const char *name, struct symbol *ret)
{
	struct pe *pe = of(p)->pe;
	struct pe_export_table *t = NULL;
	uint32_t i;

	TRY(export_table(pe, &t));
	if ((find_sorted(pe, t, name, &i) || find_nocase(pe, t, name, &i) || find_shown(pe, t, name, &i)) &&
	    t->name_functions[i] < t->n_functions && t->functions[t->name_functions[i]])
		return make_symbol(pe, t, t->name_functions[i], i + 1, ret);
	if (find_ordinal(t, name, &i))
		return make_symbol(pe, t, i, 0, ret);
	return err_new(ERR_NOTFOUND, "%s: no export '%s'", pe->src->name, name);
}

struct visit {
	struct pe *pe;
	const char *pattern;
	symbol_visitor *v;
	void *arg;
	struct err *e;
};

static bool visit_symbol(void *arg, const struct pe_export *e)
{
	struct visit *visit = arg;
	const struct pe_section *s = pe_section_at(visit->pe, e->rva);
	struct symbol sym = { .rva = e->rva, .kind = SYMBOL_EXPORT, .forwarder = e->forwarder,
			      .is_code = !e->forwarder && s && (s->characteristics & PE_SCN_EXECUTE) };

	visit->e = shown_name(visit->pe, e, &sym.name);
	if (visit->e)
		return false;
	return !str_match(visit->pattern, sym.name, true) || visit->v(visit->arg, &sym);
}

static struct err *export_symbols(struct provider *p, const char *pattern, symbol_visitor *v, void *arg)
{
	struct visit visit = { .pe = of(p)->pe, .pattern = pattern, .v = v, .arg = arg };

	TRY(pe_exports(visit.pe, visit_symbol, &visit));
	return visit.e;
}

static void export_destroy(struct provider *p)
{
	if (of(p)->own)
		pe_destroy(of(p)->pe);
	free(p);
}

static struct provider_ops export_ops = {
	.name = "exports",
	.symbol_at = export_symbol_at,
	.param_size = export_param_size,
	.symbol_named = export_symbol_named,
	.symbols = export_symbols,
	.destroy = export_destroy,
};

struct err *pe_export_provider(struct pe *pe, bool own, struct provider **ret)
{
	struct export_provider *x;
	struct err *e;

	if (!pe_directory(pe, PE_DIR_EXPORT).rva)
		return err_new(ERR_NOTFOUND, "%s: no export table", pe->src->name);
	x = calloc(1, sizeof(*x));
	if (!x)
		return err_nomem();
	provider_fill_ops(&export_ops);
	e = provider_init(&x->p, &export_ops, pe->src->name);
	if (e) {
		free(x);
		return e;
	}
	free(x->p.note);
	x->p.note = strdup("export symbols");
	if (!x->p.note) {
		x->p.note = NULL;
		free(x->p.path);
		free(x);
		return err_nomem();
	}
	x->pe = pe;
	x->own = own;
	*ret = &x->p;
	return NULL;
}
