# SPDX-License-Identifier: MIT
"""Recipes: text that says what a dump is to hold.

A recipe is lines of words. A line that starts with a blank continues the one
before. '#' starts a comment. Words are parsed as in a shell: "..." keeps
blanks; in quotes \\n \\t \\0 \\xNN \\\\ \\" are escapes. NAME=VALUE words are
options, the rest are positional.
"""

import re
import struct
import sys


class RecipeError(Exception):
    pass


WORD = re.compile(r'\s*(#.*|(?:[^\s"#]|"(?:[^"\\]|\\.)*")+|"[^"]*$)')
COMPLETE = re.compile(r'(?:[^\s"#]|"(?:[^"\\]|\\.)*")+')
ESCAPES = {'n': '\n', 't': '\t', '0': '\0', 'r': '\r'}


def unescape(quoted):
    def one(m):
        if m.group(1):
            return chr(int(m.group(1), 16))
        return ESCAPES.get(m.group(2), m.group(2))
    return re.sub(r'\\(?:x([0-9a-fA-F]{2})|(.))', one, quoted)


class Word(str):
    """A word; `quoted` tells text from a keyword or number."""
    quoted = False


def split_words(text):
    words, at = [], 0
    while True:
        m = WORD.match(text, at)
        if not m or m.group(1).startswith('#'):
            break
        at = m.end()
        raw = m.group(1)
        if not COMPLETE.fullmatch(raw):
            raise RecipeError('text without its closing quote')
        out = Word(re.sub(r'"((?:[^"\\]|\\.)*)"', lambda q: unescape(q.group(1)), raw))
        out.quoted = raw.startswith('"')
        words.append(out)
    return words


class Line:
    def __init__(self, number, words):
        self.number = number
        self.verb = str(words[0])
        self.words = []
        self.options = {}
        for w in words[1:]:
            m = None if w.quoted else re.match(r'([A-Za-z_][\w.-]*)=(.*)$', w, re.S)
            if m:
                self.options[m.group(1)] = m.group(2)
            else:
                self.words.append(w)


class Recipe:
    """The lines after the first; the first one's words are `kind` and `args`."""

    def __init__(self, text, folder='.'):
        self.folder = folder
        self.names = {}
        self.lines = []
        pending = None
        for number, raw in enumerate(text.split('\n'), 1):
            try:
                words = split_words(raw)
            except RecipeError as e:
                raise RecipeError('line %d: %s' % (number, e))
            if not words:
                continue
            if raw[:1] in ' \t' and pending:
                pending[1].extend(words)
                continue
            pending = (number, words)
            self.lines.append(pending)
        if not self.lines:
            raise RecipeError('an empty recipe')
        self.lines = [Line(n, w) for n, w in self.lines]
        first = self.lines.pop(0)
        self.kind = first.verb
        self.args = [str(w) for w in first.words]
        self.options = first.options

    def number(self, word):
        """A sum of numbers and $names: 0x1000, $stack+0x20-8."""
        total = 0
        parts = re.findall(r'([+-]?)\s*(\$?[\w.]+)', str(word).lstrip('@'))
        if not parts:
            raise RecipeError('not a number: %r' % str(word))
        for sign, part in parts:
            if part.startswith('$'):
                if part[1:] not in self.names:
                    raise RecipeError('no "let" for %s' % part)
                value = self.names[part[1:]]
            else:
                try:
                    value = int(part, 0)
                except ValueError:
                    raise RecipeError('not a number: %r' % str(word))
            total += -value if sign == '-' else value
        return total


def guid_bytes(text, big=False):
    """The 16 bytes of a GUID as Windows stores it."""
    h = re.sub(r'[^0-9a-fA-F]', '', text)
    if len(h) != 32:
        raise RecipeError('not a GUID: %r' % text)
    a, b, c = int(h[:8], 16), int(h[8:12], 16), int(h[12:16], 16)
    return struct.pack('>IHH' if big else '<IHH', a, b, c) + bytes.fromhex(h[16:])


