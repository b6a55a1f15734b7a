/** Releases in an OCI registry, as CNCF ModelPack artifacts. */
@NullMarked
package io.edgellm.transfer.oci;

import org.jspecify.annotations.NullMarked;
