/* SPDX-License-Identifier: BSD-3-Clause */
/* Network devices of the kit behind lib/uknetdev's interface. */
#include "tree.h"

#include <ukd/errno.h>
#include <ukd/net.h>

#include <string.h>
#include <uk/errptr.h>
#include <uk/netdev_driver.h>

#define RECEIVE_MAX	40
#define SEND_MAX	3
#define HEADROOM	12
#define ROOM		16	/* HEADROOM as an application is told */
#define BUFFER		256

/* A driver of the kit */

static struct {
	const struct ukd_net_calls *calls;
	void *host;
	struct ukd_frame in[RECEIVE_MAX], out[SEND_MAX];
	unsigned int in_count, out_count, supplies;
	struct ukd_frame ready[RECEIVE_MAX];
	unsigned int ready_count, late_count;
	bool is_on;		/* interrupts */
	bool is_stopped;
	int fault;
} driver;

static int driver_start(void *self, const struct ukd_net_calls *calls,
			void *host)
{
	CHECK(self == &driver);
	driver.calls = calls;
	driver.host = host;
	driver.is_on = true;
	return driver.fault;
}

static unsigned int driver_supply(void *self, const struct ukd_frame *frame,
				  unsigned int count)
{
	unsigned int i;

	CHECK(self == &driver && count);
	driver.supplies++;
	for (i = 0; i < count && driver.in_count < RECEIVE_MAX; i++)
		driver.in[driver.in_count++] = frame[i];
	return i;
}

/* Each is behind the driver's header. */
static int driver_send(void *self, const struct ukd_frame *frame,
		       unsigned int count)
{
	CHECK(self == &driver && count == 1 && frame->cookie);
	CHECK((uintptr_t)frame->data % 2 == 0);
	CHECK(frame->address == (uintptr_t)frame->data + tree_offset);
	memset((char *)frame->data - HEADROOM, 0, HEADROOM);
	if (driver.fault)
		return driver.fault;
	if (driver.out_count == SEND_MAX)
		return 0;
	driver.out[driver.out_count++] = *frame;
	return 1;
}

static int driver_receive(void *self, struct ukd_frame *frame, unsigned int max)
{
	unsigned int count = driver.ready_count;

	CHECK(self == &driver);
	if (driver.fault)
		return driver.fault;
	count = count < max ? count : max;
	memcpy(frame, driver.ready, count * sizeof(*frame));
	driver.ready_count -= count;
	memmove(driver.ready, driver.ready + count,
		(driver.ready_count + driver.late_count) * sizeof(*frame));
	return (int)count;
}

/* What comes late comes just before interrupts are on. */
static bool driver_set_interrupt(void *self, bool is_on)
{
	CHECK(self == &driver);
	driver.is_on = is_on;
	if (!is_on)
		return false;
	driver.ready_count += driver.late_count;
	driver.late_count = 0;
	return driver.ready_count;
}

static void driver_stop(void *self)
{
	CHECK(self == &driver);
	driver.is_stopped = true;
}

static const struct ukd_net_ops driver_ops = {
	.start = driver_start,
	.supply = driver_supply,
	.send = driver_send,
	.receive = driver_receive,
	.set_interrupt = driver_set_interrupt,
	.stop = driver_stop,
};

/* A frame arrives in the buffer that was supplied first. */
static struct ukd_frame *arrive(uint32_t size)
{
	struct ukd_frame *frame = &driver.ready[driver.ready_count++];

	CHECK(driver.in_count);
	*frame = driver.in[0];
	memmove(driver.in, driver.in + 1, --driver.in_count * sizeof(*frame));
	frame->size = size;
	frame->flags = frame->more = 0;
	return frame;
}

static void interrupt(void)
{
	if (driver.is_on)
		driver.calls->wake(driver.host);
}

