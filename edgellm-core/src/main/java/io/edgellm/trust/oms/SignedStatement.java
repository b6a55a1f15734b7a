package io.edgellm.trust.oms;

/**
 * A statement whose signature was verified.
 *
 * @param signer who made it
 * @param statement what it says
 */
public record SignedStatement(MethodVerifier signer, Statement statement) {}
