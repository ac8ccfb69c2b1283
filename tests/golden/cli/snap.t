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
