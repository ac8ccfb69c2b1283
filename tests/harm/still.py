#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files that a process maps read-only and that nobody writes to are read after the pause, and only those.

usage: still.py OSMODUMP

The process is this program again, which maps a file. Each case says of which class
the mapping has to be in the dump, and the dump's bytes have to be those that the
file had at the pause wherever it claims so. Ends with "N passed, N failed".
"""
import json
import mmap
import os
import subprocess
import sys
import tempfile
import time

import pivot

SIZE = (8 << 20) + 1234
SETTLED = 3  # seconds: a file that was written to just now may be written to unnoticed


def map_file(path, writable):
    access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
    with open(path, 'r+b' if writable else 'rb') as f, mmap.mmap(f.fileno(), 0, access=access) as m:
        print(len(m), flush=True)
        sys.stdin.read()


class Mapper:
    def __init__(self, path, writable=False):
        self.process = subprocess.Popen([sys.executable, __file__, 'map', path, 'w' if writable else 'r'], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        self.pid = self.process.pid

    def at(self, path):
        with open(f'/proc/{self.pid}/maps', encoding='utf-8') as maps:
            return next(int(line.split('-')[0], 16) for line in maps if line.rstrip().endswith(path))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def contents(core, address, size):
    for start, length, offset in core.loads:
        if start <= address and address + size <= start + length:
            return core.map[offset + address - start:offset + address - start + size]
    return None


class Cases:
    def __init__(self, osmodump, folder):
        self.osmodump, self.path, self.core = osmodump, f'{folder}/mapped', f'{folder}/core'
        self.failed = 0

    def write(self, fill):
        with open(self.path, 'wb') as f:
            f.write(os.urandom(SIZE) if fill is None else fill * SIZE)

    def snap(self, mapper, *options, meanwhile=lambda: None):
        """(the summary, bytes of each class, whether the bytes are the file's before)"""
        with open(self.path, 'rb') as f:
            before = f.read()
        running = subprocess.Popen([self.osmodump, 'snap', str(mapper.pid), '--json', '--force', '-o', self.core, '--include',
                                    'file-shared', *options], stdout=subprocess.PIPE, text=True)
        meanwhile()
        said = json.loads(running.communicate()[0].splitlines()[0])
        info = subprocess.run([self.osmodump, 'info', '--json', self.core], check=True, capture_output=True, text=True).stdout
        classes = {}
        for line in map(json.loads, info.splitlines()):
            if line.get('kind') == 'snapshot_class':
                classes[line['class']] = line['size']
            elif line.get('kind') == 'snapshot':
                said['in_file'] = line['consistency']
        same = contents(pivot.Core(self.core), mapper.at(self.path), SIZE) == before
        return said, classes, same

    def verdict(self, good, text, found):
        print('ok:' if good else 'FAIL:', text, '' if good else found)
        self.failed += not good

    def run(self):
        self.write(None)
        with Mapper(self.path) as m:
            said, classes, same = self.snap(m)
            self.verdict(classes.get('pause', 0) >= SIZE and same, 'written to just now: copied in the pause',
                         (said, classes))
            time.sleep(SETTLED)
            for engine in 'clone', 'precopy':
                said, classes, same = self.snap(m, '--engine', engine)
                self.verdict(classes.get('pause', 0) < SIZE and not classes.get('live') and same and
                             said['consistency'] == 'instantaneous', f'{engine}: written to by nobody: read later', (said, classes))
            with Mapper(self.path, writable=True):
                said, classes, same = self.snap(m)
                self.verdict(classes.get('pause', 0) >= SIZE and same, 'mapped writable by another: copied in the pause',
                             (said, classes))

            def scribble():
                time.sleep(0.7)
                with open(self.path, 'r+b') as f:
                    f.seek(SIZE // 2)
                    f.write(b'scribble')

            said, classes, same = self.snap(m, '--limit-rate', '4', meanwhile=scribble)
            self.verdict(classes.get('live', 0) >= SIZE and said['consistency'] == said['in_file'] == 'smeared',
                         'written to while the dump was: said to be live, and the dump smeared', (said, classes))
        print(f'{5 - self.failed} passed, {self.failed} failed')
        return self.failed != 0


def main():
    if sys.argv[1] == 'map':
        map_file(sys.argv[2], sys.argv[3] == 'w')
        return 0
    with tempfile.TemporaryDirectory(dir='.') as folder:
        folder = os.path.abspath(folder)
        kind = subprocess.run(['stat', '-f', '-c', '%T', folder], check=True, capture_output=True, text=True).stdout.strip()
        if kind not in ('ext2/ext3', 'xfs', 'btrfs', 'f2fs', 'overlayfs'):
            print(f'a file system where writes move times is needed, and this is {kind}')
            return 77
        return Cases(sys.argv[1], folder).run()


if __name__ == '__main__':
    sys.exit(main())
