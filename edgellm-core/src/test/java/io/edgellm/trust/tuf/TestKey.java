package io.edgellm.trust.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.tuf.CanonicalForm;
import io.edgellm.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** A key pair made for a test, as a publisher would list it. */
final class TestKey {
  private final KeyPair pair;
  private final String algorithm;
  private final ObjectNode json;

  private TestKey(KeyPair pair, String algorithm, ObjectNode json) {
    this.pair = pair;
    this.algorithm = algorithm;
    this.json = json;
  }

  static TestKey ed25519() {
    KeyPair pair = pair("Ed25519");
    byte[] der = pair.getPublic().getEncoded();
    String raw = HexFormat.of().formatHex(Arrays.copyOfRange(der, der.length - 32, der.length));
    return new TestKey(pair, "Ed25519", json("ed25519", "ed25519", raw));
  }

  static TestKey ecdsa() {
    KeyPair pair = pair("EC");
    return new TestKey(
        pair, "SHA256withECDSA", json("ecdsa", "ecdsa-sha2-nistp256", pem(pair, "\n")));
  }

  static TestKey rsa() {
    KeyPair pair = pair("RSA");
    return new TestKey(pair, "RSASSA-PSS", json("rsa", "rsassa-pss-sha256", pem(pair, "\n")));
  }

  /** Returns the same ECDSA key, written as hexadecimal digits of the point. */
  TestKey asHex() {
    byte[] der = pair.getPublic().getEncoded();
    String point = HexFormat.of().formatHex(Arrays.copyOfRange(der, der.length - 65, der.length));
    return new TestKey(pair, algorithm, json("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", point));
  }

  /** Returns the same key under another id, because of a field that nobody knows. */
  TestKey withField(String name, String value) {
    return new TestKey(pair, algorithm, json.deepCopy().put(name, value));
  }

  ObjectNode json() {
    return json;
  }

  String id() {
    return Sha256.of(canonical(json)).hex();
  }

  /** Returns the bytes that are signed. */
  static byte[] canonical(JsonNode json) {
    try {
      return CanonicalForm.of(json);
    } catch (JsonFault e) {
      throw new AssertionError(e);
    }
  }

  String sign(byte[] message) {
    try {
      Signature signature = Signature.getInstance(algorithm);
      if (algorithm.equals("RSASSA-PSS")) {
        signature.setParameter(
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
      }
      signature.initSign(pair.getPrivate());
      signature.update(message);
      return HexFormat.of().formatHex(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair pair(String algorithm) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (algorithm.equals("EC")) {
        generator.initialize(new ECGenParameterSpec("secp256r1"));
      } else if (algorithm.equals("RSA")) {
        generator.initialize(2048);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(KeyPair pair, String lineEnd) {
    return "-----BEGIN PUBLIC KEY-----"
        + lineEnd
        + Base64.getMimeEncoder(64, lineEnd.getBytes(StandardCharsets.US_ASCII))
            .encodeToString(pair.getPublic().getEncoded())
        + lineEnd
        + "-----END PUBLIC KEY-----"
        + lineEnd;
  }

  private static ObjectNode json(String type, String scheme, String value) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("keytype", type).put("scheme", scheme).putObject("keyval").put("public", value);
    return json;
  }
}
