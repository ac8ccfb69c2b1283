Registers: r rX

  $ mkdump - app.dmp <<'END'
  > minidump x64
  > header time=1234567890
  > system windows 10.0.19041 cpus=4
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > memory 0x7ff700001010 hex 488b4308 hex c3
  > memory 0x20000 u64 1 0x1122334455667788
  > memory 0x10f000 u64 0x7ff700001000
  > thread 0x1a30 stack=0x10f000 rsp=0x10f000 rip=0x7ff700001010 rax=0x1122334455667788 rbx=0x20000 r8=8 r15=0xf cs=0x33 ss=0x2b ds=0x2b es=0x2b fs=0x53 gs=0x2b eflags=0x10cd7 xmm0=0x3ff00000000000000102030405060708 xmm15=1
  > END
  $ mkdump - old.dmp <<'END'
  > minidump x86
  > system windows 6.1.7601 cpus=1
  > module 0x400000 0x10000 C:\demo\old.exe
  > memory 0x401000 hex 8b4508 hex c3
  > memory 0x12f000 u32 0x401100 0 0x55aa
  > thread 0x1a30 stack=0x12f000 esp=0x12f000 ebp=0x12f000 eip=0x401000 eax=1 ebx=2 ecx=3 edx=4 esi=5 edi=6 cs=0x1b ss=0x23 ds=0x23 es=0x23 fs=0x3b eflags=0x246
  > END

All, with the instruction and its memory operand:

  $ osmodump -q app.dmp -c 'r'
  rax=1122334455667788 rbx=0000000000020000 rcx=0000000000000000
  rdx=0000000000000000 rsi=0000000000000000 rdi=0000000000000000
  rip=00007ff700001010 rsp=000000000010f000 rbp=0000000000000000
   r8=0000000000000008  r9=0000000000000000 r10=0000000000000000
  r11=0000000000000000 r12=0000000000000000 r13=0000000000000000
  r14=0000000000000000 r15=000000000000000f
  iopl=0         ov dn di ng zr ac pe cy
  cs=0033  ss=002b  ds=002b  es=002b  fs=0053  gs=002b             efl=00010cd7
  app+0x1010:
  00007ff7`00001010 488b4308        mov     rax,qword ptr [rbx+8]      ds:00000000`00020008=11223344`55667788
  $ osmodump -q old.dmp -c 'r'
  eax=00000001 ebx=00000002 ecx=00000003 edx=00000004 esi=00000005 edi=00000006
  eip=00401000 esp=0012f000 ebp=0012f000 iopl=0         nv up ei pl zr na pe nc
  cs=001b  ss=0023  ds=0023  es=0023  fs=003b  gs=0000             efl=00000246
  old+0x1000:
  00401000 8b4508          mov     eax,dword ptr [ebp+8]      ss:0023:0012f008=000055aa
  $ osmodump -q --json app.dmp -c 'r' | sed -n '1,2p;$p'
  {"kind":"register","name":"rax","value":"0x1122334455667788","bits":64}
  {"kind":"register","name":"rcx","value":"0x0","bits":64}
  {"kind":"register","name":"orig_rax","bits":64}

Some, their parts and flags, and pseudo-registers:

  $ osmodump -q app.dmp -c 'r rax; r eax, ax, al, ah; r r8d,r15w,r15b; r cs, efl; r zf,cf,of; r $t0,$ip'
  rax=1122334455667788
  eax=55667788
  ax=7788
  al=88
  ah=77
  r8d=8
  r15w=f
  r15b=f
  cs=0033
  efl=00010cd7
  zf=1
  cf=1
  of=1
  $t0=0000000000000000
  $ip=00007ff700001010
  $ osmodump -q old.dmp -c 'r eax,ax,@ebp; r $ip'
  eax=00000001
  ax=1
  ebp=0012f000
  $ip=00401000
  $ osmodump -q app.dmp -c 'r $t0 = @rbx + 8; r $t0; ? poi(@$t0)'
  $t0=0000000000020008
  Evaluate expression: 1234605616436508552 = 11223344`55667788
  $ osmodump -q app.dmp -c 'r xmm0; rX' | sed 's/00000000 00000000 00000000 00000000/zero/'
  xmm0=3ff00000 00000000 01020304 05060708
  mxcsr=00000000
  xmm0=3ff00000 00000000 01020304 05060708
  xmm1=zero
  xmm2=zero
  xmm3=zero
  xmm4=zero
  xmm5=zero
  xmm6=zero
  xmm7=zero
  xmm8=zero
  xmm9=zero
  xmm10=zero
  xmm11=zero
  xmm12=zero
  xmm13=zero
  xmm14=zero
  xmm15=00000000 00000000 00000000 00000001
  $ osmodump -q --json app.dmp -c 'r rax,eax,xmm0'
  {"kind":"register","name":"rax","value":"0x1122334455667788","bits":64}
  {"kind":"register","name":"eax","value":"0x55667788"}
  {"kind":"vector_register","name":"xmm0","bits":128,"words":[1072693248,0,16909060,84281096]}
  $ osmodump -q app.dmp -c 'r nosuch'
  r: no register 'nosuch'
  Usage: r [register[,register...] | $tN=expression]
  [1]
  $ osmodump -q app.dmp -c 'r rax=5'
  registers of a dump cannot be changed: no runnable debuggees
  [1]

