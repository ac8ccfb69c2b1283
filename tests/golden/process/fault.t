Why a signal came: what the faulting instruction did, and what lies at the address

A core as the kernel writes it; the words of CODE are what the instruction pointer is at:

  $ core() {  # NAME SIGNAL SI_CODE ADDRESS RIP CODE [REGISTERS...]
  >   name=$1 signal=$2 code=$3 addr=$4 rip=$5 bytes=$6; shift 6
  >   cat > $name.recipe <<END
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=$signal rip=$rip rsp=0x7ffc00001000 $*
  > siginfo $signal $code addr=$addr
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex $bytes zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw hex $bytes zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  >   mkdump $name.recipe $name && osmodump -q $name -c .lastevent
  > }

  $ core null 11 1 0 0x401000 c70001000000 rax=0
  Last event: 1267.1267: SIGSEGV - code 0000000b (Segmentation fault: SEGV_MAPERR at 0x0, write to a null pointer)
  $ core unmapped 11 1 0xdead0 0x401000 8b00 rax=0xdead0
  Last event: 1267.1267: SIGSEGV - code 0000000b (Segmentation fault: SEGV_MAPERR at 0xdead0, read from memory that is not mapped)
  $ core readonly 11 2 0x402010 0x401000 c70001000000 rax=0x402010
  Last event: 1267.1267: SIGSEGV - code 0000000b (Segmentation fault: SEGV_ACCERR at 0x402010, write to memory that does not allow it (r--))
  $ core jump-null 11 1 0 0 90
  Last event: 1267.1267: SIGSEGV - code 0000000b (Segmentation fault: SEGV_MAPERR at 0x0, jump to or call of a null pointer)
  $ core data 11 2 0x403000 0x403000 90
  Last event: 1267.1267: SIGSEGV - code 0000000b (Segmentation fault: SEGV_ACCERR at 0x403000, execution of memory that does not allow it (rw-))
  $ core overflow 11 1 0x7ffc00000ff8 0x401000 50
  Last event: 1267.1267: SIGSEGV - code 0000000b (Segmentation fault: SEGV_MAPERR at 0x7ffc00000ff8, write to memory below the stack: stack overflow)
  $ core wild-data 11 0x80 0 0x401000 8b00 rax=0x8000414141414141
  Last event: 1267.1267: SIGSEGV - code 0000000b (Segmentation fault: SI_KERNEL, read from 0x8000414141414141, which is no canonical address)
  $ core wild-call 11 0x80 0 0x401000 ffd0 rax=0x4141414141414141
  Last event: 1267.1267: SIGSEGV - code 0000000b (Segmentation fault: SI_KERNEL, jump to 0x4141414141414141, which is no canonical address)
  $ core kernel 11 0x80 0 0x401000 f4
  Last event: 1267.1267: SIGSEGV - code 0000000b (Segmentation fault: SI_KERNEL)
  $ core no-code 11 1 0xdead0 0x405000 90
  Last event: 1267.1267: SIGSEGV - code 0000000b (Segmentation fault: SEGV_MAPERR at 0xdead0, access to memory that is not mapped)
  $ core division 8 1 0x401000 0x401000 f7f1
  Last event: 1267.1267: SIGFPE - code 00000008 (Arithmetic exception: FPE_INTDIV at 0x401000, integer division by zero)
  $ osmodump -q readonly -c '.exr -1'
  Signal: 11 (SIGSEGV), code 2 at 00000000`00402010
  Segmentation fault: SEGV_ACCERR at 0x402010, write to memory that does not allow it (r--)
  $ osmodump -q --json readonly -c '.exr; .lastevent'
  {"kind":"exception","tid":4711,"address":"0x402010","code":11,"name":"SIGSEGV","signal_code":2,"parameters":["0x2","0x402010","0x0"],"access":"write","reason":"Segmentation fault: SEGV_ACCERR at 0x402010, write to memory that does not allow it (r--)"}
  {"kind":"last_event","tid":4711,"code":11,"reason":"1267.1267: SIGSEGV - code 0000000b (Segmentation fault: SEGV_ACCERR at 0x402010, write to memory that does not allow it (r--))"}

Sent by a program: itself, or another:

  $ cat > sent.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=6 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 6 -6 pid=4711 uid=0
  > memory 0x401000 prot=rx zero 0x10
  > END
  $ mkdump sent.recipe itself && osmodump -q itself -c .lastevent
  Last event: 1267.1267: SIGABRT - code 00000006 (Aborted: SI_TKILL, sent by the process itself)
  $ sed 's/^siginfo.*/siginfo 6 0 pid=99 uid=1000/' sent.recipe | mkdump - another && osmodump -q another -c .lastevent
  Last event: 1267.1267: SIGABRT - code 00000006 (Aborted: SI_USER, sent by process 99 of user 1000)

Without siginfo nothing is known but the number:

  $ grep -v '^siginfo' sent.recipe | mkdump - bare && osmodump -q bare -c '.lastevent; .exr'
  Last event: 1267.1267: SIGABRT - code 00000006 (Aborted)
  Signal: 6 (SIGABRT)
  Aborted
  $ osmodump -q --json bare -c .exr
  {"kind":"exception","tid":4711,"code":6,"name":"SIGABRT","reason":"Aborted"}
