The halves of a WOW64 process: .ecxr .cxr r k ~ .effmach

  $ mkdump - wow.dmp <<'END'
  > minidump x64
  > system windows 10.0.19041 cpus=2
  > misc pid=0x1a00
  > module 0x400000 0x10000 C:\demo\app.exe
  > module 0x77000000 0x9000 C:\Windows\System32\wow64cpu.dll
  > module 0x7ffa00000000 0x1f0000 C:\Windows\System32\ntdll.dll
  > memory 0x401010 hex 8b4508 c3
  > memory 0x4011f8 hex 909090 e810feffff
  > memory 0x4012f0 hex 0000000000000000 000000 e8fbfeffff
  > memory 0x6f000 u32 0x1111 0x2222 0x3333 0x4444 0x6f030 0x401200 7 8 9 0 0 0 0 0 0 0
  > memory 0x8f000 u32 0x1111 0x2222 0x3333 0x4444 0 0 0 0
  > memory 0x10f000 u64 0 1 2 3
  > memory 0x301488 u64 0x310000
  > memory 0x303488 u64 0x312000
  > memory 0x312000 u16 0 0x14c u32 0x1003f at 0x31209c u32 0 0 0 0 0 0
  >   at 0x3120b8 u32 0x8f010 0x401300 0x23 0x202 0x8f000 0x2b at 0x312400
  > memory 0x320000 zero 0x30 u32 0x10001f 0 u16 0x23 0x2b 0x2b 0x53 0x2b 0x2b u32 0x246
  >   at 0x320078 u64 0xa 0xc 0xd 0xb 0x6f008 0x6f010 0x51 0xd1 0 0 0 0 0 0 0 0 0x401010 at 0x3204d0
  > memory 0x330000 zero 0x30 u32 0x10001f 0 u16 0x33 0x2b 0x2b 0x53 0x2b 0x2b u32 0x246
  >   at 0x330078 u64 0xa 0xc 0xd 0xb 0x10f000 0x6f010 0x51 0xd1 0 0 0 0 0 0 0 0 0x77001000 at 0x3304d0
  > thread 0x1a30 teb=0x300000 stack=0x6f000 rsp=0x6f000 rbp=0x6f010 rip=0x401010 rax=0x1234 cs=0x23 ss=0x2b ds=0x2b es=0x2b fs=0x53 gs=0x2b eflags=0x246
  > thread 0x1a34 teb=0x302000 stack=0x10f000 rsp=0x10f000 rip=0x77001000 cs=0x33 ss=0x2b
  > exception 0x1a30 0xc0000005 0x401010 0 8 rsp=0x6f000 rbp=0x6f010 rip=0x401010 rax=0x1234 cs=0x23 ss=0x2b ds=0x2b es=0x2b fs=0x53 gs=0x2b eflags=0x246
  > END

The thread was stopped in 32-bit code, so that half is the one to begin with:

  $ osmodump -q wow.dmp -c 'r; k; .effmach; .ecxr; k'
  eax=00001234 ebx=00000000 ecx=00000000 edx=00000000 esi=00000000 edi=00000000
  eip=00401010 esp=0006f000 ebp=0006f010 iopl=0         nv up ei pl zr na pe nc
  cs=0023  ss=002b  ds=002b  es=002b  fs=0053  gs=002b             efl=00000246
  app+0x1010:
  00401010 8b4508          mov     eax,dword ptr [ebp+8]      ss:002b:0006f018=00000007
  ChildEBP RetAddr  
  WARNING: Stack unwind information not available. Following frames may be wrong.
  0006f010 00401200 app+0x1010
  0006f030 00000000 app+0x1200
  Effective machine: x86 compatible (x86)
  eax=00001234 ebx=00000000 ecx=00000000 edx=00000000 esi=00000000 edi=00000000
  eip=00401010 esp=0006f000 ebp=0006f010 iopl=0         nv up ei pl zr na pe nc
  cs=0023  ss=002b  ds=002b  es=002b  fs=0053  gs=002b             efl=00000246
  app+0x1010:
  00401010 8b4508          mov     eax,dword ptr [ebp+8]      ss:002b:0006f018=00000007
  ChildEBP RetAddr  
  WARNING: Stack unwind information not available. Following frames may be wrong.
  0006f010 00401200 app+0x1010
  0006f030 00000000 app+0x1200

  $ osmodump -q wow.dmp -c '.effmach amd64; r; k; .ecxr; kn; .effmach; .cxr; r $ip; .effmach'
  Effective machine: x64 (AMD64)
  rax=0000000000001234 rbx=0000000000000000 rcx=0000000000000000
  rdx=0000000000000000 rsi=0000000000000000 rdi=0000000000000000
  rip=0000000000401010 rsp=000000000006f000 rbp=000000000006f010
   r8=0000000000000000  r9=0000000000000000 r10=0000000000000000
  r11=0000000000000000 r12=0000000000000000 r13=0000000000000000
  r14=0000000000000000 r15=0000000000000000
  iopl=0         nv up ei pl zr na pe nc
  cs=0023  ss=002b  ds=002b  es=002b  fs=0053  gs=002b             efl=00000246
  app+0x1010:
  00000000`00401010 8b4508          mov     eax,dword ptr [rbp+8]      ss:00000000`0006f018=00000007
  
  ChildEBP RetAddr  
  WARNING: Stack unwind information not available. Following frames may be wrong.
  0006f010 00401200 app+0x1010
  0006f030 00000000 app+0x1200
  eax=00001234 ebx=00000000 ecx=00000000 edx=00000000 esi=00000000 edi=00000000
  eip=00401010 esp=0006f000 ebp=0006f010 iopl=0         nv up ei pl zr na pe nc
  cs=0023  ss=002b  ds=002b  es=002b  fs=0053  gs=002b             efl=00000246
  app+0x1010:
  00401010 8b4508          mov     eax,dword ptr [ebp+8]      ss:002b:0006f018=00000007
   # ChildEBP RetAddr  
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00 0006f010 00401200 app+0x1010
  01 0006f030 00000000 app+0x1200
  Effective machine: x86 compatible (x86)
  $ip=0000000000401010
  Effective machine: x64 (AMD64)

  $ osmodump -q wow.dmp -c '~; ~*k; ~1s; .effmach; r cs; !sw; r eip; !sw; r rip'
  .  0  Id: 1a00.1a30 Suspend: 0 Teb: 00300000 Unfrozen
     1  Id: 1a00.1a34 Suspend: 0 Teb: 00302000 Unfrozen
  
  .  0  Id: 1a00.1a30 Suspend: 0 Teb: 00300000 Unfrozen
  ChildEBP RetAddr  
  WARNING: Stack unwind information not available. Following frames may be wrong.
  0006f010 00401200 app+0x1010
  0006f030 00000000 app+0x1200
  
     1  Id: 1a00.1a34 Suspend: 0 Teb: 00302000 Unfrozen
  Child-SP          RetAddr           Call Site
  00000000`0010f000 00000000`00000000 wow64cpu+0x1000
  
  ChildEBP RetAddr  
  WARNING: Stack unwind information not available. Following frames may be wrong.
  0008f010 00000000 app+0x1300
  Effective machine: x64 (AMD64)
  cs=0033
  Switched to Guest (WoW) mode
  eip=00401300
  Switched to Host mode
  rip=0000000077001000

