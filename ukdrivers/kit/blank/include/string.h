/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a driver may use of <string.h>, for reading its source where the cross
 * compiler came without a C library. An image takes its host's.
 */
#ifndef UKD_BLANK_STRING_H
#define UKD_BLANK_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *one, const void *other, size_t size);
size_t strlen(const char *text);
int strcmp(const char *one, const char *other);
int strncmp(const char *one, const char *other, size_t size);

#endif /* UKD_BLANK_STRING_H */
