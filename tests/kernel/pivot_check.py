#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether a dump of a machine is of one instant, by the counters of subject/pivot.c.

usage: pivot_check.py PLACES DUMP
PLACES: what /proc/pivot said. DUMP: ELF or kdump. Exit code 0: in step; 1: out of step, or a counter is not there.
"""
import os
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import vmcore  # noqa: E402


def places_of(text):
    """[(kind, physical)] in the order of the chain."""
    return [(w[1], int(w[3], 16)) for w in map(str.split, text.splitlines()) if w and w[0] == 'place']


def ordered(values):
    """Whether the counters could have stood so at one instant."""
    return all(a >= b for a, b in zip(values, values[1:])) and values[-1] >= values[0] - 1


def counters(dump, places):
    memory = vmcore.open_memory(dump)
    words = [memory.read(physical, 8) for _, physical in places]
    return [None if w is None else struct.unpack('<Q', w)[0] for w in words]


def verdict(dump, places):
    """(whether it is of one instant, why not)"""
    values = counters(dump, places)
    missing = sorted({kind for (kind, _), v in zip(places, values) if v is None})
    if missing:
        return False, f'not in the dump: {", ".join(missing)}'
    if values[0] == 0:
        return False, 'the counters had not begun'
    if not ordered(values):
        return False, f'out of step: {max(values) - min(values)} rounds apart: ' + ' '.join(
            f'{kind}={v}' for (kind, _), v in zip(places, values))
    return True, f'{len(values)} counters of {len({k for k, _ in places})} kinds in step at round {values[0]}'


def main(words):
    if len(words) != 2:
        sys.stderr.write(__doc__)
        return 2
    with open(words[0], encoding='ascii') as f:
        good, why = verdict(words[1], places_of(f.read()))
    print(why)
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
