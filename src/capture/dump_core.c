/* SPDX-License-Identifier: MIT */
/* ELF cores out of dumps: see dump_core.h. Notes as core(5) and <linux/elf.h> have them. */
#include "capture/dump_core.h"

#include "base/vec.h"
#include "capture/record_impl.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

enum { REGS = 27 * 8, REGS_32 = 17 * 4, FPREGS = 512, PAGE = 4096 };

struct dump_core {
	struct dump *dump;
	struct dump_core_facts facts;
	struct arena arena;
	VEC(struct core_note) notes;
	const struct dump_segment *segments;
	size_t n_segments, n_threads;
	struct core_layout layout;
	const void *closing;
};

static struct err *add(struct dump_core *c, const char *owner, uint32_t type, const void *data, size_t size)
{
	struct core_note n = { owner, type, data, size };

	return data && vec_push(&c->notes, n) ? NULL : err_nomem();
}

static enum machine machine_of(const struct dump_core *c)
{
	return dump_facts(c->dump)->machine;
}

static bool is_32(const struct dump_core *c)
{
	return machine_of(c) == MACHINE_X86;
}

/* --- threads ------------------------------------------------------------------------ */

/* FXSAVE, which i386 has in a note of its own. */
static struct err *add_vectors(struct dump_core *c, const struct dump_thread *th)
{
	struct dump_piece piece = is_32(c) ? th->xstate : th->fpregs;
	uint8_t *fxsave;

	if (piece.size != FPREGS)
		return NULL;
	fxsave = arena_alloc(&c->arena, FPREGS);
	if (!fxsave)
		return err_nomem();
	TRY(dump_read_piece(c->dump, piece, fxsave, FPREGS));
	return is_32(c) ? add(c, "LINUX", NT_PRXFPREG, fxsave, FPREGS) : add(c, "CORE", NT_PRFPREG, fxsave, FPREGS);
}

static struct err *add_registers(struct dump_core *c, const struct dump_thread *th)
{
	const struct dump_facts *f = dump_facts(c->dump);
	struct core_prstatus p = { .pid = (int32_t)th->tid, .ppid = (int32_t)f->ppid, .has_fpregs = th->fpregs.size == FPREGS };
	uint8_t regs[REGS];
	const void *data;
	size_t size;

	if (th->has & THREAD_HAS_CPU_TIMES) {
		p.user_us = th->user_time / 10;
		p.system_us = th->kernel_time / 10;
	}
	p.regs = regs;
	p.regs_size = is_32(c) ? REGS_32 : REGS;
	TRY(dump_read_piece(c->dump, th->context, regs, p.regs_size));
	data = core_prstatus(machine_of(c), &p, &c->arena, &size);
	TRY(add(c, "CORE", NT_PRSTATUS, data, size));
	c->n_threads++;
	return add_vectors(c, th);
}

static bool has_registers(const struct dump_core *c, const struct dump_thread *th)
{
	return is_32(c) ? th->layout == CONTEXT_LINUX_X86 && th->context.size == REGS_32
			: th->layout == CONTEXT_LINUX_X64 && th->context.size == REGS;
}

/* --- process ---------------------------------------------------------------------------- */

static struct err *add_psinfo(struct dump_core *c)
{
	const struct dump_facts *f = dump_facts(c->dump);
	struct core_prpsinfo p = { .state = c->facts.state, .nice = c->facts.nice, .flags = c->facts.flags,
				   .uid = c->facts.uid, .gid = c->facts.gid, .pid = (int32_t)f->pid,
				   .ppid = (int32_t)f->ppid, .name = f->process_name, .args = f->command_line };
	size_t size;
	const void *data = core_prpsinfo(machine_of(c), &p, &c->arena, &size);

	return add(c, "CORE", NT_PRPSINFO, data, size);
}

static struct err *add_auxv(struct dump_core *c)
{
	const struct dump_auxv *v;
	size_t n, word = is_32(c) ? 4 : 8;
	uint8_t *words;

	TRY(dump_auxv(c->dump, &v, &n));
	if (!n)
		return NULL;
	words = ARENA_NEW_N(&c->arena, uint8_t, (2 * n + 2) * word);
	if (!words)
		return err_nomem();
	for (size_t i = 0; i < n; i++) { /* both are little-endian */
		memcpy(words + 2 * i * word, &v[i].type, word);
		memcpy(words + (2 * i + 1) * word, &v[i].value, word);
	}
	return add(c, "CORE", NT_AUXV, words, (2 * n + 2) * word);
}

