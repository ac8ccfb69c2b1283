Where symbols come from: .sympath .symfix .exepath .reload .symlist !sym

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

The path is the whole rest of the line:

  $ unset _NT_SYMBOL_PATH; mkdir syms; HOME=/nowhere; unset XDG_CACHE_HOME
  $ osmodump -q app.dmp -c '.sympath; .exepath'
  Symbol search path is: <empty>
  Executable image search path is: <empty>
  $ osmodump -q app.dmp -c '.sympath srv*cache*syms;more' -c '.sympath+ third' -c '.exepath bin' -c '.exepath+ lib'
  Symbol search path is: srv*cache*syms;more
  Expanded Symbol search path is: srv*cache*syms;more
  Symbol search path is: srv*cache*syms;more;third
  Expanded Symbol search path is: srv*cache*syms;more;third
  Executable image search path is: bin
  Executable image search path is: bin;lib
  $ osmodump -q app.dmp -c '.symfix cache; .symfix+ other'
  Symbol search path is: srv*cache*https://msdl.microsoft.com/download/symbols
  Expanded Symbol search path is: srv*cache*https://msdl.microsoft.com/download/symbols
  Symbol search path is: srv*cache*https://msdl.microsoft.com/download/symbols;srv*other*https://msdl.microsoft.com/download/symbols
  Expanded Symbol search path is: srv*cache*https://msdl.microsoft.com/download/symbols;srv*other*https://msdl.microsoft.com/download/symbols
  $ osmodump -q --json app.dmp -c '.sympath syms' -c '.symfix c' -c '.exepath bin'
  {"kind":"search_path","what":"Symbol","path":"syms","expanded":"syms"}
  {"kind":"search_path","what":"Symbol","path":"srv*c*https://msdl.microsoft.com/download/symbols","expanded":"srv*c*https://msdl.microsoft.com/download/symbols"}
  {"kind":"search_path","what":"Executable image","path":"bin"}

What is missing, and where it was looked for:

  $ osmodump -q app.dmp -c '.symlist; .reload app; .reload /f; .reload; .reload nosuch'
  app              app.pdb                  00112233445566778899AABBCCDDEEFF2
      https://msdl.microsoft.com/download/symbols/app.pdb/00112233445566778899AABBCCDDEEFF2/app.pdb
      (no symbol file for app.pdb)
  ntdll            ?                        unknown
  app: none (no symbol file for app.pdb)
  app: none (no symbol file for app.pdb)
  ntdll: none
  there is no module 'nosuch'
  [1]
  $ osmodump -y syms app.dmp -c '!sym noisy; .reload app; !sym quiet; .reload app' 2>&1 | sed '1,/^noisy/d'
  SYMSRV: syms/app.pdb - file not found
  SYMSRV: syms/exe/app.pdb - file not found
  SYMSRV: syms/symbols/exe/app.pdb - file not found
  SYMSRV: syms/app.pdb/00112233445566778899AABBCCDDEEFF2/app.pdb - file not found
  SYMSRV: syms/app.pdb/00112233445566778899AABBCCDDEEFF2/app.sym - file not found
  SYMSRV: syms/app.sym - file not found
  SYMSRV: syms/app.exe - file not found
  SYMSRV: syms/exe/app.exe - file not found
  SYMSRV: syms/symbols/exe/app.exe - file not found
  SYMSRV: syms/app.exe/4996000010000/app.exe - file not found
  SYMSRV: syms/demo/app.exe - file not found
  app: none (no symbol file for app.pdb)
  quiet mode - symbol prompts off
  app: none (no symbol file for app.pdb)
  $ osmodump -q app.dmp -c '!sym loud'
  !sym: 'loud' is not understood
  Usage: !sym [noisy | quiet]
  [1]
  $ osmodump -q --json app.dmp -c '.symlist; .reload app; !sym'
  {"kind":"missing_symbols","module":"app","file":"app.pdb","key":"00112233445566778899AABBCCDDEEFF2","url":"https://msdl.microsoft.com/download/symbols/app.pdb/00112233445566778899AABBCCDDEEFF2/app.pdb","trouble":"no symbol file for app.pdb"}
  {"kind":"missing_symbols","module":"ntdll"}
  {"kind":"reload","module":"app","status":"none","trouble":"no symbol file for app.pdb"}
  {"kind":"symbol_mode","noisy":false}

