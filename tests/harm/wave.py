#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Proves that no page of a snapshot is older or newer than its instant, while all of them are written to.

usage: wave.py OSMODUMP WAVE ENGINE COUNT MEGABYTES

Takes snapshots of tests/harm/wave.c and its second process as a set, COUNT times,
and looks at each page of its regions in the cores. Ends with "N passed, N failed".
"""
import json
import glob
import os
import signal
import struct
import subprocess
import sys
import tempfile

from pivot import Core

PAGE = 4096


def start(program, megabytes):
    child = subprocess.Popen([program, megabytes], stdout=subprocess.PIPE, text=True)
    regions, pointer, second = {}, 0, 0
    for line in child.stdout:
        word = line.split()
        if word[0] == 'region':
            regions[word[1]] = (int(word[2], 16), int(word[3]))
        elif word[0] == 'pointer':
            pointer = int(word[1], 16)
        elif word[0] == 'process':
            second = int(word[1])
        else:
            break
    return child, regions, pointer, second


def numbers(core, base, pages):
    """Of each page the first and the last word, in the order in which they are written; None: not in the dump."""
    for start, size, offset in core.loads:
        if start <= base and base + pages * PAGE <= start + size:
            at = offset + base - start
            return [struct.unpack_from('<Q', core.map, at + i * PAGE + word)[0] for i in range(pages) for word in (0, PAGE - 8)]
    return None


def is_wave(values):
    """One number, and from somewhere on the one before it."""
    return values is not None and values[0] - values[-1] in (0, 1) and values[-1] > 0 and values == sorted(values, reverse=True)


def tell(name, values):
    if values is None:
        return f'{name}: not in the dump'
    odd = [i for i in range(1, len(values)) if not values[i - 1] - 1 <= values[i] <= values[i - 1]]
    return f'{name}: {values[0]} to {values[-1]}, jumps at pages {[i // 2 for i in odd[:5]]} ({len(odd)})'


def look(regions, pointer, first, second):
    wrong = []
    for name, (base, pages) in regions.items():
        for core in (first, second) if name in ('shared', 'other', 'forked') else (first,):
            if name == 'moved':
                base = core.word(pointer)
            values = numbers(core, base, pages) if base else [1]
            if not is_wave(values):
                wrong.append(tell(name, values))
    return wrong


def take(osmodump, engine, pids, folder):
    done = subprocess.run([osmodump, 'snap', '--json', '--engine', engine, '--set', ','.join(map(str, pids)), '--budget', '2000',
                           '-o', folder], capture_output=True, text=True, check=False)
    if done.returncode:
        return None, None, done.stderr.strip() or f'exit code {done.returncode}'
    with open(glob.glob(f'{folder}/*.set.json')[0]) as f:
        manifest = json.load(f)
    cores = {m['pid']: Core(f'{folder}/{m["file"]}') for m in manifest['members']}
    return manifest, [cores[p] for p in pids], None


def main():
    osmodump, program, engine, count, megabytes = *sys.argv[1:4], int(sys.argv[4]), sys.argv[5]
    child, regions, pointer, second = start(program, megabytes)
    passed, levels, pauses = 0, {}, []
    for _ in range(count):
        with tempfile.TemporaryDirectory() as folder:
            manifest, cores, error = take(osmodump, engine, [child.pid, second], folder + '/')
            wrong = [error] if error else look(regions, pointer, *cores)
            if not error:
                level = manifest['consistency']['level']
                levels[level] = levels.get(level, 0) + 1
                pauses.append(manifest['pause_ns'] / 1e6)
            passed += not wrong
            for text in wrong:
                print('FAIL:', text)
    os.kill(second, signal.SIGKILL)
    child.send_signal(signal.SIGKILL)
    child.wait()
    failed = count - passed
    print(f'figure: waves over {megabytes} MB, engine {engine}: {count} snapshots, {levels}, '
          f'median pause {sorted(pauses)[len(pauses) // 2] if pauses else 0:.2f} ms')
    print(f'{passed} passed, {failed} failed')
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
