The session: scripts, logs, help, q

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

Scripts; blocks may span lines, words behind the name are arguments:

  $ printf '.echo one\n.if (1) {\n  .echo two\n}\n.else\n{\n  .echo no\n}\n.echo ${$arg1} ${/f:$arg2}.\n' > script.txt
  $ osmodump -q app.dmp -c '$<script.txt'
  one
  two
  ${$arg1} .
  $ osmodump -q app.dmp -c '$$>a<script.txt first second; .echo ${$arg1}'
  one
  two
  first second.
  ${$arg1}
  $ osmodump -q app.dmp -c '$><nosuch.txt'
  nosuch.txt: No such file or directory
  [1]
  $ osmodump -q app.dmp -cf script.txt -c '.echo last'
  one
  two
  ${$arg1} .
  last
  $ osmodump -q --json app.dmp -c '$$><script.txt'
  {"kind":"text","text":"one"}
  {"kind":"text","text":"two"}
  {"kind":"text","text":"${$arg1} ."}

Logs:

  $ osmodump -q app.dmp -c '.echo before; .logopen a.log; .echo logged; .logclose; .echo after'
  before
  Opened log file 'a.log'
  logged
  Closing open log file 'a.log'
  after
  $ cat a.log
  Opened log file 'a.log'
  logged
  $ osmodump -q app.dmp -c '.logappend a.log; .echo more'
  Opened log file 'a.log'
  more
  $ cat a.log
  Opened log file 'a.log'
  logged
  Opened log file 'a.log'
  more
  $ osmodump -q app.dmp -c '.logclose'
  no log file is open
  [1]
  $ osmodump -q -logo b.log app.dmp -c '.echo hi' > /dev/null; cat b.log
  Opened log file 'b.log'
  hi
  $ osmodump -q --json app.dmp -c '.logopen c.log; .echo x; .logclose'
  {"kind":"log","action":"Opened","file":"c.log"}
  {"kind":"text","text":"x"}
  {"kind":"log","action":"Closing open","file":"c.log"}

Help:

  $ osmodump -q app.dmp -c '.help .f*; !help .w*'
  .frame         choose the frame that dv, r and expressions work in
  .formats       show the value of an expression in every form
  .for           loop with start, condition and step
  .foreach       run commands for each word of other commands' output
  
  .hh NAME tells more of a command.
  .writemem      write memory of the dump to a file
  .while         loop as long as a condition holds
  
  .hh NAME tells more of a command.
  $ osmodump -q app.dmp -c '.hh .foreach'
  .foreach [/pS n] [/ps n] [/s | /f] (variable { commands }) { commands }
      run commands for each word of other commands' output
  
  Runs the first commands, cuts their text output into words, and runs the second
  commands for each with the variable standing for the word, as a word of its own
  or as ${variable}. /pS n skips n words at first, /ps n skips n after each one used.
  With /s the words come from a quoted text, with /f from a file instead:
  .foreach /s (x "1 2 3") { ? x }
  
  The text that is cut is the same with --json.
  $ osmodump -q app.dmp -c '.hh nosuch'
  there is no command 'nosuch' (.help lists them)
  [1]
  $ osmodump -q --json app.dmp -c '.help .cls'
  {"kind":"command","name":".cls","usage":"","summary":"clear the screen","help":"Has an effect only at the prompt of a terminal."}
  $ osmodump -q --json app.dmp -c '.hh .cls' | grep -c '"kind":"command"'
  1
  $ osmodump -q app.dmp -c 'version' | sed 's/ [0-9].*//;s/with .*/with .../'
  osmodump
  built with ...
  $ osmodump -q --json app.dmp -c 'version' | sed 's/"version.*//'
  {"kind":

Quitting:

  $ osmodump -q app.dmp -c '.echo a; q; .echo b' -c '.echo c'
  a
  $ osmodump -q app.dmp -c 'qq; .echo b'
  $ osmodump -q app.dmp -c '.cls; .echo x'
  x
  $ osmodump -q --json app.dmp -c '.cls; q; .echo b'

Names may be glued to what follows, unknown ones are errors:

  $ osmodump -q app.dmp -c '?1; n10; ?10'
  Evaluate expression: 1 = 00000000`00000001
  base is 10
  Evaluate expression: 10 = 00000000`0000000a
  $ osmodump -q app.dmp -c 'hello'
  Syntax error at 'hello'
  [1]
  $ osmodump -q app.dmp -c '!nosuch; .echo the line goes on'
  No export nosuch found
  the line goes on
  [1]