static struct err *add_files(struct dump_core *c)
{
	const struct dump_file_mapping *v;
	struct core_file *files;
	const void *data;
	size_t n, size;

	TRY(dump_file_mappings(c->dump, &v, &n));
	files = ARENA_NEW_N(&c->arena, struct core_file, n + 1);
	if (!files)
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		files[i] = (struct core_file){ v[i].start, v[i].end, v[i].file_offset & ~(uint64_t)(PAGE - 1), v[i].path };
	data = core_nt_file(machine_of(c), files, n, &c->arena, &size);
	return add(c, "CORE", NT_FILE, data, size);
}

static struct err *add_notes(struct dump_core *c)
{
	const struct dump_thread *v;
	bool process_done = false;
	size_t n;

	TRY(dump_threads(c->dump, &v, &n));
	for (size_t i = 0; i < n; i++) {
		if (!has_registers(c, &v[i]))
			continue;
		TRY(add_registers(c, &v[i]));
		if (!process_done) {
			TRY(add_psinfo(c));
			TRY(add_auxv(c));
			TRY(add_files(c));
		}
		process_done = true;
	}
	if (process_done)
		return NULL;
	TRY(add_psinfo(c));
	TRY(add_auxv(c));
	return add_files(c);
}

/* --- our record ------------------------------------------------------------------------------ */

static void write_process(const struct dump_facts *f, char state, struct json_write *j)
{
	const char text[2] = { state, '\0' };

	json_open(j, "process", '{');
	json_uint(j, "pid", f->pid);
	json_uint(j, "ppid", f->ppid);
	json_str(j, "name", f->process_name);
	json_str(j, "machine", f->machine == MACHINE_X86 ? "x86" : "x64");
	json_str(j, "command_line", f->command_line);
	json_str(j, "state", text);
	json_close(j, '}');
	json_open(j, "host", '{');
	json_str(j, "kernel", f->os_text);
	json_close(j, '}');
	if (!(f->has & FACT_DUMP_TIME))
		return;
	json_open(j, "start", '{');
	json_uint(j, "seconds", f->dump_time);
	json_close(j, '}');
}

static struct err *add_record(struct dump_core *c)
{
	const struct dump_core_facts *f = &c->facts;
	struct json_write j = { .sb = STRBUF_INIT };
	struct range_groups g;
	struct err *e;

	TRY(range_groups_init(&g, f->ranges, f->n_ranges, RANGE_PAUSE));
	json_open(&j, NULL, '{');
	json_uint(&j, "format", OSMOSIS_NOTE_FORMAT);
	json_open(&j, "tool", '{');
	json_str(&j, "name", "osmodump");
	json_str(&j, "version", OSM_VERSION);
	json_close(&j, '}');
	json_open(&j, "engine", '{');
	json_str(&j, "name", "extract");
	json_str(&j, "why", f->why);
	json_close(&j, '}');
	json_open(&j, "consistency", '{');
	json_str(&j, "level", consistency_name(f->consistency));
	json_str(&j, "why", f->consistency_why);
	json_close(&j, '}');
	json_str(&j, "comment", f->comment);
	json_open(&j, "memory", '{');
	json_uint(&j, "page_size", PAGE);
	json_str(&j, "default", range_class_name(RANGE_PAUSE));
	range_groups_write(&g, SIZE_MAX, &j);
	json_close(&j, '}');
	write_process(dump_facts(c->dump), f->state, &j);
	json_close(&j, '}');
	range_groups_deinit(&g);
	e = strbuf_check(&j.sb);
	if (!e) {
		const void *copy = arena_memdup(&c->arena, j.sb.s, j.sb.len);

		e = add(c, OSMOSIS_NOTE_OWNER, OSMOSIS_NOTE_RECORD, copy, j.sb.len);
	}
	strbuf_deinit(&j.sb);
	return e;
}

static struct err *build_closing(struct dump_core *c)
{
	struct record_closing r = { .complete = true };

	for (size_t i = 0; i < c->n_segments; i++)
		r.written += c->segments[i].file_size;
	return record_closing_build(&r, RECORD_CLOSING_LEAST, &c->arena, &c->closing);
}

/* --- the file -------------------------------------------------------------------------------- */

static struct err *lay_out(struct dump_core *c)
{
	struct core_image image = { .machine = machine_of(c), .trailer_size = RECORD_CLOSING_LEAST,
				    .trailer_owner = OSMOSIS_NOTE_OWNER, .trailer_type = OSMOSIS_NOTE_CLOSING };
	struct core_segment *v;

