/**
 * Releases in a bucket of Amazon S3, MinIO, or another store that speaks its protocol: {@link
 * io.edgellm.transfer.s3.S3ArtifactSource}.
 */
@NullMarked
package io.edgellm.transfer.s3;

import org.jspecify.annotations.NullMarked;
