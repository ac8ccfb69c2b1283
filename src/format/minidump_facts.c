/* SPDX-License-Identifier: MIT */
/*
 * Minidump: SystemInfo, MiscInfo and what Breakpad's and Crashpad's streams
 * say of the process. Read at opening: all of it is small, the text streams
 * are read up to a bound.
 *
 * Spec: MINIDUMP_SYSTEM_INFO and MINIDUMP_MISC_INFO to _5 of
 * minidumpapiset.h; numbers from 0x8000 up: minidump_format.h of Breakpad.
 * A MiscInfo is as long as its SizeOfInfo (24, 44, 232, 832 or 1364 bytes);
 * each group of fields counts when it is inside and its flag is set.
 */
#include "format/minidump.h"

#include <string.h>

enum { MAX_FACT_TEXT = 64 * 1024 };

static const struct {
	uint16_t arch;
	enum machine machine;
} machines[] = {
	{ 0, MACHINE_X86 },	    { 1, MACHINE_MIPS },      { 3, MACHINE_PPC },
	{ 5, MACHINE_ARM },	    { 9, MACHINE_X64 },	      { 10, MACHINE_X86 },
	{ 12, MACHINE_ARM64 },	    { 13, MACHINE_ARM },      { 14, MACHINE_X86 },
	{ 0x8001, MACHINE_SPARC },  { 0x8002, MACHINE_PPC64 }, { 0x8003, MACHINE_ARM64 },
	{ 0x8004, MACHINE_MIPS64 }, { 0x8006, MACHINE_RISCV64 },
};

static const struct {
	uint32_t platform;
	enum dump_os os;
} systems[] = {
	{ 0, OS_WINDOWS },	{ 1, OS_WINDOWS },	{ 2, OS_WINDOWS },
	{ 3, OS_WINDOWS },	{ 0x8101, OS_MACOS },	{ 0x8102, OS_IOS },
	{ 0x8201, OS_LINUX },	{ 0x8202, OS_SOLARIS }, { 0x8203, OS_ANDROID },
	{ 0x8205, OS_NACL },	{ 0x8206, OS_FUCHSIA },
};

static enum machine machine_of(uint16_t arch)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].arch == arch)
			return machines[i].machine;
	return MACHINE_UNKNOWN;
}

static enum dump_os os_of(uint32_t platform)
{
	for (size_t i = 0; i < ARRAY_SIZE(systems); i++)
		if (systems[i].platform == platform)
			return systems[i].os;
	return OS_UNKNOWN;
}

/*
 * The vendor string of x86. For x64 Windows and Crashpad have feature bits in
 * its place, Breakpad has the string: it is one when it reads as one.
 */
static const char *vendor(struct minidump *md, struct cursor *c)
{
	enum machine machine = md->d.facts.machine;
	const uint8_t *text = cursor_bytes(c, 12);

	if (!text || (machine != MACHINE_X86 && machine != MACHINE_X64))
		return "";
	for (unsigned i = 0; i < 12; i++)
		if (text[i] < ' ' || text[i] > '~')
			return "";
	return md_text(md, text, 12);
}

static struct err *system_info(struct minidump *md, struct cursor *c)
{
	struct dump_facts *f = &md->d.facts;
	uint16_t arch = cursor_u16(c);
	uint32_t csd;

	f->cpu_family = cursor_u16(c);
	f->cpu_model_stepping = cursor_u16(c);
	f->cpu_count = cursor_u8(c);
	f->os_product_type = cursor_u8(c);
	f->os_major = cursor_u32(c);
	f->os_minor = cursor_u32(c);
	f->os_build = cursor_u32(c);
	f->os_platform_id = cursor_u32(c);
	csd = cursor_u32(c);
	f->os_suite_mask = cursor_u16(c);
	TRY(cursor_check(c, "system information"));
	f->machine = machine_of(arch);
	f->pointer_size = machine_pointer_size(f->machine);
	f->os = os_of(f->os_platform_id);
	f->has |= f->cpu_count ? FACT_CPUS : 0;
	f->has |= f->os_major || f->os_minor || f->os_build ? FACT_OS_VERSION : 0;
	f->os_text = md_string(md, csd, "system version text");
	cursor_skip(c, 2);
	f->cpu_text = vendor(md, c);
	return f->os_text && f->cpu_text ? NULL : err_nomem();
}

