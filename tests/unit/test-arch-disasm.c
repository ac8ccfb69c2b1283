/* SPDX-License-Identifier: MIT */
/* Instructions as text, and what is told of them beside the text. */
#include "test.h"

#include "arch/arch.h"
#include <stdlib.h>

static size_t unhex(const char *hex, uint8_t *out)
{
	size_t n = 0;

	for (; hex[0] && hex[1]; hex += 2) {
		char two[3] = { hex[0], hex[1], 0 };

		out[n++] = (uint8_t)strtoul(two, NULL, 16);
	}
	return n;
}

/* Names two places; everything else stays a number. */
static bool name_address(void *arg, uint64_t address, char *buf, size_t size)
{
	if (address == 0x76333e8b)
		(void)snprintf(buf, size, "OLEAUT32!SysFreeString+0x6c (76333e8b)");
	else if (address == 0x7ff812345700)
		(void)snprintf(buf, size, "ntdll!Foo (00007ff8`12345700)");
	else if (address == 0x4080b0)
		(void)snprintf(buf, size, "prog!table (004080b0)");
	else
		return false;
	return true;
}

static struct insn decode(enum machine m, uint64_t address, const char *hex)
{
	uint8_t bytes[32];
	size_t n = unhex(hex, bytes);
	struct insn in;

	arch_for(m)->disassemble(bytes, n, address, name_address, NULL, &in);
	return in;
}

/* "mnemonic|operands" */
static const char *text(enum machine m, uint64_t address, const char *hex)
{
	static char buf[256];
	struct insn in = decode(m, address, hex);

	(void)snprintf(buf, sizeof(buf), "%s|%s", in.mnemonic, in.operands);
	return buf;
}

struct row {
	const char *hex, *text;
};

#define EXPECT_ROWS(machine, address, rows)                                    \
	for (size_t i_ = 0; i_ < sizeof(rows) / sizeof((rows)[0]); i_++)       \
	EXPECT_STR(text(machine, address, (rows)[i_].hex), (rows)[i_].text)

TEST(x86_text)
{
	static const struct row rows[] = {
		{ "8bff", "mov|edi,edi" },
		{ "55", "push|ebp" },
		{ "83ec24", "sub|esp,24h" },
		{ "83ec0c", "sub|esp,0Ch" },
		{ "8b7508", "mov|esi,dword ptr [ebp+8]" },
		{ "8b75fc", "mov|esi,dword ptr [ebp-4]" },
		{ "8b75f4", "mov|esi,dword ptr [ebp-0Ch]" },
		{ "c6460801", "mov|byte ptr [esi+8],1" },
		{ "743d", "je|OLEAUT32!SysFreeString+0x6c (76333e8b)" },
		{ "753c", "jne|76333e8a" },
		{ "64a118000000", "mov|eax,dword ptr fs:[00000018h]" },
		{ "64a100000000", "mov|eax,dword ptr fs:[00000000h]" },
		{ "648b0d18000000", "mov|ecx,dword ptr fs:[18h]" },
		{ "64892500000000", "mov|dword ptr fs:[0],esp" },
		{ "a130f04000", "mov|eax,dword ptr ds:[0040F030h]" },
		{ "8b0d2c304000", "mov|ecx,dword ptr ds:[40302Ch]" },
		{ "8b0db0804000", "mov|ecx,dword ptr [prog!table (004080b0)]" },
		{ "ff2485b0804000", "jmp|dword ptr prog!table (004080b0)[eax*4]" },
		{ "ff2485b0814000", "jmp|dword ptr [eax*4+4081B0h]" },
		{ "8a88b0804000", "mov|cl,byte ptr prog!table (004080b0)[eax]" },
		{ "68b0804000", "push|offset prog!table (004080b0)" },
		{ "bab0804000", "mov|edx,offset prog!table (004080b0)" },
		{ "6878563412", "push|12345678h" },
		{ "6aff", "push|0FFFFFFFFh" },
		{ "83c8ff", "or|eax,0FFFFFFFFh" },
		{ "6683f9ff", "cmp|cx,0FFFFh" },
		{ "80f9ff", "cmp|cl,0FFh" },
		{ "f3a5", "rep movs|dword ptr es:[edi],dword ptr [esi]" },
		{ "f3aa", "rep stos|byte ptr es:[edi]" },
		{ "f2ae", "repne scas|byte ptr es:[edi]" },
		{ "a6", "cmps|byte ptr [esi],byte ptr es:[edi]" },
		{ "f00fb10a", "lock cmpxchg|dword ptr [edx],ecx" },
		{ "cc", "int|3" },
		{ "cd2e", "int|2Eh" },
		{ "c3", "ret|" },
		{ "c20800", "ret|8" },
		{ "0f94c0", "sete|al" },
		{ "0f45c1", "cmovne|eax,ecx" },
		{ "d9c9", "fxch|st(1)" },
		{ "dd4508", "fld|qword ptr [ebp+8]" },
		{ "6690", "xchg|ax,ax" },
		{ "90", "nop|" },
		{ "ffd0", "call|eax" },
		{ "ff15b0804000", "call|dword ptr [prog!table (004080b0)]" },
		{ "8d45f8", "lea|eax,[ebp-8]" },
		{ "ff", "???|" },
	};

	EXPECT_ROWS(MACHINE_X86, 0x76333e4c, rows);
}

