package io.edgellm.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
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
    return reading(
        path,
        file -> {
          SeekableByteChannel channel = Files.newByteChannel(file);
          try {
            channel.position(offsetBytes);
            return new BlobStream(
                offsetBytes, Channels.newInputStream(channel), Sender.only(describe()));
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
