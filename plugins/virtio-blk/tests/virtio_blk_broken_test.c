/* SPDX-License-Identifier: BSD-3-Clause */
#include "virtio_blk_fake.h"

static unsigned int fill(unsigned int count)
{
	unsigned int i, taken = 0;

	for (i = 0; i < count; i++)
		make(i, UKD_BLOCK_READ, i, 1);
	CHECK(ops->submit(disk, list, count, &taken) == 0);
	return taken;
}

static void all_done_once(unsigned int first, unsigned int count, int status)
{
	unsigned int i;

	for (i = first; i < count; i++)
		CHECK(done_count[i] == 1 && done_status[i] == status);
}

static void a_device_that_breaks_the_rules(void)
{
	reset();
	start();
	CHECK(fill(20) == 20);
	is_broken = true;	/* found out by the next look at the ring */
	CHECK(ops->finish(disk) == -EIO);
	CHECK(done_total == 20);
	all_done_once(0, 20, -EIO);

	CHECK(ops->finish(disk) == -EIO && done_total == 20);
	CHECK(submit(30, UKD_BLOCK_READ, 0, 1) == -EIO);
	CHECK(submit(31, UKD_BLOCK_FLUSH, 0, 0) == -EIO);
	CHECK(ops->set_interrupt(disk, true));
	interrupt(interrupt_arg);
	CHECK(wake_count == 0 && done_total == 20);
}

/* Somebody waits for an interrupt that a broken device never raises. */
static void nobody_waits_for_it(void)
{
	reset();
	start();
	CHECK(fill(2) == 2);
	is_broken = true;
	CHECK(submit(5, UKD_BLOCK_READ, 0, 1) == -EIO);
	CHECK(ops->set_interrupt(disk, true));
	CHECK(ops->finish(disk) == -EIO);
	all_done_once(0, 2, -EIO);
}

/* It says that it failed while somebody waits; the kit has reset it. */
static void a_device_that_fails_by_itself(void)
{
	reset();
	start();
	CHECK(fill(2) == 2);
	changed(changed_arg);
	CHECK(wake_count == 0);
	is_broken = true;
	changed(changed_arg);
	CHECK(wake_count == 1 && done_total == 0);
	CHECK(ops->finish(disk) == -EIO);
	all_done_once(0, 2, -EIO);
	changed(changed_arg);
	CHECK(wake_count == 1);
}

static void break_down(struct ukd_block_request *request, int status)
{
	done(request, status);
	is_broken = true;
}

static void in_the_middle_of_what_is_done(void)
{
	reset();
	start();
	CHECK(fill(10) == 10);
	requests[0].done = break_down;
	answer_well(0);
	answer_well(1);
	CHECK(ops->finish(disk) == -EIO && done_total == 10);
	CHECK(done_status[0] == 0 && done_count[0] == 1);
	all_done_once(1, 10, -EIO);
}

static void refused(struct ukd_block_request *request, int status)
{
	unsigned int taken;

	done(request, status);
	CHECK(ops->submit(disk, &request, 1, &taken) == -EIO && !taken);
	CHECK(ops->finish(disk) == -EIO);
}

static void nothing_is_taken_while_all_fails(void)
{
	unsigned int i;

	reset();
	start();
	CHECK(fill(10) == 10);
	for (i = 0; i < 10; i++)
		requests[i].done = refused;
	is_broken = true;
	CHECK(ops->finish(disk) == -EIO && done_total == 10);
	all_done_once(0, 10, -EIO);
}

/* Stop and start */

static void what_is_in_flight_at_a_stop(void)
{
	reset();
	start();
	CHECK(fill(100) == 100);
	answer_well(3);		/* done, but not looked at */
	ops->stop(disk);
	CHECK(stop_count == 1 && done_total == 100 && !entry_count);
	all_done_once(0, 100, -EIO);
	CHECK(submit(0, UKD_BLOCK_READ, 0, 1) == -EIO);
	CHECK(ops->set_interrupt(disk, true));
	CHECK(ops->finish(disk) == -EIO);
}

