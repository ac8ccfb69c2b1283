# SPDX-License-Identifier: MIT
"""Line charts with logarithmic axes as SVG, readable on light and dark ground, without anything from elsewhere."""
import html
import math

# name: colour on light, on dark ground, dashes
STYLES = {
    'gcore': ('#b3261e', '#ff8a80', ''),
    'stop and write': ('#b26a00', '#ffb74d', '7 3'),
    'fork()': ('#5f6b7a', '#b0bec5', '2 3'),
    'clone': ('#1558b0', '#82b1ff', ''),
    'precopy': ('#1b7a3d', '#69d58c', '10 3 2 3'),
}
PANEL_WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 330, 320, 84, 68, 92, 58


def duration(ms):
    """As short as it reads well."""
    for unit, size in (('s', 1000), ('ms', 1)):
        if ms >= size:
            v = ms / size
            return f'{v:.0f} {unit}' if v >= 10 else f'{v:.1f} {unit}'.replace('.0 ', ' ')
    return f'{ms * 1000:.0f} µs'


def dashes():
    return ''.join(f'path.s{i}{{stroke-dasharray:{s[2]}}}' for i, s in enumerate(STYLES.values()) if s[2])


def colours(ground, ink, soft, grid, paper):
    """The same rules for a light and a dark ground; no variables: not every reader of SVG knows them."""
    return f'.ground{{fill:{paper}}}text{{fill:{ink}}}text.soft{{fill:{soft}}}.grid{{stroke:{grid}}}' + ''.join(
        f'path.s{i}{{stroke:{s[ground]}}}circle.s{i},text.s{i}{{fill:{s[ground]}}}' for i, s in enumerate(STYLES.values()))


class Panel:
    """One chart: points are {name: {x: ms}}."""

    def __init__(self, title, label, points, shown):
        self.title, self.label, self.shown = title, label, shown
        self.points = {n: p for n, p in points.items() if p}
        self.xs = sorted({x for p in self.points.values() for x in p})

    def values(self):
        return [v for p in self.points.values() for v in p.values()]


class Chart:
    def __init__(self, title, said, panels):
        self.title, self.said, self.panels = title, said, [p for p in panels if p.xs]
        values = [v for p in self.panels for v in p.values()]
        self.low = 10 ** math.floor(math.log10(max(min(values), 0.001)))
        self.high = 10 ** math.ceil(math.log10(max(values) * 1.01))
        self.out = []

    def y(self, ms):
        share = math.log10(max(ms, self.low) / self.low) / math.log10(self.high / self.low)
        return TOP + HEIGHT * (1 - share)

    def text(self, x, y, words, kind='', anchor='start', more=''):
        self.out.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}"{more}>{html.escape(words)}</text>')

    def head(self, width, height):
        self.out += [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            'font-family="system-ui, sans-serif" font-size="13" role="img">',
            f'<title>{html.escape(self.title)}</title><desc>{html.escape(self.said)}</desc>',
            '<style>.big{font-weight:600;font-size:15px}.mid{font-weight:600}.small{font-size:11px}.v{font-size:12px}',
            'path{fill:none;stroke-width:2}.grid{stroke-width:1}' + dashes(),
            colours(0, '#1f2328', '#59636e', '#d1d9e0', '#ffffff'),
            '@media(prefers-color-scheme:dark){' + colours(1, '#e6edf3', '#9198a1', '#3d444d', '#0d1117') + '}</style>',
            f'<rect class="ground" width="{width}" height="{height}" rx="6"/>']

    def legend(self, names):
        x = LEFT
        for name in names:
            i = list(STYLES).index(name)
            self.out.append(f'<path class="s{i}" d="M{x} 45h26"/><circle class="s{i}" cx="{x + 13}" cy="45" r="3.5"/>')
            self.text(x + 32, 49, name)
            x += 54 + 7.2 * len(name)

    def axes(self, panel, left):
        decade = self.low
        while decade <= self.high * 1.01:
            y = self.y(decade)
            self.out.append(f'<line class="grid" x1="{left}" x2="{left + PANEL_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
            self.text(left - 8, y + 4, duration(decade), 'soft', 'end')
            decade *= 10
        self.text(left + PANEL_WIDTH / 2, TOP + HEIGHT + 40, panel.label, 'soft', 'middle')
        middle = TOP + HEIGHT / 2
        self.text(left - 68, middle, 'standing still', 'soft', 'middle', f' transform="rotate(-90 {left - 68} {middle})"')

    def labels_of(self, panel):
        """Heights for the values at the line ends, so that none hides another."""
        ends = sorted((self.y(p[max(p)]), name) for name, p in panel.points.items())
        placed, last = {}, -99
        for y, name in ends:
            last = max(y, last + 14)
            placed[name] = last
        return placed

    def draw(self, panel, left):
        log = [math.log(x) for x in panel.xs]
        span = (log[-1] - log[0]) or 1

        def at(x):
            return left + 12 + (math.log(x) - log[0]) / span * (PANEL_WIDTH - 24)

        self.axes(panel, left)
        for x in panel.xs:
            self.text(at(x), TOP + HEIGHT + 20, panel.shown(x), 'soft', 'middle')
        labels = self.labels_of(panel)
        for name, points in panel.points.items():
            i = list(STYLES).index(name)
            line = sorted(points.items())
            d = ' '.join(f'{"L" if n else "M"}{at(x):.1f} {self.y(ms):.1f}' for n, (x, ms) in enumerate(line))
            self.out.append(f'<path class="s{i}" d="{d}"/>')
            for x, ms in line:
                self.out.append(f'<circle class="s{i}" cx="{at(x):.1f}" cy="{self.y(ms):.1f}" r="3.5">'
                                f'<title>{html.escape(name)}, {panel.shown(x)}: {duration(ms)}</title></circle>')
            x, ms = line[-1]
            self.text(at(x) + 16, labels[name] + 4, duration(ms), f'v s{i}')

    def svg(self):
        width, height = len(self.panels) * (LEFT + PANEL_WIDTH + RIGHT), TOP + HEIGHT + BOTTOM + 14
        self.head(width, height)
        self.text(LEFT, 24, self.title, 'big')
        self.legend([n for n in STYLES if any(n in p.points for p in self.panels)])
        for n, panel in enumerate(self.panels):
            left = n * (LEFT + PANEL_WIDTH + RIGHT) + LEFT
            self.text(left, TOP - 12, panel.title, 'mid')
            self.draw(panel, left)
        self.text(LEFT, height - 8, self.said, 'soft small')
        return '\n'.join(self.out) + '\n</svg>\n'


def write(path, title, said, panels):
    """`said` names the machine and the day: what the figures are worth."""
    with open(path, 'w', encoding='utf-8') as f:
        f.write(Chart(title, said, panels).svg())
