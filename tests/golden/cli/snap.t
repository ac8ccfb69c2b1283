What snap needs, and what it says when it cannot:

  $ osmodump snap
  osmodump: one process, please: its pid or its name
  [2]
  $ osmodump snap no-such-process-here
  osmodump: no process is called 'no-such-process-here'
  [1]
  $ sh -c 'exit 0' & gone=$!; wait $gone; osmodump snap $gone 2>&1 | sed "s/$gone/PID/g"
  osmodump: /proc/PID/task: no such process
  $ osmodump snap 1 --compress brotli
  osmodump: --compress: 'brotli' is none of zstd, zstd:LEVEL, lz4, lz4:LEVEL, none
  [2]
  $ osmodump snap 1 --budget soon
  osmodump: --budget: 'soon' is no number
  [2]

  $ osmodump snap 1 --exclude heap,stacks
  osmodump: --exclude: 'stacks' is none of anon-private, anon-shared, file-private, file-shared, elf-headers, huge-private, huge-shared, stack, heap, vdso, dontdump, all
  [2]
  $ osmodump snap 1 --include ''
  osmodump: --include: '' is none of anon-private, anon-shared, file-private, file-shared, elf-headers, huge-private, huge-shared, stack, heap, vdso, dontdump, all
  [2]
  $ osmodump snap 1 --include heap,all --exclude stack,all
  osmodump: --exclude: 'all' is included as well
  [2]

A process that sleeps, in JSON; it is left alone, and the dump says what it is:

  $ sleep 100 & pid=$!
  $ osmodump snap $pid --json -o sleeper.core >said || exit 80
  $ jq -c '[.kind, .name, .engine, .consistency, .threads]' <said
  ["snapshot","sleep","clone","instantaneous",1]
  ["dump_file",null,null,null,null]
  $ jq -r 'select(.kind == "snapshot") | [.pid == '$pid', .pause_ms > 0, .pause_ms >= .clone_ms] | @csv' <said
  true,true,true
  $ stat -c %a sleeper.core
  600
  $ osmodump -q sleeper.core --json -c '|' | jq -r '.name'
  sleep
  $ osmodump snap $pid -o sleeper.core
  osmodump: sleeper.core: File exists
  [1]

What it would cost, without touching the process:

  $ osmodump snap $pid --dry-run --json | jq -c '[.kind, .name, .engine, .serves]'
  ["plan","sleep","clone",null]
  ["plan_engine","clone",null,true]
  ["plan_engine","precopy",null,*] (glob)
  ["plan_engine","stop",null,true]
  ["plan_engine","membrane",null,*] (glob)
  $ osmodump snap $pid --dry-run | grep -c '^Process: \|^Engine: '
  2

Packed, and to standard output, where nothing else goes:

  $ osmodump snap $pid -q --compress zstd -o sleeper.core.zst >/dev/null
  $ osmodump -q sleeper.core.zst --json -c '|' | jq -r '.name'
  sleep
  $ osmodump snap $pid -o - 2>report >piped.core
  $ grep -c Consistency report
  1
  $ osmodump -q piped.core --json -c '|' | jq -r '.name'
  sleep

Less of it, or more; what is left out is listed:

  $ osmodump snap $pid -q --exclude all --include stack -o stack.core >/dev/null
  $ osmodump info --json stack.core | jq -r 'select(.reason == "by --exclude") | .class' | sort -u
  left-out

Both kinds of one instant:

  $ osmodump snap $pid -o none/ 2>&1 | sed "s/$pid/PID/; s/[0-9]*T[0-9]*Z/TIME/"
  osmodump: none/sleep.PID.TIME.core: No such file or directory
  $ mkdir both; osmodump snap $pid --mini --full --json -o both/ | jq -r 'select(.kind == "dump_file") | .content'
  mini
  full
  $ ls both | sed "s/$pid/PID/; s/[0-9]*T[0-9]*Z/TIME/"
  sleep.PID.TIME.core
  sleep.PID.TIME.mini.core
  $ ps -o stat= $pid | cut -c1
  S
  $ kill $pid

