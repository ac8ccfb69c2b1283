# SPDX-License-Identifier: MIT
"""The row "pause" of bench/run: how long snapshots stop a process, beside fork(), gcore and stop-and-write."""
import json
import os
import platform
import statistics
import subprocess
import tempfile
import time

import chart


class Target:
    """bench/forker.c of some size."""

    def __init__(self, program, megabytes, threads=1, kind='small'):
        self.process = subprocess.Popen([program, str(megabytes), str(threads), kind], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, bufsize=1)
        self.pid = self.process.pid
        self.process.stdout.readline()

    def fork_ms(self):
        self.process.stdin.write('\n')
        return float(self.process.stdout.readline()) / 1000

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def megabytes_free():
    """What targets may take."""
    with open('/proc/meminfo', encoding='ascii') as f:
        return next(int(line.split()[1]) for line in f if line.startswith('MemAvailable')) // 1024


def sizes_that_fit(wanted):
    """BENCH_MB=512,1024 replaces them: to try a row out."""
    if os.environ.get('BENCH_MB'):
        wanted = [int(mb) for mb in os.environ['BENCH_MB'].split(',')]
    fit = [mb for mb in wanted if mb * 1.4 < megabytes_free()]
    for mb in wanted:
        if mb not in fit:
            print(f'  {mb} MB: not measured, there is no memory for it')
    return fit


def without(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


class Pauses:
    def __init__(self, osmodump, forker, folder):
        self.osmodump, self.forker, self.folder = osmodump, forker, folder

    def snap(self, target, *options):
        path = os.path.join(self.folder, 'core')
        said = subprocess.run([self.osmodump, 'snap', str(target.pid), '--json', '--force', '-o', path, *options],
                              check=True, capture_output=True, text=True).stdout
        without(path)
        return json.loads(said.splitlines()[0])['pause_ms']

    def clone(self, target):
        return self.snap(target, '--engine', 'clone', '--mini')

    def precopy(self, target):
        return self.snap(target, '--engine', 'precopy')

    def ahead(self, target, runs):
        return statistics.median(self.precopy(target) for _ in range(runs))

    def held(self, command, path):
        """These hold the process from attaching to detaching: nearly all of their time."""
        began = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        took = (time.monotonic() - began) * 1000
        without(path)
        return took

    def gcore(self, target):
        name = os.path.join(self.folder, 'gcore')
        return self.held(['gcore', '-o', name, str(target.pid)], f'{name}.{target.pid}')

    def stop_and_write(self, target):
        """What ProcDump does, and any dumper that stops, reads, writes: our own writer is as fast as its disk."""
        path = os.path.join(self.folder, 'stopped')
        return self.held([self.osmodump, 'snap', str(target.pid), '-q', '--engine', 'stop', '-o', path], path)

    def in_turn(self, target, runs):
        """Medians of fork() and of a snapshot's pause, taken in turn."""
        forks, pauses = [], []
        self.clone(target)
        target.fork_ms()
        for _ in range(runs):
            forks.append(target.fork_ms())
            pauses.append(self.clone(target))
        return statistics.median(forks), statistics.median(pauses)


class Series:
    """{name: {x: ms}}, printed as it grows."""

    def __init__(self):
        self.points = {name: {} for name in chart.STYLES}

    def add(self, x, shown, **values):
        names = {'fork': 'fork()', 'stop': 'stop and write'}
        for name, ms in values.items():
            if ms is not None:
                self.points[names.get(name, name)][x] = ms
        print(f'  {shown}: ' + ', '.join(f'{names.get(n, n)} {ms:.2f} ms' for n, ms in values.items() if ms is not None), flush=True)


def by_size(p, figure):
    found = Series()
    for mb in sizes_that_fit((1024, 2048, 4096, 8192)):
        with Target(p.forker, mb) as t:
            fork, clone = p.in_turn(t, 5)
            precopy, stop, gcore = p.ahead(t, 3), p.stop_and_write(t), p.gcore(t)
        found.add(mb, f'{mb} MB', fork=fork, clone=clone, precopy=precopy, stop=stop, gcore=gcore)
        figure(f'{mb} MB: pause of clone / fork()', clone / fork, 'at most 1.5', lambda v: v <= 1.5)
        if mb == 4096:
            figure('4 GB: gcore / clone', gcore / clone, 'at least 100', lambda v: v >= 100)
        if mb == 8192:
            figure('8 GB, idle: pause of precopy, ms', precopy, 'under 20', lambda v: v < 20)
    return found.points


def on_huge_pages(p, figure):
    mb = sizes_that_fit((4096, 2048, 1024))[:1]
    for size in mb:
        with Target(p.forker, size, 1, 'huge') as t:
            _, clone = p.in_turn(t, 5)
        figure('huge pages: pause of clone, ms a GB', clone / (size / 1024), 'at most 2', lambda v: v <= 2)


def by_threads(p, figure):
    found, base = Series(), None
    for threads in (1, 16, 128, 1000):
        with Target(p.forker, 16, threads) as t:
            fork, clone = p.in_turn(t, 5)
            precopy, stop, gcore = p.ahead(t, 3), p.stop_and_write(t), p.gcore(t)
        found.add(threads, f'{threads} threads', fork=fork, clone=clone, precopy=precopy, stop=stop, gcore=gcore)
        if base is None:
            base = (fork, clone)
        else:
            each = (clone - base[1] - (fork - base[0])) * 1000 / (threads - 1)
            figure(f'{threads} threads: pause each, us', each, 'at most 20', lambda v: v <= 20)
    return found.points


def machine():
    """What the figures of a chart are worth."""
    with open('/proc/cpuinfo', encoding='utf-8') as f:
        model = next((line.split(':')[1].strip() for line in f if line.startswith('model name')), platform.machine())
    return (f'{os.cpu_count()} processors ({model}), Linux {platform.release().split("-")[0]}, 4 KiB pages; '
            f'{time.strftime("%Y-%m-%d")}, ./dev bench pause')


def bench_pause(osmodump, forker, charts, figure):
    """`charts`: where the SVG goes."""
    with tempfile.TemporaryDirectory(dir='/var/tmp') as folder:
        p = Pauses(osmodump, forker, folder)
        sizes = by_size(p, figure)
        on_huge_pages(p, figure)
        threads = by_threads(p, figure)
    panels = [chart.Panel('By size', 'memory of the process', sizes, lambda mb: f'{mb / 1024:g} GB'),
              chart.Panel('By threads, 16 MB', 'threads of the process', threads, str)]
    for path in charts:
        chart.write(path, 'How long a process stands still for its dump', machine(), panels)
        print(f'  chart: {path}')
