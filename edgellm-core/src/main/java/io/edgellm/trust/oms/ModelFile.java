package io.edgellm.trust.oms;

import java.nio.file.Path;

/**
 * One file of a model on the disk.
 *
 * @param name its name in a signature
 * @param path where it is
 */
public record ModelFile(String name, Path path) {}
