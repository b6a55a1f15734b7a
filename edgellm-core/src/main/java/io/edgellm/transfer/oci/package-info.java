/**
 * Releases in an OCI registry, as CNCF ModelPack artifacts: {@link
 * io.edgellm.transfer.oci.OciArtifactSource}.
 */
@NullMarked
package io.edgellm.transfer.oci;

import org.jspecify.annotations.NullMarked;
