/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Run what the drivers of the test devices can do, device after device. They
 * export nothing but their objects, so it is found in their match tables.
 */

#include <stddef.h>
#include <stdio.h>
#include <ukd/driver.h>

typedef const char *test(unsigned int index);

extern const struct ukd_driver ukd_driver_edu, ukd_driver_pci_testdev;

static const struct ukd_driver *const drivers[] = {
	&ukd_driver_edu, &ukd_driver_pci_testdev,
};

int main(void)
{
	unsigned int i, index, count = 0, failed = 0;

	for (i = 0; i < sizeof(drivers) / sizeof(*drivers); i++) {
		test *run = (test *)(size_t)drivers[i]->match->variant;
		const char *result;

		for (index = 0; ; index++) {
			result = run(index);
			if (result && result[0] == 'e' && result[1] == 'n')
				break;
			count++;
			failed += result != NULL;
		}
	}
	printf("pci: %u devices, %u failed\n", count, failed);
	return failed ? 1 : 0;
}
