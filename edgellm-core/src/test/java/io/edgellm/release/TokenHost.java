package io.edgellm.release;

import io.edgellm.release.tuf.TufSigner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/**
 * A host application in a JVM of its own, because the environment says where the tokens are: opens
 * a token, does one thing, and prints how it went.
 */
final class TokenHost {
  private TokenHost() {}

  public static void main(String[] arguments) throws Exception {
    try {
      System.out.println(run(List.of(arguments)));
    } catch (ReleaseException e) {
      System.out.println(e.reason() + ": " + e.getMessage());
    }
  }

  private static String run(List<String> arguments) throws Exception {
    Pkcs11Address address = Pkcs11Address.parse(arguments.get(1));
    return switch (arguments.get(0)) {
      case "release" -> {
        Path model = Path.of(arguments.get(2));
        ReleaseSigner signer = ReleaseSigner.of(address.open(Passphrase.none()));
        signer.sign(SampleRelease.describe(model, "assistant", "1.0.0").build()).writeInto(model);
        Files.writeString(model.resolveSibling("key.pub"), signer.publicKey().toPem());
        yield signer.describe();
      }
      case "tuf" -> {
        SigningKey key = address.open(Passphrase.none());
        TufSigner signer = TufSigner.of(key);
        byte[] signature = signer.sign(Files.readAllBytes(Path.of(arguments.get(2))));
        yield signer.key().scheme()
            + " "
            + Base64.getEncoder().encodeToString(key.publicKey().getEncoded())
            + " "
            + Base64.getEncoder().encodeToString(signature);
      }
      case "labels" -> {
        try (Pkcs11Token token =
            Pkcs11Token.open(address.library(), address.slot(), address.pin().orElseThrow())) {
          yield token.labels().toString();
        }
      }
      default -> throw new IllegalArgumentException(arguments.toString());
    };
  }
}
