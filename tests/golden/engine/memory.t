Memory: d* da du dds ddp s .writemem

  $ mkdump - app.dmp <<'END'
  > minidump x64
  > header time=1234567890
  > system windows 10.0.19041 cpus=4
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x20000 z "hello world" at 0x20020 wz "wide text" at 0x20040 u64 0x20000 u32 0xdeadbeef 1
  >   u32 0x3f800000 0x40490fdb u64 0x400921fb54442d18 0x20080 at 0x20080 u64 0x7ff700001010 0x7ffa00002040
  >   at 0x20100
  > memory 0x10f000 u64 0x7ff700001234
  > thread 0x1a30 teb=0x300000 stack=0x10f000 rsp=0x10f000 rip=0x7ff700001010
  > END

Numbers; a line may have other columns, bytes that are not in the dump are ??:

  $ osmodump -q app.dmp -c 'db 20000 L20'
  00000000`00020000  68 65 6c 6c 6f 20 77 6f-72 6c 64 00 00 00 00 00  hello world.....
  00000000`00020010  00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00  ................
  $ osmodump -q app.dmp -c 'db 1fff8 L28'
  00000000`0001fff8  ?? ?? ?? ?? ?? ?? ?? ??-68 65 6c 6c 6f 20 77 6f  ????????hello wo
  00000000`00020008  72 6c 64 00 00 00 00 00-00 00 00 00 00 00 00 00  rld.............
  00000000`00020018  00 00 00 00 00 00 00 00                          ........
  $ osmodump -q app.dmp -c 'dw 20020 L9; dd 20040 L5; dq 20040 L3; dp 20040 L1'
  00000000`00020020  0077 0069 0064 0065 0020 0074 0065 0078
  00000000`00020030  0074
  00000000`00020040  00020000 00000000 deadbeef 00000001
  00000000`00020050  3f800000
  00000000`00020040  00000000`00020000 00000001`deadbeef
  00000000`00020050  40490fdb`3f800000
  00000000`00020040  00000000`00020000
  $ osmodump -q app.dmp -c 'dd 1fff8 l4; dw 200fc L4; dq 200f8 L2'
  00000000`0001fff8  ???????? ???????? 6c6c6568 6f77206f
  00000000`000200fc  0000 0000 ???? ????
  00000000`000200f8  00000000`00000000 ????????`????????
  $ osmodump -q app.dmp -c 'dc 20000 L6; dW 20020 L8'
  00000000`00020000  6c6c6568 6f77206f 00646c72 00000000  hello world.....
  00000000`00020010  00000000 00000000                    ........
  00000000`00020020  0077 0069 0064 0065 0020 0074 0065 0078  w.i.d.e. .t.e.x.
  $ osmodump -q app.dmp -c 'df 20050 L2; dD 20058 L1'
  00000000`00020050  1 3.1415927
  00000000`00020058  3.141592653589793
  $ osmodump -q app.dmp -c 'dyb 20000 L6; dyd 20048 L2'
  00000000`00020000  01101000 01100101 01101100 01101100  68 65 6c 6c
  00000000`00020004  01101111 00100000                    6f 20
  00000000`00020048  11011110101011011011111011101111  deadbeef
  00000000`0002004c  00000000000000000000000000000001  00000001
  $ osmodump -q app.dmp -c 'dd /c 2 20040 L4; db /c 8 20000 L10'
  00000000`00020040  00020000 00000000
  00000000`00020048  deadbeef 00000001
  00000000`00020000  68 65 6c 6c 6f 20 77 6f                          hello wo
  00000000`00020008  72 6c 64 00 00 00 00 00                          rld.....

A range may name its end; without one a command goes on where the last ended:

  $ osmodump -q app.dmp -c 'dd 20040 2004f; dd; d 20000 L3'
  00000000`00020040  00020000 00000000 deadbeef 00000001
  00000000`00020050  3f800000 40490fdb 54442d18 400921fb
  00000000`00020060  00020080 00000000 00000000 00000000
  00000000`00020070  00000000 00000000 00000000 00000000
  00000000`00020080  00001010 00007ff7 00002040 00007ffa
  00000000`00020090  00000000 00000000 00000000 00000000
  00000000`000200a0  00000000 00000000 00000000 00000000
  00000000`000200b0  00000000 00000000 00000000 00000000
  00000000`000200c0  00000000 00000000 00000000 00000000
  00000000`00020000  68 65 6c                                         hel
  $ osmodump -q app.dmp -c 'dd 20000 L100000000'
  Range error in 'L100000000' (L?n lifts the limit of 256 MB)
  [1]
  $ osmodump -q app.dmp -c 'dd /c 0 20000'
  /c takes 1 to 0x100 columns
  [1]

Strings:

  $ osmodump -q app.dmp -c 'da 20000; du 20020; da /c 4 20000; du /c 100 20020; da 20000 L5; da 99999'
  00000000`00020000  "hello world"
  00000000`00020020  "wide text"
  00000000`00020000  "hell"
  00000000`00020004  "o wo"
  00000000`00020008  "rld"
  00000000`00020020  "wide text"
  00000000`00020000  "hello"
  00000000`00099999  "??"

