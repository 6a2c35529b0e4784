/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames out and in, and what a device may say of them. */
#include "virtio_net_fake.h"

/* Each layout of headers: 12 and 10 bytes in front, 12 legacy, 10 apart. */
static const uint64_t layouts[] = {
	EVERY, MODERN, VIRTIO_F_ANY_LAYOUT,
	VIRTIO_F_ANY_LAYOUT | VIRTIO_NET_F_MRG_RXBUF, 0,
};

#define LAYOUTS	(sizeof(layouts) / sizeof(*layouts))

static uint8_t bytes[70000];
static struct ukd_frame got[16];

/* As a pool gives it back to the driver: from the start of its memory. */
static void again(struct device *device, void *cookie, uint32_t size)
{
	struct ukd_frame frame = {
		.data = (uint8_t *)cookie + 16, .size = size, .cookie = cookie,
	};

	frame.address = fake_dma_address(frame.data);
	CHECK(device->ops->supply(device->self, &frame, 1) == 1);
}

static void finish(void)
{
	end(&one);
	give_up(&one);
	CHECK(fake_held() == 0);
}

/* Length and bytes are the frame's, without the header or anything stale. */
static void every_length_is_echoed(void)
{
	static const uint32_t sizes[] = {
		14, 59, 60, 64, 512, 1490, 1500, 1502, 1503, 1504, 1505, 1513, 1514,
	};
	unsigned int i, k;

	for (i = 0; i < LAYOUTS; i++) {
		begin(layouts[i]);
		for (k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
			CHECK(supply(&one, 1, 1514) == 1);
			number(bytes, sizes[k], k);
			arrive(&one, bytes, sizes[k], 0, 0, 0, 0);
			CHECK(receive(&one, got, 16) == 1);
			CHECK(got->size == sizes[k] && !got->flags && !got->more);
			CHECK(got->data == (uint8_t *)got->cookie + 16);
			CHECK(got->address == fake_dma_address(got->data));
			CHECK(!memcmp(got->data, bytes, sizes[k]));

			CHECK(send(&one, got, 1) == 1);
			CHECK(one.queue[1].ready[0].count == (i == 4 ? 2 : 1));
			CHECK(transmit(&one));
			CHECK(one.sent_size == sizes[k]);
			CHECK(!memcmp(one.sent, bytes, sizes[k]));
			CHECK(!one.header.flags && !one.header.gso_type &&
			      !one.header.num_buffers && !one.header.csum_start);
			CHECK(send(&one, NULL, 0) == 0 && give_up(&one) == 1);
		}
		finish();
	}
}

static void frames_of_the_wrong_length_are_not_sent(void)
{
	struct ukd_frame frame[3];
	unsigned int i;

	for (i = 0; i < LAYOUTS; i++) {
		begin(layouts[i]);
		frame[0] = buffer_of(1515);
		CHECK(send(&one, frame, 1) == -EINVAL);
		frame[0].size = 13;
		CHECK(send(&one, frame, 1) == -EINVAL);
		frame[0].size = 0;
		CHECK(send(&one, frame, 1) == -EINVAL);
		frame[0].size = UINT32_MAX;
		CHECK(send(&one, frame, 1) == -EINVAL);
		frame[0].size = 1515;
		frame[1] = frame[2] = frame[0];
		frame[0].size = 1514;	/* the first goes, then it is said */
		CHECK(send(&one, frame, 3) == 1);
		CHECK(send(&one, frame + 1, 2) == -EINVAL);
		CHECK(transmit(&one) && !transmit(&one));
		finish();
	}
}

