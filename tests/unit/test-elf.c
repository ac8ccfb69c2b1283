/* SPDX-License-Identifier: MIT */
/*
 * Symbols, identity and unwinding of ELF modules: against nm for programs
 * compiled here, against the loader (dlsym, dl_iterate_phdr) and backtrace(3)
 * for this process.
 */
#include "memory/space.h"
#include "symbol/elf.h"
#include "symbol/elf_file.h"
#include "symbol/provider.h"
#include "unit/compile.h"
#include "unit/test.h"

#include <ctype.h>
#include <dlfcn.h>
#include <elf.h>
#include <execinfo.h>
#include <link.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>

static const char program[] =
	"#include <stdio.h>\n"
	"__thread int tls_counter;\nint table[10] = { 1 };\nstatic int hidden[4];\n"
	"__attribute__((noinline)) static int helper(int n) { hidden[n & 3]++; return n * table[n & 7]; }\n"
	"__attribute__((noinline)) int exported(int n) { return helper(n) + tls_counter; }\n"
	"int main(int argc, char **argv) { printf(\"%d\\n\", exported(argc)); return 0; }\n";

static struct err *open_path(const char *path, struct provider **ret)
{
	return elf_open(&(struct elf_request){ .path = path, .no_system_dirs = true }, ret);
}

/* --- names and addresses against nm ------------------------------------------------ */

struct nm_result {
	unsigned compared, wrong;
};

static void compare_symbol(struct nm_result *r, struct provider *p, uint64_t rva, uint64_t size, char type,
			   const char *name)
{
	struct symbol s;
	bool ok = !err_ignore(p->ops->symbol_named(p, name, &s));

	if (ok && s.kind == SYMBOL_TLS)
		return; /* an offset, not an address */
	ok = ok && (s.rva == rva || islower((unsigned char)type)); /* several files may have such a static */
	/* Another name may win for the address, but not another place. */
	ok = ok && !err_ignore(p->ops->symbol_at(p, rva, &s)) && s.rva == rva;
	if (ok && size) /* merged constants overlap: then the one that starts last */
		ok = !err_ignore(p->ops->symbol_at(p, rva + size - 1, &s)) && s.rva >= rva && s.rva < rva + size;
	if (ok && strchr("Tt", type))
		ok = s.is_code;
	r->compared++;
	if (!ok && r->wrong++ < 5)
		(void)fprintf(stderr, "%s at 0x%" PRIx64 " size 0x%" PRIx64 ": differs\n", name, rva, size);
}

static struct nm_result compare_with_nm(struct provider *p, const char *path, const char *options, uint64_t base)
{
	FILE *f = output_of("nm -f posix --defined-only %s '%s'", options, path);
	struct nm_result r = { 0 };
	char line[1024], name[512], type, *at;
	unsigned long long addr, size;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%511s %c %llx %llx", name, &type, &addr, &size) != 4 || strchr("AaNbn", type))
			continue;
		at = strchr(name, '@');
		if (at && at[1] != '@')
			continue; /* an old version: the plain name means another one */
		if (at)
			*at = 0;
		compare_symbol(&r, p, addr - base, size, type, name);
	}
	if (f)
		(void)pclose(f);
	return r;
}

TEST(symbols_of_compiled_programs_agree_with_nm)
{
	static const char *const builds[][2] = {
		{ "pie", "-O0 -g" }, { "nopie", "-O2 -no-pie" }, { "static", "-O1 -static" }, { "m32", "-O1 -m32" },
	};

	EXPECT(write_text("p.c", program));
	for (size_t i = 0; i < sizeof(builds) / sizeof(builds[0]); i++) {
		CLEANUP(provider_unrefp) struct provider *p = NULL;
		const char *path = in_work_dir(builds[i][0]);
		struct elf_file f;
		struct nm_result r;

		if (!run("gcc %s -o %s p.c", builds[i][1], builds[i][0])) {
			(void)printf("elf: gcc %s: skipped, does not compile here\n", builds[i][1]);
			continue;
		}
		EXPECT_OK(elf_file_open(&f, path));
		EXPECT_OK(open_path(path, &p));
		r = compare_with_nm(p, path, "", f.vaddr_base);
		elf_file_deinit(&f);
		(void)printf("elf: %s: %u symbols compared with nm, %u differ\n", builds[i][0], r.compared, r.wrong);
		EXPECT(r.compared > 5);
		EXPECT_EQ(r.wrong, 0);
	}
}

