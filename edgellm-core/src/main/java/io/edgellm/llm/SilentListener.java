package io.edgellm.llm;

/** Hears nothing. One instance, so that an engine may leave out what nobody hears. */
enum SilentListener implements GenerationListener {
  INSTANCE;

  @Override
  public void onEvent(GenerationEvent event) {}
}
