The dump and its event: vertarget .time .lastevent .exr .ecxr .cxr

  $ mkdump - app.dmp <<'END'
  > minidump x64
  > header time=1234567890
  > system windows 10.0.19041 cpus=4 vendor=GenuineIntel product=1
  > misc size=44 pid=0x1a2c create=1234567000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > memory 0x10f000 u64 0x7ff700001000 0x7ff700002000
  > memory 0x11f000 u64 0x7ff700003000
  > memory 0x7ff700001000 zero 0x40 hex c70001000000 fill 0x40 0x90
  > memory 0x20000 u32 0xc0000005 0 ptr 0 0x7ff700001040 u32 2 0 ptr 1 0x20
  > memory 0x30000 zero 0x30 u32 0x10000f 0 u16 0x33 0x2b 0x2b 0x53 0x2b 0x2b u32 0x246 at 0x30078 ptr 0x1111 0x2222 at 0x30098 ptr 0x10f000 at 0x300f8 ptr 0x7ff700001040 at 0x304d0
  > thread 0x1a30 teb=0x300000 stack=0x10f000 rsp=0x10f000 rip=0x7ff700001010
  > thread 0x1a34 teb=0x302000 stack=0x11f000 rsp=0x11f000 rip=0x7ff700002040
  > exception 0x1a34 0xc0000005 0x7ff700001040 1 0x10 rip=0x7ff700001040 rsp=0x11f000 rax=0x10 cs=0x33 ss=0x2b eflags=0x10246
  > END

  $ osmodump -q app.dmp -c 'vertarget'
  Windows 10 Version 19041 MP (4 procs) x64
  Product: WinNt
  Processor: GenuineIntel
  User Mini Dump File: Only registers, stack and portions of memory are available
  Debug session time: Fri Feb 13 23:31:30.000 2009 (UTC + 0:00)
  System Uptime: not available
  Process Uptime: 0 days 0:14:50.000
    Kernel time: 0 days 0:00:02.000
    User time: 0 days 0:00:01.000
  $ osmodump -q app.dmp -c '.time'
  Debug session time: Fri Feb 13 23:31:30.000 2009 (UTC + 0:00)
  System Uptime: not available
  Process Uptime: 0 days 0:14:50.000
    Kernel time: 0 days 0:00:02.000
    User time: 0 days 0:00:01.000
  $ osmodump -q app.dmp -c '.lastevent; .exr -1'
  Last event: 1a2c.1a34: Access violation - code c0000005 (Attempt to write to address 0000000000000010)
  ExceptionAddress: 00007ff700001040 (app+0x1040)
     ExceptionCode: c0000005 (Access violation)
    ExceptionFlags: 00000000
  NumberParameters: 2
     Parameter[0]: 0000000000000001
     Parameter[1]: 0000000000000010
  Attempt to write to address 0000000000000010
  $ osmodump -q --json app.dmp -c 'vertarget; .time; .lastevent; .exr -1'
  {"kind":"target","os":"Windows 10","version":"10.0.19041","build":19041,"multi":"MP","processors":4,"processor":"GenuineIntel","machine":"x64","product":"WinNt","title":"User Mini Dump File: Only registers, stack and portions of memory are available","file":"app.dmp","pid":6700,"debug_time":"2009-02-13T23:31:30Z","process_uptime":890.0,"kernel_time":2.0,"user_time":1.0}
  {"kind":"time","debug_time":"2009-02-13T23:31:30Z","process_uptime":890.0,"kernel_time":2.0,"user_time":1.0}
  {"kind":"last_event","tid":6708,"code":3221225477,"reason":"1a2c.1a34: Access violation - code c0000005 (Attempt to write to address 0000000000000010)"}
  {"kind":"exception","tid":6708,"address":"0x7ff700001040","symbol":{"module":"app","offset":4160,"address":"0x7ff700001040"},"code":3221225477,"name":"Access violation","flags":0,"parameters":["0x1","0x10"],"reason":"Attempt to write to address 0000000000000010"}