TEST(x64_text)
{
	static const struct row rows[] = {
		{ "48895c2408", "mov|qword ptr [rsp+8],rbx" },
		{ "4883ec28", "sub|rsp,28h" },
		{ "4881eca8000000", "sub|rsp,0A8h" },
		{ "488d0df9000000", "lea|rcx,[ntdll!Foo (00007ff8`12345700)]" },
		{ "488d0d00010000", "lea|rcx,[00007ff8`12345707]" },
		{ "ff15fa000000", "call|qword ptr [ntdll!Foo (00007ff8`12345700)]" },
		{ "e8fb000000", "call|ntdll!Foo (00007ff8`12345700)" },
		{ "eb00", "jmp|00007ff8`12345602" },
		{ "65488b042588010000", "mov|rax,qword ptr gs:[188h]" },
		{ "f604250803fe7f01", "test|byte ptr [00000000`7ffe0308],1" },
		{ "4883e4f0", "and|rsp,0FFFFFFFFFFFFFFF0h" },
		{ "48c7442420feffffff", "mov|qword ptr [rsp+20h],0FFFFFFFFFFFFFFFEh" },
		{ "48b88877665544332211", "mov|rax,1122334455667788h" },
		{ "48b800573412f87f0000", "mov|rax,offset ntdll!Foo (00007ff8`12345700)" },
		{ "f3c3", "rep ret|" },
		{ "f3aa", "rep stos|byte ptr [rdi]" },
		{ "48a5", "movs|qword ptr [rdi],qword ptr [rsi]" },
		{ "0f1f440000", "nop|dword ptr [rax+rax]" },
		{ "660f1f840000000000", "nop|word ptr [rax+rax]" },
		{ "0f05", "syscall|" },
		{ "440fb6c9", "movzx|r9d,cl" },
		{ "f20f10442420", "movsd|xmm0,mmword ptr [rsp+20h]" },
		{ "f30f10442420", "movss|xmm0,dword ptr [rsp+20h]" },
		{ "0f29742420", "movaps|xmmword ptr [rsp+20h],xmm6" },
		{ "c5fc104120", "vmovups|ymm0,ymmword ptr [rcx+20h]" },
		{ "62f17c4810442401", "vmovups|zmm0,zmmword ptr [rsp+40h]" },
		{ "62f17c4910442401", "vmovups|zmm0{k1},zmmword ptr [rsp+40h]" },
		{ "4c8b1cc8", "mov|r11,qword ptr [rax+rcx*8]" },
		{ "488b8550feffff", "mov|rax,qword ptr [rbp-1B0h]" },
		{ "6aff", "push|0FFFFFFFFFFFFFFFFh" },
		{ "0fae4520", "fxsave|[rbp+20h]" },
	};

	EXPECT_ROWS(MACHINE_X64, 0x7ff812345600, rows);
}

