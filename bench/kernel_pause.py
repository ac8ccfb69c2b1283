# SPDX-License-Identifier: MIT
"""The pause in which osmosis.ko takes a kernel: beside a plain copy of the same bytes by the same CPUs, and by how many they are.

The guest is emulated, so that milliseconds say little; what is compared was measured in it, in turn. A pause is made longer
by whatever else the host does, never shorter: of several the best is what the work itself takes.
"""
import os
import re
import statistics
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, f'{TOP}/tests/kernel')
import guest  # noqa: E402

KERNEL = 0x7fe        # OSMOSIS_KERNEL to OSMOSIS_MEMMAP of kmod/osmosis_uapi.h: all of the kernel's own
SHARED = 1 << 13      # OSMOSIS_SHMEM, of which a tmpfs makes as much as is wanted
STEPS = (0, 64, 128, 192, 256, 320)  # MB in the tmpfs
RUNS = 7
LINE = re.compile(r'armed .* pause ([0-9.]+) .* changed \d+ pages (\d+) bytes .* slots (\d+)/')


class Captures:
    """What some captures in a row said."""

    def __init__(self, g, classes, way='', runs=RUNS):
        said = g.must(f'exercise capture {runs} {classes:x} 8000 {way}', 900)
        rows = [m.groups() for m in map(LINE.match, said.splitlines()) if m]
        if len(rows) != runs:
            raise RuntimeError(f'{len(rows)} of {runs} captures:\n{said[-1000:]}')
        self.pauses = [float(r[0]) for r in rows]
        self.changed = statistics.median(int(r[1]) for r in rows)
        self.mb = statistics.median(int(r[2]) for r in rows) * 4096 / (1 << 20)

    @property
    def best(self):
        return min(self.pauses)

    @property
    def median(self):
        return statistics.median(self.pauses)


def boot(g, kind):
    module, = guest.build_module(kind, f'{TOP}/kmod')
    exercise = guest.static(f'{TOP}/tests/kernel/kmod-exercise.c', f'{guest.KERNELS}/bin/exercise')
    g.start(kind, memory=1200, limit=3600, files={'osmosis.ko': module, 'bin/exercise': exercise})
    g.must('insmod /data/osmosis.ko; mkdir -p /tmp/pile; mount -t tmpfs -o size=90% pile /tmp/pile; exercise capture 2 7fe 8000 >/dev/null', 300)


def by_size(g):
    """[(MB, best pause in ms)], and how many times a plain copy each took."""
    points, ratios, have = [], [], 0
    for mb in STEPS:
        g.must(f'dd if=/dev/urandom of=/tmp/pile/{mb} bs=1M count={mb - have} 2>/dev/null', 300)
        have = mb
        compared, plain = Captures(g, KERNEL | SHARED), Captures(g, KERNEL | SHARED, 'plain')
        points.append((compared.mb, compared.best))
        ratios.append(compared.best / plain.best)
        print(f'  {compared.mb:6.0f} MB selected: pause {compared.best:7.1f} ms at best, {compared.median:7.1f} median; plain copy {plain.best:7.1f}, '
              f'{plain.median:7.1f}; {compared.changed / 1024:.1f} kB had changed', flush=True)
    return points, ratios


def deviation(points):
    """How far the farthest point is from the line that fits best, as a share of its height; the line's two numbers."""
    xs, ys = zip(*points)
    slope, base = statistics.linear_regression(xs, ys)
    return max(abs(y - (base + slope * x)) / (base + slope * x) for x, y in zip(xs, ys)), slope, base


def second_pass(g):
    """Bytes that the second pass copied, of a guest at rest and of one with work."""
    idle = Captures(g, KERNEL)
    g.must(guest.WORK)
    busy = Captures(g, KERNEL)
    g.must('touch /tmp/enough')
    print(f'  second pass over {idle.mb:.0f} MB: {idle.changed / 1024:.1f} kB had changed at rest, {busy.changed / 1024:.1f} kB under work')


def bench_kernel_pause(figure, kind='cloud'):
    with guest.Guest(f'{guest.KERNELS}/bench-pause') as g:
        boot(g, kind)
        points, ratios = by_size(g)
        second_pass(g)
    off, slope, base = deviation(points)
    print(f'  {slope:.3f} ms for each MB selected, and {base:.1f} ms')
    figure('pause / plain copy of the same bytes, worst of the sizes', max(ratios), 'at most 1.3', lambda v: v <= 1.3)
    figure('linear: farthest from the line', off, 'at most 0.15', lambda v: v <= 0.15)
