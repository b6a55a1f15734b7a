package io.edgellm.trust.sigstore;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An <a href="https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md">in-toto
 * statement</a>: something is said of artifacts.
 *
 * @param type the version of the format
 * @param subjects the artifacts; at least one
 * @param predicateType what kind of thing is said
 * @param predicate what is said; an object, or null
 */
record InTotoStatement(
    String type,
    List<Attestation.Subject> subjects,
    String predicateType,
    @Nullable JsonNode predicate) {

  static final String V1 = "https://in-toto.io/Statement/v1";
  private static final Set<String> TYPES = Set.of(V1, "https://in-toto.io/Statement/v0.1");
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  InTotoStatement {
    subjects = List.copyOf(subjects);
  }

  /**
   * Reads the payload of an envelope; fields that are not known are ignored, as in-toto demands.
   */
  static InTotoStatement parse(byte[] payload) {
    try {
      JsonFields f = JsonFields.of(StrictJson.parse(payload));
      if (!TYPES.contains(f.text("_type"))) {
        throw new SigstoreException(
            SigstoreException.Reason.UNSUPPORTED,
            "'" + f.text("_type") + "' is not an in-toto statement.",
            "_type");
      }
      List<Attestation.Subject> subjects = new ArrayList<>();
      for (JsonFields subject : f.objects("subject")) {
        subjects.add(new Attestation.Subject(subject.textOrNull("name"), sha256(subject)));
      }
      if (subjects.isEmpty()) {
        throw SigstoreException.malformed("The statement is about nothing.", "subject");
      }
      JsonFields predicate = f.objectOrNull("predicate");
      return new InTotoStatement(
          f.text("_type"),
          subjects,
          f.text("predicateType"),
          predicate == null ? null : predicate.json());
    } catch (JsonFault e) {
      throw SigstoreException.unreadable("The statement", e);
    }
  }

  private static @Nullable Sha256 sha256(JsonFields subject) throws JsonFault {
    Map<String, String> digests = subject.textMap("digest");
    String hex = digests.get("sha256");
    if (hex == null) {
      return null;
    }
    if (!HEX.matcher(hex).matches()) {
      throw SigstoreException.malformed(
          "'" + subject.at("digest") + "' is not a SHA-256 in lower-case hexadecimal.",
          subject.at("digest"));
    }
    return new Sha256(hex);
  }

  void requireSubject(Sha256 artifact) {
    if (subjects.stream().noneMatch(s -> artifact.equals(s.sha256()))) {
      throw new SigstoreException(
          SigstoreException.Reason.MISMATCH,
          "The statement is not about " + artifact + ": it was made for something else.",
          artifact.hex());
    }
  }
}
