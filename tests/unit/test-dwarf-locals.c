/* SPDX-License-Identifier: MIT */
/*
 * Parameters and locals of all frames of a core against gdb's `info args` and
 * `info locals`: integers and pointers by value, and which are optimised out.
 */
#include "format/dump.h"
#include "target/target.h"
#include "unit/compile.h"
#include "unit/test.h"

#include <ctype.h>

static const char program[] =
	"#include <stdio.h>\n#include <stdlib.h>\n"
	"static int counter = 5;\n"
	"struct pair { long a; int b; };\n"
	"static inline int mix(int x, int y) { int z = x * 3 + y; if (z == 12345) printf(\"%d\", z); return z ^ counter; }\n"
	"__attribute__((noinline)) int deep(int level, unsigned char small, struct pair *p, long long big) {\n"
	"  static int seen = 77; int local = level * 2; short neg = -(short)level; long sum = p->a + big;\n"
	"  char buf[16]; snprintf(buf, sizeof(buf), \"%d\", level);\n"
	"  if (level == 0) { int inner = mix(local, seen); printf(\"%d %ld\\n\", inner, sum); abort(); }\n"
	"  for (int i = 0; i < 2; i++) { int block = i + level; if (i) return deep(level - 1, small + 1, p, big * 2) + block + neg + local + (int)sum; }\n"
	"  return seen++; }\n"
	"int main(int argc, char **argv) { struct pair p = { 1000000000000L, -4 }; int rc = deep(3 + argc - 1, 'x', &p, -9LL); return rc + p.b; }\n";

struct counts {
	unsigned frames, values, gone, wrong, differ_in_reach;
};

static bool has_value(const struct variable *v)
{
	return v->location != LOCATION_NONE;
}

/* The integer or pointer a variable holds; false: not one, or not readable. */
static bool value_of(struct target *t, const struct frame *f, const struct variable *v, int64_t *ret)
{
	struct type_info i;
	struct type_ref type;
	uint64_t raw = v->value;

	if (err_ignore(type_strip(v->type, &type, &i)) || !i.size || i.size > 8)
		return false;
	if (i.kind != TYPE_INT && i.kind != TYPE_UINT && i.kind != TYPE_CHAR && i.kind != TYPE_POINTER)
		return false;
	if (v->location == LOCATION_ADDRESS && !arch_read_uint(target_memory(t), v->value, (unsigned)i.size, &raw))
		return false;
	if (v->location == LOCATION_REGISTER)
		raw = f->regs.v[v->reg];
	if (i.size < 8) {
		raw &= ((uint64_t)1 << i.size * 8) - 1;
		if ((i.kind == TYPE_INT || i.kind == TYPE_CHAR) && raw >> (i.size * 8 - 1))
			raw |= ~(uint64_t)0 << i.size * 8;
	}
	*ret = (int64_t)raw;
	return true;
}

static const struct variable *find(const struct variable *v, size_t n, const char *name)
{
	for (size_t i = n; i-- > 0;) /* the innermost of that name */
		if (!strcmp(v[i].name, name))
			return &v[i];
	return NULL;
}

/* One line of gdb: "name = value". */
static void compare_line(struct target *t, const struct frame *f, const struct variable *v, size_t n, char *line,
			 struct counts *c)
{
	char *equals = strstr(line, " = "), *text = equals ? equals + 3 : NULL;
	const struct variable *ours;
	int64_t value;

	if (!text || isspace((unsigned char)*line))
		return;
	*equals = 0;
	text[strcspn(text, "\n")] = 0;
	ours = find(v, n, line);
	if (!ours) {
		c->wrong++;
		(void)fprintf(stderr, "%s: %s is missing\n", f->function, line);
	} else if (strstr(text, "<optimized out>")) {
		c->gone++;
		/* gdb follows entry values through call sites; we say that the value is gone */
		c->wrong += has_value(ours);
	} else if (!has_value(ours)) {
		c->differ_in_reach++;
		(void)printf("locals: %s.%s: gdb has %s, we: %s\n", f->function, line, text, ours->reason);
	} else if (value_of(t, f, ours, &value) && (isdigit((unsigned char)*text) || *text == '-' || strchr(text, 'x'))) {
		const char *number = *text == '(' ? strstr(text, "0x") : text;

		c->values++;
		if (number && (int64_t)strtoull(number, NULL, 0) != value) {
			c->wrong++;
			(void)fprintf(stderr, "%s.%s: gdb has %s, we 0x%llx\n", f->function, line, text,
				      (unsigned long long)value);
		}
	}
}

static bool is_ours(const char *function)
{
	return function && (!strcmp(function, "deep") || !strcmp(function, "mix") || !strcmp(function, "main"));
}

/* "#4  0x... in deep (level=0, small=123 '{', p=0x7ffe) at locals.c:9": the arguments. */
static void compare_arguments(struct target *t, const struct frame *f, const struct variable *v, size_t n, char *args,
			      struct counts *c)
{
	char line[256];

