#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""osmodump analyze over every dump of the fixtures that opens.

What is checked of each is in analyze_check.py. Kinds that are not opened yet (kernels, microdumps) do not count.
"""

import collections
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from analyze_check import VALIDATORS, check_dump  # noqa: E402

NOT_A_DUMP = 3  # exit code of osmodump


def main():
    program = os.environ.get('OSMODUMP', 'build/osmodump')
    folder = pathlib.Path(os.environ.get('OSMOSIS_FIXTURES', '../shared/fixtures'))
    verdicts, passed, failed, commands = collections.Counter(), 0, 0, 0
    for path in sorted(p for p in folder.rglob('*') if p.is_file()):
        if subprocess.run([program, 'info', '-q', path], capture_output=True, check=False).returncode == NOT_A_DUMP:
            continue
        records, faults, ran = check_dump(program, str(path))
        verdict = next((r for r in records if r['kind'] == 'analysis'), {})
        verdicts[verdict.get('pattern', 'nothing above a note')] += 1
        for text in faults:
            print('FAIL: %s: %s' % (path.relative_to(folder), text))
        commands += ran
        passed += not faults
        failed += bool(faults)
    for name, n in verdicts.most_common():
        print('%4d  %s' % (n, name))
    print('figure: analyze: %d dumps, %d pieces of evidence whose command was run' % (passed + failed, commands))
    if VALIDATORS is None:
        print('skip: schema: python3-jsonschema is not installed')
    print('%d passed, %d failed, %d skipped' % (passed, failed, VALIDATORS is None))
    return failed != 0 or passed == 0


if __name__ == '__main__':
    sys.exit(main())
