/* SPDX-License-Identifier: MIT */
/*
 * Minidump: streams of numbers that have no list of their own, as annotations.
 *
 * Spec: minidumpapiset.h (MINIDUMP_SYSTEM_MEMORY_INFO_1,
 * MINIDUMP_PROCESS_VM_COUNTERS_1 and _2, MINIDUMP_HANDLE_OPERATION_LIST,
 * MINIDUMP_TOKEN_INFO_LIST, MINIDUMP_FUNCTION_TABLE_STREAM, MINIDUMP_MISC_INFO_5),
 * avrfsdk.h (AVRF_HANDLE_OPERATION), minidump_format.h of Breakpad
 * (MDRawDebug32/64, MDRawLinkMap32/64). These structures are packed to 4
 * bytes on Windows and naturally aligned in Breakpad.
 */
#include "base/cancel.h"
#include "format/minidump.h"

enum {
	MAX_ENTRIES = 4096, /* notes made of one list */
	OPERATION_SIZE = 288,
	TOKEN_HEADER = 16,
	TABLE_SIZE = 32,
	MISC_2 = 44,
	MISC_5 = 832,
	MISC_5_SIZE = 1364,
};

/* A row names the next field of a structure; NULL skips it. */
struct field {
	const char *key;
	unsigned size;
};

static struct err *fields(struct minidump *md, md_notes *notes, const char *kind,
			  struct cursor *c, const struct field *rows, size_t n)
{
	for (size_t i = 0; i < n && cursor_left(c) >= rows[i].size; i++) {
		uint64_t v = cursor_uint(c, rows[i].size);

		if (rows[i].key)
			TRY(md_notef(md, notes, kind, rows[i].key, "%" PRIu64, v));
	}
	return NULL;
}

static struct err *system_memory(struct minidump *md, md_notes *notes, struct cursor *c)
{
	static const struct field rows[] = {
		{ NULL, 2 }, /* revision */
		{ NULL, 2 },
		{ "timer_resolution", 4 },
		{ "page_size", 4 },
		{ "physical_pages", 4 },
		{ "lowest_physical_page", 4 },
		{ "highest_physical_page", 4 },
		{ "allocation_granularity", 4 },
		{ "minimum_user_address", 8 },
		{ "maximum_user_address", 8 },
		{ "active_processors_mask", 8 },
		{ "processors", 4 },
		{ "file_cache_size", 8 },
		{ "file_cache_peak_size", 8 },
		{ "file_cache_page_faults", 4 },
		{ "file_cache_minimum_working_set", 8 },
		{ "file_cache_maximum_working_set", 8 },
		{ "file_cache_with_transition_pages", 8 },
		{ "file_cache_peak_with_transition_pages", 8 },
		{ "file_cache_transition_repurposed", 4 },
		{ NULL, 4 },
		{ "available_pages", 8 },
		{ "committed_pages", 8 },
		{ "commit_limit_pages", 8 },
		{ "peak_commitment_pages", 8 },
		{ "idle_process_time_100ns", 8 },
		{ "io_read_bytes", 8 },
		{ "io_write_bytes", 8 },
		{ "io_other_bytes", 8 },
		{ "io_reads", 4 },
		{ "io_writes", 4 },
		{ "io_others", 4 },
	};

	return fields(md, notes, "system-memory", c, rows, ARRAY_SIZE(rows));
}

/* Flags of _2 say which groups the writer filled in. */
static struct err *vm_counters(struct minidump *md, md_notes *notes, struct cursor *c)
{
	static const struct field common[] = {
		{ "page_faults", 4 },
		{ "peak_working_set", 8 },
		{ "working_set", 8 },
		{ "quota_peak_paged_pool", 8 },
		{ "quota_paged_pool", 8 },
		{ "quota_peak_nonpaged_pool", 8 },
		{ "quota_nonpaged_pool", 8 },
		{ "pagefile", 8 },
		{ "peak_pagefile", 8 },
	};
	static const struct field first[] = { { "private", 8 } };
	static const struct {
		unsigned flag;
		struct field rows[5];
		unsigned n;
	} groups[] = {
		{ 0x02, { { "peak_virtual_size", 8 }, { "virtual_size", 8 } }, 2 },
		{ 0x04, { { "private", 8 } }, 1 },
		{ 0x08, { { "private_working_set", 8 }, { "shared_commit", 8 } }, 2 },
		{ 0x10,
		  { { "job_shared_commit", 8 },
		    { "job_private_commit", 8 },
		    { "job_peak_private_commit", 8 },
		    { "job_private_commit_limit", 8 },
		    { "job_total_commit_limit", 8 } },
		  5 },
	};
	unsigned revision = cursor_u16(c), flags = cursor_u16(c);

