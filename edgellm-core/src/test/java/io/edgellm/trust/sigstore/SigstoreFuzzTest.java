package io.edgellm.trust.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.edgellm.model.Sha256;
import io.edgellm.trust.sigstore.TestSigstore.Order;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Damage of every kind ends in a result or a {@link SigstoreException}, and in nothing else. */
final class SigstoreFuzzTest {
  private static final long SEED = 20_260_301;
  private static final int ROUNDS = 150;
  private static final Sha256 MODEL = Sha256.of("model".getBytes(StandardCharsets.UTF_8));
  private static final Order ORDER = Order.ordinary().stampedAt(TestSigstore.NOON.plusSeconds(30));

  private final TestSigstore sigstore = new TestSigstore();
  private final KeyPair key = TestSigstore.newKey();

  private final SigstoreVerifier alice =
      SigstoreVerifier.keyless(
          sigstore.root(), List.of(new KeylessIdentity(TestSigstore.ISSUER, TestSigstore.ALICE)));
  private final SigstoreVerifier logged =
      SigstoreVerifier.loggedKey(TestSigstore.pem(key), sigstore.root());

  @Test
  void damagedBundlesAreRefusedOrMeanTheSame() {
    ObjectNode keyless = sigstore.sign(TestSigstore.statement(MODEL), ORDER);
    ObjectNode withKey = sigstore.sign(TestSigstore.statement(MODEL), key, ORDER);
    for (int i = 0; i < ROUNDS; i++) {
      long seed = SEED + i;
      Random random = new Random(seed);
      ObjectNode bundle = (random.nextBoolean() ? keyless : withKey).deepCopy();
      mutate(bundle, random);
      byte[] json = TestSigstore.bytes(bundle);
      for (SigstoreVerifier verifier : List.of(alice, logged)) {
        survives(() -> verifier.verify(json, MODEL), seed);
      }
    }
  }

