/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The driver and the kit's queues on a hostile device. Whatever it does, each
 * buffer of the host's comes back once, with no more received into it than
 * there was room for.
 */
#include <virtio.h>

#include "../../ukdriver_virtio_net/c/virtio_net.c"

#define BUFFERS		32U
#define HEADROOM	16U

static struct {
	uint8_t *memory;
	uint64_t address;	/* of the data */
	uint32_t size;
	enum { OURS, TO_RECEIVE, TO_SEND } where;
} buffers[BUFFERS];

static const struct ukd_net_ops *ops;
static void *net;
static struct ukd_net_info info;
static bool is_taken;		/* by the host */
static unsigned int starts_left;

int ukd_net_add(const struct ukd_device *dev, const struct ukd_net_ops *net_ops,
		void *self, const struct ukd_net_info *net_info)
{
	CHECK(dev == &fuzz_found);
	if (!is_taken)
		return -ENOMEM;
	ops = net_ops;
	net = self;
	info = *net_info;
	CHECK(info.headroom <= HEADROOM && !(info.mac[0] & 1));
	CHECK(info.mtu >= 68);
	return 0;
}

static void on_wake(void *host)
{
	CHECK(host == buffers);
}

static unsigned int index_of(const void *cookie)
{
	unsigned int i = 0;

	while (i < BUFFERS && cookie != &buffers[i])
		i++;
	CHECK(i < BUFFERS);
	return i;
}

static void on_sent(void *host, void *cookie)
{
	unsigned int i = index_of(cookie);

	CHECK(host == buffers && buffers[i].where != OURS);
	buffers[i].where = OURS;
}

static const struct ukd_net_calls calls = { on_wake, on_sent };

static struct ukd_frame frame_of(unsigned int i, uint32_t size)
{
	return (struct ukd_frame){
		.data = buffers[i].memory + HEADROOM,
		.address = buffers[i].address,
		.size = size,
		.cookie = &buffers[i],
	};
}

/* Up to four of our own. @return how many */
static unsigned int pick(struct ukd_frame *frame)
{
	unsigned int count = 1 + (fuzz_byte() & 3), i = fuzz_byte();
	unsigned int left, n = 0;

	for (left = BUFFERS; left && n < count; left--, i++) {
		if (buffers[i % BUFFERS].where == OURS)
			frame[n++] = frame_of(i % BUFFERS,
					      buffers[i % BUFFERS].size);
	}
	return n;
}

static void supply(void)
{
	struct ukd_frame frame[4];
	unsigned int count = pick(frame), taken, i;

	taken = ops->supply(net, frame, count);
	CHECK(taken <= count);
	for (i = 0; i < taken; i++)
		buffers[index_of(frame[i].cookie)].where = TO_RECEIVE;
}

static void send(void)
{
	struct ukd_frame frame[4];
	unsigned int count = pick(frame), i;
	int taken;

	for (i = 0; i < count; i++) {
		if (fuzz_is(128))
			frame[i].size = fuzz_half() % (frame[i].size + 1);
		if (!fuzz_is(32))
			continue;
		frame[i].flags = UKD_NET_CHECKSUM_PART;
		frame[i].checksum_start = fuzz_byte();
		frame[i].checksum_offset = fuzz_half();
	}
	taken = ops->send(net, frame, count);
	CHECK(taken <= (int)count);
	CHECK(taken >= 0 || taken == -EINVAL || taken == -EIO);
	for (i = 0; (int)i < taken; i++)
		buffers[index_of(frame[i].cookie)].where = TO_SEND;
}

/* One buffer's part of a frame: all of it can be read. */
static void check_received(const struct ukd_frame *frame)
{
	unsigned int i = index_of(frame->cookie), sum = 0;
	const uint8_t *bytes = frame->data;
	size_t before = (size_t)(bytes - buffers[i].memory), at;

	CHECK(buffers[i].where == TO_RECEIVE);
	CHECK(before <= HEADROOM && frame->size);
	CHECK(before + frame->size <= HEADROOM + buffers[i].size);
	CHECK(frame->address + (HEADROOM - before) == buffers[i].address);
	for (at = 0; at < frame->size; at += 16)
		sum += bytes[at];
	CHECK(sum < UINT32_MAX);
	buffers[i].where = OURS;
}

