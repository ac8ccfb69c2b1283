/* SPDX-License-Identifier: MIT */
/*
 * Symbol store: goes through the places of a path, in their order, and through
 * the layouts that each place may have:
 *
 *	flat		dir/foo.pdb, dir/dll/foo.pdb, dir/symbols/dll/foo.pdb
 *	two tiers	dir/foo.pdb/KEY/foo.pdb			(symstore, symsrv)
 *	three tiers	dir/fo/foo.pdb/KEY/foo.pdb		(with dir/index2.txt)
 *	Breakpad	dir/foo.pdb/ID/foo.sym, dir/libfoo.so/ID/libfoo.so.sym
 *	build ids	dir/.build-id/ab/cdef...		(ELF)
 *	mirrored	dir/Windows/System32/foo.dll		(images)
 *	kernels		see store_kernel.c
 */
#include "symbol/store_impl.h"

#include "base/cancel.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { MAX_COMPONENTS = 32 };

/* --- attempts ----------------------------------------------------------------------- */

const char *symbol_outcome_text(enum symbol_outcome o)
{
	switch (o) {
	case SYMBOL_FOUND: return "found";
	case SYMBOL_ABSENT: return "file not found";
	case SYMBOL_MISMATCH: return "mismatched";
	case SYMBOL_COMPRESSED: return "compressed";
	case SYMBOL_UNREADABLE: return "not readable";
	case SYMBOL_FAILED: return "download failed";
	case SYMBOL_NOT_ASKED: return "not asked";
	}
	return "";
}

struct err *search_note(struct search *q, const char *where, const char *rule, enum symbol_outcome o,
			const char *why)
{
	struct symbol_attempt t = { .where = arena_strdup(q->a, where), .rule = rule, .outcome = o,
				    .why = arena_strdup(q->a, why) };

	if (!t.where || !t.why || !vec_push(&q->attempts, t))
		return err_nomem();
	return NULL;
}

static enum symbol_outcome outcome_of(const struct err *e)
{
	switch ((int)err_code(e)) {
	case ERR_NOTFOUND:
		return SYMBOL_MISMATCH;
	case ERR_UNSUPPORTED:
		return SYMBOL_COMPRESSED;
	default:
		return SYMBOL_UNREADABLE;
	}
}

struct err *search_try(struct search *q, const char *path, const char *rule)
{
	CLEANUP(err_freep) struct err *e = NULL;
	bool verified = false;

	if (!store_is_file(path))
		return search_note(q, path, rule, SYMBOL_ABSENT, "");
	e = store_check(path, q->r, &q->found.type, &verified);
	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return TAKE_PTR(e);
	if (e)
		return search_note(q, path, rule, outcome_of(e), err_message(e));
	TRY(search_note(q, path, rule, SYMBOL_FOUND, verified ? "" : "identity not compared: the dump has none"));
	q->found.path = q->attempts.v[q->attempts.n - 1].where;
	q->found.rule = rule;
	q->found.unverified = !verified;
	return NULL;
}

/* dir/names[0]/.../names[n-1], in whatever case it is there. */
static struct err *probe(struct search *q, const char *dir, const char *const *names, size_t n,
			 const char *rule)
{
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;

	if (q->found.path)
		return NULL;
	TRY(cancel_check());
	if (store_find_path(dir, names, n, &path))
		return search_try(q, path.s, rule);
	strbuf_reset(&path);
	strbuf_adds(&path, dir);
	for (size_t i = 0; i < n; i++)
		strbuf_addf(&path, "%s%s", i || !str_ends_nocase(dir, "/") ? "/" : "", names[i]);
	TRY(strbuf_check(&path));
	return search_note(q, path.s, rule, SYMBOL_ABSENT, "");
}

/* Told only when it is there: a packed file in place of the real one. */
static struct err *probe_packed(struct search *q, const char *dir, const char *const *names, size_t n)
{
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;
	const char *packed[4];
	char name[256];

	if (q->found.path || n > ARRAY_SIZE(packed) || !store_packed_name(names[n - 1], name, sizeof(name)))
		return NULL;
	memcpy(packed, names, (n - 1) * sizeof(*names));
	packed[n - 1] = name;
	if (!store_find_path(dir, packed, n, &path))
		return NULL;
	return search_note(q, path.s, "symbol store", SYMBOL_COMPRESSED,
			   "compressed (cabinet): unpack it with cabextract");
}

