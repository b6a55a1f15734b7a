/**
 * Finds the states that a power cut can leave on a disk, after Pillai et al., <i>All File Systems
 * Are Not Created Equal: On the Complexity of Crafting Crash-Consistent Applications</i> (OSDI
 * 2014).
 *
 * <p>A {@link io.edgellm.internal.io.crash.RecordingDisk} notes what a program does to a disk.
 * {@link io.edgellm.internal.io.crash.EffectReader} takes the operations apart into what reaches
 * the medium on its own, a {@link io.edgellm.internal.io.crash.PersistenceModel} says in which
 * order that may happen, and {@link io.edgellm.internal.io.crash.CrashStates} builds every state
 * between. Leaving out one {@link io.edgellm.internal.io.crash.ForceSite} at a time shows which
 * calls of force a protocol needs. The package knows nothing of what is stored: a test brings the
 * invariants.
 */
@NullMarked
package io.edgellm.internal.io.crash;

import org.jspecify.annotations.NullMarked;
