/* SPDX-License-Identifier: MIT */
/*
 * Arguments by the code in front of a call. The code of each case is that of a
 * function "caller" at CODE, whose last instruction calls; "outer" calls it with
 * 0x58. The bytes were assembled from what stands beside them.
 */
#include "target/argument.h"
#include "unit/mkdump.h"
#include "unit/test.h"

#define CODE 0x140001000ull
#define OUTER 0x140004000ull
#define STACK 0x10f000ull
#define RBX 0x1234567890ull

struct scene {
	struct built built;
	struct target *target;
	struct frame frames[3];
	struct stack stack;
};

static void scene_deinit(struct scene *s)
{
	target_destroy(s->target);
	built_deinit(&s->built);
}

static void set_frame(struct frame *f, const char *function, uint64_t begin, uint64_t ip)
{
	*f = (struct frame){ .ip = ip, .lookup = ip - 1, .function = function, .displacement = ip - begin,
			     .trust = TRUST_CFI, .regs = { .arch = arch_for(MACHINE_X64) } };
	regs_set(&f->regs, X64_RIP, ip);
	regs_set(&f->regs, X64_RSP, STACK);
	regs_set(&f->regs, X64_RBX, RBX);
	regs_set(&f->regs, X64_RDI, 0x54);
}

/* `behind`: bytes of code that follow the call */
static bool open_scene(const char *hex, unsigned behind, struct scene *s)
{
	struct target_options o = { .symbol_path = "", .image_path = "" };
	char text[2048];

	(void)snprintf(text, sizeof(text),
		       "minidump x64\nsystem windows 10.0.19041 cpus=1\nmodule 0x140000000 0x10000 C:\\demo\\app.exe\n"
		       "thread 1 stack=0x%llx rsp=0x%llx rip=0x%llx\n"
		       "memory 0x%llx u64 0 0 0 0 0x4711 0 0 0\nmemory 0x%llx hex %s\nmemory 0x%llx hex b958000000e800000000 90\n",
		       STACK, STACK, CODE, STACK, CODE, hex, OUTER);
	if (!build_text(text, &s->built) || err_ignore(open_built(&s->built)) ||
	    err_ignore(target_create(s->built.d, &o, &s->target)))
		return false;
	set_frame(&s->frames[0], "callee", 0x140003000, 0x140003010);
	set_frame(&s->frames[1], "caller", CODE, CODE + strlen(hex) / 2 - behind);
	set_frame(&s->frames[2], "outer", OUTER, OUTER + 10);
	s->stack = (struct stack){ .frames = s->frames, .n = 3 };
	return true;
}

static void expect_argument(const char *hex, unsigned behind, enum argument_how how, uint64_t value)
{
	CLEANUP(scene_deinit) struct scene s = { BUILT_INIT, NULL, { { 0 } }, { 0 } };
	uint64_t v = 0;

	EXPECT(open_scene(hex, behind, &s));
	EXPECT_EQ(frame_argument(s.target, &s.stack, 0, 0, &v), how);
	EXPECT_EQ(v, value);
}

TEST(what_the_code_moved_there)
{
	if (!have_mkdump())
		return;
	/* mov ecx,44h */
	expect_argument("b944000000e800080000", 0, ARGUMENT_CODE, 0x44);
	/* xor ecx,ecx */
	expect_argument("31c9e800080000", 0, ARGUMENT_CODE, 0);
	/* lea rcx,[rip+100h] */
	expect_argument("488d0d00010000e800080000", 0, ARGUMENT_CODE, CODE + 0x107);
	/* mov rbx,rcx; call; mov rcx,rbx */
	expect_argument("4889cbe8080800004889d9e800080000", 0, ARGUMENT_CODE, RBX);
	/* mov ecx,ebx */
	expect_argument("89d9e800080000", 0, ARGUMENT_CODE, RBX & UINT32_MAX);
	/* sub rsp,28h; mov [rsp+20h],rcx; call; mov rcx,[rsp+20h] */
	expect_argument("4883ec2848894c2420e80a080000488b4c2420e800080000", 0, ARGUMENT_CODE, 0x4711);
	/* sub rsp,28h: what it was given itself */
	expect_argument("4883ec28e800080000", 0, ARGUMENT_CODE, 0x58);
}

