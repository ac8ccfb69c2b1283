/* SPDX-License-Identifier: MIT */
/*
 * Provider: answers "which symbol, type, line, unwind rule is here?".
 *
 * One provider stands for one symbol file (a PDB, the exports of a PE image,
 * an ELF file with its debug file, a Breakpad .sym). A module has a chain of
 * them; the first that knows answers. All addresses are relative to the
 * module's base (rva); for ELF: to the lowest PT_LOAD's page, which is what
 * the module's base in memory corresponds to.
 *
 * Opening reads headers only. Tables are read when first needed; strings and
 * arrays that are returned without an arena belong to the provider and live
 * as long as it. "Not known here" is NOTFOUND; callers go on along the chain.
 *
 * To add one: src/symbol/<name>.c with `struct err *<name>_open(...)`, its ops
 * completed by provider_fill_ops, and a page in docs/formats.
 */
#ifndef OSM_SYMBOL_PROVIDER_H
#define OSM_SYMBOL_PROVIDER_H

#include "arch/arch.h"
#include "arch/unwind.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "symbol/type.h"

enum symbol_kind {
	SYMBOL_FUNCTION,	/* with debug information */
	SYMBOL_DATA,
	SYMBOL_PUBLIC,		/* linker's name only */
	SYMBOL_EXPORT,
	SYMBOL_CONSTANT,
	SYMBOL_TLS,
	SYMBOL_LABEL,
};

struct symbol {
	const char *name;	/* as shown: undecorated where WinDbg undecorates */
	uint64_t rva;
	uint64_t size;		/* 0: not known */
	enum symbol_kind kind;
	bool is_code;
	struct type_ref type;	/* id 0: none */
	const char *forwarder;	/* exports: "NTDLL.RtlX" or NULL */
	int64_t value;		/* SYMBOL_CONSTANT */
};

struct source_line {
	const char *file;	/* as the symbol file has it */
	uint32_t line, column;	/* column 0: not known */
	uint64_t rva, size;	/* the address range of this line entry */
};

/* One level of inlining at an address, innermost first. */
struct inline_site {
	const char *function;
	uint64_t rva, size;		/* of the inlined range around the address */
	struct source_line location;	/* where in `function` the address lies */
	struct source_line call;	/* where its caller calls it; file NULL: ask line_at */
	uint64_t scope;			/* provider's, for locals */
};

enum location_kind {
	LOCATION_NONE,		/* optimised away, or not decidable: `reason` */
	LOCATION_ADDRESS,	/* in memory at `value` */
	LOCATION_REGISTER,	/* in register `reg` */
	LOCATION_VALUE,		/* is `value` */
};

struct variable {
	const char *name;
	struct type_ref type;
	bool is_parameter;
	enum location_kind location;
	uint64_t value;
	uint8_t reg;		/* arch register index */
	const char *reason;	/* LOCATION_NONE */
};

/* What is needed to evaluate locations in a frame. */
struct frame_context {
	uint64_t rva;			/* address to look up (already ip-1 for callers) */
	uint64_t module_base;
	const struct regs *regs;	/* of this frame */
	uint64_t frame_base;		/* CFA / establisher frame as unwound, 0: not known */
	const struct arch_memory *memory;
	uint64_t scope;			/* inline scope, 0: the function itself */
};

/*
 * The stack of an x64 function whose stack pointer stays where the prolog put
 * it: the bytes between it and the return address. Not all compilers count the
 * registers that were pushed; `pushes` words may then come on top.
 */
struct fixed_frame {
	uint64_t rva;			/* of the function */
	uint32_t size, pushes;
	uint32_t body, epilog;		/* offsets in the function: between them `size` holds */
};

/* false: stop */
typedef bool symbol_visitor(void *arg, const struct symbol *sym);
typedef bool line_visitor(void *arg, const struct source_line *line);
typedef bool type_visitor(void *arg, struct type_ref type, const char *name);

struct provider_ops {
	const char *name;	/* "pdb", "exports", "elf", "dwarf", "breakpad" */

