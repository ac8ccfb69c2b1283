/* SPDX-License-Identifier: MIT OR GPL-2.0 WITH Linux-syscall-note */
/*
 * /dev/osmosis: what osmosis.ko and its user share.
 *
 * One open file is one capture: it is armed (memory is set aside), it captures,
 * it is ready, it is drained, and closing it wipes and gives back what was
 * set aside, whatever its state. The device has one owner at a time.
 *
 * Memory is read with pread(2): the offset is the physical address. A page
 * that was not captured ends the read; a read that begins at one fails with
 * ENODATA. Which pages there are says OSMOSIS_IOC_MAP.
 *
 * Sizes of structures are fixed; fields named pad are 0.
 */
#ifndef OSMOSIS_UAPI_H
#define OSMOSIS_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define OSMOSIS_ABI 1
#define OSMOSIS_DEVICE "/dev/osmosis"

enum osmosis_state {
	OSMOSIS_IDLE,
	OSMOSIS_ARMED,		/* memory is set aside */
	OSMOSIS_CAPTURING,
	OSMOSIS_READY,		/* captured, nothing was read yet */
	OSMOSIS_DRAINING,	/* being read */
};

/* What a page is. In the order in which they are captured while there is room. */
enum osmosis_class {
	OSMOSIS_FREE,		/* on the free lists: never captured */
	OSMOSIS_KERNEL,		/* the kernel's image: text, data, bss */
	OSMOSIS_PERCPU,		/* per-CPU areas, CPU entry areas */
	OSMOSIS_BOOT,		/* given out at boot: early tables, hash tables */
	OSMOSIS_PAGETABLE,
	OSMOSIS_STACK,		/* kernel stacks of tasks */
	OSMOSIS_SLAB,
	OSMOSIS_VMALLOC,
	OSMOSIS_MODULE,		/* code and data of modules */
	OSMOSIS_OTHER,		/* allocated, by whom a page does not say */
	OSMOSIS_MEMMAP,		/* struct page of all pages */
	OSMOSIS_PROCESS,	/* anonymous and shared memory of the processes that were named */
	OSMOSIS_ANON,		/* anonymous memory of all others */
	OSMOSIS_SHMEM,		/* shared memory and tmpfs */
	OSMOSIS_CACHE,		/* page cache of files */
	OSMOSIS_HUGETLB,
	OSMOSIS_OWN,		/* the memory that was set aside, and the tables of it: never captured */
	OSMOSIS_HOLE,		/* offline, poisoned, or not in the direct map (memfd_secret): never captured */
	OSMOSIS_N_CLASSES
};

#define OSMOSIS_MASK(class) (1u << (class))
/* Everything that tells of the kernel itself. */
#define OSMOSIS_KERNEL_CLASSES (OSMOSIS_MASK(OSMOSIS_PROCESS) - OSMOSIS_MASK(OSMOSIS_KERNEL))
#define OSMOSIS_ALL_CLASSES (OSMOSIS_MASK(OSMOSIS_OWN) - OSMOSIS_MASK(OSMOSIS_KERNEL))

/* Why something was refused, or was not done wholly. */
enum osmosis_reason {
	OSMOSIS_WHY_NONE,
	OSMOSIS_WHY_LOCKDOWN,	/* kernel_lockdown(7): confidentiality */
	OSMOSIS_WHY_CPU_HOTPLUG,
	OSMOSIS_WHY_MEMORY_HOTPLUG,
	OSMOSIS_WHY_SUSPEND,
	OSMOSIS_WHY_NO_MEMORY,	/* not enough could be set aside */
	OSMOSIS_WHY_PAUSE,	/* the pause would be, or was, longer than allowed */
	OSMOSIS_WHY_CANCELLED,
	OSMOSIS_WHY_STATE,	/* not in this state */
	OSMOSIS_WHY_PROCESS,	/* no such process */
	OSMOSIS_WHY_LAYOUT,	/* memory was added since it was armed */
};

struct osmosis_info {
	__u32 abi, state;
	__u32 cpus, possible_cpus;	/* online; numbers below possible_cpus */
	__u32 n_ram, page_size;
	__u64 page_offset;		/* virtual address of physical address 0 */
	__u64 kernel_start, kernel_size;/* of the mapping of the kernel's image, virtual */
	__u64 kernel_physical;		/* of kernel_start */
	__u64 vmcoreinfo;		/* physical address of its ELF note; 0: none */
	__u64 boot_reserve;		/* bytes set aside at boot or load */
};

struct osmosis_ram {
	__u32 index, pad;	/* in */
	__u64 start, end;	/* physical */
};

struct osmosis_count {
	__u64 pages[OSMOSIS_N_CLASSES];	/* now; PROCESS is always 0 here */
	__u64 available;		/* pages that could be set aside */
	__u64 tables;			/* bytes that are needed besides, whatever is captured */
};

enum { OSMOSIS_MAX_PROCESSES = 16 };
#define OSMOSIS_ARM_RECLAIM 1u	/* page cache may be dropped to make room; else free pages only */