/* A VLAN's tag comes on top of the MTU. */
static void tagged_frames_may_be_longer(void)
{
	unsigned int i, size, is_tagged;

	for (i = 0; i < LAYOUTS; i++) {
		begin(layouts[i]);
		for (size = 1515; size < 1520; size++) {
			for (is_tagged = 0; is_tagged < 2; is_tagged++) {
				bool is_good = is_tagged && size <= 1518;
				struct ukd_frame frame = buffer_of(size);

				number(bytes, size, 0);
				memcpy(bytes + 12, "\x81\x00", 2);
				bytes[12] -= !is_tagged;
				CHECK(supply(&one, 1, 1600) == 1);
				arrive(&one, bytes, size, 0, 0, 0, 0);
				CHECK(receive(&one, got, 16) == is_good);
				memcpy(frame.data, bytes, size);
				CHECK(send(&one, &frame, 1) ==
				      (is_good ? 1 : -EINVAL));
				if (!is_good)
					free(frame.cookie);
				else
					CHECK(transmit(&one) &&
					      one.sent_size == size);
				if (is_good)
					free(got->cookie);
				else	/* it went back into the ring */
					CHECK(one.queue[0].ready_count == 1);
				one.ops->stop(one.self);
				give_up(&one);
				one.ops->start(one.self, &calls, &one);
			}
		}
		finish();
	}
}

/*
 * More frames that are too long, too short, or without an end to their header
 * than there are buffers, and no good one between: all buffers stay.
 */
static void useless_frames_never_take_a_buffer_away(void)
{
	static const uint32_t sizes[] = { 1515, 1518, 1519, 1588, 13, 1, 0 };
	unsigned int i, k, count;

	for (i = 0; i < LAYOUTS; i++) {
		begin(layouts[i]);
		count = supply(&one, 99, 1600);
		CHECK(count == one.info.receive_max);
		for (k = 0; k < 30 * count; k++) {
			uint32_t header = header_size(&one);

			number(bytes, 1600, k);
			bytes[12] = 0;
			if (k % 10 > 6)	/* less than a header */
				use(&one, bytes, k % header, k % header);
			else
				arrive(&one, bytes, sizes[k % 10], 0, 0, 0, 0);
			CHECK(k % 3 || receive(&one, got, 16) == 0);
			if (k % 3 == 0)
				CHECK(one.queue[0].ready_count == count);
		}
		CHECK(receive(&one, got, 16) == 0);
		CHECK(one.queue[0].ready_count == count);
		CHECK(fake_log_count == (i > 1));	/* no MAC */
		arrive(&one, bytes, 64, 0, 0, 0, 0);
		CHECK(receive(&one, got, 16) == 1 && got->size == 64);
		free(got->cookie);
		finish();
	}
}

static void check_parts(unsigned int count, uint32_t size)
{
	uint32_t done = 0;
	unsigned int i;

	for (i = 0; i < count; i++) {
		CHECK(got[i].more == count - 1 - i);
		CHECK(got[i].data == (uint8_t *)got[i].cookie + (i ? 4 : 16));
		CHECK(got[i].address == fake_dma_address(got[i].data));
		CHECK(done + got[i].size <= size);
		CHECK(!memcmp(got[i].data, bytes + done, got[i].size));
		done += got[i].size;
	}
	CHECK(done == size);
}

/* A frame in parts comes in one call, when all of it is there. */
static void frames_are_spread_over_buffers(void)
{
	unsigned int parts, i;

	begin(EVERY);
	CHECK(supply(&one, 8, 200) == 8);
	for (parts = 2; parts <= 8; parts++) {
		uint32_t size = parts * 188 - 12;

		number(bytes, 1600, parts);
		arrive(&one, bytes, size, 0, 0, 0, 188);
		CHECK(receive(&one, got, 16) == (int)parts);
		check_parts(parts, size);
		for (i = 0; i < parts; i++)
			again(&one, got[i].cookie, 200);
	}

	/* A whole one before it, and no room for all: then in the next call. */
	arrive(&one, bytes, 100, 0, 0, 0, 0);
	arrive(&one, bytes, 300, 0, 0, 0, 188);
	CHECK(receive(&one, got, 2) == 1 && got->size == 100);
	CHECK(one.ops->set_interrupt(one.self, true));
	free(got->cookie);
	CHECK(receive(&one, got, 2) == 2);
	check_parts(2, 300);
	free(got[0].cookie), free(got[1].cookie);

	/* Never any room for it: dropped, and its buffers are back. */
	arrive(&one, bytes, 500, 0, 0, 0, 188);
	CHECK(receive(&one, got, 2) == 0);
	CHECK(receive(&one, got, 2) == 0);
	CHECK(one.queue[0].ready_count == 5);
	CHECK(!one.ops->set_interrupt(one.self, true));
	finish();
}

