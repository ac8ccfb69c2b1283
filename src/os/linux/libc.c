/* SPDX-License-Identifier: MIT */
/*
 * The C library: see libc.h. glibc's file is libc.so.6 (libc-2.31.so in old
 * releases), musl's is its loader, ld-musl-*.so.1. Others are asked only where
 * there is none of these, since to ask a module opens its symbols.
 */
#include "os/linux/libc.h"

#include <inttypes.h>
#include <stdio.h>

static bool is_libc(const struct module *m)
{
	return str_starts(m->image_name, "libc.so") || str_starts(m->image_name, "libc-") ||
	       str_starts(m->image_name, "ld-musl-");
}

struct err *linux_libc_symbol(struct target *t, const char *name, uint64_t *ret)
{
	struct module **modules;
	size_t n = target_modules(t, &modules);
	char full[256];

	for (size_t i = 0; i < n; i++) {
		if (!is_libc(modules[i]))
			continue;
		(void)snprintf(full, sizeof(full), "%s!%s", modules[i]->name, name);
		return target_symbol_named(t, full, ret);
	}
	return target_symbol_named(t, name, ret);
}
