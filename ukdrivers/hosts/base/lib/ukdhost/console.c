/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Consoles: one speaks, the others are kept in case it fails.
 *
 * The first one handed over speaks. The core probes the one that the device
 * tree's stdout-path names before the others, so that is the one, if there is.
 */

#include <ukd/console.h>
#include <ukd/errno.h>
#include <ukd/log.h>

#include <string.h>
#include <uk/config.h>
#include <uk/plat/console.h>

#define CONSOLES_MAX	4

/* What is kept begins with the first byte written; what doesn't fit is lost. */
#define EARLY_SIZE	CONFIG_LIBUKDHOST_EARLY_LOG_SIZE

/* Those that have not failed, in the order in which they speak. */
static struct console {
	const struct ukd_device *dev;
	const struct ukd_console_ops *ops;
	void *self;
} consoles[CONSOLES_MAX];

static unsigned int console_count;

static char early[EARLY_SIZE + 1];
static size_t early_size;

static int write_to(const struct console *console, const char *text,
		    size_t size)
{
	return console->ops->write(console->self, text, size);
}

/*
 * The console that speaks failed, and each further try would cost the time
 * that its driver waits: it is dropped and the next one speaks, which says so
 * and repeats the text, since nobody knows how much of it came out. The last
 * one is kept, for there is nothing to lose: it may come back.
 */
__attribute__((noinline, cold))
static void take_next(int rc, const char *text, size_t size)
{
	while (rc && console_count > 1) {
		const struct console failed = consoles[0];

		console_count--;
		memmove(consoles, consoles + 1,
			console_count * sizeof(*consoles));
		ukd_err(failed.dev, "stopped taking output (error %d); %s speaks now",
			rc, consoles[0].dev->path);
		rc = write_to(&consoles[0], text, size);
	}
}

void uk_console_write(const char *text, size_t size)
{
	int rc;

	if (!console_count) {
		if (size > EARLY_SIZE - early_size)
			size = EARLY_SIZE - early_size;
		memcpy(early + early_size, text, size);
		early_size += size;
		return;
	}

	rc = write_to(&consoles[0], text, size);
	if (rc)
		take_next(rc, text, size);
}

int uk_console_getc(void)
{
	if (!console_count)
		return -EAGAIN;
	return consoles[0].ops->getc(consoles[0].self);
}

int ukd_console_add(const struct ukd_device *dev,
		    const struct ukd_console_ops *ops, void *self)
{
	const struct console added = { .dev = dev, .ops = ops, .self = self };

	if (console_count == CONSOLES_MAX) {
		ukd_warn(dev, "left out: there are %u consoles already",
			 CONSOLES_MAX);
		return -ENOMEM;
	}

	/* one that can't even tell what was kept isn't taken */
	if (!console_count) {
		int rc = write_to(&added, early, early_size);

		if (rc) {
			ukd_err(dev, "took no output (error %d)", rc);
			return rc;
		}
	}
	consoles[console_count++] = added;
	if (console_count > 1)
		ukd_info(dev, "silent: %s speaks", consoles[0].dev->path);
	return 0;
}