	TRY(fields(md, notes, "process-memory", c, common, ARRAY_SIZE(common)));
	if (revision < 2)
		return fields(md, notes, "process-memory", c, first, 1);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		if (flags & groups[i].flag)
			TRY(fields(md, notes, "process-memory", c, groups[i].rows, groups[i].n));
		else
			cursor_skip(c, 8 * groups[i].n);
	}
	return NULL;
}

static struct err *power_info(struct minidump *md, md_notes *notes, struct cursor *c)
{
	static const struct field rows[] = {
		{ "max_mhz", 4 },	 { "current_mhz", 4 },	      { "mhz_limit", 4 },
		{ "max_idle_state", 4 }, { "current_idle_state", 4 },
	};

	return fields(md, notes, "processor-power", c, rows, ARRAY_SIZE(rows));
}

/* XSTATE_CONFIG_FEATURE_MSC_INFO: where a feature lies in an XSAVE area. */
static struct err *xstate_info(struct minidump *md, md_notes *notes, struct cursor *c)
{
	uint32_t size, context_size;
	uint64_t enabled;

	size = cursor_u32(c);
	context_size = cursor_u32(c);
	enabled = cursor_u64(c);
	TRY(cursor_check(c, "XSTATE description"));
	if (!size || !enabled)
		return NULL;
	TRY(md_notef(md, notes, "xstate", "context_size", "%" PRIu32, context_size));
	TRY(md_notef(md, notes, "xstate", "enabled_features", "0x%" PRIx64, enabled));
	for (unsigned i = 0; i < 64; i++) {
		uint32_t offset = cursor_u32(c), length = cursor_u32(c);
		const char *key;

		if (!cursor_ok(c) || !(enabled >> i & 1) || !length)
			continue;
		key = arena_printf(&md->d.arena, "feature_%u", i);
		TRY(md_notef(md, notes, "xstate", key, "offset %" PRIu32 ", %" PRIu32 " bytes",
			     offset, length));
	}
	return NULL;
}

static struct err *misc_info(struct minidump *md, md_notes *notes, struct cursor *c)
{
	uint64_t size = cursor_u32(c);
	uint32_t flags = cursor_u32(c);
	struct cursor part;

	if (size > c->size)
		size = c->size;
	if (flags & 0x4 && size >= MISC_2) {
		part = cursor_sub(c, 24, MISC_2 - 24);
		TRY(power_info(md, notes, &part));
	}
	if (size < MISC_5_SIZE)
		return NULL;
	part = cursor_sub(c, MISC_5, MISC_5_SIZE - MISC_5);
	TRY(xstate_info(md, notes, &part));
	cursor_seek(&part, 528);
	if (flags & 0x200)
		return md_notef(md, notes, "process", "cookie", "0x%" PRIx32, cursor_u32(&part));
	return NULL;
}

static struct err *operation(struct minidump *md, md_notes *notes, struct cursor *c)
{
	static const char *const names[] = { "unused", "open", "close", "bad reference" };
	uint64_t handle = cursor_u64(c);
	uint32_t pid = cursor_u32(c), tid = cursor_u32(c), type = cursor_u32(c), depth, shown;
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	cursor_skip(c, 4);
	depth = cursor_u32(c);
	shown = depth < 32 ? depth : 32;
	cursor_skip(c, 4);
	if (type < ARRAY_SIZE(names))
		strbuf_adds(&sb, names[type]);
	else
		strbuf_addf(&sb, "operation %" PRIu32, type);
	strbuf_addf(&sb, " by thread 0x%" PRIx32 " of process 0x%" PRIx32 ":", tid, pid);
	for (uint32_t i = 0; i < shown; i++)
		strbuf_addf(&sb, " 0x%" PRIx64, cursor_u64(c));
	TRY(strbuf_check(&sb));
	return md_notef(md, notes, "handle-operation",
			arena_printf(&md->d.arena, "0x%" PRIx64, handle), "%s", sb.s);
}

static uint64_t bounded(struct minidump *md, const char *what, uint64_t n)
{
	if (n <= MAX_ENTRIES)
		return n;
	MD_DEFECT(md, ERR_UNSUPPORTED, "%s: %" PRIu64 " entries, the first %d are listed", what, n,
		  MAX_ENTRIES);
	return MAX_ENTRIES;
}

static struct err *operations(struct minidump *md, md_notes *notes, struct cursor *c)
{
	struct md_in in = { .c = *c }; /* the view stays the caller's */
	struct md_array a;