struct osmosis_arm {
	__u32 classes, flags;
	__u64 max_pages;	/* 0: what the classes need */
	__u64 keep_free;	/* pages that stay available to others; 0: 1/32 of memory */
	__u32 n_processes;
	__s32 processes[OSMOSIS_MAX_PROCESSES];
	/* out */
	__u32 reason;
	__u64 wanted, reserved;	/* pages */
	__u64 predicted_ns;	/* pause, if all that was wanted has room */
};

#define OSMOSIS_CAPTURE_PLAIN 1u /* for measuring: stopped, all is copied and nothing compared */
#define OSMOSIS_CAPTURE_HOLD 2u	/* for comparing with another dump: all stay stopped until pause_max_ns have passed */
/* Lock-up detectors wait for 10 s and more. */
#define OSMOSIS_PAUSE_MOST_NS 8000000000ull
#define OSMOSIS_PAUSE_DEFAULT_NS 200000000ull

struct osmosis_class_result {
	__u64 pages;	/* of this class at the instant */
	__u64 captured;	/* of them */
	__u64 live;	/* captured, but only while the system ran: smeared */
	__u64 changed;	/* bytes that the second pass copied, in lines of 64 */
	__u64 fresh;	/* pages that were not of a captured class in the first pass */
};

struct osmosis_capture {
	__u64 pause_max_ns;		/* 0: the default */
	__u32 flags, pad;
	/* out; also by OSMOSIS_IOC_RESULT */
	__u32 reason, whole;		/* whole: mask of classes that are there to the last page */
	__u64 first_pass_ns;
	__u64 predicted_ns;
	__u64 pause_ns;			/* from the first task displaced to the last CPU done */
	__u64 inside_ns;		/* of it: all CPUs stopped */
	__u64 call_ns;			/* all of stop_machine(), as its caller saw it */
	__u64 cycles;			/* of the time stamp counter, for inside_ns */
	__u64 realtime_ns;		/* of the instant, Unix */
	__u64 boottime_ns;
	__u64 compared;			/* pages */
	__u64 changed_pages, changed_bytes, fresh_pages, dropped_pages;
	__u64 slots, slots_used;	/* pages set aside */
	struct osmosis_class_result classes[OSMOSIS_N_CLASSES];
};

/* In the order of <sys/user.h> struct user_regs_struct: what NT_PRSTATUS has. */
enum { OSMOSIS_N_REGS = 27 };

#define OSMOSIS_CPU_ONLINE 1u
#define OSMOSIS_CPU_DISPLACED 2u	/* the displaced_ fields are known */
#define OSMOSIS_CPU_USER 4u		/* user_regs are */

struct osmosis_cpu {
	__u32 cpu, flags;	/* cpu: in */
	/* What ran at the instant: the stopper thread that captured. */
	__s32 pid, displaced_pid;
	__u64 task;		/* address of its task_struct */
	__u64 regs[OSMOSIS_N_REGS];
	/* The task that it took the CPU from: switched out, its kernel stack begins at displaced_sp. */
	__u64 displaced_task, displaced_sp, displaced_ns; /* ns: before all CPUs were stopped */
	char displaced_comm[16];
	__u64 user_regs[OSMOSIS_N_REGS]; /* of user mode; fs_base and gs_base of the task; segments as saved */
};

struct osmosis_process {
	__u32 index;		/* in */
	__s32 pid;
	__u64 resident, swapped;/* pages of anonymous and shared memory at the instant, in its page tables */
	__u64 captured;
};

#define OSMOSIS_MAP_CLASS 0x1f
#define OSMOSIS_MAP_CAPTURED 0x20	/* can be read */
#define OSMOSIS_MAP_INSTANT 0x40	/* of the instant; else live */
#define OSMOSIS_MAP_CHANGED 0x80	/* the second pass found it changed, or new */

struct osmosis_map {
	__u64 pfn, n;		/* within one range of RAM; n at most 1 << 20 */
	__u64 buffer;		/* address of n bytes */
};

#define OSMOSIS_IOC_INFO _IOR('O', 0, struct osmosis_info)
#define OSMOSIS_IOC_RAM _IOWR('O', 1, struct osmosis_ram)
#define OSMOSIS_IOC_COUNT _IOR('O', 2, struct osmosis_count)
#define OSMOSIS_IOC_ARM _IOWR('O', 3, struct osmosis_arm)
#define OSMOSIS_IOC_CAPTURE _IOWR('O', 4, struct osmosis_capture)
#define OSMOSIS_IOC_RESULT _IOR('O', 5, struct osmosis_capture)
#define OSMOSIS_IOC_CPU _IOWR('O', 6, struct osmosis_cpu)
#define OSMOSIS_IOC_PROCESS _IOWR('O', 7, struct osmosis_process)
#define OSMOSIS_IOC_MAP _IOW('O', 8, struct osmosis_map)
#define OSMOSIS_IOC_CANCEL _IO('O', 9)	/* from another thread: ends arming or capturing with EINTR */
#define OSMOSIS_IOC_RELEASE _IO('O', 10)	/* wipes and gives back */

#endif