A record in memory, and one that is not there:

  $ osmodump -q app.dmp -c '.exr 20000'
  ExceptionAddress: 00007ff700001040 (app+0x1040)
     ExceptionCode: c0000005 (Access violation)
    ExceptionFlags: 00000000
  NumberParameters: 2
     Parameter[0]: 0000000000000001
     Parameter[1]: 0000000000000020
  Attempt to write to address 0000000000000020
  $ osmodump -q --json app.dmp -c '.exr 20000'
  {"kind":"exception","tid":0,"address":"0x7ff700001040","symbol":{"module":"app","offset":4160,"address":"0x7ff700001040"},"code":3221225477,"name":"Access violation","flags":0,"parameters":["0x1","0x20"],"reason":"Attempt to write to address 0000000000000020"}
  $ osmodump -q app.dmp -c '.exr 999000'
  no memory at 0x999000 in the dump
  [1]

The context of the exception; k and r work in it until .cxr:

  $ osmodump -q app.dmp -c '~0s; .ecxr; ? @$tid; k 1; r rax; .cxr; r rax'
  rax=0000000000000010 rbx=0000000000000000 rcx=0000000000000000
  rdx=0000000000000000 rsi=0000000000000000 rdi=0000000000000000
  rip=00007ff700001040 rsp=000000000011f000 rbp=0000000000000000
   r8=0000000000000000  r9=0000000000000000 r10=0000000000000000
  r11=0000000000000000 r12=0000000000000000 r13=0000000000000000
  r14=0000000000000000 r15=0000000000000000
  iopl=0         nv up ei pl zr na pe nc
  cs=0033  ss=002b  ds=0000  es=0000  fs=0000  gs=0000             efl=00010246
  app+0x1040:
  00007ff7`00001040 c70001000000    mov     dword ptr [rax],1          ds:00000000`00000010=????????
  Evaluate expression: 6708 = 00000000`00001a34
  Child-SP          RetAddr           Call Site
  WARNING: Stack unwind information not available. Following frames may be wrong.
  00000000`0011f000 00007ff7`00003000 app+0x1040
  rax=0000000000000010
  rax=0000000000000000
  $ osmodump -q app.dmp -c '.cxr 30000; r rcx'
  rax=0000000000001111 rbx=0000000000000000 rcx=0000000000002222
  rdx=0000000000000000 rsi=0000000000000000 rdi=0000000000000000
  rip=00007ff700001040 rsp=000000000010f000 rbp=0000000000000000
   r8=0000000000000000  r9=0000000000000000 r10=0000000000000000
  r11=0000000000000000 r12=0000000000000000 r13=0000000000000000
  r14=0000000000000000 r15=0000000000000000
  iopl=0         nv up ei pl zr na pe nc
  cs=0033  ss=002b  ds=002b  es=002b  fs=0053  gs=002b             efl=00000246
  app+0x1040:
  00007ff7`00001040 c70001000000    mov     dword ptr [rax],1          ds:00000000`00001111=????????
  rcx=0000000000002222
  $ osmodump -q app.dmp -c '.cxr 20000'
  no memory at 0x20030 in the dump
  [1]
  $ osmodump -q --json app.dmp -c '.ecxr' | head -3
  {"kind":"register","name":"rax","value":"0x10","bits":64}
  {"kind":"register","name":"rcx","value":"0x0","bits":64}
  {"kind":"register","name":"rdx","value":"0x0","bits":64}
  $ osmodump -q --json app.dmp -c '.cxr 30000' | grep -c '"kind":"register"'
  33

A dump without an event:

  $ mkdump - none.dmp <<'END'
  > minidump x86
  > header time=1234567890
  > system windows 6.1.7601 text="Service Pack 1" cpus=1
  > memory 0x20000 zero 16
  > thread 1 stack=0x20000 esp=0x20000 eip=0x401000
  > END
  $ osmodump -q none.dmp -c 'vertarget; .lastevent'
  Windows 7 Version 7601 (Service Pack 1) UP (1 procs) x86
  User Mini Dump File: Only registers, stack and portions of memory are available
  Debug session time: Fri Feb 13 23:31:30.000 2009 (UTC + 0:00)
  System Uptime: not available
  Process Uptime: not available
  Last event: none stated in the dump
  $ osmodump -q none.dmp -c '.exr -1'
  the dump states no exception or signal
  [1]
  $ osmodump -q none.dmp -c '.ecxr'
  the dump has no exception
  [1]

A core has a signal; its times are those of the process:

  $ mkdump - core <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=1000 gid=1000 name=demo args="demo --fast"
  > thread 4712 signal=11 user=0.01 system=0.002 rip=0x401010 rsp=0x7ffc00000100
  > siginfo 11 1 addr=0xdead0
  > file 0x401000 0x402000 0x1000 /usr/bin/demo
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00000000 prot=rw zero 0x200
  > END
  $ osmodump -q core -c 'vertarget; .time; .lastevent; .exr -1'
  Linux x64
  User Core Dump File (ELF): Linux x64 process
  Process: demo (4711)
  Command line: demo --fast
  Debug session time: not available
  System Uptime: not available
  Process Uptime: not available
  Debug session time: not available
  System Uptime: not available
  Process Uptime: not available
  Last event: 1267.1268: SIGSEGV - code 0000000b (Segmentation fault: SEGV_MAPERR at 0xdead0, access to memory that is not mapped)
  Signal: 11 (SIGSEGV), code 1 at 00000000`000dead0
  Segmentation fault: SEGV_MAPERR at 0xdead0, access to memory that is not mapped
  $ osmodump -q --json core -c '.exr -1; .lastevent'
  {"kind":"exception","tid":4712,"address":"0xdead0","code":11,"name":"SIGSEGV","signal_code":1,"parameters":["0x1","0xdead0","0x0"],"reason":"Segmentation fault: SEGV_MAPERR at 0xdead0, access to memory that is not mapped"}
  {"kind":"last_event","tid":4712,"code":11,"reason":"1267.1268: SIGSEGV - code 0000000b (Segmentation fault: SEGV_MAPERR at 0xdead0, access to memory that is not mapped)"}
  $ osmodump -q core -c '.exr 7ffc00000000'
  exception records in memory exist on Windows only; .exr -1 shows the signal
  [1]

