/* SPDX-License-Identifier: MIT */
/*
 * What the dump is, and the fields of WinDbg's !analyze: see report.h. Names and
 * forms of the fields as Microsoft's documentation of !analyze has them, so that
 * scripts find what they look for; what such a field cannot mean here is absent.
 */
#include "report/report.h"
#include "target/kernel.h"

#include <inttypes.h>

static const struct field quality_fields[] = {
	{ "title", FIELD_STR, "kind of the dump" },
	{ "writer", FIELD_STR, "tool that wrote it" },
	{ "machine", FIELD_STR, "processor" },
	{ "wow64", FIELD_BOOL, "a 32-bit process in a 64-bit dump" },
	{ "consistency", FIELD_STR, "of a snapshot: instantaneous, quasi-instantaneous or smeared" },
	{ "memory", FIELD_SIZE, "bytes in the file" },
	{ "memory_listed", FIELD_SIZE, "bytes that the file lists" },
	{ "threads", FIELD_UINT, "threads" },
	{ "threads_with_registers", FIELD_UINT, "threads whose registers are there" },
	{ "threads_with_stack", FIELD_UINT, "threads whose stack is there" },
	{ "damages", FIELD_UINT, "damages that reading met" },
	{ NULL },
};
const struct record report_quality_record = {
	.kind = "dump_quality",
	.help = "what the dump has",
	.fields = quality_fields,
	.text = "\nDump: {title}[, written by {writer}]; {machine}\n"
		"      {memory:S} of memory[ of {memory_listed:S} that it lists]; {threads} threads, "
		"{threads_with_registers} with registers, {threads_with_stack} with their stack[; {damages} damages]\n",
};

struct err *report_quality(const struct analysis *an, struct out *o)
{
	const struct dump_facts *f = target_facts(an->target);
	const struct dump_snapshot *s = NULL;
	const struct dump_defect *defects;
	const struct coverage *c = NULL;
	size_t n = dump_defects(target_dump(an->target), &defects);

	TRY(facts_coverage(an->facts, &c));
	out_begin(o, &report_quality_record);
	out_str(o, "title", f->title);
	out_name(o, "writer", f->writer);
	out_str(o, "machine", machine_name(f->machine));
	out_bool(o, "wow64", target_has_wow(an->target));
	if (!err_ignore(dump_snapshot(target_dump(an->target), &s)) && s)
		out_name(o, "consistency", consistency_name(s->consistency));
	out_uint(o, "memory", c->present);
	if (c->stated != c->present)
		out_uint(o, "memory_listed", c->stated);
	out_uint(o, "threads", c->threads);
	out_uint(o, "threads_with_registers", c->with_registers);
	out_uint(o, "threads_with_stack", c->with_stack);
	if (n)
		out_uint(o, "damages", n);
	return out_end(o);
}

static const struct field fault_fields[] = {
	{ "process_name", FIELD_STR, "PROCESS_NAME" },
	{ "fault", FIELD_STR, "what sort of exception or signal" },
	{ "exception_code", FIELD_HEX, "EXCEPTION_CODE: exception, or number of the signal" },
	{ "exception_name", FIELD_STR, "its name" },
	{ "faulting_ip", FIELD_SYM, "FAULTING_IP" },
	{ "access", FIELD_STR, "read, write or execute" },
	{ "fault_address", FIELD_ADDR, "address that was accessed" },
	{ "address_class", FIELD_STR, "what lies there" },
	{ "faulting_thread", FIELD_HEX, "FAULTING_THREAD: id of the thread whose stack follows" },
	{ "thread", FIELD_UINT, "the debugger's number of it" },
	{ "bugcheck_str", FIELD_STR, "BUGCHECK_STR" },
	{ "default_bucket_id", FIELD_STR, "DEFAULT_BUCKET_ID" },
	{ "symbol_name", FIELD_STR, "SYMBOL_NAME: the frame that is blamed" },
	{ "module_name", FIELD_STR, "MODULE_NAME: its module" },
	{ "image_name", FIELD_STR, "IMAGE_NAME: the module's file" },
	{ "blame_why", FIELD_STR, "why that frame" },
	{ "failure_bucket_id", FIELD_STR, "FAILURE_BUCKET_ID: equal for equal failures" },
	{ NULL },
};
const struct record report_fault_record = {
	.kind = "analysis_fault",
	.help = "the fault, the frame that is blamed and the bucket, in the words of WinDbg's !analyze",
	.fields = fault_fields,
	.text = "\n[PROCESS_NAME:  {process_name}\n\n]"
		"[FAULTING_IP:\n{faulting_ip}\n\n]"
		"[EXCEPTION_CODE: ({exception_name|unknown}) 0x{exception_code:x} - {fault}\n\n]"
		"[FAULT_ADDRESS:  {fault_address:w}, {address_class}\n\n]"
		"[FAULTING_THREAD:  {faulting_thread:08x}\n\n]"
		"[BUGCHECK_STR:  {bugcheck_str}\n\n]"
		"[DEFAULT_BUCKET_ID:  {default_bucket_id}\n\n]"
		"[SYMBOL_NAME:  {symbol_name}\n\n][MODULE_NAME:  {module_name}\n\n][IMAGE_NAME:  {image_name}\n\n]"
		"[BLAMED_BECAUSE:  {blame_why}\n\n]"
		"[FAILURE_BUCKET_ID:  {failure_bucket_id}\n\n]",
};

