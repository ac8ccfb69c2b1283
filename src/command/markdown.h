/* SPDX-License-Identifier: MIT */
/* Documentation pages made of command rows: docs/commands. */
#ifndef OSM_COMMAND_MARKDOWN_H
#define OSM_COMMAND_MARKDOWN_H

#include "base/str.h"
#include "command/command.h"

/* The page up to its examples. */
void command_add_markdown(const struct command *c, struct strbuf *sb);
/*
 * The page's name without folder and ".md": letters, digits, '_' and '-' as they
 * are; a leading '.' is "dot-", '!' "ext-", capitals "upper-x", other signs by
 * their names: "?" is question, "$$" dollar-dollar, "aS" a-upper-s.
 */
void command_add_page_name(const struct command *c, struct strbuf *sb);

#endif
