#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks what `osmodump analyze --json` says of dumps.

usage: analyze_check.py OSMODUMP DUMP...

Of each dump: the analysis ends without an error; every line fits docs/analyze.schema.json (where python3-jsonschema is
there); causes and evidence belong to findings that are there; and the command of every piece of evidence, run in the
debugger, prints the address and the value that the evidence names. Then of each finding: !explain has a step for each
piece of its evidence, every command of its steps runs without an error, and a step that is shown here is shown in WinDbg
or in gdb as well, unless only this debugger can (OURS_ONLY). Where gdb is installed and the dump is a core that it opens,
it knows every command that is given for it.
"""

import functools
import json
import os
import re
import shutil
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
TIMEOUT = 60
# Of what the dump file itself is, of snapshots, and of glibc's heaps: nothing else reads that.
OURS_ONLY = re.compile(r'^(\.dumpdebug|vertarget|!pagediff|!handle|!ext|!heap)')

try:
    import jsonschema
    with open(TOP + '/docs/analyze.schema.json', encoding='utf-8') as f:
        DEFINITIONS = json.load(f)
    VALIDATORS = {kind: jsonschema.Draft7Validator({'$ref': '#/definitions/' + kind,
                                                    'definitions': DEFINITIONS['definitions']})
                  for kind in DEFINITIONS['definitions']}
except ImportError:
    VALIDATORS = None


@functools.lru_cache(maxsize=256)
def run(*words):
    return subprocess.run(words, capture_output=True, text=True, errors='replace', timeout=TIMEOUT, check=False)


def analyze(program, dump):
    """(records, faults)"""
    try:
        done = run(program, 'analyze', '-q', '--json', dump)
    except subprocess.TimeoutExpired:
        return [], ['no end after %d s' % TIMEOUT]
    records = [json.loads(line) for line in done.stdout.splitlines()]
    faults = [] if done.returncode == 0 else ['exit code %d: %s' % (done.returncode, done.stderr.strip()[:200])]
    return records, faults


def check_schema(records):
    if VALIDATORS is None:
        return
    for r in records:
        if r['kind'] not in VALIDATORS:
            yield 'a record of kind %s, which the schema has not' % r['kind']
            continue
        for e in VALIDATORS[r['kind']].iter_errors(r):
            yield '%s: %s' % (r['kind'], e.message[:200])


def check_links(records):
    """Of each process of a set by itself: its records tell which one they belong to."""
    processes = {r.get('process') for r in records if r['kind'] == 'analysis'}
    for process in processes or {None}:
        yield from check_links_of([r for r in records if r.get('process') == process])


def check_links_of(records):
    numbers = [r['number'] for r in records if r['kind'] == 'finding']
    if numbers != list(range(1, len(numbers) + 1)):
        yield 'findings are numbered %s' % numbers
    if [r['kind'] for r in records].count('analysis') != 1:
        yield 'not one verdict'
    for r in records:
        if r['kind'] == 'finding' and r.get('cause', r['number'] - 1) >= r['number'] > 1:
            yield 'finding %d stands before its cause' % r['number']
        if r['kind'] == 'evidence' and r['finding'] not in numbers:
            yield 'evidence of finding %d, which is not there' % r['finding']


# What ends in one of these is no failure, and has no bucket: somebody wanted the dump, or a debugger broke in.
WANTED = ('quality.requested', 'exception.breakpoint', 'exception.sent-signal')


def check_bucket(program, dump, records):
    """FAILURE_BUCKET_ID: there for every failure, of the module that is blamed, and the same in --summary."""
    fault = next((r for r in records if r['kind'] == 'analysis_fault'), {})
    bucket = fault.get('failure_bucket_id', '')
    wanted = any(r['kind'] == 'finding' and r['pattern'] in WANTED for r in records)
    if not bucket and fault.get('fault', 'dump on request') != 'dump on request' and not wanted:
        yield 'a failure without FAILURE_BUCKET_ID'
    if bucket and '_%s!' % fault.get('image_name', 'unknown') not in bucket:
        yield 'the bucket %s is not of the blamed %s' % (bucket, fault.get('image_name'))
    rows = [json.loads(line) for line in run(program, 'analyze', '-q', '--summary', '--json', dump).stdout.splitlines()]
    if [r.get('bucket', '') for r in rows] != [bucket]:
        yield 'the bucket %s is another one in --summary: %s' % (bucket, rows)


def prints(text, number):
    """Whether the number stands in the text, in hex with any leading zeros or back-quote, or in decimal."""
    plain = text.replace('`', '').lower()
    return re.search(r'(?<![0-9a-f])(0x)?0*%x(?![0-9a-f])' % number, plain) is not None or \
        re.search(r'(?<![0-9a-f])%d(?![0-9a-f])' % number, plain) is not None


def check_evidence(program, dump, e):
    if 'command' not in e:
        return
    done = run(program, '-q', dump, '-c', e['command'])
    if done.returncode != 0:
        yield '"%s" fails: %s' % (e['command'], done.stderr.strip()[:120])
        return
    if 'address' in e and not prints(done.stdout, int(e['address'], 16)):
        yield '"%s" does not print the address %s' % (e['command'], e['address'])
    if 'value' in e and not prints(done.stdout, e['value']):
        yield '"%s" does not print the value 0x%x' % (e['command'], e['value'])


def explanations(program, dump, numbers):
    """The steps that !explain prints, and what went wrong."""
    done = run(program, '-q', '--json', dump, '-c', '; '.join('!explain %d' % n for n in numbers))
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    faults = [] if done.returncode == 0 and not done.stderr else ['!explain: %s' % done.stderr.strip()[:200]]
    return [r for r in steps if r['kind'] == 'explanation'], faults


def is_x86_core(dump):
    """An ELF file of x86 or x64: gdb of a distribution may know no other registers."""
    with open(dump, 'rb') as f:
        head = f.read(20)
    return head[:4] == b'\x7fELF' and head[18:20] in (b'\x03\0', b'\x3e\0')


def check_gdb(dump, commands):
    if not commands or not shutil.which('gdb') or not is_x86_core(dump):
        return
    try:
        done = run('gdb', '-q', '-nx', '-batch', '-c', dump, *[w for c in commands for w in ('-ex', c)])
    except subprocess.TimeoutExpired:
        return  # it lists tens of thousands of mappings slowly; what it knows was seen on the others
    for m in re.finditer(r'^(Undefined .*|A .* syntax error.*|Ambiguous .*|Invalid .*)$', done.stdout + done.stderr, re.M):
        yield 'gdb does not know a command: %s' % m[1]


def check_explanations(program, dump, evidence, numbers):
    if not numbers:
        return
    steps, faults = explanations(program, dump, numbers)
    yield from faults
    keys = ('finding', 'meaning', 'command', 'windbg', 'gdb')
    if [[s.get(k) for k in keys] for s in steps] != [[e.get(k) for k in keys] for e in evidence]:
        yield '!explain has other steps than the evidence'
    for s in steps:
        if 'command' in s and 'windbg' not in s and 'gdb' not in s and not OURS_ONLY.match(s['command']):
            yield 'step %d of finding %d is shown nowhere else: %s' % (s['step'], s['finding'], s['command'])
    for command in dict.fromkeys(s['command'] for s in steps if 'command' in s):
        done = run(program, '-q', dump, '-c', command)
        if done.returncode != 0 or re.search(r'^\S*( error|: not found)', done.stderr, re.I | re.M):
            yield '"%s" of !explain fails: %s' % (command, done.stderr.strip()[:120])
    yield from check_gdb(dump, list(dict.fromkeys(s['gdb'] for s in steps if 'gdb' in s)))


def check_dump(program, dump):
    """(records, faults, pieces of evidence whose command was run)"""
    records, faults = analyze(program, dump)
    faults += list(check_schema(records))
    faults += list(check_links(records))
    is_set = dump.endswith('.set.json')  # --summary and !explain are of one process
    if not is_set:
        faults += list(check_bucket(program, dump, records))
    evidence = [r for r in records if r['kind'] == 'evidence']
    for e in evidence:
        faults += list(check_evidence(program, dump, e))
    if not is_set:
        faults += list(check_explanations(program, dump, evidence, [r['number'] for r in records if r['kind'] == 'finding']))
    return records, faults, sum('command' in e for e in evidence)


def main(argv):
    passed = failed = 0
    for dump in argv[2:]:
        _, faults, _ = check_dump(argv[1], dump)
        for text in faults:
            print('FAIL: %s: %s' % (os.path.basename(dump), text))
        passed += not faults
        failed += bool(faults)
    if VALIDATORS is None:
        print('skip: schema: python3-jsonschema is not installed')
    print('%d passed, %d failed, %d skipped' % (passed, failed, VALIDATORS is None))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
