/* SPDX-License-Identifier: MIT */
/*
 * Hooks: places of a module that were made to lead out of it, as they can be seen
 * without its file.
 *
 *	entry	an exported function of an x86 or x64 PE image that begins with a
 *		jump to somewhere else. Compilers reach other modules through slots
 *		of the own image; only what patches code jumps there directly.
 *	import	a slot of an import table whose address is no export of the module
 *		in which it lies, or is in no module. Loaders follow forwarders, so
 *		that what they put there is an export of some module. On Linux: a
 *		slot of the procedure linkage table that leads to a module which
 *		does not define the symbol.
 *
 * What cannot be read is left out. Jumps that the way leads over, as in memory
 * that a hooking library allocates, are followed.
 */
#ifndef OSM_TARGET_HOOKS_H
#define OSM_TARGET_HOOKS_H

#include "target/target.h"

struct hook {
	struct module *module;	/* that was changed */
	uint64_t address;	/* of the code, or of the slot */
	bool is_slot;
	const char *name;	/* exported or imported; "" none. Valid during the call */
	const char *library;	/* that an import names; "" not known */
	uint64_t target;	/* where it leads in the end */
	struct module *to;	/* which that is in; NULL: none */
};

typedef bool hook_visitor(void *arg, const struct hook *h); /* false: stop */

struct err *module_hooked_entries(struct target *t, struct module *m, hook_visitor *v, void *arg) MUST_USE;
struct err *module_hooked_imports(struct target *t, struct module *m, hook_visitor *v, void *arg) MUST_USE;
/* From an address in no module along jumps, into one if they lead there. */
uint64_t hook_follow(struct target *t, const struct module *m, uint64_t address);

#endif