TEST(kinds_and_bounds)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct symbol s;
	uint64_t end;

	if (!write_text("p.c", program) || !run("gcc -O0 -g -o kinds p.c")) {
		(void)printf("elf: skipped: no gcc\n");
		return;
	}
	EXPECT_OK(open_path(in_work_dir("kinds"), &p));
	EXPECT(p->is_private && p->has_types && p->has_lines);
	EXPECT_OK(p->ops->symbol_named(p, "helper", &s));
	EXPECT_EQ(s.kind, SYMBOL_FUNCTION);
	end = s.rva + s.size;
	EXPECT_OK(p->ops->symbol_at(p, end, &s));
	EXPECT_STR(s.name, "exported");
	EXPECT_OK(p->ops->symbol_named(p, "tls_counter", &s));
	EXPECT_EQ(s.kind, SYMBOL_TLS);
	EXPECT_OK(p->ops->symbol_named(p, "table", &s));
	EXPECT_EQ(s.kind, SYMBOL_DATA);
	EXPECT_EQ(s.size, 40);
	EXPECT_ERR(p->ops->symbol_named(p, "nothing_like_it", &s), ERR_NOTFOUND);
	EXPECT_ERR(p->ops->symbol_at(p, 0x10000000, &s), ERR_NOTFOUND);
}

static bool count_one(void *arg, const struct symbol *s)
{
	++*(unsigned *)arg;
	return true;
}

TEST(patterns_visit_each_symbol_once)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	unsigned n = 0;

	if (!write_text("p.c", program) || !run("gcc -O0 -g -rdynamic -o visits p.c")) {
		(void)printf("elf: skipped: no gcc\n");
		return;
	}
	EXPECT_OK(open_path(in_work_dir("visits"), &p));
	EXPECT_OK(p->ops->symbols(p, "EXPORT*", count_one, &n)); /* in .symtab and .dynsym */
	EXPECT_EQ(n, 1);
}

TEST(cplusplus_names_are_demangled)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct symbol s;

	if (!write_text("d.s", ".globl _ZN2ns3Foo3barEiPKc\n.type _ZN2ns3Foo3barEiPKc,@function\n"
			       "_ZN2ns3Foo3barEiPKc: nop\n nop\n.size _ZN2ns3Foo3barEiPKc, 2\n"
			       ".globl _Z3addIiET_S0_S0_\n.type _Z3addIiET_S0_S0_,@function\n"
			       "_Z3addIiET_S0_S0_: nop\n.size _Z3addIiET_S0_S0_, 1\n"
			       ".globl _ZN3AppclEv\n.type _ZN3AppclEv,@function\n_ZN3AppclEv: nop\n"
			       ".size _ZN3AppclEv, 1\n"
			       ".globl _ZN12_GLOBAL__N_11fEv\n.type _ZN12_GLOBAL__N_11fEv,@function\n"
			       "_ZN12_GLOBAL__N_11fEv: nop\n.size _ZN12_GLOBAL__N_11fEv, 1\n"
			       ".globl main\n.type main,@function\nmain: ret\n.size main, 1\n") ||
	    !run("gcc -o cxx d.s")) {
		(void)printf("elf: skipped: no gcc\n");
		return;
	}
	EXPECT_OK(open_path(in_work_dir("cxx"), &p));
	EXPECT_OK(p->ops->symbol_named(p, "ns::Foo::bar", &s));
	EXPECT_STR(s.name, "ns::Foo::bar");
	EXPECT_EQ(s.size, 2);
	EXPECT_OK(p->ops->symbol_named(p, "_Z3addIiET_S0_S0_", &s));
	EXPECT_STR(s.name, "add<int>");
	EXPECT_OK(p->ops->symbol_named(p, "App::operator()", &s));
	EXPECT_OK(p->ops->symbol_named(p, "(anonymous namespace)::f", &s));
}

