/* SPDX-License-Identifier: MIT */
/*
 * Looking up symbols by address, by name and by pattern.
 *
 * Which of several names of one address is shown: none of the compiler's and
 * linker's marks (__pfx_, __cfi_, _text, __entry_text_start) if there is
 * another, then global before weak before local, then the first.
 */
#include "symbol/kallsyms_impl.h"

#include "base/cancel.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_ALIASES = 64,
	MAX_PROBES = 4096,	/* of one name ("__key.1") a kernel has some hundreds */
	CHECK_EVERY = 8192,
	STRINGS_LIMIT = 256 << 20,
};

static struct ksyms *of(struct provider *p)
{
	return (struct ksyms *)p;
}

/* Once: what could not be read is not tried again. */
static struct err *load(struct ksyms *s)
{
	struct err *e;

	if (s->loaded)
		return NULL;
	if (s->failed)
		return err_new(ERR_NOTFOUND, "%s: the symbols could not be read", s->p.path);
	e = s->ops->load(s);
	s->loaded = !e;
	s->failed = e && err_code(e) != ERR_CANCELLED;
	return e;
}

static struct err *shown_name(struct ksyms *s, uint32_t i, const struct ksym_name *name, const char **ret)
{
	char *copy = u64map_get(&s->shown, i);

	if (!copy) {
		copy = arena_strndup(&s->strings, name->s, name->len);
		if (!copy || !u64map_put(&s->shown, i, copy))
			return err_nomem();
	}
	*ret = copy;
	return NULL;
}

static bool is_text(char letter)
{
	return letter == 'T' || letter == 't';
}

static bool is_weak(char letter)
{
	return letter == 'W' || letter == 'w';
}

/* nm tells of a weak symbol only that it is none of an object: what it is shows in the nearest that
 * is not weak. */
static bool is_code(const struct ksyms *s, uint32_t i, char letter)
{
	struct ksym_name name;

	for (unsigned n = 0; is_weak(letter) && i && n < MAX_ALIASES; n++)
		letter = s->ops->name(s, --i, &name) ? name.letter : '?';
	return is_text(letter);
}

