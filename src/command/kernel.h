/* SPDX-License-Identifier: MIT */
/* What commands about kernels share. */
#ifndef OSM_COMMAND_KERNEL_H
#define OSM_COMMAND_KERNEL_H

#include "command/command.h"
#include "target/kernel.h"

/* The kernel of the session's dump. UNSUPPORTED, with a sentence: it is a process's. */
struct err *kernel_need(struct session *s, const struct args *args, struct kernel **ret) MUST_USE;

/* kernel_out.c: a function by name (FIELD_SYM); nothing where the address is 0. */
void out_function(struct target *t, struct out *o, const char *key, uint64_t address);
/* "task_addr", and of a listed task "thread", "pid" and "name"; nothing where the address is 0. */
void out_task(struct target *t, struct out *o, uint64_t task);
struct flag_name {
	uint64_t bit;
	const char *name;
};
/* Names of the bits that are set (FIELD_STRS), at most 64 of them; nothing where none is. */
void out_flag_names(struct out *o, const char *key, uint64_t flags, const struct flag_name *names, size_t n);
/* A word that is an option: "-d" at *p is taken. */
bool option_word(const char **p, const char *option);

#endif