/* --- identity and debug files --------------------------------------------------------- */

TEST(another_build_is_refused)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct elf_build_id id;
	struct err *e;
	char text[2 * ELF_BUILD_ID_MAX + 1];

	if (!write_text("p.c", program) || !run("gcc -O0 -g -Wl,--build-id -o one p.c && gcc -O1 -Wl,--build-id -o two p.c")) {
		(void)printf("elf: skipped: no gcc\n");
		return;
	}
	EXPECT_OK(elf_build_id_of_file(in_work_dir("one"), &id));
	EXPECT_OK(elf_open(&(struct elf_request){ .path = in_work_dir("one"), .build_id = &id, .no_system_dirs = true },
			   &p));
	e = elf_open(&(struct elf_request){ .path = in_work_dir("two"), .build_id = &id, .no_system_dirs = true }, &p);
	EXPECT(e && err_code(e) == ERR_CORRUPT);
	elf_build_id_text(&id, text);
	EXPECT(strstr(err_message(e), text));
	EXPECT_OK(elf_build_id_of_file(in_work_dir("two"), &id));
	elf_build_id_text(&id, text);
	EXPECT(strstr(err_message(e), text));
	err_free(e);
	EXPECT_ERR(elf_open(&(struct elf_request){ .path = in_work_dir("p.c") }, &p), ERR_CORRUPT);
	EXPECT_ERR(elf_open(&(struct elf_request){ .path = NULL }, &p), ERR_NOTFOUND);
}

static void check_hidden_function(const char *what, const struct elf_request *req, const char *note)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct symbol s;

	EXPECT_OK(elf_open(req, &p));
	EXPECT_OK(p->ops->symbol_named(p, "helper", &s));
	EXPECT_OK(p->ops->symbol_at(p, s.rva + 1, &s));
	EXPECT_STR(s.name, "helper");
	if (!strstr(p->note, note))
		FAIL_("%s: note is \"%s\"", what, p->note);
}

TEST(stripped_files_find_their_debug_files)
{
	const char *dir = make_work_dir();
	struct elf_build_id id;
	char text[2 * ELF_BUILD_ID_MAX + 1];
	struct provider *p = NULL;

	if (!write_text("p.c", program) || !have_tool("objcopy") || !have_tool("xz") ||
	    !run("gcc -O0 -g -Wl,--build-id -o full p.c && gcc -O0 -g -Wl,--build-id=none -o full2 p.c")) {
		(void)printf("elf: skipped: no gcc, objcopy or xz\n");
		return;
	}
	EXPECT_OK(elf_build_id_of_file(in_work_dir("full"), &id));
	elf_build_id_text(&id, text);
	EXPECT(run("mkdir -p .build-id/%.2s && objcopy --only-keep-debug full .build-id/%.2s/%s.debug && "
		   "strip -o stripped full", text, text, text + 2));
	check_hidden_function("build id", &(struct elf_request){
		.path = in_work_dir("stripped"), .debug_dirs = &dir, .n_debug_dirs = 1, .no_system_dirs = true },
		"dwarf symbols: ");
	/* by the link, with its checksum */
	EXPECT(run("mkdir -p .debug && objcopy --only-keep-debug full2 .debug/full2.dbg && strip -o linked full2 && "
		   "objcopy --add-gnu-debuglink=.debug/full2.dbg linked"));
	check_hidden_function("debuglink", &(struct elf_request){ .path = in_work_dir("linked"), .no_system_dirs = true },
			      "dwarf symbols: ");
	EXPECT(run("printf x >> .debug/full2.dbg"));
	EXPECT_OK(open_path(in_work_dir("linked"), &p));
	EXPECT(!p->has_types); /* the checksum is wrong now */
	provider_unref(p);
	/* a small symbol table inside */
	EXPECT(run("objcopy -S --remove-section .comment full mini0 && nm full --format=posix --defined-only | "
		   "awk '$2 == \"t\" || $2 == \"T\" { print $1 }' > keep && "
		   "objcopy --only-keep-debug full mini.dbg && objcopy -S --keep-symbols=keep mini.dbg mini.sym && "
		   "xz -f mini.sym && objcopy --add-section .gnu_debugdata=mini.sym.xz mini0 mini"));
	check_hidden_function("minidebuginfo", &(struct elf_request){ .path = in_work_dir("mini"), .no_system_dirs = true },
			      "minidebuginfo");
}

