/**
 * Real file systems for tests, on files instead of disks. They need Linux, root and the tools of
 * each file system.
 *
 * <p>{@link io.edgellm.internal.io.mount.MountPlace} is where all of them stand, and from where all
 * of them go, whatever becomes of the test. {@link io.edgellm.internal.io.mount.PullableDisk} is a
 * disk whose power can be cut.
 */
@NullMarked
package io.edgellm.internal.io.mount;

import org.jspecify.annotations.NullMarked;
