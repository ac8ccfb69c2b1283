/* SPDX-License-Identifier: MIT */
/*
 * ELF cores against elfutils' words: every note, thread, register, siginfo,
 * auxv and file row that `readelf -n` prints is looked up in our reading.
 *
 * The words come from elfutils' own expected texts where the fixtures have
 * text and core, and from eu-readelf, where it is installed, for all other
 * cores of the fixtures. Registers are found here by name in tables written
 * from asm/ptrace.h and sys/user.h, not by the library's.
 */
#include "base/str.h"
#include "format/dump.h"
#include "unit/test.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t compared, agree;		  /* facts of all cores */
static size_t core_compared, core_agree; /* of this one */
static size_t passed, failed, skipped;

struct check {
	const char *core;
	struct dump *d;
	const struct dump_stream *streams;
	const struct dump_thread *threads;
	const struct dump_auxv *auxv;
	const struct dump_file_mapping *files;
	const struct dump_annotation *annotations;
	size_t n_streams, n_threads, n_auxv, n_files, n_annotations;
	const struct dump_exception *exception;
	/* where the text stands */
	const struct dump_stream *note;
	const struct dump_thread *thread; /* of the last PRSTATUS */
	size_t next_stream, next_thread, next_auxv, next_file, row;
	char type[64];
	bool nameless; /* eu-readelf lost its way in padding */
};

static void fact(struct check *c, bool same, const char *what, const char *want)
{
	core_compared++;
	if (same)
		core_agree++;
	else
		(void)printf("disagree: %s: note %zu %s: %s should be %s\n", c->core, c->next_stream,
			     c->type, what, want);
}

/* "0x1234", "-5", "17" into 16 little-endian bytes. */
static bool parse_value(const char *s, uint8_t out[16])
{
	size_t n = strlen(s);

	memset(out, 0, 16);
	if (n > 2 && s[0] == '0' && s[1] == 'x') {
		for (size_t i = 0; i < n - 2; i++) {
			int ch = tolower((unsigned char)s[n - 1 - i]);
			unsigned v = (unsigned)(isdigit(ch) ? ch - '0' : ch - 'a' + 10);

			if (!isxdigit(ch) || i >= 32)
				return false;
			out[i / 2] |= (uint8_t)(v << (i % 2 * 4));
		}
		return true;
	}
	if (isdigit((unsigned char)s[0]) || (s[0] == '-' && isdigit((unsigned char)s[1]))) {
		uint64_t v = s[0] == '-' ? -strtoull(s + 1, NULL, 10) : strtoull(s, NULL, 10);

		for (unsigned i = 0; i < 16; i++)
			out[i] = i < 8 ? (uint8_t)(v >> 8 * i) : s[0] == '-' ? 0xff : 0;
		return true;
	}
	return false;
}

/* The low `size` bytes of the text's number against ours. */
static void number(struct check *c, const char *what, const char *want, uint64_t got, unsigned size)
{
	uint8_t v[16];
	bool same = parse_value(want, v);

	for (unsigned i = 0; i < size && same; i++)
		same = v[i] == (uint8_t)(got >> 8 * i);
	fact(c, same, what, want);
}

static void bytes(struct check *c, const char *what, const char *want, struct dump_piece piece,
		  uint64_t at, unsigned size)
{
	uint8_t v[16], got[16] = { 0 };
	bool same = parse_value(want, v) && at + size <= piece.size &&
		    !err_ignore(source_read(dump_source(c->d), piece.offset + at, got, size));
	bool big = dump_facts(c->d)->big_endian;

	for (unsigned i = 0; i < size && same; i++)
		same = v[i] == got[big ? size - 1 - i : i];
	fact(c, same, what, want);
}

/* ---- where registers lie ---- */

struct set {
	const char *names; /* in order, blanks between; "r0..r15" counts up; "-" is a gap */
	uint32_t offset, size, stride;
};

