Versions that do not fit.

  $ found() { osmodump -q ${3:-} $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: two libraries of one product with different versions, as an update that did not replace both leaves them:

  $ cat > image.py <<'END'
  > import struct, sys
  > def block(key, value=b'', text=False, children=()):
  >     b = struct.pack('<HHH', 0, len(value) // (2 if text else 1), text) + (key + '\0').encode('utf-16le')
  >     b = b.ljust((len(b) + 3) & ~3, b'\0') + value
  >     for c in children:
  >         b = b.ljust((len(b) + 3) & ~3, b'\0') + c
  >     return struct.pack('<H', len(b)) + b[2:]
  > def resource(company, product, major, minor):
  >     string = lambda k, v: block(k, (v + '\0').encode('utf-16le'), True)
  >     fixed = struct.pack('<13I', 0xfeef04bd, 0x10000, *2 * (major << 16 | minor, 0), 63, 0, 4, 2, 0, 0, 0)
  >     v = block('VS_VERSION_INFO', fixed, False, [block('StringFileInfo', b'', True, [
  >         block('040904b0', b'', True, [string('CompanyName', company), string('ProductName', product)])])])
  >     d = b''
  >     for level, entry in enumerate((16, 1, 0x409)):
  >         d += struct.pack('<IIHHHHII', 0, 0, 0, 0, 0, 1, entry, (len(d) + 24) | (0x80000000 if level < 2 else 0))
  >     return d + struct.pack('<IIII', 0x1000 + len(d) + 16, len(v), 0, 0) + v
  > def image(*words):
  >     r = resource(*words)
  >     d = [(0, 0), (0, 0), (0x1000, len(r))] + [(0, 0)] * 13
  >     o = struct.pack('<HBBIIIIIQIIHHHHHHIIIIHHQQQQII', 0x20b, 14, 0, 0, 0x1000, 0, 0, 0x1000, 0x180000000, 0x1000,
  >                     0x200, 6, 0, 0, 0, 6, 0, 0, 0x2000, 0x400, 0, 3, 0, 0, 0, 0, 0, 0, 16) + b''.join(struct.pack('<II', *x) for x in d)
  >     pe = b'PE\0\0' + struct.pack('<HHIIIHH', 0x8664, 1, 0x60000000, 0, 0, len(o), 0x2022) + o
  >     pe += struct.pack('<8sIIIIIIHHI', b'.rsrc', 0x1000, 0x1000, 0x1000, 0x400, 0, 0, 0, 0, 0x40000040)
  >     return (b'MZ'.ljust(60, b'\0') + struct.pack('<I', 0x80) + b'\0' * 64 + pe).ljust(0x1000, b'\0') + r
  > for name, *words in (('v1', 'Acme', 'Acme Orders', 1, 2), ('v2', 'Acme', 'Acme Orders', 1, 3), ('other', 'Acme', 'Acme Stock', 2, 0),
  >                      ('sys1', 'Microsoft Corporation', 'Office', 1, 2), ('sys2', 'Microsoft Corporation', 'Office', 1, 3)):
  >     open(name, 'wb').write(image(*words))
  > END
  $ python3 image.py
  $ process() { # NAME FIRST SECOND
  > mkdump - $1 <<END
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x2000 C:\\demo\\app.exe
  > module 0x180000000 0x2000 C:\\demo\\orders.dll timestamp=0x60000000
  > module 0x190000000 0x2000 C:\\demo\\stock.dll timestamp=0x60000000
  > memory 0x140001000 hex 8b4008c3 zero 0x10
  > memory 0x180000000 file $2
  > memory 0x190000000 file $3
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > END
  > }
  $ process has v1 v2 && found has module.version-mismatch
  1. Versions that do not fit [module.version-mismatch]: note, 88 % sure
     Product Acme Orders is loaded in different versions: orders.dll has 1.2.0.0 and stock.dll has 1.3.0.0.
     - C:\demo\orders.dll, of version 1.2.0.0; 0000000180000000      [lmv a 0x180000000]
     - C:\demo\stock.dll, of version 1.3.0.0; 0000000190000000      [lmv a 0x190000000]
     What to do: Install the product whole, or bind everything to one version of the library. For files that do not fit, get those of the build that ran: stacks and symbols of a wrong file mislead.
  

Of Linux libraries the names tell:

  $ core() { # NAME FIRST SECOND
  > mkdump - $1 <<END
  > elfcore x64
  > process pid=100 name=demo
  > thread 100 rip=0x401010 rsp=0x7ffc00000100
  > auxv PAGESZ=4096
  > file 0x401000 0x402000 0x1000 /bin/demo
  > file 0x7f0000000000 0x7f0000001000 0 /usr/lib/$2
  > file 0x7f0000100000 0x7f0000101000 0 /usr/lib/$3
  > memory 0x401000 prot=rx fill 0x1000 0x90
  > memory 0x7f0000000000 prot=r hex 7f454c46020101 zero 0x40
  > memory 0x7f0000100000 prot=r hex 7f454c46020101 zero 0x40
  > memory 0x7ffc00000000 prot=rw zero 0x200
  > END
  > }
  $ core ssl libssl.so.1.1 libssl.so.3 && found ssl module.version-mismatch
  1. Versions that do not fit [module.version-mismatch]: note, 88 % sure
     Library libssl is loaded in different versions: libssl.so.1.1 and libssl.so.3.
     - /usr/lib/libssl.so.1.1; 00007f0000000000      [lmv a 0x7f0000000000]
     - /usr/lib/libssl.so.3; 00007f0000100000      [lmv a 0x7f0000100000]
     What to do: Install the product whole, or bind everything to one version of the library. For files that do not fit, get those of the build that ran: stacks and symbols of a wrong file mislead.
  
  $ core soup libsoup-2.4.so.1 libsoup-3.0.so.0 && found soup module.version-mismatch
  1. Versions that do not fit [module.version-mismatch]: note, 88 % sure
     Library libsoup is loaded in different versions: libsoup-2.4.so.1 and libsoup-3.0.so.0.
     - /usr/lib/libsoup-2.4.so.1; 00007f0000000000      [lmv a 0x7f0000000000]
     - /usr/lib/libsoup-3.0.so.0; 00007f0000100000      [lmv a 0x7f0000100000]
     What to do: Install the product whole, or bind everything to one version of the library. For files that do not fit, get those of the build that ran: stacks and symbols of a wrong file mislead.
  

The file at hand is another build:

  $ mkdir -p root/bin; python3 - <<'END'
  > import struct
  > def image(n):
  >     head = b'\x7fELF\2\1\1' + bytes(9) + struct.pack('<HHIQQQIHHHHHH', 2, 62, 1, 0x401000, 64, 0, 0, 64, 56, 3, 0, 0, 0)
  >     head += struct.pack('<IIQQQQQQ', 1, 4, 0, 0x400000, 0x400000, 0x1000, 0x1000, 0x1000)
  >     head += struct.pack('<IIQQQQQQ', 1, 5, 0x1000, 0x401000, 0x401000, 0x1000, 0x1000, 0x1000)
  >     head += struct.pack('<IIQQQQQQ', 4, 4, 0x200, 0x400200, 0x400200, 36, 36, 4)
  >     return (head.ljust(0x200, b'\0') + struct.pack('<III', 4, 20, 3) + b'GNU\0' + bytes([n] * 20)).ljust(0x1000, b'\0')
  > open('head', 'wb').write(image(7)); open('root/bin/demo', 'wb').write(image(8) + b'\x90' * 0x1000)
  > END
  $ mkdump - file <<'END'
  > elfcore x64
  > process pid=100 name=demo
  > thread 100 rip=0x401010 rsp=0x7ffc00000100
  > auxv PAGESZ=4096
  > file 0x400000 0x401000 0 /bin/demo
  > file 0x401000 0x402000 0x1000 /bin/demo
  > memory 0x400000 prot=r file head
  > memory 0x401000 prot=rx fill 0x1000 0x90
  > memory 0x7ffc00000000 prot=rw zero 0x200
  > END
  $ found file module.version-mismatch "--sysroot root"
  1. Versions that do not fit [module.version-mismatch]: note, 92 % sure
     demo: the file at hand is another build than the one that was loaded.
     - /bin/demo; here there is root/bin/demo; 0000000000400000      [lmv a 0x400000]
     What to do: Install the product whole, or bind everything to one version of the library. For files that do not fit, get those of the build that ran: stacks and symbols of a wrong file mislead.
  

It has it not: libraries of two products, or of one version:

  $ process hasnot v1 other && found hasnot module.version-mismatch; verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.
  $ process same v1 v1 && found same module.version-mismatch; verdict same
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: parts of a system's maker, which have many versions; names that are not the same without their version:

  $ process nearly sys1 sys2 && found nearly module.version-mismatch; verdict nearly
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.
  $ core names libssl.so.3 libssl3.so.1 && found names module.version-mismatch; verdict names
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.