static void transmit(void)
{
	struct ukd_frame frame = driver.out[0];

	CHECK(driver.out_count);
	memmove(driver.out, driver.out + 1, --driver.out_count * sizeof(frame));
	driver.calls->sent(driver.host, frame.cookie);
}

/* lib/uknetdev, and an application */

static struct uk_netdev *dev;
static struct uk_netdev_rx_queue *rx;
static struct uk_netdev_tx_queue *tx;
static unsigned int events, buffers_held;
static int registration;
static unsigned int pool = 1000;
static uint16_t headroom = ROOM;

int uk_netdev_drv_register(struct uk_netdev *own, struct uk_alloc *a,
			   const char *name)
{
	(void)a;
	CHECK(!strcmp(name, "fake"));
	dev = own;
	return registration;
}

void uk_netdev_drv_rx_event(struct uk_netdev *own, uint16_t queue)
{
	CHECK(own == dev && queue == 0);
	events++;
}

struct uk_netbuf *uk_netbuf_alloc_buf(struct uk_alloc *a, size_t size,
				      size_t align, uint16_t before,
				      size_t private_size, uk_netbuf_dtor_t end)
{
	struct uk_netbuf *buffer;

	(void)a;
	CHECK(!private_size && !end);
	if (!tree_memory)
		return NULL;
	buffer = calloc(1, sizeof(*buffer));
	buffer->buf = aligned_alloc(align, (size + align - 1) / align * align);
	buffer->buflen = size;
	buffer->data = (char *)buffer->buf + before;
	buffers_held++;
	return buffer;
}

void uk_netbuf_append(struct uk_netbuf *head, struct uk_netbuf *tail)
{
	while (head->next)
		head = head->next;
	head->next = tail;
}

void uk_netbuf_free(struct uk_netbuf *buffer)
{
	while (buffer) {
		struct uk_netbuf *next = buffer->next;

		free(buffer->buf);
		free(buffer);
		buffers_held--;
		buffer = next;
	}
}

static struct uk_netbuf *buffer_of(uint16_t before, uint16_t size, char seed)
{
	struct uk_netbuf *buffer = uk_netbuf_alloc_buf(NULL, BUFFER, 64, before,
						       0, NULL);

	memset(buffer->data, seed, size);
	buffer->len = size;
	return buffer;
}

static uint16_t alloc(void *arg, struct uk_netbuf *buffer[], uint16_t count)
{
	uint16_t i;

	CHECK(arg == &pool);
	for (i = 0; i < count && pool; i++, pool--)
		buffer[i] = buffer_of(headroom, BUFFER - ROOM, 0x55);
	return i;
}

static void add(uint64_t offset)
{
	struct ukd_net_info info = {
		.mac = { 1, 2, 3, 4, 5, 6 },
		.mtu = 1400,
		.headroom = HEADROOM,
		.send_max = SEND_MAX,
		.receive_max = RECEIVE_MAX,
		.can_checksum = true,
	};

	tree_reset(offset);
	memset(&driver, 0, sizeof(driver));
	events = 0;
	registration = 7;	/* a number of the library's */
	pool = 1000;
	headroom = ROOM;
	CHECK(!ukd_net_add(&tree_device, &driver_ops, &driver, &info));
}

static void configure(uint16_t count)
{
	struct uk_netdev_conf conf = { .nb_rx_queues = 1, .nb_tx_queues = 1 };
	struct uk_netdev_rxqueue_conf in = {
		.alloc_rxpkts = alloc, .alloc_rxpkts_argp = &pool,
	};
	struct uk_netdev_txqueue_conf out = { 0 };

	CHECK(!dev->ops->configure(dev, &conf));
	rx = dev->ops->rxq_configure(dev, 0, count, &in);
	tx = dev->ops->txq_configure(dev, 0, 0, &out);
	CHECK(!PTRISERR(rx) && !PTRISERR(tx));
}

static void open(uint64_t offset)
{
	add(offset);
	configure(0);
	CHECK(!dev->ops->start(dev));
}