Pointers: with symbols, with what they point to, with strings:

  $ osmodump -q app.dmp -c 'dps 20080 L3; dqs 20080 L1; dds 20080 L2'
  00000000`00020080  00007ff7`00001010 app+0x1010
  00000000`00020088  00007ffa`00002040 ntdll+0x2040
  00000000`00020090  00000000`00000000
  00000000`00020080  00007ff7`00001010 app+0x1010
  00000000`00020080  00001010
  00000000`00020084  00007ff7
  $ osmodump -q app.dmp -c 'dpp 20060 L2; dqp 20060 L1; ddp 20060 L1; dpp fffc0 L1'
  00000000`00020060  00000000`00020080 00007ff7`00001010 app+0x1010
  00000000`00020068  00000000`00000000
  00000000`00020060  00000000`00020080 00007ff7`00001010 app+0x1010
  00000000`00020060  00020080 00007ff7`00001010 app+0x1010
  00000000`000fffc0  ????????`????????
  $ osmodump -q app.dmp -c 'dpa 20040 L1; dda 20040 L1; dpp 20100 L1'
  00000000`00020040  00000000`00020000 "hello world"
  00000000`00020040  00020000 "hello world"
  00000000`00020100  ????????`????????

JSON has null for what is absent:

  $ osmodump -q --json app.dmp -c 'db 20000 L4; dd 1fff8 L4; dq 20040 L2; df 20050 L2'
  {"kind":"memory","address":"0x20000","size":1,"words":[104,101,108,108]}
  {"kind":"memory","address":"0x1fff8","size":4,"words":[null,null,1819043176,1870078063]}
  {"kind":"memory","address":"0x20040","size":8,"words":["0x20000","0x1deadbeef"]}
  {"kind":"memory","address":"0x20050","size":4,"words":[1065353216,1078530011]}
  $ osmodump -q --json app.dmp -c 'da 20000; du 20020; da 99999'
  {"kind":"memory","address":"0x20000","size":1,"text":"hello world"}
  {"kind":"memory","address":"0x20020","size":2,"text":"wide text"}
  {"kind":"memory","address":"0x99999","size":1}
  $ osmodump -q --json app.dmp -c 'dps 20080 L1; dpp 20060 L1; dpa 20040 L1; dds 1fffc L1'
  {"kind":"pointer","address":"0x20080","value":["0x7ff700001010"],"symbol":{"module":"app","offset":4112,"address":"0x7ff700001010"}}
  {"kind":"pointer","address":"0x20060","value":["0x20080"],"points_to":["0x7ff700001010"],"symbol":{"module":"app","offset":4112,"address":"0x7ff700001010"}}
  {"kind":"pointer","address":"0x20040","value":["0x20000"],"text":"hello world"}
  {"kind":"pointer","address":"0x1fffc","value":[null]}

Searching:

  $ osmodump -q app.dmp -c 's 20000 L100 77 6f; s -b 20000 L100 64 65'
  00000000`00020006  77 6f 72 6c 64 00 00 00-00 00 00 00 00 00 00 00  world...........
  $ osmodump -q app.dmp -c 's -a 20000 L100 "world"; s -u 20000 L100 "text"'
  00000000`00020006  77 6f 72 6c 64 00 00 00-00 00 00 00 00 00 00 00  world...........
  00000000`0002002a  74 00 65 00 78 00 74 00-00 00 00 00 00 00 00 00  t.e.x.t.........
  $ osmodump -q app.dmp -c 's -w 20000 L80 6f77; s -d 20000 L40 deadbeef; s -q 20000 L20 20000'
  00000000`00020006  6f77 6c72 0064 0000 0000 0000 0000 0000  world...........
  00000000`00020048  deadbeef 00000001 3f800000 40490fdb  ...........?..I@
  00000000`00020040  00000000`00020000 00000001`deadbeef  ................
  $ osmodump -q app.dmp -c 's -[1]b 0 L?7fffffffffff "wor"; s -sa 20000 L100; s -su 20000 L100'
  00000000`00020006
  00000000`00020000  "hello world"
  00000000`00020059  "-DT"
  00000000`0002005d  "!\x09@"
  00000000`00020020  "wide text"
  $ osmodump -q app.dmp -c 's -d 20000 L40 12345678; .echo nothing found'
  nothing found
  $ osmodump -q app.dmp -c 's -z 20000 L40 1'
  s: unknown search type 'z'
  Usage: s [-p] [-[flags]type] range pattern
  [1]
  $ osmodump -q --json app.dmp -c 's -b 20000 L100 77 6f; s -sa 20000 L100; s -d 20000 L40 deadbeef'
  {"kind":"search_hit","address":"0x20006","size":1,"words":[119,111,114,108,100,0,0,0,0,0,0,0,0,0,0,0]}
  {"kind":"search_hit","address":"0x20000","text":"hello world"}
  {"kind":"search_hit","address":"0x20059","text":"-DT"}
  {"kind":"search_hit","address":"0x2005d","text":"!\t@"}
  {"kind":"search_hit","address":"0x20048","size":4,"words":[3735928559,1,1065353216,1078530011]}