/* --- this process as the dump ------------------------------------------------------------ */

static const struct reg_desc x64_regs[X64_N_REGS] = {
	[X64_RAX] = { "rax", 64, REG_GENERAL }, [X64_FS_BASE] = { "fs_base", 64, REG_SYSTEM },
};
static const uint8_t x64_dwarf[] = {
	X64_RAX, X64_RDX, X64_RCX, X64_RBX, X64_RSI, X64_RDI, X64_RBP, X64_RSP, X64_R8,
	X64_R9, X64_R10, X64_R11, X64_R12, X64_R13, X64_R14, X64_R15, X64_RIP,
};
static const struct arch x64 = {
	.name = "x64", .machine = MACHINE_X64, .pointer_size = 8, .regs = x64_regs, .n_regs = X64_N_REGS,
	.ip = X64_RIP, .sp = X64_RSP, .fp = X64_RBP, .ra = ARCH_NO_REG, .dwarf = x64_dwarf,
	.n_dwarf = sizeof(x64_dwarf),
};

static size_t own_memory(void *arg, uint64_t address, void *buf, size_t len)
{
	struct iovec to = { buf, len }, from = { (void *)(uintptr_t)address, len };
	ssize_t n = process_vm_readv(getpid(), &to, 1, &from, 1, 0);

	return n > 0 ? (size_t)n : 0;
}

static const struct arch_memory memory = { own_memory, NULL };

struct own_module {
	uint64_t base, size;
	char path[256];
	struct source src;	/* over its image in this process */
	struct provider *p;
};
static struct own_module modules[64];
static size_t n_modules;
static bool from_image;	/* providers are opened over the image alone */

static struct err *own_read(struct source *src, uint64_t offset, void *buf, size_t len)
{
	const struct own_module *m = (const struct own_module *)((char *)src - offsetof(struct own_module, src));

	return own_memory(NULL, m->base + offset, buf, len) == len ? NULL : err_fault(m->base + offset);
}

static const struct source_ops own_ops = { own_read, NULL };

static int add_module(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct own_module *m = &modules[n_modules];
	uint64_t lo = UINT64_MAX, hi = 0;

	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD) {
			uint64_t v = info->dlpi_phdr[i].p_vaddr & ~0xfffull, e = v + info->dlpi_phdr[i].p_memsz;

			lo = v < lo ? v : lo;
			hi = e > hi ? e : hi;
		}
	m->base = info->dlpi_addr + lo;
	m->size = hi - lo;
	(void)snprintf(m->path, sizeof(m->path), "%s", *info->dlpi_name ? info->dlpi_name : "/proc/self/exe");
	m->src = (struct source){ .ops = &own_ops, .name = m->path, .size = m->size };
	n_modules++;
	return n_modules == 64;
}

static struct own_module *module_of(uint64_t address)
{
	if (!n_modules)
		(void)dl_iterate_phdr(add_module, NULL);
	for (size_t i = 0; i < n_modules; i++)
		if (address - modules[i].base < modules[i].size)
			return &modules[i];
	return NULL;
}

static struct provider *provider_of(struct own_module *m)
{
	struct elf_request req = { .path = m->path, .image = &m->src, .base = m->base, .no_system_dirs = true };
	struct err *e;

	if (from_image || access(m->path, R_OK) != 0)
		req.path = NULL;
	if (!m->p) {
		e = elf_open(&req, &m->p);
		if (e)
			(void)fprintf(stderr, "%s\n", err_message(e));
		err_free(e);
	}
	return m->p;
}

static void close_modules(void)
{
	for (size_t i = 0; i < n_modules; i++) {
		provider_unref(modules[i].p);
		modules[i].p = NULL;
	}
}

static struct {
	uint64_t pc[64];	/* ours */
	size_t n;
	bool ended;
	void *want[64];		/* backtrace's */
	int n_want;
	uint64_t frame;		/* CFA of `outer`'s callee chain, for checks */
	char why[256];
} walk;

