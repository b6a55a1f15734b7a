package io.edgellm.examples;

import io.edgellm.trust.tuf.TufRepository;
import java.io.IOException;
import java.io.InputStream;

/** A repository that cannot be asked: what a device has kept must be enough. */
public final class Disconnected implements TufRepository {
  @Override
  public InputStream metadata(String fileName) throws IOException {
    throw new IOException("nobody is asked here");
  }

  @Override
  public Content target(String path, long fromByte) throws IOException {
    throw new IOException("nobody is asked here");
  }
}