/* Whatever the driver still has is all there is. */
static void end(void)
{
	unsigned int i;

	while (driver.out_count)
		transmit();
	for (i = 0; i < driver.in_count; i++)
		uk_netbuf_free(driver.in[i].cookie);
	for (i = 0; i < driver.ready_count; i++)
		uk_netbuf_free(driver.ready[i].cookie);
	CHECK(!buffers_held);
	free(dev);
	tree_held--;
}

static int take(struct uk_netbuf **packet)
{
	return dev->rx_one(dev, rx, packet);
}

static int send(struct uk_netbuf *packet)
{
	return dev->tx_one(dev, tx, packet);
}

/* Opening */

static void it_says_what_the_driver_says(void)
{
	struct uk_netdev_info info = { 0 };
	struct uk_netdev_queue_info queue = { 0 };

	add(0);
	dev->ops->info_get(dev, &info);
	CHECK(info.max_rx_queues == 1 && info.max_tx_queues == 1);
	CHECK(info.max_mtu == 1400 && dev->ops->mtu_get(dev) == 1400);
	CHECK(info.nb_encap_tx == ROOM && info.nb_encap_rx == ROOM);
	CHECK(info.features == (UK_NETDEV_F_RXQ_INTR | UK_NETDEV_F_PARTIAL_CSUM));
	CHECK(!memcmp(dev->ops->hwaddr_get(dev), "\1\2\3\4\5\6", 6));
	CHECK(!dev->ops->rxq_info_get(dev, 0, &queue));
	CHECK(queue.nb_max == RECEIVE_MAX && queue.nb_min == 1);
	CHECK(!dev->ops->txq_info_get(dev, 0, &queue) && queue.nb_max == SEND_MAX);
	CHECK(dev->ops->rxq_info_get(dev, 1, &queue) == -EINVAL);
	CHECK(dev->ops->txq_info_get(dev, 1, &queue) == -EINVAL);
	end();
}

static void more_than_one_queue_is_refused(void)
{
	struct uk_netdev_conf conf = { .nb_rx_queues = 2, .nb_tx_queues = 1 };
	struct uk_netdev_rxqueue_conf in = { .alloc_rxpkts = alloc };
	struct uk_netdev_txqueue_conf out = { 0 };

	add(0);
	CHECK(dev->ops->configure(dev, &conf) == -ENOTSUP);
	CHECK(PTR2ERR(dev->ops->rxq_configure(dev, 1, 0, &in)) == -EINVAL);
	CHECK(PTR2ERR(dev->ops->txq_configure(dev, 1, 0, &out)) == -EINVAL);
	CHECK(PTR2ERR(dev->ops->rxq_configure(dev, 0, RECEIVE_MAX + 1, &in)) ==
	      -EINVAL);
	CHECK(PTR2ERR(dev->ops->txq_configure(dev, 0, SEND_MAX + 1, &out)) ==
	      -EINVAL);
	end();
}

static void buffers_are_there_from_the_start(void)
{
	open(0);
	CHECK(driver.in_count == RECEIVE_MAX && !driver.is_on);
	end();
	add(0);
	configure(5);
	CHECK(!dev->ops->start(dev) && driver.in_count == 5);
	end();
}

static void what_cannot_work_does_not_start(void)
{
	add(0);
	configure(0);
	driver.fault = -EIO;
	CHECK(dev->ops->start(dev) == -EIO);
	driver.fault = 0;
	pool = 0;
	CHECK(dev->ops->start(dev) == -ENOMEM && driver.is_stopped);
	pool = 100;
	headroom = HEADROOM - 2;	/* no room for the driver */
	CHECK(dev->ops->start(dev) == -ENOMEM && !buffers_held);
	end();
	tree_reset(0);
	tree_memory = 0;
	CHECK(ukd_net_add(&tree_device, &driver_ops, &driver,
			  &(struct ukd_net_info){ 0 }) == -ENOMEM);
	tree_memory = -1;
	registration = -EBUSY;
	CHECK(ukd_net_add(&tree_device, &driver_ops, &driver,
			  &(struct ukd_net_info){ 0 }) == -EBUSY);
	CHECK(!tree_held);
}

