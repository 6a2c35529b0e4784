/* SPDX-License-Identifier: BSD-3-Clause */
/* What is agreed on, what the device says of itself, interrupts, start and stop. */
#include "virtio_net_fake.h"

static const uint8_t mac[6] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };

static void nothing_is_agreed_that_is_not_offered(void)
{
	unsigned int i;

	for (i = 0; i < 64; i++) {
		uint64_t without = EVERY & ~UKD_VIRTIO_BIT(i);

		fake_reset();
		prepare(&one, "/virtio@a000000", without);
		CHECK(probe(&one) == 0);
		CHECK(!(one.agreed & ~without));
		CHECK(one.info.can_checksum == !!(without & VIRTIO_NET_F_CSUM));
		CHECK(one.info.headroom == 12);
		CHECK(one.info.send_max == 8 && one.info.receive_max == 8);
		CHECK(i == 5 || !fake_log_count);
		end(&one);

		prepare(&one, "/virtio@a000000", ~UINT64_C(0));
		CHECK(probe(&one) == 0);
		CHECK(!(one.agreed & ~EVERY));	/* what it can't do */
		end(&one);
	}
	prepare(&one, "/virtio@a000000", 0);
	CHECK(probe(&one) == 0);
	CHECK(one.info.mtu == 1500 && !one.info.can_checksum);
	end(&one);
	CHECK(fake_held() == 0);
}

static void mac_is_the_device_s(void)
{
	begin(EVERY);
	CHECK(!memcmp(one.info.mac, mac, 6));
	CHECK(fake_log_count == 0);
	end(&one);
}

static void a_bad_mac_is_replaced(void)
{
	static const uint8_t bad[2][6] = { { 0 }, { 1, 0, 0x5e, 0, 0, 1 } };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		fake_reset();
		prepare(&one, "/virtio@a000000",
			i < 2 ? EVERY : EVERY & ~VIRTIO_NET_F_MAC);
		prepare(&other, "/virtio@a000200", one.offered);
		memcpy(one.config, bad[i % 2], 6);
		memcpy(other.config, bad[i % 2], 6);
		CHECK(probe(&one) == 0 && probe(&other) == 0);
		CHECK((one.info.mac[0] & 3) == 2);	/* local, one's */
		CHECK((other.info.mac[0] & 3) == 2);
		CHECK(memcmp(one.info.mac, other.info.mac, 6));
		CHECK(fake_log_count == 2);
		CHECK(fake_logged(i == 0 ? "warn: /virtio@a000000: mac: zero" :
				  i == 1 ? "warn: /virtio@a000000: mac: a group's" :
					   "warn: /virtio@a000000: mac: none"));
		end(&one);
		end(&other);
	}
}

static void a_made_up_mac_is_local_and_one_s(void)
{
	unsigned int i;

	fake_reset();
	for (i = 0; i < 16; i++) {
		prepare(&one, "/virtio@a000000", 0);
		CHECK(probe(&one) == 0);
		CHECK((one.info.mac[0] & 3) == 2);
		end(&one);
	}
}

static void mtu_is_read_from_its_place_and_checked(void)
{
	static const uint16_t mtu[] = { 1400, 68, 67, 0, 9000, 65535 };
	unsigned int i;

	for (i = 0; i < 6; i++) {
		bool is_bad = mtu[i] < 68;

		fake_reset();
		prepare(&one, "/virtio@a000000", EVERY);
		memcpy(one.config + 10, &mtu[i], 2);
		CHECK(probe(&one) == 0);
		CHECK(one.info.mtu == (is_bad ? 1500 : mtu[i]));
		CHECK(!(one.agreed & VIRTIO_NET_F_MTU) == is_bad);
		CHECK(one.start_count == (is_bad ? 2 : 1));
		CHECK(fake_log_count == is_bad);
		end(&one);
	}
	CHECK(fake_logged("") && !fake_logged("err"));
}

static void a_header_apart_and_merging_go_not_together(void)
{
	begin(VIRTIO_NET_F_MAC | VIRTIO_NET_F_MRG_RXBUF);
	CHECK(one.start_count == 2 && one.agreed == VIRTIO_NET_F_MAC);
	CHECK(one.info.send_max == 4 && one.info.receive_max == 4);
	end(&one);
	begin(VIRTIO_NET_F_MRG_RXBUF | VIRTIO_F_ANY_LAYOUT);
	CHECK(one.start_count == 1 && one.agreed & VIRTIO_NET_F_MRG_RXBUF);
	end(&one);
	CHECK(fake_held() == 0);
}

