# SPDX-License-Identifier: MIT
"""osmosis.ko and osmodump snap --kernel where it gets rough: other containers, full disks, memory set aside before, refusals.

Used by suite.py: Cases works in a guest that is up, in which osmosis.ko is loaded (from /data); rough() has a guest of its own.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import time

import guest
import pivot_check
import vmcore

KERNEL_CLASSES = 0x7fe
RESERVE_START, RESERVE_MB = 0x14000000, 100
NAME_OF_RESERVE = 'osmosis'
NEAR_MB = 6  # free memory is not the same from one moment to the next
SMALL = '/data/small'


def rows_of(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith('{')]


class Cases:
    def __init__(self, suite, g, pause_max):
        self.s, self.g, self.pause_max = suite, g, pause_max
        self.osmodump = os.environ.get('OSMODUMP', f'{guest.TOP}/build/osmodump')

    def take(self, options, out='/data/rough', timeout=600):
        """The dump, here, and what osmodump said of it by kind of row."""
        text = self.g.must(f'osmodump snap --kernel --json --force --pause-max {self.pause_max} {options} -o {out}', timeout)
        path = f'{self.s.folder}/rough'
        if os.path.exists(path):
            os.unlink(path)
        self.g.get(out, path)
        self.g.must(f'rm {out}')
        return path, {r['kind']: r for r in rows_of(text)}

    def ask(self, path, *commands):
        words = [w for c in commands for w in ('-c', c)]
        done = subprocess.run([self.osmodump, '-q', '--json', path, *words], capture_output=True, text=True, check=False)
        return rows_of(done.stdout)

    def names(self, path):
        """Processes but for those that come and go."""
        rows = [r for r in self.ask(path, '!process 0 0') if r['kind'] == 'kernel_process']
        return sorted(r.get('name', '') for r in rows if not re.match(r'kworker|osmodump|sh$|exercise|sleep|migration|ext4lazyinit', r.get('name', '')))

    # ---- compressed kernel dumps
    def pages_packed(self, options, tell):
        path, said = self.take(f'--to kdump {options}')
        whole, file = said['kernel_snapshot'], said['kernel_dump_file']
        done = subprocess.run([self.osmodump, 'info', '--json', path], capture_output=True, text=True, check=False)
        rows = rows_of(done.stdout)
        row = {r['kind']: r for r in rows}
        snapshot = row.get('snapshot', {})
        self.s.check(row['dump']['format'] == 'kdump' and snapshot.get('consistency') == whole['consistency'] and snapshot.get('complete') is True
                     and row['coverage']['size'] == file['pages'] * vmcore.PAGE and not done.stderr,
                     f'{tell}: its own record is read: {snapshot.get("consistency")}, {file["pages"]} pages {done.stderr.strip()[:120]}')
        told = {r['class']: r['captured'] for r in rows if r['kind'] == 'snapshot_kernel_class' and r['wanted']}
        self.s.check(bool(told) != ('--no-module' in options) and sum(told.values()) in (0, file['pages']),
                     f'{tell}: {sum(told.values())} pages of {len(told)} classes in the record')
        names = self.names(path)
        self.s.check({'kthreadd', 'init', 'agent'} <= set(names), f'{tell}: {len(names)} processes in it')
        return path

    def holes(self, path, tell):
        """A page that is not in the file is not shown as zeros; one that is, is."""
        memory = vmcore.open_memory(path)
        record = re.search(rb'"direct_map":"0x([0-9a-f]+)"', memory.notes())
        have = memory.frames()
        absent = next(f for f in range(have[0], have[-1]) if memory.page(f) is None)
        there = next(f for f in have if memory.page(f)[:8] not in (bytes(8), b'\xff' * 8))
        direct = int(record.group(1), 16)
        shown = [subprocess.run([self.osmodump, '-q', path, '-c', f'dq {direct + f * vmcore.PAGE:#x} L1'], capture_output=True, text=True,
                                check=False).stdout for f in (absent, there)]
        word = int.from_bytes(memory.page(there)[:8], 'little')
        self.s.check('????????`????????' in shown[0] and f'{word >> 32:08x}`{word & 0xffffffff:08x}' in shown[1],
                     f'{tell}: what is not in it is missing: {shown[0].strip()}; what is in it: {shown[1].strip()}')

    def others_read(self, path, release, tell):
        """crash, makedumpfile, drgn: what they tell without debug information."""
        log = f'{self.s.folder}/log'
        tries = {'crash': ['crash', '--osrelease', path], 'makedumpfile': ['makedumpfile', '-f', '--dump-dmesg', path, log],
                 'drgn': ['drgn', '-q', '-c', path, f'{self.s.folder}/ask.py']}
        with open(f'{self.s.folder}/ask.py', 'w', encoding='ascii') as f:
            f.write("print(prog['UTS_RELEASE'].string_().decode())\n")
        for name, words in tries.items():
            if not shutil.which(name):
                self.s.say('skip', f'{tell}: no {name}')
                continue
            done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
            text = done.stdout
            if name == 'makedumpfile' and os.path.exists(log):
                with open(log, encoding='utf-8', errors='replace') as f:
                    text = f.read()
            why = (done.stderr or done.stdout).strip()[-120:] if done.returncode else ''
            self.s.check(done.returncode == 0 and release in text, f'{tell}: {name} reads it {why}')

    def kdumps(self, more):
        """more: each packing, and without the module."""
        path = self.pages_packed('', 'kdump')
        self.holes(path, 'kdump')
        self.others_read(path, guest.release(self.s.kind), 'kdump')
        if not more:
            return
        for how in ('zlib:9', 'zstd', 'snappy', 'none'):
            self.pages_packed(f'--compress {how}', f'kdump, {how}')
        path = self.pages_packed('--no-module', 'kdump of /proc/kcore')
        self.others_read(path, guest.release(self.s.kind), 'kdump of /proc/kcore')
        self.piped()

    def piped(self):
        self.g.must(f'osmodump snap --kernel --to kdump --pause-max {self.pause_max} -o - 2>/tmp/said | cat >/data/flat', 300)
        path = f'{self.s.folder}/flat'
        self.g.get('/data/flat', path)
        self.g.must('rm /data/flat')
        done = subprocess.run([self.osmodump, 'info', '--json', path], capture_output=True, text=True, check=False)
        snapshot = next((r for r in rows_of(done.stdout) if r['kind'] == 'snapshot'), {})
        self.s.check(snapshot.get('complete') is True and not done.stderr, f'kdump through a pipe: complete: {snapshot.get("complete")} {done.stderr[:120]}')

    # ---- disks
    def idle_again(self, tell):
        code, said = self.g.run(f'exercise capture 1 {KERNEL_CLASSES:x} {self.pause_max}', 300)
        self.s.check(code == 0 and f'whole {KERNEL_CLASSES:x}' in said, f'{tell}: the next capture is whole {said.strip()[-150:] if code else ""}')

    def space_vanishes(self, options, at_kb, tell, leave_mb=600):
        """Another fills the disk when so much is written; before, a file takes all of it but for leave_mb."""
        fill = f'''until fallocate -l $(df -k {SMALL} | awk 'NR == 2 {{ print ($4 > 1500 ? $4 - 1000 : 4) * 1024 }}') {SMALL}/filler 2>/dev/null; do :; done
            dd if=/dev/zero of={SMALL}/filler2 bs=4k 2>/dev/null'''
        code, said = self.g.run(f'''mkdir -p {SMALL}; echo 3 >/proc/sys/vm/drop_caches
            fallocate -l $(df -k {SMALL} | awk 'NR == 2 {{ print ($4 - {leave_mb} * 1024) * 1024 }}') {SMALL}/filler0
            (osmodump snap --kernel --pause-max {self.pause_max} --limit-rate 12M {options} -o {SMALL}/vmcore >/tmp/said 2>&1; echo "code $?" >>/tmp/said) &
            until n=$(du -k {SMALL}/vmcore.tmp-* 2>/dev/null | cut -f1); [ "${{n:-0}}" -gt {at_kb} ] || grep -q ^code /tmp/said; do usleep 20000; done
            grep -q ^code /tmp/said && echo "it ended before"
            {fill}
            until grep -q ^code /tmp/said; do usleep 100000; done; cat /tmp/said; ls -A {SMALL}; rm -f {SMALL}/filler*; true''', 400)
        lines = said.strip().splitlines()
        error = next((line for line in lines if line.startswith('osmodump:')), 'nothing said')
        left = [line for line in lines if line.startswith('vmcore')]
        self.s.check(code == 0 and 'code 1' in lines and 'No space left on device' in error and 'written' in error and not left
                     and 'it ended before' not in lines, f'{tell}: {error[:120]}; left behind: {left or "nothing"}')

    def file_too_large(self):
        code, said = self.g.run(f'mkdir -p /tmp/q; (ulimit -f 8000; osmodump snap --kernel --to kdump --compress none --pause-max {self.pause_max} -o /tmp/q/v 2>&1; '
                                'echo "code $?"); ls -A /tmp/q', 120)
        lines = said.strip().splitlines()
        self.s.check(code == 0 and 'File too large' in said and lines[-1] == 'code 1', f'larger than RLIMIT_FSIZE: {lines[0][:120]}; left behind: {lines[-1]}')

    def disks(self, more):
        points = (300, 20000, 55000) if more else (20000,)
        for at in points:
            self.space_vanishes('', at, f'disk full after {at} kB')
        if more:
            for at in points:
                self.space_vanishes('--to kdump --compress none', at, f'disk full after {at} kB of a kdump')
            self.space_vanishes('--no-module', 20000, 'disk full while /proc/kcore is copied', 1200)
            self.file_too_large()
        self.idle_again('disk full')

    # ---- memory set aside before
    def free_kb(self):
        """Free memory when caches are empty: what is asked for until it does not change."""
        last = 0
        for _ in range(20):
            text = self.g.must('sync; echo 3 >/proc/sys/vm/drop_caches; sleep 0.5; cat /proc/meminfo', 60)
            now = int(re.search(r'MemFree: +(\d+)', text).group(1))
            if abs(now - last) < 300:
                break
            last = now
        return now

    def insmod(self, parameters=''):
        self.g.must(f'rmmod osmosis 2>/dev/null; insmod /data/osmosis.ko {parameters}')

    def at_load(self, parameters, taken_mb, tell, names=None):
        """Loaded with these, it captures all, and gives back what it took."""
        self.g.must('rmmod osmosis')
        before = self.free_kb()
        self.g.must(f'insmod /data/osmosis.ko {parameters}')
        loaded = self.free_kb()
        code, said = self.g.run(f'exercise capture 3 {KERNEL_CLASSES:x} {self.pause_max}', 200)
        good = code == 0 and said.count(f'whole {KERNEL_CLASSES:x}') == 3
        between = self.free_kb()
        seen = self.names(self.take('')[0])
        self.g.must('rmmod osmosis')
        after = self.free_kb()
        taken, held = (before - loaded) / 1024, (before - between) / 1024
        self.s.check(good, f'{tell}: captures are whole {said.strip()[-200:] if not good else ""}')
        self.s.check(abs(taken - taken_mb) < NEAR_MB and abs(held - taken_mb) < NEAR_MB and abs(before - after) < NEAR_MB << 10,
                     f'{tell}: {taken:.0f} MB taken when loaded, {held:.0f} MB after captures, {(before - after) / 1024:.1f} MB after it was unloaded')
        if names is not None:
            self.s.check(seen == names, f'{tell}: the dump has the same {len(names)} processes {set(seen) ^ set(names) or ""}')
        self.g.must('insmod /data/osmosis.ko')
        return seen

    def pages_not_zero(self):
        """Of the range that the command line kept from the system, as QEMU sees it."""
        path = os.path.abspath(f'{self.s.folder}/range')
        self.g.monitor(f'pmemsave {RESERVE_START:#x} {RESERVE_MB << 20} "{path}"')
        with open(path, 'rb') as f:
            data = f.read()
        os.unlink(path)
        return sum(data[i:i + vmcore.PAGE].count(0) != vmcore.PAGE for i in range(0, len(data), vmcore.PAGE))

    def wiped(self):
        """What was copied is there while it is held, and not afterwards: however the capture ended."""
        self.insmod(f'reserve_start={RESERVE_START:#x} reserve_size={RESERVE_MB << 20}')
        self.g.must('exercise hold ready >/tmp/hold 2>&1 & echo $! >/tmp/pid; until grep -q holding /tmp/hold; do sleep 0.1; done', 60)
        held = self.pages_not_zero()
        self.g.must('kill -9 $(cat /tmp/pid); until exercise count >/dev/null 2>&1; do sleep 0.2; done', 60)
        killed = self.pages_not_zero()
        self.space_vanishes('', 20000, 'disk full, memory of memmap=')
        self.s.check(held > 1000 and not killed and not self.pages_not_zero(),
                     f'{held} pages not zero while it holds them; {killed} when its owner was killed, {self.pages_not_zero()} when the disk was full')
        self.insmod()

    def set_aside(self):
        self.insmod()
        names = self.names(self.take('')[0])
        self.at_load('reserve_mb=100', 100, 'reserve_mb=', names)
        self.at_load(f'reserve_start={RESERVE_START:#x} reserve_size={RESERVE_MB << 20}', 0, 'memmap=', names)
        if self.s.kind == 'cloud612':
            self.at_load(f'reserve_name={NAME_OF_RESERVE}', 0, 'reserve_mem=', names)
        code, said = self.g.run('rmmod osmosis; insmod /data/osmosis.ko reserve_start=0x2000000 reserve_size=0x100000; dmesg | tail -1; [ ! -e /dev/osmosis ]')
        self.s.check(code == 0 and 'memory that the system uses' in said, f'a range that the system uses is refused: {said.strip()[-120:]}')
        self.wiped()

    # ---- processors
    def online(self):
        """One capture: how many CPUs it has registers of."""
        code, said = self.g.run(f'exercise capture 1 {KERNEL_CLASSES:x} {self.pause_max}', 300)
        return code, [line for line in said.splitlines() if re.match(r'  cpu \d+ flags', line)], said

    def one_offline(self, cpus):
        self.g.must('echo 0 >/sys/devices/system/cpu/cpu1/online')
        path, rows = self.take('')
        self.g.must('echo 1 >/sys/devices/system/cpu/cpu1/online')
        told = [r['cpu'] for r in rows_of(subprocess.run([self.osmodump, 'info', '--json', path], capture_output=True, text=True, check=False).stdout)
                if r['kind'] == 'snapshot_kernel_cpu']
        wanted = [n for n in range(cpus) if n != 1]
        notes = [r for r in self.ask(path, '!running') if 'cpu' in r]
        self.s.check(told == wanted and [r['cpu'] for r in notes] == wanted and rows['kernel_snapshot']['consistency'] == 'instantaneous',
                     f'CPU 1 is offline: the dump tells of {told}, run queues of {[r["cpu"] for r in notes]}')

    def hotplug(self, rounds):
        """Every capture works, or says that a CPU comes or goes."""
        self.g.must('rm -f /tmp/enough; (while [ ! -f /tmp/enough ]; do for n in 0 1; do echo $n >/sys/devices/system/cpu/cpu1/online; usleep 400000; done; done) '
                    '>/dev/null 2>&1 &')
        good = refused = 0
        odd = []
        for _ in range(rounds):
            code, said = self.g.run(f'osmodump snap --kernel --pause-max {self.pause_max} --force -o /dev/null', 300)
            if code == 0 and re.search(r'Consistency: +instantaneous', said) and 'whole: no' not in said:
                good += 1
            elif code == 1 and 'a CPU is just being added or taken away' in said:
                refused += 1
            else:
                odd.append(said.strip()[-200:])
        self.g.must('touch /tmp/enough; sleep 1.5; echo 1 >/sys/devices/system/cpu/cpu1/online; rm /tmp/enough')
        self.s.check(not odd and good + refused == rounds, f'a CPU comes and goes: {good} captures, {refused} refused {odd[:1] or ""}')

    def all_cpus(self, cpus):
        """Counters that all CPUs move are in step, and each CPU's registers are there."""
        self.g.must('pivot_user /data/pages 8 >/tmp/pivots 2>&1 & until grep -q ready /tmp/pivots; do sleep 0.2; done', 60)
        places = pivot_check.places_of(self.g.must('cat /proc/pivot'))
        self.g.must('echo go >/proc/pivot; sleep 1')
        path, rows = self.take('--all --to kdump')
        self.g.must('echo halt >/proc/pivot')
        right, why = pivot_check.verdict(path, places)
        self.s.check(right and rows['kernel_snapshot']['consistency'] == 'instantaneous', f'{cpus} CPUs: {why[:150]}')
        told = [r for r in rows_of(subprocess.run([self.osmodump, 'info', '--json', path], capture_output=True, text=True, check=False).stdout)
                if r['kind'] == 'snapshot_kernel_cpu']
        code, lines, _ = self.online()
        self.s.check([r['cpu'] for r in told] == list(range(cpus)) and len({r.get('task') for r in told}) == cpus and code == 0 and len(lines) == cpus,
                     f'{cpus} CPUs: what ran on each: {", ".join(str(r.get("name")) for r in told)}')

    # ---- refusals
    def lockdown(self):
        """There is no way back: the last of a guest."""
        if self.g.run('mount -t securityfs security /sys/kernel/security 2>/dev/null; [ -w /sys/kernel/security/lockdown ]')[0]:
            self.s.say('skip', 'lockdown: this kernel has none')
            return
        self.g.must('echo integrity >/sys/kernel/security/lockdown')
        code, said = self.g.run(f'osmodump snap --kernel --pause-max {self.pause_max} --force -o /dev/null', 300)
        self.s.check(code == 0, f'lockdown integrity: captured {said.strip()[-150:] if code else ""}')
        self.g.must('exercise hold armed >/tmp/hold 2>&1 & echo $! >/tmp/pid; until grep -q holding /tmp/hold; do sleep 0.1; done', 60)
        self.g.must('echo confidentiality >/sys/kernel/security/lockdown; kill -9 $(cat /tmp/pid); sleep 0.5')
        for options in ('', '--no-module', '--calibrate'):
            code, said = self.g.run(f'osmodump snap --kernel {options} -o /tmp/refused; [ ! -e /tmp/refused ]', 60)
            self.s.check('confidentiality' in said and len(said.strip().splitlines()) == 1, f'lockdown confidentiality{" " + options if options else ""}: {said.strip()[:150]}')

    def wake(self, tries=600):
        """Whether the machine slept."""
        for _ in range(tries):
            if 'suspended' in self.g.monitor('info status')[0]:
                self.g.monitor('system_wakeup')
                return True
            time.sleep(0.1)
        return False

    def suspend(self):
        """Held pages live through sleep; a machine that captures does not go to sleep."""
        if self.g.run('grep -q mem /sys/power/state')[0]:
            self.s.say('skip', 'suspend: this kernel cannot')
            return
        sleep = '(sleep 1; echo mem >/sys/power/state; echo "slept $?" >/tmp/slept) >/dev/null 2>&1 &'
        self.g.must(f'exercise hold ready >/tmp/hold 2>&1 & echo $! >/tmp/pid; until grep -q holding /tmp/hold; do sleep 0.1; done; {sleep}', 60)
        slept = self.wake()
        said = self.g.must('until grep -q slept /tmp/slept; do sleep 0.2; done; cat /tmp/slept; kill -9 $(cat /tmp/pid); sleep 0.5', 120)
        self.s.check(slept and 'slept 0' in said, f'the system sleeps while a capture is held, and wakes: {said.strip()}')
        self.idle_again('after sleep')
        self.g.must('exercise hold capturing >/tmp/hold 2>&1 & echo $! >/tmp/pid; until grep -q holding /tmp/hold; do sleep 0.1; done', 60)
        answers = []
        for _ in range(6):
            self.g.must('rm -f /tmp/slept; (sleep 0.5; echo mem >/sys/power/state; echo "slept $?" >/tmp/slept) >/dev/null 2>&1 &')
            try:
                slept = self.wake(15)
                self.g.must('until [ -f /tmp/slept ]; do sleep 0.1; done', 20)
            except guest.Silent:
                slept = self.wake()
                self.g.wait_for_answer(60)
            answers.append(slept)
        self.g.must('kill -9 $(cat /tmp/pid); sleep 0.5')
        self.s.check(len(answers) == 6, f'going to sleep while captures are made: {answers.count(True)} times asleep, {answers.count(False)} refused')
        self.idle_again('after these')