/* Receiving */

static void a_frame_is_handed_on_as_it_is(void)
{
	struct uk_netbuf *packet, *wanted;
	struct ukd_frame *frame;

	open(0);
	CHECK(take(&packet) == 0 && !packet);
	frame = arrive(60);
	wanted = frame->cookie;
	CHECK(take(&packet) == UK_NETDEV_STATUS_SUCCESS);
	CHECK(packet == wanted && packet->len == 60 && !packet->next);
	CHECK(packet->data == (char *)packet->buf + ROOM && !packet->flags);
	uk_netbuf_free(packet);

	arrive(60)->flags = UKD_NET_CHECKSUM_GOOD;
	frame = arrive(60);
	frame->flags = UKD_NET_CHECKSUM_PART;
	frame->checksum_start = 34;
	frame->checksum_offset = 6;
	CHECK(take(&packet) == (UK_NETDEV_STATUS_SUCCESS |
				UK_NETDEV_STATUS_MORE));
	CHECK(packet->flags == UK_NETBUF_F_DATA_VALID);
	uk_netbuf_free(packet);
	CHECK(take(&packet) == UK_NETDEV_STATUS_SUCCESS);
	CHECK(packet->flags == UK_NETBUF_F_PARTIAL_CSUM);
	CHECK(packet->csum_start == 34 && packet->csum_offset == 6);
	uk_netbuf_free(packet);
	end();
}

static void frames_stay_in_order_and_buffers_are_made_up_for(void)
{
	struct uk_netbuf *packet;
	unsigned int i, k;
	int rc;

	open(0);
	driver.supplies = 0;
	for (k = 0; k < 8; k++) {
		for (i = 0; i < 20; i++)
			arrive(60 + i);
		for (i = 0; i < 20; i++) {
			rc = take(&packet);
			CHECK(packet->len == 60 + i);
			CHECK(rc & UK_NETDEV_STATUS_SUCCESS);
			CHECK(!(rc & UK_NETDEV_STATUS_UNDERRUN));
			CHECK(!(rc & UK_NETDEV_STATUS_MORE) == (i == 19));
			uk_netbuf_free(packet);
		}
		CHECK(driver.in_count > RECEIVE_MAX - 16);
	}
	CHECK(driver.supplies <= 8 * 20 / 16 + 1);	/* not one by one */
	end();
}

static void without_memory_it_goes_on_with_what_there_is(void)
{
	struct uk_netbuf *packet;
	unsigned int i, seen = 0;

	open(0);
	pool = 3;
	for (i = 0; i < RECEIVE_MAX; i++) {
		arrive(60);
		seen |= (unsigned int)take(&packet);
		uk_netbuf_free(packet);
	}
	CHECK(seen & UK_NETDEV_STATUS_UNDERRUN && driver.in_count == 3);
	pool = 1000;
	arrive(60);
	CHECK(take(&packet) == UK_NETDEV_STATUS_SUCCESS);
	uk_netbuf_free(packet);
	CHECK(driver.in_count > RECEIVE_MAX - 16);
	end();
}

static void parts_become_a_chain(void)
{
	struct uk_netbuf *packet;

	open(0);
	arrive(20)->more = 2;
	arrive(21)->more = 1;
	arrive(22);
	arrive(60);
	CHECK(take(&packet) & UK_NETDEV_STATUS_MORE);
	CHECK(packet->len == 20 && packet->next->len == 21 &&
	      packet->next->next->len == 22 && !packet->next->next->next);
	uk_netbuf_free(packet);
	CHECK(take(&packet) == UK_NETDEV_STATUS_SUCCESS);
	CHECK(packet->len == 60 && !packet->next);
	uk_netbuf_free(packet);
	end();
}

