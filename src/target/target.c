/* SPDX-License-Identifier: MIT */
/*
 * Building a target over a dump: the address space is made of the dump's
 * segments when memory is first read, and module files fill what the dump left
 * out, when and where someone asks.
 */
#include "target/kernel_impl.h"

#include <stdlib.h>
#include <string.h>

static struct err *add_segments(struct target *t, struct space *s)
{
	const struct dump_segment *segments;
	struct space_range *ranges;
	size_t n, used = 0;
	struct err *e;

	TRY(dump_segments(t->dump, &segments, &n));
	if (!n)
		return NULL;
	ranges = calloc(n, sizeof(*ranges));
	if (!ranges)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		if (segments[i].zero)
			ranges[used++] = (struct space_range){
				.address = segments[i].address,
				.size = segments[i].size,
				.origin = SPACE_ZERO,
				.tag = (uint32_t)i,
			};
		if (!segments[i].file_size)
			continue;
		ranges[used++] = (struct space_range){
			.address = segments[i].address,
			.size = segments[i].file_size,
			.src = dump_source(t->dump),
			.offset = segments[i].offset,
			.origin = SPACE_DUMP,
			.tag = (uint32_t)i,
		};
	}
	e = space_add(s, ranges, used);
	free(ranges);
	return e;
}

/* Both halves: what is mapped in the kernel's own tables is its own. */
static struct err *add_kernel(struct kernel *k, struct space *s)
{
	const struct space_range all = { .address = 0, .size = UINT64_MAX, .by = &k->translation, .origin = SPACE_DUMP };

	return space_add(s, &all, 1);
}

static bool fill_from_images(void *arg, struct space *s, uint64_t address)
{
	struct target *t = arg;
	struct module *m = target_module_at(t, address);

	return m && module_fill_from_image(t, m);
}

/* Not while the list of modules itself is being read: a page is asked for once,
 * and no module could be named for it yet. */
void target_fill_space(struct target *t)
{
	if (t->space && !t->kernel)
		space_set_fill(t->space, t->modules_loading ? NULL : fill_from_images, t);
}

struct space *target_space(const struct target *t)
{
	struct target *mutable = (struct target *)(uintptr_t)t;
	struct err *e;

	if (t->space)
		return t->space;
	e = space_create(&mutable->space);
	if (!e)
		e = t->kernel ? add_kernel(t->kernel, mutable->space) : add_segments(mutable, mutable->space);
	if (e)
		notice("memory of the dump: %s", err_message(e));
	err_free(e);
	target_fill_space(mutable);
	return mutable->space;
}

static size_t read_memory(void *arg, uint64_t address, void *buf, size_t len)
{
	struct space *s = target_space(arg);

	return s ? space_read_some(s, address, buf, len) : 0;
}

static char *copy_or_null(const char *s)
{
	return s && *s ? strdup(s) : NULL;
}

/* Raw containers do not say what they hold. */
static void state_kernel(struct target *t)
{
	t->found = *t->facts;
	t->found.os = OS_LINUX;
	t->found.os_text = kernel_release(t->kernel);
	t->found.machine = MACHINE_X64;
	t->found.pointer_size = 8;
	t->facts = &t->found;
	t->arch = arch_for(t->facts->machine);
	kernel_state_facts(t->kernel, &t->found);
}

/* ELF vmcores show what their notes and virtual addresses tell, without a kernel too. */
static struct err *find_kernel(struct target *t, const struct target_options *o)
{
	struct err *e;

	if (!t->facts->whole_system)
		return NULL;
	e = kernel_create(t, &t->kernel);
	if (!e) {
		state_kernel(t);
		return NULL;
	}
	if ((err_code(e) != ERR_NOTFOUND && err_code(e) != ERR_UNSUPPORTED) || (t->facts->kind != DUMP_ELFCORE && !(o && o->machines)))
		return err_prefix(e, "the memory of a machine");
	if (!(o && o->machines))
		notice("%s", err_message(e));
	err_free(e);
	return NULL;
}

struct err *target_create(struct dump *d, const struct target_options *o, struct target **ret)
{
	struct target *t = calloc(1, sizeof(*t));
	struct err *e;

	if (!t)
		return err_nomem();
	t->dump = dump_ref(d);
	t->facts = dump_facts(d);
	t->arch = arch_for(t->facts->machine);
	t->memory = (struct arch_memory){ .read = read_memory, .arg = t };
	t->has_wow = -1;
	arena_init(&t->arena);
	arena_init(&t->resolved_arena);
	t->symbol_path = copy_or_null(o && o->symbol_path ? o->symbol_path
							  : getenv("_NT_SYMBOL_PATH"));
	t->image_path = copy_or_null(o && o->image_path ? o->image_path
							: getenv("_NT_EXECUTABLE_IMAGE_PATH"));
	t->sysroot = copy_or_null(o ? o->sysroot : NULL);
	e = find_kernel(t, o);
	if (e)
		target_destroy(t);
	else
		*ret = t;
	return e;
}

static void destroy_modules(struct target *t)
{
	for (size_t i = 0; i < t->n_modules; i++) {
		module_symbols_forget(t->modules[i]);
		module_image_forget(t->modules[i]);
	}
	free(t->modules);
}

void target_destroy(struct target *t)
{
	if (!t)
		return;
	destroy_modules(t);
	symbol_store_destroy(t->store);
	space_destroy(t->space);
	kernel_destroy(t->kernel);
	u64map_deinit(&t->threads_by_tid);
	u64map_deinit(&t->bindings);
	provider_unref(t->pack32);
	provider_unref(t->pack64);
	target_forget_resolved(t);
	arena_deinit(&t->arena);
	free(t->symbol_path);
	free(t->image_path);
	free(t->sysroot);
	dump_unref(t->dump);
	free(t);
}

struct target_options target_options_of(const struct target *t)
{
	return (struct target_options){ t->symbol_path, t->image_path, t->sysroot };
}

struct dump *target_dump(const struct target *t)
{
	return t->dump;
}

const struct dump_facts *target_facts(const struct target *t)
{
	return t->facts;
}

const struct arch *target_arch(const struct target *t)
{
	return t->arch;
}

const struct arch_memory *target_memory(const struct target *t)
{
	return &t->memory;
}

bool target_is_windows(const struct target *t)
{
	return t->facts->os == OS_WINDOWS;
}

uint32_t target_pid(const struct target *t)
{
	return t->facts->has & FACT_PID ? t->facts->pid : 0;
}
