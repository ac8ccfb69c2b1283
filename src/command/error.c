/* SPDX-License-Identifier: MIT */
/* !error: what a number means as an error code. */
#include "command/command.h"

#include "os/linux/signals.h"
#include "os/windows/status.h"

static const struct field code_fields[] = {
	{ "kind_of_value", FIELD_STR, "Win32, NTSTATUS, HRESULT or errno" },
	{ "value", FIELD_HEX, "the code" },
	{ "name", FIELD_STR, "its name" },
	{ "text", FIELD_STR, "what it means" },
	{ NULL },
};
static const struct record code_record = {
	.kind = "error_code",
	.help = "an error code and its name",
	.fields = code_fields,
	.text = "Error code: ({kind_of_value}) 0x{value:x} ({value:d}) - {name|<Unable to get error code text>}[: {text}]\n",
};

static struct err *emit(struct out *o, const char *kind, uint64_t value, const char *name, const char *text)
{
	out_begin(o, &code_record);
	out_str(o, "kind_of_value", kind);
	out_uint(o, "value", value);
	out_str(o, "name", name);
	out_name(o, "text", text);
	return out_end(o);
}

static struct err *emit_status(struct out *o, uint32_t code)
{
	const struct status *status = status_find(code);

	return emit(o, "NTSTATUS", code, status_name(code), status ? status->text : NULL);
}

/* Small numbers are Win32 errors. 8....... may be a warning's NTSTATUS, but
 * is nearly always an HRESULT. */
static struct err *emit_windows(struct out *o, uint32_t code)
{
	if (code < 0x10000)
		return emit(o, "Win32", code, win32_error_name(code), NULL);
	if (code >> 28 == 8 && (hresult_name(code) || !status_name(code)))
		return emit(o, "HRESULT", code, hresult_name(code), NULL);
	if (status_name(code) || !hresult_name(code))
		return emit_status(o, code);
	return emit(o, "HRESULT", code, hresult_name(code), NULL);
}

static struct err *run_error(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	uint64_t value, as_status = 0;

	if (!*p)
		return usage_error(args, "an error code is missing");
	TRY(expr_parse(s, &p, &value));
	if (*p)
		TRY(expr_parse(s, &p, &as_status));
	TRY(end_parse(args, p));
	if (as_status)
		return emit_status(o, (uint32_t)value);
	if (session_target(s) && !target_is_windows(session_target(s)))
		return emit(o, "errno", value, linux_errno_name((int32_t)(uint32_t)value),
			    linux_errno_text((int32_t)(uint32_t)value));
	return emit_windows(o, (uint32_t)value);
}

static const struct record *const code_records[] = { &code_record, NULL };

const struct command command_error = {
	.name = "!error",
	.summary = "tell what an error code means",
	.usage = "code [1]",
	.help = "The code is an expression, hexadecimal as usual: !error 5, !error 0n1450,\n"
		"!error c0000005. What kind of code it is is seen from its value: Win32, HRESULT or\n"
		"NTSTATUS; 1 behind it says that it is an NTSTATUS. In a Linux dump it is an errno.",
	.records = code_records,
	.run = run_error,
};