static void prepare_plain(void)
{
	fake_reset();
	prepare(&one, "/virtio@a000000", 0);
}

static void prepare_modern(void)
{
	fake_reset();
	prepare(&one, "/virtio@a000000", MODERN);
}

static int probe_one(void)
{
	return probe(&one);
}

/* What the device is like, what its driver is to say of it, and to return. */
static const struct {
	uint64_t offered;
	int start_error, config_error, host_error, rc;
	bool has_receive, has_send;
	const char *text;
} failures[] = {
	{ 0, -ENOTSUP, 0, 0, -ENOTSUP, true, true, "" },
	{ 0, 0, 0, 0, -EINVAL, false, true, "queue 0: there is none" },
	{ 0, 0, 0, 0, -EINVAL, true, false, "queue 1: there is none" },
	{ 0, 0, 0, -ENOMEM, -ENOMEM, true, true, "" },
	{ EVERY, 0, -ETIMEDOUT, 0, -ETIMEDOUT, true, true, "" },
	{ MODERN, 0, -ETIMEDOUT, 0, -ETIMEDOUT, true, true, "" },
};

static void a_probe_that_fails_leaves_nothing(void)
{
	unsigned int i;

	/* state, buffers, and headers when they are apart */
	CHECK(fake_fail_every_allocation(prepare_plain, probe_one) == 3);
	end(&one);
	CHECK(fake_fail_every_allocation(prepare_modern, probe_one) == 2);
	end(&one);
	prepare_modern();
	fake_fail_allocation(2);
	CHECK(probe(&one) == -ENOMEM && one.stop_count == 1);
	CHECK(fake_logged("no memory for 8 buffers"));

	for (i = 0; i < sizeof(failures) / sizeof(*failures); i++) {
		fake_reset();
		prepare(&one, "/virtio@a000000", failures[i].offered);
		one.start_error = failures[i].start_error;
		one.config_error = failures[i].config_error;
		one.size[0] = failures[i].has_receive ? 8 : 0;
		one.size[1] = failures[i].has_send ? 8 : 0;
		host_error = failures[i].host_error;
		CHECK(probe(&one) == failures[i].rc);
		CHECK(fake_logged(failures[i].text));
		CHECK(one.stop_count == 1 && fake_held() == 0);
	}
	host_error = 0;
}

static void frees(const struct ukd_frame *frame, unsigned int count)
{
	while (count--)
		free(frame[count].cookie);
}

static void one_interrupt_for_what_is_waited_for(void)
{
	static uint8_t frame[60];
	struct ukd_frame got[8];

	number(frame, 60, 1);
	begin(EVERY);
	CHECK(supply(&one, 8, 1514) == 8);
	CHECK(!one.ops->set_interrupt(one.self, true));
	CHECK(one.queue[0].is_armed && !one.queue[1].is_armed);
	arrive(&one, frame, 60, 0, 0, 0, 0);
	CHECK(one.wake_count == 1 && !one.queue[0].is_armed);
	arrive(&one, frame, 60, 0, 0, 0, 0);
	one.queue[0].interrupt(one.queue[0].arg);	/* a late one */
	CHECK(one.wake_count == 1);

	/* Look again: something came before it was on. */
	CHECK(one.ops->set_interrupt(one.self, true));
	CHECK(!one.queue[0].is_armed);
	CHECK(receive(&one, got, 8) == 2);
	CHECK(receive(&one, got + 2, 6) == 0);
	CHECK(!one.ops->set_interrupt(one.self, true));
	arrive(&one, frame, 60, 0, 0, 0, 0);
	CHECK(one.wake_count == 2);

	/* Polling: none at all. */
	CHECK(!one.ops->set_interrupt(one.self, false));
	arrive(&one, frame, 60, 0, 0, 0, 0);
	one.queue[0].interrupt(one.queue[0].arg);
	CHECK(one.wake_count == 2 && receive(&one, got + 2, 6) == 2);
	CHECK(!memcmp(got[3].data, frame, 60));
	end(&one);
	CHECK(give_up(&one) == 4);
	frees(got, 4);
}

