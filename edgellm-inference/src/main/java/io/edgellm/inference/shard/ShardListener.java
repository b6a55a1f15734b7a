package io.edgellm.inference.shard;

/** Hears of each tensor as soon as it is written. Called on the thread that shards. */
@FunctionalInterface
public interface ShardListener {
  /**
   * One more tensor is written.
   *
   * @param progress how far it is
   */
  void onTensor(Progress progress);

  /**
   * How far the sharding of a graph is.
   *
   * @param shard the file that the tensor went into, by its path in the model directory
   * @param tensor its name
   * @param number its number, from 1
   * @param count the number of tensors that go into files
   * @param doneBytes bytes of tensors that are written
   * @param totalBytes bytes of all tensors that go into files
   */
  record Progress(
      String shard, String tensor, int number, int count, long doneBytes, long totalBytes) {}
}
