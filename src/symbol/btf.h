/* SPDX-License-Identifier: MIT */
/*
 * BTF: the types of a Linux kernel, which it carries in its own memory (and of
 * each module, split from the kernel's), as a provider. docs/formats/btf.md
 *
 * Opening looks at the header only. The first question makes an index of
 * where each type begins, the first look-up by name a table of names. Names
 * are borrowed from the blob. Every byte may be wrong: a record that cannot be
 * read ends the index, what lies before it stays usable, and look-ups that find
 * nothing then say CORRUPT instead of NOTFOUND.
 *
 * A type's id is its BTF id; void, which BTF numbers 0, has an id of its own.
 * A name is that of a structure, union, enumeration, typedef or base type;
 * "struct x", "union x", "enum x" ask for one kind. Definitions win over forward
 * declarations, tags over typedefs, the first over later ones of the same name.
 */
#ifndef OSM_SYMBOL_BTF_H
#define OSM_SYMBOL_BTF_H

#include "symbol/provider.h"

struct btf_input {
	const char *name;	/* for messages: "vmlinux BTF" */
	const void *data;
	size_t size;		/* borrowed until the provider goes: the caller keeps it */
	struct provider *base;	/* a module's split BTF: the kernel's, referenced; NULL: none */
};

/* CORRUPT, TRUNCATED with the offset; UNSUPPORTED: another version. */
struct err *btf_open(const struct btf_input *in, struct provider **ret) MUST_USE;

/* Type of a variable: BTF tells those of per-CPU variables, newer kernels others
 * too. p: a BTF provider. NOTFOUND. */
struct err *btf_variable(struct provider *p, const char *name, struct type_ref *ret) MUST_USE;
/* Value of an enumerator of any enumeration, named or not; the first of the name. NOTFOUND. */
struct err *btf_enumerator(struct provider *p, const char *name, int64_t *ret) MUST_USE;
/* Whether a provider is one of BTF, for the above. */
bool btf_is(const struct provider *p);

#endif
