/* SPDX-License-Identifier: MIT */
/* Code in no module: threads that run, or have to return into, memory that no image is in. */
#include "pattern/facts.h"
#include "pattern/pattern.h"
#include "target/regions.h"

#include <inttypes.h>
#include <string.h>

enum { EXECUTE = 0xf0, MAX_FOUND = 32, MAX_SHOWN = 8 };

/* Images of runtimes that make code, without which such memory is odd. '*' as in str_match. */
static const char *const compilers[] = {
	"clr.dll",	 "coreclr.dll",	   "libcoreclr.so", "mscorwks.dll", "mscorsvr.dll",  "clrjit*",	    "libclrjit*",
	"mono*",	 "libmono*",	   "jvm.dll",	    "libjvm.so",    "j9*.dll",	     "libj9*",	    "node*",
	"libnode*",	 "v8*.dll",	   "libv8*",	    "d8*",	    "chrome*",	     "msedge*",	    "electron*",
	"libcef*",	 "xul.dll",	   "libxul.so",	    "mozjs*",	    "libmozjs*",     "jscript*.dll", "chakra*.dll",
	"*javascriptcore*", "*webkit*",	   "qt*qml*",	    "libqt*qml*",   "luajit*",	     "libluajit*",  "lua51.dll",
	"pypy*",	 "libpypy*",	   "libjulia*",	    "libllvm*",	    "llvm*",	     "opcache.so",  "php_opcache.dll",
	"libruby*",	 "beam.smp*",	   "qemu-*",	    "*wasmtime*",   "*valgrind*",    "vgpreload*",  "*dynamorio*",
	"pinvm*",	 "libpin*",	   "*pcre*",	    "npswf*",	    "flash*.ocx",    "nvoglv*",	    "libnvidia-*",
	"*swrast_dri.so", "*frida*",	   "rr*",	    "*gallium*",
};

struct wild {
	struct thread *thread;
	const struct stack_place *frame;
	size_t index;		/* of the frame */
	struct region region;
	bool has_region;
	bool doubtful;		/* found by frame pointers behind code without unwind data */
};

static bool has_compiler(struct target *t)
{
	struct module **v;
	size_t n = target_modules(t, &v);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < ARRAY_SIZE(compilers); k++)
			if (str_match(compilers[k], v[i]->image_name, true))
				return true;
	return false;
}

static bool is_executable(const struct region *r)
{
	return r->has_state ? (r->protect & EXECUTE) != 0 : r->has_prot && (r->prot & DUMP_PROT_X);
}

/* "[vdso]", "[uprobes]"; files of memory that say what they are for; other files are images whose headers are not in the dump. */
static bool is_explained(const struct region *r)
{
	if (!r->path || !*r->path)
		return false;
	return !(str_starts(r->path, "/memfd:") || str_starts(r->path, "/dev/")) || strstr(r->path, "doublemapper") ||
	       strstr(r->path, "jit");
}

/* Where the thread stands was executed; of a return address the memory must say that it may be. */
static bool is_wild(struct pattern_run *run, const struct stack_place *f, struct wild *w)
{
	const struct fault *fault = facts_fault(run->facts);
	struct target *t = run->target;
	const char *name;
	uint64_t offset;
	uint8_t byte;

	if (f->module || target_module_at(t, f->ip) || target_unloaded_at(t, f->ip, &name, &offset) ||
	    (fault->class == FAULT_ACCESS && fault->has_address && fault->address == f->ip))
		return false;
	w->frame = f;
	w->has_region = !err_ignore(target_region_at(t, f->ip, &w->region));
	if (w->has_region && (w->region.usage == USAGE_IMAGE || is_explained(&w->region)))
		return false;
	if (!target_memory(t)->read(target_memory(t)->arg, f->ip, &byte, 1))
		return false;
	return w->has_region && (w->region.has_state || w->region.has_prot) ? is_executable(&w->region) : w->index == 0;
}

/* Only what unwinding by rules led to: a word that a scan found may be left from earlier. */
static bool find_in(struct pattern_run *run, const struct thread_stack *s, struct wild *w)
{
	*w = (struct wild){ .thread = s->thread };
	for (; w->index < s->n && !s->places[w->index].scanned; w->index++) {
		if (is_wild(run, &s->places[w->index], w))
			return true;
		w->doubtful |= s->places[w->index].guessed;
	}
	return false;
}

