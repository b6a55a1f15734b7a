package io.edgellm.examples.cli;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.store.Lease;
import io.edgellm.store.ModelState;
import io.edgellm.trust.ModelVerifier;

/**
 * Makes an installed version active.
 *
 * @param device where it is installed
 * @param verifier verifies it once more, every byte of it
 */
record Activation(DeviceDirectory device, ModelVerifier verifier) {
  ModelState activate(ModelId line, ModelVersion version) {
    try (Lease lease = device.store().lease(line, version)) {
      return device.store().activate(lease.verify(verifier).orElseThrow());
    }
  }
}
