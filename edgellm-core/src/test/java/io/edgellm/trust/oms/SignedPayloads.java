package io.edgellm.trust.oms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A model with the files {@code a.bin} (10 bytes) and {@code sub/b.bin} (8 bytes), and payloads
 * about it that a trusted key signed, whatever they say.
 *
 * @param model the directory
 */
record SignedPayloads(Path model) {
  static final EcSigningKey KEY = EcSigningKey.generate(EcdsaCurve.P256);
  private static final ObjectMapper JSON = new ObjectMapper();

  static SignedPayloads in(Path temporary) throws IOException {
    Path model = Files.createDirectory(temporary.resolve("model"));
    Files.createDirectory(model.resolve("sub"));
    Files.writeString(model.resolve("a.bin"), "0123456789");
    Files.writeString(model.resolve("sub/b.bin"), "abcdefgh");
    return new SignedPayloads(model);
  }

  Statement describe(Partition partition) {
    try {
      return OmsSigner.describe(model, IgnoredPaths.git(), partition, Symlinks.REFUSED);
    } catch (OmsFault e) {
      throw new AssertionError(e);
    }
  }

  String text(Partition partition) {
    return new String(describe(partition).toJson(), StandardCharsets.UTF_8);
  }

  /** Changes a valid payload as a text. */
  byte[] changed(Partition partition, UnaryOperator<String> change) {
    String valid = text(partition);
    String changed = change.apply(valid);
    if (changed.equals(valid)) {
      throw new AssertionError("The change changes nothing.");
    }
    return changed.getBytes(StandardCharsets.UTF_8);
  }

  /** Changes a valid payload as a tree; the digest of the subject is made right again. */
  byte[] edited(Partition partition, Consumer<ObjectNode> change) {
    try {
      ObjectNode statement = (ObjectNode) JSON.readTree(text(partition));
      change.accept(statement);
      seal(statement);
      return JSON.writeValueAsBytes(statement);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void seal(ObjectNode statement) {
    MessageDigest root = Sha256.newDigest();
    for (JsonNode resource : statement.path("predicate").path("resources")) {
      String hex = resource.path("digest").asText();
      if (hex.matches("([0-9a-fA-F]{2})*")) {
        root.update(HexFormat.of().parseHex(hex));
      }
    }
    if (statement.path("subject").path(0).path("digest") instanceof ObjectNode digest) {
      digest.put("sha256", HexFormat.of().formatHex(root.digest()));
    }
  }

  static ArrayNode resources(ObjectNode statement) {
    return (ArrayNode) statement.path("predicate").path("resources");
  }

  static ObjectNode resource(ObjectNode statement, int i) {
    return (ObjectNode) resources(statement).path(i);
  }

  static ObjectNode serialization(ObjectNode statement) {
    return (ObjectNode) statement.path("predicate").path("serialization");
  }

  static byte[] sign(byte[] payload) {
    return sign(DsseEnvelope.IN_TOTO, payload);
  }

  static byte[] sign(String payloadType, byte[] payload) {
    return bundle(
        payloadType,
        payload,
        KEY.sign(DsseEnvelope.preAuthenticationEncoding(payloadType, payload)));
  }

  static byte[] bundle(String payloadType, byte[] payload, byte[] signature) {
    return SignatureBundle.write(
        KEY.publicKey().hint().hex(),
        new DsseEnvelope(payloadType, Octets.of(payload), Octets.of(signature)));
  }

  SignedStatement verify(byte[] bundle, Symlinks symlinks) throws OmsFault {
    return new OmsVerifier(List.of(new KeyVerifier(KEY.publicKey())), ModelHasher.sequential())
        .verify(model, bundle, List.of(), symlinks);
  }
}