/* Number of `name` in the list, or -1. */
static int position(const char *names, const char *name)
{
	int at = 0;

	for (const char *p = names; *p;) {
		size_t n = strcspn(p, " ");
		const char *dots = strstr(p, "..");
		char one[32];

		if (dots && dots < p + n) { /* r0..r15 */
			int last;

			(void)snprintf(one, sizeof(one), "%.*s", (int)(p + n - dots - 2), dots + 2);
			last = (int)strtol(one + strcspn(one, "0123456789"), NULL, 10);
			for (int i = 0; i <= last; i++, at++) {
				(void)snprintf(one, sizeof(one), "%.*s%d",
					       (int)strcspn(p, "0123456789"), p, i);
				if (!strcmp(one, name))
					return at;
			}
		} else {
			if (strlen(name) == n && !memcmp(p, name, n))
				return at;
			at++;
		}
		p += n + (p[n] == ' ');
	}
	return -1;
}

static const struct set x64_regs[] = {
	{ "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip - rflags rsp - "
	  "fs.base gs.base", 0, 8, 8 },
	{ "cs", 17 * 8, 2, 8 },
	{ "ss", 20 * 8, 2, 8 },
	{ "ds es fs gs", 23 * 8, 2, 8 },
	{ NULL, 0, 0, 0 },
};
static const struct set x86_regs[] = {
	{ "ebx ecx edx esi edi ebp eax", 0, 4, 4 },
	{ "ds es fs gs", 28, 2, 4 },
	{ "orig_eax eip", 44, 4, 4 },
	{ "cs", 52, 2, 4 },
	{ "eflags esp", 56, 4, 4 },
	{ "ss", 64, 2, 4 },
	{ NULL, 0, 0, 0 },
};
static const struct set arm64_regs[] = { { "x0..x30 sp pc pstate", 0, 8, 8 }, { NULL, 0, 0, 0 } };
static const struct set arm_regs[] = { { "r0..r12 sp lr pc spsr orig_r0", 0, 4, 4 },
				       { NULL, 0, 0, 0 } };
static const struct set s390_regs[] = { { "pswm pswa r0..r15", 0, 8, 8 },
					{ "a0..a15", 144, 4, 4 },
					{ "orig_r2", 208, 8, 8 },
					{ NULL, 0, 0, 0 } };
static const struct set ppc64_regs[] = {
	{ "r0..r31 nip msr orig_gpr3 ctr lr xer cr mq trap dar dsisr", 0, 8, 8 }, { NULL, 0, 0, 0 }
};
static const struct set riscv_regs[] = {
	{ "pc ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 "
	  "t4 t5 t6", 0, 8, 8 },
	{ NULL, 0, 0, 0 }
};
/* FXSAVE: also PRXFPREG */
static const struct set fxsave[] = { { "fcw fsw", 0, 2, 2 },
				     { "mxcsr", 24, 8, 8 },
				     { "st0..st7", 32, 10, 16 },
				     { "xmm0..xmm15", 160, 16, 16 },
				     { NULL, 0, 0, 0 } };
static const struct set arm64_fp[] = { { "v0..v31", 0, 16, 16 }, { "fpsr fpcr", 512, 4, 4 },
				       { NULL, 0, 0, 0 } };
/* elfutils 0.188 prints f0 from offset 1 and ARM's fpscr from offset 0: left out. */
static const struct set s390_fp[] = { { "fpc", 0, 4, 4 }, { NULL, 0, 0, 0 } };
static const struct set arm_vfp[] = { { "d0..d31", 0, 8, 8 }, { NULL, 0, 0, 0 } };

static const struct set *set_of(const struct check *c)
{
	enum machine m = dump_facts(c->d)->machine;
	bool general = !strcmp(c->type, "PRSTATUS");

	if (!strcmp(c->type, "ARM_VFP"))
		return arm_vfp;
	if (!strcmp(c->type, "PRXFPREG"))
		return fxsave;
	if (m == MACHINE_X64)
		return general ? x64_regs : fxsave;
	if (m == MACHINE_ARM64)
		return general ? arm64_regs : arm64_fp;
	if (m == MACHINE_S390X)
		return general ? s390_regs : s390_fp;
	if (!general)
		return NULL;
	return m == MACHINE_X86	    ? x86_regs
	       : m == MACHINE_ARM   ? arm_regs
	       : m == MACHINE_PPC64 ? ppc64_regs
	       : m == MACHINE_RISCV64 ? riscv_regs
				      : NULL;
}

