package io.edgellm.trust.oms;

/**
 * A key, and whose it is.
 *
 * @param key the key
 * @param identity its holder as the material of a signature proves him, for receipts
 */
public record ProvenKey(EcVerificationKey key, String identity) {}
