package io.edgellm.examples.quickstart;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.store.Lease;
import io.edgellm.store.ModelStore;
import io.edgellm.store.StoreOptions;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.SignerKey;
import io.edgellm.trust.TrustPolicy;
import io.edgellm.trust.Verdict;
import io.edgellm.trust.VerifiedModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Kills a process that does nothing but activate, at a random moment, with a signal that it cannot
 * handle; then looks at what the store says. As a program it is that process.
 */
final class PowerCut {
  private final Path storeRoot;
  private final Path publicKey;
  private final ModelId model;
  private final List<ModelVersion> versions;
  private final SplittableRandom random;

  /**
   * What a kill left behind.
   *
   * @param activations how many activations the process had reported
   * @param current the version that the store names as current
   * @param verified whether its signature and every byte of it were verified afterwards
   * @param repairs what the store found and put right when it was opened
   */
  record Aftermath(int activations, ModelVersion current, boolean verified, List<String> repairs) {}

  PowerCut(
      Path storeRoot,
      Path publicKey,
      ModelId model,
      List<ModelVersion> versions,
      SplittableRandom random) {
    this.storeRoot = storeRoot;
    this.publicKey = publicKey;
    this.model = model;
    this.versions = versions;
    this.random = random;
  }

  /** Starts the process, kills it, and opens the store again. */
  Aftermath strike() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command()).redirectErrorStream(true).start();
    int activations = killInTheMiddle(process);
    try (ModelStore store = ModelStore.open(storeRoot, StoreOptions.defaults());
        Lease lease = store.lease(model)) {
      boolean verified = lease.verify(verifier(publicKey, model)) instanceof Verdict.Verified;
      return new Aftermath(activations, lease.version(), verified, store.recovery().repairs());
    }
  }

  private int killInTheMiddle(Process process) throws IOException, InterruptedException {
    int activations = random.nextInt(1, 40);
    try (BufferedReader lines = process.inputReader()) {
      for (int i = 0; i < activations; i++) {
        String line = lines.readLine();
        if (line == null || !line.startsWith("activated")) {
          throw new IOException("The process that activates failed: " + line);
        }
      }
      // It spends nearly all of its time inside of an activation; where in it is left to chance.
      TimeUnit.MICROSECONDS.sleep(random.nextInt(5_000));
    } finally {
      process.destroyForcibly().waitFor();
    }
    return activations;
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"));
    String modulePath = System.getProperty("jdk.module.path");
    if (modulePath == null) {
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add(PowerCut.class.getName());
    } else {
      command.addAll(List.of("--module-path", modulePath, "--module"));
      command.add("io.edgellm.examples/" + PowerCut.class.getName());
    }
    command.addAll(List.of(storeRoot.toString(), publicKey.toString(), model.value()));
    versions.forEach(v -> command.add(v.toString()));
    return command;
  }

  private static PolicyModelVerifier verifier(Path publicKey, ModelId model) {
    return PolicyModelVerifier.of(
        TrustPolicy.builder()
            .signer("publisher", SignerKey.read(publicKey), model.value())
            .signatureAlone()
            .build());
  }

  /** Activates the given versions in turn until it is killed, a line for each. */
  public static void main(String[] args) {
    ModelId model = new ModelId(args[2]);
    PolicyModelVerifier verifier = verifier(Path.of(args[1]), model);
    try (ModelStore store = ModelStore.open(Path.of(args[0]), StoreOptions.defaults())) {
      List<VerifiedModel> models = new ArrayList<>();
      for (int i = 3; i < args.length; i++) {
        try (Lease lease = store.lease(model, ModelVersion.parse(args[i]))) {
          models.add(lease.verify(verifier).orElseThrow());
        }
      }
      for (int i = 0; ; i++) {
        VerifiedModel next = models.get(i % models.size());
        store.activate(next);
        System.out.println("activated " + next.title());
        store.markHealthy(model, next.manifest().version());
      }
    }
  }
}
