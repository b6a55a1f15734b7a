package io.edgellm.transfer;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Releases in a directory: a mounted share, a memory stick, the output of a publisher. */
public final class DirectoryArtifactSource implements ArtifactSource {
  private final Path root;

  /**
   * @param root the directory that the publisher wrote
   */
  public DirectoryArtifactSource(Path root) {
    this.root = root;
  }

  @Override
  public byte[] document(String path, int maxBytes) {
    Artifact.requireSafePath(path);
    return reading(
        path,
        file -> {
          try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
              throw Refusals.tooLarge(file.toString(), maxBytes);
            }
            return bytes;
          }
        });
  }

  @Override
  public BlobStream open(Sha256 blob, long offsetBytes) {
    return reading(
        Locations.blob(blob),
        file -> {
          SeekableByteChannel channel = Files.newByteChannel(file);
          channel.position(offsetBytes);
          return new BlobStream(offsetBytes, Channels.newInputStream(channel));
        });
  }

  private interface Reading<T> {
    T from(Path file) throws IOException;
  }

  private <T> T reading(String path, Reading<T> reading) {
    Path file = root.resolve(path);
    try {
      return reading.from(file);
    } catch (NoSuchFileException e) {
      throw Refusals.notFound(file.toString(), e);
    } catch (ClosedByInterruptException e) {
      throw Refusals.interrupted(file.toString(), e);
    } catch (IOException e) {
      throw new TransferException(
          TransferException.Reason.IO,
          "'" + file + "' cannot be read (" + e.getMessage() + "): check the medium and rights.",
          file.toString(),
          e);
    }
  }

  @Override
  public String describe() {
    return root.toString();
  }

  @Override
  public void close() {
    // Nothing is held open between calls.
  }
}