static volatile bool no_backtrace;

static void walk_from(const struct regs *start)
{
	struct regs r = *start, next;
	bool exact = true;

	while (walk.n < 64) {
		struct own_module *m = module_of(regs_ip(&r) - !exact);
		struct provider *p = m ? provider_of(m) : NULL;
		struct unwind_result res;
		struct err *e;

		walk.pc[walk.n++] = regs_ip(&r);
		if (!p)
			return;
		e = p->ops->unwind(p, m->base, exact, &memory, &r, &next, &res);
		if (e) {
			(void)snprintf(walk.why, sizeof(walk.why), "%s", err_message(e));
			err_free(e);
			return;
		}
		if (res.end) {
			walk.ended = true;
			return;
		}
		exact = res.machine_frame;
		r = next;
	}
}

#if defined(__x86_64__)
static void regs_of(const ucontext_t *u, struct regs *r)
{
	static const int map[][2] = {
		{ X64_RAX, REG_RAX }, { X64_RBX, REG_RBX }, { X64_RCX, REG_RCX }, { X64_RDX, REG_RDX },
		{ X64_RSI, REG_RSI }, { X64_RDI, REG_RDI }, { X64_RBP, REG_RBP }, { X64_RSP, REG_RSP },
		{ X64_R8, REG_R8 }, { X64_R9, REG_R9 }, { X64_R10, REG_R10 }, { X64_R11, REG_R11 },
		{ X64_R12, REG_R12 }, { X64_R13, REG_R13 }, { X64_R14, REG_R14 }, { X64_R15, REG_R15 },
		{ X64_RIP, REG_RIP },
	};

	*r = (struct regs){ .arch = &x64 };
	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		regs_set(r, (unsigned)map[i][0], (uint64_t)u->uc_mcontext.gregs[map[i][1]]);
}

static __attribute__((noinline)) int innermost(const void *a, const void *b)
{
	ucontext_t u;
	struct regs r;

	if (walk.n)
		return 0;
	(void)getcontext(&u);
	if (!no_backtrace)
		walk.n_want = backtrace(walk.want, 64);
	regs_of(&u, &r);
	walk_from(&r);
	return 0;
}

static void on_signal(int sig)
{
	(void)innermost(&sig, &sig);
}

static __attribute__((noinline)) int through_qsort(int n)
{
	int v[3] = { 3, n, 1 };

	qsort(v, 3, sizeof(v[0]), innermost);
	return v[0] + (int)walk.n;
}

static __attribute__((noinline)) int through_signal(int n)
{
	(void)signal(SIGUSR1, on_signal);
	(void)raise(SIGUSR1);
	__asm__ volatile("" ::: "memory");
	return n + (int)walk.n;
}

/* As musl's: ways back from handlers without call frame information. The second
 * is right behind a function that has some. */
__asm__(".text\n.cfi_startproc\nnop\n.cfi_endproc\n"
	".type tight_restorer,@function\ntight_restorer: mov $15, %rax\n syscall\n"
	".size tight_restorer, . - tight_restorer\n"
	".type bare_restorer,@function\nbare_restorer: mov $15, %rax\n syscall\n"
	".size bare_restorer, . - bare_restorer\n");
void bare_restorer(void);
void tight_restorer(void);

static __attribute__((noinline)) int through_restorer(void (*restorer)(void))
{
	struct {
		void (*handler)(int);
		unsigned long flags;
		void (*restorer)(void);
		unsigned long mask;
	} action = { on_signal, 0x04000000 /* SA_RESTORER */, restorer, 0 };

	if (syscall(SYS_rt_sigaction, SIGUSR2, &action, NULL, sizeof(action.mask)) != 0)
		return 0;
	(void)raise(SIGUSR2);
	__asm__ volatile("" ::: "memory"); /* raise is declared not to call back */
	return (int)walk.n;
}

static __attribute__((noinline)) int through_bare_signal(int n)
{
	return n + through_restorer(bare_restorer);
}

static __attribute__((noinline)) int through_tight_signal(int n)
{
	no_backtrace = true; /* it would take the nop's frame information */
	n += through_restorer(tight_restorer);
	no_backtrace = false;
	return n;
}

