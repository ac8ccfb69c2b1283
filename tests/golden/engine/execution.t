What a dump cannot do: g p t bp e*

  $ mkdump - app.dmp <<'END'
  > minidump x64
  > header time=1234567890
  > system windows 10.0.19041 cpus=4 vendor=GenuineIntel
  > misc size=44 pid=0x1a2c create=1234567000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe pdb D:\src\app.pdb 00112233-4455-6677-8899-AABBCCDDEEFF 2 timestamp=0x49960000
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x7ff700000000 "MZ" at 0x7ff70000003c u32 0x80 at 0x7ff700000080 "PE" zero 2 at 0x7ff7000000a8 u32 0x1234
  > memory 0x20000 z "hello world" at 0x20020 wz "wide" at 0x20040 u64 0x20000 u32 0xdeadbeef
  > memory 0x300000 u64 0 at 0x300060 u64 0x400000
  > memory 0x10f000 u64 0x7ff700001000 u64 0x7ffa00002000
  > memory 0x11f000 u64 1
  > thread 0x1a30 teb=0x300000 stack=0x10f000 suspend=1 rsp=0x10f000 rip=0x7ff700001010 rax=0x1122334455667788 name=main
  > thread 0x1a34 teb=0x302000 stack=0x11f000 suspend=0 rsp=0x11f000 rip=0x7ffa00002040
  > exception 0x1a34 0xc0000005 0x7ffa00002040 1 0x10
  > END



  $ osmodump -q app.dmp -c 'g'
  No runnable debuggees error in 'g'
  [1]
  $ osmodump -q app.dmp -c 'p; .echo not reached'
  No runnable debuggees error in 'p'
  [1]
  $ osmodump -q app.dmp -c 'bp `app!main.c:21` ".echo hit; g"; .echo not reached'
  Operation not supported by current debuggee error in 'bp `app!main.c:21` ".echo hit; g"'
  [1]
  $ osmodump -q app.dmp -c 'ed 20000 1'
  Operation not supported by current debuggee error in 'ed 20000 1'
  [1]
  $ osmodump -q --json app.dmp -c 'g'
  {"kind":"error","code":"unsupported","message":"No runnable debuggees error in 'g'"}
  No runnable debuggees error in 'g'
  [1]
  $ osmodump -q --json app.dmp -c 'bp app'
  {"kind":"error","code":"unsupported","message":"Operation not supported by current debuggee error in 'bp app'"}
  Operation not supported by current debuggee error in 'bp app'
  [1]

What is not here says what to use instead; extensions are built in; settings are accepted:

  $ osmodump -q app.dmp -c '!ext.heap -s; !pool 2; !clrstack; .shell ls'
  _PEB: no memory at 0x400000 in the dump
  !pool works on dumps of the Windows kernel, which are not read here
  !clrstack needs the data access library of .NET for Windows; ~*k and !runaway show the native side
  .shell is not here: no command runs other programs
  [1]
  $ osmodump -q app.dmp -c 'dx @$curprocess'
  dx is not here: ?? and dt evaluate C++ expressions and show types
  [1]
  $ osmodump -q app.dmp -c '.loadby sos clr; .load ext.dll; .chain'
  All extension commands are built in; nothing is loaded or unloaded.
  All extension commands are built in; nothing is loaded or unloaded.
  All extension commands are built in; nothing is loaded or unloaded.
  $ osmodump app.dmp -c '.lines -e; .symopt+ 0x40; sxe av; .prompt_allow -dis; .echo on' 2>&1 | tail -5
  .lines: accepted, without effect here
  .symopt: accepted, without effect here
  sxe: accepted, without effect here
  .prompt_allow: accepted, without effect here
  on
  $ osmodump -q app.dmp -c '.expr; .expr /s masm; .expr /s c++'
  Current expression evaluator: MASM - Microsoft Assembler expressions
  Current expression evaluator: MASM - Microsoft Assembler expressions
  .expr: expressions of commands are always MASM's; ?? and @@c++(...) evaluate C++
  [1]
  $ osmodump -q app.dmp -c 'f 20000 L4 0'
  Operation not supported by current debuggee error in 'f 20000 L4 0'
  [1]
  $ osmodump -q app.dmp -c 'ld app; ld nt*; ld nosuch'
  app: none (no symbol file for app.pdb)
  ntdll: none
  there is no module 'nosuch'
  [1]
  $ osmodump -q app.dmp -c '.echo a; .detach; .echo b'
  a
  $ osmodump -q --json app.dmp -c '.chain; .expr; ld app; !pool'
  {"kind":"text","text":"All extension commands are built in; nothing is loaded or unloaded."}
  {"kind":"text","text":"Current expression evaluator: MASM - Microsoft Assembler expressions"}
  {"kind":"reload","module":"app","status":"none","trouble":"no symbol file for app.pdb"}
  {"kind":"error","code":"unsupported","message":"!pool works on dumps of the Windows kernel, which are not read here"}
  !pool works on dumps of the Windows kernel, which are not read here
  [1]
  $ osmodump -q --json app.dmp -c '.lines'

Once for each module, each frame:

  $ osmodump -q app.dmp -c '!for_each_module; !for_each_module .echo @#ModuleIndex ${@#Base} @#End @#Size @#ImageName'
  app
  ntdll
  0x0 0x7ff700000000 0x7ff700010000 0x10000 C:\demo\app.exe
  0x1 0x7ffa00000000 0x7ffa00020000 0x20000 C:\Windows\System32\ntdll.dll
  $ osmodump -q app.dmp -c '!for_each_module ".if (@#Base = 7ffa00000000) { .echo @#ModuleName; ln @#Base }"; .echo after'
  ntdll
  no symbol at or before 0x7ffa00000000
  after
  [1]
  $ osmodump -q app.dmp -c '~0s; !for_each_frame r rip; ? @$frame'
  00 00000000`0010f000 00007ff7`00001000 app+0x1010
  rip=00007ff700001010
  01 00000000`0010f008 00007ffa`00002000 app+0x1000
  rip=00007ff700001000
  02 00000000`0010f010 00000000`00000000 ntdll+0x2000
  rip=00007ffa00002000
  Evaluate expression: 0 = 00000000`00000000
  $ osmodump -q --json app.dmp -c '!for_each_module; ~0s; !for_each_frame' | head -3
  {"kind":"text","text":"app"}
  {"kind":"text","text":"ntdll"}
  {"kind":"frame","index":0,"child":"0x10f000","ret":"0x7ff700001000","ip":"0x7ff700001010","sp":"0x10f000","args":["0x7ffa00002000",null,null,null],"inline":false,"symbol":{"module":"app","offset":4112,"address":"0x7ff700001010"},"trust":"context"}
