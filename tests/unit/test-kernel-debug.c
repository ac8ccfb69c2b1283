/* SPDX-License-Identifier: MIT */
/*
 * Debug files of kernels: a small image linked as vmlinux is, and a relocatable
 * file as modules are, compiled here; where they are found, what is refused,
 * and where things are once the kernel has been moved and the module loaded.
 */
#include "base/arena.h"
#include "symbol/elf.h"
#include "symbol/provider.h"
#include "symbol/store.h"
#include "unit/compile.h"
#include "unit/test.h"

#include <sys/stat.h>

#define LINKED	0xffffffff81000000
#define MOVED	0xffffffffafa00000
#define RELEASE "6.1.0-test"

static const char image_c[] =
	"struct thing { int first; long second; };\n"
	"__attribute__((section(\".data..percpu\"))) struct thing of_boot = { 1, 2 };\n"
	"__attribute__((section(\".data..percpu\"))) unsigned short of_cpu = 3;\n"
	"struct thing global = { 4, 5 };\n"
	"static inline __attribute__((always_inline)) int inner(int n)\n"
	"{\n"
	"	return n * global.first;\n"
	"}\n"
	"int outer(int n)\n"
	"{\n"
	"	__asm__ volatile(\"nop\");\n" /* so that nothing of inner is at the start, which is line 10 */
	"	return inner(n) + of_cpu;\n"
	"}\n";

static const char image_ld[] =
	"PHDRS { text PT_LOAD; percpu PT_LOAD; note PT_NOTE; }\n"
	"SECTIONS {\n"
	"	. = 0xffffffff81000000;\n"
	"	.text : { *(.text*) } :text\n"
	"	.data : { *(.data) } :text\n"
	"	.note.gnu.build-id : { *(.note.gnu.build-id) } :text :note\n"
	"	.data..percpu 0 : { *(.data..percpu) } :percpu\n"
	"}\n";

#define FLAGS "-g -O1 -ffreestanding -fno-pic -fno-pie -mcmodel=kernel -fno-asynchronous-unwind-tables -fcf-protection=none"

/* image: ET_EXEC; modules/.../my-mod.ko: ET_REL; bare: the image without debug information. */
static bool made(void)
{
	static int done;

	if (!done) {
		done = -1;
#ifdef __x86_64__
		if (write_text("image.c", image_c) && write_text("image.ld", image_ld) &&
		    run("gcc " FLAGS " -static -nostdlib -no-pie -Wl,--build-id=sha1 -Wl,-T,image.ld -o vmlinux image.c") &&
		    run("gcc " FLAGS " -c -ffunction-sections -o mod.o image.c && mkdir -p lib/modules/" RELEASE "/kernel/x && "
			"ld -r --build-id=sha1 -o lib/modules/" RELEASE "/kernel/x/my-mod.ko mod.o && "
			"mkdir -p bare && objcopy --strip-debug vmlinux bare/vmlinux"))
			done = 1;
#endif
	}
	if (done < 0)
		(void)printf("kernel debug files: skipped: no gcc for x86-64, or no objcopy\n");
	return done > 0;
}

static const char *module_path(void)
{
	return in_work_dir("lib/modules/" RELEASE "/kernel/x/my-mod.ko");
}

/* As nm says. */
static uint64_t address_of(const char *file, const char *name)
{
	FILE *f = output_of("nm '%s' | awk '$3 == \"%s\" { print $1 }'", file, name);
	unsigned long long v = 0;

	if (f && fscanf(f, "%llx", &v) != 1)
		v = 1;
	if (f)
		(void)pclose(f);
	return v;
}

static void expect_line(struct provider *p, uint64_t rva, const char *file, uint32_t line)
{
	struct source_line got = { 0 };

	EXPECT_OK(p->ops->line_at(p, rva, &got));
	EXPECT_STR(got.file ? str_basename(got.file) : "", file);
	EXPECT_EQ(got.line, line);
}

static void expect_type(struct provider *p, uint64_t rva, const char *name, uint64_t size)
{
	struct type_ref type = { 0 };
	struct type_info info = { 0 };

	EXPECT_OK(p->ops->type_at(p, rva, &type));
	EXPECT_OK(type_get(type, &info));
	EXPECT_STR(info.name, name);
	EXPECT_EQ(info.size, size);
}

/* Somewhere in the function is code of inner, called in line 12. */
static void expect_inlined(struct provider *p, uint64_t rva, uint64_t size)
{
	struct arena a = ARENA_INIT;
	struct inline_site *sites = NULL;
	size_t n = 0;
	bool found = false;

	for (uint64_t at = rva; at < rva + size && !found; at++) {
		found = !err_ignore(p->ops->inlines_at(p, at, &a, &sites, &n)) && n == 1;
		if (found) {
			EXPECT_STR(sites[0].function, "inner");
			EXPECT_EQ(sites[0].call.line, 12);
		}
	}
	EXPECT(found);
	arena_deinit(&a);
}

