/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A configuration with every option off, for reading a driver's source before
 * there is one. An image never includes it.
 */
