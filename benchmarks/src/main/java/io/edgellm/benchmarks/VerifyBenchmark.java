package io.edgellm.benchmarks;

import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.EcSigningKey;
import io.edgellm.trust.oms.EcdsaCurve;
import io.edgellm.trust.oms.KeyVerifier;
import io.edgellm.trust.oms.ModelHasher;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.OmsSigner;
import io.edgellm.trust.oms.OmsVerifier;
import io.edgellm.trust.oms.SignedStatement;
import io.edgellm.trust.oms.Symlinks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What verifying a signed model directory costs beside the hashing that nobody can avoid: the time
 * of {@link #sha256} over that of {@link #verify} is the share of the machine's rate for SHA-256 in
 * one thread. Files come from the page cache after the first round; a disk only makes both slower.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2, timeUnit = TimeUnit.SECONDS)
@Measurement(iterations = 8, time = 2, timeUnit = TimeUnit.SECONDS)
@Fork(1)
public class VerifyBenchmark {
  /** How large the model is, in MiB. */
  @Param("256")
  public int sizeMib;

  /** In how many files of one size; a real model has about ten. */
  @Param({"1", "16", "1024"})
  public int files;

  private final List<byte[]> contents = new ArrayList<>();
  private Path root = Path.of("");
  private Path model = Path.of("");
  private byte[] signature = new byte[0];
  private final ExecutorService executor = Executors.newFixedThreadPool(1);
  private OmsVerifier verifier = new OmsVerifier(List.of(), ModelHasher.sequential());
  private OmsVerifier helped = verifier;

  /**
   * Writes and signs the model.
   *
   * @throws IOException if it cannot be written
   * @throws OmsFault if it cannot be signed
   */
  @Setup
  public void write() throws IOException, OmsFault {
    root = Files.createTempDirectory("edgellm-verify");
    model = Files.createDirectory(root.resolve("model"));
    Random random = new Random(1);
    byte[] content = new byte[Math.toIntExact(((long) sizeMib << 20) / files)];
    for (int i = 0; i < files; i++) {
      random.nextBytes(content);
      Files.write(model.resolve("part-" + i + ".bin"), content);
      contents.add(content.clone());
    }
    EcSigningKey key = EcSigningKey.generate(EcdsaCurve.P256);
    signature = new OmsSigner(key).sign(model, List.of());
    KeyVerifier signer = new KeyVerifier(key.publicKey());
    verifier = new OmsVerifier(List.of(signer), ModelHasher.sequential());
    helped = new OmsVerifier(List.of(signer), ModelHasher.on(executor));
  }

  /**
   * Deletes the model.
   *
   * @throws IOException if it cannot be deleted
   */
  @TearDown
  public void delete() throws IOException {
    executor.shutdownNow();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** Hashes as many bytes that are in memory already: what the processor can do at most. */
  @Benchmark
  public byte[] sha256() {
    MessageDigest digest = Sha256.newDigest();
    contents.forEach(digest::update);
    return digest.digest();
  }

  /**
   * Verifies signature, statement and all files.
   *
   * @return what was signed
   * @throws OmsFault never
   */
  @Benchmark
  public SignedStatement verify() throws OmsFault {
    return verifier.verify(model, signature, List.of(), Symlinks.REFUSED);
  }

  /**
   * The same with one more thread, which takes files, or reads ahead where there is only one.
   *
   * @return what was signed
   * @throws OmsFault never
   */
  @Benchmark
  public SignedStatement verifyWithAHelper() throws OmsFault {
    return helped.verify(model, signature, List.of(), Symlinks.REFUSED);
  }
}
