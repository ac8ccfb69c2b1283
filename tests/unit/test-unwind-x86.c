/* SPDX-License-Identifier: MIT */
/* x86 frames by FPO, FRAMEDATA programs and trap frames. */
#include "test.h"

#include "unwind/memory.h"

enum { STACK = 0x12f000, CODE = 0x401000, MODULE_RET = 0x401105 };

static struct mem mem;
static const struct arch_memory am = { mem_read, &mem };
static struct regs r, caller;
static struct unwind_result res;

/* Stack words hold their own address; MODULE_RET lies behind a call. */
static void reset(void)
{
	mem = (struct mem){ .ranges = { { .base = STACK, .size = 0x1000 },
					{ .base = CODE, .size = 0x1000 } } };
	for (uint64_t a = STACK; a < STACK + 0x1000; a += 4)
		mem_put(&mem, a, a, 4);
	memset(mem.ranges[1].bytes, 0x90, 0x1000);
	mem_put(&mem, MODULE_RET - 5, 0xe8, 1);
	mem_put(&mem, MODULE_RET - 4, 0x100, 4);
	r = (struct regs){ .arch = arch_for(MACHINE_X86) };
	for (unsigned i = 0; i < X86_N_REGS; i++)
		regs_set(&r, i, 0x100 + i);
	regs_set(&r, X86_EIP, CODE);
	regs_set(&r, X86_ESP, STACK + 0x100);
	regs_set(&r, X86_EBP, STACK + 0x200);
}

static struct err *run(const struct x86_frame_data *d, uint32_t callee_params)
{
	struct x86_callee callee = { .params_size = callee_params };

	return x86_unwind_frame_data(&am, d, &r, &callee, &caller, &res);
}

static struct err *run_program(const char *program)
{
	struct x86_frame_data d = { .kind = X86_FRAME_DATA, .locals_size = 0x10,
				    .saved_regs_size = 0xc, .params_size = 8, .program = program };

	return run(&d, 4);
}

TEST(fpo)
{
	struct x86_frame_data d = { .kind = X86_FRAME_FPO, .locals_size = 0x18, .params_size = 8 };

	reset();
	mem_put(&mem, STACK + 0x118, MODULE_RET, 4);
	EXPECT_OK(run(&d, 0));
	EXPECT_EQ(regs_ip(&caller), MODULE_RET);
	EXPECT_EQ(regs_sp(&caller), STACK + 0x11c);
	EXPECT_EQ(caller.v[X86_EBP], STACK + 0x200);
	EXPECT(regs_has(&caller, X86_EBX) && regs_has(&caller, X86_ESI));
	EXPECT(!regs_has(&caller, X86_EAX) && !regs_has(&caller, X86_EFL));
	EXPECT_EQ(res.return_slot, STACK + 0x118);
	EXPECT_EQ(res.frame, STACK + 0x114);
	EXPECT_EQ(res.trust, TRUST_CFI);
	/* the callee's parameters still lie below the locals */
	mem_put(&mem, STACK + 0x120, MODULE_RET, 4);
	mem_put(&mem, STACK + 0x118, 0, 4);
	EXPECT_OK(run(&d, 8));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x124);
}

TEST(fpo_with_ebp_as_a_register)
{
	struct x86_frame_data d = { .kind = X86_FRAME_FPO, .locals_size = 8, .saved_regs_size = 12,
				    .uses_ebp = true };

	reset();
	mem_put(&mem, STACK + 0x114, MODULE_RET, 4);
	EXPECT_OK(run(&d, 0));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x118);
	EXPECT_EQ(caller.v[X86_EBP], STACK + 0x104); /* esp + 12 - 8 */
	EXPECT(!regs_has(&caller, X86_EBX));
	d.saved_regs_size = 4;
	mem_put(&mem, STACK + 0x10c, MODULE_RET, 4);
	EXPECT_OK(run(&d, 0));
	EXPECT_EQ(caller.v[X86_EBP], STACK + 0x108); /* below the return address */
}

TEST(return_address_is_searched_for)
{
	struct x86_frame_data d = { .kind = X86_FRAME_FPO, .locals_size = 0x18 };

	reset();
	/* the first candidate is code, but behind no call */
	mem_put(&mem, STACK + 0x118, CODE + 0x20, 4);
	mem_put(&mem, STACK + 0x124, MODULE_RET, 4);
	EXPECT_OK(run(&d, 0));
	EXPECT_EQ(regs_ip(&caller), MODULE_RET);
	EXPECT_EQ(regs_sp(&caller), STACK + 0x128);
	/* code that is not in the dump cannot be judged */
	mem_put(&mem, STACK + 0x118, 0x77777777, 4);
	EXPECT_OK(run(&d, 0));
	EXPECT_EQ(regs_ip(&caller), 0x77777777);
	/* the last frame of a thread */
	mem_put(&mem, STACK + 0x118, 0, 4);
	EXPECT_OK(run(&d, 0));
	EXPECT(res.end);
}