enum misc_flags {
	MISC_PROCESS_ID = 0x1,
	MISC_PROCESS_TIMES = 0x2,
	MISC_PROCESS_INTEGRITY = 0x10,
	MISC_EXECUTE_FLAGS = 0x20,
	MISC_TIMEZONE = 0x40,
	MISC_PROTECTED = 0x80,
	MISC_BUILDSTRING = 0x100,
};

enum {
	MISC_1 = 24,
	MISC_3_TIMEZONE = 60, /* offset of TimeZone */
	MISC_3 = 232,
	MISC_4 = 832,
	SYSTEMTIME_SIZE = 16,
	SECOND = 10000000, /* in 100 ns */
};

static void process_ids(struct dump_facts *f, struct cursor *c, uint32_t flags)
{
	uint32_t pid = cursor_u32(c), create = cursor_u32(c);
	uint64_t user = cursor_u32(c), kernel = cursor_u32(c);

	if (!cursor_ok(c))
		return;
	if (flags & MISC_PROCESS_ID) {
		f->pid = pid;
		f->has |= FACT_PID;
	}
	if (flags & MISC_PROCESS_TIMES) {
		f->process_create_time = create;
		f->process_user_time = user * SECOND;
		f->process_kernel_time = kernel * SECOND;
		f->has |= FACT_PROCESS_TIMES;
	}
}

/*
 * TIME_ZONE_INFORMATION: {s32 bias, name[32], date, s32 bias, name[32], date,
 * s32 bias}: the zone, its standard time and its daylight time. TimeZoneId
 * says which of the two was in force.
 */
static struct err *time_zone(struct minidump *md, struct cursor *c, uint32_t id)
{
	struct dump_facts *f = &md->d.facts;
	int64_t bias = cursor_s32(c);
	const char *name[2];
	int64_t extra[2];

	for (unsigned i = 0; i < 2; i++) {
		name[i] = md_utf16(md, c, 64);
		cursor_skip(c, SYSTEMTIME_SIZE);
		extra[i] = cursor_s32(c);
		if (!name[i])
			return err_nomem();
	}
	TRY(cursor_check(c, "time zone"));
	bias += id == 1 ? extra[0] : id == 2 ? extra[1] : 0;
	f->timezone_bias = (int32_t)bias;
	f->timezone_id = id;
	f->timezone_name = name[id == 2];
	f->has |= FACT_TIMEZONE;
	return NULL;
}

static struct err *misc_3(struct minidump *md, struct cursor *c, uint32_t flags)
{
	struct dump_facts *f = &md->d.facts;
	uint32_t integrity, execute, protect, zone;

	cursor_seek(c, MISC_3_TIMEZONE - 16);
	integrity = cursor_u32(c);
	execute = cursor_u32(c);
	protect = cursor_u32(c);
	zone = cursor_u32(c);
	if (flags & MISC_PROCESS_INTEGRITY) {
		f->integrity_level = integrity;
		f->has |= FACT_INTEGRITY;
	}
	if (flags & MISC_EXECUTE_FLAGS)
		f->execute_flags = execute;
	if (flags & MISC_PROTECTED) {
		f->protected_process = protect;
		f->has |= FACT_PROTECTED;
	}
	return flags & MISC_TIMEZONE ? time_zone(md, c, zone) : NULL;
}

static struct err *misc_4(struct minidump *md, struct cursor *c)
{
	struct dump_facts *f = &md->d.facts;
	struct cursor text = cursor_sub(c, MISC_3, MISC_4 - MISC_3);
	struct cursor debug = cursor_sub(c, MISC_3 + 520, 80);

	f->build_string = md_utf16(md, &text, 520);
	f->debug_build_string = md_utf16(md, &debug, 80);
	return f->build_string && f->debug_build_string ? NULL : err_nomem();
}

static struct err *misc_info(struct minidump *md, struct cursor *whole)
{
	struct cursor c = *whole;
	uint64_t size = cursor_u32(&c);
	uint32_t flags = cursor_u32(&c);

	TRY(cursor_check(&c, "miscellaneous information"));
	if (size > c.size)
		size = c.size;
	c = cursor_sub(whole, 0, size);
	cursor_skip(&c, 8);
	process_ids(&md->d.facts, &c, flags);
	if (size >= MISC_3)
		TRY(misc_3(md, &c, flags));
	if (size >= MISC_4 && flags & MISC_BUILDSTRING)
		TRY(misc_4(md, &c));
	return NULL;
}

/* Breakpad: u32 validity, u32 dumping thread, u32 requesting thread. */
static struct err *breakpad_info(struct minidump *md, struct cursor *c)
{
	struct dump_facts *f = &md->d.facts;
	uint32_t validity = cursor_u32(c), writer, requester;