class Block:
    """A stretch of memory: an address and its bytes."""

    def __init__(self, address):
        self.address = address
        self.data = bytearray()

    @property
    def end(self):
        return self.address + len(self.data)


def memory_blocks(recipe, words, pointer, big=False):
    """The words of a `memory` line: an address, then what lies there.

    Returns the blocks: `exclude` and a forward `at` after it leave holes.
    """
    words = list(words)
    if not words:
        raise RecipeError('memory: no address')
    blocks = [Block(recipe.number(words.pop(0)))]

    def take(what):
        if not words:
            raise RecipeError('memory: %s needs a value' % what)
        return words.pop(0)

    def numbers(size):
        while words and not words[0].quoted and re.match(r'[-+@$0-9]', words[0]):
            value = recipe.number(words.pop(0)) & ((1 << 8 * size) - 1)
            blocks[-1].data += value.to_bytes(size, 'big' if big else 'little')

    sizes = {'u8': 1, 'u16': 2, 'u32': 4, 'u64': 8, 'ptr': pointer}
    while words:
        w = words.pop(0)
        b = blocks[-1]
        if w.quoted:
            b.data += w.encode('utf-8')
        elif w in sizes:
            numbers(sizes[w])
        elif w == 'z':
            b.data += take(w).encode('utf-8') + b'\0'
        elif w in ('w', 'wz'):
            b.data += take(w).encode('utf-16-be' if big else 'utf-16-le')
            b.data += b'\0\0' if w == 'wz' else b''
        elif w == 'hex':
            while words and not words[0].quoted and re.match(r'([0-9a-fA-F]{2})+$', words[0]):
                b.data += bytes.fromhex(words.pop(0))
        elif w == 'zero':
            b.data += bytes(recipe.number(take(w)))
        elif w == 'fill':
            n = recipe.number(take(w))
            b.data += bytes([recipe.number(take(w)) & 0xff]) * n
        elif w == 'align':
            n = recipe.number(take(w))
            b.data += bytes(-b.end % n)
        elif w == 'at':
            to = recipe.number(take(w))
            if to < b.end:
                raise RecipeError('memory: at 0x%x is behind 0x%x' % (to, b.end))
            b.data += bytes(to - b.end)
        elif w == 'exclude':
            blocks.append(Block(b.end + recipe.number(take(w))))
        elif w == 'file':
            with open('%s/%s' % (recipe.folder, take(w)), 'rb') as f:
                b.data += f.read()
        else:
            raise RecipeError('memory: %r is not known' % str(w))
    return [b for b in blocks if b.data]


def run_lines(recipe, handlers):
    """Calls handlers[verb](line) for each line; tells the line of an error."""
    for line in recipe.lines:
        if line.verb == 'let':
            for name, value in line.options.items():
                recipe.names[name] = recipe.number(value)
            continue
        handler = handlers.get(line.verb)
        try:
            if not handler:
                raise RecipeError('%r is not known here' % line.verb)
            handler(line)
        except RecipeError as e:
            raise RecipeError('line %d: %s' % (line.number, e))
        except (ValueError, IndexError, KeyError, struct.error, OverflowError) as e:
            raise RecipeError('line %d: %s: %s' % (line.number, type(e).__name__, e))


def patched(recipe, data, lines):
    """The damage that every kind of dump understands: patch, truncate."""
    data = bytearray(data)
    for line in lines:
        if line.verb == 'patch':
            at = recipe.number(line.words[0])
            new = bytes.fromhex(''.join(line.words[1:]))
            if at + len(new) > len(data):
                raise RecipeError('line %d: patch past the end' % line.number)
            data[at:at + len(new)] = new
        else:
            n = recipe.number(line.words[0])
            data = data[:n if n >= 0 else len(data) + n]
    return bytes(data)


def warn(text):
    sys.stderr.write('mkdump: %s\n' % text)
