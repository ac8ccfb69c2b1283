Late dump.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

Names of the system's functions:

  $ named() { osmodump -q -y symbols $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ mkdir -p symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1/ntdll.sym <<'END'
  > MODULE windows x86_64 5A9832E5287241C1838ED98914E9B7FF1 ntdll.pdb
  > PUBLIC 1000 0 RtlExitUserProcess
  > PUBLIC 2000 0 NtWaitForSingleObject
  > END

It has it: the thread that failed was ending the process:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x180000000 0x10000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x180001010
  > exception 0x14 0xc0000005 0x180001010 0 8 rsp=0x10f000 rip=0x180001010 rax=0
  > END
  $ mkdump has.recipe has
  $ named has quality.late
  2. Late dump [quality.late]: warning, 88 % sure
     The process was ending: thread 0 (tid 0x14) is in RtlExitUserProcess, and failed there.
     - frame 0: RtlExitUserProcess      [~0k]
     What to do: A failure here is one of the order of destruction: look for what uses an object that is gone already. Locks whose owners are gone belonged to threads that were ended.
  

It has it not: a failure elsewhere:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x180000000 0x10000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > exception 0x14 0xc0000005 0x140001000 0 8 rsp=0x10f000 rip=0x140001000 rax=0
  > END
  $ mkdump hasnot.recipe hasnot
  $ named hasnot quality.late

It nearly has it: a thread waits:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x180000000 0x10000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x180002010
  > END
  $ mkdump nearly.recipe nearly
  $ named nearly quality.late
