package io.edgellm.transfer;

import io.edgellm.model.ModelException;
import io.edgellm.transfer.ArtifactSource.BlobStream;
import io.edgellm.trust.tuf.TufRepository;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * The TUF repository of a source: metadata below {@value #METADATA}, targets below {@value
 * #TARGETS} of its root.
 *
 * <p>Over HTTP a metadata file keeps the percent-encoding that the TUF client gives it. In a
 * directory it is looked up as a server of static files would: the role {@code a/b} is the file
 * {@code metadata/1.a/b.json}. A name that leaves the directory there is not found.
 *
 * <p>Whatever the source is too slow for, the source ends by itself, with its own time-outs. It
 * stays open and belongs to the caller.
 */
public final class SourceTufRepository implements TufRepository {
  /** Where metadata lies below the root of the source. */
  public static final String METADATA = "metadata/";

  /** Where targets lie below the root of the source. */
  public static final String TARGETS = "targets/";

  private final ArtifactSource source;

  /**
   * @param source where the files come from
   */
  public SourceTufRepository(ArtifactSource source) {
    this.source = source;
  }

  @Override
  public InputStream metadata(String fileName) throws IOException {
    return open(METADATA + fileName, 0).stream();
  }

  @Override
  public Content target(String path, long fromByte) throws IOException {
    return open(TARGETS + SourcePath.escaped(path), fromByte);
  }

  private Content open(String path, long fromByte) throws IOException {
    try {
      BlobStream stream = source.open(path, fromByte);
      return new Content(new CheckedStream(stream), stream.offsetBytes());
    } catch (TransferException e) {
      throw checked(e);
    } catch (ModelException e) {
      // No publisher can have put a file there, so that trying again is of no use.
      throw notFound(path, e);
    }
  }

  private static IOException checked(TransferException e) {
    return e.reason() == TransferException.Reason.NOT_FOUND
        ? notFound(e.subject().orElse(null), e)
        : new IOException(e.getMessage(), e);
  }

  private static NoSuchFileException notFound(@Nullable String where, RuntimeException cause) {
    NoSuchFileException absent = new NoSuchFileException(where, null, cause.getMessage());
    absent.initCause(cause);
    return absent;
  }

  /** Sources break in the middle with exceptions of their own. */
  private static final class CheckedStream extends FilterInputStream {
    private final ArtifactSource.Sender sender;

    CheckedStream(BlobStream stream) {
      super(stream.bytes());
      this.sender = stream.sender();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return super.read(target, offset, length);
      } catch (TransferException e) {
        sender.failed(e);
        throw checked(e);
      }
    }
  }
}