Exceptions that say more in the memory that their parameters point at: the thrown C++ object, its
type and message; .NET's HRESULT; the DLL that was not found; RPC's codes:

  $ cat >thrown.recipe <<'END'
  > minidump x64
  > system windows 10.0.19041
  > misc size=24 pid=0x40
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x10f000 ptr 0x140007000 0x20000 zero 0x40
  > memory 0x20000 z "disk full"
  > memory 0x140003000 u32 0 0 0 0x3040
  > memory 0x140003040 u32 2 0x3060 0x3080
  > memory 0x140003060 u32 0 0x3100
  > memory 0x140003080 u32 0 0x3140
  > memory 0x140003100 ptr 0 0 z ".?AVruntime_error@std@@"
  > memory 0x140003140 ptr 0 0 z ".?AVexception@std@@"
  > thread 0x44 rsp=0x10f000 rip=0x140001000
  > END
  $ cp thrown.recipe cpp && echo 'exception 0x44 0xe06d7363 0x140001000 0x19930520 0x10f000 0x140003000 0x140000000' >>cpp && mkdump cpp cpp.dmp
  $ osmodump -q cpp.dmp -c '.lastevent; .exr -1'
  Last event: 40.44: C++ EH exception - code e06d7363 (class std::runtime_error at 000000000010f000: disk full)
  ExceptionAddress: 0000000140001000 (app+0x1000)
     ExceptionCode: e06d7363 (C++ EH exception)
    ExceptionFlags: 00000000
  NumberParameters: 4
     Parameter[0]: 0000000019930520
     Parameter[1]: 000000000010f000
     Parameter[2]: 0000000140003000
     Parameter[3]: 0000000140000000
  class std::runtime_error at 000000000010f000: disk full
  $ osmodump -q --json cpp.dmp -c '.exr -1'
  {"kind":"exception","tid":68,"address":"0x140001000","symbol":{"module":"app","offset":4096,"address":"0x140001000"},"code":3765269347,"name":"C++ EH exception","flags":0,"parameters":["0x19930520","0x10f000","0x140003000","0x140000000"],"reason":"class std::runtime_error at 000000000010f000: disk full"}
  $ cp thrown.recipe cpp && echo 'exception 0x44 0xe06d7363 0x140001000 0x19930520 0x10f000 0x30000 0x140000000' >>cpp && mkdump cpp cpp.dmp
  $ osmodump -q cpp.dmp -c '.lastevent'
  Last event: 40.44: C++ EH exception - code e06d7363 (type not in the dump, ThrowInfo at 0000000000030000, object at 000000000010f000)
  $ cp thrown.recipe cpp && echo 'exception 0x44 0xe06d7363 0x140001000 0x19930520 0 0 0' >>cpp && mkdump cpp cpp.dmp
  $ osmodump -q cpp.dmp -c '.lastevent'
  Last event: 40.44: C++ EH exception - code e06d7363 (rethrown: throw;)
  $ cp thrown.recipe clr && echo 'exception 0x44 0xe0434352 0x140001000 0x80131509' >>clr && mkdump clr clr.dmp
  $ osmodump -q clr.dmp -c '.lastevent'
  Last event: 40.44: CLR exception - code e0434352 (HRESULT 80131509 COR_E_INVALIDOPERATION)
  $ cp thrown.recipe delay && echo 'exception 0x44 0xc06d007f 0x140001000 0x50000
  > memory 0x50000 u32 0x48 0 ptr 0 0 0x50100 u32 1 0 ptr 0x50110
  > memory 0x50100 z "missing.dll" at 0x50110 z "Frobnicate"' >>delay && mkdump delay delay.dmp
  $ osmodump -q delay.dmp -c '.lastevent'
  Last event: 40.44: Delay-loaded procedure not found - code c06d007f (missing.dll, Frobnicate)
  $ cp thrown.recipe rpc && echo 'exception 0x44 0x6ba 0x140001000' >>rpc && mkdump rpc rpc.dmp
  $ osmodump -q rpc.dmp -c '.lastevent'
  Last event: 40.44: RPC_S_SERVER_UNAVAILABLE - code 000006ba
  $ cp thrown.recipe fast && echo 'exception 0x44 0xc0000409 0x140001000 0x32' >>fast && mkdump fast fast.dmp
  $ osmodump -q fast.dmp -c '.lastevent'
  Last event: 40.44: Security check failure or stack buffer overrun - code c0000409 (Subcode: 0x32 FAST_FAIL_HEAP_METADATA_CORRUPTION)

