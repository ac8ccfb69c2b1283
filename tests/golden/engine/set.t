The manifest of a set: several dumps as one system of processes.

  $ dump() {
  > mkdump - $1 <<END
  > minidump x64
  > header time=1234567890
  > system windows 10.0.19041 cpus=4
  > misc size=44 pid=$2 create=1234567000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\\demo\\$3.exe
  > memory 0x20000 z "$3"
  > memory 0x10f000 u64 0x7ff700001000
  > thread $4 stack=0x10f000 rsp=0x10f000 rip=0x7ff700001010 name=main
  > thread 0x7777 stack=0x10f000 rsp=0x10f000 rip=0x7ff700001020
  > END
  > }
  $ mkdir set; dump set/a.dmp 0x100 app 0x101; dump set/b.dmp 0x200 helper 0x201
  $ cat >set/ab.set.json <<'END'
  > {"type":"osmosis-set","format":1,"tool":{"name":"osmodump","version":"0.1.0"},"set":{"kind":"tree","root":256},
  > "consistency":{"level":"instantaneous"},"start":{"seconds":1795692491,"nanoseconds":5},"skew_ns":344983,"pause_ns":1493354,
  > "members":[{"pid":256,"ppid":1,"name":"app","file":"a.dmp","engine":"clone","consistency":{"level":"instantaneous"}},
  >  {"pid":512,"ppid":256,"name":"helper","file":"b.dmp","mini":"b.mini.dmp","engine":"clone","pause_ns":1400000,
  >   "consistency":{"level":"quasi-instantaneous","why":"of a reason"}},
  >  {"pid":513,"ppid":256,"name":"gone","file":"gone.dmp"}]}
  > END

  $ osmodump -q set/ab.set.json -c '|; |1s; ~; da 20000; |.; |~[100]da 20000; |0s; |2s'
  .  0\tid: 100\texamine\tname: app (esc)
     1\tid: 200\texamine\tname: helper (esc)
     2\tid: 201\texamine\tname: gone (esc)
  .  1\tid: 200\texamine\tname: helper (esc)
  .  0  Id: 200.201 Suspend: 0 Unfrozen "main"
     1  Id: 200.7777 Suspend: 0 Unfrozen
  00000000`00020000  "helper"
  .  1\tid: 200\texamine\tname: helper (esc)
  00000000`00020000  "app"
  .  0\tid: 100\texamine\tname: app (esc)
  set/gone.dmp: No such file or directory
  [1]

Each process keeps its own current thread; for all of them, those that cannot be opened are told:

  $ osmodump -q set/ab.set.json -c '~1s; |1s; ~.; |0s; ~.'
  .  1\tid: 200\texamine\tname: helper (esc)
  .  0  Id: 200.201 Suspend: 0 Unfrozen "main"
        Priority: 0  Priority class: 32
  .  0\tid: 100\texamine\tname: app (esc)
  .  1  Id: 100.7777 Suspend: 0 Unfrozen
        Priority: 0  Priority class: 32
  $ osmodump -q set/ab.set.json -c '|*da 20000'
  
  .  0\tid: 100\texamine\tname: app (esc)
  00000000`00020000  "app"
  
     1\tid: 200\texamine\tname: helper (esc)
  00000000`00020000  "helper"
  
     2\tid: 201\texamine\tname: gone (esc)
  set/gone.dmp: No such file or directory
  [1]
  $ osmodump -q --json set/ab.set.json -c '|*~*r rip' 2>/dev/null
  {"kind":"process","marker":".","index":0,"pid":256,"how":"examine","name":"app"}
  {"kind":"thread","process":0,"marker":".","index":0,"pid":256,"tid":257,"suspend":0,"name":"main","current":true,"event":true}
  {"kind":"register","process":0,"thread":0,"name":"rip","value":"0x7ff700001010","bits":64}
  {"kind":"thread","process":0,"marker":" ","index":1,"pid":256,"tid":30583,"suspend":0,"current":false,"event":false}
  {"kind":"register","process":0,"thread":1,"name":"rip","value":"0x7ff700001020","bits":64}
  {"kind":"process","marker":" ","index":1,"pid":512,"how":"examine","name":"helper"}
  {"kind":"thread","process":1,"marker":".","index":0,"pid":512,"tid":513,"suspend":0,"name":"main","current":true,"event":true}
  {"kind":"register","process":1,"thread":0,"name":"rip","value":"0x7ff700001010","bits":64}
  {"kind":"thread","process":1,"marker":" ","index":1,"pid":512,"tid":30583,"suspend":0,"current":false,"event":false}
  {"kind":"register","process":1,"thread":1,"name":"rip","value":"0x7ff700001020","bits":64}
  {"kind":"process","marker":" ","index":2,"pid":513,"how":"examine","name":"gone"}
  {"kind":"error","process":2,"code":"os","message":"set/gone.dmp: No such file or directory"}
  [1]
  $ osmodump -q set/ab.set.json -c '|*e da 20000 L2; .echo x' 2>/dev/null
  
  .  0\tid: 100\texamine\tname: app (esc)
  00000000`00020000  "ap"
  x
  
     1\tid: 200\texamine\tname: helper (esc)
  00000000`00020000  "he"
  x
  
     2\tid: 201\texamine\tname: gone (esc)
  [1]
  $ osmodump -q set/ab.set.json -c '~*|1s; |; ~.'
  
  .  0  Id: 100.101 Suspend: 0 Unfrozen "main"
  .  1\tid: 200\texamine\tname: helper (esc)
  
     1  Id: 100.7777 Suspend: 0 Unfrozen
  .  1\tid: 200\texamine\tname: helper (esc)
  .  0\tid: 100\texamine\tname: app (esc)
     1\tid: 200\texamine\tname: helper (esc)
     2\tid: 201\texamine\tname: gone (esc)
  .  0  Id: 100.101 Suspend: 0 Unfrozen "main"
        Priority: 0  Priority class: 32

  $ osmodump -q set/ab.set.json -c '|7k'
  Illegal process error in '|7'
  [1]
  $ osmodump -q set/ab.set.json -c '|*s'
  Syntax error: |s takes one process
  [1]
  $ osmodump -q set/ab.set.json -c '|x'
  Illegal process error in '|x'
  [1]

  $ osmodump info set/ab.set.json
  Path:            set/ab.set.json
  Set:             tree of process 256, 3 processes
  Written by:      osmodump 0.1.0
  Consistency:     instantaneous
  Taken:           Thu Nov 26 11:28:11.000 2026 (UTC + 0:00)
  Pause:           1.493 ms
  Skew:            0.344 ms between the first stop and the last
  
  Processes:
    0      256  app              instantaneous
                a.dmp 2.945 kB
    1      512  helper           quasi-instantaneous: of a reason (pause 1.4 ms)
                b.dmp, b.mini.dmp 2.953 kB
    2      513  gone             unknown
                gone.dmp missing: Yes
  $ osmodump info --json set/ab.set.json | tail -1
  {"kind":"set_member","index":2,"pid":513,"ppid":256,"name":"gone","file":"gone.dmp","missing":true}

