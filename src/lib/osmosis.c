/* SPDX-License-Identifier: MIT */
/*
 * The public API over the layers. Structures that the library fills in are
 * built whole here and copied out up to the size that the caller was compiled
 * with, so that fields can be added behind.
 */
#include "lib/lib_impl.h"

#include "base/cancel.h"
#include "command/session.h"
#include "target/target.h"

#include <stdlib.h>
#include <string.h>

struct osm_dump {
	struct dump *dump;
	struct target *target;
	struct session *session;
};

/* An osm_error is our error object; the codes are the same numbers. */
_Static_assert((int)OSM_NOMEM == (int)ERR_NOMEM && (int)OSM_CANCELLED == (int)ERR_CANCELLED,
	       "public and internal error codes agree");

const char *osm_version(void)
{
	return OSM_VERSION;
}

enum osm_error_code osm_error_code(const struct osm_error *e)
{
	return (enum osm_error_code)err_code((const struct err *)e);
}

const char *osm_error_message(const struct osm_error *e)
{
	return err_message((const struct err *)e);
}

void osm_error_free(struct osm_error *e)
{
	err_free((struct err *)e);
}

void osm_cancel(void)
{
	cancel_request();
}

void osm_cancel_clear(void)
{
	cancel_clear();
}

static struct err *make_target(const struct osm_options *o, struct osm_dump *d)
{
	struct target_options options = {
		.symbol_path = o ? o->symbol_path : NULL,
		.image_path = o ? o->image_path : NULL,
		.sysroot = o ? o->sysroot : NULL,
	};

	TRY(target_create(d->dump, &options, &d->target));
	return session_create(d->target, &d->session);
}

struct osm_error *open_over(struct dump *dump, const struct osm_options *options, struct osm_dump **ret)
{
	struct osm_dump *d = calloc(1, sizeof(*d));
	struct err *e;

	if (!d) {
		dump_unref(dump);
		return pub(err_nomem());
	}
	d->dump = dump;
	e = make_target(options, d);
	if (e) {
		osm_close(d);
		return pub(e);
	}
	*ret = d;
	return NULL;
}

struct osm_error *osm_open(const char *path, const struct osm_options *options,
			   struct osm_dump **ret)
{
	struct dump_open_options open = { .tmpdir = options ? options->tmpdir : NULL };
	struct dump *dump = NULL;
	struct err *e = dump_open(path, &open, &dump);

	return e ? pub(e) : open_over(dump, options, ret);
}

void osm_close(struct osm_dump *d)
{
	if (!d)
		return;
	session_destroy(d->session);
	target_destroy(d->target);
	dump_unref(d->dump);
	free(d);
}

void osm_info(struct osm_dump *d, struct osm_info *ret)
{
	const struct dump_facts *f = target_facts(d->target);
	struct osm_info info = {
		.format = f->format,
		.title = f->title,
		.machine = machine_name(f->machine),
		.os = dump_os_name(f->os),
		.pointer_size = f->pointer_size,
		.pid = f->has & FACT_PID ? f->pid : 0,
		.dump_time = f->has & FACT_DUMP_TIME ? f->dump_time : 0,
		.process_name = f->process_name,
		.has_wow64 = target_has_wow(d->target),
	};

	copy_out(ret, &info, sizeof(info));
}

size_t osm_thread_count(struct osm_dump *d)
{
	struct thread *threads;

	return target_threads(d->target, &threads);
}

static struct err *thread_at(struct osm_dump *d, size_t index, struct thread **ret)
{
	struct thread *threads;
	size_t n = target_threads(d->target, &threads);

	if (index >= n)
		return err_new(ERR_NOTFOUND, "no thread %zu: the dump has %zu", index, n);
	*ret = &threads[index];
	return NULL;
}

struct osm_error *osm_thread(struct osm_dump *d, size_t index, struct osm_thread *ret)
{
	struct osm_thread out = { 0 };
	struct thread *th = NULL;
	struct regs regs;
	struct err *e = thread_at(d, index, &th);

	if (e)
		return pub(e);
	out.tid = th->tid;
	out.name = th->name;
	out.teb = th->teb;
	if (!err_ignore(thread_regs(d->target, th, HALF_NATIVE, &regs))) {
		out.ip = regs_ip(&regs);
		out.sp = regs_sp(&regs);
	}
	copy_out(ret, &out, sizeof(out));
	return NULL;
}

size_t osm_event_thread(struct osm_dump *d)
{
	struct thread *th = target_event_thread(d->target);

	return th ? th->index : SIZE_MAX;
}

size_t osm_module_count(struct osm_dump *d)
{
	struct module **modules;

	return target_modules(d->target, &modules);
}

struct osm_error *osm_module(struct osm_dump *d, size_t index, struct osm_module *ret)
{
	struct module **modules;
	size_t n = target_modules(d->target, &modules);
	struct osm_module out;

