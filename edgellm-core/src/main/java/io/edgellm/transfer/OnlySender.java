package io.edgellm.transfer;

/** The only sender of a source: whatever happens, there is nobody else to ask. */
record OnlySender(String describe) implements ArtifactSource.Sender {
  @Override
  public void delivered() {
    // There is no choice to learn for.
  }

  @Override
  public boolean failed(TransferException failure) {
    return false;
  }
}
