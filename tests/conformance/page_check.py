#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Is a page of `osmodump analyze --html` nothing but what we write? page_check.py PAGE...

Every element and attribute is one of those that the page is made of, elements are nested and closed, links stay in the page,
styles are numbers, and the page forbids everything else itself. So nothing that came out of a dump has become markup.
"""

import html.parser
import re
import sys

VOID = {'meta', 'br'}
COMMON = {'class', 'id', 'aria-label', 'aria-labelledby', 'aria-hidden', 'role', 'title', 'tabindex', 'style'}
SHAPE = COMMON | {'x', 'y', 'width', 'height', 'rx', 'd', 'points', 'viewbox', 'overflow', 'preserveaspectratio', 'text-anchor'}
TAGS = {tag: COMMON for tag in
        'head title body header main footer nav section article div span p b i h1 h2 h3 ul li dl dt dd table thead tbody tr code '
        'summary bdi'.split()}
TAGS.update({tag: SHAPE for tag in 'svg g rect path polygon text'.split()})
TAGS.update(html={'lang'}, meta={'charset', 'http-equiv', 'content', 'name'}, style=set(), a={'href'}, details=COMMON | {'open'},
            td=COMMON | {'data-label'}, th=COMMON | {'scope'})
STYLE = re.compile(r'width:\d+%|min-width:\d+px;max-width:100%;height:auto')
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
MOST = 8 << 20  # bytes of a page


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.faults, self.policies, self.styles = [], [], [], 0

    def fault(self, text):
        self.faults.append('line %d: %s' % (self.getpos()[0], text[:200]))

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS:
            self.fault('element <%s>' % tag)
            return
        for name, value in attrs:
            if name not in TAGS[tag]:
                self.fault('attribute %s of <%s>' % (name, tag))
            if name == 'href' and not re.fullmatch(r'#[a-z0-9-]+', value or ''):
                self.fault('link to %s' % value)
            if name == 'style' and not STYLE.fullmatch(value or ''):
                self.fault('style %s' % value)
            if name == 'http-equiv':
                self.policies.append((value, dict(attrs).get('content')))
        self.styles += tag == 'style'
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag in TAGS and tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.fault('</%s> within %s' % (tag, self.open[-1:]))
        else:
            self.open.pop()

    def handle_data(self, data):
        if '<' in data and self.open[-1:] == ['style']:
            self.fault('markup in the style')
        if re.search('[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]', data):
            self.fault('invisible characters: %r' % data)

    def handle_comment(self, data):
        self.fault('comment %r' % data)

    def unknown_decl(self, data):
        self.fault('declaration %r' % data)

    def handle_pi(self, data):
        self.fault('instruction %r' % data)

    def handle_decl(self, decl):
        if decl != 'DOCTYPE html' or self.getpos() != (1, 0):
            self.fault('declaration %r' % decl)


def check(path):
    with open(path, 'rb') as f:
        data = f.read()
    page = Page()
    try:
        page.feed(data.decode('utf-8'))
    except UnicodeDecodeError as e:
        return ['no UTF-8: %s' % e]
    page.close()
    if page.open:
        page.faults.append('not closed: %s' % page.open)
    if page.policies != [('Content-Security-Policy', POLICY)] or page.styles != 1:
        page.faults.append('policies %r, %d styles' % (page.policies, page.styles))
    if len(data) > MOST:
        page.faults.append('%d bytes' % len(data))
    return page.faults


def main():
    failed = 0
    for path in sys.argv[1:]:
        faults = check(path)
        for text in faults[:10]:
            print('FAIL: %s: %s' % (path, text))
        failed += bool(faults)
    print('%d passed, %d failed, 0 skipped' % (len(sys.argv) - 1 - failed, failed))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
