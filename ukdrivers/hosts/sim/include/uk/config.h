/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A test gives each option of its driver by -D. That is all the configuration
 * there is.
 */
