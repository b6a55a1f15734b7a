package io.edgellm.trust.oms;

/** How files are cut into resources, the specification's "serialization method". */
public sealed interface Partition {

  /** One resource per file. */
  record WholeFiles() implements Partition {}

  /**
   * One resource per started shard of a file, named {@code path:start:end}; an empty file has none.
   *
   * @param shardBytes the size of a shard
   */
  record Shards(long shardBytes) implements Partition {}
}
