/* SPDX-License-Identifier: BSD-3-Clause */
/* No option is set; a test sets what it wants on the command line. */
