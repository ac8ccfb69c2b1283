/* SPDX-License-Identifier: MIT */
/*
 * Stacks of a small x64 dump without any code, walked by the frame sizes of a
 * PDB built here. "work" (app+0x1010 to 0x1050) has a size; "hidden" (0x1060 to
 * 0x1070) has none. Each word of the stack is an offset in app, 0 nothing.
 */
#include "test.h"

#include "mkdump.h"
#include "pdb-build.h"
#include "target/target.h"

#define APP 0x140000000ull
#define STACK 0x10f000ull
#define RSP_BASED (1u << 14 | 1u << 16)

struct scene {
	char dir[32], path[48];
	struct pdb_build pdb;
	struct built dump;
	struct target *target;
	struct arena arena;
	struct stack stack;
};

static bool write_pdb(struct scene *s)
{
	bool ok;
	FILE *f;

	(void)snprintf(s->dir, sizeof(s->dir), "/tmp/osm-stack-XXXXXX");
	if (!mkdtemp(s->dir))
		return false;
	(void)snprintf(s->path, sizeof(s->path), "%s/app.pdb", s->dir);
	pdb_build(&s->pdb);
	f = fopen(s->path, "wb");
	ok = f && fwrite(s->pdb.file.p, 1, s->pdb.file.n, f) == s->pdb.file.n;
	return f && fclose(f) == 0 && ok;
}

static bool build_dump(struct scene *s, uint32_t rip, const uint32_t *words, size_t n)
{
	char text[4096];
	size_t at;

	at = (size_t)snprintf(text, sizeof(text),
			      "minidump x64\nsystem windows 10.0.19041 cpus=1\n"
			      "module 0x%llx 0x10000 C:\\demo\\app.exe pdb app.pdb "
			      "a3a2a1a0-a5a4-a7a6-a8a9-aaabacadaeaf 5\n"
			      "thread 1 stack=0x%llx rsp=0x%llx rip=0x%llx cs=0x33\nmemory 0x%llx u64",
			      APP, STACK, STACK, APP + rip, STACK);
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, " 0x%llx", words[i] ? APP + words[i] : 0);
	(void)snprintf(text + at, sizeof(text) - at, "\n");
	return build_text(text, &s->dump);
}

static struct err *walk(struct scene *s)
{
	struct target_options o = { .symbol_path = s->dir };
	struct stack_options so = { .no_inlines = true };
	struct thread *threads;

	TRY(open_built(&s->dump));
	TRY(target_create(s->dump.d, &o, &s->target));
	if (!target_threads(s->target, &threads))
		return err_new(ERR_NOTFOUND, "no thread");
	return stack_walk(s->target, threads, &so, &s->arena, &s->stack);
}

static void clean(struct scene *s)
{
	target_destroy(s->target);
	built_deinit(&s->dump);
	pdb_build_free(&s->pdb);
	arena_deinit(&s->arena);
	(void)unlink(s->path);
	(void)rmdir(s->dir);
}

/* Where frame 1 is (offsets in app and from rsp) and how it was found. */
static void expect_caller(struct pdb_build pdb, uint32_t rip, const uint32_t *words, size_t n,
			  uint64_t ip, uint64_t sp, enum frame_trust trust)
{
	struct scene s = { .pdb = pdb };

	EXPECT(write_pdb(&s) && build_dump(&s, rip, words, n));
	EXPECT_OK(walk(&s));
	EXPECT(s.stack.n >= 2);
	if (s.stack.n >= 2) {
		const struct frame *f = &s.stack.frames[1];

		EXPECT_EQ(f->ip, APP + ip);
		EXPECT_EQ(f->sp, STACK + sp);
		EXPECT_EQ(f->trust, trust);
		EXPECT_EQ(s.stack.frames[0].ret, APP + ip);
		EXPECT(!s.stack.frames[0].warn_unreliable || trust == TRUST_SCAN);
		EXPECT(trust != TRUST_FRAME_SIZE || !regs_has(&f->regs, X64_RBX));
	}
	clean(&s);
}
#define EXPECT_CALLER(pdb, rip, ip, sp, trust, ...)                                  \
	do {                                                                         \
		static const uint32_t words_[] = { __VA_ARGS__ };                    \
		expect_caller((struct pdb_build)pdb, rip, words_, ARRAY_SIZE(words_), ip, sp, trust); \
	} while (0)
#define PDB(...) { __VA_ARGS__ }

