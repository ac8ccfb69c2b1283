/* SPDX-License-Identifier: MIT */
/* Codes that dumps carry: see status.h. */
#include "os/windows/status.h"

#include "base/cleanup.h"

static const struct status statuses[] = {
	{ 0x00000000, "STATUS_SUCCESS", "" },
	{ 0x00000080, "STATUS_ABANDONED_WAIT_0", "" },
	{ 0x000000c0, "STATUS_USER_APC", "" },
	{ 0x00000102, "STATUS_TIMEOUT", "" },
	{ 0x00000103, "STATUS_PENDING", "" },
	{ 0x40000015, "STATUS_FATAL_APP_EXIT", "Fatal application exit" },
	{ 0x40010005, "DBG_CONTROL_C", "Control-C exception" },
	{ 0x40010006, "DBG_PRINTEXCEPTION_C", "Debug print" },
	{ 0x40010007, "DBG_RIPEXCEPTION", "RIP exception" },
	{ 0x40010008, "DBG_CONTROL_BREAK", "Control-Break exception" },
	{ 0x4001000a, "DBG_PRINTEXCEPTION_WIDE_C", "Debug print" },
	{ 0x406d1388, "MS_VC_EXCEPTION", "Thread name" },
	{ 0x4000001f, "STATUS_WX86_BREAKPOINT", "WOW64 breakpoint" },
	{ 0x4000001e, "STATUS_WX86_SINGLE_STEP", "WOW64 single step" },
	{ 0x80000001, "STATUS_GUARD_PAGE_VIOLATION", "Guard page violation" },
	{ 0x80000002, "STATUS_DATATYPE_MISALIGNMENT", "Data misaligned" },
	{ 0x80000003, "STATUS_BREAKPOINT", "Break instruction exception" },
	{ 0x80000004, "STATUS_SINGLE_STEP", "Single step exception" },
	{ 0x80000005, "STATUS_BUFFER_OVERFLOW", "" },
	{ 0x80000007, "STATUS_WAKE_SYSTEM_DEBUGGER", "Wake debugger" },
	{ 0xc0000001, "STATUS_UNSUCCESSFUL", "" },
	{ 0xc0000002, "STATUS_NOT_IMPLEMENTED", "" },
	{ 0xc0000005, "STATUS_ACCESS_VIOLATION", "Access violation" },
	{ 0xc0000006, "STATUS_IN_PAGE_ERROR", "In-page I/O error" },
	{ 0xc0000008, "STATUS_INVALID_HANDLE", "Invalid handle" },
	{ 0xc000000d, "STATUS_INVALID_PARAMETER", "Invalid parameter" },
	{ 0xc0000017, "STATUS_NO_MEMORY", "Out of memory" },
	{ 0xc000001d, "STATUS_ILLEGAL_INSTRUCTION", "Illegal instruction" },
	{ 0xc0000022, "STATUS_ACCESS_DENIED", "" },
	{ 0xc0000023, "STATUS_BUFFER_TOO_SMALL", "" },
	{ 0xc0000025, "STATUS_NONCONTINUABLE_EXCEPTION", "Exception cannot be continued" },
	{ 0xc0000026, "STATUS_INVALID_DISPOSITION", "Invalid disposition" },
	{ 0xc0000034, "STATUS_OBJECT_NAME_NOT_FOUND", "" },
	{ 0xc000008c, "STATUS_ARRAY_BOUNDS_EXCEEDED", "Array bounds exceeded" },
	{ 0xc000008d, "STATUS_FLOAT_DENORMAL_OPERAND", "Floating-point denormal operand" },
	{ 0xc000008e, "STATUS_FLOAT_DIVIDE_BY_ZERO", "Floating-point division by zero" },
	{ 0xc000008f, "STATUS_FLOAT_INEXACT_RESULT", "Floating-point inexact result" },
	{ 0xc0000090, "STATUS_FLOAT_INVALID_OPERATION", "Floating-point invalid operation" },
	{ 0xc0000091, "STATUS_FLOAT_OVERFLOW", "Floating-point overflow" },
	{ 0xc0000092, "STATUS_FLOAT_STACK_CHECK", "Floating-point stack check" },
	{ 0xc0000093, "STATUS_FLOAT_UNDERFLOW", "Floating-point underflow" },
	{ 0xc0000094, "STATUS_INTEGER_DIVIDE_BY_ZERO", "Integer divide-by-zero" },
	{ 0xc0000095, "STATUS_INTEGER_OVERFLOW", "Integer overflow" },
	{ 0xc0000096, "STATUS_PRIVILEGED_INSTRUCTION", "Privileged instruction" },
	{ 0xc000009a, "STATUS_INSUFFICIENT_RESOURCES", "Insufficient resources" },
	{ 0xc00000fd, "STATUS_STACK_OVERFLOW", "Stack overflow" },
	{ 0xc0000135, "STATUS_DLL_NOT_FOUND", "DLL not found" },
	{ 0xc0000138, "STATUS_ORDINAL_NOT_FOUND", "Ordinal not found" },
	{ 0xc0000139, "STATUS_ENTRYPOINT_NOT_FOUND", "Entry point not found" },
	{ 0xc000013a, "STATUS_CONTROL_C_EXIT", "Control-C exit" },
	{ 0xc0000142, "STATUS_DLL_INIT_FAILED", "DLL initialization failed" },
	{ 0xc0000144, "STATUS_UNHANDLED_EXCEPTION", "Unhandled exception" },
	{ 0xc0000194, "STATUS_POSSIBLE_DEADLOCK", "Possible deadlock" },
	{ 0xc0000264, "STATUS_RESOURCE_NOT_OWNED", "Resource not owned" },
	{ 0xc0000354, "STATUS_DEBUGGER_INACTIVE", "" },
	{ 0xc0000374, "STATUS_HEAP_CORRUPTION", "Heap corruption" },
	{ 0xc0000409, "STATUS_STACK_BUFFER_OVERRUN", "Security check failure or stack buffer overrun" },
	{ 0xc0000417, "STATUS_INVALID_CRUNTIME_PARAMETER", "Invalid parameter to a C runtime function" },
	{ 0xc0000420, "STATUS_ASSERTION_FAILURE", "Assertion failure" },
	{ 0xc0000602, "STATUS_FAIL_FAST_EXCEPTION", "Fail fast" },
	{ 0xc06d007e, "VCPP_EXCEPTION_MODULE_NOT_FOUND", "Delay-loaded module not found" },
	{ 0xc06d007f, "VCPP_EXCEPTION_PROC_NOT_FOUND", "Delay-loaded procedure not found" },
	{ 0xe0434352, "CLR_EXCEPTION", "CLR exception" },
	{ 0xe0434f4d, "CLR_EXCEPTION_V1", "CLR exception" },
	{ 0xe06d7363, "CPP_EXCEPTION", "C++ EH exception" },
};

