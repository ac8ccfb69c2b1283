/* SPDX-License-Identifier: MIT */
/* lm and !lmi: loaded and unloaded modules, and what is known of their symbols. */
#include "command/command.h"


#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

static const struct field module_fields[] = {
	{ "start", FIELD_ADDR, "base address" },
	{ "end", FIELD_ADDR, "first address behind it" },
	{ "size", FIELD_SIZE, "bytes in memory" },
	{ "module", FIELD_STR, "short name, as in module!symbol" },
	{ "status", FIELD_STR, "state of its symbols" },
	{ "symbol_file", FIELD_STR, "file they come from" },
	{ "trouble", FIELD_STR, "why better symbols could not be had" },
	{ "path", FIELD_STR, "image path as the dump has it" },
	{ "image", FIELD_STR, "image name" },
	{ "machine", FIELD_STR, "instruction set" },
	{ "timestamp", FIELD_HEX, "time stamp of the PE header" },
	{ "timestamp_time", FIELD_TIME, "the same as a time" },
	{ "checksum", FIELD_HEX, "checksum of the PE header" },
	{ "file_version", FIELD_STR, "from the version resource" },
	{ "product_version", FIELD_STR, "from the version resource" },
	{ "file_flags", FIELD_HEX, "from the version resource" },
	{ "file_os", FIELD_HEX, "from the version resource" },
	{ "file_os_name", FIELD_STR, "system it was made for" },
	{ "file_type", FIELD_STR, "type.subtype of the version resource" },
	{ "file_type_name", FIELD_STR, "the type in words" },
	{ "pdb", FIELD_STR, "PDB that the image names" },
	{ "guid", FIELD_STR, "GUID of the PDB" },
	{ "age", FIELD_HEX, "age of the PDB" },
	{ "build_id", FIELD_STR, "ELF build id" },
	{ "unloaded", FIELD_BOOL, "was unloaded before the dump" },
	{ NULL },
};

static const struct record module_record = {
	.kind = "module",
	.help = "a loaded or unloaded module",
	.fields = module_fields,
	.text = "{start} {end}   {module:-10} ({status})[          {symbol_file}]\n",
};
static const char names_layout[] = "{module}\n";
static const char path_layout[] = "{start} {end}   {module:-10} {path}\n";
static const char time_layout[] = "{start} {end}   {module:-10} {timestamp_time} ({timestamp:08X|unknown})\n";
static const char path_time_layout[] =
	"{start} {end}   {module:-10} {path}   {timestamp_time} ({timestamp:08X|unknown})\n";
static const char unloaded_layout[] = "{start} {end}   {image}\n";
static const char unloaded_verbose_layout[] =
	"{start} {end}   {image}\n"
	"[    Timestamp:        {timestamp_time} ({timestamp:08X})\n]"
	"[    CheckSum:         {checksum:08X}\n]"
	"    ImageSize:        {size:08X}\n";
static const char verbose_layout[] =
	"{start} {end}   {module:-10} ({status})[          {symbol_file}]\n"
	"[    Image path: {path}\n][    Image name: {image}\n]"
	"[    Timestamp:        {timestamp_time} ({timestamp:08X})\n]"
	"[    CheckSum:         {checksum:08X}\n]"
	"    ImageSize:        {size:08X}\n"
	"[    File version:     {file_version}\n][    Product version:  {product_version}\n]"
	"[    File flags:       {file_flags:X}\n]"
	"[    File OS:          {file_os:X}[ {file_os_name}]\n]"
	"[    File type:        {file_type}[ {file_type_name}]\n]"
	"[    PDB:              {pdb}[ {guid}][, age {age}]\n]"
	"[    Build id:         {build_id}\n]"
	"[    Symbols:          {trouble}\n]";

static const char *status_text(const struct module *m)
{
	switch (module_symbol_status(m)) {
	case SYMBOLS_DEFERRED: return "deferred";
	case SYMBOLS_NONE: return "no symbols";
	case SYMBOLS_EXPORT: return "export symbols";
	case SYMBOLS_PUBLIC: return "public symbols";
	case SYMBOLS_PRIVATE: return "private symbols";
	}
	return "";
}

static void emit_version(struct out *o, const char *key, uint32_t ms, uint32_t ls)
{
	out_strf(o, key, "%u.%u.%u.%u", ms >> 16, ms & 0xffff, ls >> 16, ls & 0xffff);
}

