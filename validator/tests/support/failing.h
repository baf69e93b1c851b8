/*
 * Allocations that fail on purpose: of our own objects (linked with --wrap) and of OpenSSL. What is
 * counted and what fails is of one thread, or of all.
 */
#ifndef VALIDATOR_TESTS_SUPPORT_FAILING_H
#define VALIDATOR_TESTS_SUPPORT_FAILING_H

#include <stdbool.h>

/* failing_init puts itself under OpenSSL; it must come before anything that allocates there. */
void failing_init(void);

enum failing_mode { FAILING_ONCE, FAILING_FROM_THEN_ON };

/* failing_arm makes allocation number `nth` (from 1) of this thread fail, of every thread with
 * `everywhere`. */
void failing_arm(long nth, enum failing_mode mode, bool everywhere);

/* failing_disarm ends that and says whether one failed. */
bool failing_disarm(void);

/* failing_live counts what is allocated and not freed. */
long failing_live(void);

#endif