static void a_broken_device_is_said_after_its_last_frame(void)
{
	struct uk_netbuf *packet;
	unsigned int i;

	open(0);
	for (i = 0; i < 2; i++)
		arrive(60);
	CHECK(take(&packet) & UK_NETDEV_STATUS_MORE);
	uk_netbuf_free(packet);
	driver.fault = -EIO;
	CHECK(take(&packet) & UK_NETDEV_STATUS_SUCCESS);
	uk_netbuf_free(packet);
	CHECK(take(&packet) == -EIO);
	end();
}

/* Interrupts */

static void interrupts_come_when_asked_for(void)
{
	struct uk_netbuf *packet;

	open(0);
	driver.is_on = true;	/* one that was on its way */
	interrupt();
	CHECK(!events);
	CHECK(dev->ops->rxq_intr_enable(dev, rx) == 0 && driver.is_on);
	arrive(60);
	interrupt();
	driver.is_on = false;
	CHECK(events == 1);
	CHECK(take(&packet) == UK_NETDEV_STATUS_SUCCESS && driver.is_on);
	uk_netbuf_free(packet);
	CHECK(!dev->ops->rxq_intr_disable(dev, rx) && !driver.is_on);
	arrive(60);
	CHECK(take(&packet) == UK_NETDEV_STATUS_SUCCESS && !driver.is_on);
	uk_netbuf_free(packet);
	end();
}

/* A frame that comes between the last look and the interrupt isn't forgotten. */
static void no_frame_is_slept_through(void)
{
	struct uk_netbuf *packet;

	open(0);
	arrive(60);
	CHECK(dev->ops->rxq_intr_enable(dev, rx) == 1);
	arrive(61);
	driver.ready_count--;
	driver.late_count = 1;
	CHECK(take(&packet) & UK_NETDEV_STATUS_MORE);
	CHECK(packet->len == 60);
	uk_netbuf_free(packet);
	CHECK(take(&packet) == UK_NETDEV_STATUS_SUCCESS && packet->len == 61);
	uk_netbuf_free(packet);
	CHECK(driver.is_on);

	arrive(62);
	arrive(63);
	CHECK(take(&packet) & UK_NETDEV_STATUS_MORE);
	uk_netbuf_free(packet);
	/* one is in hand already */
	CHECK(dev->ops->rxq_intr_enable(dev, rx) == 1);
	CHECK(take(&packet) == UK_NETDEV_STATUS_SUCCESS);
	uk_netbuf_free(packet);
	end();
}

/* Sending */

static void a_frame_is_sent_where_it_lies(void)
{
	struct uk_netbuf *packet[SEND_MAX + 1];
	unsigned int i;

	open(0);
	for (i = 0; i < SEND_MAX; i++) {
		packet[i] = buffer_of(ROOM, 60, (char)i);
		CHECK(send(packet[i]) ==
		      (i < SEND_MAX - 1
		       ? UK_NETDEV_STATUS_SUCCESS | UK_NETDEV_STATUS_MORE
		       : UK_NETDEV_STATUS_SUCCESS));
		CHECK(driver.out[i].data == packet[i]->data);
		CHECK(driver.out[i].size == 60 && !driver.out[i].flags);
	}
	packet[i] = buffer_of(ROOM, 60, 0);
	CHECK(send(packet[i]) == 0);	/* it stays the caller's */
	transmit();
	CHECK(send(packet[i]) == UK_NETDEV_STATUS_SUCCESS);
	transmit(), transmit();
	packet[0] = buffer_of(ROOM, 60, 0);
	CHECK(send(packet[0]) & UK_NETDEV_STATUS_MORE);
	end();
}

static void what_is_refused_stays_the_callers(void)
{
	struct uk_netbuf *packet = buffer_of(ROOM, 60, 0);

	open(0);
	driver.fault = -EINVAL;
	CHECK(send(packet) == -EINVAL);
	packet->next = buffer_of(0, 60, 0);
	CHECK(send(packet) == -EINVAL);
	driver.fault = 0;
	CHECK(send(packet) > 0);
	end();
}