static void reg(struct check *c, const char *name, const char *want, struct dump_piece piece)
{
	for (const struct set *s = set_of(c); s && s->names; s++) {
		int at = position(s->names, name);
		unsigned size;

		if (at < 0)
			continue;
		size = s->size; /* eu-readelf takes mxcsr for 4 bytes here, 8 there */
		if (str_starts(want, "0x") && (strlen(want) - 2) / 2 < size)
			size = (unsigned)(strlen(want) - 2 + 1) / 2;
		bytes(c, name, want, piece, s->offset + (uint64_t)at * s->stride, size);
		return;
	}
}

/* ---- the kinds of notes ---- */

static const char *annotation(const struct check *c, const char *key)
{
	for (size_t i = 0; i < c->n_annotations; i++)
		if (!strcmp(c->annotations[i].key, key))
			return c->annotations[i].value;
	return "(none)";
}

static void seconds(struct check *c, const char *what, const char *want, uint64_t got)
{
	char text[64];

	if (!(c->thread->has & THREAD_HAS_CPU_TIMES))
		return;
	(void)snprintf(text, sizeof(text), "%" PRIu64 ".%06" PRIu64, got / 10000000,
		       got / 10 % 1000000);
	fact(c, !strcmp(text, want), what, want);
}

static void prstatus(struct check *c, const char *key, const char *value)
{
	if (!c->thread)
		return;
	if (!strcmp(key, "cursig"))
		number(c, key, value, c->thread->cursig, 4);
	else if (!strcmp(key, "pid"))
		number(c, key, value, c->thread->tid, 4);
	else if (!strcmp(key, "sigpend") && !strcmp(value, "<>"))
		fact(c, !c->thread->sigpend, key, value);
	else if (!strcmp(key, "sighold") && !strcmp(value, "<>"))
		fact(c, !c->thread->sighold, key, value);
	else if (!strcmp(key, "utime"))
		seconds(c, key, value, c->thread->user_time);
	else if (!strcmp(key, "stime"))
		seconds(c, key, value, c->thread->kernel_time);
	else
		reg(c, key, value, c->thread->context);
}

static void prpsinfo(struct check *c, const char *key, const char *value)
{
	static const char *const pairs[][2] = { { "sname", "state" }, { "zomb", "zombie" },
						{ "nice", "nice" },   { "flag", "flags" },
						{ "uid", "uid" },     { "gid", "gid" },
						{ "pgrp", "pgrp" },   { "sid", "sid" } };

	if (!strcmp(key, "pid"))
		number(c, key, value, dump_facts(c->d)->pid, 4);
	else if (!strcmp(key, "ppid"))
		number(c, key, value, dump_facts(c->d)->ppid, 4);
	else if (!strcmp(key, "fname"))
		fact(c, !strcmp(value, dump_facts(c->d)->process_name), key, value);
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		const char *got = annotation(c, pairs[i][1]);

		if (strcmp(key, pairs[i][0]) != 0)
			continue;
		if (!strcmp(key, "sname"))
			fact(c, !strcmp(value, got), key, value);
		else
			number(c, key, value, strtoull(got, NULL, 0), 8);
	}
}

static void siginfo(struct check *c, const char *key, const char *value)
{
	const struct dump_exception *e = c->exception;
	struct dump_piece piece = c->thread ? c->thread->siginfo : (struct dump_piece){ 0 };
	bool raised = e && c->thread && e->tid == c->thread->tid;

	if (dump_facts(c->d)->machine == MACHINE_MIPS && strcmp(key, "si_signo") != 0)
		return; /* elfutils does not know that MIPS has code before errno */

	if (!strcmp(key, "si_signo")) {
		bytes(c, key, value, piece, 0, 4);
		if (raised)
			number(c, "signal", value, e->code, 4);
	} else if (!strcmp(key, "si_errno")) {
		bytes(c, key, value, piece, 4, 4);
		if (raised)
			number(c, "signal's errno", value, e->flags, 4);
	} else if (!strcmp(key, "si_code")) {
		bytes(c, key, value, piece, 8, 4);
		if (raised)
			number(c, "signal's code", value, e->parameters[0], 8);
	} else if (!strcmp(key, "address") && raised) {
		number(c, key, value, e->address, 8);
	} else if (!strcmp(key, "PID") && raised) {
		number(c, key, value, e->parameters[1], 4);
	} else if (!strcmp(key, "UID") && raised) {
		number(c, key, value, e->parameters[2], 4);
	}
}