One whose dump is not there is left for those that are:

  $ mv set/a.dmp set/away.dmp; osmodump -q set/ab.set.json -c '|; da 20000'
  osmodump: set/a.dmp: No such file or directory
     0\tid: 100\texamine\tname: app (esc)
  .  1\tid: 200\texamine\tname: helper (esc)
     2\tid: 201\texamine\tname: gone (esc)
  00000000`00020000  "helper"
  $ mv set/away.dmp set/a.dmp

What is refused:

  $ refuse() { printf '%s\n' "$1" >set/bad.json; osmodump -q set/bad.json -c '|'; }
  $ refuse '{"type":"osmosis-set","format":1,"members":[{"pid":1,"file":"../a.dmp"}]}'
  osmodump: set/bad.json: member 0: a dump of the set lies in the manifest's own folder, and is named without '/' and control characters
  [3]
  $ refuse '{"type":"osmosis-set","format":1,"members":[{"pid":1,"file":"/etc/passwd"}]}'
  osmodump: set/bad.json: member 0: a dump of the set lies in the manifest's own folder, and is named without '/' and control characters
  [3]
  $ refuse '{"type":"osmosis-set","format":1,"members":[{"pid":1,"file":".."}]}'
  osmodump: set/bad.json: member 0: a dump of the set lies in the manifest's own folder, and is named without '/' and control characters
  [3]
  $ refuse '{"type":"osmosis-set","format":1,"members":[{"pid":1}]}'
  osmodump: set/bad.json: member 0 names no file
  [3]
  $ refuse '{"type":"osmosis-set","format":1,"members":[{"file":"a.dmp"}]}'
  osmodump: set/bad.json: member 0 has no process id
  [3]
  $ refuse '{"type":"osmosis-set","format":1,"members":[{"pid":256,"file":"a.dmp"},{"pid":256,"file":"b.dmp"}]}'
  osmodump: set/bad.json: members 0 and 1 are both process 256
  [3]
  $ refuse '{"type":"osmosis-set","format":1,"members":[]}'
  osmodump: set/bad.json: the set has no members
  [3]
  $ refuse '{"type":"osmosis-set","format":2,"members":[{"pid":256,"file":"a.dmp"}]}'
  osmodump: set/bad.json: manifest of format 2, 1 is read
  [3]
  $ refuse '{"type":"osmosis-set"}'
  osmodump: set/bad.json: the manifest does not tell its format
  [3]
  $ refuse '{"members":1}'
  osmodump: set/bad.json: neither a dump nor the manifest of a set (no type "osmosis-set")
  [3]
  $ refuse '{"type":"osmosis-set","format":1'
  osmodump: set/bad.json: offset 0x21: JSON: '}' expected near end of file
  [3]
  $ refuse '{"type":"osmosis-set","format":1,"members":[{"pid":9,"file":"a.dmp"}]}'
  osmodump: set/a.dmp is of process 256, and not of 9 as the manifest says
  [3]
