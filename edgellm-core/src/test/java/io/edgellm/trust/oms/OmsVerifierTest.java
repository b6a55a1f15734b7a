package io.edgellm.trust.oms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a payload says counts only if it is right, even if a trusted key signed it. */
final class OmsVerifierTest {
  private static final EcSigningKey KEY = EcSigningKey.generate(EcdsaCurve.P256);

  @TempDir Path temporary;
  private Path model;

  @BeforeEach
  void writeModel() throws IOException {
    model = Files.createDirectory(temporary.resolve("model"));
    Files.createDirectory(model.resolve("sub"));
    Files.writeString(model.resolve("a.bin"), "0123456789");
    Files.writeString(model.resolve("sub/b.bin"), "abcdefgh");
  }

  private static OmsVerifier verifier() {
    return new OmsVerifier(List.of(new KeyVerifier(KEY.publicKey())), ModelHasher.sequential());
  }

  private SignedStatement verify(byte[] bundle) throws OmsFault {
    return verifier().verify(model, bundle, List.of(), Symlinks.REFUSED);
  }

  private Statement describe(Partition partition) throws OmsFault {
    return OmsSigner.describe(model, IgnoredPaths.git(), partition, Symlinks.REFUSED);
  }

  private String payload(Partition partition) throws OmsFault {
    return new String(describe(partition).toJson(), StandardCharsets.UTF_8);
  }

  /** Signs what a valid payload becomes by a change of its text. */
  private byte[] signed(Partition partition, UnaryOperator<String> change) throws OmsFault {
    String valid = payload(partition);
    String changed = change.apply(valid);
    assertThat(changed).as("the change must change something").isNotEqualTo(valid);
    return sign(changed);
  }

  private static byte[] sign(String payload) {
    Octets bytes = Octets.of(payload.getBytes(StandardCharsets.UTF_8));
    DsseEnvelope unsigned = new DsseEnvelope(DsseEnvelope.IN_TOTO, bytes, Octets.of(new byte[0]));
    return SignatureBundle.write(
        KEY.publicKey().hint().hex(),
        new DsseEnvelope(
            DsseEnvelope.IN_TOTO,
            bytes,
            Octets.of(KEY.sign(unsigned.preAuthenticationEncoding()))));
  }

  private void assertRefused(OmsFault.Kind kind, byte[] bundle) {
    assertThatThrownBy(() -> verify(bundle))
        .isInstanceOfSatisfying(
            OmsFault.class, e -> assertThat(e.kind()).as(e.sentence()).isEqualTo(kind));
  }

  @Test
  void verifiesWhatItSigned() throws OmsFault {
    Statement statement = verify(new OmsSigner(KEY).sign(model, List.of())).statement();
    assertThat(statement.fileNames()).containsExactly("a.bin", "sub/b.bin");
    assertThat(statement.subject()).isEqualTo("model");
  }

  @Test
  void verifiesASingleFileByEitherOfItsNames() throws OmsFault {
    model = model.resolve("a.bin");
    verify(new OmsSigner(KEY).sign(model, List.of()));
    verify(
        signed(new Partition.WholeFiles(), p -> p.replace("\"name\":\".\"", "\"name\":\"a.bin\"")));
  }

  @Test
  void verifiesShardsInBothSpellings() throws OmsFault {
    verify(sign(payload(new Partition.Shards(3))));
    verify(
        signed(
            new Partition.Shards(3),
            p ->
                p.replace("\"shard_size\":3", "\"shard_size\":3.0")
                    .replace("\"algorithm\":\"sha256\"", "\"algorithm\":\"sha256-sharded-3\"")));
  }

  @Test
  void refusesAChangedShard() throws Exception {
    byte[] bundle = sign(payload(new Partition.Shards(3)));
    Files.writeString(model.resolve("a.bin"), "0123X56789");
    assertRefused(OmsFault.Kind.TAMPERED, bundle);
  }

  @Test
  void refusesAnotherNumberOfShards() throws Exception {
    byte[] bundle = sign(payload(new Partition.Shards(3)));
    for (String content : List.of("0123456789abc", "012345")) {
      Files.writeString(model.resolve("a.bin"), content);
      assertRefused(OmsFault.Kind.TAMPERED, bundle);
    }
  }

  @Test
  void refusesAnExtraFileBesideShards() throws Exception {
    byte[] bundle = sign(payload(new Partition.Shards(100)));
    Files.writeString(model.resolve("c.bin"), "x");
    assertRefused(OmsFault.Kind.UNEXPECTED_FILES, bundle);
  }

  @Test
  void ignoresFieldsThatOthersAdd() throws OmsFault {
    verify(
        signed(
            new Partition.WholeFiles(),
            p ->
                p.replace("\"algorithm\"", "\"annotations\":{},\"algorithm\"")
                    .replace("\"predicate\":{", "\"predicate\":{\"card\":{},")));
  }

