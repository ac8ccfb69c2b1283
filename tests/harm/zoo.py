#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Snapshots each animal of the zoo (zoo.c): is the dump right, and is the animal left alone?

usage: zoo.py OSMODUMP FOLDER [NAME...]    FOLDER holds zoo and zoo32, and gets temporary files

Prints "ok: NAME", "FAIL: NAME: REASON" or "skip: NAME: REASON" for each and at last
"N passed, N failed, N skipped".
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from zoo_core import Core, word_for

OSMODUMP, FOLDER = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
LONG = bool(os.environ.get('OSMOSIS_LONG'))
BY_BYTE = {'strict', 'filtered', 'vfork', 'vfork-thread', 'leaderless', 'coroutine', 'coroutine-mapped', 'altstack',
           'deep', 'userfaultfd', 'userfaultfd-fork'}


class Wrong(Exception):
    """Something is not as it must be."""


class Cannot(Exception):
    """The machine has not got it."""


def read(path):
    try:
        with open(path, encoding='utf-8', errors='replace') as f:
            return f.read()
    except OSError:
        return ''


def put(path, value):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(str(value))


class Animal:
    """A process of the zoo, and what can be seen of it from outside."""

    alive = []

    def __init__(self, name, program='zoo', before=(), env=None, into=None):
        self.name, self.marks, self.extra, self.program = name, [], {}, f'{FOLDER}/{program}'
        environment = {**os.environ, 'ZOO_FILE': f'{work}/file', **(env or {})}
        self.process = subprocess.Popen([*before, self.program, name], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=environment, preexec_fn=into)
        Animal.alive.append(self)
        self.pid = self.process.pid
        for line in self.process.stdout:
            words = line.split()
            if words[0] == 'mark':
                self.marks.append((words[1], int(words[2], 16), words[3]))
            elif words[0] == 'cannot:':
                raise Cannot(line[8:].strip())
            elif words[0] == 'ready':
                break
            else:
                self.extra[words[0]] = words[1]
        else:
            raise Wrong(f'{name} did not start')
        time.sleep(0.03)  # from "ready" into what it is about

    def status(self):
        return dict(line.split(':\t', 1) for line in read(f'/proc/{self.pid}/status').splitlines() if ':\t' in line)

    def state(self):
        return read(f'/proc/{self.pid}/stat').rpartition(')')[2].split()[0:1]

    def threads(self):
        """Those that live: not a leader that has ended."""
        tids = os.listdir(f'/proc/{self.pid}/task')
        return [t for t in tids if read(f'/proc/{self.pid}/task/{t}/stat').rpartition(')')[2].split()[:1] != ['Z']]

    def look(self):
        s = self.status()
        children = []
        for tid in os.listdir(f'/proc/{self.pid}/task')[:64]:
            children += read(f'/proc/{self.pid}/task/{tid}/children').split()
        fds = {n: os.readlink(f'/proc/{self.pid}/fd/{n}') for n in os.listdir(f'/proc/{self.pid}/fd')}
        return {'state': s['State'][0].replace('R', 'S'), 'tracer': s['TracerPid'], 'children': sorted(children),
                'fds': fds, **{k: s[k] for k in ('SigPnd', 'ShdPnd', 'SigBlk', 'SigIgn', 'SigCgt', 'Seccomp')}}

    def finish(self):
        """It must find itself as it was."""
        if self.process.poll() is None:
            if self.name in BY_BYTE:
                self.process.stdin.write('x')
                self.process.stdin.flush()
            else:
                os.kill(self.pid, signal.SIGTERM)
        try:
            said = self.process.communicate(timeout=20)[0].strip().splitlines()
        except subprocess.TimeoutExpired as e:
            raise Wrong(f'does not go on (state {self.state()}, {read(f"/proc/{self.pid}/wchan")})') from e
        if self.process.returncode != 0 or said[-1:] != ['fine']:
            raise Wrong(f'ended with {self.process.returncode}: {said[-1:]}')

    def kill(self):
        Animal.alive.remove(self)
        self.process.kill()
        self.process.stdin.close()
        self.process.wait()


def run(*words, timeout=120):
    try:
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=timeout)
    except subprocess.TimeoutExpired as e:
        raise Wrong(f'{words[1]} {words[2]} hangs') from e


def snap(animal, engine, *options, path=None):
    """What osmodump tells in JSON, or the sentence of its refusal."""
    done = run(OSMODUMP, 'snap', str(animal if isinstance(animal, int) else animal.pid), '--json', '--force', '-o',
               path or f'{work}/core', '--engine', engine, *options)
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[0]), None
    if done.returncode != 1 or not re.search(r'\w+ \w+ \w+', done.stderr):
        raise Wrong(f'{engine}: status {done.returncode}, {done.stderr.strip()!r}')
    return None, done.stderr.strip()


def check_word(core, name, address, expected, with_all):
    word, kind = core.word(address), core.class_of(address)
    here = word == word_for(address) and kind not in ('unreadable', 'left-out')
    if expected == 'secret':
        expected = 'unreadable' if with_all else 'absent'
    good = {'present': here, 'zero': word in (0, None) and kind not in ('unreadable', 'left-out'),
            'all': here if with_all else word is None, 'absent': word is None,
            'unreadable': word in (0, None) and kind == 'unreadable'}[expected]
    if not good:
        raise Wrong(f'{name} at {address:#x}: {word if word is None else hex(word)} ({kind}), not {expected}')


