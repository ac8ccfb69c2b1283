/* SPDX-License-Identifier: MIT */
/*
 * 32-bit modules of a WOW64 process that the container does not list, from the
 * 32-bit loader's list: TEB32.PEB (+0x30) -> PEB32.Ldr (+0x0c) ->
 * InLoadOrderModuleList (+0x0c) of LDR_DATA_TABLE_ENTRY {DllBase +0x18,
 * SizeOfImage +0x20, FullDllName +0x24, TimeDateStamp +0x44}. These offsets are
 * the same in every WOW64 (phnt ntwow64.h, ntldr.h).
 */
#include "target/target_impl.h"

enum {
	TEB32_PEB = 0x30,
	PEB32_LDR = 0x0c,
	LDR32_LOAD_LIST = 0x0c,
	ENTRY32_BASE = 0x18,
	ENTRY32_SIZE = 0x20,
	ENTRY32_NAME = 0x24,
	ENTRY32_TIMESTAMP = 0x44,
	MAX_ENTRIES = 4096,
};

static uint32_t word32(struct target *t, uint64_t address)
{
	uint64_t v;

	return arch_read_uint(&t->memory, address, 4, &v) ? (uint32_t)v : 0;
}

static uint32_t find_ldr(struct target *t)
{
	const struct dump_thread *records;
	size_t n;

	if (err_ignore(dump_threads(t->dump, &records, &n)))
		return 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t teb32 = records[i].has & THREAD_HAS_TEB ? wow_teb32(t, records[i].teb) : 0;
		uint32_t peb32 = teb32 ? word32(t, teb32 + TEB32_PEB) : 0;

		if (peb32 && word32(t, peb32 + PEB32_LDR))
			return word32(t, peb32 + PEB32_LDR);
	}
	return 0;
}

/* UNICODE_STRING32 {u16 length in bytes, u16 maximum, u32 buffer} */
static const char *read_name(struct target *t, uint64_t address)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	uint8_t text[1024];
	uint64_t length;
	size_t n;

	if (!arch_read_uint(&t->memory, address, 2, &length))
		return NULL;
	n = length < sizeof(text) ? (size_t)length : sizeof(text);
	n = t->memory.read(t->memory.arg, word32(t, address + 4), text, n);
	strbuf_add_utf16le(&sb, text, n);
	return sb.len ? arena_strdup(&t->arena, sb.s) : NULL;
}

static struct err *add_entry(struct module_list *list, uint32_t entry)
{
	struct target *t = list->target;
	uint32_t base = word32(t, entry + ENTRY32_BASE);
	const char *name = read_name(t, entry + ENTRY32_NAME);
	uint32_t size = word32(t, entry + ENTRY32_SIZE);
	struct module *m;

	if (!base || !name || module_is_listed(list, base, size))
		return NULL;
	m = module_list_add(list, base, size, name);
	if (!m)
		return err_nomem();
	m->timestamp = word32(t, entry + ENTRY32_TIMESTAMP);
	return NULL;
}

/* Which half a listed module belongs to: its own header says, else its place. */
static void set_machines(struct module_list *list)
{
	for (size_t i = 0; i < list->v.n; i++) {
		struct module *m = list->v.v[i];
		uint64_t pe, machine;

		if (arch_read_uint(&list->target->memory, m->base + 0x3c, 4, &pe) && pe < 0x1000 &&
		    arch_read_uint(&list->target->memory, m->base + pe + 4, 2, &machine))
			m->machine = machine == 0x14c ? MACHINE_X86 : MACHINE_X64;
		else if (m->base + m->size <= UINT32_MAX && !str_starts_nocase(m->image_name, "wow64"))
			m->machine = MACHINE_X86;
	}
}

struct err *modules_add_wow(struct module_list *list)
{
	uint32_t ldr = find_ldr(list->target), head, at;

	if (ldr) {
		head = ldr + LDR32_LOAD_LIST;
		at = word32(list->target, head);
		for (unsigned i = 0; at && at != head && i < MAX_ENTRIES; i++) {
			TRY(add_entry(list, at));
			at = word32(list->target, at);
		}
	}
	set_machines(list);
	return NULL;
}
