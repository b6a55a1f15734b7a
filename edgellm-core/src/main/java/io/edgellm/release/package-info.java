/**
 * The publishing side: a model directory becomes a manifest, a signature, and files that any static
 * HTTP server can serve.
 *
 * <p>{@link io.edgellm.release.ReleaseBuilder} describes, {@link io.edgellm.release.ReleaseSigner}
 * signs, {@link io.edgellm.release.ReleasePublisher} writes. The device's side of the same bytes is
 * {@code io.edgellm.trust}.
 */
@NullMarked
package io.edgellm.release;

import org.jspecify.annotations.NullMarked;