/* First index whose address is above. */
static uint32_t above(const struct ksyms *s, uint64_t address)
{
	uint32_t lo = 0, hi = s->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (s->address[mid] <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static uint64_t size_of(const struct ksyms *s, uint32_t i)
{
	uint32_t next;

	if (s->size && s->size[i])
		return s->size[i];
	next = above(s, s->address[i]);
	if (next < s->n && (s->address[i] >= s->base || s->address[next] < s->base))
		return s->address[next] - s->address[i];
	return s->address[i] >= s->base && s->address[i] < s->end ? s->end - s->address[i] : 0;
}

static struct err *fill(struct ksyms *s, uint32_t i, const struct ksym_name *name, struct symbol *ret)
{
	struct symbol sym = { .rva = s->address[i] - s->base, .size = size_of(s, i) };

	TRY(shown_name(s, i, name, &sym.name));
	sym.is_code = is_code(s, i, name->letter);
	sym.kind = sym.is_code ? SYMBOL_PUBLIC : SYMBOL_DATA;
	*ret = sym;
	return NULL;
}

/* --- by address ----------------------------------------------------------------------- */

static bool ends_with(const struct ksym_name *n, const char *end)
{
	size_t len = strlen(end);

	return n->len >= len && !strcmp(n->s + n->len - len, end);
}

/* A mark of the linker's script or the compiler, not what someone called a thing. */
static bool is_mark(const struct ksym_name *n)
{
	if (str_starts(n->s, "__pfx_") || str_starts(n->s, "__cfi_") || str_starts(n->s, "__kcfi_typeid_") ||
	    str_starts(n->s, ".L") || n->s[0] == '$')
		return true;
	if (str_starts(n->s, "__start_") || str_starts(n->s, "__stop_") || !strcmp(n->s, "_text") ||
	    !strcmp(n->s, "_stext") || !strcmp(n->s, "_etext"))
		return true;
	return ends_with(n, "_start") || ends_with(n, "_end") || ends_with(n, "_begin");
}

static int rank(const struct ksym_name *n)
{
	int r = is_mark(n) ? 0 : 8;

	if (is_weak(n->letter))
		return r + 2;
	return r + (isupper((unsigned char)n->letter) ? 3 : 1);
}

/* Whether the address is in what the names are of, and where that part of it starts. */
static bool part_start(const struct ksyms *s, uint64_t address, uint64_t *ret)
{
	*ret = s->base;
	if (address >= s->base && address < s->end)
		return true;
	for (size_t i = 0; i < s->n_parts; i++) {
		*ret = s->parts[i].base;
		if (address - s->parts[i].base < s->parts[i].size)
			return true;
	}
	return false;
}

static struct err *symbol_at(struct provider *p, uint64_t rva, struct symbol *ret)
{
	struct ksyms *s = of(p);
	uint64_t address = s->base + rva, start;
	struct ksym_name name, best = { 0 };
	uint32_t hi, at = 0;
	int best_rank = -1;

	TRY(load(s));
	hi = part_start(s, address, &start) ? above(s, address) : 0;
	for (uint32_t i = hi; i && hi - i < MAX_ALIASES && s->address[i - 1] == s->address[hi - 1]; i--) {
		if (s->address[i - 1] < start || !s->ops->name(s, i - 1, &name))
			continue;
		if (rank(&name) >= best_rank) { /* going down: the first of equals stays */
			best = name;
			best_rank = rank(&name);
			at = i - 1;
		}
	}
	if (best_rank < 0 || (s->size && s->size[at] && address - s->address[at] >= s->size[at]))
		return err_new(ERR_NOTFOUND, "%s: no symbol at 0x%" PRIx64, p->path, address);
	return fill(s, at, &best, ret);
}

/* --- by name --------------------------------------------------------------------------- */

static struct err *build_hash(struct ksyms *s)
{
	struct ksym_name name;
	uint32_t cap = 16, *hash;

	while (cap < s->n * 2)
		cap *= 2;
	hash = calloc(cap, sizeof(*hash));
	if (!hash)
		return err_nomem();
	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t slot, probes = 0;

		if (i % CHECK_EVERY == 0 && cancel_requested())
			break;
		if (!s->ops->name(s, i, &name))
			continue;
		slot = (uint32_t)hash_bytes(name.s, name.len) & (cap - 1);
		while (hash[slot] && probes++ < MAX_PROBES)
			slot = (slot + 1) & (cap - 1);
		if (!hash[slot])
			hash[slot] = i + 1;
	}
	if (cancel_requested()) {
		free(hash);
		return cancel_check();
	}
	s->hash = hash;
	s->hash_mask = cap - 1;
	return NULL;
}

/* Functions of one name may be many (static): a global one, else the lowest. */
static struct err *symbol_named(struct provider *p, const char *wanted, struct symbol *ret)
{
	struct ksyms *s = of(p);
	struct ksym_name name, best = { 0 };
	size_t len = strlen(wanted);
	uint32_t slot, at = UINT32_MAX;

	TRY(load(s));
	if (!s->hash)
		TRY(build_hash(s));
	slot = (uint32_t)hash_bytes(wanted, len) & s->hash_mask;
	for (; s->hash[slot]; slot = (slot + 1) & s->hash_mask) {
		uint32_t i = s->hash[slot] - 1;

		if (!s->ops->name(s, i, &name) || name.len != len || memcmp(name.s, wanted, len) != 0)
			continue;
		if (at == UINT32_MAX || (rank(&name) > rank(&best)) || (rank(&name) == rank(&best) && i < at)) {
			best = name;
			at = i;
		}
	}
	if (at == UINT32_MAX)
		return err_new(ERR_NOTFOUND, "%s: no symbol '%s'", p->path, wanted);
	return fill(s, at, &best, ret);
}

/* --- by pattern --------------------------------------------------------------------------- */

static struct err *symbols(struct provider *p, const char *pattern, symbol_visitor *v, void *arg)
{
	struct ksyms *s = of(p);
	struct ksym_name name;
	struct symbol sym;

	TRY(load(s));
	for (uint32_t i = 0; i < s->n; i++) {
		if (i % CHECK_EVERY == 0)
			TRY(cancel_check());
		if (!s->ops->name(s, i, &name) || !str_match(pattern, name.s, true))
			continue;
		TRY(fill(s, i, &name, &sym));
		if (!v(arg, &sym))
			return NULL;
	}
	return NULL;
}

/* --- the provider ---------------------------------------------------------------------------- */

static void destroy(struct provider *p)
{
	struct ksyms *s = of(p);

	s->ops->destroy(s);
	free(s->address);
	free(s->size);
	free(s->hash);
	u64map_deinit(&s->shown);
	arena_deinit(&s->strings);
	free(s);
}

struct provider_ops ksyms_provider_ops = {
	.name = "kallsyms",
	.symbol_at = symbol_at,
	.symbol_named = symbol_named,
	.symbols = symbols,
	.destroy = destroy,
};

struct err *ksyms_init(struct ksyms *s, const struct ksyms_ops *ops, const char *path, const char *note)
{
	char *copy = strdup(note);
	struct err *e = copy ? NULL : err_nomem();

	provider_fill_ops(&ksyms_provider_ops);
	if (!e)
		e = provider_init(&s->p, &ksyms_provider_ops, path);
	if (e) {
		free(copy);
		free(s);
		return e;
	}
	free(s->p.note);
	s->p.note = copy;
	s->ops = ops;
	s->strings.limit = STRINGS_LIMIT;
	return NULL;
}