static bool is_module_ret(void *arg, uint64_t address)
{
	return address == MODULE_RET;
}

static struct err *run_tested(const struct x86_frame_data *d, uint32_t params, bool guessed)
{
	struct x86_callee callee = { .params_size = params, .guessed = guessed, .is_return = is_module_ret };

	return x86_unwind_frame_data(&am, d, &r, &callee, &caller, &res);
}

TEST(caller_says_what_a_return_address_is)
{
	struct x86_frame_data d = { .kind = X86_FRAME_FPO, .locals_size = 0x18 };

	reset();
	/* absent memory is no excuse then: it may be data */
	mem_put(&mem, STACK + 0x118, 0x77777777, 4);
	mem_put(&mem, STACK + 0x124, MODULE_RET, 4);
	EXPECT_OK(run_tested(&d, 0, false));
	EXPECT_EQ(res.return_slot, STACK + 0x124);
	d = (struct x86_frame_data){ .kind = X86_FRAME_DATA, .locals_size = 0x18,
				     .program = "$T0 .raSearch = $eip $T0 ^ = $esp $T0 4 + =" };
	EXPECT_OK(run_tested(&d, 0, false));
	EXPECT_EQ(res.return_slot, STACK + 0x124);
	mem_put(&mem, STACK + 0x118, 0, 4);
	EXPECT_OK(run_tested(&d, 0, false));
	EXPECT(res.end);
}

TEST(guessed_parameters_count_where_they_lead_to_a_return)
{
	struct x86_frame_data d = { .kind = X86_FRAME_FPO, .locals_size = 0x18 };

	reset();
	/* a stale word below, as a parameter of the callee */
	mem_put(&mem, STACK + 0x11c, MODULE_RET, 4);
	mem_put(&mem, STACK + 0x124, MODULE_RET, 4);
	EXPECT_OK(run_tested(&d, 0xc, true));
	EXPECT_EQ(res.return_slot, STACK + 0x124);
	EXPECT_OK(run_tested(&d, 0x10, true));
	EXPECT_EQ(res.return_slot, STACK + 0x11c);
	EXPECT_OK(run_tested(&d, 0x8, false));
	EXPECT_EQ(res.return_slot, STACK + 0x124);
}

TEST(programs)
{
	reset();
	/* the most usual one */
	mem_put(&mem, STACK + 0x204, MODULE_RET, 4);
	EXPECT_OK(run_program("$T0 $ebp = $eip $T0 4 + ^ = $ebp $T0 ^ = $esp $T0 8 + ="));
	EXPECT_EQ(regs_ip(&caller), MODULE_RET);
	EXPECT_EQ(regs_sp(&caller), STACK + 0x208);
	EXPECT_EQ(caller.v[X86_EBP], STACK + 0x200);
	EXPECT_EQ(res.frame, STACK + 0x200);
	EXPECT_EQ(res.return_slot, STACK + 0x204);
	EXPECT(!regs_has(&caller, X86_EBX)); /* some are saved, it does not say where */
	/* with a search and restored registers; esp + 4 + 0x10 + 0xc */
	mem_put(&mem, STACK + 0x120, MODULE_RET, 4);
	EXPECT_OK(run_program("$T0 .raSearch = $eip $T0 ^ = $esp $T0 4 + = $ebx $T0 8 - ^ = "
			      "$23 $T0 12 - ^ ="));
	EXPECT_EQ(regs_ip(&caller), MODULE_RET);
	EXPECT_EQ(regs_sp(&caller), STACK + 0x124);
	EXPECT_EQ(caller.v[X86_EBX], STACK + 0x118);
	EXPECT_EQ(caller.v[X86_ESI], STACK + 0x114);
	EXPECT(!regs_has(&caller, X86_EDI));
	EXPECT_EQ(caller.v[X86_EBP], STACK + 0x200);
	/* the sizes by name */
	EXPECT_OK(run_program("$T1 $esp .cbCalleeParams + .cbLocals + .cbSavedRegs + = $eip $T1 ^ = "
			      "$esp $T1 .cbParams + ="));
	EXPECT_EQ(regs_ip(&caller), MODULE_RET);
	EXPECT_EQ(regs_sp(&caller), STACK + 0x128);
}

TEST(program_that_aligns)
{
	reset();
	mem_put(&mem, STACK + 0x204, MODULE_RET, 4);
	EXPECT_OK(run_program("$T1 .raSearch = $T0 $T1 4 - 8 @ = $ebp $T1 4 - ^ = $eip $T1 ^ = "
			      "$esp $T1 4 + = $ebx $T0 20 - ^ ="));
	EXPECT_EQ(regs_ip(&caller), MODULE_RET);
	EXPECT_EQ(regs_sp(&caller), STACK + 0x208);
	EXPECT_EQ(caller.v[X86_EBP], STACK + 0x200);
	EXPECT_EQ(caller.v[X86_EBX], STACK + 0x200 - 20);
}