/* Parts that come later than the first, in spite of the rules. */
static void a_frame_waits_for_its_parts(void)
{
	struct virtio_net_header header = { .num_buffers = 3 };

	begin(EVERY);
	CHECK(supply(&one, 8, 200) == 8);
	number(bytes, 400, 3);
	memcpy(one.sent, &header, 12);
	memcpy(one.sent + 12, bytes, 176);
	use(&one, one.sent, 188, 188);
	CHECK(receive(&one, got, 16) == 0);
	CHECK(!one.ops->set_interrupt(one.self, true));
	use(&one, bytes + 176, 150, 150);
	CHECK(receive(&one, got, 16) == 0);
	use(&one, bytes + 326, 50, 50);
	arrive(&one, bytes, 60, 0, 0, 0, 0);
	CHECK(one.wake_count == 1 && receive(&one, got, 16) == 4);
	check_parts(3, 376);
	CHECK(got[3].size == 60 && got[3].more == 0);
	free(got[0].cookie), free(got[1].cookie);
	free(got[2].cookie), free(got[3].cookie);

	/* Stopped between: its parts come back, too. */
	memcpy(one.sent, &header, 12);
	use(&one, one.sent, 188, 188);
	use(&one, bytes, 100, 100);
	CHECK(receive(&one, got, 16) == 0);
	one.ops->stop(one.self);
	CHECK(give_up(&one) == 4);
	finish();
}

static void a_useless_frame_in_parts_goes_back(void)
{
	static const uint32_t sizes[] = { 1515, 1519, 1588 };
	struct virtio_net_header header = { .num_buffers = 2 };
	unsigned int i;

	begin(EVERY);
	CHECK(supply(&one, 8, 500) == 8);
	for (i = 0; i < 60; i++) {
		number(bytes, 1600, i);
		bytes[12] = 0;
		arrive(&one, bytes, sizes[i % 3], 0, 0, 0, 500);
		CHECK(receive(&one, got, 16) == 0);
		CHECK(one.queue[0].ready_count == 8);
	}
	memcpy(bytes, &header, 12);	/* a part of nothing */
	use(&one, bytes, 100, 100);
	use(&one, bytes, 0, 0);
	CHECK(receive(&one, got, 16) == 0 && one.queue[0].ready_count == 8);
	use(&one, bytes, 20, 20);	/* a first one without all of Ethernet's */
	use(&one, bytes, 100, 100);
	CHECK(receive(&one, got, 16) == 0 && one.queue[0].ready_count == 8);
	CHECK(fake_log_count == 0);
	arrive(&one, bytes, 1514, 0, 0, 0, 500);
	CHECK(receive(&one, got, 16) == 4);
	check_parts(4, 1514);
	for (i = 0; i < 4; i++)
		free(got[i].cookie);
	finish();
}

/* The ring takes them no more, so they are the host's again with stop(). */
static void a_ring_that_breaks_before_a_useless_frame_goes_back(void)
{
	struct virtio_net_header header = { 0 };
	uint16_t parts, i;

	for (parts = 1; parts <= 3; parts++) {
		begin(EVERY);
		CHECK(supply(&one, 5, 1514) == 5);
		header.num_buffers = parts;
		memcpy(bytes, &header, 12);
		for (i = 0; i < parts; i++)	/* shorter than Ethernet's */
			use(&one, bytes, 20, 20);
		one.breaks_after = parts;
		CHECK(receive(&one, got, 16) == -EIO && one.is_broken);
		CHECK(one.returned_count == 0);
		one.ops->stop(one.self);
		CHECK(give_up(&one) == 5);
		finish();
	}
}

