/* SPDX-License-Identifier: MIT */
/* Hooks in PE images: see hooks.h; those in ELF images are in hooks_elf.c. */
#include "target/hooks.h"

#include "base/cancel.h"
#include "target/hooks_impl.h"
#include "target/image_diff.h"
#include "target/target_impl.h"

#include <string.h>
#include <strings.h>

enum {
	MAX_HOPS = 4,
	MAX_EXPORTS = 1 << 17,	/* of one image that are looked at */
	MAX_NAMED = 256,	/* slots of one image whose names are sought */
};

uint64_t hook_follow(struct target *t, const struct module *m, uint64_t address)
{
	for (unsigned i = 0; i < MAX_HOPS && !target_module_at(t, address); i++)
		if (!image_change_target(t, m, address, &address))
			break;
	return address;
}

bool hook_tell(struct target *t, struct hook *h, hook_visitor *v, void *arg)
{
	h->target = hook_follow(t, h->module, h->target);
	h->to = target_module_at(t, h->target);
	return v(arg, h);
}

/* A table that is damaged or absent is no error of the search. */
static struct err *only_serious(struct err *e)
{
	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	err_free(e);
	return NULL;
}

static bool is_within(const struct module *m, uint64_t address)
{
	return address >= m->base && address - m->base < m->size;
}

/* --- entries ------------------------------------------------------------------------ */

struct entry_walk {
	struct target *t;
	struct module *m;
	hook_visitor *v;
	void *arg;
	struct err *e;
	unsigned n;
};

/* e9, eb; ff 25; push imm32; rex mov: what the ways to jump begin with. */
static bool may_jump(uint8_t b)
{
	return b == 0xe9 || b == 0xeb || b == 0xff || b == 0x68 || (b & 0xfe) == 0x48;
}

/* A jump through a slot of the own image is how compilers reach other modules. */
static bool is_thunk(const struct module *m, uint64_t address, const uint8_t *b, size_t n)
{
	const struct arch *arch = arch_for(m->machine);
	struct regs none = { .arch = arch };
	struct insn insn;
	uint64_t slot;

	arch->disassemble(b, n, address, NULL, NULL, &insn);
	return !(insn.flags & INSN_HAS_TARGET) && insn.flags & INSN_HAS_MEMORY &&
	       (!insn_effective_address(&insn, &none, &slot) || is_within(m, slot));
}

/* Whether code at the address jumps out of its module, over jumps in it. */
static bool jumps_out(struct target *t, const struct module *m, uint64_t address, uint64_t *ret)
{
	uint8_t b[16];

	for (unsigned i = 0; i < MAX_HOPS; i++) {
		size_t n = t->memory.read(t->memory.arg, address, b, sizeof(b));

		if (!n || !may_jump(b[0]) || is_thunk(m, address, b, n) || !image_change_target(t, m, address, &address))
			return false;
		if (!is_within(m, address)) {
			*ret = address;
			return true;
		}
	}
	return false;
}

static bool visit_export(void *arg, const struct pe_export *x)
{
	struct entry_walk *w = arg;
	struct hook h = { .module = w->m, .address = w->m->base + x->rva, .name = x->name ? x->name : "", .library = "" };

	if (w->n++ >= MAX_EXPORTS || (w->n % 256 == 0 && (w->e = cancel_check())))
		return false;
	if (x->forwarder || !is_within(w->m, h.address) || !module_is_executable(w->t, w->m, h.address) ||
	    !jumps_out(w->t, w->m, h.address, &h.target))
		return true;
	return hook_tell(w->t, &h, w->v, w->arg);
}

struct err *module_hooked_entries(struct target *t, struct module *m, hook_visitor *v, void *arg)
{
	struct entry_walk w = { .t = t, .m = m, .v = v, .arg = arg };
	struct pe *pe = module_pe_image(t, m);
	struct err *e;

	if (!pe || (m->machine != MACHINE_X86 && m->machine != MACHINE_X64))
		return NULL;
	e = pe_exports(pe, visit_export, &w);
	if (w.e) {
		err_free(e);
		return w.e;
	}
	return only_serious(e);
}

