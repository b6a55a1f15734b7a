package io.edgellm.examples.cli;

import io.edgellm.trust.Admission;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.TrustPolicy;
import io.edgellm.trust.VerificationReceipt;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Verifies a model directory. */
@Command(
    name = "verify",
    description = {
      "Verifies a signed model directory: who signed it, and every byte of it.",
      "Whether it is current is known only with the --store that has asked a repository; if it is"
          + " not, the receipt says why, and the command ends with 1.",
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  edgellm verify model/ --policy policy.yaml")
final class VerifyCommand implements Callable<Integer> {
  private static final Admission NOT_ASKED =
      new Admission.Refused(
          TrustException.Reason.NOT_CURRENT,
          "nobody was asked whether it is current: --store names a device that was told.");

  private final Console console;
  private final InstantSource clock;

  @Parameters(paramLabel = "DIRECTORY", description = "The model directory, with its papers.")
  private Path directory;

  @Option(names = "--policy", required = true, paramLabel = "FILE", description = "Who is trusted.")
  private Path policy;

  @Option(
      names = "--store",
      paramLabel = "DIRECTORY",
      description = "What a device knows of the repository; nobody is asked.")
  private @Nullable Path store;

  VerifyCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    TrustPolicy trusted = new PolicyFile(policy).read();
    if (store == null) {
      VerificationReceipt receipt = receipt(PolicyModelVerifier.of(trusted, clock));
      answer(trusted.updates().isPresent() ? Receipt.with(NOT_ASKED, receipt) : receipt);
      return ExitCode.OK.number();
    }
    try (DeviceDirectory device = DeviceDirectory.open(store, clock)) {
      VerificationReceipt receipt = receipt(device.offline(trusted));
      answer(receipt);
      return ExitCode.of(receipt).number();
    }
  }

  private void answer(VerificationReceipt receipt) {
    console.answer(receipt.describe(), Receipt.json(receipt));
  }

  private VerificationReceipt receipt(PolicyModelVerifier verifier) {
    return verifier.verify(directory).orElseThrow().receipt();
  }
}
