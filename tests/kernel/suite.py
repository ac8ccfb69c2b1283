#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One kernel: its dumps by QEMU and by osmosis.ko, against what it said of itself; counters of an instant; no harm done.

usage: suite.py KIND [FOLDER]
Environment: OSMODUMP, OSMOSIS_LONG (more of everything), OSMOSIS_KEEP (leaves dumps and sayings in FOLDER). Ends with "N passed, N failed, N skipped".
"""
import glob
import os
import re
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import guest  # noqa: E402
import oracle  # noqa: E402
import pivot_check  # noqa: E402
import truth  # noqa: E402

OSMODUMP = os.environ.get('OSMODUMP', f'{guest.TOP}/build/osmodump')
LONG = bool(os.environ.get('OSMOSIS_LONG'))
PIVOTS = int(os.environ.get('OSMOSIS_PIVOTS', '200' if LONG else '5'))
CAPTURES = int(os.environ.get('OSMOSIS_CAPTURES', '500' if LONG else '20'))
PROGRAMS = ('oracle', 'troupe', 'kcore_copy', 'pivot_user')
# 4 and 5 levels of page tables, by turns.
CPUS = {'cloud': 'max', 'generic': 'max,la57=off', 'rt': 'max', 'cloud612': 'max,la57=off'}
HARM = re.compile(r'WARNING:|BUG:|Oops|[Dd]etected.* stall|lockup|Call Trace|blocked for more than|refcount_t|unregister_netdevice')


class Suite:
    def __init__(self, kind, folder):
        self.kind, self.folder = kind, folder
        self.counts = {'ok': 0, 'FAIL': 0, 'skip': 0}
        self.began = time.monotonic()

    def say(self, word, text):
        self.counts[word] += 1
        print(f'{word}: {self.kind}: {text}', flush=True)

    def check(self, good, text):
        self.say('ok' if good else 'FAIL', text)

    def step(self, text):
        print(f'    {time.monotonic() - self.began:6.1f} s  {text}', flush=True)

    # ---- the scene
    def boot(self, g):
        programs = {f'bin/{n}': guest.static(f'{HERE}/truth/{n}.c', f'{guest.KERNELS}/bin/{n}') for n in PROGRAMS}
        modules = guest.build_module(self.kind, f'{HERE}/subject')
        self.module = f'{guest.TOP}/kmod'
        self.osmosis = [k for k in (guest.build_module(self.kind, self.module) if os.path.isdir(self.module) else [])]
        self.step('modules are built')
        g.start(self.kind, cpu=CPUS[self.kind], limit=7200 if LONG else 600, files={'bin/osmodump': OSMODUMP, **programs}, insmod=modules)
        g.must('troupe >/tmp/parts 2>&1 & pivot_user /data/pages 8 >/tmp/pivots 2>&1 & '
               'until grep -q ready /tmp/parts && grep -q ready /tmp/pivots; do sleep 0.2; done', 60)
        self.parts = [line.split() for line in g.must('cat /tmp/parts').splitlines() if line.startswith('part')]
        self.step('the guest is up, its processes are at rest')

    def places(self, g):
        return pivot_check.places_of(g.must('cat /proc/pivot'))

    def sayings(self, g, names):
        for n in names:
            g.get(f'/tmp/{n}', f'{self.folder}/{n}')
        g.must('rm -f ' + ' '.join(f'/tmp/{n}' for n in names))
        return [oracle.Oracle(f'{self.folder}/{n}') for n in names]

    # ---- QEMU's dumps
    def frozen(self, g):
        """All formats of one instant."""
        places = self.places(g)
        g.must('echo go >/proc/pivot; sleep 1; echo halt >/proc/pivot; oracle /tmp/before; true')
        g.stop()
        dumps = {how: g.dump(how, f'{self.folder}/qemu.{how}') for how in ('elf', 'kdump', 'paging')}
        g.cont()
        g.must('oracle /tmp/after')
        before, after = self.sayings(g, ('before', 'after'))
        self.step('frozen and dumped by QEMU')
        facts = 0
        for how, dump in dumps.items():
            facts += truth.compare(truth.View(f'QEMU {how}', OSMODUMP, dump, before, after, self.parts), self.say)
        print(f'figure: {self.kind}: {facts} facts of {len(before.pids())} processes compared with QEMU\'s dumps')
        self.step('compared')
        self.counted_by_qemu(g, places, dumps)

    def counted_by_qemu(self, g, places, dumps):
        g.must('echo go >/proc/pivot; sleep 1')
        g.stop()
        path = g.dump('kdump', dumps['kdump'])
        g.cont()
        good, why = pivot_check.verdict(path, places)
        self.check(good, f'counters in QEMU\'s dump of a running guest: {why}')

    # ---- a copy that takes its time
    def smeared(self, g, places):
        """The counters have to be able to tell a dump that is not of one instant."""
        g.must('echo go >/proc/pivot 2>/dev/null; nice -n -19 kcore_copy /data/smeared', 600)
        g.get('/data/smeared', f'{self.folder}/smeared')
        g.must('rm /data/smeared')
        good, why = pivot_check.verdict(f'{self.folder}/smeared', places)
        self.check(not good and why.startswith('out of step'), f'a copy of /proc/kcore is found out: {why[:60]}')
        self.step('smeared copy')

    def harmless(self, g):
        """Nothing in the kernel's log that was not planted."""
        log = g.must('dmesg')
        trouble = [line for line in log.splitlines() if HARM.search(line) and 'planted' not in line]
        for line in trouble[:10]:
            print(f'    {line}')
        self.check(not trouble, 'no warning in the kernel\'s log')

    def run(self):
        os.makedirs(self.folder, exist_ok=True)
        with guest.Guest(f'{self.folder}/guest') as g:
            self.boot(g)
            places = self.places(g)
            self.frozen(g)
            self.smeared(g, places)
            self.harmless(g)
        self.step('ended')

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
        suite.say('FAIL', 'did not come to its end')
    return suite.finish()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
