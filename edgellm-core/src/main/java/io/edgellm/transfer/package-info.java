/**
 * Brings the bytes of a release to the device: sources, resumable downloads, and the delivery of a
 * whole release into the store. Nothing here is trusted; the store and the verifier decide.
 */
@NullMarked
package io.edgellm.transfer;

import org.jspecify.annotations.NullMarked;
