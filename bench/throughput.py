# SPDX-License-Identifier: MIT
"""The row "throughput" of bench/run: how fast dumps reach the disk, and how much memory that takes.

All rates are bytes of the process's memory a second, from the start of the tool
until the dump is on the disk: osmodump syncs its files itself, for gcore it is
done here and counted. The disk and zstd are measured in the same run:
 disk  the fastest of one, two and four writers of incompressible data, through the page cache and past it, synced
 zstd  `zstd -b`, on a sample of the very dump, in blocks of a MiB as osmodump
       packs them, one on each processor at once; the sum is "cores x its speed"
"""
import itertools
import mmap
import os
import re
import statistics
import subprocess
import tempfile
import threading
import time

import pause

LEVEL = 3  # osmodump's own choice
SAMPLE = 128 << 20
MB = 1e6


def synced(path):
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


class Watched:
    """A command, its wall time, and the most private memory it had; /proc is looked at every 2 ms."""

    def __init__(self, command):
        began = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            self.peak, self.over = 0, threading.Event()
            watcher = threading.Thread(target=self.watch, args=(process.pid,))
            watcher.start()
            trouble = process.stderr.read()
            code = process.wait()
            self.seconds = time.monotonic() - began
            self.over.set()
            watcher.join()
        if code:
            raise RuntimeError(f'{" ".join(command)}: exit code {code}: {trouble[-300:]}')

    def watch(self, pid):
        while not self.over.wait(0.002):
            try:
                with open(f'/proc/{pid}/status', encoding='ascii', errors='replace') as f:
                    found = re.search(r'^RssAnon:\s+(\d+) kB', f.read(), re.M)
            except OSError:
                return
            if found:
                self.peak = max(self.peak, int(found[1]) * 1024)


class Bench:
    def __init__(self, osmodump, folder, figure):
        self.osmodump, self.folder, self.figure = osmodump, folder, figure

    def path(self, name):
        return os.path.join(self.folder, name)

    def snap(self, target, name, *options):
        """(seconds, peak of private memory, file)"""
        path = self.path(name)
        pause.without(path)
        os.sync()
        done = Watched([self.osmodump, 'snap', str(target.pid), '-q', '--engine', 'clone', '-o', path, *options])
        return done.seconds, done.peak, path

    def gcore(self, target):
        """Seconds until gcore ended, and until its file was on the disk."""
        path = self.path('gcore') + f'.{target.pid}'
        os.sync()
        began = time.monotonic()
        subprocess.run(['gcore', '-o', self.path('gcore'), str(target.pid)], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        ended = time.monotonic() - began
        synced(path)
        took = time.monotonic() - began
        pause.without(path)
        return ended, took

    def disk(self, size):
        """Bytes a second."""
        block, best = mmap.mmap(-1, 1 << 20), 0  # aligned, as O_DIRECT wants it
        block.write(os.urandom(1 << 20))

        def write(path, blocks, how):
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | how, 0o600)
            for _ in range(blocks):
                os.write(fd, block)
            os.fsync(fd)
            os.close(fd)

        for how, n in itertools.product((0, os.O_DIRECT), (1, 2, 4)):
            paths = [self.path(f'disk{i}') for i in range(n)]
            writers = [threading.Thread(target=write, args=(p, size // n >> 20, how)) for p in paths]
            os.sync()
            began = time.monotonic()
            for w in writers:
                w.start()
            for w in writers:
                w.join()
            best = max(best, size / (time.monotonic() - began))
            for p in paths:
                pause.without(p)
        return best

    def zstd(self, core):
        """Bytes a second of all processors together, and the ratio."""
        sample = self.path('sample')
        with open(core, 'rb') as f, open(sample, 'wb') as to:
            f.seek(max(0, (os.path.getsize(core) - SAMPLE) // 2))
            to.write(f.read(SAMPLE))
        command = ['zstd', f'-b{LEVEL}', '-i3', '-B1048576', sample]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                   for _ in range(os.cpu_count())]
        said = [p.communicate()[0] for p in running]
        pause.without(sample)
        found = [re.findall(r'x([\d.]+)\)[ ,]+([\d.]+) MB/s', text) for text in said]
        if not all(found):
            raise RuntimeError(f'zstd -b said: {said}')
        return sum(float(f[-1][1]) for f in found) * MB, float(found[0][-1][0])

    def kind_of_memory(self, forker, mb, kind, runs):
        size = mb << 20
        plain, packed, gcores = [], [], []
        with pause.Target(forker, mb, 1, kind) as t:
            for _ in range(runs):
                plain.append(self.snap(t, 'core')[0])
                gcores.append(self.gcore(t))
                packed.append(self.snap(t, 'core.zst', '--compress', f'zstd:{LEVEL}')[0])
        disk = self.disk(size)
        all_zstd, ratio = self.zstd(self.path('core'))
        rate = {name: size / statistics.median(v) for name, v in (
            ('plain', plain), ('zstd', packed), ('gcore', [g[1] for g in gcores]), ('gcore, not synced', [g[0] for g in gcores]))}
        print(f'  {mb} MB, {kind}: ' + ', '.join(f'{n} {v / MB:.0f} MB/s' for n, v in rate.items()))
        busy = rate['plain'] / disk
        print(f'    disk {disk / MB:.0f} MB/s, osmodump {busy:.2f} of it; zstd:{LEVEL} on {os.cpu_count()} processors {all_zstd / MB:.0f} MB/s, ratio {ratio:.2f}',
              flush=True)
        bound = min(disk * ratio, all_zstd)
        self.figure(f'{kind}: osmodump / gcore, bytes a second', rate['plain'] / rate['gcore'], 'at least 2, or 0.8 of the disk',
                    lambda v: v >= 2 or busy >= 0.8)
        self.figure(f'{kind}: zstd / min(disk, cores x zstd)', rate['zstd'] / bound, 'at least 0.8', lambda v: v >= 0.8)
        for name in 'core', 'core.zst':
            pause.without(self.path(name))

    def memory(self, forker):
        for mb in pause.sizes_that_fit((1024, 4096, 8192)):
            with pause.Target(forker, mb) as t:
                for name, *options in ('plain',), ('zstd', '--compress', 'zstd'), ('lz4', '--compress', 'lz4'):
                    _, peak, path = self.snap(t, 'core', *options)
                    pause.without(path)
                    self.figure(f'{mb} MB, {name}: most private memory, MB', peak / (1 << 20), 'under 64', lambda v: 0 < v < 64)


def bench_throughput(osmodump, forker, figure):
    with tempfile.TemporaryDirectory(dir=os.environ.get('BENCH_DIR', '/var/tmp')) as folder:
        b = Bench(osmodump, folder, figure)
        for mb in pause.sizes_that_fit((2048,))[:1]:
            for kind in 'random', 'mixed':
                b.kind_of_memory(forker, mb, kind, 3)
        b.memory(forker)