static void auxv(struct check *c, const char *key, const char *value)
{
	static const struct {
		const char *name;
		uint64_t type;
	} names[] = {
		{ "EXECFD", 2 },   { "PHDR", 3 },     { "PHENT", 4 },	    { "PHNUM", 5 },
		{ "PAGESZ", 6 },   { "BASE", 7 },     { "FLAGS", 8 },	    { "ENTRY", 9 },
		{ "NOTELF", 10 },  { "UID", 11 },     { "EUID", 12 },	    { "GID", 13 },
		{ "EGID", 14 },	   { "PLATFORM", 15 }, { "HWCAP", 16 },	    { "CLKTCK", 17 },
		{ "SECURE", 23 },  { "BASE_PLATFORM", 24 }, { "RANDOM", 25 }, { "HWCAP2", 26 },
		{ "EXECFN", 31 },  { "SYSINFO", 32 }, { "SYSINFO_EHDR", 33 },
	};
	const struct dump_auxv *got = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i].name, key) != 0)
			continue;
		/* in order, but types that eu-readelf has no name for carry no value */
		while (c->next_auxv < c->n_auxv && c->auxv[c->next_auxv].type != names[i].type)
			c->next_auxv++;
		if (c->next_auxv < c->n_auxv)
			got = &c->auxv[c->next_auxv++];
		fact(c, got, "auxv type", key);
		number(c, key, value, got ? got->value : ~UINT64_C(0), 8);
	}
}

static void tls(struct check *c, const char *key, const char *value)
{
	int at = position("index base limit flags", key);

	if (c->thread && at >= 0)
		bytes(c, key, value, c->thread->tls, c->row * 16 + (unsigned)at * 4, 4);
	if (at == 3)
		c->row++;
}

static void pair(struct check *c, const char *key, const char *value)
{
	if (!strcmp(c->type, "PRSTATUS"))
		prstatus(c, key, value);
	else if (!strcmp(c->type, "PRPSINFO"))
		prpsinfo(c, key, value);
	else if (!strcmp(c->type, "SIGINFO"))
		siginfo(c, key, value);
	else if (!strcmp(c->type, "AUXV"))
		auxv(c, key, value);
	else if (!strcmp(c->type, "386_TLS"))
		tls(c, key, value);
	else if (c->note && (!strcmp(c->type, "FPREGSET") || !strcmp(c->type, "PRXFPREG") ||
			     !strcmp(c->type, "ARM_VFP")))
		reg(c, key, value, c->note->piece);
}

/* "a: 1, b: 2  c:  3": a word that ends in a colon, then its value. */
static void pairs(struct check *c, const char *line)
{
	char key[64] = "";

	for (const char *p = line; *(p += strspn(p, " ,"));) {
		size_t n = strcspn(p, " ,");
		char word[128];

		(void)snprintf(word, sizeof(word), "%.*s", (int)n, p);
		p += n;
		if (n && n < sizeof(key) && word[n - 1] == ':') {
			(void)snprintf(key, sizeof(key), "%.*s", (int)n - 1, word);
		} else if (*key) {
			pair(c, key, word);
			*key = 0;
		}
	}
}

static void psargs(struct check *c, const char *line)
{
	const char *p = strstr(line, ", psargs: ");
	size_t n;

	if (!p)
		return;
	p += strlen(", psargs: ");
	n = strlen(p);
	while (n && p[n - 1] == ' ')
		n--;
	fact(c, strlen(dump_facts(c->d)->command_line) == n &&
			!memcmp(p, dump_facts(c->d)->command_line, n),
	     "psargs", p);
}