TEST(arithmetic)
{
	reset();
	mem_put(&mem, STACK + 0x300, MODULE_RET, 4);
	EXPECT_OK(run_program("$A 0x600 2 / = $B $A 7 * 0x1000 % = $C $B 0x500 - = $D -1 =  "
			      "$eip $esp 0x100 - $A + ^ = $esp $esp $C + 13 8 % + $D + ="));
	/* A 0x300, B 0x1500 % 0x1000 = 0x500, C 0 */
	EXPECT_EQ(regs_ip(&caller), MODULE_RET);
	EXPECT_EQ(regs_sp(&caller), STACK + 0x104);
}

TEST(programs_that_are_wrong)
{
	static const char *const bad[] = {
		"$T0 =", "=", "+", "^", "$eip $nothing =", "$eip 4 0 / =", "$eip 4 0 % =", "$eip 4 3 @ =",
		"4 5 =", "$eip fish =", "$eip 99999999999999999999999999999999999999999 =",
		"$eip 4 = $esp 4 =", /* esp must go up */
	};
	char vars[2000] = "", many[200] = "", *p = vars;

	reset();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT_ERR(run_program(bad[i]), ERR_CORRUPT);
	for (unsigned i = 0; i < 70; i++)
		memcpy(many + 2 * i, "1 ", 3);
	EXPECT_ERR(run_program(many), ERR_CORRUPT);
	EXPECT_ERR(run_program("$eip 4 ="), ERR_NOTFOUND); /* says nothing of esp */
	EXPECT_ERR(run_program("$eip 16 ^ = $esp $esp 4 + ="), ERR_FAULT);
	for (unsigned i = 0; i < 60; i++)
		p += snprintf(p, 16, "$V%u 1 = ", i);
	EXPECT_ERR(run_program(vars), ERR_CORRUPT);
	/* a value that depends on a register which is not known */
	regs_forget(&r, X86_EBP);
	EXPECT_ERR(run_program("$T0 $ebp = $eip $T0 4 + ^ = $ebp $T0 ^ = $esp $T0 8 + ="), ERR_NOTFOUND);
}

TEST(trap_frames)
{
	struct x86_frame_data d = { .kind = X86_FRAME_TRAP };

	reset();
	/* from user mode */
	mem_put(&mem, STACK + 0x200 + 0x68, 0x77c12345, 4);
	mem_put(&mem, STACK + 0x200 + 0x6c, 0x1b, 4);
	mem_put(&mem, STACK + 0x200 + 0x70, 0x246, 4);
	mem_put(&mem, STACK + 0x200 + 0x74, 0x12345, 4);
	mem_put(&mem, STACK + 0x200 + 0x78, 0x23, 4);
	EXPECT_OK(run(&d, 0));
	EXPECT(res.machine_frame);
	EXPECT_EQ(res.frame, STACK + 0x200);
	EXPECT_EQ(regs_ip(&caller), 0x77c12345);
	EXPECT_EQ(regs_sp(&caller), 0x12345);
	EXPECT_EQ(caller.v[X86_EAX], STACK + 0x244);
	EXPECT_EQ(caller.v[X86_EDI], STACK + 0x254);
	EXPECT_EQ(caller.v[X86_EBP], STACK + 0x260);
	EXPECT_EQ(caller.v[X86_SS], 0x23);
	/* from kernel mode: no stack switch */
	mem_put(&mem, STACK + 0x200 + 0x6c, 0x8, 4);
	EXPECT_OK(run(&d, 0));
	EXPECT_EQ(regs_sp(&caller), STACK + 0x274);
	EXPECT(!regs_has(&caller, X86_SS));
	d.kind = X86_FRAME_TSS;
	EXPECT_ERR(run(&d, 0), ERR_UNSUPPORTED);
}

TEST(non_fpo_and_no_program)
{
	struct x86_frame_data d = { .kind = X86_FRAME_NONFPO };

	reset();
	EXPECT_OK(run(&d, 0));
	EXPECT_EQ(regs_ip(&caller), STACK + 0x204);
	EXPECT_EQ(res.trust, TRUST_FRAME_POINTER);
	d = (struct x86_frame_data){ .kind = X86_FRAME_DATA, .locals_size = 0x10, .program = "" };
	mem_put(&mem, STACK + 0x110, MODULE_RET, 4);
	EXPECT_OK(run(&d, 0));
	EXPECT_EQ(regs_ip(&caller), MODULE_RET);
	/* sizes that lead out of the stack */
	d.locals_size = 0xfffffff0;
	EXPECT_ERR(run(&d, 0), ERR_CORRUPT);
	d.locals_size = 0x2000;
	EXPECT_ERR(run(&d, 0), ERR_FAULT);
}

TESTS(fpo, fpo_with_ebp_as_a_register, return_address_is_searched_for,
      caller_says_what_a_return_address_is, guessed_parameters_count_where_they_lead_to_a_return, programs,
      program_that_aligns, arithmetic, programs_that_are_wrong, trap_frames, non_fpo_and_no_program)