static void emit_guid(struct out *o, const uint8_t *g)
{
	out_strf(o, "guid", "%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X",
		 g[3], g[2], g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12],
		 g[13], g[14], g[15]);
}

static void emit_codeview(struct out *o, const struct module *m)
{
	const struct dump_codeview *cv = &m->codeview;

	if (cv->kind == CODEVIEW_RSDS || cv->kind == CODEVIEW_NB10) {
		out_str(o, "pdb", cv->pdb_path && *cv->pdb_path ? cv->pdb_path : NULL);
		if (cv->kind == CODEVIEW_RSDS)
			emit_guid(o, cv->guid);
		out_uint(o, "age", cv->age);
	}
}

static void emit_build_id(struct out *o, const struct module *m)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; i < m->build_id_size && i < sizeof(m->build_id); i++)
		strbuf_addf(&sb, "%02x", m->build_id[i]);
	if (sb.len)
		out_str(o, "build_id", sb.s);
}

/* VS_FIXEDFILEINFO (verrsrc.h), in WinDbg's words. */
static void emit_file_kind(struct out *o, const struct dump_version *v)
{
	static const char *const types[] = { NULL, "App", "Dll", "Driver", "Font", "VxD", NULL,
					     "Static Library" };
	const char *name = v->type < ARRAY_SIZE(types) ? types[v->type] : NULL;

	if (v->os || v->type) {
		out_uint(o, "file_os", v->os);
		out_str(o, "file_os_name", v->os == 0x40004 ? "NT Win32" : v->os == 0x10004 ? "DOS Win32"
					   : v->os == 4 ? "Win32" : NULL);
		out_strf(o, "file_type", "%x.%x", v->type, v->subtype);
		out_str(o, "file_type_name", name);
	}
}

static void emit_details(struct out *o, const struct module *m)
{
	if (m->timestamp) {
		out_uint(o, "timestamp", m->timestamp);
		out_time(o, "timestamp_time", m->timestamp);
	}
	if (m->checksum)
		out_uint(o, "checksum", m->checksum);
	if (m->version.present) {
		emit_version(o, "file_version", m->version.file_ms, m->version.file_ls);
		emit_version(o, "product_version", m->version.product_ms, m->version.product_ls);
		out_uint(o, "file_flags", m->version.flags);
		emit_file_kind(o, &m->version);
	}
	emit_codeview(o, m);
	emit_build_id(o, m);
}

static struct err *emit_module(struct out *o, const struct module *m, const char *layout)
{
	const char *file = module_symbol_file(m), *trouble = module_symbol_trouble(m);

	out_begin_as(o, &module_record, layout);
	out_addr(o, "start", m->base);
	out_addr(o, "end", m->base + m->size);
	out_uint(o, "size", m->size);
	out_str(o, "module", m->name);
	out_str(o, "status", status_text(m));
	if (*file)
		out_str(o, "symbol_file", file);
	if (*trouble)
		out_str(o, "trouble", trouble);
	out_str(o, "path", m->path);
	out_str(o, "image", m->image_name);
	out_str(o, "machine", machine_name(m->machine));
	emit_details(o, m);
	return out_end(o);
}

struct lm {
	bool verbose, names_only, full_path, times, loaded_only, errors_only, no_unloaded;
	const char *pattern;
	uint64_t address;
	bool by_address;
};

/* Letters of an option word at p, up to the m or a that takes what follows. */
static size_t option_word(const char *p)
{
	size_t n = strcspn(p, " "), known = strspn(p, "1Dvmaeflkntuo");

	return n == known && n <= 4 ? n : 0;
}

static void take_letter(struct lm *l, char c)
{
	l->verbose |= c == 'v';
	l->names_only |= c == '1';
	l->full_path |= c == 'f';
	l->times |= c == 't';
	l->loaded_only |= c == 'l';
	l->errors_only |= c == 'e';
	l->no_unloaded |= c == 'o';
}

/* Behind m or a: a pattern, an address. */
static struct err *take_filter(struct session *s, const struct args *args, char c, const char **p,
			       struct lm *l)
{
	char *word;