/* --- layouts --------------------------------------------------------------------------- */

static const char *extension(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot[1] ? dot + 1 : NULL;
}

static struct err *probe_flat(struct search *q, const char *dir)
{
	const char *of = q->r->kind == SYMBOL_WANT_PDB && q->r->image ? str_basename(q->r->image) : q->name;
	const char *ext = q->r->kind == SYMBOL_WANT_PDB && !q->r->image ? "dll" : extension(of);
	const char *flat[] = { q->name }, *by_ext[] = { ext, q->name }, *old[] = { "symbols", ext, q->name };

	TRY(probe(q, dir, flat, 1, "folder"));
	TRY(probe_packed(q, dir, flat, 1));
	if (!ext || q->r->kind == SYMBOL_WANT_ELF)
		return NULL;
	TRY(probe(q, dir, by_ext, 2, "folder"));
	return probe(q, dir, old, 3, "folder");
}

/* dir/foo.pdb/KEY/foo.pdb, or a level deeper where the store says so. */
static struct err *probe_tiers(struct search *q, const char *dir, const char *key, const char *file,
			       const char *rule)
{
	char prefix[3] = { q->name[0], q->name[0] ? q->name[1] : '\0', '\0' };
	const char *index[] = { "index2.txt" };
	const char *three[] = { prefix, q->name, key, file }, **names = three + 1;
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	size_t n = 3;

	if (!*key || q->found.path)
		return NULL;
	if (store_find_path(dir, index, 1, &sb)) {
		names = three;
		n = 4;
	}
	TRY(probe(q, dir, names, n, rule));
	return probe_packed(q, dir, names, n);
}

static struct err *probe_breakpad(struct search *q, const char *dir)
{
	CLEANUP(strbuf_deinit) struct strbuf id = STRBUF_INIT;
	CLEANUP(strbuf_deinit) struct strbuf sym = STRBUF_INIT;

	if (q->r->kind != SYMBOL_WANT_PDB && q->r->kind != SYMBOL_WANT_ELF_SYM)
		return NULL;
	TRY(store_breakpad_id(q->r, &id));
	store_sym_name(q->name, &sym);
	TRY(strbuf_check(&sym));
	TRY(probe_tiers(q, dir, id.s, sym.s, "Breakpad store"));
	if (!q->found.path) {
		const char *flat[] = { sym.s };

		return probe(q, dir, flat, 1, "folder");
	}
	return NULL;
}

/* dir/.build-id/ab/cdef: a link to the image, as distributions have it. */
static struct err *probe_build_id(struct search *q, const char *dir)
{
	CLEANUP(strbuf_deinit) struct strbuf hex = STRBUF_INIT;
	const char *names[] = { ".build-id", NULL, NULL };
	char head[3];

	if (q->r->kind != SYMBOL_WANT_ELF || q->r->build_id_size < 2)
		return NULL;
	for (size_t i = 0; i < q->r->build_id_size; i++)
		strbuf_addf(&hex, "%02x", q->r->build_id[i]);
	TRY(strbuf_check(&hex));
	memcpy(head, hex.s, 2);
	head[2] = '\0';
	names[1] = head;
	names[2] = hex.s + 2;
	return probe(q, dir, names, 3, "build id");
}

/* The module's whole path below the folder: a copy of its disk. */
static struct err *probe_mirror(struct search *q, const char *dir, const char *rule)
{
	const char *names[MAX_COMPONENTS];
	char *copy = arena_strdup(q->a, q->r->name), *save = NULL;
	size_t n = 0;

	if (!copy)
		return err_nomem();
	for (char *at = strtok_r(copy, "/\\", &save); at; at = strtok_r(NULL, "/\\", &save)) {
		if (n == MAX_COMPONENTS)
			return NULL;
		if (n || !strchr(at, ':')) /* without the drive */
			names[n++] = at;
	}
	return n > 1 ? probe(q, dir, names, n, rule) : NULL;
}

static struct err *probe_folder(struct search *q, const char *dir)
{
	if (!store_is_folder(dir))
		return search_note(q, dir, "folder", SYMBOL_ABSENT, "no such folder");
	if (q->r->kind != SYMBOL_WANT_ELF_SYM)
		TRY(probe_flat(q, dir));
	TRY(probe_tiers(q, dir, q->r->kind == SYMBOL_WANT_ELF_SYM ? "" : q->key, q->name, "symbol store"));
	TRY(probe_breakpad(q, dir));
	TRY(probe_build_id(q, dir));
	if (q->r->kind == SYMBOL_WANT_IMAGE || q->r->kind == SYMBOL_WANT_ELF)
		return probe_mirror(q, dir, "folder");
	return NULL;
}

