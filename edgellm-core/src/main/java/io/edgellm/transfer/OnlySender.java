package io.edgellm.transfer;

/** The only sender of a source. */
record OnlySender(String describe) implements ArtifactSource.Sender {
  @Override
  public void delivered() {
    // There is no choice to learn for.
  }

  @Override
  public void failed(TransferException failure) {
    // There is nobody else to ask.
  }
}
