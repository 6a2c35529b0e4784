/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#define uk_pr_err(...)	printf("error: " __VA_ARGS__)
#define uk_pr_info(...)	printf("info: " __VA_ARGS__)
