/* SPDX-License-Identifier: MIT */
/* For the files of src/target only. */
#ifndef OSM_TARGET_TARGET_IMPL_H
#define OSM_TARGET_TARGET_IMPL_H

#include "base/cancel.h"
#include "base/map.h"
#include "base/vec.h"
#include "symbol/pe.h"
#include "symbol/store.h"
#include "target/target.h"

enum {
	MAX_THREADS = 1 << 20,
	MAX_MODULES = 1 << 16,
	MAX_PROVIDERS = 4,
};

struct exec_range {
	uint64_t start, end;		/* absolute */
};

struct module_private {
	struct target *target;
	bool symbols_tried;
	struct provider *providers[MAX_PROVIDERS];
	size_t n_providers;
	enum symbol_status status;
	struct provider *debug_file;	 /* of a kernel: among the providers; NULL: none */
	char *trouble;			/* why not better, owned; NULL: nothing to say */
	char *other_file;		/* of its name and another build, owned; NULL: none was met */

	struct source *memory_source;	/* ELF: the module in the dump's memory */

	bool header_tried;		/* PE header in memory, else in the image file */
	struct pe *pe;			/* over the dump's memory */
	bool image_tried;		/* the module's file on disk */
	char *image_file;		/* path, owned */
	struct pe *image_pe;		/* over that file */
	struct pe_image *image;		/* its parts that fill memory */
	struct source *image_source;	/* ELF: the file */
	struct unwind_image unwind;	/* valid once header_tried */
	VEC(struct exec_range) exec;	/* executable parts */
	bool exec_known;
	bool exports_tried;
	struct provider *exports;	/* of `pe` or `image_pe`, for hooks.c; NULL: none */
};

struct target {
	struct dump *dump;
	const struct dump_facts *facts;
	struct dump_facts found;	/* what `facts` is of a kernel that its container does not name */
	struct kernel *kernel;		/* NULL: of a process, or none was found */
	const struct arch *arch;
	struct arch_memory memory;
	struct space *space;		/* built on first use */
	struct arena arena;
	const char **unloaded_names;	/* made when asked for */

	bool threads_done;
	struct thread *threads;
	size_t n_threads;
	struct u64map threads_by_tid;

	bool modules_done, modules_loading;
	struct module **modules;	/* by base */
	size_t n_modules;
	struct module *last_hit;

	bool regions_done;		/* regions.c */
	struct region *regions;
	size_t n_regions;

	struct u64map resolved;		/* address -> struct resolved */
	struct arena resolved_arena;

	struct argument_cache *arguments;	/* argument.c: in the arena, NULL until asked for */
	struct u64map bindings;		/* struct binding * and half -> layout (bind.c) */
	struct provider *pack32, *pack64;

	int has_wow;			/* -1: not looked yet */
	char *symbol_path, *image_path, *sysroot;
	struct symbol_store *store;	/* made on first use */
	bool noisy;			/* tell each attempt to find a file */
};

/* modules_elf.c, modules_wow.c, modules_pe.c: append to the list under construction */
struct module_list {
	struct target *target;
	VEC(struct module *) v;
	struct u64map places;	/* of base and size, hashed */
};
void module_list_deinit(struct module_list *list);
struct module *module_list_add(struct module_list *list, uint64_t base, uint64_t size,
			       const char *path); /* NULL: no memory or absurd */
bool module_is_listed(const struct module_list *list, uint64_t base, uint64_t size);
struct err *modules_add_elf(struct module_list *list) MUST_USE;
/* Reads what the dynamic linker says of the modules, for who watches the reads (strip.c). */
struct err *modules_read_link_map(struct target *t) MUST_USE;
struct err *modules_add_wow(struct module_list *list) MUST_USE;

/* module_image.c */
const struct unwind_image *module_unwind_image(struct target *t, struct module *m);
bool module_fill_from_image(struct target *t, struct module *m);
void target_fill_space(struct target *t); /* from images, unless modules are being listed */
void module_image_forget(struct module *m);

/* What the module's file has for its memory, relocated as the loader does. `src` of a range NULL: zeros. */
struct image_part {
	struct space_range range;
	const char *name;		/* section, or kind of segment */
	bool writable, executable;
};
/* NOTFOUND: no file, or another one, and why. The parts' sources live as long as the module's files. */
struct err *module_image_parts(struct target *t, struct module *m, struct arena *a, struct image_part **ret,
			       size_t *ret_n) MUST_USE;

/* module_symbols.c */
void module_symbols_forget(struct module *m);
/* The module's file, its identity checked. NOTFOUND with every place tried. */
struct err *module_find_image(struct target *t, struct module *m, char **ret_path) MUST_USE;

/* Asks the store, telling each attempt when that is wanted; a file of another build is kept in mind. */
struct err *module_search(struct target *t, struct module *m, const struct symbol_request *r, struct arena *a,
			  struct symbol_search *ret) MUST_USE;

struct err *target_store(struct target *t) MUST_USE; /* makes t->store */

/* module_symbols.c: taken over, also when there are too many of them; e is ended. */
void module_add_provider(struct module *m, struct provider *p, enum symbol_status status);
void module_keep_trouble(struct module *m, struct err *e);

/* symbols.c */
void target_forget_resolved(struct target *t);

/* wow.c */
struct err *wow_thread_regs(struct target *t, struct thread *th, struct regs *ret) MUST_USE;
uint64_t wow_teb32(struct target *t, uint64_t teb);

#endif
