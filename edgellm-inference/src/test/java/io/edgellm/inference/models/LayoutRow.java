package io.edgellm.inference.models;

import java.io.IOException;
import java.nio.file.Path;

/** The layouts of decoders that are in use, each as a small model. */
public enum LayoutRow {
  GENAI,
  GENAI_HALF,
  GENAI_WITH_POSITIONS,
  OPTIMUM,
  OPTIMUM_HALF,
  LOGITS_TO_KEEP,
  POSITIONS_FROM_ONE,
  MERGED,
  TOKENS_ONLY,
  COMBINED_CACHE,
  CONVOLUTIONS,
  LAYERS_OF_OTHER_SIZES,
  SHARED_LAYERS,
  WINDOW_IN_WHOLE_CACHE,
  WINDOWED_CACHE,
  FIXED_SHAPES,
  FIXED_SHAPES_WRITTEN_BY_THE_GRAPH,
  BYTE_CACHE,
  BYTE_CACHE_PER_CHANNEL,
  HALF_BYTE_CACHE,
  PIPELINE,
  EMBEDDINGS;

  /** Writes the model into a directory that is not there yet. */
  public TinyModel write(Path directory) throws IOException {
    return switch (this) {
      case GENAI -> GenaiModels.usual(directory);
      case GENAI_HALF -> GenaiModels.half(directory);
      case GENAI_WITH_POSITIONS -> GenaiModels.withPositions(directory);
      case OPTIMUM -> HuggingFaceModels.optimum(directory);
      case OPTIMUM_HALF -> HuggingFaceModels.half(directory);
      case LOGITS_TO_KEEP -> HuggingFaceModels.withLogitsToKeep(directory);
      case POSITIONS_FROM_ONE -> HuggingFaceModels.fromPositionOne(directory);
      case MERGED -> HuggingFaceModels.merged(directory);
      case TOKENS_ONLY -> HuggingFaceModels.withTokensOnly(directory);
      case COMBINED_CACHE -> GenaiModels.combined(directory);
      case CONVOLUTIONS -> GenaiModels.convolutional(directory);
      case LAYERS_OF_OTHER_SIZES -> GenaiModels.withLayersOfOtherSizes(directory);
      case SHARED_LAYERS -> HuggingFaceModels.withSharedLayers(directory);
      case WINDOW_IN_WHOLE_CACHE -> GenaiModels.windowed(directory);
      case WINDOWED_CACHE -> HuggingFaceModels.windowed(directory);
      case FIXED_SHAPES -> GenaiModels.withFixedShapes(directory);
      case FIXED_SHAPES_WRITTEN_BY_THE_GRAPH -> HuggingFaceModels.withFixedShapes(directory);
      case BYTE_CACHE -> GenaiModels.withByteCache(directory, false, 8);
      case BYTE_CACHE_PER_CHANNEL -> GenaiModels.withByteCache(directory, true, 8);
      case HALF_BYTE_CACHE -> GenaiModels.withByteCache(directory, false, 4);
      case PIPELINE -> StagedModels.pipeline(directory);
      case EMBEDDINGS -> StagedModels.withEmbeddings(directory);
    };
  }
}
