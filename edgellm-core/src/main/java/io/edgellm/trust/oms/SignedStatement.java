package io.edgellm.trust.oms;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A statement whose signature was verified.
 *
 * @param signer who of the trusted ones made it
 * @param statement what it says
 * @param identity the name by which the signature proves its signer, for receipts: the key, the
 *     subject of a certificate, an account
 * @param attestedAt when a third party saw the signature, as proven by its signature; null where
 *     the method has no such party
 */
public record SignedStatement(
    MethodVerifier signer, Statement statement, String identity, @Nullable Instant attestedAt) {}
