Incorrect stack trace.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: nothing tells where callers are:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x100000 u64 0x140001010 0x140001010 0x140001010 0x140001010 0x140001010 0x140001010 0x140001010 0x140001010 0x140001010 0x140001010 0x140001010 0x140001010  zero 0x80
  > thread 0x14 stack=0x100000 rsp=0x100000 rip=0x140001000
  > END
  $ mkdump has.recipe has
  $ found has quality.stack-trace
  3. Incorrect stack trace [quality.stack-trace]: note, 80 % sure
     12 of the 13 frames of thread 0 (tid 0x14) are guesses: from frame 1 on words of the stack were searched for return addresses.
     - frame 1: app+0x1010      [~0k]
     Thresholds: stack-trace.guessed=30 percent, stack-trace.frames=8 frames
     What to do: Get symbols or images of the modules at the first guessed frame (lm, .symlist), and look at the stack again.
  

It has it not: one frame:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x100000 zero 0x100
  > thread 0x14 stack=0x100000 rsp=0x100000 rip=0x140001000
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot quality.stack-trace
  $ verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: few frames are not judged:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x100000 u64 0x140001010 0x140001010 zero 0x80
  > thread 0x14 stack=0x100000 rsp=0x100000 rip=0x140001000
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly quality.stack-trace
  $ verdict nearly
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.
