Writer of the dump.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: a comment that ProcDump leaves:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > comment "*** procdump -ma 4711"
  > END
  $ mkdump has.recipe has
  $ found has quality.tool
  2. Writer of the dump [quality.tool]: note, 88 % sure
     The dump was written by ProcDump.
     - a comment stream has its command line or name      [.dumpdebug]
     What to do: Cores by a debugger and dumps by ProcDump are taken from a running process: there need not be a failure in them. Breakpad's and Crashpad's hold stacks and little else.
  

It has it: Breakpad has streams of its own:

  $ mkdump $RECIPES/linux-breakpad.recipe breakpad
  $ found breakpad quality.tool | head -2
  4. Writer of the dump [quality.tool]: note, 90 % sure
     The dump was written by Breakpad.

It has it: the order of notes is that of the kernel; the header of createdump:

  $ cat > kernel.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 11 1 addr=0x10
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 0f05 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump kernel.recipe kernel
  $ found kernel quality.tool | head -3
  2. Writer of the dump [quality.tool]: note, 75 % sure
     The dump was written by the kernel.
     - its order of notes: the thread that failed, then the process      [.dumpdebug]
  $ cat > createdump.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 11 1 addr=0x10
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 0f05 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > memory 0x7fffffff10000000 prot=r hex 44494147494e464f484541444552 zero 0x10
  > END
  $ mkdump createdump.recipe createdump
  $ found createdump quality.tool | head -3
  2. Writer of the dump [quality.tool]: note, 95 % sure
     The dump was written by createdump of .NET.
     - the header that it leaves in the memory      [da 0x7fffffff10000000 L16]

It has it not: no trace of a writer:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot quality.tool

It nearly has it: a comment of something else:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > comment "written by hand"
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly quality.tool
