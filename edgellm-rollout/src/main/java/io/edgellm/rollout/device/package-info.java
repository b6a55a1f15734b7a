/**
 * The device machine: states, events, effects and the pure function between them. Nothing here
 * reads a clock, a disk or a model.
 */
@NullMarked
package io.edgellm.rollout.device;

import org.jspecify.annotations.NullMarked;
