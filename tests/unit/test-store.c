/* SPDX-License-Identifier: MIT */
/*
 * The symbol store: paths, keys, layouts on disk, identities, and downloads
 * from a server that this program runs on the loopback address.
 */
#include "base/arena.h"
#include "base/cancel.h"
#include "base/source.h"
#include "symbol/store.h"
#include "unit/pe-build.h"
#include "unit/test.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- a folder of its own ---------------------------------------------------------- */

static char top[64];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static void remove_top(void)
{
	(void)nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool make_top(void)
{
	if (!top[0]) {
		(void)snprintf(top, sizeof(top), "/tmp/osm-store-XXXXXX");
		if (!mkdtemp(top))
			return false;
		(void)atexit(remove_top);
		(void)setenv("HOME", top, 1);
		(void)unsetenv("XDG_CACHE_HOME");
		(void)unsetenv("http_proxy");
	}
	return true;
}

/* top/path with these bytes; folders are made. */
static bool put(const char *path, const void *bytes, size_t n)
{
	char full[512];
	FILE *f;

	if (!make_top())
		return false;
	(void)snprintf(full, sizeof(full), "%s/%s", top, path);
	for (char *p = full + strlen(top) + 1; *p; p++)
		if (*p == '/') {
			*p = '\0';
			(void)mkdir(full, 0700);
			*p = '/';
		}
	f = fopen(full, "w");
	if (!f)
		return false;
	if (fwrite(bytes, 1, n, f) != n) {
		(void)fclose(f);
		return false;
	}
	return fclose(f) == 0;
}

static bool put_text(const char *path, const char *text)
{
	return put(path, text, strlen(text));
}

static bool put_pe(const char *path, uint32_t timestamp)
{
	struct pb b;

	pb_build(&b, true);
	pb_put(&b, 0x88, 4, timestamp);
	return put(path, b.bytes, sizeof(b.bytes));
}

static const uint8_t guid[16] = { 0xe5, 0x32, 0x98, 0x5a, 0x28, 0x72, 0x41, 0xc1,
				  0x83, 0x8e, 0xd9, 0x89, 0x14, 0xe9, 0xb7, 0xff };
#define PDB_KEY "5A9832E57228C141838ED98914E9B7FF1"
#define SYM_TEXT "MODULE windows x86 " PDB_KEY " app.pdb\nPUBLIC 1000 0 f\n"
#define PE_KEY "4A5BC6007000"

static struct symbol_request want_pdb(void)
{
	struct symbol_request r = { .kind = SYMBOL_WANT_PDB, .name = "C:\\b\\app.pdb", .image = "app.exe",
				    .has_guid = true, .age = 1 };

	memcpy(r.guid, guid, 16);
	return r;
}

static struct symbol_request want_pe(const char *name)
{
	return (struct symbol_request){ .kind = SYMBOL_WANT_IMAGE, .name = name, .timestamp = 0x4a5bc600,
					.size_of_image = PB_IMAGE_SIZE };
}

/* Searches with a path in which '@' stands for the test's folder. */
struct found {
	struct symbol_search s;
	struct arena a;
};

static void found_deinit(struct found *f)
{
	arena_deinit(&f->a);
}

static void expand_at(const char *text, char *buf, size_t size)
{
	size_t n = 0;

	for (; *text && n + 1 < size; text++)
		n += *text == '@' ? (size_t)snprintf(buf + n, size - n, "%s", top)
				  : (size_t)snprintf(buf + n, size - n, "%c", *text);
}

static struct err *find_with(struct symbol_store *s, const struct symbol_request *r, struct found *f)
{
	return symbol_store_find(s, r, &f->a, &f->s);
}

static struct err *find(const char *symbols, const char *images, const struct symbol_request *r,
			struct found *f)
{
	CLEANUP(symbol_store_destroyp) struct symbol_store *s = NULL;
	char path[512] = "", image_path[512] = "";
	struct symbol_store_options o = { .symbol_path = path, .image_path = image_path };

	expand_at(symbols ? symbols : "", path, sizeof(path));
	expand_at(images ? images : "", image_path, sizeof(image_path));
	TRY(symbol_store_create(&o, &s));
	return find_with(s, r, f);
}

static const char *below_top(const char *path)
{
	return path && str_starts(path, top) ? path + strlen(top) + 1 : path;
}

/* --- paths and keys ----------------------------------------------------------------- */

TEST(paths_are_parsed)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct symbol_place *p;
	size_t n;

	EXPECT(make_top());
	EXPECT_OK(symbol_path_parse(" /a/ ;;srv*/c*https://x/s;cache*/k;SRV*;symsrv*symsrv.dll*/d*/e;"
				    "https://y/z;~/q;srv**https://w", &a, &p, &n));
	EXPECT_EQ(n, 8);
	EXPECT_EQ(p[0].kind, SYMBOL_PLACE_FOLDER);
	EXPECT_STR(p[0].stores[0], "/a");
	EXPECT_EQ(p[1].kind, SYMBOL_PLACE_CHAIN);
	EXPECT_EQ(p[1].n_stores, 2);
	EXPECT_STR(p[1].stores[1], "https://x/s");
	EXPECT(!p[1].cache);
	EXPECT_STR(p[2].stores[0], "/k");
	EXPECT_STR(p[3].stores[1], SYMBOL_DEFAULT_SERVER);
	EXPECT_STR(p[3].cache, "/k");
	EXPECT(strstr(p[3].stores[0], "/.cache/osmodump/symbols"));
	EXPECT_EQ(p[4].n_stores, 2);
	EXPECT_STR(p[4].stores[0], "/d");
	EXPECT_EQ(p[5].kind, SYMBOL_PLACE_CHAIN);
	EXPECT_STR(below_top(p[6].stores[0]), "q");
	EXPECT(strstr(p[7].stores[0], "/.cache/osmodump/symbols"));
	EXPECT_STR(p[7].stores[1], "https://w");
	EXPECT_OK(symbol_path_parse(NULL, &a, &p, &n));
	EXPECT_EQ(n, 0);
}