	TRY(md_headed(md, &in, "handle operation list", OPERATION_SIZE, false, &a));
	a.count = bounded(md, "handle operation list", a.count);
	for (uint64_t i = 0; i < a.count; i++) {
		struct cursor item = md_item(&in, &a, i);

		TRY(operation(md, notes, &item));
	}
	return NULL;
}

static struct err *tokens(struct minidump *md, md_notes *notes, struct cursor *c)
{
	uint64_t count, header, element;

	cursor_skip(c, 4); /* size of the whole */
	count = cursor_u32(c);
	header = cursor_u32(c);
	element = cursor_u32(c);
	TRY(cursor_check(c, "token list"));
	if (header < 16 || element < TOKEN_HEADER)
		return err_new(ERR_CORRUPT,
			       "%s: token list at offset 0x%" PRIx64 ": headers of %" PRIu64
			       " and %" PRIu64 " bytes, 16 or more expected",
			       c->name, c->origin, header, element);
	cursor_seek(c, header);
	count = bounded(md, "token list", count);
	for (uint64_t i = 0; i < count; i++) {
		uint64_t at = c->pos;
		uint32_t size = cursor_u32(c), id = cursor_u32(c);
		uint64_t handle = cursor_u64(c);

		TRY(cursor_check(c, "token"));
		TRY(md_notef(md, notes, "token", arena_printf(&md->d.arena, "0x%" PRIx32, id),
			     "handle 0x%" PRIx64 ", %" PRIu32 " bytes at offset 0x%" PRIx64, handle,
			     size, c->origin + at));
		cursor_seek(c, at);
		cursor_skip(c, size > element ? size : element);
	}
	return NULL;
}

/*
 * The header has padding behind it, a descriptor a native one, its entries and
 * padding. (The sizes of both paddings are stated; seen in dumps of 10.0.14393
 * and 10.0.19045.)
 */
static struct err *function_tables(struct minidump *md, md_notes *notes, struct cursor *c)
{
	uint64_t header = cursor_u32(c), size = cursor_u32(c), native = cursor_u32(c);
	uint64_t entry = cursor_u32(c), count = cursor_u32(c), padding = cursor_u32(c);

	TRY(cursor_check(c, "function table"));
	if (header < 24 || size < TABLE_SIZE)
		return err_new(ERR_CORRUPT,
			       "%s: function table at offset 0x%" PRIx64 ": header of %" PRIu64
			       " and descriptors of %" PRIu64 " bytes, 24 and 32 expected",
			       c->name, c->origin, header, size);
	cursor_seek(c, header);
	cursor_skip(c, padding);
	count = bounded(md, "function table", count);
	for (uint64_t i = 0; i < count; i++) {
		uint64_t at = c->pos, low = cursor_u64(c), high = cursor_u64(c);
		uint64_t base = cursor_u64(c), entries = cursor_u32(c), pad = cursor_u32(c);

		TRY(cursor_check(c, "function table"));
		TRY(md_notef(md, notes, "function-table",
			     arena_printf(&md->d.arena, "0x%" PRIx64 "-0x%" PRIx64, low, high),
			     "base 0x%" PRIx64 ", %" PRIu64 " entries of %" PRIu64
			     " bytes at offset 0x%" PRIx64,
			     base, entries, entry, c->origin + at + size + native));
		cursor_seek(c, at);
		cursor_skip(c, size + native + entries * entry + pad);
	}
	return cursor_check(c, "function table");
}

static struct err *link_map(struct minidump *md, md_notes *notes, uint32_t rva, uint32_t count,
			    unsigned word)
{
	/* {address, rva of the name, dynamic section} */
	unsigned stride = word == 8 ? 24 : 12;
	struct dump_piece piece = { rva, (uint64_t)count * stride };
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	uint64_t n;

	if (!count)
		return NULL;
	TRY(md_open(md, piece, "list of shared objects", &in));
	n = bounded(md, "list of shared objects", in.c.size / stride);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t address = cursor_uint(&in.c, word);
		const char *name = md_string(md, cursor_u32(&in.c), "name of a shared object");

		cursor_skip(&in.c, word == 8 ? 4 : 0);
		cursor_skip(&in.c, word);
		TRY(cursor_check(&in.c, "list of shared objects"));
		TRY(md_note(md, notes, "shared-object",
			    arena_printf(&md->d.arena, "0x%" PRIx64, address), name));
	}
	return NULL;
}

static struct err *dso_debug(struct minidump *md, md_notes *notes, struct cursor *c)
{
	unsigned word = md->d.facts.pointer_size == 4 ? 4 : 8;
	uint32_t version = cursor_u32(c), map = cursor_u32(c), count = cursor_u32(c);
	uint64_t brk, base, dynamic;

