#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""classes.py OSMODUMP PROGRAM FOLDER: --include and --exclude, class by class and engine by engine.

Looks for the words of classes.c in the dumps, with a reader of its own."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from zoo_core import Core  # pylint: disable=wrong-import-position

OSMODUMP, PROGRAM, FOLDER = sys.argv[1:]
WORD = 0x6666666666666666
COVERED = {'anon-private': {'stack', 'heap', 'anon-private'}}
DEFAULT = {'stack', 'heap', 'anon-private', 'anon-shared'}  # of coredump_filter 0x33
passed, failed = 0, 0


def verdict(good, text):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(f'{"ok" if good else "FAIL"}: {text}')


def snap(pid, *options):
    path = f'{FOLDER}/core'
    done = subprocess.run([OSMODUMP, 'snap', str(pid), '-q', '--force', '-o', path, *options], capture_output=True,
                          text=True, check=False)
    if done.returncode:
        print(done.stderr)
        return None
    return Core(path)


def check(pid, words, expected, *options):
    """Are the words of these classes in the dump, and of no other? What the user left out says so."""
    core = snap(pid, *options)
    wrong = []
    for kind, address in words:
        value = core and core.word(address)
        if value != (WORD if kind in expected else None):
            wrong.append(f'{kind} at {address:#x}: {value}')
    verdict(core and not wrong, ' '.join(options) + (f': {wrong}' if wrong else ''))
    return core


def reason(core, address):
    for group in core.record['memory']['ranges']:
        for at in group['at']:
            start, end = (int(x, 16) for x in at.split('-'))
            if start <= address < end:
                return group['class'], group.get('reason')
    return None, None


def check_engine(pid, words, engine):
    with_engine = ('--engine', engine)
    for kind in sorted({k for k, _ in words} - {'dontdump'}):
        covered = COVERED.get(kind, {kind})
        check(pid, words, covered, '--exclude', 'all', '--include', kind, *with_engine)
        check(pid, words, DEFAULT | covered, '--include', kind, *with_engine)
        core = check(pid, words, DEFAULT - covered, '--exclude', kind, *with_engine)
        told = [reason(core, a) for k, a in words if k == kind] if core else []
        left_out = ('file', None) if kind.startswith('file') else ('left-out', 'by --exclude')
        verdict(told and set(told) == {left_out}, f'{kind}: listed as {told}')
    check(pid, words, {'stack', 'anon-shared'}, '--include', 'stack', '--exclude', 'anon-private', *with_engine)
    every = {k for k, _ in words}
    check(pid, words, DEFAULT | {'dontdump'}, '--include', 'dontdump', *with_engine)
    check(pid, words, set(), '--exclude', 'all', '--include', 'dontdump', *with_engine)
    check(pid, words, every, '--include', 'all', *with_engine)
    check(pid, words, every, '--all-memory', *with_engine)
    check(pid, words, every - {'dontdump', 'heap'}, '--all-memory', '--exclude', 'dontdump,heap', *with_engine)


def main():
    with open(f'{FOLDER}/file', 'wb') as f:
        f.write(b'f' * (64 << 10))
    with subprocess.Popen([PROGRAM, f'{FOLDER}/file'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        words = []
        for line in process.stdout:
            if line.strip() == 'ready':
                break
            kind, address = line.split()
            words.append((kind, int(address, 16)))
        with open(f'/proc/{process.pid}/coredump_filter', 'w', encoding='ascii') as f:
            f.write('0x33')
        verdict(len(words) == 8, 'the program started')
        for engine in 'clone', 'precopy', 'membrane', 'stop':
            if snap(process.pid, '--engine', engine) is None:
                print(f'skip: engine {engine} does not serve here')
                continue
            check_engine(process.pid, words, engine)
        mini = check(process.pid, words, {'stack', 'anon-shared'}, '--mini', '--include', 'anon-shared,stack',
                     '--exclude', 'anon-private')
        verdict(mini and mini.threads == 2, 'a mini dump with all of one class')
        mini = check(process.pid, words, set(), '--mini', '--exclude', 'all')
        verdict(mini and mini.threads == 2 and not any(size for _, _, size, _ in mini.loads), 'registers and nothing else')
        process.stdin.close()
        verdict(process.wait() == 0, 'the process goes on')
    print(f'{passed} passed, {failed} failed, 0 skipped')
    return 1 if failed else 0


sys.exit(main())