TEST(symfix_and_expansion)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	EXPECT_OK(symbol_path_fix(NULL, &sb));
	EXPECT_STR(sb.s, "srv*");
	strbuf_reset(&sb);
	EXPECT_OK(symbol_path_fix("/c", &sb));
	EXPECT_STR(sb.s, "srv*/c*" SYMBOL_DEFAULT_SERVER);
	strbuf_reset(&sb);
	EXPECT_OK(symbol_path_expand("/a;srv*", &sb));
	EXPECT_STR(sb.s, "/a;cache*;SRV*" SYMBOL_DEFAULT_SERVER);
}

static void expect_key(const struct symbol_request *r, const char *want)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	EXPECT_OK(symbol_request_key(r, &sb));
	EXPECT_STR(sb.s, want);
}

TEST(keys)
{
	static const uint8_t id[] = { 0x10, 0xfa, 0xa6, 0xbb, 0xaa, 0xb8, 0x3d, 0xb3 };
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct symbol_request pdb = want_pdb(), pe = want_pe("x\\App.dll");
	struct symbol_request nb10 = { .kind = SYMBOL_WANT_PDB, .name = "o.pdb", .has_signature = true,
				       .signature = 0x3c2b1a, .age = 0x1f };
	struct symbol_request elf = { .kind = SYMBOL_WANT_ELF, .name = "libx.so", .build_id = id,
				      .build_id_size = 8 };

	expect_key(&pdb, PDB_KEY);
	expect_key(&pe, PE_KEY);
	expect_key(&nb10, "003C2B1A1F");
	expect_key(&elf, "elf-buildid-10faa6bbaab83db3");
	elf.kind = SYMBOL_WANT_ELF_SYM;
	expect_key(&elf, "BBA6FA10B8AAB33D00000000000000000"); /* a short id is filled up */
	EXPECT_OK(symbol_request_url("https://s/sym/", &pe, &sb));
	EXPECT_STR(sb.s, "https://s/sym/App.dll/" PE_KEY "/App.dll");
	pe.timestamp = pe.size_of_image = 0;
	EXPECT_ERR(symbol_request_url("https://s", &pe, &sb), ERR_USAGE);
}

/* --- layouts --------------------------------------------------------------------------- */

