High contention.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: 472230 times, and one waits now:

  $ cat > has.recipe <<'END'
  > minidump x86
  > system windows 5.2.3790 text="Service Pack 2" cpus=1
  > module 0x400000 0x10000 C:\demo\printer.exe
  > module 0x7c800000 0xc0000 C:\WINDOWS\system32\ntdll.dll timestamp=0x45d70ad8
  > memory 0x7c8880c0 ptr 0x200000 u32 0xffffffff 0 0 0 0
  > memory 0x107cddd8 ptr 0x200020 u32 0xfffffffa 1 0x1198 0 0
  > memory 0x200000 u32 0 0x7c8880c0 0x200028 0x200028 0 0 0 0
  >   u32 0 0x107cddd8 0x200008 0x200008 0x80000 472230 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x1198
  >   at 0x7ffdd030 u32 0x7ffdf000 2 1 zero 0x20
  > memory 0x7ffdf000 u8 0 0 1 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0x7c8880c0 zero 0x20
  > thread 0x1194 teb=0x7ffdd000 eip=0x401000 esp=0x12f000
  > thread 0x1198 eip=0x401000 esp=0x12f000
  > thread 0x119c eip=0x401000 esp=0x12f000
  > END
  $ mkdump has.recipe has
  $ found has wait.high-contention
  1. High contention (critical sections) [wait.high-contention]: warning, 75 % sure
     High contention: threads had to wait for critical section 0x107cddd8 472230 times, and 1 waits now.
     - 0x107cddd8: ContentionCount 472230, EntryCount 524288; 107cddd8      [!cs 0x107cddd8]
     - its owner now is thread 1 (tid 0x1198)      [~1k]
     Thresholds: contention.count=100000 times
     What to do: Compare the count of two dumps. Shorten what is done in the section, split it by data, or use a reader-writer lock.
  

It has it not:

  $ cat > hasnot.recipe <<'END'
  > minidump x86
  > system windows 5.2.3790 text="Service Pack 2" cpus=1
  > module 0x400000 0x10000 C:\demo\printer.exe
  > module 0x7c800000 0xc0000 C:\WINDOWS\system32\ntdll.dll timestamp=0x45d70ad8
  > memory 0x7c8880c0 ptr 0x200000 u32 0xffffffff 0 0 0 0
  > memory 0x107cddd8 ptr 0x200020 u32 0xfffffffe 1 0x1198 0 0
  > memory 0x200000 u32 0 0x7c8880c0 0x200028 0x200028 0 0 0 0
  >   u32 0 0x107cddd8 0x200008 0x200008 0x80000 12 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x1198
  >   at 0x7ffdd030 u32 0x7ffdf000 2 1 zero 0x20
  > memory 0x7ffdf000 u8 0 0 1 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0x7c8880c0 zero 0x20
  > thread 0x1194 teb=0x7ffdd000 eip=0x401000 esp=0x12f000
  > thread 0x1198 eip=0x401000 esp=0x12f000
  > thread 0x119c eip=0x401000 esp=0x12f000
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot wait.high-contention

It nearly has it: a few less than contention.count, until that is lowered:

  $ cat > nearly.recipe <<'END'
  > minidump x86
  > system windows 5.2.3790 text="Service Pack 2" cpus=1
  > module 0x400000 0x10000 C:\demo\printer.exe
  > module 0x7c800000 0xc0000 C:\WINDOWS\system32\ntdll.dll timestamp=0x45d70ad8
  > memory 0x7c8880c0 ptr 0x200000 u32 0xffffffff 0 0 0 0
  > memory 0x107cddd8 ptr 0x200020 u32 0xfffffffe 1 0x1198 0 0
  > memory 0x200000 u32 0 0x7c8880c0 0x200028 0x200028 0 0 0 0
  >   u32 0 0x107cddd8 0x200008 0x200008 0x80000 99999 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x1198
  >   at 0x7ffdd030 u32 0x7ffdf000 2 1 zero 0x20
  > memory 0x7ffdf000 u8 0 0 1 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0x7c8880c0 zero 0x20
  > thread 0x1194 teb=0x7ffdd000 eip=0x401000 esp=0x12f000
  > thread 0x1198 eip=0x401000 esp=0x12f000
  > thread 0x119c eip=0x401000 esp=0x12f000
  > END
  $ mkdump nearly.recipe nearly
  $ osmodump -q nearly -c '!analyze -t contention.count=99999' | grep High
  2. High contention (critical sections) [wait.high-contention]: note, 60 % sure (the count is of the whole life of the section, and nobody waits now)
     High contention: threads had to wait for critical section 0x107cddd8 99999 times.
  $ found nearly wait.high-contention
