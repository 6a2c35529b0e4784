/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a fuzz target is written with: bytes that a fuzzer chose decide what the
 * device does, and a CHECK that doesn't hold is a finding.
 *
 * A target includes this header and its driver, and defines fuzz_init() and
 * fuzz_one(). It has to be a function of its input: nothing that one input
 * leaves behind may be seen by the next.
 */
#ifndef UKD_FUZZ_H
#define UKD_FUZZ_H

#include <fake.h>

/** Of the target, called once: map registers. */
void fuzz_init(void);

/**
 * Of the target, called for each input, with a host as new.
 *
 * Without hooks of the target, each read of a register is an input's bytes, and
 * what is written is lost. Each look at the clock takes a millisecond.
 */
void fuzz_one(void);

/* The input. Behind its end, all bytes are as its first one. */

uint8_t fuzz_byte(void);
uint16_t fuzz_half(void);
uint32_t fuzz_word(void);
uint64_t fuzz_long(void);

/** From 0, less than the limit, which is at most 65536 and not 0. */
uint32_t fuzz_below(uint32_t limit);

/** True so often of 256 times, never when the input is nothing but zeros. */
bool fuzz_is(unsigned int often);

bool fuzz_has_more(void);

/** All of the input that is left, for a target that reads it as it is. */
const uint8_t *fuzz_rest(size_t *size);

/** What a hostile device's register reads: the hook a target begins with. */
uint64_t fuzz_read(uintptr_t address, unsigned int bytes, uint64_t value);

#endif /* UKD_FUZZ_H */