/* The request is answered by this file of the folder, by this rule. */
static void expect_found(const char *symbols, const char *images, const struct symbol_request *r,
			 const char *path, const char *rule)
{
	CLEANUP(found_deinit) struct found f = { .a = ARENA_INIT };

	EXPECT_OK(find(symbols, images, r, &f));
	EXPECT_STR(below_top(f.s.path), path);
	EXPECT_STR(f.s.rule, rule);
	EXPECT(!f.s.unverified && !f.s.trouble);
}

TEST(images_in_every_layout)
{
	struct symbol_request r = want_pe("C:\\Windows\\System32\\Foo.DLL");

	EXPECT(put_pe("flat/foo.dll", 0x4a5bc600));
	EXPECT(put_pe("ext/dll/FOO.dll", 0x4a5bc600));
	EXPECT(put_pe("two/foo.dll/4A5bc6007000/foo.dll", 0x4a5bc600));
	EXPECT(put_pe("three/fo/foo.dll/" PE_KEY "/foo.dll", 0x4a5bc600));
	EXPECT(put_text("three/index2.txt", ""));
	EXPECT(put_pe("mirror/WINDOWS/system32/foo.dll", 0x4a5bc600));
	EXPECT(put_text("empty/x", ""));
	expect_found("", "@/flat", &r, "flat/foo.dll", "folder");
	expect_found("", "@/empty;@/ext", &r, "ext/dll/FOO.dll", "folder");
	expect_found("", "@/two", &r, "two/foo.dll/4A5bc6007000/foo.dll", "symbol store");
	expect_found("srv*@/empty*@/three", "", &r, "three/fo/foo.dll/" PE_KEY "/foo.dll", "symbol store");
	expect_found("", "@/mirror", &r, "mirror/WINDOWS/system32/foo.dll", "folder");
}

TEST(another_image_is_refused)
{
	CLEANUP(found_deinit) struct found f = { .a = ARENA_INIT };
	struct symbol_request r = want_pe("foo.dll");

	EXPECT(put_pe("old/foo.dll", 0x11112222));
	EXPECT(put_pe("new/foo.dll", 0x4a5bc600));
	EXPECT_OK(find("", "@/old;@/empty", &r, &f));
	EXPECT(!f.s.path);
	EXPECT_EQ(f.s.trouble->outcome, SYMBOL_MISMATCH);
	EXPECT(strstr(f.s.trouble->why, "time stamp 11112222 and size 0x7000, expected 4A5BC600 and 0x7000"));
	expect_found("", "@/old;@/new", &r, "new/foo.dll", "folder");
}

TEST(breakpad_files_stand_in_for_pdbs)
{
	CLEANUP(found_deinit) struct found f = { .a = ARENA_INIT };
	struct symbol_request r = want_pdb(), other;
	uint8_t id[20] = { 0x10, 0xfa };
	struct symbol_request elf = { .kind = SYMBOL_WANT_ELF_SYM, .name = "/usr/lib/libx.so", .build_id = id,
				      .build_id_size = 20 };

	EXPECT(put_text("bp/app.pdb/" PDB_KEY "/app.sym", SYM_TEXT));
	EXPECT(put_text("bpflat/app.sym", SYM_TEXT));
	EXPECT(put_text("bp/libx.so/0000FA10000000000000000000000000" "0/libx.so.sym",
			"MODULE Linux x86_64 0000FA100000000000000000000000000 libx.so\n"));
	expect_found("@/bp", "", &r, "bp/app.pdb/" PDB_KEY "/app.sym", "Breakpad store");
	expect_found("@/bpflat", "", &r, "bpflat/app.sym", "folder");
	expect_found("@/bp", "", &elf, "bp/libx.so/0000FA100000000000000000000000000/libx.so.sym",
		     "Breakpad store");
	other = r;
	other.guid[0]++;
	EXPECT_OK(find("@/bpflat", "", &other, &f));
	EXPECT(!f.s.path);
	EXPECT(strstr(f.s.trouble->why, "symbols of " PDB_KEY ", expected 5A9832E67228C141838ED98914E9B7FF1"));
}

TEST(packed_files_are_told)
{
	CLEANUP(found_deinit) struct found f = { .a = ARENA_INIT };
	struct symbol_request r = want_pdb();

	EXPECT(put_text("packed/app.pdb/" PDB_KEY "/app.pd_", "MSCF"));
	EXPECT_OK(find("srv*@/packed", "", &r, &f));
	EXPECT(!f.s.path);
	EXPECT_EQ(f.s.trouble->outcome, SYMBOL_COMPRESSED);
	EXPECT(strstr(f.s.trouble->why, "cabextract"));
	EXPECT(put_text("packed2/app.pdb", "MSCF"));
	EXPECT_OK(find("@/packed2", "", &r, &f));
	EXPECT_EQ(f.s.trouble->outcome, SYMBOL_COMPRESSED);
}

