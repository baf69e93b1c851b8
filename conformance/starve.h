/*
 * Memory that runs out on purpose, for subjects in this process: conform brings its own malloc,
 * which passes on to that of glibc unless this thread is to starve. Not under the sanitizers, which
 * bring theirs.
 */
#ifndef CONFORMANCE_STARVE_H
#define CONFORMANCE_STARVE_H

#include <stdbool.h>

/* cf_starve_possible says whether this program can do it. */
bool cf_starve_possible(void);

/* cf_starve_arm makes allocation number `nth` (from 1) of this thread fail, and with `on` all that
 * follow. cf_starve_disarm ends that and says whether one failed. */
void cf_starve_arm(long nth, bool on);
bool cf_starve_disarm(void);

#endif
