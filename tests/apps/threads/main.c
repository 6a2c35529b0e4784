/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads. Prints "ok NAME" or "FAIL NAME: expression" a check, what switching
 * costs, and at the end "threads: N checks, M failed".
 */

#include "threads.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <uk/config.h>
#include <uk/plat/time.h>
#include <uk/thread.h>
#include <ukd/errno.h>

#define SWITCHES	10000

/* Checks */

const char *name;
static unsigned int checks, failed;

void check(bool is_true, const char *expression)
{
	checks++;
	if (is_true) {
		printf("ok %s\n", name);
		return;
	}
	failed++;
	printf("FAIL %s: %s\n", name, expression);
}

/* What happened, in order */

static char order[32];
static size_t order_length;

static void note(char what)
{
	if (order_length < sizeof(order) - 1)
		order[order_length++] = what;
	order[order_length] = '\0';
}

static bool was(const char *wanted)
{
	size_t i;
	bool is_same = true;

	for (i = 0; i <= order_length; i++)
		is_same = is_same && order[i] == wanted[i];
	if (!is_same)
		printf("%s, wanted %s\n", order, wanted);
	order_length = 0;
	order[0] = '\0';
	return is_same;
}

/* Tests */

static void note_and_yield(void *arg)
{
	note(*(const char *)arg);
	uk_thread_yield();
	note(*(const char *)arg);
}

static void ready_threads_run_in_turn(void)
{
	struct uk_thread *a, *b;

	name = "yield";
	CHECK(!uk_thread_create(&a, note_and_yield, "a"));
	CHECK(!uk_thread_create(&b, note_and_yield, "b"));
	note('m');
	uk_thread_yield();
	note('m');
	CHECK(!uk_thread_join(a));
	CHECK(!uk_thread_join(b));
	note('m');
	CHECK(was("mabmabm"));
}

static void exit_at_once(void *arg)
{
	(void)arg;
	note('x');
	uk_thread_exit();
}

static void join_waits_for_the_exit_or_not(void)
{
	struct uk_thread *thread;

	name = "join";
	CHECK(!uk_thread_create(&thread, exit_at_once, NULL));
	CHECK(was(""));
	CHECK(!uk_thread_join(thread));
	CHECK(was("x"));
	CHECK(!uk_thread_create(&thread, exit_at_once, NULL));
	uk_thread_yield();
	CHECK(was("x"));
	CHECK(!uk_thread_join(thread));
	CHECK(uk_thread_join(uk_thread_current()) == -EINVAL);
}

static void join_other(void *arg)
{
	note(uk_thread_join(arg) == 0 ? 'j' : 'b');
}

static void only_one_joins(void)
{
	struct uk_thread *first, *second;

	name = "join twice";
	CHECK(!uk_thread_create(&first, join_other, uk_thread_current()));
	CHECK(!uk_thread_create(&second, join_other, uk_thread_current()));
	CHECK(!uk_thread_join(second));	/* the first waits for ever */
	CHECK(was("b"));
}

static void block_and_note(void *arg)
{
	(void)arg;
	note('(');
	uk_thread_block();
	note(')');
}

static void a_wake_ends_one_wait(void)
{
	struct uk_thread *thread;

	name = "wake";
	CHECK(!uk_thread_create(&thread, block_and_note, NULL));
	uk_thread_yield();
	uk_thread_yield();
	CHECK(was("("));
	uk_thread_wake(thread);
	note('w');
	CHECK(!uk_thread_join(thread));
	CHECK(was("w)"));

	CHECK(!uk_thread_create(&thread, block_and_note, NULL));
	uk_thread_wake(thread);		/* before it waits */
	uk_thread_wake(thread);
	CHECK(!uk_thread_join(thread));
	CHECK(was("()"));
}

static void wake_main(void *arg)
{
	uk_thread_wake(arg);
}

static void an_interrupt_wakes(void)
{
	static struct uk_timer timer;
	uint64_t due = ukd_ticks() + uk_us_to_ticks(500);

	name = "interrupt";
	CHECK(!uk_timer_at(&timer, due, wake_main, uk_thread_current()));
	uk_thread_block();
	CHECK(ukd_ticks() >= due);
}

