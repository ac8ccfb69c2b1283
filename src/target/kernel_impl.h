/* SPDX-License-Identifier: MIT */
/* The kernel in a dump, for the files of src/target. */
#ifndef OSM_TARGET_KERNEL_IMPL_H
#define OSM_TARGET_KERNEL_IMPL_H

#include "target/kernel.h"
#include "target/target_impl.h"

enum { MAX_CPUS = 8192 };

struct kernel_cpu {
	uint64_t offset;	/* of its per-CPU area */
	bool possible, online;
	struct dump_piece regs;	/* elf_gregset_t; size 0: none in the dump */
};

struct kernel_part {
	struct module *module;
	uint64_t base, size;
};

struct kernel {
	struct target *t;
	struct arena arena;
	struct strmap info;		/* VMCOREINFO, in the arena */
	const char *release;
	uint64_t base, end;		/* of the image, virtual; the end is a bound until names are known */

	struct space *physical;
	struct arch_memory physical_memory;
	struct paging paging;
	struct paged_memory *memory;
	struct space *segments;		/* what the container maps by itself above user addresses; NULL: nothing */
	struct space_translation translation;

	bool names_tried, types_tried;
	struct provider *names, *types;	/* kallsyms, BTF of vmlinux or else its debug file; NULL: could not be had */
	VEC(struct kernel_part) parts;	/* of modules, besides their code, by address */
	VEC(struct view) views;		/* BTF of vmlinux and of modules */

	bool cpus_done;
	struct kernel_cpu *cpus;
	unsigned n_cpus;
	bool direct_done, array_done;
	uint64_t direct_map, page_array;
};

/* Finds the kernel; NOTFOUND with the reason where there is none. */
struct err *kernel_create(struct target *t, struct kernel **ret) MUST_USE;
void kernel_destroy(struct kernel *k);	/* accepts NULL */

/* kernel_info.c: the nth VMCOREINFO: a note's first, then those in memory. *ret false: there are no more. */
struct err *kernel_find_info(struct kernel *k, unsigned nth, bool *ret) MUST_USE;

/* kernel_clock.c: the time, and how many CPUs were online, as the kernel had them */
void kernel_state_facts(struct kernel *k, struct dump_facts *f);

/* kernel_symbols.c */
struct provider *kernel_names(struct kernel *k);	/* borrowed; NULL */
struct provider *kernel_types(struct kernel *k);
/* A type of vmlinux; `module` NULL or "vmlinux". */
bool kernel_type_named(struct kernel *k, const char *module, const char *type, struct type_ref *ret);
/* Whether all types of that module are the kernel's own, so that what these lack is nowhere. */
bool kernel_has_types(struct kernel *k, const char *module);
void kernel_load_symbols(struct kernel *k, struct module *m);
/* kernel_debug.c: a file with DWARF, where the symbol path or the system has the one of this build. */
void kernel_add_debug_file(struct kernel *k, struct module *m);
/* The kernel's own debug file, before there are modules: for its types where the dump has none. */
bool kernel_debug_types(struct kernel *k, struct provider **ret);

/* kernel_modules.c, kernel_tasks.c */
/* The module that has a part there which is not its code; NULL. */
struct module *kernel_module_at(const struct kernel *k, uint64_t address);
struct err *kernel_add_modules(struct kernel *k, struct module_list *list) MUST_USE;
void kernel_load_threads(struct kernel *k); /* what is lacking is told as notices */
struct err *kernel_thread_regs(struct kernel *k, struct thread *th, struct regs *ret) MUST_USE;

#endif
