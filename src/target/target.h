/* SPDX-License-Identifier: MIT */
/*
 * Target: the model of what was dumped, built from a dump: a process with its
 * address space, threads, modules and stacks.
 *
 * Everything is lazy: creating a target reads no symbol file and no memory
 * beyond what lists need. What a lookup returns is borrowed until the target
 * goes, unless an arena was given. A target is used from one thread.
 */
#ifndef OSM_TARGET_TARGET_H
#define OSM_TARGET_TARGET_H

#include "arch/arch.h"
#include "arch/unwind.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "format/dump.h"
#include "memory/space.h"
#include "symbol/pe.h"
#include "symbol/provider.h"

struct target;
struct module;
struct pe;

struct target_options {
	const char *symbol_path;	/* _NT_SYMBOL_PATH syntax; NULL: environment */
	const char *image_path;		/* ';' list of folders with images; NULL: none */
	const char *sysroot;		/* for Linux cores: prefix of module paths; NULL: "/" */
	bool machines;			/* also the memory of a machine without a kernel: a target without threads and modules */
};

/* NOTFOUND: the memory of a machine, in which no kernel was found. */
struct err *target_create(struct dump *d, const struct target_options *o, struct target **ret) MUST_USE;
void target_destroy(struct target *t); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct target, target_destroy)

/* What it was created with, paths as they are now; borrowed from it. */
struct target_options target_options_of(const struct target *t);
struct dump *target_dump(const struct target *t);
const struct dump_facts *target_facts(const struct target *t);
const struct arch *target_arch(const struct target *t);		/* of the container */
struct space *target_space(const struct target *t);
const struct arch_memory *target_memory(const struct target *t);
bool target_is_windows(const struct target *t);
/* A 32-bit process inside a 64-bit dump (WOW64). */
bool target_has_wow(struct target *t);
uint32_t target_pid(const struct target *t);

/* --- threads ---------------------------------------------------------------- */
/* The two halves of a WOW64 thread; everything else has only NATIVE. */
enum thread_half { HALF_NATIVE, HALF_WOW };

struct thread {
	size_t index;			/* debugger's number, as in ~N */
	uint32_t tid;
	const struct dump_thread *record;
	const char *name;		/* "" when none */
	uint64_t teb;			/* Windows TEB; Linux: thread pointer (fs base), 0 unknown */
	uint64_t teb32;			/* WOW64, 0: none */
	/* of a kernel (target/kernel.h); 0 and false in processes */
	uint64_t task;			/* its task_struct */
	uint32_t cpu;			/* where it runs or ran last */
	bool on_cpu;			/* it was running there */
};

size_t target_threads(struct target *t, struct thread **ret);
struct thread *target_thread_by_tid(struct target *t, uint32_t tid);	/* NULL: none */
/* The thread of the exception / signal, else the first; NULL: no threads. */
struct thread *target_event_thread(struct target *t);
/* Registers as saved. WOW half: the 32-bit context from the thread's TLS slot. */
struct err *thread_regs(struct target *t, struct thread *th, enum thread_half half, struct regs *ret) MUST_USE;
/* The thread was stopped in 32-bit code: its native context is the WOW half's. */
bool thread_runs_wow(struct target *t, struct thread *th);
/* A 64-bit context whose cs says 32-bit code is that of the WOW half. */
bool wow_narrow(struct target *t, const struct regs *wide, struct regs *ret);
/* Registers at the exception (exception context), 32-bit ones where it came out
 * of the WOW half; NOTFOUND when none. */
struct err *target_exception_regs(struct target *t, struct regs *ret) MUST_USE;
/* x87, SSE ... at the exception, and as saved of a thread. */
struct err *target_exception_vectors(struct target *t, struct arena *a, struct vector_reg **ret,
				     size_t *ret_n) MUST_USE;
struct err *thread_vectors(struct target *t, struct thread *th, struct arena *a,
			   struct vector_reg **ret, size_t *ret_n) MUST_USE;

