/* SPDX-License-Identifier: BSD-3-Clause */
/* Every way to be seen, or not, by the linker. */
#include <ukd/driver.h>

int exporting_depth;
extern int exporting_elsewhere;
extern int exporting_limit;
int exporting_limit = 4;

static int exporting_hidden;
static int exporting_first(void);
int exporting_first(void)	/* static: the first declaration says so */
{
	return exporting_hidden + exporting_elsewhere;
}

inline int exporting_inline(void)	/* no external definition */
{
	return 1;
}

extern inline int exporting_outline(void)
{
	return 2;
}

int exporting_start(void);
int exporting_start(void)
{
	extern int exporting_local;

	return exporting_first() + exporting_local;
}

static int exporting_probe(const struct ukd_device *dev, const void *variant)
{
	(void)dev;
	(void)variant;
	return 0;
}

static const struct ukd_match exporting_match[] = {
	{ .compatible = "acme,exporting" },
	{ 0 }
};

extern const struct ukd_driver ukd_driver_exporting;
const struct ukd_driver ukd_driver_exporting = {
	.name = "exporting",
	.class = UKD_CLASS_NET,
	.match = exporting_match,
	.probe = exporting_probe,
};