TEST(damaged_files_and_other_kinds)
{
	CLEANUP(found_deinit) struct found f = { .a = ARENA_INIT };
	struct symbol_request r = want_pdb();

	EXPECT(put_text("bad/app.pdb", "Microsoft C/C++ MSF 7.00\r\n\032DS"));
	EXPECT_OK(find("@/bad", "", &r, &f));
	EXPECT(!f.s.path);
	EXPECT_EQ(f.s.trouble->outcome, SYMBOL_UNREADABLE);
	EXPECT(put_text("odd/app.pdb", "hello"));
	EXPECT_OK(find("@/odd", "", &r, &f));
	EXPECT_EQ(f.s.trouble->outcome, SYMBOL_UNREADABLE);
}

TEST(names_never_leave_the_folder)
{
	static const char *const names[] = { "..", "a/..", "", "C:\\x\\", "a\nb", "x?y" };
	struct symbol_request r = want_pe("");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP(found_deinit) struct found f = { .a = ARENA_INIT };

		r.name = names[i];
		EXPECT_OK(find("@/flat", "@/flat", &r, &f));
		EXPECT(!f.s.path);
		EXPECT_EQ(f.s.n_attempts, 1);
	}
	/* the path of a module is not followed out of a copy of its disk */
	EXPECT(put_pe("outside.dll", 0x4a5bc600));
	r.name = "/x/../../outside.dll";
	{
		CLEANUP(found_deinit) struct found f = { .a = ARENA_INIT };

		EXPECT_OK(find("", "@/empty", &r, &f));
		EXPECT(!f.s.path);
	}
}

TEST(without_an_identity_it_is_said)
{
	CLEANUP(found_deinit) struct found f = { .a = ARENA_INIT };
	struct symbol_request r = want_pe("foo.dll");

	r.timestamp = r.size_of_image = 0;
	EXPECT_OK(find("", "@/flat", &r, &f));
	EXPECT(f.s.path && f.s.unverified);
}

/* --- ELF ----------------------------------------------------------------------------------- */

/* The build id of this very program, from its note. */
static bool own_build_id(uint8_t *id, size_t *n)
{
	char line[512], *at;
	bool ok = false;
	FILE *p;

	(void)snprintf(line, sizeof(line), "readelf -n /proc/%d/exe 2>/dev/null", (int)getpid());
	p = popen(line, "r");
	while (p && fgets(line, sizeof(line), p)) {
		at = strstr(line, "Build ID: ");
		if (!at)
			continue;
		at += 10;
		for (*n = 0; *n < 64 && sscanf(at, "%2hhx", &id[*n]) == 1; at += 2)
			++*n;
		ok = *n >= 8;
	}
	if (p)
		(void)pclose(p);
	return ok;
}

