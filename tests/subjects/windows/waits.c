/* SPDX-License-Identifier: MIT */
/*
 * Processes whose threads wait, in the way of the word:
 *
 *	mixed		one holds a critical section and wants a mutex, one the other way round
 *	join		one holds a section and waits for a thread that wants it
 *	multiple	two threads with a mutex each want both mutexes at once
 *	recursive	one thread takes an SRW lock that it holds
 *	srw		two threads hold an SRW lock each and want the other's
 *	orphan		a section whose owner has ended, and one who waits for it
 *	event		five behind one who holds a section and waits for an event of nobody
 *	condition	five behind one who holds a section and waits for a condition
 *	address		five behind one who holds a section and is in WaitOnAddress
 *	suspended	three behind one who holds a section and was suspended
 *	loader		a callback of thread start waits for a thread that cannot start
 *	pool		all workers of a thread pool wait for work behind them in the queue
 *	pipe		five behind one who holds a section and reads the answer of another process
 *	child		five behind one who holds a section and waits for a process to end
 *	server		without work: pool, queue, pipe, several objects; nothing is wrong
 *
 * There is none with a message box: Wine without a display ends the thread that
 * wants to show one.
 */
#include "owners.h"
#include "subject.h"

enum { TIMEOUT_MS = 10000 };

static CRITICAL_SECTION ledger;
static SRWLOCK north = SRWLOCK_INIT, south = SRWLOCK_INIT;
static CONDITION_VARIABLE filled = CONDITION_VARIABLE_INIT;
static HANDLE journal, cellar, never, tell[2];
static struct owners *owners;
static volatile LONG arrived;
static volatile LONG word_waited_for;

/* Loaded by name: import libraries of some tool chains lack them. */
static BOOL(WINAPI *wait_on_address)(volatile void *, void *, SIZE_T, DWORD);
static PTP_POOL(WINAPI *create_pool)(void *);

static void load(void *to, const char *module, const char *function)
{
	FARPROC p = GetProcAddress(LoadLibraryA(module), function);

	if (!p) {
		printf("no %s in %s\n", function, module);
		exit(2);
	}
	memcpy(to, &p, sizeof(p));
}

static void wait_for_arrivals(LONG n)
{
	for (int i = 0; arrived < n && i < TIMEOUT_MS / 5; i++)
		Sleep(5);
}

/* Both are there before either goes on. */
static void meet(LONG n)
{
	InterlockedIncrement(&arrived);
	while (arrived < n)
		Sleep(5);
}

static DWORD WINAPI wants_ledger(void *arg)
{
	InterlockedIncrement(&arrived);
	EnterCriticalSection(&ledger);
	LeaveCriticalSection(&ledger);
	return arg != NULL;
}

static void queue_behind(DWORD(WINAPI *holder)(void *), int n)
{
	HANDLE thread = subject_thread(holder, NULL);

	while (!arrived)
		Sleep(5);
	for (int i = 0; i < n; i++)
		subject_thread(wants_ledger, NULL);
	wait_for_arrivals(1 + n);
	CloseHandle(thread);
}

/* --- rings ------------------------------------------------------------------------------ */

static DWORD WINAPI section_then_mutex(void *arg)
{
	EnterCriticalSection(&ledger);
	meet(2);
	WaitForSingleObject(journal, INFINITE);
	return arg != NULL;
}

static DWORD WINAPI mutex_then_section(void *arg)
{
	WaitForSingleObject(journal, INFINITE);
	owns(owners, journal);
	meet(2);
	EnterCriticalSection(&ledger);
	return arg != NULL;
}

static void mixed(void)
{
	subject_thread(section_then_mutex, NULL);
	subject_thread(mutex_then_section, NULL);
	wait_for_arrivals(2);
}

static DWORD WINAPI joins(void *arg)
{
	HANDLE thread;

	EnterCriticalSection(&ledger);
	thread = subject_thread(wants_ledger, NULL);
	InterlockedIncrement(&arrived);
	WaitForSingleObject(thread, INFINITE);
	return arg != NULL;
}

