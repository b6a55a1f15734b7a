/**
 * What time it is, on a device whose clock may be wrong.
 *
 * <p>Expiry is what keeps an attacker from holding a device on old metadata, and expiry needs a
 * time. {@link io.edgellm.trust.time.TrustedClock} gives it: never earlier than what somebody who
 * is trusted has said, whatever the device's own clock says.
 */
@NullMarked
package io.edgellm.trust.time;

import org.jspecify.annotations.NullMarked;
