/**
 * Decides on the device: takes a release from an offer to a commit or back, with the real store,
 * runtime and journal. The decisions are in {@code device}, what they are made by in {@code gate},
 * what is remembered in {@code journal}.
 */
@NullMarked
package io.edgellm.rollout;

import org.jspecify.annotations.NullMarked;