/* A stack whose words all are the same return address. */
static size_t read_stack(void *arg, uint64_t address, void *buf, size_t len)
{
	memset(buf, 0x77, len);
	return len;
}

/* Call frame information in .debug_frame, moved as the code was. */
static void expect_caller(struct provider *p, uint64_t base, uint64_t rva)
{
	struct arch_memory memory = { .read = read_stack };
	struct regs callee = { .arch = arch_for(MACHINE_X64) }, caller;
	struct unwind_result result = { 0 };

	regs_set(&callee, X64_RIP, base + rva);
	regs_set(&callee, X64_RSP, 0xffffa00000001000);
	regs_set(&callee, X64_RBX, 5);
	EXPECT_OK(p->ops->unwind(p, base, true, &memory, &callee, &caller, &result));
	EXPECT_EQ(regs_ip(&caller), 0x7777777777777777);
	EXPECT_EQ(regs_sp(&caller), 0xffffa00000001008);
	EXPECT(regs_has(&caller, X64_RBX) && caller.v[X64_RBX] == 5);
}

TEST(a_moved_kernel_keeps_its_lines_and_types)
{
	struct elf_request req = { .path = in_work_dir("vmlinux"), .name = "vmlinux", .base = MOVED, .no_system_dirs = true };
	struct provider *p = NULL;
	struct type_ref type;
	uint64_t outer, global;

	if (!made())
		return;
	outer = address_of("vmlinux", "outer") - LINKED;
	global = address_of("vmlinux", "global") - LINKED;
	EXPECT_OK(elf_open(&req, &p));
	expect_line(p, outer, "image.c", 10);
	expect_inlined(p, outer, 16);
	expect_caller(p, MOVED, outer);
	expect_type(p, global, "thing", 16);
	/* per-CPU data was linked at 0 and has not moved: absolute addresses, relative to the moved kernel */
	expect_type(p, address_of("vmlinux", "of_boot") - MOVED, "thing", 16);
	expect_type(p, address_of("vmlinux", "of_cpu") - MOVED, "short unsigned int", 2);
	/* where it was linked there is something else now */
	EXPECT_ERR(p->ops->type_at(p, global + LINKED - MOVED, &type), ERR_NOTFOUND);
	EXPECT(address_of("vmlinux", "of_boot") < 64 && address_of("vmlinux", "of_cpu") < 64);
	provider_unref(p);
}

TEST(a_module_is_relocated_section_by_section)
{
	/* functions and data lie apart, in no order */
	static const struct elf_placed_section placed[] = {
		{ ".data", 0xffffffffc0700000 }, { ".text.outer", 0xffffffffc0601230 }, { ".data..percpu", 0x31000 },
	};
	struct elf_request req = { .path = module_path(), .name = "my_mod", .base = 0xffffffffc0600000, .no_system_dirs = true };
	struct provider *p = NULL;
	struct source_line line;

	if (!made())
		return;
	EXPECT_ERR(elf_open(&req, &p), ERR_UNSUPPORTED); /* nobody says where it is */
	req.placed = placed;
	req.n_placed = ARRAY_SIZE(placed);
	EXPECT_OK(elf_open(&req, &p));
	expect_line(p, 0x1230, "image.c", 10);
	expect_inlined(p, 0x1230, 16);
	expect_caller(p, req.base, 0x1230);
	expect_type(p, 0x100000, "thing", 16);
	EXPECT_ERR(p->ops->line_at(p, 0, &line), ERR_NOTFOUND);
	EXPECT_ERR(p->ops->line_at(p, 0x1230 + 0x100, &line), ERR_NOTFOUND);
	provider_unref(p);
	/* a section that was not loaded takes nothing else away */
	p = NULL;
	req.n_placed = 1;
	EXPECT_OK(elf_open(&req, &p));
	expect_type(p, 0x100000, "thing", 16);
	EXPECT_ERR(p->ops->line_at(p, 0x1230, &line), ERR_NOTFOUND);
	provider_unref(p);
}

/* One search in a store of its own; the result lives in `a`. */
static void find(const char *symbol_path, const char *name, const struct elf_build_id *id, struct arena *a,
		 struct symbol_search *ret)
{
	struct symbol_store_options options = { .symbol_path = symbol_path };
	struct symbol_request r = { .kind = SYMBOL_WANT_KERNEL, .name = name, .release = RELEASE, .build_id = id->bytes,
				    .build_id_size = id->size };
	struct symbol_store *store = NULL;

	EXPECT_OK(symbol_store_create(&options, &store));
	EXPECT_OK(symbol_store_find(store, &r, a, ret));
	symbol_store_destroy(store);
}

