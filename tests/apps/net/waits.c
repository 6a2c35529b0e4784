/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for a device, which a timer's interrupt stands in for. */

#include "net_test.h"

#include <stddef.h>
#include <uk/config.h>
#include <uk/plat/time.h>
#include <ukd/errno.h>

#define SHORT_US	2000

static unsigned int called;

static void count_call(void *arg)
{
	(*(unsigned int *)arg)++;
}

static uint64_t in_us(uint64_t us)
{
	return ukd_ticks() + uk_us_to_ticks(us);
}

static void wait_alone(struct uk_net *net, struct fake *fake)
{
	static struct uk_timer timer;
	uint64_t start = ukd_now_us();

	name = "deadline";
	CHECK(uk_net_wait(&net, 1, SHORT_US) == -ETIMEDOUT);
	CHECK(ukd_now_us() - start >= SHORT_US);
	CHECK(fake->has_interrupt);

	name = "interrupt ends the wait";
	uk_net_on_interrupt(net, count_call, &called);
	CHECK(!uk_timer_at(&timer, in_us(SHORT_US), fake_interrupt, fake));
	CHECK(!uk_net_wait(&net, 1, UK_NET_FOREVER));
	CHECK(called == 1);
	CHECK(!uk_timer_at(&timer, in_us(SHORT_US), fake_interrupt, fake));
	CHECK(!uk_net_wait(&net, 1, UINT64_C(60) * 1000000));

	name = "interrupt before the wait";
	fake_interrupt(fake);
	CHECK(!uk_net_wait(&net, 1, UK_NET_FOREVER));
	CHECK(called == 3);
	CHECK(uk_net_wait(&net, 1, SHORT_US) == -ETIMEDOUT);

	name = "frames before the wait";
	fake->arriving = 1;
	CHECK(!uk_net_wait(&net, 1, UK_NET_FOREVER));
	fake->arriving = 0;
	uk_net_on_interrupt(net, NULL, NULL);
}

static void wait_for_two(struct fake *second)
{
	static struct uk_timer timer;
	struct uk_net *both[] = { uk_net(0), uk_net(1) };

	name = "one of two";
	CHECK(!uk_timer_at(&timer, in_us(SHORT_US), fake_interrupt, second));
	CHECK(!uk_net_wait(both, 2, UK_NET_FOREVER));
	CHECK(uk_net_wait(both, 2, SHORT_US) == -ETIMEDOUT);
}

#ifdef CONFIG_APPNET_THREADS
#include <uk/thread.h>

static volatile unsigned int turns;

static void take_turns(void *arg)
{
	(void)arg;
	while (turns < 3) {
		turns++;
		uk_thread_yield();
	}
}

static void others_run(struct uk_net *net, struct fake *fake)
{
	static struct uk_timer timer;
	struct uk_thread *thread;

	name = "others run meanwhile";
	CHECK(!uk_thread_create(&thread, take_turns, NULL));
	CHECK(!uk_timer_at(&timer, in_us(SHORT_US), fake_interrupt, fake));
	CHECK(!uk_net_wait(&net, 1, UK_NET_FOREVER));
	CHECK(turns == 3);
	CHECK(!uk_thread_join(thread));
}
#else
static void others_run(struct uk_net *net, struct fake *fake)
{
	(void)net;
	(void)fake;
}
#endif

void test_waits(struct uk_net *net, struct fake *fake)
{
	wait_alone(net, fake);
	wait_for_two(&fakes[1]);
	others_run(net, fake);
}
