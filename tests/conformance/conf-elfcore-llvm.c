/* SPDX-License-Identifier: MIT */
/*
 * LLVM's core-file tests (lldb/test/Shell/Register/Core): the registers and
 * threads that their FileCheck lines expect, against the dump's records and
 * the arch layer's decoding. A script line is one of
 *
 *	thread list		# CHECK: thread #1: tid = 5, 0x..., name = 'x', stop reason = signal S
 *	thread select N
 *	register read --all	# CHECK-DAG: rip = 0x...   v0 = {0x00 0x00 ...}
 *	register read cpsr
 */
#include "arch/arch.h"
#include "base/str.h"
#include "format/dump.h"
#include "unit/test.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

static size_t compared, agree, passed, failed, skipped;

struct check {
	const char *test;
	struct dump *d;
	struct arena arena;
	const struct dump_thread *threads;
	size_t n;
	const struct dump_exception *exception;
	size_t at; /* selected thread */
	size_t compared, agree;
};

static void fact(struct check *c, bool same, const char *line)
{
	c->compared++;
	if (same)
		c->agree++;
	else
		(void)printf("disagree: %s: thread %zu: %s\n", c->test, c->at + 1, line);
}

/* All of a piece in the arena; *ret_n 0 when it is not there. */
static const uint8_t *piece(struct check *c, struct dump_piece p, size_t *ret_n)
{
	uint8_t *b = p.size && p.size < 1 << 16 ? arena_alloc(&c->arena, p.size) : NULL;

	*ret_n = 0;
	if (!b || err_ignore(source_read(dump_source(c->d), p.offset, b, p.size)))
		return NULL;
	*ret_n = p.size;
	return b;
}

static bool general(struct check *c, const char *name, uint64_t *ret)
{
	const struct dump_thread *t = &c->threads[c->at];
	const struct arch *arch = arch_for(dump_facts(c->d)->machine);
	struct regs regs = { .arch = arch };
	size_t n;
	const uint8_t *b = piece(c, t->context, &n);

	if (!b || err_ignore(arch->decode(t->layout, b, n, dump_facts(c->d)->big_endian, &regs)))
		return false;
	return !err_ignore(arch_reg_value(&regs, name, ret));
}

/* The x87 instruction and operand pointers of an FXSAVE image. */
static bool pointer(struct check *c, const char *name, const uint8_t *b, size_t n, uint64_t *ret)
{
	static const struct {
		const char *name;
		unsigned at, size;
	} rows[] = { { "fioff", 8, 4 },	 { "fiseg", 12, 4 }, { "fooff", 16, 4 },
		     { "foseg", 20, 4 }, { "fip", 8, 8 },    { "fdp", 16, 8 } };

	(void)c;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cursor cur = cursor_init("fxsave", b, n, 0);

		if (strcmp(rows[i].name, name) != 0 || n < 512)
			continue;
		cursor_skip(&cur, rows[i].at);
		*ret = cursor_uint(&cur, rows[i].size);
		return true;
	}
	return false;
}

static bool vector(struct check *c, const char *name, const struct vector_reg **ret)
{
	const struct dump_thread *t = &c->threads[c->at];
	const struct arch *arch = arch_for(dump_facts(c->d)->machine);
	struct dump_piece where = t->xstate.size ? t->xstate : t->fpregs;
	struct vector_reg *v;
	size_t n, nv, nx;
	const uint8_t *b = piece(c, t->context, &n), *x = piece(c, where, &nx);

	if (!x || err_ignore(arch->vectors(t->layout, b, n, x, nx, &c->arena, &v, &nv)))
		return false;
	for (size_t i = 0; i < nv; i++)
		if (!strcmp(v[i].name, name)) {
			*ret = &v[i];
			return true;
		}
	return false;
}

static void value_line(struct check *c, const char *name, const char *want, const char *line)
{
	const struct dump_thread *t = &c->threads[c->at];
	const struct vector_reg *v;
	uint64_t got = 0;
	size_t n;

	if (*want == '{') {
		bool same = vector(c, name, &v);
		unsigned i = 0;

		for (const char *p = want + 1; same && *p == '0' && i < 64; i++) {
			same = v->bytes[i] == strtoul(p, NULL, 16);
			p += strcspn(p, " }");
			p += strspn(p, " }");
		}
		fact(c, same && i * 8 <= v->bits, line);
		return;
	}
	if (general(c, name, &got)) {
		fact(c, got == strtoull(want, NULL, 16), line);
	} else if (vector(c, name, &v)) {
		memcpy(&got, v->bytes, v->bits / 8 < 8 ? v->bits / 8 : 8);
		fact(c, got == strtoull(want, NULL, 16), line);
	} else {
		const uint8_t *b = piece(c, t->xstate.size ? t->xstate : t->fpregs, &n);

		fact(c, b && pointer(c, name, b, n, &got) && got == strtoull(want, NULL, 16), line);
	}
}