/* --- modules ---------------------------------------------------------------- */
enum symbol_status {
	SYMBOLS_DEFERRED,	/* nobody asked yet */
	SYMBOLS_NONE,
	SYMBOLS_EXPORT,		/* PE exports or ELF dynamic symbols only */
	SYMBOLS_PUBLIC,		/* names only */
	SYMBOLS_PRIVATE,	/* full debug information */
};

struct module {
	size_t index;
	uint64_t base, size;
	const char *name;	/* WinDbg's short name: base name without extension, made unique */
	const char *image_name;	/* base name: "ntdll.dll", "libc.so.6" */
	const char *path;	/* as in the dump */
	uint32_t timestamp, checksum;
	enum machine machine;	/* may differ from the target's (WOW64) */
	const struct dump_module *record; /* NULL: found in memory */
	struct dump_codeview codeview;	/* from the record or the image's header */
	uint8_t build_id[64];
	size_t build_id_size;
	struct dump_version version;
	uint64_t kernel_module;	/* address of the struct module of a kernel's module; 0: none */
	struct module_private *priv;
};

size_t target_modules(struct target *t, struct module ***ret); /* by base */
/* "<Unloaded_x.dll>" and the offset in it, for an address in a module that had been
 * unloaded and in none that is loaded; false: in none. */
bool target_unloaded_at(struct target *t, uint64_t address, const char **ret_name,
			uint64_t *ret_offset);
struct module *target_module_at(struct target *t, uint64_t address);	/* NULL */
struct module *target_module_named(struct target *t, const char *name);	/* no case; NULL */
/* Finds and opens symbols on first use. Never fails: the chain may be empty. */
size_t module_providers(struct target *t, struct module *m, struct provider ***ret);
enum symbol_status module_symbol_status(const struct module *m);
const char *module_symbol_file(const struct module *m);	/* "" when none */
/* Why symbols could not be had ("pdb not found: ...", "mismatched"), or "". */
const char *module_symbol_trouble(const struct module *m);
/* A file of its name that was met in a search for one, and is another build; "" when none was. */
const char *module_other_file(const struct module *m);
void module_forget_symbols(struct target *t, struct module *m); /* .reload */
/* The PE headers of a module, from memory or its file; NULL: not to be had. */
struct pe *module_pe_image(struct target *t, struct module *m);
/* The file on disk that memory was filled from or compared with; "" when none. */
const char *module_image_file(const struct module *m);
bool module_is_executable(struct target *t, struct module *m, uint64_t address);

/* What to ask a symbol store for (`.symlist`); false: the identity is not known. */
struct symbol_request;
bool module_symbol_request(struct target *t, struct module *m, struct symbol_request *ret);
/* The same as words, appended: "app.pdb 89284D0C...1"; false: not known. */
bool module_add_symbol_key(struct target *t, struct module *m, struct strbuf *sb);

/* Symbol path of the target (symbol/store.h); setting forgets all symbols. */
const char *target_symbol_path(const struct target *t);
struct err *target_set_symbol_path(struct target *t, const char *path) MUST_USE;
/* With its defaults written out; what .symfix with this cache (or NULL) sets. */
struct err *target_expand_symbol_path(const struct target *t, struct strbuf *sb) MUST_USE;
struct err *target_fixed_symbol_path(const char *cache, struct strbuf *sb) MUST_USE;
/* The symbol file that the module wants: its name, its key in a symbol store and
 * its URL, "" where there is none. False: the dump does not tell. */
bool module_missing_file(struct target *t, struct module *m, struct strbuf *name, struct strbuf *key,
			 struct strbuf *url);
/* Whether each attempt to find a file is told as a notice (!sym noisy). */
void target_set_noisy(struct target *t, bool noisy);
const char *target_image_path(const struct target *t);
struct err *target_set_image_path(struct target *t, const char *path) MUST_USE;