	writer = cursor_u32(c);
	requester = cursor_u32(c);
	TRY(cursor_check(c, "Breakpad information"));
	if (validity & 1) {
		f->writer_tid = writer;
		f->has |= FACT_WRITER_TID;
	}
	if (validity & 2) {
		f->requesting_tid = requester;
		f->has |= FACT_REQUESTING_TID;
	}
	return NULL;
}

/* The first bytes of a text stream, without what a cut may have torn. */
static struct err *text_stream(struct minidump *md, uint32_t type, struct md_in *ret)
{
	struct dump_piece piece;

	if (!md_find(md, type, &piece))
		return NULL;
	if (piece.size > MAX_FACT_TEXT)
		piece.size = MAX_FACT_TEXT;
	return md_open(md, piece, md_stream_name(type), ret);
}

/* The value of "Name:\tvalue\n"; its length, 0 when there is none. */
static size_t status_value(const char *text, size_t n, const char *name, const char **ret)
{
	size_t name_len = strlen(name);

	while (n) {
		const char *end = memchr(text, '\n', n);
		size_t len = end ? (size_t)(end - text) : n;

		if (len > name_len + 2 && !memcmp(text, name, name_len) &&
		    text[name_len] == ':' && text[name_len + 1] == '\t') {
			*ret = text + name_len + 2;
			return len - name_len - 2;
		}
		text += len + (end != NULL);
		n -= len + (end != NULL);
	}
	return 0;
}

static bool status_u32(const char *text, size_t n, const char *name, uint32_t *ret)
{
	const char *value;
	size_t len = status_value(text, n, name, &value);
	uint64_t v = 0;

	if (!len || len > 10)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (value[i] < '0' || value[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(value[i] - '0');
	}
	if (v > UINT32_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

static struct err *proc_status(struct minidump *md)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	struct dump_facts *f = &md->d.facts;
	const char *text, *name;
	size_t n;

	TRY(text_stream(md, MD_LINUX_PROC_STATUS, &in));
	if (!in.c.size)
		return NULL;
	text = (const char *)cursor_bytes(&in.c, in.c.size);
	n = in.c.size;
	/* Tgid: what the user calls pid; Pid is the thread whose file this is */
	if (status_u32(text, n, "Tgid", &f->pid) || status_u32(text, n, "Pid", &f->pid))
		f->has |= FACT_PID;
	if (status_u32(text, n, "PPid", &f->ppid))
		f->has |= FACT_PPID;
	n = status_value(text, n, "Name", &name);
	if (n)
		f->process_name = md_text(md, name, n);
	return f->process_name ? NULL : err_nomem();
}

/* Arguments are separated by NUL; WinDbg-like output wants one line. */
static struct err *command_line(struct minidump *md)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	CLEANUP(freep) char *copy = NULL;
	size_t n;

	TRY(text_stream(md, MD_LINUX_CMD_LINE, &in));
	n = in.c.size;
	if (!n)
		return NULL;
	copy = malloc(n);
	if (!copy)
		return err_nomem();
	cursor_copy(&in.c, copy, n);
	while (n && !copy[n - 1])
		n--;
	for (size_t i = 0; i < n; i++)
		if (!copy[i])
			copy[i] = ' ';
	md->d.facts.command_line = md_text(md, copy, n);
	return md->d.facts.command_line ? NULL : err_nomem();
}

static struct err *read_stream(struct minidump *md, uint32_t type,
			       struct err *(*read)(struct minidump *md, struct cursor *c))
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	bool found = false;
	struct err *e = md_open_stream(md, type, &in, &found);

	if (!e && found)
		e = read(md, &in.c);
	return md_soften(md, e);
}

static const char *writer(const struct minidump *md)
{
	struct dump_piece piece;

	if (md_find(md, MD_CRASHPAD_INFO, &piece))
		return "Crashpad";
	for (size_t i = 0; i < md->n_streams; i++)
		if (md->streams[i].type >> 16 == MD_BREAKPAD_INFO >> 16)
			return "Breakpad";
	return "";
}

struct err *md_read_facts(struct minidump *md)
{
	md->d.facts.writer = writer(md);
	TRY(read_stream(md, MD_SYSTEM_INFO, system_info));
	TRY(read_stream(md, MD_MISC_INFO, misc_info));
	TRY(read_stream(md, MD_BREAKPAD_INFO, breakpad_info));
	TRY(md_soften(md, proc_status(md)));
	return md_soften(md, command_line(md));
}
