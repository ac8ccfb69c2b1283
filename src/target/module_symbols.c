/* SPDX-License-Identifier: MIT */
/*
 * Symbols of a module: found when someone first asks, kept in a chain of
 * providers, best first.
 */
#include "symbol/breakpad.h"
#include "symbol/elf.h"
#include "symbol/pdb.h"
#include "target/kernel_impl.h"

#include <stdlib.h>
#include <string.h>

void module_add_provider(struct module *m, struct provider *p, enum symbol_status status)
{
	struct module_private *priv = m->priv;

	if (priv->n_providers == MAX_PROVIDERS) {
		provider_unref(p);
		return;
	}
	priv->providers[priv->n_providers++] = p;
	if (status > priv->status)
		priv->status = status;
}

void module_keep_trouble(struct module *m, struct err *e)
{
	if (!m->priv->trouble)
		m->priv->trouble = strdup(err_message(e));
	err_free(e);
}

/* A file of another build is worth to be known, whatever is found elsewhere. */
static void keep_other(struct module *m, const struct symbol_search *s)
{
	if (!m->priv->other_file && s->trouble && s->trouble->outcome == SYMBOL_MISMATCH)
		m->priv->other_file = strdup(s->trouble->where);
}

/* --- ELF ---------------------------------------------------------------------- */

static void take_build_id(struct target *t, struct module *m)
{
	struct elf_build_id id;

	if (m->build_id_size || !target_space(t) ||
	    err_ignore(elf_build_id_from_memory(target_space(t), m->base, &id)))
		return;
	m->build_id_size = id.size;
	memcpy(m->build_id, id.bytes, id.size);
}

static bool opened_elf(struct target *t, struct module *m, const struct elf_request *req)
{
	struct provider *p = NULL;
	struct err *e = elf_open(req, &p);

	if (e) {
		module_keep_trouble(m, e);
		return false;
	}
	module_add_provider(m, p, p->has_types ? SYMBOLS_PRIVATE : req->path ? SYMBOLS_PUBLIC : SYMBOLS_EXPORT);
	return true;
}

/* The file under the name that the dump gives, else the image in memory. A
 * file that is another build is refused and said to be; the image still
 * answers then. */
static void load_elf(struct target *t, struct module *m)
{
	struct module_private *p = m->priv;
	struct elf_build_id id = { .size = 0 };
	struct elf_request req = { .name = m->path, .base = m->base };
	char *path = NULL;

	id.size = (unsigned)m->build_id_size;
	memcpy(id.bytes, m->build_id, sizeof(id.bytes));
	req.build_id = id.size ? &id : NULL;
	if (target_space(t) && !p->memory_source)
		(void)err_ignore(space_source(target_space(t), m->image_name, m->base, m->size,
					      &p->memory_source));
	req.image = p->memory_source;
	if (!err_ignore(module_find_image(t, m, &path)))
		req.path = path;
	if (!opened_elf(t, m, &req) && req.path) {
		req.path = NULL;
		(void)opened_elf(t, m, &req);
	}
	free(path);
}

/* --- PDB, Breakpad, exports ------------------------------------------------------ */

/* Modules that no record describes (found in memory) tell it in their image. */
static void take_codeview(struct target *t, struct module *m)
{
	struct pe *pe = m->codeview.kind == CODEVIEW_NONE ? module_pe_image(t, m) : NULL;
	struct pe_codeview cv;

	if (!pe || err_ignore(pe_codeview(pe, &cv)))
		return;
	m->codeview.kind = cv.kind == PE_CODEVIEW_RSDS ? CODEVIEW_RSDS : CODEVIEW_NB10;
	memcpy(m->codeview.guid, cv.guid, sizeof(cv.guid));
	m->codeview.timestamp = cv.signature;
	m->codeview.age = cv.age;
	m->codeview.pdb_path = arena_strdup(&t->arena, cv.path);
}

