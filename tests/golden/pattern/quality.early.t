Early dump.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

Names of the system's functions:

  $ named() { osmodump -q -y symbols $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ mkdir -p symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1/ntdll.sym <<'END'
  > MODULE windows x86_64 5A9832E5287241C1838ED98914E9B7FF1 ntdll.pdb
  > PUBLIC 1000 0 LdrpInitializeProcess
  > PUBLIC 2000 0 NtWaitForSingleObject
  > END

It has it: the first thread sets the process up:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x180000000 0x10000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x180001010
  > END
  $ mkdump has.recipe has
  $ named has quality.early
  2. Early dump [quality.early]: note, 85 % sure
     The process was starting: thread 0 (tid 0x14) is in LdrpInitializeProcess; 2 modules are loaded, and its own code had not begun.
     - the first thread      [~0k]
     What to do: What the program does cannot be seen yet. For a hang or crash at start look at which library is being loaded, and at initialisers; otherwise take the dump later.
  

It has it: nothing runs but the dynamic linker:

  $ cat > linker.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=0 rip=0x7f0000001000 rsp=0x7ffc00001000
  > auxv 7=0x7f0000000000 9=0x401000
  > file 0x400000 0x403000 0 /usr/bin/absent
  > file 0x7f0000000000 0x7f0000020000 0 /lib64/ld-linux-x86-64.so.2
  > memory 0x401000 prot=rx zero 0x10
  > memory 0x7f0000000000 prot=rx hex 7f454c46020101 zero 9 u16 3 62 u32 1 u64 0 64 0 u32 0 u16 64 56 1 0 0 0 u32 1 5 u64 0 0 0 0x3000 0x3000 0x1000 at 0x7f0000001000 zero 0x10 at 0x7f0000002000
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump linker.recipe linker
  $ found linker quality.early
  2. Early dump [quality.early]: note, 80 % sure
     The process was starting: all that runs is the dynamic linker, which nobody called; 1 modules are loaded, and its own code had not begun.
     - the first thread      [~0k]
     What to do: What the program does cannot be seen yet. For a hang or crash at start look at which library is being loaded, and at initialisers; otherwise take the dump later.
  

It has it not: the program runs:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x180000000 0x10000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump hasnot.recipe hasnot
  $ named hasnot quality.early

It nearly has it: another function of ntdll; the program, beside its dynamic linker:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > module 0x180000000 0x10000 C:\Windows\System32\ntdll.dll pdb ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x180002000
  > END
  $ mkdump nearly.recipe nearly
  $ named nearly quality.early
  $ cat > runs.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=0 rip=0x401000 rsp=0x7ffc00001000
  > auxv 7=0x7f0000000000 9=0x401000
  > file 0x400000 0x403000 0 /usr/bin/absent
  > file 0x7f0000000000 0x7f0000020000 0 /lib64/ld-linux-x86-64.so.2
  > memory 0x401000 prot=rx zero 0x10
  > memory 0x7f0000000000 prot=rx hex 7f454c46020101 zero 9 u16 3 62 u32 1 u64 0 64 0 u32 0 u16 64 56 1 0 0 0 u32 1 5 u64 0 0 0 0x3000 0x3000 0x1000 at 0x7f0000001000 zero 0x10 at 0x7f0000002000
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump runs.recipe runs
  $ found runs quality.early
