#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: real-memory.py FILE OUT EXPECTED

Makes a compressed kernel dump of FILE's pages, packed by others' programs and libraries in turn (lzop, snappy, zlib, zstd), and what
its memory has to be. A page that does not become smaller stays as it is, as makedumpfile leaves it.
"""
import os
import struct
import subprocess
import sys
import zlib

import snappy

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '../mkdump'))
import kdump  # noqa: E402
import recipe  # noqa: E402

PAGE, MOST = 4096, 240


def by_program(*command):
    return lambda page: subprocess.run(command, input=page, capture_output=True, check=True).stdout


def lzo(level):
    """The one block of a .lzo file: behind the file's header are its size, packed size and checksums (lzop's own account of the format)."""
    run = by_program('lzop', '-%d' % level, '-c')

    def pack(page):
        out, at = run(page), 9 + 6 + 2
        flags, = struct.unpack_from('>I', out, at)
        at += 4 * 4
        at += 1 + out[at] + 4
        plain, packed = struct.unpack_from('>II', out, at)
        at += 8 + (4 if flags & 1 else 0) + (4 if flags & 2 and packed < plain else 0)
        return out[at:at + packed]
    return pack


WAYS = [('lzo', lzo(1)), ('lzo', lzo(3)), ('lzo', lzo(9)), ('snappy', snappy.compress), ('zlib', zlib.compress),
        ('zstd', by_program('zstd', '-q', '-c'))]


def main(path, out, expected):
    with open(path, 'rb') as f:
        data = f.read()
    pages = [data[i:i + PAGE] for i in range(0, len(data) - PAGE + 1, PAGE)]
    pages = pages[::max(1, len(pages) // MOST)][:MOST]
    dump, packed = kdump.Kdump(recipe.Recipe('kdump x64\n')), {}
    for i, page in enumerate(pages):
        how, pack = WAYS[i % len(WAYS)]
        small = pack(page)
        packed[i + 1] = (small, kdump.STATUS[how]) if len(small) < PAGE else (page, 0)
        dump.pages[i + 1] = bytearray(page)
    dump.page = packed.get
    with open(out, 'wb') as f:
        f.write(dump.build())
    with open(expected, 'wb') as f:
        f.write(bytes(PAGE) + b''.join(pages))
    print('figure: memory: %d pages, %d of them packed' % (len(pages), sum(flags != 0 for _, flags in packed.values())))


if __name__ == '__main__':
    main(*sys.argv[1:])
