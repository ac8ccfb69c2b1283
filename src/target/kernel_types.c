/* SPDX-License-Identifier: MIT */
/* A kernel's types beyond those by name: see kernel_types.h. */
#include "target/kernel_types.h"

#include "symbol/btf.h"
#include "symbol/elf.h"
#include "target/bind.h"
#include "target/kernel_impl.h"

/* Every kernel has list_head: the provider of it has all others. */
static struct err *types_of(struct target *t, struct provider **ret)
{
	struct type_ref any;

	if (!target_kernel(t))
		return err_new(ERR_NOTFOUND, "not the dump of a kernel");
	TRY(bind_type(t, HALF_NATIVE, "vmlinux", "list_head", &any));
	if (!btf_is(any.provider))
		return err_new(ERR_NOTFOUND, "the kernel's types are not in BTF");
	*ret = any.provider;
	return NULL;
}

/* Of a kernel without BTF. */
static struct err *by_debug_file(struct target *t, const char *name, struct type_ref *ret)
{
	struct kernel *k = target_kernel(t);
	struct provider *p = k ? kernel_types(k) : NULL;
	uint64_t address;

	if (!p || btf_is(p))
		return err_new(ERR_NOTFOUND, "the kernel's types are in BTF");
	TRY(kernel_symbol(k, name, &address));
	return p->ops->type_at(p, address - k->base, ret);
}

struct err *kernel_variable_type(struct target *t, const char *name, struct type_ref *ret)
{
	struct provider *p;

	if (!err_ignore(by_debug_file(t, name, ret)))
		return NULL;
	TRY(types_of(t, &p));
	return btf_variable(p, name, ret);
}

struct err *kernel_constant(struct target *t, const char *name, int64_t *ret)
{
	struct provider *p = target_kernel(t) ? kernel_types(target_kernel(t)) : NULL;

	if (p && !btf_is(p))
		return elf_enumerator(p, name, ret);
	TRY(types_of(t, &p));
	return btf_enumerator(p, name, ret);
}
