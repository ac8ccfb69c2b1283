Embedded comment.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > comment-w "*** taken because of memory above 2000 MB"
  > memory 0x100000 zero 0x100
  > thread 0x14 stack=0x100000 rsp=0x100000 rip=0x140001000
  > END
  $ mkdump has.recipe has
  $ found has quality.comment
  2. Embedded comment [quality.comment]: note, 85 % sure
     The writer of the dump left a comment: *** taken because of memory above 2000 MB
     - comment: *** taken because of memory above 2000 MB      [.dumpdebug]
     What to do: Read it: it tells what was seen when the dump was taken, and often with which tool.
  

It has it not:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x100000 zero 0x100
  > thread 0x14 stack=0x100000 rsp=0x100000 rip=0x140001000
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot quality.comment
  $ verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: a comment of blanks:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > comment "   "
  > memory 0x100000 zero 0x100
  > thread 0x14 stack=0x100000 rsp=0x100000 rip=0x140001000
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly quality.comment
  $ verdict nearly
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.
