#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the fixtures' manifest says a user dump's header holds, and how osmodump reads it.

The manifest was written by another reader: machine, system and version, flags,
numbers of streams, threads, modules, memory ranges and handles, the exception.
Dumps that are damaged by design are only opened; all must end in an answer or
one error.
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from answers import FIXTURES, Dump, Suite, fixture, number, run  # noqa: E402

KNOWN = [
    (r'targetapp_stacktest_wow64.*: lm', 'a WOW64 process lists its program in both loaders\' lists: lm shows it once'),
]
S = Suite('manifest', KNOWN)
SYSTEMS = {'Win': 'Windows', 'Linux': 'Linux', 'macOS': 'macOS'}


def compare(path, what):
    dump = Dump(FIXTURES / path)
    name = pathlib.Path(path).name
    at = f'header {name}'
    m = re.match(r'USER MDMP (\S+) (\S+)(?: (\d+\.\d+\.\d+))? flags=(\w+) streams=(\d+) threads=(\d+) modules=(\d+) (.*)', what)
    machine, system, version, flags, streams, threads, modules, rest = m.groups()
    info = dump.info()
    head = info[0]
    S.fact(f'{at}: machine', head['machine'].lower(), machine.replace('(bp)', ''))
    S.fact(f'{at}: system', head.get('os'), SYSTEMS.get(system))
    if version:
        S.fact(f'{at}: version', head.get('os_version'), version)
    S.fact(f'{at}: flags', head.get('flags', 0), number(flags))
    S.fact(f'{at}: streams', sum(r['kind'] == 'stream' for r in info), int(streams))
    S.fact(f'{at}: threads', head.get('threads', 0), int(threads))
    S.fact(f'{at}: thread list', len(dump.ask('~', 'thread')), int(threads))
    S.fact(f'{at}: modules', head.get('modules', 0), int(modules))
    S.fact(f'{at}: lm', sum(not r.get('unloaded') for r in dump.ask('lm', 'module')), int(modules))
    if e := re.search(r'exc=(\w+)@(\w+) tid=(\w+)', rest):
        got = dump.ask('.exr -1', 'exception')[0]
        S.fact(f'{at}: exception code', got['code'], number(e[1]))
        S.fact(f'{at}: exception thread', got['tid'], int(e[3], 16))
        if 'address' in got or system == 'Win':
            S.fact(f'{at}: exception address', number(got.get('address')), number(e[2]))


def main():
    manifest = fixture('MANIFEST.tsv')
    for line in manifest.read_text(encoding='utf-8').splitlines()[1:] if manifest else []:
        path, _, _, _, _, what, *_ = line.split('\t')
        if what.startswith('USER MDMP') and fixture(path):
            if ' ? ' in what or ' 0x444d ' in what:
                rc, out, err = run(FIXTURES / path, '-q', '-c', 'lm; ~')
                S.fact(f'damaged {path}: ends in an answer or an error', 0 <= rc <= 3 and bool(out or err), True)
            else:
                compare(path, what)
    S.finish()


if __name__ == '__main__':
    main()
