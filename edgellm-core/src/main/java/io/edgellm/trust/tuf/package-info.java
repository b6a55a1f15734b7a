/**
 * A client for repositories of The Update Framework (<a
 * href="https://theupdateframework.github.io/specification/v1.0.34/">TUF 1.0.34</a>): which files
 * are current, and which bytes they have, by somebody who holds the keys of a root that the
 * application ships.
 *
 * <p>{@link io.edgellm.trust.tuf.TufClient} is the way in. A refresh follows the chain of roots
 * from the pinned one, then timestamp, snapshot and targets; {@code findTarget} searches the
 * delegations; {@code download} streams a target to a file. Every byte from the repository and from
 * the directory of {@link io.edgellm.trust.tuf.TufStore} is untrusted until it is verified in the
 * same refresh. Transport is the host's: {@link io.edgellm.trust.tuf.TufRepository}.
 *
 * <p>The client stands alone. The delivery of releases does not use it yet, so that a host has to
 * call it itself.
 */
@NullMarked
package io.edgellm.trust.tuf;

import org.jspecify.annotations.NullMarked;
