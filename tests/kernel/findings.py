#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Scenes in a guest, one after the other, and what !analyze says of each: patterns of kernels that have it, and that nearly have it.

usage: findings.py KIND [FOLDER]      KIND: see guest.py
Environment: OSMODUMP, OSMOSIS_LONG (all scenes), OSMOSIS_LIMIT (seconds that the guest lives), OSMOSIS_KEEP (leaves dumps of scenes
that failed in FOLDER). Ends with "N passed, N failed, N skipped".

The lines of SCENES name for each scene what must be found and, with a "!", what must not. "nearly": the same dump with a threshold that
it does not reach. kernel.oops and kernel.warning go by lines of the log alone (tests/unit/test-kernel-lock.c), and wait.starved-owner needs a
realtime task that the guest cannot make: that kernels in order do not have them is checked.
"""
import os
import re
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import guest  # noqa: E402
import locks_check  # noqa: E402

OSMODUMP = os.environ.get('OSMODUMP', f'{guest.TOP}/build/osmodump')
HEALTHY = ('!deadlock.lock-cycle', '!kernel.hung-task', '!wait.starved-owner', '!cpu.starved-queue', '!kernel.lockup', '!kernel.rcu-stall',
           '!kernel.panic', '!kernel.oops', '!kernel.warning', '!kernel.out-of-memory', '!kernel.memory-pressure', '!kernel.slab-leak', '!cpu.busy-system',
           '!quality.kernel-smeared', '!kernel.module-gone', '!resource.zombies', '!resource.process-factory', '!resource.file-leak', '!kernel.paged-out',
           '!cpu.affine-threads')

# name, commands in the guest, seconds to wait, [(options of !analyze, what it must say)]
SCENES = (
    ('quiet', '', 1, [
        ('', HEALTHY),
        ('-t pressure.available=99 -t slab-leak.percent=0 -t slab-leak.objects=500', ('kernel.memory-pressure', 'kernel.slab-leak'))]),
    ('planted', 'insmod /data/planted.ko', 4, [
        ('-t hung.seconds=2', ('deadlock.lock-cycle', 'kernel.hung-task', 'kernel.tainted', '!kernel.oops', '!quality.kernel-smeared')),
        ('-t hung.seconds=3600', ('deadlock.lock-cycle', '!kernel.hung-task'))]),
    # PREEMPT_RT alone: waiters of spinlocks and rwlocks sleep
    ('spinlocks', 'echo lock >/proc/planted/spin', 4, [
        ('', ('deadlock.lock-cycle', '!kernel.lockup', '!kernel.rcu-stall'))]),
    ('memory', 'echo 1 >/proc/sys/vm/overcommit_memory; dd if=/dev/zero of=/dev/null bs=900M count=1 2>/dev/null; true', 2, [
        ('', ('kernel.out-of-memory', '!kernel.panic', '!kernel.oops'))]),
    # a process at rest in a control group whose memory is asked back, and three loops that may run on the first of two processors only
    ('stale', 'dd if=/dev/zero of=/data/swap bs=1M count=24 2>/dev/null && mkswap /data/swap >/dev/null && swapon /data/swap && '
     'mkdir -p /tmp/groups && mount -t cgroup2 groups /tmp/groups && echo +memory >/tmp/groups/cgroup.subtree_control && mkdir /tmp/groups/stale && '
     '(sh -c "echo \\$\\$ >/tmp/groups/stale/cgroup.procs; exec holder 8" >/tmp/holder 2>&1 &) && until grep -q ready /tmp/holder; do sleep 0.1; done; '
     'for i in 1 2 3 4 5 6; do echo 8M >/tmp/groups/stale/memory.reclaim; done 2>/dev/null; '
     'for i in 1 2 3; do taskset 1 sh -c "while :; do :; done" >/dev/null 2>&1 & echo $! >>/tmp/bound; done; true', 3, [
         ('-t affine.ms=500', ('kernel.paged-out', 'cpu.affine-threads', '!cpu.starved-queue')),
         ('-t affine.tasks=4 -t paged-out.processes=9', ('!kernel.paged-out', '!cpu.affine-threads')),
         ('-t affine.ms=500 -t starved-queue.ms=0', ('cpu.starved-queue', '!cpu.affine-threads'))]),
    # Not by time: it waits until all are there and have ended, which takes what else the host does.
    # 150 children that end after the program that started them has become one that waits for none; as many that sleep; 10 of 10 descriptors
    ('families', 'sh -c "i=0; while [ \\$i -lt 150 ]; do sleep 25 & i=\\$((i+1)); done; exec sleep 900" >/dev/null 2>&1 & '
     'sh -c "i=0; while [ \\$i -lt 150 ]; do sleep 900 & i=\\$((i+1)); done; exec sleep 901" >/dev/null 2>&1 & '
     'sh -c "ulimit -n 10; exec 3</dev/null 4</dev/null 5</dev/null 6</dev/null 7</dev/null 8</dev/null 9</dev/null; exec sleep 902" '
     '>/dev/null 2>&1 & n=0; while [ $n -lt 100 ] && { [ "$(cat /proc/[0-9]*/stat | grep -c "(sleep) Z")" -lt 150 ] || '
     '[ "$(cat /proc/[0-9]*/stat | grep -c "(sleep) S")" -lt 153 ]; }; do sleep 1; n=$((n+1)); done 2>/dev/null', 1, [
         ('-t factory.children=120 -t zombies.count=20', ('resource.zombies', 'resource.process-factory', 'resource.file-leak', '!kernel.hung-task')),
         ('-t zombies.count=200 -t factory.children=200 -t files.limit=101',
          ('!resource.zombies', '!resource.process-factory', '!resource.file-leak'))]),
    # ordinary loops on both processors, and a thread of the kernel that lets nothing else run on one of them
    ('starved', 'for cpu in 1 2; do for i in 1 2; do taskset $cpu sh -c "while :; do :; done" >/dev/null 2>&1 & done; done; '
     'echo hard >/proc/planted/spin', 8, [
         ('-t starved-queue.ms=2000 -t busy.ready=1', ('cpu.starved-queue', 'cpu.busy-system')),
         ('-t starved-queue.ms=3600000 -t busy.ready=5 -t busy.alone=3600000', ('!cpu.starved-queue', '!cpu.busy-system'))]),
    ('lockup', '', 25, [
        ('', ('kernel.lockup', 'kernel.rcu-stall'))]),
    ('panic', 'echo c >/proc/sysrq-trigger', 3, [('', ('kernel.panic',))]),
)

SHORT = ('quiet', 'planted', 'spinlocks', 'memory', 'stale', 'panic')
ONLY = {'spinlocks': ('rt',)}  # kinds, of scenes that others cannot have
FACTS = {'planted': 'planted_a', 'spinlocks': 'planted_rwlock'}  # scenes whose locks are compared, and one that must be among them
LONG = bool(os.environ.get('OSMOSIS_LONG'))
LIMIT = int(os.environ.get('OSMOSIS_LIMIT', '900'))
KEEP = bool(os.environ.get('OSMOSIS_KEEP'))
# How often a scene is dumped until all is there, 20 s apart: when watchdogs and RCU look is theirs to say, and slow processors put it off.
TRIES = {'lockup': 5}
MAY_HANG = ('starved', 'panic')  # such a kernel need not answer any more


class Findings:
    def __init__(self, kind, folder):
        self.kind, self.folder, self.counts = kind, folder, {'ok': 0, 'FAIL': 0, 'skip': 0}

    def say(self, word, text):
        self.counts[word] += 1
        print(f'{word}: {self.kind}: {text}', flush=True)

    def lacks(self, dump, checks):
        return any(locks_check.check_findings(locks_check.records(OSMODUMP, dump, f'!analyze {options}'), must) for options, must in checks)

    def check(self, name, dump, options, must):
        said = locks_check.records(OSMODUMP, dump, f'!analyze {options}')
        wrong = locks_check.check_findings(said, must)
        for text in wrong:
            print(f'    {text}')
        self.say('FAIL' if wrong else 'ok', f'findings of a kernel: {name} {options}')

    def swapped(self, dump, before, after):
        """What the guest's own walk of the page tables says of a process at rest, against counters of the kernel and the finding."""
        rows = locks_check.records(OSMODUMP, dump, '!vm -p -n ffff', '!process 0 1 holder', '!analyze -v')
        figures = {k: int(v) for k, v in re.findall(r'^(Rss|Swap): +(\d+) kB$', before, re.M)}
        user = next((r for r in rows if r['kind'] == 'memory_user' and r['name'] == 'holder'), {})
        process = next((r for r in rows if r['kind'] == 'kernel_process'), {})
        said = [r['meaning'] for r in rows if r['kind'] == 'evidence' and ' in swap, ' in r.get('meaning', '')]
        got = (user.get('resident_kb'), user.get('swap_kb'), process.get('rss', 0) >> 10, process.get('swap', 0) >> 10,
               any(f'{figures["Swap"]} kB in swap, {figures["Rss"]} kB in memory' in text for text in said))
        want = (figures['Rss'], figures['Swap'], figures['Rss'], figures['Swap'], True)
        if before != after:
            self.say('skip', 'the process did not rest while it was dumped')
            return
        self.say('ok' if got == want and figures['Swap'] > 4096 else 'FAIL', f'swapped out: smaps says {want[:2]} kB, told are {got}; {said}')

    def scene(self, g, name, commands, seconds, checks):
        if commands:
            try:
                g.run(commands, 30 if name in MAY_HANG else 400)
            except (RuntimeError, OSError, TimeoutError):
                if name not in MAY_HANG:
                    raise
        time.sleep(seconds)
        if name == 'panic' and 'sysrq' not in g.console():
            self.say('FAIL', 'the guest is told to panic, and does not say so')
            return
        smaps = 'cat /proc/$(pidof holder)/smaps_rollup'
        before = g.must(smaps) if name == 'stale' else ''
        dump = g.dump('elf', f'{self.folder}/{name}.elf')
        for _ in range(1, TRIES.get(name, 1)):
            if not self.lacks(dump, checks):
                break
            time.sleep(20)
            dump = g.dump('elf', dump)
        failed = self.counts['FAIL']
        for options, must in checks:
            self.check(name, dump, options, must)
        if name in FACTS:
            facts = [line.split() for line in g.must('cat /proc/planted/facts').splitlines()]
            self.say('ok' if any(FACTS[name] in words for words in facts) else 'FAIL', f'{FACTS[name]} is among the facts')
            locks_check.compare(OSMODUMP, dump, facts, self.say)
        if name == 'stale':
            self.swapped(dump, before, g.must(smaps))
            g.must('kill -9 $(cat /tmp/bound) $(pidof holder); swapoff /data/swap')
        if not KEEP or self.counts['FAIL'] == failed:
            os.unlink(dump)

    def play(self, scenes, files):
        with guest.Guest(f'{self.folder}/guest') as g:
            g.start(self.kind, memory=384, append='panic=0', limit=LIMIT, files=files)
            for scene in scenes:
                self.scene(g, *scene)

    def run(self):
        os.makedirs(self.folder, exist_ok=True)
        planted = [k for k in guest.build_module(self.kind, f'{HERE}/subject') if 'planted' in k]
        files = {'planted.ko': planted[0], 'bin/holder': guest.static(f'{HERE}/truth/holder.c', f'{guest.KERNELS}/bin/holder')}
        scenes = [s for s in SCENES if (LONG or s[0] in SHORT) and self.kind in ONLY.get(s[0], (self.kind,))]
        # After a lockup the guest may be too stuck to be told to panic: another one is.
        stuck = any(s[0] == 'lockup' for s in scenes)
        self.play([s for s in scenes if s[0] != 'panic' or not stuck], files)
        if stuck:
            self.play([s for s in scenes if s[0] == 'panic'], files)

    def finish(self):
        if not KEEP:
            shutil.rmtree(self.folder, ignore_errors=True)
        print(f'{self.counts["ok"]} passed, {self.counts["FAIL"]} failed, {self.counts["skip"]} skipped')
        return 1 if self.counts['FAIL'] else 0


def main(words):
    if not words or words[0] not in guest.KINDS:
        sys.stderr.write(__doc__)
        return 2
    f = Findings(words[0], words[1] if len(words) > 1 else f'{guest.KERNELS}/findings-{words[0]}')
    try:
        f.run()
    except guest.Skip as why:
        f.say('skip', str(why))
    except RuntimeError as why:
        print(why)
        f.say('FAIL', 'findings did not come to their end')
    return f.finish()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