Mach exceptions in Crashpad's dumps of macOS:

  $ mkdump - mac.dmp <<'END'
  > minidump x64
  > system macos 10.15.7
  > thread 0x44 rsp=0x10f000 rip=0x140001000
  > exception 0x44 0 0x140001000 0xa 0x6000000 0
  > END
  $ osmodump -q mac.dmp -c '.lastevent'
  Last event: 44: Exception - code 00000000 (EXC_CRASH, SIGABRT)
  $ mkdump - mac.dmp <<'END'
  > minidump x64
  > system macos 10.15.7
  > thread 0x44 rsp=0x10f000 rip=0x140001000
  > exception 0x44 1 0x140001000 1 1 0x18
  > END
  $ osmodump -q mac.dmp -c '.lastevent; .exr -1'
  Last event: 44: EXC_BAD_ACCESS - code 00000001 (at 0x18)
  ExceptionAddress: 00000001`40001000
     ExceptionCode: 00000001 (EXC_BAD_ACCESS)
    ExceptionFlags: 00000000
        Parameters: 00000000`00000001 00000000`00000001 00000000`00000018
  at 0x18

!error names codes, of Windows and of Linux:

  $ osmodump -q app.dmp -c '!error 5; !error 0n1450; !error c0000005; !error c000026e; !error 80070005; !error 80004005; !error 80131509; !error d0000034; !error 80000003; !error 5 1; !error 7fff'
  Error code: (Win32) 0x5 (5) - ERROR_ACCESS_DENIED
  Error code: (Win32) 0x5aa (1450) - ERROR_NO_SYSTEM_RESOURCES
  Error code: (NTSTATUS) 0xc0000005 (3221225477) - STATUS_ACCESS_VIOLATION: Access violation
  Error code: (NTSTATUS) 0xc000026e (3221226094) - STATUS_VOLUME_DISMOUNTED
  Error code: (HRESULT) 0x80070005 (2147942405) - E_ACCESSDENIED
  Error code: (HRESULT) 0x80004005 (2147500037) - E_FAIL
  Error code: (HRESULT) 0x80131509 (2148734217) - COR_E_INVALIDOPERATION
  Error code: (HRESULT) 0xd0000034 (3489660980) - STATUS_OBJECT_NAME_NOT_FOUND
  Error code: (NTSTATUS) 0x80000003 (2147483651) - STATUS_BREAKPOINT: Break instruction exception
  Error code: (NTSTATUS) 0x5 (5) - <Unable to get error code text>
  Error code: (Win32) 0x7fff (32767) - <Unable to get error code text>
  $ osmodump -q --json app.dmp -c '!error 2; !error c0000374'
  {"kind":"error_code","kind_of_value":"Win32","value":2,"name":"ERROR_FILE_NOT_FOUND"}
  {"kind":"error_code","kind_of_value":"NTSTATUS","value":3221226356,"name":"STATUS_HEAP_CORRUPTION","text":"Heap corruption"}
  $ osmodump -q app.dmp -c '!error'
  !error: an error code is missing
  Usage: !error code [1]
  [1]
  $ mkdump "$RECIPES/elf-x64.recipe" core && osmodump -q core -c '!error 2'
  Error code: (errno) 0x2 (2) - ENOENT: No such file or directory

