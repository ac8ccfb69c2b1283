/* SPDX-License-Identifier: MIT */
/* Full user dumps of the old kind: recipes, damage, and a real file. */
#include "test.h"

#include "fixtures.h"
#include "mkdump.h"

#define BUILT(b, name)                                                         \
	CLEANUP(built_deinit) struct built b = BUILT_INIT;                     \
	if (!have_mkdump())                                                    \
		return;                                                        \
	EXPECT(build_recipe(name, &b));                                        \
	EXPECT_OK(open_built(&b))

static uint64_t number_at(struct dump *d, uint64_t offset, unsigned size)
{
	uint8_t b[8] = { 0 };
	uint64_t v = 0;

	(void)err_ignore(source_read(dump_source(d), offset, b, size));
	for (unsigned i = size; i--;)
		v = v << 8 | b[i];
	return v;
}

TEST(userdu64)
{
	BUILT(b, "userdump64");
	const struct dump_facts *f = dump_facts(b.d);
	const struct dump_annotation *a;
	const struct dump_exception *x;
	const struct dump_segment *s;
	const struct dump_module *m;
	const struct dump_thread *t;
	size_t n;

	EXPECT_EQ(f->kind, DUMP_USERDUMP);
	EXPECT_STR(f->title, "User Dump File: Only application data is available");
	EXPECT_EQ(f->machine, MACHINE_X64);
	EXPECT_EQ(f->os_major, 10);
	EXPECT_EQ(f->os_build, 17134);
	EXPECT_EQ(f->pid, 0xc3c);
	EXPECT_OK(dump_threads(b.d, &t, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(t[1].tid, 0x2f64);
	EXPECT_EQ(t[0].teb, 0x8fe21a5000);
	EXPECT_EQ(t[0].suspend_count, 1);
	EXPECT_EQ(t[1].layout, CONTEXT_WIN_X64);
	EXPECT_EQ(number_at(b.d, t[1].context.offset + 0xf8, 8), 0x7ffe00000020);
	EXPECT_OK(dump_modules(b.d, &m, &n));
	EXPECT_EQ(n, 2);
	EXPECT_STR(m[1].path, "C:\\WINDOWS\\System32\\KERNEL32.DLL");
	EXPECT_EQ(m[1].size, 0x1e1000);
	EXPECT_OK(dump_segments(b.d, &s, &n));
	EXPECT_EQ(n, 3);
	EXPECT_EQ(s[2].address, 0x7ff7e0000000);
	EXPECT_EQ(s[2].prot, DUMP_PROT_R | DUMP_PROT_X);
	EXPECT_EQ(number_at(b.d, s[2].offset, 2), 0x5a4d);
	EXPECT_EQ(number_at(b.d, s[1].offset, 8), 0x7ff7e0001234);
	EXPECT_OK(dump_exception(b.d, &x));
	EXPECT_EQ(x->tid, 0x2098);
	EXPECT_EQ(x->code, 0x80000003);
	EXPECT_EQ(x->n_parameters, 1);
	EXPECT_EQ(x->context.offset, t[0].context.offset);
	EXPECT_OK(dump_annotations(b.d, &a, &n));
	EXPECT_EQ(n, 2);
	EXPECT_STR(a[1].key, "CRASH: Hotfixes");
	EXPECT_STR(a[1].value, "none");
}

TEST(userdump32)
{
	BUILT(b, "userdump32");
	const struct dump_facts *f = dump_facts(b.d);
	const struct dump_exception *x;
	const struct dump_region *r;
	const struct dump_thread *t;
	size_t n;

	EXPECT_EQ(f->machine, MACHINE_X86);
	EXPECT_EQ(f->pointer_size, 4);
	EXPECT_EQ(f->os_minor, 1);
	EXPECT_EQ(f->os_build, 2600);
	EXPECT_OK(dump_threads(b.d, &t, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(t[1].teb, 0x7ffdd000);
	EXPECT_EQ(number_at(b.d, t[1].context.offset + 0xb8, 4), 0x77000000);
	EXPECT_OK(dump_regions(b.d, &r, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(r[1].base, 0x400000);
	EXPECT_EQ(r[1].type, 0x1000000);
	EXPECT_OK(dump_exception(b.d, &x));
	EXPECT_EQ(x->flags, 1);
	EXPECT_EQ(x->n_parameters, 2);
	EXPECT_EQ(x->parameters[1], 0x10);
	EXPECT_EQ(x->context.offset, t[1].context.offset);
}

TEST(counts_beyond_the_file)
{
	CLEANUP(built_deinit) struct built b = BUILT_INIT;
	const struct dump_segment *s;
	const struct dump_module *m;
	const struct dump_thread *t;
	const struct dump_defect *defects;
	size_t n;

	if (!have_mkdump())
		return;
	EXPECT(build_text("userdump x64\nmodule 0x1000 0x1000 a.exe\nmemory 0x1000 u64 1 2\n"
			  "thread 5 rip=1\ncount threads 4000000000\ncount modules 7\n"
			  "count regions 2\n",
			  &b));
	EXPECT_OK(open_built(&b));
	EXPECT_OK(dump_threads(b.d, &t, &n));
	EXPECT(n >= 1 && n < 10);
	EXPECT_EQ(t[0].tid, 5);
	EXPECT_OK(dump_modules(b.d, &m, &n));
	EXPECT(n >= 1 && n < 7);
	EXPECT_STR(m[0].path, "a.exe");
	EXPECT_OK(dump_segments(b.d, &s, &n));
	EXPECT(n >= 1);
	EXPECT(dump_defects(b.d, &defects) >= 2);
}

/* The one real file: sizes of all tables are confirmed by where modules lie. */
TEST(real_file)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	const char *root = fixtures();
	const struct dump_module *m;
	const struct dump_segment *s;
	const struct dump_thread *t;
	size_t n, n_segments, images = 0;
	char path[4400];

	(void)snprintf(path, sizeof(path),
		       "%s/ivellioscolin-kdlibcpp/kdlib/tests/dumps/targetapp_stacktest_x64_release/"
		       "targetapp_stacktest_x64_release.x/targetapp_stacktest_x64_release.dmp",
		       root ? root : "");
	if (!root)
		return;
	EXPECT_OK(dump_open(path, NULL, &d));
	EXPECT_EQ(dump_facts(d)->os_build, 17134);
	EXPECT_OK(dump_threads(d, &t, &n));
	EXPECT_EQ(n, 3);
	EXPECT_OK(dump_segments(d, &s, &n_segments));
	EXPECT_EQ(n_segments, 56);
	EXPECT_OK(dump_modules(d, &m, &n));
	EXPECT_EQ(n, 7);
	for (size_t i = 0; i < n_segments; i++)
		for (size_t k = 0; k < n; k++)
			images += s[i].address == m[k].base &&
				  number_at(d, s[i].offset, 2) == 0x5a4d;
	EXPECT_EQ(images, 7);
	for (size_t i = 0; i < 3; i++) {
		/* rip lies in a module, as it does for a thread that is not lost */
		uint64_t rip = number_at(d, t[i].context.offset + 0xf8, 8);
		bool inside = false;

		for (size_t k = 0; k < n; k++)
			inside |= rip - m[k].base < m[k].size;
		EXPECT(inside);
	}
	EXPECT_EQ(dump_defects(d, &(const struct dump_defect *){ NULL }), 0);
}

TESTS(userdu64, userdump32, counts_beyond_the_file, real_file)
