#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same dump, larger: sized.py core|minidump FROM TO MEGABYTES

Adds one memory range to a real ELF core or minidump so that it becomes that
large; the range is a hole in the file and takes no room on disk. Everything
else stays, so that two sizes differ in nothing but their size.
"""
import struct
import sys

BALLAST_AT = 0x100000000000  # where neither Linux nor Windows puts anything


def pad(f, to):
    f.seek(0, 2)
    f.write(b'\0' * (-f.tell() % to))
    return f.tell()


def core(data, f, size):
    """Moves the program headers behind the ballast and adds one."""
    phoff, = struct.unpack_from('<Q', data, 0x20)
    phentsize, phnum = struct.unpack_from('<HH', data, 0x36)
    table = data[phoff:phoff + phentsize * phnum]
    f.write(data)
    at = pad(f, 4096)
    table += struct.pack('<IIQQQQQQ', 1, 6, at, BALLAST_AT, 0, size, size, 4096)
    f.truncate(at + size)
    f.seek(at + size)
    f.write(table)
    f.seek(0x20)
    f.write(struct.pack('<Q', at + size))
    f.seek(0x38)
    f.write(struct.pack('<H', phnum + 1))


def minidump(data, f, size):
    """Adds a Memory64List in the place of an unused directory entry."""
    count, rva = struct.unpack_from('<II', data, 8)
    for i in range(count):
        entry = rva + 12 * i
        if struct.unpack_from('<I', data, entry)[0] == 0:
            break
    else:
        raise SystemExit('no unused stream')
    f.write(data)
    # One descriptor: the list lies before its bytes, so its rva fits 32 bits.
    at = pad(f, 16)
    f.write(struct.pack('<QQQQ', 1, at + 32, BALLAST_AT, size))
    f.truncate(at + 32 + size)
    f.seek(entry)
    f.write(struct.pack('<III', 9, 32, at))


def main():
    kind, source, to, megabytes = sys.argv[1:]
    with open(source, 'rb') as f:
        data = f.read()
    with open(to, 'wb') as f:
        {'core': core, 'minidump': minidump}[kind](data, f, (int(megabytes) << 20) - len(data) & -4096)


main()
