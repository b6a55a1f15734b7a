package io.edgellm.model;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One file of a release.
 *
 * <p>The path is relative to the model directory, with {@code /} between its parts, in characters
 * that every file system has; it can neither leave the directory nor name a device.
 *
 * <p>The chunk digests cover the file in pieces of {@link #CHUNK_BYTES}; the last one may be
 * shorter. They let a download resume from what is really on the disk, and let peers serve verified
 * pieces.
 *
 * @param path where the file stands in the model directory
 * @param sizeBytes its exact size
 * @param sha256 the digest of the whole file
 * @param mediaType for instance {@code application/vnd.onnx.model}
 * @param role what the file is for
 * @param chunks the digests of its chunks in order: one per started MiB, none for an empty file
 */
public record Artifact(
    String path, long sizeBytes, Sha256 sha256, String mediaType, Role role, List<Sha256> chunks) {

  /** The size of a chunk: 1 MiB. */
  public static final int CHUNK_BYTES = 1 << 20;

  /** What a file is for. */
  public enum Role {
    /** The graph that the runtime opens. */
    GRAPH,
    /** Weights beside the graph. */
    WEIGHTS,
    /** The vocabulary and its configuration. */
    TOKENIZER,
    /** The chat template. */
    TEMPLATE,
    /** Model and generation configuration. */
    CONFIG,
    /** Golden prompts with their expected answers. */
    GOLDEN,
    /** A model card, a licence, a report. */
    DOCUMENT,
    /** A shorter way to another file; never a file of a model itself. See {@link Delta}. */
    DELTA;

    /** Returns the name in a manifest. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_()@+=,. -]{1,128}");
  private static final Pattern WINDOWS_DEVICE =
      Pattern.compile("(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?");
  private static final int MAX_PATH = 512;

  /** Refuses unsafe paths, negative sizes and a wrong number of chunks. */
  public Artifact {
    requireSafePath(path);
    chunks = List.copyOf(chunks);
    if (sizeBytes < 0) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "The size of '" + path + "' is negative: the manifest is broken, publish it again.",
          path);
    }
    if (chunks.size() != chunkCount(sizeBytes)) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "'"
              + path
              + "' of "
              + sizeBytes
              + " bytes has "
              + chunks.size()
              + " chunk digests instead of "
              + chunkCount(sizeBytes)
              + ": publish the release again.",
          path);
    }
  }

  /** Returns the number of chunks of a file. */
  public static long chunkCount(long sizeBytes) {
    return sizeBytes / CHUNK_BYTES + (sizeBytes % CHUNK_BYTES == 0 ? 0 : 1);
  }

  /**
   * Checks that a path from outside is safe as a path of a release.
   *
   * @throws ModelException with {@code UNSAFE_PATH}
   */
  public static void requireSafePath(String path) {
    boolean safe = !path.isEmpty() && path.length() <= MAX_PATH;
    for (String segment : path.split("/", -1)) {
      safe &=
          SEGMENT.matcher(segment).matches()
              && !segment.equals(".")
              && !segment.equals("..")
              && !segment.endsWith(".")
              && !segment.startsWith(" ")
              && !segment.endsWith(" ")
              && !WINDOWS_DEVICE.matcher(segment).matches();
    }
    if (!safe) {
      throw new ModelException(
          ModelException.Reason.UNSAFE_PATH,
          "'"
              + path
              + "' is not allowed as a file of a release: paths are relative, with '/' between"
              + " parts of letters, digits and ._-+=,@() , and stay inside the model directory.",
          path);
    }
  }
}
