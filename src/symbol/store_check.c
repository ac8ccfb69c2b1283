/* SPDX-License-Identifier: MIT */
/*
 * Identity of symbol and image files: what a file is, and whether it is the
 * one that a module of the dump needs.
 */
#include "symbol/store_impl.h"

#include "base/source.h"
#include "symbol/breakpad.h"
#include "symbol/elf.h"
#include "symbol/pdb.h"
#include "symbol/pe.h"
#include <inttypes.h>
#include <string.h>
#include <strings.h>

/* --- keys -------------------------------------------------------------------------- */

static void add_guid(struct strbuf *sb, const uint8_t g[16])
{
	static const uint8_t order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };

	for (unsigned i = 0; i < 16; i++)
		strbuf_addf(sb, "%02X", g[order[i]]);
}

static void add_hex(struct strbuf *sb, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		strbuf_addf(sb, "%02x", p[i]);
}

struct err *symbol_request_key(const struct symbol_request *r, struct strbuf *sb)
{
	if (r->kind == SYMBOL_WANT_PDB && r->has_guid) {
		add_guid(sb, r->guid);
		strbuf_addf(sb, "%X", r->age);
	} else if (r->kind == SYMBOL_WANT_PDB && r->has_signature) {
		strbuf_addf(sb, "%08X%X", r->signature, r->age);
	} else if (r->kind == SYMBOL_WANT_IMAGE && (r->timestamp || r->size_of_image)) {
		strbuf_addf(sb, "%08X%x", r->timestamp, r->size_of_image);
	} else if (r->kind == SYMBOL_WANT_ELF && r->build_id_size) {
		/* Simple Symbol Query Protocol, "ELF-buildid" */
		strbuf_adds(sb, "elf-buildid-");
		add_hex(sb, r->build_id, r->build_id_size);
	} else if (r->kind == SYMBOL_WANT_ELF_SYM) {
		return store_breakpad_id(r, sb);
	}
	return strbuf_check(sb);
}

struct err *store_breakpad_id(const struct symbol_request *r, struct strbuf *sb)
{
	uint8_t id[16] = { 0 };

	if (r->kind == SYMBOL_WANT_PDB)
		return symbol_request_key(r, sb);
	if (r->kind != SYMBOL_WANT_ELF_SYM || !r->build_id_size)
		return NULL;
	memcpy(id, r->build_id, r->build_id_size < 16 ? r->build_id_size : 16);
	add_guid(sb, id);
	strbuf_addc(sb, '0');
	return strbuf_check(sb);
}

struct err *symbol_request_url(const char *base, const struct symbol_request *r, struct strbuf *sb)
{
	CLEANUP(strbuf_deinit) struct strbuf key = STRBUF_INIT;
	const char *name = str_basename(r->name);
	size_t n = strlen(base);

	TRY(symbol_request_key(r, &key));
	if (!key.len)
		return err_new(ERR_USAGE, "%s: its identity is not known", name);
	if (!store_safe_name(name))
		return err_new(ERR_USAGE, "'%s' is no file name", name);
	while (n && base[n - 1] == '/')
		n--;
	strbuf_addf(sb, "%.*s/%s/%s/%s", (int)n, base, name, key.s, name);
	return strbuf_check(sb);
}

/* --- comparing ------------------------------------------------------------------------- */

static struct err *check_pdb(const char *path, const struct symbol_request *r, bool *ret_verified)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	CLEANUP(strbuf_deinit) struct strbuf text = STRBUF_INIT;
	struct pdb_identity id;
	bool same;

	TRY(pdb_open(path, &p));
	id = pdb_identity(p);
	*ret_verified = r->has_guid || r->has_signature;
	same = r->has_guid ? pdb_matches(p, r->guid, r->age) : id.signature == r->signature;
	if (same || !*ret_verified)
		return NULL;
	strbuf_addf(&text, "%s: the PDB has ", path);
	if (r->has_guid) {
		add_guid(&text, id.guid);
		strbuf_addf(&text, " age %u, expected ", id.age);
		add_guid(&text, r->guid);
		strbuf_addf(&text, " age %u", r->age);
	} else {
		strbuf_addf(&text, "signature %08X, expected %08X", id.signature, r->signature);
	}
	TRY(strbuf_check(&text));
	return err_new(ERR_NOTFOUND, "%s", text.s);
}

