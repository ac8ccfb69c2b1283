Missing symbols.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

Names of the system's functions:

  $ named() { osmodump -q -y symbols $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ mkdir -p symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1/ntdll.sym <<'END'
  > MODULE windows x86_64 5A9832E5287241C1838ED98914E9B7FF1 ntdll.pdb
  > PUBLIC 1000 0 LdrpInitializeProcess
  > PUBLIC 2000 0 NtWaitForSingleObject
  > END

It has it: eight frames without a name:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x180000000 0x10000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x10f000 zero 0x100
  > memory 0x110000 zero 0x100
  > memory 0x111000 zero 0x100
  > memory 0x112000 zero 0x100
  > memory 0x113000 zero 0x100
  > memory 0x114000 zero 0x100
  > memory 0x115000 zero 0x100
  > memory 0x116000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x180001010
  > thread 0x15 stack=0x110000 rsp=0x110000 rip=0x180001010
  > thread 0x16 stack=0x111000 rsp=0x111000 rip=0x180001010
  > thread 0x17 stack=0x112000 rsp=0x112000 rip=0x180001010
  > thread 0x18 stack=0x113000 rsp=0x113000 rip=0x180001010
  > thread 0x19 stack=0x114000 rsp=0x114000 rip=0x180001010
  > thread 0x1a stack=0x115000 rsp=0x115000 rip=0x180001010
  > thread 0x1b stack=0x116000 rsp=0x116000 rip=0x180001010
  > END
  $ mkdump has.recipe has
  $ found has quality.missing-symbols
  2. Missing symbols [quality.missing-symbols]: note, 85 % sure
     Symbols are missing: 8 of the 8 frames of all stacks have no function's name.
     - ntdll.dll, frames: 8; get ntdll.pdb 5A9832E5287241C1838ED98914E9B7FF1; 0000000180000000      [lmv a 0x180000000]
     Thresholds: missing-symbols.share=50 percent, missing-symbols.frames=8 frames
     What to do: Give the folder or server that has these files (-y, .sympath); .symlist has where a server keeps them. Without them stacks on x86 are guessed, and patterns that go by names of functions cannot see anything.
  

It has it not: the symbols are there:

  $ named has quality.missing-symbols

It nearly has it: too few frames to tell:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x180000000 0x10000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x10f000 zero 0x100
  > memory 0x110000 zero 0x100
  > memory 0x111000 zero 0x100
  > memory 0x112000 zero 0x100
  > memory 0x113000 zero 0x100
  > memory 0x114000 zero 0x100
  > memory 0x115000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x180001010
  > thread 0x15 stack=0x110000 rsp=0x110000 rip=0x180001010
  > thread 0x16 stack=0x111000 rsp=0x111000 rip=0x180001010
  > thread 0x17 stack=0x112000 rsp=0x112000 rip=0x180001010
  > thread 0x18 stack=0x113000 rsp=0x113000 rip=0x180001010
  > thread 0x19 stack=0x114000 rsp=0x114000 rip=0x180001010
  > thread 0x1a stack=0x115000 rsp=0x115000 rip=0x180001010
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly quality.missing-symbols