/* "start-end offset size path" or "N files:" */
static void file_row(struct check *c, const char *line)
{
	const struct dump_file_mapping *got =
		c->next_file < c->n_files ? &c->files[c->next_file] : NULL;
	unsigned long long start, end, offset, size;
	static char path[1 << 16];
	size_t count;

	if (sscanf(line, " %zu files:", &count) == 1 && strstr(line, "files:")) {
		fact(c, count == c->n_files, "number of files", line);
		return;
	}
	if (sscanf(line, " %llx-%llx %llx %llu %65535[^\n]", &start, &end, &offset, &size, path) != 5)
		return;
	c->next_file++;
	fact(c, got && got->start == start && got->end == end, "file range", line);
	fact(c, got && got->file_offset == offset, "file offset", line);
	fact(c, got && !strcmp(got->path, path), "file path", line);
}

static void info_row(struct check *c, const char *line)
{
	const char *eq = strchr(line, '=');
	char key[128];

	if (!eq)
		return;
	line += strspn(line, " ");
	(void)snprintf(key, sizeof(key), "%.*s", (int)(eq - line), line);
	fact(c, !strcmp(annotation(c, key), eq + 1), key, eq + 1);
}

/* "  CORE                 336  PRSTATUS" */
static void note_header(struct check *c, const char *line)
{
	char owner[64] = "", type[64] = "", name[80];
	unsigned size = 0;

	if (sscanf(line, " %63s %u %63[^\n]", owner, &size, type) != 3)
		return; /* a nameless note: padding, of which we make no stream */
	c->note = c->next_stream < c->n_streams ? &c->streams[c->next_stream] : NULL;
	(void)snprintf(c->type, sizeof(c->type), "%.63s", type);
	c->next_stream++;
	fact(c, c->note && !strcmp(c->note->owner, owner), "owner", owner);
	fact(c, c->note && c->note->piece.size == size, "size", line);
	(void)snprintf(name, sizeof(name), "NT_%s", type);
	if (type[0] != '<')
		fact(c, c->note && !strcmp(c->note->name, name), "type", type);
	c->row = 0;
	if (!strcmp(type, "PRSTATUS"))
		c->thread = c->next_thread < c->n_threads ? &c->threads[c->next_thread++] : NULL;
	if (!strcmp(owner, "VMCOREINFO"))
		(void)snprintf(c->type, sizeof(c->type), "VMCOREINFO");
}

static void text_line(struct check *c, char *line)
{
	line[strcspn(line, "\n")] = 0;
	if (strncmp(line, "  ", 2) != 0 || !strncmp(line, "  Owner", 7))
		return;
	if (line[2] != ' ') {
		note_header(c, line);
		return;
	}
	if (!strncmp(line, "                 ", 17)) { /* a note without owner */
		(void)snprintf(c->type, sizeof(c->type), "nameless");
		c->nameless = true;
		return;
	}
	if (!strcmp(c->type, "FILE")) {
		file_row(c, line);
	} else if (!strcmp(c->type, "VMCOREINFO")) {
		info_row(c, line);
	} else {
		pairs(c, line);
		if (!strcmp(c->type, "PRPSINFO"))
			psargs(c, line);
	}
}

static struct err *open_check(const char *core, struct check *c)
{
	TRY(dump_open(core, NULL, &c->d));
	TRY(dump_streams(c->d, &c->streams, &c->n_streams));
	TRY(dump_threads(c->d, &c->threads, &c->n_threads));
	TRY(dump_auxv(c->d, &c->auxv, &c->n_auxv));
	TRY(dump_file_mappings(c->d, &c->files, &c->n_files));
	TRY(dump_annotations(c->d, &c->annotations, &c->n_annotations));
	return dump_exception(c->d, &c->exception);
}

