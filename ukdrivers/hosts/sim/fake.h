/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The fake machine that a driver's test runs on: registers, a clock, a log,
 * and what the driver handed to the host.
 *
 * A test includes this one header, calls fake_reset() first, maps register
 * blocks, and ends with `return fake_report();`.
 */
#ifndef UKD_FAKE_H
#define UKD_FAKE_H

#include <ukd/console.h>
#include <ukd/driver.h>
#include <ukd/irq.h>
#include <ukd/irqchip.h>
#include <ukd/log.h>
#include <ukd/power.h>
#include <ukd/rtc.h>
#include <ukd/time.h>
#include <ukd/timer.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Checks */

/* Count a failure and say where, but go on. */
#define CHECK(condition) \
	fake_check((condition), #condition, __FILE__, __LINE__)

void fake_check(bool holds, const char *text, const char *file, int line);

/** Print the number of checks. @return the exit status: 0 when all held */
int fake_report(void);

/** Forget everything but the checks. */
void fake_reset(void);

/** The part of it in sim.c. */
void fake_reset_host(void);

/* Registers */

/** Make a block of registers that read as zero and keep what is written. */
void fake_map(uintptr_t base, size_t size);

/*
 * A device's own behaviour. `value` is what the block holds, or what the
 * driver writes; the result is what the driver reads, or what the block keeps.
 */
typedef uint64_t (*fake_hook)(uintptr_t address, unsigned int bytes,
			      uint64_t value);
extern fake_hook fake_on_read;
extern fake_hook fake_on_write;

/** What the block holds, without the hooks and not recorded. */
uint32_t fake_peek(uintptr_t address);
void fake_poke(uintptr_t address, uint32_t value);

/*
 * System registers: what a driver reads is what the hook returns, else 0; what
 * it writes goes to the hook. `name` is as the driver spells it.
 */
extern uint64_t (*fake_on_sysreg_read)(const char *name);
extern void (*fake_on_sysreg_write)(const char *name, uint64_t value);

struct fake_access {
	uintptr_t address;
	unsigned int bytes;
	uint64_t value;
};

/* The writes since fake_reset(), oldest first, and how many reads. */
#define FAKE_WRITES_MAX		4096
extern struct fake_access fake_writes[FAKE_WRITES_MAX];
extern unsigned int fake_write_count;
extern unsigned int fake_read_count;

/**
 * Give the device's node a property; `bytes` are big-endian, as in the tree,
 * and are not copied. Forgotten by fake_reset().
 */
void fake_property(const char *name, const void *bytes, size_t size);

/**
 * Give the device's node entries of `reg`, all of them, for ukd_region(); they
 * are not copied. Forgotten by fake_reset().
 */
void fake_reg(const struct ukd_region *reg, unsigned int count);

/* Time: each look at the clock takes this long, 1 us after fake_reset() */
extern uint64_t fake_step_us;

/** The time, without taking any. */
uint64_t fake_time_us(void);

/** Whether a line of the log has this in it: "err: /pl011@9000000: ..." */
bool fake_logged(const char *text);
const char *fake_log(void);
extern unsigned int fake_log_count;

/* What the driver handed over last; NULL after fake_reset() */
extern const struct ukd_console_ops *fake_console;
extern const struct ukd_irqchip_ops *fake_irqchip;
extern const struct ukd_timer_ops *fake_timer;
extern const struct ukd_power_ops *fake_power;
extern const struct ukd_rtc_ops *fake_rtc;
extern void *fake_self;			/* its `self` */
extern uint32_t fake_irq_limit;

/* What was dispatched: called with the number, if set; and how often */
extern void (*fake_on_irq)(uint32_t number);
extern unsigned int fake_irq_count;

/* What a test calls `handle` with, and checked to come with the number */
extern void *const fake_context;

/* The interrupt that was attached last */
extern struct ukd_irq fake_attached;
extern ukd_irq_handler *fake_handler;
extern void *fake_handler_arg;
extern unsigned int fake_expired_count;

#endif /* UKD_FAKE_H */