TEST(what_is_lost_is_not_known)
{
	if (!have_mkdump())
		return;
	/* mov rcx,rbx; mov rbx,rdx */
	expect_argument("4889d94889d3e800080000", 0, ARGUMENT_UNKNOWN, 0);
	/* mov rax,rcx; call; mov rcx,rax */
	expect_argument("4889c8e8080800004889c1e800080000", 0, ARGUMENT_UNKNOWN, 0);
	/* mov rcx,gs:[30h] */
	expect_argument("65488b0c2530000000e800080000", 0, ARGUMENT_UNKNOWN, 0);
	/* mov ecx,44h; and then no call, but nop */
	expect_argument("b94400000090", 0, ARGUMENT_UNKNOWN, 0);
	/* a call whose last byte is not where the return address says */
	expect_argument("b944000000e8000800009090", 1, ARGUMENT_UNKNOWN, 0);
}

TEST(ways_that_meet)
{
	if (!have_mkdump())
		return;
	/* test edx,edx; je 1; mov ecx,44h; jmp 2; 1: mov ecx,48h; 2: */
	expect_argument("85d27407b944000000eb05b948000000e800080000", 0, ARGUMENT_INFERRED, 0x48);
	/* mov ecx,44h; test edx,edx; je 1; xor eax,eax; 1: */
	expect_argument("b94400000085d2740231c0e800080000", 0, ARGUMENT_CODE, 0x44);
	/* test edx,edx; jne 1; ret; 1: mov ecx,4Ch */
	expect_argument("85d27501c3b94c000000e800080000", 0, ARGUMENT_CODE, 0x4c);
	/* mov ecx,50h; cmp edx,1; je 1; xor ecx,ecx; ret; 1: */
	expect_argument("b95000000083fa01740331c9c3e800080000", 0, ARGUMENT_CODE, 0x50);
	/* mov ecx,54h; 1: mov edi,ecx; mov ecx,edi; call; lea ecx,[rdi+1]; dec edi; jne 1 */
	expect_argument("b95400000089cf89f9e8070800008d4f01ffcf75f0", 7, ARGUMENT_CODE, 0x54);
}

static bool keep(void *arg, const struct past_call *c)
{
	struct past_call *v = arg;

	v[v[0].target ? 1 : 0] = *c;
	return true;
}

TEST(calls_that_were_made)
{
	CLEANUP(scene_deinit) struct scene s = { BUILT_INIT, NULL, { { 0 } }, { 0 } };
	struct past_call v[3] = { { 0 } };

	if (!have_mkdump())
		return;
	/* lea rcx,[rip+40h]; call a; mov rcx,rbx; call b; call */
	EXPECT(open_scene("488d0d40000000e80d0900004889d9e8050a0000e800080000", 0, &s));
	frame_past_calls(s.target, &s.stack, 1, keep, v);
	EXPECT_EQ(v[0].target, CODE + 12 + 0x90d);
	EXPECT_EQ(v[0].how, ARGUMENT_CODE);
	EXPECT_EQ(v[0].argument, CODE + 7 + 0x40);
	EXPECT_EQ(v[1].target, CODE + 20 + 0xa05);
	EXPECT_EQ(v[1].argument, RBX);
}

TEST(on_x86_it_is_on_the_stack)
{
	struct frame f = { .regs = { .arch = arch_for(MACHINE_X86) }, .params = { 1, 2, 3 }, .n_params = 3 };
	struct stack s = { .frames = &f, .n = 1 };
	uint64_t v = 0;

	EXPECT_EQ(frame_argument(NULL, &s, 0, 1, &v), ARGUMENT_STACK);
	EXPECT_EQ(v, 2);
	EXPECT_EQ(frame_argument(NULL, &s, 0, 3, &v), ARGUMENT_UNKNOWN);
	EXPECT_EQ(frame_argument(NULL, &s, 1, 0, &v), ARGUMENT_UNKNOWN);
}

TESTS(what_the_code_moved_there, what_is_lost_is_not_known, ways_that_meet, calls_that_were_made,
      on_x86_it_is_on_the_stack)
