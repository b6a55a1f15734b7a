/**
 * Signing without a key of one's own: an account proves who it is to a certificate authority, which
 * certifies a key for some minutes, and a transparency log records the signature (<a
 * href="https://docs.sigstore.dev/">Sigstore</a>: Fulcio's REST interface v2, Rekor's v1, time
 * stamps by RFC 3161).
 *
 * <p>{@link io.edgellm.release.keyless.KeylessSigner} is the way in. The device's side is {@code
 * io.edgellm.trust.sigstore}, which also verifies here whatever the services answer.
 */
@NullMarked
package io.edgellm.release.keyless;

import org.jspecify.annotations.NullMarked;
