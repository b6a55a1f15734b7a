package io.edgellm.trust;

import io.edgellm.model.ReleaseManifest;

/** Who says whether a release may be activated as a new one. Thread-safe. */
interface Admissions {
  /**
   * Decides by what is known on this device, without asking anybody else.
   *
   * @param manifest whose signature was verified
   * @param manifestJson its exact bytes
   */
  Admission admit(ReleaseManifest manifest, byte[] manifestJson);

  /** Returns what a policy says where nobody was given to ask. */
  static Admissions withoutMetadata(TrustPolicy policy) {
    Admission answer =
        policy.updates().isEmpty()
            ? new Admission.SignatureAlone()
            : new Admission.Refused(
                TrustException.Reason.NOT_CURRENT,
                "Nobody was asked whether the release is current: the policy pins an update"
                    + " repository, and the verifier was made without the metadata that this device"
                    + " keeps of it.");
    return (manifest, manifestJson) -> answer;
  }
}