static const char *const fast_fails[] = {
	"FAST_FAIL_LEGACY_GS_VIOLATION", "FAST_FAIL_VTGUARD_CHECK_FAILURE",
	"FAST_FAIL_STACK_COOKIE_CHECK_FAILURE", "FAST_FAIL_CORRUPT_LIST_ENTRY",
	"FAST_FAIL_INCORRECT_STACK", "FAST_FAIL_INVALID_ARG", "FAST_FAIL_GS_COOKIE_INIT",
	"FAST_FAIL_FATAL_APP_EXIT", "FAST_FAIL_RANGE_CHECK_FAILURE",
	"FAST_FAIL_UNSAFE_REGISTRY_ACCESS", "FAST_FAIL_GUARD_ICALL_CHECK_FAILURE",
	"FAST_FAIL_GUARD_WRITE_CHECK_FAILURE", "FAST_FAIL_INVALID_FIBER_SWITCH",
	"FAST_FAIL_INVALID_SET_OF_CONTEXT", "FAST_FAIL_INVALID_REFERENCE_COUNT", NULL, NULL, NULL,
	"FAST_FAIL_INVALID_JUMP_BUFFER", "FAST_FAIL_MRDATA_MODIFIED",
	"FAST_FAIL_CERTIFICATION_FAILURE", "FAST_FAIL_INVALID_EXCEPTION_CHAIN",
	"FAST_FAIL_CRYPTO_LIBRARY", "FAST_FAIL_INVALID_CALL_IN_DLL_CALLOUT",
	"FAST_FAIL_INVALID_IMAGE_BASE", "FAST_FAIL_DLOAD_PROTECTION_FAILURE",
	"FAST_FAIL_UNSAFE_EXTENSION_CALL",
};

