#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Snapshots each animal of the zoo (zoo.c): is the dump right, and is the animal left alone?

usage: zoo.py OSMODUMP FOLDER [NAME...]    FOLDER holds zoo and zoo32, and gets temporary files

Prints "ok: NAME", "FAIL: NAME: REASON" or "skip: NAME: REASON" for each and at last
"N passed, N failed, N skipped".
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import zoo_days as days
from zoo_core import Core
from zoo_lib import (FOLDER, LONG, NO_THREAD, NO_USERFAULTFD, ONE, OSMODUMP, QUASI, Animal, Cannot, Wrong,
                     check_core, end_all, groups, plain, put, read, run, same, simple, snap, told, work)


def shared():
    animal = Animal('shared')
    file = f'/proc/{animal.pid}/fd/{animal.extra["sparse"]}'
    blocks = os.stat(file).st_blocks
    plain(animal, levels=ONE)
    if os.stat(file).st_blocks != blocks:
        raise Wrong(f'the sparse memfd has {os.stat(file).st_blocks} blocks instead of {blocks}')
    animal.finish()


def with_setting(path, value, test):
    """A setting of the machine that is put back, whatever happens."""
    def wrapped():
        old = read(path).strip()
        try:
            put(path, value)
        except OSError as e:
            raise Cannot(f'{path}: {e.strerror}') from e
        try:
            test()
        finally:
            end_all()
            put(path, old)
    return wrapped


def stopped():
    animal = Animal('plain')
    os.kill(animal.pid, signal.SIGSTOP)
    while animal.state() != ['T']:
        time.sleep(0.01)
    plain(animal, engines=('clone', 'precopy', 'stop'), levels=ONE)
    if animal.state() != ['T']:
        raise Wrong(f'was stopped and is now in state {animal.state()}')
    os.kill(animal.pid, signal.SIGCONT)
    animal.finish()


def traced():
    animal = Animal('plain')
    tracer = Animal('tracer', env={'ZOO_TRACEE': str(animal.pid)})
    plain(animal, engines=('auto', 'clone', 'precopy', 'stop'),
          refused=dict.fromkeys(('auto', 'clone', 'precopy', 'stop'), rf'traced by process {tracer.pid} \(zoo\)'))
    tracer.kill()
    plain(animal)
    animal.finish()


def zombie():
    animal = Animal('zombie')
    for engine in ('auto', 'clone', 'precopy', 'stop'):
        refusal = snap(int(animal.extra['zombie']), engine)[1]
        if not refusal or 'zombie' not in refusal:
            raise Wrong(f'{engine}: {refusal}')
    told.append(refusal)
    animal.finish()


def exiting():
    taken, sentences = 0, set()
    for i in range(200 if LONG else 24):
        animal = Animal('exiting')
        said, refusal = snap(animal, ('clone', 'precopy', 'auto')[i % 3])
        if said:
            taken += 1
            if Core(f'{work}/core').level() != said['consistency']:
                raise Wrong('consistency')
        else:
            sentences.add(re.sub(r'\d+', 'N', refusal))
        if animal.process.wait(20) != 0:
            raise Wrong(f'ended with {animal.process.returncode}')
        animal.kill()
    told.append(f'{taken} taken, else: {"; ".join(sorted(sentences))}')


def execing():
    animal = Animal('exec')
    taken, sentences = 0, set()
    for i in range(200 if LONG else 24):
        said, refusal = snap(animal, ('clone', 'precopy', 'auto')[i % 3])
        taken += said is not None
        if refusal:
            sentences.add(re.sub(r'\d+', 'N', refusal))
        if animal.process.poll() is not None:
            raise Wrong(f'is dead: {animal.process.returncode} after {refusal}')
    told.append(f'{taken} taken, else: {"; ".join(sorted(sentences))}')
    s = animal.status()
    if s['TracerPid'] != '0' or read(f'/proc/{animal.pid}/task/{animal.pid}/children').split():
        raise Wrong(f'is traced by {s["TracerPid"]}, or has children')
    animal.process.send_signal(signal.SIGKILL)


def storm():
    animal = Animal('storm')
    for _ in range(20 if LONG else 3):
        plain(animal, steady=False, readers=False)
    animal.finish()


