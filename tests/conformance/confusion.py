#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Subjects and what analyze found in them, as a table: usage: confusion.py FILE.tsv

A line of the file: subject, the pattern that was planted ("-": none), and the patterns found above a note with commas
between them, the verdict's first ("-": nothing). Of several lines for one subject the last counts, so that a script
can be run again.

The table has a row for each subject and a column for each pattern that was planted or found: T the verdict, as planted;
+ found besides; X the verdict, but not what was planted; o planted, found, but not the verdict; . planted, not found.
A subject whose row has X, o or . is a failure, and so is a healthy one with anything in its row.
"""
import sys

KINDS = ('found as the verdict', 'found, but not as the verdict', 'missed', 'false alarms')


def read(path):
    subjects = {}
    with open(path, encoding='utf-8') as f:
        for line in f:
            subject, planted, found = line.rstrip('\n').split('\t')
            subjects.pop(subject, None)
            subjects[subject] = (planted, [] if found == '-' else found.split(','))
    return subjects


def kind_of(planted, found):
    """Which of KINDS a subject is; None: healthy, and nothing was found."""
    if planted == '-':
        return 'false alarms' if found else None
    if planted not in found:
        return 'missed'
    return KINDS[0] if found[0] == planted else KINDS[1]


def cell(pattern, planted, found):
    if pattern == planted:
        if pattern not in found:
            return '.'
        return 'T' if found[0] == pattern else 'o'
    if pattern not in found:
        return ' '
    return 'X' if found[0] == pattern else '+'


def show(subjects):
    order = sorted(subjects, key=lambda s: (subjects[s][0] == '-', subjects[s][0]))
    planted = list(dict.fromkeys(subjects[s][0] for s in order if subjects[s][0] != '-'))
    columns = planted + sorted({p for _, found in subjects.values() for p in found} - set(planted))
    width = max(map(len, order))
    for s in order:
        what, found = subjects[s]
        row = ''.join(cell(p, what, found) for p in columns)
        besides = ''.join(f' +{p}' for p in found if p != what)
        print(f'figure: {s:<{width}} |{row}| {"healthy" if what == "-" else what}{besides}')


def main():
    try:
        subjects = read(sys.argv[1])
    except FileNotFoundError:
        subjects = {}
    if not subjects:
        print('skip: confusion table: no subject was run')
        print('0 passed, 0 failed, 1 skipped')
        return 0
    show(subjects)
    kinds = {s: kind_of(*subjects[s]) for s in subjects}
    for s, kind in kinds.items():
        if kind in KINDS[1:]:
            print(f'FAIL: {s}: {kind}: planted {subjects[s][0]}, found {", ".join(subjects[s][1]) or "nothing"}')
    healthy = sum(planted == '-' for planted, _ in subjects.values())
    sums = ', '.join(f'{sum(k == kind for k in kinds.values())} {kind}' for kind in KINDS)
    print(f'figure: {len(subjects) - healthy} subjects with something planted, {healthy} healthy: {sums}')
    failed = sum(kind in KINDS[1:] for kind in kinds.values())
    print(f'{len(subjects) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
