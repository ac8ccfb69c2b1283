Hooked function.

  $ found() { osmodump -q ${3:-} $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

Libraries of one page of code. The exports of svc are read, write and thunk; app imports read and write from it, by slots
at 0x3000:

  $ cat > image.py <<'END'
  > import struct, sys
  > def headers(exports, imports):
  >     d = [(0, 0)] * 16
  >     d[0], d[1] = (0x2000, 0x200) if exports else (0, 0), (0x2000, 0x28) if imports else (0, 0)
  >     o = struct.pack('<HBBIIIIIQIIHHHHHHIIIIHHQQQQII', 0x20b, 14, 0, 0x1000, 0x1000, 0, 0x1000, 0x1000, 0x180000000, 0x1000,
  >                     0x200, 6, 0, 0, 0, 6, 0, 0, 0x4000, 0x400, 0, 3, 0, 0, 0, 0, 0, 0, 16)
  >     o += b''.join(struct.pack('<II', *x) for x in d)
  >     s = b''.join(struct.pack('<8sIIIIIIHHI', n, 0x1000, at, 0x1000, raw, 0, 0, 0, 0, flags) for n, at, raw, flags in
  >                  ((b'.text', 0x1000, 0x400, 0x60000020), (b'.rdata', 0x2000, 0x1400, 0x40000040), (b'.data', 0x3000, 0x2400, 0xc0000040)))
  >     pe = b'PE\0\0' + struct.pack('<HHIIIHH', 0x8664, 3, 0x60000000, 0, 0, len(o), 0x2022) + o + s
  >     return (b'MZ'.ljust(60, b'\0') + struct.pack('<I', 0x80) + b'\0' * 64 + pe).ljust(0x1000, b'\0')
  > def svc():
  >     t = struct.pack('<IIHHIIIIIII', 0, 0, 0, 0, 0x20a0, 1, 3, 3, 0x2040, 0x2050, 0x2060).ljust(0x40, b'\0')
  >     t += struct.pack('<IIII', 0x1000, 0x1100, 0x1200, 0) + struct.pack('<IIII', 0x2080, 0x2088, 0x2090, 0)
  >     t = (t + struct.pack('<HHH', 0, 2, 1)).ljust(0x80, b'\0')
  >     return headers(1, 0), (t + b'read\0\0\0\0thunk\0\0\0write\0\0\0').ljust(0xa0, b'\0') + b'svc.dll\0'
  > def app():
  >     t = struct.pack('<IIIII', 0x2040, 0, 0, 0x2080, 0x3000).ljust(0x40, b'\0')
  >     t = (t + struct.pack('<QQQ', 0x2090, 0x20a0, 0)).ljust(0x80, b'\0') + b'svc.dll\0'.ljust(16, b'\0')
  >     return headers(0, 1), t + b'\0\0read\0'.ljust(16, b'\0') + b'\0\0write\0'
  > for name, (head, tables) in (('svc', svc()), ('app', app())):
  >     open(name + '.head', 'wb').write(head); open(name + '.tables', 'wb').write(tables)
  > END
  $ python3 image.py
  $ process() { # NAME READ WRITE THUNK SLOTS
  > mkdump - $1 <<END
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x4000 C:\\demo\\app.exe timestamp=0x60000000
  > module 0x180000000 0x4000 C:\\demo\\svc.dll timestamp=0x60000000
  > module 0x190000000 0x4000 C:\\tools\\${SPY:-spy}.dll timestamp=0x60000001
  > memory 0x140000000 file app.head
  > memory 0x140001000 hex 8b4008c3 zero 0x10
  > memory 0x140002000 file app.tables zero 0x100
  > memory 0x140003000 u64 $5
  > memory 0x180000000 file svc.head
  > memory 0x180001000 hex $2 fill 0x20 0xc3
  > memory 0x180001100 hex $3 fill 0x20 0xc3
  > memory 0x180001200 hex $4 fill 0x20 0xc3
  > memory 0x180002000 file svc.tables zero 0x100
  > memory 0x180003000 u64 0x190001000
  > memory 0x190000000 file app.head zero 0x10
  > memory 0x190001000 fill 0x40 0xc3
  > memory 0x1a0000000 hex 48b8001000900100 0000ffe0
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > END
  > }

It has it: two functions that begin with a jump out, one of them over memory that a hooking library allocated, and imports
that are bound to another library, and to no module at all:

  $ process has 'e9fbffff0f' '48b8000000a001000000ffe0' c3 '0x180001000 0x180001100' && found has module.hooked
  1. Hooked function [module.hooked]: warning, 85 % sure
     Hooked: svc!read was patched and leads to spy+0x1000, and 1 other place leads there.
     - svc!read leads to spy+0x1000; 0000000180001000      [u 0x180001000 L1]
     - svc!write leads to spy+0x1000; 0000000180001100      [u 0x180001100 L1]
     What to do: Find whose code it leads to, and try without that product. Code of a hook runs in the place of the function: its faults look like faults of the caller.
  
  $ process slots c3 c3 c3 '0x190001010 0x1b0000000' && found slots module.hooked
  1. Hooked function [module.hooked]: warning, 85 % sure
     Hooked: the import read of app from svc.dll leads to spy+0x1010.
     - the import read of app from svc.dll leads to spy+0x1010; 0000000140003000 has 0x190001010      [dq 0x140003000 L1]
     What to do: Find whose code it leads to, and try without that product. Code of a hook runs in the place of the function: its faults look like faults of the caller.
  
  2. Hooked function [module.hooked]: warning, 80 % sure
     Hooked: the import write of app from svc.dll leads to 0x1b0000000, which is in no module.
     - the import write of app from svc.dll leads to 0x1b0000000, which is in no module; 0000000140003008 has 0x1b0000000      [dq 0x140003008 L1]
     What to do: Find whose code it leads to, and try without that product. Code of a hook runs in the place of the function: its faults look like faults of the caller.
  

A product that hooks by design is a note, and so is what a program does to itself:

  $ SPY=SbieDll process known 'e9fbffff0f' c3 c3 '0x180001000 0x180001100' && found known module.hooked && verdict known
  1. Hooked function [module.hooked]: note, 85 % sure
     Hooked: svc!read was patched and leads to SbieDll+0x1000, by design of Sandboxie.
     - svc!read leads to SbieDll+0x1000; 0000000180001000      [u 0x180001000 L1]
     What to do: Find whose code it leads to, and try without that product. Code of a hook runs in the place of the function: its faults look like faults of the caller.
  
  No problem was recognised. Hooked: svc!read was patched and leads to SbieDll+0x1000, by design of Sandboxie.
  $ process self c3 c3 c3 '0x140001000 0x180001100' && found self module.hooked && verdict self
  1. Hooked function [module.hooked]: note, 90 % sure
     Changed by itself: the import read of app from svc.dll leads to app+0x1000, in the same module.
     - the import read of app from svc.dll leads to app+0x1000; 0000000140003000 has 0x140001000      [dq 0x140003000 L1]
     What to do: Find whose code it leads to, and try without that product. Code of a hook runs in the place of the function: its faults look like faults of the caller.
  
  No problem was recognised. Changed by itself: the import read of app from svc.dll leads to app+0x1000, in the same module.

It has it not: functions that begin as compilers make them, one with a jump through a slot of its own library:

  $ process hasnot '4883ec28' c3 ff25fa1d0000 '0x180001000 0x180001100' && found hasnot module.hooked
  $ verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: a jump within the library, and imports that nobody has bound yet:

  $ process nearly e9fb000000 c3 c3 '0x2090 0x20a0' && found nearly module.hooked
  $ verdict nearly
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

With the file of the module: a program of which two places were patched, one was filled with a breakpoint, and one has a
single bit changed.

  $ mkdir bin; python3 - <<'END'
  > import struct
  > head = b'\x7fELF\2\1\1' + bytes(9) + struct.pack('<HHIQQQIHHHHHH', 2, 62, 1, 0x401000, 64, 0, 0, 64, 56, 3, 0, 0, 0)
  > head += struct.pack('<IIQQQQQQ', 1, 4, 0, 0x400000, 0x400000, 0x1000, 0x1000, 0x1000)
  > head += struct.pack('<IIQQQQQQ', 1, 5, 0x1000, 0x401000, 0x401000, 0x1000, 0x1000, 0x1000)
  > head += struct.pack('<IIQQQQQQ', 4, 4, 0x200, 0x400200, 0x400200, 36, 36, 4)
  > head = head.ljust(0x200, b'\0') + struct.pack('<III', 4, 20, 3) + b'GNU\0' + bytes(range(20))
  > code = bytearray((b'\x90' * 15 + b'\xc3') * 256)
  > open('bin/demo', 'wb').write(head.ljust(0x1000, b'\0') + code)
  > open('head', 'wb').write(head.ljust(0x1000, b'\0'))
  > open('clean', 'wb').write(code)
  > code[0x100:0x105] = b'\xe9' + struct.pack('<i', 0x200 - 0x105)
  > code[0x300:0x30c] = b'\x48\xb8' + struct.pack('<Q', 0x7f0000000000) + b'\xff\xe0'
  > code[0x400], code[0x500] = 0xcc, 0x92
  > open('patched', 'wb').write(code)
  > END
  $ core() {
  > mkdump - $1 <<END
  > elfcore x64
  > process pid=100 name=demo
  > thread 100 rip=0x401010 rsp=0x7ffc00000100
  > auxv PAGESZ=4096
  > file 0x400000 0x401000 0 /bin/demo
  > file 0x401000 0x402000 0x1000 /bin/demo
  > memory 0x400000 prot=r file head
  > memory 0x401000 prot=rx file $2
  > memory 0x7f0000000000 prot=rwx fill 0x20 0xc3
  > memory 0x7ffc00000000 prot=rw zero 0x200
  > END
  > }
  $ core file patched && found file module.hooked "--sysroot ."
  1. Hooked function [module.hooked]: warning, 88 % sure
     Code of demo is not as in its file, at 1 place: demo+0x1500, in a single bit, as a fault of memory leaves it.
     - demo+0x1500; 1 byte is not as in the file: 92, there 90; 0000000000401500      [u 0x401500 L1]
     What to do: Test the memory of the machine, and compare the file on disk with a good one.
  
  2. Hooked function [module.hooked]: warning, 80 % sure
     Hooked: demo+0x1300 was patched and leads to 0x7f0000000000, which is in no module.
     - demo+0x1300 leads to 0x7f0000000000, which is in no module; 12 bytes are not as in the file: 48 b8 00 00 00 00 00 7f 00 00 ff e0, there 90 90 90 90 90 90 90 90 90 90 90 90; 0000000000401300      [u 0x401300 L1]
     What to do: Find whose code it leads to, and try without that product. Code of a hook runs in the place of the function: its faults look like faults of the caller.
  
  3. Hooked function [module.hooked]: note, 92 % sure
     1 breakpoint is set in code of demo: demo+0x1400.
     - demo+0x1400; 1 byte is not as in the file: cc, there 90; 0000000000401400      [u 0x401400 L1]
     What to do: Find whose code it leads to, and try without that product. Code of a hook runs in the place of the function: its faults look like faults of the caller.
  
  4. Hooked function [module.hooked]: note, 90 % sure
     Changed by itself: demo+0x1100 leads to demo+0x1200, in the same module.
     - demo+0x1100 leads to demo+0x1200; 5 bytes are not as in the file: e9 fb 00 00 00, there 90 90 90 90 90; 0000000000401100      [u 0x401100 L1]
     What to do: Find whose code it leads to, and try without that product. Code of a hook runs in the place of the function: its faults look like faults of the caller.
  
  $ core unchanged clean && found unchanged module.hooked "--sysroot ."
