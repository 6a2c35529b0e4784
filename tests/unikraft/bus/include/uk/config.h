/* SPDX-License-Identifier: BSD-3-Clause */
/* The configuration comes from the compiler's command line. */
