/* SPDX-License-Identifier: MIT */
/*
 * User-mode structures of Windows whose layout has not changed since NT 5:
 * winnt.h and winternl.h declare the critical section and parts of the PEB and
 * TEB; the rest is what Microsoft's public ntdll.pdb tells (dt ntdll!_PEB), the
 * same in every version from XP to 11 as far as declared here. Only leading
 * members are given; what lies behind them differs between versions and is
 * left to the dump's own symbols.
 */
#include "symbol/pack.h"

static const char processes[] =
"struct _LIST_ENTRY { struct _LIST_ENTRY *Flink; struct _LIST_ENTRY *Blink; };\n"
"struct _UNICODE_STRING { u16 Length; u16 MaximumLength; wchar *Buffer; };\n"
"struct _CLIENT_ID { ptr UniqueProcess; ptr UniqueThread; };\n"
"struct _NT_TIB { ptr ExceptionList; ptr StackBase; ptr StackLimit; ptr SubSystemTib;"
" ptr FiberData; ptr ArbitraryUserPointer; struct _NT_TIB *Self; };\n"
"struct _RTL_CRITICAL_SECTION { struct _RTL_CRITICAL_SECTION_DEBUG *DebugInfo; i32 LockCount;"
" i32 RecursionCount; ptr OwningThread; ptr LockSemaphore; uptr SpinCount; };\n"
"struct _RTL_CRITICAL_SECTION_DEBUG { u16 Type; u16 CreatorBackTraceIndex;"
" struct _RTL_CRITICAL_SECTION *CriticalSection; struct _LIST_ENTRY ProcessLocksList;"
" u32 EntryCount; u32 ContentionCount; u32 Flags; u16 CreatorBackTraceIndexHigh;"
" u16 SpareWORD; };\n"
"struct _PEB_LDR_DATA { u32 Length; u8 Initialized; ptr SsHandle;"
" struct _LIST_ENTRY InLoadOrderModuleList; struct _LIST_ENTRY InMemoryOrderModuleList;"
" struct _LIST_ENTRY InInitializationOrderModuleList; ptr EntryInProgress; };\n"
"struct _LDR_DATA_TABLE_ENTRY { struct _LIST_ENTRY InLoadOrderLinks;"
" struct _LIST_ENTRY InMemoryOrderLinks; struct _LIST_ENTRY InInitializationOrderLinks;"
" ptr DllBase; ptr EntryPoint; u32 SizeOfImage; struct _UNICODE_STRING FullDllName;"
" struct _UNICODE_STRING BaseDllName; u32 Flags; u16 ObsoleteLoadCount; u16 TlsIndex;"
" struct _LIST_ENTRY HashLinks; u32 TimeDateStamp; ... };\n"
"struct _CURDIR { struct _UNICODE_STRING DosPath; ptr Handle; };\n"
"struct _RTL_USER_PROCESS_PARAMETERS { u32 MaximumLength; u32 Length; u32 Flags;"
" u32 DebugFlags; ptr ConsoleHandle; u32 ConsoleFlags; ptr StandardInput; ptr StandardOutput;"
" ptr StandardError; struct _CURDIR CurrentDirectory; struct _UNICODE_STRING DllPath;"
" struct _UNICODE_STRING ImagePathName; struct _UNICODE_STRING CommandLine; ptr Environment;"
" u32 StartingX; u32 StartingY; u32 CountX; u32 CountY; u32 CountCharsX; u32 CountCharsY;"
" u32 FillAttribute; u32 WindowFlags; u32 ShowWindowFlags; struct _UNICODE_STRING WindowTitle;"
" struct _UNICODE_STRING DesktopInfo; struct _UNICODE_STRING ShellInfo;"
" struct _UNICODE_STRING RuntimeData; ... };\n"
"struct _PEB { u8 InheritedAddressSpace; u8 ReadImageFileExecOptions; u8 BeingDebugged;"
" u8 BitField; ptr Mutant; ptr ImageBaseAddress; struct _PEB_LDR_DATA *Ldr;"
" struct _RTL_USER_PROCESS_PARAMETERS *ProcessParameters; ptr SubSystemData; ptr ProcessHeap;"
" struct _RTL_CRITICAL_SECTION *FastPebLock; ptr AtlThunkSListPtr; ptr IFEOKey;"
" u32 CrossProcessFlags; ptr KernelCallbackTable; u32 SystemReserved; u32 AtlThunkSListPtr32;"
" ptr ApiSetMap; u32 TlsExpansionCounter; ptr TlsBitmap; u32 TlsBitmapBits[2];"
" ptr ReadOnlySharedMemoryBase; ptr SharedData; ptr ReadOnlyStaticServerData;"
" ptr AnsiCodePageData; ptr OemCodePageData; ptr UnicodeCaseTableData; u32 NumberOfProcessors;"
" u32 NtGlobalFlag; i64 CriticalSectionTimeout; uptr HeapSegmentReserve;"
" uptr HeapSegmentCommit; uptr HeapDeCommitTotalFreeThreshold; uptr HeapDeCommitFreeBlockThreshold;"
" u32 NumberOfHeaps; u32 MaximumNumberOfHeaps; ptr ProcessHeaps; ptr GdiSharedHandleTable;"
" ptr ProcessStarterHelper; u32 GdiDCAttributeList; struct _RTL_CRITICAL_SECTION *LoaderLock;"
" u32 OSMajorVersion; u32 OSMinorVersion; u16 OSBuildNumber; u16 OSCSDVersion; u32 OSPlatformId;"
" u32 ImageSubsystem; u32 ImageSubsystemMajorVersion; u32 ImageSubsystemMinorVersion; ... };\n"
"struct _TEB { struct _NT_TIB NtTib; ptr EnvironmentPointer; struct _CLIENT_ID ClientId;"
" ptr ActiveRpcHandle; ptr ThreadLocalStoragePointer;"
" struct _PEB *ProcessEnvironmentBlock; u32 LastErrorValue; u32 CountOfOwnedCriticalSections;"
" ptr CsrClientThread; ptr Win32ThreadInfo; u32 User32Reserved[26]; u32 UserReserved[5];"
" ptr WOW32Reserved; u32 CurrentLocale; ... };\n";

const char *const pack_windows[] = { processes, pack_windows_heap_text, pack_windows_wine_text, NULL };