static void compare(const char *core, FILE *text)
{
	struct check c = { .core = strrchr(core, '/') ? strrchr(core, '/') + 1 : core };
	struct err *e = open_check(core, &c);
	static char line[1 << 16];

	core_compared = core_agree = 0;
	while (!e && fgets(line, sizeof(line), text))
		text_line(&c, line);
	if (!e && !c.nameless) { /* nothing may be left over on our side */
		fact(&c, c.next_stream == c.n_streams, "number of notes", "the same");
		fact(&c, c.next_thread == c.n_threads, "number of threads", "the same");
	} else if (e) {
		(void)printf("FAIL: %s: %s\n", core, err_message(e));
	}
	compared += core_compared;
	agree += core_agree;
	if (e || core_agree != core_compared || core_compared < 10)
		failed++;
	else
		passed++;
	(void)printf("%s: %zu facts compared, %zu agree\n", c.core, core_compared, core_agree);
	err_free(e);
	dump_unref(c.d);
}

/* The first line of an expected text names the core: "# command: ... testfile62". */
static void expected_text(const char *dir, const char *name)
{
	char path[1400], line[512] = "", core[2048];
	const char *word;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	if (!f)
		return;
	if (fgets(line, sizeof(line), f))
		line[strcspn(line, "\n")] = 0;
	word = strrchr(line, ' ');
	(void)snprintf(core, sizeof(core), "%s/%s", dir, word ? word + 1 : "");
	if (!word || access(core, R_OK) != 0) {
		(void)printf("skip: %s: its core %s is not in the fixtures\n", name,
			     word ? word + 1 : "?");
		skipped++;
	} else {
		compare(core, f);
	}
	(void)fclose(f);
}

static bool is_linux_core(const char *path)
{
	struct dump *d = NULL;
	bool yes;

	if (err_ignore(dump_open(path, NULL, &d)))
		return false;
	yes = dump_facts(d)->kind == DUMP_ELFCORE && dump_facts(d)->os == OS_LINUX &&
	      !str_ends_nocase(path, ".bz2");
	dump_unref(d);
	return yes;
}

static void live_text(const char *core)
{
	char command[2048];
	FILE *f;

	if (strchr(core, '\'') || !is_linux_core(core))
		return;
	(void)snprintf(command, sizeof(command), "eu-readelf -n '%s' 2>/dev/null", core);
	f = popen(command, "r");
	if (!f)
		return;
	compare(core, f);
	(void)pclose(f);
}

/* Every core below a folder, in order of names. */
static void walk(const char *dir)
{
	struct dirent **v;
	int n = scandir(dir, &v, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		char path[1400];
		struct stat st;
		const char *name = v[i]->d_name;

		(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
		if (name[0] == '.' || lstat(path, &st) != 0)
			;
		else if (S_ISDIR(st.st_mode))
			walk(path);
		else if (S_ISREG(st.st_mode) && strstr(name, "core") && !strstr(name, ".expected"))
			live_text(path);
		free(v[i]);
	}
	if (n >= 0)
		free(v);
}

static void expected_texts(const char *fixtures)
{
	char dir[1024];
	struct dirent **v;
	int n;

	(void)snprintf(dir, sizeof(dir), "%s/elfutils-0.188/tests", fixtures);
	n = scandir(dir, &v, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		if (str_starts(v[i]->d_name, "run-readelf") && strstr(v[i]->d_name, "core") &&
		    str_ends_nocase(v[i]->d_name, ".expected.txt"))
			expected_text(dir, v[i]->d_name);
		free(v[i]);
	}
	if (n >= 0)
		free(v);
}

/* With arguments: folders or cores to compare with eu-readelf instead. */
int main(int argc, char **argv)
{
	const char *fixtures = getenv("OSMOSIS_FIXTURES");

	if (!fixtures)
		fixtures = "../shared/fixtures";
	if (argc == 1 && access(fixtures, R_OK) != 0) {
		(void)printf("skip: no fixtures at %s\n", fixtures);
		return 77;
	}
	if (argc == 1)
		expected_texts(fixtures);
	if (system("command -v eu-readelf >/dev/null 2>&1") != 0) {
		(void)printf("skip: eu-readelf is not installed\n");
		skipped++;
	} else if (argc == 1) {
		walk(fixtures);
	}
	for (int i = 1; i < argc; i++)
		live_text(argv[i]);
	(void)printf("figure: conformance elfcore: %zu facts compared, %zu agree\n", compared, agree);
	(void)printf("%zu passed, %zu failed, %zu skipped\n", passed, failed, skipped);
	return failed != 0;
}
