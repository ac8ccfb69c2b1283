/* SPDX-License-Identifier: MIT */
/* Names of machines and of register-context layouts, shared by all layers. */
#ifndef OSM_BASE_MACHINE_H
#define OSM_BASE_MACHINE_H

#include <stdint.h>

enum machine {
	MACHINE_UNKNOWN,
	MACHINE_X86,
	MACHINE_X64,
	MACHINE_ARM,
	MACHINE_ARM64,
	MACHINE_RISCV64,
	MACHINE_PPC64,	/* little and big endian */
	MACHINE_S390X,
	MACHINE_MIPS,
	MACHINE_MIPS64,
	MACHINE_PPC,
	MACHINE_SPARC,
	MACHINE_LOONGARCH64,
};

enum dump_os {
	OS_UNKNOWN,
	OS_WINDOWS,
	OS_LINUX,
	OS_MACOS,
	OS_IOS,
	OS_ANDROID,
	OS_FREEBSD,
	OS_NETBSD,
	OS_OPENBSD,
	OS_SOLARIS,
	OS_FUCHSIA,
	OS_NACL,
};

/* How the bytes of a thread's register context are laid out. */
enum context_layout {
	CONTEXT_NONE,
	CONTEXT_WIN_X86,	/* CONTEXT, winnt.h, 716 bytes */
	CONTEXT_WIN_X64,	/* CONTEXT, winnt.h, 1232 bytes */
	CONTEXT_WIN_ARM64,	/* ARM64_NT_CONTEXT, 912 bytes */
	CONTEXT_WIN_ARM,	/* ARM CONTEXT, winnt.h, 416 bytes */
	CONTEXT_BREAKPAD_ARM,	/* MDRawContextARM, minidump_cpu_arm.h */
	CONTEXT_BREAKPAD_ARM64_OLD,
	CONTEXT_BREAKPAD_PPC,
	CONTEXT_BREAKPAD_PPC64,
	CONTEXT_BREAKPAD_SPARC,
	CONTEXT_BREAKPAD_MIPS,
	CONTEXT_BREAKPAD_MIPS64,
	CONTEXT_BREAKPAD_RISCV64,
	CONTEXT_LINUX_X86,	/* elf_gregset_t of PRSTATUS: user_regs_struct */
	CONTEXT_LINUX_X64,
	CONTEXT_LINUX_ARM,
	CONTEXT_LINUX_ARM64,
	CONTEXT_LINUX_RISCV64,
	CONTEXT_LINUX_PPC64,
	CONTEXT_LINUX_S390X,
	CONTEXT_FREEBSD_X86,	/* struct reg of <machine/reg.h>: core notes */
	CONTEXT_FREEBSD_X64,
	CONTEXT_FREEBSD_ARM64,
	CONTEXT_NETBSD_X86,
	CONTEXT_NETBSD_X64,
	CONTEXT_NETBSD_ARM64,
};

/* "x86", "x64", "ARM64" ...: as WinDbg writes them */
const char *machine_name(enum machine m);
unsigned machine_pointer_size(enum machine m); /* 4 or 8; 0 unknown */
const char *dump_os_name(enum dump_os os);

#endif