/* --- symbols ---------------------------------------------------------------- */
struct symbol_hit {
	struct module *module;	/* NULL: address in no module */
	struct symbol symbol;	/* name NULL: module known, no symbol below */
	uint64_t displacement;	/* from the symbol, or from the module's base */
};

/* The type that an RTTI name stands for: ".?AVbad_alloc@std@@", "class std::bad_alloc".
 * false, nothing appended: not understood. */
bool rtti_type_name(const char *raw, struct strbuf *sb);
/* The same for a name of the Itanium ABI: "St9bad_alloc", "std::bad_alloc". */
bool typeinfo_type_name(const char *raw, struct strbuf *sb);
/* Never fails: fills what is known. */
void target_symbol_at(struct target *t, uint64_t address, struct symbol_hit *ret);
/* "mod!name" or "name" (all modules, loaded symbols first). NOTFOUND. */
struct err *target_symbol_named(struct target *t, const char *name, uint64_t *ret) MUST_USE;
/* "mod!sym+0x12", "mod+0x1234" or "0x...": appended to sb. */
void target_add_symbol(struct target *t, uint64_t address, struct strbuf *sb);
/* Type of what begins at rva of the module, where a symbol has none of its own; false: not known. */
bool target_symbol_type(struct target *t, struct module *m, uint64_t rva, struct type_ref *ret);
/* Finds file:line (`mod!file.c:21` with mod NULL: all). NOTFOUND. */
struct err *target_line_address(struct target *t, const char *module, const char *file,
				uint32_t line, uint64_t *ret) MUST_USE;
struct err *target_line_at(struct target *t, uint64_t address, struct source_line *ret) MUST_USE;
/* "mod!type" or "type" (searched in all loaded symbols, then OS modules). */
struct err *target_type_named(struct target *t, const char *name, struct type_ref *ret) MUST_USE;

/* --- stacks ----------------------------------------------------------------- */
struct frame {
	unsigned index;
	enum frame_trust trust;
	struct regs regs;		/* of this frame; inline frames: of the physical one */
	uint64_t ip, sp;
	uint64_t frame;			/* frame base (ChildEBP column / CFA) */
	uint64_t ret;			/* return address, 0: last */
	uint64_t lookup;		/* address to look symbols up with: ip or ip - 1 */
	bool exact_ip;			/* innermost or interrupted frame */
	bool warn_unreliable;		/* first frame after unwind data ended */
	struct symbol_hit symbol;
	const char *function;		/* shown name; inline: inlinee; NULL: none */
	uint64_t displacement;
	struct source_line line;	/* file NULL: not known */
	uint64_t scope;			/* inline scope for locals, 0: function */
	uint64_t params[4];		/* stack words / home slots: "Args to Child" */
	unsigned n_params;		/* how many could be read */
	bool has_fpo;
	struct x86_frame_data fpo;	/* kv */
	enum thread_half half;
	uint64_t trap_frame;		/* kernel: saved registers that lead to the caller; 0: none */
	bool leaves_stack;		/* its caller is on another stack */
};

struct stack_options {
	unsigned max_frames;		/* 0: 0xffff */
	enum thread_half half;
	const struct regs *start;	/* NULL: the thread's registers */
	bool no_symbols;		/* addresses only: fast */
	bool no_inlines;
};

struct stack {
	struct frame *frames;
	size_t n;
	const char *stop_reason;	/* why the walk ended: "end", "no rule", ... */
	bool truncated;			/* max_frames reached */
};

/* Frames live in `a`. A walk that breaks off is no error: stop_reason says. */
struct err *stack_walk(struct target *t, struct thread *th, const struct stack_options *o,
		       struct arena *a, struct stack *ret) MUST_USE;
/* Locals of a frame along the module's providers. */
struct err *frame_locals(struct target *t, const struct frame *f, struct arena *a,
			 struct variable **ret, size_t *ret_n) MUST_USE;

#endif
