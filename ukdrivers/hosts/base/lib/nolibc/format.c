/* SPDX-License-Identifier: BSD-3-Clause */
/* The conversions that <uk/format.h> lists. */

#include <uk/format.h>

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The longest number: 20 decimal digits. */
#define DIGITS_MAX	20

/* One conversion, as written between '%' and its letter. */
struct spec {
	bool alternate;
	bool zero;
	bool left;
	bool is_wide;		/* l, ll, z: all 64 bits */
	size_t width;
	size_t precision;
};

static void put_byte(struct uk_sink *sink, char byte)
{
	if (sink->at == sink->end)
		sink->flush(sink);
	*sink->at++ = byte;
}

void uk_put(struct uk_sink *sink, const char *text, size_t size)
{
	while (size > (size_t)(sink->end - sink->at)) {
		size_t room = (size_t)(sink->end - sink->at);

		memcpy(sink->at, text, room);
		sink->at += room;
		text += room;
		size -= room;
		sink->flush(sink);
	}
	memcpy(sink->at, text, size);
	sink->at += size;
}

static void put_padding(struct uk_sink *sink, char byte, size_t width,
			size_t used)
{
	for (; used < width; used++)
		put_byte(sink, byte);
}

static void put_text(struct uk_sink *sink, const struct spec *spec,
		     const char *text)
{
	size_t size = 0;

	if (!text)
		text = "(null)";
	while (size < spec->precision && text[size])
		size++;
	if (!spec->left)
		put_padding(sink, ' ', spec->width, size);
	uk_put(sink, text, size);
	if (spec->left)
		put_padding(sink, ' ', spec->width, size);
}

static void put_number(struct uk_sink *sink, const struct spec *spec,
		       uint64_t value, unsigned int radix, const char *prefix)
{
	char digits[DIGITS_MAX];
	char *first = digits + DIGITS_MAX;
	size_t prefix_size = strlen(prefix);
	size_t size;

	if (radix == 16) {
		do {
			*--first = "0123456789abcdef"[value % 16];
		} while (value /= 16);
	} else {
		do {
			*--first = (char)('0' + value % 10);
		} while (value /= 10);
	}

	size = (size_t)(digits + DIGITS_MAX - first) + prefix_size;
	if (!spec->zero && !spec->left)
		put_padding(sink, ' ', spec->width, size);
	uk_put(sink, prefix, prefix_size);
	if (spec->zero && !spec->left)
		put_padding(sink, '0', spec->width, size);
	uk_put(sink, first, size - prefix_size);
	if (spec->left)
		put_padding(sink, ' ', spec->width, size);
}

static size_t number_of(const char **format)
{
	size_t value = 0;

	for (; **format >= '0' && **format <= '9'; ++*format)
		value = value * 10 + (size_t)(**format - '0');
	return value;
}

/* Read what stands between '%' and the letter of the conversion. */
static struct spec spec_of(const char **format, va_list *arguments)
{
	struct spec spec = { .precision = SIZE_MAX };

	for (;; ++*format) {
		if (**format == '#')
			spec.alternate = true;
		else if (**format == '0')
			spec.zero = true;
		else if (**format == '-')
			spec.left = true;
		else
			break;
	}
	if (**format == '*') {
		++*format;
		spec.width = (size_t)va_arg(*arguments, unsigned int);
	} else {
		spec.width = number_of(format);
	}
	if (**format == '.') {
		++*format;
		if (**format == '*') {
			++*format;
			spec.precision = va_arg(*arguments, unsigned int);
		} else {
			spec.precision = number_of(format);
		}
	}
	for (; **format == 'l' || **format == 'z'; ++*format)
		spec.is_wide = true;
	return spec;
}

static uint64_t unsigned_of(const struct spec *spec, va_list *arguments)
{
	return spec->is_wide ? va_arg(*arguments, uint64_t)
			     : va_arg(*arguments, unsigned int);
}

static void put_signed(struct uk_sink *sink, const struct spec *spec,
		       va_list *arguments)
{
	int64_t value = spec->is_wide ? va_arg(*arguments, int64_t)
				      : va_arg(*arguments, int);

	if (value < 0)
		put_number(sink, spec, -(uint64_t)value, 10, "-");
	else
		put_number(sink, spec, (uint64_t)value, 10, "");
}

/* Do the conversion of one letter; false when there is none. */
static bool convert(struct uk_sink *sink, const struct spec *spec, char letter,
		    va_list *arguments)
{
	uint64_t value;

	switch (letter) {
	case 's':
		put_text(sink, spec, va_arg(*arguments, const char *));
		return true;
	case 'c':
		put_byte(sink, (char)va_arg(*arguments, int));
		return true;
	case 'd':
	case 'i':
		put_signed(sink, spec, arguments);
		return true;
	case 'u':
		put_number(sink, spec, unsigned_of(spec, arguments), 10, "");
		return true;
	case 'x':
		value = unsigned_of(spec, arguments);
		put_number(sink, spec, value, 16,
			   spec->alternate && value ? "0x" : "");
		return true;
	case 'p':
		value = (uintptr_t)va_arg(*arguments, const void *);
		put_number(sink, spec, value, 16, "0x");
		return true;
	case '%':
		put_byte(sink, '%');
		return true;
	default:
		return false;
	}
}

void uk_format(struct uk_sink *sink, const char *format, va_list arguments)
{
	va_list list;

	va_copy(list, arguments);
	while (*format) {
		const char *plain = format;
		struct spec spec;

		while (*format && *format != '%')
			format++;
		uk_put(sink, plain, (size_t)(format - plain));
		if (!*format)
			break;

		plain = format++;
		spec = spec_of(&format, &list);
		if (*format && convert(sink, &spec, *format, &list))
			format++;
		else
			uk_put(sink, plain, (size_t)(format - plain));
	}
	va_end(list);
}
