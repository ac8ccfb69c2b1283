# SPDX-License-Identifier: MIT
"""The row "latency" of bench/run: what the clients of a Redis notice of its snapshots.

The Redis is our own: on a socket in a folder of ours, without a port, and it
ends with this. bench/redis_load.c asks it on a schedule and counts each
request's latency from when it was due. The phases: before, then each way of
dumping with a rest behind it; a phase of dumping lasts as long as the tool.
"""
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time

import pause

KEYS, VALUE = 1000000, 880  # about 1 GB
RATE = 5000
SLACK_MS = 10  # what a scheduler may add


class Redis:
    """A server with a data set. Debian has the server's program in redis-tools, too: its name makes it one."""

    def __init__(self, folder, keys):
        self.socket = f'{folder}/redis.sock'
        program = shutil.which('redis-server')
        if not program:
            program = f'{folder}/redis-server'
            os.symlink(shutil.which('redis-check-rdb'), program)
        self.log = open(f'{folder}/redis.log', 'w', encoding='utf-8')
        self.process = subprocess.Popen(
            [program, '--port', '0', '--unixsocket', self.socket, '--save', '', '--appendonly', 'no', '--dir', folder,
             '--enable-debug-command', 'local', '--latency-tracking', 'no'], stdout=self.log, stderr=self.log)
        self.pid, self.keys = self.process.pid, keys

    def ask(self, *words):
        return subprocess.run(['redis-cli', '-s', self.socket, *words], check=True, capture_output=True, text=True).stdout.strip()

    def info(self, name):
        return next(line.split(':')[1].strip() for line in self.ask('INFO').splitlines() if line.startswith(name + ':'))

    def fill(self):
        for _ in range(200):
            if os.path.exists(self.socket):
                break
            time.sleep(0.05)
        self.ask('DEBUG', 'POPULATE', str(self.keys), 'key', str(VALUE))

    def __enter__(self):
        try:
            self.fill()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()


class Load:
    """bench/redis_load.c."""

    def __init__(self, program, redis, keys, rate):
        self.process = subprocess.Popen([program, redis.socket, str(rate), str(keys)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def phase(self, name):
        self.process.stdin.write(name + '\n')
        self.process.stdin.flush()
        time.sleep(0.05)

    def end(self):
        """{phase: [Phase...]}"""
        found = {}
        for line in self.process.communicate()[0].splitlines():
            name, *rest = line.split()
            found.setdefault(name, []).append(Phase(*map(float, rest)))
        if self.process.returncode:
            raise RuntimeError(f'the client ended with {self.process.returncode}')
        return found


class Phase:
    def __init__(self, seconds, n, *us):
        self.seconds, self.n = seconds, n
        self.p50, self.p99, self.p999, self.max = (v / 1000 for v in us)


def together(phases):
    """Of the phases of one kind: medians, and the worst of all."""
    middle = {q: statistics.median(getattr(p, q) for p in phases) for q in ('p50', 'p99', 'p999')}
    together_ = Phase(sum(p.seconds for p in phases), sum(p.n for p in phases), 0, 0, 0, 0)
    together_.p50, together_.p99, together_.p999 = middle.values()
    together_.max = max(p.max for p in phases)
    return together_


class Bench:
    def __init__(self, osmodump, redis, load, folder, rest):
        self.osmodump, self.redis, self.load, self.folder, self.rest = osmodump, redis, load, folder, rest
        self.pauses = {}

    def resting(self, name):
        os.sync()
        time.sleep(1)
        self.load.phase(name)
        time.sleep(self.rest)
        self.load.phase('between')

    def snap(self, engine, *options):
        path = f'{self.folder}/core'
        self.load.phase(engine)
        said = subprocess.run([self.osmodump, 'snap', str(self.redis.pid), '--json', '--engine', engine, '-o', path, *options],
                              check=True, capture_output=True, text=True).stdout
        self.load.phase('between')
        self.pauses.setdefault(engine, []).append(json.loads(said.splitlines()[0])['pause_ms'])
        pause.without(path)

    def gcore(self):
        self.load.phase('gcore')
        subprocess.run(['gcore', '-o', f'{self.folder}/gcore', str(self.redis.pid)], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        self.load.phase('between')
        pause.without(f'{self.folder}/gcore.{self.redis.pid}')

    def run(self, runs):
        self.resting('before')
        for engine in 'clone', 'precopy':
            for _ in range(runs):
                self.snap(engine)
                time.sleep(1)
            self.resting(f'after-{engine}')
        self.gcore()
        self.resting('after-gcore')
        return {name: together(p) for name, p in self.load.end().items() if name not in ('warm', 'between')}


def show(phases, pauses):
    print(f'  {"phase":<16}{"seconds":>9}{"requests/s":>12}{"p50":>10}{"p99":>10}{"p99.9":>10}{"longest":>11}   in ms')
    for name, p in phases.items():
        print(f'  {name:<16}{p.seconds:>9.1f}{p.n / p.seconds:>12.0f}{p.p50:>10.3f}{p.p99:>10.3f}{p.p999:>10.3f}{p.max:>11.2f}')
    for engine, ms in pauses.items():
        print(f'  {engine}: pauses ' + ', '.join(f'{v:.2f}' for v in ms) + ' ms')


def judge(phases, pauses, figure):
    before = phases['before']
    for engine, ms in pauses.items():
        p, after = phases[engine], phases[f'after-{engine}']
        # A request that falls into the pause waits for its rest, and for those that queued before it.
        figure(f'{engine}: longest request - pause - longest before, ms', p.max - max(ms) - before.max, f'at most {SLACK_MS}',
               lambda v: v <= SLACK_MS)
        figure(f'{engine}: p50 after / before', after.p50 / before.p50, 'at most 1.1', lambda v: v <= 1.1)
        figure(f'{engine}: p99 after / before', after.p99 / before.p99, 'at most 1.25', lambda v: v <= 1.25)
        figure(f'{engine}: requests answered of those due', p.n / p.seconds / (before.n / before.seconds), 'at least 0.98',
               lambda v: v >= 0.98)
        figure(f'{engine}: longest request with gcore / with it', phases['gcore'].max / p.max, 'at least 20', lambda v: v >= 20)


def bench_latency(osmodump, load, figure):
    mb = pause.sizes_that_fit((1024,))[:1]
    if not mb:
        return
    keys = KEYS * mb[0] // 1024
    with tempfile.TemporaryDirectory(dir=os.environ.get('BENCH_DIR', '/var/tmp')) as folder, Redis(folder, keys) as redis:
        print(f'  Redis {redis.info("redis_version")}, {redis.ask("DBSIZE")} keys, {int(redis.info("used_memory_rss")) >> 20} MB; '
              f'{RATE} requests a second, a tenth of them writes', flush=True)
        b = Bench(osmodump, redis, Load(load, redis, keys, RATE), folder, float(os.environ.get('BENCH_SECONDS', '10')))
        phases = b.run(5)
        show(phases, b.pauses)
        judge(phases, b.pauses, figure)
        figure('keys lost by the server', keys - int(redis.ask('DBSIZE')), 'none', lambda v: v == 0)