TEST(elf_images_by_build_id_and_sysroot)
{
	CLEANUP(found_deinit) struct found f = { .a = ARENA_INIT };
	CLEANUP(symbol_store_destroyp) struct symbol_store *s = NULL;
	struct symbol_request r = { .kind = SYMBOL_WANT_ELF, .name = "/opt/lib/self" };
	struct symbol_store_options o = { .sysroot = top };
	char command[1024], hex[160] = "";
	uint8_t id[64];
	size_t n;

	if (!own_build_id(id, &n)) {
		(void)printf("skipped: this program has no build id (or there is no readelf)\n");
		return;
	}
	r.build_id = id;
	r.build_id_size = n;
	for (size_t i = 0; i < n; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", id[i]);
	(void)snprintf(command, sizeof(command),
		       "mkdir -p %s/opt/lib %s/tree/.build-id/%.2s && cp /proc/%d/exe %s/opt/lib/self && "
		       "ln -s ../../../opt/lib/self %s/tree/.build-id/%.2s/%s", top, top, hex, (int)getpid(),
		       top, top, hex, hex + 2);
	EXPECT_EQ(system(command), 0);
	EXPECT_OK(symbol_store_create(&o, &s));
	EXPECT_OK(find_with(s, &r, &f));
	EXPECT_STR(below_top(f.s.path), "opt/lib/self");
	EXPECT_STR(f.s.rule, "sysroot");
	EXPECT(!f.s.unverified);
	r.name = "elsewhere";
	EXPECT_OK(find("", "@/tree", &r, &f));
	EXPECT_STR(f.s.rule, "build id");
	id[0] ^= 1;
	r.name = "/opt/lib/self";
	EXPECT_OK(find_with(s, &r, &f));
	EXPECT(!f.s.path);
	EXPECT_EQ(f.s.trouble->outcome, SYMBOL_MISMATCH);
	EXPECT(strstr(f.s.trouble->why, "expected"));
}

/* --- a server --------------------------------------------------------------------------------- */

struct server {
	pid_t pid;
	unsigned port;
	unsigned *requests;	/* shared with it */
};

static void say(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		return;
}

/* /ok: the file under top/www; /short: half of it; /slow: a byte, then nothing;
 * /file: a redirect to a file URL; anything else: 404. */
static void answer(int fd)
{
	char request[2048] = "", path[600], head[128];
	ssize_t n = read(fd, request, sizeof(request) - 1);
	char *end = n > 4 ? strchr(request + 4, ' ') : NULL;
	struct stat st;
	FILE *f;

	if (!end)
		return;
	*end = '\0';
	if (str_starts(request + 4, "/file/")) {
		(void)snprintf(path, sizeof(path), "HTTP/1.1 302 x\r\nLocation: file://%s/flat/foo.dll\r\n\r\n", top);
		say(fd, path);
		return;
	}
	if (str_starts(request + 4, "/slow/")) {
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nM");
		(void)sleep(30);
		return;
	}
	(void)snprintf(path, sizeof(path), "%s/www%s", top, strchr(request + 5, '/') ? strchr(request + 5, '/') : "");
	f = fopen(path, "r");
	if (!f || fstat(fileno(f), &st) < 0 ||
	    !(str_starts(request + 4, "/ok/") || str_starts(request + 4, "/short/"))) {
		say(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
		if (f)
			(void)fclose(f);
		return;
	}
	(void)snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %ld\r\n\r\n", (long)st.st_size);
	say(fd, head);
	for (long left = str_starts(request + 4, "/short/") ? st.st_size / 2 : st.st_size; left > 0; left--) {
		int c = fgetc(f);
		char byte = (char)c;

		if (c == EOF || write(fd, &byte, 1) != 1)
			break;
	}
	(void)fclose(f);
}

static void serve(int listener, unsigned *requests)
{
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			_exit(0);
		++*requests;
		answer(fd);
		(void)close(fd);
	}
}

static bool server_start(struct server *s)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	s->requests = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (listener < 0 || s->requests == MAP_FAILED || bind(listener, (struct sockaddr *)&at, len) < 0 ||
	    listen(listener, 8) < 0 || getsockname(listener, (struct sockaddr *)&at, &len) < 0)
		return false;
	s->port = ntohs(at.sin_port);
	(void)fflush(NULL);
	s->pid = fork();
	if (!s->pid) {
		(void)alarm(100); /* never outlive the test */
		serve(listener, s->requests);
	}
	(void)close(listener);
	return s->pid > 0;
}

static void server_stop(struct server *s)
{
	if (s->pid > 0) {
		(void)kill(s->pid, SIGKILL);
		(void)waitpid(s->pid, NULL, 0);
	}
	(void)munmap(s->requests, 4096);
}

/* A store "srv*cache*http://127.0.0.1:port/what". */
static struct err *store_for(const struct server *srv, const char *cache, const char *what,
			     struct symbol_store **ret)
{
	char path[512];
	struct symbol_store_options o = { .symbol_path = path, .connect_timeout = 2, .stall_timeout = 20 };

	(void)snprintf(path, sizeof(path), "srv*%s/%s*http://127.0.0.1:%u/%s", top, cache, srv->port, what);
	return symbol_store_create(&o, ret);
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_mode & 0777 : 0;
}

static unsigned n_files;
static int count_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	n_files += type == FTW_F;
	return 0;
}

