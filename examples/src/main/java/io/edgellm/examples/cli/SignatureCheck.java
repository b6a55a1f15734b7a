package io.edgellm.examples.cli;

import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.TrustPolicy;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * Verifies a model directory as devices will when it is current: by their signers, attestations and
 * grants, without asking the update repository, which does not list it yet.
 */
final class SignatureCheck {
  private final PolicyModelVerifier verifier;

  SignatureCheck(TrustPolicy devices, InstantSource clock) {
    this.verifier = PolicyModelVerifier.of(withoutUpdates(devices), clock);
  }

  /**
   * Verifies a signed model directory.
   *
   * @throws TrustException with the reason for which devices would refuse it
   */
  void require(Path directory) {
    verifier.verify(directory).orElseThrow().requireAdmitted();
  }

  private static TrustPolicy withoutUpdates(TrustPolicy devices) {
    TrustPolicy.Builder policy = TrustPolicy.builder().signatureAlone();
    for (TrustPolicy.Signer signer : devices.signers()) {
      if (signer.models().isEmpty()) {
        policy.attestor(signer.name(), signer.credential());
      } else {
        policy.signer(signer.name(), signer.credential(), signer.models().toArray(String[]::new));
      }
    }
    devices.sigstoreRoot().ifPresent(policy::sigstoreRoot);
    devices.attestations().forEach(policy::attestation);
    devices.allowed().forEach(policy::allow);
    return policy.build();
  }
}