def memory_group():
    """A memory group of either version, and its files for the limit and the use."""
    for parent, limit, usage in (('/sys/fs/cgroup/memory', 'memory.limit_in_bytes', 'memory.usage_in_bytes'),
                                 ('/sys/fs/cgroup', 'memory.max', 'memory.current')):
        group = f'{parent}/osmosis-zoo-{os.getpid()}'
        try:
            os.mkdir(group)
        except OSError:
            continue
        groups.append(group)
        if os.path.exists(f'{group}/{limit}'):
            return group, f'{group}/{limit}', f'{group}/{usage}'
    raise Cannot('no memory groups')


def cgroup():
    group, limit, usage = memory_group()
    animal = Animal('busy', env={'ZOO_MB': '60'}, into=lambda: put(f'{group}/cgroup.procs', os.getpid()))
    put(limit, int(int(read(usage)) / 0.95))
    said = plain(animal, engines=('auto',))
    plain(animal, engines=('clone', 'precopy'), refused={'clone': 'room|memory|killed'})
    told.append(f'auto: {said["engine"]}, {said["engine_reason"]}')
    animal.finish()


def no_clone():
    """A user that may have no more processes."""
    os.chmod(work, 0o777)
    animal = Animal('plain', before=('setpriv', '--reuid=65533', '--clear-groups', 'prlimit', '--nproc=2'))
    said, refusal = snap(animal, 'auto')
    if refusal or said['engine'] != 'precopy' or 'clone' not in said['engine_reason']:
        raise Wrong(f'auto: {refusal or said}')
    told.append(f'auto: {said["engine"]} ({said["engine_reason"]})')
    check_core(animal, said, 2)
    plain(animal, refused={'clone': 'could not be cloned', **NO_USERFAULTFD})
    animal.finish()


def namespaces():
    """It has another pid in there, and another root user (in a chroot there can be none)."""
    ways = (('unshare', '--user', '--map-root-user', '--pid', '--mount', '--fork', '--kill-child'),
            ('unshare', '--pid', '--mount', '--fork', '--kill-child'))
    permitted = [w for w in ways if subprocess.run((*w, 'true'), check=False, stderr=subprocess.DEVNULL).returncode == 0]
    if not permitted:
        raise Cannot('no namespaces may be made here')
    animal = Animal('plain', before=permitted[0])
    inner = int(read(f'/proc/{animal.pid}/task/{animal.pid}/children').split()[0])
    outer, animal.pid = animal.pid, inner
    plain(animal, readers=False, refused=NO_USERFAULTFD)
    os.kill(inner, signal.SIGTERM)
    animal.name = 'plain'
    said = animal.process.communicate(timeout=20)[0]
    animal.pid = outer
    if 'fine' not in said:
        raise Wrong(f'ended with {said!r}')


def setuid():
    """Root may; the user who started it may not, and is told why."""
    path = f'{FOLDER}/zoo-setuid'
    shutil.copy(f'{FOLDER}/zoo', path)
    try:
        os.chown(path, 65534, 65534)
        os.chmod(path, 0o4755)
        other = ('setpriv', '--reuid=65533', '--regid=65533', '--clear-groups')
        animal = Animal('plain', 'zoo-setuid', other)
        if animal.status()['Uid'].split()[:2] != ['65533', '65534']:
            raise Cannot(f'setuid has no effect on {FOLDER}')
        plain(animal, levels=ONE, refused=NO_USERFAULTFD)
        os.chmod(work, 0o777)
        before = animal.look()
        for engine in ('clone', 'precopy', 'stop', 'auto'):
            refusal = snap(animal, engine, before=other)[1]
            if not refusal or 'may not be traced without root' not in refusal:
                raise Wrong(f'{engine}: {refusal}')
            same(animal, before)
        told.append(refusal)
        os.kill(animal.pid, signal.SIGTERM)
        animal.finish()
    except PermissionError as e:
        raise Cannot('only root can make programs of other users') from e
    finally:
        os.unlink(path)


