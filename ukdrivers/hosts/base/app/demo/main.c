/* SPDX-License-Identifier: BSD-3-Clause */
/* Console both ways, then ten interrupts of the timer with their times. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <uk/arch/irq.h>
#include <uk/plat/console.h>
#include <uk/plat/time.h>

#define LINE_SIZE	80
#define POLL_US		1000
#define TICKS		10
#define TICK_US		10000

#define DELETE		0x7f

/* Wait for a byte; the CPU sleeps meanwhile. */
static int next_byte(void)
{
	int byte;

	while ((byte = uk_console_getc()) < 0)
		uk_sleep_us(POLL_US);
	return byte;
}

/* Read a line and show what is typed; what doesn't fit is left out. */
static void read_line(char *line, size_t size)
{
	size_t length = 0;
	int byte = next_byte();

	for (; byte != '\r' && byte != '\n'; byte = next_byte()) {
		if ((byte == '\b' || byte == DELETE) && length) {
			length--;
			printf("\b \b");
		} else if (byte >= ' ' && byte < DELETE && length < size - 1) {
			line[length++] = (char)byte;
			putchar(byte);
		}
	}
	line[length] = '\0';
	putchar('\n');
}

struct ticker {
	struct uk_timer timer;
	uint64_t start;
	volatile unsigned int count;
	uint64_t at_us[TICKS];
};

static uint64_t due(const struct ticker *ticker, unsigned int tick)
{
	return ticker->start + uk_us_to_ticks((uint64_t)tick * TICK_US);
}

/* In interrupt context: note the time, ask for the next. */
static void tick(void *arg)
{
	struct ticker *ticker = arg;

	ticker->at_us[ticker->count] = ukd_now_us();
	ticker->count++;
	if (ticker->count < TICKS)
		uk_timer_at(&ticker->timer, due(ticker, ticker->count + 1),
			    tick, ticker);
}

static int run_ticker(void)
{
	static struct ticker ticker;
	unsigned int shown;

	ticker.start = ukd_ticks();
	if (uk_timer_at(&ticker.timer, due(&ticker, 1), tick, &ticker)) {
		puts("no timer");
		return 1;
	}
	for (shown = 0; shown < TICKS; shown++) {
		uk_irqs_off();
		while (ticker.count <= shown)
			uk_wait_and_take();
		uk_irqs_on();
		printf("tick %u at %lu us\n", shown + 1, ticker.at_us[shown]);
	}
	printf("ticks: %u\n", ticker.count);
	return 0;
}

int main(void)
{
	char line[LINE_SIZE];

	puts("demo");
	printf("type a line: ");
	read_line(line, sizeof(line));
	printf("echo: %s\n", line);
	return run_ticker();
}