static struct err *check_breakpad(const char *path, const struct symbol_request *r, bool *ret_verified)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	CLEANUP(strbuf_deinit) struct strbuf want = STRBUF_INIT;
	const char *have;

	TRY(breakpad_open(path, &p));
	TRY(store_breakpad_id(r, &want));
	have = breakpad_identity(p)->debug_id;
	*ret_verified = want.len;
	if (!want.len || !strcasecmp(have, want.s))
		return NULL;
	return err_new(ERR_NOTFOUND, "%s: symbols of %s, expected %s", path, have, want.s);
}

static struct err *check_pe(const char *path, const struct symbol_request *r, bool *ret_verified)
{
	CLEANUP(pe_destroyp) struct pe *pe = NULL;

	TRY(pe_open_file(path, &pe));
	*ret_verified = r->timestamp || r->size_of_image;
	return *ret_verified ? pe_check_identity(pe, r->timestamp, r->size_of_image) : NULL;
}

static struct err *check_elf(const char *path, const struct symbol_request *r, bool *ret_verified)
{
	CLEANUP(strbuf_deinit) struct strbuf text = STRBUF_INIT;
	struct elf_build_id id = { .size = 0 };
	struct err *e = elf_build_id_of_file(path, &id);

	*ret_verified = false;
	if (!r->build_id_size) {
		err_free(e);
		return NULL;
	}
	if (e && err_code(e) != ERR_NOTFOUND)
		return e;
	err_free(e);
	*ret_verified = true;
	if (id.size == r->build_id_size && !memcmp(id.bytes, r->build_id, id.size))
		return NULL;
	strbuf_addf(&text, "%s: build id ", path);
	add_hex(&text, id.bytes, id.size);
	strbuf_adds(&text, id.size ? ", expected " : "none, expected ");
	add_hex(&text, r->build_id, r->build_id_size);
	TRY(strbuf_check(&text));
	return err_new(ERR_NOTFOUND, "%s", text.s);
}

/* --- what a file is ----------------------------------------------------------------------- */

static struct err *type_of(const char *path, enum symbol_file_type *ret)
{
	static const char pdb[] = "Microsoft C/C++ ";
	CLEANUP(source_destroyp) struct source *src = NULL;
	char magic[16] = { 0 };

	TRY(source_open_file(path, &src));
	(void)source_read_some(src, 0, magic, src->size < 16 ? src->size : 16);
	if (!memcmp(magic, pdb, 16))
		*ret = SYMBOL_FILE_PDB;
	else if (!memcmp(magic, "MZ", 2))
		*ret = SYMBOL_FILE_PE;
	else if (!memcmp(magic, "\177ELF", 4))
		*ret = SYMBOL_FILE_ELF;
	else if (!memcmp(magic, "MODULE ", 7))
		*ret = SYMBOL_FILE_BREAKPAD;
	else if (!memcmp(magic, "MSCF", 4))
		return err_new(ERR_UNSUPPORTED, "%s: compressed (cabinet): unpack it with cabextract", path);
	else if (!memcmp(magic, "BSJB", 4))
		return err_new(ERR_UNSUPPORTED, "%s: a portable PDB: it has managed code only", path);
	else
		*ret = SYMBOL_FILE_UNKNOWN;
	return NULL;
}

static bool is_wanted(enum symbol_request_kind kind, enum symbol_file_type type)
{
	switch (kind) {
	case SYMBOL_WANT_PDB:
		return type == SYMBOL_FILE_PDB || type == SYMBOL_FILE_BREAKPAD;
	case SYMBOL_WANT_IMAGE:
		return type == SYMBOL_FILE_PE;
	case SYMBOL_WANT_ELF:
	case SYMBOL_WANT_KERNEL:
		return type == SYMBOL_FILE_ELF;
	case SYMBOL_WANT_ELF_SYM:
		return type == SYMBOL_FILE_BREAKPAD;
	}
	return false;
}

struct err *store_check(const char *path, const struct symbol_request *r, enum symbol_file_type *ret_type,
			bool *ret_verified)
{
	enum symbol_file_type type = SYMBOL_FILE_UNKNOWN;
	struct err *e;

	TRY(type_of(path, &type));
	if (!is_wanted(r->kind, type))
		return err_new(ERR_CORRUPT, "%s: not a file of the kind expected", path);
	if (type == SYMBOL_FILE_PDB)
		e = check_pdb(path, r, ret_verified);
	else if (type == SYMBOL_FILE_PE)
		e = check_pe(path, r, ret_verified);
	else if (type == SYMBOL_FILE_ELF)
		e = check_elf(path, r, ret_verified);
	else
		e = check_breakpad(path, r, ret_verified);
	if (!e && r->kind == SYMBOL_WANT_KERNEL)
		e = elf_check_has_dwarf(path);
	if (!e)
		*ret_type = type;
	return e;
}