def in_guest(suite, pause_max, work, **more):
    """A guest of its own, with osmosis.ko loaded."""
    with guest.Guest(f'{suite.folder}/rough-guest') as g:
        pivot = [m for m in suite.modules if os.path.basename(m) == 'pivot.ko']  # what is planted hangs, which is told in the log
        g.start(suite.kind, limit=3600, files=suite.files, insmod=pivot, cpu=suite.cpu, **more)
        g.must('insmod /data/osmosis.ko')
        c = Cases(suite, g, pause_max)
        for name, case in work:
            case(c)
            suite.step(name)
        suite.check(g.run('rmmod osmosis', 60)[0] == 0, 'osmosis.ko is unloaded at the end')
        suite.harmless(g)


def four_cpus(suite, pause_max):
    """Emulated processors that wait for each other are slow where there are fewer real ones: RCU is given more time before it complains."""
    in_guest(suite, pause_max, (('four CPUs', lambda c: c.all_cpus(4)), ('a CPU offline', lambda c: c.one_offline(4)), ('hotplug', lambda c: c.hotplug(12))),
             memory=500, cpus=4, append='rcupdate.rcu_cpu_stall_timeout=120')


def set_aside(suite, pause_max):
    """Ranges of memory that the command line keeps from the system; then what else is long, and lockdown as the last."""
    keep = f'memmap={RESERVE_MB}M${RESERVE_START:#x} reserve_mem={RESERVE_MB}M:4096:{NAME_OF_RESERVE}'
    in_guest(suite, pause_max, (('memory set aside', Cases.set_aside), ('disks', lambda c: c.disks(True)), ('kdumps', lambda c: c.kdumps(True)),
                                ('suspend', Cases.suspend), ('lockdown', Cases.lockdown)), memory=620, append=keep)


def rough(suite, pause_max):
    four_cpus(suite, pause_max)
    set_aside(suite, pause_max)


if __name__ == '__main__':
    sys.exit('kmod_cases.py is used by suite.py')
