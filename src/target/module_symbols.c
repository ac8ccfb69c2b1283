/* SPDX-License-Identifier: MIT */
/*
 * Symbols of a module: found when someone first asks, kept in a chain of
 * providers, best first.
 */
#include "target/target_impl.h"

#include <stdlib.h>
#include <string.h>

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

static void load(struct target *t, struct module *m)
{
	(void)t;
	(void)add_provider;
	m->priv->status = SYMBOLS_NONE;
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

struct err *module_find_image(struct target *t, struct module *m, char **ret_path)
{
	return err_new(ERR_NOTFOUND, "no image file for %s", m->image_name);
}
