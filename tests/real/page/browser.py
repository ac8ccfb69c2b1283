#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Pages looked at in a real browser: browser.py FOLDER PAGE...

Each page is opened by Chromium without a window, from its file, on a telephone (360 pixels) and a desktop, light and dark.
What is wrong: a message on the console, a request for anything but the page itself, content wider than the window, text of
too little contrast, a heading that skips a level, an id that is there twice. Screenshots go to FOLDER. The browser is
spoken to by its DevTools protocol over a pipe; it does not listen on any port.
"""

import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time

SIZES = {'phone': (360, 760, 2, True), 'desktop': (1280, 900, 1, False)}
LIMIT = 60  # seconds for one answer

# What the page is asked when it is there. Ratios by WCAG 2; an element whose own background is not opaque takes its parent's.
QUESTION = r'''(() => {
  const lum = c => { const v = c.map(x => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4 });
    return .2126 * v[0] + .7152 * v[1] + .0722 * v[2] };
  const rgb = s => (s.match(/[\d.]+/g) || []).map(Number);
  const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length == 3 || c[3] == 1) return c.slice(0, 3) } return [255, 255, 255] };
  const faint = [], wide = document.documentElement.scrollWidth;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; (n = walk.nextNode());) {
    const e = n.parentElement;
    if (!n.data.trim() || !e.checkVisibility() || e.closest('svg')) continue;
    const a = lum(rgb(getComputedStyle(e).color)), b = lum(ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) faint.push(n.data.trim().slice(0, 30) + ' ' + ratio.toFixed(2));
  }
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  const levels = [...document.querySelectorAll('h1,h2,h3,h4')].map(e => +e.tagName[1]);
  return JSON.stringify({ wide, faint: faint.slice(0, 5), twice: ids.filter((x, i) => ids.indexOf(x) != i),
    skips: levels.filter((l, i) => i && l > levels[i - 1] + 1).length, dark: matchMedia('(prefers-color-scheme: dark)').matches,
    scripts: document.scripts.length, height: document.documentElement.scrollHeight });
})()'''


class Browser:
    def __init__(self, program, home):
        to_read, self.to = os.pipe()
        self.back, back_write = os.pipe()
        flags = ['--headless=new', '--remote-debugging-pipe', '--no-first-run', '--disable-gpu', '--disable-extensions',
                 '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
                 '--hide-scrollbars', '--user-data-dir=' + home]
        if os.geteuid() == 0:
            flags.append('--no-sandbox')
        # The protocol's descriptors are 3 and 4, whatever ours are.
        line = 'exec 3<&%d 4>&%d; exec "$@"' % (to_read, back_write)
        self.process = subprocess.Popen(['bash', '-c', line, 'bash', program, *flags, 'about:blank'], pass_fds=(to_read, back_write),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ, HOME=home))
        os.close(to_read)
        os.close(back_write)
        self.number, self.rest, self.events, self.session = 0, b'', [], None

    def receive(self, end):
        while b'\0' not in self.rest:
            if not select.select([self.back], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError('the browser does not answer')
            data = os.read(self.back, 1 << 20)
            if not data:
                raise EOFError('the browser ended')
            self.rest += data
        text, self.rest = self.rest.split(b'\0', 1)
        return json.loads(text)

    def ask(self, method, **params):
        self.number += 1
        message = {'id': self.number, 'method': method, 'params': params}
        if self.session:
            message['sessionId'] = self.session
        os.write(self.to, json.dumps(message).encode() + b'\0')
        end = time.monotonic() + LIMIT
        while True:
            answer = self.receive(end)
            if answer.get('id') == self.number:
                if 'error' in answer:
                    raise RuntimeError('%s: %s' % (method, answer['error']))
                return answer['result']
            self.events.append(answer)

    def wait_for(self, name):
        end = time.monotonic() + LIMIT
        while not any(e.get('method') == name for e in self.events):
            self.events.append(self.receive(end))

    def open_tab(self):
        target = self.ask('Target.createTarget', url='about:blank')['targetId']
        self.session = self.ask('Target.attachToTarget', targetId=target, flatten=True)['sessionId']
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.ask(domain + '.enable')

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def said(events, url):
    """What is on the console, and what was asked for besides the page."""
    for e in events:
        method, p = e.get('method'), e.get('params', {})
        if method == 'Log.entryAdded':
            yield 'console: ' + p['entry']['text'][:200]
        elif method in ('Runtime.consoleAPICalled', 'Runtime.exceptionThrown'):
            yield 'console: ' + json.dumps(p)[:200]
        elif method == 'Network.requestWillBeSent' and p['request']['url'].split('#')[0] != url:
            yield 'request: ' + p['request']['url'][:200]


def look(b, page, size, dark, folder):
    width, height, scale, mobile = SIZES[size]
    url = page.resolve().as_uri()
    b.ask('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=scale, mobile=mobile)
    b.ask('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}])
    b.events.clear()
    b.ask('Page.navigate', url=url)
    b.wait_for('Page.loadEventFired')
    answer = b.ask('Runtime.evaluate', expression=QUESTION, returnByValue=True)['result']
    found = json.loads(answer['value'])
    faults = list(said(b.events, url))
    if found['wide'] > width:  # a telephone's window would grow with it
        faults.append('%d pixels wider than the window' % (found['wide'] - width))
    if found['dark'] != dark:
        faults.append('the theme did not change')
    faults += ['little contrast: ' + x for x in found['faint']] + ['id twice: ' + x for x in found['twice'][:5]]
    if found['skips'] or found['scripts']:
        faults.append('%d headings skip a level, %d scripts' % (found['skips'], found['scripts']))
    clip = {'x': 0, 'y': 0, 'width': width, 'height': min(found['height'], 6000), 'scale': 1}
    picture = b.ask('Page.captureScreenshot', format='png', captureBeyondViewport=True, clip=clip)['data']
    name = '%s-%s-%s' % (page.stem, size, 'dark' if dark else 'light')
    (folder / (name + '.png')).write_bytes(base64.b64decode(picture))
    return name, faults


def main():
    folder, pages = pathlib.Path(sys.argv[1]), [pathlib.Path(x) for x in sys.argv[2:]]
    program = shutil.which('chromium') or shutil.which('chromium-browser')
    if not program:
        print('skip: chromium is not installed')
        print('0 passed, 0 failed, 1 skipped')
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    passed = failed = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        b = Browser(program, home)
        try:
            b.open_tab()
            for page in pages:
                for size in SIZES:
                    for dark in (False, True):
                        name, faults = look(b, page, size, dark, folder)
                        print('\n'.join(['FAIL: %s: %s' % (name, x) for x in faults] or ['ok: ' + name]))
                        passed, failed = passed + (not faults), failed + bool(faults)
        finally:
            b.end()
    print('%d passed, %d failed, 0 skipped' % (passed, failed))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
