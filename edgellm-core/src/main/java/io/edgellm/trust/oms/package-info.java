/**
 * OpenSSF Model Signing v1.0 (<a
 * href="https://github.com/ossf/model-signing-spec">specification</a>) on the cryptography of the
 * JDK: bundle, envelope, statement, files. Not exported; hosts meet it through {@code TrustPolicy}
 * and {@code ReleaseSigner}.
 *
 * <p>The way of a verification: {@link io.edgellm.trust.oms.SignatureBundle} is parsed, a {@link
 * io.edgellm.trust.oms.MethodVerifier} vouches for its envelope, the {@link
 * io.edgellm.trust.oms.Statement} is read from the signed payload, and {@link
 * io.edgellm.trust.oms.OmsVerifier} holds it against what {@link io.edgellm.trust.oms.ModelFiles}
 * lists and {@link io.edgellm.trust.oms.ModelHasher} reads. Names inside a signature are compared
 * with names on the disk and never become paths.
 */
@NullMarked
package io.edgellm.trust.oms;

import org.jspecify.annotations.NullMarked;
