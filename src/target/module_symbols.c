/* SPDX-License-Identifier: MIT */
/*
 * Symbols of a module: found when someone first asks, kept in a chain of
 * providers, best first.
 */
#include "symbol/elf.h"
#include "target/target_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add_provider(struct module *m, struct provider *p, enum symbol_status status)
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

static void keep_trouble(struct module *m, struct err *e)
{
	if (!m->priv->trouble)
		m->priv->trouble = strdup(err_message(e));
	err_free(e);
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
		keep_trouble(m, e);
		return false;
	}
	add_provider(m, p, p->has_types ? SYMBOLS_PRIVATE : req->path ? SYMBOLS_PUBLIC : SYMBOLS_EXPORT);
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

	take_build_id(t, m);
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

static void load(struct target *t, struct module *m)
{
	m->priv->status = SYMBOLS_NONE;
	if (!target_is_windows(t))
		load_elf(t, m);
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
	return m->priv->n_providers ? m->priv->providers[0]->path : "";
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
	p->trouble = NULL;
	p->n_providers = 0;
	p->symbols_tried = false;
	p->status = SYMBOLS_DEFERRED;
}

void module_forget_symbols(struct target *t, struct module *m)
{
	target_forget_resolved(t);
	module_symbols_forget(m);
}

/* Where a Linux module's file may be: under the sysroot, in image folders. */
static struct err *find_elf_image(struct target *t, struct module *m, char **ret_path)
{
	struct elf_build_id id;
	char *path;

	if (asprintf(&path, "%s%s", t->sysroot ? t->sysroot : "", m->path) < 0)
		return err_nomem();
	if (err_ignore(elf_build_id_of_file(path, &id)) && access(path, R_OK) != 0) {
		free(path);
		return err_new(ERR_NOTFOUND, "no file for %s", m->path);
	}
	*ret_path = path;
	return NULL;
}

struct err *module_find_image(struct target *t, struct module *m, char **ret_path)
{
	if (!target_is_windows(t))
		return find_elf_image(t, m, ret_path);
	return err_new(ERR_NOTFOUND, "no image file for %s", m->image_name);
}