  @Test
  void damagedBytesAreRefusedOrMeanTheSame() {
    byte[] genuine = TestSigstore.bytes(sigstore.sign(TestSigstore.statement(MODEL), ORDER));
    for (int i = 0; i < ROUNDS; i++) {
      long seed = SEED * 3 + i;
      Random random = new Random(seed);
      byte[] json = genuine.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        json[random.nextInt(json.length)] ^= (byte) (1 << random.nextInt(8));
      }
      survives(() -> alice.verify(json, MODEL), seed);
    }
  }

  /** An accepted bundle says what the genuine one says: the damage was where nothing is signed. */
  private static void survives(Supplier<VerifiedBundle> verification, long seed) {
    try {
      VerifiedBundle accepted = verification.get();
      assertThat(accepted.attestedAt())
          .as("seed %d", seed)
          .isIn(ORDER.loggedAt(), ORDER.stampedAt());
    } catch (SigstoreException e) {
      assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
    } catch (RuntimeException | StackOverflowError e) {
      fail("seed " + seed, e);
    }
  }

  @Test
  void validlySignedNonsenseIsRefused() {
    SigstoreVerifier plain = SigstoreVerifier.key(TestSigstore.pem(key));
    AttestationRequirement requirement =
        new AttestationRequirement(
            SlsaProvenance.TYPE,
            List.of(plain, alice),
            List.of("https://ci.test/builder"),
            List.of(),
            List.of("https://forge.test/acme/"));
    for (int i = 0; i < ROUNDS; i++) {
      long seed = SEED * 7 + i;
      Random random = new Random(seed);
      ObjectNode statement = provenance();
      mutate(statement, random);
      byte[] payload = TestSigstore.bytes(statement);
      byte[] line =
          TestSigstore.bytes(
              random.nextInt(8) == 0
                  ? sigstore.sign(payload, ORDER)
                  : sigstore.sign(payload, key, ORDER));
      try {
        Attestation met = Attestations.parse(line).require(requirement, MODEL);
        assertThat(SlsaProvenance.parse(met.predicate()).builderId())
            .as("seed %d", seed)
            .isEqualTo("https://ci.test/builder");
      } catch (SigstoreException e) {
        assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
      } catch (RuntimeException | StackOverflowError e) {
        fail("seed " + seed, e);
      }
    }
  }

  @Test
  void damagedRootsAreRefusedOrUsable() {
    byte[] bundle = TestSigstore.bytes(sigstore.sign(TestSigstore.statement(MODEL), ORDER));
    for (int i = 0; i < ROUNDS / 4; i++) {
      long seed = SEED * 11 + i;
      ObjectNode root = sigstore.rootJson();
      mutate(root, new Random(seed));
      survives(
          () ->
              SigstoreVerifier.keyless(
                      SigstoreTrustRoot.of(TestSigstore.bytes(root)),
                      List.of(new KeylessIdentity(TestSigstore.ISSUER, TestSigstore.ALICE)))
                  .verify(bundle, MODEL),
          seed);
    }
  }

  private static ObjectNode provenance() {
    ObjectNode statement = JsonNodeFactory.instance.objectNode();
    statement.put("_type", InTotoStatement.V1);
    statement.putArray("subject").addObject().putObject("digest").put("sha256", MODEL.hex());
    statement.put("predicateType", SlsaProvenance.TYPE);
    ObjectNode predicate = statement.putObject("predicate");
    ObjectNode build = predicate.putObject("buildDefinition");
    build.put("buildType", "x").putObject("externalParameters").put("source", "git+x");
    build
        .putArray("resolvedDependencies")
        .addObject()
        .put("uri", "git+https://forge.test/acme/models");
    predicate.putObject("runDetails").putObject("builder").put("id", "https://ci.test/builder");
    return statement;
  }

  private static void mutate(ObjectNode document, Random random) {
    List<JsonNode> containers = new ArrayList<>();
    collect(document, containers);
    for (int n = random.nextInt(3); n >= 0; n--) {
      JsonNode container = containers.get(random.nextInt(containers.size()));
      if (container instanceof ObjectNode object && !object.isEmpty()) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        String name = names.get(random.nextInt(names.size()));
        if (random.nextInt(6) == 0) {
          object.remove(name);
        } else {
          object.set(name, replacement(object.get(name), random));
        }
      } else if (container instanceof ArrayNode array && !array.isEmpty()) {
        int index = random.nextInt(array.size());
        if (random.nextInt(4) == 0) {
          array.add(array.get(index).deepCopy());
        } else {
          array.set(index, replacement(array.get(index), random));
        }
      }
    }
  }

  private static void collect(JsonNode node, List<JsonNode> containers) {
    if (node.isContainerNode()) {
      containers.add(node);
      node.forEach(child -> collect(child, containers));
    }
  }

  private static JsonNode replacement(JsonNode old, Random random) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (random.nextInt(10)) {
      case 0 -> json.nullNode();
      case 1 -> json.numberNode(random.nextLong());
      case 2 -> json.textNode(Long.toString(random.nextLong()));
      case 3 -> json.textNode("");
      case 4 -> json.objectNode();
      case 5 -> json.arrayNode().add(old.deepCopy());
      case 6 -> deep(random.nextInt(100));
      default -> old instanceof TextNode text ? json.textNode(damaged(text, random)) : old;
    };
  }

  private static JsonNode deep(int depth) {
    JsonNode node = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < depth; i++) {
      node = JsonNodeFactory.instance.arrayNode().add(node);
    }
    return node;
  }

  /** Changes what stands behind base64, so that it arrives where it is decoded. */
  private static String damaged(TextNode text, Random random) {
    byte[] bytes;
    boolean encoded = true;
    try {
      bytes = Base64.getDecoder().decode(text.textValue());
    } catch (IllegalArgumentException e) {
      bytes = text.textValue().getBytes(StandardCharsets.UTF_8);
      encoded = false;
    }
    if (bytes.length > 0) {
      switch (random.nextInt(3)) {
        case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(300));
        default -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
    }
    return encoded
        ? Base64.getEncoder().encodeToString(bytes)
        : new String(bytes, StandardCharsets.UTF_8);
  }
}