static void started_again(void)
{
	unsigned int i;

	reset();
	start();
	for (i = 2; i < 5; i++) {
		CHECK(fill(128) == 128);
		is_broken = i == 3;
		if (is_broken)
			CHECK(ops->finish(disk) == -EIO);
		ops->stop(disk);
		all_done_once(0, 128, -EIO);
		CHECK(ops->start(disk, wake, &wake_count) == 0);
		CHECK(start_count == i && go_count == i && !is_interrupt_on);
	}
	CHECK(submit(0, UKD_BLOCK_READ, 9, 1) == 0);
	answer_well(0);
	CHECK(ops->finish(disk) == 1 && done_status[0] == 0);
	CHECK(fake_held() == 3);
}

static void another_device_than_before(void)
{
	reset();
	start();
	ops->stop(disk);
	offer(VIRTIO_BLK_F_RO);
	CHECK(ops->start(disk, wake, &wake_count) == -EIO);
	CHECK(fake_log_count == 1 && fake_logged("features: "));
	CHECK(stop_count == 2);
	CHECK(submit(0, UKD_BLOCK_READ, 0, 1) == -EIO);

	offered &= ~UKD_VIRTIO_BIT(VIRTIO_BLK_F_RO);
	queue_entries = 64;
	CHECK(ops->start(disk, wake, &wake_count) == -EINVAL);
	CHECK(fake_logged("queue 0: 64 entries, want 128 at least\n"));
	CHECK(stop_count == 3);

	queue_entries = 128;
	CHECK(ops->start(disk, wake, &wake_count) == 0);
	CHECK(submit(0, UKD_BLOCK_READ, 0, 1) == 0);
}

static void a_start_that_fails(void)
{
	reset();
	CHECK(probe() == 0);
	CHECK(submit(0, UKD_BLOCK_READ, 0, 1) == -EIO);	/* too early */
	interrupt(interrupt_arg);
	go_rc = -ENODEV;
	CHECK(ops->start(disk, wake, &wake_count) == -ENODEV);
	CHECK(stop_count == 1 && !wake_count);	/* reset, what failed */
	CHECK(submit(0, UKD_BLOCK_READ, 0, 1) == -EIO);
	go_rc = 0;
	CHECK(ops->start(disk, wake, &wake_count) == 0 && start_count == 2);
	CHECK(submit(0, UKD_BLOCK_READ, 0, 1) == 0);
}

/* Interrupts: on until the next one */

static void an_interrupt(void)
{
	reset();
	start();
	CHECK(!ops->set_interrupt(disk, true) && is_interrupt_on);
	CHECK(fill(1) == 1);
	answer_well(0);
	interrupt(interrupt_arg);
	CHECK(wake_count == 1 && !is_interrupt_on && done_total == 0);
	CHECK(ops->set_interrupt(disk, true));
	CHECK(ops->finish(disk) == 1);
	CHECK(!ops->set_interrupt(disk, false) && !is_interrupt_on);
}

/* A line that is stuck, and other devices on it: nothing is taken or done. */
static void a_storm(void)
{
	unsigned int i;

	reset();
	start();
	CHECK(!ops->set_interrupt(disk, true));
	CHECK(fill(1) == 1);
	for (i = 0; i < FAKE_STORM; i++) {
		interrupt(interrupt_arg);
		changed(changed_arg);
	}
	CHECK(!is_interrupt_on && wake_count == FAKE_STORM);
	CHECK(fake_held() == 3 && fake_log_count == 0 && !done_total);
	ops->stop(disk);
	for (i = 0; i < FAKE_STORM; i++) {
		interrupt(interrupt_arg);
		changed(changed_arg);
	}
	CHECK(wake_count == FAKE_STORM);
}

int main(void)
{
	a_device_that_breaks_the_rules();
	nobody_waits_for_it();
	a_device_that_fails_by_itself();
	in_the_middle_of_what_is_done();
	nothing_is_taken_while_all_fails();
	what_is_in_flight_at_a_stop();
	started_again();
	another_device_than_before();
	a_start_that_fails();
	an_interrupt();
	reset();
	a_storm();
	return fake_report();
}
