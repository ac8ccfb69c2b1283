# SPDX-License-Identifier: MIT
"""The row "pause" of bench/run: how long snapshots stop a process, beside fork() and gcore."""
import json
import os
import statistics
import subprocess
import tempfile
import time


class Target:
    """bench/forker.c of some size."""

    def __init__(self, program, megabytes, threads=1, kind='small'):
        self.process = subprocess.Popen([program, str(megabytes), str(threads), kind], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, bufsize=1)
        self.process.stdout.readline()

    def fork_ms(self):
        self.process.stdin.write('\n')
        return float(self.process.stdout.readline()) / 1000

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Pauses:
    def __init__(self, osmodump, forker, folder):
        self.osmodump, self.forker, self.folder = osmodump, forker, folder

    def snap(self, target, *options):
        path = os.path.join(self.folder, 'core')
        said = subprocess.run([self.osmodump, 'snap', str(target.process.pid), '--json', '--force', '--mini', '-o', path, *options],
                              check=True, capture_output=True, text=True).stdout
        return json.loads(said.splitlines()[0])['pause_ms']

    def gcore(self, target):
        """gcore holds the process from attaching to detaching: nearly all of its time."""
        began = time.monotonic()
        subprocess.run(['gcore', '-o', os.path.join(self.folder, 'gcore'), str(target.process.pid)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        took = (time.monotonic() - began) * 1000
        os.unlink(os.path.join(self.folder, f'gcore.{target.process.pid}'))
        return took

    def in_turn(self, target, runs, *options):
        """Medians of fork() and of a snapshot's pause, taken in turn."""
        forks, pauses = [], []
        self.snap(target, *options)
        target.fork_ms()
        for _ in range(runs):
            forks.append(target.fork_ms())
            pauses.append(self.snap(target, *options))
        return statistics.median(forks), statistics.median(pauses)


def chart(points, path):
    """Pauses over size, both axes logarithmic, as an SVG that reads in light and dark."""
    import math
    width, height, left, bottom = 640, 400, 70, 50
    kinds = [('gcore', '#c0392b'), ('fork()', '#7f8c8d'), ('snap, clone', '#2471a3'), ('snap, precopy', '#1e8449')]
    sizes = sorted({size for size, _, _ in points})
    low, high = 0.1, max(ms for _, _, ms in points) * 2

    def x(size):
        return left + (math.log2(size) - math.log2(sizes[0])) / max(1, math.log2(sizes[-1] / sizes[0])) * (width - left - 150)

    def y(ms):
        return height - bottom - math.log10(max(ms, low) / low) / math.log10(high / low) * (height - bottom - 20)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">',
           '<style>text{fill:#333}line{stroke:#999}@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>']
    decade = low
    while decade <= high:
        out.append(f'<line x1="{left}" x2="{width - 150}" y1="{y(decade):.1f}" y2="{y(decade):.1f}" stroke-width="0.5"/>')
        out.append(f'<text x="{left - 8}" y="{y(decade) + 4:.1f}" text-anchor="end">{decade:g} ms</text>')
        decade *= 10
    for size in sizes:
        out.append(f'<text x="{x(size):.1f}" y="{height - bottom + 20}" text-anchor="middle">{size // 1024} GB</text>')
    for kind, colour in kinds:
        line = sorted((s, ms) for s, k, ms in points if k == kind)
        if not line:
            continue
        path_d = ' '.join(f'{"L" if i else "M"}{x(s):.1f},{y(ms):.1f}' for i, (s, ms) in enumerate(line))
        out.append(f'<path d="{path_d}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x(s):.1f}" cy="{y(ms):.1f}" r="3.5" fill="{colour}"/>' for s, ms in line]
        out.append(f'<text x="{x(line[-1][0]) + 10:.1f}" y="{y(line[-1][1]) + 4:.1f}" style="fill:{colour}">{kind} {line[-1][1]:.3g} ms</text>')
    out.append(f'<text x="{left}" y="{height - 8}">How long the process stands still, by its size (4 KiB pages)</text></svg>')
    with open(path, 'w', encoding='utf-8') as f:
        f.write('\n'.join(out) + '\n')


def bench_pause(osmodump, forker, logs, figure):
    """How long a process stands still for its dump, by size, threads and kind of pages."""
    available = next(int(l.split()[1]) for l in open('/proc/meminfo', encoding='ascii') if l.startswith('MemAvailable')) // 1024
    sizes = [mb for mb in (1024, 2048, 4096, 8192) if mb * 1.4 < available]
    points = []
    with tempfile.TemporaryDirectory(dir='/var/tmp') as folder:
        p = Pauses(osmodump, forker, folder)
        for mb in sizes:
            with Target(forker, mb) as t:
                fork, snap = p.in_turn(t, 5)
                stop = p.gcore(t)
                ahead = statistics.median(p.snap(t, '--full', '--engine', 'precopy') for _ in range(1)) if mb == sizes[-1] else None
            print(f'  {mb} MB: fork() {fork:.2f} ms, clone {snap:.2f} ms, gcore {stop:.0f} ms'
                  + (f', precopy {ahead:.2f} ms' if ahead else ''), flush=True)
            points += [(mb, 'fork()', fork), (mb, 'snap, clone', snap), (mb, 'gcore', stop)]
            points += [(mb, 'snap, precopy', ahead)] if ahead else []
            figure(f'{mb} MB: pause of clone / fork()', snap / fork, 'at most 1.5', lambda v: v <= 1.5)
            if mb == 4096:
                figure('4 GB: gcore / clone', stop / snap, 'at least 100', lambda v: v >= 100)
            if ahead and mb == 8192:
                figure('8 GB, idle: pause of precopy, ms', ahead, 'under 20', lambda v: v < 20)
        with Target(forker, min(4096, sizes[-1]), 1, 'huge') as t:
            fork, snap = p.in_turn(t, 5)
            figure('huge pages: pause of clone, ms a GB', snap / (min(4096, sizes[-1]) / 1024), 'at most 2', lambda v: v <= 2)
        base = None
        for threads in (1, 16, 128, 1000):
            with Target(forker, 16, threads) as t:
                fork, snap = p.in_turn(t, 5)
            if base is None:
                base = (fork, snap)
            else:
                each = (snap - base[1] - (fork - base[0])) * 1000 / (threads - 1)
                print(f'  {threads} threads: clone {snap:.2f} ms', flush=True)
                figure(f'{threads} threads: pause each, us', each, 'at most 20', lambda v: v <= 20)
    chart(points, f'{logs}/pause.svg')