  @Test
  void followsLinksOnlyIfSignerAndCallerAllowIt() throws Exception {
    Files.createSymbolicLink(model.resolve("c.bin"), model.resolve("a.bin"));
    Statement statement =
        OmsSigner.describe(
            model, IgnoredPaths.git(), new Partition.WholeFiles(), Symlinks.FOLLOWED);
    byte[] bundle = new OmsSigner(KEY).sign(statement);
    assertRefused(OmsFault.Kind.UNEXPECTED_FILES, bundle);
    verifier().verify(model, bundle, List.of(), Symlinks.FOLLOWED);

    byte[] forbidden =
        sign(
            new String(statement.toJson(), StandardCharsets.UTF_8)
                .replace("\"allow_symlinks\":true", "\"allow_symlinks\":false"));
    assertThatThrownBy(() -> verifier().verify(model, forbidden, List.of(), Symlinks.FOLLOWED))
        .isInstanceOf(OmsFault.class);
  }

  @Test
  void refusesALinkThatLeadsInACircle() throws IOException {
    Files.createSymbolicLink(model.resolve("sub/loop"), model);
    assertThatThrownBy(() -> ModelFiles.list(model, IgnoredPaths.none(), Symlinks.FOLLOWED))
        .isInstanceOfSatisfying(
            OmsFault.class, e -> assertThat(e.kind()).isEqualTo(OmsFault.Kind.UNEXPECTED_FILES));
  }

  @Test
  void sortsNamesByCodePointsNotByUtf16() throws Exception {
    Path directory = Files.createDirectory(temporary.resolve("names"));
    // U+FF21 comes before U+1F600, whose first UTF-16 unit is smaller.
    for (String name : List.of("\uD83D\uDE00", "\uFF21", "a-b", "a")) {
      Files.writeString(directory.resolve(name), "");
    }
    assertThat(ModelFiles.list(directory, IgnoredPaths.none(), Symlinks.REFUSED))
        .extracting(ModelFile::name)
        .containsExactly("a", "a-b", "\uFF21", "\uD83D\uDE00");
  }

  @Test
  void refusesToSignNothing() throws IOException {
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    assertThatThrownBy(() -> new OmsSigner(KEY).sign(empty, List.of()))
        .hasMessageContaining("no file to sign");
  }

  @Test
  void givesTheSameResultOnSeveralThreads() throws Exception {
    for (int i = 0; i < 20; i++) {
      Files.writeString(model.resolve("f" + i), "content " + i);
    }
    List<ModelFile> files = ModelFiles.list(model, IgnoredPaths.none(), Symlinks.REFUSED);
    List<Thread> threads = new ArrayList<>();
    ModelHasher parallel =
        ModelHasher.on(
            task -> {
              Thread thread = new Thread(task);
              threads.add(thread);
              thread.start();
            });
    Partition partition = new Partition.Shards(5);
    assertThat(parallel.hash(files, partition, Symlinks.REFUSED))
        .isEqualTo(ModelHasher.sequential().hash(files, partition, Symlinks.REFUSED));
    assertThat(threads).isNotEmpty();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void saysWhichOfSeveralFilesCannotBeRead() throws Exception {
    List<ModelFile> files = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      files.add(new ModelFile("f" + i, model.resolve(i == 7 ? "nowhere" : "a.bin")));
    }
    ExecutorService executor = Executors.newFixedThreadPool(3);
    try {
      assertThatThrownBy(
              () ->
                  ModelHasher.on(executor)
                      .hash(files, new Partition.WholeFiles(), Symlinks.REFUSED))
          .isInstanceOfSatisfying(
              OmsFault.class,
              e -> {
                assertThat(e.kind()).isEqualTo(OmsFault.Kind.UNREADABLE);
                assertThat(e.subject()).isEqualTo("f7");
              });
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void quotesNothingThatForgesOrFloodsALog() throws OmsFault {
    byte[] bundle =
        signed(
            new Partition.WholeFiles(),
            p -> p.replace("\"a.bin\"", "\"\\n2026 INFO all is well" + "x".repeat(100_000) + "\""));
    assertThatThrownBy(() -> verify(bundle))
        .isInstanceOfSatisfying(
            OmsFault.class,
            e -> assertThat(e.sentence()).doesNotContain("\n").hasSizeLessThan(1_000));
  }

  @Test
  void meetsDamagedPayloadsOfATrustedKeyWithFaultsOnly() throws OmsFault {
    String valid = payload(new Partition.Shards(3));
    List<String> pieces =
        List.of(
            "{", "}", "[", "]", "\"", ":", ",", "null", "-1", "1e9999999", "\\u0000", "true", "");
    long seed = 4711L;
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 400; round++) {
      StringBuilder text = new StringBuilder(valid);
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        int at = random.nextInt(text.length());
        int end = Math.min(text.length(), at + random.nextInt(1, 12));
        text.replace(at, end, pieces.get(random.nextInt(pieces.size())));
      }
      try {
        verify(sign(text.toString()));
      } catch (OmsFault e) {
        assertThat(e.sentence()).as("seed %s round %s", seed, round).isNotEmpty();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + " round " + round + ": " + text, e);
      }
    }
  }
}
