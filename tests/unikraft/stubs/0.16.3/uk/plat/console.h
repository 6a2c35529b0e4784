/* SPDX-License-Identifier: BSD-3-Clause */
int ukplat_coutk(const char *buf, unsigned int len);
int ukplat_coutd(const char *buf, unsigned int len);
int ukplat_cink(char *buf, unsigned int maxlen);
