/* SPDX-License-Identifier: MIT */
/*
 * Names of stream types. 0 to 24 and the ce* block: MINIDUMP_STREAM_TYPE in
 * minidumpapiset.h; 0x4767....: Breakpad's minidump_format.h; 0x4350....:
 * Crashpad's minidump_extensions.h; 0xface....: MinidumpConstants.def of LLVM.
 */
#include "format/minidump.h"

static const struct {
	uint32_t type;
	const char *name;
} names[] = {
	{ 0, "UnusedStream" },
	{ 1, "ReservedStream0" },
	{ 2, "ReservedStream1" },
	{ 3, "ThreadListStream" },
	{ 4, "ModuleListStream" },
	{ 5, "MemoryListStream" },
	{ 6, "ExceptionStream" },
	{ 7, "SystemInfoStream" },
	{ 8, "ThreadExListStream" },
	{ 9, "Memory64ListStream" },
	{ 10, "CommentStreamA" },
	{ 11, "CommentStreamW" },
	{ 12, "HandleDataStream" },
	{ 13, "FunctionTableStream" },
	{ 14, "UnloadedModuleListStream" },
	{ 15, "MiscInfoStream" },
	{ 16, "MemoryInfoListStream" },
	{ 17, "ThreadInfoListStream" },
	{ 18, "HandleOperationListStream" },
	{ 19, "TokenStream" },
	{ 20, "JavaScriptDataStream" },
	{ 21, "SystemMemoryInfoStream" },
	{ 22, "ProcessVmCountersStream" },
	{ 23, "IptTraceStream" },
	{ 24, "ThreadNamesStream" },
	{ 0x8000, "ceStreamNull" },
	{ 0x8001, "ceStreamSystemInfo" },
	{ 0x8002, "ceStreamException" },
	{ 0x8003, "ceStreamModuleList" },
	{ 0x8004, "ceStreamProcessList" },
	{ 0x8005, "ceStreamThreadList" },
	{ 0x8006, "ceStreamThreadContextList" },
	{ 0x8007, "ceStreamThreadCallStackList" },
	{ 0x8008, "ceStreamMemoryVirtualList" },
	{ 0x8009, "ceStreamMemoryPhysicalList" },
	{ 0x800a, "ceStreamBucketParameters" },
	{ 0x800b, "ceStreamProcessModuleMap" },
	{ 0x800c, "ceStreamDiagnosisList" },
	{ 0xffff, "LastReservedStream" },
	{ 0x43500001, "CrashpadInfoStream" },
	{ 0x47670001, "BreakpadInfoStream" },
	{ 0x47670002, "AssertionInfoStream" },
	{ 0x47670003, "LinuxCpuInfoStream" },
	{ 0x47670004, "LinuxProcStatusStream" },
	{ 0x47670005, "LinuxLsbReleaseStream" },
	{ 0x47670006, "LinuxCmdLineStream" },
	{ 0x47670007, "LinuxEnvironStream" },
	{ 0x47670008, "LinuxAuxvStream" },
	{ 0x47670009, "LinuxMapsStream" },
	{ 0x4767000a, "LinuxDsoDebugStream" },
	{ 0x4b6b0002, "StabilityReportStream" },
	{ 0x4c4c4442, "LLDBGeneratedStream" },
	{ 0x4d7a0001, "MozMacosCrashInfoStream" },
	{ 0x4d7a0002, "MozMacosBootArgsStream" },
	{ 0x4d7a0003, "MozLinuxLimitsStream" },
	{ 0x4d7a0004, "MozSoftErrorsStream" },
	{ 0xfacecafa, "FacebookAppCustomDataStream" },
	{ 0xfacecafb, "FacebookBuildIDStream" },
	{ 0xfacecafc, "FacebookAppVersionNameStream" },
	{ 0xfacecafd, "FacebookJavaStackStream" },
	{ 0xfacecafe, "FacebookDalvikInfoStream" },
	{ 0xfacecaff, "FacebookUnwindSymbolsStream" },
	{ 0xfacecb00, "FacebookDumpErrorLogStream" },
	{ 0xfacecccc, "FacebookAppStateLogStream" },
	{ 0xfacedead, "FacebookAbortReasonStream" },
	{ 0xfacee000, "FacebookThreadNameStream" },
};

const char *md_stream_name(uint32_t type)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].type == type)
			return names[i].name;
	return "";
}