/* More buffers than the device has, or none: the end of this device. */
static void num_buffers_is_bounded(void)
{
	static const uint16_t counts[] = { 0, 5, 6, 0x8000, 0xffff };
	struct virtio_net_header header = { 0 };
	struct ukd_frame out;
	unsigned int i, k;

	for (i = 0; i < 5; i++) {
		begin(EVERY);
		CHECK(supply(&one, 4, 1514) == 4);
		out = buffer_of(60);
		CHECK(send(&one, &out, 1) == 1);
		header.num_buffers = counts[i];
		memcpy(bytes, &header, 12);
		use(&one, bytes, 72, 72);
		for (k = 0; k < 3; k++) {
			CHECK(receive(&one, got, 16) == -EIO);
			CHECK(send(&one, &out, 1) == -EIO);
			CHECK(one.ops->supply(one.self, &out, 1) == 0);
			CHECK(one.ops->set_interrupt(one.self, true));
			CHECK(!one.ops->is_link_up(one.self));
		}
		CHECK(fake_logged("err: /virtio@a000000: num_buffers: "));
		CHECK(fake_logged(", wanted 1 to 4, as many as the device has"));
		CHECK(fake_log_count == 1 && one.stop_count == 1);
		one.ops->stop(one.self);
		CHECK(give_up(&one) == 5);
		CHECK(one.ops->start(one.self, &calls, &one) == -EIO);
		finish();
	}
}

/* What the ring finds wrong holds for the whole device. */
static void a_broken_ring_is_the_end_everywhere(void)
{
	struct ukd_frame out;

	begin(EVERY);
	CHECK(supply(&one, 4, 1514) == 4);
	out = buffer_of(60);
	CHECK(send(&one, &out, 1) == 1);
	one.is_broken = true;
	one.is_going = false;
	CHECK(send(&one, &out, 1) == -EIO);
	CHECK(receive(&one, got, 16) == -EIO);
	CHECK(one.ops->supply(one.self, &out, 1) == 0);
	CHECK(one.ops->set_interrupt(one.self, true));
	CHECK(!one.ops->is_link_up(one.self));
	one.ops->stop(one.self);
	CHECK(give_up(&one) == 5);
	CHECK(one.ops->start(one.self, &calls, &one) == -EIO);
	CHECK(fake_log_count == 0);	/* the kit has said it */
	finish();
}

static void received_checksums_are_bounded(void)
{
	static const struct {
		uint16_t start, offset;
		bool is_good;
	} tries[] = {
		{ 34, 16, true }, { 0, 0, true }, { 98, 0, true },
		{ 0, 98, true }, { 99, 0, false }, { 0, 99, false },
		{ 50, 49, false }, { 0xffff, 0xffff, false },
		{ 0xffff, 3, false }, { 2, 0xfffe, false },
	};
	unsigned int i, room;

	for (i = 0; i < 20; i++) {
		room = i < 10 ? 0 : 64;
		begin(EVERY);
		CHECK(supply(&one, 8, 1514) == 8);
		arrive(&one, bytes, 100, 1, tries[i % 10].start,
		       tries[i % 10].offset, room);
		if (tries[i % 10].is_good) {
			CHECK(receive(&one, got, 16) == (room ? 2 : 1));
			CHECK(got->flags == UKD_NET_CHECKSUM_PART);
			CHECK(got->checksum_start == tries[i % 10].start);
			CHECK(got->checksum_offset == tries[i % 10].offset);
			free(got->cookie);
			if (room)
				free(got[1].cookie);
		} else {
			CHECK(receive(&one, got, 16) == 0);
			CHECK(one.queue[0].ready_count == 8);
		}
		finish();
	}
}

static void checksum_flags_hold_only_if_agreed(void)
{
	unsigned int i;

	for (i = 0; i < LAYOUTS; i++) {
		bool is_agreed = layouts[i] & VIRTIO_NET_F_GUEST_CSUM;

		begin(layouts[i]);
		CHECK(supply(&one, 4, 1514) == 4);
		arrive(&one, bytes, 100, 2, 0xffff, 0xffff, 0);
		arrive(&one, bytes, 100, 3, is_agreed ? 0 : 0xffff, 0, 0);
		arrive(&one, bytes, 100, 0xfc, 0xffff, 0, 0);
		CHECK(receive(&one, got, 16) == 3);
		CHECK(got[0].flags == (is_agreed ? UKD_NET_CHECKSUM_GOOD : 0));
		CHECK(got[1].flags == (is_agreed ? 3 : 0));
		CHECK(!got[2].flags && !got[0].checksum_start);
		free(got[0].cookie), free(got[1].cookie), free(got[2].cookie);
		finish();
	}
}

