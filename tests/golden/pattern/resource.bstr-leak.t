Memory leak (BSTR).

  $ found() { osmodump analyze -q $1 --threshold bstr-leak.count=1000 | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it:

  $ cat > has.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > module 0x7ffb00000000 0x20000 C:\Windows\System32\oleaut32.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 1 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000 reserve=0x400000 commit=0x200000
  > heap-block 100 n=200 "no string"
  > heap-block 44 n=1500 u32 0 22 w "Hello World" u16 0 name=bstr
  > heap-block 60 n=40 u32 0 44 w "another of other length" 
  > END
  $ mkdump has.recipe has
  $ found has resource.bstr-leak
  1. Memory leak (BSTR) [resource.bstr-leak]: warning, 75 % sure (a program may mean to keep so many strings)
     BSTR leak: 1500 busy blocks hold BSTRs, 93 kB, which is 86 % of all busy blocks.
     - the length of the first of them: 22 bytes; 0000000000505eb4 has 0x16      [dd 0x505eb4 L1]
     - its text; 0000000000505eb8      [du 0x505eb8]
     - the length of the last, by address: 22 bytes; 000000000051d574 has 0x16      [dd 0x51d574 L1]
     - its text; 000000000051d578      [du 0x51d578]
     Thresholds: bstr-leak.count=1000 BSTRs, bstr-leak.percent=20 percent
     What to do: The texts tell what they are. A BSTR passed by reference must be set to null before each call that fills it, and freed with SysFreeString by who received it. DebugDiag's leak tracking names the allocating function.
  

It has it, 32 bit:

  $ cat > has32.recipe <<'END'
  > minidump x86
  > system windows 10.0.19045 cpus=4
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x400000 0x10000 C:\demo\app.exe
  > module 0x77000000 0x20000 C:\Windows\System32\ntdll.dll
  > module 0x78000000 0x20000 C:\Windows\System32\oleaut32.dll
  > memory 0x300000 u32 0 0x110000 0x100000 at 0x300018 u32 0x300000 at 0x300020 u32 0x1100 0x1198
  >   at 0x300030 u32 0x301000 at 0x300080 u32 0
  > memory 0x301000 u8 0 0 0 0 at 0x301008 u32 0x400000 at 0x301018 u32 0x500000
  >   at 0x301088 u32 1 16 0x302000 at 0x301100 u32 0
  > memory 0x302000 u32 0x500000
  > thread 0x1198 teb=0x300000 eip=0x401000 esp=0x10f000
  > nt-heap 0x500000 reserve=0x400000 commit=0x200000
  > heap-block 100 n=200 "no string"
  > heap-block 32 n=1500 u32 22 w "Hello World" u16 0 name=bstr
  > END
  $ mkdump has32.recipe has32
  $ found has32 resource.bstr-leak
  1. Memory leak (BSTR) [resource.bstr-leak]: warning, 75 % sure (a program may mean to keep so many strings)
     BSTR leak: 1500 busy blocks hold BSTRs, 58 kB, which is 88 % of all busy blocks.
     - the length of the first of them: 22 bytes; 00505c20 has 0x16      [dd 0x505c20 L1]
     - its text; 00505c24      [du 0x505c24]
     - the length of the last, by address: 22 bytes; 00514658 has 0x16      [dd 0x514658 L1]
     - its text; 0051465c      [du 0x51465c]
     Thresholds: bstr-leak.count=1000 BSTRs, bstr-leak.percent=20 percent
     What to do: The texts tell what they are. A BSTR passed by reference must be set to null before each call that fills it, and freed with SysFreeString by who received it. DebugDiag's leak tracking names the allocating function.
  

It has it not: texts without a length in front of them:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > module 0x7ffb00000000 0x20000 C:\Windows\System32\oleaut32.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 1 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000 reserve=0x400000 commit=0x200000
  > heap-block 44 n=1500 wz "Hello World"
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot resource.bstr-leak

It nearly has it: lengths that do not fit, bytes that are no text, too few, and no oleaut32:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > module 0x7ffb00000000 0x20000 C:\Windows\System32\oleaut32.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 1 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000 reserve=0x400000 commit=0x200000
  > heap-block 44 n=1500 u32 0 24 w "Hello World" u16 1 1
  > heap-block 104 n=1500 u32 0 22 w "Hello World" u16 0
  > heap-block 44 n=1500 u32 0 22 w "Hello" u16 0 w "World" u16 0
  > heap-block 44 n=900 u32 0 22 w "Hello World" u16 0
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly resource.bstr-leak

It nearly has it: the same as the first without oleaut32:

  $ cat > other.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 1 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000 reserve=0x400000 commit=0x200000
  > heap-block 100 n=200 "no string"
  > heap-block 44 n=1500 u32 0 22 w "Hello World" u16 0 name=bstr
  > heap-block 60 n=40 u32 0 44 w "another of other length" 
  > END
  $ mkdump other.recipe other
  $ found other resource.bstr-leak