static void join(void)
{
	subject_thread(joins, NULL);
	wait_for_arrivals(2);
}

static DWORD WINAPI wants_both(void *arg)
{
	HANDLE mine = arg, both[2] = { journal, cellar };

	WaitForSingleObject(mine, INFINITE);
	owns(owners, mine);
	meet(2);
	WaitForMultipleObjects(2, both, TRUE, INFINITE);
	return 0;
}

static void multiple(void)
{
	subject_thread(wants_both, journal);
	subject_thread(wants_both, cellar);
	wait_for_arrivals(2);
}

static DWORD WINAPI takes_twice(void *arg)
{
	AcquireSRWLockExclusive(&north);
	InterlockedIncrement(&arrived);
	AcquireSRWLockExclusive(&north);
	ReleaseSRWLockExclusive(&north);
	ReleaseSRWLockExclusive(&north);
	return arg != NULL;
}

static void recursive(void)
{
	subject_thread(takes_twice, NULL);
	wait_for_arrivals(1);
}

static DWORD WINAPI north_then_south(void *arg)
{
	AcquireSRWLockExclusive(&north);
	meet(2);
	AcquireSRWLockExclusive(&south);
	ReleaseSRWLockExclusive(&south);
	ReleaseSRWLockExclusive(&north);
	return arg != NULL;
}

static DWORD WINAPI south_then_north(void *arg)
{
	AcquireSRWLockExclusive(&south);
	meet(2);
	AcquireSRWLockShared(&north);
	ReleaseSRWLockShared(&north);
	ReleaseSRWLockExclusive(&south);
	return arg != NULL;
}

static void srw(void)
{
	subject_thread(north_then_south, NULL);
	subject_thread(south_then_north, NULL);
	wait_for_arrivals(2);
}

/* --- ends of lines ------------------------------------------------------------------------- */

static DWORD WINAPI takes_and_ends(void *arg)
{
	EnterCriticalSection(arg);
	return 0;
}

static void leave_locked(CRITICAL_SECTION *cs)
{
	HANDLE thread = subject_thread(takes_and_ends, cs);

	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
}

static void orphan(void)
{
	leave_locked(&ledger);
	subject_thread(wants_ledger, NULL);
	wait_for_arrivals(1);
}

static DWORD WINAPI waits_for_event(void *arg)
{
	EnterCriticalSection(&ledger);
	InterlockedIncrement(&arrived);
	WaitForSingleObject(never, INFINITE);
	return arg != NULL;
}

static void event(void)
{
	queue_behind(waits_for_event, 5);
}

static DWORD WINAPI waits_for_condition(void *arg)
{
	EnterCriticalSection(&ledger);
	AcquireSRWLockExclusive(&south);
	InterlockedIncrement(&arrived);
	SleepConditionVariableSRW(&filled, &south, INFINITE, 0);
	ReleaseSRWLockExclusive(&south);
	LeaveCriticalSection(&ledger);
	return arg != NULL;
}

static void condition(void)
{
	queue_behind(waits_for_condition, 5);
}

static DWORD WINAPI waits_on_address(void *arg)
{
	LONG old = word_waited_for;

	EnterCriticalSection(&ledger);
	InterlockedIncrement(&arrived);
	wait_on_address(&word_waited_for, &old, sizeof(old), INFINITE);
	LeaveCriticalSection(&ledger);
	return arg != NULL;
}

static void address(void)
{
	load(&wait_on_address, "kernelbase.dll", "WaitOnAddress");
	queue_behind(waits_on_address, 5);
}

static DWORD WINAPI holds_and_counts(void *arg)
{
	EnterCriticalSection(&ledger);
	InterlockedIncrement(&arrived);
	while (arg == NULL)
		InterlockedIncrement(&word_waited_for);
	return 0;
}

