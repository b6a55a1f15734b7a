package io.edgellm.inference.calibration;

import io.edgellm.inference.calibration.CalibrationException.Reason;
import io.edgellm.model.Sha256;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What a model is run on to see how large its activations become; immutable.
 *
 * <p>A hundred samples like those that the model will get on a device are usually enough: ranges
 * come from the largest numbers, so that kinds of input count more than their number. Chats should
 * be written by the model's own template.
 *
 * @param samples in the order in which they are run, at least one
 */
public record CalibrationData(List<CalibrationSample> samples) {
  /**
   * @throws CalibrationException INVALID_DATA if there is no sample
   */
  public CalibrationData {
    samples = List.copyOf(samples);
    if (samples.isEmpty()) {
      throw new CalibrationException(
          Reason.INVALID_DATA,
          "The calibration data hold no sample; give some texts like those that the model gets.",
          null);
    }
  }

  /**
   * Returns texts for the model's tokenizer.
   *
   * @throws CalibrationException INVALID_DATA if there is none
   */
  public static CalibrationData ofTexts(List<String> texts) {
    return new CalibrationData(
        texts.stream().<CalibrationSample>map(CalibrationSample.Text::new).toList());
  }

  /**
   * Returns sequences of tokens.
   *
   * @throws CalibrationException INVALID_DATA if there is none
   */
  public static CalibrationData ofTokens(List<int[]> sequences) {
    return new CalibrationData(
        sequences.stream().<CalibrationSample>map(CalibrationSample.Tokens::new).toList());
  }

  /**
   * Reads files: {@code .jsonl} with one object on a line, {@code {"text": "…"}} or {@code
   * {"tokens": [1, 2]}}, and other files as texts, one on each line; empty lines are left out.
   *
   * @throws CalibrationException IO if a file cannot be read; INVALID_DATA if a line is something
   *     else, or there is no sample
   */
  public static CalibrationData read(List<Path> files) {
    return new CalibrationData(files.stream().flatMap(CalibrationFile::samples).toList());
  }

  /**
   * Returns the SHA-256 of the samples in their order, the same for the same data wherever they
   * came from.
   */
  public Sha256 digest() {
    MessageDigest sha256 = sha256();
    try (DataOutputStream out =
        new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), sha256))) {
      out.writeBytes("edgellm-calibration-1\n");
      for (CalibrationSample sample : samples) {
        write(sample, out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Nothing was written.", e);
    }
    return new Sha256(HexFormat.of().formatHex(sha256.digest()));
  }

  private static void write(CalibrationSample sample, DataOutputStream out) throws IOException {
    if (sample instanceof CalibrationSample.Text text) {
      out.writeByte('t');
      write(text.text(), out);
    } else if (sample instanceof CalibrationSample.Tokens tokens) {
      int[] ids = tokens.tokens();
      out.writeByte('i');
      out.writeInt(ids.length);
      for (int id : ids) {
        out.writeInt(id);
      }
    } else if (sample instanceof CalibrationSample.Tensors tensors) {
      out.writeByte('n');
      out.writeInt(tensors.inputs().size());
      for (Map.Entry<String, CalibrationTensor> input : tensors.inputs().entrySet()) {
        write(input.getKey(), out);
        write(input.getValue().type() + Arrays.toString(input.getValue().shape()), out);
        ByteBuffer bytes = input.getValue().bytes();
        byte[] all = new byte[bytes.remaining()];
        bytes.get(all);
        out.write(all);
      }
    }
  }

  private static void write(String text, DataOutputStream out) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
