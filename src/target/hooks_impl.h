/* SPDX-License-Identifier: MIT */
/* For the files of hooks*.c only. */
#ifndef OSM_TARGET_HOOKS_IMPL_H
#define OSM_TARGET_HOOKS_IMPL_H

#include "target/hooks.h"

/* Completes the hook, whose target is the first step, and calls the visitor. */
bool hook_tell(struct target *t, struct hook *h, hook_visitor *v, void *arg);
/* The slots of an ELF image's procedure linkage table. */
struct err *module_hooked_plt(struct target *t, struct module *m, hook_visitor *v, void *arg) MUST_USE;

#endif
