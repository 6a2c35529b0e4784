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

/** The part of it in sim.c, and that in held.c, which the former calls. */
void fake_reset_host(void);
void fake_reset_held(void);

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
 * What happened since fake_forget_events(), one letter each, the first 63:
 * r a register read, w written, s a system register written, b a barrier, i an
 * instruction barrier, d an interrupt dispatched. "bw": the barrier came first.
 */
const char *fake_events(void);
void fake_forget_events(void);
void fake_event(char what);

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

/* What the host says of it, 0 after fake_reset(): -ENOMEM */
extern int fake_add_rc;

/* What was dispatched: called with the number, if set; and how often */
extern void (*fake_on_irq)(uint32_t number);
extern unsigned int fake_irq_count;

/* What a test calls `handle` with, and checked to come with the number */
extern void *const fake_context;

extern unsigned int fake_expired_count;

/* The interrupt that was attached last; NULL: none, or detached */
extern struct ukd_irq fake_attached;
extern ukd_irq_handler *fake_handler;
extern void *fake_handler_arg;
extern unsigned int fake_attached_count;

#define FAKE_STORM	100000

/**
 * Deliver that interrupt so many times, as a line that is stuck does. Checks
 * that each call ends, that nothing is taken, and that the log isn't flooded.
 *
 * @return how many of the calls claimed it
 */
unsigned int fake_storm(void);

/* What a device uses as an address of memory is no pointer. */
#define FAKE_DMA_OFFSET		UINT64_C(0x4000000000000000)

static inline uint64_t fake_dma_address(const void *memory)
{
	return (uint64_t)(uintptr_t)memory + FAKE_DMA_OFFSET;
}

static inline void *fake_dma_memory(uint64_t address)
{
	return (void *)(uintptr_t)(address - FAKE_DMA_OFFSET);
}

/** Pieces of memory and interrupts that the driver has and didn't give back. */
unsigned int fake_held(void);

/**
 * Let one allocation fail: the n-th from now on, an interrupt's among them, or
 * with 0 none.
 */
void fake_fail_allocation(unsigned int n);

/**
 * Run a driver with its first allocation failing, then with its second, until
 * one isn't reached. Checks that each failure is returned as -ENOMEM, and that
 * nothing is held after it that wasn't before.
 *
 * @param set_up called before each run; begins with fake_reset()
 * @param run returns what the driver did
 *
 * @return how many allocations there are; the last run went well
 */
unsigned int fake_fail_every_allocation(void (*set_up)(void), int (*run)(void));

#endif /* UKD_FAKE_H */
