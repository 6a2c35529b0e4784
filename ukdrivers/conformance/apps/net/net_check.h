/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the checks of network devices share: frames whose content follows from
 * their number, and a peer that sends them back, or makes them when asked.
 */
#ifndef NET_CHECK_H
#define NET_CHECK_H

#include "../common/check.h"

#include <stdbool.h>
#include <stdint.h>
#include <uk/net.h>

#define HEADER		UK_NET_HEADER_BYTES
#define PADDED		60U	/* shorter ones may be filled up with zeros */
#define BURST		32U	/* frames that are received at a time */
#define PATIENCE_US	UINT64_C(5000000)

_Static_assert(BURST >= UK_NET_RECEIVE_MIN, "a frame in parts has to fit");

struct port {
	struct uk_net *net;
	uint32_t next;		/* that no frame had yet */
	bool has_link_control;	/* its link can be taken down */
	volatile unsigned int interrupts;
};

/* The last byte of an EtherType, after 88. */
#define FRAME_CONTROL	0xb5
#define FRAME_DATA	0xb6

/** Put addresses and EtherType at its beginning. */
void frame_begin(const struct port *port, uint8_t *bytes, uint8_t type);

/** Send all, but for what isn't taken in time. @return how many */
unsigned int frame_send(struct port *port, struct ukd_frame *frame,
			unsigned int count);

bool frame_is_data(const struct ukd_frame *frame);

/** @return the size of one in all its parts, UINT32_MAX: another content */
uint32_t frame_size_if_right(const struct ukd_frame *frame, uint32_t number,
			     uint32_t size);

/* Frames that are to come, in order. */
struct run {
	uint32_t number;	/* of the first */
	uint32_t size, step;	/* of the first; and what each next one has more */
	uint32_t count;
	uint32_t came;
	uint32_t wrong;
};

/** Open a device, and find its peer. @return 0, or why not */
int port_open(struct port *port);

/** The longest frame, and the longest that a buffer has room for. */
uint32_t port_frame_max(const struct port *port);
uint32_t port_send_max(const struct port *port);

/** @return a run of frames with numbers of their own */
struct run run_of(struct port *port, uint32_t size, uint32_t step,
		  uint32_t count);

/**
 * Make and send so many frames of a run, from that one on.
 *
 * @return false: they aren't taken within PATIENCE_US, or are refused
 */
bool run_send(struct port *port, const struct run *run, uint32_t from,
	      uint32_t count);

/** Take a buffer and make a run's frame in it. @return false: there is none */
bool run_make(struct port *port, const struct run *run, uint32_t index,
	      struct ukd_frame *frame);

/** Have the peer send a run. */
bool run_ask(struct port *port, const struct run *run);

/** Compare frames with the next ones of the run, and release them. */
void run_take(struct run *run, const struct ukd_frame *frame,
	      unsigned int count);

/** Receive once. @return how many buffers came, or an error */
int run_poll(struct port *port, struct run *run);

/** Receive until all came, or none in time. @return whether all are right */
bool run_finish(struct port *port, struct run *run);

/** Ask for a run and receive all of it. @return whether it is right */
bool run_whole(struct port *port, uint32_t size, uint32_t step, uint32_t count);

/** Send a run, at most `window` frames ahead of what came back. */
bool run_echo(struct port *port, struct run *run, uint32_t window);

/** Throw away what comes, up to a frame that is sent now. */
bool port_settle(struct port *port);

/** Do nothing for a while. */
void pause_us(uint64_t us);

/* Checks: sizes.c */
void check_every_size(struct port *port);
void check_parts(struct port *port);
void check_refused(struct port *port);
void check_oversized(struct port *port);
void check_short(struct port *port);

/* bursts.c */
void check_in_flight(struct port *port);
void check_burst(struct port *port);
void check_starved(struct port *port);
void check_many(struct port *port);

/* modes.c */
void check_polling(struct port *port);
void check_interrupt_once(struct port *port);
void check_waiting(struct port *port);
void check_switching(struct port *port);

/* life.c */
void check_info(struct port *port);
void check_checksum(struct port *port);
void check_link(struct port *port);
void check_stop(struct port *port);

#endif /* NET_CHECK_H */
