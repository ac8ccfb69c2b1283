/* SPDX-License-Identifier: MIT */
/* Processes that are ended by a check: of the compiler, of the library, of their own. */
#include "subject.h"

static volatile int sink;

/* winnt.h has the codes: int 29h ends the process with the one in ecx. */
NOINLINE static void fast_fail(unsigned code)
{
	__asm__ volatile("int $0x29" : : "c"(code));
	sink = 1;
}

NOINLINE static void unlink_entry(void)
{
	fast_fail(3); /* FAST_FAIL_CORRUPT_LIST_ENTRY */
	sink = 2;
}

NOINLINE static void check_cookie(void)
{
	fast_fail(2); /* FAST_FAIL_STACK_COOKIE_CHECK_FAILURE */
	sink = 3;
}

NOINLINE static void give_up(void)
{
	fast_fail(7); /* FAST_FAIL_FATAL_APP_EXIT */
	sink = 4;
}

NOINLINE static void invalid_parameter(void)
{
	HMODULE runtime = LoadLibraryA("ucrtbase.dll");
	int (*copy)(char *, size_t, const char *) = (void *)GetProcAddress(runtime, "strcpy_s");
	char text[8];

	if (copy)
		sink = copy(text, 0, "longer than that") + 1;
}

NOINLINE static void raise_own(void)
{
	ULONG_PTR order[] = { 4711, 3 };

	RaiseException(0xe0000042, 0, 2, order);
	sink = 5;
}

NOINLINE static void breakpoint(void)
{
	__asm__ volatile("int3");
	sink = 6;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *word;
		void (*run)(void);
	} all[] = {
		{ "list", unlink_entry },  { "cookie", check_cookie },	   { "exit", give_up },	 { "parameter", invalid_parameter },
		{ "own", raise_own },	   { "breakpoint", breakpoint },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (argc == 2 && strcmp(argv[1], all[i].word) == 0) {
			subject_dies();
			all[i].run();
		}
	return 2;
}
