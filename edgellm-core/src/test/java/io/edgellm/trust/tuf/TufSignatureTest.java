package io.edgellm.trust.tuf;

import static io.edgellm.trust.tuf.TufFailures.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TufSignatureTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path dir;
  private final TestRepository repository = new TestRepository();

  @Test
  void acceptsEachKindOfKeyAndRefusesItsWrongSignature() throws IOException {
    for (TestKey key :
        List.of(TestKey.ed25519(), TestKey.ecdsa(), TestKey.ecdsa().asHex(), TestKey.rsa())) {
      TestRepository signed = new TestRepository();
      signed.signers("timestamp").clear();
      signed.rootRole("timestamp").putArray("keyids");
      signed.addKey("timestamp", key);
      signed.publish("root", "timestamp");
      Path cache = dir.resolve(key.id());
      assertThat(signed.client(cache).refresh().timestamp()).isEqualTo(2);

      signed.publish("timestamp");
      ObjectNode timestamp = parsed(signed, "timestamp.json");
      timestamp.withObject("signed").put("version", 4);
      replace(signed, "timestamp.json", timestamp);
      assertRefused(TufException.Reason.BAD_SIGNATURE, signed.client(cache)::refresh);
    }
  }

  @Test
  void refusesAPinnedRootThatIsNotSigned() {
    byte[] unsigned = TestRepository.sign(repository.signed("root"), List.of());
    TufClient client =
        new TufClient(unsigned, repository, TufStore.at(dir), TufLimits.defaults(), repository);

    assertRefused(TufException.Reason.BAD_SIGNATURE, client::refresh);
    assertThat(repository.requests).isEmpty();
  }

  @Test
  void refusesARootThatTheOldKeysDidNotSign() {
    repository.rotate("root");
    repository.publish("root");

    assertRefused(TufException.Reason.BAD_SIGNATURE, repository.client(dir)::refresh);
  }

  @Test
  void refusesARootThatItsOwnKeysDidNotSign() {
    TestKey old = repository.signers("root").get(0);
    repository.rotate("root");
    repository.signers("root").set(0, old);
    repository.publish("root");

    assertRefused(TufException.Reason.BAD_SIGNATURE, repository.client(dir)::refresh);
  }

  @Test
  void acceptsARootThatOldAndNewKeysSigned() {
    TestKey old = repository.signers("root").get(0);
    repository.rotate("root");
    repository.signers("root").add(old);
    repository.publish("root");
    repository.signers("root").remove(old);
    repository.publish("root");

    assertThat(repository.client(dir).refresh().root()).isEqualTo(3);
  }

  @Test
  void refusesFewerSignaturesThanTheThreshold() {
    repository.rootRole("snapshot").put("threshold", 3);
    repository.addKey("snapshot", TestKey.ed25519());
    repository.allow("snapshot", TestKey.ed25519());
    repository.publish("root", "snapshot", "timestamp");

    assertRefused(TufException.Reason.BAD_SIGNATURE, repository.client(dir)::refresh);
  }

  @Test
  void refusesAThresholdThatTheKeysCannotReach() {
    repository.rootRole("snapshot").put("threshold", 6);
    repository.publish("root", "snapshot", "timestamp");

    assertRefused(TufException.Reason.BAD_SIGNATURE, repository.client(dir)::refresh);
  }

  @Test
  void countsOneKeyUnderTwoIdsOnce() {
    TestKey key = TestKey.ecdsa();
    repository.rootRole("snapshot").put("threshold", 2).putArray("keyids");
    repository.signers("snapshot").clear();
    repository.addKey("snapshot", key);
    repository.addKey("snapshot", key.asHex());
    repository.addKey("snapshot", key.withField("note", "again"));
    repository.publish("root", "snapshot", "timestamp");

    assertRefused(TufException.Reason.BAD_SIGNATURE, repository.client(dir)::refresh);
  }

  @Test
  void doesNotCountAKeyUnderAnIdThatIsNotItsOwn() {
    TestKey key = TestKey.ed25519();
    repository.rootRole("timestamp").putArray("keyids").add("0".repeat(64));
    repository.signed("root").withObject("keys").set("0".repeat(64), key.json());
    repository.publish("root");
    ObjectNode content = repository.signed("timestamp");
    ObjectNode document = JSON.createObjectNode();
    document
        .putArray("signatures")
        .addObject()
        .put("keyid", "0".repeat(64))
        .put("sig", key.sign(TestKey.canonical(content)));
    document.set("signed", content);
    replace(repository, "timestamp.json", document);

    assertRefused(TufException.Reason.BAD_SIGNATURE, repository.client(dir)::refresh);
  }

  @Test
  void acceptsAKeyWithFieldsThatNobodyKnows() {
    repository.rotate("snapshot");
    repository.rootRole("snapshot").putArray("keyids");
    repository.signers("snapshot").clear();
    repository.addKey("snapshot", TestKey.ed25519().withField("keyid_hash_algorithms", "md5"));
    repository.publish("root", "snapshot", "timestamp");

    assertThat(repository.client(dir).refresh().snapshot()).isEqualTo(2);
  }

  @Test
  void refusesARoleThatNamesAKeyTwice() {
    repository.allow("snapshot", repository.signers("snapshot").get(0));
    repository.publish("root");

    assertRefused(TufException.Reason.MALFORMED, repository.client(dir)::refresh);
  }

  @Test
  void refusesTwoSignaturesUnderOneId() throws IOException {
    ObjectNode snapshot = parsed(repository, "1.snapshot.json");
    snapshot.withArray("signatures").add(snapshot.get("signatures").get(0).deepCopy());
    replace(repository, "1.snapshot.json", snapshot);

    assertRefused(TufException.Reason.MALFORMED, repository.client(dir)::refresh);
  }

  @Test
  void toleratesABrokenSignatureBesidesEnoughGoodOnes() throws IOException {
    TestKey second = TestKey.ecdsa();
    repository.allow("timestamp", second);
    repository.publish("root", "timestamp");
    for (String broken : List.of("", "zz", "3006020100020100", "00".repeat(64))) {
      ObjectNode timestamp = parsed(repository, "2.timestamp.json");
      timestamp.withArray("signatures").addObject().put("keyid", second.id()).put("sig", broken);
      replace(repository, "timestamp.json", timestamp);

      assertThat(repository.client(dir).refresh().timestamp()).as(broken).isEqualTo(2);
    }
  }

  @Test
  void ignoresKeysOfAlgorithmsThatItDoesNotKnow() {
    TestKey odd = TestKey.ed25519();
    odd.json().put("scheme", "ml-dsa-65").put("keytype", "ml-dsa");
    repository.allow("timestamp", odd);
    TestKey broken = TestKey.ed25519();
    broken.json().withObject("keyval").put("public", "not hexadecimal");
    repository.allow("timestamp", broken);
    repository.publish("root", "timestamp");

    assertThat(repository.client(dir).refresh().root()).isEqualTo(2);
  }

  private static ObjectNode parsed(TestRepository repository, String file) throws IOException {
    return (ObjectNode) JSON.readTree(repository.file(file));
  }

  private static void replace(TestRepository repository, String file, ObjectNode document) {
    repository.metadata.put(file, document.toString().getBytes(StandardCharsets.UTF_8));
  }
}
