/* SPDX-License-Identifier: MIT */
/* The symbol path as its commands speak of it, over symbol/store.h. */
#include "target/target_impl.h"

#include "symbol/store.h"

struct err *target_expand_symbol_path(const struct target *t, struct strbuf *sb)
{
	return symbol_path_expand(target_symbol_path(t), sb);
}

struct err *target_fixed_symbol_path(const char *cache, struct strbuf *sb)
{
	return symbol_path_fix(cache, sb);
}

bool module_missing_file(struct target *t, struct module *m, struct strbuf *name, struct strbuf *key,
			 struct strbuf *url)
{
	struct symbol_request r;

	if (!module_symbol_request(t, m, &r) || !r.name)
		return false;
	strbuf_adds(name, str_basename(r.name));
	if (err_ignore(symbol_request_key(&r, key)))
		strbuf_reset(key);
	/* Microsoft's server has PDBs; ELF files are with their distribution */
	if (r.kind != SYMBOL_WANT_PDB || err_ignore(symbol_request_url(SYMBOL_DEFAULT_SERVER, &r, url)))
		strbuf_reset(url);
	return true;
}