/* A line that is stuck, and other devices on it: who waits is woken once. */
static void a_storm(void)
{
	unsigned int i;

	begin(EVERY);
	CHECK(supply(&one, 4, 1514) == 4);
	CHECK(!one.ops->set_interrupt(one.self, true));
	for (i = 0; i < FAKE_STORM; i++) {
		one.queue[0].interrupt(one.queue[0].arg);
		one.queue[1].interrupt(one.queue[1].arg);
	}
	CHECK(one.wake_count == 1 && !one.queue[0].is_armed);
	CHECK(one.returned_count == 0 && fake_held() == 2);
	CHECK(fake_log_count == 0);
	end(&one);
	CHECK(give_up(&one) == 4);
}

static void the_link_is_what_the_device_says(void)
{
	begin(EVERY);
	CHECK(one.ops->is_link_up(one.self));
	CHECK(!one.ops->set_interrupt(one.self, true));
	one.config[6] = 0;
	one.changed(one.changed_arg);
	CHECK(one.wake_count == 1 && !one.queue[0].is_armed);
	CHECK(!one.ops->is_link_up(one.self));
	one.config[6] = 2;	/* another bit */
	CHECK(!one.ops->is_link_up(one.self));
	one.config[6] = 1;
	one.changed(one.changed_arg);
	CHECK(one.wake_count == 2 && one.ops->is_link_up(one.self));
	one.config_error = -ETIMEDOUT;
	CHECK(!one.ops->is_link_up(one.self));
	end(&one);
}

static void without_status_the_link_is_up(void)
{
	begin(EVERY & ~VIRTIO_NET_F_STATUS);
	one.config[6] = 0;
	CHECK(one.ops->is_link_up(one.self));
	end(&one);
}

/* It says that it failed while somebody waits; the kit has reset it. */
static void a_device_that_fails_by_itself(void)
{
	struct ukd_frame frame = buffer_of(60), got[4];

	begin(EVERY);
	CHECK(supply(&one, 4, 1514) == 4 && send(&one, &frame, 1) == 1);
	CHECK(!one.ops->set_interrupt(one.self, true));
	one.is_broken = true;
	one.changed(one.changed_arg);
	CHECK(one.wake_count == 1);
	CHECK(one.ops->set_interrupt(one.self, true));
	CHECK(receive(&one, got, 4) == -EIO);
	CHECK(send(&one, NULL, 0) == -EIO);
	CHECK(!one.ops->is_link_up(one.self));
	one.ops->stop(one.self);
	CHECK(give_up(&one) == 5);
	CHECK(one.ops->start(one.self, &calls, &one) == -EIO);
	end(&one);
}

static void nothing_happens_before_start(void)
{
	struct ukd_frame frame = buffer_of(1514);

	fake_reset();
	prepare(&one, "/virtio@a000000", EVERY);
	CHECK(probe(&one) == 0);
	one.changed(one.changed_arg);
	one.queue[0].interrupt(one.queue[0].arg);
	CHECK(one.wake_count == 0);
	CHECK(one.ops->supply(one.self, &frame, 1) == 0);
	CHECK(send(&one, &frame, 1) == -EIO);
	CHECK(one.ops->set_interrupt(one.self, true));	/* look: it is off */
	CHECK(!one.is_going && !one.queue[0].is_armed);
	end(&one);
	free(frame.cookie);
}

/* Every buffer comes back once, wherever it was, and it all works again. */
static void stop_gives_everything_back_and_start_goes_on(void)
{
	static const uint64_t offers[] = { EVERY, 0, VIRTIO_F_ANY_LAYOUT };
	static uint8_t frame[3000];
	struct ukd_frame got[4], out;
	unsigned int i, round;

	for (i = 0; i < 3; i++) {
		begin(offers[i]);
		for (round = 0; round < 3; round++) {
			unsigned int most = one.info.receive_max;
			unsigned int starts = one.start_count;

			CHECK(supply(&one, 99, 1514) == most);
			arrive(&one, frame, 60, 0, 0, 0, 0);
			arrive(&one, frame, 60, 0, 0, 0, 0);
			CHECK(receive(&one, got, 1) == 1);
			out = buffer_of(60);
			CHECK(send(&one, &out, 1) == 1);
			CHECK(transmit(&one));
			out = buffer_of(60);
			CHECK(send(&one, &out, 1) == 1);
			one.ops->stop(one.self);
			CHECK(!one.is_going);
			CHECK(give_up(&one) == most - 1 + 2);
			free(got[0].cookie);

			CHECK(send(&one, &out, 1) == -EIO);
			CHECK(one.ops->supply(one.self, &out, 1) == 0);
			CHECK(receive(&one, got, 4) == 0);
			one.ops->stop(one.self);	/* twice is once */
			CHECK(one.ops->start(one.self, &calls, &one) == 0);
			CHECK(one.start_count == starts + 1 && one.is_going);
		}
		end(&one);
		CHECK(fake_log_count == (i ? 1 : 0));	/* no MAC */
	}
	CHECK(fake_held() == 0);
}

