# SPDX-License-Identifier: MIT
"""Builds images of physical memory: LiME, AVML. The layout is described in docs/formats/lime.md."""

import struct

import kdump
import recipe as R
from recipe import RecipeError

CHUNK = 65536


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def chunk(data, packed):
    crc = crc32c(data)
    masked = ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff
    body = struct.pack('<I', masked) + (kdump.pack_snappy(data) if packed else data)
    return bytes([0 if packed else 1]) + len(body).to_bytes(3, 'little') + body


class Lime:
    def __init__(self, recipe):
        self.r = recipe
        self.avml = 'avml' in recipe.args
        if set(recipe.args) - {'avml'}:
            raise RecipeError('line 1: known is avml')
        self.out, self.packed, self.damage = b'', True, []

    def on_memory(self, line):
        for block in R.memory_blocks(self.r, line.words, 8):
            data, last = bytes(block.data), block.address + len(block.data) - 1
            if not self.avml:
                self.out += struct.pack('<IIQQQ', 0x4c694d45, 1, block.address, last, 0) + data
                continue
            stream = b'\xff\x06\0\0sNaPpY'
            for i in range(0, len(data), CHUNK):
                stream += chunk(data[i:i + CHUNK], self.packed)
            self.out += struct.pack('<IIQQQ', 0x4c4d5641, 2, block.address, last, 0) + stream + struct.pack('<Q', len(stream))

    def build(self):
        R.run_lines(self.r, {
            'memory': self.on_memory, 'plain': lambda _: setattr(self, 'packed', False),
            'packed': lambda _: setattr(self, 'packed', True), 'patch': self.damage.append, 'truncate': self.damage.append,
        })
        return R.patched(self.r, self.out, self.damage)


def build(recipe):
    return Lime(recipe).build()