/* --- chains -------------------------------------------------------------------------------- */

static struct err *probe_store(struct search *q, const char *dir)
{
	if (!store_is_folder(dir))
		return NULL; /* a cache that nothing was put in yet */
	if (q->r->kind != SYMBOL_WANT_ELF_SYM)
		TRY(probe_tiers(q, dir, q->key, q->name, "symbol store"));
	return probe_breakpad(q, dir);
}

/* Microsoft's server has no Breakpad files: one request less a module. */
static bool may_have_sym(const char *url)
{
	return !str_starts_nocase(url, SYMBOL_DEFAULT_SERVER);
}

static struct err *ask_server(struct search *q, const char *url, const char *cache)
{
	CLEANUP(strbuf_deinit) struct strbuf id = STRBUF_INIT;
	CLEANUP(strbuf_deinit) struct strbuf sym = STRBUF_INIT;

	if (q->s->o.offline)
		return search_note(q, url, "server", SYMBOL_NOT_ASKED, "offline");
	if (!cache || !*cache)
		return search_note(q, url, "server", SYMBOL_NOT_ASKED, "no folder to put files in");
	if (q->r->kind != SYMBOL_WANT_ELF_SYM && *q->key)
		TRY(store_download(q, url, cache, q->key, q->name));
	if (q->found.path || (q->r->kind != SYMBOL_WANT_PDB && q->r->kind != SYMBOL_WANT_ELF_SYM) ||
	    !may_have_sym(url))
		return NULL;
	TRY(store_breakpad_id(q->r, &id));
	store_sym_name(q->name, &sym);
	TRY(strbuf_check(&sym));
	return *id.s ? store_download(q, url, cache, id.s, sym.s) : NULL;
}

/* Downloads go to the nearest store of the chain, else to cache*'s folder,
 * else to the default cache. */
static struct err *cache_of(struct search *q, const struct symbol_place *p, struct strbuf *sb)
{
	struct err *e;

	for (size_t i = 0; i < p->n_stores; i++)
		if (!symbol_is_url(p->stores[i])) {
			strbuf_adds(sb, p->stores[i]);
			return strbuf_check(sb);
		}
	if (p->cache) {
		strbuf_adds(sb, p->cache);
		return strbuf_check(sb);
	}
	e = symbol_default_cache(sb);
	if (e && err_code(e) != ERR_NOTFOUND)
		return e;
	err_free(e);
	return NULL;
}

static struct err *probe_chain(struct search *q, const struct symbol_place *p)
{
	CLEANUP(strbuf_deinit) struct strbuf cache = STRBUF_INIT;

	TRY(cache_of(q, p, &cache));
	if (*cache.s && symbol_is_url(p->stores[0]))
		TRY(probe_store(q, cache.s));
	for (size_t i = 0; i < p->n_stores && !q->found.path; i++) {
		if (symbol_is_url(p->stores[i]))
			TRY(ask_server(q, p->stores[i], cache.s));
		else
			TRY(probe_store(q, p->stores[i]));
	}
	return NULL;
}

/* --- searching ------------------------------------------------------------------------------- */

static struct err *probe_places(struct search *q, const struct symbol_place *places, size_t n)
{
	for (size_t i = 0; i < n && !q->found.path; i++) {
		if (places[i].kind == SYMBOL_PLACE_CHAIN)
			TRY(probe_chain(q, &places[i]));
		else
			TRY(probe_folder(q, places[i].stores[0]));
	}
	return NULL;
}

/* The path that the image's record has, where it is one of this system. */
static struct err *probe_recorded(struct search *q)
{
	if (q->r->kind != SYMBOL_WANT_PDB || q->r->name[0] != '/' || !*q->key)
		return NULL;
	return search_try(q, q->r->name, "path in the image");
}

static struct err *probe_kernel(struct search *q)
{
	for (size_t i = 0; i < q->s->n_places && !q->found.path; i++)
		if (q->s->places[i].kind == SYMBOL_PLACE_FOLDER)
			TRY(store_probe_kernel(q, q->s->places[i].stores[0], true));
	return q->found.path || !q->s->sysroot ? NULL : store_probe_kernel(q, q->s->sysroot, false);
}