static void suspended(void)
{
	HANDLE thread = subject_thread(holds_and_counts, NULL);

	while (!arrived)
		Sleep(5);
	SuspendThread(thread);
	for (int i = 0; i < 3; i++)
		subject_thread(wants_ledger, NULL);
	wait_for_arrivals(4);
}

/* --- the loader's lock ----------------------------------------------------------------------- */

static volatile LONG callback_waits;

static void NTAPI on_thread(void *module, DWORD reason, void *reserved)
{
	(void)module;
	(void)reserved;
	if (reason == DLL_THREAD_ATTACH && InterlockedExchange(&callback_waits, 0)) {
		InterlockedIncrement(&arrived);
		WaitForSingleObject(never, INFINITE);
	}
}

__attribute__((section(".CRT$XLF"), used)) static const PIMAGE_TLS_CALLBACK tls_callback = on_thread;

static void loader(void)
{
	callback_waits = 1;
	for (int i = 0; i < 4; i++)
		subject_thread(wants_ledger, NULL); /* one is in the callback, three want to be */
	wait_for_arrivals(1);
}

/* --- pools ------------------------------------------------------------------------------------ */

static void CALLBACK waits_for_next(PTP_CALLBACK_INSTANCE instance, void *arg)
{
	(void)instance;
	InterlockedIncrement(&arrived);
	WaitForSingleObject(arg, INFINITE);
}

static void CALLBACK sets(PTP_CALLBACK_INSTANCE instance, void *arg)
{
	(void)instance;
	SetEvent(arg);
}

static void CALLBACK nothing(PTP_CALLBACK_INSTANCE instance, void *arg)
{
	(void)instance;
	(void)arg;
	InterlockedIncrement(&arrived);
}

static BOOL(WINAPI *submit)(void *, void *, PTP_CALLBACK_ENVIRON);

static void make_pool(PTP_CALLBACK_ENVIRON env, DWORD most)
{
	void(WINAPI * set_most)(PTP_POOL, DWORD);

	load(&create_pool, "kernel32.dll", "CreateThreadpool");
	load(&set_most, "kernel32.dll", "SetThreadpoolThreadMaximum");
	load(&submit, "kernel32.dll", "TrySubmitThreadpoolCallback");
	memset(env, 0, sizeof(*env));
	env->Version = 1;
	env->Pool = create_pool(NULL);
	set_most(env->Pool, most);
}

static void pool(void)
{
	static TP_CALLBACK_ENVIRON env;

	make_pool(&env, 4);
	for (int i = 0; i < 4; i++)
		submit((void *)waits_for_next, never, &env);
	submit((void *)sets, never, &env);
	wait_for_arrivals(4);
}

/* --- the world outside ---------------------------------------------------------------------------- */

static HANDLE make_pipe(const char *name)
{
	return CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 4, 256, 256, 0, NULL);
}

/* The other process: takes a request and does not answer, but ends some time. */
static void serve(const char *name)
{
	HANDLE pipe = make_pipe(name);
	char request[64];
	DWORD n;

	if (ConnectNamedPipe(pipe, NULL))
		ReadFile(pipe, request, sizeof(request), &n, NULL);
	Sleep(6 * TIMEOUT_MS);
	ExitProcess(0);
}

static char pipe_name[64];

static DWORD WINAPI asks(void *arg)
{
	char answer[64];
	HANDLE pipe = INVALID_HANDLE_VALUE;
	DWORD n, mode = PIPE_READMODE_MESSAGE;

	EnterCriticalSection(&ledger);
	for (int i = 0; pipe == INVALID_HANDLE_VALUE && i < TIMEOUT_MS / 10; i++) {
		Sleep(10);
		pipe = CreateFileA(pipe_name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	}
	SetNamedPipeHandleState(pipe, &mode, NULL, NULL);
	InterlockedIncrement(&arrived);
	TransactNamedPipe(pipe, "balance?", 8, answer, sizeof(answer), &n, NULL);
	LeaveCriticalSection(&ledger);
	return arg != NULL;
}

static HANDLE start_process(const char *words)
{
	char self[MAX_PATH], line[MAX_PATH + 128];
	STARTUPINFOA si = { .cb = sizeof(si) };
	PROCESS_INFORMATION pi;

	GetModuleFileNameA(NULL, self, sizeof(self));
	snprintf(line, sizeof(line), "\"%s\" %s", self, words);
	if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &si, &pi))
		exit(2);
	CloseHandle(pi.hThread);
	return pi.hProcess;
}