/* Files below top/path. */
static unsigned files_below(const char *path)
{
	char full[512];

	(void)snprintf(full, sizeof(full), "%s/%s", top, path);
	n_files = 0;
	(void)nftw(full, count_file, 16, FTW_PHYS);
	return n_files;
}

TEST(download_goes_to_the_cache)
{
	CLEANUP(server_stop) struct server srv = { 0 };
	CLEANUP(symbol_store_destroyp) struct symbol_store *s = NULL;
	CLEANUP(found_deinit) struct found f = { .a = ARENA_INIT };
	struct symbol_request r = want_pe("C:\\x\\foo bar.dll");
	char folder[512];

	EXPECT(put_pe("www/foo%20bar.dll/" PE_KEY "/foo%20bar.dll", 0x4a5bc600));
	EXPECT(server_start(&srv));
	EXPECT_OK(store_for(&srv, "dl/deep", "ok", &s));
	EXPECT_OK(find_with(s, &r, &f));
	EXPECT_STR(below_top(f.s.path), "dl/deep/foo bar.dll/" PE_KEY "/foo bar.dll");
	EXPECT_STR(f.s.rule, "server");
	EXPECT(!f.s.unverified);
	EXPECT_EQ(mode_of(f.s.path), 0600);
	(void)snprintf(folder, sizeof(folder), "%s/dl", top);
	EXPECT_EQ(mode_of(folder), 0700);
	EXPECT_EQ(files_below("dl"), 1);
	EXPECT_EQ(*srv.requests, 1);
	EXPECT_OK(find_with(s, &r, &f));
	EXPECT_STR(f.s.rule, "symbol store");
	EXPECT_EQ(*srv.requests, 1);
}

TEST(what_a_server_lacks_is_not_asked_for_again)
{
	CLEANUP(server_stop) struct server srv = { 0 };
	CLEANUP(symbol_store_destroyp) struct symbol_store *s = NULL;
	CLEANUP(found_deinit) struct found f = { .a = ARENA_INIT };
	struct symbol_request r = want_pdb();

	EXPECT(server_start(&srv));
	EXPECT_OK(store_for(&srv, "dl404", "ok", &s));
	EXPECT_OK(find_with(s, &r, &f));
	EXPECT(!f.s.path);
	EXPECT_EQ(f.s.trouble->outcome, SYMBOL_ABSENT);
	EXPECT_EQ(*srv.requests, 2); /* app.pdb, app.sym */
	EXPECT_OK(find_with(s, &r, &f));
	EXPECT_EQ(*srv.requests, 2);
	EXPECT_EQ(f.s.trouble->outcome, SYMBOL_NOT_ASKED);
	symbol_store_retry(s);
	EXPECT_OK(find_with(s, &r, &f));
	EXPECT_EQ(*srv.requests, 4);
	EXPECT_EQ(files_below("dl404"), 0);
	/* once it has it, a Breakpad file does as well */
	EXPECT(put_text("www/app.pdb/" PDB_KEY "/app.sym", SYM_TEXT));
	symbol_store_retry(s);
	EXPECT_OK(find_with(s, &r, &f));
	EXPECT_STR(below_top(f.s.path), "dl404/app.pdb/" PDB_KEY "/app.sym");
	EXPECT_EQ(f.s.type, SYMBOL_FILE_BREAKPAD);
}

/* The server's answer is no file of ours: nothing stays in the cache. */
static void expect_failure(const char *what, const char *cache, const char *name, enum symbol_outcome outcome)
{
	CLEANUP(server_stop) struct server srv = { 0 };
	CLEANUP(symbol_store_destroyp) struct symbol_store *s = NULL;
	CLEANUP(found_deinit) struct found f = { .a = ARENA_INIT };
	struct symbol_request r = want_pe(name);

	EXPECT(server_start(&srv));
	EXPECT_OK(store_for(&srv, cache, what, &s));
	EXPECT_OK(find_with(s, &r, &f));
	EXPECT(!f.s.path);
	EXPECT_EQ(f.s.trouble->outcome, outcome);
	EXPECT(f.s.trouble->why[0]);
	EXPECT_EQ(files_below(cache), 0);
}

