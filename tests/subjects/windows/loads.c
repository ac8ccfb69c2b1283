/* SPDX-License-Identifier: MIT */
/* Processes with trouble in their modules: unloaded too early, loaded twice, patched, or none at all. */
#include "subject.h"

typedef int (*work_fn)(int);

static volatile int sink;

static work_fn work_of(HMODULE m)
{
	return (work_fn)(void *)GetProcAddress(m, "plug_work");
}

/* --- lives of libraries ----------------------------------------------------------- */

NOINLINE static void call_unloaded(void)
{
	HMODULE m = LoadLibraryA("plug.dll");
	volatile work_fn work = work_of(m);

	FreeLibrary(m);
	subject_dies();
	sink = work(1) + 1;
}

static void twice(void)
{
	CreateDirectoryA("second", NULL);
	CopyFileA("plug.dll", "second\\plug.dll", FALSE);
	if (!LoadLibraryA("plug.dll") || !LoadLibraryA("second\\plug.dll"))
		ExitProcess(3);
}

/* --- code of others ------------------------------------------------------------------ */

static void write_code(void *at, const void *bytes, size_t n)
{
	DWORD old;

	VirtualProtect(at, n, PAGE_EXECUTE_READWRITE, &old);
	memcpy(at, bytes, n);
	VirtualProtect(at, n, old, &old);
	FlushInstructionCache(GetCurrentProcess(), at, n);
}

NOINLINE static DWORD WINAPI own_codepage(void)
{
	return 4711;
}

/* mov rax, imm64; jmp rax, or push imm32; ret */
static void jump_to(void *from, const void *to)
{
#ifdef _WIN64
	uint8_t code[12] = { 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0 };

	memcpy(code + 2, &to, 8);
#else
	uint8_t code[6] = { 0x68, 0, 0, 0, 0, 0xc3 };

	memcpy(code + 1, &to, 4);
#endif
	write_code(from, code, sizeof(code));
}

static void inline_hook(void)
{
	FARPROC f = GetProcAddress(GetModuleHandleA("kernel32.dll"), "GetConsoleCP");

	jump_to((void *)f, (const void *)own_codepage);
	if (((DWORD(WINAPI *)(void))f)() != 4711)
		ExitProcess(3);
}

/* As malware does it: the code that it leads to is in no module. */
static void inject(void)
{
	static const uint8_t ret_7[] = { 0xb8, 7, 0, 0, 0, 0xc3 };
	FARPROC f = GetProcAddress(GetModuleHandleA("kernel32.dll"), "GetConsoleCP");
	void *code = VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_EXECUTE_READWRITE);

	memcpy(code, ret_7, sizeof(ret_7));
	jump_to((void *)f, code);
	if (((DWORD(WINAPI *)(void))f)() != 7)
		ExitProcess(3);
}

static void WINAPI own_sleep(DWORD ms)
{
	sink = (int)ms;
}

/* The slot by which this program calls Sleep. */
static void **import_slot(const char *name)
{
	uint8_t *base = (uint8_t *)GetModuleHandleA(NULL);
	const IMAGE_NT_HEADERS *nt = (void *)(base + ((IMAGE_DOS_HEADER *)base)->e_lfanew);
	const IMAGE_IMPORT_DESCRIPTOR *d = (void *)(base + nt->OptionalHeader.DataDirectory[1].VirtualAddress);

	for (; d->Name; d++) {
		const IMAGE_THUNK_DATA *names = (void *)(base + d->OriginalFirstThunk);
		void **slots = (void *)(base + d->FirstThunk);

		for (int i = 0; names[i].u1.AddressOfData; i++)
			if (!IMAGE_SNAP_BY_ORDINAL(names[i].u1.Ordinal) &&
			    strcmp(((IMAGE_IMPORT_BY_NAME *)(base + names[i].u1.AddressOfData))->Name, name) == 0)
				return &slots[i];
	}
	return NULL;
}

/* Imports of ours that lead to memory which is in no module. */
static void import_hook(void)
{
	static const uint8_t ret[] = { 0xb8, 9, 0, 0, 0, 0xc3 };
	void **slot = import_slot("GetACP"), *code = VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_EXECUTE_READWRITE);

	if (!slot)
		ExitProcess(3);
	memcpy(code, ret, sizeof(ret));
	write_code(slot, &code, sizeof(code));
	if (GetACP() != 9)
		ExitProcess(3);
}

static void import_own(void)
{
	void **slot = import_slot("SleepEx");
	const void *to = (const void *)own_sleep;

	sink = (int)SleepEx(0, FALSE);
	if (!slot)
		ExitProcess(3);
	write_code(slot, &to, sizeof(to));
}

/* --- code in no module ------------------------------------------------------------------ */

/* sub rsp, 40; mov ecx, -1; mov rax, Sleep; call rax: or the same for x86 */
static void *sleeping_code(DWORD protect)
{
	const void *sleep = (const void *)Sleep;
	uint8_t *code = VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
	DWORD old;
#ifdef _WIN64
	uint8_t text[] = { 0x48, 0x83, 0xec, 40, 0xb9, 0xff, 0xff, 0xff, 0xff, 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xd0, 0xcc };

	memcpy(text + 11, &sleep, 8);
#else
	uint8_t text[] = { 0x55, 0x89, 0xe5, 0x6a, 0xff, 0xb8, 0, 0, 0, 0, 0xff, 0xd0, 0xcc };

	memcpy(text + 6, &sleep, 4);
#endif
	memcpy(code, text, sizeof(text));
	VirtualProtect(code, 4096, protect, &old);
	return code;
}

static void wild(void)
{
	void *code = sleeping_code(PAGE_EXECUTE_READ);

	CreateThread(NULL, 0, (LPTHREAD_START_ROUTINE)code, NULL, 0, NULL);
}

/* Memory that could be executed and is not. */
static void writable(void)
{
	sink = *(uint8_t *)sleeping_code(PAGE_EXECUTE_READWRITE);
}

static void nothing(void)
{
	HMODULE m = LoadLibraryA("plug.dll");

	sink = work_of(m)(2) + (int)GetConsoleCP();
}

int main(int argc, char **argv)
{
	static const struct {
		const char *word;
		void (*run)(void);
	} all[] = {
		{ "unloaded", call_unloaded }, { "twice", twice }, { "inline", inline_hook }, { "inject", inject },
		{ "import", import_hook },     { "own", import_own }, { "wild", wild },	      { "writable", writable },
		{ "nothing", nothing },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (argc == 2 && strcmp(argv[1], all[i].word) == 0) {
			all[i].run();
			subject_ready();
		}
	return 2;
}