static struct err *probe_all(struct search *q)
{
	bool image = q->r->kind == SYMBOL_WANT_IMAGE || q->r->kind == SYMBOL_WANT_ELF;

	if (q->r->kind == SYMBOL_WANT_KERNEL)
		return probe_kernel(q);
	if (image)
		TRY(probe_places(q, q->s->images, q->s->n_images));
	if (!q->found.path && q->r->kind == SYMBOL_WANT_ELF && q->s->sysroot) {
		TRY(probe_mirror(q, q->s->sysroot, "sysroot"));
		TRY(probe_build_id(q, q->s->sysroot));
	}
	if (!q->found.path)
		TRY(probe_recorded(q));
	return probe_places(q, q->s->places, q->s->n_places);
}

/* The rarer an outcome, the more it says. */
static int weight(enum symbol_outcome o)
{
	static const int weights[] = { [SYMBOL_MISMATCH] = 6, [SYMBOL_COMPRESSED] = 5,
				       [SYMBOL_UNREADABLE] = 4, [SYMBOL_FAILED] = 3, [SYMBOL_NOT_ASKED] = 2,
				       [SYMBOL_ABSENT] = 1 };

	return (size_t)o < ARRAY_SIZE(weights) ? weights[o] : 0;
}

static struct err *finish(struct search *q, struct symbol_search *ret)
{
	size_t n = q->attempts.n;

	q->found.attempts = arena_memdup(q->a, q->attempts.v, n * sizeof(*q->attempts.v));
	if (!q->found.attempts)
		return err_nomem();
	q->found.n_attempts = n;
	for (size_t i = 0; i < n && !q->found.path; i++) {
		const struct symbol_attempt *t = &q->found.attempts[i];

		if (!q->found.trouble || weight(t->outcome) > weight(q->found.trouble->outcome))
			q->found.trouble = t;
	}
	*ret = q->found;
	return NULL;
}

struct err *symbol_store_find(struct symbol_store *s, const struct symbol_request *r, struct arena *a,
			      struct symbol_search *ret)
{
	CLEANUP(strbuf_deinit) struct strbuf key = STRBUF_INIT;
	struct search q = { .s = s, .r = r, .a = a, .name = str_basename(r->name) };
	struct err *e = symbol_request_key(r, &key);

	q.key = key.s;
	if (!e)
		e = store_safe_name(q.name) ? probe_all(&q)
					    : search_note(&q, r->name, "name", SYMBOL_ABSENT,
							  "the dump's name for it is no file name");
	if (!e)
		e = finish(&q, ret);
	vec_deinit(&q.attempts);
	return e;
}

/* --- construction ------------------------------------------------------------------------------- */

static struct err *init(struct symbol_store *s, const struct symbol_store_options *o)
{
	s->o = *o;
	if (!s->o.connect_timeout)
		s->o.connect_timeout = 15;
	if (!s->o.stall_timeout)
		s->o.stall_timeout = 30;
	if (!s->o.max_size)
		s->o.max_size = (uint64_t)4 << 30;
	TRY(symbol_path_parse(o->symbol_path, &s->arena, &s->places, &s->n_places));
	TRY(symbol_path_parse(o->image_path, &s->arena, &s->images, &s->n_images));
	if (o->sysroot && *o->sysroot) {
		s->sysroot = arena_strdup(&s->arena, o->sysroot);
		if (!s->sysroot)
			return err_nomem();
	}
	s->o.symbol_path = s->o.image_path = s->o.sysroot = NULL; /* the caller's */
	return NULL;
}

struct err *symbol_store_create(const struct symbol_store_options *o, struct symbol_store **ret)
{
	struct symbol_store *s = calloc(1, sizeof(*s));
	struct err *e;

	if (!s)
		return err_nomem();
	e = init(s, o);
	if (e) {
		symbol_store_destroy(s);
		return e;
	}
	*ret = s;
	return NULL;
}

void symbol_store_destroy(struct symbol_store *s)
{
	if (!s)
		return;
	store_download_end(s);
	store_kernel_end(s);
	strmap_deinit(&s->refused);
	strmap_deinit(&s->servers_down);
	arena_deinit(&s->arena);
	free(s);
}

void symbol_store_retry(struct symbol_store *s)
{
	strmap_deinit(&s->refused);
	strmap_deinit(&s->servers_down);
}