/* --- imports ---------------------------------------------------------------------------- */

struct slot {
	uint32_t rva;
	uint64_t value;
};

struct import_walk {
	struct target *t;
	struct module *m;
	hook_visitor *v;
	void *arg;
	unsigned word;
	struct slot slots[MAX_NAMED];	/* that lead where no export is */
	size_t n;
};

/* The exports of a module, by address; NULL: they cannot be read. */
static struct provider *exports_of(struct target *t, struct module *m)
{
	struct module_private *p = m->priv;
	struct pe *pe = p->exports_tried ? NULL : module_pe_image(t, m);

	if (!p->exports_tried) {
		p->exports_tried = true;
		if (pe && err_ignore(pe_export_provider(pe, false, &p->exports)))
			p->exports = NULL;
	}
	return p->exports;
}

static bool is_export(struct target *t, struct module *m, uint64_t address)
{
	struct provider *p = exports_of(t, m);
	struct pe *pe = module_pe_image(t, m);
	struct symbol sym;

	if (!p) /* not known, unless there are none */
		return !pe || pe_directory(pe, PE_DIR_EXPORT).rva;
	return !err_ignore(p->ops->symbol_at(p, address - m->base, &sym)) && sym.rva == address - m->base;
}

/* What is small, or has the top bit, is what the linker put there: nobody has bound it. */
static bool is_bound(const struct import_walk *w, uint64_t value)
{
	uint64_t top = (uint64_t)1 << (w->word * 8 - 1);

	return value >= 0x10000 && value >= w->m->size && (w->word == 4 || !(value & top));
}

static bool visit_slot(void *arg, const struct pe_import *i)
{
	struct import_walk *w = arg;
	struct module *to;
	const char *name;
	uint64_t value, offset;

	if (!arch_read_uint(&w->t->memory, w->m->base + i->slot_rva, w->word, &value) || !is_bound(w, value))
		return true;
	to = target_module_at(w->t, value);
	if (to ? (to == w->m && i->delayed) || to->machine != w->m->machine || is_export(w->t, to, value)
	       : target_unloaded_at(w->t, value, &name, &offset))
		return true;
	w->slots[w->n++] = (struct slot){ i->slot_rva, value };
	return w->n < MAX_NAMED;
}

static bool same_library(const char *dll, const struct module *m)
{
	size_t n = strlen(dll);

	return strcasecmp(dll, m->image_name) == 0 || (!strchr(dll, '.') && strncasecmp(dll, m->image_name, n) == 0 &&
						       strcasecmp(m->image_name + n, ".dll") == 0);
}

/* Of a slot that was kept: its names. One that lies in the library it was bound to is no hook. */
static bool visit_named(void *arg, const struct pe_import *i)
{
	struct import_walk *w = arg;
	struct hook h = { .module = w->m, .address = w->m->base + i->slot_rva, .is_slot = true,
			  .name = i->name ? i->name : "", .library = i->dll };

	for (size_t k = 0; k < w->n; k++)
		if (w->slots[k].rva == i->slot_rva) {
			struct module *to = target_module_at(w->t, w->slots[k].value);

			h.target = w->slots[k].value;
			return (to && same_library(i->dll, to)) || hook_tell(w->t, &h, w->v, w->arg);
		}
	return true;
}

struct err *module_hooked_imports(struct target *t, struct module *m, hook_visitor *v, void *arg)
{
	struct import_walk w = { .t = t, .m = m, .v = v, .arg = arg };
	struct pe *pe = module_pe_image(t, m);

	if (!target_is_windows(t))
		return module_hooked_plt(t, m, v, arg);
	if (!pe)
		return NULL;
	w.word = pe_headers(pe)->is_64 ? 8 : 4;
	TRY(only_serious(pe_import_slots(pe, visit_slot, &w)));
	return w.n ? only_serious(pe_imports(pe, visit_named, &w)) : NULL;
}
