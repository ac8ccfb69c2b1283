Redacted dump.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: stacks of zeros:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x100000 zero 0x800
  > thread 0x14 stack=0x100000 rsp=0x100000 rip=0x140001000
  > memory 0x110000 zero 0x800
  > thread 0x15 stack=0x110000 rsp=0x110000 rip=0x140001000
  > END
  $ mkdump has.recipe has
  $ found has quality.redacted
  1. Redacted dump [quality.redacted]: warning, 90 % sure
     The dump was redacted: the stacks of 2 of 2 threads hold nothing but zeros.
     - the stack of thread 0 (tid 0x14), from its stack pointer on; 0000000000100000      [dq 0x100000 L80]
     Thresholds: redacted.threads=90 percent
     What to do: What is zero is no data: null pointers, locks that are free and empty lists in such memory mean nothing. Ask for the full dump if the question is about them.
  

It has it: the words of a sanitizer:

  $ cat > words.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x100000 u64 0x0defaced0defaced 0x0defaced0defaced 0x0defaced0defaced 0x0defaced0defaced 0x0defaced0defaced 0x0defaced0defaced 0x0defaced0defaced 0x0defaced0defaced zero 0x800
  > thread 0x14 stack=0x100000 rsp=0x100000 rip=0x140001000
  > memory 0x110000 u64 0x0defaced0defaced 0x0defaced0defaced 0x0defaced0defaced 0x0defaced0defaced 0x0defaced0defaced 0x0defaced0defaced 0x0defaced0defaced 0x0defaced0defaced zero 0x800
  > thread 0x15 stack=0x110000 rsp=0x110000 rip=0x140001000
  > END
  $ mkdump words.recipe words
  $ found words quality.redacted | head -2
  1. Redacted dump [quality.redacted]: warning, 90 % sure
     The dump was redacted: the stacks of 2 of 2 threads hold markers in place of data.

It has it: a dump that osmodump strip made says so:

  $ cat > whole.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 11 1 addr=0x10
  > memory 0x401000 prot=rx hex 0f05 zero 0x10
  > memory 0x7ffc00001000 prot=rw fill 0x800 0x41
  > END
  $ mkdump whole.recipe whole
  $ osmodump strip -q whole stripped >/dev/null
  $ found stripped quality.redacted | sed 's/strip [0-9.]*/strip VERSION/'
  2. Redacted dump [quality.redacted]: note, 98 % sure
     The dump was redacted: osmodump strip VERSION took out all that its stacks do not need.
     - the dump's own record of it      [.dumpdebug]
     Thresholds: redacted.threads=90 percent
     What to do: What is zero is no data: null pointers, locks that are free and empty lists in such memory mean nothing. Ask for the full dump if the question is about them.
  
  $ found whole quality.redacted

It has it not: words on the stacks:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x100000 u64 0x140001000 zero 0x800
  > thread 0x14 stack=0x100000 rsp=0x100000 rip=0x140001000
  > memory 0x110000 u64 0x140001000 zero 0x800
  > thread 0x15 stack=0x110000 rsp=0x110000 rip=0x140001000
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot quality.redacted
  $ verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: too little of the stacks is in the dump to tell:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x100000 zero 0x100
  > thread 0x14 stack=0x100000 rsp=0x100000 rip=0x140001000
  > memory 0x110000 zero 0x100
  > thread 0x15 stack=0x110000 rsp=0x110000 rip=0x140001000
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly quality.redacted
  $ verdict nearly
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.
