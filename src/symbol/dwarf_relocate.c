/* SPDX-License-Identifier: MIT */
/*
 * Debug information of relocatable files, as modules of a kernel are: libdwfl
 * applies the relocations to a private copy, section by section as the caller
 * says where each was loaded. What was not loaded keeps address 0.
 */
#include "symbol/dwarf_info_impl.h"

#include <elfutils/libdwfl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct dwarf_relocated {
	Dwfl *dwfl;
	const struct dwarf_request *req;	/* valid while it is being opened */
};

/* Some linkers leave addresses in the sections of modules (.data of Linux 6.12): libdwfl would believe them. */
static void forget_addresses(Elf *elf)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr header;

	while ((scn = elf_nextscn(elf, scn)))
		if (gelf_getshdr(scn, &header) && header.sh_addr) {
			header.sh_addr = 0;
			(void)gelf_update_shdr(scn, &header);
		}
}

/* libdwfl ends both, descriptor and Elf, also where it refuses them. */
static int find_elf(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr base, char **file_name, Elf **elf)
{
	struct dwarf_relocated *r = *userdata;
	int fd = open(r->req->path, O_RDONLY | O_CLOEXEC);

	(void)elf_version(EV_CURRENT);
	*file_name = strdup(r->req->path);
	*elf = fd >= 0 ? elf_begin(fd, ELF_C_READ_MMAP_PRIVATE, NULL) : NULL;
	if (*elf)
		forget_addresses(*elf);
	return fd;
}

/* The file has its debug information, or there is none. */
static int find_no_other(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr base, const char *file,
			 const char *link, GElf_Word crc, char **ret_file)
{
	return -1;
}

static int section_address(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr base, const char *section,
			   GElf_Word i, const GElf_Shdr *header, Dwarf_Addr *ret)
{
	const struct dwarf_request *req = ((struct dwarf_relocated *)*userdata)->req;

	*ret = (Dwarf_Addr)-1; /* not loaded */
	for (size_t k = 0; req && k < req->n_placed; k++)
		if (!strcmp(req->placed[k].name, section))
			*ret = req->placed[k].address;
	return DWARF_CB_OK;
}

static const Dwfl_Callbacks callbacks = {
	.find_elf = find_elf,
	.find_debuginfo = find_no_other,
	.section_address = section_address,
};

static Dwarf *open_module(struct dwarf_relocated *r)
{
	uint64_t start = r->req->vaddr_base;
	Dwfl_Module *mod;
	Dwarf_Addr bias = 0;
	void **userdata;
	Dwarf *dbg;

	r->dwfl = dwfl_begin(&callbacks);
	if (!r->dwfl)
		return NULL;
	dwfl_report_begin(r->dwfl);
	mod = dwfl_report_module(r->dwfl, "module", start, start + 1);
	if (!mod || !dwfl_module_info(mod, &userdata, NULL, NULL, NULL, NULL, NULL, NULL))
		return NULL;
	*userdata = r;
	if (dwfl_report_end(r->dwfl, NULL, NULL) != 0)
		return NULL;
	dbg = dwfl_module_getdwarf(mod, &bias);
	return bias ? NULL : dbg;
}

struct err *dwarf_relocate(const struct dwarf_request *req, struct dwarf_relocated **ret, Dwarf **ret_dbg)
{
	struct dwarf_relocated *r = calloc(1, sizeof(*r));

	if (!r)
		return err_nomem();
	*ret = r;
	r->req = req;
	*ret_dbg = open_module(r);
	r->req = NULL;
	if (!*ret_dbg)
		return err_new(ERR_CORRUPT, "%s: debug information cannot be read: %s", req->path, dwfl_errmsg(-1));
	return NULL;
}

struct err *dwarf_relocated_section(struct dwarf_info *d, const char *name, struct source **ret)
{
	Elf *elf = d->relocated ? dwarf_getelf(d->dbg) : NULL;
	Elf_Scn *scn = NULL;
	GElf_Shdr header;
	size_t names;

	if (!elf || elf_getshdrstrndx(elf, &names) != 0)
		return err_new(ERR_NOTFOUND, "%s: not relocated", d->path);
	while ((scn = elf_nextscn(elf, scn))) {
		const char *found = gelf_getshdr(scn, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;
		Elf_Data *data = found && !strcmp(found, name) ? elf_getdata(scn, NULL) : NULL;

		if (data && data->d_buf)
			return source_from_memory(d->path, data->d_buf, data->d_size, ret);
	}
	return err_new(ERR_NOTFOUND, "%s: no %s", d->path, name);
}

void dwarf_relocated_free(struct dwarf_relocated *r)
{
	if (!r)
		return;
	if (r->dwfl)
		dwfl_end(r->dwfl);
	free(r);
}
