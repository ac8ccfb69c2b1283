#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check-wine.py OSMODUMP FOLDER: are the dumps made under Wine read rightly?

FOLDER is build/targets/windows/64 or .../32. What is right is taken from the
programs' sources: call chains by function names, line numbers by the text of
the line. One test per dump and question; ends with "N passed, N failed, N skipped".
"""
import json
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OSMODUMP, FOLDER = sys.argv[1:3]
# The DLLs as Wine has them: a partial dump holds none of their code.
DLLS = {'64': '/usr/lib/x86_64-linux-gnu/wine/x86_64-windows',
        '32': f'{FOLDER}/../../wine/i386/usr/lib/i386-linux-gnu/wine/i386-windows'}[os.path.basename(FOLDER)]
counts = {'passed': 0, 'failed': 0, 'skipped': 0}


def line_of(source, text):
    """The number of the one line of a test program that holds this text."""
    with open(f'{TOP}/tests/targets/windows/{source}', encoding='ascii') as f:
        found = [i for i, line in enumerate(f, 1) if text in line]
    assert len(found) == 1, (source, text, found)
    return found[0]


AV = [('store', line_of('av.c', 'faults: s is null')), ('move', line_of('av.c', '\tstore(s, doubled);')),
      ('move_all', line_of('av.c', '\tmove(s, by);')), ('draw', line_of('av.c', 'return move_all(')),
      ('main', line_of('av.c', 'return draw('))]
TRANSFER = ('transfer', line_of('cs-deadlock.c', 'each waits here for the other'))
AUDIT = [('audit', line_of('cs-deadlock.c', 'EnterCriticalSection(&a->lock)')),
         ('auditor', line_of('cs-deadlock.c', 'return (DWORD)audit('))]
WRITER = [TRANSFER, ('order_writer', line_of('cs-deadlock.c', 'transfer(&orders, &stock'))]
KEEPER = [TRANSFER, ('stock_keeper', line_of('cs-deadlock.c', 'transfer(&stock, &orders'))]
QUIET = [('quiet_keeper', None)]


def run(dump, commands, *options):
    out = subprocess.run([OSMODUMP, '-y', FOLDER, '-i', f'{FOLDER};{DLLS}', *options, f'{FOLDER}/{dump}', '-c', commands + ';q'],
                         capture_output=True, text=True, check=False, timeout=120)
    if out.returncode:
        raise ValueError(f'exit code {out.returncode}: {out.stderr[-400:]}')
    return out.stdout


def records(dump, commands):
    return [json.loads(line) for line in run(dump, commands, '--json').split('\n') if line]


def chain(frames, want):
    """The wanted (function, line) pairs follow one another in these frames."""
    got = [(f.get('symbol', {}).get('name'), f.get('line')) for f in frames]
    for i in range(len(got) - len(want) + 1):
        if all(g[0] == w[0] and (w[1] is None or g[1] == w[1]) for g, w in zip(got[i:], want)):
            return True
    return False


def stacks(dump):
    """{tid: frames} out of ~*k."""
    threads, frames = {}, None
    for r in records(dump, '~*k'):
        if r['kind'] == 'thread':
            frames = threads.setdefault(r['tid'], [])
        elif r['kind'] == 'frame':
            frames.append(r)
    return threads


def test(name, function, *args):
    try:
        trouble = function(*args)
    except (ValueError, KeyError, AssertionError, subprocess.TimeoutExpired) as e:
        trouble = f'{type(e).__name__}: {e}'
    counts['failed' if trouble else 'passed'] += 1
    print(f'FAIL: {name}: {trouble}' if trouble else f'ok: {name}')


def shown(frames):
    return ' < '.join(f"{f.get('symbol', {}).get('name')}:{f.get('line')}" for f in frames)


def crash_stack(dump):
    frames = [r for r in records(dump, '.ecxr;k') if r['kind'] == 'frame']
    return None if chain(frames[:len(AV)], AV) else f'expected {AV}, got {shown(frames)}'


def crash_event(dump):
    text = run(dump, '.lastevent')
    return None if 'c0000005' in text.lower() else f'.lastevent says {text!r}'


def crash_locals(dump):
    text = run(dump, '.ecxr;.frame 3;dv')
    return None if 'title' in text and 'scale' in text else f'dv in draw says {text!r}'


def deadlock_threads(dump):
    """{role: tids}"""
    roles = {}
    for tid, frames in stacks(dump).items():
        for role, want in ('writer', WRITER), ('keeper', KEEPER), ('auditor', AUDIT), ('quiet', QUIET):
            if chain(frames, want):
                roles.setdefault(role, []).append(tid)
    return roles


def deadlock_stacks(dump):
    roles = {k: len(v) for k, v in deadlock_threads(dump).items()}
    want = {'writer': 1, 'keeper': 1, 'auditor': 3, 'quiet': 1}
    doubled = [f for f in stacks(dump).values() for a, b in zip(f, f[1:]) if a['symbol'] == b['symbol']]
    if roles != want or doubled:
        return f'expected {want}, no frame twice, got {roles}: ' + '; '.join(shown(f) for f in stacks(dump).values())
    return None


def held(dump):
    """{owner's tid: tids of those who wait}, of every section that !locks says is locked."""
    tids = {r['index']: r['tid'] for r in records(dump, '~*') if r['kind'] == 'thread'}
    return {r['owning_thread']: sorted(tids[w] for w in r.get('waiting', []))
            for r in records(dump, '!locks') if r.get('locked')}


def deadlock_locks(dump):
    """!locks names both owners, and all who wait for each."""
    roles = deadlock_threads(dump)
    (writer,), (keeper,) = roles['writer'], roles['keeper']
    want = {writer: sorted([keeper, *roles['auditor']]), keeper: [writer]}
    got = {owner: waiting for owner, waiting in held(dump).items() if waiting}
    return None if got == want else f'expected owner: waiters {want}, got {got}: {run(dump, "!locks")}'


def theirs_deadlock(dump):
    """Somebody else's program, whose threads hold kernel objects crosswise: they are seen to wait."""
    waiting = {r['thread'] for r in records(dump, '~*k')
               if r['kind'] == 'frame' and 'WaitFor' in (r['symbol'].get('name') or '')}
    if len(waiting) < 2:
        return f'fewer than two threads wait: {run(dump, "~*k")}'
    print(f'figure: ElaborateDeadlock.exe: {len(waiting)} threads wait')
    return None


def main():
    bits = os.path.basename(FOLDER)
    for kind in 'full', 'partial':
        test(f'{bits} bit: crash, {kind}: stack and lines', crash_stack, f'av-{kind}.dmp')
        test(f'{bits} bit: crash, {kind}: last event', crash_event, f'av-{kind}.dmp')
        test(f'{bits} bit: crash, {kind}: locals', crash_locals, f'av-{kind}.dmp')
    for name in 'cs-deadlock-full', 'outside-full', 'cs-deadlock-partial':
        test(f'{bits} bit: {name}: stacks and lines', deadlock_stacks, f'{name}.dmp')
    for name in 'cs-deadlock-full', 'outside-full':
        test(f'{bits} bit: {name}: !locks', deadlock_locks, f'{name}.dmp')
    if os.path.exists(f'{FOLDER}/elaborate-full.dmp'):
        test(f'{bits} bit: ElaborateDeadlock.exe: waiting threads', theirs_deadlock, 'elaborate-full.dmp')
    print(f'{counts["passed"]} passed, {counts["failed"]} failed, {counts["skipped"]} skipped')
    return 1 if counts['failed'] else 0


sys.exit(main())