A CONTEXT in memory, by the machine that is effective; its cs tells the half:

  $ osmodump -q wow.dmp -c '.effmach amd64; .cxr 320000; k 1; .cxr; .cxr 330000; .effmach'
  Effective machine: x64 (AMD64)
  eax=0000000a ebx=0000000b ecx=0000000c edx=0000000d esi=00000051 edi=000000d1
  eip=00401010 esp=0006f008 ebp=0006f010 iopl=0         nv up ei pl zr na pe nc
  cs=0023  ss=002b  ds=002b  es=002b  fs=0053  gs=002b             efl=00000246
  app+0x1010:
  00401010 8b4508          mov     eax,dword ptr [ebp+8]      ss:002b:0006f018=00000007
  ChildEBP RetAddr  
  WARNING: Stack unwind information not available. Following frames may be wrong.
  0006f010 00401200 app+0x1010
  rax=000000000000000a rbx=000000000000000b rcx=000000000000000c
  rdx=000000000000000d rsi=0000000000000051 rdi=00000000000000d1
  rip=0000000077001000 rsp=000000000010f000 rbp=000000000006f010
   r8=0000000000000000  r9=0000000000000000 r10=0000000000000000
  r11=0000000000000000 r12=0000000000000000 r13=0000000000000000
  r14=0000000000000000 r15=0000000000000000
  iopl=0         nv up ei pl zr na pe nc
  cs=0033  ss=002b  ds=002b  es=002b  fs=0053  gs=002b             efl=00000246
  wow64cpu+0x1000:
  00000000`77001000 ??              ???
  Effective machine: x64 (AMD64)

  $ osmodump -q --json wow.dmp -c '.ecxr; k' | grep -v '"name":"[^e]'
  {"kind":"register","name":"eax","value":"0x1234","bits":32}
  {"kind":"register","name":"ecx","value":"0x0","bits":32}
  {"kind":"register","name":"edx","value":"0x0","bits":32}
  {"kind":"register","name":"ebx","value":"0x0","bits":32}
  {"kind":"register","name":"esp","value":"0x6f000","bits":32}
  {"kind":"register","name":"ebp","value":"0x6f010","bits":32}
  {"kind":"register","name":"esi","value":"0x0","bits":32}
  {"kind":"register","name":"edi","value":"0x0","bits":32}
  {"kind":"register","name":"eip","value":"0x401010","bits":32}
  {"kind":"register","name":"efl","value":"0x246","bits":32}
  {"kind":"register","name":"es","value":"0x2b","bits":16}
  {"kind":"warning","text":"WARNING: Stack unwind information not available. Following frames may be wrong."}
  {"kind":"frame","index":0,"child":"0x6f010","ret":"0x401200","ip":"0x401010","sp":"0x6f000","args":[7,8,9],"inline":false,"symbol":{"module":"app","offset":4112,"address":"0x401010"},"trust":"context","half":"wow64"}
  {"kind":"frame","index":1,"memory":24,"child":"0x6f030","ret":"0x0","ip":"0x401200","sp":"0x6f018","args":[0,0,null],"inline":false,"symbol":{"module":"app","offset":4608,"address":"0x401200"},"trust":"frame_pointer","half":"wow64"}