	/* Nearest symbol at or below rva (size bounds respected when known). */
	struct err *(*symbol_at)(struct provider *p, uint64_t rva, struct symbol *ret);
	struct err *(*symbol_named)(struct provider *p, const char *name, struct symbol *ret);
	/* Pattern with * and ?; no case. Each name/rva once. */
	struct err *(*symbols)(struct provider *p, const char *pattern, symbol_visitor *v, void *arg);
	/* Type of the variable or function that begins at rva, whoever names it. */
	struct err *(*type_at)(struct provider *p, uint64_t rva, struct type_ref *ret);
	struct err *(*line_at)(struct provider *p, uint64_t rva, struct source_line *ret);
	/* Addresses of file:line (file by basename or path suffix, no case). */
	struct err *(*line_named)(struct provider *p, const char *file, uint32_t line,
				  line_visitor *v, void *arg);
	struct err *(*inlines_at)(struct provider *p, uint64_t rva, struct arena *a,
				  struct inline_site **ret, size_t *ret_n);
	struct err *(*locals)(struct provider *p, const struct frame_context *f, struct arena *a,
			      struct variable **ret, size_t *ret_n);

	struct err *(*type_named)(struct provider *p, const char *name, struct type_ref *ret);
	struct err *(*types)(struct provider *p, const char *pattern, type_visitor *v, void *arg);
	struct err *(*type_info)(struct provider *p, uint64_t id, struct type_info *ret);
	struct err *(*type_members)(struct provider *p, uint64_t id, struct arena *a,
				    struct type_member **ret, size_t *ret_n);
	struct err *(*type_enumerators)(struct provider *p, uint64_t id, struct arena *a,
					struct type_enumerator **ret, size_t *ret_n);
	/* Parameters of a TYPE_FUNCTION */
	struct err *(*type_params)(struct provider *p, uint64_t id, struct arena *a,
				   struct type_ref **ret, size_t *ret_n);

	/* x86 frame data (PDB FPO/FRAMEDATA, Breakpad STACK WIN). */
	struct err *(*x86_frame)(struct provider *p, uint64_t rva, struct x86_frame_data *ret);
	/* Bytes of parameters on the stack of the x86 function that holds rva, by its
	 * decorated name or a record of its symbol. */
	struct err *(*param_size)(struct provider *p, uint64_t rva, uint32_t *ret);
	/* Frame size (PDB S_FRAMEPROC), where no unwind data is to be had. */
	struct err *(*fixed_frame)(struct provider *p, uint64_t rva, struct fixed_frame *ret);
	/* Unwinds by the provider's CFI (DWARF, Breakpad STACK CFI).
	 * `exact`: the ip is not a return address (innermost, signal frame). */
	struct err *(*unwind)(struct provider *p, uint64_t module_base, bool exact,
			      const struct arch_memory *m, const struct regs *callee,
			      struct regs *ret_caller, struct unwind_result *ret);
	void (*destroy)(struct provider *p);	/* frees p itself */
};

struct provider {
	const struct provider_ops *ops;	/* every slot filled: provider_fill_ops */
	unsigned refs;
	char *path;			/* file it was read from, owned; "" for memory */
	char *note;			/* for lmv / !lmi: "private pdb symbols", owned */
	bool has_types, has_lines, is_private;
};

/* An implementer's ops table is completed once: NULL slots get shared defaults
 * that answer NOTFOUND (or visit nothing). */
void provider_fill_ops(struct provider_ops *ops);
struct err *provider_init(struct provider *p, const struct provider_ops *ops, const char *path) MUST_USE;
struct provider *provider_ref(struct provider *p);
void provider_unref(struct provider *p); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct provider, provider_unref)

/* "_name@12", "name@12" and "@name@12" tell the bytes on the stack; false: others do not. */
bool decorated_param_size(const char *name, uint32_t *ret);

/* Convenience over type_ref. */
struct err *type_get(struct type_ref t, struct type_info *ret) MUST_USE;
/* Follows typedefs and modifiers (bounded). */
struct err *type_strip(struct type_ref t, struct type_ref *ret_type, struct type_info *ret) MUST_USE;

#endif