static const char *memory_text(struct pattern_run *run, const struct wild *w)
{
	if (!w->has_region)
		return "memory of which the dump tells nothing";
	if (w->region.path && *w->region.path)
		return run_text(run, "memory of the file %s", w->region.path);
	return run_text(run, "%smemory of %" PRIu64 " kB at 0x%" PRIx64, w->region.usage == USAGE_STACK ? "stack " : "private ",
			w->region.size >> 10, w->region.base);
}

static bool same_memory(const struct wild *x, const struct wild *y)
{
	if (x->has_region && y->has_region)
		return x->region.base == y->region.base;
	return x->frame->ip == y->frame->ip;
}

static void show(struct pattern_run *run, struct finding *f, const struct wild *w)
{
	const char *code = run_text(run, "u 0x%" PRIx64 " L1", w->frame->ip);

	finding_thread(run, f, w->thread);
	evidence_stack(run, f, w->thread, "frame %zu of %s is at 0x%" PRIx64, w->index, run_thread_text(run, w->thread),
		       w->frame->ip);
	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = w->frame->ip, .command = code, .windbg = code,
					   .gdb = run_text(run, "x/1i 0x%" PRIx64, w->frame->ip) },
		       "the code there");
}

static void show_memory(struct pattern_run *run, struct finding *f, const struct wild *w)
{
	const char *command = run_text(run, "!address 0x%" PRIx64, w->frame->ip);

	if (w->has_region)
		evidence_other(run, f,
			       &(struct evidence){ .has_address = true, .address = w->region.base, .command = command,
						   .windbg = command, .gdb = "info proc mappings" },
			       "%s", memory_text(run, w));
	else
		finding_unread(run, f, "what memory there is at 0x%" PRIx64, w->frame->ip);
}

static void tell(struct pattern_run *run, const struct wild *v, size_t n, size_t first)
{
	const struct wild *w = &v[first];
	size_t threads = 0, shown = 0;
	struct finding *f;

	for (size_t i = first; i < n; i++)
		threads += same_memory(w, &v[i]);
	f = finding_add(run, SEVERITY_WARNING, w->doubtful ? 70 : w->index ? 80 : 88, "%s %s 0x%" PRIx64 ", which is in no module: %s%s.",
			run_thread_text(run, w->thread), w->index ? "will return to code at" : "runs code at", w->frame->ip,
			memory_text(run, w), threads > 1 ? run_text(run, "; %zu threads are there", threads) : "");
	for (size_t i = first; i < n && shown < MAX_SHOWN; i++)
		if (same_memory(w, &v[i])) {
			show(run, f, &v[i]);
			shown++;
		}
	show_memory(run, f, w);
}

static bool was_told(const struct wild *v, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (same_memory(&v[k], &v[i]))
			return true;
	return false;
}

static struct err *match(struct pattern_run *run)
{
	const struct stacks *stacks = NULL;
	struct wild v[MAX_FOUND];
	struct module **modules;
	size_t n = 0;

	if (!target_modules(run->target, &modules)) /* the dump does not tell what is in one */
		return NULL;
	TRY(facts_stacks(run->facts, &stacks));
	for (size_t i = 0; i < stacks->n && n < MAX_FOUND; i++) {
		TRY(run_check(run));
		n += find_in(run, &stacks->v[i], &v[n]);
	}
	if (!n || has_compiler(run->target))
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (!was_told(v, i))
			tell(run, v, n, i);
	return NULL;
}

static const char *const explains[] = { "exception.wild-pointer", "exception.illegal-instruction", NULL };

const struct pattern pattern_wild_code = {
	.id = "module.wild-code",
	.title = "Code in no module",
	.category = CATEGORY_MODULE,
	.definition = "A thread runs code, or has to return to code, in memory that belongs to no module.",
	.context = "Code that was injected, copied or unpacked; hooks; a module that took itself off the loader's lists; a return address that "
		   "was overwritten.",
	.criterion = "The instruction pointer, or a return address that unwinding by rules led to, is in memory that can be executed and in no "
		     "module, loaded or unloaded; and no runtime is loaded that is known to make code.",
	.false_positives = "Compilers at run time that are linked into the program itself and so cannot be seen; emulators.",
	.recommendation = "Look at the code (u) and at what is around it (!address, db). module.hidden tells if the header of an image is there.",
	.needs = NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