	args[strcspn(args, ")")] = 0;
	for (char *save = NULL, *p = strtok_r(args, ",", &save); p; p = strtok_r(NULL, ",", &save)) {
		size_t len;

		p += strspn(p, " ");
		len = strcspn(p, "=@"); /* "signo@entry=6" is told twice */
		if (p[len] != '=')
			continue;
		(void)snprintf(line, sizeof(line), "%.*s = %s", (int)len, p, p + len + 1);
		compare_line(t, f, v, n, line, c);
	}
}

struct gdb_walk {
	struct target *t;
	const struct stack *stack;
	size_t next;			/* our frame after the last one compared */
	const struct frame *frame;	/* NULL: gdb's frame is none of the program's own */
	struct arena a;
	struct variable *v;
	size_t n;
};

/* gdb's frames are more than ours: it adds some for tail calls. Those of the
 * program's own functions follow each other in both. */
static void next_frame(struct gdb_walk *w, char *line, struct counts *c)
{
	char name[64];
	unsigned number;

	w->frame = NULL;
	if (sscanf(line, "#%u 0x%*x in %63s", &number, name) != 2 && sscanf(line, "#%u %63s", &number, name) != 2)
		return;
	if (!is_ours(name))
		return;
	while (w->next < w->stack->n && !is_ours(w->stack->frames[w->next].function))
		w->next++;
	if (w->next == w->stack->n)
		return;
	w->frame = &w->stack->frames[w->next++];
	if (err_ignore(frame_locals(w->t, w->frame, &w->a, &w->v, &w->n)))
		w->n = 0;
	c->frames++;
	if (strcmp(name, w->frame->function) != 0)
		c->wrong++;
	if (strchr(line, '('))
		compare_arguments(w->t, w->frame, w->v, w->n, strchr(line, '(') + 1, c);
}

static void compare_frames(struct target *t, const struct stack *stack, const char *prog, struct counts *c)
{
	FILE *out = output_of("gdb -q -nx -batch -ex 'set print entry-values no' -ex 'bt full' '%s' core", prog);
	struct gdb_walk w = { .t = t, .stack = stack };
	char line[1024];

	while (out && fgets(line, sizeof(line), out)) {
		if (*line == '#')
			next_frame(&w, line, c);
		else if (w.frame && !strncmp(line, "        ", 8))
			compare_line(t, w.frame, w.v, w.n, line + 8, c);
	}
	if (out)
		(void)pclose(out);
	arena_deinit(&w.a);
}

static void compare_core(const char *prog, struct counts *c)
{
	struct dump *d;
	struct target *t;
	struct stack stack;
	struct arena a = ARENA_INIT;

	EXPECT_OK(dump_open(in_work_dir("core"), NULL, &d));
	EXPECT_OK(target_create(d, &(struct target_options){ .symbol_path = "" }, &t));
	EXPECT_OK(stack_walk(t, target_event_thread(t), NULL, &a, &stack));
	compare_frames(t, &stack, prog, c);
	arena_deinit(&a);
	target_destroy(t);
	dump_unref(d);
}

static void check(const char *compiler, const char *flags, unsigned min_values)
{
	struct counts c = { 0 };

	if (!run("rm -f core && %s %s -o locals locals.c && gdb -q -nx -batch -ex run -ex 'generate-core-file core' ./locals "
		 "&& test -s core", compiler, flags)) {
		(void)printf("locals: %s %s: skipped, no core to be had\n", compiler, flags);
		return;
	}
	compare_core("locals", &c);
	(void)printf("locals: %s %s: %u frames, %u values compared with gdb, %u optimised out in both, %u wrong, "
		     "%u only gdb knows\n", compiler, flags, c.frames, c.values, c.gone, c.wrong, c.differ_in_reach);
	EXPECT(c.frames >= 5);
	EXPECT(c.values >= min_values);
	EXPECT_EQ(c.wrong, 0);
}

TEST(locals_agree_with_gdb)
{
	if (!have_tool("gcc") || !have_tool("gdb")) {
		(void)printf("locals: skipped: no gcc or gdb\n");
		return;
	}
	EXPECT(write_text("locals.c", program));
	check("gcc", "-g -O2 -fno-optimize-sibling-calls", 30);
	check("clang", "-g -O0", 30);
	check("gcc", "-g -O1 -m32", 10);
	if (!getenv("OSM_TEST_LONG")) /* gdb is slow; the others say little more */
		return;
	check("gcc", "-g -O0", 30);
	check("gcc", "-g -O1", 30);
	check("gcc", "-g -O2 -gdwarf-4", 10);
	check("gcc", "-g -O0 -m32", 30);
	check("gcc", "-g -O2 -gsplit-dwarf", 10);
	check("clang", "-g -O2", 5);
}

TESTS(locals_agree_with_gdb)