	cursor_skip(c, word == 8 ? 4 : 0);
	brk = cursor_uint(c, word);
	base = cursor_uint(c, word);
	dynamic = cursor_uint(c, word);
	TRY(cursor_check(c, "debug information of the dynamic linker"));
	TRY(md_notef(md, notes, "dynamic-linker", "version", "%" PRIu32, version));
	TRY(md_notef(md, notes, "dynamic-linker", "brk", "0x%" PRIx64, brk));
	TRY(md_notef(md, notes, "dynamic-linker", "base", "0x%" PRIx64, base));
	TRY(md_notef(md, notes, "dynamic-linker", "dynamic", "0x%" PRIx64, dynamic));
	return link_map(md, notes, map, count, word);
}

/* CPU_INFORMATION where it is no vendor string. */
static struct err *cpu_info(struct minidump *md, md_notes *notes, struct cursor *c)
{
	enum machine machine = md->d.facts.machine;

	cursor_seek(c, 32);
	/* x64 dumps of Windows have the feature bits here, Breakpad's the vendor */
	if (machine == MACHINE_X86 || (machine == MACHINE_X64 && *md->d.facts.cpu_text)) {
		uint32_t version, features, amd;

		cursor_skip(c, 12);
		version = cursor_u32(c);
		features = cursor_u32(c);
		amd = cursor_u32(c);
		TRY(cursor_check(c, "processor information"));
		TRY(md_notef(md, notes, "cpu", "version", "0x%" PRIx32, version));
		TRY(md_notef(md, notes, "cpu", "features", "0x%" PRIx32, features));
		return md_notef(md, notes, "cpu", "amd_features", "0x%" PRIx32, amd);
	}
	if (machine != MACHINE_ARM && machine != MACHINE_ARM64 && machine != MACHINE_X64)
		return NULL;
	if (md->d.facts.os == OS_LINUX || md->d.facts.os == OS_ANDROID) {
		TRY(md_notef(md, notes, "cpu", "cpuid", "0x%" PRIx32, cursor_u32(c)));
		return md_notef(md, notes, "cpu", "elf_hwcaps", "0x%" PRIx32, cursor_u32(c));
	}
	for (unsigned i = 0; i < 2; i++)
		TRY(md_notef(md, notes, "cpu", i ? "features_1" : "features_0", "0x%" PRIx64,
			     cursor_u64(c)));
	return NULL;
}

/* Threads that the writer met but could not put into the thread list. */
static struct err *lost_threads(struct minidump *md, md_notes *notes, struct cursor *c)
{
	struct md_in in = { .c = *c };
	const struct dump_thread *threads;
	struct md_array a;
	size_t n;
	struct u64map known = U64MAP_INIT;
	struct err *e;

	TRY(md_headed(md, &in, "thread information list", 16, false, &a));
	TRY(dump_threads(&md->d, &threads, &n));
	e = NULL;
	for (size_t i = 0; i < n && !e; i++)
		if (!u64map_put(&known, threads[i].tid, NULL))
			e = err_nomem();
	for (uint64_t i = 0; i < a.count && !e; i++) {
		struct cursor item = md_item(&in, &a, i);
		uint32_t tid = cursor_u32(&item), flags = cursor_u32(&item);
		uint32_t error = cursor_u32(&item), status = cursor_u32(&item);

		if (u64map_has(&known, tid))
			continue;
		e = md_notef(md, notes, "lost-thread",
			     arena_printf(&md->d.arena, "0x%" PRIx32, tid),
			     "flags 0x%" PRIx32 ", error 0x%" PRIx32 ", exit status 0x%" PRIx32,
			     flags, error, status);
	}
	u64map_deinit(&known);
	return e;
}

static const struct {
	uint32_t type;
	struct err *(*read)(struct minidump *md, md_notes *notes, struct cursor *c);
} streams[] = {
	{ MD_SYSTEM_INFO, cpu_info },
	{ MD_MISC_INFO, misc_info },
	{ MD_SYSTEM_MEMORY_INFO, system_memory },
	{ MD_PROCESS_VM_COUNTERS, vm_counters },
	{ MD_THREAD_INFO_LIST, lost_threads },
	{ MD_HANDLE_OPERATION_LIST, operations },
	{ MD_TOKEN, tokens },
	{ MD_FUNCTION_TABLE, function_tables },
	{ MD_LINUX_DSO_DEBUG, dso_debug },
};

struct err *md_notes_system(struct minidump *md, md_notes *notes)
{
	for (size_t i = 0; i < ARRAY_SIZE(streams); i++) {
		CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
		bool found = false;
		struct err *e = md_open_stream(md, streams[i].type, &in, &found);

		if (!e && found)
			e = streams[i].read(md, notes, &in.c);
		TRY(md_soften(md, e));
	}
	return NULL;
}