	if (index >= n)
		return pub(err_new(ERR_NOTFOUND, "no module %zu: the dump has %zu", index, n));
	out = (struct osm_module){
		.base = modules[index]->base,
		.size = modules[index]->size,
		.name = modules[index]->name,
		.image_name = modules[index]->image_name,
		.path = modules[index]->path,
		.timestamp = modules[index]->timestamp,
		.checksum = modules[index]->checksum,
	};
	copy_out(ret, &out, sizeof(out));
	return NULL;
}

size_t osm_read(struct osm_dump *d, uint64_t address, void *buf, size_t size)
{
	const struct arch_memory *m = target_memory(d->target);

	return m->read(m->arg, address, buf, size);
}

void osm_symbol_at(struct osm_dump *d, uint64_t address, struct osm_symbol *ret)
{
	struct osm_symbol out = { 0 };
	struct source_line line;
	struct symbol_hit hit;

	target_symbol_at(d->target, address, &hit);
	out.module = hit.module ? hit.module->name : NULL;
	out.name = hit.symbol.name;
	out.displacement = hit.displacement;
	if (!err_ignore(target_line_at(d->target, address, &line))) {
		out.file = line.file;
		out.line = line.line;
	}
	copy_out(ret, &out, sizeof(out));
}

struct osm_error *osm_symbol_address(struct osm_dump *d, const char *name, uint64_t *ret)
{
	return pub(target_symbol_named(d->target, name, ret));
}

static struct err *visit_members(struct type_ref type, osm_member_fn *fn, void *arg)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct type_member *members = NULL;
	size_t n = 0;

	TRY(type.provider->ops->type_members(type.provider, type.id, &a, &members, &n));
	for (size_t i = 0; i < n; i++) {
		struct osm_member m = { .name = members[i].name,
					.offset = members[i].offset,
					.bit_offset = members[i].bit_offset,
					.bit_size = members[i].bit_size };
		struct type_info info;

		if (members[i].kind != MEMBER_DATA && members[i].kind != MEMBER_BASE)
			continue;
		if (!err_ignore(type_get(members[i].type, &info)))
			m.size = info.size;
		if (!fn(arg, &m))
			return NULL;
	}
	return NULL;
}

struct osm_error *osm_type(struct osm_dump *d, const char *name, osm_member_fn *fn, void *arg,
			   uint64_t *ret_size)
{
	struct type_ref type, stripped;
	struct type_info info;
	struct err *e = target_type_named(d->target, name, &type);

	if (!e)
		e = type_strip(type, &stripped, &info);
	if (!e && fn)
		e = visit_members(stripped, fn, arg);
	if (e)
		return pub(e);
	*ret_size = info.size;
	return NULL;
}

static bool give_frame(const struct frame *f, osm_frame_fn *fn, void *arg)
{
	struct osm_frame out = {
		.index = f->index,
		.ip = f->ip,
		.sp = f->sp,
		.return_address = f->ret,
		.trust = (enum osm_trust)f->trust,
		.wow64 = f->half == HALF_WOW,
		.module = f->symbol.module ? f->symbol.module->name : NULL,
		.function = f->function,
		.displacement = f->displacement,
		.file = f->line.file,
		.line = f->line.line,
	};

	return fn(arg, &out);
}

static struct err *give_half(struct osm_dump *d, struct thread *th, enum thread_half half,
			     osm_frame_fn *fn, void *arg)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct stack_options options = { .half = half };
	struct stack stack = { 0 };

	TRY(stack_walk(d->target, th, &options, &a, &stack));
	for (size_t i = 0; i < stack.n; i++)
		if (!give_frame(&stack.frames[i], fn, arg))
			break;
	return NULL;
}

struct osm_error *osm_stack(struct osm_dump *d, size_t index, osm_frame_fn *fn, void *arg)
{
	struct thread *th = NULL;
	struct regs regs;
	struct err *e = thread_at(d, index, &th);

	/* of a thread in 32-bit code, the 64-bit context is the 32-bit half's */
	if (!e && !thread_runs_wow(d->target, th))
		e = give_half(d, th, HALF_NATIVE, fn, arg);
	if (!e && (target_has_wow(d->target) || thread_runs_wow(d->target, th)) &&
	    !err_ignore(thread_regs(d->target, th, HALF_WOW, &regs)))
		e = give_half(d, th, HALF_WOW, fn, arg);
	return pub(e);
}

struct record_sink {
	osm_record_fn *fn;
	void *arg;
	struct strbuf line;
};

static struct err *take_text(void *arg, const char *text, size_t len)
{
	struct record_sink *sink = arg;

	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\n') {
			strbuf_addc(&sink->line, text[i]);
			continue;
		}
		TRY(strbuf_check(&sink->line));
		if (!sink->fn(sink->arg, sink->line.s))
			return err_cancelled();
		strbuf_reset(&sink->line);
	}
	return NULL;
}

struct osm_error *osm_run(struct osm_dump *d, const char *line, osm_record_fn *fn, void *arg)
{
	struct record_sink sink = { .fn = fn, .arg = arg, .line = STRBUF_INIT };
	struct out *o = NULL;
	struct err *e = out_create_json(take_text, &sink, &o);

	if (!e)
		e = session_run(d->session, line, o);
	out_destroy(o);
	strbuf_deinit(&sink.line);
	return pub(e);
}