static void checksums_are_asked_for(void)
{
	uint64_t layout;
	unsigned int i;

	for (i = 0; i < LAYOUTS * 2; i++) {
		struct ukd_frame frame = buffer_of(100);

		layout = layouts[i / 2] & ~VIRTIO_NET_F_CSUM;
		begin(i % 2 ? layout | VIRTIO_NET_F_CSUM : layout);
		frame.flags = UKD_NET_CHECKSUM_PART | UKD_NET_CHECKSUM_GOOD;
		frame.checksum_start = 34;
		frame.checksum_offset = 65;
		CHECK(send(&one, &frame, 1) == -EINVAL);
		frame.checksum_offset = 0xfffe;
		CHECK(send(&one, &frame, 1) == -EINVAL);
		frame.checksum_offset = 64;
		CHECK(send(&one, &frame, 1) == (i % 2 ? 1 : -EINVAL));
		if (i % 2) {
			CHECK(transmit(&one) && one.sent_size == 100);
			CHECK(one.header.flags == 1 && !one.header.gso_type);
			CHECK(one.header.csum_start == 34);
			CHECK(one.header.csum_offset == 64);
			/* and not in the next one */
			CHECK(send(&one, NULL, 0) == 0 && give_up(&one) == 1);
			frame = buffer_of(100);
			CHECK(send(&one, &frame, 1) == 1 && transmit(&one));
			CHECK(!one.header.flags && !one.header.csum_start &&
			      !one.header.csum_offset);
		} else {
			free(frame.cookie);
		}
		finish();
	}
}

static void several_frames_go_with_one_notification(void)
{
	struct ukd_frame frame[16];
	unsigned int i, k, most;

	for (i = 0; i < LAYOUTS; i++) {
		begin(layouts[i]);
		most = one.info.send_max;
		for (k = 0; k < 16; k++)
			frame[k] = buffer_of(60 + k);
		CHECK(send(&one, frame, 16) == (int)most);
		CHECK(one.queue[1].publish_count == 1);
		CHECK(send(&one, frame + most, 16 - most) == 0);
		CHECK(one.queue[1].publish_count == 1);
		CHECK(transmit(&one) && transmit(&one) && one.sent_size == 61);
		CHECK(send(&one, frame + most, 16 - most) == 2);
		CHECK(one.returned_count == 2);
		CHECK(one.returned[0] == frame[0].cookie);
		CHECK(one.returned[1] == frame[1].cookie);
		while (transmit(&one))
			;
		CHECK(one.sent_size == 60 + most + 1);
		CHECK(send(&one, NULL, 0) == 0);
		CHECK(one.returned_count == most + 2);
		for (k = most + 2; k < 16; k++)
			free(frame[k].cookie);

		for (k = 0; k < most; k++)
			frame[k] = buffer_of(1514);
		one.queue[0].publish_count = 0;
		CHECK(one.ops->supply(one.self, frame, most) == most);
		CHECK(one.ops->supply(one.self, frame, 1) == 0);
		CHECK(one.queue[0].publish_count == 1);
		finish();
	}
}

static void buffers_too_small_are_refused_once(void)
{
	struct ukd_frame small = buffer_of(1513);

	begin(MODERN);
	CHECK(one.ops->supply(one.self, &small, 1) == 0);
	CHECK(one.ops->supply(one.self, &small, 1) == 0);
	CHECK(fake_log_count == 1);
	CHECK(fake_logged("err: /virtio@a000000: buffer: 1513 bytes, wanted at least 1514"));
	small.size = UINT32_MAX;
	CHECK(one.ops->supply(one.self, &small, 1) == 0);
	finish();
	begin(EVERY);
	small.size = 13;
	CHECK(one.ops->supply(one.self, &small, 1) == 0);
	small.size = 14;
	CHECK(one.ops->supply(one.self, &small, 1) == 1);
	finish();
}

