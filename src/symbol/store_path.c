/* SPDX-License-Identifier: MIT */
/*
 * Symbol paths: the syntax of _NT_SYMBOL_PATH.
 *
 * Elements are separated by ';'. "srv*a*b*c" and "symsrv*symsrv.dll*a*b*c" are
 * chains of stores, nearest first; an empty store is the default cache and
 * "srv*" alone the default cache with Microsoft's public server. "cache*dir"
 * makes dir the cache of all servers to its right. Anything else is a folder,
 * or a server when it is a URL. (learn.microsoft.com, "Symbol path for Windows
 * debuggers", "Advanced SymSrv use".)
 */
#include "symbol/store_impl.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_PLACES = 1024, MAX_STORES = 16 };

bool symbol_is_url(const char *s)
{
	return str_starts_nocase(s, "http://") || str_starts_nocase(s, "https://") ||
	       str_starts_nocase(s, "file://");
}

struct err *symbol_default_cache(struct strbuf *sb)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (xdg && xdg[0] == '/')
		strbuf_addf(sb, "%s/osmodump/symbols", xdg);
	else if (home && home[0])
		strbuf_addf(sb, "%s/.cache/osmodump/symbols", home);
	else
		return err_new(ERR_NOTFOUND, "no symbol cache: neither XDG_CACHE_HOME nor HOME is set");
	return strbuf_check(sb);
}

struct parse {
	struct arena *a;
	VEC(struct symbol_place) places;
	const char *cache;
};

/* "" without a home: then nothing is cached. */
static struct err *default_cache(struct arena *a, const char **ret)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct err *e = symbol_default_cache(&sb);

	if (e && err_code(e) != ERR_NOTFOUND)
		return e;
	err_free(e);
	*ret = arena_strdup(a, sb.s);
	return *ret ? NULL : err_nomem();
}

/* "~/x" is a folder of the user; trailing separators go. */
static struct err *tidy(struct arena *a, const char *s, size_t n, const char **ret)
{
	const char *home = getenv("HOME");

	while (n && (*s == ' ' || *s == '"'))
		s++, n--;
	while (n && (s[n - 1] == ' ' || s[n - 1] == '"'))
		n--;
	while (n > 1 && s[n - 1] == '/')
		n--;
	if (n >= 2 && s[0] == '~' && s[1] == '/' && home)
		*ret = arena_printf(a, "%s%.*s", home, (int)n - 1, s + 1);
	else
		*ret = arena_strndup(a, s, n);
	return *ret ? NULL : err_nomem();
}

static struct err *add_place(struct parse *p, enum symbol_place_kind kind, const char *text,
			     const char **stores, size_t n)
{
	struct symbol_place place = { .kind = kind, .text = text, .n_stores = n, .cache = p->cache };

	place.stores = arena_memdup(p->a, stores, n * sizeof(*stores));
	if (!place.stores || !vec_push(&p->places, place))
		return err_nomem();
	return NULL;
}

/* The stores behind "srv*". */
static struct err *parse_chain(struct parse *p, const char *text, const char *stores)
{
	const char *v[MAX_STORES];
	size_t n = 0, len;

	for (const char *at = stores; n < MAX_STORES - 1; at += len + 1) {
		len = strcspn(at, "*");
		TRY(tidy(p->a, at, len, &v[n]));
		if (!v[n][0])
			TRY(default_cache(p->a, &v[n]));
		if (v[n][0])
			n++;
		if (!at[len])
			break;
	}
	if (!*stores)
		v[n++] = SYMBOL_DEFAULT_SERVER;
	return n ? add_place(p, SYMBOL_PLACE_CHAIN, text, v, n) : NULL;
}

static struct err *parse_cache(struct parse *p, const char *folder)
{
	const char *cache;

	TRY(tidy(p->a, folder, strlen(folder), &cache));
	if (!cache[0])
		TRY(default_cache(p->a, &cache));
	if (!cache[0])
		return NULL;
	/* What was cached before is looked up here, too. */
	TRY(add_place(p, SYMBOL_PLACE_CHAIN, arena_printf(p->a, "cache*%s", cache), &cache, 1));
	p->cache = cache;
	return NULL;
}

static struct err *parse_element(struct parse *p, const char *s, size_t len)
{
	const char *text, *rest;

	TRY(tidy(p->a, s, len, &text));
	if (!text[0])
		return NULL;
	if (str_starts_nocase(text, "srv*"))
		return parse_chain(p, text, text + 4);
	if (!strcasecmp(text, "srv"))
		return parse_chain(p, text, "");
	if (str_starts_nocase(text, "symsrv*")) {
		rest = strchr(text + 7, '*'); /* behind the DLL's name */
		return parse_chain(p, text, rest ? rest + 1 : "");
	}
	if (str_starts_nocase(text, "cache*"))
		return parse_cache(p, text + 6);
	if (symbol_is_url(text))
		return add_place(p, SYMBOL_PLACE_CHAIN, text, &text, 1);
	return add_place(p, SYMBOL_PLACE_FOLDER, text, &text, 1);
}

static struct err *parse_all(struct parse *p, const char *text)
{
	size_t len;

	for (const char *at = text; p->places.n < MAX_PLACES; at += len + 1) {
		len = strcspn(at, ";");
		TRY(parse_element(p, at, len));
		if (!at[len])
			break;
	}
	return NULL;
}

struct err *symbol_path_parse(const char *text, struct arena *a, struct symbol_place **ret, size_t *ret_n)
{
	struct parse p = { .a = a };
	struct symbol_place *copy = NULL;
	struct err *e = parse_all(&p, text ? text : "");

	if (!e && p.places.n) {
		copy = arena_memdup(a, p.places.v, p.places.n * sizeof(*copy));
		if (!copy)
			e = err_nomem();
	}
	if (!e) {
		*ret = copy;
		*ret_n = p.places.n;
	}
	vec_deinit(&p.places);
	return e;
}

/* --- as text --------------------------------------------------------------------------- */

static void add_expanded(struct strbuf *sb, const char *s, size_t len)
{
	if ((len == 4 && !strncasecmp(s, "srv*", 4)) || (len == 3 && !strncasecmp(s, "srv", 3)))
		strbuf_adds(sb, "cache*;SRV*" SYMBOL_DEFAULT_SERVER);
	else
		strbuf_add(sb, s, len);
}

struct err *symbol_path_expand(const char *text, struct strbuf *sb)
{
	size_t len;

	for (const char *at = text ? text : "";; at += len + 1) {
		len = strcspn(at, ";");
		add_expanded(sb, at, len);
		if (!at[len])
			return strbuf_check(sb);
		strbuf_addc(sb, ';');
	}
}

struct err *symbol_path_fix(const char *cache, struct strbuf *sb)
{
	if (cache && *cache)
		strbuf_addf(sb, "srv*%s*" SYMBOL_DEFAULT_SERVER, cache);
	else
		strbuf_adds(sb, "srv*");
	return strbuf_check(sb);
}
