package io.edgellm.examples.cli;

import io.edgellm.release.ManifestSigner;
import io.edgellm.release.keyless.KeylessSigner;
import io.edgellm.release.keyless.SigstoreServices;
import io.edgellm.release.keyless.TokenSource;
import io.edgellm.trust.sigstore.KeylessIdentity;
import io.edgellm.trust.sigstore.SigstoreTrustRoot;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of signing without a key, in the name of an account. */
final class KeylessOption {
  @Option(
      names = "--keyless",
      description =
          "Sign without a key, in the name of an account; needs --issuer, --identity and"
              + " --sigstore-root.")
  private boolean keyless;

  @Option(
      names = "--issuer",
      paramLabel = "URL",
      description = "Who vouches for the account, as in the policy of devices.")
  private @Nullable String issuer;

  @Option(
      names = "--identity",
      paramLabel = "SUBJECT",
      description = "The account that must turn out to have signed, as in the policy of devices.")
  private @Nullable String subject;

  @Option(
      names = "--sigstore-root",
      paramLabel = "FILE",
      description = "The trusted_root.json that devices pin.")
  private @Nullable Path root;

  @Option(
      names = "--identity-token-file",
      paramLabel = "FILE",
      description =
          "The account's token, for the audience 'sigstore'; a workflow of GitHub with the"
              + " permission 'id-token: write' asks for its own.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--fulcio",
      paramLabel = "URL",
      description = "A certificate authority of your own.")
  private URI fulcio = SigstoreServices.publicInstance().certificateAuthority();

  @Option(names = "--rekor", paramLabel = "URL", description = "A transparency log of your own.")
  private URI rekor = SigstoreServices.publicInstance().log();

  @Option(
      names = "--timestamp-authority",
      paramLabel = "URL",
      description = "Asked for a time stamp (RFC 3161); none if not given.")
  private @Nullable URI stamps;

  boolean isChosen() {
    return keyless;
  }

  ManifestSigner open(InstantSource clock, Map<String, String> environment) {
    if (issuer == null || subject == null || root == null) {
      throw new CommandFault(
          ExitCode.USAGE,
          "IDENTITY_MISSING",
          "For --keyless, say --issuer URL, --identity SUBJECT and --sigstore-root FILE, too.");
    }
    TokenSource tokens =
        tokenFile == null ? TokenSource.githubActions(environment) : TokenSource.inFile(tokenFile);
    return new KeylessSigner(services(), SigstoreTrustRoot.read(root), account(), tokens, clock);
  }

  private KeylessIdentity account() {
    try {
      return new KeylessIdentity(String.valueOf(issuer), String.valueOf(subject));
    } catch (IllegalArgumentException e) {
      throw new CommandFault(ExitCode.USAGE, "IDENTITY", String.valueOf(e.getMessage()), e);
    }
  }

  private SigstoreServices services() {
    try {
      SigstoreServices services = SigstoreServices.at(fulcio, rekor);
      return stamps == null ? services : services.stampedBy(stamps);
    } catch (IllegalArgumentException e) {
      throw new CommandFault(ExitCode.USAGE, "ADDRESS", String.valueOf(e.getMessage()), e);
    }
  }
}
