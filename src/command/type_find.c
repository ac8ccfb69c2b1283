/* SPDX-License-Identifier: MIT */
/* Types and variables by name: see type_find.h. */
#include "command/type_find.h"

#include "target/bind.h"
#include "target/kernel.h"
#include "target/kernel_types.h"

#include <string.h>

const char *type_module(struct arena *a, const char *name)
{
	const char *bang = strchr(name, '!');

	return bang ? arena_strndup(a, name, (size_t)(bang - name)) : NULL;
}

static bool is_declaration(struct type_ref type)
{
	struct type_info info;

	return !err_ignore(type_get(type, &info)) && (info.flags & TYPE_IS_INCOMPLETE);
}

struct err *type_find(struct session *s, struct arena *a, const char *name,
		      struct type_ref *ret)
{
	struct target *t = session_target(s);
	struct err *e = target_type_named(t, name, ret), *e2;
	const char *bang = strchr(name, '!');

	if (e ? err_code(e) != ERR_NOTFOUND : !is_declaration(*ret))
		return e;
	e2 = bind_type(t, session_half(s), type_module(a, name), bang ? bang + 1 : name, ret);
	if (!err_ignore(e2)) {
		err_free(e);
		return NULL;
	}
	return e;
}

/* Type of the symbol at an address: by the address, or by its name where only
 * that leads to a type. */
static bool type_at(struct target *t, uint64_t address, const char *plain, struct type_ref *ret)
{
	struct provider **providers;
	struct symbol_hit hit;
	struct symbol sym;
	size_t n;

	target_symbol_at(t, address, &hit);
	if (!hit.module || hit.displacement || hit.symbol.is_code)
		return false;
	*ret = hit.symbol.type;
	if (!ret->id && target_symbol_type(t, hit.module, address - hit.module->base, ret))
		return true;
	n = ret->id ? 0 : module_providers(t, hit.module, &providers);
	for (size_t i = 0; i < n && !ret->id; i++)
		if (!err_ignore(providers[i]->ops->symbol_named(providers[i], plain, &sym)) &&
		    hit.module->base + sym.rva == address)
			*ret = sym.type;
	return ret->id;
}

/* --- variables of a kernel -------------------------------------------------------------- */

/* Whether a symbol is one of per-CPU variables, of which each processor has its own. */
static bool is_percpu(struct kernel *k, uint64_t address)
{
	uint64_t start, end;

	return !err_ignore(kernel_symbol(k, "__per_cpu_start", &start)) &&
	       !err_ignore(kernel_symbol(k, "__per_cpu_end", &end)) && address >= start && address < end;
}

/* "runqueues:1" is processor 1's, "runqueues" that of the current thread. False: no such form. */
static bool split_cpu(struct session *s, const char *name, char *buf, size_t size, unsigned *ret_cpu)
{
	const char *colon = strchr(name, ':');
	size_t n = colon ? (size_t)(colon - name) : strlen(name);
	struct thread *th = session_thread(s);

	if (n >= size)
		return false;
	memcpy(buf, name, n);
	buf[n] = '\0';
	*ret_cpu = th ? th->cpu : 0;
	for (const char *p = colon ? colon + 1 : ""; *p; p++) {
		if (*p < '0' || *p > '9')
			return false;
		*ret_cpu = (p == colon + 1 ? 0 : *ret_cpu % 100000 * 10) + (unsigned)(*p - '0');
	}
	return !colon || colon[1];
}

/* BTF has the types of per-CPU variables, a debug file those of others. */
static bool kernel_type_of(struct target *t, const char *name, uint64_t address, struct type_ref *ret)
{
	struct module *m = target_module_named(t, "vmlinux");

	return !err_ignore(kernel_variable_type(t, name, ret)) ||
	       (m && target_symbol_type(t, m, address - m->base, ret));
}

/* The kernel's names have the addresses. */
static bool find_kernel_variable(struct session *s, const char *name, struct type_ref *ret_type, uint64_t *ret_address)
{
	struct target *t = session_target(s);
	struct kernel *k = target_kernel(t);
	struct type_ref type;
	uint64_t address;
	char plain[256];
	unsigned cpu;

	if (str_starts(name, "vmlinux!"))
		name += strlen("vmlinux!");
	if (!k || !split_cpu(s, name, plain, sizeof(plain), &cpu) ||
	    err_ignore(kernel_symbol(k, plain, &address)) || !kernel_type_of(t, plain, address, &type))
		return false;
	if (is_percpu(k, address))
		address = kernel_percpu(k, address, cpu);
	if (!address)
		return false;
	*ret_type = type;
	*ret_address = address;
	return true;
}

bool type_find_variable(struct session *s, const char *name, struct type_ref *ret_type,
			uint64_t *ret_address)
{
	struct target *t = session_target(s);
	const char *bang = strchr(name, '!');
	uint64_t address;

	if (find_kernel_variable(s, name, ret_type, ret_address))
		return true;
	if (err_ignore(target_symbol_named(t, name, &address)) ||
	    !type_at(t, address, bang ? bang + 1 : name, ret_type))
		return false;
	*ret_address = address;
	return true;
}

bool type_find_local(struct session *s, struct arena *a, const char *name, struct value *ret)
{
	struct stack stack = { 0 };
	struct variable *v;
	size_t n;

	if (!session_thread(s) ||
	    err_ignore(session_stack(s, a, session_frame(s) + 1, &stack)) ||
	    session_frame(s) >= stack.n ||
	    err_ignore(frame_locals(session_target(s), &stack.frames[session_frame(s)], a, &v, &n)))
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].name, name) == 0)
			return value_of_variable(&v[i], &stack.frames[session_frame(s)], ret);
	return false;
}
