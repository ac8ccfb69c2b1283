# SPDX-License-Identifier: MIT
"""The row "vmcore" of bench/run: opening the dump of a machine and listing its processes, beside crash and drgn.

A guest (tests/kernel/guest.py) of 2 GB and one of 16 GB run the same processes and are dumped by QEMU. The files are
ELF with the pages of zeros as holes, so that one of 16 GB costs little. crash and drgn get the kernel's debug file, of
which osmodump knows nothing.
"""
import os
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, f'{HERE}/../tests/kernel')
import guest  # noqa: E402
import vmcore  # noqa: E402

KIND, PROCESSES, RUNS = 'cloud', 150, 7
TEXT = 0xffffffff80000000
ZERO = bytes(vmcore.PAGE)


def ranges_of(frames):
    """[first, behind the last] of frames that follow each other."""
    found = []
    for f in frames:
        if found and found[-1][1] == f:
            found[-1][1] += 1
        else:
            found.append([f, f + 1])
    return found


def kcore_loads(heads):
    """(virtual, physical, size) of the direct map's ranges and of the kernel's text, by /proc/kcore's headers."""
    n, = struct.unpack_from('<H', heads, 56)
    rows = [struct.unpack_from('<IIQQQQQQ', heads, 64 + 56 * i) for i in range(n)]
    return [(r[3], r[4], r[6]) for r in rows if r[0] == 1 and r[4] != (1 << 64) - 1 and r[6]]


def load(place, virtual, physical, size):
    return struct.pack('<IIQQQQQQ', 1, 7, place, virtual, physical, size, size, 0)


def sparse_elf(memory, loads, path):
    """Writes an ELF core as the kernel's own kdump does, with virtual addresses too, and with holes where pages are zero."""
    ranges, notes = ranges_of(memory.frames()), memory.notes()
    direct = next(v - p for v, p, _ in loads if v < TEXT)
    text, text_at, text_size = next(x for x in loads if x[0] >= TEXT)
    count = len(ranges) + 2
    place = (64 + 56 * count + len(notes) + 4095) & ~4095
    heads = [struct.pack('<IIQQQQQQ', 4, 0, 64 + 56 * count, 0, 0, len(notes), len(notes), 0)]
    with open(path, 'wb') as out:
        for first, end in ranges:
            size, physical = (end - first) * vmcore.PAGE, first * vmcore.PAGE
            heads.append(load(place, direct + physical, physical, size))
            if physical <= text_at < physical + size:
                heads.insert(1, load(place + text_at - physical, text, text_at, text_size))
            for frame in range(first, end):
                page = memory.page(frame)
                if page != ZERO:
                    out.seek(place + (frame - first) * vmcore.PAGE)
                    out.write(page)
            place += size
        out.truncate(place)
        out.seek(0)
        out.write(b'\x7fELF\x02\x01\x01' + bytes(9) + struct.pack('<HHIQQQIHHHHHH', 4, 62, 1, 0, 64, 0, 0, 64, 56, len(heads), 0, 0, 0))
        out.write(b''.join(heads) + notes)


def make(megabytes, folder):
    """The file of a guest with that much memory; made once."""
    path = f'{folder}/vmcore-{megabytes}'
    if not os.path.exists(path):
        troupe = guest.static(f'{HERE}/../tests/kernel/truth/troupe.c', f'{guest.KERNELS}/bin/troupe')
        with guest.Guest(f'{folder}/guest') as g:
            g.start(KIND, memory=megabytes, files={'bin/troupe': troupe})
            g.must(f'for i in $(seq {PROCESSES}); do sleep 100000 & done; troupe >/tmp/parts & until grep -q ready /tmp/parts; do sleep 1; done', 300)
            g.must('head -c 8192 /proc/kcore >/data/heads')
            g.get('/data/heads', f'{folder}/heads')
            g.stop()
            packed = g.dump('kdump', f'{folder}/packed')
        with open(f'{folder}/heads', 'rb') as f:
            sparse_elf(vmcore.open_memory(packed), kcore_loads(f.read()), f'{path}.new')
        os.unlink(packed)
        os.rename(f'{path}.new', path)
    return path


def drgn_script(folder):
    path = f'{folder}/tasks.py'
    with open(path, 'w', encoding='ascii') as f:
        f.write('from drgn.helpers.linux.pid import for_each_task\nfor t in for_each_task(prog):\n'
                '    print(t.pid.value_(), t.tgid.value_(), t.comm.string_().decode())\n')
    return path


def crash_commands(folder):
    path = f'{folder}/crash.in'
    with open(path, 'w', encoding='ascii') as f:
        f.write('ps\nquit\n')
    return path


def listing(timed, osmodump, path, expect):
    return timed(f'osmodump {os.path.basename(path)}', [osmodump, '-q', path, '-c', '!process 0 0;q'], expect)


def tell_crash(crash, least):
    """crash is timed as far as it gets: not every version lists the tasks of every kernel."""
    if not crash.trouble:
        with open(crash.output, encoding='utf-8', errors='replace') as f:
            found = f.read().count(' sleep')
        if found < least:
            print(f'  crash lists {found} of {least} processes named sleep: its time is what it takes to get that far')


def bench_vmcore(osmodump, timed, take_turns, show, figure):
    folder = f'{guest.KERNELS}/bench'
    os.makedirs(folder, exist_ok=True)
    small, large = make(2048, folder), make(16384, folder)
    for path in small, large:
        print(f'  {os.path.basename(path)}: {os.path.getsize(path) >> 20} MB, {os.stat(path).st_blocks * 512 >> 20} of them on the disk')
    expect = {'sleep': PROCESSES, 't-threads': 1, 'kthreadd': 1}
    mine = [listing(timed, osmodump, p, expect) for p in (small, large)]
    take_turns(mine, RUNS)
    show(mine, RUNS)
    vmlinux = guest.debug_file(KIND)
    peers = [timed('crash', ['crash', '-s', vmlinux, small], {'swapper/0': 1}, crash_commands(folder)),
             timed('drgn', ['drgn', '-q', '-c', small, '-s', vmlinux, drgn_script(folder)], expect)]
    for p in peers:
        take_turns([p], 2)
    show(peers, 2)
    tell_crash(peers[0], PROCESSES)
    ours, at_most = mine[0].ms, [m.peak / 1024 for m in mine if m.ms]
    for peer, least in zip(peers, (50, 5)):
        if peer.trouble:
            print(f'  -> {peer.name} does not do it: nothing to compare with')
        else:
            figure(f'{peer.name} / osmodump, time', peer.ms / ours if ours else None, f'at least {least}', lambda v, n=least: v >= n)
    figure('opening 2 GB and !process 0 0, ms', ours, 'under 250', lambda v: v < 250)
    figure('memory, MB', max(at_most) if len(at_most) == 2 else None, 'under 100', lambda v: v < 100)
    figure('16 GB / 2 GB, time', mine[1].ms / ours if ours and mine[1].ms else None, 'under 1.2', lambda v: v < 1.2)


def needs():
    """Why the row cannot be run here, or None."""
    try:
        guest.kernel(KIND)
        guest.debug_file(KIND)
    except (guest.Skip, subprocess.CalledProcessError) as why:
        return str(why)
    return None
