package io.edgellm.transfer;

import io.edgellm.model.RepositoryPaths;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Releases in a directory: a mounted share, a memory stick, the output of a publisher.
 *
 * <p>The medium is untrusted and may go away. A link that leads out of the directory is refused,
 * and so is what is no file; a directory that is not there any more is a failure that passes, since
 * somebody may put the stick in again; a file that cannot be read is named, with the byte where it
 * happened. Names are looked up one by one, so that the number of files does not matter.
 */
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
    return reading(
        path,
        file -> {
          try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(maxBytes);
            if (in.read() >= 0) {
              throw Refusals.tooLarge(file.toString(), maxBytes);
            }
            return bytes;
          }
        });
  }

  @Override
  public BlobStream open(String path, long offsetBytes) {
    return open(path, offsetBytes, Long.MAX_VALUE);
  }

  @Override
  public BlobStream open(Sha256 blob, long offsetBytes, long lengthBytes) {
    return open(RepositoryPaths.blob(blob), offsetBytes, lengthBytes);
  }

  @Override
  public BlobStream open(String path, long offsetBytes, long lengthBytes) {
    return reading(
        path,
        file -> {
          SeekableByteChannel channel = Files.newByteChannel(file);
          try {
            InputStream bytes =
                new MediumStream(
                    channel,
                    offsetBytes,
                    lengthBytes,
                    (e, position) -> diagnose(file, e, " at byte " + position));
            return new BlobStream(offsetBytes, bytes, Sender.only(describe()));
          } catch (IOException | RuntimeException e) {
            closeAfter(e, channel);
            throw e;
          }
        });
  }

  private static void closeAfter(Exception failure, SeekableByteChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private interface Reading<T> {
    T from(Path file) throws IOException;
  }

  private <T> T reading(String path, Reading<T> reading) {
    Path file = locate(SourcePath.of(path));
    try {
      return reading.from(requireInside(file));
    } catch (NoSuchFileException e) {
      throw Files.isDirectory(root)
          ? Refusals.notFound(file.toString(), e)
          : Refusals.noMedium(root.toString(), e);
    } catch (ClosedByInterruptException e) {
      throw Refusals.interrupted(file.toString(), e);
    } catch (IOException e) {
      throw diagnose(file, e, "");
    }
  }

  private TransferException diagnose(Path file, IOException e, String place) {
    return Files.isDirectory(root)
        ? Refusals.unreadable(file.toString(), place, e)
        : Refusals.noMedium(root.toString(), e);
  }

  private Path requireInside(Path file) throws IOException {
    Path real = file.toRealPath();
    if (!real.startsWith(root.toRealPath())) {
      throw Refusals.refused(file.toString(), "it is a link that leads out of the directory", null);
    }
    if (!Files.isRegularFile(real)) {
      throw Refusals.refused(file.toString(), "it is no file", null);
    }
    return real;
  }

  private Path locate(SourcePath path) {
    String relative = path.onDisk();
    try {
      Path below = root.getFileSystem().getPath(relative);
      if (below.getRoot() == null) {
        return root.resolve(below);
      }
      throw SourcePath.unsafe(relative);
    } catch (InvalidPathException e) {
      throw SourcePath.unsafe(relative);
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