bool module_symbol_request(struct target *t, struct module *m, struct symbol_request *ret)
{
	const struct dump_codeview *cv = &m->codeview;

	if (target_is_windows(t))
		take_codeview(t, m);
	*ret = (struct symbol_request){ .kind = SYMBOL_WANT_PDB, .image = m->image_name,
					.age = cv->age };
	if (cv->kind == CODEVIEW_RSDS || cv->kind == CODEVIEW_NB10) {
		ret->name = cv->pdb_path && *cv->pdb_path ? cv->pdb_path : m->image_name;
		ret->has_guid = cv->kind == CODEVIEW_RSDS;
		memcpy(ret->guid, cv->guid, sizeof(ret->guid));
		ret->has_signature = cv->kind == CODEVIEW_NB10;
		ret->signature = cv->timestamp;
		return true;
	}
	ret->kind = SYMBOL_WANT_ELF_SYM;
	ret->name = m->path;
	ret->build_id = m->build_id;
	ret->build_id_size = m->build_id_size;
	return m->build_id_size != 0;
}

bool module_add_symbol_key(struct target *t, struct module *m, struct strbuf *sb)
{
	struct symbol_request r;

	if (!module_symbol_request(t, m, &r))
		return false;
	strbuf_addf(sb, "%s ", str_basename(r.name));
	if (err_ignore(symbol_request_key(&r, sb)))
		return false;
	return !sb->failed;
}

static struct err *open_found(const struct symbol_search *found, struct provider **ret)
{
	if (found->type == SYMBOL_FILE_BREAKPAD)
		return breakpad_open(found->path, ret);
	return pdb_open(found->path, ret);
}

struct err *module_search(struct target *t, struct module *m, const struct symbol_request *r, struct arena *a,
			  struct symbol_search *ret)
{
	TRY(target_store(t));
	TRY(symbol_store_find(t->store, r, a, ret));
	for (size_t i = 0; t->noisy && i < ret->n_attempts; i++) {
		const struct symbol_attempt *try = &ret->attempts[i];

		notice("SYMSRV: %s - %s%s%s", try->where, symbol_outcome_text(try->outcome),
		       *try->why ? ": " : "", try->why);
	}
	keep_other(m, ret);
	return NULL;
}

/* True: a symbol file was found and opened. */
static bool load_from_store(struct target *t, struct module *m)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct symbol_search found = { 0 };
	struct symbol_request request;
	struct provider *p = NULL;
	struct err *e;

	if (!module_symbol_request(t, m, &request))
		return false;
	e = module_search(t, m, &request, &a, &found);
	if (!e && !found.path) {
		if (found.trouble && found.trouble->outcome != SYMBOL_ABSENT)
			module_keep_trouble(m, err_new(ERR_NOTFOUND, "%s: %s%s%s", found.trouble->where,
						symbol_outcome_text(found.trouble->outcome),
						*found.trouble->why ? ": " : "", found.trouble->why));
		else
			module_keep_trouble(m, err_new(ERR_NOTFOUND, "no symbol file for %s",
						str_basename(request.name)));
		return false;
	}
	if (!e)
		e = open_found(&found, &p);
	if (e) {
		module_keep_trouble(m, e);
		return false;
	}
	module_add_provider(m, p, p->is_private || p->has_lines || found.type == SYMBOL_FILE_BREAKPAD
				   ? SYMBOLS_PRIVATE : SYMBOLS_PUBLIC);
	return true;
}

/* The export table names what the PDB cannot; it comes last. */
static void load_exports(struct target *t, struct module *m)
{
	struct pe *pe = module_pe_image(t, m);
	struct provider *p = NULL;

	if (pe && !err_ignore(pe_export_provider(pe, false, &p)))
		module_add_provider(m, p, SYMBOLS_EXPORT);
}

static void load(struct target *t, struct module *m)
{
	m->priv->status = SYMBOLS_NONE;
	if (t->kernel) {
		kernel_load_symbols(t->kernel, m);
		return;
	}
	if (!target_is_windows(t))
		take_build_id(t, m);
	(void)load_from_store(t, m);
	if (target_is_windows(t))
		load_exports(t, m);
	else
		load_elf(t, m);
	if (!target_is_windows(t) && m->priv->status == SYMBOLS_PRIVATE) {
		free(m->priv->trouble); /* the file itself holds what no store had */
		m->priv->trouble = NULL;
	}
}

