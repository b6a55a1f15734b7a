package io.edgellm.release;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.trust.SignedRelease;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.TreeSet;

/**
 * What kinds of things the attestations of a release say of it. Nothing is verified: a publisher
 * asks what it is about to publish, and devices verify.
 */
final class AttestedKinds {
  private AttestedKinds() {}

  static Set<String> of(SignedRelease release) {
    String lines = new String(release.attestations().orElse(new byte[0]), StandardCharsets.UTF_8);
    Set<String> kinds = new TreeSet<>();
    for (String line : lines.lines().toList()) {
      try {
        add(line, release.rootDigest().hex(), kinds);
      } catch (JsonFault | IllegalArgumentException e) {
        throw new ReleaseException(
            ReleaseException.Reason.UNTRUSTED,
            "An attestation of '"
                + release.manifest().title()
                + "' is no statement in a bundle ("
                + e.getMessage()
                + "): devices would refuse the release, attest it again.",
            release.manifest().version().toString(),
            e);
      }
    }
    return kinds;
  }

  private static void add(String line, String rootDigest, Set<String> kinds) throws JsonFault {
    JsonFields bundle = parse(line.getBytes(StandardCharsets.UTF_8));
    JsonFields statement =
        parse(Base64.getDecoder().decode(bundle.object("dsseEnvelope").text("payload")));
    for (JsonFields subject : statement.objects("subject")) {
      if (rootDigest.equals(subject.textMap("digest").get("sha256"))) {
        kinds.add(statement.text("predicateType"));
      }
    }
  }

  private static JsonFields parse(byte[] json) throws JsonFault {
    return JsonFields.of(StrictJson.parse(json));
  }
}
