package io.edgellm.trust;

import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/**
 * A model directory that a developer opens without a signature: for trying out, for tests, for the
 * pipeline that makes releases. The store never activates one.
 *
 * <p>The bypass leaves a receipt that says who took it ({@code method = "development"}).
 *
 * @param directory the model directory
 * @param title a name for people and labels
 * @param receipt the paper that says that nothing was verified
 */
public record DevelopmentModel(Path directory, String title, VerificationReceipt receipt)
    implements LoadableModel {

  /** Takes a directory as it is, at the current time. */
  public static DevelopmentModel at(Path directory) {
    return at(directory, InstantSource.system());
  }

  /** Takes a directory as it is. */
  public static DevelopmentModel at(Path directory, InstantSource clock) {
    Path name = directory.toAbsolutePath().normalize().getFileName();
    String title = "development:" + (name == null ? directory.toString() : name.toString());
    return new DevelopmentModel(
        directory,
        title,
        new VerificationReceipt(
            title,
            VerificationReceipt.DEVELOPMENT,
            System.getProperty("user.name", "unknown"),
            "nobody",
            Sha256.of(new byte[0]),
            Sha256.of(directory.toString().getBytes(StandardCharsets.UTF_8)),
            VerificationTime.of(clock).read(),
            new Admission.Refused(
                TrustException.Reason.MISSING, "A development model is never activated."),
            List.of(
                "Nothing was verified: "
                    + ReleaseManifest.SIGNATURE_FILE_NAME
                    + " was not read.")));
  }
}