TEST(arm64_text)
{
	static const struct row rows[] = {
		{ "fd7bbda9", "stp|fp,lr,[sp,#-0x30]!" },
		{ "fd030091", "mov|fp,sp" },
		{ "081c40b9", "ldr|w8,[x0,#0x1C]" },
		{ "e80740f9", "ldr|x8,[sp,#8]" },
		{ "00080034", "cbz|w0,ntdll!Foo (00007ff8`12345700)" },
		{ "05000014", "b|00007ff8`12345614" },
		{ "40000094", "bl|ntdll!Foo (00007ff8`12345700)" },
		{ "41000054", "bne|00007ff8`12345608" },
		{ "08000090", "adrp|x8,00007ff8`12345000" },
		{ "08080010", "adr|x8,ntdll!Foo (00007ff8`12345700)" },
		{ "00003ed4", "brk|#0xF000" },
		{ "c0035fd6", "ret|" },
		{ "7f2303d5", "pacibsp|" },
		{ "ff0b5fd6", "retaa|" },
		{ "00013fd6", "blr|x8" },
		{ "1f2003d5", "nop|" },
		{ "00000000", "udf|#0" },
		{ "410020b8", "ldadd|w0,w1,[x2]" },
		{ "5f0020f8", "stadd|x0,[x2]" },
		{ "4100e038", "ldaddalb|w0,w1,[x2]" },
		{ "4180e0b8", "swpal|w0,w1,[x2]" },
		{ "41fce0c8", "casal|x0,x1,[x2]" },
		{ "82fc6048", "caspal|x0,x1,x2,x3,[x4]" },
		{ "20c0bfb8", "ldapr|w0,[x1]" },
		{ "41304059", "ldapurh|w1,[x2,#3]" },
		{ "202420f8", "ldraa|x0,[x1,#0x10]" },
		{ "e023c1da", "paciza|x0" },
		{ "e11bc1da", "autda|x1,sp" },
		{ "e347c1da", "xpacd|x3" },
		{ "7f083fd6", "blraaz|x3" },
		{ "22081fd7", "braa|x1,x2" },
		{ "ff3003d5", "sb|" },
		{ "5f2403d5", "bti|c" },
		{ "e803", "???|" },
	};

	EXPECT_ROWS(MACHINE_ARM64, 0x7ff812345600, rows);
}

TEST(arm_text)
{
	static const struct row thumb[] = {
		{ "2de9f04f", "push.w|{r4,r5,r6,r7,r8,r9,r10,r11,lr}" },
		{ "7047", "bx|lr" },
		{ "00f002f8", "bl|00010008" },
		{ "80b5", "push|{r7,lr}" },
	};
	static const struct row arm[] = {
		{ "00482de9", "push|{r11,lr}" },
		{ "1eff2fe1", "bx|lr" },
		{ "000000eb", "bl|00010008" },
	};

	EXPECT_ROWS(MACHINE_ARM, 0x10001, thumb);
	EXPECT_ROWS(MACHINE_ARM, 0x10000, arm);
}

TEST(flags_and_targets)
{
	struct insn in = decode(MACHINE_X86, 0x76333e4c, "743d");

	EXPECT_EQ(in.flags, INSN_JUMP | INSN_CONDITIONAL | INSN_HAS_TARGET);
	EXPECT_EQ(in.target, 0x76333e8b);
	EXPECT_EQ(in.length, 2);
	in = decode(MACHINE_X86, 0xfffffff0, "e90b000000");
	EXPECT_EQ(in.target, 0); /* wraps at 32 bits */
	in = decode(MACHINE_X64, 0x1000, "ffd0");
	EXPECT_EQ(in.flags & (INSN_CALL | INSN_HAS_TARGET | INSN_HAS_MEMORY), INSN_CALL);
	in = decode(MACHINE_X64, 0x1000, "c3");
	EXPECT(in.flags & INSN_RET);
	in = decode(MACHINE_X64, 0x1000, "cc");
	EXPECT_EQ(in.flags, INSN_TRAP);
	in = decode(MACHINE_X64, 0x1000, "0f0b");
	EXPECT_EQ(in.flags, INSN_TRAP);
	in = decode(MACHINE_X64, 0x1000, "0f05");
	EXPECT_EQ(in.flags, INSN_INTERRUPT);
	in = decode(MACHINE_X64, 0x1000, "06");
	EXPECT_EQ(in.flags, INSN_INVALID);
	EXPECT_EQ(in.length, 1);
	in = decode(MACHINE_X64, 0x1000, "");
	EXPECT_EQ(in.flags, INSN_INVALID);
	in = decode(MACHINE_X64, 0x1000, "55");
	EXPECT_EQ(in.flags, INSN_WRITES_MEMORY);
	in = decode(MACHINE_ARM64, 0x1000, "40000094");
	EXPECT_EQ(in.flags, INSN_CALL | INSN_HAS_TARGET);
	EXPECT_EQ(in.target, 0x1100);
	in = decode(MACHINE_ARM64, 0x1000, "e0ffff54");
	EXPECT_EQ(in.target, 0xffc);
	in = decode(MACHINE_ARM, 0x10001, "7047");
	EXPECT_EQ(in.flags, INSN_RET);
	EXPECT_EQ(in.length, 2);
}