static __attribute__((noinline)) void walk_and_compare(const char *what, int (*through)(int), bool image)
{
	memset(&walk, 0, sizeof(walk));
	close_modules();
	from_image = image;
	EXPECT(through(2) != 0);
	(void)printf("elf: %s from %s: %zu frames, backtrace has %d\n", what, image ? "memory alone" : "files", walk.n,
		     walk.n_want);
	if (!walk.ended)
		FAIL_("the walk did not end: %s", walk.why);
	/* The innermost differs: two calls in one function; sanitizers call backtrace themselves. */
	EXPECT(walk.n > 5 && (size_t)walk.n_want >= walk.n && (size_t)walk.n_want <= walk.n + 1);
	for (size_t i = 1; i < walk.n; i++)
		EXPECT_EQ(walk.pc[i], (uintptr_t)walk.want[(size_t)walk.n_want - walk.n + i]);
	close_modules();
}

TEST(own_stack_agrees_with_backtrace)
{
	size_t bare;

	walk_and_compare("through qsort", through_qsort, false);
	walk_and_compare("through qsort", through_qsort, true);
	walk_and_compare("through a signal", through_signal, false);
	walk_and_compare("through a signal", through_signal, true);
	walk_and_compare("through a bare signal", through_bare_signal, false);
	bare = walk.n;
	memset(&walk, 0, sizeof(walk));
	EXPECT(through_tight_signal(2) != 0);
	EXPECT(walk.ended);
	EXPECT_EQ(walk.n + 1, bare); /* which walk_and_compare calls */
	close_modules();
}
#else
TEST(own_stack_agrees_with_backtrace)
{
	(void)printf("elf: own stack: skipped: not x86-64\n");
}
#endif

TEST(exports_from_memory_alone)
{
	static const char *const names[] = { "malloc", "qsort", "printf", "memcpy", "pthread_create", "environ" };
	struct own_module *m = module_of((uintptr_t)dlsym(RTLD_DEFAULT, "qsort"));
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct symbol s;

	EXPECT(m);
	EXPECT_OK(elf_open(&(struct elf_request){ .image = &m->src, .base = m->base, .no_system_dirs = true }, &p));
	EXPECT(!p->is_private);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		Dl_info info;
		void *at = dlsym(RTLD_DEFAULT, names[i]);

		if (!dladdr(at, &info) || (uintptr_t)info.dli_fbase != m->base)
			continue; /* of a sanitizer, or an ifunc's choice */
		EXPECT_OK(p->ops->symbol_named(p, names[i], &s));
		EXPECT_EQ(s.kind, SYMBOL_EXPORT);
		if (strcmp(names[i], "memcpy") != 0 && strcmp(names[i], "environ") != 0)
			EXPECT_EQ(s.rva + m->base, (uintptr_t)at);
	}
}

TEST(build_id_from_memory_is_the_files)
{
	struct own_module *m = module_of((uintptr_t)dlsym(RTLD_DEFAULT, "qsort"));
	CLEANUP(space_destroyp) struct space *s = NULL;
	struct elf_build_id file, mem;
	struct space_range r;

	EXPECT(m);
	r = (struct space_range){ .address = m->base, .size = m->size, .src = &m->src };
	EXPECT_OK(space_create(&s));
	EXPECT_OK(space_add(s, &r, 1));
	EXPECT_OK(elf_build_id_from_memory(s, m->base, &mem));
	EXPECT_OK(elf_build_id_of_file(m->path, &file));
	EXPECT_EQ(mem.size, file.size);
	EXPECT(!memcmp(mem.bytes, file.bytes, file.size));
	EXPECT_ERR(elf_build_id_from_memory(s, 0x1000, &mem), ERR_TRUNCATED);
}

TESTS(symbols_of_compiled_programs_agree_with_nm, kinds_and_bounds, patterns_visit_each_symbol_once,
      cplusplus_names_are_demangled, another_build_is_refused, stripped_files_find_their_debug_files,
      own_stack_agrees_with_backtrace, exports_from_memory_alone, build_id_from_memory_is_the_files)