static void another_device_after_a_stop_is_refused(void)
{
	begin(EVERY);
	one.ops->stop(one.self);
	one.offered &= ~VIRTIO_NET_F_MRG_RXBUF;
	CHECK(one.ops->start(one.self, &calls, &one) == -EIO);
	CHECK(fake_logged("features: not what they were before the stop"));
	CHECK(one.stop_count == 2 && !one.is_going);
	end(&one);
}

static void queues_of_another_size_after_a_stop_do_no_harm(void)
{
	static const uint64_t offers[] = { EVERY, 0 };
	struct ukd_frame frame[8];
	unsigned int i, k, size;

	for (i = 0; i < 4; i++) {
		fake_reset();
		prepare(&one, "/virtio@a000000", offers[i / 2]);
		one.size[0] = one.size[1] = i % 2 ? 8 : 4;
		CHECK(probe(&one) == 0);
		CHECK(one.ops->start(one.self, &calls, &one) == 0);
		one.ops->stop(one.self);
		one.size[0] = one.size[1] = i % 2 ? 4 : 8;
		CHECK(one.ops->start(one.self, &calls, &one) == 0);
		size = i < 2 ? 4 : 2;
		CHECK(supply(&one, 8, 1514) == size);
		for (k = 0; k < 8; k++)
			frame[k] = buffer_of(60);
		k = (unsigned int)send(&one, frame, 8);
		CHECK(k == (i == 0 ? 8 : size));
		for (; k < 8; k++)
			free(frame[k].cookie);
		end(&one);
		CHECK(give_up(&one) == size + (i == 0 ? 8 : size));
	}
	CHECK(fake_held() == 0);
}

static void a_start_that_fails_can_be_tried_again(void)
{
	struct ukd_frame frame = buffer_of(1514);

	fake_reset();
	prepare(&one, "/virtio@a000000", EVERY);
	one.go_error = -ENODEV;
	CHECK(probe(&one) == 0);
	CHECK(one.ops->start(one.self, &calls, &one) == -ENODEV);
	CHECK(one.stop_count == 1);
	CHECK(one.ops->supply(one.self, &frame, 1) == 0);
	one.changed(one.changed_arg);
	CHECK(one.wake_count == 0);
	one.go_error = 0;
	one.start_error = -EIO;
	CHECK(one.ops->start(one.self, &calls, &one) == -EIO);
	CHECK(one.stop_count == 2 && !one.is_going);
	one.start_error = 0;
	CHECK(one.ops->start(one.self, &calls, &one) == 0);
	CHECK(one.ops->supply(one.self, &frame, 1) == 1);
	end(&one);
	CHECK(give_up(&one) == 1);
}

int main(void)
{
	nothing_is_agreed_that_is_not_offered();
	mac_is_the_device_s();
	a_bad_mac_is_replaced();
	a_made_up_mac_is_local_and_one_s();
	mtu_is_read_from_its_place_and_checked();
	a_header_apart_and_merging_go_not_together();
	a_probe_that_fails_leaves_nothing();
	one_interrupt_for_what_is_waited_for();
	a_storm();
	the_link_is_what_the_device_says();
	without_status_the_link_is_up();
	a_device_that_fails_by_itself();
	nothing_happens_before_start();
	stop_gives_everything_back_and_start_goes_on();
	another_device_after_a_stop_is_refused();
	queues_of_another_size_after_a_stop_do_no_harm();
	a_start_that_fails_can_be_tried_again();
	return fake_report();
}
