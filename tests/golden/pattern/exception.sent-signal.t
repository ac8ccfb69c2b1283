Signal that was sent.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: the process sent itself a signal that looks like a fault:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=4 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 4 -6 pid=4711 uid=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 0f05 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has exception.sent-signal
  1. Signal that was sent [exception.sent-signal]: problem, 88 % sure
     SIGILL: sent by the process itself, and no instruction's fault: thread 0 (tid 4711).
     - SIGILL: si_code -6: kill, tgkill, raise or sigqueue sent it; 0x4      [.exr -1]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: The stack shows who called raise or kill, and that function why. The registers are those of the call, not of a fault.
  

It has it: nobody knows from where, as out of another container:

  $ cat > unknown.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 11 0 pid=0 uid=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 0f05 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump unknown.recipe unknown
  $ found unknown exception.sent-signal | head -2
  1. Signal that was sent [exception.sent-signal]: problem, 88 % sure
     SIGSEGV: sent by a process that the dump does not tell, and no instruction's fault: thread 0 (tid 4711).

It has it, and is a note: from the terminal:

  $ cat > quit.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=3 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 3 128 
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 0f05 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump quit.recipe quit
  $ found quit exception.sent-signal | head -2
  1. Signal that was sent [exception.sent-signal]: note, 85 % sure
     Forced dump: the kernel sent SIGQUIT, as when somebody types the key for it (Ctrl-\).

It has it not: an instruction failed:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 11 1 addr=0x10
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 0f05 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot exception.sent-signal

It nearly has it: another process sent the signal, or abort did:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=4 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 4 0 pid=77 uid=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 0f05 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.sent-signal
  $ cat > abort.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=6 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 6 -6 pid=4711 uid=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 0f05 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump abort.recipe abort
  $ found abort exception.sent-signal
