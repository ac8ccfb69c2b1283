#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""osmodump analyze over the dumps that the goldens build, and those of tests/mkdump/recipes.

The dumps of the goldens of patterns have every finding that there is. What is checked of each is in analyze_check.py:
schema, links, evidence, and the commands of !explain. Of every third transcript the first dump only, which has the
pattern; with OSMOSIS_LONG all of all.
"""

import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from analyze_check import TOP, check_dump  # noqa: E402

HERE = re.compile(r"^  \$ cat > (\S+)\.recipe <<'?(\w+)'?\n((?:  > .*\n|  >\n)*?)  > \2\n", re.M)
# Kinds of recipes for the memory of machines: what it holds is not analysed.
MACHINES = ('kdump', 'lime', 'qemustream')


def recipes():
    """(name, text, folder of the files that it names)"""
    for number, path in enumerate(sorted(pathlib.Path(TOP, 'tests/golden/pattern').glob('*.t'))):
        for i, m in enumerate(HERE.finditer(path.read_text(encoding='utf-8'))):
            if (i or number % 3) and not os.environ.get('OSMOSIS_LONG'):
                break
            yield '%s-%d-%s' % (path.stem, i, m[1]), re.sub(r'(?m)^  > ?', '', m[3]), None
    for path in sorted(pathlib.Path(TOP, 'tests/mkdump/recipes').glob('*.recipe')):
        text = path.read_text(encoding='utf-8')
        if text.split(None, 1)[0] not in MACHINES:
            yield path.stem, text, path.parent


def make(folder, name, text, beside):
    """The dump, or None: the recipe needs what only its transcript makes."""
    recipe = pathlib.Path(beside or folder, name + '.recipe')
    dump = pathlib.Path(folder, name)
    if not beside:
        recipe.write_text(text, encoding='utf-8')
    done = subprocess.run([TOP + '/tests/mkdump/mkdump', recipe, dump], capture_output=True, check=False)
    return str(dump) if done.returncode == 0 else None


def main():
    program = os.environ.get('OSMODUMP', 'build/osmodump')
    found, passed, failed, unmade, commands = collections.Counter(), 0, 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for name, text, beside in recipes():
            dump = make(folder, name, text, beside)
            if not dump or subprocess.run([program, 'info', '-q', dump], capture_output=True, check=False).returncode == 3:
                unmade += 1
                continue
            records, faults, ran = check_dump(program, dump)
            found.update(r['pattern'] for r in records if r['kind'] == 'finding')
            for text in faults:
                print('FAIL: %s: %s' % (name, text))
            commands += ran
            passed += not faults
            failed += bool(faults)
    print('figure: analyze recipes: %d dumps, %d patterns found in them, %d pieces of evidence whose command was run' %
          (passed + failed, len(found), commands))
    print('%d passed, %d failed, %d skipped' % (passed, failed, unmade))
    return failed != 0 or passed == 0


if __name__ == '__main__':
    sys.exit(main())
