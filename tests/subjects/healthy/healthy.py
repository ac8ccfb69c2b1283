# SPDX-License-Identifier: MIT
"""A healthy interpreter: eight threads that take work from a queue, and one that fills it; until its input ends."""
import queue
import sys
import threading
import time

jobs = queue.Queue()


def work():
    while True:
        sum(range(jobs.get()))


def feed():
    while True:
        jobs.put(10000)
        time.sleep(0.002)


for f in [work] * 8 + [feed]:
    threading.Thread(target=f, daemon=True).start()
time.sleep(0.5)
print('ready', flush=True)
sys.stdin.read()