	if (machine_of(c) != MACHINE_X64 && !is_32(c))
		return err_new(ERR_UNSUPPORTED, "%s: no process of x64 or x86", dump_path(c->dump));
	TRY(dump_segments(c->dump, &c->segments, &c->n_segments));
	TRY(add_notes(c));
	TRY(add_record(c));
	TRY(build_closing(c));
	v = ARENA_NEW_N(&c->arena, struct core_segment, c->n_segments + 1);
	if (!v)
		return err_nomem();
	for (size_t i = 0; i < c->n_segments; i++)
		v[i] = (struct core_segment){ .address = c->segments[i].address, .mem_size = c->segments[i].size,
					      .file_size = c->segments[i].file_size, .prot = c->segments[i].prot };
	image.notes = c->notes.v;
	image.n_notes = c->notes.n;
	image.segments = v;
	image.n_segments = c->n_segments;
	return core_layout_build(&image, &c->arena, &c->layout);
}

struct err *dump_core_create(struct dump *d, const struct dump_core_facts *facts, struct dump_core **ret)
{
	struct dump_core *c = calloc(1, sizeof(*c));
	struct err *e;

	if (!c)
		return err_nomem();
	c->dump = d;
	c->facts = *facts;
	e = lay_out(c);
	if (e)
		dump_core_destroy(c);
	else
		*ret = c;
	return e;
}

void dump_core_destroy(struct dump_core *c)
{
	if (!c)
		return;
	vec_deinit(&c->notes);
	arena_deinit(&c->arena);
	free(c);
}

size_t dump_core_threads(const struct dump_core *c)
{
	return c->n_threads;
}

struct filling {
	uint64_t at, end;
	uint8_t *buf;	/* of `at` */
	bool zero;	/* nothing but zeros so far */
};

/* What [start, start + size) of the file has in common with what is wanted; false: nothing. */
static bool overlap(const struct filling *f, uint64_t start, uint64_t size, uint64_t *ret_from, uint64_t *ret_n)
{
	uint64_t from = start > f->at ? start : f->at, to = start + size < f->end ? start + size : f->end;

	*ret_from = from;
	*ret_n = from < to ? to - from : 0;
	return from < to;
}

static void put(struct filling *f, uint64_t start, uint64_t size, const void *data)
{
	uint64_t from, n;

	if (!overlap(f, start, size, &from, &n))
		return;
	memcpy(f->buf + (from - f->at), (const uint8_t *)data + (from - start), (size_t)n);
	f->zero = false;
}

/* The first segment with bytes that ends behind this place of the file. */
static size_t segment_at(const struct dump_core *c, uint64_t offset)
{
	size_t lo = 0, hi = c->n_segments;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2, with = mid;

		while (with < hi && !c->segments[with].file_size)
			with++;
		if (with == hi)
			hi = mid;
		else if (c->layout.offsets[with] + c->segments[with].file_size <= offset)
			lo = with + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct err *put_memory(struct dump_core *c, struct filling *f)
{
	uint64_t from, n;

	for (size_t i = segment_at(c, f->at); i < c->n_segments; i++) {
		const struct dump_segment *s = &c->segments[i];

		if (!s->file_size)
			continue;
		if (c->layout.offsets[i] >= f->end)
			break;
		if (!overlap(f, c->layout.offsets[i], s->file_size, &from, &n))
			continue;
		TRY(source_read(dump_source(c->dump), s->offset + (from - c->layout.offsets[i]),
				f->buf + (from - f->at), (size_t)n));
		f->zero = false;
	}
	return NULL;
}

static struct err *fill(void *arg, uint64_t offset, uint8_t *buf, size_t len, bool *ret_zero)
{
	struct dump_core *c = arg;
	const struct core_layout *l = &c->layout;
	struct filling f = { offset, offset + len, buf, true };

	memset(buf, 0, len);
	put(&f, 0, l->head_size, l->head);
	TRY(put_memory(c, &f));
	put(&f, l->trailer_offset, l->trailer_head_size, l->trailer_head);
	put(&f, l->trailer_content, RECORD_CLOSING_LEAST, c->closing);
	*ret_zero = f.zero;
	return NULL;
}

struct sink_image dump_core_image(struct dump_core *c)
{
	uint64_t expected = c->layout.head_size + RECORD_CLOSING_LEAST;

	for (size_t i = 0; i < c->n_segments; i++)
		expected += c->segments[i].file_size;
	return (struct sink_image){ .size = c->layout.file_size, .ordered_from = UINT64_MAX, .expected = expected,
				    .fill = fill, .arg = c };
}