def overcommit():
    """What the process has mapped does not fit the commit limit twice."""
    animal = Animal('wide')
    size = int(animal.extra['size'])
    kbytes = '/proc/sys/vm/overcommit_kbytes'
    old = read(kbytes).strip(), read('/proc/sys/vm/overcommit_ratio').strip()
    committed = int(re.search(r'Committed_AS: *(\d+)', read('/proc/meminfo'))[1])
    test = with_setting('/proc/sys/vm/overcommit_memory', 2, lambda: plain(
        animal, engines=('clone', 'auto'), refused={'clone': 'could not be cloned: Cannot allocate'}, readers=False))
    try:
        put(kbytes, committed + size // 2048)
        test()
    except OSError as e:
        raise Cannot(f'{kbytes}: {e.strerror}') from e
    finally:
        for path, value in zip((kbytes, '/proc/sys/vm/overcommit_ratio'), old):
            if value != '0':
                put(path, value)


def frozen():
    """All threads in state D, by the freezer of cgroup version 1."""
    group = f'/sys/fs/cgroup/freezer/osmosis-zoo-{os.getpid()}'
    try:
        os.mkdir(group)
    except OSError as e:
        raise Cannot(f'freezer: {e.strerror}') from e
    groups.append(group)
    animal = Animal('plain', into=lambda: put(f'{group}/cgroup.procs', os.getpid()))
    put(f'{group}/freezer.state', 'FROZEN')
    try:
        while read(f'{group}/freezer.state').strip() != 'FROZEN':
            time.sleep(0.01)
        plain(animal, engines=('clone', 'precopy', 'auto'), refused=NO_THREAD, levels=QUASI, readers=False)
    finally:
        put(f'{group}/freezer.state', 'THAWED')
    plain(animal)
    animal.finish()


def die_at(name, phase):
    """False: a frame finds no room on this stack. With large vector registers it is large."""
    animal = Animal(name, env={'ZOO_DEATHS': '1'}, before=('prlimit', '--stack=262144'))
    os.environ['OSMOSIS_DIE_AT'] = phase
    try:
        done = run(OSMODUMP, 'snap', str(animal.pid), '--engine', 'clone', '--force', '-o', f'{work}/core')
    finally:
        del os.environ['OSMOSIS_DIE_AT']
    refused = done.returncode > 0 and NO_THREAD['clone'] in done.stderr
    if done.returncode != -signal.SIGKILL and not refused:
        raise Wrong(f'{name}: ended with {done.returncode} instead of dying at "{phase}"')
    animal.finish()
    animal.kill()
    return not refused


def deaths():
    """Killed with a frame on a stack that is not to be trusted: nothing of it may have been in use."""
    for name in ('coroutine', 'coroutine-mapped', 'altstack', 'deep'):
        for phase in ('frames laid', 'registers set', 'call entered', 'cloned', 'registers back'):
            if not die_at(name, phase):
                told.append(f'{name}: no room for a frame')
                if name != 'deep':
                    raise Wrong(f'{name}: refused')
                break


def unprivileged():
    """Who cannot suspend a filter must not make a thread call what the filter may kill it for."""
    other = ('setpriv', '--reuid=65533', '--regid=65533', '--clear-groups')
    if run(*other, OSMODUMP, '--version').returncode:
        raise Cannot('another user cannot run osmodump where it is')
    os.chmod(work, 0o777)
    for name, engines in (('plain', ('clone', 'precopy')), ('filtered', ('clone', 'precopy', 'auto'))):
        animal = Animal(name, before=other)
        before = animal.look()
        for engine in engines:
            said, refusal = snap(animal, engine, before=other)
            told.append(f'{name}, {engine}: {refusal or said["engine"]}')
            if (said is None) != (name == 'filtered' and engine != 'auto') or (refusal and 'seccomp' not in refusal):
                raise Wrong(f'{name}, {engine}: {refusal or said["engine"]}')
            if said:
                check_core(animal, said, 2, readers=False)
                os.unlink(f'{work}/core')
            same(animal, before)
        animal.finish()


def crowd():
    animal = Animal('crowd')
    plain(animal, engines=('clone', 'precopy'), readers=False)
    animal.finish()


FEATURES = {
    'plain': simple('plain', levels=ONE, engines=('clone', 'precopy', 'stop', 'auto')),
    'dontfork': simple('dontfork', levels=ONE),
    'wipeonfork': simple('wipeonfork', levels=ONE),
    'dontdump': simple('dontdump', levels=ONE),
    'guards': simple('guards', levels=ONE),
    'shared': shared,
    'sharer': simple('sharer', levels=QUASI),
    'hugetlb': with_setting('/proc/sys/vm/nr_hugepages', 4, simple('hugetlb', levels=ONE)),
    'secret': simple('secret'),
    'io_uring': simple('io_uring', levels=QUASI),
    'aio': simple('aio', levels=QUASI),
    'strict': simple('strict', refused=NO_THREAD),
    'filtered': simple('filtered', levels=ONE),
    'userfaultfd': simple('userfaultfd', levels=ONE, refused={'membrane': 'uses userfaultfd itself'}),
    'userfaultfd-fork': simple('userfaultfd-fork', refused={'clone': 'userfaultfd', 'membrane': 'uses userfaultfd itself'}),
    'protected': simple('protected', levels=ONE),
    'vfork': simple('vfork', engines=('clone', 'precopy', 'auto'), refused=NO_THREAD, levels=('smeared',), readers=False),
    'vfork-thread': simple('vfork-thread', engines=('clone', 'precopy'), levels=QUASI),
    'vfork-thread-membrane': simple('vfork-thread', engines=('membrane',), levels=('smeared',)),
    'stopped': stopped,
    'traced': traced,
    'zombie': zombie,
    'exiting': exiting,
    'exec': execing,
    'storm': storm,
    'crowd': crowd,
    'maps': with_setting('/proc/sys/vm/max_map_count', 80000, simple('maps', readers=False)),
    'other-user': simple('plain', before=('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'), levels=ONE,
                         refused=NO_USERFAULTFD),
    'unprivileged': unprivileged,
    'namespaces': namespaces,
    'namespace-of-children': simple('unshared', refused={'clone': 'namespace'}),
    'setuid': setuid,
    '32-bit': simple('plain', program='zoo32', levels=ONE),
    '32-bit-coroutine': simple('coroutine', program='zoo32', refused=NO_THREAD),
    'cgroup': cgroup,
    'no-clone': no_clone,
    'deep': simple('deep', before=('prlimit', '--stack=262144'), refused=NO_THREAD),
    'coroutine': simple('coroutine', refused=NO_THREAD),
    'coroutine-mapped': simple('coroutine-mapped', refused=NO_THREAD),
    'leaderless': simple('leaderless', readers=False),  # gdb shows the dead leader, and misses its registers
    'rseq': simple('rseq', refused=NO_THREAD),
    'altstack': simple('altstack', refused=NO_THREAD),
    'frozen': frozen,
    'deaths': deaths,
    'disk-full': days.disk_full,
    'read-only': days.read_only,
    'no-permission': days.no_permission,
    'target-killed': days.target_killed,
    'clone-killed': days.clone_killed,
    'interrupted': days.interrupted,
    'partial': days.partial,
    'interrupted-at': days.interrupted_at,
    'guardian': days.guardian,
}
if LONG:  # for a moment others may get no memory either
    FEATURES['overcommit'] = overcommit


def one(name):
    told.clear()
    began = time.monotonic()
    try:
        FEATURES[name]()
        return 'ok', ' | '.join(told)
    except Cannot as e:
        return 'skip', str(e)
    except Wrong as e:
        return 'FAIL', str(e)
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, IndexError) as e:
        return 'FAIL', f'{type(e).__name__}: {e}'
    finally:
        end_all()
        for place in list(days.Place.all):
            place.__exit__()
        for name in os.listdir(work):
            os.unlink(f'{work}/{name}')
        while groups:
            time.sleep(0.05)
            os.rmdir(groups.pop())
        if os.environ.get('ZOO_TIMES'):
            print(f'{time.monotonic() - began:.1f} s', end=' ')


def main():
    counts = {'ok': 0, 'FAIL': 0, 'skip': 0}
    for name in sys.argv[3:] or FEATURES:
        verdict, why = one(name)
        counts[verdict] += 1
        print(f'{verdict}: {name}' + (f': {why}' if why else ''), flush=True)
    print(f'{counts["ok"]} passed, {counts["FAIL"]} failed, {counts["skip"]} skipped')
    return counts['FAIL'] != 0


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
try:
    status = main()
finally:
    end_all()
    shutil.rmtree(work)
sys.exit(status)