static void jumbo_frames_go_both_ways(void)
{
	struct ukd_frame frame = buffer_of(65549);

	fake_reset();
	prepare(&one, "/virtio@a000000", EVERY);
	memset(one.config + 10, 0xff, 2);
	CHECK(probe(&one) == 0 && one.info.mtu == 65535);
	CHECK(one.ops->start(one.self, &calls, &one) == 0);
	number(bytes, 65549, 5);
	memcpy(frame.data, bytes, 65549);
	CHECK(send(&one, &frame, 1) == 1 && transmit(&one));
	CHECK(one.sent_size == 65549 && !memcmp(one.sent, bytes, 65549));
	CHECK(supply(&one, 2, 66000) == 2);
	arrive(&one, bytes, 65549, 0, 0, 0, 0);
	CHECK(receive(&one, got, 16) == 1 && got->size == 65549);
	CHECK(!memcmp(got->data, bytes, 65549));
	free(got->cookie);
	finish();
}

static void devices_know_nothing_of_each_other(void)
{
	struct ukd_frame frame = buffer_of(60);

	begin(EVERY);
	prepare(&other, "/virtio@a000200", 0);
	CHECK(probe(&other) == 0);
	CHECK(other.ops->start(other.self, &calls, &other) == 0);
	CHECK(supply(&one, 4, 1514) == 4 && supply(&other, 4, 1514) == 4);
	arrive(&other, bytes, 60, 0, 0, 0, 0);
	CHECK(receive(&one, got, 16) == 0 && receive(&other, got, 16) == 1);
	again(&other, got->cookie, 1514);
	CHECK(send(&one, &frame, 1) == 1);
	CHECK(transmit(&one) && !transmit(&other));
	one.is_broken = true;
	CHECK(receive(&one, got, 16) == -EIO && receive(&other, got, 16) == 0);
	end(&other);
	CHECK(give_up(&other) == 4);
	end(&one);
	CHECK(give_up(&one) == 5);
}

/* Anything in any order: each buffer is in one place, and all come back. */
static void no_buffer_is_ever_lost(void)
{
	uint64_t state = 88172645463325252;
	unsigned int i, k, here, round;

	for (i = 0; i < LAYOUTS; i++) {
		begin(layouts[i]);
		here = 0;
		for (round = 0; round < 20000; round++) {
			struct ukd_virtq *in = &one.queue[0];
			uint32_t size;
			int count;

			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			size = state >> 20 & 0x7ff;
			size = size > 1590 ? 60 : size;
			if (state % 5 < 2)
				here += supply(&one, 1, 1600);
			else if (state % 5 < 4 && in->ready_count &&
				 in->used_count < QUEUE_MAX / 2)
				arrive(&one, bytes, size, state >> 40 & 3,
				       state >> 42 & 0xff, state >> 50 & 0xfff,
				       one.agreed & VIRTIO_NET_F_MRG_RXBUF &&
				       in->ready_count > 3 ? 500 : 0);
			else
				transmit(&one);
			if (state >> 60 > 5)
				continue;
			count = receive(&one, got, 16);
			CHECK(count >= 0);
			for (k = 0; (int)k < count; k++) {
				got[k].flags = got[k].more = 0;
				got[k].size = got[k].size < 14 ? 14
							       : got[k].size;
				/* A later part has no room for a header. */
				if (got[k].data != (uint8_t *)got[k].cookie + 16 ||
				    send(&one, &got[k], 1) != 1)
					free(got[k].cookie), here--;
			}
			here -= give_up(&one);
		}
		one.ops->stop(one.self);
		CHECK(give_up(&one) == here);
		finish();
	}
}

int main(void)
{
	every_length_is_echoed();
	frames_of_the_wrong_length_are_not_sent();
	tagged_frames_may_be_longer();
	useless_frames_never_take_a_buffer_away();
	frames_are_spread_over_buffers();
	a_frame_waits_for_its_parts();
	a_useless_frame_in_parts_goes_back();
	a_ring_that_breaks_before_a_useless_frame_goes_back();
	num_buffers_is_bounded();
	a_broken_ring_is_the_end_everywhere();
	received_checksums_are_bounded();
	checksum_flags_hold_only_if_agreed();
	checksums_are_asked_for();
	several_frames_go_with_one_notification();
	buffers_too_small_are_refused_once();
	jumbo_frames_go_both_ways();
	devices_know_nothing_of_each_other();
	no_buffer_is_ever_lost();
	return fake_report();
}
