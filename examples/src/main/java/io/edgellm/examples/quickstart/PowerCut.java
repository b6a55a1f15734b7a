package io.edgellm.examples.quickstart;

import io.edgellm.examples.Disconnected;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.store.Lease;
import io.edgellm.store.ModelStore;
import io.edgellm.store.StoreOptions;
import io.edgellm.transfer.ArtifactSource;
import io.edgellm.transfer.ModelDelivery;
import io.edgellm.transfer.SourceTufRepository;
import io.edgellm.transfer.TransferListener;
import io.edgellm.trust.PolicyModelVerifier;
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
 *
 * <p>Both verify without a network: what the device keeps of the update repository is enough.
 */
final class PowerCut {
  private final DeviceHome home;
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

  /**
   * @param home a device of its own
   * @param versions what is activated in turn
   * @param random when to kill
   */
  PowerCut(DeviceHome home, List<ModelVersion> versions, SplittableRandom random) {
    this.home = home;
    this.versions = versions;
    this.random = random;
  }

  /** Installs the versions. */
  void install(ArtifactSource source) throws IOException {
    try (ModelStore store = store(home)) {
      ModelDelivery delivery =
          Device.delivery(home.releases(new SourceTufRepository(source)), source, store);
      versions.forEach(v -> delivery.deliver(home.line(), v, TransferListener.silent()));
    }
  }

  /** Starts the process, kills it, and opens the store again. */
  Aftermath strike() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command()).redirectErrorStream(true).start();
    int activations = killInTheMiddle(process);
    try (ModelStore store = store(home);
        Lease lease = store.lease(home.line())) {
      boolean verified = lease.verify(verifier(home)) instanceof Verdict.Verified;
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
    command.addAll(List.of(home.directory().toString(), home.line().value()));
    versions.forEach(v -> command.add(v.toString()));
    return command;
  }

  private static ModelStore store(DeviceHome home) {
    return ModelStore.open(home.store(), StoreOptions.defaults());
  }

  private static PolicyModelVerifier verifier(DeviceHome home) throws IOException {
    return PolicyModelVerifier.of(home.releases(new Disconnected()));
  }

  /** Activates the given versions in turn until it is killed, a line for each. */
  public static void main(String[] args) throws IOException {
    DeviceHome home = new DeviceHome(Path.of(args[0]), new ModelId(args[1]));
    PolicyModelVerifier verifier = verifier(home);
    try (ModelStore store = store(home)) {
      List<VerifiedModel> models = new ArrayList<>();
      for (int i = 2; i < args.length; i++) {
        try (Lease lease = store.lease(home.line(), ModelVersion.parse(args[i]))) {
          models.add(lease.verify(verifier).orElseThrow());
        }
      }
      for (int i = 0; ; i++) {
        VerifiedModel next = models.get(i % models.size());
        store.activate(next);
        System.out.println("activated " + next.title());
        store.markHealthy(home.line(), next.manifest().version());
      }
    }
  }
}
