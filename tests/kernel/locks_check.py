#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Locks, run queues and findings of a dump of a guest with planted trouble (subject/planted.c), against its facts.

usage: locks_check.py OSMODUMP DUMP FACTS [PATTERN...]
FACTS: lines of /proc/planted/facts. PATTERN: findings that there must be besides; with a "!" in front: must not be.
"""
import json
import subprocess
import sys

TYPES = {'mutex': 'mutex', 'rwsem': 'rw_semaphore', 'rw_semaphore': 'rw_semaphore', 'percpu': 'percpu_rw_semaphore',
         'percpu_rwsem': 'percpu_rw_semaphore', 'semaphore': 'semaphore', 'rtmutex': 'rt_mutex', 'rt_mutex': 'rt_mutex', 'spinlock': 'spinlock',
         'rwlock': 'rwlock'}
OWNED = {'mutex', 'rt_mutex', 'spinlock'}  # the lock itself names its owner


def records(osmodump, dump, *commands):
    words = [osmodump, '-q', '--json', dump]
    for c in commands:
        words += ['-c', c]
    done = subprocess.run(words, capture_output=True, text=True, errors='replace', timeout=300, check=False, stdin=subprocess.DEVNULL)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{')]


def planted(facts):
    """[(type, name, address, owner, {waiters})] of the facts' lines of locks that have waiters."""
    found = []
    for words in facts:
        if words[:1] == ['lock'] and 'waiters' in words:
            at = words.index('waiters')
            found.append((TYPES[words[1]], words[2], int(words[3], 16), int(words[words.index('owner') + 1]), {int(w) for w in words[at + 1:]}))
    return found


def check_lock(said, kind, name, address, owner, waiters):
    """What is wrong with one lock: a list of sentences."""
    mine = [r for r in said if r['kind'] == 'kernel_lock' and int(r['address'], 16) == address]
    if len(mine) != 1:
        return [f'{name} is told {len(mine)} times']
    r, wrong = mine[0], []
    if r['type'] != kind:
        wrong.append(f'{name} is a {kind}, told as {r["type"]}')
    if r.get('symbol', {}).get('name') != name:
        wrong.append(f'{name} is told as {r.get("symbol")}')
    if set(r.get('waiting_pids', [])) != waiters:
        wrong.append(f'{name}: {sorted(waiters)} wait, told are {r.get("waiting_pids")}')
    if kind in OWNED and r.get('owner_pid') != owner:
        wrong.append(f'{name}: the owner is {owner}, told is {r.get("owner_pid")}')
    if kind in ('rw_semaphore', 'rwlock') and (r.get('readers') != 1 or r.get('owner_pid') not in (None, owner)):
        wrong.append(f'{name}: one reader, {owner}, holds it; told are {r.get("readers")}, {r.get("owner_pid")}')
    # it waits for the one reader inside, and is who waits
    if kind == 'percpu_rw_semaphore' and (r.get('readers') != 1 or {r.get('writer_pid')} != waiters):
        wrong.append(f'{name}: one reader holds it and {sorted(waiters)} waits to write; told are {r.get("readers")}, {r.get("writer_pid")}')
    if kind == 'semaphore' and r.get('owner_pid') not in (None, owner):
        wrong.append(f'{name}: {owner} came last, told is {r.get("owner_pid")}')
    if r.get('corrupt') or r.get('orphaned'):
        wrong.append(f'{name} is told as corrupt or orphaned')
    return wrong


def check_locks(said, facts):
    wrong, locks = [], planted(facts)
    if not locks:
        return ['the facts have no locks']
    for row in locks:
        wrong += check_lock(said, *row)
    ring = [r for r in said if r.get('deadlock')]
    if {r.get('symbol', {}).get('name') for r in ring} != {'planted_a', 'planted_b'}:
        wrong.append(f'the ring is told of {[r.get("symbol") for r in ring]}')
    return wrong


def check_findings(findings, must):
    """Patterns by id; "!id": it must not be found."""
    found = {f['pattern'] for f in findings if f['kind'] == 'finding' and f.get('decision', 'decided') == 'decided'}
    return [f'{m} is found' if m[0] == '!' else f'{m} is not found' for m in must if (m.lstrip('!') in found) == (m[0] == '!')]


def check_queues(said):
    """A processor's tasks are as many as its run queue counts, and nothing is torn."""
    wrong = []
    for q in (r for r in said if r['kind'] == 'run_queue'):
        ready = sum(r['kind'] == 'ready' and r['cpu'] == q['cpu'] for r in said)
        runs = q.get('pid', 0) != 0
        if ready != q['ready'] or q['running'] != ready + runs:
            wrong.append(f'processor {q["cpu"]} counts {q["running"]} tasks, {ready} are ready and {int(runs)} runs')
        if q.get('trouble'):
            wrong.append(f'processor {q["cpu"]}: {q["trouble"]}')
    return wrong


def compare(osmodump, dump, facts, say, must=()):
    """say(word, text) is called with "ok" or "FAIL" for each of the parts."""
    parts = (
        ('locks, owners and waiters', lambda: check_locks(records(osmodump, dump, '!locks -v'), facts)),
        ('run queues', lambda: check_queues(records(osmodump, dump, '!ready'))),
        ('findings', lambda: check_findings(records(osmodump, dump, '!analyze -t hung.seconds=1'),
                                            ['deadlock.lock-cycle', 'kernel.hung-task', 'kernel.tainted', '!quality.kernel-smeared', *must])),
        ('nothing hangs for as long as that', lambda: check_findings(records(osmodump, dump, '!analyze -t hung.seconds=1000000'),
                                                                     ['deadlock.lock-cycle', '!kernel.hung-task'])),
    )
    for what, check in parts:
        wrong = check()
        for text in wrong[:8]:
            print(f'    {text}')
        say('FAIL' if wrong else 'ok', what)


def main(words):
    if len(words) < 3:
        sys.stderr.write(__doc__)
        return 2
    failed = []

    def say(word, text):
        print(f'{word}: {text}')
        if word == 'FAIL':
            failed.append(text)
    with open(words[2], encoding='utf-8') as f:
        compare(words[0], words[1], [line.split() for line in f], say, words[3:])
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