static void emit_ip(const struct analysis *an, const struct fault *f, struct out *o)
{
	uint64_t ip = f->has_regs ? regs_ip(&f->regs) : 0;
	struct symbol_hit hit;

	if (!f->has_regs)
		return;
	target_symbol_at(an->target, ip, &hit);
	out_sym(o, "faulting_ip", hit.module ? hit.module->name : NULL, hit.symbol.name, hit.displacement, ip);
}

static void emit_exception(const struct analysis *an, const struct fault *f, struct out *o)
{
	if (f->class == FAULT_NONE)
		return;
	out_str(o, "fault", fault_class_name(f->class));
	out_uint(o, "exception_code", f->record->code);
	out_name(o, "exception_name", f->name);
	emit_ip(an, f, o);
	out_str(o, "access", fault_access_name(f->access));
	if (f->has_address) {
		out_addr(o, "fault_address", f->address);
		out_str(o, "address_class", fault_place_text(f->place));
	}
}

const char *report_process_name(const struct analysis *an)
{
	struct module **modules;
	size_t n = target_modules(an->target, &modules);
	const struct dump_module *first = NULL;
	size_t n_listed = 0;

	if (*target_facts(an->target)->process_name)
		return target_facts(an->target)->process_name;
	if (!target_is_windows(an->target) || err_ignore(dump_modules(target_dump(an->target), &first, &n_listed)))
		return "";
	return n_listed && n ? str_basename(first->path) : "";
}

static bool hangs(const struct report_focus *x)
{
	return x->top && x->top->pattern->category >= CATEGORY_WAIT;
}

/* "NULL_POINTER_READ_c0000005_demo.exe!main": without offsets, so that builds meet. */
void report_add_bucket(const struct analysis *an, const struct report_focus *x, struct strbuf *sb)
{
	const struct fault *f = facts_fault(an->facts);
	const struct module *m = x->blame->frame ? x->blame->frame->symbol.module : NULL;

	if (!*x->bucket)
		return;
	strbuf_adds(sb, x->bucket);
	if (!hangs(x) && f->class != FAULT_NONE && target_is_windows(an->target))
		strbuf_addf(sb, "_%08x", f->record->code);
	else if (!hangs(x) && *f->name)
		strbuf_addf(sb, "_%s", f->name);
	strbuf_addf(sb, "_%s!%s", m ? m->image_name : "unknown", *x->blame->function ? x->blame->function : "unknown");
}

static struct err *emit_bucket(const struct analysis *an, const struct report_focus *x, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	if (!*x->bucket)
		return NULL;
	report_add_bucket(an, x, &sb);
	TRY(strbuf_check(&sb));
	out_strf(o, "bugcheck_str", "%s_%s_%s", target_kernel(an->target) ? "KERNEL" : "APPLICATION", hangs(x) ? "HANG" : "FAULT", x->bucket);
	out_str(o, "default_bucket_id", x->bucket);
	out_str(o, "failure_bucket_id", sb.s);
	return NULL;
}

struct err *report_fault(const struct analysis *an, const struct report_focus *x, struct out *o)
{
	const struct frame *frame = x->blame->frame;

	out_begin(o, &report_fault_record);
	out_name(o, "process_name", report_process_name(an));
	emit_exception(an, facts_fault(an->facts), o);
	if (x->blame->thread) {
		out_uint(o, "faulting_thread", x->blame->thread->tid);
		out_uint(o, "thread", x->blame->thread->index);
	}
	TRY(emit_bucket(an, x, o));
	if (frame) {
		if (frame->function)
			out_strf(o, "symbol_name", "%s!%s+%" PRIx64, x->blame->module, frame->function,
				 frame->displacement);
		out_str(o, "module_name", x->blame->module);
		out_str(o, "image_name", frame->symbol.module->image_name);
	}
	out_str(o, "blame_why", x->blame->why);
	return out_end(o);
}
