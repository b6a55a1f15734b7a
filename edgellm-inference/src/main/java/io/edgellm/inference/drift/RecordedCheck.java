package io.edgellm.inference.drift;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A check that another process made, from the file that {@link CheckReport#toJson()} was written
 * to: what a release is to record of a model, and of which model.
 *
 * <p>A report is believed as far as it is consistent: its verdict is judged again from the limits
 * and the values in it. That it was measured at all is not known from the file; whoever signs the
 * release vouches for that.
 *
 * @param reference the digest of the model that was taken to be right
 * @param referenceGraphs how many graphs that one has
 * @param candidate the digest of the model that was judged, see {@link CheckedModel#digest()}
 * @param policy the name of the policy; empty if none was asked
 * @param isMet whether it was met
 * @param quality what a release records; with the digest of the file if the policy was met
 */
public record RecordedCheck(
    Sha256 reference,
    int referenceGraphs,
    Sha256 candidate,
    String policy,
    boolean isMet,
    ReleaseManifest.Quality quality) {
  private static final int MAX_BYTES = 16 << 20;

  /**
   * Reads a report.
   *
   * @param file JSON of the schema {@code edgellm.check/v1}, at most 16 MiB
   * @throws DriftException INVALID_MATERIAL if it is none, has no quality to record or one that
   *     cannot be, or if its verdict is not the one that its limits and values give
   */
  public static RecordedCheck read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw invalid(file, "is larger than 16 MiB", null);
      }
      JsonNode json = StrictJson.parse(bytes);
      if (!json.path("schema").asText().equals(CheckReportJson.SCHEMA)) {
        throw invalid(file, "is not of the schema " + CheckReportJson.SCHEMA, null);
      }
      return of(file, json, Sha256.of(bytes));
    } catch (JsonFault e) {
      throw invalid(file, "is no report: " + e.getMessage(), e);
    } catch (IOException e) {
      throw invalid(file, "cannot be read (" + e + ")", e);
    }
  }

  private static RecordedCheck of(Path file, JsonNode json, Sha256 digest) {
    boolean judged = json.has("policy");
    boolean met = judged && new RecordedVerdict(file, json.path("policy")).isMet();
    return new RecordedCheck(
        sha256(file, json, "/reference/sha256"),
        json.at("/reference/graphs").asInt(1),
        sha256(file, json, "/candidate/sha256"),
        judged ? json.at("/policy/name").asText() : "",
        met,
        new ReleaseManifest.Quality(
            number(file, json, "/quality/exactMatch", 0, 1),
            number(file, json, "/quality/meanNll", 0, Double.MAX_VALUE),
            number(file, json, "/quality/perplexity", 1, Double.MAX_VALUE),
            json.at("/validation/name").asText(),
            (int) number(file, json, "/quality/probes", 1, Integer.MAX_VALUE),
            number(file, json, "/quality/referenceNll", 0, Double.MAX_VALUE),
            sha256(file, json, "/validation/sha256"),
            met ? digest : null));
  }

  /**
   * Returns whether a release has exactly the files that were judged. Nothing is read: the manifest
   * has their digests.
   */
  public boolean isOf(ReleaseManifest release) {
    SortedMap<String, Sha256> digests = new TreeMap<>();
    release.files().forEach(file -> digests.put(file.path(), file.sha256()));
    return FileDigests.ofDigests(digests).equals(candidate);
  }

  /**
   * Returns whether the reference can be the source that a quantization says it was made of.
   * Nothing is read. Where the reference has several graphs this is not known, and true: a
   * quantizer takes one of them and leaves the others and their weights out of its digest.
   *
   * @param quantization of the release, by this project's quantizer: others may digest differently
   */
  public boolean canBeAgainstSourceOf(ReleaseManifest.Quantization quantization) {
    return referenceGraphs != 1 || quantization.sourceDigest().equals(reference);
  }

  private static double number(
      Path file, JsonNode json, String pointer, double least, double most) {
    JsonNode number = json.at(pointer);
    if (!number.isNumber()) {
      throw invalid(file, "has no number at '" + pointer + "': check on texts and on probes", null);
    }
    double value = number.doubleValue();
    if (!(value >= least && value <= most)) {
      throw invalid(file, "has an impossible figure at '" + pointer + "'", null);
    }
    return value;
  }

  private static Sha256 sha256(Path file, JsonNode json, String pointer) {
    String hex = json.at(pointer).asText();
    if (!hex.matches("[0-9a-f]{64}")) {
      throw invalid(file, "has no digest at '" + pointer + "'", null);
    }
    return new Sha256(hex);
  }

  static DriftException invalid(Path file, String what, @Nullable Exception cause) {
    return new DriftException(
        Reason.INVALID_MATERIAL,
        "'" + file.getFileName() + "' " + what + ".",
        file.toString(),
        cause);
  }
}
