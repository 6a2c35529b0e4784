/* SPDX-License-Identifier: BSD-3-Clause */
struct smccc_args;

typedef void (*smccc_conduit_fn_t)(struct smccc_args *args);

void smccc_smc(struct smccc_args *args);
void smccc_hvc(struct smccc_args *args);
