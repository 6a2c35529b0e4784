#pragma once
#include <uk/arch/types.h>
typedef __u64 __nsec;
__nsec ukplat_monotonic_clock(void);
__nsec ukplat_wall_clock(void);
