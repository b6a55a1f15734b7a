package io.edgellm.inference.calibration;

import io.edgellm.inference.calibration.CalibrationException.Reason;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.text.TextSpan;
import io.edgellm.inference.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes tokens of texts, and checks that sequences are such as a model can read. */
final class SampleReader implements AutoCloseable {
  private final CalibrationData data;
  private final @Nullable ModelLayout layout;
  private final @Nullable Tokenizer tokenizer;

  private SampleReader(
      CalibrationData data, @Nullable ModelLayout layout, @Nullable Tokenizer tokenizer) {
    this.data = data;
    this.layout = layout;
    this.tokenizer = tokenizer;
  }

  /** Reads the configuration and the tokenizer of a model, where the data need them. */
  static SampleReader open(ModelDirectory directory, Path graph, CalibrationData data) {
    boolean texts = data.samples().stream().anyMatch(CalibrationSample.Text.class::isInstance);
    boolean tensors = data.samples().stream().allMatch(CalibrationSample.Tensors.class::isInstance);
    return new SampleReader(
        data,
        tensors ? null : ModelLayout.read(directory).withGraph(graph),
        texts ? Tokenizer.load(directory.root()) : null);
  }

  List<CalibrationSample> samples() {
    return data.samples();
  }

  /** Returns how the model is laid out; empty if all samples are tensors. */
  Optional<ModelLayout> layout() {
    return Optional.ofNullable(layout);
  }

  /**
   * Returns the tokens of a sample.
   *
   * @param number of the sample, from 1
   * @throws CalibrationException UNFIT_DATA if there is none, one that the model does not have, or
   *     more than it can read
   */
  int[] tokens(CalibrationSample sample, int number, int vocabulary, int contextTokens) {
    int[] tokens = tokens(sample);
    if (tokens.length == 0) {
      throw unfit(number, "has no token", "leave it out");
    }
    if (tokens.length > contextTokens) {
      throw unfit(
          number,
          "has " + tokens.length + " tokens, but the model reads at most " + contextTokens,
          "cut it");
    }
    for (int token : tokens) {
      if (token < 0 || token >= vocabulary) {
        throw unfit(
            number,
            "has the token " + token + ", but the model has those from 0 to " + (vocabulary - 1),
            "encode it with the model's own tokenizer");
      }
    }
    return tokens;
  }

  private int[] tokens(CalibrationSample sample) {
    if (sample instanceof CalibrationSample.Tokens tokens) {
      return tokens.tokens();
    }
    if (sample instanceof CalibrationSample.Text text && tokenizer != null) {
      int[] ids = tokenizer.encode(List.of(TextSpan.control(text.text())));
      boolean chat = ids.length > 0 && tokenizer.vocabulary().isSpecial(ids[0]);
      return chat
          ? ids
          : IntStream.concat(IntStream.of(tokenizer.bareTextPrefix()), IntStream.of(ids)).toArray();
    }
    throw new IllegalStateException("The sample is no sequence.");
  }

  private static CalibrationException unfit(int number, String what, String todo) {
    return new CalibrationException(
        Reason.UNFIT_DATA,
        "Sample " + number + " of the calibration data " + what + ": " + todo + ".",
        "sample " + number);
  }

  @Override
  public void close() {
    if (tokenizer != null) {
      tokenizer.close();
    }
  }
}
