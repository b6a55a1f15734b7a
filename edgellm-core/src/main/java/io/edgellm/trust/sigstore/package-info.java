/**
 * Sigstore bundles: keyless signatures, signatures with a managed key that a transparency log may
 * record, and attestations about a release. Verification is offline, against a trusted root that
 * the application pins.
 *
 * <p>Cryptography of certificates, logs and time stamps is sigstore-java's, behind a guard of our
 * own: a bundle is parsed strictly before sigstore-java sees it, whatever that throws is a refusal,
 * and what it leaves open is checked here. sigstore-java is an optional dependency: only {@link
 * io.edgellm.trust.sigstore.SigstoreVerifier#keyless keyless} signatures and {@link
 * io.edgellm.trust.sigstore.SigstoreVerifier#loggedKey logged keys} need it.
 */
@NullMarked
package io.edgellm.trust.sigstore;

import org.jspecify.annotations.NullMarked;