TEST(memory_operands)
{
	struct insn in = decode(MACHINE_X86, 0x1000, "c6460801");

	EXPECT_EQ(in.flags, INSN_HAS_MEMORY | INSN_WRITES_MEMORY);
	EXPECT_EQ(in.mem_base, X86_ESI);
	EXPECT_EQ(in.mem_index, ARCH_NO_REG);
	EXPECT_EQ(in.mem_segment, X86_DS);
	EXPECT_EQ(in.mem_disp, 8);
	EXPECT_EQ(in.mem_size, 1);
	in = decode(MACHINE_X86, 0x1000, "8b75fc");
	EXPECT_EQ(in.flags, INSN_HAS_MEMORY | INSN_READS_MEMORY);
	EXPECT_EQ(in.mem_segment, X86_SS);
	EXPECT_EQ(in.mem_disp, (uint64_t)-4);
	in = decode(MACHINE_X64, 0x1000, "4c8b5cc810");
	EXPECT_EQ(in.mem_base, X64_RAX);
	EXPECT_EQ(in.mem_index, X64_RCX);
	EXPECT_EQ(in.mem_scale, 8);
	EXPECT_EQ(in.mem_disp, 0x10);
	EXPECT_EQ(in.mem_size, 8);
	in = decode(MACHINE_X64, 0x7ff812345600, "488b0df9000000");
	EXPECT_EQ(in.mem_base, ARCH_NO_REG);
	EXPECT_EQ(in.mem_disp, 0x7ff812345700);
	in = decode(MACHINE_X64, 0x1000, "65488b042588010000");
	EXPECT_EQ(in.mem_segment, X64_GS);
	EXPECT_EQ(in.mem_disp, 0x188);
	in = decode(MACHINE_X64, 0x1000, "488d0df9000000"); /* lea touches nothing */
	EXPECT_EQ(in.flags, 0);
	in = decode(MACHINE_X64, 0x1000, "f3aa");
	EXPECT_EQ(in.mem_base, X64_RDI);
	in = decode(MACHINE_ARM64, 0x1000, "fd7bbda9");
	EXPECT_EQ(in.flags, INSN_HAS_MEMORY | INSN_WRITES_MEMORY);
	EXPECT_EQ(in.mem_base, ARM64_SP);
	EXPECT_EQ(in.mem_disp, (uint64_t)-0x30);
	EXPECT_EQ(in.mem_size, 16);
	in = decode(MACHINE_ARM64, 0x1000, "287b68b8");
	EXPECT_EQ(in.mem_base, 25);
	EXPECT_EQ(in.mem_index, 8);
	EXPECT_EQ(in.mem_scale, 4);
	EXPECT_EQ(in.mem_size, 4);
	in = decode(MACHINE_ARM64, 0x1000, "41fce0c8"); /* casal */
	EXPECT_EQ(in.flags, INSN_HAS_MEMORY | INSN_READS_MEMORY | INSN_WRITES_MEMORY);
	EXPECT_EQ(in.mem_base, 2);
	EXPECT_EQ(in.mem_size, 8);
	in = decode(MACHINE_ARM64, 0x1000, "28010058"); /* ldr x8,literal */
	EXPECT_EQ(in.mem_base, ARCH_NO_REG);
	EXPECT_EQ(in.mem_disp, 0x1024);
	EXPECT_EQ(in.mem_size, 8);
}

static bool name_everything(void *arg, uint64_t address, char *buf, size_t size)
{
	memset(buf, 'x', size); /* not even terminated */
	return true;
}

TEST(long_names_are_cut)
{
	uint8_t code[] = { 0xe8, 0, 0, 0, 0 };
	struct insn in;

	arch_for(MACHINE_X64)->disassemble(code, 5, 0x1000, name_everything, NULL, &in);
	EXPECT(strlen(in.operands) < sizeof(in.operands));
	EXPECT(strlen(in.operands) > 100);
}

TESTS(x86_text, x64_text, arm64_text, arm_text, flags_and_targets, memory_operands,
      long_names_are_cut)
