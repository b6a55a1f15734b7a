/**
 * The publishing side of The Update Framework (<a
 * href="https://theupdateframework.github.io/specification/v1.0.34/">TUF 1.0.34</a>): which
 * releases of a model line are current, signed by several people with keys that are not on any
 * server.
 *
 * <p>{@link io.edgellm.release.tuf.TufPublisher} is the way in. It makes a {@link
 * io.edgellm.release.tuf.TufChange}, which people sign and which is published as a whole, or put
 * aside as a {@link io.edgellm.release.tuf.StagedChange} until enough of them have signed. The
 * device's side is {@code io.edgellm.trust.tuf}.
 */
@NullMarked
package io.edgellm.release.tuf;

import org.jspecify.annotations.NullMarked;
