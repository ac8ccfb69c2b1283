#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""osmodump analyze --summary over all files of the fixtures, and the page of every dump among them.

Rows come in the order of the files, twice the same; those without a verdict are exactly the files that do not open; the
table's counts add up to the number of files; and no page holds markup that is not ours (page_check.py).
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from analyze_check import check_schema  # noqa: E402
from page_check import check  # noqa: E402

NOT_A_DUMP = 3  # exit code of osmodump
FAULTS = []


def expect(good, text):
    if not good:
        FAULTS.append(text)
        print('FAIL: ' + text)
    return 1


def rows_of(program, files):
    done = subprocess.run([program, 'analyze', '--summary', '--json', *files], capture_output=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


def check_rows(program, files):
    rows, code = rows_of(program, files)
    n = expect([r.get('file') for r in rows] == files, 'rows are not those of the files, in their order')
    n += expect(rows_of(program, files) == (rows, code), 'a second run says something else')
    for text in check_schema(rows):
        n += expect(False, 'schema: ' + text)
    opens = {f for f in files
             if subprocess.run([program, 'info', '-q', f], capture_output=True, check=False).returncode != NOT_A_DUMP}
    for r in rows:
        n += expect(('verdict' in r) == (r['file'] in opens), '%s: %s' % (r['file'], r.get('error', r.get('verdict'))))
        n += expect('verdict' in r or r.get('code') in ('unsupported', 'truncated', 'corrupt', 'os'), '%s: %s' % (r['file'], r.get('code')))
    n += expect(code == (1 if len(opens) < len(files) else 0), 'exit code %d' % code)
    return sorted(opens), n


def check_table(program, files):
    done = subprocess.run([program, 'analyze', '--summary', *files], capture_output=True, text=True, errors='replace', check=False)
    counts = [int(line[:6]) for line in done.stdout.splitlines() if line[:6].strip().isdigit() and line[6:8] == '  ']
    return expect(sum(counts) == len(files), 'the table counts %d of %d files' % (sum(counts), len(files)))


def check_pages(program, dumps):
    n = 0
    with tempfile.TemporaryDirectory() as folder:
        for dump in dumps:
            page = folder + '/page.html'
            done = subprocess.run([program, 'analyze', '-q', '--force', '--html', page, dump], capture_output=True, text=True,
                                  errors='replace', check=False)
            n += expect(done.returncode == 0, '%s: no page: %s' % (dump, done.stderr.strip()[:200]))
            if done.returncode == 0:
                faults = check(page)
                n += expect(not faults, '%s: %s' % (dump, faults[:3]))
    return n


def main():
    program = os.environ.get('OSMODUMP', 'build/osmodump')
    folder = pathlib.Path(os.environ.get('OSMOSIS_FIXTURES', '../shared/fixtures'))
    files = [str(p) for p in sorted(folder.rglob('*')) if p.is_file()]
    if not files:
        print('skip: no fixtures in %s' % folder)
        print('0 passed, 0 failed, 1 skipped')
        return 0
    dumps, n = check_rows(program, files)
    n += check_table(program, files) + check_pages(program, dumps)
    print('figure: summary: %d files, %d of them dumps, each with a page' % (len(files), len(dumps)))
    print('%d passed, %d failed, 0 skipped' % (n - len(FAULTS), len(FAULTS)))
    return FAULTS != []


if __name__ == '__main__':
    sys.exit(main())
