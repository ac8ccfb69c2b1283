Thread explosion.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: 600 threads, all at the same place:

  $ make() { { printf 'elfcore x64\nprocess pid=100 ppid=1 uid=0 gid=0 name=demo args=demo\n'
  > for i in $(seq 100 $((99 + $2))); do printf 'thread %d rsp=0x7ffc00001000 rip=%d orig_rax=230\n' $i $((0x401000 + i % $3)); done
  > printf 'memory 0x401000 prot=rx fill 0x400 0x90\nmemory 0x7ffc00001000 prot=rw zero 0x200\n'; } > $1.recipe
  > mkdump $1.recipe $1; }
  $ make has 600 1
  $ found has resource.thread-explosion
  1. Thread explosion [resource.thread-explosion]: warning, 75 % sure (some servers have a thread per client)
     Thread explosion: the process has 600 threads, and 600 of them have equal stacks, in 0x401000.
     - the first of the 600 threads with this stack      [~0k]
     - threads by equal stacks      [!uniqstack]
     Thresholds: threads.count=500 threads, threads.share=50 percent
     What to do: See what the threads with the equal stack wait for: that is why they do not end. Bound the number of threads.
  

It has it not:

  $ make hasnot 20 1
  $ found hasnot resource.thread-explosion

It nearly has it: as many, but at different places; and fewer than threads.count:

  $ make nearly 600 300
  $ found nearly resource.thread-explosion



  $ make fewer 499 1
  $ found fewer resource.thread-explosion
