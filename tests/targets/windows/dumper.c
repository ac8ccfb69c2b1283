/* SPDX-License-Identifier: MIT */
/*
 * usage: dumper.exe SECONDS FULL.dmp PARTIAL.dmp PROGRAM [ARGUMENT...]
 * Starts the program, lets it run, dumps it from outside, ends it.
 */
#include "dump.h"

int main(int argc, char **argv)
{
	STARTUPINFOA si = { .cb = sizeof(si) };
	PROCESS_INFORMATION pi;
	char line[2048] = "";
	int bad;

	if (argc < 5)
		return 2;
	for (int i = 4; i < argc; i++)
		snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s\"%s\"", i > 4 ? " " : "", argv[i]);
	if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &si, &pi)) {
		printf("%s: error %lu\n", line, (unsigned long)GetLastError());
		return 1;
	}
	Sleep((DWORD)(strtol(argv[1], NULL, 10) * 1000));
	bad = write_dump(pi.hProcess, pi.dwProcessId, argv[2], DUMP_FULL, NULL);
	bad |= write_dump(pi.hProcess, pi.dwProcessId, argv[3], DUMP_PARTIAL, NULL);
	TerminateProcess(pi.hProcess, 0);
	return bad;
}
