/* SPDX-License-Identifier: MIT */
#include "base/machine.h"

static const struct {
	const char *name;
	unsigned pointer_size;
} machines[] = {
	[MACHINE_UNKNOWN] = { "unknown", 0 },
	[MACHINE_X86] = { "x86", 4 },
	[MACHINE_X64] = { "x64", 8 },
	[MACHINE_ARM] = { "ARM", 4 },
	[MACHINE_ARM64] = { "ARM64", 8 },
	[MACHINE_RISCV64] = { "RISC-V 64", 8 },
	[MACHINE_PPC64] = { "PowerPC 64", 8 },
	[MACHINE_S390X] = { "s390x", 8 },
	[MACHINE_MIPS] = { "MIPS", 4 },
	[MACHINE_MIPS64] = { "MIPS 64", 8 },
	[MACHINE_PPC] = { "PowerPC", 4 },
	[MACHINE_SPARC] = { "SPARC", 4 },
	[MACHINE_LOONGARCH64] = { "LoongArch 64", 8 },
};

const char *machine_name(enum machine m)
{
	return machines[m].name;
}

unsigned machine_pointer_size(enum machine m)
{
	return machines[m].pointer_size;
}

const char *dump_os_name(enum dump_os os)
{
	static const char *const names[] = {
		[OS_UNKNOWN] = "unknown", [OS_WINDOWS] = "Windows", [OS_LINUX] = "Linux",
		[OS_MACOS] = "macOS",	  [OS_IOS] = "iOS",	    [OS_ANDROID] = "Android",
		[OS_FREEBSD] = "FreeBSD", [OS_NETBSD] = "NetBSD",   [OS_OPENBSD] = "OpenBSD",
		[OS_SOLARIS] = "Solaris", [OS_FUCHSIA] = "Fuchsia",
		[OS_NACL] = "Native Client",
	};

	return names[os];
}