	*p = str_skip_space(*p);
	if (c == 'a') {
		l->by_address = true;
		return expr_parse(s, p, &l->address);
	}
	TRY(word_parse(args->arena, p, &word));
	l->pattern = word;
	return NULL;
}

/* Letters may be glued to the name (lmvm ntdll) or follow it (lm v m ntdll). */
static struct err *parse_lm(struct session *s, const struct args *args, struct lm *ret)
{
	const char *p = args->tail, *letters = args->name + 2;
	size_t n = strlen(letters);

	for (bool first = true; first || n; first = false) {
		for (size_t i = 0; i < n; i++)
			take_letter(ret, letters[i]);
		if (n && (letters[n - 1] == 'm' || letters[n - 1] == 'a'))
			TRY(take_filter(s, args, letters[n - 1], &p, ret));
		letters = p = str_skip_space(p);
		n = option_word(p);
		p += n;
	}
	return end_parse(args, p);
}

static bool wanted(const struct lm *l, const struct module *m)
{
	if (l->by_address && (l->address < m->base || l->address - m->base >= m->size))
		return false;
	if (l->pattern && !str_match(l->pattern, m->name, true) &&
	    !str_match(l->pattern, m->image_name, true))
		return false;
	if (l->loaded_only && module_symbol_status(m) <= SYMBOLS_NONE)
		return false;
	return !l->errors_only || *module_symbol_trouble(m);
}

static struct err *emit_unloaded(struct session *s, const struct lm *l, struct out *o)
{
	const struct dump_unloaded *u;
	size_t n;

	if (l->no_unloaded || l->loaded_only || l->errors_only || l->names_only)
		return NULL;
	TRY(dump_unloaded(target_dump(session_target(s)), &u, &n));
	for (size_t i = 0, shown = 0; i < n; i++) {
		if ((l->pattern && !str_match(l->pattern, u[i].name, true)) ||
		    (l->by_address && l->address - u[i].base >= u[i].size))
			continue;
		if (!shown++)
			TRY(out_heading(o, "\nUnloaded modules:\n"));
		out_begin_as(o, &module_record, l->verbose || l->times ? unloaded_verbose_layout
				     : unloaded_layout);
		out_addr(o, "start", u[i].base);
		out_addr(o, "end", u[i].base + u[i].size);
		out_uint(o, "size", u[i].size);
		out_str(o, "image", u[i].name);
		out_uint(o, "timestamp", u[i].timestamp);
		if (u[i].timestamp)
			out_time(o, "timestamp_time", u[i].timestamp);
		if (u[i].checksum)
			out_uint(o, "checksum", u[i].checksum);
		out_bool(o, "unloaded", true);
		TRY(out_end(o));
	}
	return NULL;
}

static const char *choose_layout(const struct lm *l)
{
	if (l->verbose)
		return verbose_layout;
	if (l->names_only)
		return names_layout;
	if (l->full_path)
		return l->times ? path_time_layout : path_layout;
	return l->times ? time_layout : module_record.text;
}

static struct err *run_lm(struct session *s, const struct args *args, struct out *o)
{
	struct target *t = session_target(s);
	struct module **modules;
	size_t n = target_modules(t, &modules);
	struct lm l = { 0 };
	const char *layout;

	TRY(parse_lm(s, args, &l));
	layout = choose_layout(&l);
	if (!l.names_only)
		TRY(out_heading(o, out_pointer_size(o) == 8
					   ? "start             end                 module name\n"
					   : "start    end        module name\n"));
	for (size_t i = 0; i < n; i++)
		if (wanted(&l, modules[i]))
			TRY(emit_module(o, modules[i], layout));
	return emit_unloaded(s, &l, o);
}

static const struct record *const module_records[] = { &module_record, NULL };
static const char *const lm_aliases[] = { "lmv", "lmf", "lmvm", "mod", NULL };

const struct command command_lm = {
	.name = "lm",
	.aliases = lm_aliases,
	.summary = "list modules",
	.usage = "[v|f|t|1|l|e|k|o] [m pattern | a address]",
	.help = "Lists loaded modules by address, with the state of their symbols, then unloaded\n"
		"ones where the dump tells of them.\n"
		"  v  details: path, time stamp, version, PDB or build id\n"
		"  f  full path       1  names only      l  only those with symbols loaded\n"
		"  t  time stamps     ft both\n"
		"  e  only those whose symbols had trouble   o  loaded modules only\n"
		"  m  those whose name matches a pattern     a  the one at an address\n"
		"\"deferred\" means that nobody has needed the symbols yet.",
	.records = module_records,
	.needs = NEEDS_TARGET,
	.glued = "v1fleokDtumna",
	.run = run_lm,
};

