#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One kernel: its dumps by QEMU and by osmosis.ko, against what it said of itself; counters of an instant; no harm done.

usage: suite.py KIND [FOLDER]
Environment: OSMODUMP, OSMOSIS_LONG (more of everything), OSMOSIS_PIVOTS (dumps with counters), OSMOSIS_CAPTURES (under load), OSMOSIS_FLIPS (dumps
with flipped bits), OSMOSIS_LIMIT (seconds that the guest lives), OSMOSIS_KEEP (leaves dumps and sayings in FOLDER). Ends with
"N passed, N failed, N skipped".
"""
import json
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import debug_check  # noqa: E402
import guest  # noqa: E402
import kmod_cases  # noqa: E402
import oracle  # noqa: E402
import pivot_check  # noqa: E402
import truth  # noqa: E402
import vmcore  # noqa: E402

OSMODUMP = os.environ.get('OSMODUMP', f'{guest.TOP}/build/osmodump')
LONG = bool(os.environ.get('OSMOSIS_LONG'))
PIVOTS = int(os.environ.get('OSMOSIS_PIVOTS', '200' if LONG else '3'))
CAPTURES = int(os.environ.get('OSMOSIS_CAPTURES', '500' if LONG else '20'))
FLIPS = int(os.environ.get('OSMOSIS_FLIPS', '500' if LONG else '10'))
LIMIT = int(os.environ.get('OSMOSIS_LIMIT', '7200' if LONG else '600'))
PROGRAMS = ('oracle', 'troupe', 'kcore_copy', 'pivot_user')
# 4 and 5 levels of page tables, by turns.
CPUS = {'cloud': 'max', 'generic': 'max,la57=off', 'rt': 'max', 'cloud612': 'max,la57=off'}
# What a short run does beside the truth: each part under one kernel.
SHORT = {'cloud': ('counters', 'kcore', 'kdump', 'lockdown'), 'cloud612': ('pages', 'harm', 'rough'),
         'generic': ('counters', 'kcore'), 'rt': ('pages', 'harm')}
PAUSE_MAX = 8000  # ms: emulated processors are slow, and the machine may be busy
HELD_WITHIN = 300  # s: until all processors stand still
HARM = re.compile(r'WARNING:|BUG:|Oops|[Dd]etected.* stall|lockup|Call Trace|blocked for more than|refcount_t|unregister_netdevice')


class Suite:
    def __init__(self, kind, folder):
        self.kind, self.folder = kind, folder
        self.modules = []
        self.counts = {'ok': 0, 'FAIL': 0, 'skip': 0}
        self.began = time.monotonic()

    def say(self, word, text):
        self.counts[word] += 1
        print(f'{word}: {self.kind}: {text}', flush=True)

    def has(self, part):
        return LONG or part in SHORT.get(self.kind, ())

    def check(self, good, text):
        self.say('ok' if good else 'FAIL', text)

    def step(self, text):
        print(f'    {time.monotonic() - self.began:6.1f} s  {text}', flush=True)

    # ---- the scene
    def boot(self, g):
        programs = {f'bin/{n}': guest.static(f'{HERE}/truth/{n}.c', f'{guest.KERNELS}/bin/{n}') for n in PROGRAMS}
        modules = self.modules = guest.build_module(self.kind, f'{HERE}/subject')
        files = {'bin/osmodump': OSMODUMP, **programs}
        try:
            files['bin/compat'] = guest.static_32(f'{HERE}/truth/compat.c', f'{guest.KERNELS}/bin/compat')
        except guest.Skip as why:
            self.say('skip', str(why))
        if os.path.isdir(f'{guest.TOP}/kmod'):
            files['osmosis.ko'], = guest.build_module(self.kind, f'{guest.TOP}/kmod')
            files['bin/exercise'] = guest.static(f'{HERE}/kmod-exercise.c', f'{guest.KERNELS}/bin/exercise')
        self.step('modules are built')
        self.files, self.cpu = files, CPUS[self.kind]
        g.start(self.kind, memory=400, cpu=self.cpu, limit=LIMIT, files=files, insmod=modules)
        g.must('sleep 99999 >/dev/null 2>&1 & troupe >/tmp/parts 2>&1 & pivot_user /data/pages 8 >/tmp/pivots 2>&1 & '
               'until grep -q ready /tmp/parts && grep -q ready /tmp/pivots; do sleep 0.2; done', 60)
        g.must('if [ -f /data/bin/compat ]; then compat >/tmp/compat 2>&1 & until grep -q ready /tmp/compat; do sleep 0.1; done; fi', 60)
        # What is planted hangs, and is not to fill the log.
        g.must('echo 0 >/proc/sys/kernel/hung_task_timeout_secs')
        self.step('the guest is up, its processes are at rest')

    def places(self, g):
        return pivot_check.places_of(g.must('cat /proc/pivot'))

    def sayings(self, g, names):
        for n in names:
            g.get(f'/tmp/{n}', f'{self.folder}/{n}')
        g.must('rm -f ' + ' '.join(f'/tmp/{n}' for n in names))
        return [oracle.Oracle(f'{self.folder}/{n}') for n in names]

    # ---- a process of 32 bits
    def compat(self, g, dump):
        """Extracted from outside, against a snapshot that is taken inside: to gdb both are the same."""
        program = f'{guest.KERNELS}/bin/compat'
        if not shutil.which('gdb') or g.run('[ -f /data/bin/compat ]')[0]:
            self.say('skip', 'no gdb, or no program of 32 bits')
            return
        cores = {how: f'{self.folder}/compat.{how}' for how in ('inside', 'extracted')}
        g.must('osmodump snap -q --force -o /data/compat.core $(pidof t-compat)')
        g.get('/data/compat.core', cores['inside'])
        done = subprocess.run([OSMODUMP, 'extract', '-q', '--force', '--process', 't-compat', '-o', cores['extracted'], dump], capture_output=True, text=True,
                              check=False)
        said = {how: self.by_gdb(program, core) for how, core in cores.items()}
        with open(cores['extracted'], 'rb') as f:
            head = f.read(20)
        self.check(done.returncode == 0 and (head[4], head[18]) == (1, 3), f'a process of 32 bits becomes a core of i386 {done.stderr.strip()[:120]}')
        whole = all(name in said['extracted'] for name in ('innermost', 'middle', 'outer', '_start', '0x5eed5eed', 'AT_PLATFORM', '"i686"', '{1, 0, 0, 0}'))
        for how in said if said['inside'] != said['extracted'] or not whole else ():
            print(f'    {how}: {said[how]}')
        self.check(said['inside'] == said['extracted'] and whole, 'stack, registers and auxiliary vector of it are to gdb as those of a core taken inside')

    @staticmethod
    def by_gdb(program, core):
        """Without eax: who was stopped in a system call has the code there with which it is taken up again."""
        done = subprocess.run(['gdb', '-nx', '-q', '-batch', '-ex', 'bt', '-ex', 'info registers', '-ex', 'print $xmm3.v4_float', '-ex', 'info auxv', program,
                               core], capture_output=True, text=True, check=False)
        return '\n'.join(line for line in done.stdout.splitlines() if not line.startswith('eax '))

    # ---- QEMU's dumps
    def frozen(self, g):
        """All formats of one instant."""
        places = self.places(g)
        # The files that it reads are given back by RCU, which has its callbacks called by threads with PREEMPT_RT: until then they count as in use.
        g.must('echo go >/proc/pivot; sleep 1; echo halt >/proc/pivot; oracle /tmp/before; sleep 2')
        g.stop()
        dumps = {how: g.dump(how, f'{self.folder}/qemu.{how}') for how in ('elf', 'kdump', 'paging')}
        g.cont()
        g.must('oracle /tmp/after')
        before, after = self.sayings(g, ('before', 'after'))
        self.step('frozen and dumped by QEMU')
        facts = 0
        for how, dump in dumps.items():
            facts += truth.compare(truth.View(f'QEMU {how}', OSMODUMP, dump, before, after), self.say)
        print(f'figure: {self.kind}: {facts} facts of {len(before.pids())} processes compared with QEMU\'s dumps')
        self.compat(g, dumps['elf'])
        self.debug_files(dumps['elf'])
        self.step('compared')
        self.counted_by_qemu(g, places)

    def debug_files(self, dump):
        wrong, n = debug_check.check(OSMODUMP, dump, self.modules)
        self.check(n and not wrong, f'debug files of {n} modules: lines, types, variables, another build refused {"; ".join(wrong)[:300]}')

    def counted_by_qemu(self, g, places):
        g.must('echo go >/proc/pivot; sleep 1')
        g.stop()
        path = g.dump('kdump', f'{self.folder}/counters')
        g.cont()
        good, why = pivot_check.verdict(path, places)
        self.check(good, f'counters in QEMU\'s dump of a running guest: {why}')

    # ---- a copy that takes its time
    def smeared(self, g, places):
        """The counters have to be able to tell a dump that is not of one instant."""
        g.must('echo go >/proc/pivot 2>/dev/null; kcore_copy /data/smeared', 600)
        g.get('/data/smeared', f'{self.folder}/smeared')
        g.must('rm /data/smeared')
        good, why = pivot_check.verdict(f'{self.folder}/smeared', places)
        self.check(not good and why.startswith('out of step'), f'a copy of /proc/kcore is found out: {why[:60]}')
        self.step('smeared copy')

    # ---- without osmosis.ko
    def without_module(self, g):
        text = g.must('osmodump snap --kernel --no-module --json --force -o /data/kcore', 300)
        rows = {r['kind']: r for r in map(json.loads, filter(lambda line: line.startswith('{'), text.splitlines()))}
        said, file = rows['kernel_snapshot'], rows['kernel_dump_file']
        path = f'{self.folder}/kcore'
        g.get('/data/kcore', path)
        g.must('rm /data/kcore')
        self.check(said['consistency'] == 'smeared' and 0 < file['changed_ranges'] <= file['changed'],
                   f'kcore: {said["consistency"]}, {file["changed"]} pages in {file["changed_ranges"]} ranges are listed as changed')
        self.same_text(path)
        done = subprocess.run([OSMODUMP, '-q', '--json', path, '-c', '!process 0 0'], capture_output=True, text=True, check=False)
        tasks = [json.loads(line).get('name') for line in done.stdout.splitlines() if line.startswith('{"kind":"kernel_process"')]
        self.check({'kthreadd', 'troupe', 'osmodump'} <= set(tasks), f'kcore: {len(tasks)} processes in it {done.stderr.strip()[:120]}')
        self.read_by_eu(path)
        code, text = g.run('exercise unprivileged osmodump snap --kernel --no-module --force -o /data/refused; [ ! -e /data/refused ]')
        self.check(code == 0 and 'CAP_SYS_RAWIO' in text and len(text.strip().splitlines()) == 1, f'kcore without CAP_SYS_RAWIO: {text.strip()[:150]}')
        self.step('copied from /proc/kcore')

    def same_text(self, path):
        """The kernel's code does not change: it is in the file twice, by its own addresses and in the direct map."""
        core = vmcore.open_memory(path)
        image = next(load for load in vmcore.loads(core.data) if load[0] >= 0xffffffff80000000)
        size, wrong = min(image[2], 12 << 20), 0
        for at in range(0, size, vmcore.PAGE):
            other = [offset + image[1] + at - physical for va, physical, length, offset in vmcore.loads(core.data)
                     if va < 0xffffffff80000000 and physical <= image[1] + at < physical + length]
            wrong += not other or core.data[image[3] + at:image[3] + at + vmcore.PAGE] != core.data[other[0]:other[0] + vmcore.PAGE]
        # Jump labels are patched while it is read.
        self.check(wrong <= 8, f'kcore: the kernel\'s code reads alike twice, but for {wrong} of {size // vmcore.PAGE} pages')

    def read_by_eu(self, path):
        if not shutil.which('eu-readelf'):
            self.say('skip', 'no eu-readelf (elfutils)')
            return
        done = subprocess.run(['eu-readelf', '-hln', path], capture_output=True, text=True, check=False)
        self.check(done.returncode == 0 and 'OSRELEASE=' in done.stdout and not done.stderr, f'kcore: eu-readelf reads it {done.stderr.strip()[:120]}')

    # ---- dumps by osmosis.ko
    def snap(self, g, options, out='/data/vmcore', timeout=600):
        """What osmodump says of a dump that it takes inside."""
        text = g.must(f'osmodump snap --kernel --json --force --pause-max {PAUSE_MAX} {options} -o {out}', timeout)
        rows = [json.loads(line) for line in text.splitlines() if line.startswith('{')]
        return next(r for r in rows if r['kind'] == 'kernel_snapshot'), {r['class']: r for r in rows if r['kind'] == 'kernel_class'}

    def by_module(self, g, places):
        if g.run('[ -f /data/osmosis.ko ]')[0]:
            self.say('skip', 'osmosis.ko: this tree has no kmod')
            return
        g.must('insmod /data/osmosis.ko')
        self.told_by_module(g)
        if self.has('counters'):
            self.counted_by_module(g, places)
        if self.has('pages'):
            self.as_qemu_sees_it(g)
        if self.has('harm'):
            self.at_each_state(g)
            self.disk_full(g)
            self.many(g)
        cases = kmod_cases.Cases(self, g, PAUSE_MAX)
        if self.has('kdump'):
            cases.kdumps(False)
            self.step('dumped as kdump')
        if self.has('rough'):
            cases.disks(False)
            cases.one_offline(2)
            self.step('disk full, a CPU offline')
        g.must('rmmod osmosis')
        self.step('osmosis.ko has been unloaded')

    def told_by_module(self, g):
        g.must('echo halt >/proc/pivot; oracle /tmp/before')
        said, classes = self.snap(g, '--all')
        g.must('oracle /tmp/after')
        before, after = self.sayings(g, ('before', 'after'))
        path = f'{self.folder}/osmosis'
        g.get('/data/vmcore', path)
        self.step(f'dumped by osmosis.ko, pause {said["pause_ms"]} ms')
        short = [n for n, c in classes.items() if not c['whole']]
        self.check(said['consistency'] == 'instantaneous' and not short, f'dump by osmosis.ko: {said["consistency"]}, not whole: {short or "nothing"}')
        facts = truth.compare(truth.View('osmosis.ko', OSMODUMP, path, before, after, said['reserved'] >> 10), self.say)
        print(f'figure: {self.kind}: {facts} facts compared with the dump by osmosis.ko, pause {said["pause_ms"]} ms, '
              f'{said["changed_bytes"]} bytes mended in it')
        self.step('compared')

    def counted_by_module(self, g, places):
        """Nothing is claimed of a dump that says that it is smeared; but with so much time none may be."""
        g.must('echo go >/proc/pivot; sleep 1')
        good, pauses = 0, []
        for _ in range(PIVOTS):
            said, _ = self.snap(g, '--all')
            g.get('/data/vmcore', f'{self.folder}/osmosis')
            right, why = pivot_check.verdict(f'{self.folder}/osmosis', places)
            if right and said['consistency'] == 'instantaneous':
                good += 1
            else:
                print(f'    {said["consistency"]}: {why[:200]}')
            pauses.append(said['pause_ms'])
        g.must('echo halt >/proc/pivot; rm /data/vmcore')
        self.check(good == PIVOTS, f'counters in {good} of {PIVOTS} dumps by osmosis.ko in step')
        print(f'figure: {self.kind}: median pause {sorted(pauses)[len(pauses) // 2]:.0f} ms under emulation, counters running')
        self.step('counters')

    def as_qemu_sees_it(self, g):
        """All processors are held in the pause until QEMU has taken its dump, too."""
        g.must(f'rm -f /tmp/held; (OSMOSIS_KERNEL_HOLD=1 osmodump snap --kernel --all --force --pause-max {PAUSE_MAX} -o /data/held >/tmp/held 2>&1; '
               'echo done >>/tmp/held) >/dev/null 2>&1 &')
        held = guest.Guest(g.dir)
        g.release()
        try:
            # By time, not by tries: how long the first pass takes depends on what else the host does.
            end = time.monotonic() + HELD_WITHIN
            while time.monotonic() < end and held.run('grep -q done /tmp/held', 4)[0]:
                time.sleep(0.2)
            self.check(False, f'the processors are held in the pause: {held.run("cat /tmp/held")[1].strip()[-200:] or "no word of it"}')
            return
        except guest.Silent:
            time.sleep(3)
        theirs = g.dump('elf', f'{self.folder}/qemu.elf')
        held.wait_for_answer(120)
        held.release()
        g.must('until grep -q done /tmp/held; do sleep 0.5; done', 300)
        ours = f'{self.folder}/osmosis'
        g.get('/data/held', ours)
        g.must('rm /data/held')
        done = subprocess.run([sys.executable, f'{HERE}/kmod-compare.py', ours, theirs], capture_output=True, text=True, check=False,
                              env={**os.environ, 'OSMODUMP': OSMODUMP})
        print('    ' + done.stdout.strip().replace('\n', '\n    ') + done.stderr[-500:])
        self.check(done.returncode == 0, f'page by page as QEMU saw it: {(done.stdout.splitlines() or ["nothing"])[0]}')
        self.step('compared with QEMU\'s dump of the same pause')

    def at_each_state(self, g):
        for verb in ('misuse', 'cancel'):
            code, said = g.run(f'exercise {verb}', 300)
            self.check(code == 0, f'osmosis.ko: {verb}: {said.strip().splitlines()[-1] if said.strip() else code}')
        for state in ('idle', 'armed', 'capturing', 'ready', 'draining'):
            g.must(f'exercise hold {state} >/tmp/hold 2>&1 & echo $! >/tmp/pid; until grep -q holding /tmp/hold; do sleep 0.1; done')
            refused = g.run('rmmod osmosis')[0] != 0
            g.must('kill -9 $(cat /tmp/pid); while [ -d /proc/$(cat /tmp/pid) ] && ! grep -q "State:.Z" /proc/$(cat /tmp/pid)/status; do sleep 0.1; done')
            code, said = g.run('for i in $(seq 50); do rmmod osmosis 2>/dev/null && exec insmod /data/osmosis.ko; sleep 0.1; done; exit 1')
            self.check(refused and code == 0, f'killed while {state}: not unloaded before, unloaded after {said.strip()}')
        self.step('killed at each state')

    def disk_full(self, g):
        g.must('mkdir -p /tmp/small; mount -t tmpfs -o size=6m small /tmp/small')
        code, said = g.run(f'osmodump snap --kernel --pause-max {PAUSE_MAX} -o /tmp/small/vmcore', 300)
        left = g.must('ls /tmp/small; umount /tmp/small').strip()
        self.check(code != 0 and not left, f'disk full: {said.strip().splitlines()[-1] if said.strip() else "nothing said"}; left behind: {left or "nothing"}')

    def many(self, g):
        """Captures one after the other while there is work."""
        g.must(guest.WORK)
        code, said = g.run(f'exercise capture {CAPTURES} 7fe {PAUSE_MAX}', 7000 if LONG else 400)
        g.must('touch /tmp/enough')
        lines = [line for line in said.splitlines() if line.startswith('armed')]
        if code:
            print('    ' + said[-1500:].replace('\n', '\n    '))
        self.check(code == 0 and len(lines) == CAPTURES, f'{len(lines)} of {CAPTURES} captures under load, exit code {code}')
        self.clocks(g)
        self.step('many captures')

    def clocks(self, g):
        """The guest's clock and the host's go together; the guest's clock source is the one it began with."""
        def read():
            began = time.monotonic()
            there = float(g.must('cut -d" " -f1 /proc/uptime'))
            return began, there, time.monotonic()
        before, first, after = read()
        time.sleep(2)
        again, second, end = read()
        # The guest read its clock at some time between question and answer.
        least, most, there = again - after, end - before, second - first
        source = g.must('cat /sys/devices/system/clocksource/clocksource0/current_clocksource').strip()
        self.check(least - 1 < there < most + 1 and source == 'tsc', f'clocks: {there:.1f} s in the guest, {least:.1f} to {most:.1f} s here, by {source}')

    def locked_down(self, g):
        g.must('insmod /data/osmosis.ko')
        kmod_cases.Cases(self, g, PAUSE_MAX).lockdown()
        g.must('rmmod osmosis')
        self.step('locked down')

    def harmless(self, g):
        """Nothing in the kernel's log that was not planted."""
        log = g.must('dmesg')
        trouble = [line for line in log.splitlines() if HARM.search(line) and 'planted' not in line]
        for line in trouble[:10]:
            print(f'    {line}')
        self.check(not trouble, 'no warning in the kernel\'s log')

    def flipped(self):
        """QEMU's dump with wrong bits in it."""
        done = subprocess.run([sys.executable, f'{HERE}/flip.py', f'{self.folder}/qemu.elf', str(FLIPS)],
                              capture_output=True, text=True, check=False, env=dict(os.environ, OSMODUMP=OSMODUMP))
        lines = done.stdout.splitlines() or [done.stderr[-300:]]
        for line in lines[:-1]:
            print('    ' + line[:1500])
        self.check(done.returncode == 0, f'dumps with flipped bits: {lines[-1]}')
        self.step('flipped')

    def run(self):
        os.makedirs(self.folder, exist_ok=True)
        with guest.Guest(f'{self.folder}/guest') as g:
            self.boot(g)
            places = self.places(g)
            self.frozen(g)
            self.by_module(g, places)
            if self.has('kcore'):
                self.without_module(g)
            if self.has('counters'):
                self.smeared(g, places)
            if self.has('lockdown') and 'osmosis.ko' in self.files:
                self.locked_down(g)
            self.harmless(g)
        if LONG and 'osmosis.ko' in self.files:
            kmod_cases.rough(self, PAUSE_MAX)
        if self.has('counters'):
            self.flipped()
        self.step('ended')

    def hit_by_emulation(self):
        """Whether the guest ran a breakpoint that the kernel had already taken away again, as it does when a tracepoint gets a
        user: QEMU 7.2 emulating with a thread per processor does that now and then. By one thread it does not."""
        if os.environ.get('OSMOSIS_ACCEL') or self.counts['FAIL'] or guest.ways_to_run()[0][0] != 'tcg':
            return False
        return any(re.search(r'int3: 0000 \[#', guest.Guest(f'{self.folder}/{name}').console()) for name in ('guest', 'rough-guest'))

    def finish(self):
        if not os.environ.get('OSMOSIS_KEEP'):
            shutil.rmtree(self.folder, ignore_errors=True)
        print(f'{self.counts["ok"]} passed, {self.counts["FAIL"]} failed, {self.counts["skip"]} skipped')
        return 1 if self.counts['FAIL'] else 0


def main(words):
    if not words or words[0] not in guest.KINDS:
        sys.stderr.write(__doc__)
        return 2
    suite = Suite(words[0], words[1] if len(words) > 1 else f'{guest.KERNELS}/suite-{words[0]}')
    try:
        suite.run()
    except guest.Skip as why:
        suite.say('skip', str(why))
    except RuntimeError as why:
        print(why)
        if suite.hit_by_emulation():
            print('the emulator ran a breakpoint that was gone: all of it once more, emulated by one thread', flush=True)
            shutil.rmtree(suite.folder, ignore_errors=True)
            os.execve(sys.executable, [sys.executable, *sys.argv], dict(os.environ, OSMOSIS_ACCEL='single'))
        suite.say('FAIL', 'did not come to its end')
    return suite.finish()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
