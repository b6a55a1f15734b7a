package io.edgellm.trust.oms;

import io.edgellm.model.Sha256;

/**
 * One line of a statement: a file or a shard of one.
 *
 * @param name the path of the file in the model, with {@code /}; for a shard followed by {@code
 *     :start:end} in bytes; {@code .} for a model that is a single file
 * @param digest its SHA-256
 */
public record Resource(String name, Sha256 digest) {}