def check_core(animal, said, threads=None, with_all=False, readers=True, path=None):
    path = path or f'{work}/core'
    core = Core(path)
    for name, address, expected in animal.marks:
        check_word(core, name, address, expected, with_all)
    if threads is not None and core.threads != threads:
        raise Wrong(f'{core.threads} threads in the dump instead of {threads}')
    if core.level() != said['consistency']:
        raise Wrong(f'the dump says {core.level()}, the tool {said["consistency"]}')
    if core.closing.get('complete') is not True:
        raise Wrong('the dump does not say that it is complete')
    elf = run('eu-readelf', '-l', '-n', path)
    if elf.returncode != 0 or elf.stderr:
        raise Wrong(f'eu-readelf: {elf.stderr.strip()[:200]}')
    if readers:
        gdb = run('gdb', '-q', '-batch', '-nx', '-ex', 'info threads', animal.program, path)
        # That memory files are no files on disk it says of the kernel's own cores as well.
        errors = re.sub("warning: Can't open file /.* during file-backed mapping", '', gdb.stdout + gdb.stderr)
        if re.search('warning|error|fail|Cannot', errors):
            raise Wrong(f'gdb: {errors.strip()[-300:]}')
        if threads is not None and len(re.findall(r'^[* ] *\d+ +(Thread|LWP|process)', gdb.stdout, re.M)) != threads:
            raise Wrong(f'gdb does not show {threads} threads: {gdb.stdout[-300:]}')
    return core


def same(animal, before):
    """At once or shortly after: an interrupted sigsuspend sets its mask again when it goes on."""
    for patience in (0.01, 0.1, 1, 0):
        after = animal.look()
        changed = [k for k in before if before[k] != after[k] and not (k == 'SigBlk' and before['state'] == 'T')]
        if not changed:
            return
        time.sleep(patience)
    raise Wrong(f'left with another {changed[0]}: {after[changed[0]]} instead of {before[changed[0]]}')


def plain(animal, engines=('clone', 'precopy'), levels=None, refused=None, steady=True, options=(), readers=True):
    """Each engine takes it, or refuses where `refused` names its sentence; it is left alone and goes on."""
    before = animal.look()
    for engine in engines:
        # Which thread serves may depend on the moment.
        threads = len(animal.threads()) if steady else None
        said, refusal = snap(animal, engine, *options)
        told.append(f'{engine}: ' + (f'refused, {refusal}' if refusal else
                                     f'{said["engine"]}, {said["consistency"]}, {said["pause_ms"] if "pause_ms" in said else "-"} ms'))
        if refusal and not re.search((refused or {}).get(engine, '^$'), refusal):
            raise Wrong(f'{engine}: {refusal}')
        if said and levels and said['consistency'] not in levels:
            raise Wrong(f'{engine}: {said["consistency"]} ({said.get("consistency_reason")})')
        if said:
            check_core(animal, said, threads, '--all-memory' in options, readers)
        same(animal, before)
        if '--all-memory' not in options and animal.marks and any(m[2] in ('all', 'secret') for m in animal.marks):
            said, refusal = snap(animal, engine, '--all-memory')
            if refusal:
                raise Wrong(f'{engine} --all-memory: {refusal}')
            check_core(animal, said, threads, True, False)
    return said


def simple(name, **wishes):
    def test():
        program = wishes.pop('program', 'zoo')
        animal = Animal(name, program, wishes.pop('before', ()))
        plain(animal, **wishes)
        animal.finish()
    return test


ONE = ('instantaneous',)
QUASI = ('quasi-instantaneous',)
NO_THREAD = {'clone': 'no thread of process', 'precopy': 'no thread of process'}


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


def fills(animal):
    """The memory group of an animal, with little room left."""
    group = f'/sys/fs/cgroup/memory/osmosis-zoo-{os.getpid()}'
    try:
        os.mkdir(group)
    except OSError as e:
        raise Cannot(f'memory groups: {e.strerror}') from e
    groups.append(group)
    return group


def cgroup():
    group = fills(None)
    animal = Animal('busy', env={'ZOO_MB': '60'}, into=lambda: put(f'{group}/cgroup.procs', os.getpid()))
    put(f'{group}/memory.limit_in_bytes', int(int(read(f'{group}/memory.usage_in_bytes')) / 0.9))
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
    plain(animal, refused={'clone': 'could not be cloned'})
    animal.finish()


def namespaces():
    """It has another pid in there, and another root user."""
    animal = Animal('plain', before=('unshare', '--user', '--map-root-user', '--pid', '--mount', '--fork', '--kill-child'))
    inner = int(read(f'/proc/{animal.pid}/task/{animal.pid}/children').split()[0])
    outer, animal.pid = animal.pid, inner
    plain(animal, readers=False)
    os.kill(inner, signal.SIGTERM)
    animal.name = 'plain'
    said = animal.process.communicate(timeout=20)[0]
    animal.pid = outer
    if 'fine' not in said:
        raise Wrong(f'ended with {said!r}')


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
    'userfaultfd': simple('userfaultfd', levels=ONE),
    'userfaultfd-fork': simple('userfaultfd-fork', refused={'clone': 'userfaultfd'}),
    'vfork': simple('vfork', engines=('clone', 'precopy', 'auto'), refused=NO_THREAD, levels=('smeared',), readers=False),
    'vfork-thread': simple('vfork-thread', levels=QUASI),
    'stopped': stopped,
    'traced': traced,
    'zombie': zombie,
    'exiting': exiting,
    'exec': execing,
    'storm': storm,
    'crowd': crowd,
    'maps': with_setting('/proc/sys/vm/max_map_count', 80000, simple('maps', readers=False)),
    'other-user': simple('plain', before=('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'), levels=ONE),
    'namespaces': namespaces,
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
}


def end_all():
    for animal in list(Animal.alive):
        animal.kill()


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


told, groups = [], []
work = tempfile.mkdtemp(dir=FOLDER)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
try:
    status = main()
finally:
    end_all()
    shutil.rmtree(work)
sys.exit(status)