/* --- !lmi ----------------------------------------------------------------------------- */

static const char lmi_layout[] =
	"Loaded Module Info: \\[{module}\\] \n"
	"         Module: {module}\n"
	"   Base Address: {start}\n"
	"     Image Name: {image}\n"
	"   Machine Type: {machine}\n"
	"[     Time Stamp: {timestamp:x} {timestamp_time}\n]"
	"           Size: {size}\n"
	"[       CheckSum: {checksum}\n]"
	"[     Debug Data: {pdb}[ {guid}][, age {age}]\n]"
	"[       Build Id: {build_id}\n]"
	"    Symbol Type: {status}[ - {symbol_file}]\n"
	"[    Load Report: {trouble}\n]";

static struct err *find_module(struct session *s, const struct args *args, const char *p,
			       struct module **ret)
{
	struct target *t = session_target(s);
	uint64_t address;

	*ret = *p ? target_module_named(t, p) : NULL;
	if (*ret)
		return NULL;
	if (!*p)
		return usage_error(args, "a module or an address is missing");
	TRY(expr_parse(s, &p, &address));
	TRY(end_parse(args, p));
	*ret = target_module_at(t, address);
	return *ret ? NULL : err_new(ERR_NOTFOUND, "no module at 0x%" PRIx64, address);
}

static struct err *run_lmi(struct session *s, const struct args *args, struct out *o)
{
	struct provider **providers;
	struct module *m = NULL;

	TRY(find_module(s, args, args->tail, &m));
	(void)module_providers(session_target(s), m, &providers);
	return emit_module(o, m, lmi_layout);
}

const struct command command_lmi = {
	.name = "!lmi",
	.summary = "show what is known of a module and its symbols",
	.usage = "module | address",
	.help = "Loads the module's symbols if need be and shows identity (time stamp, checksum,\n"
		"PDB GUID and age, or build id), where the symbols come from, and, when they\n"
		"could not be had, why.",
	.records = module_records,
	.needs = NEEDS_TARGET,
	.run = run_lmi,
};

/* --- !dh -------------------------------------------------------------------------------- */

static const struct field header_fields[] = {
	{ "what", FIELD_STR, "file header, optional header, section, directory, debug entry" },
	{ "name", FIELD_STR, "field, section or directory" },
	{ "value", FIELD_HEX, "its value" },
	{ "rva", FIELD_HEX, "relative address" },
	{ "size", FIELD_HEX, "bytes" },
	{ "characteristics", FIELD_HEX, "flags of a section" },
	{ "text", FIELD_STR, "what the value means" },
	{ NULL },
};

static const struct record header_record = {
	.kind = "header",
	.help = "a field of the image's headers",
	.fields = header_fields,
	.text = "{value:8x} {name}[ ({text})]\n",
};
static const char section_layout[] =
	"  {name:-8} rva {rva:8x} size {size:8x} raw {value:8x} flags {characteristics:8x}\n";
static const char directory_layout[] = "{rva:8x} \\[{size:8x}\\] address \\[size\\] of {name}\n";
static const char debug_layout[] = "  {name:-12} size {size:8x} rva {rva:8x}\n";

static struct err *emit_header(struct out *o, const char *name, uint64_t value, const char *text)
{
	out_begin(o, &header_record);
	out_str(o, "what", "header");
	out_str(o, "name", name);
	out_uint(o, "value", value);
	out_str(o, "text", text);
	return out_end(o);
}