static void a_wait_with_a_deadline_ends_with_either(void)
{
	static struct uk_timer timer;
	uint64_t start = ukd_now_us();

	name = "deadline";
	CHECK(uk_thread_block_us(300) == -ETIMEDOUT);
	CHECK(ukd_now_us() - start >= 299);
	CHECK(!uk_timer_at(&timer, ukd_ticks() + uk_us_to_ticks(100), wake_main,
			   uk_thread_current()));
	CHECK(uk_thread_block_us(10000000) == 0);
	CHECK(ukd_now_us() - start < 5000000);
	uk_thread_wake(uk_thread_current());
	CHECK(uk_thread_block_us(10000000) == 0);
	CHECK(uk_thread_block_us(10) == -ETIMEDOUT);
}

static void wake_does_not_shorten_a_sleep(void)
{
	static struct uk_timer timer;
	uint64_t end = ukd_ticks() + uk_us_to_ticks(800);

	name = "sleep";
	CHECK(!uk_timer_at(&timer, ukd_ticks() + uk_us_to_ticks(100), wake_main,
			   uk_thread_current()));
	uk_sleep_us(800);
	CHECK(ukd_ticks() >= end);
	CHECK(uk_thread_block_us(10000000) == 0);	/* and isn't lost */
}

static void give_up(void *arg)
{
	(void)arg;
	uk_thread_block();
}

static void there_are_only_so_many(void)
{
	static struct uk_thread *thread[CONFIG_LIBUKTHREAD_COUNT + 1];
	unsigned int count = 0, i, joined = 0;

	name = "count";
	while (count <= CONFIG_LIBUKTHREAD_COUNT &&
	       !uk_thread_create(&thread[count], give_up, NULL))
		count++;
	CHECK(count == CONFIG_LIBUKTHREAD_COUNT - 1);	/* one waits for main */
	CHECK(uk_thread_create(&thread[0], give_up, NULL) == -ENOMEM);
	for (i = 0; i < count; i++) {
		uk_thread_wake(thread[i]);
		joined += !uk_thread_join(thread[i]);
	}
	CHECK(joined == count);
	CHECK(!uk_thread_create(&thread[0], exit_at_once, NULL));
	CHECK(!uk_thread_join(thread[0]));
	CHECK(was("x"));
}

static void keep_registers(void *arg)
{
	uint64_t x[4] = { *(uint64_t *)arg };
	unsigned int i;
	bool is_kept = true;

	for (i = 0; i < 100; i++) {
		uint64_t a = x[0] + i, b = x[0] * 3 + i, c = a ^ b, d = a * b;

		__asm__ __volatile__("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
		uk_thread_yield();
		is_kept = is_kept && a == x[0] + i && b == x[0] * 3 + i &&
			  c == (a ^ b) && d == a * b;
	}
	*(uint64_t *)arg = is_kept;
}

static void each_has_its_registers(void)
{
	uint64_t value[3] = { 11, 222, 3333 };
	struct uk_thread *thread[3];
	unsigned int i;

	name = "registers";
	for (i = 0; i < 3; i++)
		CHECK(!uk_thread_create(&thread[i], keep_registers, &value[i]));
	for (i = 0; i < 3; i++)
		CHECK(!uk_thread_join(thread[i]));
	CHECK(value[0] == 1 && value[1] == 1 && value[2] == 1);
}

static void yield_often(void *arg)
{
	unsigned int i;

	(void)arg;
	for (i = 0; i < SWITCHES; i++)
		uk_thread_yield();
}

/* Of two threads that do nothing but yield; in tenths of a nanosecond. */
static void say_what_a_switch_costs(void)
{
	struct uk_thread *thread;
	uint64_t ticks;

	name = "cost";
	CHECK(!uk_thread_create(&thread, yield_often, NULL));
	uk_thread_yield();
	ticks = ukd_ticks();
	yield_often(NULL);
	ticks = ukd_ticks() - ticks;
	CHECK(!uk_thread_join(thread));
	printf("switch: %lu ns/10\n",
	       ticks * 10000000000 / ukd_ticks_hz() / (2 * SWITCHES));
}

int main(void)
{
	ready_threads_run_in_turn();
	join_waits_for_the_exit_or_not();
	a_wake_ends_one_wait();
	an_interrupt_wakes();
	a_wait_with_a_deadline_ends_with_either();
	wake_does_not_shorten_a_sleep();
	each_has_its_registers();
	sleepers_wake_on_time_and_in_order();
	say_what_a_switch_costs();
	only_one_joins();
	there_are_only_so_many();
	printf("threads: %u checks, %u failed\n", checks, failed);
	return failed != 0;
}
