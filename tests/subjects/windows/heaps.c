/* SPDX-License-Identifier: MIT */
/* Processes whose heaps are damaged, or hold what nobody frees. */
#include "subject.h"

/* With its header it fills a block to the end. */
struct customer {
	char name[32];
	int64_t orders;
};

static struct customer *customers[64];

static struct customer *add_customer(unsigned i)
{
	customers[i] = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(**customers));
	if (!customers[i])
		ExitProcess(9);
	return customers[i];
}

static void fill(void)
{
	for (unsigned i = 0; i < 64; i++)
		snprintf(add_customer(i)->name, sizeof(customers[i]->name), "customer %u", i);
}

/* The blocks are of one size and were allocated in a row: the text goes on into the next one's header. */
NOINLINE static void overflow(void)
{
	fill();
	strcpy(customers[20]->name, "Moritz Mueller and Sons, bicycles and parts, Hamburg"); /* thirty-two fit */
}

/* Where a free block of Wine's has a pointer to its header. */
NOINLINE static void after_free(void)
{
	struct customer *gone;

	fill();
	gone = customers[30];
	HeapFree(GetProcessHeap(), 0, gone);
	gone->orders = -1;
}

typedef wchar_t *(WINAPI *alloc_string)(const wchar_t *);

/* As a component does whose caller does not free what it is given. */
NOINLINE static void strings(void)
{
	FARPROC p = GetProcAddress(LoadLibraryA("oleaut32.dll"), "SysAllocString");
	alloc_string give = NULL;
	wchar_t text[64];

	memcpy(&give, &p, sizeof(p));
	for (int i = 0; give && i < 20000; i++) {
		_snwprintf(text, 64, L"Hello World, caller number %d", i);
		give(text);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	if (strcmp(argv[1], "clean") == 0)
		fill();
	else if (strcmp(argv[1], "overflow") == 0)
		overflow();
	else if (strcmp(argv[1], "after-free") == 0)
		after_free();
	else if (strcmp(argv[1], "strings") == 0)
		strings();
	else
		return 2;
	subject_ready();
}