TEST(bad_answers_leave_nothing_behind)
{
	EXPECT(put_pe("www/cut.dll/" PE_KEY "/cut.dll", 0x4a5bc600));
	EXPECT(put_pe("www/wrong.dll/" PE_KEY "/wrong.dll", 0x99999999));
	EXPECT(put_text("www/html.dll/" PE_KEY "/html.dll", "<html>login</html>"));
	expect_failure("short", "dlshort", "cut.dll", SYMBOL_FAILED);
	expect_failure("ok", "dlwrong", "wrong.dll", SYMBOL_MISMATCH);
	expect_failure("ok", "dlhtml", "html.dll", SYMBOL_FAILED);
	expect_failure("file", "dlfile", "foo.dll", SYMBOL_FAILED);
}

static void *cancel_soon(void *arg)
{
	(void)usleep(300000);
	cancel_request();
	return NULL;
}

TEST(slow_server_can_be_cancelled)
{
	CLEANUP(server_stop) struct server srv = { 0 };
	CLEANUP(symbol_store_destroyp) struct symbol_store *s = NULL;
	CLEANUP(found_deinit) struct found f = { .a = ARENA_INIT };
	struct symbol_request r = want_pe("foo.dll");
	pthread_t thread;
	struct err *e;

	EXPECT(server_start(&srv));
	EXPECT_OK(store_for(&srv, "dlslow", "slow", &s));
	EXPECT_EQ(pthread_create(&thread, NULL, cancel_soon, NULL), 0);
	e = find_with(s, &r, &f);
	(void)pthread_join(thread, NULL);
	cancel_clear();
	EXPECT_ERR(e, ERR_CANCELLED);
	EXPECT_EQ(files_below("dlslow"), 0);
}

TEST(server_that_is_down_is_asked_once)
{
	struct server srv = { 0 };
	CLEANUP(symbol_store_destroyp) struct symbol_store *s = NULL;
	CLEANUP(found_deinit) struct found f = { .a = ARENA_INIT };
	struct symbol_request r = want_pe("foo.dll");

	EXPECT(server_start(&srv));
	server_stop(&srv);
	EXPECT_OK(store_for(&srv, "dldown", "ok", &s));
	EXPECT_OK(find_with(s, &r, &f));
	EXPECT_EQ(f.s.trouble->outcome, SYMBOL_FAILED);
	r.name = "other.dll";
	EXPECT_OK(find_with(s, &r, &f));
	EXPECT_EQ(f.s.trouble->outcome, SYMBOL_NOT_ASKED);
	EXPECT(f.s.trouble->why[0]);
}

TEST(file_urls_and_offline)
{
	CLEANUP(symbol_store_destroyp) struct symbol_store *s = NULL;
	CLEANUP(found_deinit) struct found f = { .a = ARENA_INIT };
	struct symbol_request r = want_pe("foo.dll");
	char path[512];
	struct symbol_store_options o = { .symbol_path = path, .offline = true };

	EXPECT(put_pe("www/foo.dll/" PE_KEY "/foo.dll", 0x4a5bc600));
	expect_found("srv*@/dlurl*file://@/www", "", &r, "dlurl/foo.dll/" PE_KEY "/foo.dll", "server");
	expand_at("srv*@/dloff*file://@/www", path, sizeof(path));
	EXPECT_OK(symbol_store_create(&o, &s));
	EXPECT_OK(find_with(s, &r, &f));
	EXPECT(!f.s.path);
	EXPECT_STR(f.s.trouble->why, "offline");
	/* without a store of its own, a URL uses cache* or the default cache */
	expect_found("cache*@/kk;file://@/www", "", &r, "kk/foo.dll/" PE_KEY "/foo.dll", "server");
	expect_found("file://@/www", "", &r, ".cache/osmodump/symbols/foo.dll/" PE_KEY "/foo.dll", "server");
}

TESTS(paths_are_parsed, symfix_and_expansion, keys, images_in_every_layout, another_image_is_refused,
      breakpad_files_stand_in_for_pdbs, packed_files_are_told, damaged_files_and_other_kinds,
      names_never_leave_the_folder, without_an_identity_it_is_said, elf_images_by_build_id_and_sysroot,
      download_goes_to_the_cache, what_a_server_lacks_is_not_asked_for_again,
      bad_answers_leave_nothing_behind, slow_server_can_be_cancelled, server_that_is_down_is_asked_once,
      file_urls_and_offline)
