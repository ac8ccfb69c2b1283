/* SPDX-License-Identifier: MIT */
/* Manifests of sets: what is read of them, and what is refused. */
#include "base/cleanup.h"
#include "base/str.h"
#include "format/manifest.h"
#include "test.h"

static struct err *parse(const char *text, struct manifest *ret)
{
	CLEANUP(source_destroyp) struct source *src = NULL;

	TRY(source_from_memory("manifest", text, strlen(text), &src));
	return manifest_parse(src, ret);
}

static enum err_code refused(const char *text)
{
	struct manifest m = { .arena = ARENA_INIT };
	struct err *e = parse(text, &m);
	enum err_code code = e ? err_code(e) : (enum err_code)0;

	err_free(e);
	manifest_deinit(&m);
	return code;
}

#define HEAD "{\"type\":\"osmosis-set\",\"format\":1,"

TEST(reads_all)
{
	CLEANUP(manifest_deinit) struct manifest m = { .arena = ARENA_INIT };

	EXPECT_OK(parse(HEAD "\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"},\"set\":{\"kind\":\"tree\",\"root\":256},"
			"\"consistency\":{\"level\":\"smeared\"},\"start\":{\"seconds\":5,\"nanoseconds\":7},\"skew_ns\":11,"
			"\"pause_ns\":13,\"late\":1,\"later\":[],\"members\":[{\"pid\":256,\"ppid\":1,\"name\":\"a b\",\"file\":\"a.core\","
			"\"mini\":\"a.mini.core\",\"engine\":\"clone\",\"consistency\":{\"level\":\"smeared\",\"why\":\"so\"},"
			"\"pause_ns\":17},{\"pid\":512,\"file\":\"b\"}]}", &m));
	EXPECT_STR(m.tool, "osmodump 0.1.0");
	EXPECT_STR(m.kind, "tree");
	EXPECT_EQ(m.root, 256);
	EXPECT_STR(m.consistency, "smeared");
	EXPECT_EQ(m.start_seconds, 5);
	EXPECT_EQ(m.start_nanoseconds, 7);
	EXPECT_EQ(m.skew_ns, 11);
	EXPECT_EQ(m.pause_ns, 13);
	EXPECT_EQ(m.late, 1);
	EXPECT_EQ(m.n_members, 2);
	EXPECT_EQ(m.members[0].ppid, 1);
	EXPECT_STR(m.members[0].name, "a b");
	EXPECT_STR(m.members[0].file, "a.core");
	EXPECT_STR(m.members[0].mini, "a.mini.core");
	EXPECT_STR(m.members[0].engine, "clone");
	EXPECT_STR(m.members[0].consistency_why, "so");
	EXPECT_EQ(m.members[0].pause_ns, 17);
	EXPECT_STR(m.members[1].mini, "");
	EXPECT_EQ(m.members[1].ppid, 0);
}

TEST(names_stay_in_the_folder)
{
	static const char *const names[] = { "", ".", "..", "/etc/passwd", "../a", "a/b", "a/", "a\\nb", "\\u007f" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CLEANUP(strbuf_deinit) struct strbuf file = STRBUF_INIT, mini = STRBUF_INIT;

		strbuf_addf(&file, HEAD "\"members\":[{\"pid\":1,\"file\":\"%s\"}]}", names[i]);
		EXPECT_EQ(refused(file.s), ERR_CORRUPT);
		strbuf_addf(&mini, HEAD "\"members\":[{\"pid\":1,\"file\":\"a\",\"mini\":\"%s\"}]}", names[i]);
		EXPECT_EQ(refused(mini.s), *names[i] ? ERR_CORRUPT : (enum err_code)0);
	}
	EXPECT_EQ(refused(HEAD "\"members\":[{\"pid\":1,\"file\":\"..a\"}]}"), (enum err_code)0);
}

TEST(limits)
{
	CLEANUP(strbuf_deinit) struct strbuf many = STRBUF_INIT, name = STRBUF_INIT;

	strbuf_adds(&many, HEAD "\"members\":[");
	for (unsigned i = 1; i <= MANIFEST_MOST_MEMBERS + 1; i++)
		strbuf_addf(&many, "%s{\"pid\":%u,\"file\":\"a\"}", i > 1 ? "," : "", i);
	strbuf_adds(&many, "]}");
	EXPECT_EQ(refused(many.s), ERR_UNSUPPORTED);
	strbuf_adds(&name, HEAD "\"members\":[{\"pid\":1,\"file\":\"");
	strbuf_pad(&name, 'a', MANIFEST_MOST_NAME + 1);
	strbuf_adds(&name, "\"}]}");
	EXPECT_EQ(refused(name.s), ERR_CORRUPT);
}

TEST(refuses)
{
	EXPECT_EQ(refused(""), ERR_CORRUPT);
	EXPECT_EQ(refused("[]"), ERR_CORRUPT);
	EXPECT_EQ(refused("{}"), ERR_CORRUPT);
	EXPECT_EQ(refused("{\"type\":\"osmosis-set\"}"), ERR_CORRUPT);
	EXPECT_EQ(refused("{\"type\":\"osmosis-set\",\"format\":0}"), ERR_CORRUPT);
	EXPECT_EQ(refused("{\"type\":\"osmosis-set\",\"format\":2,\"members\":[{\"pid\":1,\"file\":\"a\"}]}"), ERR_UNSUPPORTED);
	EXPECT_EQ(refused(HEAD "\"members\":{}}"), ERR_CORRUPT);
	EXPECT_EQ(refused(HEAD "\"members\":[1]}"), ERR_CORRUPT);
	EXPECT_EQ(refused(HEAD "\"members\":[{\"file\":\"a\"}]}"), ERR_CORRUPT);
	EXPECT_EQ(refused(HEAD "\"members\":[{\"pid\":-1,\"file\":\"a\"}]}"), ERR_CORRUPT);
	EXPECT_EQ(refused(HEAD "\"members\":[{\"pid\":4294967297,\"file\":\"a\"}]}"), ERR_CORRUPT);
	EXPECT_EQ(refused(HEAD "\"members\":[{\"pid\":1,\"file\":\"a\"},{\"pid\":1,\"file\":\"b\"}]}"), ERR_CORRUPT);
}

TEST(probes)
{
	static const struct {
		const char *text;
		bool is;
	} cases[] = { { "{", true }, { " \n{\"type\"", true }, { "", false }, { "MDMP{", false }, { "\177ELF", false } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(source_destroyp) struct source *src = NULL;

		EXPECT_OK(source_from_memory("x", cases[i].text, strlen(cases[i].text), &src));
		EXPECT_EQ(manifest_probe(src), cases[i].is);
	}
}

TESTS(reads_all, names_stay_in_the_folder, limits, refuses, probes)