static void checksums_are_left_to_the_device(void)
{
	struct uk_netbuf *packet = buffer_of(HEADROOM, 60, 0);

	open(0);
	packet->flags = UK_NETBUF_F_PARTIAL_CSUM;
	packet->csum_start = 34;
	packet->csum_offset = 16;
	CHECK(send(packet) > 0);
	CHECK(driver.out[0].flags == UKD_NET_CHECKSUM_PART);
	CHECK(driver.out[0].checksum_start == 34);
	CHECK(driver.out[0].checksum_offset == 16);
	end();
}

static void check_copied(struct uk_netbuf *packet, const char *wanted,
			 uint32_t size)
{
	CHECK(send(packet) > 0);
	CHECK(driver.out[0].cookie != packet && driver.out[0].size == size);
	CHECK(!memcmp(driver.out[0].data, wanted, size));
	transmit();
	CHECK(buffers_held == driver.in_count);
}

static void what_cannot_be_sent_as_it_is_is_copied(void)
{
	struct uk_netbuf *packet = buffer_of(ROOM, 20, 'a');

	open(0);
	packet->next = buffer_of(0, 1, 'b');
	packet->next->next = buffer_of(1, 3, 'c');
	check_copied(packet, "aaaaaaaaaaaaaaaaaaaabccc", 24);
	check_copied(buffer_of(HEADROOM - 2, 14, 'd'), "dddddddddddddd", 14);
	check_copied(buffer_of(ROOM + 1, 14, 'e'), "eeeeeeeeeeeeee", 14);

	packet = buffer_of(0, 14, 'f');
	tree_memory = 0;
	CHECK(send(packet) == -ENOMEM);
	tree_memory = -1;
	CHECK(send(packet) > 0);
	end();
}

static void a_chain_longer_than_any_frame_is_refused(void)
{
	struct uk_netbuf *packet = buffer_of(ROOM, 14, 0);

	open(0);
	packet->next = buffer_of(0, 14, 0);
	packet->next->len = UINT16_MAX;
	CHECK(send(packet) == -EINVAL && !driver.out_count);
	uk_netbuf_free(packet);
	end();
}

/* Addresses */

static void the_device_sees_memory_elsewhere(void)
{
	struct uk_netbuf *packet;
	unsigned int i;

	open(0x100000000);
	CHECK(driver.in_count == RECEIVE_MAX);
	for (i = 0; i < RECEIVE_MAX; i++)
		CHECK(driver.in[i].address ==
		      (uintptr_t)driver.in[i].data + 0x100000000);
	packet = buffer_of(ROOM, 60, 0);
	CHECK(send(packet) > 0 && driver.out[0].data == packet->data);

	tree_hides = true;
	packet = buffer_of(ROOM, 60, 0);
	CHECK(send(packet) == -ERANGE && driver.out_count == 1);
	uk_netbuf_free(packet);
	end();
}

int main(void)
{
	it_says_what_the_driver_says();
	more_than_one_queue_is_refused();
	buffers_are_there_from_the_start();
	what_cannot_work_does_not_start();
	a_frame_is_handed_on_as_it_is();
	frames_stay_in_order_and_buffers_are_made_up_for();
	without_memory_it_goes_on_with_what_there_is();
	parts_become_a_chain();
	a_broken_device_is_said_after_its_last_frame();
	interrupts_come_when_asked_for();
	no_frame_is_slept_through();
	a_frame_is_sent_where_it_lies();
	what_is_refused_stays_the_callers();
	checksums_are_left_to_the_device();
	what_cannot_be_sent_as_it_is_is_copied();
	a_chain_longer_than_any_frame_is_refused();
	the_device_sees_memory_elsewhere();
	return 0;
}