static const struct {
	uint32_t code;
	const char *name;
} win32_errors[] = {
	{ 0, "ERROR_SUCCESS" },		    { 1, "ERROR_INVALID_FUNCTION" },
	{ 2, "ERROR_FILE_NOT_FOUND" },	    { 3, "ERROR_PATH_NOT_FOUND" },
	{ 5, "ERROR_ACCESS_DENIED" },	    { 6, "ERROR_INVALID_HANDLE" },
	{ 8, "ERROR_NOT_ENOUGH_MEMORY" },   { 14, "ERROR_OUTOFMEMORY" },
	{ 18, "ERROR_NO_MORE_FILES" },	    { 32, "ERROR_SHARING_VIOLATION" },
	{ 38, "ERROR_HANDLE_EOF" },	    { 80, "ERROR_FILE_EXISTS" },
	{ 87, "ERROR_INVALID_PARAMETER" },  { 109, "ERROR_BROKEN_PIPE" },
	{ 120, "ERROR_CALL_NOT_IMPLEMENTED" }, { 121, "ERROR_SEM_TIMEOUT" },
	{ 122, "ERROR_INSUFFICIENT_BUFFER" }, { 126, "ERROR_MOD_NOT_FOUND" },
	{ 127, "ERROR_PROC_NOT_FOUND" },    { 183, "ERROR_ALREADY_EXISTS" },
	{ 187, "ERROR_SEM_NOT_FOUND" },     { 203, "ERROR_ENVVAR_NOT_FOUND" },
	{ 231, "ERROR_PIPE_BUSY" },	    { 232, "ERROR_NO_DATA" },
	{ 233, "ERROR_PIPE_NOT_CONNECTED" }, { 234, "ERROR_MORE_DATA" },
	{ 258, "WAIT_TIMEOUT" },	    { 259, "ERROR_NO_MORE_ITEMS" },
	{ 487, "ERROR_INVALID_ADDRESS" },   { 995, "ERROR_OPERATION_ABORTED" },
	{ 996, "ERROR_IO_INCOMPLETE" },	    { 997, "ERROR_IO_PENDING" },
	{ 998, "ERROR_NOACCESS" },	    { 1008, "ERROR_NO_TOKEN" },
	{ 1150, "ERROR_OLD_WIN_VERSION" },  { 1168, "ERROR_NOT_FOUND" },
	{ 1400, "ERROR_INVALID_WINDOW_HANDLE" }, { 1450, "ERROR_NO_SYSTEM_RESOURCES" },
	{ 1455, "ERROR_COMMITMENT_LIMIT" }, { 1460, "ERROR_TIMEOUT" },
	{ 1813, "ERROR_RESOURCE_TYPE_NOT_FOUND" }, { 1814, "ERROR_RESOURCE_NAME_NOT_FOUND" },
	{ 10035, "WSAEWOULDBLOCK" },	    { 10054, "WSAECONNRESET" },
	{ 10060, "WSAETIMEDOUT" },	    { 10061, "WSAECONNREFUSED" },
};

const struct status *status_find(uint32_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		if (statuses[i].code == code)
			return &statuses[i];
	return NULL;
}

const char *fast_fail_name(uint64_t subcode)
{
	return subcode < ARRAY_SIZE(fast_fails) ? fast_fails[subcode] : NULL;
}

const char *win32_error_name(uint32_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(win32_errors); i++)
		if (win32_errors[i].code == code)
			return win32_errors[i].name;
	return NULL;
}