static void ask_process(void)
{
	char words[80];

	snprintf(pipe_name, sizeof(pipe_name), "\\\\.\\pipe\\waits-%lu", (unsigned long)GetCurrentProcessId());
	snprintf(words, sizeof(words), "serve %s", pipe_name);
	start_process(words);
	queue_behind(asks, 5);
}

static HANDLE child;

static DWORD WINAPI waits_for_child(void *arg)
{
	EnterCriticalSection(&ledger);
	InterlockedIncrement(&arrived);
	WaitForSingleObject(child, INFINITE);
	return arg != NULL;
}

static void ask_child(void)
{
	child = start_process("serve waits-child");
	queue_behind(waits_for_child, 5);
}

/* --- healthy ----------------------------------------------------------------------------------------- */

static HANDLE port;

static DWORD WINAPI takes_packets(void *arg)
{
	OVERLAPPED *o;
	ULONG_PTR key;
	DWORD n;

	InterlockedIncrement(&arrived);
	return GetQueuedCompletionStatus(port, &n, &key, &o, INFINITE) + (arg != NULL);
}

static DWORD WINAPI takes_from_queue(void *arg)
{
	AcquireSRWLockExclusive(&south);
	InterlockedIncrement(&arrived);
	while (!arg)
		SleepConditionVariableSRW(&filled, &south, INFINITE, 0);
	ReleaseSRWLockExclusive(&south);
	return 0;
}

static DWORD WINAPI waits_to_be_told(void *arg)
{
	InterlockedIncrement(&arrived);
	return WaitForMultipleObjects(2, tell, FALSE, INFINITE) + (arg != NULL);
}

static DWORD WINAPI listens(void *arg)
{
	HANDLE pipe = make_pipe("\\\\.\\pipe\\waits-server");

	InterlockedIncrement(&arrived);
	return ConnectNamedPipe(pipe, NULL) + (arg != NULL);
}

static void server(void)
{
	static TP_CALLBACK_ENVIRON env;

	make_pool(&env, 4);
	port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 2);
	for (int i = 0; i < 4; i++) {
		submit((void *)nothing, NULL, &env);
		subject_thread(takes_packets, NULL);
		subject_thread(takes_from_queue, NULL);
	}
	subject_thread(waits_to_be_told, NULL);
	subject_thread(listens, NULL);
	wait_for_arrivals(14);
}

static const struct {
	const char *word;
	void (*run)(void);
} words[] = {
	{ "mixed", mixed }, { "join", join }, { "multiple", multiple }, { "recursive", recursive }, { "srw", srw },
	{ "orphan", orphan }, { "event", event }, { "condition", condition }, { "address", address },
	{ "suspended", suspended }, { "loader", loader }, { "pool", pool }, { "pipe", ask_process },
	{ "child", ask_child }, { "server", server },
};

static void prepare(void)
{
	InitializeCriticalSection(&ledger);
	journal = CreateMutexA(NULL, FALSE, "waits-journal");
	cellar = CreateMutexA(NULL, FALSE, NULL);
	never = CreateEventA(NULL, TRUE, FALSE, "waits-never");
	tell[0] = CreateEventA(NULL, TRUE, FALSE, NULL);
	tell[1] = CreateSemaphoreA(NULL, 0, 9, NULL);
	owners = owners_of(GetCurrentProcessId(), TRUE);
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		serve(argv[2]);
	if (argc != 2)
		return 2;
	prepare();
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(words[i].word, argv[1]) != 0)
			continue;
		words[i].run();
		subject_ready();
	}
	return 2;
}