static void receive(void)
{
	unsigned int max = 1 + (fuzz_byte() & 7), i, j;
	struct ukd_frame frame[8];
	uint32_t size;
	int count = ops->receive(net, frame, max);

	CHECK(count <= (int)max && (count >= 0 || count == -EIO));
	for (i = 0; (int)i < count; i = j) {
		size = 0;
		for (j = i; j <= i + frame[i].more; j++) {
			/* a frame is whole, its parts counted down */
			CHECK((int)j < count);
			CHECK(frame[j].more == frame[i].more - (j - i));
			CHECK(!(frame[j].flags & ~3));
			check_received(&frame[j]);
			size += frame[j].size;
		}
		CHECK(size >= 14 && size <= info.mtu + 18U);
		if (frame[i].flags & UKD_NET_CHECKSUM_PART)
			CHECK(frame[i].checksum_start +
			      frame[i].checksum_offset + 2U <= size);
	}
}

static void check_all_ours(void)
{
	unsigned int i;

	for (i = 0; i < BUFFERS; i++)
		CHECK(buffers[i].where == OURS);
}

static void step(void)
{
	switch (fuzz_below(9)) {
	case 0:
	case 1:
		supply();
		break;
	case 2:
		send();
		break;
	case 3:
	case 4:
	case 5:
		receive();
		break;
	case 6:
		ops->set_interrupt(net, fuzz_byte() & 1);
		break;
	case 7:
		ops->is_link_up(net);
		break;
	case 8:
		if (!starts_left)
			break;
		starts_left--;
		ops->stop(net);
		check_all_ours();
		/* one that doesn't start can still be used, and stopped */
		ops->start(net, &calls, buffers);
		break;
	}
}

/* A header that may be one, or anything; a type where it is looked at. */
static void write_frame(uint8_t *bytes, uint32_t size)
{
	struct virtio_net_header header = { .flags = fuzz_byte() };
	unsigned int i;

	if (header.flags & 1) {
		header.csum_start = fuzz_byte();
		header.csum_offset = fuzz_byte();
	}
	header.num_buffers = fuzz_is(8) ? fuzz_half() :
					  (uint16_t)(1 + (fuzz_byte() & 3));
	memcpy(bytes, &header, size < sizeof(header) ? size : sizeof(header));
	for (i = 22; i < 26 && i < size && header.flags & 0x80; i++)
		bytes[i] = i & 1 ? 0x00 : 0x81;
}

/* Half of them as long as a frame, the others of any length. */
void fuzz_init(void)
{
	unsigned int i;

	fuzz_virtio_init();
	fuzz_virtio_write = write_frame;
	for (i = 0; i < BUFFERS; i++) {
		buffers[i].size = i & 1 ? 1518 : 16 * (i + 1);
		buffers[i].memory = malloc(HEADROOM + buffers[i].size);
	}
}

static void share_buffers(void)
{
	unsigned int i;

	for (i = 0; i < BUFFERS; i++) {
		size_t size = HEADROOM + buffers[i].size;

		memset(buffers[i].memory, 0, size);
		buffers[i].address = HEADROOM +
			fuzz_virtio_share(buffers[i].memory, size);
		buffers[i].where = OURS;
	}
}

void fuzz_one(void)
{
	int rc;

	ops = NULL;
	starts_left = 16;
	is_taken = !fuzz_is(4);
	fuzz_virtio_new(VIRTIO_NET_WANTED);
	share_buffers();
	rc = ukd_driver_virtio_net.probe(&fuzz_found, NULL);
	CHECK(rc <= 0 && !rc == !!ops);
	if (rc)
		CHECK(fuzz_virtio.piece_count ==
		      BUFFERS + fuzz_virtio_kept());
	if (!rc && !ops->start(net, &calls, buffers)) {
		while (fuzz_has_more())
			step();
	}
	if (!rc) {
		ops->stop(net);
		check_all_ours();
	}
	CHECK(fake_log_count < 80);
	fuzz_virtio_end();
}