Several processes in one pause:

  $ sh -c 'sleep 100 & sleep 101 & wait' & tree=$!
  $ until [ "$(ps -o args= --ppid $tree | grep -c sleep)" = 2 ]; do sleep 0.05; done
  $ mkdir set; osmodump snap --set tree $tree --json -o set >said || exit 80
  $ jq -c 'select(.kind == "snapshot_set") | [.set, .root == '$tree', .members, .engine, .consistency, .skew_ms <= .pause_ms]' <said
  ["tree",true,3,"clone","instantaneous",true]
  $ jq -r 'select(.kind != "snapshot_set") | .kind + " " + (.name // .content)' <said
  snapshot sh
  dump_file full
  snapshot sleep
  dump_file full
  snapshot sleep
  dump_file full
  $ ls set | sed "s/[0-9]*\.[0-9T]*Z/PID.TIME/"
  sh.PID.TIME.core
  sh.PID.TIME.set.json
  sleep.PID.TIME.core
  sleep.PID.TIME.core
  $ stat -c %a set/*.set.json
  600
  $ jq -c '[.type, .format, .set.kind, (.members | length), (.members[1].ppid == .set.root), .late]' set/*.set.json
  ["osmosis-set",1,"tree",3,true,0]
  $ osmodump -q set/*.set.json --json -c '|' | jq -r '.name'
  sh
  sleep
  sleep
  $ osmodump info set/sh*.core --json | jq -r 'select(.kind == "snapshot") | .set_size'
  3
  $ osmodump snap --set $tree,$tree -o set 2>&1 | sed "s/$tree/TREE/g"
  osmodump: process TREE is named twice
  $ osmodump snap --set tree $tree -o -
  osmodump: -o -: a set is several files: name a folder
  [2]
  $ osmodump snap --set tree $tree -o one.core
  osmodump: -o one.core: a set is several files: name a folder, or put {pid} into the name
  [2]
  $ osmodump snap --set tree $tree -o 'set-{pid}/'
  osmodump: -o set-{pid}/: all dumps of a set go into one folder: no {word} in its name
  [2]
  $ osmodump snap --set $tree $tree -o set/ 2>&1 | sed "s/$tree/TREE/g"
  osmodump: --set TREE names its processes: 'TREE' is too much
  $ osmodump snap --set all $tree -o set/
  osmodump: --set: 'all' is none of tree, cgroup, PID,PID...
  [2]
  $ osmodump snap --set tree -o set/
  osmodump: one process, please: its pid or its name
  [2]
  $ mkdir ahead; osmodump snap --set tree $tree --engine precopy --json -o ahead >said 2>&1 || grep 'this kernel' said
  $ jq -c 'select(.kind == "snapshot_set") | [.members, .engine, .consistency]' <said
  [3,"precopy","instantaneous"]
  $ osmodump snap --set cgroup /no/such/cgroup -o set/
  osmodump: /no/such/cgroup: no such cgroup
  [1]
  $ osmodump snap --set tree $tree --dry-run --json | jq -r .kind | sort | uniq -c | sed 's/^ *//'
  3 plan
  16 plan_engine
  1 plan_set
  $ osmodump snap --set tree $tree --dry-run | tail -8 | sed 's/[0-9][0-9.]* \(.B\|ms\)/N \1/g; s/^  \(precopy\|membrane\) .*/  \1 .../'
  Set:          3 processes, 3 threads
  Memory:       N [kM]B resident, N kB of it on huge pages, N kB of it shared; N kB to copy in the pause (re)
  Dumps:        about N [kM]B uncompressed; N .B free here (re)
  Engine:       clone (the first of those that serve all of a set)
    clone      pause about N ms
    precopy ...
    stop       pause about N ms
    membrane ...

What they share is copied once, but each dump has it:

  $ cat >share.py <<'END'
  > import mmap, os, time
  > shared = mmap.mmap(-1, 8 << 20)
  > os.fork() and os.fork()
  > for at in range(0, 8 << 20, 4096):
  >     shared[at] = 1
  > open(f'ready.{os.getpid()}', 'w').close()
  > time.sleep(100)
  > END
  $ python3 share.py & sharers=$!
  $ until [ "$(ls ready.* 2>/dev/null | wc -l)" = 3 ]; do sleep 0.05; done
  $ osmodump snap --set tree $sharers --dry-run --json >said
  $ jq -c 'select(.kind == "plan") | .to_copy' <said
  8388608
  8388608
  8388608
  $ jq -c 'select(.kind == "plan_set") | [.members, .threads, .to_copy, .shared < 9000000, .expected_size > 25165824]' <said
  [3,3,8388608,true,true]
  $ osmodump snap --set tree $sharers --budget 1 --dry-run | tail -1 | sed 's/about [0-9]* ms/about N ms/'
  Note:         all 3 processes stand still for about N ms; the budget is 1 ms
  $ osmodump snap --set tree $sharers --engine precopy --json -o ahead >said 2>&1 || grep 'this kernel' said
  $ jq -c 'select(.kind == "snapshot_set") | .members' <said
  3
  $ mkdir kept; osmodump snap --set tree $sharers --engine membrane --json -o kept >said 2>&1 || grep 'this kernel\|permitted' said
  $ jq -c 'select(.kind == "snapshot_set") | [.members, .engine, .consistency]' <said
  [3,"membrane","instantaneous"]
  $ kill $(ps -o pid= --ppid $sharers) $sharers

  $ mkdir other; osmodump snap --set tree $tree --mini --full --compress zstd -q -o 'other/{pid}-{kind}' >/dev/null
  $ ls other | sed "s/[0-9]*-/PID-/; s/\.[0-9]*\.[0-9T]*Z/.PID.TIME/"
  PID-core.zst
  PID-mini.core.zst
  PID-core.zst
  PID-mini.core.zst
  PID-core.zst
  PID-mini.core.zst
  sh.PID.TIME.set.json
  $ kill $tree $(ps -o pid= --ppid $tree)

When one cannot be written, none of them is left:

  $ sh -c 'sleep 100 & wait' & tree=$!
  $ until [ "$(ps -o args= --ppid $tree | grep -c sleep)" = 1 ]; do sleep 0.05; done
  $ mkdir full; touch full/$(ps -o pid= --ppid $tree | tr -d ' ').core
  $ osmodump snap --set tree $tree -o 'full/{pid}.core' 2>&1 | tail -1 | sed 's/[0-9][0-9]*\.core/PID.core/'
  osmodump: nothing of the set is kept: full/PID.core: File exists
  $ ls full | wc -l
  1
  $ kill $tree $(ps -o pid= --ppid $tree)
