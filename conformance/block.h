/* A block of the plan: cases of one group and profile between two controls. */
#ifndef CONFORMANCE_BLOCK_H
#define CONFORMANCE_BLOCK_H

#include "conformance/stage.h"

/* struct cf_controls is how the controls of a run went. */
struct cf_controls {
    bool tried;
    bool reached;
};

/* cf_block_end returns where the cases from `first` that share group and profile end. A case that
 * waits is a block of its own. */
size_t cf_block_end(const struct cf_run *run, size_t first);

/*
 * cf_block_play plays the cases from `first` up to `end`, all of one block, with a control before
 * and after, and appends their results to `results`, an empty array. A control that is not let in
 * makes all of them ERROR.
 */
void cf_block_play(struct cf_stage *stage, size_t first, size_t end, json_t *results,
                   struct cf_controls *controls);

#endif