What is no CONTEXT:

  $ mkdump - no-context.dmp <<'END'
  > minidump x64
  > system windows 10.0.19041
  > memory 0x20000 zero 0x600
  > thread 0x44 rsp=0x20000 rip=0x140001000
  > END
  $ osmodump -q no-context.dmp -c '.cxr 20000'
  no CONTEXT at 0x20000: its flags say that it has no instruction pointer
  [1]

The writer's comment, product and build, times of threads, and what else its writer put in:

  $ mkdump - commented.dmp <<'END'
  > minidump x64
  > system windows 10.0.19041 cpus=4 product=3 suite=0x110
  > comment "*** procdump -ma -e app.exe\r\n\x1b[2J*** Unhandled exception: C0000005.ACCESS_VIOLATION"
  > comment-w "wide comment"
  > misc size=1232 pid=0x40 create=1234567000 user=1 kernel=2 mhz=2400,2400,1,2,3 integrity=0x2000 build="19041.1.amd64fre.vb_release.191206-1406" debug="dbgcore.amd64,10.0" tz=1,-60,0,-60,CET,CEST
  > thread 0x44 rsp=0x10f000 rip=0x140001000 create=132000000 user=10 kernel=20 start=0x140001000 info-flags=0 affinity=0xf
  > thread 0x48 rsp=0x10f000 rip=0x140001000 create=132000000 user=1000000 kernel=20 start=0x140001000
  > END
  $ osmodump -q commented.dmp -c 'vertarget; .ttime; ~1s; .ttime' | head -12
  Windows Server Version 19041 MP (4 procs) Free x64
  Product: Server, suite: TerminalServer SingleUserTS
  Edition build lab: 19041.1.amd64fre.vb_release.191206-1406
  User Mini Dump File: Only registers, stack and portions of memory are available
  Comment: '*** procdump -ma -e app.exe
  .[2J*** Unhandled exception: C0000005.ACCESS_VIOLATION
  wide comment'
  Debug session time: not available
  System Uptime: not available
  Process Uptime: not available
    Kernel time: 0 days 0:00:02.000
    User time: 0 days 0:00:01.000
  $ osmodump -q commented.dmp -c '.dumpdebug' | grep -v Stream
  ----- User Mini Dump File: Only registers, stack and portions of memory are available
  Path      commented.dmp
  Format    minidump, x64
  Flags     0x0
  Size      0x1070 (4.109 kB)
  Time zone -60 minutes to UTC (CET)
  Written by dbgcore.amd64,10.0
  Integrity 0x2000 (medium)
  Annotation: comment = *** procdump -ma -e app.exe\x0d\x0a\x1b[2J*** Unhandled exception: C0000005.ACCESS_VIOLATION
  Annotation: comment = wide comment
  Annotation: cpu features_0 = 0x0
  Annotation: cpu features_1 = 0x0
  Annotation: processor-power max_mhz = 4806
  Annotation: processor-power current_mhz = 4806
  Annotation: processor-power mhz_limit = 4806
  Annotation: processor-power max_idle_state = 0
  Annotation: processor-power current_idle_state = 0
  $ osmodump -q --json commented.dmp -c 'vertarget; .ttime'
  {"kind":"target","os":"Windows Server","version":"10.0.19041","build":19041,"multi":"MP","processors":4,"machine":"x64","build_type":"Free","product":"Server","suites":"TerminalServer SingleUserTS","build_string":"19041.1.amd64fre.vb_release.191206-1406","title":"User Mini Dump File: Only registers, stack and portions of memory are available","comment":"*** procdump -ma -e app.exe\n.[2J*** Unhandled exception: C0000005.ACCESS_VIOLATION\nwide comment","file":"commented.dmp","pid":64,"kernel_time":2.0,"user_time":1.0}
  {"kind":"thread_time","thread":0,"created":"1974-03-08T18:40:00Z","kernel_time":0.000002,"user_time":0.000001}
  $ osmodump -q app.dmp -c '.ttime'
  the dump has no times of thread 1
  [1]
