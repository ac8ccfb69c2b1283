Expressions: ? ?? .formats n

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

Numbers, operators, registers and pseudo-registers:

  $ osmodump -q app.dmp -c '? 10; ? 0n10; ? 0y101; ? 0t17; ? 7ff7`00001010; ? -1'
  Evaluate expression: 16 = 00000000`00000010
  Evaluate expression: 10 = 00000000`0000000a
  Evaluate expression: 5 = 00000000`00000005
  Evaluate expression: 15 = 00000000`0000000f
  Evaluate expression: 140698833653776 = 00007ff7`00001010
  Evaluate expression: -1 = ffffffff`ffffffff
  $ osmodump -q app.dmp -c '? 2+3*4; ? (1<<4)|1; ? 5 mod 3; ? not 0; ? 3 > 2 and 1; ? hi(12345678)'
  Evaluate expression: 14 = 00000000`0000000e
  Evaluate expression: 17 = 00000000`00000011
  Evaluate expression: 2 = 00000000`00000002
  Evaluate expression: 1 = 00000000`00000001
  Evaluate expression: 1 = 00000000`00000001
  Evaluate expression: 4660 = 00000000`00001234
  $ osmodump -q app.dmp -c '? @rax; ? eax; ? al; ? @rip; ? @$ip; ? @$csp; ? @$tid; ? @$tpid; ? @$teb; ? @$peb; ? @$ptrsize'
  Evaluate expression: 0 = 00000000`00000000
  Evaluate expression: 0 = 00000000`00000000
  Evaluate expression: 0 = 00000000`00000000
  Evaluate expression: 140711718559808 = 00007ffa`00002040
  Evaluate expression: 140711718559808 = 00007ffa`00002040
  Evaluate expression: 1175552 = 00000000`0011f000
  Evaluate expression: 6708 = 00000000`00001a34
  Evaluate expression: 6700 = 00000000`00001a2c
  Evaluate expression: 3153920 = 00000000`00302000
  $peb: the TEB is not in the dump: no memory at 0x302000 in the dump
  [1]
  $ osmodump -q app.dmp -c '~0s; ? @$exentry; ? app; ? ntdll+10; ? @$exr_code; ? @$exr_param1; ? @$dbgtime'
  Evaluate expression: 140698833654324 = 00007ff7`00001234
  Evaluate expression: 140698833649664 = 00007ff7`00000000
  Evaluate expression: 140711718551568 = 00007ffa`00000010
  Evaluate expression: 3221225477 = 00000000`c0000005
  Evaluate expression: 16 = 00000000`00000010
  Evaluate expression: 128790414900000000 = 01c98e33`3296f500
  $ osmodump -q app.dmp -c '? by(20000); ? wo(20000); ? dwo(20048); ? qwo(20040); ? poi(20040)+4; ? $vvalid(20000,40); ? $vvalid(20000,400)'
  Evaluate expression: 104 = 00000000`00000068
  Evaluate expression: 25960 = 00000000`00006568
  Evaluate expression: 3735928559 = 00000000`deadbeef
  Evaluate expression: 131072 = 00000000`00020000
  Evaluate expression: 131076 = 00000000`00020004
  Evaluate expression: 1 = 00000000`00000001
  Evaluate expression: 0 = 00000000`00000000
  $ osmodump -q app.dmp -c '? $scmp("a","b"); ? $sicmp("A","a"); ? $spat("ntdll.dll","nt*")'
  Evaluate expression: -1 = ffffffff`ffffffff
  Evaluate expression: 0 = 00000000`00000000
  Evaluate expression: 1 = 00000000`00000001
  $ osmodump -q app.dmp -c 'r @$t0 = 5; r $t1 = @$t0 * 2, $t2 = 1; ? @$t0 + @$t1 + @$t2; ? @$exp'
  Evaluate expression: 16 = 00000000`00000010
  Evaluate expression: 16 = 00000000`00000010

The radix:

  $ osmodump -q app.dmp -c 'n; n 10; ? 10; ? 0x10; n 16; ? 10'
  base is 16
  base is 10
  Evaluate expression: 10 = 00000000`0000000a
  Evaluate expression: 16 = 00000000`00000010
  base is 16
  Evaluate expression: 16 = 00000000`00000010
  $ osmodump -q --json app.dmp -c 'n 10; ? 10'
  {"kind":"radix","radix":10}
  {"kind":"value","decimal":10,"value":"0xa"}