/* A copy of `file` as `path` below a folder of its own is found in that folder. */
static void expect_found(const char *file, const char *path, const char *name, const struct elf_build_id *id)
{
	static unsigned n;
	struct symbol_search found = { 0 };
	struct arena a = ARENA_INIT;
	char folder[128], full[512];

	(void)snprintf(folder, sizeof(folder), "%s/place%u", make_work_dir(), n++);
	(void)snprintf(full, sizeof(full), "%s/%s", folder, path);
	EXPECT(run("mkdir -p \"$(dirname '%s')\" && cp '%s' '%s'", full, file, full));
	find(folder, name, id, &a, &found);
	EXPECT_STR(found.path ? found.path : "", full);
	arena_deinit(&a);
}

TEST(files_are_found_under_many_names)
{
	static const char *const kernels[] = {
		"vmlinux", "vmlinux-" RELEASE, "boot/vmlinux-" RELEASE, "usr/lib/debug/boot/vmlinux-" RELEASE,
		"lib/modules/" RELEASE "/vmlinux", "usr/lib/debug/lib/modules/" RELEASE "/build/vmlinux",
	};
	static const char *const modules[] = {
		"my-mod.ko", "my_mod.ko", "my-mod.ko.debug", "usr/lib/debug/lib/modules/" RELEASE "/kernel/a/b/my-mod.ko.debug",
		"lib/modules/" RELEASE "/extra/my_mod.ko",
	};
	struct elf_build_id id;
	char text[2 * ELF_BUILD_ID_MAX + 1], by_id[256];

	if (!made())
		return;
	EXPECT_OK(elf_build_id_of_file(in_work_dir("vmlinux"), &id));
	elf_build_id_text(&id, text);
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++)
		expect_found("vmlinux", kernels[i], "vmlinux", &id);
	(void)snprintf(by_id, sizeof(by_id), ".build-id/%.2s/%s.debug", text, text + 2);
	expect_found("vmlinux", by_id, "vmlinux", &id);
	EXPECT_OK(elf_build_id_of_file(module_path(), &id));
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		expect_found(module_path(), modules[i], "my_mod", &id);
}

TEST(the_path_may_name_the_file)
{
	struct symbol_search found = { 0 };
	struct arena a = ARENA_INIT;
	struct elf_build_id id;

	if (!made())
		return;
	EXPECT_OK(elf_build_id_of_file(in_work_dir("vmlinux"), &id));
	EXPECT(run("cp vmlinux kernel.debug"));
	find(in_work_dir("kernel.debug"), "vmlinux", &id, &a, &found);
	EXPECT_STR(found.path ? found.path : "", in_work_dir("kernel.debug"));
	find(in_work_dir("kernel.debug"), "my_mod", &id, &a, &found); /* not even looked at */
	EXPECT(!found.path && (!found.trouble || found.trouble->outcome == SYMBOL_ABSENT));
	arena_deinit(&a);
}

TEST(another_build_is_refused)
{
	struct symbol_search found = { 0 };
	struct arena a = ARENA_INIT;
	struct elf_build_id id, other;
	char text[2 * ELF_BUILD_ID_MAX + 1];
	struct provider *p = NULL;
	struct elf_request req = { .path = in_work_dir("vmlinux"), .base = MOVED, .build_id = &other, .no_system_dirs = true };

	if (!made())
		return;
	EXPECT_OK(elf_build_id_of_file(in_work_dir("vmlinux"), &id));
	other = id;
	other.bytes[0] ^= 1;
	find(make_work_dir(), "vmlinux", &other, &a, &found);
	EXPECT(!found.path);
	EXPECT(found.trouble && found.trouble->outcome == SYMBOL_MISMATCH);
	elf_build_id_text(&id, text);
	EXPECT(found.trouble && strstr(found.trouble->why, text));
	elf_build_id_text(&other, text);
	EXPECT(found.trouble && strstr(found.trouble->why, text));
	EXPECT_ERR(elf_open(&req, &p), ERR_CORRUPT);
	/* the right one, but with nothing to tell */
	find(in_work_dir("bare"), "vmlinux", &id, &a, &found);
	EXPECT(!found.path);
	EXPECT(found.trouble && strstr(found.trouble->why, "has no debug information"));
	arena_deinit(&a);
}

TEST(build_ids_are_found_among_notes)
{
	static const uint8_t notes[] = {
		4, 0, 0, 0, 8, 0, 0, 0, 6, 0, 0, 0, 'X', 'e', 'n', 0, 1, 2, 3, 4, 5, 6, 7, 8,
		4, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0, 0xab, 0xcd, 0xef, 0,
	};
	struct elf_build_id id = { .size = 0 };

	EXPECT(elf_build_id_in_notes(notes, sizeof(notes), &id));
	EXPECT_EQ(id.size, 3);
	EXPECT_EQ(id.bytes[0], 0xab);
	for (size_t n = 0; n < sizeof(notes) - 1; n++)
		EXPECT(!elf_build_id_in_notes(notes, n, &id));
}

TESTS(a_moved_kernel_keeps_its_lines_and_types, a_module_is_relocated_section_by_section,
      files_are_found_under_many_names, the_path_may_name_the_file, another_build_is_refused,
      build_ids_are_found_among_notes)
