/* SPDX-License-Identifier: MIT */
/* Blame: see blame.h. */
#include "pattern/blame.h"
#include "target/kernel.h"

#include <string.h>
#include <strings.h>

enum { MAX_FRAMES = 256 };

/* Names of images, without extension; '*' as in str_match. */
static const char *const well_tested[] = {
	"ntdll",	"kernel32",	"kernelbase",	"wow64*",      "ucrtbase*",    "msvcrt",
	"msvcr1*",	"msvcp*",	"vcruntime*",	"user32",      "win32u",       "gdi32*",
	"combase",	"ole32",	"rpcrt4",	"sechost",     "advapi32",     "ws2_32",
	"mswsock",	"verifier",	"dbghelp",	"dbgcore",     "apphelp",      "clr",
	"coreclr",	"mscorwks",	"libc",		"libc-*",      "libpthread*",  "ld-*",
	"ld",		"libstdc++",	"libgcc_s*",	"linux-vdso*", "linux-gate*",  "libm",
	"[vdso]",
	"libm-*",	"librt*",	"libdl*",	"libsystem_*", "libdyld",      "libc++abi",
};

/* "libstdc++.so.6" and "libc.so.6" are libstdc++ and libc. */
static size_t base_length(const char *image)
{
	const char *so = strstr(image, ".so"), *dot = strrchr(image, '.');

	if (so && (!so[3] || so[3] == '.'))
		return (size_t)(so - image);
	if (dot && (strcasecmp(dot, ".dll") == 0 || strcasecmp(dot, ".exe") == 0 ||
		    strcasecmp(dot, ".dylib") == 0))
		return (size_t)(dot - image);
	return strlen(image);
}

bool module_is_well_tested(const struct module *m)
{
	char name[64];
	size_t n = base_length(m->image_name);

	if (n >= sizeof(name))
		return false;
	memcpy(name, m->image_name, n);
	name[n] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(well_tested); i++)
		if (str_match(well_tested[i], name, true))
			return true;
	return false;
}

const struct frame *stack_find(const struct stack *s, size_t depth, const char *const *names)
{
	for (size_t i = 0; s && i < s->n && i < depth; i++)
		for (size_t k = 0; names[k] && s->frames[i].function; k++)
			if (str_match(names[k], s->frames[i].function, false))
				return &s->frames[i];
	return NULL;
}

/* Where a jump led that could not be executed: who jumped is the next one. */
static bool was_jumped_to(const struct fault *f, const struct frame *frame)
{
	return f->class == FAULT_ACCESS && f->access == ACCESS_EXECUTE && f->has_address && frame->ip == f->address;
}

/* In a kernel: who only puts tasks to sleep, or has failures reported. */
static const char *const kernel_tools[] = {
	"__schedule*", "schedule*", "io_schedule*", "preempt_schedule*", "*mutex_lock*", "rwsem_*", "down_read*", "down_write*", "down",
	"down_*", "__down*", "rt_mutex*", "__rt_mutex*", "percpu_*", "__percpu_*", "rwbase_*", "wait_for_*", "__wait_for_*", "do_wait_for_*",
	"*wait_on_bit*", "folio_wait_*", "futex_*", "__futex_*", "__switch_to*", "panic", "vpanic", "oops_*", "__crash_kexec", "crash_*", "die",
	"__die*", "no_context", "page_fault_oops", "kernelmode_fixup_or_oops", "exc_*", "asm_exc_*", "do_error_trap", "do_trap", "__warn*",
	"report_bug", "handle_bug", "dump_stack*", NULL,
};

static bool is_kernel_tool(const struct frame *f)
{
	for (size_t i = 0; kernel_tools[i] && f->function; i++)
		if (str_match(kernel_tools[i], f->function, false))
			return true;
	return !f->function;
}

/* What was loaded into the kernel is looked at before the kernel itself. */
static const struct frame *kernel_suspect(const struct stack *s, const char **why)
{
	const struct frame *known = NULL;

	for (size_t i = 0; i < s->n; i++) {
		const struct frame *f = &s->frames[i];

		if (!f->symbol.module)
			continue;
		if (f->symbol.module->kernel_module) {
			*why = "the first frame in a module that was loaded into the kernel";
			return f;
		}
		if (!known && !is_kernel_tool(f))
			known = f;
	}
	*why = known ? "no frame lies in a loaded module: the first behind the scheduler and the locks" : "no frame is of any help";
	return known ? known : s->n && s->frames[0].symbol.module ? &s->frames[0] : NULL;
}

static const struct frame *first_suspect(const struct stack *s, const struct fault *fault, const char **why)
{
	const struct frame *known = NULL;

	for (size_t i = 0; i < s->n; i++) {
		const struct frame *f = &s->frames[i];

		if (!f->symbol.module)
			continue;
		if (!known)
			known = f;
		if (module_is_well_tested(f->symbol.module) || (!i && was_jumped_to(fault, f)))
			continue;
		*why = i ? "the first frame outside of the system's and run-time libraries"
			 : "the instruction is in it";
		return f;
	}
	*why = known ? "no frame is outside of the system's and run-time libraries: the innermost"
	       : s->n ? "no frame lies in a module"
		      : "there is no stack";
	return known;
}

void blame_find(struct target *t, const struct fault *fault, struct thread *th, struct arena *a,
		struct blame *ret)
{
	struct stack_options options = { .max_frames = MAX_FRAMES };
	struct stack *stack = ARENA_NEW(a, struct stack);

	*ret = (struct blame){ .module = "", .function = "", .why = "there is no stack" };
	if (!th && fault->has_regs)
		options.start = &fault->regs;
	if (!th)
		th = fault->thread ? fault->thread : target_event_thread(t);
	if (options.start && options.start->arch->pointer_size < target_arch(t)->pointer_size)
		options.half = HALF_WOW;
	ret->thread = th;
	if (!stack)
		return;
	ret->stack = stack;
	if (!th || err_ignore(stack_walk(t, th, &options, a, stack))) {
		*stack = (struct stack){ 0 };
		return;
	}
	ret->frame = target_kernel(t) ? kernel_suspect(stack, &ret->why) : first_suspect(stack, fault, &ret->why);
	if (ret->frame) {
		ret->module = ret->frame->symbol.module->name;
		ret->function = ret->frame->function ? ret->frame->function : "";
	}
}