size_t module_providers(struct target *t, struct module *m, struct provider ***ret)
{
	struct module_private *p = m->priv;

	if (!p->symbols_tried) {
		p->symbols_tried = true; /* first: loading may read memory and come back */
		load(t, m);
	}
	*ret = p->providers;
	return p->n_providers;
}

enum symbol_status module_symbol_status(const struct module *m)
{
	return m->priv->status;
}

const char *module_symbol_file(const struct module *m)
{
	if (m->priv->debug_file)
		return m->priv->debug_file->path;
	return m->priv->n_providers ? m->priv->providers[0]->path : "";
}

const char *module_other_file(const struct module *m)
{
	return m->priv->other_file ? m->priv->other_file : "";
}

const char *module_symbol_trouble(const struct module *m)
{
	return m->priv->trouble ? m->priv->trouble : "";
}

void module_symbols_forget(struct module *m)
{
	struct module_private *p = m->priv;

	for (size_t i = 0; i < p->n_providers; i++)
		provider_unref(p->providers[i]);
	free(p->trouble);
	free(p->other_file);
	p->trouble = p->other_file = NULL;
	p->debug_file = NULL;
	p->n_providers = 0;
	p->symbols_tried = false;
	p->status = SYMBOLS_DEFERRED;
}

void module_forget_symbols(struct target *t, struct module *m)
{
	target_forget_resolved(t);
	module_symbols_forget(m);
}

/* --- images and paths -------------------------------------------------------------- */

struct err *target_store(struct target *t)
{
	struct symbol_store_options options = {
		.symbol_path = t->symbol_path,
		.image_path = t->image_path,
		.sysroot = t->sysroot ? t->sysroot : "/",
	};

	return t->store ? NULL : symbol_store_create(&options, &t->store);
}

struct err *module_find_image(struct target *t, struct module *m, char **ret_path)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	bool windows = target_is_windows(t);
	struct symbol_search found = { 0 };
	struct symbol_request request = {
		.kind = windows ? SYMBOL_WANT_IMAGE : SYMBOL_WANT_ELF,
		.name = m->path,
		.timestamp = m->timestamp,
		.size_of_image = (uint32_t)m->size,
		.build_id = m->build_id,
		.build_id_size = m->build_id_size,
	};

	TRY(module_search(t, m, &request, &a, &found));
	if (!found.path) {
		const struct symbol_attempt *why = found.trouble;

		return err_new(ERR_NOTFOUND, "no image file for %s%s%s%s%s", m->image_name,
			       why ? ": " : "", why ? why->where : "", why && *why->why ? ": " : "",
			       why ? why->why : "");
	}
	*ret_path = strdup(found.path);
	return *ret_path ? NULL : err_nomem();
}

static void forget_all(struct target *t)
{
	target_forget_resolved(t);
	u64map_deinit(&t->bindings);
	for (size_t i = 0; i < t->n_modules; i++)
		module_symbols_forget(t->modules[i]);
	symbol_store_destroy(t->store);
	t->store = NULL;
}

static struct err *set_path(struct target *t, char **slot, const char *path)
{
	char *copy = strdup(path);

	if (!copy)
		return err_nomem();
	free(*slot);
	*slot = copy;
	forget_all(t);
	return NULL;
}

const char *target_symbol_path(const struct target *t)
{
	return t->symbol_path ? t->symbol_path : "";
}

struct err *target_set_symbol_path(struct target *t, const char *path)
{
	return set_path(t, &t->symbol_path, path);
}

void target_set_noisy(struct target *t, bool noisy)
{
	t->noisy = noisy;
}

const char *target_image_path(const struct target *t)
{
	return t->image_path ? t->image_path : "";
}

struct err *target_set_image_path(struct target *t, const char *path)
{
	return set_path(t, &t->image_path, path);
}
