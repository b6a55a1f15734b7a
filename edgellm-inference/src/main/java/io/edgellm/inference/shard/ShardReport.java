package io.edgellm.inference.shard;

import java.util.List;

/**
 * What was written.
 *
 * @param graphs the graphs, without weights, by their paths in the model directory
 * @param shards the files of weights, sorted by path
 */
public record ShardReport(List<Written> graphs, List<Written> shards) {

  /** Copies the lists. */
  public ShardReport {
    graphs = List.copyOf(graphs);
    shards = List.copyOf(shards);
  }

  /**
   * A file.
   *
   * @param path where it lies in the model directory, with {@code /} between its parts
   * @param sizeBytes its size, gaps included
   * @param tensors how many tensors it holds; of a graph, how many stayed in it
   */
  public record Written(String path, long sizeBytes, int tensors) {}
}
