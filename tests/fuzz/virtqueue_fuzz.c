/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kit's queues on a hostile device. Whatever it does, a cookie comes back
 * once, with no more written than there was room for, and what was put in and
 * didn't come back is recovered.
 */
#include <virtio.h>

#define COOKIES		256U
#define QUEUES		2U

static struct ukd_virtq *queues[QUEUES];
static uint32_t room[QUEUES][COOKIES];	/* of a buffer that is in; + 1 */
static unsigned int in_count[QUEUES];
static uint8_t buffer[256];
static uint64_t buffer_address;
static bool is_legacy;
static unsigned int start_count;

#define STARTS_MAX	16U

static void on_interrupt(void *arg)
{
	unsigned int index = (unsigned int)((struct ukd_virtq **)arg - queues);

	CHECK(index < QUEUES);
	if (queues[index])
		ukd_virtq_set_interrupt(queues[index], false);
}

static void on_change(void *arg)
{
	CHECK(arg == queues);
}

static void came_back(unsigned int index, const void *cookie, uint32_t written)
{
	size_t which = (size_t)((const uint32_t *)cookie - room[index]);

	CHECK(which < COOKIES && room[index][which]);
	CHECK(written < room[index][which]);
	room[index][which] = 0;
	in_count[index]--;
}

static void add(unsigned int index)
{
	unsigned int out = fuzz_byte() & 3, in = fuzz_byte() & 3, i, which;
	struct ukd_segment segment[6];
	uint32_t total = 0;

	which = fuzz_byte() % COOKIES;
	for (i = 0; i < out + in; i++) {
		segment[i].size = fuzz_byte() & 0x3f;
		segment[i].address = buffer_address + (fuzz_byte() & 0x7f);
		if (i >= out)
			total += segment[i].size;
	}
	if (room[index][which])
		return;
	if (ukd_virtq_add(queues[index], segment, out, in, &room[index][which]))
		return;
	CHECK(out + in && out + in <= ukd_virtq_size(queues[index]));
	room[index][which] = total + 1;
	in_count[index]++;
	CHECK(in_count[index] <= ukd_virtq_size(queues[index]));
}

static void take(unsigned int index)
{
	uint32_t written = UINT32_MAX;
	void *cookie = ukd_virtq_take(queues[index], &written);

	if (cookie)
		came_back(index, cookie, written);
	else
		CHECK(written == UINT32_MAX);
}

static void stop(void)
{
	unsigned int index;
	void *cookie;

	ukd_virtio_stop(&fuzz_found);
	for (index = 0; index < QUEUES; index++) {
		while (queues[index] &&
		       (cookie = ukd_virtq_recover(queues[index])))
			came_back(index, cookie, 0);
		CHECK(!in_count[index]);
		queues[index] = NULL;
	}
}

static int start(void)
{
	unsigned int index;
	uint64_t agreed;
	int rc = ukd_virtio_start(&fuzz_found, fuzz_byte(), &agreed);

	start_count++;
	if (rc)
		return rc;
	CHECK(is_legacy || agreed & UKD_VIRTIO_BIT(UKD_VIRTIO_F_VERSION_1));
	for (index = 0; index < QUEUES && !rc; index++)
		rc = ukd_virtio_queue(&fuzz_found, index,
				      1U << (fuzz_byte() & 7), on_interrupt,
				      &queues[index], &queues[index]);
	/* one queue is enough */
	return index == 1 ? rc : ukd_virtio_go(&fuzz_found);
}

static void step(void)
{
	unsigned int action = fuzz_byte(), index = action & 1;

	if ((action >> 1) % 8 == 7 && start_count < STARTS_MAX) {
		stop();
		start();
		return;
	}
	if (!queues[index])
		return;
	switch ((action >> 1) % 8) {
	case 0:
	case 1:
		add(index);
		break;
	case 2:
	case 3:
		ukd_virtq_publish(queues[index]);
		break;
	case 4:
	case 5:
		take(index);
		break;
	case 6:
		ukd_virtq_set_interrupt(queues[index], fuzz_byte() & 1);
		break;
	}
	CHECK(ukd_virtq_room(queues[index]) <= ukd_virtq_size(queues[index]));
}

void fuzz_init(void)
{
	fuzz_virtio_init();
}

void fuzz_one(void)
{
	start_count = 0;
	memset(room, 0, sizeof(room));
	memset(in_count, 0, sizeof(in_count));
	memset(queues, 0, sizeof(queues));
	fuzz_virtio_new(fuzz_byte());
	is_legacy = devices->version == 1;
	buffer_address = fuzz_virtio_share(buffer, sizeof(buffer));
	ukd_virtio_on_config(&fuzz_found, on_change, queues);
	start();
	while (fuzz_has_more())
		step();
	stop();
	CHECK(fuzz_virtio.piece_count == fuzz_virtio_kept() + 1);
	/* a start, a queue, a reset, and what broke it */
	CHECK(fake_log_count <= 4 * start_count);
	fuzz_virtio_end();
}