TEST(stale_words_in_the_frame_are_passed_over)
{
	if (!have_mkdump())
		return;
	EXPECT_CALLER(PDB(.frame_size = 0x28), 0x1030, 0x1068, 0x30, TRUST_FRAME_SIZE,
		      0, 0x1040, 0x1068, 0, 0, 0x1068, 0, 0, 0, 0);
	EXPECT_CALLER(PDB(.frame_size = 0x20, .frame_saved = 0x18), 0x1030, 0x1068, 0x40, TRUST_FRAME_SIZE,
		      0x1040, 0x1040, 0, 0, 0x1040, 0x1040, 0x1040, 0x1068, 0, 0, 0, 0);
	/* a caller's own frame too */
	EXPECT_CALLER(PDB(.frame_size = 0x28), 0x1030, 0x1040, 0x30, TRUST_FRAME_SIZE,
		      0, 0, 0, 0, 0, 0x1040, 0x1041, 0x1042, 0, 0, 0, 0x1068, 0, 0);
}

TEST(no_frame_before_the_first_instruction)
{
	if (!have_mkdump())
		return;
	EXPECT_CALLER(PDB(.frame_size = 0x28), 0x1010, 0x1068, 8, TRUST_FRAME_SIZE,
		      0x1068, 0x1040, 0, 0, 0, 0x1041, 0, 0, 0, 0);
}

TEST(in_prolog_and_epilog_the_lowest_candidate)
{
	if (!have_mkdump())
		return;
	EXPECT_CALLER(PDB(.frame_size = 0x28, .frame_saved = 0x10, .body = 8), 0x1013, 0x1068, 0x10,
		      TRUST_CFI_SCAN, 0, 0x1068, 0, 0, 0, 0, 0, 0x1040, 0, 0);
	EXPECT_CALLER(PDB(.frame_size = 0x28, .frame_saved = 0x10, .body = 8, .epilog = 0x30), 0x1042,
		      0x1068, 0x18, TRUST_CFI_SCAN, 0, 0, 0x1068, 0, 0, 0, 0, 0x1040, 0, 0);
	/* in the body both have run */
	EXPECT_CALLER(PDB(.frame_size = 0x28, .frame_saved = 0x10, .body = 8, .epilog = 0x30), 0x1020,
		      0x1040, 0x40, TRUST_FRAME_SIZE, 0, 0, 0x1068, 0, 0, 0, 0, 0x1040, 0, 0);
}

TEST(pushes_that_the_compiler_did_not_count)
{
	if (!have_mkdump())
		return;
	/* 13 bytes of prolog: sub rsp takes 4 and up to 8 may be pushes */
	EXPECT_CALLER(PDB(.frame_size = 0x20, .body = 13), 0x1030, 0x1068, 0x38, TRUST_CFI_SCAN,
		      0x1040, 0x1040, 0, 0x1040, 0, 0, 0x1068, 0, 0, 0);
	/* 4 bytes: none */
	EXPECT_CALLER(PDB(.frame_size = 0x28, .body = 4), 0x1030, 0x1068, 0x30, TRUST_FRAME_SIZE,
		      0x1040, 0, 0, 0, 0, 0x1068, 0, 0, 0);
}

TEST(stacks_of_callers_are_aligned)
{
	struct scene s = { .pdb = { .frame_size = 0x20, .body = 13 } };
	/* frame 1 is work: its return address at +0x20 of 0x20 + 8n + 8 is one of n odd */
	static const uint32_t words[] = { 0, 0, 0, 0, 0x1040, 0, 0, 0, 0, 0x1041, 0x1068, 0, 0, 0 };

	if (!have_mkdump())
		return;
	EXPECT(write_pdb(&s) && build_dump(&s, 0x1030, words, ARRAY_SIZE(words)));
	EXPECT_OK(walk(&s));
	EXPECT(s.stack.n >= 3);
	if (s.stack.n >= 3) {
		EXPECT_EQ(s.stack.frames[1].ip, APP + 0x1040);
		EXPECT_EQ(s.stack.frames[2].ip, APP + 0x1068);
		EXPECT_EQ(s.stack.frames[2].trust, TRUST_CFI_SCAN);
	}
	clean(&s);
}

TEST(frames_that_move_are_scanned_for)
{
	static const uint32_t flags[] = {
		RSP_BASED | 1,			/* alloca */
		RSP_BASED | 8,			/* inline assembly */
		1u << 14 | 2u << 16,		/* realigned: locals by rsp, parameters by rbp */
	};

	if (!have_mkdump())
		return;
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		EXPECT_CALLER(PDB(.frame_size = 0x28, .frame_flags = flags[i]), 0x1030, 0x1040, 0x10,
			      TRUST_SCAN, 0, 0x1040, 0, 0, 0, 0x1068, 0, 0, 0);
	/* what is there is no return address */
	EXPECT_CALLER(PDB(.frame_size = 0x28), 0x1030, 0x1040, 0x10, TRUST_SCAN,
		      0, 0x1040, 0, 0, 0, 0x3050, 0, 0, 0);
}

TESTS(stale_words_in_the_frame_are_passed_over, no_frame_before_the_first_instruction,
      in_prolog_and_epilog_the_lowest_candidate, pushes_that_the_compiler_did_not_count,
      stacks_of_callers_are_aligned, frames_that_move_are_scanned_for)
