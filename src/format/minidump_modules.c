/* SPDX-License-Identifier: MIT */
/*
 * Minidump: modules, unloaded modules and CodeView records.
 *
 * Spec: MINIDUMP_MODULE (108 bytes), MINIDUMP_UNLOADED_MODULE_LIST of
 * minidumpapiset.h, VS_FIXEDFILEINFO of verrsrc.h. CodeView records: RSDS and
 * NB10 as in LLVM's CodeView headers, BpEL (an ELF build id) as in Breakpad's
 * minidump_format.h.
 */
#include "base/cancel.h"
#include "format/minidump.h"

#include <string.h>

enum {
	MODULE_SIZE = 108,
	UNLOADED_SIZE = 24,
	MAX_CODEVIEW = 0x10000, /* holds one path */
};

enum {
	SIG_RSDS = 0x53445352,
	SIG_NB10 = 0x3031424e,
	SIG_NB09 = 0x3930424e,
	SIG_NB11 = 0x3131424e,
	SIG_BPEL = 0x4270454c,
};

static const uint32_t fixed_info_signature = 0xfeef04bd;

static void read_guid(struct cursor *c, uint8_t *ret)
{
	uint32_t data1 = cursor_u32(c);
	uint16_t data2 = cursor_u16(c), data3 = cursor_u16(c);

	/* little-endian fields, whatever the file's order */
	for (unsigned i = 0; i < 4; i++)
		ret[i] = (uint8_t)(data1 >> 8 * i);
	for (unsigned i = 0; i < 2; i++) {
		ret[4 + i] = (uint8_t)(data2 >> 8 * i);
		ret[6 + i] = (uint8_t)(data3 >> 8 * i);
	}
	cursor_copy(c, ret + 8, 8);
}

static struct err *rest_as_text(struct minidump *md, struct cursor *c, const char **ret)
{
	uint64_t n = cursor_left(c);
	const char *s = md_text(md, cursor_bytes(c, n), n);

	if (!s)
		return err_nomem();
	*ret = s;
	return NULL;
}

static struct err *read_codeview(struct minidump *md, struct cursor *c, struct dump_codeview *cv)
{
	switch (cursor_u32(c)) {
	case SIG_RSDS:
		cv->kind = CODEVIEW_RSDS;
		read_guid(c, cv->guid);
		cv->age = cursor_u32(c);
		break;
	case SIG_NB10:
		cv->kind = CODEVIEW_NB10;
		cursor_skip(c, 4);
		cv->timestamp = cursor_u32(c);
		cv->age = cursor_u32(c);
		break;
	case SIG_NB09:
	case SIG_NB11:
		cv->kind = CODEVIEW_EMBEDDED;
		cursor_skip(c, 4);
		return cursor_check(c, "CodeView record");
	case SIG_BPEL:
		cv->kind = CODEVIEW_ELF;
		cv->build_id_size = cursor_left(c);
		if (cv->build_id_size > sizeof(cv->build_id))
			cv->build_id_size = sizeof(cv->build_id);
		cursor_copy(c, cv->build_id, cv->build_id_size);
		return NULL;
	default:
		cv->kind = CODEVIEW_OTHER;
		return NULL;
	}
	TRY(cursor_check(c, "CodeView record"));
	return rest_as_text(md, c, &cv->pdb_path);
}

static struct err *codeview(struct minidump *md, struct dump_piece piece, struct dump_codeview *cv)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	struct dump_codeview read = { .pdb_path = "" };

	cv->pdb_path = "";
	if (piece.size < 4) /* none; a few bytes are seen as none too */
		return NULL;
	if (piece.size > MAX_CODEVIEW)
		piece.size = MAX_CODEVIEW;
	TRY(md_open(md, piece, "CodeView record", &in));
	TRY(read_codeview(md, &in.c, &read));
	*cv = read;
	return NULL;
}

/*
 * VS_FIXEDFILEINFO: a module without version resource has it all zero, so the
 * signature tells.
 */
static void read_version(struct cursor c, struct dump_version *v)
{
	if (cursor_u32(&c) != fixed_info_signature)
		return;
	cursor_skip(&c, 4); /* version of the structure */
	v->file_ms = cursor_u32(&c);
	v->file_ls = cursor_u32(&c);
	v->product_ms = cursor_u32(&c);
	v->product_ls = cursor_u32(&c);
	v->flags = cursor_u32(&c) & cursor_u32(&c); /* mask, flags */
	v->os = cursor_u32(&c);
	v->type = cursor_u32(&c);
	v->subtype = cursor_u32(&c);
	v->present = cursor_ok(&c);
}

static struct dump_piece read_piece(struct cursor *c)
{
	uint64_t size = cursor_u32(c), offset = cursor_u32(c);

	return (struct dump_piece){ offset, size };
}

static struct err *read_module(struct minidump *md, struct cursor *c, struct dump_module *m)
{
	struct err *e;

	m->base = cursor_u64(c);
	m->size = cursor_u32(c);
	m->checksum = cursor_u32(c);
	m->timestamp = cursor_u32(c);
	m->path = md_string(md, cursor_u32(c), "module name");
	if (!m->path)
		return err_nomem();
	read_version(cursor_take(c, 52), &m->version);
	m->codeview_record = read_piece(c);
	m->misc_record = read_piece(c);
	e = codeview(md, m->codeview_record, &m->codeview);
	if (e && err_code(e) == ERR_NOMEM)
		return e;
	if (e)
		dump_add_defect(&md->d, err_prefix(e, "module at 0x%" PRIx64, m->base));
	return NULL;
}

struct err *md_modules(struct dump *d, struct dump_module **ret, size_t *ret_n)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	static const unsigned sizes[] = { MODULE_SIZE };
	struct minidump *md = md_of(d);
	struct dump_module *v;
	struct md_array a;
	bool found;

	TRY(md_open_stream(md, MD_MODULE_LIST, &in, &found));
	if (!found)
		return NULL;
	TRY(md_counted(md, &in, "module list", sizes, 1, &a));
	v = ARENA_NEW_N(&d->arena, struct dump_module, a.count);
	if (!v)
		return err_nomem();
	for (uint64_t i = 0; i < a.count; i++) {
		struct cursor c = md_item(&in, &a, i);

		if (!(i & 0xff))
			TRY(cancel_check());
		TRY(read_module(md, &c, &v[i]));
	}
	*ret = v;
	*ret_n = a.count;
	return NULL;
}

struct err *md_unloaded(struct dump *d, struct dump_unloaded **ret, size_t *ret_n)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	struct minidump *md = md_of(d);
	struct dump_unloaded *v;
	struct md_array a;
	bool found;

	TRY(md_open_stream(md, MD_UNLOADED_MODULE_LIST, &in, &found));
	if (!found)
		return NULL;
	TRY(md_headed(md, &in, "unloaded module list", UNLOADED_SIZE, false, &a));
	v = ARENA_NEW_N(&d->arena, struct dump_unloaded, a.count);
	if (!v)
		return err_nomem();
	for (uint64_t i = 0; i < a.count; i++) {
		struct cursor c = md_item(&in, &a, i);

		v[i].base = cursor_u64(&c);
		v[i].size = cursor_u32(&c);
		v[i].checksum = cursor_u32(&c);
		v[i].timestamp = cursor_u32(&c);
		v[i].name = md_string(md, cursor_u32(&c), "unloaded module name");
		if (!v[i].name)
			return err_nomem();
	}
	*ret = v;
	*ret_n = a.count;
	return NULL;
}
