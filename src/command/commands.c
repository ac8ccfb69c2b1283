/* SPDX-License-Identifier: MIT */
/*
 * Every command. To add one: its row in a file of its own (command/command.h
 * has the checklist), an extern and a line here, docs/commands/<name>.md and a
 * golden test. A name that is listed twice belongs to the first row.
 */
#include "command/session_impl.h"

extern const struct command command_analyze;
extern const struct command command_explain;
extern const struct command command_patterns;
extern const struct command command_pattern;
extern const struct command command_k;
extern const struct command command_kernel_process;
extern const struct command command_kernel_thread;
extern const struct command command_kernel_vma;
extern const struct command command_process_inside;
extern const struct command command_address;
extern const struct command command_vprot;
extern const struct command command_vtop;
extern const struct command command_dmesg;
extern const struct command command_slab;
extern const struct command command_vm;
extern const struct command command_kmem;
extern const struct command command_mount;
extern const struct command command_irq;
extern const struct command command_workqueue;
extern const struct command command_timer;
extern const struct command command_rcu;
extern const struct command command_net;
extern const struct command command_block_devices;
extern const struct command command_pagediff;
extern const struct command command_diff;
extern const struct command command_dt;
extern const struct command command_frame;
extern const struct command command_dv;
extern const struct command command_uniqstack;
extern const struct command command_findstack;
extern const struct command command_lm;
extern const struct command command_lmi;
extern const struct command command_dh;
extern const struct command command_x;
extern const struct command command_ln;
extern const struct command command_d;
extern const struct command command_da;
extern const struct command command_dds;
extern const struct command command_dS;
extern const struct command command_dl;
extern const struct command command_s;
extern const struct command command_writemem;
extern const struct command command_r;
extern const struct command command_u;
extern const struct command command_uf;
extern const struct command command_vertarget;
extern const struct command command_time;
extern const struct command command_ttime;
extern const struct command command_exr;
extern const struct command command_lastevent;
extern const struct command command_ecxr;
extern const struct command command_cxr;
extern const struct command command_locks;
extern const struct command command_running;
extern const struct command command_ready;
extern const struct command command_cs;
extern const struct command command_handle;
extern const struct command command_heap;
extern const struct command command_peb;
extern const struct command command_teb;
extern const struct command command_gle;
extern const struct command command_error;
extern const struct command command_runaway;
extern const struct command command_auxv;
extern const struct command command_environ;
extern const struct command command_dumpdebug;
extern const struct command command_trap;
extern const struct command command_threads;
extern const struct command command_effmach;
extern const struct command command_sw;
extern const struct command command_process;
extern const struct command command_system;
extern const struct command command_evaluate;
extern const struct command command_evaluate_cpp;
extern const struct command command_formats;
extern const struct command command_echo;
extern const struct command command_printf;
extern const struct command command_as;
extern const struct command command_aS;
extern const struct command command_ad;
extern const struct command command_al;
extern const struct command command_bt;
extern const struct command command_if;
extern const struct command command_for;
extern const struct command command_while;
extern const struct command command_do;
extern const struct command command_foreach;
extern const struct command command_block;
extern const struct command command_catch;
extern const struct command command_break;
extern const struct command command_j;
extern const struct command command_z;
extern const struct command command_comment;
extern const struct command command_short_comment;
extern const struct command command_go;
extern const struct command command_bp;
extern const struct command command_absent;
extern const struct command command_chain;
extern const struct command command_setting;
extern const struct command command_expr;
extern const struct command command_ld;
extern const struct command command_for_each_module;
extern const struct command command_for_each_frame;
extern const struct command command_sympath;
extern const struct command command_symfix;
extern const struct command command_exepath;
extern const struct command command_reload;
extern const struct command command_symlist;
extern const struct command command_sym;
extern const struct command command_script;
extern const struct command command_logopen;
extern const struct command command_logclose;
extern const struct command command_help;
extern const struct command command_hh;
extern const struct command command_version;
extern const struct command command_cls;
extern const struct command command_quit;
extern const struct command command_radix;

const struct command *const commands[] = {
	/* threads and stacks */
	&command_threads,
	&command_analyze,
	&command_explain,
	&command_patterns,
	&command_pattern,
	&command_k,
	&command_bt,
	&command_r,
	&command_frame,
	&command_dv,
	&command_uniqstack,
	&command_findstack,
	/* the dump and its event */
	&command_vertarget,
	&command_time,
	&command_ttime,
	&command_lastevent,
	&command_exr,
	&command_ecxr,
	&command_cxr,
	&command_trap,
	&command_dumpdebug,
	/* memory */
	&command_d,
	&command_da,
	&command_dds,
	&command_dS,
	&command_dl,
	&command_s,
	&command_writemem,
	&command_address,
	&command_vprot,
	&command_vtop,
	&command_dmesg,
	&command_slab,
	&command_vm,
	&command_kmem,
	&command_mount,
	&command_irq,
	&command_workqueue,
	&command_timer,
	&command_rcu,
	&command_net,
	&command_block_devices,
	&command_pagediff,
	&command_diff,
	/* modules and symbols */
	&command_lm,
	&command_lmi,
	&command_dh,
	&command_x,
	&command_ln,
	&command_dt,
	/* code */
	&command_u,
	&command_uf,
	/* process and machine */
	&command_kernel_process,
	&command_kernel_thread,
	&command_kernel_vma,
	&command_process_inside,
	&command_effmach,
	&command_sw,
	&command_process,
	&command_system,
	&command_locks,
	&command_running,
	&command_ready,
	&command_cs,
	&command_handle, &command_heap,
	&command_peb,
	&command_teb,
	&command_gle,
	&command_error,
	&command_runaway,
	&command_auxv,
	&command_environ,
	/* expressions and text */
	&command_evaluate,
	&command_evaluate_cpp,
	&command_formats,
	&command_echo,
	&command_printf,
	&command_as,
	&command_aS,
	&command_ad,
	&command_al,
	/* control flow */
	&command_if,
	&command_for,
	&command_while,
	&command_do,
	&command_foreach,
	&command_block,
	&command_catch,
	&command_break,
	&command_for_each_module,
	&command_for_each_frame,
	&command_j,
	&command_z,
	&command_comment,
	&command_short_comment,
	/* what a dump cannot do */
	&command_go,
	&command_bp,
	&command_absent,
	&command_chain,
	&command_setting,
	&command_expr,
	/* where symbols come from */
	&command_sympath,
	&command_symfix,
	&command_exepath,
	&command_reload,
	&command_ld,
	&command_symlist,
	&command_sym,
	/* the session itself */
	&command_script,
	&command_logopen,
	&command_logclose,
	&command_help,
	&command_hh,
	&command_version,
	&command_cls,
	&command_quit,
	&command_radix,
	NULL,
};
