/* SPDX-License-Identifier: MIT */
/* A library that subjects load, unload, load twice and hook. */
#include "subject.h"

static volatile LONG calls;

__declspec(dllexport) NOINLINE int plug_work(int n)
{
	InterlockedIncrement(&calls);
	return n * 3 + 1;
}

__declspec(dllexport) NOINLINE int plug_wait(HANDLE event)
{
	int n = WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0;

	return plug_work(n);
}