static struct err *emit_headers(struct out *o, const struct pe_headers *h)
{
	TRY(emit_header(o, "machine", h->machine_raw, machine_name(h->machine)));
	TRY(emit_header(o, "number of sections", h->n_sections, NULL));
	TRY(emit_header(o, "time date stamp", h->timestamp, NULL));
	TRY(emit_header(o, "characteristics", h->characteristics, NULL));
	TRY(emit_header(o, "address of entry point", h->entry_point, NULL));
	TRY(emit_header(o, "image base", h->image_base, NULL));
	TRY(emit_header(o, "section alignment", h->section_alignment, NULL));
	TRY(emit_header(o, "file alignment", h->file_alignment, NULL));
	TRY(emit_header(o, "subsystem", h->subsystem, NULL));
	TRY(emit_header(o, "DLL characteristics", h->dll_characteristics, NULL));
	TRY(emit_header(o, "size of image", h->size_of_image, NULL));
	TRY(emit_header(o, "size of headers", h->size_of_headers, NULL));
	return emit_header(o, "checksum", h->checksum, NULL);
}

static struct err *emit_directories(struct out *o, const struct pe_headers *h)
{
	static const char *const names[PE_N_DIRS] = {
		"Export Directory", "Import Directory", "Resource Directory", "Exception Directory",
		"Security Directory", "Base Relocation Directory", "Debug Directory",
		"Description Directory", "Special Directory", "Thread Storage Directory",
		"Load Configuration Directory", "Bound Import Directory",
		"Import Address Table Directory", "Delay Import Directory", "COR20 Header Directory",
		"Reserved Directory",
	};

	for (unsigned i = 0; i < h->n_directories; i++) {
		out_begin_as(o, &header_record, directory_layout);
		out_str(o, "what", "directory");
		out_str(o, "name", names[i]);
		out_uint(o, "rva", h->directories[i].rva);
		out_uint(o, "size", h->directories[i].size);
		TRY(out_end(o));
	}
	return NULL;
}

static struct err *emit_sections(struct out *o, const struct pe_headers *h)
{
	TRY(out_heading(o, "\nSECTION HEADERS\n"));
	for (unsigned i = 0; i < h->n_sections; i++) {
		out_begin_as(o, &header_record, section_layout);
		out_str(o, "what", "section");
		out_str(o, "name", h->sections[i].name);
		out_uint(o, "rva", h->sections[i].rva);
		out_uint(o, "size", h->sections[i].virtual_size);
		out_uint(o, "value", h->sections[i].raw_size);
		out_uint(o, "characteristics", h->sections[i].characteristics);
		TRY(out_end(o));
	}
	return NULL;
}

static struct err *emit_debug(struct out *o, struct pe *pe)
{
	const struct pe_debug_entry *entries;
	size_t n;

	if (err_ignore(pe_debug_entries(pe, &entries, &n)))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (!i)
			TRY(out_heading(o, "\nDebug Directories\n"));
		out_begin_as(o, &header_record, debug_layout);
		out_str(o, "what", "debug");
		out_str(o, "name", entries[i].type_name);
		out_uint(o, "size", entries[i].size);
		out_uint(o, "rva", entries[i].rva);
		TRY(out_end(o));
	}
	return NULL;
}

static struct err *run_dh(struct session *s, const struct args *args, struct out *o)
{
	enum { ALL = 1, FILE_HEADER = 2, SECTIONS = 4 };
	const char *p = args->tail;
	struct module *m = NULL;
	unsigned options;
	struct pe *pe;

	TRY(options_parse(&p, "afs", &options));
	options = options ? options : ALL;
	TRY(find_module(s, args, p, &m));
	pe = module_pe_image(session_target(s), m);
	if (!pe)
		return err_new(ERR_NOTFOUND, "the headers of %s are neither in the dump nor in an image file",
			       m->image_name);
	if (options & (ALL | FILE_HEADER)) {
		TRY(out_heading(o, "\nFILE HEADER VALUES\n"));
		TRY(emit_headers(o, pe_headers(pe)));
		TRY(emit_directories(o, pe_headers(pe)));
	}
	if (options & (ALL | SECTIONS))
		TRY(emit_sections(o, pe_headers(pe)));
	return options & ALL ? emit_debug(o, pe) : NULL;
}

static const struct record *const header_records[] = { &header_record, NULL };

const struct command command_dh = {
	.name = "!dh",
	.summary = "show the headers of a PE image",
	.usage = "[-a | -f | -s] module | address",
	.help = "File header, data directories, sections and debug directories, from the dump's\n"
		"memory or from the image file. -f: the headers without sections, -s: the sections\n"
		"only, -a: all, as without an option.",
	.records = header_records,
	.needs = NEEDS_TARGET | NEEDS_WINDOWS,
	.run = run_dh,
};