x87, SSE and AVX apart; after .ecxr those of the exception, which are not the thread's:

  $ mkdump - fp.dmp <<'END'
  > minidump x64
  > system windows 10.0.19041
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > memory 0x10f000 zero 0x100
  > thread 0x10 stack=0x10f000 rsp=0x10f000 rip=0x7ff700001010 xmm0=0x1 st0=0x3fff8000000000000000 st1=0xc0008000000000000000 st2=0x7fff8000000000000000 st3=0xffffc000000000000000
  > exception 0x10 0xc0000005 0x7ff700001040 0 0 rip=0x7ff700001040 rsp=0x10f000 xmm0=0x2
  > END
  $ osmodump -q fp.dmp -c 'r xmm0; .ecxr; r xmm0; .cxr; r xmm0' | grep xmm
  xmm0=00000000 00000000 00000000 00000001
  xmm0=00000000 00000000 00000000 00000002
  xmm0=00000000 00000000 00000000 00000001
  $ osmodump -q fp.dmp -c '~0s; rF; r st1'
  fpcw=0000
  fpsw=0000
  fptw=00
  st0= 1.000000000000000000e+00 (3fff:8000000000000000)
  st1=-2.000000000000000000e+00 (c000:8000000000000000)
  st2= 1.#INF (7fff:8000000000000000)
  st3=-1.#NAN (ffff:c000000000000000)
  st4= 0.000000000000000000e+00 (0000:0000000000000000)
  st5= 0.000000000000000000e+00 (0000:0000000000000000)
  st6= 0.000000000000000000e+00 (0000:0000000000000000)
  st7= 0.000000000000000000e+00 (0000:0000000000000000)
  st1=-2.000000000000000000e+00 (c000:8000000000000000)
  $ osmodump -q fp.dmp -c 'rY'
  the dump has no AVX registers here
  [1]
  $ osmodump -q fp.dmp -c 'rM 44' | sed -n '1p;12,13p'
  fpcw=0000
  mxcsr=00000000
  xmm0=00000000 00000000 00000000 00000001
  $ osmodump -q fp.dmp -c 'rM 8; rM 20' | tail -2
  app+0x1010:
  00007ff7`00001010 ??              ???
  $ osmodump -q --json fp.dmp -c '~0s; r st1,fpcw'
  {"kind":"vector_register","name":"st1","bits":80,"words":[49152,2147483648,0],"number":"-2.000000000000000000e+00","text":"c000:8000000000000000"}
  {"kind":"vector_register","name":"fpcw","bits":16,"words":[0],"text":"0000"}
  $ osmodump -q fp.dmp -c '.frame /r /c 0; r xmm0' | tail -1
  floating-point and vector registers are known of threads and of the exception only; .cxr goes back to the thread's
  00007ff7`00001010 ??              ???