/* "thread #2: tid = 329385, 0x000000000040126d, name = 'a.out', stop reason = signal 0" */
static void thread_line(struct check *c, const char *line)
{
	unsigned long number = 0, tid = 0;
	unsigned long long pc = 0;
	uint64_t got = 0;
	const char *p = strstr(line, "thread #"), *name = strstr(line, "name = '");
	const char *signal = strstr(line, "signal ");
	const struct dump_thread *t;

	if (sscanf(p, "thread #%lu: tid = %lu, %llx", &number, &tid, &pc) != 3 || !number ||
	    number > c->n) {
		fact(c, false, line);
		return;
	}
	c->at = number - 1;
	t = &c->threads[c->at];
	fact(c, t->tid == tid, line);
	fact(c, (general(c, "eip", &got) || general(c, "pc", &got)) &&
			(uint32_t)got == (uint32_t)pc,
	     line);
	if (name) {
		size_t n = strcspn(name += strlen("name = '"), "'");
		const char *ours = *t->name ? t->name : dump_facts(c->d)->process_name;

		fact(c, strlen(ours) == n && !memcmp(ours, name, n), line);
	}
	/* lldb gives FreeBSD's every thread the signal of the process */
	if (signal && !strncmp(signal, "signal SIGSEGV", 14))
		fact(c, dump_facts(c->d)->os == OS_FREEBSD
				? t->cursig == 11
				: c->exception && c->exception->code == 11 &&
					  c->exception->tid == t->tid,
		     line);
	c->at = 0;
}

static void script_line(struct check *c, char *line)
{
	char name[32], want[512];
	unsigned long n;

	line[strcspn(line, "\n")] = 0;
	if (sscanf(line, "thread select %lu", &n) == 1 && n >= 1 && n <= c->n) {
		c->at = n - 1;
		return;
	}
	if (strncmp(line, "# CHECK", 7) != 0)
		return;
	if (strstr(line, "thread #"))
		thread_line(c, line);
	else if (sscanf(line, "# CHECK%*[^:]: %31s = %511[^\n]", name, want) == 2 ||
		 sscanf(line, "# CHECK: %31s = %511[^\n]", name, want) == 2)
		if (!strncmp(want, "0x", 2) || *want == '{')
			value_line(c, name, want, line);
}

static struct err *open_core(const char *path, struct check *c)
{
	TRY(dump_open(path, NULL, &c->d));
	TRY(dump_threads(c->d, &c->threads, &c->n));
	TRY(dump_exception(c->d, &c->exception));
	return c->n ? NULL : err_new(ERR_NOTFOUND, "%s: no threads", path);
}

/* "# RUN: %lldb -b -s %s -c %p/Inputs/x.core | FileCheck %s" */
static void run_test(const char *dir, const char *test)
{
	struct check c = { .test = test };
	char path[1400], core[200] = "", checks[200] = "";
	static char line[4096];
	struct err *e;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, test);
	f = fopen(path, "r");
	if (!f)
		return;
	if (fgets(line, sizeof(line), f))
		(void)sscanf(line, "# RUN: %%lldb -b -s %%s -c %%p/%199s | FileCheck %199s", core, checks);
	if (strcmp(checks, "%s") != 0) { /* the expected words are in a file of their own */
		(void)snprintf(path, sizeof(path), "%s/%s", dir,
			       str_starts(checks, "%p/") ? checks + 3 : checks);
		(void)fclose(f);
		f = fopen(path, "r");
	}
	if (!f) {
		(void)printf("skip: %s: %s is not in the fixtures\n", test, path);
		skipped++;
		return;
	}
	(void)snprintf(path, sizeof(path), "%s/%s", dir, core);
	e = open_core(path, &c);
	if (e)
		(void)printf("FAIL: %s\n", err_message(e));
	while (!e && fgets(line, sizeof(line), f))
		script_line(&c, line);
	(void)fclose(f);
	(void)printf("%s: %zu facts compared, %zu agree\n", test, c.compared, c.agree);
	compared += c.compared;
	agree += c.agree;
	if (e || !c.compared || c.agree != c.compared)
		failed++;
	else
		passed++;
	err_free(e);
	arena_deinit(&c.arena);
	dump_unref(c.d);
}

int main(void)
{
	const char *fixtures = getenv("OSMOSIS_FIXTURES");
	char dir[1024];
	struct dirent **v;
	int n;

	(void)snprintf(dir, sizeof(dir), "%s/llvm-llvm-project-19.1.7/lldb/test/Shell/Register/Core",
		       fixtures ? fixtures : "../shared/fixtures");
	n = scandir(dir, &v, NULL, alphasort);
	if (n < 0) {
		(void)printf("skip: no LLVM core tests at %s\n", dir);
		return 77;
	}
	for (int i = 0; i < n; i++) {
		if (str_ends_nocase(v[i]->d_name, ".test"))
			run_test(dir, v[i]->d_name);
		free(v[i]);
	}
	free(v);
	(void)printf("figure: conformance elfcore registers (LLVM): %zu facts compared, %zu agree\n",
		     compared, agree);
	(void)printf("%zu passed, %zu failed, %zu skipped\n", passed, failed, skipped);
	return failed != 0;
}
