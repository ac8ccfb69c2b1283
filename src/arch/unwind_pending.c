/* SPDX-License-Identifier: MIT */
/* Answers "no rule here" until the unwinders land; to be deleted with them. */
#include "arch/unwind.h"
#define N { return err_new(ERR_NOTFOUND, "no unwinder yet"); }
struct err *x64_unwind(const struct arch_memory *m, const struct unwind_image *image, bool leaf_allowed, const struct regs *callee, struct regs *ret_caller, struct unwind_result *ret) N
struct err *arm64_unwind(const struct arch_memory *m, const struct unwind_image *image, bool leaf_allowed, const struct regs *callee, struct regs *ret_caller, struct unwind_result *ret) N
struct err *x86_unwind_frame_data(const struct arch_memory *m, const struct x86_frame_data *data, const struct regs *callee, uint32_t callee_params_size, struct regs *ret_caller, struct unwind_result *ret) N
struct err *fp_unwind(const struct arch_memory *m, const struct regs *callee, struct regs *ret_caller, struct unwind_result *ret) N
struct err *scan_unwind(const struct arch_memory *m, const struct regs *callee, unsigned max_words, return_address_test *is_return, void *arg, struct regs *ret_caller, struct unwind_result *ret) N
bool after_call(const struct arch *arch, const struct arch_memory *m, uint64_t address) { return true; }