Errors tell the place, and the exit code tells of them:

  $ osmodump -q app.dmp -c '? 1 +* 2'
  Syntax error at '* 2'
  [1]
  $ osmodump -q app.dmp -c '? nosuch+1; .echo not reached'
  Couldn't resolve error at 'nosuch+1'
  [1]
  $ osmodump -q app.dmp -c '? poi(0)'
  Memory access error at 'poi(0)'
  [1]
  $ osmodump -q app.dmp -c '? (1'
  ')' missing at '(1'
  [1]
  $ osmodump -q app.dmp -c '? @$nosuch'
  Bad register error at '$nosuch'
  [1]
  $ osmodump -q app.dmp -c '? 1 2'
  ?: Extra character error at '2'
  Usage: ? expression
  [1]
  $ osmodump -q app.dmp -c '?'
  ?: an expression is missing (.help lists the commands)
  Usage: ? expression
  [1]

C++ expressions:

  $ osmodump -q app.dmp -c '?? 2 + 3 * 4; ?? (char)0x41; ?? sizeof(int); ?? *(unsigned short *)0x20000; ?? @$t0 + 1; ? @@c++(1 << 4); ? @@(0x10)'
  int 0n14
  char 0n65 'A'
  unsigned int64 0x4
  unsigned short 0x6568
  unsigned int64 0x1
  Evaluate expression: 16 = 00000000`00000010
  Evaluate expression: 16 = 00000000`00000010
  $ osmodump -q app.dmp -c '?? (char *)0x20000 + 6; ?? *((char *)0x20000 + 6)'
  char * 0x00000000`00020006 "world"
  char 0n119 'w'
  $ osmodump -q --json app.dmp -c '?? *(unsigned int *)0x20048; ? 10'
  {"kind":"cpp_value","type":"unsigned int","text":"0xdeadbeef","value":"0xdeadbeef","address":"0x20048"}
  {"kind":"value","decimal":16,"value":"0x10"}

Every form:

  $ osmodump -q app.dmp -c '.formats 1c407e62; .formats -1'
  Evaluate expression:
    Hex:     00000000`1c407e62
    Decimal: 473988706
    Decimal (unsigned) : 473988706
    Octal:   0000000000003420077142
    Binary:  00000000 00000000 00000000 00000000 00011100 01000000 01111110 01100010
    Chars:   .....@~b
    Time:    Mon Jan  7 23:31:46 1985
    Float:   low 6.36908e-22 high 0
    Double:  2.34182e-315
  Evaluate expression:
    Hex:     ffffffff`ffffffff
    Decimal: -1
    Decimal (unsigned) : 18446744073709551615
    Octal:   1777777777777777777777
    Binary:  11111111 11111111 11111111 11111111 11111111 11111111 11111111 11111111
    Chars:   ........
    Time:    ***** Invalid
    Float:   low NaN high NaN
    Double:  NaN
  $ osmodump -q --json app.dmp -c '.formats 01d50e41`a8b9c000'
  {"kind":"formats","hex":"0x1d50e41a8b9c000","decimal":132027439243706368,"unsigned":132027439243706368,"octal":"0007250344065056340000","binary":"00000001 11010101 00001110 01000001 10101000 10111001 11000000 00000000","chars":"...A....","time":"2019-05-19T12:52:04Z","float_low":-2.0622392682412283e-14,"float_high":7.82642960789938e-38,"double":7.860203543640757e-300}

