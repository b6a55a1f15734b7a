/**
 * Brings a repository of releases, as {@link io.edgellm.release.ReleasePublisher} and {@link
 * io.edgellm.release.tuf.TufPublisher} write it into a directory, to where devices fetch it, and
 * back: {@link io.edgellm.publish.WorkingCopy}.
 */
@NullMarked
package io.edgellm.publish;

import org.jspecify.annotations.NullMarked;