Writing to a file; holes are not made up, and a file is its owner's alone:

  $ umask 022
  $ osmodump -q app.dmp -c '.writemem out.bin 20000 Lc'
  Writing c bytes
  $ od -An -c out.bin
     h   e   l   l   o       w   o   r   l   d  \0
  $ stat -c %a out.bin
  600
  $ osmodump -q app.dmp -c '.writemem none.bin 1fff8 L10'
  no memory at 0x1fff8 in the dump
  [1]
  $ osmodump -q app.dmp -c '.writemem none.bin 200f8 2010f'
  no memory at 0x20100 in the dump
  [1]
  $ ls none.bin 2>/dev/null
  [2]
  $ osmodump -q --json app.dmp -c '.writemem again.bin 20000 L10'
  {"kind":"memory_written","file":"again.bin","address":"0x20000","bytes":16}

Counted strings and linked lists:

  $ mkdump - lists.dmp <<'END'
  > minidump x64
  > system windows 10.0.19041
  > memory 0x20000 u16 8 10 zero 4 ptr 0x20040 u16 5 6 zero 4 ptr 0x20060 u16 0 0 zero 4 ptr 0x20040
  > memory 0x20040 wz "wide" at 0x20060 z "plain"
  > memory 0x30000 ptr 0x30010 0x30020 ptr 0x30020 0x30000 ptr 0x30000 0x30010
  > memory 0x40000 ptr 0x40010 7 ptr 0x50000 8
  > thread 0x10 rsp=0x20000 rip=0x1000
  > END
  $ osmodump -q lists.dmp -c 'dS 20000; ds 20010; dS 20020; dS 20030'
  00000000`00020040  "wide"
  00000000`00020060  "plain"
  00000000`00020040  ""
  no memory at 0x20030 in the dump
  [1]
  $ osmodump -q lists.dmp -c 'dl 30000; .echo; dlb 30000; .echo; dl 40000; .echo; dl 30000 2 1'
  00000000`00030000  00000000`00030010 00000000`00030020
  00000000`00030010  00000000`00030020 00000000`00030000
  00000000`00030020  00000000`00030000 00000000`00030010
  
  00000000`00030000  00000000`00030010 00000000`00030020
  00000000`00030020  00000000`00030000 00000000`00030010
  00000000`00030010  00000000`00030020 00000000`00030000
  
  00000000`00040000  00000000`00040010 00000000`00000007
  00000000`00040010  00000000`00050000 00000000`00000008
  00000000`00050000  ????????`???????? ????????`????????
  
  00000000`00030000  00000000`00030010
  00000000`00030010  00000000`00030020
  $ osmodump -q lists.dmp -c 'dl; dl 30000 1 1000'
  dl: an address is missing
  Usage: dl address [entries [words]]
  [1]
  $ osmodump -q lists.dmp -c 'dl 30000 1 1000'
  dl: at most 0x10000 entries of at most 0x100 words
  Usage: dl address [entries [words]]
  [1]
  $ osmodump -q --json lists.dmp -c 'dS 20000; dl 30000 1'
  {"kind":"memory","address":"0x20040","size":2,"text":"wide"}
  {"kind":"memory","address":"0x30000","size":8,"words":["0x30010","0x30020"]}

Memory up to the last address there is: counting and searching it comes to an end.

  $ cat > last.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=1
  > misc size=24 pid=0x1100
  > thread 0x14 stack=0x10f000 rip=0x401000 rsp=0x10f000
  > memory 0x10f000 zero 64
  > memory 0xfffffffffffff000 zero 4094 u8 0x41 0x42
  > region 0xfffffffffffff000 0xfff state=commit protect=rw type=private
  > END
  $ mkdump last.recipe last.dmp
  $ osmodump -q last.dmp -c '!address -summary'
  
  --- Usage Summary ---------------- RgnCount ------- Total Size
  <unknown>                                     1               fff (3.999 kB) 100% in dump 3.999 kB
  
  --- Type Summary ---------------- RgnCount ------- Total Size
  MEM_PRIVATE                                   1               fff (3.999 kB) 100% in dump 3.999 kB
  
  --- State Summary ---------------- RgnCount ------- Total Size
  MEM_COMMIT                                    1               fff (3.999 kB) 100% in dump 3.999 kB
  
  --- Protect Summary ---------------- RgnCount ------- Total Size
  PAGE_READWRITE                                1               fff (3.999 kB) 100% in dump 3.999 kB
  $ osmodump -q last.dmp -c 's 0 L?ffffffffffffffff 41'
  ffffffff`fffffffe  41 42 ?? ?? ?? ?? ?? ??-?? ?? ?? ?? ?? ?? ?? ??  AB??????????????
