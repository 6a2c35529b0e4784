/* SPDX-License-Identifier: BSD-3-Clause */
/* The glue's test: fake drivers, a fake tree, and what joins them. */
#ifndef GLUE_TEST_H
#define GLUE_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The fake controller: what is pending, which its `handle` dispatches. */
extern uint32_t fake_pending;

/* Whether it has a `self`, or its state in a static object. */
extern bool chip_has_self;

/* What the fake clock says in seconds, or its error */
extern long long fake_date;

/* Steps of the fake device, which print what the host says. */
void fake_attach(const char *name, unsigned int index);
void fake_detach(const char *name);
void fake_attach_others(void);
void fake_attach_until_full(void);

/* The date in seconds, as the libraries of the tree ask for it. */
unsigned long long tree_date(void);

/* Specifier that fdt_get_interrupt() finds, big-endian; 0 cells: none */
extern uint32_t fake_cell[3];
extern int fake_cells;

/* What a user types. */
extern const char *fake_input;

/* Text on its way out of the tree, and in: by the generation of the console. */
void tree_out(const char *text, size_t size);
int tree_in(char *text, size_t size);

/* The steps that only one generation or one mapping has. */
void tree_start_early(void);
void tree_construct(void);

/* The tree's controller has this number's handler called. */
void tree_serve(unsigned int number);

extern struct uk_intctlr_desc *tree_intctlr;

/* Write text with its control characters visible. */
void print_escaped(const char *text, size_t size);

#endif /* GLUE_TEST_H */
