Critical section corruption.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: a section that was overwritten, LockCount -69154612:

  $ cat > has.recipe <<'END'
  > minidump x86
  > system windows 5.2.3790 text="Service Pack 2" cpus=1
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x400000 0x10000 C:\demo\printer.exe
  > module 0x7c800000 0xc0000 C:\WINDOWS\system32\ntdll.dll timestamp=0x45d70ad8
  > memory 0x7c8880c0 ptr 0x200000 u32 0xffffffff 0 0 0 0
  > memory 0x107cddd8 ptr 0x200020 u32 4225812684 276618309 0x107cdd36 0 0
  > memory 0x200000 u32 0 0x7c8880c0 0x200028 0x200028 0 0 0 0
  >   u32 0 0x107cddd8 0x200008 0x200008 0 0 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x1198
  >   at 0x7ffdd030 u32 0x7ffdf000 2 1 zero 0x20
  > memory 0x7ffdf000 u8 0 0 1 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0x7c8880c0 zero 0x20
  > thread 0x1194 teb=0x7ffdd000 eip=0x401000 esp=0x12f000
  > thread 0x1198 eip=0x401000 esp=0x12f000
  > thread 0x119c eip=0x401000 esp=0x12f000
  > END
  $ mkdump has.recipe has
  $ found has corruption.critical-section
  1. Critical section corruption [corruption.critical-section]: problem, 88 % sure
     Critical section corruption: critical section at 0x107cddd8 holds what no program can have put there: OwningThread 0x107cdd36 is no thread but an address near the section: the memory was overwritten (LockCount -69154612 would mean 17288652 waiting threads).
     - OwningThread 0x107cdd36 is no thread but an address near the section: the memory was overwritten (LockCount -69154612 would mean 17288652 waiting threads); 107cddd8      [!cs 0x107cddd8]
     - owner of critical section at 0x107cddd8: nobody who is known; 107cdde4 has 0x107cdd36      [dd 0x107cdde4 L1]
     What to do: Look at the memory around the section (dps, db) for the data of another object, and find who owns that. Page heap finds the writer when it happens again.
  

  $ verdict has
  Critical section corruption: critical section at 0x107cddd8 holds what no program can have put there: OwningThread 0x107cdd36 is no thread but an address near the section: the memory was overwritten (LockCount -69154612 would mean 17288652 waiting threads).

It has it not: a section that is held, and nobody waits (LockCount -2):

  $ cat > hasnot.recipe <<'END'
  > minidump x86
  > system windows 5.2.3790 text="Service Pack 2" cpus=1
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x400000 0x10000 C:\demo\printer.exe
  > module 0x7c800000 0xc0000 C:\WINDOWS\system32\ntdll.dll timestamp=0x45d70ad8
  > memory 0x7c8880c0 ptr 0x200000 u32 0xffffffff 0 0 0 0
  > memory 0x107cddd8 ptr 0x200020 u32 0xfffffffe 1 0x1198 0 0
  > memory 0x200000 u32 0 0x7c8880c0 0x200028 0x200028 0 0 0 0
  >   u32 0 0x107cddd8 0x200008 0x200008 0 0 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x1198
  >   at 0x7ffdd030 u32 0x7ffdf000 2 1 zero 0x20
  > memory 0x7ffdf000 u8 0 0 1 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0x7c8880c0 zero 0x20
  > thread 0x1194 teb=0x7ffdd000 eip=0x401000 esp=0x12f000
  > thread 0x1198 eip=0x401000 esp=0x12f000
  > thread 0x119c eip=0x401000 esp=0x12f000
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot corruption.critical-section
  $ verdict hasnot
  The dump is partial: it has 1 kB of memory, and the stacks of 0 of 3 threads.

It nearly has it: the owner is a thread id, of a thread that is gone; that is an orphaned section:

  $ cat > nearly.recipe <<'END'
  > minidump x86
  > system windows 5.2.3790 text="Service Pack 2" cpus=1
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x400000 0x10000 C:\demo\printer.exe
  > module 0x7c800000 0xc0000 C:\WINDOWS\system32\ntdll.dll timestamp=0x45d70ad8
  > memory 0x7c8880c0 ptr 0x200000 u32 0xffffffff 0 0 0 0
  > memory 0x107cddd8 ptr 0x200020 u32 0xfffffffe 1 0x1300 0 0
  > memory 0x200000 u32 0 0x7c8880c0 0x200028 0x200028 0 0 0 0
  >   u32 0 0x107cddd8 0x200008 0x200008 0 0 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x1198
  >   at 0x7ffdd030 u32 0x7ffdf000 2 1 zero 0x20
  > memory 0x7ffdf000 u8 0 0 1 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0x7c8880c0 zero 0x20
  > thread 0x1194 teb=0x7ffdd000 eip=0x401000 esp=0x12f000
  > thread 0x1198 eip=0x401000 esp=0x12f000
  > thread 0x119c eip=0x401000 esp=0x12f000
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly corruption.critical-section
  $ verdict nearly
  Orphaned lock: critical section at 0x107cddd8 is held by thread with tid 0x1300, which is not in the dump.

It makes what else was read out of that memory less sure:

  $ cat > both.recipe <<'END'
  > minidump x86
  > system windows 5.2.3790 text="Service Pack 2" cpus=1
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x400000 0x10000 C:\demo\printer.exe
  > module 0x7c800000 0xc0000 C:\WINDOWS\system32\ntdll.dll timestamp=0x45d70ad8
  > memory 0x7c8880c0 ptr 0x200000 u32 0xffffffff 0 0 0 0
  > memory 0x107cddd8 ptr 0x200020 u32 4225812684 276618309 0x107cdd36 0 0
  > memory 0x200000 u32 0 0x7c8880c0 0x200028 0x200028 0 0 0 0
  >   u32 0 0x107cddd8 0x200008 0x200008 0 0 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x1198
  >   at 0x7ffdd030 u32 0x7ffdf000 2 1 zero 0x20
  > memory 0x7ffdf000 u8 0 0 1 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0x7c8880c0 zero 0x20
  > thread 0x1194 teb=0x7ffdd000 eip=0x401000 esp=0x12f000
  > thread 0x1198 eip=0x401000 esp=0x12f000
  > thread 0x119c eip=0x401000 esp=0x12f000
  > exception 0x1198 0xc0000005 0x401000 0 0 eip=0x401000 esp=0x12f000 ebp=0x12f000
  > END
  $ mkdump both.recipe both
  $ osmodump -q both -c '!analyze' | grep sure
  1. Critical section corruption [corruption.critical-section]: problem, 88 % sure
  2. Null pointer (data) [exception.null-data]: problem, 67 % sure (memory of this process is corrupt)
  3. Abridged dump [quality.partial]: warning, 97 % sure
