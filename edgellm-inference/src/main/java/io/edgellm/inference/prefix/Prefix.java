package io.edgellm.inference.prefix;

import io.edgellm.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The first tokens of some prompts of one model. Equal by content. */
final class Prefix {
  private static final String SUFFIX = ".prefix";
  private static final int DIGITS = 32;
  private static final Pattern FILE_NAME =
      Pattern.compile("[0-9a-f]{" + DIGITS + "}-[0-9a-f]{" + DIGITS + "}\\.prefix");

  private final ModelKey model;
  private final int[] tokens;
  private final int hash;

  Prefix(ModelKey model, int[] tokens, int count) {
    this.model = model;
    this.tokens = Arrays.copyOf(tokens, count);
    this.hash = 31 * model.hashCode() + Arrays.hashCode(this.tokens);
  }

  ModelKey model() {
    return model;
  }

  /** The array itself; nobody writes to it. */
  int[] tokens() {
    return tokens;
  }

  int length() {
    return tokens.length;
  }

  /** How the files of a model begin. */
  static String fileNameStart(ModelKey model) {
    return model.digest().hex().substring(0, DIGITS) + "-";
  }

  /** Half of the digest of the model key and half of that of the tokens. */
  String fileName() {
    ByteBuffer bytes = ByteBuffer.allocate(length() * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(tokens);
    return fileNameStart(model) + Sha256.of(bytes.array()).hex().substring(0, DIGITS) + SUFFIX;
  }

  static boolean isFileName(String name) {
    return FILE_NAME.matcher(name).matches();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Prefix p
        && hash == p.hash
        && model.equals(p.model)
        && Arrays.equals(tokens, p.tokens);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return length() + " tokens of model " + model.model().hex().substring(0, 8);
  }
}
