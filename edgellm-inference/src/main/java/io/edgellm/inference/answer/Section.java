package io.edgellm.inference.answer;

/** A stretch of an answer while it is read: text, reasoning, or calls. For one thread. */
interface Section {
  /**
   * Takes from the transcript what is certain.
   *
   * @param over whether no more will come
   * @return what the answer goes on with at the place where the transcript begins now; itself if
   *     more is needed
   */
  Section read(Transcript transcript, boolean over);
}
