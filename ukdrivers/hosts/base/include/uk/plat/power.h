/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of the image, of which there are several. */
#ifndef UK_PLAT_POWER_H
#define UK_PLAT_POWER_H

/*
 * Without a power driver, or when the firmware refuses, each of these says so
 * and then waits for ever with interrupts off.
 */

/* Say "ukdrivers: power off" and switch the machine off. */
_Noreturn void uk_power_off(void);

/* Start the machine again. */
_Noreturn void uk_power_reset(void);

/* Say "ukdrivers: halted: <reason>" and switch the machine off. */
_Noreturn __attribute__((format(printf, 1, 2)))
void uk_halt(const char *reason, ...);

/* Switch the machine off and say nothing. */
_Noreturn void uk_power_cut(void);

#endif /* UK_PLAT_POWER_H */
