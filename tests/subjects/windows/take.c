/* SPDX-License-Identifier: MIT */
/*
 * usage: take.exe JOBS
 * Runs the subjects that the file names, one a line "HOW DUMP PROGRAM WORD", and
 * dumps each from outside when it is ready (hang), or as a debugger at the
 * exception that it does not handle (dies). A line for each: "took DUMP", or
 * "trouble DUMP: why".
 *
 * A debugger attaches when the subject runs already, because a process that is
 * started by one gets another heap.
 */
#include "streams.h"

enum { DEADLINE_MS = 20000, STEP_MS = 10 };

struct subject {
	const char *dump;
	PROCESS_INFORMATION pi;
	HANDLE in, out;	/* our ends of its standard input and output */
};

static bool trouble(const struct subject *s, const char *what)
{
	printf("trouble %s: %s, error %lu\n", s->dump, what, (unsigned long)GetLastError());
	return false;
}

/* --- starting it -------------------------------------------------------------- */

static bool start(struct subject *s, const char *program, const char *word)
{
	SECURITY_ATTRIBUTES inherited = { sizeof(inherited), NULL, TRUE };
	STARTUPINFOA si = { .cb = sizeof(si), .dwFlags = STARTF_USESTDHANDLES };
	char line[512];
	bool ok;

	snprintf(line, sizeof(line), "%s.exe %s", program, word);
	if (!CreatePipe(&si.hStdInput, &s->in, &inherited, 0) || !CreatePipe(&s->out, &si.hStdOutput, &inherited, 0))
		return trouble(s, "no pipes");
	SetHandleInformation(s->in, HANDLE_FLAG_INHERIT, 0);
	SetHandleInformation(s->out, HANDLE_FLAG_INHERIT, 0);
	si.hStdError = si.hStdOutput;
	ok = CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &si, &s->pi);
	CloseHandle(si.hStdInput);
	CloseHandle(si.hStdOutput);
	return ok || trouble(s, "cannot be started");
}

static bool wait_ready(const struct subject *s)
{
	DWORD there;

	for (int ms = 0; ms < DEADLINE_MS; ms += STEP_MS) {
		char c = 0;

		if (!PeekNamedPipe(s->out, NULL, 0, NULL, &there, NULL))
			return trouble(s, "ended before it was ready");
		if (!there)
			Sleep(STEP_MS);
		else if (ReadFile(s->out, &c, 1, &there, NULL) && c == '\n')
			return true;
	}
	return trouble(s, "is never ready");
}

static void finish(const struct subject *s)
{
	if (s->pi.hProcess) {
		TerminateProcess(s->pi.hProcess, 0);
		WaitForSingleObject(s->pi.hProcess, DEADLINE_MS);
		CloseHandle(s->pi.hThread);
		CloseHandle(s->pi.hProcess);
	}
	if (s->in)
		CloseHandle(s->in);
	if (s->out)
		CloseHandle(s->out);
}

/* --- dumping it ------------------------------------------------------------------ */

static bool dump(const struct subject *s, DWORD tid, EXCEPTION_POINTERS *exception)
{
	if (write_dump_at(s->pi.hProcess, s->pi.dwProcessId, s->dump, DUMP_FULL, tid, exception) != 0)
		return trouble(s, "cannot be dumped");
	return add_streams(s->pi.hProcess, s->pi.dwProcessId, s->dump) || trouble(s, "no streams can be added");
}

static bool dump_exception(const struct subject *s, const DEBUG_EVENT *e)
{
	EXCEPTION_RECORD record = e->u.Exception.ExceptionRecord;
	CONTEXT *context = _aligned_malloc(sizeof(*context), 16);
	HANDLE thread = OpenThread(THREAD_ALL_ACCESS, FALSE, e->dwThreadId);
	EXCEPTION_POINTERS pointers = { &record, context };
	bool ok = context && thread;

	if (ok) {
		context->ContextFlags = CONTEXT_ALL;
		ok = GetThreadContext(thread, context);
	}
	ok = ok ? dump(s, e->dwThreadId, &pointers) : trouble(s, "no registers of its exception");
	_aligned_free(context);
	CloseHandle(thread);
	return ok;
}

/* Exceptions that it may yet handle are not what is waited for; but on a full stack no handler can run. */
static bool is_fatal(const DEBUG_EVENT *e)
{
	return e->dwDebugEventCode == EXCEPTION_DEBUG_EVENT &&
	       (!e->u.Exception.dwFirstChance || e->u.Exception.ExceptionRecord.ExceptionCode == (DWORD)STATUS_STACK_OVERFLOW);
}

/* The first exception is the breakpoint of the attaching itself. */
static bool debug(const struct subject *s)
{
	ULONGLONG end = GetTickCount64() + DEADLINE_MS;
	DEBUG_EVENT e;
	DWORD n;

	if (!DebugActiveProcess(s->pi.dwProcessId))
		return trouble(s, "cannot be debugged");
	for (bool begun = false; GetTickCount64() < end;) {
		DWORD how = DBG_EXCEPTION_NOT_HANDLED;

		if (!WaitForDebugEvent(&e, STEP_MS * 10))
			continue;
		if (e.dwDebugEventCode == EXIT_PROCESS_DEBUG_EVENT)
			return trouble(s, "ended without an exception");
		if (e.dwDebugEventCode == EXCEPTION_DEBUG_EVENT && !begun) {
			begun = true;
			how = DBG_CONTINUE;
			WriteFile(s->in, "\n", 1, &n, NULL);
		} else if (is_fatal(&e)) {
			return dump_exception(s, &e);
		}
		ContinueDebugEvent(e.dwProcessId, e.dwThreadId, how);
	}
	return trouble(s, "has no exception");
}

static bool take(const char *how, const char *path, const char *program, const char *word)
{
	struct subject s = { .dump = path };
	bool ok = start(&s, program, word) && wait_ready(&s);

	if (ok)
		ok = strcmp(how, "dies") == 0 ? debug(&s) : dump(&s, 0, NULL);
	finish(&s);
	if (ok)
		printf("took %s\n", path);
	fflush(stdout);
	return ok;
}

int main(int argc, char **argv)
{
	FILE *f = argc == 2 ? fopen(argv[1], "r") : NULL;
	char line[1024], *words[4];
	int bad = 0;

	if (!f)
		return 2;
	while (fgets(line, sizeof(line), f)) {
		for (int i = 0; i < 4; i++)
			words[i] = strtok(i ? NULL : line, " \r\n");
		if (words[3])
			bad |= !take(words[0], words[1], words[2], words[3]);
	}
	fclose(f);
	return bad;
}
