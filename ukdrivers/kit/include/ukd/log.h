/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages, each with the device it is about. */
#ifndef UKD_LOG_H
#define UKD_LOG_H

#include <ukd/driver.h>

enum ukd_level {
	UKD_ERR,
	UKD_WARN,
	UKD_INFO
};

/**
 * Write one line: "driver /path: text". No newline in the format.
 *
 * @param dev what it is about; NULL for the driver core itself
 * @param format %s %c %d %u %x %p %%, the flags # and 0, a width, l, ll and z
 */
__attribute__((format(printf, 3, 4)))
void ukd_log(enum ukd_level level, const struct ukd_device *dev,
	     const char *format, ...);

/* The least important level in the image, or -1 for none; a host may set it. */
#ifndef UKD_LOG_MAX
#define UKD_LOG_MAX		UKD_INFO
#endif

#define ukd_is_logged(level)	((int)(level) <= (int)(UKD_LOG_MAX))

#define ukd_log_if(level, dev, ...) do {		\
	if (ukd_is_logged(level))			\
		ukd_log(level, dev, __VA_ARGS__);	\
} while (0)

#define ukd_err(dev, ...)	ukd_log_if(UKD_ERR, dev, __VA_ARGS__)
#define ukd_warn(dev, ...)	ukd_log_if(UKD_WARN, dev, __VA_ARGS__)
#define ukd_info(dev, ...)	ukd_log_if(UKD_INFO, dev, __VA_ARGS__)

#endif /* UKD_LOG_H */
