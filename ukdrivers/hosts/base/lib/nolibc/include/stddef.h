/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STDDEF_H
#define STDDEF_H

typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
typedef __WCHAR_TYPE__ wchar_t;
typedef struct {
	_Alignas(16) char bytes[16];
} max_align_t;

#define NULL			((void *)0)
#define offsetof(type, member)	__builtin_offsetof(type, member)

#endif /* STDDEF_H */
